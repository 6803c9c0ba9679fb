//! Webhook endpoints, and what each of them is told: in the order of the timeline, one after the other.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::codec::{from_json, from_text, json, text};
use super::entity::{webhook_deliveries, webhook_endpoints};
use super::page::{Page, PageRequest, PageSide};
use super::queue::{Claim, Queue, QueueDepth, QueueStatus, Settlement};
use super::{Result, Store, StoreError, Tx, queue, scope};
use crate::domain::alerts::{EndpointState, EndpointView, EventType};
use crate::domain::ids::{EventId, MarketplaceId, WebhookDeliveryId, WebhookEndpointId};
use crate::domain::parties::Scope;

/// An endpoint as it is stored: its secrets sealed.
#[derive(Debug, Clone)]
pub struct EndpointRow {
    /// Its id.
    pub id: WebhookEndpointId,
    /// The tenant.
    pub marketplace: MarketplaceId,
    /// Where it is.
    pub url: String,
    /// What people say it is for.
    pub description: Option<String>,
    /// Whose eyes it sees with.
    pub view: EndpointView,
    /// What it asked for; empty for everything.
    pub event_types: Vec<EventType>,
    /// Whether it is told anything.
    pub state: EndpointState,
    /// Why it is not.
    pub state_reason: Option<String>,
    /// The first failure since the last success.
    pub failing_since: Option<DateTime<Utc>>,
    /// The signing secrets, encrypted and bound to the id.
    pub sealed: Vec<u8>,
    /// It is told what comes after this position.
    pub from_position: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl TryFrom<webhook_endpoints::Model> for EndpointRow {
    type Error = StoreError;

    fn try_from(row: webhook_endpoints::Model) -> Result<Self> {
        Ok(Self {
            id: WebhookEndpointId::from_uuid(row.id),
            marketplace: MarketplaceId::from_uuid(row.marketplace_id),
            url: row.url,
            description: row.description,
            view: from_text(&row.view, "webhook_endpoints", "view")?,
            event_types: from_json(row.event_types, "webhook_endpoints", "event_types")?,
            state: from_text(&row.state, "webhook_endpoints", "state")?,
            state_reason: row.state_reason,
            failing_since: row.failing_since,
            sealed: row.sealed,
            from_position: row.from_position,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

impl EndpointRow {
    fn model(&self) -> webhook_endpoints::Model {
        webhook_endpoints::Model {
            marketplace_id: self.marketplace.uuid(),
            id: self.id.uuid(),
            url: self.url.clone(),
            description: self.description.clone(),
            view: text(self.view),
            event_types: json(&self.event_types),
            state: text(self.state),
            state_reason: self.state_reason.clone(),
            failing_since: self.failing_since,
            sealed: self.sealed.clone(),
            from_position: self.from_position,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

/// What an endpoint is to be told.
#[derive(Debug, Clone)]
pub struct NewWebhook {
    /// Our id of it.
    pub id: WebhookDeliveryId,
    /// Which endpoint.
    pub endpoint: WebhookEndpointId,
    /// Of which event; none for a test, which waits for nothing else.
    pub event: Option<EventId>,
    /// The event's position; for a test, where it stands among tests.
    pub position: i64,
    /// As the body names it.
    pub event_type: &'static str,
    /// The body, the same in every attempt.
    pub body: String,
}

/// One attempt to tell an endpoint something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookAttempt {
    /// When it began.
    pub at: DateTime<Utc>,
    /// The status of the answer; none when there was none.
    pub status: Option<u16>,
    /// How long it took, in milliseconds.
    pub duration_ms: u32,
    /// What went wrong, without personal data.
    pub error: Option<String>,
}

/// What an endpoint was or will be told.
#[derive(Debug, Clone)]
pub struct WebhookRow {
    /// Its id.
    pub id: WebhookDeliveryId,
    /// The tenant.
    pub marketplace: MarketplaceId,
    /// Which endpoint.
    pub endpoint: WebhookEndpointId,
    /// Of which event; none for a test.
    pub event: Option<EventId>,
    /// As the body names it.
    pub event_type: String,
    /// The body.
    pub body: String,
    /// Where it stands.
    pub status: QueueStatus,
    /// When it is tried next, while it waits.
    pub run_at: DateTime<Utc>,
    /// How often it was tried since it was written or replayed.
    pub attempts: i32,
    /// Why it failed last.
    pub last_error: Option<String>,
    /// The last attempts, the oldest first.
    pub log: Vec<WebhookAttempt>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it was finished.
    pub finished_at: Option<DateTime<Utc>>,
}

impl TryFrom<webhook_deliveries::Model> for WebhookRow {
    type Error = StoreError;

    fn try_from(row: webhook_deliveries::Model) -> Result<Self> {
        Ok(Self {
            id: WebhookDeliveryId::from_uuid(row.id),
            marketplace: MarketplaceId::from_uuid(row.marketplace_id),
            endpoint: WebhookEndpointId::from_uuid(row.endpoint_id),
            event: row.event_id.map(EventId::from_uuid),
            event_type: row.event_type,
            body: row.body,
            status: from_text(&row.status, "webhook_deliveries", "status")?,
            run_at: row.run_at,
            attempts: row.attempts,
            last_error: row.last_error,
            log: from_json(row.attempt_log, "webhook_deliveries", "attempt_log")?,
            created_at: row.created_at,
            finished_at: row.finished_at,
        })
    }
}

/// The endpoints that the reader may manage.
fn known_endpoints(scope: Scope) -> Condition {
    let tenant = Condition::all().add(webhook_endpoints::Column::MarketplaceId.eq(scope.marketplace.uuid()));
    match EndpointView::of(scope.view) {
        Some(EndpointView::Whole) => tenant,
        Some(view) => tenant.add(webhook_endpoints::Column::View.eq(text(view))),
        None => tenant.add(scope::nothing()),
    }
}

/// The deliveries to endpoints that the reader may manage.
fn known_deliveries(scope: Scope) -> Condition {
    let tenant = Condition::all().add(webhook_deliveries::Column::MarketplaceId.eq(scope.marketplace.uuid()));
    if EndpointView::of(scope.view) == Some(EndpointView::Whole) {
        return tenant;
    }
    let own =
        webhook_endpoints::Entity::find().select_only().column(webhook_endpoints::Column::Id).filter(known_endpoints(scope)).into_query();
    tenant.add(webhook_deliveries::Column::EndpointId.in_subquery(own))
}

/// How many attempts are kept in a delivery's log.
const LOG_LENGTH: usize = 20;
/// How many rows one statement inserts: PostgreSQL takes at most 65,535 values, SQLite half of that.
const CHUNK: usize = 500;

fn lane(new: &NewWebhook) -> String {
    match new.event {
        Some(_) => new.endpoint.to_string(),
        None => format!("{}/test", new.endpoint),
    }
}

impl Store {
    /// The endpoints that the reader may manage, the oldest first.
    pub async fn endpoints(&self, scope: Scope) -> Result<Vec<EndpointRow>> {
        let find = webhook_endpoints::Entity::find().filter(known_endpoints(scope)).order_by_asc(webhook_endpoints::Column::Id);
        find.all(&self.reads).await?.into_iter().map(EndpointRow::try_from).collect()
    }

    /// The endpoints with these ids that the reader may manage.
    pub async fn endpoints_by_id(&self, scope: Scope, ids: &[WebhookEndpointId]) -> Result<Vec<EndpointRow>> {
        let find = webhook_endpoints::Entity::find()
            .filter(known_endpoints(scope))
            .filter(webhook_endpoints::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
        find.all(&self.reads).await?.into_iter().map(EndpointRow::try_from).collect()
    }

    /// The deliveries with these ids to endpoints that the reader may manage.
    pub async fn webhooks_by_id(&self, scope: Scope, ids: &[WebhookDeliveryId]) -> Result<Vec<WebhookRow>> {
        let find = webhook_deliveries::Entity::find()
            .filter(known_deliveries(scope))
            .filter(webhook_deliveries::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
        find.all(&self.reads).await?.into_iter().map(WebhookRow::try_from).collect()
    }

    /// A page of what an endpoint was told, the newest first.
    pub async fn webhooks(
        &self,
        scope: Scope,
        endpoint: WebhookEndpointId,
        request: &PageRequest<WebhookDeliveryId>,
    ) -> Result<Page<WebhookRow>> {
        let mut find = webhook_deliveries::Entity::find()
            .filter(known_deliveries(scope))
            .filter(webhook_deliveries::Column::EndpointId.eq(endpoint.uuid()));
        if let Some(from) = request.from {
            let column = webhook_deliveries::Column::Id;
            find = find.filter(match request.side {
                PageSide::First => column.lt(from.uuid()),
                PageSide::Last => column.gt(from.uuid()),
            });
        }
        find = match request.side {
            PageSide::First => find.order_by_desc(webhook_deliveries::Column::Id),
            PageSide::Last => find.order_by_asc(webhook_deliveries::Column::Id),
        };
        let rows = find.limit(request.size + 1).all(&self.reads).await?;
        Ok(Page::of(request, rows.into_iter().map(WebhookRow::try_from).collect::<Result<_>>()?))
    }

    /// Takes the next deliveries of endpoints that nobody else is telling something.
    pub async fn claim_webhooks(&self, claim: Claim) -> Result<Vec<WebhookRow>> {
        let tx = self.begin_raw().await?;
        Queue::Webhooks.sweep(&tx, claim.now).await?;
        let claimed = webhook_deliveries::Entity::find().from_raw_sql(Queue::Webhooks.claim(&tx, claim)).all(&tx).await;
        let rows = match claimed.map_err(StoreError::from) {
            // Another process took the same lane in the same moment.
            Err(StoreError::Conflict { .. }) => return Ok(Vec::new()),
            rows => rows?,
        };
        tx.commit().await?;
        rows.into_iter().map(WebhookRow::try_from).collect()
    }

    /// How much waits.
    pub async fn webhooks_depth(&self) -> Result<QueueDepth> {
        Queue::Webhooks.depth(&self.reads).await
    }

    /// When the next waiting delivery is due.
    pub async fn webhooks_next_due(&self) -> Result<Option<DateTime<Utc>>> {
        Queue::Webhooks.next_due(&self.reads).await
    }
}

impl Tx {
    /// An endpoint that the reader may manage, under lock.
    pub async fn lock_endpoint(&self, scope: Scope, id: WebhookEndpointId) -> Result<Option<EndpointRow>> {
        let find = webhook_endpoints::Entity::find().filter(known_endpoints(scope)).filter(webhook_endpoints::Column::Id.eq(id.uuid()));
        find.lock_exclusive().one(self.db().await?).await?.map(EndpointRow::try_from).transpose()
    }

    /// How many endpoints see with these eyes.
    pub async fn count_endpoints(&self, view: EndpointView) -> Result<u64> {
        let find = webhook_endpoints::Entity::find()
            .filter(webhook_endpoints::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(webhook_endpoints::Column::View.eq(text(view)));
        Ok(find.count(self.db().await?).await?)
    }

    /// Stores a new endpoint.
    pub async fn insert_endpoint(&self, row: &EndpointRow) -> Result<()> {
        webhook_endpoints::Entity::insert(row.model().into_active_model().reset_all()).exec_without_returning(self.db().await?).await?;
        Ok(())
    }

    /// Stores what changed about an endpoint.
    pub async fn save_endpoint(&self, row: &EndpointRow) -> Result<()> {
        webhook_endpoints::Entity::update(row.model().into_active_model().reset_all()).exec(self.db().await?).await?;
        Ok(())
    }

    /// Removes an endpoint, and with it all that it was or would be told.
    pub async fn delete_endpoint(&self, id: WebhookEndpointId) -> Result<()> {
        webhook_endpoints::Entity::delete_by_id((self.marketplace.uuid(), id.uuid())).exec(self.db().await?).await?;
        Ok(())
    }

    /// Writes what endpoints are to be told; what one is told of an event already is not written again.
    pub async fn insert_webhooks(&self, webhooks: &[NewWebhook]) -> Result<()> {
        use webhook_deliveries::Column::{EndpointId, EventId, MarketplaceId};
        let now = self.store.clock.now();
        let row = |new: &NewWebhook| {
            webhook_deliveries::Model {
                marketplace_id: self.marketplace.uuid(),
                id: new.id.uuid(),
                lane: lane(new),
                position: new.position,
                status: text(QueueStatus::Pending),
                run_at: now,
                attempts: 0,
                lease_until: None,
                last_error: None,
                created_at: now,
                finished_at: None,
                endpoint_id: new.endpoint.uuid(),
                event_type: new.event_type.to_owned(),
                event_id: new.event.map(crate::domain::ids::EventId::uuid),
                body: new.body.clone(),
                attempt_log: json(Vec::<WebhookAttempt>::new()),
            }
            .into_active_model()
            .reset_all()
        };
        for chunk in webhooks.chunks(CHUNK) {
            let once = OnConflict::columns([MarketplaceId, EndpointId, EventId]).do_nothing().to_owned();
            webhook_deliveries::Entity::insert_many(chunk.iter().map(row))
                .on_conflict(once)
                .exec_without_returning(self.db().await?)
                .await?;
        }
        Ok(())
    }

    /// Writes down what became of a delivery, and of its last attempt.
    pub async fn settle_webhook(&self, row: &WebhookRow, settlement: &Settlement, attempt: Option<WebhookAttempt>) -> Result<()> {
        Queue::Webhooks.settle(self.db().await?, self.marketplace.uuid(), row.id.uuid(), settlement, self.store.clock.now()).await?;
        let Some(attempt) = attempt else { return Ok(()) };
        let mut log = row.log.clone();
        log.push(attempt);
        let log = &log[log.len().saturating_sub(LOG_LENGTH)..];
        let change = webhook_deliveries::ActiveModel { attempt_log: Set(json(log)), ..Default::default() };
        self.change_webhooks(change, Condition::all().add(webhook_deliveries::Column::Id.eq(row.id.uuid()))).await?;
        Ok(())
    }

    /// Gives up what waits for an endpoint.
    pub async fn give_up_webhooks(&self, endpoint: WebhookEndpointId, reason: &str) -> Result<u64> {
        let change = webhook_deliveries::ActiveModel {
            status: Set(text(QueueStatus::Dead)),
            last_error: Set(Some(reason.to_owned())),
            finished_at: Set(Some(self.store.clock.now())),
            ..Default::default()
        };
        let lane = webhook_deliveries::Column::Lane.eq(endpoint.to_string());
        self.change_webhooks(change, Condition::all().add(lane).add(queue::is(QueueStatus::Pending))).await
    }

    /// Puts everything back that an endpoint was not told and that was given up since then. Says how much that was.
    pub async fn replay_failed_webhooks(&self, endpoint: WebhookEndpointId, since: DateTime<Utc>) -> Result<u64> {
        let change = webhook_deliveries::ActiveModel {
            status: Set(text(QueueStatus::Pending)),
            run_at: Set(self.store.clock.now()),
            attempts: Set(0),
            finished_at: Set(None),
            ..Default::default()
        };
        let failed = Condition::all()
            .add(webhook_deliveries::Column::EndpointId.eq(endpoint.uuid()))
            .add(webhook_deliveries::Column::EventId.is_not_null())
            .add(queue::is(QueueStatus::Dead))
            .add(webhook_deliveries::Column::FinishedAt.gte(since));
        self.change_webhooks(change, failed).await
    }

    async fn change_webhooks(&self, change: webhook_deliveries::ActiveModel, which: Condition) -> Result<u64> {
        let update = webhook_deliveries::Entity::update_many()
            .set(change)
            .filter(webhook_deliveries::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(which);
        Ok(update.exec(self.db().await?).await?.rows_affected)
    }

    /// Puts one finished delivery back. False when it is still waiting.
    pub async fn replay_webhook(&self, id: WebhookDeliveryId) -> Result<bool> {
        let id: Uuid = id.uuid();
        Queue::Webhooks.replay(self.db().await?, self.marketplace.uuid(), id, self.store.clock.now()).await
    }
}
