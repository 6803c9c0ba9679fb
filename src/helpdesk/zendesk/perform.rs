//! What we do in a Zendesk account, once.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use reqwest::header::HeaderName;
use serde_json::{Value, json};

use super::{PAGE, Zendesk, api, mapping, paged};
use crate::domain::ids::SellerId;
use crate::domain::tickets::{CommentNumber, TicketNumber, TicketStatus};
use crate::helpdesk::wire::{Call, in_path};
use crate::helpdesk::{
    Attempt, DeliveryKey, Helpdesk, HelpdeskError, NewTicket, Opener, OutboundCommand, OutboundFile, Receipt, SellerIdentity, SpeakAs,
    TicketMarks, TicketUpdate, Visibility, outbound,
};

/// What a comment may hold, in bytes: 64 kB. More is cut without a word.
/// <https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_comments/#body-size-limits>
const LARGEST_COMMENT: usize = 64 * 1024 - 1;

/// The key under which a change's metadata carries our delivery key; Zendesk keeps it in the audit.
const METADATA_KEY: &str = "trilogue_delivery";

/// Lets a repeated creation of a ticket find the first, for two hours.
/// <https://developer.zendesk.com/api-reference/ticketing/introduction/#idempotency>
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// How far the helpdesk's clock may be behind ours.
const CLOCK_LEEWAY: TimeDelta = TimeDelta::minutes(5);

/// The most pages of audits that are looked through.
const AUDIT_PAGES: usize = 100;

/// What a comment says, and as whose words.
struct Words<'a> {
    visibility: Visibility,
    speak_as: &'a SpeakAs,
    text: &'a str,
}

impl Zendesk {
    pub(super) async fn perform(&self, command: &OutboundCommand, key: &DeliveryKey, attempt: Attempt) -> Result<Receipt, HelpdeskError> {
        match command {
            OutboundCommand::PostComment { ticket, visibility, speak_as, text, known: _, files } => {
                if let Attempt::Again { begun_at } = attempt
                    && let Some(number) = self.find_comment(ticket, key, begun_at).await?
                {
                    return Ok(Receipt::Comment { number });
                }
                let words = Words { visibility: *visibility, speak_as, text };
                self.post_comment(ticket, &words, files, key).await
            }
            OutboundCommand::UpdateTicket { ticket, update } => {
                if let Attempt::Again { .. } = attempt {
                    let now = self.ticket(ticket).await?;
                    if now.has(update) {
                        return Ok(now.state());
                    }
                }
                self.update_ticket(ticket, update).await
            }
            OutboundCommand::MarkTicket { ticket, marks } => self.mark_ticket(ticket, marks).await,
            OutboundCommand::OpenTicket(new) => {
                if let Attempt::Again { begun_at } = attempt
                    && let Some(number) = self.find_ticket(&new.reference).await?
                {
                    let comment = match self.find_comment(&number, key, begun_at).await {
                        // Audits need a wider scope than tickets.
                        Err(HelpdeskError::Unauthorized { status: 403 }) => None,
                        found => found?,
                    };
                    return Ok(Receipt::Ticket { number, comment });
                }
                self.open_ticket(new, key).await
            }
        }
    }

    async fn post_comment(
        &self,
        ticket: &TicketNumber,
        Words { visibility, speak_as, text }: &Words<'_>,
        files: &[OutboundFile],
        key: &DeliveryKey,
    ) -> Result<Receipt, HelpdeskError> {
        let visibility = *visibility;
        let path = format!("api/v2/tickets/{}.json", in_path(ticket)?);
        let author = self.author(speak_as, visibility).await?;
        let speaker = match speak_as {
            SpeakAs::Seller { name, .. } if author.is_none() => Some(name.as_str()),
            SpeakAs::Seller { .. } | SpeakAs::Operator => None,
        };
        let html = outbound::within(outbound::html(text, speaker)?, LARGEST_COMMENT)?;
        let mut comment = json!({ "html_body": html, "public": visibility == Visibility::Public });
        if let Some(author) = author {
            comment["author_id"] = author.into();
        }
        if !files.is_empty() {
            comment["uploads"] = self.upload(files).await?.into();
        }
        let body = json!({ "ticket": { "comment": comment, "metadata": { METADATA_KEY: key.to_string() } } });
        let answer: api::ChangeAnswer = self.wire.ask(Call::put(path, body)).await?;
        let number = answer.audit.as_ref().and_then(api::Audit::comment);
        let number = number.ok_or_else(|| HelpdeskError::Uncertain { reason: "the answer names no comment".to_owned() })?;
        Ok(Receipt::Comment { number: CommentNumber(number.to_string()) })
    }

