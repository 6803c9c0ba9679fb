//! Deliveries to the helpdesk: written with the change that causes them, sent in order per ticket.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use serde::{Serialize, de::DeserializeOwned};

use super::batch::Write;
use super::codec::{from_json, from_text, json, text};
use super::entity::outbox;
use super::queue::{Claim, Queue, QueueDepth, QueueStatus, Settlement};
use super::{Result, Store, StoreError, Tx, queue};
use crate::domain::ids::{CaseId, ConnectionId, DeliveryId, MarketplaceId, MessageId};

/// A delivery that is to be sent after the commit.
#[derive(Debug, Clone)]
pub struct NewOutbox {
    /// Our id of it; the key that the other side de-duplicates on where it can.
    pub id: DeliveryId,
    /// The connection it goes through.
    pub connection: ConnectionId,
    /// What must stay in order: connection and ticket.
    pub lane: String,
    /// What to do there.
    pub command: serde_json::Value,
    /// The case it is for.
    pub case: Option<CaseId>,
    /// The message it carries.
    pub message: Option<MessageId>,
}

impl NewOutbox {
    /// A delivery of a command.
    pub fn new(connection: ConnectionId, lane: String, command: impl Serialize) -> Self {
        Self { id: DeliveryId::generate(), connection, lane, command: json(command), case: None, message: None }
    }
}

/// What the lanes of cases that wait for their ticket begin with.
const OPENING: &str = "opening/";

/// The lane in which a case waits for its ticket.
pub fn opening_lane(case: CaseId) -> String {
    format!("{OPENING}{case}")
}

/// A stored delivery.
#[derive(Debug, Clone)]
pub struct OutboxRow {
    /// Its id.
    pub id: DeliveryId,
    /// The tenant.
    pub marketplace: MarketplaceId,
    /// The connection.
    pub connection: ConnectionId,
    /// What must stay in order.
    pub lane: String,
    /// Where it stands.
    pub status: QueueStatus,
    /// How often it was tried.
    pub attempts: i32,
    /// Why it failed last.
    pub last_error: Option<String>,
    /// The case it is for.
    pub case: Option<CaseId>,
    /// The message it carries.
    pub message: Option<MessageId>,
    /// When the earliest attempt began whose outcome is not known.
    pub began_at: Option<DateTime<Utc>>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it was finished.
    pub finished_at: Option<DateTime<Utc>>,
    command: serde_json::Value,
}

impl OutboxRow {
    /// What to do.
    pub fn command<T: DeserializeOwned>(&self) -> Result<T> {
        from_json(self.command.clone(), "outbox", "command")
    }

    /// What to do, as it is stored.
    pub const fn raw_command(&self) -> &serde_json::Value {
        &self.command
    }
}

impl TryFrom<outbox::Model> for OutboxRow {
    type Error = StoreError;

    fn try_from(row: outbox::Model) -> Result<Self> {
        Ok(Self {
            id: DeliveryId::from_uuid(row.id),
            marketplace: MarketplaceId::from_uuid(row.marketplace_id),
            connection: ConnectionId::from_uuid(row.connection_id),
            lane: row.lane,
            status: from_text(&row.status, "outbox", "status")?,
            attempts: row.attempts,
            last_error: row.last_error,
            case: row.case_id.map(CaseId::from_uuid),
            message: row.message_id.map(MessageId::from_uuid),
            began_at: row.began_at,
            created_at: row.created_at,
            finished_at: row.finished_at,
            command: row.command,
        })
    }
}

/// Writes the deliveries that a unit of work collected.
pub(super) async fn insert(tx: &Tx, deliveries: Vec<NewOutbox>) -> Result<()> {
    if deliveries.is_empty() {
        return Ok(());
    }
    let now = tx.store.clock.now();
    let rows = deliveries.into_iter().map(|delivery| {
        outbox::Model {
            marketplace_id: tx.marketplace.uuid(),
            id: delivery.id.uuid(),
            connection_id: delivery.connection.uuid(),
            lane: delivery.lane,
            status: text(QueueStatus::Pending),
            run_at: now,
            attempts: 0,
            lease_until: None,
            last_error: None,
            created_at: now,
            finished_at: None,
            command: delivery.command,
            case_id: delivery.case.map(CaseId::uuid),
            message_id: delivery.message.map(MessageId::uuid),
            began_at: None,
            receipt: None,
        }
        .into_active_model()
        .reset_all()
    });
    tx.later(Write::Insert(outbox::Entity::insert_many(rows).into_query())).await
}

impl Store {
    /// Takes the next deliveries of lanes in which nothing earlier is unfinished. Each row says whether an earlier
    /// attempt may have arrived; this attempt is on record before it begins.
    pub async fn claim_outbox(&self, claim: Claim) -> Result<Vec<OutboxRow>> {
        let tx = self.begin_raw().await?;
        Queue::Outbox.sweep(&tx, claim.now).await?;
        let claimed = outbox::Entity::find().from_raw_sql(Queue::Outbox.claim(&tx, claim)).all(&tx).await;
        let rows = match claimed.map_err(StoreError::from) {
            // Another process took the same lane in the same moment.
            Err(StoreError::Conflict { .. }) => return Ok(Vec::new()),
            rows => rows?,
        };
        if !rows.is_empty() {
            outbox::Entity::update_many()
                .set(outbox::ActiveModel { began_at: Set(Some(claim.now)), ..Default::default() })
                .filter(outbox::Column::MarketplaceId.is_in(rows.iter().map(|row| row.marketplace_id)))
                .filter(outbox::Column::Id.is_in(rows.iter().map(|row| row.id)))
                .filter(outbox::Column::BeganAt.is_null())
                .exec(&tx)
                .await?;
        }
        tx.commit().await?;
        let mut rows = rows.into_iter().map(OutboxRow::try_from).collect::<Result<Vec<_>>>()?;
        rows.sort_by_key(|row| row.id);
        Ok(rows)
    }

