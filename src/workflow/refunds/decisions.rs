//! What people do to a refund.

use super::run::Run;
use super::{Cx, Error, Result, Standing, dealings, guard, locked, no};
use crate::domain::cases::Case;
use crate::domain::charter::Terms;
use crate::domain::ids::RefundId;
use crate::domain::money::Money;
use crate::domain::parties::{Actor, Who};
use crate::domain::purchases::{LineKey, Parts};
use crate::domain::reasons::CostBearer;
use crate::domain::refunds::{
    Bearing, CostPlan, GrantOrder, ItemOrder, LineStanding, Refund, RefundForm, RefundMeans, RefundMove, RefundRefusal, parts_of,
};
use crate::domain::refusal::Refusal;
use crate::store::StoredRefund;
use crate::workflow::dealings::Dealing;
use crate::workflow::refused;

/// At most this many lines in one grant.
pub(super) const MOST_ITEMS: usize = 200;

/// A refund as somebody has read it.
#[derive(Debug, Clone, Copy)]
pub struct RefundRead {
    /// Which.
    pub refund: RefundId,
    /// At which revision.
    pub revision: i32,
}

/// How somebody grants a refund.
#[derive(Debug, Clone)]
pub struct GrantAsk {
    /// What is given back, by line; none for what was asked for.
    pub items: Option<Vec<ItemAsk>>,
    /// As what.
    pub form: RefundForm,
    /// By which way; none for the usual one of the form.
    pub means: Option<RefundMeans>,
    /// Who pays for it in the end; none for the seller, or who the playbook of the case's contact reason names.
    pub costs: Option<CostPlan>,
}

/// What somebody grants on a line.
#[derive(Debug, Clone)]
pub struct ItemAsk {
    /// On which.
    pub line: LineKey,
    /// For how many units; it is information.
    pub units: u32,
    /// How much, with tax.
    pub amount: Money,
    /// What of it is for what; none for the goods first, then the delivery, then the fees.
    pub parts: Option<Parts>,
}

enum Wish {
    Move(RefundMove),
    Grant(GrantAsk),
}

/// Does to a refund what needs no reckoning: everything but granting it.
pub async fn decide(cx: &Cx, actor: &Actor, read: RefundRead, action: RefundMove) -> Result<StoredRefund> {
    act(cx, actor, read, Wish::Move(action)).await
}

/// Grants a refund. Above the charter's limit it waits for another person of the operator.
pub async fn grant(cx: &Cx, actor: &Actor, read: RefundRead, ask: GrantAsk) -> Result<StoredRefund> {
    if ask.items.as_ref().is_some_and(|items| items.len() > MOST_ITEMS) {
        return Err(refused(&["items"], Refusal::TooMany { limit: MOST_ITEMS }));
    }
    act(cx, actor, read, Wish::Grant(ask)).await
}

async fn act(cx: &Cx, actor: &Actor, read: RefundRead, wish: Wish) -> Result<StoredRefund> {
    dealings::hand(&actor.who)?;
    let mut tx = cx.store.begin(actor.marketplace).await?;
    let found = locked(&tx, actor.scope(), read.refund).await?;
    let (dealing, stored) = found.ok_or_else(|| refused(&["refundId"], Refusal::NotFound { what: "Refund" }))?;
    as_it_was_read(&actor.who, &stored, read, &wish)?;
    let all = tx.refunds_of_order(stored.refund.order).await?;
    let others = all.iter().map(|other| &other.refund).filter(|other| other.id != stored.refund.id);
    let items: Vec<LineKey> = match &wish {
        Wish::Grant(GrantAsk { items: Some(items), .. }) => items.iter().map(|item| item.line.clone()).collect(),
        Wish::Grant(_) | Wish::Move(_) => Vec::new(),
    };
    let dispute = guard(&tx, stored.refund.order, &lines(&stored.refund, &items)).await?;
    let standing = Standing::in_dealing(&dealing, others, dispute)?;

    let action = match wish {
        Wish::Move(action) => action,
        Wish::Grant(ask) => RefundMove::Grant(order(&actor.who, &dealing, &standing, ask)?),
    };
    let mut run = Run::of(cx, &mut tx, &dealing, standing, stored);
    run.apply(&action, &actor.who).await?.map_err(|refusal| fault(&actor.who, &items, refusal))?;

    let stored = run.finish().await?;
    tx.commit().await?;
    Ok(stored)
}

/// The revision that somebody saw must be the one that stands. The buyer's side counts what it sees, and has two moves only.
fn as_it_was_read(who: &Who, stored: &StoredRefund, read: RefundRead, wish: &Wish) -> Result<()> {
    let buyers = matches!(who, Who::Buyer { .. } | Who::Vendor { .. });
    if buyers && !matches!(wish, Wish::Move(RefundMove::Consent { .. } | RefundMove::RefuseConsent)) {
        return Err(no(&["refundId"], RefundRefusal::NotAllowed));
    }
    let current = if buyers { stored.to_buyer.revision } else { stored.refund.revision };
    if current.get() == read.revision {
        return Ok(());
    }
    Err(no(&["revision"], RefundRefusal::WrongRevision { current: current.get() }))
}

