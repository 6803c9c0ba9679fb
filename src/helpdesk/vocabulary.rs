//! The words that pass between the house and any helpdesk.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use reqwest::header::HeaderMap;
use serde::{Deserialize, Serialize};

use super::files::{OutboundFile, RemoteFile};
use crate::domain::ids::{DeliveryId, SellerId};
use crate::domain::ratings::Grade;
use crate::domain::tickets::{Channel, CommentNumber, Priority, TicketNumber, TicketPresence, TicketStatus};

/// A webhook request as it came in, before anybody believed it.
#[derive(Debug, Clone, Copy)]
pub struct Delivery<'a> {
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The query string, without the question mark.
    pub query: Option<&'a str>,
    /// The body, byte by byte as received.
    pub body: &'a [u8],
    /// When it came in.
    pub received_at: DateTime<Utc>,
}

/// What a delivery says: look at this ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nudge {
    /// The ticket; none for events that concern none.
    pub ticket: Option<TicketNumber>,
    /// The sender's id of the event, the same on every delivery of it.
    pub event_key: Option<String>,
    /// The sender's id of the delivery, the same on every retry of it.
    pub delivery_key: Option<String>,
    /// For senders without any id: two deliveries with this digest that both still wait are one.
    pub digest: Option<String>,
    /// What happened.
    pub kind: NudgeKind,
}

/// What a delivery says happened. Only a hint: the ticket is read again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NudgeKind {
    /// Something about the ticket changed, or a comment came.
    TicketChanged,
    /// An older comment was redacted or made private: read them all again.
    CommentsRewritten,
    /// The conversation went on in another ticket.
    TicketMerged {
        /// Which one, where the helpdesk says.
        into: Option<TicketNumber>,
    },
    /// The ticket went to the bin, or for good.
    TicketDeleted,
    /// The ticket was marked as spam.
    TicketSpam,
    /// The requester answered the helpdesk's own survey.
    TicketRated,
    /// Nothing for us; the type is kept for the curious.
    Ignored {
        /// The sender's own word for it.
        event_type: String,
    },
}

/// Who we are in the helpdesk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The id of the user whose credentials we use.
    pub user: String,
    /// That user's name.
    pub name: String,
}

/// How an agent is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgentKey<'a> {
    /// By the id in the helpdesk.
    Number(&'a str),
    /// By the address there.
    Email(&'a str),
}

/// Somebody of the operator's staff, as the helpdesk knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// Their id there.
    pub number: String,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: Option<String>,
    /// Their language, a BCP 47 tag.
    pub locale: Option<String>,
}

/// A ticket as the helpdesk shows it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketSnapshot {
    /// Its number.
    pub number: TicketNumber,
    /// Where an agent opens it.
    pub url: String,
    /// Its subject.
    pub subject: String,
    /// Its state.
    pub status: TicketStatus,
    /// Its priority, when it has one.
    pub priority: Option<Priority>,
    /// Who asks.
    pub requester: Person,
    /// Its custom fields, by the id (Zendesk) or name (Freshdesk), as text; empty ones left out.
    pub fields: BTreeMap<String, String>,
    /// The way it came.
    pub channel: Channel,
    /// Whether it is still there.
    pub presence: TicketPresence,
    /// Which agents it is assigned to, when it is.
    pub group: Option<Group>,
    /// What the requester answered to the survey, where the ticket itself tells; see [`Helpdesk::survey_answer`](super::Helpdesk::survey_answer).
    pub survey: Option<SurveyAnswer>,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it changed last; what a conditional update compares with.
    pub updated_at: DateTime<Utc>,
}

impl TicketSnapshot {
    /// What an update left it as.
    pub(crate) const fn state(&self) -> Receipt {
        Receipt::State { status: self.status, priority: self.priority }
    }

    /// Whether it is already as an update would make it.
    pub fn has(&self, update: &TicketUpdate) -> bool {
        update.status.is_none_or(|status| status == self.status) && update.priority.is_none_or(|priority| Some(priority) == self.priority)
    }
}

/// A group of agents.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Group {
    /// Its number there.
    pub number: String,
    /// Its name; the number where nobody would tell us.
    pub name: String,
}

/// What a requester answered to the helpdesk's own survey about a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurveyAnswer {
    /// How satisfied, on our scale.
    pub satisfaction: Grade,
    /// In words; empty without.
    pub text: String,
    /// When, where the helpdesk says.
    pub at: Option<DateTime<Utc>>,
}

/// A user or contact of the helpdesk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The id there.
    pub id: String,
    /// The name there; may be empty.
    pub name: String,
    /// The e-mail address, when there is one.
    pub email: Option<String>,
    /// The language, as the helpdesk has it; its own for those who never chose one.
    pub locale: Option<String>,
}

/// One comment of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its number.
    pub number: CommentNumber,
    /// Who wrote it.
    pub author: CommentAuthor,
    /// Whether the requester sees it.
    pub visibility: Visibility,
    /// Its text, without markup.
    pub text: String,
    /// Its HTML as the helpdesk gave it: not cleaned.
    pub html: Option<String>,
    /// Its files, pictures inside the text among them.
    pub files: Vec<RemoteFile>,
    /// The way it came.
    pub channel: Channel,
    /// Whether the helpdesk vouches for the author.
    pub trust: Trust,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

