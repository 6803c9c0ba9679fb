//! What somebody answered. A question without an answer has no grade; it never counts as a bad one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Criteria, CriteriaVersion, CriterionKey, Grade, RatingRefusal, Subject};

/// The grades that somebody gave, to at least one of the criteria.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answers {
    subject: Subject,
    criteria: CriteriaVersion,
    grades: BTreeMap<CriterionKey, Grade>,
}

impl Answers {
    /// Answers to the questions of a subject, if each is one of them.
    pub fn new(criteria: &Criteria, subject: Subject, grades: BTreeMap<CriterionKey, Grade>) -> Result<Self, RatingRefusal> {
        if let Some(key) = grades.keys().find(|key| criteria.of(subject).iter().all(|one| one.key != **key)) {
            return Err(RatingRefusal::UnknownCriterion { key: key.clone() });
        }
        if grades.is_empty() { Err(RatingRefusal::NothingAnswered) } else { Ok(Self { subject, criteria: criteria.version, grades }) }
    }

    /// What was rated.
    pub const fn subject(&self) -> Subject {
        self.subject
    }

    /// By which version of the criteria.
    pub const fn criteria(&self) -> CriteriaVersion {
        self.criteria
    }

    /// The grades.
    pub const fn grades(&self) -> &BTreeMap<CriterionKey, Grade> {
        &self.grades
    }

    /// The weighted mean of the grades that were given, for display beside the one rating; none when none of them counts.
    ///
    /// Floating point on purpose, here and in all statistics: nothing is paid by them, and logarithms and roots have no
    /// exact form anyway. What must add up exactly (counts, money, times) are whole numbers.
    pub fn overall(&self, criteria: &Criteria) -> Option<f64> {
        let weighted = self.grades.iter().map(|(key, grade)| (criteria.weight(self.subject, key).0, grade.get()));
        let (sum, weights) = weighted.fold((0_u32, 0_u32), |(sum, weights), (weight, grade)| {
            (sum + u32::from(weight) * u32::from(grade), weights + u32::from(weight))
        });
        (weights > 0).then(|| f64::from(sum) / f64::from(weights))
    }

    /// The grade by which a buyer counts as satisfied with the support: that of the outcome, where it is asked and answered; else
    /// the overall one, rounded.
    pub fn satisfaction(&self, criteria: &Criteria) -> Option<Grade> {
        let outcome = self.grades.iter().find(|(key, _)| key.as_str() == "outcome").map(|(_, grade)| *grade);
        outcome.or_else(|| {
            let overall = self.overall(criteria)?.round();
            (1..=5).find(|grade| (f64::from(*grade) - overall).abs() < 0.5).and_then(|grade| Grade::try_from(i64::from(grade)).ok())
        })
    }

    /// Whether something should be done better: a grade below 3.
    pub fn is_negative(&self) -> bool {
        self.grades.values().any(|grade| grade.get() < 3)
    }
}

/// How likely somebody is to recommend the marketplace, 0 to 10.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Recommendation(u8);

impl Recommendation {
    /// As a number.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<i64> for Recommendation {
    type Error = RatingRefusal;

    fn try_from(given: i64) -> Result<Self, RatingRefusal> {
        match u8::try_from(given) {
            Ok(score @ 0..=10) => Ok(Self(score)),
            _ => Err(RatingRefusal::Recommendation { given }),
        }
    }
}

impl From<Recommendation> for i64 {
    fn from(recommendation: Recommendation) -> Self {
        Self::from(recommendation.0)
    }
}

/// Whether the buyer says that the matter is solved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Solved {
    /// It is.
    Yes,
    /// It is not.
    No,
}

/// What is asked with the support rating beside its criteria.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SupportAnswers {
    /// Whether it was solved; none without an answer.
    pub solved: Option<Solved>,
    /// Whether the buyer recommends the marketplace; none without an answer.
    pub recommendation: Option<Recommendation>,
}
