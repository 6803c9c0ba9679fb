//! What moves a refund without a person: other machines, the payment system, time.

use super::run::Run;
use super::{Cx, Error, Result, Standing, dealings, guard, locked};
use crate::domain::ids::{CaseId, MarketplaceId, OrderId, RefundId};
use crate::domain::money::Money;
use crate::domain::parties::{Actor, Who};
use crate::domain::purchases::LineKey;
use crate::domain::refunds::{
    Asked, ClaimStanding, CostPlan, DisputeGuard, GrantOrder, ItemOrder, ProviderNews, Refund, RefundBasis, RefundClock, RefundForm,
    RefundMove, RefundOrigin, RefundRefusal, RefundRequest, RefundStatus, all_left, refundable, spread,
};
use crate::store::{DueRefund, StoreError, StoredRefund, Tx};
use crate::workflow::dealings::Dealing;

/// Money that another machine has decided on.
#[derive(Debug, Clone)]
pub struct MoneyClaim {
    /// On which line; none for the whole order.
    pub line: Option<LineKey>,
    /// How much. An amount that is more than what is left is what is left.
    pub asked: Asked,
    /// On what basis.
    pub basis: RefundBasis,
    /// The clock of the law, where it is certain that the law gives it.
    pub established: Option<RefundClock>,
    /// As what. Full and partial are told apart here.
    pub form: RefundForm,
    /// Who pays for it in the end.
    pub costs: CostPlan,
    /// Whether it carries out what arbitration decided.
    pub guard: DisputeGuard,
    /// Which machine.
    pub origin: RefundOrigin,
}

/// Grants and submits what another machine has decided on, in the caller's transaction and under its locks. A refund that waits
/// for a decision on the same line becomes this one. None when nothing is left to refund.
///
/// The caller has saved its own row before: a success may come back to it. Where the law asks for the buyer's consent, or the
/// charter for a second person, it waits for them; while a dispute is in arbitration only what carries that out goes through,
/// and anything else stays requested, for the operator to grant when it is over.
pub(in crate::workflow) async fn carry_out(cx: &Cx, tx: &mut Tx, dealing: &Dealing, claim: MoneyClaim) -> Result<Option<RefundId>> {
    let order = dealing.purchase.order;
    let all = tx.refunds_of_order(order).await?;
    let dispute = match (claim.guard, claim.origin) {
        (DisputeGuard::Executing, _) | (_, RefundOrigin::Dispute(_)) => claim.guard,
        _ => guard(tx, order, &claimed_lines(dealing, &claim)).await?,
    };
    let standing = Standing::in_dealing(dealing, all.iter().map(|stored| &stored.refund), dispute)?;
    let items = match items(&standing, &claim) {
        Err(RefundRefusal::NothingLeft) => return Ok(None),
        items => items?,
    };
    let Some(line) = claim.line.clone().or_else(|| items.first().map(|item| item.line.clone())) else { return Ok(None) };

    let waits = all.into_iter().find(|stored| stored.refund.line == line && stored.refund.status == RefundStatus::Requested);
    let mut run = if let Some(stored) = waits {
        let seen = stored.refund.revision;
        let stored = adopted(stored, &claim);
        tx.save_refund(&stored, seen).await?;
        Run::of(cx, tx, dealing, standing, stored)
    } else {
        let request = RefundRequest { order, line, asked: claim.asked, basis: claim.basis, by: Who::System };
        let moved = Refund::ordered(request, cx.now());
        let mut run = Run::opening(cx, tx, dealing, (standing, claim.origin), moved.refund.clone());
        run.make(&Who::System, moved).await?;
        run
    };
    if let Some(clock) = claim.established.filter(|_| claim.basis.gives_money()) {
        match run.apply(&RefundMove::Establish { clock }, &Who::System).await? {
            // Whether an exclusion applies is for a person to say; the money goes back all the same.
            Ok(()) | Err(RefundRefusal::ExclusionToJudge) => {}
            Err(refusal) => return Err(refusal.into()),
        }
    }
    granted(&mut run, &claim, items).await?;
    Ok(Some(run.finish().await?.refund.id))
}

/// The same in a transaction of its own, for decisions that no transaction of ours goes with; and what is left of the order then.
pub async fn carry_out_alone(
    cx: &Cx,
    marketplace: MarketplaceId,
    (case, order): (CaseId, OrderId),
    claim: MoneyClaim,
) -> Result<(Option<RefundId>, Money)> {
    let mut tx = cx.store.begin(marketplace).await?;
    let dealing = dealings::of(&tx, case, order).await?;
    let refund = carry_out(cx, &mut tx, &dealing, claim).await?;
    let left = refundable_now(&tx, &dealing, None).await?;
    tx.commit().await?;
    Ok((refund, left))
}

fn claimed_lines(dealing: &Dealing, claim: &MoneyClaim) -> Vec<LineKey> {
    match &claim.line {
        Some(line) => vec![line.clone()],
        None => dealing.purchase.lines.iter().map(|line| line.recorded.sold.line().clone()).collect(),
    }
}

