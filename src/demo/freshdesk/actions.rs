//! What can happen to a ticket, whoever does it, and which rule that sets off.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::problem::{Fault, Problem};
use super::state::{Conversation, ConversationKind, Requirement, State, Ticket};
use crate::demo::peer::{Audience, Mail, Presence, Side, SimFile, html};

/// What set a rule off, in Freshdesk's own notation: bare words, not JSON.
///
/// Those of a reply by an agent, a customer's answer and a change of tags are not documented; they follow the grammar
/// of the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trigger(pub(super) String);

impl Trigger {
    fn created() -> Self {
        Self("{ticket_action:created}".to_owned())
    }

    fn note(private: bool) -> Self {
        Self(format!("{{note_type:{}}}", if private { "private" } else { "public" }))
    }

    fn reply(incoming: bool) -> Self {
        Self(if incoming { "{customer_reply:received}" } else { "{reply_sent:public}" }.to_owned())
    }

    fn moved(property: &str, from: u16, to: u16) -> Self {
        Self(format!("{{{property}:{{from:{from},to:{to}}}}}"))
    }

    fn updated(property: &str) -> Self {
        Self(format!("{{{property}:updated}}"))
    }
}

/// A ticket about to be opened.
#[derive(Debug, Clone)]
pub(super) struct Birth {
    pub(super) requester: i64,
    pub(super) source: u16,
    pub(super) description: String,
    pub(super) cc: Vec<String>,
    pub(super) files: Vec<SimFile>,
    pub(super) change: Change,
}

/// A change about to be made; what is none stays as it is.
#[derive(Debug, Clone, Default)]
pub(super) struct Change {
    pub(super) subject: Option<String>,
    pub(super) description: Option<String>,
    pub(super) status: Option<u16>,
    pub(super) priority: Option<u16>,
    pub(super) source: Option<u16>,
    pub(super) kind: Option<String>,
    pub(super) tags: Option<Vec<String>>,
    pub(super) group: Option<i64>,
    pub(super) responder: Option<i64>,
    pub(super) requester: Option<i64>,
    pub(super) fields: BTreeMap<String, Value>,
}

/// A reply or note about to be made. `html` is not cleaned yet.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) user: i64,
    pub(super) kind: ConversationKind,
    pub(super) incoming: bool,
    pub(super) private: bool,
    pub(super) html: String,
    pub(super) files: Vec<SimFile>,
}

impl State {
    pub(super) fn create(&mut self, birth: Birth) -> Result<u64, Problem> {
        let ticket = self.draft_ticket(birth);
        self.check_form(&ticket)?;
        Ok(self.open(ticket))
    }

    /// Without the form's rules for agents: customers are not held to them.
    pub(super) fn create_unchecked(&mut self, birth: Birth) -> u64 {
        let ticket = self.draft_ticket(birth);
        self.open(ticket)
    }

    fn draft_ticket(&self, birth: Birth) -> Ticket {
        let now = self.now();
        let mut ticket = Ticket {
            id: self.next_ticket(),
            subject: String::new(),
            description: html::clean(&birth.description),
            status: 2,
            priority: 1,
            source: birth.source,
            kind: None,
            tags: Vec::new(),
            fields: BTreeMap::new(),
            requester: birth.requester,
            responder: None,
            cc: birth.cc,
            files: birth.files,
            conversations: Vec::new(),
            presence: Presence::Live,
            group: None,
            created_at: now,
            updated_at: now,
        };
        apply(&mut ticket, birth.change);
        ticket
    }

    fn open(&mut self, ticket: Ticket) -> u64 {
        let number = ticket.id;
        self.tickets.insert(number, ticket);
        self.fire(number, &Trigger::created());
        number
    }

    /// Changes properties. Several in one save set off one webhook, which names only the first.
    pub(super) fn change(&mut self, number: u64, change: Change) -> Result<(), Problem> {
        let mut ticket = self.writable(number)?.clone();
        let trigger = apply(&mut ticket, change);
        self.check_form(&ticket)?;
        self.save(ticket, trigger);
        Ok(())
    }

    fn save(&mut self, mut ticket: Ticket, trigger: Option<Trigger>) {
        let number = ticket.id;
        if let Some(trigger) = trigger {
            ticket.updated_at = self.now();
            self.tickets.insert(number, ticket);
            self.fire(number, &trigger);
        }
    }

    /// The form's own rules hold for the API too.
    fn check_form(&self, ticket: &Ticket) -> Result<(), Problem> {
        let blank = |name: &str| ticket.fields.get(name).is_none_or(|value| value.is_null() || *value == json!(""));
        let closing = matches!(ticket.status, 4 | 5);
        let insisted = self.fields.iter().filter(|field| match field.requirement {
            Requirement::Optional => false,
            Requirement::ForAgents => true,
            Requirement::ForClosure => closing,
        });
        let faults: Vec<_> = insisted.filter(|field| blank(&field.name)).map(|field| Fault::missing(&field.name)).collect();
        if faults.is_empty() { Ok(()) } else { Err(Problem::Invalid(faults)) }
    }

