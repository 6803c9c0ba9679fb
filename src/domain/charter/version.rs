//! Versions of a charter: announced, in force, replaced.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::super::parties::Who;
use super::{Acknowledgement, Charter, ProactiveNotices};

/// The number of a version, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CharterVersion(pub i32);

impl CharterVersion {
    /// The one that a marketplace begins with.
    pub const FIRST: Self = Self(1);
}

impl fmt::Display for CharterVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A version of a marketplace's charter. It never changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Publication {
    /// Its number.
    pub version: CharterVersion,
    /// The rules.
    pub charter: Arc<Charter>,
    /// Whether it changes what binds the parties.
    pub effect: Effect,
    /// What changes, for people; may be empty.
    pub summary: String,
    /// Who published it.
    pub by: Who,
    /// When it was announced.
    pub announced_at: DateTime<Utc>,
    /// From when on it holds.
    pub effective_at: DateTime<Utc>,
}

/// What a version does to the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Effect {
    /// It changes what binds sellers and buyers: announced in time, and accepted by sellers anew.
    Binding,
    /// It changes only how Trilogue works with the helpdesk.
    Technical,
}

impl Charter {
    /// Whether two charters bind sellers and buyers alike, so that going from one to the other needs no notice.
    pub fn binds_like(&self, other: &Self) -> bool {
        let bare = |charter: &Self| Self {
            ticket_sync: Self::default().ticket_sync,
            private_mirror: Self::default().private_mirror,
            order_pattern: None,
            masking: Self::default().masking,
            acknowledgement: Acknowledgement::Off,
            proactive_notices: ProactiveNotices::Off,
            triage: super::super::triage::Rules::default(),
            // Nobody must answer, and each question keeps the promise under which it was offered.
            pool: super::super::pool::Rules::default(),
            refunds: charter.refunds.binding(),
            // What was given keeps the time that it was given for, and a limit only tells the operator to look.
            ledger: super::super::ledger::Rules::default(),
            ratings: charter.ratings.binding(),
            ..charter.clone()
        };
        bare(self) == bare(other)
    }

    /// What going from this charter to another does.
    pub fn effect_of(&self, next: &Self) -> Effect {
        if self.binds_like(next) { Effect::Technical } else { Effect::Binding }
    }

    /// The first moment at which a change that is announced at `at` may take effect, by the notice of the charter in force.
    pub fn earliest_effect(&self, effect: Effect, at: DateTime<Utc>) -> DateTime<Utc> {
        match effect {
            Effect::Binding => at + TimeDelta::days(i64::from(self.notice_days)),
            Effect::Technical => at,
        }
    }
}
