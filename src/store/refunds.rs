//! Refunds: a row each, with the whole of it as one document.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::codec::{from_json, from_text, json, text};
use super::entity::{cases, refunds};
use super::{RequestKey, Result, Store, StoreError, Tx, scope};
use crate::domain::ids::{CaseId, DisputeId, MarketplaceId, OrderId, RefundId, ReturnId, SellerId, WithdrawalId};
use crate::domain::parties::{Scope, View};
use crate::domain::refunds::{Refund, RefundOrigin, RefundOriginKind, Revision};

/// A refund with its place in the house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRefund {
    /// The refund.
    pub refund: Refund,
    /// What it comes from.
    pub origin: RefundOrigin,
    /// The case that it belongs to.
    pub case: CaseId,
    /// Whose sale it was.
    pub seller: SellerId,
    /// How it looks to the buyer, who does not see everything that changes it.
    pub to_buyer: ToBuyer,
}

/// How often and when the buyer saw a refund change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToBuyer {
    /// How often.
    pub revision: Revision,
    /// When last.
    pub updated_at: DateTime<Utc>,
}

/// What became of an earlier request with the same key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AskedBefore {
    /// It asked for the same, and opened this refund.
    Alike(Box<StoredRefund>),
    /// It asked for something else.
    Otherwise,
}

/// A refund for which time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueRefund {
    /// The tenant.
    pub marketplace: MarketplaceId,
    /// The refund.
    pub refund: RefundId,
}

fn read(row: refunds::Model) -> Result<StoredRefund> {
    let missing = || StoreError::Inconsistent { table: "refunds", column: "origin_id" };
    let origin = row.origin_id;
    let origin = match from_text(&row.origin, "refunds", "origin")? {
        RefundOriginKind::Request => RefundOrigin::Request,
        RefundOriginKind::Return => RefundOrigin::Return(ReturnId::from_uuid(origin.ok_or_else(missing)?)),
        RefundOriginKind::Dispute => RefundOrigin::Dispute(DisputeId::from_uuid(origin.ok_or_else(missing)?)),
        RefundOriginKind::Withdrawal => RefundOrigin::Withdrawal(WithdrawalId::from_uuid(origin.ok_or_else(missing)?)),
    };
    Ok(StoredRefund {
        refund: from_json(row.document, "refunds", "document")?,
        origin,
        case: CaseId::from_uuid(row.case_id),
        seller: SellerId::from_uuid(row.seller_id),
        to_buyer: ToBuyer { revision: Revision::from_number(row.buyer_revision), updated_at: row.buyer_updated_at },
    })
}

const fn origin_id(origin: RefundOrigin) -> Option<Uuid> {
    match origin {
        RefundOrigin::Request => None,
        RefundOrigin::Return(id) => Some(id.uuid()),
        RefundOrigin::Dispute(id) => Some(id.uuid()),
        RefundOrigin::Withdrawal(id) => Some(id.uuid()),
    }
}

/// The refunds that a reader knows: the operator and the vendor all, a seller those of its sales, buyers and mediators those of
/// their cases. What of one they see is for the door to say.
fn known(scope: Scope) -> Condition {
    let tenant = Condition::all().add(refunds::Column::MarketplaceId.eq(scope.marketplace.uuid()));
    match scope.view {
        View::Whole | View::Storefront => tenant,
        View::Seller(seller) => tenant.add(refunds::Column::SellerId.eq(seller.uuid())),
        View::Buyer(_) | View::Mediator { .. } => tenant.add(scope::known_case(scope, cases::Column::Id, refunds::Column::CaseId)),
    }
}

/// The oldest first.
fn sorted(rows: Vec<refunds::Model>) -> Result<Vec<StoredRefund>> {
    let mut found = rows.into_iter().map(read).collect::<Result<Vec<_>>>()?;
    found.sort_by_key(|stored| stored.refund.id);
    Ok(found)
}

