//! A refund is asked for, in one call.

use sha2::{Digest, Sha256};

use super::super::Check;
use super::super::threads::{KEY_LIMIT, scoped_key};
use super::run::Run;
use super::{Cx, Error, Result, Standing, dealings, no, open_on};
use crate::domain::ids::{CaseId, OrderId};
use crate::domain::parties::{Actor, Who};
use crate::domain::purchases::LineKey;
use crate::domain::refunds::{Asked, DisputeGuard, Refund, RefundBasis, RefundOrigin, RefundRefusal, RefundRequest, Requested};
use crate::domain::refusal::Refusal;
use crate::store::{AskedBefore, RequestKey, StoreError, StoredRefund};
use crate::workflow::refused;

/// At most this many refunds are asked for on one order.
const MOST_REFUNDS: usize = 200;

/// What somebody asks for.
#[derive(Debug, Clone)]
pub struct RefundAsk {
    /// Of which order.
    pub order: OrderId,
    /// On which line.
    pub line: LineKey,
    /// In which case; none for the open one about the order, or a new one.
    pub case: Option<CaseId>,
    /// How much.
    pub asked: Asked,
    /// On what basis.
    pub basis: RefundBasis,
    /// The client's key: a second call with it finds the refund that the first opened, whatever became of it.
    pub idempotency_key: Option<String>,
}

/// Asks for a refund on an order line. Where one is open on the line, that one is found and nothing changes.
pub async fn request(cx: &Cx, actor: &Actor, ask: RefundAsk) -> Result<StoredRefund> {
    match request_once(cx, actor, &ask).await {
        // Another call was first: its refund is found now.
        Err(Error::Store(StoreError::Conflict { .. })) => request_once(cx, actor, &ask).await,
        other => other,
    }
}

async fn request_once(cx: &Cx, actor: &Actor, ask: &RefundAsk) -> Result<StoredRefund> {
    dealings::hand(&actor.who)?;
    let key = request_key(&actor.who, ask)?;
    let mut tx = cx.store.begin(actor.marketplace).await?;
    let dealing = dealings::about(&mut tx, actor, ask.order, Some(&ask.line), ask.case).await?;
    if let Some(key) = &key {
        match tx.refund_by_key(key).await? {
            Some(AskedBefore::Alike(stored)) => return Ok(*stored),
            Some(AskedBefore::Otherwise) => return Err(refused(&["idempotencyKey"], Refusal::KeyUsedDifferently)),
            None => {}
        }
    }
    let all = tx.refunds_of_order(ask.order).await?;
    let open = open_on(&all, &ask.line);
    let standing = Standing::in_dealing(&dealing, all.iter().map(|stored| &stored.refund), DisputeGuard::None)?;

    let by = actor.who.clone();
    let request = RefundRequest { order: ask.order, line: ask.line.clone(), asked: ask.asked, basis: ask.basis, by };
    let requested = Refund::request(request, open.map(|stored| &stored.refund), &standing.ground(), cx.now())
        .map_err(|refusal| no(&[field(ask.asked, &refusal)], refusal))?;
    let moved = match (requested, open) {
        (Requested::Opened(moved), _) => moved,
        // Nothing is committed: whatever was opened on the way to it is gone.
        (Requested::AlreadyOpen(_), Some(open)) => return Ok(open.clone()),
        (Requested::AlreadyOpen(_), None) => return Err(Error::NotFound),
    };
    if all.len() >= MOST_REFUNDS {
        return Err(refused(&["orderId"], Refusal::TooMany { limit: MOST_REFUNDS }));
    }

    let mut run = Run::opening(cx, &mut tx, &dealing, (standing, RefundOrigin::Request), moved.refund.clone()).called(key);
    run.make(&actor.who, *moved).await?;
    let stored = run.finish().await?;
    tx.commit().await?;
    Ok(stored)
}

/// The client's key, if it gave one, with what it asks for.
fn request_key(who: &Who, ask: &RefundAsk) -> Result<Option<RequestKey>> {
    let RefundAsk { order, line, case, asked, basis, idempotency_key } = ask;
    let Some(key) = idempotency_key else { return Ok(None) };
    let mut check = Check::default();
    check.text(&["idempotencyKey"], "The idempotency key", key, KEY_LIMIT);
    check.done()?;
    let content = serde_json::json!([order, line, case, asked, basis]);
    Ok(Some(RequestKey { key: scoped_key(who, key), digest: Sha256::digest(content.to_string()).into() }))
}

/// The field that a refusal is about.
pub(super) const fn field(asked: Asked, refusal: &RefundRefusal) -> &'static str {
    match (asked, refusal) {
        (_, RefundRefusal::UnknownLine { .. } | RefundRefusal::NothingLeft) | (Asked::Everything, _) => "lineId",
        (Asked::Units { .. }, _) => "units",
        (Asked::Amount { .. }, _) => "amount",
    }
}
