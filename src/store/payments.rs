//! The ways to payment systems, and each try to move money: a row that is committed before the first call and never removed.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::codec::{from_json, from_text, json, text};
use super::entity::{payment_calls, payment_connections};
use super::queue::{Claim, Queue, QueueDepth, QueueStatus, Settlement};
use super::{Result, Store, StoreError, Tx, queue};
use crate::domain::ids::{CaseId, ConnectionId, DeliveryId, MarketplaceId, RefundId};
use crate::domain::refunds::{AttemptNumber, IdempotencyKey, ProviderReference};

/// By which way a marketplace's money is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PaymentWay {
    /// Stripe Connect.
    Stripe,
    /// The marketplace's own software, by signed calls.
    Webhook,
}

/// Whether new refunds go through a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PaymentConnectionState {
    /// They do. There is at most one of them in a marketplace.
    Active,
    /// They do not; what went through it before is still heard of.
    Replaced,
}

/// A connection to a payment system as it is stored: its secrets sealed, its settings untyped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentConnectionRow {
    /// Its id.
    pub id: ConnectionId,
    /// The tenant.
    pub marketplace: MarketplaceId,
    /// By which way.
    pub way: PaymentWay,
    /// Whether new refunds go through it.
    pub state: PaymentConnectionState,
    /// Where it is.
    pub address: String,
    /// Credentials and signing keys, encrypted and bound to the id.
    pub sealed: Vec<u8>,
    /// How it is spoken with.
    pub settings: serde_json::Value,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl TryFrom<payment_connections::Model> for PaymentConnectionRow {
    type Error = StoreError;

    fn try_from(row: payment_connections::Model) -> Result<Self> {
        Ok(Self {
            id: ConnectionId::from_uuid(row.id),
            marketplace: MarketplaceId::from_uuid(row.marketplace_id),
            way: from_text(&row.way, "payment_connections", "way")?,
            state: from_text(&row.state, "payment_connections", "state")?,
            address: row.address,
            sealed: row.sealed,
            settings: row.settings,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

impl PaymentConnectionRow {
    fn model(&self) -> payment_connections::ActiveModel {
        payment_connections::Model {
            marketplace_id: self.marketplace.uuid(),
            id: self.id.uuid(),
            way: text(self.way),
            state: text(self.state),
            address: self.address.clone(),
            sealed: self.sealed.clone(),
            settings: self.settings.clone(),
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
        .into_active_model()
        .reset_all()
    }
}

/// What is done with a try next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CallPhase {
    /// The payment system is told.
    Send,
    /// It has it; now and then it is asked what became of it.
    Look,
}

/// The last that was heard of a try. The refund itself knows better; this says whether to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Standing {
    /// Nothing.
    Unknown,
    /// The payment system works on it.
    Pending,
    /// The money has moved.
    Succeeded,
    /// It has not, and will not under this key.
    Failed,
    /// It had, and came back.
    Reversed,
}

impl Standing {
    /// Whether there is nothing left to be asked.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Reversed)
    }
}

/// A try to move money that is to be made after the commit.
#[derive(Debug, Clone)]
pub struct NewPaymentCall {
    /// What makes it harmless to repeat.
    pub key: IdempotencyKey,
    /// Through which connection; none where there is none, or where it is paid by hand.
    pub connection: Option<ConnectionId>,
    /// Whose operator is told when it does not go on by itself.
    pub case: CaseId,
    /// What must not go side by side: all of one payment.
    pub lane: String,
    /// The whole order, as it is sent each time.
    pub instruction: serde_json::Value,
    /// Where it begins: it waits for its turn, for a person, or for nothing of ours.
    pub status: QueueStatus,
    /// Why it waits for a person, or for nothing of ours: a word, and a sentence.
    pub reason: Option<(&'static str, String)>,
}

/// A try to move money as it is stored.
#[derive(Debug, Clone)]
pub struct PaymentCall {
    /// Its id.
    pub id: DeliveryId,
    /// The tenant.
    pub marketplace: MarketplaceId,
    /// What makes it harmless to repeat.
    pub key: IdempotencyKey,
    /// Through which connection.
    pub connection: Option<ConnectionId>,
    /// The case of the refund.
    pub case: CaseId,
    /// What must not go side by side.
    pub lane: String,
    /// Where it stands in the queue.
    pub status: QueueStatus,
    /// How often it was tried.
    pub attempts: i32,
    /// Not before.
    pub run_at: DateTime<Utc>,
    /// Why it failed last, without personal data.
    pub last_error: Option<String>,
    /// The same as a word.
    pub error_code: Option<String>,
    /// What is done with it next.
    pub phase: CallPhase,
    /// How often it was asked what became of it.
    pub looks: i32,
    /// The last that was heard of it.
    pub standing: Standing,
    /// What the payment system knows it by.
    pub reference: Option<ProviderReference>,
    /// When the earliest call began whose outcome may be unknown.
    pub begun_at: Option<DateTime<Utc>>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it was finished.
    pub finished_at: Option<DateTime<Utc>>,
    instruction: serde_json::Value,
}

impl PaymentCall {
    /// The whole order.
    pub fn instruction<T: DeserializeOwned>(&self) -> Result<T> {
        from_json(self.instruction.clone(), "payment_calls", "instruction")
    }

    /// The whole order, as it is stored.
    pub const fn raw_instruction(&self) -> &serde_json::Value {
        &self.instruction
    }
}

impl TryFrom<payment_calls::Model> for PaymentCall {
    type Error = StoreError;

    fn try_from(row: payment_calls::Model) -> Result<Self> {
        let number = u32::try_from(row.attempt).map_err(|_| StoreError::Inconsistent { table: "payment_calls", column: "attempt" })?;
        Ok(Self {
            id: DeliveryId::from_uuid(row.id),
            marketplace: MarketplaceId::from_uuid(row.marketplace_id),
            key: IdempotencyKey::of(RefundId::from_uuid(row.refund_id), AttemptNumber::from_number(number)),
            connection: row.connection_id.map(ConnectionId::from_uuid),
            case: CaseId::from_uuid(row.case_id),
            lane: row.lane,
            status: from_text(&row.status, "payment_calls", "status")?,
            attempts: row.attempts,
            run_at: row.run_at,
            last_error: row.last_error,
            error_code: row.error_code,
            phase: from_text(&row.phase, "payment_calls", "phase")?,
            looks: row.looks,
            standing: from_text(&row.standing, "payment_calls", "standing")?,
            reference: row.reference.as_deref().map(ProviderReference::new),
            begun_at: row.begun_at,
            created_at: row.created_at,
            finished_at: row.finished_at,
            instruction: row.instruction,
        })
    }
}

/// The number of an attempt as a column keeps it.
fn number(attempt: AttemptNumber) -> i32 {
    i32::try_from(attempt.get()).unwrap_or(i32::MAX)
}

fn calls(marketplace: MarketplaceId) -> Select<payment_calls::Entity> {
    payment_calls::Entity::find().filter(payment_calls::Column::MarketplaceId.eq(marketplace.uuid()))
}

fn by_key(marketplace: MarketplaceId, key: IdempotencyKey) -> Select<payment_calls::Entity> {
    calls(marketplace)
        .filter(payment_calls::Column::RefundId.eq(key.refund().uuid()))
        .filter(payment_calls::Column::Attempt.eq(number(key.attempt())))
}

fn active(marketplace: MarketplaceId) -> Select<payment_connections::Entity> {
    payment_connections::Entity::find()
        .filter(payment_connections::Column::MarketplaceId.eq(marketplace.uuid()))
        .filter(sea_orm::sea_query::Expr::cust("state = 'ACTIVE'"))
}

impl Store {
    /// A connection to a payment system by its id alone: the door that reports come through knows no more.
    pub async fn payment_connection(&self, id: ConnectionId) -> Result<Option<PaymentConnectionRow>> {
        let find = payment_connections::Entity::find().filter(payment_connections::Column::Id.eq(id.uuid()));
        find.one(&self.reads).await?.map(PaymentConnectionRow::try_from).transpose()
    }

    /// The connections of one marketplace, or of all, the oldest first.
    pub async fn payment_connections(&self, of: Option<MarketplaceId>) -> Result<Vec<PaymentConnectionRow>> {
        let mut find = payment_connections::Entity::find().order_by_asc(payment_connections::Column::Id);
        if let Some(marketplace) = of {
            find = find.filter(payment_connections::Column::MarketplaceId.eq(marketplace.uuid()));
        }
        find.all(&self.reads).await?.into_iter().map(PaymentConnectionRow::try_from).collect()
    }

    /// Takes the next tries of payments of which none is being worked on. Each row says when the earliest call began before
    /// this one whose outcome may be unknown; this one is on record before it begins.
    pub async fn claim_payment_calls(&self, claim: Claim) -> Result<Vec<PaymentCall>> {
        let tx = self.begin_raw().await?;
        Queue::Payments.sweep(&tx, claim.now).await?;
        let claimed = payment_calls::Entity::find().from_raw_sql(Queue::Payments.claim(&tx, claim)).all(&tx).await;
        let rows = match claimed.map_err(StoreError::from) {
            // Another process took the same lane in the same moment.
            Err(StoreError::Conflict { .. }) => return Ok(Vec::new()),
            rows => rows?,
        };
        if !rows.is_empty() {
            payment_calls::Entity::update_many()
                .set(payment_calls::ActiveModel { begun_at: Set(Some(claim.now)), ..Default::default() })
                .filter(payment_calls::Column::MarketplaceId.is_in(rows.iter().map(|row| row.marketplace_id)))
                .filter(payment_calls::Column::Id.is_in(rows.iter().map(|row| row.id)))
                .filter(payment_calls::Column::BegunAt.is_null())
                .exec(&tx)
                .await?;
        }
        tx.commit().await?;
        let mut rows = rows.into_iter().map(PaymentCall::try_from).collect::<Result<Vec<_>>>()?;
        rows.sort_by_key(|row| row.id);
        Ok(rows)
    }

    /// The try with this key.
    pub async fn payment_call(&self, marketplace: MarketplaceId, key: IdempotencyKey) -> Result<Option<PaymentCall>> {
        by_key(marketplace, key).one(&self.reads).await?.map(PaymentCall::try_from).transpose()
    }

    /// The try that a payment system knows by this reference. Of several none: that is for a person.
    pub async fn payment_call_by_reference(
        &self,
        marketplace: MarketplaceId,
        connection: ConnectionId,
        reference: &ProviderReference,
    ) -> Result<Option<PaymentCall>> {
        let find = calls(marketplace)
            .filter(payment_calls::Column::ConnectionId.eq(connection.uuid()))
            .filter(payment_calls::Column::Reference.eq(reference.as_str()))
            .limit(2);
        let mut found = find.all(&self.reads).await?;
        if found.len() > 1 {
            return Ok(None);
        }
        found.pop().map(PaymentCall::try_from).transpose()
    }

    /// The newest tries of a marketplace, optionally of one state.
    pub async fn payment_calls(&self, marketplace: MarketplaceId, status: Option<QueueStatus>, limit: u64) -> Result<Vec<PaymentCall>> {
        let mut find = calls(marketplace);
        if let Some(status) = status {
            find = find.filter(payment_calls::Column::Status.eq(text(status)));
        }
        let find = find.order_by_desc(payment_calls::Column::Id).limit(limit);
        find.all(&self.reads).await?.into_iter().map(PaymentCall::try_from).collect()
    }

    /// Puts a try back into the queue that waits for a person. What may have arrived is still looked for first.
    pub async fn replay_payment_call(&self, marketplace: MarketplaceId, id: DeliveryId) -> Result<bool> {
        let replayed = Queue::Payments.replay(&self.writes, marketplace.uuid(), id.uuid(), self.clock.now()).await?;
        self.live().payments_grew();
        Ok(replayed)
    }

    /// How much waits.
    pub async fn payments_depth(&self) -> Result<QueueDepth> {
        Queue::Payments.depth(&self.reads).await
    }

    /// When the next waiting try is due.
    pub async fn payments_next_due(&self) -> Result<Option<DateTime<Utc>>> {
        Queue::Payments.next_due(&self.reads).await
    }
}

impl Tx {
    /// The connection that new refunds go through.
    pub async fn active_payment_connection(&self) -> Result<Option<PaymentConnectionRow>> {
        active(self.marketplace).one(self.db().await?).await?.map(PaymentConnectionRow::try_from).transpose()
    }

    /// The same under lock, for who changes it.
    pub async fn lock_payment_connection(&self) -> Result<Option<PaymentConnectionRow>> {
        active(self.marketplace).lock_exclusive().one(self.db().await?).await?.map(PaymentConnectionRow::try_from).transpose()
    }

    /// Stores a new connection.
    pub async fn insert_payment_connection(&self, row: &PaymentConnectionRow) -> Result<()> {
        payment_connections::Entity::insert(row.model()).exec_without_returning(self.db().await?).await?;
        Ok(())
    }

    /// Stores what changed about a connection.
    pub async fn save_payment_connection(&self, row: &PaymentConnectionRow) -> Result<()> {
        payment_connections::Entity::update(row.model()).exec(self.db().await?).await?;
        Ok(())
    }

    /// Writes a try down and gives its id. One with the same key is the same, and stays as it is.
    pub async fn insert_payment_call(&self, new: &NewPaymentCall) -> Result<DeliveryId> {
        use payment_calls::Column::{Attempt, MarketplaceId, RefundId};
        let (now, id) = (self.store.clock.now(), DeliveryId::generate());
        let waits = new.status == QueueStatus::Pending;
        let row = payment_calls::Model {
            marketplace_id: self.marketplace.uuid(),
            id: id.uuid(),
            lane: new.lane.clone(),
            status: text(new.status),
            run_at: now,
            attempts: 0,
            lease_until: None,
            last_error: new.reason.as_ref().map(|(_, sentence)| sentence.clone()),
            created_at: now,
            finished_at: (!waits).then_some(now),
            refund_id: new.key.refund().uuid(),
            attempt: number(new.key.attempt()),
            connection_id: new.connection.map(ConnectionId::uuid),
            case_id: new.case.uuid(),
            instruction: new.instruction.clone(),
            phase: text(CallPhase::Send),
            looks: 0,
            standing: text(Standing::Unknown),
            reference: None,
            begun_at: None,
            error_code: new.reason.as_ref().map(|(code, _)| (*code).to_owned()),
        };
        payment_calls::Entity::insert(row.into_active_model().reset_all())
            .on_conflict(OnConflict::columns([MarketplaceId, RefundId, Attempt]).do_nothing().to_owned())
            .exec_without_returning(self.db().await?)
            .await?;
        if waits {
            // It may look too early, and then looks again by itself.
            self.store.live.payments_grew();
        }
        Ok(id)
    }

    /// A try, under lock.
    pub async fn lock_payment_call(&self, key: IdempotencyKey) -> Result<Option<PaymentCall>> {
        let find = by_key(self.marketplace, key).lock_exclusive();
        find.one(self.db().await?).await?.map(PaymentCall::try_from).transpose()
    }

    /// The tries that wait for a person for this reason, under lock, the oldest first.
    pub async fn lock_parked_payment_calls(&self, code: &str, limit: u64) -> Result<Vec<PaymentCall>> {
        let find = calls(self.marketplace)
            .filter(queue::is(QueueStatus::Parked))
            .filter(payment_calls::Column::ErrorCode.eq(code))
            .order_by_asc(payment_calls::Column::Id)
            .limit(limit)
            .lock_exclusive();
        find.all(self.db().await?).await?.into_iter().map(PaymentCall::try_from).collect()
    }

    /// Writes down what became of a try, and what is known of it now.
    pub async fn settle_payment_call(&self, call: &PaymentCall, settlement: &Settlement) -> Result<()> {
        Queue::Payments.settle(self.db().await?, self.marketplace.uuid(), call.id.uuid(), settlement, self.store.clock.now()).await?;
        self.save_payment_call(call).await
    }

    /// Writes down what is known of a try. Where it stands in the queue stays as it is.
    pub async fn save_payment_call(&self, call: &PaymentCall) -> Result<()> {
        let change = payment_calls::ActiveModel {
            connection_id: Set(call.connection.map(ConnectionId::uuid)),
            lane: Set(call.lane.clone()),
            phase: Set(text(call.phase)),
            looks: Set(call.looks),
            standing: Set(text(call.standing)),
            reference: Set(call.reference.as_ref().map(|reference| reference.as_str().to_owned())),
            begun_at: Set(call.begun_at),
            error_code: Set(call.error_code.clone()),
            ..Default::default()
        };
        self.change_payment_call(call, change).await
    }

    /// Gives a try that was never sent another order.
    pub async fn rewrite_payment_call(&self, call: &PaymentCall, instruction: impl Serialize) -> Result<()> {
        self.change_payment_call(call, payment_calls::ActiveModel { instruction: Set(json(instruction)), ..Default::default() }).await
    }

    async fn change_payment_call(&self, call: &PaymentCall, change: payment_calls::ActiveModel) -> Result<()> {
        payment_calls::Entity::update_many()
            .set(change)
            .filter(payment_calls::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(payment_calls::Column::Id.eq(call.id.uuid()))
            .exec(self.db().await?)
            .await?;
        Ok(())
    }

    /// What is told of tries of a case is told in another one, into which it was merged.
    pub async fn move_payment_calls(&self, from: CaseId, into: CaseId) -> Result<()> {
        payment_calls::Entity::update_many()
            .set(payment_calls::ActiveModel { case_id: Set(into.uuid()), ..Default::default() })
            .filter(payment_calls::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(payment_calls::Column::CaseId.eq(from.uuid()))
            .exec(self.db().await?)
            .await?;
        Ok(())
    }

    /// Puts a try back into the queue.
    pub async fn resume_payment_call(&self, call: &PaymentCall) -> Result<bool> {
        let now = self.store.clock.now();
        Queue::Payments.replay(self.db().await?, self.marketplace.uuid(), call.id.uuid(), now).await
    }

    /// Holds everything back that waits to go through a connection: what limits one call limits the account.
    pub async fn hold_payment_calls(&self, connection: ConnectionId, until: DateTime<Utc>) -> Result<()> {
        payment_calls::Entity::update_many()
            .set(payment_calls::ActiveModel { run_at: Set(until), ..Default::default() })
            .filter(payment_calls::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(payment_calls::Column::ConnectionId.eq(connection.uuid()))
            .filter(queue::is(QueueStatus::Pending))
            .filter(payment_calls::Column::RunAt.lt(until))
            .exec(self.db().await?)
            .await?;
        Ok(())
    }
}
