//! The refund: money that goes back to a buyer, from the first word to the last cent.
//!
//! It is one of three machines. The goods that come back are a return, the disagreement is a dispute; each has its own states.
//! Granting money and moving money are two steps, and only what the payment system reports moves the ledger.
//!
//! A person's move names the revision that it was decided on ([`Refund::apply`]). What a payment system reports
//! ([`Refund::hear`]) names the attempt instead, may come twice or in the wrong order, and is never answered with an error.
//! Time moves a refund too ([`Refund::elapse`]).

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ids::{OrderId, RefundId};
use super::money::Money;
use super::parties::{Party, Who};
use super::purchases::{CommissionReversal, FactsVersion, LineKey, Parts, SoldLine};

mod actions;
mod amounts;
mod attempts;
mod bearers;
mod events;
mod judging;
mod late;
mod law;
mod moves;
mod obstacles;
mod origin;
mod provider;
mod quote;
mod refusal;
mod requests;
mod rules;
mod spread;

#[cfg(test)]
mod tests;

pub use actions::RefundAction;
pub use amounts::{Asked, DeliveryQuote, Ground, ItemOrder, LineStanding, refundable};
pub use attempts::{Attempt, AttemptNumber, AttemptOutcome, FailureKind, IdempotencyKey, MalformedKey, ProviderReference};
pub use bearers::{Bearing, Borne, BorneSum, CostPlan, SharedCost};
pub use events::{Moved, RefundEffect, RefundEvent};
pub use judging::{GrantPreview, Wished, lay_out};
pub use late::{InterestReading, LateIncrease, LateLaw, LatePayment, LateTerms};
pub use law::{Claim, ClaimStanding, Hold, RefundBasis, RefundClock};
pub use moves::{GrantOrder, RefundMove};
pub use obstacles::Obstacle;
pub use origin::{RefundOrigin, RefundOriginKind};
pub use provider::{ProviderNews, ProviderWord};
pub use quote::{Approval, Quote, quote};
pub use refusal::RefundRefusal;
pub use requests::{RefundRequest, Requested};
pub use rules::{DisputeGuard, Execution, RefundRules, ShippingPolicy};
pub use spread::{all_left, parts_of, spread};

/// A refund on an order line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refund {
    /// Our id.
    pub id: RefundId,
    /// The order.
    pub order: OrderId,
    /// The line that it was asked for. A grant may give money back on other lines of the order as well, such as their delivery.
    pub line: LineKey,
    /// Where it stands.
    pub status: RefundStatus,
    /// How often it has changed.
    pub revision: Revision,
    /// Why, in terms of the law.
    pub claim: Claim,
    /// What was asked for.
    pub asked: Asked,
    /// By whom.
    pub asked_by: Who,
    /// Whose decision it is: the seller's first, the operator's after the seller's silence. The operator may always decide.
    pub decider: Party,
    /// Until when the seller has the word; none when it has it no more.
    pub decide_by: Option<DateTime<Utc>>,
    /// A grant that waits for a second approver.
    pub proposal: Option<Box<Grant>>,
    /// What was granted.
    pub grant: Option<Box<Grant>>,
    /// Why it was declined.
    pub decline: Option<Decline>,
    /// Every try to move the money, oldest first; a failed one stays visible.
    pub attempts: Vec<Attempt>,
    /// When to tell the operator that the payment system is slow; none when there is nothing to tell.
    pub alert_at: Option<DateTime<Utc>>,
    /// When it was asked for.
    pub opened_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// Where a refund stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RefundStatus {
    /// Somebody has to decide.
    Requested,
    /// It is decided; no money has moved.
    Granted,
    /// It was refused, with a reason.
    Declined,
    /// The payment system was told.
    Submitted,
    /// The payment system works on it.
    Pending,
    /// The money has moved.
    Succeeded,
    /// The payment system could not; a new attempt is possible.
    Failed,
    /// The payment system took it back after it had succeeded.
    Reversed,
    /// The operator called it off before anything was submitted.
    Canceled,
}

impl RefundStatus {
    /// Every state.
    pub const ALL: [Self; 9] = [
        Self::Requested,
        Self::Granted,
        Self::Declined,
        Self::Submitted,
        Self::Pending,
        Self::Succeeded,
        Self::Failed,
        Self::Reversed,
        Self::Canceled,
    ];

    /// Whether something can still come of it. There is at most one such refund on a line.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Requested | Self::Granted | Self::Submitted | Self::Pending | Self::Failed)
    }

    /// Whether its amount is spoken for, so that nobody else can refund it. A failed one keeps it for the next attempt.
    pub const fn holds_money(self) -> bool {
        matches!(self, Self::Granted | Self::Submitted | Self::Pending | Self::Failed | Self::Succeeded)
    }
}

impl RefundStatus {
    /// How it looks to the buyer, who does not see what goes on between us and the payment system.
    #[must_use]
    pub const fn to_buyer(self) -> Self {
        match self {
            Self::Submitted | Self::Pending | Self::Failed => Self::Granted,
            other => other,
        }
    }
}

impl fmt::Display for RefundStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Requested => "requested",
            Self::Granted => "granted",
            Self::Declined => "declined",
            Self::Submitted => "submitted",
            Self::Pending => "pending",
            Self::Succeeded => "paid",
            Self::Failed => "failed",
            Self::Reversed => "reversed",
            Self::Canceled => "canceled",
        })
    }
}

/// How often something has changed. Whoever changes it names the revision they saw.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(i32);

impl Revision {
    /// Its number.
    pub const fn get(self) -> i32 {
        self.0
    }

