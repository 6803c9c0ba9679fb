//! Two channels. What a person can mend is a user error in the payload; what a program or an operator must mend is a
//! top-level error with a code.

use async_graphql::{Enum, Error, ErrorExtensions, SimpleObject};

use super::code::ErrorCode;
use crate::domain::ratings::InvitationState;
use crate::domain::refunds::RefundRefusal;
use crate::domain::refusal::Refusal;
use crate::store::StoreError;
use crate::workflow::{self, Fault};

pub(super) type Result<T, E = Error> = std::result::Result<T, E>;

/// A top-level error with its code.
pub(super) fn coded(code: ErrorCode, message: impl Into<String>) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", code.as_str()))
}

/// An argument that cannot be used.
pub(super) fn bad_input(message: impl Into<String>) -> Error {
    coded(ErrorCode::BadUserInput, message)
}

/// A failure below, logged here once and told without detail.
pub(super) fn internal(error: &dyn std::error::Error) -> Error {
    let cause = std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect::<Vec<_>>().join(": ");
    tracing::error!(cause, "a GraphQL field failed");
    coded(ErrorCode::InternalServerError, "Something went wrong on our side.")
}

/// A failure of the store.
pub(super) fn store(error: &StoreError) -> Error {
    if let StoreError::Unavailable(_) = error {
        tracing::error!(%error, "the database is unavailable");
        return coded(ErrorCode::ServiceUnavailable, "The service is not available for a moment; try again.");
    }
    internal(error)
}

/// A failure of a use case that is no fault of the input.
pub(super) fn failure(error: &workflow::Error) -> Error {
    match error {
        workflow::Error::Store(error) => store(error),
        workflow::Error::Helpdesk(error) => {
            tracing::warn!(%error, "the helpdesk could not be asked while somebody waited");
            coded(ErrorCode::ServiceUnavailable, "The helpdesk does not answer at the moment; try again.")
        }
        workflow::Error::NotFound => coded(ErrorCode::NotFound, "Not found."),
        other => internal(other),
    }
}

/// What is wrong with an input, written for the person at the screen.
#[derive(Debug, Clone, SimpleObject)]
pub(super) struct UserError {
    /// The path to the input field at fault, e.g. `["orders", "0", "total"]`; null when it is the request as a whole.
    field: Option<Vec<String>>,
    /// One sentence that may be shown as it is. English.
    message: String,
    /// What kind of fault it is, for programs.
    code: UserErrorCode,
}

/// The kinds of faults that an input can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum UserErrorCode {
    /// The value cannot be used; the message says why.
    Invalid,
    /// A text is empty or too long.
    Length,
    /// What was named does not exist, or not for this viewer.
    NotFound,
    /// The viewer's access does not allow it.
    NotAllowed,
    /// The state does not allow it.
    NotInThisState,
    /// The operator must escalate the case before writing to buyer and seller.
    EscalateFirst,
    /// The case has no seller yet.
    NoSeller,
    /// A private thread covers cases of one seller only.
    SellersDiffer,
    /// Another seller already takes part in the case.
    OtherSellerTakesPart,
    /// They take part already.
    AlreadyTakesPart,
    /// The idempotency key was used with different content.
    IdempotencyConflict,
    /// A list has too many items.
    TooMany,
    /// The same key stands twice in a list.
    Duplicate,
    /// The invitation to rate was used.
    InvitationUsed,
    /// The invitation to rate has expired, or was called off.
    InvitationExpired,
    /// The marketplace never made this invitation to rate.
    InvitationForged,
    /// It was changed since the revision that the input names.
    WrongRevision,
    /// More than what is left to give.
    AboveMaximum,
    /// More than what this viewer may give alone.
    AboveLimit,
    /// The law gives it; it cannot be refused or made less.
    DueByLaw,
}

