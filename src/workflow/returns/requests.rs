//! How a return begins.

use sha2::{Digest, Sha256};

use super::super::dealings::{self, Dealing};
use super::super::threads::{KEY_LIMIT, scoped_key};
use super::super::{Check, Cx, Error, Result, refused};
use super::following::begin;
use super::rights::{bought, legal_days, line_facts, sale, terms};
use crate::domain::hands::Hand;
use crate::domain::ids::{CaseId, OrderId, ReturnId};
use crate::domain::parties::{Actor, Who};
use crate::domain::purchases::LineKey;
use crate::domain::refusal::Refusal;
use crate::domain::returns::{
    LegalBasis, ReasonKind, Resolution, Return, ReturnMoved, ReturnReason, ReturnRequest, next_reference, quantity_left,
};
use crate::domain::withdrawals::{Withdrawal, WithdrawnLine};
use crate::store::{RequestKey, RequestedBefore, StoreError, Tx};

/// The most characters of the buyer's words.
const NOTE_LIMIT: usize = 2000;

/// A return to request.
#[derive(Debug, Clone)]
pub struct ReturnAsked {
    /// Of which order.
    pub order: OrderId,
    /// Which line of it, by the marketplace's own id.
    pub line: String,
    /// How many pieces.
    pub quantity: u32,
    /// Why.
    pub reason: ReturnReason,
    /// In the buyer's words; may be empty.
    pub note: String,
    /// What the buyer would like.
    pub wanted: Resolution,
    /// On which right; none for the one that serves the buyer best.
    pub basis: Option<LegalBasis>,
    /// In which case; none for the newest open one about the order, or a new one.
    pub case: Option<CaseId>,
    /// The client's key: the second call with it finds the return of the first.
    pub idempotency_key: String,
}

/// Requests a return, for the buyer of the order.
pub async fn request(cx: &Cx, actor: &Actor, asked: ReturnAsked) -> Result<Return> {
    match request_once(cx, actor, &asked).await {
        // The same key at the same time, for another order: it won, and is found now.
        Err(Error::Store(StoreError::Conflict { .. })) => request_once(cx, actor, &asked).await,
        other => other,
    }
}

async fn request_once(cx: &Cx, actor: &Actor, asked: &ReturnAsked) -> Result<Return> {
    let by = dealings::hand(&actor.who)?;
    let mut check = Check::default();
    check.text(&["idempotencyKey"], "The idempotency key", &asked.idempotency_key, KEY_LIMIT);
    if asked.note.chars().count() > NOTE_LIMIT {
        check.fault(&["note"], Refusal::Length { what: "The note", limit: NOTE_LIMIT });
    }
    let line = LineKey::try_from(asked.line.clone()).map_err(|_| no_line());
    check.done()?;
    let (line, key) = (line?, request_key(&actor.who, asked));
    let mut tx = cx.store.begin(actor.marketplace).await?;
    let dealing = Box::pin(dealings::about(&mut tx, actor, asked.order, Some(&line), asked.case)).await?;
    dealings_with(actor, &dealing)?;
    match tx.requested_before(&key).await? {
        Some(RequestedBefore::Alike(one)) => return Ok(*one),
        Some(RequestedBefore::Otherwise) => return Err(refused(&["idempotencyKey"], Refusal::KeyUsedDifferently)),
        None => {}
    }

    let moved = ask(cx, &tx, &dealing, asked, by).await?;

    let id = moved.after.id;
    Box::pin(begin(cx, &mut tx, &dealing, &actor.who, moved, Some(&key))).await?;
    // A seller whom the operator keeps out of the matter cannot begin anything in it.
    let one = tx.known_return(actor.scope(), id).await?.ok_or_else(|| refused(&["orderId"], Refusal::NotAllowed))?;
    tx.commit().await?;
    Ok(one)
}

fn no_line() -> Error {
    refused(&["lineId"], Refusal::NotFound { what: "Order line" })
}

/// A seller has a hand in the returns of its own orders alone.
pub(super) fn dealings_with(actor: &Actor, dealing: &Dealing) -> Result<()> {
    match actor.who {
        Who::Seller { seller, .. } if seller != dealing.purchase.seller => Err(Error::NotFound),
        _ => Ok(()),
    }
}

async fn ask(cx: &Cx, tx: &Tx, dealing: &Dealing, asked: &ReturnAsked, by: Hand) -> Result<ReturnMoved> {
    let (_, bought) = bought(dealing, &asked.line).ok_or_else(no_line)?;
    let facts = line_facts(bought);
    let others = tx.returns_of_order(asked.order).await?;
    let days = legal_days(dealing);
    let terms = terms(&dealing.terms, &days);
    let request = ReturnRequest {
        case: dealing.case.id,
        order: asked.order,
        reference: next_reference(&dealing.purchase.reference, &others),
        quantity: asked.quantity,
        reason: asked.reason.clone(),
        note: asked.note.trim().to_owned(),
        wanted: asked.wanted,
        basis: asked.basis,
        withdrawal: None,
    };
    let too_many = !(1..=quantity_left(&facts, &others)).contains(&asked.quantity);
    let sale = sale(&dealing.purchase);
    Return::request(request, by, &facts, &sale, &others, &terms, cx.now()).map_err(|refusal| match refusal {
        Refusal::Invalid { .. } if too_many => refused(&["quantity"], refusal),
        Refusal::Invalid { .. } => refused(&["wanted"], refusal),
        Refusal::NotNow { .. } => refused(&["lineId"], refusal),
        other => other.into(),
    })
}

fn request_key(who: &Who, asked: &ReturnAsked) -> RequestKey {
    let ReturnAsked { order, line, quantity, reason, note, wanted, basis, case, idempotency_key } = asked;
    let content = serde_json::json!([order, line, quantity, reason, note, wanted, basis, case]);
    RequestKey { key: scoped_key(who, idempotency_key), digest: Sha256::digest(content.to_string()).into() }
}

/// Opens the return that carries a confirmed withdrawal out, of as many pieces as are not on their way back already. None when
/// all are.
pub(in super::super) async fn open_for_withdrawal(
    cx: &Cx,
    tx: &mut Tx,
    dealing: &Dealing,
    who: &Who,
    withdrawal: &Withdrawal,
    line: &WithdrawnLine,
) -> Result<Option<ReturnId>> {
    let (_, bought) = bought(dealing, &line.order_line).ok_or_else(no_line)?;
    let facts = line_facts(bought);
    let others = tx.returns_of_order(dealing.purchase.order).await?;
    let quantity = line.quantity.min(quantity_left(&facts, &others));
    if quantity == 0 {
        return Ok(None);
    }
    let request = ReturnRequest {
        case: dealing.case.id,
        order: dealing.purchase.order,
        reference: next_reference(&dealing.purchase.reference, &others),
        quantity,
        reason: ReturnReason::of(ReasonKind::NoReason),
        note: String::new(),
        wanted: Resolution::Refund,
        basis: Some(LegalBasis::Withdrawal),
        withdrawal: withdrawal.declared(),
    };
    let days = legal_days(dealing);
    let terms = terms(&dealing.terms, &days);
    let sale = sale(&dealing.purchase);
    let moved = Return::request(request, Hand::System, &facts, &sale, &others, &terms, cx.now())?;
    let id = moved.after.id;
    Box::pin(begin(cx, tx, dealing, who, moved, None)).await?;
    Ok(Some(id))
}
