//! Webhook deliveries: stored whole before they are answered, worked through in order per ticket.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use serde::{Serialize, de::DeserializeOwned};

use super::codec::{from_json, from_text, json, text};
use super::entity::inbox;
use super::queue::{Claim, Queue, QueueDepth, QueueStatus, Settlement};
use super::{Result, Store, StoreError, Tx, queue};
use crate::domain::ids::{ConnectionId, InboxId, MarketplaceId};
use crate::domain::tickets::TicketNumber;

/// A verified delivery that is to be stored.
#[derive(Debug, Clone)]
pub struct NewDelivery {
    /// Our id of it.
    pub id: InboxId,
    /// The tenant.
    pub marketplace: MarketplaceId,
    /// The connection it came through.
    pub connection: ConnectionId,
    /// What must stay in order: connection and ticket.
    pub lane: String,
    /// Waiting, ignored, or dead from the start.
    pub status: QueueStatus,
    /// Why it is dead or ignored.
    pub reason: Option<String>,
    /// The sender's id of the event.
    pub event_key: Option<String>,
    /// The sender's id of the delivery.
    pub delivery_key: Option<String>,
    /// A digest of the body, where the sender gives no id.
    pub digest: Option<String>,
    /// The ticket it is about; none for deliveries that are about none.
    pub ticket: Option<TicketNumber>,
    /// What it says happened.
    pub nudge: serde_json::Value,
    /// The body as received.
    pub body: Vec<u8>,
    /// When it came.
    pub received_at: DateTime<Utc>,
}

/// What became of a delivery at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inserted {
    /// It is stored.
    New,
    /// It was stored before.
    Duplicate,
}

/// A stored delivery.
#[derive(Debug, Clone)]
pub struct InboxRow {
    /// Its id.
    pub id: InboxId,
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
    /// Why it failed last, or was ignored.
    pub last_error: Option<String>,
    /// The sender's id of the event, or else of the delivery.
    pub key: Option<String>,
    /// The ticket it is about; none for deliveries that are about none.
    pub ticket: Option<TicketNumber>,
    /// What it says happened.
    pub nudge: serde_json::Value,
    /// The body as received.
    pub body: Vec<u8>,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// When it was finished.
    pub finished_at: Option<DateTime<Utc>>,
}

impl InboxRow {
    /// What it seems to be about, typed.
    pub fn nudge<T: DeserializeOwned>(&self) -> Result<T> {
        from_json(self.nudge.clone(), "inbox", "nudge")
    }
}

impl TryFrom<inbox::Model> for InboxRow {
    type Error = StoreError;

    fn try_from(row: inbox::Model) -> Result<Self> {
        Ok(Self {
            id: InboxId::from_uuid(row.id),
            marketplace: MarketplaceId::from_uuid(row.marketplace_id),
            connection: ConnectionId::from_uuid(row.connection_id),
            lane: row.lane,
            status: from_text(&row.status, "inbox", "status")?,
            attempts: row.attempts,
            last_error: row.last_error,
            key: row.event_key.or(row.delivery_key),
            ticket: row.ticket.map(TicketNumber),
            nudge: row.nudge,
            body: row.body,
            received_at: row.created_at,
            finished_at: row.finished_at,
        })
    }
}

impl NewDelivery {
    /// A nudge as the row keeps it.
    pub fn encode(nudge: impl Serialize) -> serde_json::Value {
        json(nudge)
    }

    fn into_row(self) -> inbox::ActiveModel {
        inbox::Model {
            marketplace_id: self.marketplace.uuid(),
            id: self.id.uuid(),
            connection_id: self.connection.uuid(),
            finished_at: self.finished_at(),
            lane: self.lane,
            status: text(self.status),
            run_at: self.received_at,
            attempts: 0,
            lease_until: None,
            last_error: self.reason,
            created_at: self.received_at,
            event_key: self.event_key,
            delivery_key: self.delivery_key,
            digest: self.digest,
            ticket: self.ticket.map(|number| number.0),
            nudge: self.nudge,
            body: self.body,
        }
        .into_active_model()
        .reset_all()
    }
}

impl Store {
    /// Takes the next deliveries of lanes in which nothing earlier is unfinished.
    pub async fn claim_inbox(&self, claim: Claim) -> Result<Vec<InboxRow>> {
        let tx = self.begin_raw().await?;
        Queue::Inbox.sweep(&tx, claim.now).await?;
        let claimed = inbox::Entity::find().from_raw_sql(Queue::Inbox.claim(&tx, claim)).all(&tx).await;
        let rows = match claimed.map_err(StoreError::from) {
            // Another process took the same lane in the same moment.
            Err(StoreError::Conflict { .. }) => return Ok(Vec::new()),
            rows => rows?,
        };
        tx.commit().await?;
        let mut rows = rows.into_iter().map(InboxRow::try_from).collect::<Result<Vec<_>>>()?;
        rows.sort_by_key(|row| row.id);
        Ok(rows)
    }

