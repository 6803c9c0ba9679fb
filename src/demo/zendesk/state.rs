//! What a Zendesk account holds.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::ZendeskOptions;
use super::problem::Problem;
use super::service::Rated;
use super::webhooks::Connection;
use crate::demo::peer::{
    Audience, Ids, Mail, Origin, Outbox, Person, Presence, Reply, Side, SimArticle, SimFile, TicketState, Urgency, Windows,
};

/// What a user may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A customer.
    EndUser,
    /// Staff.
    Agent,
    /// Staff that may read exports.
    Admin,
}

impl Role {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::EndUser => "end-user",
            Self::Agent => "agent",
            Self::Admin => "admin",
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct User {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) email: Option<String>,
    pub(super) external_id: Option<String>,
    pub(super) role: Role,
    pub(super) created_at: DateTime<Utc>,
}

impl User {
    pub(super) fn is_staff(&self) -> bool {
        self.role != Role::EndUser
    }
}

#[derive(Debug, Clone)]
pub(super) struct Comment {
    pub(super) id: i64,
    pub(super) audit: i64,
    pub(super) author: i64,
    pub(super) audience: Audience,
    pub(super) html: String,
    pub(super) text: String,
    pub(super) origin: Origin,
    /// The mail raised a doubt about its sender.
    pub(super) flagged: bool,
    pub(super) files: Vec<SimFile>,
    pub(super) created_at: DateTime<Utc>,
}

#[derive(Debug, Clone)]
pub(super) struct Audit {
    pub(super) id: i64,
    pub(super) author: i64,
    pub(super) origin: Origin,
    pub(super) events: Vec<Value>,
    pub(super) custom_metadata: Value,
    pub(super) created_at: DateTime<Utc>,
}

#[derive(Debug, Clone)]
pub(super) struct Ticket {
    pub(super) id: u64,
    pub(super) subject: String,
    pub(super) description: String,
    pub(super) status: TicketState,
    pub(super) custom_status: i64,
    pub(super) priority: Option<Urgency>,
    pub(super) kind: Option<String>,
    pub(super) tags: Vec<String>,
    pub(super) fields: BTreeMap<i64, Value>,
    pub(super) external_id: Option<String>,
    pub(super) requester: i64,
    pub(super) submitter: i64,
    pub(super) assignee: Option<i64>,
    pub(super) group: Option<i64>,
    pub(super) rated: Option<Rated>,
    pub(super) origin: Origin,
    /// The first comment's audience: what a comment without `public` inherits.
    pub(super) first_audience: Audience,
    pub(super) follow_up_of: Option<u64>,
    pub(super) comments: Vec<Comment>,
    pub(super) audits: Vec<Audit>,
    pub(super) presence: Presence,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
    /// Moves with every change, also those that leave `updated_at` alone; the export goes by it.
    pub(super) generated_at: DateTime<Utc>,
}

/// A custom field that the account defines.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) id: i64,
    pub(super) title: String,
}

/// Files that wait for a comment.
pub(super) struct Uploaded {
    pub(super) files: Vec<SimFile>,
    pub(super) at: DateTime<Utc>,
}

pub(super) struct Remembered {
    pub(super) digest: Vec<u8>,
    pub(super) reply: Reply,
    pub(super) at: DateTime<Utc>,
}

pub(super) struct State {
    pub(super) options: ZendeskOptions,
    pub(super) base_url: String,
    pub(super) outbox: Outbox,
    pub(super) ids: Ids,
    pub(super) integration: i64,
    pub(super) users: BTreeMap<i64, User>,
    pub(super) groups: BTreeMap<i64, String>,
    pub(super) tickets: BTreeMap<u64, Ticket>,
    /// By requester. A mail keeps its words, whatever becomes of the comment.
    pub(super) mails: Vec<(i64, Mail)>,
    pub(super) articles: Vec<(i64, SimArticle)>,
    pub(super) fields: Vec<Field>,
    pub(super) custom_statuses: Vec<(i64, &'static str, TicketState)>,
    pub(super) connections: Vec<Connection>,
    pub(super) windows: Windows,
    pub(super) idempotency: HashMap<String, Remembered>,
    pub(super) uploads: HashMap<String, Uploaded>,
    pub(super) jobs: HashMap<String, Value>,
    pub(super) sequence: u64,
}

/// The first ticket's number.
const FIRST_TICKET: u64 = 5101;

impl State {
    pub(super) fn new(options: ZendeskOptions, base_url: String, salt: u64, outbox: Outbox) -> Self {
        let mut state = Self {
            base_url,
            outbox,
            ids: Ids::salted(salt),
            integration: 0,
            users: BTreeMap::new(),
            groups: BTreeMap::new(),
            tickets: BTreeMap::new(),
            mails: Vec::new(),
            articles: Vec::new(),
            fields: Vec::new(),
            custom_statuses: Vec::new(),
            connections: Vec::new(),
            windows: Windows::default(),
            idempotency: HashMap::new(),
            uploads: HashMap::new(),
            jobs: HashMap::new(),
            sequence: 0,
            options,
        };
        let categories = [
            ("New", TicketState::New),
            ("Open", TicketState::Open),
            ("Pending", TicketState::Pending),
            ("On-hold", TicketState::OnHold),
            ("Solved", TicketState::Solved),
            ("Closed", TicketState::Closed),
            ("Waiting for seller", TicketState::OnHold),
        ];
        for (label, category) in categories {
            let id = state.ids.long();
            state.custom_statuses.push((id, label, category));
        }
        let email = state.options.api_token.as_ref().map_or_else(|| "integration@example.com".to_owned(), |token| token.email.clone());
        let role = state.options.integration_role;
        state.integration = state.add_user("Trilogue", Some(email), None, role);
        state
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.options.clock.now()
    }

