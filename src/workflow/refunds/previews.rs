//! What a grant would be, for the dialog that is open while somebody thinks about it. What decides here decides when it is
//! granted, on what is known at the moment; nothing changes.

use chrono::{DateTime, Utc};

use super::decisions::{MOST_ITEMS, costs, fault, lines};
use super::{Cx, Error, Fault, Result, Standing, no, open_on, strictest};
use crate::domain::cases::Case;
use crate::domain::charter::Terms;
use crate::domain::disputes::Dispute;
use crate::domain::ids::{CaseId, DisputeId, OrderId, RefundId};
use crate::domain::parties::{Actor, Scope, View, Who};
use crate::domain::purchases::{LineKey, Parts, Purchase};
use crate::domain::refunds::{
    Asked, CostPlan, DisputeGuard, GrantOrder, GrantPreview, LineStanding, Obstacle, Refund, RefundBasis, RefundForm, RefundMeans,
    RefundRefusal, RefundRequest, Requested, Wished, lay_out,
};
use crate::domain::refusal::Refusal;
use crate::store::StoredRefund;
use crate::workflow::refused;

/// A grant that somebody thinks about.
#[derive(Debug, Clone)]
pub struct PreviewAsk {
    /// Of which order.
    pub order: OrderId,
    /// Which refund would be granted; none for the open one on the first line that is named, or a new one.
    pub refund: Option<RefundId>,
    /// In which case a new one would be asked for; none for the newest open one about the order.
    pub case: Option<CaseId>,
    /// On what basis a new one would be asked for.
    pub basis: RefundBasis,
    /// What would be given back; none for what was asked for, or for all that is due on every line.
    pub items: Option<Vec<WishAsk>>,
    /// As what.
    pub form: RefundForm,
    /// By which way; none for the usual one of the form.
    pub means: Option<RefundMeans>,
    /// Who pays for it in the end; none for the usual bearer.
    pub costs: Option<CostPlan>,
}

/// What somebody thinks of giving back on a line.
#[derive(Debug, Clone)]
pub struct WishAsk {
    /// On which.
    pub line: LineKey,
    /// How much.
    pub wished: Wished,
}

/// What a grant would be.
#[derive(Debug)]
pub struct SeenPreview {
    /// The refund that would be granted; none when one would be asked for first.
    pub answered: Option<RefundId>,
    /// Every line of the order.
    pub lines: Vec<SeenLine>,
    /// What it would be, or what is wrong with it.
    pub outcome: Result<GrantPreview, Vec<Fault>>,
}

/// What can be refunded on a line, beside the refund in question.
#[derive(Debug, Clone)]
pub struct SeenLine {
    /// Which.
    pub line: LineKey,
    /// What was paid for it.
    pub paid: Parts,
    /// What others hold of that.
    pub held: Parts,
    /// What is left: the most that can be granted.
    pub left: Parts,
    /// How many units were not refunded yet.
    pub units_left: u32,
    /// Why nothing can be refunded now.
    pub obstacle: Option<Obstacle>,
    /// The refund that is open on it, and since when it stands as it does.
    pub open: Option<(RefundId, DateTime<Utc>)>,
    /// The dispute that freezes its money, and until when it is decided at the latest.
    pub frozen_by: Option<(DisputeId, DateTime<Utc>)>,
}

/// All that is known of the order.
struct Known {
    purchase: Purchase,
    all: Vec<StoredRefund>,
    disputes: Vec<Dispute>,
}

/// What a grant would be if it were made now, by who asks.
pub async fn preview(cx: &Cx, actor: &Actor, ask: PreviewAsk) -> Result<SeenPreview> {
    if !matches!(actor.who, Who::Seller { .. } | Who::Operator { .. } | Who::Agent { .. }) {
        return Err(no(&[], RefundRefusal::NotAllowed));
    }
    if ask.items.as_ref().is_some_and(|items| items.len() > MOST_ITEMS) {
        return Err(refused(&["items"], Refusal::TooMany { limit: MOST_ITEMS }));
    }
    let marketplace = cx.marketplace(actor.marketplace).await?;
    let found = cx.store.purchases(actor.scope(), &[ask.order]).await?.pop();
    let purchase = found.ok_or_else(|| refused(&["orderId"], Refusal::NotFound { what: "Order" }))?;
    let whole = Scope { view: View::Whole, ..actor.scope() };
    // What can be refunded does not hang on who asks.
    let all = cx.store.refunds_of_orders(whole, &[ask.order]).await?;
    let disputes = cx.store.disputes_of_orders(whole, &[ask.order]).await?;
    let known = Known { purchase, all, disputes };
    let answered = answered(&ask, &known)?;
    let case = case_of(cx, actor, &ask, answered).await?;
    let terms = match &case {
        Some(case) => cx.store.terms_of(&marketplace, case).await?,
        None => Terms::today(&marketplace),
    };
    let others = || known.all.iter().map(|stored| &stored.refund).filter(|other| answered.is_none_or(|own| own.refund.id != other.id));
    let standing = Standing::under(&terms, marketplace.timezone, &known.purchase, others(), DisputeGuard::None)?;
    let lines = standing.lines.iter().map(|line| seen_line(line, &known)).collect::<Result<_>>()?;

    let outcome = weigh(actor, ask, (&terms, case.as_ref()), standing, &known, answered.map(|stored| &stored.refund), cx.now());
    let outcome = match outcome {
        Ok(preview) => Ok(preview),
        Err(Error::Refused { faults }) => Err(faults),
        Err(error) => return Err(error),
    };
    Ok(SeenPreview { answered: answered.map(|stored| stored.refund.id), lines, outcome })
}

