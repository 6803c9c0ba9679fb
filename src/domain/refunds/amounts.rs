//! How much can be refunded, and whether an amount that somebody names can be.

use std::num::NonZeroU32;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::super::money::{Money, MoneyError, Portion};
use super::super::purchases::{DeliveryCost, LineKey, Parts, RecordedLine};
use super::{DisputeGuard, GrantedItem, RefundBasis, RefundRefusal, RefundRules, ShippingPolicy};

/// What a refund stands on. It is read under the lock of the order, so that no two refunds can count on the same money.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// Every line of the order.
    pub lines: &'a [LineStanding],
    /// The rules of the marketplace.
    pub rules: &'a RefundRules,
    /// What a dispute on the order allows.
    pub dispute: DisputeGuard,
    /// The cost of delivering the kept goods alone, where the rules ask for it.
    pub quote: DeliveryQuote,
    /// In which days are counted.
    pub timezone: Tz,
}

/// A line of the order, and what other refunds hold of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineStanding {
    /// The line as it is known now.
    pub line: RecordedLine,
    /// The amounts of all other refunds on it that hold money.
    pub held: Parts,
    /// The units that those are for.
    pub held_units: u32,
}

/// What delivering the kept goods alone would have cost, by the marketplace's tariff.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DeliveryQuote {
    /// Nobody knows; no delivery cost is refunded while something is kept.
    #[default]
    Unknown,
    /// So much, with tax.
    Kept(Money),
}

/// What somebody asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Asked {
    /// All that can be refunded on the line: what is asked for when nothing is said.
    Everything,
    /// So many units, with what of the delivery goes with them.
    Units {
        /// How many.
        units: NonZeroU32,
    },
    /// A sum, with tax, for goods that are kept.
    Amount {
        /// How much.
        amount: Money,
    },
}

/// What is to be refunded on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemOrder {
    /// The line.
    pub line: LineKey,
    /// For how many units; it is information, the amount decides.
    pub units: u32,
    /// The amount.
    pub parts: Parts,
}

impl From<&GrantedItem> for ItemOrder {
    fn from(item: &GrantedItem) -> Self {
        Self { line: item.sold.line().clone(), units: item.units, parts: item.parts }
    }
}

impl LineStanding {
    /// A line of which nothing is refunded yet.
    pub fn untouched(line: RecordedLine) -> Self {
        let held = Parts::nothing(line.sold.currency());
        Self { line, held, held_units: 0 }
    }

    /// How many units were not refunded yet.
    pub fn units_left(&self) -> u32 {
        self.line.sold.facts().quantity.get().saturating_sub(self.held_units)
    }

    /// What is left of it.
    pub fn left(&self) -> Result<Parts, MoneyError> {
        self.line.sold.left(self.held)
    }

    fn all_back_with(&self, more: u32) -> bool {
        self.units_left() <= more
    }

    /// What of the delivery cost in question is not refunded yet.
    fn delivery_left(&self, cost: DeliveryCost) -> Result<Money, MoneyError> {
        Ok(self.line.sold.paid_with(cost)?.less(self.held)?.delivery_gross())
    }
}

impl Ground<'_> {
    pub(super) fn find(&self, line: &LineKey) -> Result<&LineStanding, RefundRefusal> {
        let known = self.lines.iter().find(|standing| standing.line.sold.line() == line);
        known.ok_or_else(|| RefundRefusal::UnknownLine { line: line.clone() })
    }
}

/// What can be refunded on a line: the default amount of every request.
///
/// Goods go back by the cumulative rule, so refunds unit by unit are together the full refund. A withdrawal gives the standard
/// delivery back by the rule of the marketplace; on any other basis the line's whole share goes with its units. The last item
/// of an order can bring the delivery cost of other lines with it, so there may be several items.
pub fn refundable(ground: &Ground<'_>, line: &LineKey, asked: Asked, basis: RefundBasis) -> Result<Vec<ItemOrder>, RefundRefusal> {
    let standing = ground.find(line)?;
    let sold = &standing.line.sold;
    let units = match asked {
        Asked::Everything => standing.units_left(),
        Asked::Units { units } if units.get() > standing.units_left() => {
            return Err(RefundRefusal::TooManyUnits { line: line.clone(), left: standing.units_left() });
        }
        Asked::Units { units } => units.get(),
        Asked::Amount { amount } => return price_reduction(standing, amount),
    };
    let goods = match asked {
        // What is left of the price after earlier reductions goes with it, whatever the units.
        Asked::Everything => sold.goods_step(standing.held, sold.facts().quantity.get())?,
        _ => sold.goods_step(standing.held, standing.held_units.saturating_add(units))?,
    };
    let mut items = vec![ItemOrder { line: line.clone(), units, parts: goods }];
    for (line, gross) in delivery(ground, standing, units, basis)? {
        let standing = ground.find(&line)?;
        let parts = standing.line.sold.delivery_amount(standing.held, basis.delivery(), gross)?;
        match items.iter_mut().find(|item| item.line == line) {
            Some(item) => item.parts = item.parts.plus(parts)?,
            None => items.push(ItemOrder { line, units: 0, parts }),
        }
    }
    items.retain(|item| !item.parts.is_nothing());
    if items.is_empty() { Err(RefundRefusal::NothingLeft) } else { Ok(items) }
}

