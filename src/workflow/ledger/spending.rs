//! Store credit and promo codes after they were given: spent, taken back, lapsed.
//!
//! Whoever moves one holds its row, so of many who spend at the same time each sees what the one before has left.

use sha2::{Digest, Sha256};

use super::super::orders::{AmountInput, ID_LIMIT, amount};
use super::super::threads::{KEY_LIMIT, scoped_key};
use super::super::{Check, Cx, Error, Result, refused};
use super::{unusable, written_code};
use crate::domain::ids::{OrderId, PromoCodeId, StoreCreditId};
use crate::domain::ledger::{CreditMove, CreditRefusal, Posting, PromoMove};
use crate::domain::money::Money;
use crate::domain::parties::Actor;
use crate::domain::refusal::Refusal;
use crate::policy::{self, Permission};
use crate::store::{CreditUse, DueCredit, PromoCodeRow, RequestKey, SpentBefore, StoreCreditRow, StoreError, Tx};

/// Something that a buyer pays with credit or a code.
#[derive(Debug, Clone)]
pub struct Spending<W> {
    /// With what.
    pub with: W,
    /// The order, by its reference.
    pub order: String,
    /// How much.
    pub amount: AmountInput,
    /// The client's key: the second call with it finds what the first has spent.
    pub idempotency_key: String,
}

/// What was spent, and what of it is left.
#[derive(Debug, Clone)]
pub struct SpentOn<R> {
    /// The store credit or promo code as it is now.
    pub row: R,
    /// What this call, or an earlier one with the same key, has spent.
    pub spent: CreditUse,
}

/// Something to take back.
#[derive(Debug, Clone, Copy)]
pub struct VoidOrder<I> {
    /// What.
    pub id: I,
    /// Its revision, as it was seen.
    pub revision: i32,
}

/// Which field of an input a refusal is about: the amount, or the credit itself.
fn at(refusal: CreditRefusal, field: &str) -> Error {
    let field = match refusal {
        CreditRefusal::NotEnough { .. } | CreditRefusal::Ledger(_) => "amount",
        CreditRefusal::NotOpen { .. } | CreditRefusal::NotYet => field,
    };
    refused(&[field], unusable(refusal))
}

impl<W: ToString> Spending<W> {
    fn key(&self, actor: &Actor) -> RequestKey {
        let AmountInput { amount, currency_code } = &self.amount;
        let content = serde_json::json!([self.with.to_string(), self.order, amount, currency_code]);
        RequestKey { key: scoped_key(&actor.who, &self.idempotency_key), digest: Sha256::digest(content.to_string()).into() }
    }

    fn checked(&self) -> Result<Money> {
        let mut check = Check::default();
        check.text(&["orderReference"], "The order's reference", &self.order, ID_LIMIT);
        check.text(&["idempotencyKey"], "The idempotency key", &self.idempotency_key, KEY_LIMIT);
        let amount = amount(&mut check, &["amount"], "The amount", &self.amount);
        check.done()?;
        // Without an amount there was a fault.
        amount.ok_or(Error::NotFound)
    }

    async fn order(&self, tx: &Tx) -> Result<OrderId> {
        let found = tx.order_sellers(std::slice::from_ref(&self.order)).await?;
        let (order, _) = found.get(&self.order).ok_or_else(|| refused(&["orderReference"], Refusal::NotFound { what: "Order" }))?;
        Ok(*order)
    }
}

/// What an earlier call with the same key has spent.
async fn before(tx: &Tx, request: &RequestKey) -> Result<Option<CreditUse>> {
    match tx.spent_before(request).await? {
        Some(SpentBefore::Alike(spent)) => Ok(Some(spent)),
        Some(SpentBefore::Otherwise) => Err(refused(&["idempotencyKey"], Refusal::KeyUsedDifferently)),
        None => Ok(None),
    }
}

async fn book(tx: &Tx, posting: Posting, credit: uuid::Uuid, spent: (OrderId, Money), request: &RequestKey) -> Result<CreditUse> {
    let (order, amount) = spent;
    let spent = CreditUse { posting: posting.id(), credit, order, amount, at: posting.at() };
    tx.post(posting, Some(order)).await?;
    tx.insert_credit_use(&spent, request).await?;
    Ok(spent)
}

/// A buyer pays with store credit.
pub async fn use_credit(cx: &Cx, actor: &Actor, spending: Spending<StoreCreditId>) -> Result<SpentOn<StoreCreditRow>> {
    match use_credit_once(cx, actor, &spending).await {
        // The same key at the same time, for something else: it won, and is found now.
        Err(Error::Store(StoreError::Conflict { .. })) => use_credit_once(cx, actor, &spending).await,
        other => other,
    }
}

async fn use_credit_once(cx: &Cx, actor: &Actor, spending: &Spending<StoreCreditId>) -> Result<SpentOn<StoreCreditRow>> {
    policy::require(&actor.who, Permission::ReportMoney)?;
    let amount = spending.checked()?;
    let request = spending.key(actor);
    let tx = cx.store.begin(actor.marketplace).await?;
    let row = tx.lock_store_credit(actor.scope(), spending.with).await?;
    let row = row.ok_or_else(|| refused(&["storeCreditId"], Refusal::NotFound { what: "Store credit" }))?;
    if let Some(spent) = before(&tx, &request).await? {
        return Ok(SpentOn { row, spent });
    }
    let order = spending.order(&tx).await?;

    let used = row.credit.apply(CreditMove::Use { order, amount }, cx.now());
    let (credit, posting) = used.map_err(|refusal| at(refusal, "storeCreditId"))?;

    tx.save_store_credit(&credit).await?;
    let spent = book(&tx, posting, credit.id.uuid(), (order, amount), &request).await?;
    tx.commit().await?;
    Ok(SpentOn { row: StoreCreditRow { credit, ..row }, spent })
}