/// Who wrote a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentAuthor {
    /// The id in the helpdesk.
    pub id: String,
    /// The name; may be empty.
    pub name: String,
    /// Which side the helpdesk puts the author on.
    pub side: AuthorSide,
}

/// Which side of the desk an author sits on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthorSide {
    /// A user from outside: the requester, or somebody in copy.
    EndUser,
    /// An agent or administrator.
    Staff,
    /// A user that we made to speak for this seller: the words went out from here.
    Seller(SellerId),
    /// The helpdesk itself.
    System,
}

/// Whether the requester sees a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Visibility {
    /// Yes, and is mailed.
    Public,
    /// No: an internal note.
    Internal,
}

/// Whether the helpdesk vouches for a comment's author.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Trust {
    /// It raises no doubt.
    Plain,
    /// It flags the mail as forged or suspicious.
    Flagged,
}

/// What we have read of a ticket's comments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommentsRead {
    /// How many.
    pub count: u32,
    /// The newest of them; none reads everything.
    pub last: Option<CommentNumber>,
}

/// Our own key of one outbound delivery: the same on every attempt, found again on the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeliveryKey(pub DeliveryId);

impl fmt::Display for DeliveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Whether an earlier attempt may have arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// The first one, or a later one after attempts that certainly did nothing.
    First,
    /// An earlier one was begun at this time, and its outcome is unknown: look before repeating it.
    Again {
        /// When the earliest such attempt began.
        begun_at: DateTime<Utc>,
    },
}

/// One thing to do in the helpdesk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OutboundCommand {
    /// Adds a comment (Zendesk), a reply or a note (Freshdesk).
    PostComment {
        /// To this ticket.
        ticket: TicketNumber,
        /// Whether the requester sees it. Always said explicitly to the helpdesk.
        visibility: Visibility,
        /// In whose name.
        speak_as: SpeakAs,
        /// The words, as plain text. Neutralised by the adapter: `{{ }}` and HTML mean nothing in it.
        text: String,
        /// Conversations of our own user known to belong to other deliveries; a look before a retry skips them.
        #[serde(default)]
        known: Vec<CommentNumber>,
        /// The files that go with it; not kept with the command, but given with each attempt.
        #[serde(skip)]
        files: Vec<OutboundFile>,
    },
    /// Changes state or priority.
    UpdateTicket {
        /// Of this ticket.
        ticket: TicketNumber,
        /// To what.
        update: TicketUpdate,
    },
    /// Makes tags and fields say where the case's returns, refunds and disputes stand. All others stay as they are.
    MarkTicket {
        /// This ticket.
        ticket: TicketNumber,
        /// With what; not kept with the command, but looked up at each attempt, so that the last word is the newest.
        #[serde(skip)]
        marks: TicketMarks,
    },
    /// Opens a ticket for a case that began with us.
    OpenTicket(NewTicket),
}

/// A change of a ticket's properties. What is none stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketUpdate {
    /// The new state.
    pub status: Option<TicketStatus>,
    /// The new priority.
    pub priority: Option<Priority>,
    /// Only if the ticket has not changed since then, where the product can tell.
    pub unless_changed_since: Option<DateTime<Utc>>,
}

/// What a ticket is marked with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TicketMarks {
    /// Tags that it is to have.
    pub tags: Vec<String>,
    /// Tags that it is not to have.
    pub without: Vec<String>,
    /// Custom fields by id (Zendesk) or name (Freshdesk), each with its word; none to empty it.
    pub fields: Vec<(String, Option<String>)>,
}

/// A ticket to open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTicket {
    /// Its subject.
    pub subject: String,
    /// The buyer's name.
    pub requester_name: String,
    /// The buyer's e-mail address.
    pub requester_email: String,
    /// The first public words, in the opener's name.
    pub text: String,
    /// Our case's reference; stored in the ticket so that it is found again.
    pub reference: String,
    /// Who speaks first.
    #[serde(default)]
    pub opener: Opener,
}

/// Who speaks first in a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Opener {
    /// The buyer, who asks.
    #[default]
    Buyer,
    /// The operator, who tells the buyer something and waits for no answer.
    Operator,
}

/// In whose name a comment speaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "as", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SpeakAs {
    /// The operator's: our own user there, without attribution.
    Operator,
    /// A seller's.
    Seller {
        /// Which.
        id: SellerId,
        /// The name to show.
        name: String,
    },
}

/// What came of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "receipt", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Receipt {
    /// The comment exists, from this attempt or an earlier one.
    Comment {
        /// Its number.
        number: CommentNumber,
    },
    /// The ticket exists, from this attempt or an earlier one.
    Ticket {
        /// Its number.
        number: TicketNumber,
        /// Its first comment, where the answer names it.
        comment: Option<CommentNumber>,
    },
    /// State and priority are these now, by this attempt or an earlier one: not always what was asked for, as an account
    /// need not have every state.
    State {
        /// The state.
        status: TicketStatus,
        /// The priority, when it has one.
        priority: Option<Priority>,
    },
    /// Done; there is nothing to remember.
    Done,
}

/// A page of tickets that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// Their numbers, each once.
    pub tickets: Vec<TicketNumber>,
    /// Those whose requesters answered a survey, which is no change of a ticket in every product.
    pub rated: Vec<TicketNumber>,
    /// What to ask the next page, now or at the next reconcile, with.
    pub cursor: Option<String>,
    /// Whether more is waiting right now.
    pub more: bool,
}