/// The refund that would be granted, if there is one already.
fn answered<'a>(ask: &PreviewAsk, known: &'a Known) -> Result<Option<&'a StoredRefund>> {
    if let Some(id) = ask.refund {
        let found = known.all.iter().find(|stored| stored.refund.id == id);
        return Ok(Some(found.ok_or_else(|| refused(&["refundId"], Refusal::NotFound { what: "Refund" }))?));
    }
    Ok(ask.items.iter().flatten().next().and_then(|first| open_on(&known.all, &first.line)))
}

async fn case_of(cx: &Cx, actor: &Actor, ask: &PreviewAsk, answered: Option<&StoredRefund>) -> Result<Option<Case>> {
    let whole = Scope { view: View::Whole, ..actor.scope() };
    if let Some(stored) = answered {
        return Ok(cx.store.cases_by_id(whole, &[stored.case]).await?.pop());
    }
    let Some(id) = ask.case else { return Ok(cx.store.newest_case_about(whole, ask.order).await?) };
    let found = cx.store.cases_by_id(actor.scope(), &[id]).await?.pop().filter(|case| case.order == Some(ask.order));
    found.map(Some).ok_or_else(|| refused(&["caseId"], Refusal::NotFound { what: "Case" }))
}

fn seen_line(standing: &LineStanding, known: &Known) -> Result<SeenLine> {
    let line = standing.line.sold.line();
    let open = open_on(&known.all, line).map(|stored| &stored.refund);
    let guard = Dispute::guard(&known.disputes, line);
    let freezes = |dispute: &&Dispute| Dispute::guard([*dispute], line) == DisputeGuard::Arbitration;
    Ok(SeenLine {
        line: line.clone(),
        paid: standing.line.sold.paid(),
        held: standing.held,
        left: standing.left().map_err(RefundRefusal::from)?,
        units_left: standing.units_left(),
        obstacle: Obstacle::on(standing, guard, open).map_err(RefundRefusal::from)?,
        open: open.map(|open| (open.id, open.updated_at)),
        frozen_by: known.disputes.iter().find(freezes).map(|dispute| (dispute.id, dispute.hard_stop_at)),
    })
}

/// Asks the refund itself, as granting it does.
fn weigh(
    actor: &Actor,
    ask: PreviewAsk,
    (terms, case): (&Terms, Option<&Case>),
    standing: Standing,
    known: &Known,
    answered: Option<&Refund>,
    now: DateTime<Utc>,
) -> Result<GrantPreview> {
    let basis = answered.map_or(ask.basis, |refund| refund.claim.basis);
    let wishes = match (ask.items, answered) {
        (Some(items), _) => Some(items.into_iter().map(|item| (item.line, item.wished)).collect()),
        (None, Some(_)) => None,
        (None, None) => Some(standing.lines.iter().map(|line| (line.line.sold.line().clone(), Wished::Due)).collect::<Vec<_>>()),
    };
    let items = wishes.as_ref().map(|wishes| lay_out(&standing.ground(), wishes, basis)).transpose();
    let items = items.map_err(|(position, refusal)| no(&["items", &position.to_string()], refusal))?;
    let keys: Vec<LineKey> = items.iter().flatten().map(|item| item.line.clone()).collect();
    let refund = match answered {
        Some(refund) => refund.clone(),
        None => asked_for(actor, ask.order, basis, wishes.as_deref().unwrap_or_default(), &keys, &standing, now)?,
    };
    let standing = Standing { dispute: strictest(&known.disputes, &lines(&refund, &keys)), ..standing };
    let means = ask.means.unwrap_or_else(|| ask.form.usual_means());
    let order = GrantOrder { items, form: ask.form, means, costs: costs(&actor.who, ask.costs, terms, case)? };
    let others = known.all.iter().map(|stored| &stored.refund).filter(|other| other.id != refund.id);
    refund.preview(&order, &actor.who, &standing.ground(), others, now).map_err(|refusal| fault(&actor.who, &keys, refusal))
}

/// The refund that would be asked for first: on the first line of which something would be given back.
fn asked_for(
    actor: &Actor,
    order: OrderId,
    basis: RefundBasis,
    wishes: &[(LineKey, Wished)],
    keys: &[LineKey],
    standing: &Standing,
    now: DateTime<Utc>,
) -> Result<Refund> {
    let line = keys.first().ok_or_else(|| no(&["items"], RefundRefusal::NothingLeft))?.clone();
    let asked = match wishes.iter().find(|(wished, _)| *wished == line) {
        Some((_, Wished::Asked(asked))) => *asked,
        _ => Asked::Everything,
    };
    let request = RefundRequest { order, line, asked, basis, by: actor.who.clone() };
    match Refund::request(request, None, &standing.ground(), now).map_err(|refusal| no(&["items", "0"], refusal))? {
        Requested::Opened(moved) => Ok(moved.refund),
        Requested::AlreadyOpen(_) => Err(Error::NotFound),
    }
}
