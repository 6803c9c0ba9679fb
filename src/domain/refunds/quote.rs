//! What a refund would be if it were granted now: everything that a dialog shows before somebody presses a button.

use serde::{Deserialize, Serialize};

use super::super::money::Money;
use super::super::parties::Party;
use super::super::purchases::{CommissionBack, LineKey, Parts};
use super::amounts::{checked, held_on, refundable};
use super::{Asked, Bearing, CostPlan, Ground, ItemOrder, Refund, RefundBasis, RefundMeans, RefundRefusal, RefundRules};

/// Whose word a grant of an amount needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Approval {
    /// Whoever grants it is enough.
    NotNeeded,
    /// Another person of the operator has to approve.
    SecondPerson,
}

/// What a refund would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// What was asked about, by line and part.
    pub items: Vec<ItemOrder>,
    /// The sum of it.
    pub amount: Money,
    /// All that is due on the line on this basis.
    pub due: Money,
    /// The most that can be granted on the line, part by part: what was paid less what is spoken for.
    pub most: Parts,
    /// How many of its units were not refunded yet.
    pub units_left: u32,
    /// The ways that need the buyer's express consent.
    pub consent_for: Vec<RefundMeans>,
    /// What goes back to the seller of the operator's commission if the seller bears all of it.
    pub commission: CommissionBack,
    /// Which sides may grant it.
    pub granted_by: Vec<Party>,
    /// Whether one of them is enough.
    pub approval: Approval,
}

/// What a refund on a line would be. `others` are the refunds of the order that hold money.
pub fn quote<'a>(
    ground: &Ground<'_>,
    line: &LineKey,
    asked: Asked,
    basis: RefundBasis,
    others: impl IntoIterator<Item = &'a Refund>,
) -> Result<Quote, RefundRefusal> {
    let standing = ground.find(line)?;
    let items = refundable(ground, line, asked, basis)?;
    let granted = checked(ground, &items)?;
    let currency = standing.held.currency();
    let amount = Money::sum(currency, items.iter().map(|item| item.parts.total()))?;
    let everything = match refundable(ground, line, Asked::Everything, basis) {
        Err(RefundRefusal::NothingLeft) => Vec::new(),
        due => due?,
    };
    let counted = amount.plus(held_on(ground, &granted)?)?;
    let mut granted_by = vec![Party::Operator];
    if RefundRules::beyond(ground.rules.seller_limit, counted).is_none() {
        granted_by.insert(0, Party::Seller);
    }
    let approval = match RefundRules::beyond(ground.rules.second_approver_above, counted) {
        Some(_) => Approval::SecondPerson,
        None => Approval::NotNeeded,
    };
    let ways = [RefundMeans::StoreCredit, RefundMeans::Voucher, RefundMeans::BankTransfer];
    Ok(Quote {
        amount,
        due: Money::sum(currency, everything.iter().map(|item| item.parts.total()))?,
        most: standing.left()?,
        units_left: standing.units_left(),
        consent_for: if basis.gives_money() { ways.to_vec() } else { Vec::new() },
        commission: commission(ground, &items, CostPlan::all(Bearing::Seller), others)?,
        granted_by,
        approval,
        items,
    })
}

/// The commission that goes back by the cumulative rule, on top of what went back with the refunds before: on what the seller bears.
pub(super) fn commission<'a>(
    ground: &Ground<'_>,
    items: &[ItemOrder],
    costs: CostPlan,
    others: impl IntoIterator<Item = &'a Refund>,
) -> Result<CommissionBack, RefundRefusal> {
    let others: Vec<_> = others.into_iter().collect();
    let mut sum: Option<CommissionBack> = None;
    for item in items {
        let sold = &ground.find(&item.line)?.line.sold;
        let mut before = Parts::nothing(sold.currency());
        for other in &others {
            if let (Some(grant), Some(held)) = (other.grant.as_deref(), other.held_on(&item.line)) {
                before = before.plus(grant.costs.split(held.parts)?.seller)?;
            }
        }
        let base = sold.facts().commission.base;
        let back = |borne: Parts| sold.commission().back(ground.rules.commission, base.of(borne)?);
        let (then, now) = (back(before)?, back(before.plus(costs.split(item.parts)?.seller)?)?);
        let (fee, vat) = (now.fee.minus(then.fee)?.at_least_zero(), now.vat.minus(then.vat)?.at_least_zero());
        sum = Some(match sum {
            None => CommissionBack { fee, vat },
            Some(sum) => CommissionBack { fee: sum.fee.plus(fee)?, vat: sum.vat.plus(vat)? },
        });
    }
    sum.ok_or(RefundRefusal::NothingAsked)
}
