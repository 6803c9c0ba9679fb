//! Zendesk Support.

mod api;
mod articles;
mod mapping;
mod perform;
mod surveys;
pub mod webhook;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use moka::future::Cache;
use secrecy::SecretString;
use url::Url;

use super::files;
use super::wire::{Call, Identified, Wire, digits_in_path, in_path};
use super::{
    Account, Agent, AgentKey, ArticleSearch, Attempt, Changes, Comment, CommentsRead, Delivery, DeliveryKey, FileAnswer, FilePlace,
    Helpdesk, HelpdeskError, Nudge, OutboundCommand, ReadError, Receipt, SellerIdentity, Settings, Standing, SurveyAnswer, TicketSnapshot,
    VerifyError,
};
use crate::clock::SharedClock;
use crate::domain::articles::Article;
use crate::domain::ids::SellerId;
use crate::domain::tickets::{CommentNumber, HelpdeskKind, TicketNumber};

/// The most that a page of a list holds. <https://developer.zendesk.com/api-reference/introduction/pagination/>
const PAGE: u32 = 100;

/// The most pages of comments that are read: a ticket holds 5,000 comments.
/// <https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_comments/>
const COMMENT_PAGES: usize = 50;

/// How many tickets a page of the export holds; the vendor's 1,000 could exceed what we read of an answer.
const EXPORT_PAGE: u32 = 250;

/// How many sellers' users are remembered.
const AUTHORS: u64 = 10_000;

/// A Zendesk account.
pub struct Zendesk {
    wire: Wire,
    clock: SharedClock,
    webhook_secrets: Vec<SecretString>,
    timestamp_window: Option<TimeDelta>,
    seller_identity: SellerIdentity,
    /// The users that speak for sellers, with the names they have there.
    authors: Cache<SellerId, (String, i64)>,
}

impl fmt::Debug for Zendesk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Zendesk").field("address", &self.wire.address("").as_str()).finish_non_exhaustive()
    }
}

impl Zendesk {
    /// A client of the account.
    pub fn new(settings: Settings, http: reqwest::Client, clock: SharedClock) -> Self {
        Self {
            wire: Wire::new(&settings, http, clock.clone()),
            clock,
            webhook_secrets: settings.webhook_secrets,
            timestamp_window: settings.timestamp_window,
            seller_identity: settings.seller_identity,
            authors: Cache::new(AUTHORS),
        }
    }
}

#[async_trait]
impl Helpdesk for Zendesk {
    fn kind(&self) -> HelpdeskKind {
        HelpdeskKind::Zendesk
    }

    fn verify(&self, delivery: &Delivery<'_>) -> Result<(), VerifyError> {
        webhook::verify(delivery, &self.webhook_secrets, self.timestamp_window)
    }

    fn read(&self, delivery: &Delivery<'_>) -> Result<Nudge, ReadError> {
        webhook::read(delivery)
    }

    async fn account(&self) -> Result<Account, HelpdeskError> {
        let api::Me { user } = self.wire.ask(Call::get("api/v2/users/me.json")).await?;
        // Without good credentials the answer is 200 and nobody.
        let id = user.id.ok_or(HelpdeskError::Unauthorized { status: 401 })?;
        Ok(Account { user: id.to_string(), name: user.name.unwrap_or_default() })
    }

