//! An amount by what it is for. A refund is itemised, never a bare sum.

use serde::{Deserialize, Serialize};

use super::super::money::{Currency, Money, MoneyError, Portion};

/// What a sum of money is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Part {
    /// The goods, without tax.
    Item,
    /// The tax on the goods.
    ItemTax,
    /// The delivery, without tax.
    Shipping,
    /// The tax on the delivery.
    ShippingTax,
    /// Anything else that the buyer paid with the line.
    Fees,
}

impl Part {
    /// Every part, in the order in which they are printed.
    pub const ALL: [Self; 5] = [Self::Item, Self::ItemTax, Self::Shipping, Self::ShippingTax, Self::Fees];

    /// Those of the goods, as opposed to their delivery.
    pub const GOODS: [Self; 3] = [Self::Item, Self::ItemTax, Self::Fees];

    /// Those of the delivery.
    pub const DELIVERY: [Self; 2] = [Self::Shipping, Self::ShippingTax];

    const fn index(self) -> usize {
        match self {
            Self::Item => 0,
            Self::ItemTax => 1,
            Self::Shipping => 2,
            Self::ShippingTax => 3,
            Self::Fees => 4,
        }
    }
}

/// An amount of one currency by its parts. No part is below zero, and the whole fits an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "PartsForm", into = "PartsForm")]
pub struct Parts {
    currency: Currency,
    minor: [i64; 5],
}

/// Why parts are not an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PartsError {
    /// They do not go together.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// One is below zero.
    #[error("no part of an amount can be below zero")]
    BelowZero {
        /// Which.
        part: Part,
    },
    /// They are not what was said to be the whole.
    #[error("the parts add up to {sum}, not to {total}")]
    DoNotSum {
        /// What was said to be the whole.
        total: Money,
        /// What they add up to.
        sum: Money,
    },
}

impl Parts {
    /// Nothing.
    pub const fn nothing(currency: Currency) -> Self {
        Self { currency, minor: [0; 5] }
    }

    /// These parts; what is named twice is added up, what is not named is nothing.
    pub fn of(currency: Currency, amounts: impl IntoIterator<Item = (Part, Money)>) -> Result<Self, PartsError> {
        let mut minor = [0_i64; 5];
        for (part, amount) in amounts {
            let slot = &mut minor[part.index()];
            *slot = Money { minor: *slot, currency }.plus(amount)?.minor;
        }
        Self::checked(currency, minor)
    }

