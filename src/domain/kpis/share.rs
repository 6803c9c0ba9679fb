//! Shares and net promoters, as counts: they merge, percentages do not.

use serde::{Deserialize, Serialize};

use super::super::ratings::Recommendation;
use super::super::scores::{Interval, Z_95, wilson};
use super::figures::number;

/// So many out of so many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Those that are counted for something.
    pub hits: u64,
    /// All that could have been.
    pub of: u64,
}

impl Share {
    /// One case more, which is a hit if `hit` says so.
    pub fn count(&mut self, hit: impl FnOnce() -> bool) {
        self.of += 1;
        self.hits += u64::from(hit());
    }

    /// Takes other cases in.
    pub const fn merge(&mut self, other: &Self) {
        self.hits += other.hits;
        self.of += other.of;
    }

    /// Without other cases; none when they were not all in it.
    #[must_use]
    pub fn less(self, other: Self) -> Option<Self> {
        let (hits, of) = (self.hits.checked_sub(other.hits)?, self.of.checked_sub(other.of)?);
        (hits <= of).then_some(Self { hits, of })
    }

    /// In per cent; none of nothing.
    pub fn percent(self) -> Option<f64> {
        (self.of > 0).then(|| 100.0 * number(self.hits) / number(self.of))
    }

    /// Between what two shares the truth lies, in 95 of 100 cases.
    pub fn interval(self) -> Option<Interval> {
        wilson(self.hits, self.of, Z_95)
    }
}

/// How many recommend the marketplace, and how many do not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nps {
    /// 9 and 10.
    pub promoters: u64,
    /// 7 and 8.
    pub passives: u64,
    /// 0 to 6.
    pub detractors: u64,
}

impl Nps {
    fn place(&mut self, answer: Recommendation) -> &mut u64 {
        match answer.get() {
            9.. => &mut self.promoters,
            7..=8 => &mut self.passives,
            _ => &mut self.detractors,
        }
    }

    /// One answer more.
    pub fn count(&mut self, answer: Recommendation) {
        *self.place(answer) += 1;
    }

    /// Takes other answers in.
    pub const fn merge(&mut self, other: &Self) {
        self.promoters += other.promoters;
        self.passives += other.passives;
        self.detractors += other.detractors;
    }

    /// Without other answers; none when they were not all in it.
    #[must_use]
    pub fn less(self, other: Self) -> Option<Self> {
        Some(Self {
            promoters: self.promoters.checked_sub(other.promoters)?,
            passives: self.passives.checked_sub(other.passives)?,
            detractors: self.detractors.checked_sub(other.detractors)?,
        })
    }

    /// How many answered.
    pub const fn answers(self) -> u64 {
        self.promoters + self.passives + self.detractors
    }

    /// Promoters less detractors, in points from -100 to 100 (not per cent); none without answers.
    pub fn points(self) -> Option<f64> {
        let of = self.answers();
        (of > 0).then(|| 100.0 * (number(self.promoters) - number(self.detractors)) / number(of))
    }
}
