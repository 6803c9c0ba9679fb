//! Store credit and promo codes, and what they were spent on.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::super::codec::{from_json, json, text};
use super::super::entity::{buyers, credit_uses, promo_codes, store_credits};
use super::super::page::{Page, PageRequest, PageSide};
use super::super::{RequestKey, Result, Store, StoreError, Tx, scope};
use crate::domain::ids::{BuyerId, CaseId, MarketplaceId, OrderId, PostingId, PromoCodeId, RefundId, SellerId, StoreCreditId};
use crate::domain::ledger::{Given, PromoCode, StoreCredit};
use crate::domain::money::Money;
use crate::domain::parties::{Scope, View};

/// A store credit, and for what it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreCreditRow {
    /// The credit.
    pub credit: StoreCredit,
    /// For what, and to whom.
    pub given: Given,
}

/// A promo code, and for what it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromoCodeRow {
    /// The code.
    pub code: PromoCode,
    /// As the buyer types it.
    pub text: String,
    /// For what, and to whom.
    pub given: Given,
}

/// That something was spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreditUse {
    /// As it was booked.
    pub posting: PostingId,
    /// The number of the store credit or promo code.
    pub credit: Uuid,
    /// On which order.
    pub order: OrderId,
    /// How much.
    pub amount: Money,
    /// When.
    pub at: DateTime<Utc>,
}

/// What became of an earlier request with the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpentBefore {
    /// It spent the same.
    Alike(CreditUse),
    /// It spent something else.
    Otherwise,
}

/// A store credit or promo code whose time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueCredit<I> {
    /// The tenant.
    pub marketplace: MarketplaceId,
    /// Which.
    pub id: I,
}

/// Which to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CreditFilter {
    /// Those of the buyer with this address.
    pub buyer_email: Option<String>,
    /// Those that stand so.
    pub state: Option<String>,
}

fn wrong(column: &'static str) -> StoreError {
    StoreError::Inconsistent { table: "store_credits", column }
}

fn revision(number: u32) -> Result<i32> {
    i32::try_from(number).map_err(|_| wrong("revision"))
}

macro_rules! given {
    ($row:expr) => {
        Given {
            refund: RefundId::from_uuid($row.refund_id),
            case: CaseId::from_uuid($row.case_id),
            buyer: BuyerId::from_uuid($row.buyer_id),
            order: OrderId::from_uuid($row.order_id),
            seller: SellerId::from_uuid($row.seller_id),
            at: $row.issued_at,
        }
    };
}

fn credit(row: store_credits::Model) -> Result<StoreCreditRow> {
    let given = given!(row);
    Ok(StoreCreditRow { credit: from_json(row.document, "store_credits", "document")?, given })
}

fn code(row: promo_codes::Model) -> Result<PromoCodeRow> {
    let given = given!(row);
    Ok(PromoCodeRow { code: from_json(row.document, "promo_codes", "document")?, text: row.code, given })
}

fn spent(row: &credit_uses::Model) -> Result<CreditUse> {
    let currency = row.currency.parse().map_err(|_| StoreError::Inconsistent { table: "credit_uses", column: "currency" })?;
    Ok(CreditUse {
        posting: PostingId::from_uuid(row.posting_id),
        credit: row.credit_id,
        order: OrderId::from_uuid(row.order_id),
        amount: Money { minor: row.minor, currency },
        at: row.used_at,
    })
}

/// Where a code stands, as its column has it.
fn standing(code: &PromoCode) -> String {
    json(code.state)["state"].as_str().unwrap_or_default().to_owned()
}

/// Those that a reader knows: the operator and the vendor all, a seller those of its sales, a buyer their own.
fn known(scope: Scope, tenant: impl ColumnTrait, seller: impl ColumnTrait, buyer: impl ColumnTrait) -> Condition {
    let tenant = Condition::all().add(tenant.eq(scope.marketplace.uuid()));
    match scope.view {
        View::Whole | View::Storefront => tenant,
        View::Seller(own) => tenant.add(seller.eq(own.uuid())),
        View::Buyer(own) => tenant.add(buyer.eq(own.uuid())),
        View::Mediator { .. } => tenant.add(scope::nothing()),
    }
}

fn known_credits(scope: Scope) -> Condition {
    use store_credits::Column::{BuyerId, MarketplaceId, SellerId};
    known(scope, MarketplaceId, SellerId, BuyerId)
}

fn known_codes(scope: Scope) -> Condition {
    use promo_codes::Column::{BuyerId, MarketplaceId, SellerId};
    known(scope, MarketplaceId, SellerId, BuyerId)
}

