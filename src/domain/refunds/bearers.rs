//! Who pays for a refund in the end. The buyer gets the same money whoever it is.

use serde::{Deserialize, Serialize};

use super::super::money::{BasisPoints, Money, MoneyError};
use super::super::purchases::{Part, Parts, PartsError};
use super::RefundRefusal;

/// Who bears a cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Bearing {
    /// The seller.
    #[default]
    Seller,
    /// The operator.
    Operator,
    /// The carrier.
    Carrier,
    /// Several, by shares.
    Shared(SharedCost),
}

/// Shares of a cost that are the whole together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "SharesForm", into = "SharesForm")]
pub struct SharedCost {
    seller: BasisPoints,
    operator: BasisPoints,
    carrier: BasisPoints,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SharesForm {
    #[serde(default)]
    seller: BasisPoints,
    #[serde(default)]
    operator: BasisPoints,
    #[serde(default)]
    carrier: BasisPoints,
}

impl SharedCost {
    /// Shares that sum to the whole, 10000 basis points.
    pub fn new(seller: BasisPoints, operator: BasisPoints, carrier: BasisPoints) -> Result<Self, RefundRefusal> {
        let sum = [seller, operator, carrier].into_iter().map(|share| u32::from(share.get())).sum::<u32>();
        if sum == u32::from(BasisPoints::WHOLE.get()) {
            return Ok(Self { seller, operator, carrier });
        }
        Err(RefundRefusal::SharesDoNotSum { sum })
    }

    /// The seller's share.
    pub const fn seller(self) -> BasisPoints {
        self.seller
    }

    /// The operator's share.
    pub const fn operator(self) -> BasisPoints {
        self.operator
    }

    /// The carrier's share.
    pub const fn carrier(self) -> BasisPoints {
        self.carrier
    }
}

impl TryFrom<SharesForm> for SharedCost {
    type Error = RefundRefusal;

    fn try_from(form: SharesForm) -> Result<Self, RefundRefusal> {
        Self::new(form.seller, form.operator, form.carrier)
    }
}

impl From<SharedCost> for SharesForm {
    fn from(shares: SharedCost) -> Self {
        Self { seller: shares.seller, operator: shares.operator, carrier: shares.carrier }
    }
}

/// Who bears what: the delivery may have another bearer than the goods.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CostPlan {
    /// The goods, their tax and the fees.
    pub goods: Bearing,
    /// The delivery and its tax.
    pub delivery: Bearing,
}

/// An amount by who bears it. Together they are the whole, part by part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Borne {
    /// The seller's.
    pub seller: Parts,
    /// The operator's.
    pub operator: Parts,
    /// The carrier's.
    pub carrier: Parts,
}

/// A bare sum by who bears it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BorneSum {
    /// The seller's.
    pub seller: Money,
    /// The operator's.
    pub operator: Money,
    /// The carrier's.
    pub carrier: Money,
}

impl Bearing {
    const fn weights(self) -> [u64; 3] {
        match self {
            Self::Seller => [1, 0, 0],
            Self::Operator => [0, 1, 0],
            Self::Carrier => [0, 0, 1],
            Self::Shared(SharedCost { seller, operator, carrier }) => [seller.get() as u64, operator.get() as u64, carrier.get() as u64],
        }
    }

    /// Who bears how much of a bare sum. Together they are the whole.
    pub fn split_sum(self, sum: Money) -> Result<BorneSum, MoneyError> {
        let nothing = Money::zero(sum.currency);
        let mut shares = sum.split(&self.weights())?.into_iter();
        let mut next = || shares.next().unwrap_or(nothing);
        Ok(BorneSum { seller: next(), operator: next(), carrier: next() })
    }

    fn split(self, parts: Parts) -> Result<Borne, MoneyError> {
        let nothing = Parts::nothing(parts.currency());
        let mut shares = parts.split(&self.weights())?.into_iter();
        let mut next = || shares.next().unwrap_or(nothing);
        Ok(Borne { seller: next(), operator: next(), carrier: next() })
    }
}

impl Borne {
    /// Both together.
    pub fn plus(self, other: Self) -> Result<Self, PartsError> {
        Ok(Self {
            seller: self.seller.plus(other.seller)?,
            operator: self.operator.plus(other.operator)?,
            carrier: self.carrier.plus(other.carrier)?,
        })
    }
}

impl CostPlan {
    /// One bearer of everything.
    pub const fn all(bearing: Bearing) -> Self {
        Self { goods: bearing, delivery: bearing }
    }

    /// Who bears how much of an amount.
    pub fn split(self, parts: Parts) -> Result<Borne, PartsError> {
        let goods = self.goods.split(parts.only(&Part::GOODS))?;
        let delivery = self.delivery.split(parts.only(&Part::DELIVERY))?;
        Ok(Borne {
            seller: goods.seller.plus(delivery.seller)?,
            operator: goods.operator.plus(delivery.operator)?,
            carrier: goods.carrier.plus(delivery.carrier)?,
        })
    }
}
