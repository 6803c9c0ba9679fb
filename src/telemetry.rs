//! Logs and metrics.
//!
//! A log line must read alone and be searchable by its fields (`case.id`, `connection.id`, `delivery.id`); `error` means
//! that someone acts; nothing is logged twice; and never a body, a token, a name or an address.

use std::io::IsTerminal;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::config::LogFormat;

/// Starts the log. A second start is ignored.
pub fn start_log(filter: &str, format: LogFormat) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_span_events(FmtSpan::NONE).with_writer(std::io::stderr);
    // Colours are for terminals; a file or a collector wants none.
    let log = if std::io::stderr().is_terminal() { log } else { log.with_ansi(false) };
    let started = match format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
    drop(started);
}

/// The process's metrics, in the text format of Prometheus. Made once; asked for again, it is the same.
pub fn metrics() -> PrometheusHandle {
    static METRICS: std::sync::OnceLock<PrometheusHandle> = std::sync::OnceLock::new();
    let made = METRICS.get_or_init(|| {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        // Somebody else's recorder is already there: then these metrics stay empty, and nothing breaks.
        drop(metrics::set_global_recorder(recorder));
        handle
    });
    made.clone()
}