    /// Puts a finished delivery back into the queue, for a person who has looked.
    pub async fn replay_outbox(&self, marketplace: MarketplaceId, id: DeliveryId) -> Result<bool> {
        let replayed = Queue::Outbox.replay(&self.writes, marketplace.uuid(), id.uuid(), self.clock.now()).await?;
        self.live().outbox_grew();
        Ok(replayed)
    }

    /// How much waits.
    pub async fn outbox_depth(&self) -> Result<QueueDepth> {
        Queue::Outbox.depth(&self.reads).await
    }

    /// When the next waiting delivery is due.
    pub async fn outbox_next_due(&self) -> Result<Option<DateTime<Utc>>> {
        Queue::Outbox.next_due(&self.reads).await
    }

    /// The newest deliveries of a marketplace, optionally of one state.
    pub async fn outbox(&self, marketplace: MarketplaceId, status: Option<QueueStatus>, limit: u64) -> Result<Vec<OutboxRow>> {
        let mut find = outbox::Entity::find().filter(outbox::Column::MarketplaceId.eq(marketplace.uuid()));
        if let Some(status) = status {
            find = find.filter(outbox::Column::Status.eq(text(status)));
        }
        find.order_by_desc(outbox::Column::Id).limit(limit).all(&self.reads).await?.into_iter().map(OutboxRow::try_from).collect()
    }
}

/// That a delivery is of this lane, which no two tenants share, and in this state.
fn of(lane: &str, status: QueueStatus) -> SimpleExpr {
    outbox::Column::Lane.eq(lane).and(queue::is(status))
}

impl Tx {
    /// A delivery that goes out if this unit of work commits.
    pub fn send(&mut self, delivery: NewOutbox) {
        self.outbox.push(delivery);
    }

    /// The same, unless this unit of work sends just that already.
    pub fn send_once(&mut self, delivery: NewOutbox) {
        let same = |known: &NewOutbox| known.lane == delivery.lane && known.command == delivery.command;
        if !self.outbox.iter().any(same) {
            self.send(delivery);
        }
    }

    /// A message turned out to have arrived: its delivery no longer waits for a person.
    pub async fn close_parked(&self, message: MessageId) -> Result<()> {
        let done = outbox::ActiveModel {
            status: Set(text(QueueStatus::Done)),
            finished_at: Set(Some(self.store.clock.now())),
            began_at: Set(None),
            ..Default::default()
        };
        outbox::Entity::update_many()
            .set(done)
            .filter(outbox::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(outbox::Column::MessageId.eq(message.uuid()))
            .filter(outbox::Column::Status.eq(text(QueueStatus::Parked)))
            .exec(self.db().await?)
            .await?;
        Ok(())
    }

    /// Whether a delivery of the lane is still to be sent.
    pub async fn delivery_waits(&self, lane: &str) -> Result<bool> {
        self.any(of(lane, QueueStatus::Pending).or(of(lane, QueueStatus::Running))).await
    }

    /// Whether a delivery of the lane was begun and its outcome is not on record: what it did there may show up
    /// before we know that it was ours.
    pub async fn delivery_in_flight(&self, lane: &str) -> Result<bool> {
        let retrying = of(lane, QueueStatus::Pending).and(outbox::Column::BeganAt.is_not_null());
        self.any(of(lane, QueueStatus::Running).or(retrying)).await
    }

    /// The deliveries through a connection that open a ticket, whose outcome is not on record.
    pub async fn openings_in_flight(&self, connection: ConnectionId) -> Result<Vec<OutboxRow>> {
        let find = outbox::Entity::find()
            .filter(outbox::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(outbox::Column::ConnectionId.eq(connection.uuid()))
            .filter(Expr::cust("began_at IS NOT NULL"))
            .filter(outbox::Column::Lane.starts_with(OPENING))
            .filter(outbox::Column::Status.is_in([QueueStatus::Pending, QueueStatus::Running].map(text)));
        find.all(self.db().await?).await?.into_iter().map(OutboxRow::try_from).collect()
    }

    async fn any(&self, condition: SimpleExpr) -> Result<bool> {
        let row = outbox::Entity::find()
            .select_only()
            .column(outbox::Column::Id)
            .filter(condition)
            .limit(1)
            .into_tuple::<uuid::Uuid>()
            .one(self.db().await?)
            .await?;
        Ok(row.is_some())
    }

    /// Writes down what became of a delivery, and what is known of its effect on the other side.
    pub async fn settle_outbox(
        &self,
        row: &OutboxRow,
        settlement: &Settlement,
        arrival: Arrival,
        receipt: Option<serde_json::Value>,
    ) -> Result<()> {
        Queue::Outbox.settle(self.db().await?, self.marketplace.uuid(), row.id.uuid(), settlement, self.store.clock.now()).await?;
        let began_at = match arrival {
            Arrival::Unknown => return Ok(()),
            Arrival::Nothing => row.began_at,
            Arrival::Known => None,
        };
        outbox::Entity::update_many()
            .set(outbox::ActiveModel { began_at: Set(began_at), receipt: Set(receipt), ..Default::default() })
            .filter(outbox::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(outbox::Column::Id.eq(row.id.uuid()))
            .exec(self.db().await?)
            .await?;
        Ok(())
    }
}

/// What we know about an attempt's effect on the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// It had its effect, or certainly never will.
    Known,
    /// This attempt had none; an earlier one may have.
    Nothing,
    /// Nobody knows.
    Unknown,
}
