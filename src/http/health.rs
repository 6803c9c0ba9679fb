//! Whether the process lives, whether it can work, and how much it does.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use metrics_exporter_prometheus::PrometheusHandle;

use crate::store::{Committer, QueueDepth, Store};

/// What the pages look at.
#[derive(Debug, Clone)]
pub(super) struct Vitals {
    /// The database.
    pub store: Store,
    /// The way into the inbox.
    pub committer: Committer,
    /// The metrics.
    pub metrics: PrometheusHandle,
}

/// `GET /healthz`: the process answers. Says nothing of the database, so that nobody restarts us for its sake.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers and webhooks can be taken in.
pub(super) async fn readyz(State(vitals): State<Vitals>) -> Response {
    let refuse = |reason: &'static str| (StatusCode::SERVICE_UNAVAILABLE, reason).into_response();
    if let Err(error) = vitals.store.ping().await {
        tracing::warn!(%error, "not ready");
        return refuse("the database does not answer\n");
    }
    if vitals.committer.free() == 0 {
        return refuse("too many webhooks are waiting\n");
    }
    "ready\n".into_response()
}

/// `GET /metrics`: the text format of Prometheus.
pub(super) async fn metrics(State(vitals): State<Vitals>) -> Response {
    metrics::gauge!("trilogue_inbox_committing").set(number(vitals.committer.waiting() as u64));
    let (inbox, outbox, webhooks) =
        (vitals.store.inbox_depth().await, vitals.store.outbox_depth().await, vitals.store.webhooks_depth().await);
    let mails = vitals.store.mails_depth().await;
    let (payments, news) = (vitals.store.payments_depth().await, vitals.store.payment_news_depth().await);
    let all =
        [("inbox", inbox), ("outbox", outbox), ("webhooks", webhooks), ("mails", mails), ("payments", payments), ("payment_news", news)];
    for (queue, depth) in all {
        let QueueDepth { unfinished, parked, dead } = depth.unwrap_or_default();
        for (state, count) in [("unfinished", unfinished), ("parked", parked), ("dead", dead)] {
            metrics::gauge!("trilogue_queue_depth", "queue" => queue, "state" => state).set(number(count));
        }
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], vitals.metrics.render()).into_response()
}

fn number(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
