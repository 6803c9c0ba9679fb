//! Scores: what the ratings of a product, a seller or the support come to on a given day.
//!
//! A score is computed from raw answers and never kept as the truth: [`ScoreLog::replay`] gives it for any moment of the past.
//! What is kept to be fast is a [`GradeTally`], whole numbers by day, so that neither the order in which answers come nor the
//! way in which they are added up can change a score.
//!
//! The numbers are floating point on purpose: nothing is paid by them, and powers and roots have no exact form. They are
//! reckoned from the whole numbers in one order, by day, so that equal answers give equal scores.

mod about;
mod formulas;
mod replay;
mod rules;
mod tally;

#[cfg(test)]
mod tests;

pub use about::{NothingScored, ScoreAbout};
pub(super) use formulas::number;
pub use formulas::{Interval, Prior, Z_95, bayesian_mean, decay, median, wilson};
pub use replay::{CriteriaHistory, Exclusion, ScoreChange, ScoreError, ScoreEvent, ScoreLog, StopReason};
pub use rules::{CriterionScore, Score, ScoreFault, ScoreRules, Shown};
pub use tally::{Counted, DayGrades, GradeTally, NotCounted};
