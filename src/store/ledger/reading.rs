//! What was booked, as its readers know it: operators all of it, a seller what touches its own account, nobody else any.

use std::collections::HashMap;
use std::ops::Range;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::super::codec::{from_json, from_text};
use super::super::entity::{entries, postings};
use super::super::page::{Page, PageRequest, PageSide};
use super::super::{Result, Store, StoreError, Tx, scope};
use crate::domain::ids::{EntryId, MarketplaceId, OrderId, PostingId, PromoCodeId, RefundId, SellerId, StoreCreditId};
use crate::domain::ledger::{Account, Cause, Entry, Posting};
use crate::domain::money::Money;
use crate::domain::parties::{Scope, View};
use crate::domain::purchases::LineKey;

/// An entry as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRow {
    /// Its id.
    pub id: EntryId,
    /// The posting that it belongs to.
    pub posting: PostingId,
    /// When that was booked.
    pub at: DateTime<Utc>,
    /// The entry.
    pub entry: Entry,
}

/// A posting, with what its reader may see of its entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostingRow {
    /// Its id.
    pub id: PostingId,
    /// Why it was booked.
    pub cause: Cause,
    /// When.
    pub at: DateTime<Utc>,
    /// Which posting it corrects.
    pub corrects: Option<PostingId>,
    /// What a person wrote to it.
    pub note: Option<String>,
    /// The order that it is about.
    pub order: Option<OrderId>,
    /// The refund that it is about.
    pub refund: Option<RefundId>,
    /// The whole of it. It never leaves the house: a reader is shown `entries`.
    pub whole: Posting,
    /// The entries that the reader knows.
    pub entries: Vec<EntryRow>,
}

/// Which entries to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EntryFilter {
    /// Those on the account of this seller.
    pub seller: Option<SellerId>,
    /// Those on accounts of this kind.
    pub account: Option<&'static str>,
}

fn wrong(table: &'static str, column: &'static str) -> StoreError {
    StoreError::Inconsistent { table, column }
}

fn account(kind: &str, id: Option<Uuid>) -> Result<Account> {
    Ok(match (kind, id) {
        ("BUYER", None) => Account::Buyer,
        ("SELLER", Some(id)) => Account::Seller(SellerId::from_uuid(id)),
        ("OPERATOR", None) => Account::Operator,
        ("CARRIER", None) => Account::Carrier,
        ("COMMISSION_TAX", None) => Account::CommissionTax,
        ("PAYOUTS", None) => Account::Payouts,
        ("STORE_CREDIT", Some(id)) => Account::StoreCredit(StoreCreditId::from_uuid(id)),
        ("PROMO_CODE", Some(id)) => Account::PromoCode(PromoCodeId::from_uuid(id)),
        ("EXCHANGE", None) => Account::Exchange,
        ("EXCHANGE_DIFFERENCE", None) => Account::ExchangeDifference,
        ("ROUNDING", None) => Account::Rounding,
        _ => return Err(wrong("entries", "account")),
    })
}

fn entry(row: entries::Model) -> Result<EntryRow> {
    let currency = row.currency.parse().map_err(|_| wrong("entries", "currency"))?;
    let line = row.line.map(LineKey::try_from).transpose().map_err(|_| wrong("entries", "line"))?;
    Ok(EntryRow {
        id: EntryId::from_uuid(row.id),
        posting: PostingId::from_uuid(row.posting_id),
        at: row.at,
        entry: Entry {
            account: account(&row.account, row.account_id)?,
            kind: from_text(&row.kind, "entries", "kind")?,
            amount: Money { minor: row.minor, currency },
            line,
        },
    })
}

fn posting(row: postings::Model, entries: Vec<EntryRow>, view: View) -> Result<PostingRow> {
    let cause: Cause = from_json(row.cause, "postings", "cause")?;
    let (id, corrects) = (PostingId::from_uuid(row.id), row.corrects.map(PostingId::from_uuid));
    let all = entries.iter().map(|row| row.entry.clone()).collect();
    // What does not sum to zero is told by nobody.
    let whole = Posting::new(id, cause.clone(), row.at, corrects, row.note.clone(), all).map_err(|error| {
        tracing::error!(posting.id = %id, %error, "a posting cannot be read back");
        wrong("entries", "minor")
    })?;
    let shown = |row: &EntryRow| match view {
        View::Whole => true,
        View::Seller(seller) => row.entry.account == Account::Seller(seller),
        View::Storefront | View::Buyer(_) | View::Mediator { .. } => false,
    };
    Ok(PostingRow {
        id,
        cause,
        at: row.at,
        corrects,
        note: row.note,
        order: row.order_id.map(OrderId::from_uuid),
        refund: row.refund_id.map(RefundId::from_uuid),
        whole,
        entries: entries.into_iter().filter(shown).collect(),
    })
}

/// Postings with their entries, in the order of the rows.
async fn whole<C: ConnectionTrait>(db: &C, marketplace: MarketplaceId, rows: Vec<postings::Model>, view: View) -> Result<Vec<PostingRow>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let find = entries::Entity::find()
        .filter(entries::Column::MarketplaceId.eq(marketplace.uuid()))
        .filter(entries::Column::PostingId.is_in(rows.iter().map(|row| row.id)))
        .order_by_asc(entries::Column::PostingId)
        .order_by_asc(entries::Column::Position);
    let mut of: HashMap<Uuid, Vec<EntryRow>> = HashMap::new();
    for row in find.all(db).await? {
        of.entry(row.posting_id).or_default().push(entry(row)?);
    }
    rows.into_iter().map(|row| (of.remove(&row.id).unwrap_or_default(), row)).map(|(entries, row)| posting(row, entries, view)).collect()
}

