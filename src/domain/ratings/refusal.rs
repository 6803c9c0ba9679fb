//! Why something about a rating may not be done.

use chrono::{DateTime, Utc};

use super::super::refusal::Refusal;
use super::super::statements::ComplaintRefusal;
use super::{CriterionKey, InvitationState, ReviewState, Subject};

/// A rule of ratings says no. The sentence may be shown as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RatingRefusal {
    /// A grade outside the scale.
    #[error("A grade is between 1 and 5, and {given} is not.")]
    Grade {
        /// What was given.
        given: i64,
    },
    /// A recommendation outside its scale.
    #[error("A recommendation is between 0 and 10, and {given} is not.")]
    Recommendation {
        /// What was given.
        given: i64,
    },
    /// The criterion does not belong to what is rated.
    #[error("`{key}` is no criterion here.")]
    UnknownCriterion {
        /// What was given.
        key: CriterionKey,
    },
    /// Nothing was answered.
    #[error("At least one question needs an answer.")]
    NothingAnswered,
    /// The invitation does not ask about this.
    #[error("This invitation does not ask about that.")]
    NotAskedAbout {
        /// What was rated.
        subject: Subject,
    },
    /// The invitation is used, over or called off.
    #[error("This invitation is {state} already.")]
    InvitationOver {
        /// How it ended.
        state: InvitationState,
    },
    /// The invitation was not sent yet.
    #[error("This invitation was not sent yet.")]
    InvitationNotSent,
    /// Where the review stands does not allow it.
    #[error("This is not possible while the review is {state}.")]
    NotNow {
        /// Where it stands.
        state: ReviewState,
    },
    /// The only reply was given.
    #[error("There is a reply to this review already. Whoever gave it changes it by the `revision` that they saw.")]
    RepliedAlready,
    /// A reply that everybody would read tells how to reach somebody.
    #[error("A reply is public: take out addresses, telephone numbers, links and other personal data.")]
    PersonalData,
    /// There is no reply yet.
    #[error("There is no reply to this review yet.")]
    NoReply,
    /// It has been reported for this by the same.
    #[error("You have reported this review already.")]
    ReportedAlready,
    /// The report is not open.
    #[error("This report was decided already.")]
    ReportDecided,
    /// A moment that cannot be.
    #[error("The experience cannot lie in the future.")]
    ExperienceAhead {
        /// What was given.
        given: DateTime<Utc>,
    },
    /// The complaint cannot be lodged or answered.
    #[error(transparent)]
    Complaint(#[from] ComplaintRefusal),
    /// A text is missing or too long.
    #[error(transparent)]
    Text(#[from] Refusal),
}

impl From<RatingRefusal> for Refusal {
    fn from(refusal: RatingRefusal) -> Self {
        match refusal {
            RatingRefusal::Text(refusal) | RatingRefusal::Complaint(ComplaintRefusal::Text(refusal)) => refusal,
            RatingRefusal::InvitationOver { state } => Self::InvitationOver { state },
            RatingRefusal::InvitationNotSent
            | RatingRefusal::NotNow { .. }
            | RatingRefusal::RepliedAlready
            | RatingRefusal::NoReply
            | RatingRefusal::ReportedAlready
            | RatingRefusal::ReportDecided
            | RatingRefusal::Complaint(_) => Self::NotNow { message: refusal.to_string() },
            RatingRefusal::Grade { .. }
            | RatingRefusal::Recommendation { .. }
            | RatingRefusal::UnknownCriterion { .. }
            | RatingRefusal::NothingAnswered
            | RatingRefusal::NotAskedAbout { .. }
            | RatingRefusal::PersonalData
            | RatingRefusal::ExperienceAhead { .. } => Self::Invalid { message: refusal.to_string() },
        }
    }
}
