//! Withdrawals from a contract, and the receipts that are written once.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::codec::{from_json, json, text};
use super::entity::{cases, withdrawal_receipts, withdrawals};
use super::{Result, Store, StoreError, Tx, scope};
use crate::domain::ids::{CaseId, MarketplaceId, OrderId, WithdrawalId};
use crate::domain::parties::{Scope, View};
use crate::domain::withdrawals::{Acknowledgement, Withdrawal};

/// A withdrawal for which time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueWithdrawal {
    /// The tenant.
    pub marketplace: MarketplaceId,
    /// The withdrawal.
    pub id: WithdrawalId,
}

fn stored(row: withdrawals::Model, receipt: Option<withdrawal_receipts::Model>) -> Result<Withdrawal> {
    let one: Withdrawal = from_json(row.document, "withdrawals", "document")?;
    let acknowledgement = receipt.map(|receipt| {
        let deadlines = receipt.deadlines.map(|deadlines| from_json(deadlines, "withdrawal_receipts", "deadlines")).transpose()?;
        Ok::<_, StoreError>(Acknowledgement { text: receipt.text, sha256: receipt.sha256, submitted_at: receipt.submitted_at, deadlines })
    });
    Ok(Withdrawal { case: Some(CaseId::from_uuid(row.case_id)), acknowledgement: acknowledgement.transpose()?, ..one })
}

async fn with_receipts(db: &impl ConnectionTrait, rows: Vec<withdrawals::Model>) -> Result<Vec<Withdrawal>> {
    let Some(first) = rows.first() else { return Ok(Vec::new()) };
    let find = withdrawal_receipts::Entity::find()
        .filter(withdrawal_receipts::Column::MarketplaceId.eq(first.marketplace_id))
        .filter(withdrawal_receipts::Column::WithdrawalId.is_in(rows.iter().map(|row| row.id)));
    let mut receipts: HashMap<Uuid, _> = find.all(db).await?.into_iter().map(|receipt| (receipt.withdrawal_id, receipt)).collect();
    let withdrawal = |row: withdrawals::Model| {
        let receipt = receipts.remove(&row.id);
        stored(row, receipt)
    };
    let mut found = rows.into_iter().map(withdrawal).collect::<Result<Vec<_>>>()?;
    found.sort_by_key(|one| one.id);
    Ok(found)
}

/// The withdrawals that a reader knows: those of the cases that they know.
fn known(scope: Scope) -> Condition {
    let tenant = Condition::all().add(withdrawals::Column::MarketplaceId.eq(scope.marketplace.uuid()));
    match scope.view {
        View::Whole | View::Storefront => tenant,
        View::Seller(_) | View::Buyer(_) | View::Mediator { .. } => {
            tenant.add(scope::known_case(scope, cases::Column::Id, withdrawals::Column::CaseId))
        }
    }
}

impl Store {
    /// Withdrawals by id, those that the reader knows.
    pub async fn withdrawals_by_id(&self, scope: Scope, ids: &[WithdrawalId]) -> Result<Vec<Withdrawal>> {
        let find = withdrawals::Entity::find().filter(known(scope)).filter(withdrawals::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
        with_receipts(&self.reads, find.all(&self.reads).await?).await
    }

    /// The withdrawals in these cases that the reader knows, the oldest first.
    pub async fn withdrawals_of_cases(&self, scope: Scope, ids: &[CaseId]) -> Result<Vec<Withdrawal>> {
        let find =
            withdrawals::Entity::find().filter(known(scope)).filter(withdrawals::Column::CaseId.is_in(ids.iter().map(|id| id.uuid())));
        with_receipts(&self.reads, find.all(&self.reads).await?).await
    }

    /// The withdrawals for which time has come, the longest due first.
    pub async fn due_withdrawals(&self, now: DateTime<Utc>, limit: u64) -> Result<Vec<DueWithdrawal>> {
        let due = withdrawals::Entity::find()
            .select_only()
            .column(withdrawals::Column::MarketplaceId)
            .column(withdrawals::Column::Id)
            .filter(withdrawals::Column::WakesAt.lte(now))
            .order_by_asc(withdrawals::Column::WakesAt)
            .limit(limit);
        let rows = due.into_tuple::<(Uuid, Uuid)>().all(&self.reads).await?;
        let found =
            |(marketplace, id)| DueWithdrawal { marketplace: MarketplaceId::from_uuid(marketplace), id: WithdrawalId::from_uuid(id) };
        Ok(rows.into_iter().map(found).collect())
    }
}

impl Tx {
    /// A withdrawal that the actor knows. Not locked: its order is.
    pub async fn known_withdrawal(&self, scope: Scope, id: WithdrawalId) -> Result<Option<Withdrawal>> {
        let find = withdrawals::Entity::find().filter(known(scope)).filter(withdrawals::Column::Id.eq(id.uuid()));
        let db = self.db().await?;
        Ok(with_receipts(db, find.all(db).await?).await?.pop())
    }

