//! The formulas.

use serde::{Deserialize, Serialize};

/// The number of standard deviations that holds 95 of 100 cases.
pub const Z_95: f64 = 1.96;

/// What is believed before anybody has rated: so many answers of this grade. Trustpilot counts 7 of 3.5.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Prior {
    /// The grade.
    pub mean: f64,
    /// For how many answers it stands.
    pub weight: f64,
}

/// Between what two shares the truth lies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Interval {
    /// At the least.
    pub low: f64,
    /// At the most.
    pub high: f64,
}

/// The mean of answers that are worth `weight` and sum to `sum`, drawn towards what was believed before; that itself where nothing
/// is worth anything, as answers long past.
pub fn bayesian_mean(prior: Prior, sum: f64, weight: f64) -> f64 {
    let whole = prior.weight + weight;
    if whole > 0.0 { (prior.weight * prior.mean + sum) / whole } else { prior.mean }
}

/// What an answer of that age is still worth: half after each half-life.
pub fn decay(age_days: u32, half_life_days: u16) -> f64 {
    (-f64::from(age_days) / f64::from(half_life_days.max(1))).exp2()
}

/// Wilson's score interval of a share; none of nothing. More hits than cases count as all of them.
pub fn wilson(hits: u64, of: u64, z: f64) -> Option<Interval> {
    if of == 0 {
        return None;
    }
    let n = number(of);
    let p = number(hits.min(of)) / n;
    let middle = p + z * z / (2.0 * n);
    let spread = z * ((p * (1.0 - p) + z * z / (4.0 * n)) / n).sqrt();
    let scale = 1.0 + z * z / n;
    Some(Interval { low: ((middle - spread) / scale).max(0.0), high: ((middle + spread) / scale).min(1.0) })
}

/// The middle of some numbers, of two in the middle their mean; none of nothing.
pub fn median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut sorted: Vec<_> = values.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *sorted.get(sorted.len() / 2 - 1)?;
    Some(f64::midpoint(lower, upper))
}

/// A count as a floating point number: exact below 2^53, which no count of ours reaches.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
pub(in super::super) const fn number(count: u64) -> f64 {
    count as f64
}