fn price_reduction(standing: &LineStanding, amount: Money) -> Result<Vec<ItemOrder>, RefundRefusal> {
    let sold = &standing.line.sold;
    let left = standing.left()?.goods_gross();
    if amount.compare(left)?.is_gt() {
        return Err(RefundRefusal::AboveLeft { line: sold.line().clone(), part: None, left });
    }
    if !amount.is_positive() {
        return Err(RefundRefusal::NothingAsked);
    }
    let parts = sold.goods_amount(standing.held, amount)?;
    Ok(vec![ItemOrder { line: sold.line().clone(), units: 0, parts }])
}

/// What of the delivery goes with some units of a line, gross, by line.
fn delivery(ground: &Ground<'_>, standing: &LineStanding, units: u32, basis: RefundBasis) -> Result<Vec<(LineKey, Money)>, RefundRefusal> {
    let policy = match basis {
        RefundBasis::Withdrawal => ground.rules.shipping,
        RefundBasis::NonDelivery | RefundBasis::LegalConformity | RefundBasis::Commercial => ShippingPolicy::ProRataValue,
    };
    let cost = basis.delivery();
    let others = ground.lines.iter().filter(|other| other.line.sold.line() != standing.line.sold.line());
    let all_back = standing.all_back_with(units) && others.clone().all(|other| other.all_back_with(0));
    let everything = || ground.lines.iter().map(|line| Ok((line.line.sold.line().clone(), line.delivery_left(cost)?))).collect();
    match policy {
        ShippingPolicy::OnlyIfAllReturned | ShippingPolicy::Recompute if all_back => everything(),
        ShippingPolicy::OnlyIfAllReturned => Ok(Vec::new()),
        ShippingPolicy::ProRataValue => {
            // Within a line every unit has the same value, so its units are its value.
            let sold = &standing.line.sold;
            let done = u64::from(standing.held_units.saturating_add(units));
            let portion = Portion::new(done, sold.facts().quantity.into());
            let step = sold.paid_with(cost)?.delivery_gross().step(portion, standing.held.delivery_gross())?;
            Ok(vec![(sold.line().clone(), step.at_least_zero())])
        }
        ShippingPolicy::Recompute => match ground.quote {
            DeliveryQuote::Unknown => Ok(Vec::new()),
            DeliveryQuote::Kept(kept) => recomputed(ground, cost, kept),
        },
    }
}

/// What was paid for delivery less what delivering the kept goods costs and what went back before, over the lines by what is
/// left of each.
fn recomputed(ground: &Ground<'_>, cost: DeliveryCost, kept: Money) -> Result<Vec<(LineKey, Money)>, RefundRefusal> {
    let left = ground.lines.iter().map(|line| line.delivery_left(cost)).collect::<Result<Vec<_>, _>>()?;
    let due = Money::sum(kept.currency, left.iter().copied())?.minus(kept.at_least_zero())?;
    let weights: Vec<_> = left.iter().map(|money| money.minor.unsigned_abs()).collect();
    if !due.is_positive() {
        return Ok(Vec::new());
    }
    let shares = due.split(&weights)?;
    Ok(ground.lines.iter().map(|line| line.line.sold.line().clone()).zip(shares).collect())
}

/// Checks what somebody wants to grant, part by part, and takes the snapshot of the facts that it is decided on.
pub(super) fn checked(ground: &Ground<'_>, orders: &[ItemOrder]) -> Result<Vec<GrantedItem>, RefundRefusal> {
    let mut items: Vec<GrantedItem> = Vec::with_capacity(orders.len());
    for order in orders {
        let standing = ground.find(&order.line)?;
        if items.iter().any(|item| item.sold.line() == &order.line) {
            return Err(RefundRefusal::LineTwice { line: order.line.clone() });
        }
        let left = standing.left()?;
        if let Some(part) = order.parts.exceeds(left)? {
            return Err(RefundRefusal::AboveLeft { line: order.line.clone(), part: Some(part), left: left.get(part) });
        }
        if order.units > standing.units_left() {
            return Err(RefundRefusal::TooManyUnits { line: order.line.clone(), left: standing.units_left() });
        }
        if order.parts.is_nothing() {
            return Err(RefundRefusal::NothingAsked);
        }
        let RecordedLine { version, sold, .. } = &standing.line;
        items.push(GrantedItem { units: order.units, parts: order.parts, version: *version, sold: sold.clone() });
    }
    if items.is_empty() { Err(RefundRefusal::NothingAsked) } else { Ok(items) }
}

/// What the lines of a grant hold already, for limits that cannot be dodged in slices.
pub(super) fn held_on(ground: &Ground<'_>, items: &[GrantedItem]) -> Result<Money, RefundRefusal> {
    let mut sum: Option<Money> = None;
    for item in items {
        let held = ground.find(item.sold.line())?.held.total();
        sum = Some(sum.map_or(Ok(held), |sum| sum.plus(held))?);
    }
    sum.ok_or(RefundRefusal::NothingAsked)
}
