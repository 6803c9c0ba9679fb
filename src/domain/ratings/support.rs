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

/// The ratings that count: one of each case. Ours before the helpdesk's, for it says more; of two from the same source the
/// later, in which the buyer thought again.
pub fn one_per_case(ratings: impl IntoIterator<Item = SupportRating>) -> BTreeMap<CaseId, SupportRating> {
    let rank = |rating: &SupportRating| (rating.source == SupportSource::Invitation, rating.at, rating.id);
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
