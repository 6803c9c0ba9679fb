//! For how long the seller answers for conformity.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{LegalClock, LegalDays, Length, Period, Roll};

/// How something was sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Condition {
    /// New.
    #[default]
    New,
    /// Used.
    Used,
}

/// Something that was done under the guarantee, which makes it longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Remedied {
    /// Repaired: six months more.
    Repaired {
        /// When.
        at: DateTime<Utc>,
    },
    /// Replaced although the buyer had chosen repair: two years anew.
    ReplacedAgainstWish {
        /// When the other goods came.
        at: DateTime<Utc>,
    },
}

/// The guarantee of conformity: two years from delivery (article L217-3), longer by what was done under it (article L217-13,
/// as the box of article D211-2 tells it). Give what was done oldest first.
pub fn conformity_until(delivered: DateTime<Utc>, done: &[Remedied], days: &LegalDays) -> Period {
    let (more, _) = LegalClock::RepairExtension.rule(days.date_of(delivered));
    done.iter().fold(days.period(LegalClock::Conformity, delivered), |period, remedy| match *remedy {
        Remedied::Repaired { at } if period.holds(at) => days.until(delivered, days.last_day(period.last_day, more, Roll::AsItFalls)),
        Remedied::ReplacedAgainstWish { at } if period.holds(at) => {
            let anew = days.period(LegalClock::Conformity, at);
            days.until(delivered, anew.last_day.max(period.last_day))
        }
        // Goodwill after the guarantee has ended starts no new one.
        Remedied::Repaired { .. } | Remedied::ReplacedAgainstWish { .. } => period,
    })
}

/// Until when a defect is presumed to have been there from the start, so that the buyer proves only the defect: 24 months,
/// 12 for used goods (article L217-7; not read by us).
pub fn presumed_until(delivered: DateTime<Utc>, condition: Condition, days: &LegalDays) -> Period {
    let months = match condition {
        Condition::New => 24,
        Condition::Used => 12,
    };
    days.until(delivered, days.last_day(days.date_of(delivered), Length::Months(months), Roll::AsItFalls))
}
