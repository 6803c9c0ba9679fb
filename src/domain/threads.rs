//! Threads, who takes part in them, and what they say.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ids::{BuyerId, ConnectionId, MessageId, ParticipantId, SellerId, ThreadId};
use super::parties::{Audience, Party};
use super::tickets::{Channel, CommentNumber};

/// Who a thread is between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ThreadKind {
    /// Buyer, seller and operator.
    Tripartite,
    /// Seller and buyer; the operator reads along, and joins when the case is escalated.
    SellerBuyer,
    /// Operator and buyer.
    OperatorBuyer,
    /// Operator and seller, in private. May cover several cases of the same seller.
    OperatorSeller,
}

impl ThreadKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Tripartite, Self::SellerBuyer, Self::OperatorBuyer, Self::OperatorSeller];

    /// Who takes part from the start, and how.
    pub const fn founders(self) -> &'static [(Party, Right)] {
        match self {
            Self::Tripartite => &[(Party::Buyer, Right::Reply), (Party::Seller, Right::Reply), (Party::Operator, Right::Reply)],
            // The exchange lives in a ticket of the operator's own helpdesk, so the operator can always read it.
            Self::SellerBuyer => &[(Party::Buyer, Right::Reply), (Party::Seller, Right::Reply), (Party::Operator, Right::Follow)],
            Self::OperatorBuyer => &[(Party::Buyer, Right::Reply), (Party::Operator, Right::Reply)],
            Self::OperatorSeller => &[(Party::Seller, Right::Reply), (Party::Operator, Right::Reply)],
        }
    }

    /// Whether the buyer is in it, and so its words go to the buyer through the ticket.
    pub const fn reaches_buyer(self) -> bool {
        !matches!(self, Self::OperatorSeller)
    }

    /// Whether a party may ever be added to it.
    pub const fn admits(self, party: Party) -> bool {
        !matches!((self, party), (Self::OperatorSeller, Party::Buyer))
    }
}

/// What a participant may do in a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Right {
    /// Read.
    Follow,
    /// Read and write.
    Reply,
}

/// Whether somebody who is added sees what was said before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum History {
    /// Everything, from the first message.
    Shown,
    /// Only what is said from now on.
    Hidden,
}

/// A conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// Our id.
    pub id: ThreadId,
    /// Who it is between.
    pub kind: ThreadKind,
    /// What it is about, when it is not simply the case.
    pub subject: Option<String>,
    /// The number of its last message.
    pub last_number: i64,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
}

/// Who somebody is in a case, with the id that tells one seller or buyer from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "party", content = "id", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Member {
    /// This buyer.
    Buyer(BuyerId),
    /// This seller.
    Seller(SellerId),
    /// The operator's staff, all of it.
    Operator,
}

impl Member {
    /// Which side that is.
    pub const fn party(self) -> Party {
        match self {
            Self::Buyer(_) => Party::Buyer,
            Self::Seller(_) => Party::Seller,
            Self::Operator => Party::Operator,
        }
    }
}

/// Somebody's place in a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Participant {
    /// Our id.
    pub id: ParticipantId,
    /// The thread.
    pub thread: ThreadId,
    /// Who.
    pub member: Member,
    /// What they may do.
    pub right: Right,
    /// The first message they may see.
    pub visible_from: i64,
    /// The last message they have read.
    pub read_up_to: i64,
    /// When they came in.
    pub joined_at: DateTime<Utc>,
}

/// What somebody said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Our id.
    pub id: MessageId,
    /// The thread.
    pub thread: ThreadId,
    /// Its place in the thread, from 1 without gaps. Not for everybody's eyes: it would count what they cannot see.
    pub number: i64,
    /// Which side wrote it.
    pub author: Party,
    /// The author's name, for those who may know it; may be empty.
    pub author_name: String,
    /// Its text, without markup.
    pub text: String,
    /// Its markup, cleaned; none for plain text.
    pub html: Option<String>,
    /// Which of the thread's participants may see it.
    pub audience: Audience,
    /// The way it came.
    pub channel: Channel,
    /// Who is behind it.
    pub origin: Origin,
    /// The message that it is a copy of, made when its case was split.
    pub copied_from: Option<MessageId>,
    /// Where its words stand on their way to the buyer's helpdesk.
    pub delivery: MessageDelivery,
    /// Where it lives in a helpdesk, when it does.
    pub comment: Option<(ConnectionId, CommentNumber)>,
    /// When parts of it were removed, by the helpdesk's own redaction.
    pub redacted_at: Option<DateTime<Utc>>,
    /// When it was written.
    pub sent_at: DateTime<Utc>,
}

/// Who is behind a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Origin {
    /// Somebody wrote it.
    Person,
    /// A rule did, in the name of the marketplace. It is no answer, and no measure counts it.
    Automatic,
}

/// Where a message stands on its way into the helpdesk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MessageDelivery {
    /// It has no way to go: it came from there, or stays with us.
    None,
    /// On its way.
    Pending,
    /// It is there.
    Delivered,
    /// It could not be brought there, and will not be tried again by itself.
    Failed,
    /// Nobody can tell whether it arrived; a person must look.
    Uncertain,
}

/// A thread's new message, before it has a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// Which side wrote it.
    pub author: Party,
    /// The author's name; may be empty.
    pub author_name: String,
    /// Its text.
    pub text: String,
    /// Its markup, cleaned.
    pub html: Option<String>,
    /// Which participants may see it.
    pub audience: Audience,
    /// The way it came.
    pub channel: Channel,
    /// Who is behind it.
    pub origin: Origin,
    /// The message that it is a copy of.
    pub copied_from: Option<MessageId>,
    /// Whether it must go into the helpdesk.
    pub delivery: MessageDelivery,
    /// Where it lives in a helpdesk already.
    pub comment: Option<(ConnectionId, CommentNumber)>,
    /// The client's key for this post, so that a repeated call finds the same message.
    pub idempotency_key: Option<String>,
    /// When it was written.
    pub sent_at: DateTime<Utc>,
}
