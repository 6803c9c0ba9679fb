//! Why something about a seller's standing may not be done.

use chrono::{DateTime, Utc};

use super::super::refusal::Refusal;
use super::super::statements::ComplaintRefusal;

/// A rule of sanctions says no. The sentence may be shown as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StandingRefusal {
    /// A rule over measures may warn, and no more.
    #[error("Only a person can decide anything beyond a warning.")]
    NeedsPerson,
    /// The seller was not warned.
    #[error("The seller must be warned first, unless the matter is grave.")]
    NotWarned,
    /// The seller still has time to put it right.
    #[error("The seller has until {until} to put it right.")]
    TimeToFix {
        /// Until when.
        until: DateTime<Utc>,
    },
    /// A warning without time to put it right.
    #[error("A warning must leave a day at least to put it right.")]
    NoTimeToFix,
    /// The seller would learn of it afterwards.
    #[error("It cannot take effect before the seller is told why.")]
    EffectBeforeStatement,
    /// Less notice than the law gives.
    #[error("The end of a seller's account must be announced before; it can take effect at {earliest}.")]
    TooSoon {
        /// The first moment at which it can take effect.
        earliest: DateTime<Utc>,
    },
    /// Only an account that is suspended is ended, but for the law's exceptions.
    #[error("The seller must be suspended before the account can be ended.")]
    NotSuspended,
    /// Repeated infringements, and not one before.
    #[error("Nothing was decided against the seller before, so nothing is repeated.")]
    NotRepeated,
    /// It is in force already.
    #[error("The same, or more, is in force already.")]
    AlreadyInForce,
    /// It was lifted already.
    #[error("It was lifted already.")]
    AlreadyLifted,
    /// The sanction is another seller's.
    #[error("Your access does not allow this.")]
    NotYours,
    /// The measures are not back within bounds for a full window.
    #[error("The measures have not been within their bounds for a full window.")]
    NotRecovered,
    /// The complaint cannot be lodged or answered.
    #[error(transparent)]
    Complaint(#[from] ComplaintRefusal),
    /// A text is missing or too long.
    #[error(transparent)]
    Text(#[from] Refusal),
}

impl From<StandingRefusal> for Refusal {
    fn from(refusal: StandingRefusal) -> Self {
        match refusal {
            StandingRefusal::Text(refusal) | StandingRefusal::Complaint(ComplaintRefusal::Text(refusal)) => refusal,
            StandingRefusal::NotYours | StandingRefusal::NeedsPerson => Self::NotAllowed,
            StandingRefusal::NoTimeToFix | StandingRefusal::EffectBeforeStatement | StandingRefusal::TooSoon { .. } => {
                Self::Invalid { message: refusal.to_string() }
            }
            _ => Self::NotNow { message: refusal.to_string() },
        }
    }
}
