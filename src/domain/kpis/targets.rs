//! Targets: what a marketplace wants of its figures, and whether it has it.

use serde::{Deserialize, Serialize};

use super::super::ids::{SellerId, TeamId};
use super::super::reasons::ReasonKey;
use super::super::tickets::Channel;
use super::{Direction, Figure, Kpi, ReplyFigure, TimeBasis, Unit};

/// For what a target is set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Scope {
    /// One seller.
    pub seller: Option<SellerId>,
    /// One channel.
    pub channel: Option<Channel>,
    /// One contact reason.
    pub reason: Option<ReasonKey>,
    /// One team.
    pub team: Option<TeamId>,
}

impl Scope {
    /// Whether what is asked about lies in it.
    fn covers(&self, asked: &Self) -> bool {
        fn fits<T: PartialEq>(set: Option<&T>, asked: Option<&T>) -> bool {
            set.is_none() || set == asked
        }
        fits(self.seller.as_ref(), asked.seller.as_ref())
            && fits(self.channel.as_ref(), asked.channel.as_ref())
            && fits(self.reason.as_ref(), asked.reason.as_ref())
            && fits(self.team.as_ref(), asked.team.as_ref())
    }

    fn narrowness(&self) -> usize {
        let named = [self.seller.is_some(), self.channel.is_some(), self.reason.is_some(), self.team.is_some()];
        named.into_iter().filter(|named| *named).count()
    }
}

/// A target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// Of which figure.
    pub kpi: Kpi,
    /// For what.
    pub scope: Scope,
    /// At least or at most this, in the figure's unit.
    pub value: f64,
}

/// The targets of a marketplace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KpiTargets {
    /// The targets.
    pub targets: Vec<Target>,
    /// A figure that rests on less is not judged, and not shown where it would say something of one person.
    pub minimum_sample: u64,
}

impl Default for KpiTargets {
    fn default() -> Self {
        let target = |kpi, value| Target { kpi, scope: Scope::default(), value };
        Self {
            targets: vec![
                target(Kpi::Csat, 80.0),
                target(Kpi::Nps, 50.0),
                target(Kpi::FirstReply(ReplyFigure::Mean, TimeBasis::Calendar), 4.0),
                target(Kpi::FirstContactResolution, 65.0),
                target(Kpi::Retention(None), 70.0),
            ],
            minimum_sample: 5,
        }
    }
}

/// What is wrong with a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TargetFault {
    /// A figure that cannot be reached.
    #[error("A target in per cent is between 0 and 100.")]
    NoPercentage,
    /// Points beyond the scale.
    #[error("A target in points is between -100 and 100.")]
    NoPoints,
    /// A rate or time below nothing.
    #[error("A target of a rate or a time is 0 or more.")]
    Negative,
    /// Two targets for the same.
    #[error("There are two targets for the same figure and scope.")]
    Twice,
}

/// Whether a target is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// It is.
    Met,
    /// It is not.
    Missed,
    /// The figure rests on too little.
    NotEnough,
    /// Nothing was set.
    NoTarget,
}

/// A figure with its target and what follows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// The figure.
    pub figure: Figure,
    /// The target.
    pub target: Option<f64>,
    /// Whether it is met.
    pub status: Status,
}

impl KpiTargets {
    /// The faults of the targets, each with its place in the list.
    pub fn faults(&self) -> Vec<(usize, TargetFault)> {
        let fault = |index: usize, target: &Target| {
            let earlier = &self.targets[..index];
            if earlier.iter().any(|one| one.kpi == target.kpi && one.scope == target.scope) {
                return Some(TargetFault::Twice);
            }
            match target.kpi.unit() {
                Unit::Percent => (!(0.0..=100.0).contains(&target.value)).then_some(TargetFault::NoPercentage),
                Unit::Points => (!(-100.0..=100.0).contains(&target.value)).then_some(TargetFault::NoPoints),
                _ => (!(0.0..=f64::MAX).contains(&target.value)).then_some(TargetFault::Negative),
            }
        };
        self.targets.iter().enumerate().filter_map(|(index, target)| fault(index, target).map(|fault| (index, fault))).collect()
    }

    /// Judges a figure by the narrowest target that covers what it is about.
    pub fn judge(&self, figure: Figure, about: &Scope) -> Verdict {
        let covering = self.targets.iter().filter(|target| target.kpi == figure.kpi && target.scope.covers(about));
        let target = covering.max_by_key(|target| target.scope.narrowness()).map(|target| target.value);
        let status = match (figure.measured.value, target) {
            (_, None) => Status::NoTarget,
            (Some(value), Some(target)) if figure.measured.sample >= self.minimum_sample => {
                let met = match figure.kpi.direction() {
                    Direction::HigherIsBetter => value >= target,
                    Direction::LowerIsBetter => value <= target,
                };
                if met { Status::Met } else { Status::Missed }
            }
            _ => Status::NotEnough,
        };
        Verdict { figure, target, status }
    }
}
