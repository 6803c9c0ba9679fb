//! What we do in a Freshdesk account, once as far as Freshdesk lets us tell.
//!
//! It knows no idempotency key, no metadata and no conditional update (<https://developers.freshdesk.com/api/>): what an
//! earlier attempt may have done is looked for in what is there now.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use super::{CONVERSATION_PAGES, Freshdesk, PAGE, api, mapping, quotes, written};
use crate::domain::tickets::{CommentNumber, TicketNumber, TicketStatus};
use crate::helpdesk::wire::{Call, FormValue, in_path};
use crate::helpdesk::{
    Attempt, DeliveryKey, Helpdesk, HelpdeskError, NewTicket, Opener, OutboundCommand, OutboundFile, Receipt, SpeakAs, TicketMarks,
    TicketUpdate, Visibility, outbound,
};

/// The attribute that carries our delivery key in what we write. Freshdesk rewrites HTML and may drop it, so its absence
/// proves nothing.
const MARK: &str = "data-trilogue-delivery";

/// How far the helpdesk's clock may be behind ours.
const CLOCK_LEEWAY: TimeDelta = TimeDelta::minutes(2);

/// What all files of a ticket may have together, in bytes. <https://developers.freshdesk.com/api/#attachments>
const LARGEST_FILES: u64 = 20 * 1024 * 1024;

/// The longest tag. <https://developers.freshdesk.com/api/#send_proactive_message>
const LONGEST_TAG: usize = 32;

/// What a look after an uncertain attempt found.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    /// It arrived.
    Conversation(CommentNumber),
    /// It did not.
    Nothing,
    /// Something of ours that may or may not be it, or more than can be looked through.
    Doubt,
}

impl Freshdesk {
    pub(super) async fn perform(&self, command: &OutboundCommand, key: &DeliveryKey, attempt: Attempt) -> Result<Receipt, HelpdeskError> {
        match command {
            OutboundCommand::PostComment { ticket, visibility, speak_as, text, known, files } => {
                let html = comment_html(speak_as, text, key)?;
                if let Attempt::Again { begun_at } = attempt {
                    let sought = Sought { html: &html, visibility: *visibility, key, since: begun_at - CLOCK_LEEWAY, known };
                    match self.find_comment(ticket, &sought).await? {
                        Found::Conversation(number) => return Ok(Receipt::Comment { number }),
                        Found::Doubt => {
                            return Err(HelpdeskError::undecidable(
                                "our user wrote something else since then, or the ticket has too much to look through",
                            ));
                        }
                        Found::Nothing => {}
                    }
                }
                self.post_comment(ticket, *visibility, html, files).await
            }
            OutboundCommand::UpdateTicket { ticket, update } => self.update_ticket(ticket, update, attempt).await,
            OutboundCommand::MarkTicket { ticket, marks } => self.mark_ticket(ticket, marks).await,
            OutboundCommand::OpenTicket(new) => {
                if let Attempt::Again { begun_at } = attempt
                    && let Some(number) = self.find_ticket(new, begun_at - CLOCK_LEEWAY).await?
                {
                    return Ok(opened(number));
                }
                self.open_ticket(new, key).await
            }
        }
    }

    /// A reply is mailed to the requester; a note is private only if that is said.
    async fn post_comment(
        &self,
        ticket: &TicketNumber,
        visibility: Visibility,
        html: String,
        files: &[OutboundFile],
    ) -> Result<Receipt, HelpdeskError> {
        let digits = in_path(ticket)?;
        if !files.is_empty() {
            return self.post_form(digits, visibility, html, files).await;
        }
        let call = match visibility {
            Visibility::Public => Call::post(format!("api/v2/tickets/{digits}/reply"), json!({ "body": html })),
            Visibility::Internal => {
                Call::post(format!("api/v2/tickets/{digits}/notes"), json!({ "body": html, "private": true, "incoming": false }))
            }
        };
        let created: api::Created = self.wire.ask(call).await?;
        Ok(Receipt::Comment { number: CommentNumber(created.id.to_string()) })
    }

