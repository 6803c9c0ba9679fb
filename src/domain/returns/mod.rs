//! Returns: goods on their way back. What becomes of the money is the refund's own machine, what becomes of a quarrel the
//! dispute's; they are joined by links and effects, never by one status.
//!
//! One return is a quantity of one order line. Several lines in one parcel are several returns.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::hands::Hand;
use super::ids::{CaseId, DisputeId, OrderId, ReturnId, WithdrawalId};
use super::law::WithdrawalExclusion;
use super::money::Money;
use super::reasons::CostBearer;

mod actions;
mod eligibility;
mod happenings;
mod moves;
mod policy;
mod reasons;
mod requests;
mod silence;
mod transitions;

#[cfg(test)]
mod tests;

pub use eligibility::{BuyerKind, FinalSale, Ground, LineFacts, NotEligible, SaleTerms, Seal, grounds, withdrawal_ground};
pub use happenings::{Closing, ReturnEffect, ReturnEvent, ReturnMoved};
pub use moves::{DisputeEnd, ReturnMove, Withheld};
pub use policy::{Goodwill, ReturnPolicy, ReturnTerms};
pub use reasons::{Cause, DeclineReason, NonCompliance, RawReason, ReasonKind, ReturnReason, Vocabulary};
pub use requests::{DeclaredWithdrawal, ReturnRequest, next_reference, quantity_left};
pub use transitions::{ReturnAction, Transition};

/// A quantity of one order line on its way back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Return {
    /// Our id.
    pub id: ReturnId,
    /// The case that it belongs to.
    pub case: CaseId,
    /// The order.
    pub order: OrderId,
    /// The short name that people quote: `A-1042-R1`.
    pub reference: String,
    /// The line, by the marketplace's own id.
    pub order_line: String,
    /// How many pieces.
    pub quantity: u32,
    /// On what right.
    pub basis: LegalBasis,
    /// Why. A withdrawal owes no reason.
    pub reason: ReturnReason,
    /// In the buyer's words; may be empty.
    pub note: String,
    /// What the buyer would like.
    pub wanted: Resolution,
    /// The withdrawal that it carries out.
    pub withdrawal: Option<WithdrawalId>,
    /// Why these goods may turn out not to be returnable: a seal that only the seller will see.
    pub exclusion: Option<WithdrawalExclusion>,
    /// Where it stands.
    pub state: ReturnState,
    /// By which way the goods come back; none until that is approved.
    pub method: Option<ReturnMethod>,
    /// Who pays that way.
    pub way_back: CostBearer,
    /// What the buyer sends the goods with.
    pub papers: Option<Papers>,
    /// The parcel, once it is sent.
    pub parcel: Option<Parcel>,
    /// What came.
    pub received: Receipt,
    /// When the first of it came.
    pub received_at: Option<DateTime<Utc>>,
    /// What was wrong with it.
    pub finding: Option<Finding>,
    /// What the seller keeps of the refund of a withdrawal, as the goods are worth less than when they were sent.
    pub withheld: Option<Money>,
    /// Why it was declined.
    pub declined: Option<Declined>,
    /// The last offer to keep the item.
    pub offer: Option<KeepOffer>,
    /// How many such offers were made.
    pub offers_made: u8,
    /// The dispute about it.
    pub dispute: Option<DisputeId>,
    /// How it ended.
    pub closing: Option<Closing>,
    /// When the seller was told that the goods come back: of a withdrawal, when it was declared.
    pub notice_at: DateTime<Utc>,
    /// When it was requested.
    pub requested_at: DateTime<Utc>,
    /// When time alone moves it on; none when it is over.
    pub due_at: Option<DateTime<Utc>>,
    /// When it last moved.
    pub updated_at: DateTime<Utc>,
    /// How often it has moved, from 1.
    pub revision: i32,
}

/// Where a return stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReturnState {
    /// The seller decides.
    Requested,
    /// The seller provides what the buyer sends with.
    Approved,
    /// It was refused; the buyer may dispute that.
    Declined,
    /// The buyer thinks about an offer to keep the item.
    OfferPending,
    /// The buyer keeps the item; the money follows.
    ItemKept,
    /// The buyer sends.
    ReadyToShip,
    /// The carrier has it.
    InTransit,
    /// All of it has come; the seller looks at it.
    Received,
    /// Some of it has come.
    PartiallyReceived,
    /// It was lost on the way.
    Lost,
    /// What came is good; money or replacement follows.
    Compliant,
    /// What came is not; the buyer may dispute that.
    NonCompliant,
    /// It is over.
    Closed,
    /// It was called off.
    Canceled,
    /// The buyer never sent it.
    Expired,
}

impl ReturnState {
    /// Every state.
    pub const ALL: [Self; 15] = [
        Self::Requested,
        Self::Approved,
        Self::Declined,
        Self::OfferPending,
        Self::ItemKept,
        Self::ReadyToShip,
        Self::InTransit,
        Self::Received,
        Self::PartiallyReceived,
        Self::Lost,
        Self::Compliant,
        Self::NonCompliant,
        Self::Closed,
        Self::Canceled,
        Self::Expired,
    ];