const fn code(refusal: &Refusal) -> UserErrorCode {
    match refusal {
        Refusal::NotInThisState { .. }
        | Refusal::NotNow { .. }
        | Refusal::AlreadyWithOperator
        | Refusal::NotForPool { .. }
        | Refusal::Settled { .. } => UserErrorCode::NotInThisState,
        Refusal::NotAllowed | Refusal::FollowOnly => UserErrorCode::NotAllowed,
        Refusal::EscalateFirst => UserErrorCode::EscalateFirst,
        Refusal::PartyNotAdmitted { .. } | Refusal::Invalid { .. } => UserErrorCode::Invalid,
        Refusal::NoSeller => UserErrorCode::NoSeller,
        Refusal::SellersDiffer => UserErrorCode::SellersDiffer,
        Refusal::OtherSellerTakesPart => UserErrorCode::OtherSellerTakesPart,
        Refusal::AlreadyTakesPart => UserErrorCode::AlreadyTakesPart,
        Refusal::KeyUsedDifferently => UserErrorCode::IdempotencyConflict,
        Refusal::Length { .. } => UserErrorCode::Length,
        Refusal::NotFound { .. } => UserErrorCode::NotFound,
        Refusal::TooMany { .. } => UserErrorCode::TooMany,
        Refusal::Twice { .. } => UserErrorCode::Duplicate,
        Refusal::WrongRevision { .. } => UserErrorCode::WrongRevision,
        Refusal::InvitationOver { state: InvitationState::Used } => UserErrorCode::InvitationUsed,
        Refusal::InvitationOver { .. } => UserErrorCode::InvitationExpired,
        Refusal::InvitationForged => UserErrorCode::InvitationForged,
        Refusal::Refund(refusal) => refund_code(refusal),
    }
}

const fn refund_code(refusal: &RefundRefusal) -> UserErrorCode {
    match refusal {
        RefundRefusal::NotInThisState { .. }
        | RefundRefusal::Frozen
        | RefundRefusal::NothingToApprove
        | RefundRefusal::ConsentAwaited
        | RefundRefusal::NoConsentAwaited => UserErrorCode::NotInThisState,
        RefundRefusal::NotAllowed | RefundRefusal::OperatorDecides | RefundRefusal::SameApprover => UserErrorCode::NotAllowed,
        RefundRefusal::NothingLeft | RefundRefusal::AboveLeft { .. } | RefundRefusal::TooManyUnits { .. } => UserErrorCode::AboveMaximum,
        RefundRefusal::AboveSellerLimit { .. } => UserErrorCode::AboveLimit,
        RefundRefusal::DueByLaw | RefundRefusal::BelowDue { .. } | RefundRefusal::NotExcluded | RefundRefusal::ExclusionToJudge => {
            UserErrorCode::DueByLaw
        }
        RefundRefusal::UnknownLine { .. } => UserErrorCode::NotFound,
        RefundRefusal::LineTwice { .. } => UserErrorCode::Duplicate,
        RefundRefusal::Length { .. } => UserErrorCode::Length,
        RefundRefusal::WrongRevision { .. } => UserErrorCode::WrongRevision,
        RefundRefusal::NothingAsked
        | RefundRefusal::FormAndMeans
        | RefundRefusal::NotFull { .. }
        | RefundRefusal::NotALegalClaim
        | RefundRefusal::SharesDoNotSum { .. }
        | RefundRefusal::Money(_)
        | RefundRefusal::Parts(_) => UserErrorCode::Invalid,
    }
}

impl From<Fault> for UserError {
    fn from(fault: Fault) -> Self {
        let code = code(&fault.refusal);
        Self { field: (!fault.path.is_empty()).then_some(fault.path), message: fault.refusal.to_string(), code }
    }
}

/// What a use case gave, as the two halves of a payload.
pub(super) fn split<T>(outcome: std::result::Result<T, workflow::Error>) -> Result<(Option<T>, Vec<UserError>)> {
    match outcome {
        Ok(done) => Ok((Some(done), Vec::new())),
        Err(workflow::Error::Refused { faults }) => Ok((None, faults.into_iter().map(UserError::from).collect())),
        Err(error) => Err(failure(&error)),
    }
}