    /// The withdrawal that was declared by an earlier call with the same key.
    pub async fn declared_before(&self, order: OrderId, key: &str) -> Result<Option<Withdrawal>> {
        let find = withdrawals::Entity::find()
            .filter(withdrawals::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(withdrawals::Column::OrderId.eq(order.uuid()))
            .filter(withdrawals::Column::IdempotencyKey.eq(key));
        let db = self.db().await?;
        Ok(with_receipts(db, find.all(db).await?).await?.pop())
    }

    /// How many withdrawals were declared of an order.
    pub async fn count_withdrawals(&self, order: OrderId) -> Result<u64> {
        let find = withdrawals::Entity::find()
            .filter(withdrawals::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(withdrawals::Column::OrderId.eq(order.uuid()));
        Ok(find.count(self.db().await?).await?)
    }

    /// Stores a new withdrawal. A key that was used already is a [`StoreError::Conflict`].
    pub async fn insert_withdrawal(&self, one: &Withdrawal, case: CaseId, key: &str) -> Result<()> {
        let row = withdrawals::Model {
            marketplace_id: self.marketplace.uuid(),
            id: one.id.uuid(),
            case_id: case.uuid(),
            order_id: one.order.uuid(),
            state: text(one.state),
            revision: one.revision,
            wakes_at: one.wakes_at(),
            declared_at: one.declared_at,
            updated_at: self.now(),
            idempotency_key: key.to_owned(),
            document: json(one),
        };
        withdrawals::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(self.db().await?).await?;
        Ok(())
    }

    /// Stores where a withdrawal stands, if it is still at the revision that was `seen`; else it is a [`StoreError::Conflict`].
    pub async fn save_withdrawal(&self, one: &Withdrawal, seen: i32) -> Result<()> {
        let change = withdrawals::ActiveModel {
            state: Set(text(one.state)),
            revision: Set(one.revision),
            wakes_at: Set(one.wakes_at()),
            updated_at: Set(self.now()),
            document: Set(json(one)),
            ..Default::default()
        };
        let saved = withdrawals::Entity::update_many()
            .set(change)
            .filter(withdrawals::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(withdrawals::Column::Id.eq(one.id.uuid()))
            .filter(withdrawals::Column::Revision.eq(seen))
            .exec(self.db().await?)
            .await?;
        if saved.rows_affected == 1 { Ok(()) } else { Err(StoreError::Conflict { constraint: "withdrawals.revision".to_owned() }) }
    }

    /// Stores a receipt, once and for all. A second one for the same withdrawal is a [`StoreError::Conflict`].
    pub async fn insert_receipt(&self, withdrawal: WithdrawalId, receipt: &Acknowledgement) -> Result<()> {
        let row = withdrawal_receipts::Model {
            marketplace_id: self.marketplace.uuid(),
            withdrawal_id: withdrawal.uuid(),
            text: receipt.text.clone(),
            sha256: receipt.sha256.clone(),
            submitted_at: receipt.submitted_at,
            deadlines: receipt.deadlines.map(json),
        };
        withdrawal_receipts::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(self.db().await?).await?;
        Ok(())
    }

    /// Lets the withdrawals of a case go on in another one.
    pub async fn move_withdrawals(&self, from: CaseId, into: CaseId) -> Result<()> {
        withdrawals::Entity::update_many()
            .set(withdrawals::ActiveModel { case_id: Set(into.uuid()), ..Default::default() })
            .filter(withdrawals::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(withdrawals::Column::CaseId.eq(from.uuid()))
            .exec(self.db().await?)
            .await?;
        Ok(())
    }
}