    /// Whether nothing happens to it any more.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Closed | Self::Canceled | Self::Expired)
    }

    /// Whose turn it is; none when it is over.
    pub const fn turn(self) -> Option<Hand> {
        match self {
            Self::Requested | Self::Approved | Self::Received | Self::PartiallyReceived => Some(Hand::Seller),
            Self::Declined | Self::OfferPending | Self::ReadyToShip | Self::NonCompliant => Some(Hand::Buyer),
            Self::InTransit => Some(Hand::Carrier),
            Self::ItemKept | Self::Lost | Self::Compliant => Some(Hand::System),
            Self::Closed | Self::Canceled | Self::Expired => None,
        }
    }

    /// Mirakl's state of it (RT11).
    pub const fn mirakl(self) -> &'static str {
        match self {
            Self::Requested | Self::OfferPending => "WAITING_ACCEPTANCE",
            Self::Approved | Self::ReadyToShip | Self::InTransit => "IN_PROGRESS",
            Self::Declined => "REFUSED",
            Self::Received | Self::PartiallyReceived | Self::Compliant | Self::NonCompliant => "RECEIVED",
            Self::Lost | Self::Expired => "NO_RECEPTION",
            Self::ItemKept | Self::Closed => "CLOSED",
            Self::Canceled => "CANCELED",
        }
    }

    /// Shopify's `ReturnStatus` of it.
    pub const fn shopify(self) -> &'static str {
        match self {
            Self::Requested | Self::OfferPending => "REQUESTED",
            Self::Declined => "DECLINED",
            Self::Canceled | Self::Expired => "CANCELED",
            Self::Closed | Self::ItemKept => "CLOSED",
            _ => "OPEN",
        }
    }
}

impl fmt::Display for ReturnState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Requested => "waiting for the seller to decide",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::OfferPending => "waiting for the buyer's answer to an offer",
            Self::ItemKept => "settled with the buyer keeping the item",
            Self::ReadyToShip => "ready to be sent",
            Self::InTransit => "on its way",
            Self::Received => "received",
            Self::PartiallyReceived => "received in part",
            Self::Lost => "lost on its way",
            Self::Compliant => "found good",
            Self::NonCompliant => "found not good",
            Self::Closed => "closed",
            Self::Canceled => "canceled",
            Self::Expired => "expired",
        })
    }
}

/// On what right goods are sent back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LegalBasis {
    /// The consumer's withdrawal (articles L221-18 and following): no reason is owed, and it cannot be declined in its window.
    Withdrawal,
    /// The guarantee of conformity (articles L217-3 and following): free of charge, and declined only in writing with reasons.
    LegalConformity,
    /// What the marketplace's charter grants beyond the law.
    Commercial,
}

impl LegalBasis {
    /// What can be asked for on it. A reduced price without sending anything back belongs to conformity (article L217-14).
    pub const fn resolutions(self) -> &'static [Resolution] {
        match self {
            Self::Withdrawal | Self::Commercial => &[Resolution::Refund, Resolution::Replacement, Resolution::StoreCredit],
            Self::LegalConformity => {
                &[Resolution::Repair, Resolution::Replacement, Resolution::Refund, Resolution::PriceReduction, Resolution::StoreCredit]
            }
        }
    }
}

/// What the buyer would like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Resolution {
    /// The money back.
    Refund,
    /// Other goods.
    Replacement,
    /// The goods repaired.
    Repair,
    /// Some of the money back.
    PriceReduction,
    /// Credit for the shop; where the law gives money it needs the buyer's express consent, which the refund records.
    StoreCredit,
}

/// By which way goods come back. The names are Mirakl's after `RETURN_METHOD_`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReturnMethod {
    /// By post.
    ByMail,
    /// To a drop-off point.
    DropOffPoint,
    /// Collected at the buyer's home.
    HomePickup,
    /// In a shop.
    InStore,
    /// Not at all: the buyer keeps the goods and is refunded.
    Returnless,
}

/// What the buyer sends the goods with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub enum Papers {
    /// A label that the seller has ready for the buyer.
    Label {
        /// Where it is: an address that begins with https://, or the reference that a drop-off point asks for.
        link: String,
    },
    /// A number to write on the parcel, and where to send it.
    Rma {
        /// The seller's number of the return.
        number: String,
        /// Where to, and anything else the buyer must know.
        address: String,
    },
    /// A label that was sent by other means.
    SentOffline,
    /// Nothing: the seller said nothing in time, so the buyer sends by own means to the address of the order's papers.
    OwnMeans,
}

/// The parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Parcel {
    /// Who carries it; may be empty.
    pub carrier: String,
    /// Its tracking number: the proof of dispatch. None when the buyer has only said so.
    pub tracking: Option<String>,
    /// When it was sent.
    pub shipped_at: DateTime<Utc>,
    /// When the carrier delivered it.
    pub delivered_at: Option<DateTime<Utc>>,
}

/// What came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// How many pieces.
    pub quantity: u32,
    /// How many of them are damaged.
    pub damaged: u32,
}

/// What was wrong with what came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// What.
    pub reason: NonCompliance,
    /// In the words of who looked.
    pub text: String,
}

/// Why a return was declined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Declined {
    /// Why.
    pub reason: DeclineReason,
    /// In words, for the buyer.
    pub text: String,
    /// Who declined.
    pub by: Hand,
}

/// An offer to keep the item for some of the money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeepOffer {
    /// How much the buyer gets.
    pub amount: Money,
    /// The state that it goes back to when the buyer does not accept.
    pub former: ReturnState,
    /// How many seconds the former state had left.
    pub former_left: i64,
    /// Who offered.
    pub by: Hand,
}
