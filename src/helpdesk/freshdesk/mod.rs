//! Freshdesk.

mod api;
mod articles;
mod mapping;
mod perform;
mod quotes;
mod surveys;
pub mod webhook;

#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use moka::future::Cache;
use secrecy::SecretString;
use tokio::sync::OnceCell;
use url::Url;

use super::files;
use super::wire::{Call, Identified, Wire, digits_in_path, in_path};
use super::{
    Account, Agent, AgentKey, ArticleSearch, Attempt, Changes, Comment, CommentsRead, Delivery, DeliveryKey, FileAnswer, FilePlace, Group,
    Helpdesk, HelpdeskError, Nudge, OutboundCommand, ReadError, Receipt, Settings, Standing, SurveyAnswer, TicketSnapshot, VerifyError,
};
use crate::clock::SharedClock;
use crate::domain::articles::Article;
use crate::domain::tickets::{HelpdeskKind, TicketNumber};

/// The most that a page of a list holds. <https://developers.freshdesk.com/api/#pagination>
const PAGE: usize = 100;

/// The most pages of conversations that are read at once.
const CONVERSATION_PAGES: usize = 50;

/// The last page that is worth asking for. <https://developers.freshdesk.com/api/#pagination>
const LAST_PAGE: usize = 500;

/// The last page of tickets that Freshdesk gives. <https://developers.freshdesk.com/api/#list_all_tickets>
const TICKET_PAGES: usize = 300;

/// How long the account's list of states is remembered, and what its groups are called.
const STATUSES_KEPT: Duration = Duration::from_hours(1);

/// A Freshdesk account.
pub struct Freshdesk {
    wire: Wire,
    webhook_secrets: Vec<SecretString>,
    /// The agent whose key we use.
    own_agent: OnceCell<u64>,
    /// Freshdesk's code for a ticket that waits for a third party, in this account.
    on_hold: Cache<(), u64>,
    /// What groups of agents are called.
    groups: Cache<u64, String>,
}

impl fmt::Debug for Freshdesk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Freshdesk").field("address", &self.wire.address("").as_str()).finish_non_exhaustive()
    }
}

impl Freshdesk {
    /// A client of the account.
    pub fn new(settings: Settings, http: reqwest::Client, clock: SharedClock) -> Self {
        Self {
            wire: Wire::new(&settings, http, clock),
            webhook_secrets: settings.webhook_secrets,
            own_agent: OnceCell::new(),
            on_hold: Cache::builder().max_capacity(1).time_to_live(STATUSES_KEPT).build(),
            groups: Cache::builder().max_capacity(1_000).time_to_live(STATUSES_KEPT).build(),
        }
    }

    async fn ticket_as_is(&self, digits: &str) -> Result<api::Ticket, HelpdeskError> {
        self.wire.ask(Call::get(format!("api/v2/tickets/{digits}")).query("include", "requester")).await
    }

    /// A group by its number. Where we may not look, its number is its name.
    async fn group(&self, id: u64) -> Result<Group, HelpdeskError> {
        if let Some(name) = self.groups.get(&id).await {
            return Ok(Group { number: id.to_string(), name });
        }
        let found: api::Group = self.wire.ask_if_it_may(Call::get(format!("api/v2/groups/{id}"))).await?;
        let name = found.name.unwrap_or_else(|| id.to_string());
        self.groups.insert(id, name.clone()).await;
        Ok(Group { number: id.to_string(), name })
    }

    /// One page of a ticket's conversations, oldest first; pages count from 1.
    async fn conversations(&self, digits: &str, page: usize) -> Result<Vec<api::Conversation>, HelpdeskError> {
        let call = Call::get(format!("api/v2/tickets/{digits}/conversations")).query("page", &page).query("per_page", &PAGE);
        self.wire.ask(call).await
    }

    /// The conversations from a page on, oldest first.
    async fn conversations_from(&self, digits: &str, first: usize) -> Result<Vec<api::Conversation>, HelpdeskError> {
        let mut conversations = Vec::new();
        for page in first..first + CONVERSATION_PAGES {
            let found = self.conversations(digits, page).await?;
            let full = found.len() >= PAGE;
            conversations.extend(found);
            if !full {
                break;
            }
        }
        Ok(conversations)
    }

