//! How long a consumer may withdraw from a contract made at a distance, and from which never.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{LegalClock, LegalDays, Period, Roll};

/// How the goods of one order come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deliveries {
    /// At once, or one after the other: the window runs from the last piece (article L221-18, 2° and following).
    Staggered {
        /// When each piece came; none for one that has not come yet.
        received: Vec<Option<DateTime<Utc>>>,
    },
    /// Again and again over a set time, as a subscription does: the window runs from the first.
    Regular {
        /// When the first came; none before it did.
        first: Option<DateTime<Utc>>,
    },
}

impl Deliveries {
    /// When the window starts to run; none while something is still to come.
    pub fn starts_window(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Staggered { received } => received.iter().copied().collect::<Option<Vec<_>>>()?.into_iter().max(),
            Self::Regular { first } => *first,
        }
    }
}

/// Whether the consumer was told of the right to withdraw as article L221-5 wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Information {
    /// Before the contract.
    InTime,
    /// Only then.
    Late {
        /// When.
        at: DateTime<Utc>,
    },
    /// Never.
    Missing,
}

/// The window in which a consumer may withdraw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithdrawalWindow {
    /// Open, and its end is not known yet: not everything has come. One may withdraw from the contract on.
    NotRunning,
    /// It runs, or ran.
    Running(Period),
}

impl WithdrawalWindow {
    /// Fourteen days from the last receipt (articles L221-18 and L221-19). Twelve months more when the consumer was not told
    /// (article L221-20); told within those, fourteen days from then.
    pub fn of(deliveries: &Deliveries, information: Information, days: &LegalDays) -> Self {
        let Some(start) = deliveries.starts_window() else { return Self::NotRunning };
        let usual = days.period(LegalClock::WithdrawalWindow, start);
        let extended = || {
            let (length, _) = LegalClock::UninformedExtension.rule(days.date_of(start));
            days.until(start, days.last_day(usual.last_day, length, Roll::NextWorkingDay))
        };
        Self::Running(match information {
            Information::InTime => usual,
            // Told before the goods came: the window is the usual one.
            Information::Late { at } if at <= start => usual,
            Information::Late { at } => {
                let told = days.period(LegalClock::WithdrawalWindow, at);
                // Never shorter than the usual window, never longer than the extended one.
                let last_day = told.last_day.max(usual.last_day).min(extended().last_day);
                days.until(start, last_day)
            }
            Information::Missing => extended(),
        })
    }

    /// Whether one may still withdraw.
    pub fn holds(&self, at: DateTime<Utc>) -> bool {
        match self {
            Self::NotRunning => true,
            Self::Running(period) => period.holds(at),
        }
    }

    /// The period, once its end is known.
    pub const fn period(&self) -> Option<Period> {
        match self {
            Self::NotRunning => None,
            Self::Running(period) => Some(*period),
        }
    }
}

/// Why there is no right to withdraw: article L221-28 of the consumer code, by number (Directive 2011/83/EU, article 16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WithdrawalExclusion {
    /// 1°: a service that was performed in full, by the consumer's wish.
    ServicePerformed,
    /// 2°: the price follows the financial market.
    MarketPrice,
    /// 3°: made to the consumer's own specification.
    MadeToMeasure,
    /// 4°: goods that go off.
    Perishable,
    /// 5°: unsealed by the consumer, and not to be taken back for health or hygiene.
    HygieneUnsealed,
    /// 6°: mixed with other things beyond separation.
    Mixed,
    /// 7°: drinks delivered after more than thirty days at a price that follows the market.
    DeferredDrinks,
    /// 8°: urgent repairs at home.
    UrgentRepair,
    /// 9°: recordings or software unsealed by the consumer.
    RecordingUnsealed,
    /// 10°: a newspaper or magazine, but for subscriptions.
    Press,
    /// 11°: bought at a public auction.
    Auction,
    /// 12°: lodging, carriage, car hire, meals or leisure on a set date.
    DatedLeisure,
    /// 13°: digital content without a carrier, begun by the consumer's wish.
    DigitalBegun,
}

impl WithdrawalExclusion {
    /// Every one.
    pub const ALL: [Self; 13] = [
        Self::ServicePerformed,
        Self::MarketPrice,
        Self::MadeToMeasure,
        Self::Perishable,
        Self::HygieneUnsealed,
        Self::Mixed,
        Self::DeferredDrinks,
        Self::UrgentRepair,
        Self::RecordingUnsealed,
        Self::Press,
        Self::Auction,
        Self::DatedLeisure,
        Self::DigitalBegun,
    ];

    /// Whether it holds only once the consumer has broken a seal, which nobody can tell before the goods are back.
    pub const fn needs_broken_seal(self) -> bool {
        matches!(self, Self::HygieneUnsealed | Self::RecordingUnsealed)
    }
}
