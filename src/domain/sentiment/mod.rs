//! How a message sounds: from strongly negative to positive, in French and in English, without leaving the machine.
//!
//! Word lists and a handful of rules decide, in the manner of VADER (Hutto and Gilbert, ICWSM 2014): each known word has a
//! valence, which negations, intensifiers, capitals and exclamation marks change; "but" moves the weight to what comes after it.
//! The result is the same everywhere and for ever: only whole numbers, no clock, no chance. It sorts and raises messages; it is
//! far from good enough to refuse, delay or lower anybody's. Accuracy on real reviews: see `ACCURACY.md` beside this file.

mod clean;
mod language;
mod lexicon;
mod rules;
#[cfg(test)]
mod tests;
mod words;

use serde::{Deserialize, Serialize};

pub use clean::own_words;
pub use language::Language;

/// How much of a message is read, in characters; what follows is left out. A longer text is a log or a quotation.
pub const LONGEST: usize = 20_000;

/// At or below this score a message is strongly negative. Tuned on the tuning halves named in `ACCURACY.md`.
const STRONGLY_NEGATIVE: i32 = -740;
/// At or below this score a message is negative.
const NEGATIVE: i32 = -60;
/// At or above this score a message is positive.
const POSITIVE: i32 = 150;

/// How many words are shown as evidence.
const MOST_EVIDENCE: usize = 5;

/// How a message sounds, in thousandths: from -1000, as bad as can be, over 0, neutral, to 1000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "i32", into = "i32")]
pub struct Score(i32);

impl Score {
    /// Neither good nor bad.
    pub const NEUTRAL: Self = Self(0);

    /// The thousandths.
    pub const fn thousandths(self) -> i32 {
        self.0
    }

    /// The class the score falls into.
    pub const fn label(self) -> Label {
        if self.0 <= STRONGLY_NEGATIVE {
            Label::StronglyNegative
        } else if self.0 <= NEGATIVE {
            Label::Negative
        } else if self.0 < POSITIVE {
            Label::Neutral
        } else {
            Label::Positive
        }
    }
}

impl TryFrom<i32> for Score {
    type Error = OutOfRange;

    fn try_from(given: i32) -> Result<Self, OutOfRange> {
        if (-1000..=1000).contains(&given) { Ok(Self(given)) } else { Err(OutOfRange { given }) }
    }
}

impl From<Score> for i32 {
    fn from(score: Score) -> Self {
        score.0
    }
}

/// The number is no score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{given} is not a score: those go from -1000 to 1000")]
pub struct OutOfRange {
    /// What was given.
    pub given: i32,
}

/// The class of a message, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Label {
    /// Hostile or in distress; somebody should look soon.
    StronglyNegative,
    /// Something is wrong.
    Negative,
    /// A question, a fact, or nothing that we can read.
    Neutral,
    /// Content or thankful.
    Positive,
}

/// A word or phrase that weighed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The words, in lower case: `never arrived`.
    pub words: String,
    /// What they added, in thousandths of valence after the rules: below zero pulls the score down. Not on the score's scale.
    pub pull: i32,
}

/// How a message sounds, and why we say so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentiment {
    /// The number, for sorting.
    pub score: Score,
    /// The class, for rules.
    pub label: Label,
    /// The language it was read in; none when we cannot tell, and then the score is neutral.
    pub language: Option<Language>,
    /// The few words that decided, strongest first; five at most.
    pub evidence: Vec<Evidence>,
}

impl Sentiment {
    const fn neutral(language: Option<Language>) -> Self {
        Self { score: Score::NEUTRAL, label: Score::NEUTRAL.label(), language, evidence: Vec::new() }
    }
}

/// Reads a message, without what it quotes and without its signature.
///
/// `hint` is the language its writer is known to use. It decides only where the text itself does not: a buyer with a French
/// profile may write in English. Costs time in proportion to the text, of which [`LONGEST`] characters are read.
pub fn assess(text: &str, hint: Option<Language>) -> Sentiment {
    let end = text.char_indices().nth(LONGEST).map_or(text.len(), |(at, _)| at);
    let own = clean::own_words(text.get(..end).unwrap_or_default());
    let Some(language) = language::of(&own, hint) else {
        return Sentiment::neutral(None);
    };
    let found = rules::weigh(&own, language);
    let mut evidence = found.evidence;
    // Stable, so that words of equal pull stay in the order of the text.
    evidence.sort_by_key(|each| std::cmp::Reverse(each.pull.unsigned_abs()));
    evidence.truncate(MOST_EVIDENCE);
    Sentiment { score: found.score, label: found.score.label(), language: Some(language), evidence }
}
