//! `trilogue serve`.

use std::sync::Arc;

use crate::app;
use crate::clock::SystemClock;
use crate::config::Settings;

/// Serves until the process is told to stop.
pub(super) async fn serve(settings: &Settings) -> anyhow::Result<()> {
    // Before the first counter is touched, so that none is lost.
    crate::telemetry::metrics();
    app::serve(settings, Arc::new(SystemClock), told_to_stop()).await
}

/// Ctrl-C, or the SIGTERM that service managers send.
pub(super) async fn told_to_stop() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let terminate = async {
            match signal(SignalKind::terminate()) {
                Ok(mut terminate) => terminate.recv().await,
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            () = interrupt => {}
            _ = terminate => {}
        }
    }
    #[cfg(not(unix))]
    interrupt.await;
}
