//! What is told to the books.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};

use super::super::errors::{Result, UserError, split};
use super::super::scalars::MoneyInput;
use super::super::session::session;
use super::credits::UseObject;
use super::{PostingObject, PromoCodeObject, StoreCreditObject};
use crate::domain::ids::{PostingId, PromoCodeId, SellerId, StoreCreditId};
use crate::workflow::ledger::{self, Adjustment, Payout, Spending, VoidOrder};

/// Whether a person credits or debits a seller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::ledger::ManualKind")]
pub(super) enum LedgerAdjustmentKind {
    /// The operator gives.
    Credit,
    /// The operator takes.
    Debit,
}

/// A buyer pays with store credit.
#[derive(InputObject)]
pub(super) struct StoreCreditUseInput {
    /// With which.
    store_credit_id: StoreCreditId,
    /// The order that is paid, which must be told by `ordersUpsert` before.
    order_reference: String,
    /// How much; at most what is left, in its currency.
    amount: MoneyInput,
    /// A key of the client's choice, 1 to 128 characters. A repeated call with the same key spends nothing more.
    idempotency_key: String,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct StoreCreditUsePayload {
    /// The store credit as it is now; null when nothing was spent.
    store_credit: Option<StoreCreditObject>,
    /// What was spent, by this call or an earlier one with the same key.
    spent: Option<UseObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// A buyer pays with a promo code.
#[derive(InputObject)]
pub(super) struct PromoCodeUseInput {
    /// As the buyer typed it.
    code: String,
    /// The order that is paid, which must be told by `ordersUpsert` before.
    order_reference: String,
    /// How much it takes off; at most its value, in its currency. What it is worth beyond that lapses.
    amount: MoneyInput,
    /// A key of the client's choice, 1 to 128 characters. A repeated call with the same key gives the same result.
    idempotency_key: String,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct PromoCodeUsePayload {
    /// The promo code as it is now; null when it was not used.
    promo_code: Option<PromoCodeObject>,
    /// What was spent, by this call or an earlier one with the same key.
    spent: Option<UseObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// A store credit to take back.
#[derive(InputObject)]
pub(super) struct StoreCreditVoidInput {
    /// Which.
    store_credit_id: StoreCreditId,
    /// Its revision, as it was seen.
    revision: i32,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct StoreCreditVoidPayload {
    /// The store credit as it is now; null when nothing was done.
    store_credit: Option<StoreCreditObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// A promo code to take back.
#[derive(InputObject)]
pub(super) struct PromoCodeVoidInput {
    /// Which.
    promo_code_id: PromoCodeId,
    /// Its revision, as it was seen.
    revision: i32,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct PromoCodeVoidPayload {
    /// The promo code as it is now; null when nothing was done.
    promo_code: Option<PromoCodeObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// A correction of a seller's account.
#[derive(InputObject)]
pub(super) struct LedgerAdjustInput {
    /// Whose account.
    seller_id: SellerId,
    /// Whether the operator gives or takes.
    kind: LedgerAdjustmentKind,
    /// How much, above zero.
    amount: MoneyInput,
    /// The posting that was not right; it touches the account of that seller, and stays as it is.
    corrects_posting_id: PostingId,
    /// Why, 1 to 500 characters. The seller reads it.
    note: String,
    /// A key of the client's choice, 1 to 128 characters. A repeated call with the same key gives the same posting.
    idempotency_key: String,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct LedgerAdjustPayload {
    /// What was booked, by this call or an earlier one with the same key; null when nothing was.
    posting: Option<PostingObject>,
    /// What is wrong with the input; when there is anything, nothing was booked.
    user_errors: Vec<UserError>,
}

/// Money that went to a seller.
#[derive(InputObject)]
pub(super) struct PayoutReportInput {
    /// To whom.
    seller_id: SellerId,
    /// How much, above zero. It may be more than the seller has coming: what a refund takes later is then owed.
    amount: MoneyInput,
    /// What the payment system knows it by, 1 to 128 characters. The same payout may be told again, and is booked once.
    reference: String,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct PayoutReportPayload {
    /// What was booked, by this call or an earlier one with the same reference; null when nothing was.
    posting: Option<PostingObject>,
    /// What is wrong with the input; when there is anything, nothing was booked.
    user_errors: Vec<UserError>,
}

/// The mutations of this room.
#[derive(Default)]
pub(in crate::graphql) struct LedgerMutations;

#[Object]
// Boxed, all of them: what every mutation needs at most is set aside for each.
impl LedgerMutations {
    /// Tells that a buyer paid with store credit. Of many at once each sees what the one before has left; there is never less
    /// than nothing. For vendors and operators. Safe to repeat with the same key.
    async fn store_credit_use(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was paid with which.")] input: StoreCreditUseInput,
    ) -> Option<Result<StoreCreditUsePayload>> {
        let run = async {
            let session = session(ctx)?;
            let spending = Spending {
                with: input.store_credit_id,
                order: input.order_reference,
                amount: input.amount.into(),
                idempotency_key: input.idempotency_key,
            };
            let (done, user_errors) = split(Box::pin(ledger::use_credit(session.cx(), session.actor(), spending)).await)?;
            let (store_credit, spent) = done.map(|done| (StoreCreditObject(done.row), UseObject(done.spent))).unzip();
            Ok(StoreCreditUsePayload { store_credit, spent, user_errors })
        };
        Some(run.await)
    }

    /// Tells that a buyer paid with a promo code, which can be done once. For vendors and operators. Safe to repeat with the
    /// same key.
    async fn promo_code_use(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was paid with which.")] input: PromoCodeUseInput,
    ) -> Option<Result<PromoCodeUsePayload>> {
        let run = async {
            let session = session(ctx)?;
            let spending = Spending {
                with: input.code,
                order: input.order_reference,
                amount: input.amount.into(),
                idempotency_key: input.idempotency_key,
            };
            let (done, user_errors) = split(Box::pin(ledger::use_code(session.cx(), session.actor(), spending)).await)?;
            let (promo_code, spent) = done.map(|done| (PromoCodeObject(done.row), UseObject(done.spent))).unzip();
            Ok(PromoCodeUsePayload { promo_code, spent, user_errors })
        };
        Some(run.await)
    }

    /// Takes what is left of a store credit back. For operators.
    async fn store_credit_void(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: StoreCreditVoidInput,
    ) -> Option<Result<StoreCreditVoidPayload>> {
        let run = async {
            let session = session(ctx)?;
            let order = VoidOrder { id: input.store_credit_id, revision: input.revision };
            let (row, user_errors) = split(Box::pin(ledger::void_credit(session.cx(), session.actor(), order)).await)?;
            Ok(StoreCreditVoidPayload { store_credit: row.map(StoreCreditObject), user_errors })
        };
        Some(run.await)
    }

    /// Takes a promo code back. For operators.
    async fn promo_code_void(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: PromoCodeVoidInput,
    ) -> Option<Result<PromoCodeVoidPayload>> {
        let run = async {
            let session = session(ctx)?;
            let order = VoidOrder { id: input.promo_code_id, revision: input.revision };
            let (row, user_errors) = split(Box::pin(ledger::void_code(session.cx(), session.actor(), order)).await)?;
            Ok(PromoCodeVoidPayload { promo_code: row.map(PromoCodeObject), user_errors })
        };
        Some(run.await)
    }

    /// Corrects a seller's account by hand: a new posting that names the one that was not right. For operators. Safe to repeat
    /// with the same key.
    async fn ledger_adjust(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What, and why.")] input: LedgerAdjustInput,
    ) -> Option<Result<LedgerAdjustPayload>> {
        let run = async {
            let session = session(ctx)?;
            let adjustment = Adjustment {
                seller: input.seller_id,
                kind: input.kind.into(),
                amount: input.amount.into(),
                corrects: input.corrects_posting_id,
                note: input.note,
                idempotency_key: input.idempotency_key,
            };
            let (posting, user_errors) = split(Box::pin(ledger::adjust(session.cx(), session.actor(), adjustment)).await)?;
            Ok(LedgerAdjustPayload { posting: posting.map(PostingObject), user_errors })
        };
        Some(run.await)
    }

    /// Tells that a seller was paid. Trilogue moves no money; it keeps what the seller has coming. For vendors and operators.
    /// Safe to repeat with the same reference.
    async fn payout_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What went to whom.")] input: PayoutReportInput,
    ) -> Option<Result<PayoutReportPayload>> {
        let run = async {
            let session = session(ctx)?;
            let payout = Payout { seller: input.seller_id, amount: input.amount.into(), reference: input.reference };
            let (posting, user_errors) = split(Box::pin(ledger::report_payout(session.cx(), session.actor(), payout)).await)?;
            Ok(PayoutReportPayload { posting: posting.map(PostingObject), user_errors })
        };
        Some(run.await)
    }
}
