//! What silence means, done when its time has come.

use tokio_util::sync::CancellationToken;

use super::{LOOK, Load, pause};
use crate::workflow::{Cx, disputes, notices, pool, timers};

const BATCH: u64 = 100;

pub(super) async fn run(cx: Cx, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if fire_due(&cx).await == Load::default() {
            pause(LOOK, &stop).await;
        }
    }
}

/// Fires what has run out, the oldest first.
pub(super) async fn fire_due(cx: &Cx) -> Load {
    fire_due_cases(cx).await + expire_questions(cx).await + look_at_shipments(cx).await + move_disputes(cx).await
}

async fn fire_due_cases(cx: &Cx) -> Load {
    let due = match cx.store.due_cases(cx.now(), BATCH).await {
        Ok(due) => due,
        Err(error) => {
            tracing::error!(%error, "the cases for which time has come cannot be read");
            return Load::default();
        }
    };
    let mut load = Load::default();
    for case in due {
        match timers::fire(cx, case).await {
            Ok(()) => load.handled += 1,
            Err(error) => tracing::error!(case.id = %case.case, %error, "a case could not be moved on by time; it stays due"),
        }
    }
    load
}

/// Looks at the parcels whose time has come, the longest due first.
async fn look_at_shipments(cx: &Cx) -> Load {
    let due = match cx.store.due_shipments(cx.now(), BATCH).await {
        Ok(due) => due,
        Err(error) => {
            tracing::error!(%error, "the parcels for which time has come cannot be read");
            return Load::default();
        }
    };
    let mut load = Load::default();
    for shipment in due {
        match notices::look(cx, shipment).await {
            Ok(()) => load.handled += 1,
            Err(error) => tracing::error!(shipment.id = %shipment.shipment, %error, "a parcel could not be looked at; it stays due"),
        }
    }
    load
}

async fn move_disputes(cx: &Cx) -> Load {
    let due = match cx.store.due_disputes(cx.now(), BATCH).await {
        Ok(due) => due,
        Err(error) => {
            tracing::error!(%error, "the disputes for which time has come cannot be read");
            return Load::default();
        }
    };
    let mut load = Load::default();
    for dispute in due {
        match disputes::fire(cx, dispute).await {
            Ok(()) => load.handled += 1,
            Err(error) => tracing::error!(dispute.id = %dispute.dispute, %error, "a dispute could not be moved on by time; it stays due"),
        }
    }
    load
}

async fn expire_questions(cx: &Cx) -> Load {
    let due = match cx.store.due_questions(cx.now(), BATCH).await {
        Ok(due) => due,
        Err(error) => {
            tracing::error!(%error, "the questions whose time has run out cannot be read");
            return Load::default();
        }
    };
    let mut load = Load::default();
    for question in due {
        match pool::expire(cx, question).await {
            Ok(()) => load.handled += 1,
            Err(error) => tracing::error!(question.id = %question.question, %error, "a question could not be ended by time; it stays due"),
        }
    }
    load
}
