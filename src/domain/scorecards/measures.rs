//! What is measured of a seller, and of what counts.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

pub use super::super::kpis::Direction;
use super::super::kpis::{Durations, Share};
use super::super::scores::{GradeTally, Interval, ScoreRules};
use super::MeasureRule;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Measure {
    /// The middle of the times until the seller answers, in business hours. Messages that need no reply are left out: a
    /// buyer's thanks must not cost a seller its badge.
    ReplyTime,
    /// Deadlines that were missed, in per cent of those that ended.
    DeadlineBreaches,
    /// Orders with an incident that counts against the seller, in per cent.
    Incidents,
    /// Orders that were refunded at the seller's cost, in per cent.
    Refunds,
    /// Orders that came back, in per cent.
    Returns,
    /// Cases that went to the operator, in per cent.
    Escalations,
    /// Parcels that came later than the buyer was promised, in per cent.
    LateShipments,
    /// Reviews first published in the window that were not replied to in time, in per cent of those whose time is up.
    LateReviewReplies,
    /// The score of the ratings, 1 to 5, drawn towards what is believed before.
    Rating,
}

impl Measure {
    /// Every one.
    pub const ALL: [Self; 9] = [
        Self::ReplyTime,
        Self::DeadlineBreaches,
        Self::Incidents,
        Self::Refunds,
        Self::Returns,
        Self::Escalations,
        Self::LateShipments,
        Self::LateReviewReplies,
        Self::Rating,
    ];

    /// Which way is better.
    pub const fn direction(self) -> Direction {
        match self {
            Self::Rating => Direction::HigherIsBetter,
            _ => Direction::LowerIsBetter,
        }
    }
}

/// The counts of a seller: of a day, or of any days merged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SellerTally {
    /// Times until the seller answered, in seconds of business hours.
    pub replies: Durations,
    /// Missed deadlines of those that ended.
    pub breaches: Share,
    /// Orders, and those with an incident.
    pub incidents: Share,
    /// Orders, and those refunded at the seller's cost.
    pub refunds: Share,
    /// Orders, and those that came back.
    pub returns: Share,
    /// Cases, and those that went to the operator.
    pub escalations: Share,
    /// Parcels that were promised for a day, and those that came later.
    pub late_shipments: Share,
}

impl SellerTally {
    /// Takes other counts in.
    pub fn merge(&mut self, other: &Self) {
        self.replies.merge(&other.replies);
        self.breaches.merge(&other.breaches);
        self.incidents.merge(&other.incidents);
        self.refunds.merge(&other.refunds);
        self.returns.merge(&other.returns);
        self.escalations.merge(&other.escalations);
        self.late_shipments.merge(&other.late_shipments);
    }

    pub(super) const fn share_mut(&mut self, measure: Measure) -> Option<&mut Share> {
        match measure {
            Measure::DeadlineBreaches => Some(&mut self.breaches),
            Measure::Incidents => Some(&mut self.incidents),
            Measure::Refunds => Some(&mut self.refunds),
            Measure::Returns => Some(&mut self.returns),
            Measure::Escalations => Some(&mut self.escalations),
            Measure::LateShipments => Some(&mut self.late_shipments),
            Measure::LateReviewReplies | Measure::ReplyTime | Measure::Rating => None,
        }
    }

    const fn share(&self, measure: Measure) -> Option<Share> {
        match measure {
            Measure::DeadlineBreaches => Some(self.breaches),
            Measure::Incidents => Some(self.incidents),
            Measure::Refunds => Some(self.refunds),
            Measure::Returns => Some(self.returns),
            Measure::Escalations => Some(self.escalations),
            Measure::LateShipments => Some(self.late_shipments),
            Measure::LateReviewReplies | Measure::ReplyTime | Measure::Rating => None,
        }
    }
}

/// All that is counted of a seller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SellerRecord {
    /// Its counts by day.
    pub days: BTreeMap<NaiveDate, SellerTally>,
    /// The grades that it was given, without those that are left out of its score.
    pub grades: GradeTally,
    /// Reviews first published in the window of their measure whose time to be replied to is up, and those not replied to in it. Kept
    /// where reviews are, as time alone makes a reply late.
    pub late_replies: Share,
}

/// A measure as it was read, with what it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reading {
    /// What.
    pub measure: Measure,
    /// The first day of its window.
    pub from: NaiveDate,
    /// The last.
    pub to: NaiveDate,
    /// Hours, per cent or a score; none of nothing.
    pub value: Option<f64>,
    /// Of how many answers, orders, cases, shipments or ratings.
    pub sample: u64,
    /// How many of them are bad, of a measure in per cent.
    pub hits: Option<u64>,
    /// Between what two shares the truth lies, of a measure in per cent.
    pub interval: Option<Interval>,
}

impl SellerRecord {
    /// Reads a measure over its window, which ends with `on`.
    pub fn read(&self, rule: &MeasureRule, scores: &ScoreRules, on: NaiveDate) -> Reading {
        let from = on.checked_sub_days(Days::new(u64::from(rule.window_days.max(1)) - 1)).unwrap_or(on);
        let mut tally = SellerTally::default();
        self.days.range(from..=on).for_each(|(_, day)| tally.merge(day));
        let share = if rule.measure == Measure::LateReviewReplies { Some(self.late_replies) } else { tally.share(rule.measure) };
        let (value, sample, share) = match (rule.measure, share) {
            (_, Some(share)) => (share.percent(), share.of, Some(share)),
            (Measure::Rating, None) => {
                let score = scores.score(&self.grades.since(from), on);
                ((score.count > 0).then(|| score.bayesian()), score.count, None)
            }
            (_, None) => (tally.replies.median().map(|seconds| seconds / 3600.0), tally.replies.count(), None),
        };
        let (hits, interval) = (share.map(|share| share.hits), share.and_then(Share::interval));
        Reading { measure: rule.measure, from, to: on, value, sample, hits, interval }
    }
}
