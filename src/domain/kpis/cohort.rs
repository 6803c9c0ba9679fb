//! Retention: who of the buyers came back, and whether having had a case made a difference.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::super::ids::BuyerId;
use super::Share;

/// The buyers of a period. Counts of different buyers do not merge, sets of them do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cohort {
    /// Who had an order before the window.
    pub before: BTreeSet<BuyerId>,
    /// Who had an order in the window.
    pub again: BTreeSet<BuyerId>,
    /// Who had a case before the window.
    pub with_case: BTreeSet<BuyerId>,
}

/// Which buyers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Served {
    /// Those who had a case.
    HadCase,
    /// Those who had none.
    HadNone,
}

/// Who came back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Retention {
    /// Of those who had a case.
    pub had_case: Share,
    /// Of those who had none.
    pub had_none: Share,
}

impl Retention {
    /// Of all.
    pub const fn all(&self) -> Share {
        Share { hits: self.had_case.hits + self.had_none.hits, of: self.had_case.of + self.had_none.of }
    }

    /// Of these.
    pub const fn of(&self, served: Served) -> Share {
        match served {
            Served::HadCase => self.had_case,
            Served::HadNone => self.had_none,
        }
    }
}

impl Cohort {
    /// Takes other buyers in; those that are in both count once.
    pub fn merge(&mut self, other: &Self) {
        self.before.extend(&other.before);
        self.again.extend(&other.again);
        self.with_case.extend(&other.with_case);
    }

    /// Who came back. Buyers whose first order lies in the window are new, and count nowhere.
    pub fn retention(&self) -> Retention {
        let mut retention = Retention::default();
        for buyer in &self.before {
            let share = if self.with_case.contains(buyer) { &mut retention.had_case } else { &mut retention.had_none };
            share.count(|| self.again.contains(buyer));
        }
        retention
    }
}
