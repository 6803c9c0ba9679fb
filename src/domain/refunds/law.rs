//! What the law gives, and until when.

use chrono::{DateTime, Days, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::super::purchases::DeliveryCost;

/// On what a refund is based.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RefundBasis {
    /// The buyer withdrew (art. L221-18 to L221-28 of the French consumer code; directive 2011/83, art. 9 to 16).
    Withdrawal,
    /// It was not delivered, and the buyer resolved the contract (art. L216-6, L216-7).
    NonDelivery,
    /// It is not what was bought, and repair or replacement did not help (art. L217-14 and following).
    LegalConformity,
    /// No law: the seller or the operator is obliging.
    Commercial,
}

impl RefundBasis {
    /// Every basis.
    pub const ALL: [Self; 4] = [Self::Withdrawal, Self::NonDelivery, Self::LegalConformity, Self::Commercial];

    /// Whether the law gives money, so that credit or a code needs the buyer's express consent.
    pub const fn gives_money(self) -> bool {
        !matches!(self, Self::Commercial)
    }

    /// Which delivery cost goes back: a withdrawal does not give back what a faster delivery cost more (art. L221-24).
    pub const fn delivery(self) -> DeliveryCost {
        match self {
            Self::Withdrawal => DeliveryCost::Standard,
            Self::NonDelivery | Self::LegalConformity | Self::Commercial => DeliveryCost::Whole,
        }
    }
}

/// What somebody says the law gives, and whether it is certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Claim {
    /// On what it is based.
    pub basis: RefundBasis,
    /// Whether it is certain. Only then can it not be declined.
    pub standing: ClaimStanding,
    /// The clock of the law; none until its own event was recorded. It has nothing to do with when a refund is granted.
    pub clock: Option<RefundClock>,
}

/// Whether a claim is certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ClaimStanding {
    /// Somebody says so.
    Claimed,
    /// It is known: the notice came in time, the parcel is lost, the defect is there.
    Established,
}

/// The time that the law gives for a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefundClock {
    /// When it started: the notice of withdrawal was sent, the contract was resolved.
    pub started_at: DateTime<Utc>,
    /// How many days it gives, the day of the start not counted.
    pub days: u16,
    /// Whether it may be held for the goods.
    pub hold: Hold,
}

/// Whether a refund may wait for the goods (art. L221-24: until they are back, or the buyer has proved that they were sent,
/// whichever comes first; not where the seller fetches them).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Hold {
    /// It may not.
    Never,
    /// It may, and they are neither back nor known to be sent.
    Waiting,
    /// They are back, or known to be sent.
    Over {
        /// Since when.
        since: DateTime<Utc>,
    },
}

impl RefundClock {
    /// The 14 days of art. L221-24, from the notice of withdrawal.
    pub const fn withdrawal(notice_at: DateTime<Utc>, hold: Hold) -> Self {
        Self { started_at: notice_at, days: 14, hold }
    }

    /// The days of art. L216-7, from the resolution for want of delivery: 14 in the present text.
    pub const fn non_delivery(resolved_at: DateTime<Utc>, days: u16) -> Self {
        Self { started_at: resolved_at, days, hold: Hold::Never }
    }

    /// The first moment at which the refund is late; none while it may wait for the goods.
    ///
    /// Days are those of the marketplace's time zone and end at midnight (regulation 1182/71, art. 3). A last day on a Sunday
    /// or holiday is not moved: paying early never hurts.
    pub fn due_at(&self, timezone: Tz) -> Option<DateTime<Utc>> {
        let last = self.started_at.with_timezone(&timezone).date_naive().checked_add_days(Days::new(u64::from(self.days) + 1))?;
        let midnight = last.and_time(NaiveTime::MIN);
        let end = timezone.from_local_datetime(&midnight).earliest().map_or_else(|| midnight.and_utc(), |end| end.to_utc());
        match self.hold {
            Hold::Never => Some(end),
            Hold::Waiting => None,
            Hold::Over { since } => Some(end.max(since)),
        }
    }
}
