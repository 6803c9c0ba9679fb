//! Returns: one row each, which keeps the whole return as a document.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::codec::{from_json, json, text};
use super::entity::{cases, returns};
use super::{RequestKey, Result, Store, StoreError, Tx, scope};
use crate::domain::ids::{CaseId, MarketplaceId, OrderId, ReturnId, SellerId};
use crate::domain::parties::{Scope, View};
use crate::domain::returns::Return;

/// A return for which time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueReturn {
    /// The tenant.
    pub marketplace: MarketplaceId,
    /// The return.
    pub id: ReturnId,
}

/// What became of an earlier request with the same key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestedBefore {
    /// It asked for the same, by this return.
    Alike(Box<Return>),
    /// It asked for something else.
    Otherwise,
}

pub(super) fn stored(row: returns::Model) -> Result<Return> {
    let one: Return = from_json(row.document, "returns", "document")?;
    // Cases that are merged take their returns along by the column alone.
    Ok(Return { case: CaseId::from_uuid(row.case_id), ..one })
}

/// The returns that a reader knows: those of the cases that they know.
fn known(scope: Scope) -> Condition {
    let tenant = Condition::all().add(returns::Column::MarketplaceId.eq(scope.marketplace.uuid()));
    match scope.view {
        View::Whole | View::Storefront => tenant,
        View::Seller(_) | View::Buyer(_) | View::Mediator { .. } => {
            tenant.add(scope::known_case(scope, cases::Column::Id, returns::Column::CaseId))
        }
    }
}

fn oldest_first(rows: Vec<returns::Model>) -> Result<Vec<Return>> {
    let mut found = rows.into_iter().map(stored).collect::<Result<Vec<_>>>()?;
    found.sort_by_key(|one| one.id);
    Ok(found)
}

impl Store {
    /// Returns by id, those that the reader knows.
    pub async fn returns_by_id(&self, scope: Scope, ids: &[ReturnId]) -> Result<Vec<Return>> {
        let find = returns::Entity::find().filter(known(scope)).filter(returns::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
        oldest_first(find.all(&self.reads).await?)
    }

    /// The returns in these cases that the reader knows, the oldest first.
    pub async fn returns_of_cases(&self, scope: Scope, ids: &[CaseId]) -> Result<Vec<Return>> {
        let find = returns::Entity::find().filter(known(scope)).filter(returns::Column::CaseId.is_in(ids.iter().map(|id| id.uuid())));
        oldest_first(find.all(&self.reads).await?)
    }

    /// The returns of these orders that the reader knows, the oldest first.
    pub async fn returns_of_orders(&self, scope: Scope, ids: &[OrderId]) -> Result<Vec<Return>> {
        let find = returns::Entity::find().filter(known(scope)).filter(returns::Column::OrderId.is_in(ids.iter().map(|id| id.uuid())));
        oldest_first(find.all(&self.reads).await?)
    }

    /// The returns for which time has come, the longest due first.
    pub async fn due_returns(&self, now: DateTime<Utc>, limit: u64) -> Result<Vec<DueReturn>> {
        let due = returns::Entity::find()
            .select_only()
            .column(returns::Column::MarketplaceId)
            .column(returns::Column::Id)
            .filter(returns::Column::WakesAt.lte(now))
            .order_by_asc(returns::Column::WakesAt)
            .limit(limit);
        let rows = due.into_tuple::<(Uuid, Uuid)>().all(&self.reads).await?;
        let found = |(marketplace, id)| DueReturn { marketplace: MarketplaceId::from_uuid(marketplace), id: ReturnId::from_uuid(id) };
        Ok(rows.into_iter().map(found).collect())
    }
}

impl Tx {
    /// A return that the actor knows. Not locked: its order is.
    pub async fn known_return(&self, scope: Scope, id: ReturnId) -> Result<Option<Return>> {
        let find = returns::Entity::find().filter(known(scope)).filter(returns::Column::Id.eq(id.uuid()));
        find.one(self.db().await?).await?.map(stored).transpose()
    }

    /// All returns of an order, to count what they take up: under the lock of the order.
    pub async fn returns_of_order(&self, order: OrderId) -> Result<Vec<Return>> {
        let find = returns::Entity::find()
            .filter(returns::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(returns::Column::OrderId.eq(order.uuid()));
        oldest_first(find.all(self.db().await?).await?)
    }

    /// The return that was requested by an earlier call with the same key.
    pub async fn requested_before(&self, request: &RequestKey) -> Result<Option<RequestedBefore>> {
        let find = returns::Entity::find()
            .filter(returns::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(returns::Column::IdempotencyKey.eq(&request.key));
        let Some(row) = find.one(self.db().await?).await? else { return Ok(None) };
        let same = row.request_digest.as_deref() == Some(request.digest.as_slice());
        Ok(Some(if same { RequestedBefore::Alike(Box::new(stored(row)?)) } else { RequestedBefore::Otherwise }))
    }

    /// Stores a new return. A key that was used already is a [`StoreError::Conflict`].
    pub async fn insert_return(&self, one: &Return, seller: SellerId, request: Option<&RequestKey>) -> Result<()> {
        let row = returns::Model {
            marketplace_id: self.marketplace.uuid(),
            id: one.id.uuid(),
            case_id: one.case.uuid(),
            order_id: one.order.uuid(),
            order_line: one.order_line.clone(),
            seller_id: seller.uuid(),
            withdrawal_id: one.withdrawal.map(crate::domain::ids::WithdrawalId::uuid),
            state: text(one.state),
            revision: one.revision,
            wakes_at: one.due_at,
            opened_at: one.requested_at,
            updated_at: one.updated_at,
            idempotency_key: request.map(|request| request.key.clone()),
            request_digest: request.map(|request| request.digest.to_vec()),
            document: json(one),
        };
        returns::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(self.db().await?).await?;
        Ok(())
    }

    /// Stores where a return stands, if it is still at the revision that was `seen`; else it is a [`StoreError::Conflict`].
    pub async fn save_return(&self, one: &Return, seen: i32) -> Result<()> {
        let change = returns::ActiveModel {
            state: Set(text(one.state)),
            revision: Set(one.revision),
            wakes_at: Set(one.due_at),
            updated_at: Set(one.updated_at),
            document: Set(json(one)),
            ..Default::default()
        };
        let saved = returns::Entity::update_many()
            .set(change)
            .filter(returns::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(returns::Column::Id.eq(one.id.uuid()))
            .filter(returns::Column::Revision.eq(seen))
            .exec(self.db().await?)
            .await?;
        if saved.rows_affected == 1 { Ok(()) } else { Err(StoreError::Conflict { constraint: "returns.revision".to_owned() }) }
    }

    /// Lets the returns of a case go on in another one.
    pub async fn move_returns(&self, from: CaseId, into: CaseId) -> Result<()> {
        returns::Entity::update_many()
            .set(returns::ActiveModel { case_id: Set(into.uuid()), ..Default::default() })
            .filter(returns::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(returns::Column::CaseId.eq(from.uuid()))
            .exec(self.db().await?)
            .await?;
        Ok(())
    }
}
