//! A heart-beat: tests wait for a condition without sleeping.

use std::sync::Arc;

use tokio::sync::watch;

/// Beats whenever something may have changed.
#[derive(Debug, Clone)]
pub(crate) struct Pulse(Arc<watch::Sender<u64>>);

impl Pulse {
    pub(crate) fn new() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }

    pub(crate) fn beat(&self) {
        self.0.send_modify(|beats| *beats += 1);
    }

    /// Waits until the condition holds, looking again at every beat.
    pub(crate) async fn until(&self, holds: impl Fn() -> bool) {
        let mut beats = self.0.subscribe();
        while !holds() {
            if beats.changed().await.is_err() {
                return;
            }
        }
    }
}
