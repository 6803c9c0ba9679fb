//! What silence means, done when its time has come.

use std::fmt;

use tokio_util::sync::CancellationToken;

use super::{LOOK, Load, pause};
use crate::store::StoreError;
use crate::workflow::{Cx, Error, disputes, ledger, notices, pool, refunds, returns, timers, withdrawals};

const BATCH: u64 = 100;

pub(super) async fn run(cx: Cx, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if fire_due(&cx).await == Load::default() {
            pause(LOOK, &stop).await;
        }
    }
}

/// Fires what has run out, of each kind the oldest first.
pub(super) async fn fire_due(cx: &Cx) -> Load {
    let (store, now) = (&cx.store, cx.now());
    let talk = each("case", store.due_cases(now, BATCH).await, async |due| timers::fire(cx, due).await).await
        + each("question of the pool", store.due_questions(now, BATCH).await, async |due| pool::expire(cx, due).await).await
        + each("parcel", store.due_shipments(now, BATCH).await, async |due| notices::look(cx, due).await).await;
    let goods = each("withdrawal", store.due_withdrawals(now, BATCH).await, async |due| withdrawals::elapse(cx, due).await).await
        + each("return", store.due_returns(now, BATCH).await, async |due| returns::elapse(cx, due).await).await;
    let money = each("dispute", store.due_disputes(now, BATCH).await, async |due| disputes::elapse(cx, due).await).await
        + each("refund", store.due_refunds(now, BATCH).await, async |due| refunds::elapse(cx, due).await).await
        + each("store credit", store.due_store_credits(now, BATCH).await, async |due| ledger::expire_credit(cx, due).await).await
        + each("promo code", store.due_promo_codes(now, BATCH).await, async |due| ledger::expire_code(cx, due).await).await;
    talk + goods + money
}

/// Does what time means for each that is due. What cannot be done stays due.
async fn each<T: fmt::Debug + Copy>(
    kind: &'static str,
    due: Result<Vec<T>, StoreError>,
    elapse: impl AsyncFn(T) -> Result<(), Error>,
) -> Load {
    let due = match due {
        Ok(due) => due,
        Err(error) => {
            tracing::error!(kind, %error, "what time has come for cannot be read");
            return Load::default();
        }
    };
    let mut load = Load::default();
    for one in due {
        match elapse(one).await {
            Ok(()) => load.handled += 1,
            Err(error) => tracing::error!(kind, due = ?one, %error, "time could not move it on; it stays due"),
        }
    }
    load
}
