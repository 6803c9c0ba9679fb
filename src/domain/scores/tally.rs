//! Grades counted by day: what is kept so that a score need not read every answer.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::super::ratings::{Answers, Criteria, CriterionKey, Grade};
use super::formulas::number;

/// An overall grade of 1, in the unit that sums are kept in. Whole numbers add up alike in any order; what rounding takes
/// from one answer is below a millionth of a grade.
const MILLION: u64 = 1_000_000;

/// What one rating adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    given_on: NaiveDate,
    grades: Vec<(CriterionKey, Grade)>,
    overall: Option<u64>,
}

impl Counted {
    /// What answers add, by the criteria that they were asked with.
    pub fn new(answers: &Answers, criteria: &Criteria, given_on: NaiveDate) -> Self {
        let weighted = answers.grades().iter().map(|(key, grade)| (criteria.weight(answers.subject(), key).0, grade.get()));
        let (sum, weights) = weighted.fold((0_u64, 0_u64), |(sum, weights), (weight, grade)| {
            (sum + u64::from(weight) * u64::from(grade), weights + u64::from(weight))
        });
        let overall = (weights > 0).then(|| (sum * MILLION + weights / 2) / weights);
        Self { given_on, grades: answers.grades().iter().map(|(key, grade)| (key.clone(), *grade)).collect(), overall }
    }

    /// The overall grade, in millionths; none when no criterion that counts was answered.
    pub fn overall_millionths(&self) -> Option<i64> {
        self.overall.and_then(|overall| i64::try_from(overall).ok())
    }
}

/// The grades of one day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DayGrades {
    /// How many ratings have an overall grade.
    pub count: u32,
    /// How many of them have one of 4 or more.
    pub satisfied: u32,
    millionths: u64,
    /// How many gave each grade, from 1 to 5, to each criterion that was answered.
    pub criteria: BTreeMap<CriterionKey, [u32; 5]>,
}

impl DayGrades {
    /// The sum of the overall grades.
    pub fn sum(&self) -> f64 {
        number(self.millionths) / number(MILLION)
    }

    fn is_empty(&self) -> bool {
        self.count == 0 && self.criteria.is_empty()
    }

    fn less(&mut self, other: &Self) -> Result<(), NotCounted> {
        self.count = self.count.checked_sub(other.count).ok_or(NotCounted)?;
        self.satisfied = self.satisfied.checked_sub(other.satisfied).ok_or(NotCounted)?;
        self.millionths = self.millionths.checked_sub(other.millionths).ok_or(NotCounted)?;
        for (key, counts) in &other.criteria {
            let mine = self.criteria.get_mut(key).ok_or(NotCounted)?;
            for (mine, count) in mine.iter_mut().zip(counts) {
                *mine = mine.checked_sub(*count).ok_or(NotCounted)?;
            }
        }
        self.criteria.retain(|_, counts| counts.iter().any(|count| *count > 0));
        Ok(())
    }

    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.satisfied += other.satisfied;
        self.millionths += other.millionths;
        for (key, counts) in &other.criteria {
            let mine = self.criteria.entry(key.clone()).or_default();
            mine.iter_mut().zip(counts).for_each(|(mine, count)| *mine += count);
        }
    }
}

/// Something was to be taken out of a tally that was never in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("these ratings were not counted")]
pub struct NotCounted;

/// Grades by day. Two tallies of different ratings merge into the tally of all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GradeTally {
    days: BTreeMap<NaiveDate, DayGrades>,
}

impl GradeTally {
    /// Counts a rating.
    pub fn add(&mut self, counted: &Counted) {
        let day = self.days.entry(counted.given_on).or_default();
        if let Some(overall) = counted.overall {
            day.count += 1;
            day.satisfied += u32::from(is_satisfied(overall));
            day.millionths += overall;
        }
        for (key, grade) in &counted.grades {
            if let Some(count) = day.criteria.entry(key.clone()).or_default().get_mut(place(*grade)) {
                *count += 1;
            }
        }
    }

    /// No longer counts a rating that was counted.
    pub fn remove(&mut self, counted: &Counted) {
        let Some(day) = self.days.get_mut(&counted.given_on) else { return };
        if let Some(overall) = counted.overall {
            day.count = day.count.saturating_sub(1);
            day.satisfied = day.satisfied.saturating_sub(u32::from(is_satisfied(overall)));
            day.millionths = day.millionths.saturating_sub(overall);
        }
        for (key, grade) in &counted.grades {
            if let Some(count) = day.criteria.get_mut(key).and_then(|counts| counts.get_mut(place(*grade))) {
                *count = count.saturating_sub(1);
            }
        }
        day.criteria.retain(|_, counts| counts.iter().any(|count| *count > 0));
        if day.is_empty() {
            self.days.remove(&counted.given_on);
        }
    }

    /// Takes the ratings of another tally in.
    pub fn merge(&mut self, other: &Self) {
        for (day, grades) in &other.days {
            self.days.entry(*day).or_default().merge(grades);
        }
    }

    /// The tally day by day.
    pub fn by_day(&self) -> impl Iterator<Item = (NaiveDate, Self)> {
        self.days.iter().map(|(day, grades)| (*day, Self { days: BTreeMap::from([(*day, grades.clone())]) }))
    }

    /// Takes the ratings of another tally out, which were counted in it; says when they were not.
    pub fn less(&mut self, other: &Self) -> Result<(), NotCounted> {
        for (day, grades) in &other.days {
            let mine = self.days.get_mut(day).ok_or(NotCounted)?;
            mine.less(grades)?;
            if mine.is_empty() {
                self.days.remove(day);
            }
        }
        Ok(())
    }

    /// The grades of the days from `first` on alone.
    #[must_use]
    pub fn since(&self, first: NaiveDate) -> Self {
        Self { days: self.days.range(first..).map(|(day, grades)| (*day, grades.clone())).collect() }
    }

    /// The days up to and with `last`, in order.
    pub fn until(&self, last: NaiveDate) -> impl Iterator<Item = (NaiveDate, &DayGrades)> {
        self.days.range(..=last).map(|(day, grades)| (*day, grades))
    }
}

const fn is_satisfied(overall: u64) -> bool {
    overall >= Grade::SATISFIED.get() as u64 * MILLION
}

const fn place(grade: Grade) -> usize {
    grade.get() as usize - 1
}