    async fn agent(&self, key: AgentKey<'_>) -> Result<Option<Agent>, HelpdeskError> {
        let found = match key {
            AgentKey::Number(number) => {
                let call = Call::get(format!("api/v2/users/{}.json", digits_in_path(number)?));
                self.wire.ask::<api::OneUser>(call).await.map(|answer| vec![answer.user])
            }
            AgentKey::Email(email) => {
                // The search is for words; whether it is the address is looked at here.
                let call = Call::get("api/v2/users/search.json").query("query", &format!("email:\"{}\"", email.replace('"', "")));
                self.wire.ask::<api::FoundUsers>(call).await.map(|answer| answer.users)
            }
        };
        match found {
            Ok(users) => Ok(users.into_iter().filter(|user| mapping::is_meant(user, key)).find_map(mapping::agent)),
            Err(HelpdeskError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn ticket(&self, number: &TicketNumber) -> Result<TicketSnapshot, HelpdeskError> {
        let digits = in_path(number)?;
        let answer = self.wire.ask(Call::get(format!("api/v2/tickets/{digits}.json")).query("include", "users,groups")).await?;
        Ok(mapping::ticket(answer, self.wire.address(&format!("agent/tickets/{digits}")).into()))
    }

    async fn comments(&self, number: &TicketNumber, read: &CommentsRead) -> Result<Vec<Comment>, HelpdeskError> {
        let path = format!("api/v2/tickets/{}/comments.json", in_path(number)?);
        let (mut newest_first, mut news) = (Vec::new(), News::after(read.last.as_ref()));
        let mut cursor = None;
        for _ in 0..COMMENT_PAGES {
            let call = Call::get(path.as_str()).query("page[size]", &PAGE).query("sort", "-created_at").query("include", "users");
            let call = call.query("include_inline_images", "true");
            let page: api::CommentsPage = self.wire.ask(paged(call, cursor)).await?;
            let users: HashMap<_, _> = page.users.into_iter().map(|user| (user.id, user)).collect();
            for comment in page.comments {
                if news.take(&comment) {
                    newest_first.push(mapping::comment(comment, &users));
                }
            }
            cursor = page.meta.next().filter(|_| !news.exhausted);
            if cursor.is_none() {
                break;
            }
        }
        newest_first.reverse();
        Ok(newest_first)
    }

    async fn survey_answer(&self, number: &TicketNumber) -> Result<Option<SurveyAnswer>, HelpdeskError> {
        self.last_response(number).await
    }

    async fn file(&self, place: &FilePlace) -> Result<FileAnswer, HelpdeskError> {
        let path = format!("api/v2/attachments/{}.json", digits_in_path(&place.file)?);
        let api::AttachmentAnswer { attachment } = self.wire.ask(Call::get(path)).await?;
        let standing = mapping::standing(&attachment);
        if matches!(standing, Standing::Dangerous | Standing::Removed) {
            return Ok(FileAnswer::Closed(standing));
        }
        let address = attachment.content_url.ok_or(HelpdeskError::NotFound)?;
        // Private files ask who we are: https://support.zendesk.com/hc/en-us/articles/4408832757146
        let pieces = files::open(&self.wire, &address, is_zendesk_s, Identified::Yes).await?;
        Ok(FileAnswer::Open { standing, pieces })
    }

    async fn articles(&self, search: &ArticleSearch) -> Result<Vec<Article>, HelpdeskError> {
        self.find_articles(search).await
    }

    async fn perform(&self, command: &OutboundCommand, key: &DeliveryKey, attempt: Attempt) -> Result<Receipt, HelpdeskError> {
        self.perform(command, key, attempt).await
    }

    async fn changes(&self, since: DateTime<Utc>, cursor: Option<&str>) -> Result<Changes, HelpdeskError> {
        let call = Call::get("api/v2/incremental/tickets/cursor.json").query("per_page", &EXPORT_PAGE);
        let call = match cursor {
            Some(cursor) => call.query("cursor", cursor),
            // The last minute is refused: https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/
            None => call.query("start_time", &since.min(self.clock.now() - TimeDelta::seconds(61)).timestamp()),
        };
        let page: api::Export = self.wire.ask(call).await?;
        let mut tickets: Vec<_> = page.tickets.iter().map(|ticket| ticket.id).collect();
        tickets.sort_unstable();
        tickets.dedup();
        Ok(Changes {
            tickets: tickets.into_iter().map(|id| TicketNumber(id.to_string())).collect(),
            rated: Vec::new(),
            more: !page.end_of_stream && page.after_cursor.is_some(),
            cursor: page.after_cursor.or_else(|| cursor.map(str::to_owned)),
        })
    }
}

/// The hosts that Zendesk keeps files on.
fn is_zendesk_s(url: &Url) -> bool {
    files::is_under(url, &["zendesk.com", "zdusercontent.com", "zdassets.com"])
}

/// The call for the page that a cursor points to.
fn paged(call: Call, cursor: Option<String>) -> Call {
    match cursor {
        Some(cursor) => call.query("page[after]", &cursor),
        None => call,
    }
}

/// Tells new comments from those already read, when they come newest first.
#[derive(Debug)]
struct News {
    last: Option<i64>,
    last_at: Option<DateTime<Utc>>,
    exhausted: bool,
}

impl News {
    fn after(last: Option<&CommentNumber>) -> Self {
        Self { last: last.and_then(|number| number.0.parse().ok()), last_at: None, exhausted: false }
    }

    fn take(&mut self, comment: &api::Comment) -> bool {
        if self.last == Some(comment.id) {
            self.last_at = Some(comment.created_at);
            return false;
        }
        // Times are in whole seconds, and one change may make several comments: those of the same second stand in no
        // promised order, but their ids grow.
        match self.last_at {
            None => true,
            Some(last_at) if comment.created_at == last_at => Some(comment.id) > self.last,
            Some(_) => {
                self.exhausted = true;
                false
            }
        }
    }
}
