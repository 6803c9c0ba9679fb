//! When a refund after a withdrawal is due, and who pays the way back.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::super::reasons::CostBearer;
use super::{LegalClock, LegalDays, Period};

/// Whether the seller may keep the money until the goods or a proof of their dispatch come (article L221-24).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SellerMayWait {
    /// It may: the buyer sends the goods.
    Yes,
    /// It may not: it collects them itself, or nothing was delivered.
    No,
}

/// When a refund after a withdrawal is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundDue {
    /// The seller waits for the goods or a proof of dispatch; without that wait it would be this.
    Held(Period),
    /// It is due so.
    Due(Period),
}

impl RefundDue {
    /// Fourteen days from the day on which the seller was told of the withdrawal; where the seller may wait, no sooner
    /// than the goods are back or their dispatch is proved, whichever is first (article L221-24).
    pub fn after_withdrawal(notice: DateTime<Utc>, wait: SellerMayWait, goods_or_proof: Option<DateTime<Utc>>, days: &LegalDays) -> Self {
        let usual = days.period(LegalClock::WithdrawalRefund, notice);
        match (wait, goods_or_proof) {
            (SellerMayWait::No, _) => Self::Due(usual),
            (SellerMayWait::Yes, None) => Self::Held(usual),
            (SellerMayWait::Yes, Some(at)) => Self::Due(days.until(notice, usual.last_day.max(days.date_of(at)))),
        }
    }

    /// By how many days a refund made at `paid` is late; none while it is held.
    pub fn days_late(&self, paid: DateTime<Utc>, days: &LegalDays) -> u32 {
        match self {
            Self::Held(_) => 0,
            Self::Due(period) => days.days_late(period.last_day, paid),
        }
    }
}

/// Whether the buyer was told before the contract that the way back is theirs to pay (articles L221-5 and L221-23).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WayBackCost {
    /// They were.
    Told,
    /// They were not.
    NotTold,
    /// The seller offered to pay it.
    OfferedBySeller,
}

/// Who pays the way back of a withdrawal: the buyer, but for a seller that did not say so or took it on (article L221-23).
pub const fn way_back_cost(told: WayBackCost) -> CostBearer {
    match told {
        WayBackCost::Told => CostBearer::Buyer,
        WayBackCost::NotTold | WayBackCost::OfferedBySeller => CostBearer::Seller,
    }
}
