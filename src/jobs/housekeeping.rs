//! Finished deliveries are not kept for ever: they hold personal data, and tables should not grow without bound.

use std::time::Duration;

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use super::pause;
use crate::workflow::{Cx, attachments};

pub(super) async fn run(cx: Cx, keep: TimeDelta, stop: CancellationToken) {
    while !stop.is_cancelled() {
        prune(&cx, keep).await;
        pause(Duration::from_hours(1), &stop).await;
    }
}

/// Removes what was finished before `keep` ago.
pub(super) async fn prune(cx: &Cx, keep: TimeDelta) {
    match cx.store.prune_queues(cx.now() - keep).await {
        Ok(0) => {}
        Ok(removed) => tracing::info!(removed, "finished deliveries were removed"),
        Err(error) => tracing::error!(%error, "finished deliveries could not be removed"),
    }
    match cx.store.prune_sign_ins(cx.now()).await {
        Ok(0) => {}
        Ok(removed) => tracing::info!(removed, "sessions that are over were removed"),
        Err(error) => tracing::error!(%error, "sessions that are over could not be removed"),
    }
    match attachments::tidy(cx).await {
        Ok(0) => {}
        Ok(removed) => tracing::info!(removed, "files that nobody uses were removed"),
        Err(error) => tracing::error!(%error, "files that nobody uses could not be removed"),
    }
}
