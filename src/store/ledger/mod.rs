//! The books: written once, in double entry, and read back through the rule that they sum to zero.
//!
//! There is no statement that changes or removes what was booked, and the databases would refuse it. What a seller has
//! coming is kept beside it and moves with it, so that nobody adds up a seller's history to know it.

mod audit;
mod balances;
mod credits;
mod reading;

use std::collections::{BTreeMap, HashSet};

use sea_orm::sea_query::{Alias, Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::codec::{from_json, json, text};
use super::entity::{balances as balance_rows, entries, postings, refund_steps};
use super::{Result, StoreError, Tx};
use crate::domain::ids::{EntryId, OrderId, PostingId, RefundId, SellerId};
use crate::domain::ledger::{Account, Cause, Entry, LineProgress, Posting};
use crate::domain::money::Money;

pub use audit::LedgerFault;
pub use credits::{CreditFilter, CreditUse, DueCredit, PromoCodeRow, SpentBefore, StoreCreditRow};
pub use reading::{EntryFilter, EntryRow, PostingRow};

/// How many rows one statement inserts: both databases limit the number of parameters.
const PORTION: usize = 1000;

/// What became of something that was to be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Booked {
    /// It was booked.
    Now,
    /// It was booked before, for the same cause, and nothing was done.
    Before,
}

/// Something to book, and the order that it is about.
#[derive(Debug, Clone)]
pub struct NewPosting {
    /// What.
    pub posting: Posting,
    /// About which order, where it is about one.
    pub order: Option<OrderId>,
}

/// An account as its columns: the kind, and whose.
fn columns(account: Account) -> (&'static str, Option<Uuid>) {
    match account {
        Account::Buyer => ("BUYER", None),
        Account::Seller(id) => ("SELLER", Some(id.uuid())),
        Account::Operator => ("OPERATOR", None),
        Account::Carrier => ("CARRIER", None),
        Account::CommissionTax => ("COMMISSION_TAX", None),
        Account::Payouts => ("PAYOUTS", None),
        Account::StoreCredit(id) => ("STORE_CREDIT", Some(id.uuid())),
        Account::PromoCode(id) => ("PROMO_CODE", Some(id.uuid())),
        Account::Exchange => ("EXCHANGE", None),
        Account::ExchangeDifference => ("EXCHANGE_DIFFERENCE", None),
        Account::Rounding => ("ROUNDING", None),
    }
}

const fn seller_of(account: Account) -> Option<SellerId> {
    match account {
        Account::Seller(id) => Some(id),
        _ => None,
    }
}

const fn refund_of(cause: &Cause) -> Option<RefundId> {
    match cause {
        Cause::Refund { refund, .. } | Cause::RefundReversed { refund, .. } | Cause::LateIncrease { refund } => Some(*refund),
        _ => None,
    }
}

impl Tx {
    fn posting_row(&self, new: &NewPosting) -> postings::ActiveModel {
        let posting = &new.posting;
        postings::Model {
            marketplace_id: self.marketplace.uuid(),
            id: posting.id().uuid(),
            cause_key: posting.cause().to_string(),
            cause: json(posting.cause()),
            at: posting.at(),
            corrects: posting.corrects().map(PostingId::uuid),
            note: posting.note().map(str::to_owned),
            seller_id: posting.entries().iter().find_map(|entry| seller_of(entry.account)).map(SellerId::uuid),
            order_id: new.order.map(OrderId::uuid),
            refund_id: refund_of(posting.cause()).map(RefundId::uuid),
        }
        .into_active_model()
        .reset_all()
    }

    fn entry_row(&self, posting: &Posting, position: i32, entry: &Entry) -> entries::ActiveModel {
        let (account, account_id) = columns(entry.account);
        entries::Model {
            marketplace_id: self.marketplace.uuid(),
            id: EntryId::generate().uuid(),
            posting_id: posting.id().uuid(),
            position,
            account: account.to_owned(),
            account_id,
            kind: text(entry.kind),
            minor: entry.amount.minor,
            currency: entry.amount.currency.code().to_owned(),
            line: entry.line.as_ref().map(ToString::to_string),
            at: posting.at(),
        }
        .into_active_model()
        .reset_all()
    }

    /// Books something, once: whoever comes again with the same cause changes nothing, however many come at the same time.
    pub async fn post(&self, posting: Posting, order: Option<OrderId>) -> Result<Booked> {
        let booked = self.post_all(&[NewPosting { posting, order }]).await?;
        Ok(booked.first().copied().unwrap_or(Booked::Before))
    }

