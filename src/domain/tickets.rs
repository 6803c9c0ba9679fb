//! The helpdesk's side of the story, in our words.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ids::{ConnectionId, TicketId};

/// The helpdesk products we speak with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum HelpdeskKind {
    /// Zendesk Support.
    Zendesk,
    /// Freshdesk.
    Freshdesk,
}

impl HelpdeskKind {
    /// Every product.
    pub const ALL: [Self; 2] = [Self::Zendesk, Self::Freshdesk];

    /// The word used in URLs.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Zendesk => "zendesk",
            Self::Freshdesk => "freshdesk",
        }
    }

    /// The product's own name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Zendesk => "Zendesk",
            Self::Freshdesk => "Freshdesk",
        }
    }
}

/// The number a helpdesk gave to a ticket. Kept as text: vendors send it as number or string.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TicketNumber(pub String);

impl fmt::Display for TicketNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The number a helpdesk gave to a comment (Zendesk) or conversation (Freshdesk).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommentNumber(pub String);

impl fmt::Display for CommentNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The states a ticket can be in, over both products. A custom state maps to the nearest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TicketStatus {
    /// Nobody has looked at it (Zendesk only).
    New,
    /// The operator's turn.
    Open,
    /// The requester's turn (Freshdesk: Pending, or Waiting on Customer).
    Pending,
    /// A third party's turn (Zendesk: on-hold; Freshdesk: Waiting on Third Party).
    OnHold,
    /// Answered for good, can be reopened (Freshdesk: Resolved).
    Solved,
    /// Finished (in Zendesk nothing can be changed any more).
    Closed,
}

/// How urgent, in both products' four steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Priority {
    /// Can wait.
    Low,
    /// The usual.
    Normal,
    /// Before the usual.
    High,
    /// Now.
    Urgent,
}

/// Whether the ticket is still there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TicketPresence {
    /// It is.
    Active,
    /// Its conversation went on in another ticket.
    Merged {
        /// The other ticket, where the helpdesk names it.
        into: Option<TicketNumber>,
    },
    /// Marked as spam.
    Spam,
    /// In the bin, or gone.
    Deleted,
}

/// The way a message came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Channel {
    /// E-mail.
    Email,
    /// A web form or portal of the helpdesk.
    Web,
    /// A program that used an API: the helpdesk's or ours.
    Api,
    /// Chat or messaging.
    Chat,
    /// A phone call.
    Phone,
    /// A social network.
    Social,
    /// Any other.
    Other,
}

/// A helpdesk ticket as we know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Our id.
    pub id: TicketId,
    /// The helpdesk it lives in.
    pub connection: ConnectionId,
    /// Its number there.
    pub number: TicketNumber,
    /// Where an agent opens it.
    pub url: String,
    /// Its subject, as last seen.
    pub subject: String,
    /// Its state, as last seen.
    pub status: TicketStatus,
    /// Its priority, as last seen.
    pub priority: Option<Priority>,
    /// Whether it is still there.
    pub presence: TicketPresence,
    /// The state that we asked for last, so that its echo is known.
    pub pushed_status: Option<TicketStatus>,
    /// The priority that we asked for last.
    pub pushed_priority: Option<Priority>,
    /// When the helpdesk says it changed last.
    pub remote_updated_at: DateTime<Utc>,
    /// How many comments we have read so far.
    pub comments_read: i32,
    /// The newest comment we have read.
    pub last_comment: Option<CommentNumber>,
}
