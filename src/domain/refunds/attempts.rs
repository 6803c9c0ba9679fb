//! Each try to move the money, with a key of its own.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::super::ids::RefundId;

/// One try to move the money. It is never changed into another one: a new try has a new number and a new key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// Its number in the refund, from 1.
    pub number: AttemptNumber,
    /// What the payment system knows the refund by, once it said so.
    pub reference: Option<ProviderReference>,
    /// What came of it.
    pub outcome: AttemptOutcome,
    /// When the payment system was first to be told.
    pub submitted_at: DateTime<Utc>,
    /// When its outcome was last heard of.
    pub heard_at: Option<DateTime<Utc>>,
}

/// The number of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AttemptNumber(u32);

impl AttemptNumber {
    /// The first one.
    pub const FIRST: Self = Self(1);

    /// Its number.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Takes a number that the database kept.
    pub const fn from_number(number: u32) -> Self {
        Self(number)
    }

    pub(super) const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for AttemptNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What makes a call to a payment system harmless when it is repeated: `refund:rfd_0192f0…:1`.
///
/// It is built from facts that never change. While no outcome is known, the same key is sent again. After a failure it must
/// never be, for payment systems replay the stored failure under its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IdempotencyKey {
    refund: RefundId,
    attempt: AttemptNumber,
}

/// A text that is no key of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a key of a refund, such as refund:rfd_0192f0…:1")]
pub struct MalformedKey;

impl IdempotencyKey {
    /// The key of an attempt.
    pub const fn of(refund: RefundId, attempt: AttemptNumber) -> Self {
        Self { refund, attempt }
    }

    /// Of which refund.
    pub const fn refund(self) -> RefundId {
        self.refund
    }

    /// Of which attempt.
    pub const fn attempt(self) -> AttemptNumber {
        self.attempt
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "refund:{}:{}", self.refund, self.attempt)
    }
}

impl FromStr for IdempotencyKey {
    type Err = MalformedKey;

    /// Takes the one way in which a key is written, and no other.
    fn from_str(given: &str) -> Result<Self, MalformedKey> {
        let (refund, attempt) = given.strip_prefix("refund:").and_then(|rest| rest.split_once(':')).ok_or(MalformedKey)?;
        let refund = refund.parse().map_err(|_| MalformedKey)?;
        let attempt = AttemptNumber::from_number(attempt.parse().map_err(|_| MalformedKey)?);
        let key = Self { refund, attempt };
        if attempt >= AttemptNumber::FIRST && key.to_string() == given { Ok(key) } else { Err(MalformedKey) }
    }
}

impl TryFrom<String> for IdempotencyKey {
    type Error = MalformedKey;

    fn try_from(given: String) -> Result<Self, MalformedKey> {
        given.parse()
    }
}

impl From<IdempotencyKey> for String {
    fn from(key: IdempotencyKey) -> Self {
        key.to_string()
    }
}

/// What a payment system knows a refund by, as it writes it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProviderReference(String);

impl ProviderReference {
    /// Takes the provider's own id, cut to 255 characters.
    pub fn new(reference: &str) -> Self {
        Self(reference.chars().take(255).collect())
    }

    /// As the provider writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What came of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AttemptOutcome {
    /// Nothing is known.
    Unknown,
    /// The payment system works on it, or waits for somebody.
    Pending,
    /// The money moved.
    Succeeded,
    /// It did not.
    Failed {
        /// Why.
        kind: FailureKind,
    },
    /// It did, and came back.
    Reversed,
    /// The payment system says that money moved as it should not have: another amount, or after a later attempt was made. It is
    /// not booked; a person must look at it.
    Unclear,
}

/// Why a payment system could not refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FailureKind {
    /// The card or account is lost, stolen, expired or closed.
    AccountGone,
    /// Not enough money to refund from.
    InsufficientFunds,
    /// The bank said no.
    Declined,
    /// The payment is disputed with the bank.
    PaymentDisputed,
    /// It was called off at the payment system.
    Canceled,
    /// Any other, or one that we have never seen.
    Other,
}

impl FailureKind {
    /// What a provider's word means. A word that nobody knows is [`FailureKind::Other`]; keep the word itself in the log.
    ///
    /// The words are Stripe's failure reasons of a refund.
    pub fn read(word: &str) -> Self {
        match word {
            "lost_or_stolen_card" | "expired_or_canceled_card" => Self::AccountGone,
            "insufficient_funds" => Self::InsufficientFunds,
            "declined" => Self::Declined,
            "charge_for_pending_refund_disputed" => Self::PaymentDisputed,
            "merchant_request" | "canceled" => Self::Canceled,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_is_written_and_in_no_other_way() {
        let key = IdempotencyKey::of(RefundId::generate(), AttemptNumber::from_number(12));
        assert_eq!(key.to_string().parse(), Ok(key));
        let id = key.refund().to_string();
        for wrong in [
            String::new(),
            id.clone(),
            format!("refund:{id}"),
            format!("refund:{id}:"),
            format!("refund:{id}:0"),
            format!("refund:{id}:01"),
            format!("refund:{id}:+1"),
            format!("refund:{id}:1:1"),
            format!("refund:{id}:4294967296"),
            format!("refund:{}:1", id.to_uppercase()),
            format!("Refund:{id}:1"),
            format!(" refund:{id}:1"),
        ] {
            assert_eq!(wrong.parse::<IdempotencyKey>(), Err(MalformedKey), "{wrong}");
        }
    }
}