    /// Adds a reply or note. A customer's own words reopen the ticket; nothing is closed for good here.
    pub(super) fn converse(&mut self, number: u64, draft: Draft) -> Result<Conversation, Problem> {
        let now = self.now();
        self.writable(number)?;
        let id = self.ids.long();
        let Draft { user, kind, incoming, private, html: raw, files } = draft;
        let html = html::clean(&raw);
        let by_customer = self.users.get(&user).is_some_and(|user| user.side == Side::EndUser);
        let ticket = self.writable(number)?;
        let mailed = !private && user != ticket.requester;
        if kind == ConversationKind::Reply && by_customer {
            ticket.status = 2;
        }
        ticket.updated_at = now;
        let (requester, subject) = (ticket.requester, ticket.subject.clone());
        let to: Vec<String> = if mailed { self.person(requester).email.into_iter().collect() } else { Vec::new() };
        if mailed {
            let (text, comment) = (html::to_text(&html), id.unsigned_abs());
            self.mails.push((requester, Mail { ticket: number, comment, subject, html: html.clone(), text, at: now }));
        }
        let conversation =
            Conversation { id, user, kind, incoming, private, html, to, created_at: now, updated_at: now, edited: None, files };
        self.writable(number)?.conversations.push(conversation.clone());
        let trigger = match kind {
            ConversationKind::Note => Trigger::note(private),
            ConversationKind::Reply => Trigger::reply(incoming),
        };
        self.fire(number, &trigger);
        Ok(conversation)
    }

    /// Edits a note, or blacks out a part of anything from inside the helpdesk. No rule hears of it.
    pub(super) fn edit(&mut self, number: u64, conversation: i64, editor: i64, html: &str) -> Result<Conversation, Problem> {
        let now = self.now();
        let ticket = self.writable(number)?;
        ticket.updated_at = now;
        let known = ticket.conversations.iter_mut().find(|known| known.id == conversation).ok_or(Problem::NotFound)?;
        known.html = html::clean(html);
        known.updated_at = now;
        known.edited = Some((now, editor));
        Ok(known.clone())
    }

    /// Merges tickets into a primary one: the others are closed with a note, and no field names where they went.
    pub(super) fn merge(&mut self, primary: u64, others: &[u64], actor: i64, note: Option<(String, Audience)>) -> Result<(), Problem> {
        for number in others.iter().chain([&primary]) {
            let there = self.writable(*number).is_ok();
            if !there || (*number == primary && others.contains(&primary)) {
                return Err(Fault::invalid("ticket_ids", "There are no tickets matching these ids").into());
            }
        }
        for other in others {
            self.converse(*other, note_by(actor, &format!("This ticket is closed and merged into ticket {primary}"), Audience::Internal))?;
            // A merge closes also what the form would not let an agent close.
            let mut ticket = self.ticket(*other)?.clone();
            let closed = apply(&mut ticket, Change { status: Some(5), ..Change::default() });
            self.save(ticket, closed);
        }
        let (html, audience) = note.unwrap_or_else(|| {
            let merged: Vec<_> = others.iter().map(u64::to_string).collect();
            (format!("Ticket {} was merged into this ticket", merged.join(", ")), Audience::Internal)
        });
        self.converse(primary, note_by(actor, &html, audience))?;
        Ok(())
    }

    /// Bins, marks as spam, or takes out again. No rule hears of it.
    pub(super) fn set_presence(&mut self, number: u64, presence: Presence) -> Result<(), Problem> {
        let now = self.now();
        let ticket = self.tickets.get_mut(&number).ok_or(Problem::NotFound)?;
        if ticket.presence == presence {
            return Err(Problem::NotAllowed);
        }
        ticket.presence = presence;
        ticket.updated_at = now;
        Ok(())
    }
}

fn note_by(user: i64, html: &str, audience: Audience) -> Draft {
    let private = audience == Audience::Internal;
    Draft { user, kind: ConversationKind::Note, incoming: false, private, html: html.to_owned(), files: Vec::new() }
}

/// Answers what a rule would name, none when nothing changed.
fn apply(ticket: &mut Ticket, change: Change) -> Option<Trigger> {
    let mut triggers = Vec::new();
    if let Some(status) = change.status.filter(|status| *status != ticket.status) {
        triggers.push(Trigger::moved("status", ticket.status, status));
        ticket.status = status;
    }
    if let Some(priority) = change.priority.filter(|priority| *priority != ticket.priority) {
        triggers.push(Trigger::moved("priority", ticket.priority, priority));
        ticket.priority = priority;
    }
    if let Some(tags) = change.tags.filter(|tags| *tags != ticket.tags) {
        triggers.push(Trigger::updated("tags"));
        ticket.tags = tags;
    }
    if let Some(subject) = change.subject.filter(|subject| *subject != ticket.subject) {
        triggers.push(Trigger::updated("subject"));
        ticket.subject = subject;
    }
    if let Some(description) = change.description.map(|raw| html::clean(&raw)).filter(|html| *html != ticket.description) {
        triggers.push(Trigger::updated("description"));
        ticket.description = description;
    }
    if let Some(source) = change.source.filter(|source| *source != ticket.source) {
        triggers.push(Trigger::moved("source", ticket.source, source));
        ticket.source = source;
    }
    if let Some(kind) = change.kind.filter(|kind| Some(kind) != ticket.kind.as_ref()) {
        triggers.push(Trigger::updated("ticket_type"));
        ticket.kind = Some(kind);
    }
    if let Some(agent) = change.responder.filter(|agent| Some(*agent) != ticket.responder) {
        triggers.push(Trigger::updated("responder_id"));
        ticket.responder = Some(agent);
    }
    if let Some(group) = change.group.filter(|group| Some(*group) != ticket.group) {
        triggers.push(Trigger::updated("group_id"));
        ticket.group = Some(group);
    }
    if let Some(requester) = change.requester.filter(|requester| *requester != ticket.requester) {
        triggers.push(Trigger::updated("requester_id"));
        ticket.requester = requester;
    }
    for (name, value) in change.fields {
        if ticket.fields.get(&name) != Some(&value) {
            triggers.push(Trigger::updated(&name));
            ticket.fields.insert(name, value);
        }
    }
    triggers.into_iter().next()
}