    /// The tickets that were put into a bin since then, at most the newest page of them. That the list takes both
    /// parameters at once is documented nowhere, so one that refuses them is taken for empty.
    async fn thrown_away(&self, bin: &str, since: DateTime<Utc>) -> Result<Vec<u64>, HelpdeskError> {
        let call = Call::get("api/v2/tickets")
            .query("filter", bin)
            .query("updated_since", &written(since))
            .query("order_by", "updated_at")
            .query("order_type", "desc")
            .query("per_page", &PAGE);
        match self.wire.ask::<Vec<api::Ticket>>(call).await {
            Ok(tickets) => Ok(tickets.iter().map(|ticket| ticket.id).collect()),
            Err(HelpdeskError::Refused { status: 400, .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// The conversations after the one named; all of them when it is not there any more.
    ///
    /// Freshdesk filters neither by id nor by time, so the page is computed from how many were read. Where some were deleted
    /// since, the one named stands further in front.
    async fn conversations_after(&self, digits: &str, last: &str, read: usize) -> Result<Vec<api::Conversation>, HelpdeskError> {
        let mut page = read.div_ceil(PAGE).clamp(1, LAST_PAGE);
        let mut conversations = self.conversations_from(digits, page).await?;
        loop {
            if let Some(at) = conversations.iter().position(|conversation| conversation.id.to_string() == last) {
                return Ok(conversations.split_off(at + 1));
            }
            if page == 1 {
                return Ok(conversations);
            }
            page -= 1;
            let mut earlier = self.conversations(digits, page).await?;
            earlier.append(&mut conversations);
            conversations = earlier;
        }
    }
}

#[async_trait]
impl Helpdesk for Freshdesk {
    fn kind(&self) -> HelpdeskKind {
        HelpdeskKind::Freshdesk
    }

    fn verify(&self, delivery: &Delivery<'_>) -> Result<(), VerifyError> {
        webhook::verify(delivery, &self.webhook_secrets)
    }

    fn read(&self, delivery: &Delivery<'_>) -> Result<Nudge, ReadError> {
        webhook::read(delivery)
    }

    async fn account(&self) -> Result<Account, HelpdeskError> {
        let me: api::Me = self.wire.ask(Call::get("api/v2/agents/me")).await?;
        Ok(Account { user: me.id.to_string(), name: me.contact.and_then(|contact| contact.name).unwrap_or_default() })
    }

    /// Only a key of an administrator may look at agents.
    async fn agent(&self, key: AgentKey<'_>) -> Result<Option<Agent>, HelpdeskError> {
        let found = match key {
            AgentKey::Number(number) => {
                self.wire.ask::<api::Me>(Call::get(format!("api/v2/agents/{}", digits_in_path(number)?))).await.map(|agent| vec![agent])
            }
            AgentKey::Email(email) => self.wire.ask::<Vec<api::Me>>(Call::get("api/v2/agents").query("email", email)).await,
        };
        match found {
            Ok(agents) => Ok(agents.into_iter().filter(|agent| mapping::is_meant(agent, key)).map(mapping::agent).next()),
            Err(HelpdeskError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn ticket(&self, number: &TicketNumber) -> Result<TicketSnapshot, HelpdeskError> {
        let digits = in_path(number)?;
        let ticket = self.ticket_as_is(digits).await?;
        let group = match ticket.group_id {
            Some(id) => Some(self.group(id).await?),
            None => None,
        };
        Ok(mapping::ticket(ticket, group, self.wire.address(&format!("a/tickets/{digits}")).into()))
    }

    async fn comments(&self, number: &TicketNumber, read: &CommentsRead) -> Result<Vec<Comment>, HelpdeskError> {
        let digits = in_path(number)?;
        let ticket = self.ticket_as_is(digits).await?;
        let description = mapping::description(&ticket);
        let conversations = match &read.last {
            Some(last) if *last != description.number => {
                // The description was counted too.
                let read = usize::try_from(read.count).unwrap_or_default().saturating_sub(1);
                self.conversations_after(digits, &last.0, read).await?
            }
            _ => self.conversations_from(digits, 1).await?,
        };
        let first = read.last.is_none().then_some(description);
        Ok(first.into_iter().chain(conversations.into_iter().map(|conversation| mapping::comment(conversation, &ticket))).collect())
    }

    async fn survey_answer(&self, number: &TicketNumber) -> Result<Option<SurveyAnswer>, HelpdeskError> {
        self.last_rating(number).await
    }

    /// No call asks for one file, so its comment is looked for: an address lasts for minutes only.
    async fn file(&self, place: &FilePlace) -> Result<FileAnswer, HelpdeskError> {
        let digits = in_path(&place.ticket)?;
        let files = if place.comment == mapping::description_number(&place.ticket) {
            self.ticket_as_is(digits).await?.attachments
        } else {
            let conversations = self.conversations_from(digits, 1).await?;
            conversations.into_iter().find(|known| known.id.to_string() == place.comment.0).and_then(|known| known.attachments)
        };
        let file = files.into_iter().flatten().find(|file| file.id.to_string() == place.file);
        let Some(address) = file.and_then(|file| file.address) else { return Ok(FileAnswer::Closed(Standing::Removed)) };
        let pieces = files::open(&self.wire, &address, is_freshdesk_s, Identified::No).await?;
        Ok(FileAnswer::Open { standing: Standing::Fine, pieces })
    }

    async fn articles(&self, search: &ArticleSearch) -> Result<Vec<Article>, HelpdeskError> {
        self.find_articles(search).await
    }

    async fn perform(&self, command: &OutboundCommand, key: &DeliveryKey, attempt: Attempt) -> Result<Receipt, HelpdeskError> {
        self.perform(command, key, attempt).await
    }

    /// Deleted and spam tickets have lists of their own, and so have answers to surveys, and no rule calls us about them: they are
    /// asked for with every page, of which each covers another stretch of time.
    async fn changes(&self, since: DateTime<Utc>, cursor: Option<&str>) -> Result<Changes, HelpdeskError> {
        let place = cursor.and_then(Place::parse).unwrap_or(Place { since, page: 1 });
        let call = Call::get("api/v2/tickets")
            .query("updated_since", &written(place.since))
            .query("order_by", "updated_at")
            .query("order_type", "asc")
            .query("per_page", &PAGE)
            .query("page", &place.page);
        let tickets: Vec<api::Ticket> = self.wire.ask(call).await?;
        let (next, more) = place.after(&tickets);
        let mut numbers: Vec<_> = tickets.iter().map(|ticket| ticket.id).collect();
        for bin in ["deleted", "spam"] {
            numbers.extend(self.thrown_away(bin, place.since).await?);
        }
        numbers.sort_unstable();
        numbers.dedup();
        let tickets = numbers.into_iter().map(|id| TicketNumber(id.to_string())).collect();
        let rated = self.rated_since(place.since).await?;
        Ok(Changes { tickets, rated, cursor: Some(next.to_string()), more })
    }
}

/// The hosts that Freshdesk keeps files on: its own, and its buckets at Amazon's.
fn is_freshdesk_s(url: &Url) -> bool {
    let bucket = url.path_segments().and_then(|mut parts| parts.next()).unwrap_or_default();
    let amazon_s = url.domain().is_some_and(|host| host.ends_with(".amazonaws.com") && host.starts_with("s3"));
    files::is_under(url, &["freshdesk.com", "freshworks.com"])
        || amazon_s && (bucket == "cdn.freshdesk.com" || bucket.ends_with("-cdn.freshdesk.com"))
}

/// A place in the list of changed tickets.
///
/// Pages are not counted from the first: a ticket that changes while we page moves to the end, and the others move
/// up past us. So each page starts from the time that the last one reached, and only tickets of one and the same
/// second are counted in pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    since: DateTime<Utc>,
    page: usize,
}

impl Place {
    /// How far back the next reconcile looks: changes may become visible out of order.
    const OVERLAP: TimeDelta = TimeDelta::seconds(60);

    fn parse(cursor: &str) -> Option<Self> {
        let (since, page) = cursor.split_once('|')?;
        Some(Self { since: since.parse().ok()?, page: page.parse().ok().filter(|page| (1..=TICKET_PAGES).contains(page))? })
    }

    fn after(self, tickets: &[api::Ticket]) -> (Self, bool) {
        let reached = tickets.iter().map(|ticket| ticket.updated_at).max().unwrap_or(self.since);
        if tickets.len() < PAGE {
            return (Self { since: self.since.max(reached - Self::OVERLAP), page: 1 }, false);
        }
        // Whether `updated_since` takes in its own second is not documented.
        let since = reached - TimeDelta::seconds(1);
        if since > self.since {
            return (Self { since, page: 1 }, true);
        }
        if self.page < TICKET_PAGES {
            return (Self { page: self.page + 1, ..self }, true);
        }
        (Self { since: self.since + TimeDelta::seconds(1), page: 1 }, true)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}|{}", written(self.since), self.page)
    }
}

fn written(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}
