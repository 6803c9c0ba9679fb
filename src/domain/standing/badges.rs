//! Badges: what sellers get for good service, by rules that are looked at every period; award and loss keep the numbers.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::super::ids::{BadgeAwardId, SellerId};
use super::super::scorecards::{Direction, Measure, MeasureStatus, Scorecard};
use super::SellerStanding;

/// The short name of a badge: `top_seller`. Lower-case letters, digits and underscores, at most 40.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BadgeKey(String);

/// A text that cannot be the short name of a badge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a badge's key has 1 to {LIMIT} lower-case letters, digits and underscores, beginning with a letter")]
pub struct MalformedBadge;

const LIMIT: usize = 40;

impl TryFrom<String> for BadgeKey {
    type Error = MalformedBadge;

    fn try_from(text: String) -> Result<Self, MalformedBadge> {
        let fits = text.len() <= LIMIT
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if fits { Ok(Self(text)) } else { Err(MalformedBadge) }
    }
}

impl From<BadgeKey> for String {
    fn from(key: BadgeKey) -> Self {
        key.0
    }
}

impl fmt::Display for BadgeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a badge asks for in one measure: this or better.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BadgeCondition {
    /// Which measure.
    pub measure: Measure,
    /// How good, in its unit.
    pub bound: f64,
}

/// A badge and what it takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BadgeRule {
    /// Its short name.
    pub key: BadgeKey,
    /// How people call it, by language tag.
    pub labels: BTreeMap<String, String>,
    /// All of this.
    pub conditions: Vec<BadgeCondition>,
}

/// What is wrong with the rule of a badge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadgeFault {
    /// Everybody would have it.
    #[error("A badge needs at least one condition.")]
    NoCondition,
    /// Nobody could read it.
    #[error("A badge needs a label in at least one language.")]
    NoLabel,
    /// A measure without a rule of the scorecard is never read.
    #[error("The scorecard has no rule for a measure of this badge.")]
    NotMeasured,
}

/// A condition with what was read.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConditionRead {
    /// What is asked for.
    pub condition: BadgeCondition,
    /// What was read.
    pub value: Option<f64>,
    /// Of how many.
    pub sample: u64,
    /// Whether that is enough to judge, and good enough.
    pub verdict: Met,
}

/// Whether a condition is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Met {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// Too few to judge.
    NotEnough,
}

/// A badge that a seller holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BadgeAward {
    /// Our id.
    pub id: BadgeAwardId,
    /// Whose.
    pub seller: SellerId,
    /// Which badge.
    pub badge: BadgeKey,
    /// Since when.
    pub since: NaiveDate,
}

/// What became of a badge in a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BadgeChange {
    /// The seller has it now.
    Awarded(BadgeAward),
    /// The seller keeps it.
    Kept(BadgeAward),
    /// The seller has it no longer.
    Lost(BadgeAward),
    /// The seller did not have it, and does not.
    NotAwarded,
}

/// What a look at a badge found: written down with the numbers, whatever it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BadgeReview {
    /// Of which seller.
    pub seller: SellerId,
    /// At which badge.
    pub badge: BadgeKey,
    /// On which day.
    pub on: NaiveDate,
    /// How the seller stood: whoever is restricted or worse has no badge.
    pub standing: SellerStanding,
    /// What was read.
    pub conditions: Vec<ConditionRead>,
    /// What became of it.
    pub change: BadgeChange,
}

impl BadgeRule {
    /// What is wrong with it, where these measures are read.
    pub fn faults(&self, measured: &[Measure]) -> Vec<BadgeFault> {
        let checks = [
            (BadgeFault::NoCondition, !self.conditions.is_empty()),
            (BadgeFault::NoLabel, self.labels.values().any(|label| !label.trim().is_empty())),
            (BadgeFault::NotMeasured, self.conditions.iter().all(|condition| measured.contains(&condition.measure))),
        ];
        checks.into_iter().filter(|(_, fine)| !fine).map(|(fault, _)| fault).collect()
    }

    /// Looks at a seller's card.
    pub fn review(&self, card: &Scorecard, standing: SellerStanding, held: Option<BadgeAward>) -> BadgeReview {
        let conditions: Vec<_> = self.conditions.iter().map(|condition| condition.read(card)).collect();
        let earned =
            !conditions.is_empty() && conditions.iter().all(|read| read.verdict == Met::Yes) && standing < SellerStanding::Restricted;
        let change = match (earned, held) {
            (true, None) => {
                let (seller, badge, since) = (card.seller, self.key.clone(), card.on);
                BadgeChange::Awarded(BadgeAward { id: BadgeAwardId::generate(), seller, badge, since })
            }
            (true, Some(award)) => BadgeChange::Kept(award),
            (false, Some(award)) => BadgeChange::Lost(award),
            (false, None) => BadgeChange::NotAwarded,
        };
        BadgeReview { seller: card.seller, badge: self.key.clone(), on: card.on, standing, conditions, change }
    }
}

impl BadgeCondition {
    fn read(self, card: &Scorecard) -> ConditionRead {
        let line = card.line(self.measure);
        let (value, sample) = line.map_or((None, 0), |line| (line.reading.value, line.reading.sample));
        let verdict = match (value, line.map(|line| line.status)) {
            (None, _) | (_, None | Some(MeasureStatus::NotEnough)) => Met::NotEnough,
            (Some(value), _) => {
                let good = match self.measure.direction() {
                    Direction::HigherIsBetter => value >= self.bound,
                    Direction::LowerIsBetter => value <= self.bound,
                };
                if good { Met::Yes } else { Met::No }
            }
        };
        ConditionRead { condition: self, value, sample, verdict }
    }
}