    pub(super) fn add_user(&mut self, name: &str, email: Option<String>, external_id: Option<String>, role: Role) -> i64 {
        let id = self.ids.long();
        let user = User { id, name: name.to_owned(), email, external_id, role, created_at: self.now() };
        self.users.insert(id, user);
        id
    }

    pub(super) fn user_by_email(&self, email: &str) -> Option<i64> {
        self.users.values().find(|user| user.email.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(email))).map(|user| user.id)
    }

    pub(super) fn user_by_external_id(&self, external_id: &str) -> Option<i64> {
        let found = |user: &&User| user.external_id.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(external_id));
        self.users.values().find(found).map(|user| user.id)
    }

    pub(super) fn is_staff(&self, user: i64) -> bool {
        self.users.get(&user).is_some_and(User::is_staff)
    }

    pub(super) fn person(&self, id: i64) -> Person {
        match self.users.get(&id) {
            Some(user) => {
                let side = if user.is_staff() { Side::Agent } else { Side::EndUser };
                Person { id, name: user.name.clone(), email: user.email.clone(), side }
            }
            None => Person { id, name: "Zendesk".to_owned(), email: None, side: Side::System },
        }
    }

    /// A ticket that the API shows: not in the bin, not spam.
    pub(super) fn live(&self, number: u64) -> Result<&Ticket, Problem> {
        self.tickets.get(&number).filter(|ticket| ticket.presence == Presence::Live).ok_or(Problem::NotFound)
    }

    /// A ticket that may still change.
    pub(super) fn writable(&self, number: u64) -> Result<&Ticket, Problem> {
        let ticket = self.live(number)?;
        if ticket.status == TicketState::Closed {
            return Err(Problem::invalid("status", "Status: closed prevents ticket update"));
        }
        Ok(ticket)
    }

    pub(super) fn live_mut(&mut self, number: u64) -> Result<&mut Ticket, Problem> {
        self.tickets.get_mut(&number).filter(|ticket| ticket.presence == Presence::Live).ok_or(Problem::NotFound)
    }

    pub(super) fn next_ticket(&self) -> u64 {
        self.tickets.keys().next_back().map_or(FIRST_TICKET, |last| last + 1)
    }

    /// The account's own status of a category that tickets get by default.
    pub(super) fn default_custom_status(&self, category: TicketState) -> i64 {
        self.custom_statuses.iter().find(|(_, _, of)| *of == category).map_or(0, |(id, _, _)| *id)
    }
}

/// REST's word; events write it in capitals.
pub(super) fn status_word(status: TicketState) -> &'static str {
    match status {
        TicketState::New => "new",
        TicketState::Open => "open",
        TicketState::Pending => "pending",
        TicketState::OnHold => "hold",
        TicketState::Solved => "solved",
        TicketState::Closed => "closed",
    }
}

pub(super) fn parse_status(word: &str) -> Option<TicketState> {
    use TicketState::{Closed, New, OnHold, Open, Pending, Solved};
    [New, Open, Pending, OnHold, Solved, Closed].into_iter().find(|status| status_word(*status) == word)
}

pub(super) fn priority_word(priority: Urgency) -> &'static str {
    match priority {
        Urgency::Low => "low",
        Urgency::Normal => "normal",
        Urgency::High => "high",
        Urgency::Urgent => "urgent",
    }
}

pub(super) fn parse_priority(word: &str) -> Option<Urgency> {
    [Urgency::Low, Urgency::Normal, Urgency::High, Urgency::Urgent].into_iter().find(|priority| priority_word(*priority) == word)
}

pub(super) fn channel_word(origin: Origin) -> &'static str {
    match origin {
        Origin::Mail => "email",
        Origin::Web => "web",
        Origin::Api => "api",
        Origin::Chat => "native_messaging",
        Origin::Social => "facebook",
        Origin::Phone => "voice",
    }
}

/// Times in REST have whole seconds, so two updates within one share their stamp.
pub(super) fn stamp(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

pub(super) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => Map::from_iter([("value".to_owned(), other)]),
    }
}

pub(super) fn opt<T: Into<Value>>(value: Option<T>) -> Value {
    value.map_or(json!(null), Into::into)
}