    /// Books many things, each once; says of each what became of it, in the same order.
    pub async fn post_all(&self, all: &[NewPosting]) -> Result<Vec<Booked>> {
        let mut booked = HashSet::new();
        for portion in all.chunks(PORTION) {
            booked.extend(self.claim_causes(portion).await?);
        }
        let new: Vec<_> = all.iter().map(|new| &new.posting).filter(|posting| booked.contains(&posting.id().uuid())).collect();
        let mut rows: Vec<_> = new
            .iter()
            .flat_map(|posting| (0..).zip(posting.entries()).map(|(position, entry)| self.entry_row(posting, position, entry)))
            .collect();
        while !rows.is_empty() {
            let rest = rows.split_off(rows.len().min(PORTION));
            entries::Entity::insert_many(std::mem::replace(&mut rows, rest)).exec_without_returning(self.db().await?).await?;
        }
        self.move_balances(&new).await?;
        let became = |new: &NewPosting| if booked.contains(&new.posting.id().uuid()) { Booked::Now } else { Booked::Before };
        Ok(all.iter().map(became).collect())
    }

    /// Inserts those whose cause is new, and says which.
    async fn claim_causes(&self, portion: &[NewPosting]) -> Result<Vec<Uuid>> {
        use postings::Column::{CauseKey, Id, MarketplaceId};
        let ids: Vec<_> = portion.iter().map(|new| new.posting.id().uuid()).collect();
        let once = OnConflict::columns([MarketplaceId, CauseKey]).do_nothing().to_owned();
        let rows = portion.iter().map(|new| self.posting_row(new));
        let inserted = postings::Entity::insert_many(rows).on_conflict(once).exec_without_returning(self.db().await?).await?;
        if inserted == ids.len() as u64 {
            return Ok(ids);
        }
        let find = postings::Entity::find()
            .select_only()
            .column(Id)
            .filter(MarketplaceId.eq(self.marketplace.uuid()))
            .filter(Id.is_in(ids))
            .into_tuple::<Uuid>();
        Ok(find.all(self.db().await?).await?)
    }

    /// Moves what sellers have coming by what was booked; always in the order of sellers and currencies, so that two who book
    /// at the same time never wait for each other.
    async fn move_balances(&self, new: &[&Posting]) -> Result<()> {
        use balance_rows::Column::{Currency, MarketplaceId, Minor, SellerId, UpdatedAt};
        let mut moves: BTreeMap<(Uuid, &'static str), Money> = BTreeMap::new();
        for entry in new.iter().flat_map(|posting| posting.entries()) {
            let Some(seller) = seller_of(entry.account) else { continue };
            let sum = moves.entry((seller.uuid(), entry.amount.currency.code())).or_insert(Money::zero(entry.amount.currency));
            *sum = sum.plus(entry.amount).map_err(|_| StoreError::Inconsistent { table: "entries", column: "minor" })?;
        }
        let now = self.store.clock.now();
        let rows: Vec<_> = moves
            .into_iter()
            .map(|((seller, currency), sum)| {
                balance_rows::Model {
                    marketplace_id: self.marketplace.uuid(),
                    seller_id: seller,
                    currency: currency.to_owned(),
                    minor: sum.minor,
                    updated_at: now,
                }
                .into_active_model()
                .reset_all()
            })
            .collect();
        for portion in rows.chunks(PORTION) {
            let there = Expr::col((balance_rows::Entity, Minor));
            let add = OnConflict::columns([MarketplaceId, SellerId, Currency])
                .value(Minor, there.add(Expr::col((Alias::new("excluded"), Minor))))
                .update_column(UpdatedAt)
                .to_owned();
            balance_rows::Entity::insert_many(portion.to_vec()).on_conflict(add).exec_without_returning(self.db().await?).await?;
        }
        Ok(())
    }

    /// What the refunds of an order that were booked, and not reversed, came to: a step for each refund and line.
    pub async fn refund_steps(&self, order: OrderId) -> Result<Vec<LineProgress>> {
        let find = refund_steps::Entity::find()
            .filter(refund_steps::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(refund_steps::Column::OrderId.eq(order.uuid()))
            .filter(refund_steps::Column::State.eq("BOOKED"));
        let rows = find.all(self.db().await?).await?;
        rows.into_iter().map(|row| from_json(row.document, "refund_steps", "document")).collect()
    }

    /// Keeps what a refund came to.
    pub async fn insert_refund_steps(&self, refund: RefundId, order: OrderId, steps: &[LineProgress]) -> Result<()> {
        let row = |step: &LineProgress| {
            refund_steps::Model {
                marketplace_id: self.marketplace.uuid(),
                refund_id: refund.uuid(),
                line: step.line.to_string(),
                order_id: order.uuid(),
                state: "BOOKED".to_owned(),
                document: json(step),
            }
            .into_active_model()
            .reset_all()
        };
        if !steps.is_empty() {
            refund_steps::Entity::insert_many(steps.iter().map(row)).exec_without_returning(self.db().await?).await?;
        }
        Ok(())
    }

    /// The steps of a refund count no more.
    pub async fn reverse_refund_steps(&self, refund: RefundId) -> Result<()> {
        refund_steps::Entity::update_many()
            .set(refund_steps::ActiveModel { state: Set("REVERSED".to_owned()), ..Default::default() })
            .filter(refund_steps::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(refund_steps::Column::RefundId.eq(refund.uuid()))
            .exec(self.db().await?)
            .await?;
        Ok(())
    }
}