    /// Files go as a form, which knows texts only.
    async fn post_form(
        &self,
        digits: &str,
        visibility: Visibility,
        html: String,
        files: &[OutboundFile],
    ) -> Result<Receipt, HelpdeskError> {
        if files.iter().map(|file| file.size).sum::<u64>() > LARGEST_FILES {
            return Err(HelpdeskError::Unsendable { reason: "its files are larger than the 20 MB that a ticket takes".to_owned() });
        }
        let (path, mut values) = match visibility {
            Visibility::Public => (format!("api/v2/tickets/{digits}/reply"), Vec::new()),
            Visibility::Internal => {
                let text = |value: &str| FormValue::Text(value.to_owned());
                (format!("api/v2/tickets/{digits}/notes"), vec![("private", text("true")), ("incoming", text("false"))])
            }
        };
        values.push(("body", FormValue::Text(html)));
        for file in files {
            let bytes = file.source.read().await?;
            values.push(("attachments[]", FormValue::File { name: file.name.clone(), content_type: file.content_type.clone(), bytes }));
        }
        let created: api::Created = self.wire.ask(Call::post_form(path, values)).await?;
        Ok(Receipt::Comment { number: CommentNumber(created.id.to_string()) })
    }

    async fn find_comment(&self, ticket: &TicketNumber, sought: &Sought<'_>) -> Result<Found, HelpdeskError> {
        let digits = in_path(ticket)?;
        let own_agent = *self.own_agent.get_or_try_init(|| self.own_agent()).await?;
        let conversations = self.conversations_from(digits, 1).await?;
        if conversations.len() >= PAGE * CONVERSATION_PAGES {
            return Ok(Found::Doubt);
        }
        let own = conversations.iter().filter(|conversation| conversation.user_id == Some(own_agent));
        Ok(own.map(|conversation| sought.compare(conversation)).reduce(Found::or).unwrap_or(Found::Nothing))
    }

    async fn own_agent(&self) -> Result<u64, HelpdeskError> {
        let me: api::Me = self.wire.ask(Call::get("api/v2/agents/me")).await?;
        Ok(me.id)
    }

    /// Freshdesk cannot compare by itself: between our look and our change somebody else's may slip in.
    async fn update_ticket(&self, ticket: &TicketNumber, update: &TicketUpdate, attempt: Attempt) -> Result<Receipt, HelpdeskError> {
        let digits = in_path(ticket)?;
        let mut change = Map::new();
        if let Some(status) = update.status {
            change.insert("status".to_owned(), self.status_code(status).await?.into());
        }
        change.extend(update.priority.map(|priority| ("priority".to_owned(), mapping::priority_code(priority).into())));
        if change.is_empty() {
            return Ok(Receipt::Done);
        }
        if update.unless_changed_since.is_some() || attempt != Attempt::First {
            let now = self.ticket(ticket).await?;
            if attempt != Attempt::First && now.has(update) {
                return Ok(now.state());
            }
            if update.unless_changed_since.is_some_and(|seen| now.updated_at > seen) {
                return Err(HelpdeskError::Conflict);
            }
        }
        let changed: api::Ticket = self.wire.ask(Call::put(format!("api/v2/tickets/{digits}"), Value::Object(change))).await?;
        Ok(mapping::ticket(changed, None, String::new()).state())
    }

    async fn status_code(&self, status: TicketStatus) -> Result<u64, HelpdeskError> {
        if status != TicketStatus::OnHold {
            return Ok(mapping::status_code(status));
        }
        if let Some(code) = self.on_hold.get(&()).await {
            return Ok(code);
        }
        let known = match self.wire.ask::<Vec<api::TicketField>>(Call::get("api/v2/ticket_fields")).await {
            Ok(fields) => mapping::knows_third_party(&fields),
            // Our agent may not read the form: then the state that every account has must do.
            Err(HelpdeskError::Unauthorized { status: 403 }) => false,
            Err(error) => return Err(error),
        };
        // Not "pending": that would say that it is the requester's turn.
        let code = if known { mapping::WAITING_ON_THIRD_PARTY } else { mapping::status_code(TicketStatus::Open) };
        self.on_hold.insert((), code).await;
        Ok(code)
    }

