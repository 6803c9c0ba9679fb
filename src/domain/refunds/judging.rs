//! What granting a refund comes to. The dialog that shows it beforehand and the move that carries it out ask the same question.

use chrono::{DateTime, TimeDelta, Utc};

use super::super::money::Money;
use super::super::parties::{Party, Who};
use super::super::purchases::{CommissionBack, LineKey, Part, Parts};
use super::actions::Side;
use super::amounts::{checked, held_on, refundable};
use super::quote::commission;
use super::{
    Approval, Asked, Bearing, Borne, ClaimStanding, CostPlan, DisputeGuard, GrantOrder, GrantedItem, Ground, ItemOrder, LineStanding,
    Refund, RefundAction, RefundBasis, RefundForm, RefundMeans, RefundRefusal, RefundRules, parts_of,
};

/// What granting comes to.
pub(super) struct Judged {
    pub(super) items: Vec<GrantedItem>,
    pub(super) amount: Money,
    /// As what, if the buyer does not take it so.
    pub(super) fallback: RefundForm,
    pub(super) approval: Approval,
}

/// What a grant would be if it were made now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantPreview {
    /// What is given back, by line and part.
    pub items: Vec<ItemOrder>,
    /// All of it, by part.
    pub parts: Parts,
    /// Who bears how much of it.
    pub borne: Borne,
    /// What goes back to the seller of the operator's commission.
    pub commission: CommissionBack,
    /// Which sides may grant it so.
    pub granted_by: Vec<Party>,
    /// Whether one person is enough.
    pub approval: Approval,
    /// Until when the buyer would be asked to agree; none when they need not.
    pub consent_until: Option<DateTime<Utc>>,
}

impl Refund {
    /// Whether a side may grant it so, and what that comes to.
    pub(super) fn judge(&self, order: &GrantOrder, side: Side, ground: &Ground<'_>) -> Result<Judged, RefundRefusal> {
        if !order.form.goes_by(order.means) {
            return Err(RefundRefusal::FormAndMeans);
        }
        let items = match &order.items {
            Some(items) => checked(ground, items)?,
            None => checked(ground, &refundable(ground, &self.line, self.asked, self.claim.basis)?)?,
        };
        let amount = Money::sum(ground.find(&self.line)?.held.currency(), items.iter().map(|item| item.parts.total()))?;
        let full = total(ground, &self.line, refundable(ground, &self.line, Asked::Everything, self.claim.basis))?;
        let fallback = if amount.compare(full)?.is_ge() { RefundForm::Full } else { RefundForm::Partial };
        if fallback != RefundForm::Full && order.form == RefundForm::Full {
            return Err(RefundRefusal::NotFull { full });
        }
        if side == Side::Seller && self.claim.standing == ClaimStanding::Established {
            let due = total(ground, &self.line, refundable(ground, &self.line, self.asked, self.claim.basis))?;
            if amount.compare(due)?.is_lt() {
                return Err(RefundRefusal::BelowDue { due });
            }
        }
        let counted = amount.plus(held_on(ground, &items)?)?;
        if let Some(limit) = RefundRules::beyond(ground.rules.seller_limit, counted).filter(|_| side == Side::Seller) {
            return Err(RefundRefusal::AboveSellerLimit { limit });
        }
        // What arbitration decided has had its two pairs of eyes.
        let alone = ground.dispute == DisputeGuard::Executing;
        let approval = match RefundRules::beyond(ground.rules.second_approver_above, counted) {
            Some(_) if !alone => Approval::SecondPerson,
            _ => Approval::NotNeeded,
        };
        Ok(Judged { items, amount, fallback, approval })
    }

    /// Until when the buyer is asked to agree to these means; none when they need not be.
    pub(super) fn consent_until(&self, means: RefundMeans, ground: &Ground<'_>, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if !self.claim.basis.gives_money() || means == RefundMeans::OriginalPayment {
            return None;
        }
        let until = at + TimeDelta::days(i64::from(ground.rules.consent_days));
        // Waiting for an answer must not make the refund late.
        let due = self.claim.clock.and_then(|clock| clock.due_at(ground.timezone));
        Some(due.map_or(until, |due| until.min(due)))
    }

    /// What a grant would be, or why somebody may not make it. `others` are the other refunds of the order.
    pub fn preview<'a>(
        &self,
        order: &GrantOrder,
        by: &Who,
        ground: &Ground<'_>,
        others: impl IntoIterator<Item = &'a Self>,
        at: DateTime<Utc>,
    ) -> Result<GrantPreview, RefundRefusal> {
        self.allows(RefundAction::Grant, by, ground.dispute, at)?;
        let Judged { items, approval, .. } = self.judge(order, Side::of(by), ground)?;
        let mut granted_by = vec![Party::Operator];
        // Nobody spends another one's money.
        let own = order.costs == CostPlan::all(Bearing::Seller);
        if own && self.may_decide(Side::Seller, at).is_ok() && self.judge(order, Side::Seller, ground).is_ok() {
            granted_by.insert(0, Party::Seller);
        }
        let items: Vec<_> = items.iter().map(ItemOrder::from).collect();
        let nothing = Parts::nothing(ground.find(&self.line)?.held.currency());
        let mut borne = Borne { seller: nothing, operator: nothing, carrier: nothing };
        let mut parts = nothing;
        for item in &items {
            parts = parts.plus(item.parts)?;
            borne = borne.plus(order.costs.split(item.parts)?)?;
        }
        let consent_until = self.consent_until(order.means, ground, at);
        let commission = commission(ground, &items, order.costs, others)?;
        Ok(GrantPreview { items, parts, borne, commission, granted_by, approval, consent_until })
    }
}