/// The lines that a move concerns.
pub(super) fn lines(refund: &Refund, wished: &[LineKey]) -> Vec<LineKey> {
    let grants = [refund.grant.as_deref(), refund.proposal.as_deref()].into_iter().flatten();
    let granted = grants.flat_map(|grant| grant.items.iter().map(|item| item.sold.line()));
    std::iter::once(&refund.line).chain(wished).chain(granted).cloned().collect()
}

/// What somebody wants to grant, as parts of lines.
fn order(who: &Who, dealing: &Dealing, standing: &Standing, ask: GrantAsk) -> Result<GrantOrder> {
    let items = ask.items.map(|items| items.into_iter().enumerate().map(|item| item_order(standing, item)).collect::<Result<_>>());
    let costs = costs(who, ask.costs, &dealing.terms, Some(&dealing.case))?;
    let means = ask.means.unwrap_or_else(|| ask.form.usual_means());
    Ok(GrantOrder { items: items.transpose()?, form: ask.form, means, costs })
}

/// Who pays in the end. A seller pays itself.
pub(super) fn costs(who: &Who, asked: Option<CostPlan>, terms: &Terms, case: Option<&Case>) -> Result<CostPlan> {
    match (who, asked) {
        // Nobody spends another one's money.
        (Who::Seller { .. }, Some(costs)) if costs != CostPlan::all(Bearing::Seller) => Err(no(&["costs"], RefundRefusal::NotAllowed)),
        (Who::Seller { .. }, _) => Ok(CostPlan::all(Bearing::Seller)),
        (_, Some(costs)) => Ok(costs),
        (_, None) => Ok(CostPlan::all(usual_bearer(terms, case))),
    }
}

fn item_order(standing: &Standing, (position, item): (usize, ItemAsk)) -> Result<ItemOrder> {
    let position = position.to_string();
    let at = |field: &str, refusal: RefundRefusal| no(&["items", &position, field], refusal);
    let ItemAsk { line, units, amount, parts } = item;
    let known = standing.lines.iter().find(|standing: &&LineStanding| standing.line.sold.line() == &line);
    let known = known.ok_or_else(|| at("lineId", RefundRefusal::UnknownLine { line: line.clone() }))?;
    let parts = match parts {
        Some(parts) => parts.summing_to(amount).map_err(|error| at("parts", error.into()))?,
        None => parts_of(known, amount).map_err(|refusal| at("amount", refusal))?,
    };
    Ok(ItemOrder { line, units, parts })
}

/// Who pays when nobody says: as the playbook of the contact reason has it. What a buyer pays is no refund.
fn usual_bearer(terms: &Terms, case: Option<&Case>) -> Bearing {
    match case.and_then(|case| terms.reason(Some(&case.reason))).map(|reason| reason.cost_bearer) {
        Some(CostBearer::Operator) => Bearing::Operator,
        Some(CostBearer::Carrier) => Bearing::Carrier,
        _ => Bearing::Seller,
    }
}

/// What is wrong, and where. The buyer's side is not told of a state that it does not see.
pub(super) fn fault(who: &Who, items: &[LineKey], refusal: RefundRefusal) -> Error {
    let refusal = match (who, refusal) {
        (Who::Buyer { .. } | Who::Vendor { .. }, RefundRefusal::NotInThisState { status }) => {
            RefundRefusal::NotInThisState { status: status.to_buyer() }
        }
        (_, refusal) => refusal,
    };
    let item = match &refusal {
        RefundRefusal::AboveLeft { line, .. }
        | RefundRefusal::TooManyUnits { line, .. }
        | RefundRefusal::UnknownLine { line }
        | RefundRefusal::LineTwice { line } => items.iter().rposition(|item| item == line),
        _ => None,
    };
    if let Some(position) = item {
        return no(&["items", &position.to_string()], refusal);
    }
    let field = match &refusal {
        RefundRefusal::WrongRevision { .. } => "revision",
        RefundRefusal::Length { .. } => "text",
        RefundRefusal::FormAndMeans => "means",
        RefundRefusal::NotFull { .. } => "form",
        RefundRefusal::NotExcluded => "reason",
        RefundRefusal::SharesDoNotSum { .. } => "costs",
        RefundRefusal::BelowDue { .. }
        | RefundRefusal::AboveSellerLimit { .. }
        | RefundRefusal::NothingAsked
        | RefundRefusal::Money(_)
        | RefundRefusal::Parts(_)
            if !items.is_empty() =>
        {
            "items"
        }
        _ => "refundId",
    };
    no(&[field], refusal)
}