/// What is to be given back.
fn items(standing: &Standing, claim: &MoneyClaim) -> Result<Vec<ItemOrder>, RefundRefusal> {
    let ground = standing.ground();
    let every = || standing.lines.iter().map(|standing| standing.line.sold.line().clone()).collect::<Vec<_>>();
    match (&claim.line, claim.asked) {
        (None, Asked::Amount { amount }) => spread(&ground, &every(), amount),
        (None, _) => all_left(&ground, claim.basis),
        (Some(line), Asked::Amount { amount }) => spread(&ground, std::slice::from_ref(line), amount),
        (Some(line), Asked::Everything) => refundable(&ground, line, Asked::Everything, claim.basis),
        (Some(line), Asked::Units { units }) => {
            let known = standing.lines.iter().find(|standing| standing.line.sold.line() == line);
            let left = known.map_or(0, crate::domain::refunds::LineStanding::units_left);
            let units = std::num::NonZeroU32::new(units.get().min(left)).ok_or(RefundRefusal::NothingLeft)?;
            refundable(&ground, line, Asked::Units { units }, claim.basis)
        }
    }
}

/// A refund that somebody asked for, as what the machine decided.
fn adopted(stored: StoredRefund, claim: &MoneyClaim) -> StoredRefund {
    let mut stored = stored;
    if stored.refund.claim.basis != claim.basis {
        (stored.refund.claim.basis, stored.refund.claim.standing) = (claim.basis, ClaimStanding::Claimed);
        stored.refund.claim.clock = None;
    }
    stored.refund.asked = claim.asked;
    stored.refund.revision = stored.refund.revision.next();
    stored.origin = claim.origin;
    stored
}

async fn granted(run: &mut Run<'_>, claim: &MoneyClaim, items: Vec<ItemOrder>) -> Result<()> {
    let forms: &[RefundForm] = match claim.form {
        RefundForm::Full | RefundForm::Partial => &[RefundForm::Full, RefundForm::Partial],
        RefundForm::StoreCredit => &[RefundForm::StoreCredit],
        RefundForm::PromoCode => &[RefundForm::PromoCode],
    };
    let mut last = Ok(());
    for form in forms {
        let order = GrantOrder { items: Some(items.clone()), form: *form, means: form.usual_means(), costs: claim.costs };
        last = match run.apply(&RefundMove::Grant(order), &Who::System).await? {
            Ok(()) | Err(RefundRefusal::Frozen) => return Ok(()),
            Err(refusal) => Err(refusal),
        };
        if !matches!(last, Err(RefundRefusal::NotFull { .. })) {
            break;
        }
    }
    last.map_err(Error::from)
}

/// What can still be refunded on a line, or of the whole order, with tax.
pub(in crate::workflow) async fn refundable_now(tx: &Tx, dealing: &Dealing, line: Option<&LineKey>) -> Result<Money> {
    let all = tx.refunds_of_order(dealing.purchase.order).await?;
    let standing = Standing::in_dealing(dealing, all.iter().map(|stored| &stored.refund), DisputeGuard::None)?;
    let mut sum = Money::zero(dealing.purchase.currency);
    for each in standing.lines.iter().map(|standing| standing.line.sold.line()).filter(|each| line.is_none_or(|line| line == *each)) {
        if let Some(left) = standing.left(each)? {
            sum = sum.plus(left.total()).map_err(RefundRefusal::from)?;
        }
    }
    Ok(sum)
}

/// What a payment system says about an attempt. Odd news is never an error: it changes nothing, or a person is told.
pub async fn hear(cx: &Cx, marketplace: MarketplaceId, refund: RefundId, news: ProviderNews) -> Result<()> {
    match heard(cx, marketplace, refund, &news).await {
        // Somebody else changed it at the same time.
        Err(Error::Store(StoreError::Conflict { .. })) => heard(cx, marketplace, refund, &news).await,
        other => other,
    }
}

async fn heard(cx: &Cx, marketplace: MarketplaceId, refund: RefundId, news: &ProviderNews) -> Result<()> {
    let actor = Actor::system(marketplace);
    let mut tx = cx.store.begin(marketplace).await?;
    let Some((dealing, stored)) = locked(&tx, actor.scope(), refund).await? else { return Ok(()) };

    let moved = stored.refund.hear(news, cx.now());
    if moved.refund == stored.refund {
        return Ok(());
    }

    let standing = beside(&tx, &dealing, &stored).await?;
    let mut run = Run::of(cx, &mut tx, &dealing, standing, stored);
    run.make(&actor.who, moved).await?;
    run.finish().await?;
    tx.commit().await?;
    Ok(())
}

/// Does what the passing of time means for a refund. Whoever comes second finds nothing to do.
pub async fn elapse(cx: &Cx, due: DueRefund) -> Result<()> {
    let actor = Actor::system(due.marketplace);
    let mut tx = cx.store.begin(due.marketplace).await?;
    let Some((dealing, stored)) = locked(&tx, actor.scope(), due.refund).await? else { return Ok(()) };

    let Some(moved) = stored.refund.elapse(cx.now()) else { return Ok(()) };

    let standing = beside(&tx, &dealing, &stored).await?;
    let mut run = Run::of(cx, &mut tx, &dealing, standing, stored);
    run.make(&actor.who, moved).await?;
    run.finish().await?;
    tx.commit().await?;
    Ok(())
}

/// What the other refunds of the order and its disputes leave.
async fn beside(tx: &Tx, dealing: &Dealing, stored: &StoredRefund) -> Result<Standing> {
    let refund = &stored.refund;
    let granted = refund.grant.iter().flat_map(|grant| grant.items.iter().map(|item| item.sold.line()));
    let lines: Vec<_> = std::iter::once(&refund.line).chain(granted).cloned().collect();
    let dispute = guard(tx, refund.order, &lines).await?;
    let all = tx.refunds_of_order(refund.order).await?;
    let others = all.iter().map(|other| &other.refund).filter(|other| other.id != refund.id);
    Ok(Standing::in_dealing(dealing, others, dispute)?)
}
