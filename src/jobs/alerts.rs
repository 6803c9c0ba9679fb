//! What happened is told to the world outside: first written down as deliveries, then carried.

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use super::worker::Work;
use super::{LEASE, LOOK, Load};
use crate::domain::ids::MarketplaceId;
use crate::store::{Claim, Settlement, StoreError, WebhookRow};
use crate::workflow::alerts::{self, Told};
use crate::workflow::{Cx, Error, endpoints, mails};

/// How long a delivery waits that could not be tried for a reason of ours.
const REST: TimeDelta = TimeDelta::seconds(30);

pub(super) async fn run(cx: Cx, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if tell_all(&cx).await == Load::default() {
            tokio::select! {
                () = cx.store.live().alerts_work() => {}
                () = tokio::time::sleep(LOOK) => {}
                () = stop.cancelled() => {}
            }
        }
    }
}

/// Tells every timeline that has grown, up to its end.
pub(super) async fn tell_all(cx: &Cx) -> Load {
    if let Err(error) = mails::begin(cx).await {
        tracing::error!(%error, "it cannot be begun to tell a timeline");
    }
    let untold = match cx.store.untold().await {
        Ok(untold) => untold,
        Err(error) => {
            tracing::error!(%error, "it cannot be read how far the timelines were told");
            return Load::default();
        }
    };
    let mut load = Load::default();
    for (marketplace, position) in untold {
        load = load + tell(cx, marketplace, position).await;
    }
    load
}

async fn tell(cx: &Cx, marketplace: MarketplaceId, position: i64) -> Load {
    match alerts::tell(cx, marketplace, position).await {
        Ok(Told::Further) => Load { handled: 1 },
        Ok(Told::Nothing | Told::Elsewhere) => Load::default(),
        Err(error) => {
            tracing::error!(marketplace.id = %marketplace, %error, "a timeline could not be told; it is tried again");
            Load::default()
        }
    }
}

/// Webhooks that go out.
#[derive(Debug, Clone)]
pub(super) struct Webhooks(pub(super) Cx);

impl Work for Webhooks {
    type Row = WebhookRow;

    const NAME: &'static str = "webhooks";

    async fn claim(&self, limit: u32) -> Result<Vec<WebhookRow>, StoreError> {
        self.0.store.claim_webhooks(Claim { now: self.0.now(), lease: LEASE, limit }).await
    }

    async fn handle(&self, row: WebhookRow) -> Result<(), StoreError> {
        match endpoints::deliver(&self.0, &row).await {
            Ok(settlement) => {
                log(&row, &settlement);
                Ok(())
            }
            // Gone with its endpoint.
            Err(Error::NotFound) => Ok(()),
            Err(error) => self.later(&row, error.to_string()).await,
        }
    }

    async fn panicked(&self, row: WebhookRow) -> Result<(), StoreError> {
        self.later(&row, "the work on it panicked".to_owned()).await
    }

    async fn until_due(&self) -> Result<Option<TimeDelta>, StoreError> {
        Ok(self.0.store.webhooks_next_due().await?.map(|due| due - self.0.now()))
    }

    async fn wait(&self) {
        self.0.store.live().webhooks_work().await;
    }
}

impl Webhooks {
    async fn later(&self, row: &WebhookRow, reason: String) -> Result<(), StoreError> {
        let settlement = Settlement::Defer { at: self.0.now() + REST, reason };
        log(row, &settlement);
        let tx = self.0.store.begin(row.marketplace).await?;
        tx.settle_webhook(row, &settlement, None).await?;
        tx.commit().await
    }
}

fn log(row: &WebhookRow, settlement: &Settlement) {
    let outcome = settlement.outcome();
    metrics::counter!("trilogue_webhooks_handled_total", "outcome" => outcome).increment(1);
    if let Settlement::Dead(reason) | Settlement::Retry { error: reason, .. } | Settlement::Defer { reason, .. } = settlement {
        tracing::warn!(delivery.id = %row.id, endpoint.id = %row.endpoint, outcome, reason, "a webhook was not taken");
    } else {
        tracing::debug!(delivery.id = %row.id, endpoint.id = %row.endpoint, outcome, "a webhook was taken");
    }
}
