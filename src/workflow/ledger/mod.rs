//! What is booked, and when: sales as they are told, refunds as the payment system reports them, credit as it is given and
//! spent, payouts as they are reported, and what people correct.
//!
//! Everything is booked at the time at which it became known, so a period that is over never changes.

mod corrections;
pub mod export;
mod sales;
mod spending;

use rand::Rng;

use super::dealings::Dealing;
use super::orders::sentence;
use super::{Error, Result};
use crate::domain::ids::{OrderId, PromoCodeId, SellerId, StoreCreditId};
use crate::domain::ledger::{
    self, BudgetOwner, Cause, CreditRefusal, Given, LedgerError, LineProgress, PaidAs, PromoCode, ProviderCost, RefundToPost, Rules,
    StoreCredit,
};
use crate::domain::money::Money;
use crate::domain::purchases::{Purchase, RecordedLine};
use crate::domain::refunds::{AttemptNumber, Grant, Refund, RefundMeans};
use crate::domain::refusal::Refusal;
use crate::store::{Booked, PromoCodeRow, StoreCreditRow, StoreError, Tx};

pub use corrections::{Adjustment, Payout, adjust, report_payout};
pub use sales::sold;
pub use spending::{Spending, SpentOn, VoidOrder, expire_code, expire_credit, use_code, use_credit, void_code, void_credit};

/// The letters of a code: those that are not taken for one another (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A sale, as far as the books need to know it.
#[derive(Debug, Clone, Copy)]
pub struct Sold<'a> {
    /// The order.
    pub order: OrderId,
    /// Who sold.
    pub seller: SellerId,
    /// What, line by line.
    pub line: &'a RecordedLine,
}

/// Books a refund that has succeeded; once, whatever happens.
pub(super) async fn post_refund(tx: &Tx, dealing: &Dealing, refund: &Refund) -> Result<()> {
    refunded(tx, dealing.purchase.seller, refund).await.map(drop)
}

/// Books that a refund which had succeeded was reversed; once, whatever happens.
pub(super) async fn post_reversal(tx: &Tx, _: &Dealing, refund: &Refund) -> Result<()> {
    reversed(tx, refund).await.map(drop)
}

/// Gives store credit or a promo code for a refund that goes that way, by the rules of its case. The caller then hears of itself
/// that the refund has succeeded, in the same transaction.
pub(super) async fn issue(tx: &Tx, dealing: &Dealing, refund: &Refund, amount: Money) -> Result<()> {
    let Dealing { case, purchase, terms, .. } = dealing;
    let to = Given { refund: refund.id, case: case.id, buyer: case.buyer, order: refund.order, seller: purchase.seller, at: tx.now() };
    given(tx, &terms.house.ledger, to, refund, amount).await
}

/// Books sales as they are known now: new ones, and what changed about those that were booked. The orders are under lock.
pub(super) async fn book_sales(tx: &Tx, purchases: &[Purchase]) -> Result<()> {
    let lines = purchases.iter().flat_map(|purchase| {
        let sold = |line| Sold { order: purchase.order, seller: purchase.seller, line };
        purchase.lines.iter().map(move |line| sold(&line.recorded))
    });
    sold(tx, &lines.collect::<Vec<_>>()).await
}

/// What cannot be booked.
fn unbookable(error: &LedgerError) -> Error {
    Refusal::Invalid { message: sentence(error) }.into()
}

/// What cannot be done with a store credit or promo code.
fn unusable(refusal: CreditRefusal) -> Refusal {
    match refusal {
        CreditRefusal::NotEnough { .. } => Refusal::Invalid { message: refusal.to_string() },
        CreditRefusal::NotOpen { .. } | CreditRefusal::NotYet => Refusal::NotNow { message: refusal.to_string() },
        CreditRefusal::Ledger(error) => Refusal::Invalid { message: sentence(&error) },
    }
}

/// What a refund stands on in the books: what was granted, and the attempt in which it was paid.
fn paid(refund: &Refund) -> Result<(&Grant, AttemptNumber)> {
    let attempt = refund.last_attempt().map(|attempt| attempt.number);
    let broken = Error::Store(StoreError::Inconsistent { table: "refunds", column: "document" });
    refund.grant.as_deref().zip(attempt).ok_or(broken)
}

