//! What is said to payment systems and what they say, in our words.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use reqwest::header::HeaderMap;
use serde::{Deserialize, Serialize};

use super::GatewayError;
use crate::domain::money::Money;
use crate::domain::purchases::{LineKey, Parts};
pub use crate::domain::purchases::{PaymentReference, SellerAccount};
use crate::domain::refunds::{IdempotencyKey, ProviderReference, ProviderWord, RefundMeans};

/// An order to move money back. It is kept with the attempt and sent byte for byte the same each time: a payment system refuses
/// a key that comes with another order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefundOrder {
    /// What makes it harmless to repeat.
    pub key: IdempotencyKey,
    /// How much.
    pub amount: Money,
    /// By which way.
    pub means: RefundMeans,
    /// What the marketplace knows the order of goods by.
    pub order: String,
    /// The payment that is given back.
    pub payment: Option<PaymentReference>,
    /// Whose sale it was.
    pub seller: Option<SellerAccount>,
    /// By line and part; they add up to the amount.
    pub items: Vec<RefundedItem>,
    /// Why, in the words that payment systems have for it.
    pub reason: RefundReason,
    /// Whether the seller's share comes back from the seller.
    pub transfer: TransferReversal,
    /// Whether the operator's fee goes back to the seller.
    pub fee: ApplicationFee,
    /// What else is written on it, to be read by people. No personal data.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// When it was first to be sent.
    pub ordered_at: DateTime<Utc>,
}

/// What is given back on a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefundedItem {
    /// Which line.
    pub line: LineKey,
    /// For how many units. Information: the amount decides.
    pub units: u32,
    /// By part.
    pub parts: Parts,
}

/// Why money goes back, in the words of payment systems.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RefundReason {
    /// It is not said.
    #[default]
    Unsaid,
    /// The buyer asked for it.
    RequestedByBuyer,
    /// It was paid twice.
    Duplicate,
    /// It was not the buyer who paid. Some payment systems then block the card.
    Fraudulent,
}

/// Whether the seller's share of a payment comes back from the seller, in proportion.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TransferReversal {
    /// It comes out of the operator's money.
    #[default]
    Leave,
    /// It comes back from the seller.
    Reverse,
}

/// Whether the operator's fee for a payment is given back to the seller, in proportion.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ApplicationFee {
    /// The operator keeps it.
    #[default]
    Keep,
    /// The seller gets it back.
    GiveBack,
}

impl RefundOrder {
    /// What every payment system insists on.
    pub(super) fn check(&self) -> Result<(), GatewayError> {
        if self.amount.minor <= 0 {
            return Err(GatewayError::unsendable("there is nothing to refund"));
        }
        let nothing = Money { minor: 0, currency: self.amount.currency };
        let sum = self.items.iter().try_fold(nothing, |sum, item| sum.plus(item.parts.total()));
        if !self.items.is_empty() && sum != Ok(self.amount) {
            return Err(GatewayError::unsendable("its parts do not add up to it"));
        }
        Ok(())
    }
}

/// Whether an earlier call for the same order may have arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// None was made, or only such that certainly did nothing.
    First,
    /// One may have: its outcome is unknown, or the process ended before it was known.
    Again {
        /// When the earliest such call began.
        begun_at: DateTime<Utc>,
    },
}

/// Which attempt is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    /// Its key.
    pub key: IdempotencyKey,
    /// What the payment system called it, if it ever said.
    pub reference: Option<ProviderReference>,
    /// The payment that it gives back.
    pub payment: Option<PaymentReference>,
    /// Whose sale it was.
    pub seller: Option<SellerAccount>,
}

impl Sought {
    /// The attempt that an order is for.
    pub fn of(order: &RefundOrder) -> Self {
        Self { key: order.key, reference: None, payment: order.payment.clone(), seller: order.seller.clone() }
    }
}

/// What a payment system says of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What it knows the refund by; none if it has not said yet.
    pub reference: Option<ProviderReference>,
    /// Where it stands.
    pub word: ProviderWord,
}

/// A report as it came in, before anybody believed it.
#[derive(Debug, Clone, Copy)]
pub struct Delivery<'a> {
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body, byte by byte as received.
    pub body: &'a [u8],
    /// When it came in.
    pub received_at: DateTime<Utc>,
}

/// What a payment system reports by itself. It may come twice, late, and in the wrong order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct News {
    /// What a repeated report is told by.
    pub event: String,
    /// Of which attempt, if it says so: a refund that was made by hand at the payment system has no key of ours.
    pub key: Option<IdempotencyKey>,
    /// What the payment system knows the refund by.
    pub reference: Option<ProviderReference>,
    /// On whose account it was made; none for the operator's own. An attempt of another seller must not believe it.
    pub account: Option<SellerAccount>,
    /// What it says.
    pub word: ProviderWord,
    /// When it says that it happened.
    pub at: DateTime<Utc>,
}