impl Store {
    /// Refunds by id, those that the reader knows.
    pub async fn refunds_by_id(&self, scope: Scope, ids: &[RefundId]) -> Result<Vec<StoredRefund>> {
        let find = refunds::Entity::find().filter(known(scope)).filter(refunds::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
        sorted(find.all(&self.reads).await?)
    }

    /// The refunds of these cases that the reader knows, the oldest first.
    pub async fn refunds_of_cases(&self, scope: Scope, cases: &[CaseId]) -> Result<Vec<StoredRefund>> {
        let find = refunds::Entity::find().filter(known(scope)).filter(refunds::Column::CaseId.is_in(cases.iter().map(|id| id.uuid())));
        sorted(find.all(&self.reads).await?)
    }

    /// The refunds of these orders that the reader knows, the oldest first.
    pub async fn refunds_of_orders(&self, scope: Scope, orders: &[OrderId]) -> Result<Vec<StoredRefund>> {
        let find = refunds::Entity::find().filter(known(scope)).filter(refunds::Column::OrderId.is_in(orders.iter().map(|id| id.uuid())));
        sorted(find.all(&self.reads).await?)
    }

    /// The refunds for which time has come, the longest due first.
    pub async fn due_refunds(&self, now: DateTime<Utc>, limit: u64) -> Result<Vec<DueRefund>> {
        let due = refunds::Entity::find()
            .select_only()
            .column(refunds::Column::MarketplaceId)
            .column(refunds::Column::Id)
            .filter(refunds::Column::WakesAt.lte(now))
            .order_by_asc(refunds::Column::WakesAt)
            .limit(limit);
        let rows = due.into_tuple::<(Uuid, Uuid)>().all(&self.reads).await?;
        let refund =
            |(marketplace, refund)| DueRefund { marketplace: MarketplaceId::from_uuid(marketplace), refund: RefundId::from_uuid(refund) };
        Ok(rows.into_iter().map(refund).collect())
    }
}

impl Tx {
    /// A refund that the actor knows. Not locked: its order is.
    pub async fn refund(&self, scope: Scope, id: RefundId) -> Result<Option<StoredRefund>> {
        let find = refunds::Entity::find().filter(known(scope)).filter(refunds::Column::Id.eq(id.uuid()));
        find.one(self.db().await?).await?.map(read).transpose()
    }

    /// Every refund of an order, the oldest first. Under the lock of the order nobody adds one.
    pub async fn refunds_of_order(&self, order: OrderId) -> Result<Vec<StoredRefund>> {
        let find = refunds::Entity::find()
            .filter(refunds::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(refunds::Column::OrderId.eq(order.uuid()));
        sorted(find.all(self.db().await?).await?)
    }

    /// The refund that was opened by an earlier call with the same key.
    pub async fn refund_by_key(&self, request: &RequestKey) -> Result<Option<AskedBefore>> {
        let find = refunds::Entity::find()
            .filter(refunds::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(refunds::Column::IdempotencyKey.eq(&request.key));
        let Some(row) = find.one(self.db().await?).await? else { return Ok(None) };
        let same = row.request_digest.as_deref() == Some(request.digest.as_slice());
        Ok(Some(if same { AskedBefore::Alike(Box::new(read(row)?)) } else { AskedBefore::Otherwise }))
    }

    /// Stores a new refund. A second open one that people ask for on the same line, and a key that was used already, is a
    /// [`StoreError::Conflict`].
    pub async fn insert_refund(&self, stored: &StoredRefund, request: Option<&RequestKey>) -> Result<()> {
        let StoredRefund { refund, origin, case, seller, to_buyer } = stored;
        let row = refunds::Model {
            marketplace_id: self.marketplace.uuid(),
            id: refund.id.uuid(),
            case_id: case.uuid(),
            order_id: refund.order.uuid(),
            order_line: refund.line.as_str().to_owned(),
            seller_id: seller.uuid(),
            state: text(refund.status),
            origin: text(origin.kind()),
            origin_id: origin_id(*origin),
            revision: refund.revision.get(),
            buyer_revision: to_buyer.revision.get(),
            buyer_updated_at: to_buyer.updated_at,
            wakes_at: refund.wakes_at(),
            document: json(refund),
            opened_at: refund.opened_at,
            updated_at: refund.updated_at,
            idempotency_key: request.map(|request| request.key.clone()),
            request_digest: request.map(|request| request.digest.to_vec()),
        };
        refunds::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(self.db().await?).await?;
        Ok(())
    }

    /// Stores a refund that was read at the revision `seen`. A lost race is a [`StoreError::Conflict`].
    pub async fn save_refund(&self, stored: &StoredRefund, seen: Revision) -> Result<()> {
        let StoredRefund { refund, origin, to_buyer, .. } = stored;
        let saved = refunds::Entity::update_many()
            .set(refunds::ActiveModel {
                state: Set(text(refund.status)),
                origin: Set(text(origin.kind())),
                origin_id: Set(origin_id(*origin)),
                revision: Set(refund.revision.get()),
                buyer_revision: Set(to_buyer.revision.get()),
                buyer_updated_at: Set(to_buyer.updated_at),
                wakes_at: Set(refund.wakes_at()),
                document: Set(json(refund)),
                updated_at: Set(refund.updated_at),
                ..Default::default()
            })
            .filter(refunds::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(refunds::Column::Id.eq(refund.id.uuid()))
            .filter(refunds::Column::Revision.eq(seen.get()))
            .exec(self.db().await?)
            .await?;
        if saved.rows_affected == 1 { Ok(()) } else { Err(StoreError::Conflict { constraint: "refunds.revision".to_owned() }) }
    }

    /// Lets the refunds of a case go on in another one.
    pub async fn move_refunds(&self, from: CaseId, into: CaseId) -> Result<()> {
        refunds::Entity::update_many()
            .set(refunds::ActiveModel { case_id: Set(into.uuid()), ..Default::default() })
            .filter(refunds::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(refunds::Column::CaseId.eq(from.uuid()))
            .exec(self.db().await?)
            .await?;
        Ok(())
    }
}