    fn checked(currency: Currency, minor: [i64; 5]) -> Result<Self, PartsError> {
        if let Some(part) = Part::ALL.into_iter().find(|part| minor[part.index()] < 0) {
            return Err(PartsError::BelowZero { part });
        }
        let whole = minor.iter().try_fold(0_i64, |sum, each| sum.checked_add(*each));
        whole.map(|_| Self { currency, minor }).ok_or(PartsError::Money(MoneyError::TooLarge))
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// One part.
    pub const fn get(self, part: Part) -> Money {
        Money { minor: self.minor[part.index()], currency: self.currency }
    }

    /// All together.
    pub fn total(self) -> Money {
        Money { minor: self.minor.iter().sum(), currency: self.currency }
    }

    /// The sum of some.
    pub fn total_of(self, parts: &[Part]) -> Money {
        self.only(parts).total()
    }

    /// The goods with their tax: what a commission is reckoned on.
    pub fn goods_gross(self) -> Money {
        self.total_of(&[Part::Item, Part::ItemTax])
    }

    /// The delivery with its tax.
    pub fn delivery_gross(self) -> Money {
        self.total_of(&Part::DELIVERY)
    }

    /// Whether it is nothing.
    pub fn is_nothing(self) -> bool {
        self.minor == [0; 5]
    }

    /// These and nothing of the others.
    #[must_use]
    pub fn only(self, parts: &[Part]) -> Self {
        let mut minor = [0; 5];
        for part in parts {
            minor[part.index()] = self.minor[part.index()];
        }
        Self { minor, ..self }
    }

    /// Itself, if it adds up to what was said to be the whole.
    pub fn summing_to(self, total: Money) -> Result<Self, PartsError> {
        let sum = self.total();
        if sum == total { Ok(self) } else { Err(PartsError::DoNotSum { total, sum }) }
    }

    /// Both together, part by part.
    pub fn plus(self, other: Self) -> Result<Self, PartsError> {
        let pairs = Part::ALL.into_iter().flat_map(|part| [(part, self.get(part)), (part, other.get(part))]);
        Self::of(self.currency, pairs)
    }

    /// What is left of each part; nothing where the other one is larger.
    pub fn less(self, other: Self) -> Result<Self, MoneyError> {
        let mut minor = [0; 5];
        for part in Part::ALL {
            minor[part.index()] = self.get(part).minus(other.get(part))?.at_least_zero().minor;
        }
        Ok(Self { minor, ..self })
    }

    /// The smaller of both, part by part.
    pub fn least(self, other: Self) -> Result<Self, MoneyError> {
        let mut minor = [0; 5];
        for part in Part::ALL {
            minor[part.index()] = self.get(part).least(other.get(part))?.minor;
        }
        Ok(Self { minor, ..self })
    }

    /// The first part in which it is more than the other.
    pub fn exceeds(self, other: Self) -> Result<Option<Part>, MoneyError> {
        self.total().compare(other.total())?;
        Ok(Part::ALL.into_iter().find(|part| self.minor[part.index()] > other.minor[part.index()]))
    }

    /// Shares every part out by weight, by the largest remainder, so that nothing is lost in any part.
    pub fn split(self, weights: &[u64]) -> Result<Vec<Self>, MoneyError> {
        let mut shares = vec![Self::nothing(self.currency); weights.len()];
        for part in Part::ALL {
            for (share, amount) in shares.iter_mut().zip(self.get(part).split(weights)?) {
                share.minor[part.index()] = amount.minor;
            }
        }
        Ok(shares)
    }

    /// Takes a gross amount of the goods, or of the delivery, from what is left, and divides it into net and tax.
    ///
    /// The tax follows the tax of the sale, cumulatively: whatever the steps, the last one leaves neither net nor tax. What is
    /// more than what is left is cut.
    pub(super) fn step_of(self, pair: (Part, Part), already: Self, gross: Money) -> Result<Self, MoneyError> {
        let (net, tax) = pair;
        let left = self.less(already)?;
        let gross = gross.at_least_zero().least(left.total_of(&[net, tax]))?;
        let whole = self.total_of(&[net, tax]);
        let after = already.total_of(&[net, tax]).plus(gross)?;
        let due = match Portion::of_amount(after, whole)? {
            Some(portion) => self.get(tax).step(portion, already.get(tax))?,
            None => Money::zero(self.currency),
        };
        // What is due in tax never goes beyond the tax, and `x - round(tax * x / whole)` never shrinks as x grows, so what is
        // left of `gross` fits into the rest of the net as well.
        let due = due.at_least_zero().least(gross)?;
        let mut minor = [0; 5];
        minor[tax.index()] = due.minor;
        minor[net.index()] = gross.minor - due.minor;
        Ok(Self { minor, ..self })
    }
}

/// Parts as they are written: minor units by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PartsForm {
    /// The currency of all.
    pub currency: Currency,
    /// The goods, without tax.
    #[serde(default)]
    pub item: i64,
    /// The tax on the goods.
    #[serde(default)]
    pub item_tax: i64,
    /// The delivery, without tax.
    #[serde(default)]
    pub shipping: i64,
    /// The tax on the delivery.
    #[serde(default)]
    pub shipping_tax: i64,
    /// Anything else.
    #[serde(default)]
    pub fees: i64,
}

impl TryFrom<PartsForm> for Parts {
    type Error = PartsError;

    fn try_from(form: PartsForm) -> Result<Self, PartsError> {
        Self::checked(form.currency, [form.item, form.item_tax, form.shipping, form.shipping_tax, form.fees])
    }
}

impl From<Parts> for PartsForm {
    fn from(parts: Parts) -> Self {
        let [item, item_tax, shipping, shipping_tax, fees] = parts.minor;
        Self { currency: parts.currency, item, item_tax, shipping, shipping_tax, fees }
    }
}
