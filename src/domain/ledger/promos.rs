//! Promo codes: a discount for one later purchase, out of somebody's budget.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::super::ids::{OrderId, PromoCodeId, SellerId};
use super::super::money::Money;
use super::{Account, Cause, CreditRefusal, CreditState, Draft, EntryKind, LedgerError, Posting};

/// Out of whose budget a code is given; what is not spent of it goes back there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "owner", content = "id", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BudgetOwner {
    /// A seller's.
    Seller(SellerId),
    /// The operator's.
    Operator,
}

/// When a code can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Validity {
    /// From this moment on.
    pub from: DateTime<Utc>,
    /// Until just before this one.
    pub until: DateTime<Utc>,
}

/// A promo code. It can be used once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PromoCode {
    /// Our id.
    pub id: PromoCodeId,
    /// The most that it takes off.
    pub value: Money,
    /// Out of whose budget.
    pub budget: BudgetOwner,
    /// When it can be used.
    pub validity: Validity,
    /// Where it stands.
    pub state: PromoState,
    /// How often it has changed.
    pub revision: u32,
}

/// Where a code stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub enum PromoState {
    /// It can be used.
    Open,
    /// It was.
    Used {
        /// For which order.
        order: OrderId,
    },
    /// Its time is over.
    Expired,
    /// Its owner took it back.
    Void,
}

/// What can be done to a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromoMove {
    /// The buyer pays with it. What it is worth beyond that lapses.
    Use {
        /// The order that is paid.
        order: OrderId,
        /// How much it takes off.
        amount: Money,
    },
    /// Its time is over.
    Expire,
    /// Its owner takes it back.
    Void,
}

impl BudgetOwner {
    const fn account(self) -> Account {
        match self {
            Self::Seller(seller) => Account::Seller(seller),
            Self::Operator => Account::Operator,
        }
    }
}

impl PromoCode {
    /// A new code. One that is given for a refund is booked with the refund; see [`PromoCode::gesture`] for one that is not.
    pub fn issue(id: PromoCodeId, value: Money, budget: BudgetOwner, validity: Validity) -> Result<Self, CreditRefusal> {
        if !value.is_positive() {
            return Err(LedgerError::NotPositive.into());
        }
        if validity.until <= validity.from {
            return Err(CreditRefusal::NotOpen { state: CreditState::Expired });
        }
        Ok(Self { id, value, budget, validity, state: PromoState::Open, revision: 1 })
    }

    /// What is left on its account.
    pub const fn remaining(&self) -> Money {
        match self.state {
            PromoState::Open => self.value,
            PromoState::Used { .. } | PromoState::Expired | PromoState::Void => Money::zero(self.value.currency),
        }
    }

    /// The code after the refund that it was given for was reversed, which books what it was worth; none once it was used.
    pub fn undone(&self) -> Option<Self> {
        let revision = self.revision.saturating_add(1);
        (self.state == PromoState::Open).then_some(Self { state: PromoState::Void, revision, ..*self })
    }

    /// What is booked when a new code is given as a gesture, without a refund.
    pub fn gesture(&self, at: DateTime<Utc>) -> Result<Posting, LedgerError> {
        let mut draft = Draft::new();
        draft.transfer(EntryKind::PromoCodeIssued, self.budget.account(), Account::PromoCode(self.id), self.value, None)?;
        draft.post(Cause::PromoCode { code: self.id, revision: self.revision }, at)
    }

    /// The code after the move, and what is booked.
    pub fn apply(&self, action: PromoMove, at: DateTime<Utc>) -> Result<(Self, Posting), CreditRefusal> {
        let closed = |state| Err(CreditRefusal::NotOpen { state });
        match self.state {
            PromoState::Open => {}
            PromoState::Used { .. } => return closed(CreditState::UsedUp),
            PromoState::Expired => return closed(CreditState::Expired),
            PromoState::Void => return closed(CreditState::Void),
        }
        let over = self.validity.until <= at;
        let mut draft = Draft::new();
        let account = Account::PromoCode(self.id);
        let (state, rest_kind, rest) = match action {
            PromoMove::Use { .. } if over => return closed(CreditState::Expired),
            PromoMove::Use { .. } if at < self.validity.from => return Err(CreditRefusal::NotYet),
            PromoMove::Use { amount, .. } if amount.compare(self.value)?.is_gt() => {
                return Err(CreditRefusal::NotEnough { remaining: self.value });
            }
            PromoMove::Use { amount, .. } if !amount.is_positive() => return Err(LedgerError::NotPositive.into()),
            PromoMove::Use { order, amount } => {
                draft.transfer(EntryKind::PromoCodeUsed, account, Account::Buyer, amount, None)?;
                (PromoState::Used { order }, EntryKind::PromoCodeExpired, self.value.minus(amount)?)
            }
            PromoMove::Expire if !over => return Err(CreditRefusal::NotYet),
            PromoMove::Expire => (PromoState::Expired, EntryKind::PromoCodeExpired, self.value),
            PromoMove::Void => (PromoState::Void, EntryKind::PromoCodeVoided, self.value),
        };
        draft.transfer(rest_kind, account, self.budget.account(), rest, None)?;
        let code = Self { state, revision: self.revision.saturating_add(1), ..*self };
        Ok((code, draft.post(Cause::PromoCode { code: self.id, revision: code.revision }, at)?))
    }
}
