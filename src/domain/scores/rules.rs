//! What a marketplace sets for its scores, and a score with all that it was computed from.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::super::ratings::CriterionKey;
use super::tally::GradeTally;
use super::{Interval, Prior, Z_95, bayesian_mean, decay, formulas::number, wilson};

/// How scores are computed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ScoreRules {
    /// What is believed before anybody has rated.
    pub prior: Prior,
    /// After how many days an answer counts half; none when all count alike for ever.
    pub half_life_days: Option<u16>,
    /// Below so many ratings no score is shown.
    pub minimum: u32,
}

impl Default for ScoreRules {
    fn default() -> Self {
        Self { prior: Prior { mean: 3.5, weight: 7.0 }, half_life_days: Some(365), minimum: 3 }
    }
}

/// What is wrong with the rules of scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScoreFault {
    /// A grade that nobody can give.
    #[error("The mean that is believed before must be between 1 and 5.")]
    PriorMean,
    /// A weight that would turn answers round, or drown them.
    #[error("The weight of what is believed before must be between 0 and 1000.")]
    PriorWeight,
    /// No day at all.
    #[error("A half-life is one day or more.")]
    HalfLife,
    /// A score of nothing.
    #[error("At least one rating is needed for a score.")]
    Minimum,
}

impl ScoreRules {
    /// What is wrong with them, if anything.
    pub fn faults(&self) -> Vec<ScoreFault> {
        let checks = [
            (ScoreFault::PriorMean, (1.0..=5.0).contains(&self.prior.mean)),
            (ScoreFault::PriorWeight, (0.0..=1000.0).contains(&self.prior.weight)),
            (ScoreFault::HalfLife, self.half_life_days != Some(0)),
            (ScoreFault::Minimum, self.minimum > 0),
        ];
        checks.into_iter().filter(|(_, fine)| !fine).map(|(fault, _)| fault).collect()
    }

    /// The score of a tally on a day. Answers given later are left out.
    pub fn score(&self, tally: &GradeTally, on: NaiveDate) -> Score {
        let mut score = Score { on, rules: *self, count: 0, weight: 0.0, sum: 0.0, satisfied: 0, criteria: BTreeMap::new() };
        for (day, grades) in tally.until(on) {
            let age = u32::try_from((on - day).num_days()).unwrap_or(0);
            let worth = self.half_life_days.map_or(1.0, |half_life| decay(age, half_life));
            score.count += u64::from(grades.count);
            score.satisfied += u64::from(grades.satisfied);
            score.weight += worth * f64::from(grades.count);
            score.sum += worth * grades.sum();
            for (key, distribution) in &grades.criteria {
                score.criteria.entry(key.clone()).or_default().add(distribution, worth);
            }
        }
        score
    }
}

/// A score on a day, with what it was computed from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Score {
    /// The day.
    pub on: NaiveDate,
    /// The rules.
    pub rules: ScoreRules,
    /// How many ratings count.
    pub count: u64,
    /// What they are worth together on that day.
    pub weight: f64,
    /// The sum of their overall grades, each by what it is worth.
    pub sum: f64,
    /// How many of them have an overall grade of 4 or more.
    pub satisfied: u64,
    /// The same for each criterion that anybody answered.
    pub criteria: BTreeMap<CriterionKey, CriterionScore>,
}

/// What people see of a score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shown {
    /// The score.
    Score(f64),
    /// Not enough ratings, which is not a bad score.
    NotEnough {
        /// How many there are.
        have: u64,
        /// How many are needed.
        need: u32,
    },
}

impl Score {
    /// The mean of the overall grades, newer ones worth more; none without any. For display.
    pub fn mean(&self) -> Option<f64> {
        (self.weight > 0.0).then(|| self.sum / self.weight)
    }

    /// The mean drawn towards what is believed before: for ranking and badges. It exists without any rating.
    pub fn bayesian(&self) -> f64 {
        bayesian_mean(self.rules.prior, self.sum, self.weight)
    }

    /// What people see.
    pub fn shown(&self) -> Shown {
        if self.count < u64::from(self.rules.minimum) {
            return Shown::NotEnough { have: self.count, need: self.rules.minimum };
        }
        Shown::Score(self.bayesian())
    }

    /// Between what two shares the satisfied lie, of 95 in 100 cases.
    pub fn satisfied_share(&self) -> Option<Interval> {
        wilson(self.satisfied, self.count, Z_95)
    }
}

/// What the grades of one criterion come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CriterionScore {
    /// How many gave each grade, from 1 to 5.
    pub distribution: [u64; 5],
    /// What they are worth together.
    pub weight: f64,
    /// The sum of the grades, each by what it is worth.
    pub sum: f64,
}

impl CriterionScore {
    fn add(&mut self, distribution: &[u32; 5], worth: f64) {
        for ((grade, count), total) in (1_u32..).zip(distribution).zip(&mut self.distribution) {
            *total += u64::from(*count);
            self.weight += worth * f64::from(*count);
            self.sum += worth * number(u64::from(grade) * u64::from(*count));
        }
    }

    /// How many answered.
    pub fn count(&self) -> u64 {
        self.distribution.iter().sum()
    }

    /// The mean, newer grades worth more; none without any.
    pub fn mean(&self) -> Option<f64> {
        (self.weight > 0.0).then(|| self.sum / self.weight)
    }

    /// The mean drawn towards what is believed before.
    pub fn bayesian(&self, prior: Prior) -> f64 {
        bayesian_mean(prior, self.sum, self.weight)
    }
}