    /// `tags` replaces the list, so the ticket's own are read first and sent along. Nothing is sent that is there already.
    async fn mark_ticket(&self, ticket: &TicketNumber, marks: &TicketMarks) -> Result<Receipt, HelpdeskError> {
        let digits = in_path(ticket)?;
        let now = self.ticket_as_is(digits).await?;
        let before = now.tags.unwrap_or_default();
        let mut tags = before.clone();
        tags.retain(|known| !marks.without.iter().any(|gone| known.eq_ignore_ascii_case(gone)));
        for tag in &marks.tags {
            if !tags.iter().any(|known| known.eq_ignore_ascii_case(tag)) {
                tags.push(tag.clone());
            }
        }
        let known = now.custom_fields.unwrap_or_default();
        let says = |name: &str| known.get(name).and_then(Value::as_str).filter(|word| !word.is_empty());
        let fields: Map<String, Value> = marks
            .fields
            .iter()
            .filter(|(name, word)| says(name) != word.as_deref())
            .map(|(name, word)| (name.clone(), json!(word)))
            .collect();
        let mut change = Map::new();
        if tags != before {
            change.insert("tags".to_owned(), json!(tags));
        }
        if !fields.is_empty() {
            change.insert("custom_fields".to_owned(), Value::Object(fields));
        }
        if !change.is_empty() {
            self.wire.tell(Call::put(format!("api/v2/tickets/{digits}"), Value::Object(change))).await?;
        }
        Ok(Receipt::Done)
    }

    async fn open_ticket(&self, new: &NewTicket, key: &DeliveryKey) -> Result<Receipt, HelpdeskError> {
        if new.opener == Opener::Operator {
            return self.write_first(new, key).await;
        }
        // An unknown key in the body is refused, and state, priority and source have no other default that is documented
        // to stay: https://developers.freshdesk.com/api/#create_ticket
        let body = json!({
            "name": outbound::name(&new.requester_name),
            "email": new.requester_email,
            "subject": outbound::plain(&new.subject),
            "description": marked(&outbound::html(&new.text, None)?, key),
            "status": mapping::status_code(TicketStatus::Open),
            "priority": 1,
            "source": 2,
            "tags": [tag(&new.reference)],
        });
        let created: api::Created = self.wire.ask(Call::post("api/v2/tickets", body)).await?;
        Ok(opened(created.id))
    }

    /// A ticket that begins with a mail of ours. <https://developers.freshdesk.com/api/#create_outbound_email>
    async fn write_first(&self, new: &NewTicket, key: &DeliveryKey) -> Result<Receipt, HelpdeskError> {
        let body = json!({
            "name": outbound::name(&new.requester_name),
            "email": new.requester_email,
            "subject": outbound::plain(&new.subject),
            "description": marked(&outbound::html(&new.text, None)?, key),
            // Left out, it would be closed.
            "status": mapping::status_code(TicketStatus::Pending),
            "priority": 1,
            "email_config_id": self.mailbox().await?,
            "tags": [tag(&new.reference)],
        });
        let created: api::Created = self.wire.ask(Call::post("api/v2/tickets/outbound_email", body)).await?;
        Ok(opened(created.id))
    }

    /// The mailbox that the account writes from: its primary one, or else the first that works.
    async fn mailbox(&self) -> Result<u64, HelpdeskError> {
        let all: Vec<api::Mailbox> = self.wire.ask(Call::get("api/v2/email_configs")).await?;
        let working = || all.iter().filter(|mailbox| mailbox.active != Some(false));
        let chosen = working().find(|mailbox| mailbox.primary_role == Some(true)).or_else(|| working().next());
        chosen.map(|mailbox| mailbox.id).ok_or_else(|| HelpdeskError::Unsendable { reason: "the account has no mailbox".to_owned() })
    }

