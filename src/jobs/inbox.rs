//! What came in: each delivery becomes a look at its ticket, in order per ticket.

use chrono::TimeDelta;

use super::LEASE;
use super::worker::Work;
use crate::domain::ids::InboxId;
use crate::helpdesk::{NudgeKind, Remedy};
use crate::store::{Claim, InboxRow, Settlement, StoreError};
use crate::workflow::inbound::{self, Outcome};
use crate::workflow::outbound::back_off;
use crate::workflow::{Cx, Error};

/// After so many attempts a delivery is given up.
const MOST_ATTEMPTS: i32 = 10;

#[derive(Debug, Clone)]
pub(super) struct Inbox(pub(super) Cx);

impl Work for Inbox {
    type Row = InboxRow;

    const NAME: &'static str = "inbox";

    async fn claim(&self, limit: u32) -> Result<Vec<InboxRow>, StoreError> {
        self.0.store.claim_inbox(Claim { now: self.0.now(), lease: LEASE, limit }).await
    }

    async fn handle(&self, row: InboxRow) -> Result<(), StoreError> {
        let behind = simple_nudges_behind(&self.0, &row).await?;
        let settlement = match look(&self.0, &row).await {
            Ok(Outcome::UpToDate) => {
                self.0.store.seen_together(row.marketplace, &behind).await?;
                Settlement::Done
            }
            Ok(Outcome::Ignored(reason)) => Settlement::Ignored(reason.to_owned()),
            Ok(Outcome::NotYet) => Settlement::Defer {
                // The longer it waits the less often it looks: a helpdesk in trouble may hold up a delivery for long.
                at: self.0.now() + (self.0.now() - row.received_at).clamp(TimeDelta::milliseconds(100), TimeDelta::seconds(30)),
                reason: "something of ours about this ticket is on its way".to_owned(),
            },
            Err(error) => after(&self.0, &row, &error),
        };
        log(&row, &settlement);
        self.0.store.settle_inbox(&row, &settlement).await
    }

    async fn panicked(&self, row: InboxRow) -> Result<(), StoreError> {
        let settlement = again(&self.0, &row, "the work on it panicked".to_owned());
        self.0.store.settle_inbox(&row, &settlement).await
    }

    async fn until_due(&self) -> Result<Option<TimeDelta>, StoreError> {
        Ok(self.0.store.inbox_next_due().await?.map(|due| due - self.0.now()))
    }

    async fn wait(&self) {
        self.0.store.live().inbox_work().await;
    }
}

/// What waited behind this delivery before the ticket was read, and says no more than that it changed: one look at the
/// ticket answers all of it, as one action of an agent causes several events and calls to a helpdesk are rationed.
async fn simple_nudges_behind(cx: &Cx, row: &InboxRow) -> Result<Vec<InboxId>, StoreError> {
    let behind = cx.store.inbox_behind(row).await?;
    let simple = |row: &InboxRow| row.nudge::<NudgeKind>().is_ok_and(|nudge| nudge == NudgeKind::TicketChanged);
    Ok(behind.iter().filter(|row| simple(row)).map(|row| row.id).collect())
}

async fn look(cx: &Cx, row: &InboxRow) -> Result<Outcome, Error> {
    let Some(ticket) = &row.ticket else { return Ok(Outcome::Ignored("it concerns no ticket")) };
    let connected = cx.connections.get(row.connection).await?;
    Box::pin(inbound::follow(cx, &connected, ticket, &row.nudge::<NudgeKind>()?)).await
}

fn after(cx: &Cx, row: &InboxRow, error: &Error) -> Settlement {
    let reason = error.to_string();
    let soon = cx.now() + TimeDelta::seconds(1);
    match error {
        Error::Helpdesk(error) => match error.remedy() {
            Remedy::Wait(time) => Settlement::Defer { at: cx.now() + TimeDelta::from_std(time).unwrap_or(TimeDelta::minutes(1)), reason },
            Remedy::GiveUp | Remedy::AskPerson => Settlement::Dead(reason),
            Remedy::Retry | Remedy::ReadAgain => again(cx, row, reason),
        },
        Error::Store(StoreError::Unavailable(_)) => Settlement::Defer { at: soon, reason },
        Error::NotFound => Settlement::Dead("the connection or its marketplace is gone".to_owned()),
        // A row that another worker wrote at the same time, or a lock that it held: the second look finds it.
        _ => again(cx, row, reason),
    }
}

fn again(cx: &Cx, row: &InboxRow, error: String) -> Settlement {
    if row.attempts < MOST_ATTEMPTS { Settlement::Retry { at: cx.now() + back_off(row.attempts), error } } else { Settlement::Dead(error) }
}

fn log(row: &InboxRow, settlement: &Settlement) {
    let outcome = settlement.outcome();
    metrics::counter!("trilogue_inbox_handled_total", "outcome" => outcome).increment(1);
    if let Settlement::Dead(reason) | Settlement::Retry { error: reason, .. } = settlement {
        tracing::warn!(inbox.id = %row.id, connection.id = %row.connection, outcome, reason, "a webhook could not be worked through");
    } else {
        tracing::debug!(inbox.id = %row.id, connection.id = %row.connection, outcome, "a webhook was worked through");
    }
}
