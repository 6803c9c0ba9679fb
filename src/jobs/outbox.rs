//! What goes out: in order per ticket, at most as fast as the helpdesk takes it.

use chrono::TimeDelta;

use super::LEASE;
use super::worker::Work;
use crate::store::{Arrival, Claim, OutboxRow, Settlement, StoreError};
use crate::workflow::{Cx, Error, outbound};

#[derive(Debug, Clone)]
pub(super) struct Outbox(pub(super) Cx);

impl Work for Outbox {
    type Row = OutboxRow;

    const NAME: &'static str = "outbox";

    async fn claim(&self, limit: u32) -> Result<Vec<OutboxRow>, StoreError> {
        self.0.store.claim_outbox(Claim { now: self.0.now(), lease: LEASE, limit }).await
    }

    async fn handle(&self, row: OutboxRow) -> Result<(), StoreError> {
        match outbound::deliver(&self.0, &row).await {
            Ok(settlement) => {
                log(&row, &settlement);
                Ok(())
            }
            Err(Error::Store(error)) => self.later(&row, error.to_string(), Arrival::Unknown).await,
            Err(error) => self.later(&row, error.to_string(), Arrival::Nothing).await,
        }
    }

    async fn panicked(&self, row: OutboxRow) -> Result<(), StoreError> {
        self.later(&row, "the work on it panicked".to_owned(), Arrival::Unknown).await
    }

    async fn until_due(&self) -> Result<Option<TimeDelta>, StoreError> {
        Ok(self.0.store.outbox_next_due().await?.map(|due| due - self.0.now()))
    }

    async fn wait(&self) {
        self.0.store.live().outbox_work().await;
    }
}

impl Outbox {
    /// Puts a row back whose attempt could not be settled the usual way. The next attempt looks first.
    async fn later(&self, row: &OutboxRow, error: String, arrival: Arrival) -> Result<(), StoreError> {
        let at = self.0.now() + outbound::back_off(row.attempts).max(TimeDelta::seconds(1));
        let settlement = Settlement::Retry { at, error };
        log(row, &settlement);
        let tx = self.0.store.begin(row.marketplace).await?;
        tx.settle_outbox(row, &settlement, arrival, None).await?;
        tx.commit().await
    }
}

fn log(row: &OutboxRow, settlement: &Settlement) {
    let outcome = settlement.outcome();
    metrics::counter!("trilogue_outbox_handled_total", "outcome" => outcome).increment(1);
    match settlement {
        Settlement::Parked(reason) | Settlement::Dead(reason) => {
            tracing::error!(delivery.id = %row.id, connection.id = %row.connection, outcome, reason, "a delivery waits for a person");
        }
        Settlement::Retry { error: reason, .. } | Settlement::Defer { reason, .. } => {
            tracing::warn!(delivery.id = %row.id, connection.id = %row.connection, outcome, reason, "a delivery is tried again");
        }
        Settlement::Done | Settlement::Ignored(_) => {
            tracing::debug!(delivery.id = %row.id, connection.id = %row.connection, outcome, "a delivery is done");
        }
    }
}
