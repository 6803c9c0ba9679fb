//! What sellers do is counted as it happens.

use tokio_util::sync::CancellationToken;

use super::{LOOK, Load, pause};
use crate::store::Counting;
use crate::workflow::Cx;
use crate::workflow::scorecards::{self, Counted};

pub(super) async fn run(cx: Cx, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if count_all(&cx).await == Load::default() {
            pause(LOOK, &stop).await;
        }
    }
}

/// Counts some of what happened in each marketplace.
pub(super) async fn count_all(cx: &Cx) -> Load {
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
