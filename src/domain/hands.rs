//! What returns, withdrawals and disputes share: whose hand moves them, until when, and who is told.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::calendar::{BusinessCalendar, BusinessDuration};
use super::parties::{Audience, Party, Who};
use super::refusal::Refusal;

/// Whose hand makes a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Hand {
    /// The buyer's.
    Buyer,
    /// The seller's.
    Seller,
    /// A person of the operator's staff.
    Operator,
    /// The carrier's, by a tracking event.
    Carrier,
    /// Nobody's: time passed, or another of our own machines moved.
    System,
}

impl Hand {
    /// Every hand.
    pub const ALL: [Self; 5] = [Self::Buyer, Self::Seller, Self::Operator, Self::Carrier, Self::System];

    /// The side it belongs to; none for those that stand outside.
    pub const fn party(self) -> Option<Party> {
        match self {
            Self::Buyer => Some(Party::Buyer),
            Self::Seller => Some(Party::Seller),
            Self::Operator => Some(Party::Operator),
            Self::Carrier | Self::System => None,
        }
    }
}

impl From<Party> for Hand {
    fn from(party: Party) -> Self {
        match party {
            Party::Buyer => Self::Buyer,
            Party::Seller => Self::Seller,
            Party::Operator => Self::Operator,
        }
    }
}

/// One person of the operator's staff, so that two can be told apart.
///
/// It is as good as the marketplace's tokens are personal: staff who share a token are one person here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StaffId(String);

impl StaffId {
    /// The person behind an actor; none unless it is somebody of the operator. Programs and timers are nobody: what the law
    /// wants done by a person (Regulation (EU) 2022/2065, article 20(6)) takes this type.
    pub fn of(who: &Who) -> Option<Self> {
        match who {
            Who::Operator { token, .. } => Some(Self(format!("token:{token}"))),
            Who::Agent { connection, name } => Some(Self(format!("agent:{connection}:{name}"))),
            Who::Seller { .. } | Who::Vendor { .. } | Who::Buyer { .. } | Who::Mediator { .. } | Who::Helpdesk { .. } | Who::System => None,
        }
    }

    /// As it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Something that happened, and which sides may know. Whoever writes it gives it its place in the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened<K> {
    /// What.
    pub kind: K,
    /// For whom.
    pub audience: Audience,
}

impl<K> Happened<K> {
    /// For everybody in the case.
    pub const fn for_all(kind: K) -> Self {
        Self { kind, audience: Audience::ALL }
    }

    /// For seller and operator.
    pub const fn for_staff(kind: K) -> Self {
        Self { kind, audience: Audience::ALL.without(Party::Buyer) }
    }

    /// For the operator alone.
    pub const fn for_operator(kind: K) -> Self {
        Self { kind, audience: Audience::OPERATOR }
    }

    /// For these sides.
    pub const fn to(audience: Audience, kind: K) -> Self {
        Self { kind, audience }
    }
}

/// Something that a viewer may do, from when and until when: a button asks this and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Available<A> {
    /// What.
    pub action: A,
    /// From when on; none for now.
    pub from: Option<DateTime<Utc>>,
    /// Until when, when time alone ends the state it belongs to; none without end.
    pub until: Option<DateTime<Utc>>,
}

/// When something that begins at `at` is due.
///
/// By the clock on the wall where the calendar cannot tell: a time that is too early can be kept, none at all would let
/// the matter lie.
pub fn due(calendar: &BusinessCalendar, length: BusinessDuration, at: DateTime<Utc>) -> DateTime<Utc> {
    calendar.add(at, length).unwrap_or_else(|_| at + length.wall())
}

/// `text` without white space around it, if it has 1 to `limit` characters.
pub(super) fn text(what: &'static str, text: &str, limit: usize) -> Result<String, Refusal> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > limit { Err(Refusal::Length { what, limit }) } else { Ok(text.to_owned()) }
}

/// A refusal for the state that something is in.
pub(super) fn not_now(message: impl Into<String>) -> Refusal {
    Refusal::NotNow { message: message.into() }
}

/// A refusal for a value.
pub(super) fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::Invalid { message: message.into() }
}

/// The revision that a caller saw must be the one that stands.
pub(super) const fn seen(current: i32, seen: i32) -> Result<(), Refusal> {
    if current == seen { Ok(()) } else { Err(Refusal::WrongRevision { current }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{BuyerId, ConnectionId, SellerId, TokenId};

    #[test]
    fn only_people_of_the_operator_are_staff() {
        let token = TokenId::generate();
        let person = |token| Who::Operator { token, name: "Ana".into() };
        assert_eq!(StaffId::of(&person(token)), StaffId::of(&person(token)));
        assert_ne!(StaffId::of(&person(token)), StaffId::of(&person(TokenId::generate())));
        let agent = Who::Agent { connection: ConnectionId::generate(), name: "Ana".into() };
        assert_ne!(StaffId::of(&agent), StaffId::of(&person(token)));
        for who in [
            Who::System,
            Who::Buyer { buyer: BuyerId::generate() },
            Who::Seller { seller: SellerId::generate(), token, name: String::new() },
            Who::Vendor { token, name: String::new() },
            Who::Helpdesk { connection: ConnectionId::generate() },
        ] {
            assert_eq!(StaffId::of(&who), None, "{who:?}");
        }
    }
}
