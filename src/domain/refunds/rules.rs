//! What a marketplace lays down for its refunds, and what the rest of the case allows.

use serde::{Deserialize, Serialize};

use super::super::money::{BasisPoints, Money};
use super::super::purchases::CommissionReversal;
use super::InterestReading;

const MOST_HOURS: u16 = 720;
const MOST_DAYS: u16 = 60;

/// The rules of a marketplace for refunds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct RefundRules {
    /// How many hours a seller has to decide before the operator does.
    pub seller_hours: u16,
    /// How many days a buyer has to agree to credit or a code before the money goes back the way it was paid.
    pub consent_days: u16,
    /// After how many days without an outcome of the payment system the operator is told.
    pub pending_alert_days: u16,
    /// The most that a seller may grant on a line without the operator, counting what was granted there before; none for no
    /// limit. An amount of another currency is beyond it.
    pub seller_limit: Option<Money>,
    /// Above which amount a second person of the operator must approve, counted in the same way; none for never.
    pub second_approver_above: Option<Money>,
    /// What of a delivery that several goods shared is refunded when only some are given back.
    pub shipping: ShippingPolicy,
    /// What the operator gives back of its commission.
    pub commission: CommissionReversal,
    /// When the payment system is told of a refund that was granted.
    pub execution: Execution,
    /// The legal rate of interest for consumers, a year, as published for the half-year: what a late refund costs more hangs on
    /// it. None when nobody keeps it up; no sum is then named where it is needed.
    pub legal_rate: Option<BasisPoints>,
    /// How "increased by the legal rate of interest" is read.
    pub interest: InterestReading,
}

/// When the payment system is told of a refund that somebody granted. What a return, a dispute or a withdrawal decided goes out
/// at once, whatever this says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Execution {
    /// When the operator says so: granting and paying are two persons' work.
    #[default]
    ByOperator,
    /// As soon as nobody has to be asked any more.
    AtOnce,
}

impl Default for RefundRules {
    fn default() -> Self {
        Self {
            seller_hours: 48,
            consent_days: 5,
            pending_alert_days: 5,
            seller_limit: None,
            second_approver_above: None,
            shipping: ShippingPolicy::default(),
            commission: CommissionReversal::default(),
            execution: Execution::default(),
            legal_rate: None,
            interest: InterestReading::default(),
        }
    }
}

impl RefundRules {
    /// What of them binds sellers and buyers; how the operator works among its own, and a rate that the law sets, do not.
    #[must_use]
    pub fn binding(&self) -> Self {
        self.worked_by(&Self::default())
    }

    /// The same between the parties, with how the operator works by other rules: those of today, for a case under older ones.
    #[must_use]
    pub fn worked_by(&self, house: &Self) -> Self {
        let Self { pending_alert_days, second_approver_above, execution, legal_rate, interest, .. } = *house;
        Self { pending_alert_days, second_approver_above, execution, legal_rate, interest, ..self.clone() }
    }

    /// All that is wrong with them: the field, and a sentence.
    pub fn faults(&self) -> Vec<(&'static str, String)> {
        let mut faults = Vec::new();
        let spans = [
            ("sellerHours", self.seller_hours, MOST_HOURS),
            ("consentDays", self.consent_days, MOST_DAYS),
            ("pendingAlertDays", self.pending_alert_days, MOST_DAYS),
        ];
        for (field, span, most) in spans {
            if !(1..=most).contains(&span) {
                faults.push((field, format!("This must be 1 to {most}.")));
            }
        }
        for (field, limit) in [("sellerLimit", self.seller_limit), ("secondApproverAbove", self.second_approver_above)] {
            if limit.is_some_and(Money::is_negative) {
                faults.push((field, "This must not be negative.".to_owned()));
            }
        }
        faults
    }

    /// Whether an amount is beyond a limit; amounts that cannot be compared are.
    pub(super) fn beyond(limit: Option<Money>, amount: Money) -> Option<Money> {
        limit.filter(|limit| amount.compare(*limit).is_ok_and(std::cmp::Ordering::is_gt) || amount.compare(*limit).is_err())
    }
}

/// What of a shared delivery is refunded when a buyer withdraws from some of an order.
///
/// The law says that the standard delivery is refunded when all is given back (art. L221-24). What it says of a part is not
/// settled, so it is for the marketplace to choose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ShippingPolicy {
    /// In proportion to the value that is given back.
    #[default]
    ProRataValue,
    /// Nothing until the whole order is given back, and then all.
    OnlyIfAllReturned,
    /// What was paid less what delivering the kept goods alone would have cost.
    Recompute,
}

/// What a dispute on the order allows. Neither party moves money alone while it is being decided by arbitration.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum DisputeGuard {
    /// There is none.
    #[default]
    None,
    /// There is one, before arbitration: a refund that covers it settles it.
    Open,
    /// It is in arbitration: money stands still.
    Arbitration,
    /// The move carries out what arbitration decided.
    Executing,
}
