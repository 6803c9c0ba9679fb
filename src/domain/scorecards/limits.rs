//! Alert and limit of each measure.

use serde::{Deserialize, Serialize};

use super::{Direction, Measure, Reading};

/// What is asked of a seller in one measure. Beyond the alert it is warned; beyond the limit more may follow.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MeasureRule {
    /// Which measure.
    pub measure: Measure,
    /// Beyond this the seller is warned, in the measure's unit.
    pub alert: f64,
    /// Beyond this the seller does not do what was agreed.
    pub limit: f64,
    /// Over how many days.
    pub window_days: u16,
    /// Below so many orders, answers or ratings nobody is judged.
    pub minimum: u64,
}

/// How a reading stands to its rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MeasureStatus {
    /// Too few to judge.
    NotEnough,
    /// Within.
    Fine,
    /// Beyond the alert.
    Alert,
    /// Beyond the limit.
    Limit,
}

impl MeasureRule {
    /// Judges a reading. Exactly at a bound is still within.
    pub fn judge(&self, reading: &Reading) -> MeasureStatus {
        let Some(value) = reading.value.filter(|_| reading.sample >= self.minimum) else { return MeasureStatus::NotEnough };
        let beyond = |bound: f64| match self.measure.direction() {
            Direction::HigherIsBetter => value < bound,
            Direction::LowerIsBetter => value > bound,
        };
        match (beyond(self.limit), beyond(self.alert)) {
            (true, _) => MeasureStatus::Limit,
            (false, true) => MeasureStatus::Alert,
            (false, false) => MeasureStatus::Fine,
        }
    }
}

/// The rules of a marketplace for its sellers, one of a measure at most. They are part of the charter that sellers accept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MeasureRules(pub Vec<MeasureRule>);

impl Default for MeasureRules {
    /// Like those that large operators publish.
    fn default() -> Self {
        let rule = |measure, alert, limit, window_days, minimum| MeasureRule { measure, alert, limit, window_days, minimum };
        Self(vec![
            rule(Measure::ReplyTime, 20.0, 24.0, 30, 10),
            rule(Measure::DeadlineBreaches, 5.0, 10.0, 30, 25),
            rule(Measure::Incidents, 8.0, 9.0, 30, 25),
            rule(Measure::Refunds, 8.0, 15.0, 30, 25),
            rule(Measure::Returns, 15.0, 25.0, 90, 25),
            rule(Measure::Escalations, 5.0, 10.0, 30, 25),
            rule(Measure::LateShipments, 8.0, 10.0, 30, 25),
            rule(Measure::LateReviewReplies, 10.0, 25.0, 90, 10),
            rule(Measure::Rating, 3.5, 3.0, 90, 10),
        ])
    }
}

/// What is wrong with a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LimitFault {
    /// The limit would be reached before the alert.
    #[error("The limit lies beyond the alert, so that a warning comes first.")]
    LimitBeforeAlert,
    /// A bound outside the measure's scale.
    #[error("The bound is outside the scale of the measure.")]
    OutOfScale,
    /// No day, or more than a year.
    #[error("A window has between 1 and 366 days.")]
    Window,
    /// One order alone would judge a seller.
    #[error("At least 5 are needed to judge anybody.")]
    Minimum,
    /// The measure has a rule already.
    #[error("A measure has one rule only.")]
    Twice,
}

/// The least volume on which a seller can be judged.
const LEAST_MINIMUM: u64 = 5;

impl MeasureRules {
    /// The rule of a measure; none when it is not judged.
    pub fn of(&self, measure: Measure) -> Option<&MeasureRule> {
        self.0.iter().find(|rule| rule.measure == measure)
    }

    /// The faults of the rules, each with its place in the list.
    pub fn faults(&self) -> Vec<(usize, LimitFault)> {
        let faults = |(index, rule): (usize, &MeasureRule)| {
            let scale = match rule.measure {
                Measure::ReplyTime => 0.0..=8784.0,
                Measure::Rating => 1.0..=5.0,
                _ => 0.0..=100.0,
            };
            let ordered = match rule.measure.direction() {
                Direction::HigherIsBetter => rule.limit <= rule.alert,
                Direction::LowerIsBetter => rule.alert <= rule.limit,
            };
            let checks = [
                (LimitFault::LimitBeforeAlert, ordered),
                (LimitFault::OutOfScale, scale.contains(&rule.alert) && scale.contains(&rule.limit)),
                (LimitFault::Window, (1..=366).contains(&rule.window_days)),
                (LimitFault::Minimum, rule.minimum >= LEAST_MINIMUM),
                (LimitFault::Twice, self.0[..index].iter().all(|earlier| earlier.measure != rule.measure)),
            ];
            checks.into_iter().filter(|(_, fine)| !fine).map(move |(fault, _)| (index, fault))
        };
        self.0.iter().enumerate().flat_map(faults).collect()
    }
}
