//! What payment systems report by themselves: stored, answered, then worked through.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use serde::de::DeserializeOwned;

use super::codec::{from_json, from_text, text};
use super::entity::payment_news;
use super::inbox::Inserted;
use super::queue::{Claim, Queue, QueueDepth, QueueStatus, Settlement};
use super::{Result, Store, StoreError};
use crate::domain::ids::{ConnectionId, InboxId, MarketplaceId};

/// A report that is proved to be the payment system's.
#[derive(Debug, Clone)]
pub struct NewPaymentNews {
    /// The tenant.
    pub marketplace: MarketplaceId,
    /// Through which connection.
    pub connection: ConnectionId,
    /// What a repeated one is told by.
    pub event: String,
    /// What goes one after the other: all about one refund.
    pub lane: String,
    /// What it says; none when it cannot be read, with the reason.
    pub news: Result<serde_json::Value, String>,
    /// As it came in.
    pub body: Vec<u8>,
}

/// A report as it is stored.
#[derive(Debug, Clone)]
pub struct PaymentNewsRow {
    /// Its id.
    pub id: InboxId,
    /// The tenant.
    pub marketplace: MarketplaceId,
    /// Through which connection.
    pub connection: ConnectionId,
    /// What a repeated one is told by.
    pub event: String,
    /// Where it stands.
    pub status: QueueStatus,
    /// How often it was tried.
    pub attempts: i32,
    /// Why it was not taken.
    pub last_error: Option<String>,
    /// When it came in.
    pub received_at: DateTime<Utc>,
    news: Option<serde_json::Value>,
}

impl PaymentNewsRow {
    /// What it says; none when nobody could read it.
    pub fn news<T: DeserializeOwned>(&self) -> Result<Option<T>> {
        self.news.clone().map(|news| from_json(news, "payment_news", "news")).transpose()
    }
}

impl TryFrom<payment_news::Model> for PaymentNewsRow {
    type Error = StoreError;

    fn try_from(row: payment_news::Model) -> Result<Self> {
        Ok(Self {
            id: InboxId::from_uuid(row.id),
            marketplace: MarketplaceId::from_uuid(row.marketplace_id),
            connection: ConnectionId::from_uuid(row.connection_id),
            event: row.event,
            status: from_text(&row.status, "payment_news", "status")?,
            attempts: row.attempts,
            last_error: row.last_error,
            received_at: row.created_at,
            news: row.news,
        })
    }
}

impl Store {
    /// Stores a report, once for each event of a connection.
    pub async fn insert_payment_news(&self, new: NewPaymentNews) -> Result<Inserted> {
        use payment_news::Column::{ConnectionId, Event, MarketplaceId};
        let now = self.clock.now();
        let (status, news, reason) = match new.news {
            Ok(news) => (QueueStatus::Pending, Some(news), None),
            Err(reason) => (QueueStatus::Dead, None, Some(reason)),
        };
        let row = payment_news::Model {
            marketplace_id: new.marketplace.uuid(),
            id: InboxId::generate().uuid(),
            lane: new.lane,
            status: text(status),
            run_at: now,
            attempts: 0,
            lease_until: None,
            last_error: reason,
            created_at: now,
            finished_at: (status == QueueStatus::Dead).then_some(now),
            connection_id: new.connection.uuid(),
            event: new.event,
            news,
            body: new.body,
        };
        let inserted = payment_news::Entity::insert(row.into_active_model().reset_all())
            .on_conflict(OnConflict::columns([MarketplaceId, ConnectionId, Event]).do_nothing().to_owned())
            .exec_without_returning(&self.writes)
            .await?;
        self.live().payment_news_grew();
        Ok(if inserted > 0 { Inserted::New } else { Inserted::Duplicate })
    }

    /// Takes the next reports.
    pub async fn claim_payment_news(&self, claim: Claim) -> Result<Vec<PaymentNewsRow>> {
        let tx = self.begin_raw().await?;
        Queue::PaymentNews.sweep(&tx, claim.now).await?;
        let claimed = payment_news::Entity::find().from_raw_sql(Queue::PaymentNews.claim(&tx, claim)).all(&tx).await;
        let rows = match claimed.map_err(StoreError::from) {
            // Another process took the same lane in the same moment.
            Err(StoreError::Conflict { .. }) => return Ok(Vec::new()),
            rows => rows?,
        };
        tx.commit().await?;
        let mut rows = rows.into_iter().map(PaymentNewsRow::try_from).collect::<Result<Vec<_>>>()?;
        rows.sort_by_key(|row| row.id);
        Ok(rows)
    }

    /// Writes down what became of a report.
    pub async fn settle_payment_news(&self, row: &PaymentNewsRow, settlement: &Settlement) -> Result<()> {
        Queue::PaymentNews.settle(&self.writes, row.marketplace.uuid(), row.id.uuid(), settlement, self.clock.now()).await
    }

    /// The newest reports of a marketplace.
    pub async fn payment_news(&self, marketplace: MarketplaceId, limit: u64) -> Result<Vec<PaymentNewsRow>> {
        let find = payment_news::Entity::find()
            .filter(payment_news::Column::MarketplaceId.eq(marketplace.uuid()))
            .order_by_desc(payment_news::Column::Id)
            .limit(limit);
        find.all(&self.reads).await?.into_iter().map(PaymentNewsRow::try_from).collect()
    }

    /// How much waits.
    pub async fn payment_news_depth(&self) -> Result<QueueDepth> {
        Queue::PaymentNews.depth(&self.reads).await
    }

    /// When the next waiting report is due.
    pub async fn payment_news_next_due(&self) -> Result<Option<DateTime<Utc>>> {
        Queue::PaymentNews.next_due(&self.reads).await
    }
}
