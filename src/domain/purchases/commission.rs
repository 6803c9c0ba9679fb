//! The operator's commission: its own sale to the seller, with its own tax, on terms frozen at the sale.

use serde::{Deserialize, Serialize};

use super::super::money::{BasisPoints, Money, MoneyError, Portion};
use super::Parts;

/// On which terms the operator takes its commission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CommissionTerms {
    /// The share of what the buyer paid, taxes included.
    pub rate: BasisPoints,
    /// What is taken for the line in any case.
    pub fixed: Money,
    /// The most that is taken; none for no limit.
    #[serde(default)]
    pub maximum: Option<Money>,
    /// What it is a share of.
    pub base: CommissionBase,
    /// The rate of tax on the commission.
    pub vat_rate: BasisPoints,
}

/// What a commission is a share of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CommissionBase {
    /// The goods.
    Items,
    /// The goods and their delivery.
    ItemsAndShipping,
}

impl CommissionBase {
    /// What of an amount counts.
    pub fn of(self, parts: Parts) -> Result<Money, MoneyError> {
        match self {
            Self::Items => Ok(parts.goods_gross()),
            Self::ItemsAndShipping => parts.goods_gross().plus(parts.delivery_gross()),
        }
    }
}

/// What of its commission the operator gives back when a sale is refunded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CommissionReversal {
    /// All of it, in proportion to what is refunded.
    #[default]
    Full,
    /// Nothing.
    None,
    /// In proportion, but for the fixed part.
    KeepFixedPart,
}

/// The commission of one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commission {
    /// Without tax.
    pub fee: Money,
    /// The tax on it.
    pub vat: Money,
    /// How much of the fee is there whatever the price.
    pub fixed_part: Money,
    /// What it is reckoned on.
    pub base: Money,
}

/// How much of a commission goes back to the seller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommissionBack {
    /// Without tax.
    pub fee: Money,
    /// The tax on it.
    pub vat: Money,
}

impl CommissionTerms {
    /// The commission on what was paid: `min(rate * base + fixed, maximum)`, and the tax on that.
    pub fn on(&self, paid: Parts) -> Result<Commission, MoneyError> {
        let base = self.base.of(paid)?;
        let fee = base.share(self.rate).plus(self.fixed)?;
        let fee = self.maximum.map_or(Ok(fee), |maximum| fee.least(maximum))?;
        Ok(Commission { fee, vat: fee.share(self.vat_rate), fixed_part: self.fixed.least(fee)?, base })
    }
}

impl Commission {
    /// How much must have gone back in all once `refunded` of the base was refunded at the seller's cost.
    ///
    /// It is a total, not a step: whoever posts a step takes away what went back before, so nothing is lost in rounding.
    pub fn back(&self, policy: CommissionReversal, refunded: Money) -> Result<CommissionBack, MoneyError> {
        let all = match policy {
            CommissionReversal::Full => self.fee,
            CommissionReversal::None => Money::zero(self.fee.currency),
            CommissionReversal::KeepFixedPart => self.fee.minus(self.fixed_part)?,
        };
        let share =
            |whole: Money, done, of| Ok(Portion::of_amount(done, of)?.map_or(Money::zero(whole.currency), |part| whole.portion(part)));
        let fee = share(all, refunded, self.base)?;
        Ok(CommissionBack { fee, vat: share(self.vat, fee, self.fee)? })
    }
}