/// The postings that a reader knows.
fn known(scope: Scope) -> Condition {
    let tenant = Condition::all().add(postings::Column::MarketplaceId.eq(scope.marketplace.uuid()));
    match scope.view {
        View::Whole => tenant,
        View::Seller(seller) => tenant.add(postings::Column::SellerId.eq(seller.uuid())),
        View::Storefront | View::Buyer(_) | View::Mediator { .. } => tenant.add(scope::nothing()),
    }
}

impl Store {
    /// Postings by id, those that the reader knows.
    pub async fn postings_by_id(&self, scope: Scope, ids: &[PostingId]) -> Result<Vec<PostingRow>> {
        let find = postings::Entity::find().filter(known(scope)).filter(postings::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
        whole(&self.reads, scope.marketplace, find.all(&self.reads).await?, scope.view).await
    }

    /// What was booked of these refunds, as far as the reader knows it, the oldest first.
    pub async fn postings_of_refunds(&self, scope: Scope, refunds: &[RefundId]) -> Result<Vec<PostingRow>> {
        let find =
            postings::Entity::find().filter(known(scope)).filter(postings::Column::RefundId.is_in(refunds.iter().map(|id| id.uuid())));
        let mut rows = find.all(&self.reads).await?;
        rows.sort_unstable_by_key(|row| row.id);
        whole(&self.reads, scope.marketplace, rows, scope.view).await
    }

    /// What was booked on a seller's account in a time, as far as the reader knows it, the oldest first: so many after the
    /// one that was read last.
    pub async fn postings_of_seller(
        &self,
        scope: Scope,
        seller: SellerId,
        time: &Range<DateTime<Utc>>,
        after: Option<(DateTime<Utc>, PostingId)>,
        limit: u64,
    ) -> Result<Vec<PostingRow>> {
        use postings::Column::{At, Id, SellerId};
        let from = after.map_or(time.start, |(at, _)| at);
        let mut find = postings::Entity::find()
            .filter(known(scope))
            .filter(SellerId.eq(seller.uuid()))
            .filter(At.gte(from))
            .filter(At.lt(time.end))
            .order_by_asc(At)
            .order_by_asc(Id)
            .limit(limit);
        if let Some((at, id)) = after {
            find = find.filter(Condition::any().add(At.gt(at)).add(Id.gt(id.uuid())));
        }
        whole(&self.reads, scope.marketplace, find.all(&self.reads).await?, scope.view).await
    }

    /// The entries that the reader knows, the newest first.
    pub async fn ledger_entries(&self, scope: Scope, filter: EntryFilter, request: &PageRequest<EntryId>) -> Result<Page<EntryRow>> {
        use entries::Column::{Account as Kind, AccountId, Id, MarketplaceId};
        let seller = match (scope.view, filter.seller) {
            (View::Whole, seller) => seller,
            // Its own alone, whatever was asked for.
            (View::Seller(own), asked) if asked.is_none_or(|asked| asked == own) => Some(own),
            _ => return Ok(Page::of(request, Vec::new())),
        };
        let mut find = entries::Entity::find().filter(MarketplaceId.eq(scope.marketplace.uuid()));
        if let Some(seller) = seller {
            find = find.filter(AccountId.eq(seller.uuid()));
        }
        if let Some(account) = filter.account {
            find = find.filter(Kind.eq(account));
        }
        // The end of the list is said where no row is, so that a database looks for the end of an index.
        let from = request.from.map(EntryId::uuid);
        let (beyond, order) = match request.side {
            PageSide::First => (Id.lt(from.unwrap_or(Uuid::max())), sea_orm::Order::Desc),
            PageSide::Last => (Id.gt(from.unwrap_or(Uuid::nil())), sea_orm::Order::Asc),
        };
        let rows = find.filter(beyond).order_by(Id, order).limit(request.size + 1).all(&self.reads).await?;
        Ok(Page::of(request, rows.into_iter().map(entry).collect::<Result<_>>()?))
    }
}

impl Tx {
    /// What was booked for a cause.
    pub async fn posting_for(&self, cause: &Cause) -> Result<Option<Posting>> {
        let find = postings::Entity::find()
            .filter(postings::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(postings::Column::CauseKey.eq(cause.to_string()));
        let rows = find.all(self.db().await?).await?;
        Ok(whole(self.db().await?, self.marketplace, rows, View::Whole).await?.pop().map(|row| row.whole))
    }

    /// A posting of the marketplace.
    pub async fn posting(&self, id: PostingId) -> Result<Option<Posting>> {
        let find = postings::Entity::find_by_id((self.marketplace.uuid(), id.uuid()));
        let rows = find.all(self.db().await?).await?;
        Ok(whole(self.db().await?, self.marketplace, rows, View::Whole).await?.pop().map(|row| row.whole))
    }

    /// Why everything about these orders was booked.
    pub async fn causes_of_orders(&self, orders: &[OrderId]) -> Result<Vec<Cause>> {
        let find = postings::Entity::find()
            .select_only()
            .column(postings::Column::Cause)
            .filter(postings::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(postings::Column::OrderId.is_in(orders.iter().map(|id| id.uuid())));
        let rows = find.into_tuple::<sea_orm::JsonValue>().all(self.db().await?).await?;
        rows.into_iter().map(|cause| from_json(cause, "postings", "cause")).collect()
    }
}
