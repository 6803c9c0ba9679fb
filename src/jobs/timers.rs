//! What silence means, done when its time has come.

use tokio_util::sync::CancellationToken;

use super::{LOOK, Load, pause};
use crate::workflow::{Cx, disputes, ledger, notices, pool, refunds, timers};

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
    let cases = fire_due_cases(cx).await + expire_questions(cx).await + look_at_shipments(cx).await;
    cases + move_refunds(cx).await + move_disputes(cx).await + expire_credit(cx).await
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

/// Does what time means for disputes, the longest due first.
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

/// Does what time means for refunds, the longest due first.
async fn move_refunds(cx: &Cx) -> Load {
    let due = match cx.store.due_refunds(cx.now(), BATCH).await {
        Ok(due) => due,
        Err(error) => {
            tracing::error!(%error, "the refunds for which time has come cannot be read");
            return Load::default();
        }
    };
    let mut load = Load::default();
    for refund in due {
        match refunds::elapse(cx, refund).await {
            Ok(()) => load.handled += 1,
            Err(error) => tracing::error!(refund.id = %refund.refund, %error, "a refund could not be moved on by time; it stays due"),
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

/// Ends the store credit and promo codes whose time is over.
async fn expire_credit(cx: &Cx) -> Load {
    let (credits, codes) = match (cx.store.due_store_credits(cx.now(), BATCH).await, cx.store.due_promo_codes(cx.now(), BATCH).await) {
        (Ok(credits), Ok(codes)) => (credits, codes),
        (Err(error), _) | (_, Err(error)) => {
            tracing::error!(%error, "the credit whose time is over cannot be read");
            return Load::default();
        }
    };
    let mut load = Load::default();
    for credit in credits {
        match ledger::expire_credit(cx, credit).await {
            Ok(()) => load.handled += 1,
            Err(error) => tracing::error!(credit.id = %credit.id, %error, "a store credit could not be ended by time; it stays due"),
        }
    }
    for code in codes {
        match ledger::expire_code(cx, code).await {
            Ok(()) => load.handled += 1,
            Err(error) => tracing::error!(code.id = %code.id, %error, "a promo code could not be ended by time; it stays due"),
        }
    }
    load
}
