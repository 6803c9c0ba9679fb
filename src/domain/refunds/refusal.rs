//! Why something may not be done to a refund, written for the person at the screen.

use super::super::money::{Money, MoneyError};
use super::super::purchases::{LineKey, Part, PartsError};
use super::RefundStatus;

/// A rule says no. The sentence may be shown as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefundRefusal {
    /// The state does not allow it.
    #[error("This is not possible while the refund is {status}.")]
    NotInThisState {
        /// The state.
        status: RefundStatus,
    },
    /// Who asks may not do this.
    #[error("Your access does not allow this.")]
    NotAllowed,
    /// The seller did not decide in time.
    #[error("The seller did not decide in time; the operator decides now.")]
    OperatorDecides,
    /// A dispute is being decided.
    #[error("A dispute on this order is being decided; no money moves until then.")]
    Frozen,
    /// Nothing of it can be refunded any more.
    #[error("Everything that was paid for this line has been refunded or granted already.")]
    NothingLeft,
    /// An amount of nothing.
    #[error("A refund needs an amount above zero.")]
    NothingAsked,
    /// More than what is left.
    #[error("Only {left} of this can still be refunded on line `{line}`.")]
    AboveLeft {
        /// The line.
        line: LineKey,
        /// Which part of the amount is too large; none when it is the whole.
        part: Option<Part>,
        /// What is left of it.
        left: Money,
    },
    /// More units than are left.
    #[error("Only {left} units of line `{line}` have not been refunded yet.")]
    TooManyUnits {
        /// The line.
        line: LineKey,
        /// How many are left.
        left: u32,
    },
    /// No such line in the order.
    #[error("The order has no line `{line}`.")]
    UnknownLine {
        /// The line.
        line: LineKey,
    },
    /// The same line twice in one grant.
    #[error("Line `{line}` stands twice in the refund.")]
    LineTwice {
        /// The line.
        line: LineKey,
    },
    /// The form cannot take that way.
    #[error("A refund of this form cannot be paid by these means.")]
    FormAndMeans,
    /// A full refund that is not full.
    #[error("A full refund of this line is {full}; choose a partial one for another amount.")]
    NotFull {
        /// What it would be.
        full: Money,
    },
    /// The seller may not grant less than what the law gives.
    #[error("The law gives {due}; only the operator can grant less.")]
    BelowDue {
        /// How much the law gives.
        due: Money,
    },
    /// The seller may not grant so much.
    #[error("A seller can grant {limit} at most on a line; the operator can grant more.")]
    AboveSellerLimit {
        /// How much it may.
        limit: Money,
    },
    /// Nothing waits for approval.
    #[error("No grant is waiting for approval.")]
    NothingToApprove,
    /// The second pair of eyes must be another person's.
    #[error("Another person has to approve this than the one who granted it.")]
    SameApprover,
    /// The law gives this refund.
    #[error("The law gives this refund; it cannot be declined.")]
    DueByLaw,
    /// The line is not excluded from withdrawal.
    #[error("This line was not sold as excluded from withdrawal.")]
    NotExcluded,
    /// An exclusion that a person has to judge, such as a seal that may be broken.
    #[error("This line was sold as excluded from withdrawal; a person of the operator has to say whether that applies.")]
    ExclusionToJudge,
    /// No law gives it.
    #[error("This refund was asked for as a gesture; no law gives it.")]
    NotALegalClaim,
    /// The buyer has not answered yet.
    #[error("The buyer has not agreed to this form of refund yet.")]
    ConsentAwaited,
    /// Nobody asked the buyer.
    #[error("This refund does not wait for the buyer's consent.")]
    NoConsentAwaited,
    /// A text is empty or too long.
    #[error("{what} must have between 1 and {limit} characters.")]
    Length {
        /// Which text.
        what: &'static str,
        /// The most it may have.
        limit: usize,
    },
    /// The shares of a cost are not the whole.
    #[error("The shares of a cost must sum to 10000 basis points, not to {sum}.")]
    SharesDoNotSum {
        /// What they sum to.
        sum: u32,
    },
    /// Somebody else has changed it since.
    #[error("This was changed in the meantime and is at revision {current} now. Read it again.")]
    WrongRevision {
        /// The revision it is at.
        current: i32,
    },
    /// The amounts do not go together.
    #[error("The amounts do not go together: {0}.")]
    Money(#[from] MoneyError),
    /// The parts do not make the amount.
    #[error("The amount is not right: {0}.")]
    Parts(#[from] PartsError),
}
