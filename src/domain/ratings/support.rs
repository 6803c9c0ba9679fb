//! Support ratings: one per case counts, whoever asked for it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::super::ids::{CaseId, RatingId};
use super::{Grade, SupportAnswers};

/// Who asks the buyer after a case. The other keeps silent, so that nobody is asked twice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SurveyedBy {
    /// Trilogue, with an invitation.
    #[default]
    Trilogue,
    /// The helpdesk, with its own survey.
    Helpdesk,
}

/// Where a support rating came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SupportSource {
    /// An invitation of ours.
    Invitation,
    /// The helpdesk's satisfaction survey.
    Helpdesk,
}

/// What a buyer said of the support.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SupportRating {
    /// Our id.
    pub id: RatingId,
    /// Of which case.
    pub case: CaseId,
    /// Where it came from.
    pub source: SupportSource,
    /// The grade of satisfaction: the helpdesk's, or the one for the outcome.
    pub satisfaction: Option<Grade>,
    /// What else was asked.
    pub answers: SupportAnswers,
    /// When it was given.
    pub at: DateTime<Utc>,
}

/// Which of two says more: ours before the helpdesk's; of two from the same source the later, in which the buyer thought again.
fn rank(rating: &SupportRating) -> (bool, DateTime<Utc>, RatingId) {
    (rating.source == SupportSource::Invitation, rating.at, rating.id)
}

/// The ratings that count: one of each case, that which says most.
pub fn one_per_case(ratings: impl IntoIterator<Item = SupportRating>) -> BTreeMap<CaseId, SupportRating> {
    let mut counted = BTreeMap::<CaseId, SupportRating>::new();
    for rating in ratings {
        match counted.get(&rating.case) {
            Some(standing) if rank(standing) >= rank(&rating) => {}
            _ => {
                counted.insert(rating.case, rating);
            }
        }
    }
    counted
}

/// What the ratings of one case come to in one question. Who answers a question to us and another to the helpdesk has answered both.
pub fn answered<'a, T>(ratings: impl IntoIterator<Item = &'a SupportRating>, question: impl Fn(&SupportRating) -> Option<T>) -> Option<T> {
    let given = ratings.into_iter().filter_map(|rating| Some((rank(rating), question(rating)?)));
    given.max_by_key(|(rank, _)| *rank).map(|(_, answer)| answer)
}
