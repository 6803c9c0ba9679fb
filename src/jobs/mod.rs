//! The door of time and queues: what came in is worked through, what goes out is sent, what silence means is done, and
//! what was never delivered is found.
//!
//! Every loop wakes when there is work, and looks by itself about once a second in case a wake-up call was lost.

mod alerts;
mod housekeeping;
mod inbox;
mod mails;
mod measures;
mod outbox;
mod payments;
mod reconcile;
mod standing;
mod timers;
mod worker;

use std::time::Duration;

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::workflow::Cx;

pub use worker::Load;

/// How the loops are run.
#[derive(Debug, Clone, Copy)]
pub struct JobSettings {
    /// How many tickets are worked on at once, in each direction.
    pub concurrency: u32,
    /// How often each helpdesk is asked what changed.
    pub reconcile_every: TimeDelta,
    /// How long finished deliveries are kept.
    pub keep_finished: TimeDelta,
}

impl Default for JobSettings {
    fn default() -> Self {
        Self { concurrency: 8, reconcile_every: TimeDelta::minutes(5), keep_finished: TimeDelta::days(30) }
    }
}

/// How long a worker may hold a row before it is taken for dead.
const LEASE: TimeDelta = TimeDelta::minutes(3);
/// How soon a loop looks again at the earliest, when it found nothing that it could take.
const BREATH: Duration = Duration::from_millis(50);
/// How often a loop looks by itself.
const LOOK: Duration = Duration::from_secs(1);

/// Starts all loops. They finish what they have begun when `stop` is cancelled; the tracker waits for them.
pub fn start(cx: &Cx, settings: JobSettings, tracker: &TaskTracker, stop: &CancellationToken) {
    tracker.spawn(worker::run(inbox::Inbox(cx.clone()), settings.concurrency, stop.clone()));
    tracker.spawn(worker::run(outbox::Outbox(cx.clone()), settings.concurrency, stop.clone()));
    tracker.spawn(alerts::run(cx.clone(), stop.clone()));
    tracker.spawn(measures::run(cx.clone(), stop.clone()));
    tracker.spawn(worker::run(alerts::Webhooks(cx.clone()), settings.concurrency, stop.clone()));
    tracker.spawn(worker::run(mails::Mails(cx.clone()), settings.concurrency, stop.clone()));
    tracker.spawn(worker::run(payments::Payments(cx.clone()), settings.concurrency, stop.clone()));
    tracker.spawn(worker::run(payments::News(cx.clone()), settings.concurrency, stop.clone()));
    tracker.spawn(timers::run(cx.clone(), stop.clone()));
    tracker.spawn(standing::run(cx.clone(), stop.clone()));
    tracker.spawn(reconcile::run(cx.clone(), settings.reconcile_every, stop.clone()));
    tracker.spawn(housekeeping::run(cx.clone(), settings.keep_finished, stop.clone()));
    let (store, stop) = (cx.store.clone(), stop.clone());
    tracker.spawn(async move { store.relay(stop).await });
}

/// Does everything that is due now, one thing after the other, and says how much that was. Tests and tools call it
/// instead of starting the loops.
pub async fn run_due(cx: &Cx) -> Load {
    // Boxed: it is as large as all loops together.
    Box::pin(all_due(cx)).await
}

async fn all_due(cx: &Cx) -> Load {
    let mut load = Load::default();
    loop {
        let done = worker::drain(&inbox::Inbox(cx.clone())).await
            + worker::drain(&outbox::Outbox(cx.clone())).await
            + worker::drain(&payments::Payments(cx.clone())).await
            + worker::drain(&payments::News(cx.clone())).await
            + timers::fire_due(cx).await
            + standing::turn(cx).await
            + alerts::tell_all(cx).await
            + worker::drain(&alerts::Webhooks(cx.clone())).await
            + worker::drain(&mails::Mails(cx.clone())).await
            + measures::count_all(cx).await;
        if done == Load::default() {
            return load;
        }
        load = load + done;
    }
}

/// Asks every helpdesk, now, what changed since it was asked last.
pub async fn reconcile_now(cx: &Cx) {
    reconcile::all(cx, TimeDelta::zero()).await;
}

/// Removes what was finished before `keep` ago.
pub async fn prune_now(cx: &Cx, keep: TimeDelta) {
    housekeeping::prune(cx, keep).await;
}

async fn pause(time: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(time) => {}
        () = stop.cancelled() => {}
    }
}
