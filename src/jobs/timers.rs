//! What silence means, done when its time has come.

use tokio_util::sync::CancellationToken;

use super::{LOOK, Load, pause};
use crate::workflow::{Cx, disputes, ledger, notices, pool, ratings, refunds, returns, timers, withdrawals};

const BATCH: u64 = 100;

pub(super) async fn run(cx: Cx, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if fire_due(&cx).await == Load::default() {
            pause(LOOK, &stop).await;
        }
    }
}

/// Does what time means for each that is due. What cannot be done stays due.
macro_rules! each {
    ($cx:ident, $kind:literal, $due:ident, $elapse:path) => {
        match $cx.store.$due($cx.now(), BATCH).await {
            Ok(due) => {
                let mut load = Load::default();
                for one in due {
                    match $elapse($cx, one).await {
                        Ok(()) => load.handled += 1,
                        Err(error) => tracing::error!(kind = $kind, due = ?one, %error, "time could not move it on; it stays due"),
                    }
                }
                load
            }
            Err(error) => {
                tracing::error!(kind = $kind, %error, "what time has come for cannot be read");
                Load::default()
            }
        }
    };
}

/// Fires what has run out, of each kind the oldest first.
pub(super) async fn fire_due(cx: &Cx) -> Load {
    let talk = each!(cx, "case", due_cases, timers::fire)
        + each!(cx, "question of the pool", due_questions, pool::expire)
        + each!(cx, "parcel", due_shipments, notices::look)
        + each!(cx, "invitation to rate", due_invitations, ratings::look);
    let goods = each!(cx, "withdrawal", due_withdrawals, withdrawals::elapse) + each!(cx, "return", due_returns, returns::elapse);
    let money = each!(cx, "dispute", due_disputes, disputes::fire)
        + each!(cx, "refund", due_refunds, refunds::elapse)
        + each!(cx, "store credit", due_store_credits, ledger::expire_credit)
        + each!(cx, "promo code", due_promo_codes, ledger::expire_code);
    talk + goods + money
}
