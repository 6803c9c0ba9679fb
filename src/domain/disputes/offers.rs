//! Offers between the parties, and proposals of the mediator.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::super::hands::{StaffId, invalid};
use super::super::ids::OfferId;
use super::super::money::Money;
use super::super::parties::Party;
use super::super::refusal::Refusal;
use super::{Dispute, Remedy};

/// What is offered or proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bid {
    /// What the buyer would get.
    pub remedy: Remedy,
    /// How much money or credit; none for what has no amount.
    pub amount: Option<Money>,
    /// In words; may be empty.
    pub text: String,
}

/// The most characters of a bid's words.
const LONGEST_TEXT: usize = 2000;

impl Bid {
    /// Checks it against what can still be refunded of the line.
    pub(super) fn check(&self, refundable: Money) -> Result<(), Refusal> {
        if self.text.chars().count() > LONGEST_TEXT {
            return Err(invalid(format!("The words of an offer have at most {LONGEST_TEXT} characters.")));
        }
        match self.amount {
            None if self.remedy.has_amount() => Err(invalid("Say how much.")),
            Some(_) if !self.remedy.has_amount() => Err(invalid("A replacement or a repair has no amount.")),
            Some(amount) if amount.currency != refundable.currency || amount.minor < 1 || amount.minor > refundable.minor => {
                Err(invalid(format!("The amount is more than nothing and at most {refundable}.")))
            }
            _ => Ok(()),
        }
    }
}

/// Where an offer or a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OfferState {
    /// It can be accepted.
    Open,
    /// It was.
    Accepted,
    /// It was declined.
    Declined,
    /// Another offer was made in answer.
    Countered,
    /// Its time ran out, or the dispute went on without it.
    Lapsed,
}

/// What one party offered the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Offer {
    /// Our id.
    pub id: OfferId,
    /// Who offered.
    pub by: Party,
    /// What.
    pub bid: Bid,
    /// When.
    pub made_at: DateTime<Utc>,
    /// Until when it stands.
    pub expires_at: DateTime<Utc>,
    /// Where it stands.
    pub state: OfferState,
}

/// What a party says to a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Answer {
    /// Nothing yet.
    Open,
    /// Yes.
    Accepted,
    /// No.
    Refused,
}

/// What the mediator proposed to both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Proposal {
    /// Our id.
    pub id: OfferId,
    /// Who proposed.
    pub by: StaffId,
    /// What.
    pub bid: Bid,
    /// When.
    pub made_at: DateTime<Utc>,
    /// Until when both can accept.
    pub expires_at: DateTime<Utc>,
    /// What the buyer says.
    pub buyer: Answer,
    /// What the seller says.
    pub seller: Answer,
    /// Where it stands.
    pub state: OfferState,
}

impl Proposal {
    /// What a party says to it.
    pub const fn answer(&self, party: Party) -> Answer {
        match party {
            Party::Buyer => self.buyer,
            Party::Seller => self.seller,
            Party::Operator => Answer::Accepted,
        }
    }
}

/// How the parties came to agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Agreement {
    /// By an offer.
    Offer(OfferId),
    /// By a proposal of the mediator.
    Proposal(OfferId),
    /// All that it was about was refunded.
    Refunded,
}

/// What the parties agreed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Settlement {
    /// How.
    pub agreement: Agreement,
    /// What the buyer gets.
    pub remedy: Remedy,
    /// How much.
    pub amount: Option<Money>,
    /// When.
    pub at: DateTime<Utc>,
}

impl Dispute {
    /// The offer that can be accepted; there is one at most.
    pub fn open_offer(&self) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.state == OfferState::Open)
    }

    /// The proposal that can be accepted; there is one at most.
    pub fn open_proposal(&self) -> Option<&Proposal> {
        self.proposals.iter().find(|proposal| proposal.state == OfferState::Open)
    }
}
