//! What was bought and on which terms, as it stood at the sale: the ground truth of every refund.
//!
//! Orders come from the marketplace's software and are told again and again, late, twice, corrected. Money cannot follow every
//! telling. So two things are kept apart. **Terms** (tax, commission, exchange rate, exclusion from withdrawal) are frozen with
//! the first telling. **Amounts** may be corrected, but what was decided keeps the facts that it was decided on, and a
//! correction never makes what is left less than nothing.

use std::fmt;
use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use super::law::WithdrawalExclusion;
use super::money::{BasisPoints, ExchangeRate, Money, MoneyError};

mod commission;
mod parts;
mod purchase;
mod sold;
mod updates;

#[cfg(test)]
pub(super) mod tests;

pub use commission::{Commission, CommissionBack, CommissionBase, CommissionReversal, CommissionTerms};
pub use parts::{Part, Parts, PartsError, PartsForm};
pub use purchase::{BuyerKind, FinalSale, PaymentReference, Purchase, PurchasedLine, SaleFacts, SellerAccount, delivered_at};
pub use sold::{DeliveryCost, SoldLine};
pub use updates::{FactsVersion, FrozenFact, RecordedLine, Update};

/// The marketplace's own id of an order line, unique in its order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LineKey(String);

impl LineKey {
    /// The most characters it may have.
    pub const LIMIT: usize = 200;

    /// The id as the marketplace writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for LineKey {
    type Error = FactsError;

    fn try_from(key: String) -> Result<Self, FactsError> {
        if key.is_empty() || key.chars().count() > Self::LIMIT { Err(FactsError::LineKey) } else { Ok(Self(key)) }
    }
}

impl From<LineKey> for String {
    fn from(key: LineKey) -> Self {
        key.0
    }
}

impl fmt::Display for LineKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the marketplace tells of one order line. It is checked and reckoned by [`SoldLine::new`].
///
/// All amounts are of one currency, the one that the buyer paid in, and none is below zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LineFacts {
    /// Which line.
    pub line: LineKey,
    /// How many were bought.
    pub quantity: NonZeroU32,
    /// The price of one, before discounts; with tax or without, as `tax_mode` says.
    pub unit_price: Money,
    /// Whether the amounts here contain the tax.
    pub tax_mode: TaxMode,
    /// The rate of tax on the goods, at the date of sale.
    pub tax_rate: BasisPoints,
    /// The line's share of every discount, in the same mode as the price. [`Money::split`] shares out one of a whole order.
    #[serde(default)]
    pub discounts: Vec<Money>,
    /// The line's share of the delivery cost.
    pub shipping: ShippingShare,
    /// Other sums that the buyer paid with the line, such as gift wrapping, with all taxes.
    pub fees: Money,
    /// What the operator takes for the sale.
    pub commission: CommissionTerms,
    /// Whether the buyer may withdraw.
    #[serde(default)]
    pub withdrawal: WithdrawalRight,
    /// The seller's currency and the rate of the day of sale, where the seller is paid in another one.
    #[serde(default)]
    pub settlement: Option<ExchangeRate>,
}

/// Whether prices contain the tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TaxMode {
    /// They do, as prices for consumers in Europe must.
    Inclusive,
    /// Tax comes on top.
    Exclusive,
}

/// What of the delivery cost falls on a line, in the tax mode of the line.
///
/// The two are told apart because a withdrawal gives back the standard delivery only (art. L221-24 with L221-23 of the French
/// consumer code; directive 2011/83, art. 13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShippingShare {
    /// What the cheapest standard delivery offered would have cost.
    pub standard: Money,
    /// What was paid on top for a faster or dearer one.
    pub faster_extra: Money,
    /// The rate of tax on delivery, at the date of sale.
    pub tax_rate: BasisPoints,
}

/// Whether the buyer of a line may withdraw within the time that the law gives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WithdrawalRight {
    /// Yes.
    #[default]
    Given,
    /// No, for a reason on the list of the law. Some depend on what happens later (a seal that is broken): the line then says that
    /// the exception can apply, and who declines says that it does.
    Excluded(WithdrawalExclusion),
}

/// Why what is told of a line cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FactsError {
    /// The amounts do not go together.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// A line without a usable id.
    #[error("an order line's id has 1 to {} characters", LineKey::LIMIT)]
    LineKey,
    /// An amount below zero.
    #[error("{what} of an order line cannot be below zero")]
    BelowZero {
        /// Which amount.
        what: &'static str,
    },
    /// The discounts are more than the goods cost.
    #[error("the discounts of an order line are more than its price")]
    DiscountsTooLarge,
    /// The rate of the sale is not from the currency that was paid.
    #[error("the exchange rate of an order line must be from the currency that the buyer paid in")]
    RateOfOtherCurrency,
    /// The same line in another currency than before.
    #[error("an order line cannot change its currency")]
    CurrencyChanged,
    /// The facts of another line.
    #[error("these are the facts of another order line")]
    OtherLine,
}
