//! What people and other machines book beside sales and refunds: corrections by hand, and payouts.

use super::super::orders::{AmountInput, ID_LIMIT, amount, sentence};
use super::super::threads::{KEY_LIMIT, scoped_key};
use super::super::{Check, Cx, Error, Result, refused};
use crate::domain::ids::{PostingId, SellerId};
use crate::domain::ledger::{self, Account, CauseName, LedgerError, ManualKind, Posting};
use crate::domain::money::Money;
use crate::domain::parties::Actor;
use crate::domain::refusal::Refusal;
use crate::policy::{self, Permission};
use crate::store::{Booked, PostingRow, Tx};

/// The most that one of them can be, in the currency's smallest units: far above any payout, far below where sums end.
const MOST: i64 = 1_000_000_000_000_000;

/// What a person corrects.
#[derive(Debug, Clone)]
pub struct Adjustment {
    /// Whose account.
    pub seller: SellerId,
    /// Whether the operator gives or takes.
    pub kind: ManualKind,
    /// How much.
    pub amount: AmountInput,
    /// The posting that was not right.
    pub corrects: PostingId,
    /// Why.
    pub note: String,
    /// The client's key: the second call with it finds what the first has booked.
    pub idempotency_key: String,
}

/// Money that went to a seller.
#[derive(Debug, Clone)]
pub struct Payout {
    /// To whom.
    pub seller: SellerId,
    /// How much.
    pub amount: AmountInput,
    /// What the payment system knows it by. It is booked once.
    pub reference: String,
}

fn read_amount(check: &mut Check, input: &AmountInput) -> Option<Money> {
    let amount = amount(check, &["amount"], "The amount", input)?;
    if !amount.is_positive() {
        check.fault(&["amount"], Refusal::Invalid { message: "The amount must be above zero.".into() });
    }
    if amount.minor > MOST {
        check.fault(&["amount"], Refusal::Invalid { message: "The amount is too large.".into() });
    }
    Some(amount)
}

/// Corrects a seller's account by hand. The old posting stays; the new one names it and says why.
pub async fn adjust(cx: &Cx, actor: &Actor, adjustment: Adjustment) -> Result<PostingRow> {
    policy::require(&actor.who, Permission::CorrectLedger)?;
    let mut check = Check::default();
    check.text(&["note"], "The note", adjustment.note.trim(), Posting::NOTE_LIMIT);
    check.text(&["idempotencyKey"], "The idempotency key", &adjustment.idempotency_key, KEY_LIMIT);
    let amount = read_amount(&mut check, &adjustment.amount);
    check.done()?;
    let amount = amount.ok_or(Error::NotFound)?;
    let tx = cx.store.begin(actor.marketplace).await?;
    known(&tx, adjustment.seller).await?;
    let corrected = tx.posting(adjustment.corrects).await?;
    let corrected = corrected.ok_or_else(|| refused(&["correctsPostingId"], Refusal::NotFound { what: "Posting" }))?;
    if !corrected.entries().iter().any(|entry| entry.account == Account::Seller(adjustment.seller)) {
        let message = "This posting is not about that seller.";
        return Err(refused(&["correctsPostingId"], Refusal::Invalid { message: message.into() }));
    }

    let name = name(format!("adjustment {}", scoped_key(&actor.who, &adjustment.idempotency_key)), "idempotencyKey")?;
    let why = (adjustment.corrects, adjustment.note.as_str());
    let posting = ledger::manual(adjustment.seller, adjustment.kind, amount, why, name, cx.now());

    post_named(cx, tx, actor, posting.map_err(|error| at_amount(&error))?, "idempotencyKey").await
}

/// Books that a seller was paid; once for each reference.
pub async fn report_payout(cx: &Cx, actor: &Actor, payout: Payout) -> Result<PostingRow> {
    policy::require(&actor.who, Permission::ReportMoney)?;
    let mut check = Check::default();
    check.text(&["reference"], "The reference", &payout.reference, ID_LIMIT);
    let amount = read_amount(&mut check, &payout.amount);
    check.done()?;
    let amount = amount.ok_or(Error::NotFound)?;
    let tx = cx.store.begin(actor.marketplace).await?;
    known(&tx, payout.seller).await?;

    let name = name(format!("payout {}", payout.reference), "reference")?;
    let posting = ledger::payout(payout.seller, amount, name, cx.now()).map_err(|error| at_amount(&error))?;

    post_named(cx, tx, actor, posting, "reference").await
}

async fn known(tx: &Tx, seller: SellerId) -> Result<()> {
    let known = tx.known_sellers(&[seller]).await?;
    if known.contains(&seller) { Ok(()) } else { Err(refused(&["sellerId"], Refusal::NotFound { what: "Seller" })) }
}

fn name(name: String, field: &str) -> Result<CauseName> {
    CauseName::try_from(name).map_err(|error| refused(&[field], Refusal::Invalid { message: sentence(&error) }))
}

fn at_amount(error: &LedgerError) -> Error {
    let field = if matches!(error, LedgerError::Note { .. }) { "note" } else { "amount" };
    refused(&[field], Refusal::Invalid { message: sentence(error) })
}

/// Books what has a name of its own. The same again is found; something else under that name is refused.
async fn post_named(cx: &Cx, tx: Tx, actor: &Actor, posting: Posting, field: &str) -> Result<PostingRow> {
    let (cause, mut id) = (posting.cause().clone(), posting.id());
    let asked = posting.clone();
    if tx.post(posting, None).await? == Booked::Before {
        let before = tx.posting_for(&cause).await?.ok_or(Error::NotFound)?;
        let alike = before.entries() == asked.entries() && before.corrects() == asked.corrects() && before.note() == asked.note();
        if !alike {
            return Err(refused(&[field], Refusal::KeyUsedDifferently));
        }
        id = before.id();
    }
    tx.commit().await?;
    let whole = Actor::system(actor.marketplace).scope();
    // The vendor tells what it knows, and is shown what it told.
    cx.store.postings_by_id(whole, &[id]).await?.pop().ok_or(Error::NotFound)
}
