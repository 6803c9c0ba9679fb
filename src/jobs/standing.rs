//! What sellers do is counted as it happens, and looked at each night: in a loop of its own, as a large marketplace has many.

use tokio_util::sync::CancellationToken;

use super::{LOOK, Load, pause};
use crate::store::Counting;
use crate::workflow::scorecards::{self, Counted};
use crate::workflow::{Cx, standing};

pub(super) async fn run(cx: Cx, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if turn(&cx).await == Load::default() {
            pause(LOOK, &stop).await;
        }
    }
}

/// How many marketplaces' days are ended before it is counted again.
const BATCH: u64 = 10;

/// Counts some of what happened in each marketplace, and ends days that are over.
pub(super) async fn turn(cx: &Cx) -> Load {
    count_all(cx).await + end_days(cx).await
}

async fn end_days(cx: &Cx) -> Load {
    let due = match cx.store.due_nights(cx.now(), BATCH).await {
        Ok(due) => due,
        Err(error) => {
            tracing::error!(%error, "it cannot be read whose day is over");
            return Load::default();
        }
    };
    let mut load = Load::default();
    for one in due {
        match standing::night(cx, one).await {
            Ok(()) => load.handled += 1,
            Err(error) => tracing::error!(marketplace.id = %one.marketplace, %error, "a day could not be ended; it is tried again"),
        }
    }
    load
}

async fn count_all(cx: &Cx) -> Load {
    let uncounted = match cx.store.sellers_uncounted().await {
        Ok(uncounted) => uncounted,
        Err(error) => {
            tracing::error!(%error, "it cannot be read what is to be counted of sellers");
            return Load::default();
        }
    };
    let mut load = Load::default();
    for counting in uncounted {
        load = load + count(cx, counting).await;
    }
    load
}

async fn count(cx: &Cx, counting: Counting) -> Load {
    match scorecards::count(cx, counting).await {
        Ok(Counted::Further) => Load { handled: 1 },
        Ok(Counted::Nothing | Counted::Elsewhere) => Load::default(),
        Err(error) => {
            tracing::error!(marketplace.id = %counting.marketplace, %error, "what sellers did could not be counted; it is tried again");
            Load::default()
        }
    }
}