/// Books a refund that has succeeded; once, whatever happens. Its order is under lock.
pub async fn refunded(tx: &Tx, seller: SellerId, refund: &Refund) -> Result<Booked> {
    let (grant, attempt) = paid(refund)?;
    let before = LineProgress::sum(tx.refund_steps(refund.order).await?).map_err(|error| unbookable(&error.into()))?;
    let paid_as = match grant.means {
        RefundMeans::OriginalPayment | RefundMeans::BankTransfer => PaidAs::Money,
        RefundMeans::StoreCredit => PaidAs::StoreCredit(tx.store_credit_of(refund.id).await?.ok_or_else(not_issued)?.credit.id),
        RefundMeans::Voucher => PaidAs::PromoCode(tx.promo_code_of(refund.id).await?.ok_or_else(not_issued)?.code.id),
    };
    let post = RefundToPost { refund: refund.id, attempt, seller, grant, before: &before, paid_as, provider_cost: ProviderCost::Unknown };
    let posted = ledger::refund(&post, tx.now()).map_err(|error| unbookable(&error))?;

    let booked = tx.post(posted.posting, Some(refund.order)).await?;
    if booked == Booked::Now {
        tx.insert_refund_steps(refund.id, refund.order, &posted.steps).await?;
    }
    Ok(booked)
}

fn not_issued() -> Error {
    StoreError::Inconsistent { table: "store_credits", column: "refund_id" }.into()
}

/// Books that a refund was reversed; once, whatever happens. Its order is under lock.
///
/// Where it was given as credit or a code, that is taken back with it. What was spent of it is not: then the buyer has had the
/// value, nothing is booked, and a person must look at it.
pub async fn reversed(tx: &Tx, refund: &Refund) -> Result<Booked> {
    let (_, attempt) = paid(refund)?;
    let Some(posting) = tx.posting_for(&Cause::Refund { refund: refund.id, attempt }).await? else { return Ok(Booked::Before) };
    let cause = Cause::RefundReversed { refund: refund.id, attempt };
    if tx.posting_for(&cause).await?.is_some() {
        return Ok(Booked::Before);
    }
    if let Some(row) = tx.store_credit_of(refund.id).await? {
        let Some(credit) = row.credit.undone() else { return Ok(spent_already(refund)) };
        tx.save_store_credit(&credit).await?;
    }
    if let Some(row) = tx.promo_code_of(refund.id).await? {
        let Some(code) = row.code.undone() else { return Ok(spent_already(refund)) };
        tx.save_promo_code(&code).await?;
    }
    let back = posting.reversed(cause, tx.now()).map_err(|error| unbookable(&error))?;

    let booked = tx.post(back, Some(refund.order)).await?;
    tx.reverse_refund_steps(refund.id).await?;
    Ok(booked)
}

fn spent_already(refund: &Refund) -> Booked {
    tracing::error!(refund.id = %refund.id, "a refund is reversed whose credit was spent; somebody must look at it, nothing is booked");
    Booked::Before
}

/// Gives the buyer store credit or a promo code for a refund that goes that way; once. It is booked with the refund.
pub async fn given(tx: &Tx, rules: &Rules, given: Given, refund: &Refund, amount: Money) -> Result<()> {
    let Some(grant) = refund.grant.as_deref() else { return Err(not_issued()) };
    let at = given.at;
    match grant.means {
        RefundMeans::StoreCredit if tx.store_credit_of(refund.id).await?.is_none() => {
            let credit = StoreCredit::issue(StoreCreditId::generate(), amount, rules.credit_until(at)).map_err(unusable)?;
            tx.insert_store_credit(StoreCreditRow { credit, given }).await?;
        }
        RefundMeans::Voucher if tx.promo_code_of(refund.id).await?.is_none() => {
            let budget = BudgetOwner::of(grant.costs, given.seller);
            let code = PromoCode::issue(PromoCodeId::generate(), amount, budget, rules.validity(at)).map_err(unusable)?;
            tx.insert_promo_code(PromoCodeRow { code, text: new_code(), given }).await?;
        }
        RefundMeans::OriginalPayment | RefundMeans::BankTransfer | RefundMeans::StoreCredit | RefundMeans::Voucher => {}
    }
    Ok(())
}

/// A code that nobody guesses: sixty random bits, in groups of four as people read them.
fn new_code() -> String {
    let mut bytes = [0_u8; 12];
    rand::rng().fill_bytes(&mut bytes);
    let letters: Vec<_> = bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join("-")
}

/// A code as it is kept, however it is typed.
pub fn written_code(typed: &str) -> String {
    let letters: Vec<_> = typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(64)
        .map(|letter| match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_known_however_it_is_typed() {
        let code = new_code();
        assert_eq!((code.len(), code.matches('-').count()), (14, 2), "{code}");
        assert_eq!(written_code(&code), code);
        assert_eq!(written_code(&code.to_lowercase().replace('-', " ")), code);
        assert_eq!(written_code("o1il-0OOO"), "0111-0000");
        assert_ne!(new_code(), code);
    }
}
