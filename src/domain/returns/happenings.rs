//! What a move of a return gives: what happened, and what is asked of the rest of the house.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::super::hands::{Hand, Happened};
use super::super::ids::DisputeId;
use super::super::money::Money;
use super::super::parties::Party;
use super::super::reasons::CostBearer;
use super::{DeclineReason, NonCompliance, Resolution, Return, ReturnMethod, ReturnState};

/// A move that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnMoved {
    /// The return after it.
    pub after: Return,
    /// What happened, oldest first.
    pub events: Vec<Happened<ReturnEvent>>,
    /// What is asked of the rest of the house.
    pub effects: Vec<ReturnEffect>,
}

/// How a return ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Closing {
    /// The money or the replacement followed.
    Settled,
    /// It did not follow in time; the operator sees to it. The goods are back all the same.
    LeftToOperator,
    /// It was declined, and the buyer left it at that.
    Declined,
    /// What came was not good, and the buyer left it at that: of a withdrawal, at the refund less what was kept.
    NonCompliant,
    /// It was lost at the buyer's own risk.
    LostAtBuyersRisk,
    /// A dispute about it ended for the seller.
    DisputeLost,
}

/// Something that happened to a return. Stored as JSON; variants and fields are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub enum ReturnEvent {
    /// It was requested.
    Requested {
        /// How many pieces.
        quantity: u32,
        /// What the buyer would like.
        wanted: Resolution,
    },
    /// It was approved, or the seller let the time for a decision pass.
    Approved {
        /// By whom; by nobody when time passed.
        by: Hand,
        /// By which way the goods come back.
        method: ReturnMethod,
        /// Who pays that way.
        way_back: CostBearer,
    },
    /// It was declined.
    Declined {
        /// By whom.
        by: Hand,
        /// Why.
        reason: DeclineReason,
        /// In words.
        text: String,
    },
    /// The buyer was offered to keep the item.
    KeepOffered {
        /// By whom.
        by: Hand,
        /// For how much.
        amount: Money,
    },
    /// The buyer keeps the item.
    OfferAccepted {
        /// For how much.
        amount: Money,
    },
    /// The buyer does not; or said nothing in time.
    OfferDeclined {
        /// By whom; by nobody when time passed.
        by: Hand,
    },
    /// The buyer can send.
    ReadyToShip {
        /// By whom; by nobody when the seller said nothing in time.
        by: Hand,
    },
    /// It was sent.
    Shipped {
        /// Who says so.
        by: Hand,
    },
    /// The carrier delivered it.
    DeliveredBack,
    /// Pieces came.
    Received {
        /// Who says so; nobody when time passed after the carrier's delivery.
        by: Hand,
        /// How many, in all.
        quantity: u32,
        /// How many of them damaged.
        damaged: u32,
    },
    /// It was lost on its way.
    Lost {
        /// Who says so; nobody when time passed.
        by: Hand,
    },
    /// What came was looked at.
    Inspected {
        /// By whom; by nobody when time passed.
        by: Hand,
        /// What was wrong; nothing when it is good.
        fault: Option<NonCompliance>,
        /// In words; may be empty.
        text: String,
        /// What is kept of the refund of a withdrawal.
        withheld: Option<Money>,
    },
    /// A dispute about it was opened.
    Disputed {
        /// Which.
        dispute: DisputeId,
    },
    /// It was called off.
    Canceled {
        /// By whom.
        by: Hand,
    },
    /// The buyer did not send it in time.
    Expired,
    /// It is over.
    Closed {
        /// How.
        closing: Closing,
    },
    /// It changed its state.
    StateChanged {
        /// From.
        from: ReturnState,
        /// To.
        to: ReturnState,
    },
}

/// What a return asks of the rest of the house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReturnEffect {
    /// Tell this side that a return was requested or needs it. One for each side and move.
    Alert(Party),
    /// Send the refusal to the buyer on a durable medium (article L217-12 wants that of a refusal of conformity).
    SendRefusal,
    /// Ask the money side for a refund: of so many pieces at their paid price.
    RefundGoods {
        /// How many.
        quantity: u32,
        /// As money or as credit.
        wanted: Resolution,
    },
    /// Ask the money side for a refund of an amount that both agreed on.
    RefundAgreed(Money),
    /// Ask the money side for a refund of so many pieces, less what is kept: after a withdrawal the buyer answers for what the
    /// goods have lost in worth, and for no more (article L221-23).
    RefundLess {
        /// How many.
        quantity: u32,
        /// What is kept.
        withheld: Money,
    },
    /// Goods or a proof of their dispatch have come: the refund after a withdrawal waits no longer (article L221-24).
    ReleaseRefund {
        /// When.
        at: DateTime<Utc>,
    },
    /// See to it that other goods are sent.
    Replace {
        /// How many.
        quantity: u32,
    },
    /// See to it that they are repaired.
    Repair {
        /// How many.
        quantity: u32,
    },
}