/// The buyers with an address: one at most.
fn buyer_with(scope: Scope, email: &str) -> sea_orm::sea_query::SelectStatement {
    Query::select()
        .column(buyers::Column::Id)
        .from(buyers::Entity)
        .and_where(buyers::Column::MarketplaceId.eq(scope.marketplace.uuid()))
        .and_where(buyers::Column::Email.eq(email))
        .take()
}

macro_rules! listed {
    ($self:ident, $rows:ident, $known:expr, $scope:ident, $filter:ident, $request:ident, $read:ident) => {{
        let mut find = $rows::Entity::find().filter($known);
        if let Some(email) = &$filter.buyer_email {
            let buyer = Expr::SubQuery(None, Box::new(buyer_with($scope, email).into()));
            find = find.filter(Expr::col(($rows::Entity, $rows::Column::BuyerId)).eq(buyer));
        }
        if let Some(state) = &$filter.state {
            find = find.filter($rows::Column::State.eq(state));
        }
        let from = $request.from.as_ref().map(|id| id.uuid());
        let (beyond, order) = match $request.side {
            PageSide::First => ($rows::Column::Id.lt(from.unwrap_or(Uuid::max())), sea_orm::Order::Desc),
            PageSide::Last => ($rows::Column::Id.gt(from.unwrap_or(Uuid::nil())), sea_orm::Order::Asc),
        };
        let rows = find.filter(beyond).order_by($rows::Column::Id, order).limit($request.size + 1).all(&$self.reads).await?;
        Ok(Page::of($request, rows.into_iter().map($read).collect::<Result<_>>()?))
    }};
}

macro_rules! due {
    ($self:ident, $rows:ident, $id:ident, $now:ident, $limit:ident) => {{
        use $rows::Column::{ExpiresAt, Id, MarketplaceId as Tenant};
        let due = $rows::Entity::find()
            .select_only()
            .columns([Tenant, Id])
            // In the form of the partial index.
            .filter(Expr::cust("state = 'OPEN'"))
            .filter(ExpiresAt.lte($now))
            .order_by_asc(ExpiresAt)
            .limit($limit);
        let rows = due.into_tuple::<(Uuid, Uuid)>().all(&$self.reads).await?;
        let one = |(tenant, id)| DueCredit { marketplace: MarketplaceId::from_uuid(tenant), id: $id::from_uuid(id) };
        Ok(rows.into_iter().map(one).collect())
    }};
}