/// What somebody wants to give back on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wished {
    /// All that is due on it, which may be nothing.
    Due,
    /// So many units, with what of the delivery goes with them; or all that is due, but something must be.
    Asked(Asked),
    /// What is left of the cost of its delivery, and nothing else.
    Delivery,
    /// A sum, on the goods first.
    Sum {
        /// For how many units; it is information.
        units: u32,
        /// How much, with tax.
        amount: Money,
    },
    /// These parts.
    Parts {
        /// For how many units; it is information.
        units: u32,
        /// How much.
        parts: Parts,
    },
}

/// Wishes on several lines as one grant. Each counts on what those before it leave, as if they were granted one after the other,
/// so that the last line of an order brings the delivery that goes back with the whole. The place of a wish that cannot be met
/// comes with the refusal.
pub fn lay_out(ground: &Ground<'_>, wishes: &[(LineKey, Wished)], basis: RefundBasis) -> Result<Vec<ItemOrder>, (usize, RefundRefusal)> {
    let mut lines = ground.lines.to_vec();
    let mut items: Vec<ItemOrder> = Vec::new();
    for (position, (line, wished)) in wishes.iter().enumerate() {
        let left = Ground { lines: &lines, ..*ground };
        let add = wished.on(&left, line, basis).and_then(|found| held(&mut lines, &mut items, found));
        add.map_err(|refusal| (position, refusal))?;
    }
    Ok(items)
}

impl Wished {
    fn on(self, ground: &Ground<'_>, line: &LineKey, basis: RefundBasis) -> Result<Vec<ItemOrder>, RefundRefusal> {
        let standing = ground.find(line)?;
        let item = |units, parts| vec![ItemOrder { line: line.clone(), units, parts }];
        match self {
            Self::Due => match refundable(ground, line, Asked::Everything, basis) {
                Err(RefundRefusal::NothingLeft) => Ok(Vec::new()),
                found => found,
            },
            Self::Asked(asked) => refundable(ground, line, asked, basis),
            Self::Delivery => {
                let parts = standing.line.sold.paid_with(basis.delivery())?.less(standing.held)?.only(&Part::DELIVERY);
                if parts.is_nothing() { Err(RefundRefusal::NothingLeft) } else { Ok(item(0, parts)) }
            }
            Self::Sum { units, amount } => Ok(item(units, parts_of(standing, amount)?)),
            Self::Parts { units, parts } => Ok(item(units, parts)),
        }
    }
}

/// Counts what was found as held, and joins what is on the same line.
fn held(lines: &mut [LineStanding], items: &mut Vec<ItemOrder>, found: Vec<ItemOrder>) -> Result<(), RefundRefusal> {
    for new in found {
        if let Some(standing) = lines.iter_mut().find(|standing| standing.line.sold.line() == &new.line) {
            standing.held = standing.held.plus(new.parts)?;
            standing.held_units = standing.held_units.saturating_add(new.units);
        }
        match items.iter_mut().find(|item| item.line == new.line) {
            Some(item) => {
                item.parts = item.parts.plus(new.parts)?;
                item.units = item.units.saturating_add(new.units);
            }
            None => items.push(new),
        }
    }
    Ok(())
}

/// What is due in all. Nothing may be, while something is left that is not due, such as the delivery of a part of an order.
fn total(ground: &Ground<'_>, line: &LineKey, due: Result<Vec<ItemOrder>, RefundRefusal>) -> Result<Money, RefundRefusal> {
    let items = match due {
        Err(RefundRefusal::NothingLeft) => Vec::new(),
        due => due?,
    };
    Ok(Money::sum(ground.find(line)?.held.currency(), items.iter().map(|item| item.parts.total()))?)
}