    /// Hands over the files; each waits for the comment under a token, for an hour. Lost ones do no harm: they go by themselves.
    async fn upload(&self, files: &[OutboundFile]) -> Result<Vec<String>, HelpdeskError> {
        let mut tokens = Vec::new();
        for file in files {
            let bytes = file.source.read().await?;
            let call = Call::post_bytes("api/v2/uploads.json", &file.content_type, bytes).query("filename", &file.name).repeatable();
            let answer: api::UploadAnswer = self.wire.ask(call).await?;
            tokens.push(answer.upload.token);
        }
        Ok(tokens)
    }

    /// The user that speaks for a seller; none when our own does. An internal note is always our own user's: no page of
    /// the vendor says that a comment of an end user stays private when it is asked to.
    async fn author(&self, speak_as: &SpeakAs, visibility: Visibility) -> Result<Option<i64>, HelpdeskError> {
        let SpeakAs::Seller { id, name } = speak_as else { return Ok(None) };
        if self.seller_identity == SellerIdentity::Attribution || visibility == Visibility::Internal {
            return Ok(None);
        }
        match self.seller_user(*id, name).await {
            Ok(user) => Ok(Some(user)),
            // The plan (which may lack the endpoint) or our rights do not allow it: the seller is named in the text instead.
            Err(HelpdeskError::Refused { .. } | HelpdeskError::NotFound | HelpdeskError::Unauthorized { status: 403 }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes or finds the seller's user. Vendor's limit: 5 calls a minute per user, one a second per account.
    async fn seller_user(&self, id: SellerId, name: &str) -> Result<i64, HelpdeskError> {
        let name = outbound::name(name);
        if let Some((known_name, user)) = self.authors.get(&id).await
            && known_name == name
        {
            return Ok(user);
        }
        let body = json!({ "user": {
            "name": name,
            "external_id": format!("{}{id}", mapping::SELLER_KEY),
            "role": "end-user",
            "skip_verify_email": true,
        } });
        let answer: api::UserAnswer = self.wire.ask(Call::post("api/v2/users/create_or_update.json", body).repeatable()).await?;
        self.authors.insert(id, (name, answer.user.id)).await;
        Ok(answer.user.id)
    }

    /// Looks for the comment of an earlier attempt in the ticket's audits.
    async fn find_comment(
        &self,
        ticket: &TicketNumber,
        key: &DeliveryKey,
        begun_at: DateTime<Utc>,
    ) -> Result<Option<CommentNumber>, HelpdeskError> {
        let path = format!("api/v2/tickets/{}/audits.json", in_path(ticket)?);
        let key = key.to_string();
        let mut cursor = None;
        for _ in 0..AUDIT_PAGES {
            let page: api::AuditsPage = self.wire.ask(paged(Call::get(path.as_str()).query("page[size]", &PAGE), cursor)).await?;
            if let Some(audit) = page.audits.iter().find(|audit| audit.metadata["custom"][METADATA_KEY] == key) {
                let number = audit.comment().ok_or_else(|| HelpdeskError::undecidable("the change arrived without its comment"))?;
                return Ok(Some(CommentNumber(number.to_string())));
            }
            let past_it = goes_back_beyond(&page.audits, begun_at - CLOCK_LEEWAY);
            cursor = page.meta.next().filter(|_| !past_it);
            if cursor.is_none() {
                return Ok(None);
            }
        }
        Err(HelpdeskError::undecidable("the ticket has more changes than can be looked through"))
    }

    async fn update_ticket(&self, ticket: &TicketNumber, update: &TicketUpdate) -> Result<Receipt, HelpdeskError> {
        let path = format!("api/v2/tickets/{}.json", in_path(ticket)?);
        let mut change = serde_json::Map::new();
        change.extend(update.status.map(|status| ("status".to_owned(), mapping::status_word(status).into())));
        change.extend(update.priority.map(|priority| ("priority".to_owned(), mapping::priority_word(priority).into())));
        if change.is_empty() {
            return Ok(Receipt::Done);
        }
        if let Some(stamp) = update.unless_changed_since {
            change.insert("safe_update".to_owned(), true.into());
            change.insert("updated_stamp".to_owned(), stamp.to_rfc3339_opts(SecondsFormat::AutoSi, true).into());
        }
        let answer: api::TicketAnswer = self.wire.ask(Call::put(path, json!({ "ticket": Value::Object(change) }))).await?;
        Ok(mapping::ticket(answer, String::new()).state())
    }

    /// These endpoints add and remove; `tags` in a ticket's body would replace those of others.
    /// <https://developer.zendesk.com/api-reference/ticketing/ticket-management/tags/>
    async fn mark_ticket(&self, ticket: &TicketNumber, marks: &TicketMarks) -> Result<Receipt, HelpdeskError> {
        let digits = in_path(ticket)?;
        let path = format!("api/v2/tickets/{digits}/tags.json");
        if !(marks.tags.is_empty() && marks.without.is_empty()) {
            let now: api::Tags = self.wire.ask(Call::get(path.clone())).await?;
            let has = |tag: &&String| now.tags.iter().any(|known| known.eq_ignore_ascii_case(tag));
            let gone: Vec<_> = marks.without.iter().filter(has).collect();
            let missing: Vec<_> = marks.tags.iter().filter(|tag| !has(tag)).collect();
            if !gone.is_empty() {
                self.wire.tell(Call::delete(path.clone(), json!({ "tags": gone }))).await?;
            }
            if !missing.is_empty() {
                self.wire.tell(Call::put(path, json!({ "tags": missing }))).await?;
            }
        }
        if !marks.fields.is_empty() {
            let field = |(id, word): &(String, Option<String>)| {
                let id: i64 = id.parse().map_err(|_| HelpdeskError::Unsendable { reason: format!("{id} is no id of a ticket field") })?;
                Ok(json!({ "id": id, "value": word }))
            };
            let fields = marks.fields.iter().map(field).collect::<Result<Vec<_>, HelpdeskError>>()?;
            let body = json!({ "ticket": { "custom_fields": fields } });
            self.wire.tell(Call::put(format!("api/v2/tickets/{digits}.json"), body)).await?;
        }
        Ok(Receipt::Done)
    }

    /// The requester is the submitter unless we say otherwise, and so the author of the first comment.
    /// <https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/#requesters-and-submitters>
    async fn open_ticket(&self, new: &NewTicket, key: &DeliveryKey) -> Result<Receipt, HelpdeskError> {
        let html = outbound::within(outbound::html(&new.text, None)?, LARGEST_COMMENT)?;
        let mut body = json!({ "ticket": {
            "subject": outbound::plain(&new.subject),
            "comment": { "html_body": html, "public": true },
            "requester": { "name": outbound::name(&new.requester_name), "email": new.requester_email },
            "external_id": new.reference,
            "metadata": { METADATA_KEY: key.to_string() },
        } });
        if new.opener == Opener::Operator {
            body["ticket"]["submitter_id"] = self.own_user().await?.into();
            body["ticket"]["status"] = mapping::status_word(TicketStatus::Pending).into();
        }
        let call = Call::post("api/v2/tickets.json", body).header(IDEMPOTENCY_KEY, key);
        let answer: api::ChangeAnswer = self.wire.ask(call).await.map_err(|error| match error {
            // An earlier call with the same key is still under way.
            HelpdeskError::Conflict => HelpdeskError::Uncertain { reason: "the ticket is being opened".to_owned() },
            other => other,
        })?;
        let comment = answer.audit.as_ref().and_then(api::Audit::comment).map(|number| CommentNumber(number.to_string()));
        Ok(Receipt::Ticket { number: TicketNumber(answer.ticket.id.to_string()), comment })
    }

    async fn own_user(&self) -> Result<i64, HelpdeskError> {
        let account = self.account().await?;
        account.user.parse().map_err(|_| HelpdeskError::Unreadable { reason: "our own user has no number".to_owned() })
    }

    /// Looks for a ticket with our reference. A plain list, not the search, whose index lags by minutes.
    async fn find_ticket(&self, reference: &str) -> Result<Option<TicketNumber>, HelpdeskError> {
        let list: api::TicketList = self.wire.ask(Call::get("api/v2/tickets.json").query("external_id", reference)).await?;
        let ours = list.tickets.iter().find(|ticket| ticket.external_id.as_deref() == Some(reference));
        Ok(ours.map(|ticket| TicketNumber(ticket.id.to_string())))
    }
}

/// Whether a page of audits comes newest first and ends before the time. Their order is documented nowhere, so without
/// that evidence every page is read.
fn goes_back_beyond(audits: &[api::Audit], time: DateTime<Utc>) -> bool {
    let at = |audit: Option<&api::Audit>| audit?.created_at;
    at(audits.first()).zip(at(audits.last())).is_some_and(|(first, last)| first > last && last < time)
}
