//! A line as it was sold: its facts, checked, and what follows from them.

use serde::{Deserialize, Serialize};

use super::super::money::{BasisPoints, Currency, Money, MoneyError, Portion};
use super::{Commission, FactsError, LineFacts, LineKey, Part, Parts, PartsError, TaxMode};

/// A line as it was sold. Whoever holds one need not check amounts any more.
///
/// It is also the snapshot that a decision keeps: stored as the facts, reckoned anew when read, with the same result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "LineFacts", into = "LineFacts")]
pub struct SoldLine {
    facts: LineFacts,
    paid: Parts,
    standard: Parts,
    commission: Commission,
}

/// Which delivery cost is in question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DeliveryCost {
    /// That of a standard delivery: what a withdrawal gives back (art. L221-24).
    Standard,
    /// All of it, with what a faster delivery cost more.
    Whole,
}

impl SoldLine {
    /// Checks the facts and reckons what was paid.
    pub fn new(facts: LineFacts) -> Result<Self, FactsError> {
        let currency = facts.unit_price.currency;
        facts.check(currency)?;
        let price = facts.unit_price.times(facts.quantity.get())?;
        let discounts = Money::sum(currency, facts.discounts.iter().copied())?;
        let price = price.minus(discounts)?;
        if price.is_negative() {
            return Err(FactsError::DiscountsTooLarge);
        }
        let (item, item_tax) = taxed(price, facts.tax_mode, facts.tax_rate)?;
        let delivery = |amount| taxed(amount, facts.tax_mode, facts.shipping.tax_rate);
        let (standard, standard_tax) = delivery(facts.shipping.standard)?;
        let (shipping, shipping_tax) = delivery(facts.shipping.standard.plus(facts.shipping.faster_extra)?)?;
        let parts = |amounts: &[(Part, Money)]| Parts::of(currency, amounts.iter().copied()).map_err(money_error);
        let paid = parts(&[
            (Part::Item, item),
            (Part::ItemTax, item_tax),
            (Part::Shipping, shipping),
            (Part::ShippingTax, shipping_tax),
            (Part::Fees, facts.fees),
        ])?;
        let standard = parts(&[(Part::Shipping, standard), (Part::ShippingTax, standard_tax)])?;
        let commission = facts.commission.on(paid)?;
        if let Some(rate) = facts.settlement {
            // What cannot be converted now could not be booked later.
            rate.convert(paid.total())?;
        }
        Ok(Self { facts, paid, standard, commission })
    }

    /// What the marketplace told.
    pub const fn facts(&self) -> &LineFacts {
        &self.facts
    }

    /// Which line.
    pub const fn line(&self) -> &LineKey {
        &self.facts.line
    }

    /// The currency that the buyer paid in.
    pub const fn currency(&self) -> Currency {
        self.paid.currency()
    }

    /// What the buyer paid for the line, after all discounts.
    pub const fn paid(&self) -> Parts {
        self.paid
    }

    /// The same with this much of the delivery cost only.
    pub fn paid_with(&self, delivery: DeliveryCost) -> Result<Parts, MoneyError> {
        match delivery {
            DeliveryCost::Whole => Ok(self.paid),
            DeliveryCost::Standard => self.paid.only(&Part::GOODS).plus(self.standard).map_err(money_error),
        }
    }

    /// The operator's commission.
    pub const fn commission(&self) -> Commission {
        self.commission
    }

    /// What can still be refunded, part by part, when `held` was refunded or granted before.
    ///
    /// It is what was paid after all discounts, with the share of the delivery, less what is held; never below nothing, even
    /// when a correction of the order makes what was paid less than what was refunded.
    pub fn left(&self, held: Parts) -> Result<Parts, MoneyError> {
        self.paid.less(held)
    }

    /// What goods and fees are to be refunded for the units up to `units_done`, after what is held.
    ///
    /// By the cumulative rule, so that refunds unit after unit are together the full refund.
    pub fn goods_step(&self, held: Parts, units_done: u32) -> Result<Parts, MoneyError> {
        let portion = Portion::new(u64::from(units_done), self.facts.quantity.into());
        let goods = self.paid.goods_gross().step(portion, held.goods_gross())?;
        let goods = self.paid.step_of((Part::Item, Part::ItemTax), held, goods)?;
        let left = self.left(held)?.get(Part::Fees);
        let fees = self.paid.get(Part::Fees).step(portion, held.get(Part::Fees))?.at_least_zero().least(left)?;
        goods.plus(Parts::of(self.currency(), [(Part::Fees, fees)]).map_err(money_error)?).map_err(money_error)
    }

    /// A gross amount of the goods with its tax, after what is held: a price reduction.
    pub fn goods_amount(&self, held: Parts, gross: Money) -> Result<Parts, MoneyError> {
        self.paid.step_of((Part::Item, Part::ItemTax), held, gross)
    }

    /// A gross amount of the delivery with its tax, after what is held, and not more than the delivery cost in question.
    pub fn delivery_amount(&self, held: Parts, delivery: DeliveryCost, gross: Money) -> Result<Parts, MoneyError> {
        self.paid_with(delivery)?.step_of((Part::Shipping, Part::ShippingTax), held, gross)
    }
}

impl LineFacts {
    fn check(&self, currency: Currency) -> Result<(), FactsError> {
        let commission = &self.commission;
        let amounts = [
            ("the price", self.unit_price),
            ("the delivery cost", self.shipping.standard),
            ("the extra for faster delivery", self.shipping.faster_extra),
            ("a fee", self.fees),
            ("the fixed commission", commission.fixed),
        ];
        let discounts = self.discounts.iter().map(|discount| ("a discount", *discount));
        let maximum = commission.maximum.map(|maximum| ("the highest commission", maximum));
        for (what, amount) in amounts.into_iter().chain(discounts).chain(maximum) {
            amount.compare(Money::zero(currency))?;
            if amount.is_negative() {
                return Err(FactsError::BelowZero { what });
            }
        }
        match self.settlement {
            Some(rate) if rate.from() != currency => Err(FactsError::RateOfOtherCurrency),
            _ => Ok(()),
        }
    }
}

impl TryFrom<LineFacts> for SoldLine {
    type Error = FactsError;

    fn try_from(facts: LineFacts) -> Result<Self, FactsError> {
        Self::new(facts)
    }
}

impl From<SoldLine> for LineFacts {
    fn from(sold: SoldLine) -> Self {
        sold.facts
    }
}

/// An amount without its tax, and the tax.
fn taxed(amount: Money, mode: TaxMode, rate: BasisPoints) -> Result<(Money, Money), MoneyError> {
    match mode {
        TaxMode::Exclusive => Ok((amount, amount.share(rate))),
        TaxMode::Inclusive => {
            let net = amount.without_tax(rate);
            Ok((net, amount.minus(net)?))
        }
    }
}

/// Parts made of checked amounts can only be too large.
fn money_error(error: PartsError) -> MoneyError {
    match error {
        PartsError::Money(error) => error,
        PartsError::BelowZero { .. } | PartsError::DoNotSum { .. } => MoneyError::TooLarge,
    }
}
