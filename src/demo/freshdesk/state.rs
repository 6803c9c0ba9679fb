//! What a Freshdesk account holds.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::FreshdeskOptions;
use super::labels::stock_statuses;
use super::problem::Problem;
use super::service::Rated;
use super::webhooks::Rule;
use crate::demo::peer::{Ids, Mail, Outbox, Person, Presence, Side, SimArticle, SimFile, Windows};

/// What a custom ticket field takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// A line of text.
    Text,
    /// A whole number.
    Number,
    /// Yes or no.
    Checkbox,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// One of these.
    Dropdown(Vec<String>),
}

/// When the ticket form insists on a field; the API obeys the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requirement {
    /// Never.
    Optional,
    /// Always.
    ForAgents,
    /// When the ticket is resolved or closed.
    ForClosure,
}

#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) kind: FieldKind,
    pub(super) requirement: Requirement,
}

/// An agent or a contact; their ids never meet.
#[derive(Debug, Clone)]
pub(super) struct User {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) email: Option<String>,
    pub(super) external_id: Option<String>,
    pub(super) side: Side,
    pub(super) created_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ConversationKind {
    Reply,
    Note,
}

#[derive(Debug, Clone)]
pub(super) struct Conversation {
    pub(super) id: i64,
    pub(super) user: i64,
    pub(super) kind: ConversationKind,
    pub(super) incoming: bool,
    pub(super) private: bool,
    pub(super) html: String,
    pub(super) to: Vec<String>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
    pub(super) edited: Option<(DateTime<Utc>, i64)>,
    pub(super) files: Vec<SimFile>,
}

#[derive(Debug, Clone)]
pub(super) struct Ticket {
    pub(super) id: u64,
    pub(super) subject: String,
    pub(super) description: String,
    pub(super) status: u16,
    pub(super) priority: u16,
    pub(super) source: u16,
    pub(super) kind: Option<String>,
    pub(super) tags: Vec<String>,
    pub(super) fields: BTreeMap<String, Value>,
    pub(super) requester: i64,
    pub(super) responder: Option<i64>,
    pub(super) group: Option<i64>,
    pub(super) cc: Vec<String>,
    /// Of the description.
    pub(super) files: Vec<SimFile>,
    pub(super) conversations: Vec<Conversation>,
    pub(super) presence: Presence,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
}

pub(super) struct State {
    pub(super) options: FreshdeskOptions,
    pub(super) base_url: String,
    pub(super) outbox: Outbox,
    pub(super) ids: Ids,
    pub(super) integration: i64,
    pub(super) users: BTreeMap<i64, User>,
    pub(super) groups: BTreeMap<i64, String>,
    pub(super) ratings: Vec<Rated>,
    pub(super) tickets: BTreeMap<u64, Ticket>,
    /// Code, label for agents, label for customers.
    pub(super) statuses: BTreeMap<u16, [String; 2]>,
    pub(super) fields: Vec<Field>,
    pub(super) rules: Vec<Rule>,
    /// By requester.
    pub(super) mails: Vec<(i64, Mail)>,
    pub(super) articles: Vec<(i64, SimArticle)>,
    pub(super) windows: Windows,
}

/// The first ticket's number.
const FIRST_TICKET: u64 = 318;

impl State {
    pub(super) fn new(options: FreshdeskOptions, base_url: String, salt: u64, outbox: Outbox) -> Self {
        let statuses = stock_statuses(options.language).map(|(code, labels)| (code, labels.map(str::to_owned)));
        let mut state = Self {
            options,
            base_url,
            outbox,
            ids: Ids::salted(salt),
            integration: 0,
            users: BTreeMap::new(),
            groups: BTreeMap::new(),
            ratings: Vec::new(),
            tickets: BTreeMap::new(),
            statuses: BTreeMap::from(statuses),
            fields: Vec::new(),
            rules: Vec::new(),
            mails: Vec::new(),
            articles: Vec::new(),
            windows: Windows::default(),
        };
        state.integration = state.add_user("Trilogue", Some("integration@example.com".to_owned()), Side::Agent);
        state
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.options.clock.now()
    }

    pub(super) fn add_user(&mut self, name: &str, email: Option<String>, side: Side) -> i64 {
        let id = self.ids.long();
        self.users.insert(id, User { id, name: name.to_owned(), email, external_id: None, side, created_at: self.now() });
        id
    }

    pub(super) fn contact_by_email(&self, email: &str) -> Option<i64> {
        let known =
            |user: &&User| user.side == Side::EndUser && user.email.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(email));
        self.users.values().find(known).map(|user| user.id)
    }

    pub(super) fn is_agent(&self, id: i64) -> bool {
        self.users.get(&id).is_some_and(|user| user.side == Side::Agent)
    }

    pub(super) fn person(&self, id: i64) -> Person {
        match self.users.get(&id) {
            Some(user) => Person { id, name: user.name.clone(), email: user.email.clone(), side: user.side },
            None => Person { id, name: "System".to_owned(), email: None, side: Side::System },
        }
    }

    pub(super) fn ticket(&self, number: u64) -> Result<&Ticket, Problem> {
        self.tickets.get(&number).ok_or(Problem::NotFound)
    }

    /// A ticket that may change: 405 for one in the bin or in the spam.
    pub(super) fn writable(&mut self, number: u64) -> Result<&mut Ticket, Problem> {
        let ticket = self.tickets.get_mut(&number).ok_or(Problem::NotFound)?;
        if ticket.presence == Presence::Live { Ok(ticket) } else { Err(Problem::NotAllowed) }
    }

    pub(super) fn next_ticket(&self) -> u64 {
        self.tickets.keys().next_back().map_or(FIRST_TICKET, |last| last + 1)
    }
}

pub(super) fn stamp(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
