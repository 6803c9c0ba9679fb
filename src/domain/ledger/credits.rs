//! Store credit: what a buyer has with the shop instead of money.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::super::ids::{OrderId, StoreCreditId};
use super::super::money::{Money, MoneyError};
use super::{Account, Cause, Draft, EntryKind, LedgerError, Posting};

/// A store credit. What is left of it is never below zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoreCredit {
    /// Our id.
    pub id: StoreCreditId,
    /// What it was worth at first.
    pub issued: Money,
    /// What is left.
    pub remaining: Money,
    /// Where it stands.
    pub state: CreditState,
    /// The first moment at which it cannot be used any more; none for never.
    pub expires_at: Option<DateTime<Utc>>,
    /// How often it has changed. A store changes the row of this revision or none: so two uses at once cannot both count.
    pub revision: u32,
}

/// Where a store credit or promo code stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CreditState {
    /// It can be used.
    Open,
    /// Nothing is left.
    UsedUp,
    /// Its time is over.
    Expired,
    /// The operator took it back.
    Void,
}

/// What can be done to a store credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreditMove {
    /// The buyer pays with it.
    Use {
        /// The order that is paid.
        order: OrderId,
        /// How much of it.
        amount: Money,
    },
    /// Its time is over.
    Expire,
    /// The operator takes it back, for instance because it was issued by mistake.
    Void,
}

/// Why a store credit or promo code cannot be used so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreditRefusal {
    /// More than what is left.
    #[error("Only {remaining} are left.")]
    NotEnough {
        /// How much is left.
        remaining: Money,
    },
    /// It cannot be used any more.
    #[error("It cannot be used any more.")]
    NotOpen {
        /// Where it stands.
        state: CreditState,
    },
    /// Its time is not over yet, or has not begun.
    #[error("This is not possible yet.")]
    NotYet,
    /// The amounts do not go together, or nothing is left to book.
    #[error("It cannot be booked: {0}.")]
    Ledger(#[from] LedgerError),
}

impl From<MoneyError> for CreditRefusal {
    fn from(error: MoneyError) -> Self {
        Self::Ledger(error.into())
    }
}

impl StoreCredit {
    /// A new credit. It is booked with the refund that it is given for.
    pub fn issue(id: StoreCreditId, amount: Money, expires_at: Option<DateTime<Utc>>) -> Result<Self, CreditRefusal> {
        if !amount.is_positive() {
            return Err(LedgerError::NotPositive.into());
        }
        Ok(Self { id, issued: amount, remaining: amount, state: CreditState::Open, expires_at, revision: 1 })
    }

    /// The credit after the refund that it was given for was reversed, which books what it was worth; none once some of it was
    /// spent, for then there is less than that to take back.
    pub fn undone(&self) -> Option<Self> {
        let untouched = self.state == CreditState::Open && self.remaining == self.issued;
        let (remaining, revision) = (Money::zero(self.issued.currency), self.revision.saturating_add(1));
        untouched.then_some(Self { remaining, state: CreditState::Void, revision, ..*self })
    }

    /// Whether its time is over.
    pub fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }

    /// The credit after the move, and what is booked.
    pub fn apply(&self, action: CreditMove, at: DateTime<Utc>) -> Result<(Self, Posting), CreditRefusal> {
        if self.state != CreditState::Open {
            return Err(CreditRefusal::NotOpen { state: self.state });
        }
        let (kind, to, amount) = match action {
            CreditMove::Use { .. } if self.is_over(at) => return Err(CreditRefusal::NotOpen { state: CreditState::Expired }),
            CreditMove::Use { amount, .. } => (EntryKind::StoreCreditUsed, Account::Buyer, amount),
            CreditMove::Expire if !self.is_over(at) => return Err(CreditRefusal::NotYet),
            CreditMove::Expire => (EntryKind::StoreCreditExpired, Account::Operator, self.remaining),
            CreditMove::Void => (EntryKind::StoreCreditVoided, Account::Operator, self.remaining),
        };
        if amount.compare(self.remaining)?.is_gt() {
            return Err(CreditRefusal::NotEnough { remaining: self.remaining });
        }
        if !amount.is_positive() {
            return Err(LedgerError::NotPositive.into());
        }
        let remaining = self.remaining.minus(amount)?;
        let state = match action {
            CreditMove::Use { .. } if remaining.is_zero() => CreditState::UsedUp,
            CreditMove::Use { .. } => CreditState::Open,
            CreditMove::Expire => CreditState::Expired,
            CreditMove::Void => CreditState::Void,
        };
        let credit = Self { remaining, state, revision: self.revision.saturating_add(1), ..*self };
        let mut draft = Draft::new();
        draft.transfer(kind, Account::StoreCredit(self.id), to, amount, None)?;
        Ok((credit, draft.post(Cause::StoreCredit { credit: self.id, revision: credit.revision }, at)?))
    }
}