    /// Looks for a ticket with our reference among the requester's. A plain list, not the search, whose index lags by minutes.
    async fn find_ticket(&self, new: &NewTicket, since: DateTime<Utc>) -> Result<Option<u64>, HelpdeskError> {
        let call = Call::get("api/v2/tickets")
            .query("email", &new.requester_email)
            .query("updated_since", &written(since))
            .query("per_page", &PAGE);
        let tickets: Vec<api::Ticket> = match self.wire.ask(call).await {
            Ok(tickets) => tickets,
            // Nobody has this address: opening the ticket would have made a contact of it.
            Err(HelpdeskError::Refused { status: 400, code }) if code == "invalid_value (email)" => return Ok(None),
            Err(error) => return Err(error),
        };
        let tag = tag(&new.reference);
        let tagged = |ticket: &&api::Ticket| ticket.tags.iter().flatten().any(|known| known.eq_ignore_ascii_case(&tag));
        if let Some(ticket) = tickets.iter().find(tagged) {
            return Ok(Some(ticket.id));
        }
        let subject = outbound::fingerprint(&new.subject);
        let alike = |ticket: &api::Ticket| {
            ticket.created_at >= since && outbound::fingerprint(ticket.subject.as_deref().unwrap_or_default()) == subject
        };
        if tickets.len() >= PAGE || tickets.iter().any(alike) {
            return Err(HelpdeskError::undecidable("the requester has a ticket of the same subject without our reference, or too many"));
        }
        Ok(None)
    }
}

/// What the look for a comment compares with.
struct Sought<'a> {
    html: &'a str,
    visibility: Visibility,
    key: &'a DeliveryKey,
    since: DateTime<Utc>,
    known: &'a [CommentNumber],
}

impl Sought<'_> {
    /// What a conversation of our own user says about the earlier attempt.
    fn compare(&self, conversation: &api::Conversation) -> Found {
        let number = CommentNumber(conversation.id.to_string());
        let html = conversation.body.as_deref().unwrap_or_default();
        if html.contains(&self.key.to_string()) {
            return Found::Conversation(number);
        }
        // A mark that is not this one's belongs to another delivery.
        if conversation.created_at < self.since || self.known.contains(&number) || html.contains(MARK) {
            return Found::Nothing;
        }
        let words = |html| outbound::fingerprint(&quotes::text(html));
        let internal = conversation.private.unwrap_or(true);
        if words(html) == words(self.html) && internal == (self.visibility == Visibility::Internal) {
            Found::Conversation(number)
        } else {
            Found::Doubt
        }
    }
}

impl Found {
    /// The stronger of two findings.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (found @ Self::Conversation(_), _) | (_, found @ Self::Conversation(_)) => found,
            (Self::Doubt, _) | (_, Self::Doubt) => Self::Doubt,
            (Self::Nothing, Self::Nothing) => Self::Nothing,
        }
    }
}

fn comment_html(speak_as: &SpeakAs, text: &str, key: &DeliveryKey) -> Result<String, HelpdeskError> {
    let speaker = match speak_as {
        SpeakAs::Operator => None,
        SpeakAs::Seller { name, .. } => Some(name.as_str()),
    };
    Ok(marked(&outbound::html(text, speaker)?, key))
}

fn marked(html: &str, key: &DeliveryKey) -> String {
    format!("<div {MARK}=\"{key}\">{html}</div>")
}

/// The tag by which our ticket is found again: the reference, or the end of it, which differs most.
fn tag(reference: &str) -> String {
    let excess = reference.chars().count().saturating_sub(LONGEST_TAG);
    reference.chars().skip(excess).collect()
}

fn opened(id: u64) -> Receipt {
    let number = TicketNumber(id.to_string());
    let comment = Some(mapping::description_number(&number));
    Receipt::Ticket { number, comment }
}