impl Store {
    /// Store credits by id, those that the reader knows.
    pub async fn store_credits_by_id(&self, scope: Scope, ids: &[StoreCreditId]) -> Result<Vec<StoreCreditRow>> {
        let find = store_credits::Entity::find()
            .filter(known_credits(scope))
            .filter(store_credits::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
        find.all(&self.reads).await?.into_iter().map(credit).collect()
    }

    /// Promo codes by id, those that the reader knows.
    pub async fn promo_codes_by_id(&self, scope: Scope, ids: &[PromoCodeId]) -> Result<Vec<PromoCodeRow>> {
        let find =
            promo_codes::Entity::find().filter(known_codes(scope)).filter(promo_codes::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
        find.all(&self.reads).await?.into_iter().map(code).collect()
    }

    /// A promo code as the buyer types it. None for sellers, who do not get to know it.
    pub async fn promo_code_by_text(&self, scope: Scope, text: &str) -> Result<Option<PromoCodeRow>> {
        if matches!(scope.view, View::Seller(_)) {
            return Ok(None);
        }
        let find = promo_codes::Entity::find().filter(known_codes(scope)).filter(promo_codes::Column::Code.eq(text));
        find.one(&self.reads).await?.map(code).transpose()
    }

    /// The store credits that the reader knows, the newest first.
    pub async fn store_credits(
        &self,
        scope: Scope,
        filter: &CreditFilter,
        request: &PageRequest<StoreCreditId>,
    ) -> Result<Page<StoreCreditRow>> {
        listed!(self, store_credits, known_credits(scope), scope, filter, request, credit)
    }

    /// The promo codes that the reader knows, the newest first.
    pub async fn promo_codes(&self, scope: Scope, filter: &CreditFilter, request: &PageRequest<PromoCodeId>) -> Result<Page<PromoCodeRow>> {
        listed!(self, promo_codes, known_codes(scope), scope, filter, request, code)
    }

    /// What these store credits or promo codes, which the reader knows, were spent on, the oldest first. Nothing for sellers.
    pub async fn credit_uses(&self, scope: Scope, credits: &[Uuid]) -> Result<Vec<CreditUse>> {
        if matches!(scope.view, View::Seller(_) | View::Mediator { .. }) {
            return Ok(Vec::new());
        }
        let find = credit_uses::Entity::find()
            .filter(credit_uses::Column::MarketplaceId.eq(scope.marketplace.uuid()))
            .filter(credit_uses::Column::CreditId.is_in(credits.iter().copied()));
        let mut found = find.all(&self.reads).await?.iter().map(spent).collect::<Result<Vec<_>>>()?;
        found.sort_by_key(|one| one.posting);
        Ok(found)
    }

    /// The store credits whose time is over, the longest due first.
    pub async fn due_store_credits(&self, now: DateTime<Utc>, limit: u64) -> Result<Vec<DueCredit<StoreCreditId>>> {
        due!(self, store_credits, StoreCreditId, now, limit)
    }

    /// The promo codes whose time is over, the longest due first.
    pub async fn due_promo_codes(&self, now: DateTime<Utc>, limit: u64) -> Result<Vec<DueCredit<PromoCodeId>>> {
        due!(self, promo_codes, PromoCodeId, now, limit)
    }
}

/// One row, of the revision that was seen, or somebody else was first.
fn changed(rows: u64, constraint: &str) -> Result<()> {
    if rows == 1 { Ok(()) } else { Err(StoreError::Conflict { constraint: constraint.to_owned() }) }
}

impl Tx {
    /// A store credit that the actor knows, under lock.
    pub async fn lock_store_credit(&self, scope: Scope, id: StoreCreditId) -> Result<Option<StoreCreditRow>> {
        let find = store_credits::Entity::find().filter(known_credits(scope)).filter(store_credits::Column::Id.eq(id.uuid()));
        find.lock_exclusive().one(self.db().await?).await?.map(credit).transpose()
    }

    /// A promo code that the actor knows, under lock.
    pub async fn lock_promo_code(&self, scope: Scope, id: PromoCodeId) -> Result<Option<PromoCodeRow>> {
        let find = promo_codes::Entity::find().filter(known_codes(scope)).filter(promo_codes::Column::Id.eq(id.uuid()));
        find.lock_exclusive().one(self.db().await?).await?.map(code).transpose()
    }

    /// The id of a promo code as the buyer types it.
    pub async fn promo_code_id(&self, scope: Scope, text: &str) -> Result<Option<PromoCodeId>> {
        let find = promo_codes::Entity::find()
            .select_only()
            .column(promo_codes::Column::Id)
            .filter(known_codes(scope))
            .filter(promo_codes::Column::Code.eq(text));
        Ok(find.into_tuple::<Uuid>().one(self.db().await?).await?.map(PromoCodeId::from_uuid))
    }

    /// The store credit that a refund was given as, under lock.
    pub async fn store_credit_of(&self, refund: RefundId) -> Result<Option<StoreCreditRow>> {
        let find = store_credits::Entity::find()
            .filter(store_credits::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(store_credits::Column::RefundId.eq(refund.uuid()));
        find.lock_exclusive().one(self.db().await?).await?.map(credit).transpose()
    }

    /// The promo code that a refund was given as, under lock.
    pub async fn promo_code_of(&self, refund: RefundId) -> Result<Option<PromoCodeRow>> {
        let find = promo_codes::Entity::find()
            .filter(promo_codes::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(promo_codes::Column::RefundId.eq(refund.uuid()));
        find.lock_exclusive().one(self.db().await?).await?.map(code).transpose()
    }

    /// Stores a new store credit. A second one for the same refund is a [`StoreError::Conflict`].
    pub async fn insert_store_credit(&self, StoreCreditRow { credit, given }: StoreCreditRow) -> Result<()> {
        let row = store_credits::Model {
            marketplace_id: self.marketplace.uuid(),
            id: credit.id.uuid(),
            refund_id: given.refund.uuid(),
            case_id: given.case.uuid(),
            buyer_id: given.buyer.uuid(),
            order_id: given.order.uuid(),
            seller_id: given.seller.uuid(),
            state: text(credit.state),
            remaining_minor: credit.remaining.minor,
            currency: credit.remaining.currency.code().to_owned(),
            revision: revision(credit.revision)?,
            expires_at: credit.expires_at,
            issued_at: given.at,
            updated_at: given.at,
            document: json(credit),
        };
        store_credits::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(self.db().await?).await?;
        Ok(())
    }

    /// Stores a new promo code. A second one for the same refund, or with the same text, is a [`StoreError::Conflict`].
    pub async fn insert_promo_code(&self, PromoCodeRow { code, text, given }: PromoCodeRow) -> Result<()> {
        let row = promo_codes::Model {
            marketplace_id: self.marketplace.uuid(),
            id: code.id.uuid(),
            refund_id: given.refund.uuid(),
            case_id: given.case.uuid(),
            buyer_id: given.buyer.uuid(),
            order_id: given.order.uuid(),
            seller_id: given.seller.uuid(),
            state: standing(&code),
            remaining_minor: code.remaining().minor,
            currency: code.value.currency.code().to_owned(),
            revision: revision(code.revision)?,
            expires_at: Some(code.validity.until),
            issued_at: given.at,
            updated_at: given.at,
            document: json(code),
            code: text,
        };
        promo_codes::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(self.db().await?).await?;
        Ok(())
    }

    /// Stores a store credit as it is after one move. If somebody else has moved it since, it is a [`StoreError::Conflict`].
    pub async fn save_store_credit(&self, credit: &StoreCredit) -> Result<()> {
        let change = store_credits::ActiveModel {
            state: Set(text(credit.state)),
            remaining_minor: Set(credit.remaining.minor),
            revision: Set(revision(credit.revision)?),
            updated_at: Set(self.store.clock.now()),
            document: Set(json(credit)),
            ..Default::default()
        };
        let update = store_credits::Entity::update_many()
            .set(change)
            .filter(store_credits::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(store_credits::Column::Id.eq(credit.id.uuid()))
            .filter(store_credits::Column::Revision.eq(revision(credit.revision)? - 1));
        changed(update.exec(self.db().await?).await?.rows_affected, "store_credits.revision")
    }

    /// Stores a promo code as it is after one move. If somebody else has moved it since, it is a [`StoreError::Conflict`].
    pub async fn save_promo_code(&self, code: &PromoCode) -> Result<()> {
        let change = promo_codes::ActiveModel {
            state: Set(standing(code)),
            remaining_minor: Set(code.remaining().minor),
            revision: Set(revision(code.revision)?),
            updated_at: Set(self.store.clock.now()),
            document: Set(json(code)),
            ..Default::default()
        };
        let update = promo_codes::Entity::update_many()
            .set(change)
            .filter(promo_codes::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(promo_codes::Column::Id.eq(code.id.uuid()))
            .filter(promo_codes::Column::Revision.eq(revision(code.revision)? - 1));
        changed(update.exec(self.db().await?).await?.rows_affected, "promo_codes.revision")
    }

    /// What was spent by an earlier request with the same key.
    pub async fn spent_before(&self, request: &RequestKey) -> Result<Option<SpentBefore>> {
        let find = credit_uses::Entity::find()
            .filter(credit_uses::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(credit_uses::Column::IdempotencyKey.eq(&request.key));
        let Some(row) = find.one(self.db().await?).await? else { return Ok(None) };
        let same = row.request_digest == request.digest;
        Ok(Some(if same { SpentBefore::Alike(spent(&row)?) } else { SpentBefore::Otherwise }))
    }

    /// Remembers what was spent. A key that was used already is a [`StoreError::Conflict`].
    pub async fn insert_credit_use(&self, spent: &CreditUse, request: &RequestKey) -> Result<()> {
        let row = credit_uses::Model {
            marketplace_id: self.marketplace.uuid(),
            posting_id: spent.posting.uuid(),
            credit_id: spent.credit,
            order_id: spent.order.uuid(),
            minor: spent.amount.minor,
            currency: spent.amount.currency.code().to_owned(),
            used_at: spent.at,
            idempotency_key: request.key.clone(),
            request_digest: request.digest.to_vec(),
        };
        credit_uses::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(self.db().await?).await?;
        Ok(())
    }

    /// What was given in a case belongs to another one, because the two became one.
    pub async fn move_credits(&self, from: CaseId, into: CaseId) -> Result<()> {
        store_credits::Entity::update_many()
            .set(store_credits::ActiveModel { case_id: Set(into.uuid()), ..Default::default() })
            .filter(store_credits::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(store_credits::Column::CaseId.eq(from.uuid()))
            .exec(self.db().await?)
            .await?;
        promo_codes::Entity::update_many()
            .set(promo_codes::ActiveModel { case_id: Set(into.uuid()), ..Default::default() })
            .filter(promo_codes::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(promo_codes::Column::CaseId.eq(from.uuid()))
            .exec(self.db().await?)
            .await?;
        Ok(())
    }
}
