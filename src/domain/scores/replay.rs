//! The log from which a score of any moment can be told, and why a rating does not count.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::super::disputes::{CountsAgainstSeller, Decider, Decision, Fault};
use super::super::hands::StaffId;
use super::super::ids::{DisputeId, RatingId};
use super::super::ratings::{Answers, Criteria, CriteriaVersion};
use super::tally::{Counted, GradeTally};

/// Every version of a marketplace's criteria: old answers are counted as they were asked.
#[derive(Debug, Clone, Default)]
pub struct CriteriaHistory(BTreeMap<CriteriaVersion, Criteria>);

impl CriteriaHistory {
    /// The criteria of a version; none of one that nobody knows.
    pub fn of(&self, version: CriteriaVersion) -> Option<&Criteria> {
        self.0.get(&version)
    }
}

impl FromIterator<Criteria> for CriteriaHistory {
    fn from_iter<I: IntoIterator<Item = Criteria>>(versions: I) -> Self {
        Self(versions.into_iter().map(|criteria| (criteria.version, criteria)).collect())
    }
}

/// Why a score cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScoreError {
    /// Answers to questions that nobody knows any more.
    #[error("the criteria of version {} are not known", version.0)]
    UnknownCriteria {
        /// Which version.
        version: CriteriaVersion,
    },
}

/// Why a rating no longer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StopReason {
    /// Its author took it back.
    Withdrawn,
    /// It was removed.
    Removed,
    /// Another answer about the same case counts.
    AskedTwice,
}

/// That a rating of a seller is left out of its score after a dispute, by whom and why. The review stays published: only the
/// score changes, as hiding it would hide what the buyer has lived through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Exclusion {
    /// After which dispute.
    pub dispute: DisputeId,
    /// Who was at fault.
    pub fault: Fault,
    /// Who decided.
    pub by: StaffId,
    /// Why.
    pub reasons: String,
}

impl Exclusion {
    /// The exclusion that a decision brings; none when the seller was at fault, when the decision counts against it, or when
    /// nobody examined who was right.
    pub fn by(dispute: DisputeId, decision: &Decision) -> Option<Self> {
        let Decider::Person(staff) = &decision.by else { return None };
        let innocent = decision.fault != Fault::Seller && decision.counts == CountsAgainstSeller::DoesNotCount;
        innocent.then(|| Self { dispute, fault: decision.fault, by: staff.clone(), reasons: decision.statement.clone() })
    }
}

/// What happened to whether and how a rating counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub enum ScoreChange {
    /// It counts with these answers from now on.
    Counts {
        /// The answers.
        answers: Answers,
        /// The day they were given, by which they age.
        given_on: NaiveDate,
    },
    /// It counts no longer.
    Stops {
        /// Why.
        why: StopReason,
    },
    /// It is left out of the seller's score.
    Excluded(Exclusion),
    /// It is not left out any more: the decision was changed on appeal.
    Included,
}

/// One line of the log. Lines are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScoreEvent {
    /// Which rating.
    pub rating: RatingId,
    /// The how-manieth change of this rating it is, from 1.
    pub revision: i32,
    /// Since when.
    pub at: DateTime<Utc>,
    /// What.
    pub change: ScoreChange,
}

/// Where one rating stands: the last word on its answers, and the last on its exclusion, each with its revision.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Standing {
    content: (i32, Option<Counted>),
    excluded: (i32, Option<Exclusion>),
}

impl Standing {
    fn counted(&self) -> Option<&Counted> {
        self.content.1.as_ref().filter(|_| self.excluded.1.is_none())
    }
}

/// The ratings of one seller, product or support team as they count now, kept up with each event. Events may come in any
/// order and more than once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScoreLog {
    standings: BTreeMap<RatingId, Standing>,
    tally: GradeTally,
}

impl ScoreLog {
    /// What the events until `at` come to.
    pub fn replay<'a>(
        events: impl IntoIterator<Item = &'a ScoreEvent>,
        at: DateTime<Utc>,
        criteria: &CriteriaHistory,
    ) -> Result<Self, ScoreError> {
        let mut log = Self::default();
        for event in events.into_iter().filter(|event| event.at <= at) {
            log.apply(event, criteria)?;
        }
        Ok(log)
    }

    /// Takes an event in.
    pub fn apply(&mut self, event: &ScoreEvent, criteria: &CriteriaHistory) -> Result<(), ScoreError> {
        let content = match &event.change {
            ScoreChange::Counts { answers, given_on } => {
                let version = answers.criteria();
                let asked = criteria.0.get(&version).ok_or(ScoreError::UnknownCriteria { version })?;
                Some(Counted::new(answers, asked, *given_on))
            }
            _ => None,
        };
        let standing = self.standings.entry(event.rating).or_default();
        if let Some(counted) = standing.counted() {
            self.tally.remove(counted);
        }
        match &event.change {
            ScoreChange::Counts { .. } | ScoreChange::Stops { .. } => newest(&mut standing.content, event.revision, content),
            ScoreChange::Excluded(exclusion) => newest(&mut standing.excluded, event.revision, Some(exclusion.clone())),
            ScoreChange::Included => newest(&mut standing.excluded, event.revision, None),
        }
        if let Some(counted) = standing.counted() {
            self.tally.add(counted);
        }
        Ok(())
    }

    /// The grades that count.
    pub const fn tally(&self) -> &GradeTally {
        &self.tally
    }

    /// What is left out, and why: shown beside the score.
    pub fn excluded(&self) -> impl Iterator<Item = (RatingId, &Exclusion)> {
        self.standings.iter().filter_map(|(rating, standing)| standing.excluded.1.as_ref().map(|exclusion| (*rating, exclusion)))
    }
}

fn newest<T>(standing: &mut (i32, Option<T>), revision: i32, value: Option<T>) {
    if revision > standing.0 {
        *standing = (revision, value);
    }
}
