//! What happened is counted, for the figures that the operator steers by.

use tokio_util::sync::CancellationToken;

use super::{LOOK, Load};
use crate::domain::ids::MarketplaceId;
use crate::workflow::Cx;
use crate::workflow::measures::{self, Counting, Reporting};

/// How many marketplaces' reports are made ready before it is counted again.
const REPORTS: u64 = 50;

pub(super) async fn run(cx: Cx, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if count_all(&cx).await == Load::default() {
            tokio::select! {
                () = cx.store.live().counts_work() => {}
                () = tokio::time::sleep(LOOK) => {}
                () = stop.cancelled() => {}
            }
        }
    }
}

/// Counts a part of what there is to count, in each marketplace.
pub(super) async fn count_all(cx: &Cx) -> Load {
    if let Err(error) = measures::begin(cx).await {
        tracing::error!(%error, "counting cannot be begun");
    }
    let uncounted = match cx.store.uncounted(cx.now()).await {
        Ok(uncounted) => uncounted,
        Err(error) => {
            tracing::error!(%error, "it cannot be read what there is to count");
            return Load::default();
        }
    };
    let mut load = Load::default();
    for marketplace in uncounted {
        load = load + count(cx, marketplace).await;
    }
    load + report(cx).await
}

async fn report(cx: &Cx) -> Load {
    let due = match cx.store.due_reports(cx.now(), REPORTS).await {
        Ok(due) => due,
        Err(error) => {
            tracing::error!(%error, "it cannot be read who is to be sent figures");
            return Load::default();
        }
    };
    let mut load = Load::default();
    for marketplace in due {
        match measures::report(cx, marketplace).await {
            Ok(Reporting::Written) => load.handled += 1,
            Ok(Reporting::NotYet) => {}
            Err(error) => {
                tracing::error!(marketplace.id = %marketplace, %error, "figures could not be sent; it is tried again");
                if let Err(error) = measures::put_off(cx, marketplace).await {
                    tracing::error!(marketplace.id = %marketplace, %error, "nor could that be put off");
                }
            }
        }
    }
    load
}

async fn count(cx: &Cx, marketplace: MarketplaceId) -> Load {
    match measures::count(cx, marketplace).await {
        Ok(Counting::Further) => Load { handled: 1 },
        Ok(Counting::Nothing | Counting::Elsewhere) => Load::default(),
        Err(error) => {
            let hint = "`trilogue measures recompute` counts everything anew";
            tracing::error!(marketplace.id = %marketplace, %error, hint, "it could not be counted; it is tried again");
            Load::default()
        }
    }
}
