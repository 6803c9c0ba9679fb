//! What happens to a refund, who may know, and what the world should do about it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::super::hands::Happened;
use super::super::money::Money;
use super::{AttemptNumber, DeclineReason, FailureKind, IdempotencyKey, Refund, RefundBasis, RefundForm, RefundMeans};

/// A move that was made: the refund after it, what happened, and what the world should do about it.
///
/// Nothing happened when there is no event: the same news twice, or news that came too late. The revision then stands still.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The refund after the move.
    pub refund: Refund,
    /// What happened, oldest first, and who may know. The buyer never hears of approvals, nor of who pays in the end.
    pub events: Vec<Happened<RefundEvent>>,
    /// What is asked of the world.
    pub effects: Vec<RefundEffect>,
}

/// What can happen to a refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub enum RefundEvent {
    /// Somebody asked for it.
    Requested {
        /// Why, in terms of the law.
        basis: RefundBasis,
    },
    /// The seller was silent; the operator decides.
    HandedToOperator,
    /// It is certain that the law gives it.
    ClaimEstablished {
        /// On which basis.
        basis: RefundBasis,
    },
    /// The clock of the law was set anew, for instance because the goods are back.
    LegalClockChanged,
    /// Somebody granted it, and a second person has to approve.
    GrantProposed {
        /// How much.
        amount: Money,
    },
    /// It was granted.
    Granted {
        /// How much.
        amount: Money,
        /// As what.
        form: RefundForm,
    },
    /// The buyer is asked whether they agree to credit or a code.
    ConsentAsked {
        /// Until when.
        until: DateTime<Utc>,
    },
    /// They agreed.
    Consented,
    /// They did not: the money goes back the way it was paid.
    FellBack,
    /// It was refused.
    Declined {
        /// Why.
        reason: DeclineReason,
    },
    /// The payment system was told.
    Submitted {
        /// In which attempt.
        attempt: AttemptNumber,
    },
    /// The payment system works on it.
    Pending {
        /// In which attempt.
        attempt: AttemptNumber,
    },
    /// The payment system has been slow.
    PendingTooLong {
        /// In which attempt.
        attempt: AttemptNumber,
    },
    /// The money has moved.
    Succeeded {
        /// In which attempt.
        attempt: AttemptNumber,
        /// How much.
        amount: Money,
    },
    /// The payment system could not.
    Failed {
        /// In which attempt.
        attempt: AttemptNumber,
        /// Why.
        kind: FailureKind,
    },
    /// The payment system took it back.
    Reversed {
        /// In which attempt.
        attempt: AttemptNumber,
    },
    /// The operator called it off.
    Canceled,
    /// The payment system moved another amount than was granted. A person must look at it.
    AmountDiffers {
        /// In which attempt.
        attempt: AttemptNumber,
        /// How much it says that it moved.
        told: Money,
    },
    /// The payment system says something that cannot be: that an attempt succeeded after a later one was made.
    Contradicted {
        /// Of which attempt.
        attempt: AttemptNumber,
    },
}

/// What a move of a refund asks of the world. A workflow turns each into rows of the same transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundEffect {
    /// Tell the payment system, as often as it takes, with this key. The row of the attempt is committed before the first call.
    Instruct {
        /// The key.
        key: IdempotencyKey,
        /// By which way.
        means: RefundMeans,
        /// How much.
        amount: Money,
    },
    /// Post the refund to the ledger.
    PostRefund,
    /// Post the reversal of the refund to the ledger.
    PostReversal,
    /// Tell the buyer where it stands.
    TellBuyer,
    /// A person of the operator must look at it.
    AlertOperator,
    /// Open the case again.
    ReopenCase,
    /// See whether the refund settles the dispute on the order.
    SettleDispute,
}