    /// Takes a number that the database kept, or a client saw.
    pub const fn from_number(number: i32) -> Self {
        Self(number)
    }

    /// The one after it.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// What a refund is given as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RefundForm {
    /// All that is due on the line, or more.
    Full,
    /// Some of it.
    Partial,
    /// Credit for the shop.
    StoreCredit,
    /// A code for a discount.
    PromoCode,
}

/// The way that a refund takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RefundMeans {
    /// Back the way it was paid.
    OriginalPayment,
    /// Credit for the shop.
    StoreCredit,
    /// A voucher or code.
    Voucher,
    /// A transfer to the buyer's bank account.
    BankTransfer,
}

impl RefundForm {
    /// The way that it takes when nobody says.
    pub const fn usual_means(self) -> RefundMeans {
        match self {
            Self::Full | Self::Partial => RefundMeans::OriginalPayment,
            Self::StoreCredit => RefundMeans::StoreCredit,
            Self::PromoCode => RefundMeans::Voucher,
        }
    }

    /// Whether a refund of this form can take that way.
    pub const fn goes_by(self, means: RefundMeans) -> bool {
        match self {
            Self::Full | Self::Partial => matches!(means, RefundMeans::OriginalPayment | RefundMeans::BankTransfer),
            Self::StoreCredit => matches!(means, RefundMeans::StoreCredit),
            Self::PromoCode => matches!(means, RefundMeans::Voucher),
        }
    }
}

/// What is given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// By line, and in each by part.
    pub items: Vec<GrantedItem>,
    /// As what.
    pub form: RefundForm,
    /// By which way.
    pub means: RefundMeans,
    /// As what, if the buyer does not take it so.
    pub fallback: RefundForm,
    /// Who pays for it in the end.
    pub costs: CostPlan,
    /// What the operator gives back of its commission, by the rules of the day on which it was granted.
    pub commission: CommissionReversal,
    /// Whether the buyer has to agree, and has.
    pub consent: Consent,
    /// Who granted it.
    pub by: Who,
    /// The second person who approved it, where one was needed.
    pub approved_by: Option<Who>,
    /// When.
    pub at: DateTime<Utc>,
}

/// What is given back on one line, with the facts that it was decided on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GrantedItem {
    /// How many units it is for. It is information: the amount decides, and a price reduction has no units.
    pub units: u32,
    /// The amount.
    pub parts: Parts,
    /// Which telling of the line it was decided on.
    pub version: FactsVersion,
    /// The line as it was then. Later corrections of the order do not change what was decided.
    pub sold: SoldLine,
}

impl Grant {
    /// All of it.
    pub fn total(&self) -> Result<Money, RefundRefusal> {
        let mut amounts = self.items.iter().map(|item| item.parts.total());
        let first = amounts.next().ok_or(RefundRefusal::NothingAsked)?;
        Ok(amounts.try_fold(first, Money::plus)?)
    }

    /// What it takes of a line; none when it takes nothing.
    pub fn on(&self, line: &LineKey) -> Option<&GrantedItem> {
        self.items.iter().find(|item| item.sold.line() == line)
    }
}

/// Whether the buyer has to agree to the way of a refund, and has.
///
/// Where the law gives money back, it goes the way it was paid unless the buyer expressly agrees to another one and pays
/// nothing for it (art. L221-24 of the French consumer code; directive 2011/83, art. 13).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub enum Consent {
    /// Nobody has to be asked.
    NotNeeded,
    /// The buyer is asked. Silence is no consent.
    Awaited {
        /// Until when.
        until: DateTime<Utc>,
    },
    /// The buyer agreed. Kept as proof.
    Given {
        /// What the buyer agreed to, in the words that were shown.
        text: String,
        /// Who recorded it: the buyer, or the marketplace's software for them.
        by: Who,
        /// When.
        at: DateTime<Utc>,
    },
    /// The buyer did not: it goes back the way it was paid.
    FellBack {
        /// When.
        at: DateTime<Utc>,
    },
}

/// Why a refund was refused, in writing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Decline {
    /// The kind of reason.
    pub reason: DeclineReason,
    /// In words for the buyer. A refusal under the guarantee of conformity must be reasoned in writing (art. L217-12).
    pub text: String,
    /// Who refused.
    pub by: Who,
    /// When.
    pub at: DateTime<Utc>,
}

/// The kinds of reasons to refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DeclineReason {
    /// Nothing is owed.
    NotDue,
    /// It was refunded before.
    AlreadyRefunded,
    /// The line is excluded from withdrawal; its facts must say so (art. L221-28).
    WithdrawalExcluded,
    /// The time for it is over.
    WindowClosed,
    /// The goods have not come back.
    GoodsNotBack,
    /// Any other; the text says which.
    Other,
}

impl Refund {
    /// What it holds of a line, so that nobody else can refund it; none when it holds nothing.
    pub fn held_on(&self, line: &LineKey) -> Option<&GrantedItem> {
        self.grant.as_deref().filter(|_| self.status.holds_money()).and_then(|grant| grant.on(line))
    }

    /// The attempt that counts.
    pub fn last_attempt(&self) -> Option<&Attempt> {
        self.attempts.last()
    }

    /// When time alone will next do something to it.
    pub fn wakes_at(&self) -> Option<DateTime<Utc>> {
        let consent = match self.grant.as_deref().map(|grant| &grant.consent) {
            Some(Consent::Awaited { until }) if self.status == RefundStatus::Granted => Some(*until),
            _ => None,
        };
        let decide_by = self.decide_by.filter(|_| self.status == RefundStatus::Requested);
        decide_by.into_iter().chain(consent).chain(self.alert_at).min()
    }
}
