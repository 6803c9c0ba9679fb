//! A bare sum, laid on the parts of one line or of several.

use super::super::money::Money;
use super::super::purchases::{DeliveryCost, LineKey, Part, Parts};
use super::{Ground, ItemOrder, LineStanding, RefundBasis, RefundRefusal};

/// What an amount, with tax, is on a line: its goods first, then its delivery, then its fees. Tax goes by the cumulative rule.
///
/// More than what is left of the line is refused.
pub fn parts_of(standing: &LineStanding, amount: Money) -> Result<Parts, RefundRefusal> {
    let sold = &standing.line.sold;
    let left = standing.left()?;
    if amount.compare(left.total())?.is_gt() {
        return Err(RefundRefusal::AboveLeft { line: sold.line().clone(), part: None, left: left.total() });
    }
    if !amount.is_positive() {
        return Err(RefundRefusal::NothingAsked);
    }
    let goods = amount.least(left.goods_gross())?;
    let rest = amount.minus(goods)?;
    let delivery = rest.least(left.delivery_gross())?;
    let fees = Parts::of(sold.currency(), [(Part::Fees, rest.minus(delivery)?)])?;
    let goods = sold.goods_amount(standing.held, goods)?;
    Ok(goods.plus(sold.delivery_amount(standing.held, DeliveryCost::Whole, delivery)?)?.plus(fees)?)
}

/// All that is left of every line; after a withdrawal without what a faster delivery cost more. Nothing left is
/// [`RefundRefusal::NothingLeft`].
pub fn all_left(ground: &Ground<'_>, basis: RefundBasis) -> Result<Vec<ItemOrder>, RefundRefusal> {
    let mut items = Vec::new();
    for standing in ground.lines {
        let sold = &standing.line.sold;
        let parts = sold.paid_with(basis.delivery())?.less(standing.held)?;
        if !parts.is_nothing() {
            items.push(ItemOrder { line: sold.line().clone(), units: standing.units_left(), parts });
        }
    }
    if items.is_empty() { Err(RefundRefusal::NothingLeft) } else { Ok(items) }
}

/// An amount, with tax, over these lines, in proportion to what is left of each; all that is left when the amount is more, so
/// that what others decided is carried out as far as it can be. Nothing left is [`RefundRefusal::NothingLeft`].
pub fn spread(ground: &Ground<'_>, lines: &[LineKey], amount: Money) -> Result<Vec<ItemOrder>, RefundRefusal> {
    let standings = lines.iter().map(|line| ground.find(line)).collect::<Result<Vec<_>, _>>()?;
    let left = standings.iter().map(|standing| Ok(standing.left()?.total())).collect::<Result<Vec<_>, RefundRefusal>>()?;
    let whole = Money::sum(amount.currency, left.iter().copied())?;
    let amount = amount.least(whole)?;
    if !amount.is_positive() {
        return Err(RefundRefusal::NothingLeft);
    }
    let weights: Vec<_> = left.iter().map(|left| left.minor.unsigned_abs()).collect();
    let mut items = Vec::new();
    for (standing, share) in standings.into_iter().zip(amount.split(&weights)?) {
        if share.is_positive() {
            let units = if share == standing.left()?.total() { standing.units_left() } else { 0 };
            items.push(ItemOrder { line: standing.line.sold.line().clone(), units, parts: parts_of(standing, share)? });
        }
    }
    Ok(items)
}