    /// Writes down what became of a delivery.
    pub async fn settle_inbox(&self, row: &InboxRow, settlement: &Settlement) -> Result<()> {
        Queue::Inbox.settle(&self.writes, row.marketplace.uuid(), row.id.uuid(), settlement, self.clock.now()).await
    }

    /// The deliveries that wait behind this one in its lane, the oldest 200.
    pub async fn inbox_behind(&self, row: &InboxRow) -> Result<Vec<InboxRow>> {
        let find = inbox::Entity::find()
            .filter(inbox::Column::Lane.eq(&row.lane))
            .filter(queue::is(QueueStatus::Pending))
            .filter(inbox::Column::Id.gt(row.id.uuid()))
            .order_by_asc(inbox::Column::Id)
            .limit(200);
        find.all(&self.reads).await?.into_iter().map(InboxRow::try_from).collect()
    }

    /// Writes down that what came after a delivery was seen together with it.
    pub async fn seen_together(&self, marketplace: MarketplaceId, ids: &[InboxId]) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let seen = inbox::ActiveModel {
            status: Set(text(QueueStatus::Done)),
            finished_at: Set(Some(self.clock.now())),
            digest: Set(None),
            ..Default::default()
        };
        inbox::Entity::update_many()
            .set(seen)
            .filter(inbox::Column::MarketplaceId.eq(marketplace.uuid()))
            .filter(inbox::Column::Id.is_in(ids.iter().map(|id| id.uuid())))
            .filter(inbox::Column::Status.eq(text(QueueStatus::Pending)))
            .exec(&self.writes)
            .await?;
        Ok(())
    }

    /// Puts a finished delivery back into the queue.
    pub async fn replay_inbox(&self, marketplace: MarketplaceId, id: InboxId) -> Result<bool> {
        let replayed = Queue::Inbox.replay(&self.writes, marketplace.uuid(), id.uuid(), self.clock.now()).await?;
        self.live().inbox_grew();
        Ok(replayed)
    }

    /// How much waits.
    pub async fn inbox_depth(&self) -> Result<QueueDepth> {
        Queue::Inbox.depth(&self.reads).await
    }

    /// When the next waiting delivery is due.
    pub async fn inbox_next_due(&self) -> Result<Option<DateTime<Utc>>> {
        Queue::Inbox.next_due(&self.reads).await
    }

    /// The newest deliveries of a marketplace, optionally of one state.
    pub async fn inbox(&self, marketplace: MarketplaceId, status: Option<QueueStatus>, limit: u64) -> Result<Vec<InboxRow>> {
        let mut find = inbox::Entity::find().filter(inbox::Column::MarketplaceId.eq(marketplace.uuid()));
        if let Some(status) = status {
            find = find.filter(inbox::Column::Status.eq(text(status)));
        }
        find.order_by_desc(inbox::Column::Id).limit(limit).all(&self.reads).await?.into_iter().map(InboxRow::try_from).collect()
    }

    /// One delivery.
    pub async fn inbox_row(&self, marketplace: MarketplaceId, id: InboxId) -> Result<Option<InboxRow>> {
        inbox::Entity::find_by_id((marketplace.uuid(), id.uuid())).one(&self.reads).await?.map(InboxRow::try_from).transpose()
    }
}

impl Tx {
    /// Adds a nudge of our own making, so that the ticket is read again in its turn.
    pub async fn nudge(&self, connection: ConnectionId, lane: String, ticket: &TicketNumber, nudge: serde_json::Value) -> Result<()> {
        let now = self.store.clock.now();
        let row = NewDelivery {
            id: InboxId::generate(),
            marketplace: self.marketplace,
            connection,
            lane: lane.clone(),
            status: QueueStatus::Pending,
            reason: None,
            event_key: None,
            delivery_key: None,
            // One waiting nudge of this kind is enough.
            digest: Some(format!("own:{lane}:{nudge}")),
            ticket: Some(ticket.clone()),
            nudge,
            body: Vec::new(),
            received_at: now,
        };
        let insert = inbox::Entity::insert(row.into_row()).on_conflict(OnConflict::new().do_nothing().to_owned());
        insert.exec_without_returning(self.db().await?).await?;
        Ok(())
    }

    /// Marks the connection as reconciled up to now.
    pub async fn reconciled(&self, connection: ConnectionId, cursor: Option<String>) -> Result<()> {
        use super::entity::connections;
        connections::Entity::update_many()
            .set(connections::ActiveModel {
                reconcile_cursor: Set(cursor),
                reconciled_at: Set(Some(self.store.clock.now())),
                ..Default::default()
            })
            .filter(connections::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(connections::Column::Id.eq(connection.uuid()))
            .exec(self.db().await?)
            .await?;
        Ok(())
    }
}
