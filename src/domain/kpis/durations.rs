//! Times, counted so that they merge: exact count and sum, and a histogram for the middle and the tail.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::calendar::Percent;
use super::figures::number;

/// By how much a percentile may be off, as a share of itself. Times below 128 seconds are exact.
pub const RELATIVE_ERROR: f64 = 1.0 / 128.0;

/// Below this every second has a bucket of its own; above, every power of two is cut into half as many buckets.
const EXACT: u32 = 128;
const CUTS: u32 = EXACT / 2;

/// Times in whole seconds. At most 1728 buckets, however many times; removing a time that was added leaves no trace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Durations {
    count: u64,
    seconds: u64,
    buckets: BTreeMap<u32, u64>,
}

impl Durations {
    /// One time more.
    pub fn add(&mut self, seconds: u32) {
        self.count += 1;
        self.seconds += u64::from(seconds);
        *self.buckets.entry(bucket(seconds)).or_default() += 1;
    }

    /// Without other times; none when they were not all in it. What was added and removed leaves no trace.
    #[must_use]
    pub fn less(&self, other: &Self) -> Option<Self> {
        let mut buckets = self.buckets.clone();
        for (bucket, count) in &other.buckets {
            let left = buckets.remove(bucket)?.checked_sub(*count)?;
            if left > 0 {
                buckets.insert(*bucket, left);
            }
        }
        Some(Self { count: self.count.checked_sub(other.count)?, seconds: self.seconds.checked_sub(other.seconds)?, buckets })
    }

    /// Takes other times in.
    pub fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.seconds += other.seconds;
        for (bucket, count) in &other.buckets {
            *self.buckets.entry(*bucket).or_default() += count;
        }
    }

    /// How many.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The mean in seconds, exact; none of nothing.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| number(self.seconds) / number(self.count))
    }

    /// The time in seconds that so many per cent do not exceed (the nearest rank), within [`RELATIVE_ERROR`]; none of nothing.
    pub fn percentile(&self, percent: Percent) -> Option<f64> {
        self.at_rank((self.count * u64::from(u8::from(percent))).div_ceil(100))
    }

    fn at_rank(&self, rank: u64) -> Option<f64> {
        let mut seen = 0;
        let found = self.buckets.iter().find(|(_, count)| {
            seen += **count;
            seen >= rank
        });
        found.map(|(bucket, _)| middle(*bucket))
    }

    /// The middle one in seconds, within [`RELATIVE_ERROR`]; of an even number the mean of the two in the middle.
    pub fn median(&self) -> Option<f64> {
        let (lower, upper) = (self.at_rank(self.count.div_ceil(2))?, self.at_rank(self.count / 2 + 1)?);
        Some(f64::midpoint(lower, upper))
    }
}

/// The bucket of a time. Buckets sort like the times in them.
const fn bucket(seconds: u32) -> u32 {
    if seconds < EXACT {
        return seconds;
    }
    let shift = seconds.ilog2() - CUTS.ilog2();
    CUTS * shift + (seconds >> shift)
}

/// The middle of the times that share a bucket.
fn middle(bucket: u32) -> f64 {
    if bucket < EXACT {
        return f64::from(bucket);
    }
    let shift = bucket / CUTS - 1;
    let first = u64::from(bucket - CUTS * shift) << shift;
    let last = first + (1 << shift) - 1;
    f64::midpoint(number(first), number(last))
}