/// A buyer pays with a promo code. What it is worth beyond the amount lapses.
pub async fn use_code(cx: &Cx, actor: &Actor, spending: Spending<String>) -> Result<SpentOn<PromoCodeRow>> {
    match use_code_once(cx, actor, &spending).await {
        Err(Error::Store(StoreError::Conflict { .. })) => use_code_once(cx, actor, &spending).await,
        other => other,
    }
}

async fn use_code_once(cx: &Cx, actor: &Actor, spending: &Spending<String>) -> Result<SpentOn<PromoCodeRow>> {
    policy::require(&actor.who, Permission::ReportMoney)?;
    let amount = spending.checked()?;
    let written = Spending { with: written_code(&spending.with), ..spending.clone() };
    let request = written.key(actor);
    let tx = cx.store.begin(actor.marketplace).await?;
    let not_found = || refused(&["code"], Refusal::NotFound { what: "Promo code" });
    let id = tx.promo_code_id(actor.scope(), &written.with).await?.ok_or_else(not_found)?;
    let row = tx.lock_promo_code(actor.scope(), id).await?.ok_or_else(not_found)?;
    if let Some(spent) = before(&tx, &request).await? {
        return Ok(SpentOn { row, spent });
    }
    let order = spending.order(&tx).await?;

    let used = row.code.apply(PromoMove::Use { order, amount }, cx.now());
    let (code, posting) = used.map_err(|refusal| at(refusal, "code"))?;

    tx.save_promo_code(&code).await?;
    let spent = book(&tx, posting, code.id.uuid(), (order, amount), &request).await?;
    tx.commit().await?;
    Ok(SpentOn { row: PromoCodeRow { code, ..row }, spent })
}

fn seen(current: u32, seen: i32) -> Result<()> {
    let current = i32::try_from(current).unwrap_or(i32::MAX);
    if current == seen { Ok(()) } else { Err(refused(&["revision"], Refusal::WrongRevision { current })) }
}

/// The operator takes a store credit back.
pub async fn void_credit(cx: &Cx, actor: &Actor, order: VoidOrder<StoreCreditId>) -> Result<StoreCreditRow> {
    policy::require(&actor.who, Permission::CorrectLedger)?;
    let tx = cx.store.begin(actor.marketplace).await?;
    let row = tx.lock_store_credit(actor.scope(), order.id).await?;
    let row = row.ok_or_else(|| refused(&["storeCreditId"], Refusal::NotFound { what: "Store credit" }))?;
    seen(row.credit.revision, order.revision)?;

    let (credit, posting) = row.credit.apply(CreditMove::Void, cx.now()).map_err(|refusal| at(refusal, "storeCreditId"))?;

    tx.save_store_credit(&credit).await?;
    tx.post(posting, None).await?;
    tx.commit().await?;
    Ok(StoreCreditRow { credit, ..row })
}

/// The operator takes a promo code back.
pub async fn void_code(cx: &Cx, actor: &Actor, order: VoidOrder<PromoCodeId>) -> Result<PromoCodeRow> {
    policy::require(&actor.who, Permission::CorrectLedger)?;
    let tx = cx.store.begin(actor.marketplace).await?;
    let row = tx.lock_promo_code(actor.scope(), order.id).await?;
    let row = row.ok_or_else(|| refused(&["promoCodeId"], Refusal::NotFound { what: "Promo code" }))?;
    seen(row.code.revision, order.revision)?;

    let (code, posting) = row.code.apply(PromoMove::Void, cx.now()).map_err(|refusal| at(refusal, "promoCodeId"))?;

    tx.save_promo_code(&code).await?;
    tx.post(posting, None).await?;
    tx.commit().await?;
    Ok(PromoCodeRow { code, ..row })
}

/// Ends a store credit whose time is over. Whoever comes second finds nothing to do.
pub async fn expire_credit(cx: &Cx, due: DueCredit<StoreCreditId>) -> Result<()> {
    let tx = cx.store.begin(due.marketplace).await?;
    let Some(row) = tx.lock_store_credit(Actor::system(due.marketplace).scope(), due.id).await? else { return Ok(()) };
    let (credit, posting) = match row.credit.apply(CreditMove::Expire, cx.now()) {
        Ok(expired) => expired,
        Err(CreditRefusal::NotOpen { .. } | CreditRefusal::NotYet) => return Ok(()),
        Err(refusal) => return Err(unusable(refusal).into()),
    };
    tx.save_store_credit(&credit).await?;
    tx.post(posting, None).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends a promo code whose time is over. Whoever comes second finds nothing to do.
pub async fn expire_code(cx: &Cx, due: DueCredit<PromoCodeId>) -> Result<()> {
    let tx = cx.store.begin(due.marketplace).await?;
    let Some(row) = tx.lock_promo_code(Actor::system(due.marketplace).scope(), due.id).await? else { return Ok(()) };
    let (code, posting) = match row.code.apply(PromoMove::Expire, cx.now()) {
        Ok(expired) => expired,
        Err(CreditRefusal::NotOpen { .. } | CreditRefusal::NotYet) => return Ok(()),
        Err(refusal) => return Err(unusable(refusal).into()),
    };
    tx.save_promo_code(&code).await?;
    tx.post(posting, None).await?;
    tx.commit().await?;
    Ok(())
}
