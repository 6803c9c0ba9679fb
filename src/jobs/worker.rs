//! One loop for every queue: claim what is due, work on it side by side, settle it.

use std::future::Future;
use std::ops::Add;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{BREATH, LOOK};
use crate::store::StoreError;

/// A queue to work through.
pub(super) trait Work: Clone + Send + Sync + 'static {
    /// A claimed row.
    type Row: Clone + Send + Sync + 'static;

    /// Its name in logs and metrics.
    const NAME: &'static str;

    /// Takes at most so many rows.
    fn claim(&self, limit: u32) -> impl Future<Output = Result<Vec<Self::Row>, StoreError>> + Send;

    /// Works on a row and settles it, whatever happens.
    fn handle(&self, row: Self::Row) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Settles a row whose work panicked.
    fn panicked(&self, row: Self::Row) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Waits until there may be something to claim.
    fn wait(&self) -> impl Future<Output = ()> + Send;

    /// How long until the next row is due that waits for nothing but its time; none when there is none.
    fn until_due(&self) -> impl Future<Output = Result<Option<TimeDelta>, StoreError>> + Send;
}

/// How much was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Load {
    /// Rows and timers that were worked on.
    pub handled: u32,
}

impl Add for Load {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { handled: self.handled + other.handled }
    }
}

/// Works until it is told to stop, then finishes what it has.
pub(super) async fn run<W: Work>(work: W, concurrency: u32, stop: CancellationToken) {
    let mut busy = JoinSet::new();
    while !stop.is_cancelled() {
        let free = concurrency.saturating_sub(u32::try_from(busy.len()).unwrap_or(u32::MAX));
        let rows = if free == 0 { Ok(Vec::new()) } else { work.claim(free).await };
        match rows {
            Ok(rows) if !rows.is_empty() => {
                for row in rows {
                    let work = work.clone();
                    busy.spawn(async move { guarded(&work, row).await });
                }
                // A lane whose row is finished may have the next one ready; look again as soon as one is.
                continue;
            }
            Ok(_) => {}
            Err(error) => tracing::error!(queue = W::NAME, %error, "the queue cannot be read"),
        }
        let nap = if free == 0 { LOOK } else { nap(&work).await };
        tokio::select! {
            Some(_) = busy.join_next() => {}
            () = work.wait(), if free > 0 => {}
            () = tokio::time::sleep(nap) => {}
            () = stop.cancelled() => {}
        }
    }
    while busy.join_next().await.is_some() {}
}

/// Until the next row is due, but never so short that a row which others hold is asked for without end.
async fn nap<W: Work>(work: &W) -> Duration {
    let due = work.until_due().await.ok().flatten().and_then(|due| due.max(TimeDelta::zero()).to_std().ok());
    due.map_or(LOOK, |due| due.clamp(BREATH, LOOK))
}

/// Works through everything that is due, one row after the other.
pub(super) async fn drain<W: Work>(work: &W) -> Load {
    let mut load = Load::default();
    loop {
        match work.claim(1).await {
            Ok(rows) if rows.is_empty() => return load,
            Ok(rows) => {
                for row in rows {
                    guarded(work, row).await;
                    load.handled += 1;
                }
            }
            Err(error) => {
                tracing::error!(queue = W::NAME, %error, "the queue cannot be read");
                return load;
            }
        }
    }
}

/// Works on a row so that neither an error nor a panic takes the loop down.
async fn guarded<W: Work>(work: &W, row: W::Row) {
    let (task, mine) = (work.clone(), row.clone());
    let outcome = match tokio::spawn(async move { task.handle(mine).await }).await {
        Ok(outcome) => outcome,
        Err(error) => {
            tracing::error!(queue = W::NAME, %error, "work on a row panicked");
            metrics::counter!("trilogue_job_panics_total", "queue" => W::NAME).increment(1);
            work.panicked(row).await
        }
    };
    if let Err(error) = outcome {
        // The lease runs out and the row comes back.
        tracing::error!(queue = W::NAME, %error, "a row could not be settled");
    }
}
