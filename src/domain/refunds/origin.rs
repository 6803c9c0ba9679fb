//! What a refund comes from.

use serde::{Deserialize, Serialize};

use super::super::ids::{DisputeId, ReturnId, WithdrawalId};

/// Whether people asked for a refund, or another machine decided on it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum RefundOrigin {
    /// Somebody asked.
    #[default]
    Request,
    /// Goods came back.
    Return(ReturnId),
    /// A dispute ended so.
    Dispute(DisputeId),
    /// The buyer withdrew from the contract.
    Withdrawal(WithdrawalId),
}

/// The kinds of what a refund comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RefundOriginKind {
    /// Somebody asked.
    Request,
    /// Goods came back.
    Return,
    /// A dispute ended so.
    Dispute,
    /// The buyer withdrew from the contract.
    Withdrawal,
}

impl RefundOrigin {
    /// Which kind it is.
    pub const fn kind(self) -> RefundOriginKind {
        match self {
            Self::Request => RefundOriginKind::Request,
            Self::Return(_) => RefundOriginKind::Return,
            Self::Dispute(_) => RefundOriginKind::Dispute,
            Self::Withdrawal(_) => RefundOriginKind::Withdrawal,
        }
    }
}
