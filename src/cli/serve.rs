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

/// Ctrl-C, or the SIGTERM that service managers send. Listened for from the call on, and not only from the first look: a signal
/// that comes as soon as the server answers must not end it without order.
#[cfg(unix)]
pub(super) fn told_to_stop() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    async move {
        let interrupted = async {
            match &mut interrupt {
                Ok(signal) => signal.recv().await,
                Err(_) => std::future::pending().await,
            }
        };
        let terminated = async {
            match &mut terminate {
                Ok(signal) => signal.recv().await,
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = interrupted => {}
            _ = terminated => {}
        }
    }
}

/// Ctrl-C.
#[cfg(not(unix))]
pub(super) async fn told_to_stop() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
