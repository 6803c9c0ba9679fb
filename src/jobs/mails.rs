//! E-mails that go out.

use chrono::TimeDelta;

use super::LEASE;
use super::worker::Work;
use crate::store::{Claim, MailRow, Settlement, StoreError};
use crate::workflow::{Cx, Error, mails};

/// How long an e-mail waits that could not be tried for a reason of ours.
const REST: TimeDelta = TimeDelta::seconds(30);

#[derive(Debug, Clone)]
pub(super) struct Mails(pub(super) Cx);

impl Work for Mails {
    type Row = MailRow;

    const NAME: &'static str = "mails";

    async fn claim(&self, limit: u32) -> Result<Vec<MailRow>, StoreError> {
        self.0.store.claim_mails(Claim { now: self.0.now(), lease: LEASE, limit }).await
    }

    async fn handle(&self, row: MailRow) -> Result<(), StoreError> {
        let settlement = match mails::send(&self.0, &row).await {
            Ok(settlement) => settlement,
            Err(Error::NotFound) => Settlement::Dead("what it is about is gone".to_owned()),
            Err(error) => Settlement::Defer { at: self.0.now() + REST, reason: error.to_string() },
        };
        log(&row, &settlement);
        self.0.store.settle_mail(&row, &settlement).await
    }

    async fn panicked(&self, row: MailRow) -> Result<(), StoreError> {
        let settlement = Settlement::Defer { at: self.0.now() + REST, reason: "the work on it panicked".to_owned() };
        self.0.store.settle_mail(&row, &settlement).await
    }

    async fn until_due(&self) -> Result<Option<TimeDelta>, StoreError> {
        Ok(self.0.store.mails_next_due().await?.map(|due| due - self.0.now()))
    }

    async fn wait(&self) {
        self.0.store.live().mails_work().await;
    }
}

fn log(row: &MailRow, settlement: &Settlement) {
    let outcome = settlement.outcome();
    metrics::counter!("trilogue_mails_handled_total", "outcome" => outcome).increment(1);
    if let Settlement::Dead(reason) | Settlement::Retry { error: reason, .. } | Settlement::Defer { reason, .. } = settlement {
        tracing::warn!(mail.id = %row.id, receiver = %row.receiver, outcome, reason, "an e-mail was not sent");
    } else {
        tracing::debug!(mail.id = %row.id, receiver = %row.receiver, outcome, "an e-mail was sent");
    }
}
