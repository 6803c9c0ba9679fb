//! Instructions to payment systems, one at a time for each payment, and what payment systems report.

use chrono::TimeDelta;

use super::LEASE;
use super::worker::Work;
use crate::store::{Claim, PaymentCall, PaymentNewsRow, Settlement, StoreError};
use crate::workflow::payments::{self, back_off};
use crate::workflow::{Cx, Error};

/// What goes out.
#[derive(Debug, Clone)]
pub(super) struct Payments(pub(super) Cx);

impl Work for Payments {
    type Row = PaymentCall;

    const NAME: &'static str = "payments";

    async fn claim(&self, limit: u32) -> Result<Vec<PaymentCall>, StoreError> {
        self.0.store.claim_payment_calls(Claim { now: self.0.now(), lease: LEASE, limit }).await
    }

    async fn handle(&self, row: PaymentCall) -> Result<(), StoreError> {
        match Box::pin(payments::deliver(&self.0, &row)).await {
            Ok(settlement) => {
                log(&row, &settlement);
                Ok(())
            }
            Err(error) => self.later(&row, error.to_string()).await,
        }
    }

    async fn panicked(&self, row: PaymentCall) -> Result<(), StoreError> {
        self.later(&row, "the work on it panicked".to_owned()).await
    }

    async fn until_due(&self) -> Result<Option<TimeDelta>, StoreError> {
        Ok(self.0.store.payments_next_due().await?.map(|due| due - self.0.now()))
    }

    async fn wait(&self) {
        self.0.store.live().payments_work().await;
    }
}

impl Payments {
    /// Puts a row back that could not be settled the usual way. The next call looks first.
    async fn later(&self, row: &PaymentCall, error: String) -> Result<(), StoreError> {
        match payments::later(&self.0, row, error).await {
            Ok(settlement) => {
                log(row, &settlement);
                Ok(())
            }
            Err(Error::Store(error)) => Err(error),
            Err(error) => {
                // The lease runs out and the row comes back.
                tracing::error!(refund.key = %row.key, %error, "an instruction could not be put back");
                Ok(())
            }
        }
    }
}

fn log(row: &PaymentCall, settlement: &Settlement) {
    let outcome = settlement.outcome();
    metrics::counter!("trilogue_payments_handled_total", "outcome" => outcome).increment(1);
    match settlement {
        Settlement::Parked(reason) | Settlement::Dead(reason) => {
            tracing::error!(refund.key = %row.key, outcome, reason, "a refund waits for a person");
        }
        Settlement::Retry { error: reason, .. } => {
            tracing::warn!(refund.key = %row.key, outcome, reason, "an instruction is sent again");
        }
        Settlement::Done | Settlement::Ignored(_) | Settlement::Defer { .. } => {
            tracing::debug!(refund.key = %row.key, outcome, "a payment system has answered");
        }
    }
}

/// What comes in.
#[derive(Debug, Clone)]
pub(super) struct News(pub(super) Cx);

impl Work for News {
    type Row = PaymentNewsRow;

    const NAME: &'static str = "payment_news";

    async fn claim(&self, limit: u32) -> Result<Vec<PaymentNewsRow>, StoreError> {
        self.0.store.claim_payment_news(Claim { now: self.0.now(), lease: LEASE, limit }).await
    }

    async fn handle(&self, row: PaymentNewsRow) -> Result<(), StoreError> {
        let settlement = match Box::pin(payments::work(&self.0, &row)).await {
            Ok(settlement) => settlement,
            Err(error) => self.again(&row, error.to_string()),
        };
        metrics::counter!("trilogue_payment_news_handled_total", "outcome" => settlement.outcome()).increment(1);
        self.0.store.settle_payment_news(&row, &settlement).await
    }

    async fn panicked(&self, row: PaymentNewsRow) -> Result<(), StoreError> {
        self.0.store.settle_payment_news(&row, &self.again(&row, "the work on it panicked".to_owned())).await
    }

    async fn until_due(&self) -> Result<Option<TimeDelta>, StoreError> {
        Ok(self.0.store.payment_news_next_due().await?.map(|due| due - self.0.now()))
    }

    async fn wait(&self) {
        self.0.store.live().payment_news_work().await;
    }
}

impl News {
    /// It was acknowledged, so nobody will send it again: it is never given up.
    fn again(&self, row: &PaymentNewsRow, error: String) -> Settlement {
        tracing::error!(inbox.id = %row.id, connection.id = %row.connection, error, "a report could not be worked through");
        Settlement::Retry { at: self.0.now() + back_off(row.attempts), error }
    }
}
