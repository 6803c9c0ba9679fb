//! Why something may not be done: the domain's only error, written for the person at the screen.

use super::cases::CaseStatus;
use super::parties::Party;
use super::ratings::InvitationState;
use super::refunds::RefundRefusal;

/// A rule says no. The sentence may be shown as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The state does not allow it.
    #[error("This is not possible while the case is {status}.")]
    NotInThisState {
        /// The state.
        status: CaseStatus,
    },
    /// What was asked for does not fit where a return, a withdrawal or a dispute stands.
    #[error("{message}")]
    NotNow {
        /// Why not, as a sentence.
        message: String,
    },
    /// The rules of refunds say no.
    #[error(transparent)]
    Refund(#[from] RefundRefusal),
    /// It is escalated already.
    #[error("The case is with the operator already.")]
    AlreadyWithOperator,
    /// Who asks may not do this.
    #[error("Your access does not allow this.")]
    NotAllowed,
    /// The participant may only read.
    #[error("You can read this thread but not write in it.")]
    FollowOnly,
    /// The operator stays out of a seller-buyer thread until the case is escalated.
    #[error("The operator can write to buyer and seller once the case is escalated.")]
    EscalateFirst,
    /// This side can never take part in a thread of that kind.
    #[error("A thread of this kind cannot include this party.")]
    PartyNotAdmitted {
        /// The side.
        party: Party,
    },
    /// The case has no such side yet.
    #[error("The case has no seller yet; attach an order first.")]
    NoSeller,
    /// A private thread covers cases of one seller only.
    #[error("All cases of a private thread must have the same seller.")]
    SellersDiffer,
    /// Another seller has already taken part.
    #[error("Another seller already takes part in this case; open a new case for this order.")]
    OtherSellerTakesPart,
    /// They are in already, with this right.
    #[error("They take part in this thread already.")]
    AlreadyTakesPart,
    /// The idempotency key was used for something else.
    #[error("This idempotency key was used with different content.")]
    KeyUsedDifferently,
    /// A text is empty or too long.
    #[error("{what} must have between 1 and {limit} characters.")]
    Length {
        /// Which text.
        what: &'static str,
        /// The most it may have.
        limit: usize,
    },
    /// A field holds something it cannot hold.
    #[error("{message}")]
    Invalid {
        /// What is wrong with it, as a sentence.
        message: String,
    },
    /// What was named does not exist, or not for who asks.
    #[error("{what} was not found.")]
    NotFound {
        /// What, with a capital: `Order`.
        what: &'static str,
    },
    /// A list is too long.
    #[error("At most {limit} items can be sent at once.")]
    TooMany {
        /// How many are allowed.
        limit: usize,
    },
    /// The charter has it otherwise.
    #[error("{why}")]
    NotForPool {
        /// What it has, as a sentence.
        why: &'static str,
    },
    /// It is over: nothing can be done with it any more.
    #[error("{what} is {state} already.")]
    Settled {
        /// What, with a capital and its article: `The question`.
        what: &'static str,
        /// How it ended.
        state: String,
    },
    /// The invitation to rate was used, has expired, or was called off.
    #[error("This invitation is {state} already.")]
    InvitationOver {
        /// How it ended.
        state: InvitationState,
    },
    /// The marketplace never made this invitation.
    #[error("This is no invitation of ours; the link may be incomplete.")]
    InvitationForged,
    /// Somebody else has changed it since.
    #[error("This was changed in the meantime and is at revision {current} now. Read it again.")]
    WrongRevision {
        /// The revision it is at.
        current: i32,
    },
    /// The same key twice in one list.
    #[error("`{key}` stands twice in the list.")]
    Twice {
        /// The key.
        key: String,
    },
}
