//! The net under the webhooks: each helpdesk is asked from time to time what changed.
//!
//! Zendesk promises best effort only, Freshdesk drops what it could not send for a day; what was never delivered is
//! found here.

use std::time::Duration;

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use super::pause;
use crate::store::ConnectionRow;
use crate::workflow::{Cx, Error, inbound};

/// At most this many pages of one helpdesk at once; the rest waits for the next round.
const MOST_PAGES: u32 = 10;
/// How far a page without a cursor looks back behind the last reconcile.
const OVERLAP: TimeDelta = TimeDelta::minutes(2);

pub(super) async fn run(cx: Cx, every: TimeDelta, stop: CancellationToken) {
    while !stop.is_cancelled() {
        all(&cx, every).await;
        pause(Duration::from_secs(15), &stop).await;
    }
}

/// Asks the helpdesks that were not asked for so long.
pub(super) async fn all(cx: &Cx, every: TimeDelta) {
    let rows = match cx.store.connections(None).await {
        Ok(rows) => rows,
        Err(error) => return tracing::error!(%error, "the connections cannot be read"),
    };
    for row in rows {
        if row.reconciled_at.unwrap_or(row.created_at) + every > cx.now() {
            continue;
        }
        if let Err(error) = one(cx, &row).await {
            tracing::warn!(connection.id = %row.id, %error, "the helpdesk could not be asked what changed");
        }
    }
}

async fn one(cx: &Cx, row: &ConnectionRow) -> Result<(), Error> {
    let connected = cx.connections.get(row.id).await?;
    let since = row.reconciled_at.unwrap_or(row.created_at) - OVERLAP;
    let mut cursor = row.reconcile_cursor.clone();
    for _ in 0..MOST_PAGES {
        let changes = connected.helpdesk.changes(since, cursor.as_deref()).await?;
        inbound::nudge(cx, row.marketplace, &connected, &changes).await?;
        metrics::counter!("trilogue_reconcile_tickets_total").increment(changes.tickets.len() as u64);
        if !changes.more {
            break;
        }
        cursor = changes.cursor;
    }
    Ok(())
}
