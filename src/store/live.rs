//! Wake-up calls inside the process: the timeline of a marketplace grew, a queue has work.
//!
//! A call carries no content; whoever is woken reads the database from where it stopped. So a lost or merged call
//! costs nothing, and what is read is always what is committed.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, watch};

use super::presence::Presence;
use super::window::Window;
use crate::domain::ids::MarketplaceId;

/// Who is told when something grew.
#[derive(Debug)]
pub struct Live {
    timelines: Mutex<HashMap<MarketplaceId, watch::Sender<u64>>>,
    inbox: Notify,
    outbox: Notify,
    alerts: Notify,
    counts: Notify,
    webhooks: Notify,
    mails: Notify,
    payments: Notify,
    payment_news: Notify,
    unannounced: Mutex<HashSet<MarketplaceId>>,
    announce: Notify,
    pub(super) windows: Mutex<HashMap<MarketplaceId, watch::Sender<Arc<Window>>>>,
    presence: Presence,
}

impl Live {
    pub(super) fn new() -> Self {
        Self {
            timelines: Mutex::default(),
            inbox: Notify::new(),
            outbox: Notify::new(),
            alerts: Notify::new(),
            counts: Notify::new(),
            webhooks: Notify::new(),
            mails: Notify::new(),
            payments: Notify::new(),
            payment_news: Notify::new(),
            unannounced: Mutex::default(),
            announce: Notify::new(),
            windows: Mutex::default(),
            presence: Presence::new(),
        }
    }

    /// Who is typing, and who has read on.
    pub const fn presence(&self) -> &Presence {
        &self.presence
    }

    /// A receiver that changes whenever the marketplace's timeline may have grown.
    pub fn timeline(&self, marketplace: MarketplaceId) -> watch::Receiver<u64> {
        let mut timelines = self.timelines.lock().unwrap_or_else(PoisonError::into_inner);
        // Forget marketplaces that nobody listens to any more, so that the map does not grow with their number.
        timelines.retain(|_, sender| sender.receiver_count() > 0);
        timelines.entry(marketplace).or_insert_with(|| watch::channel(0).0).subscribe()
    }

    pub(super) fn timeline_grew(&self, marketplace: MarketplaceId) {
        self.wake_timeline(marketplace);
        self.unannounced.lock().unwrap_or_else(PoisonError::into_inner).insert(marketplace);
        self.announce.notify_one();
    }

    /// Wakes the listeners of one marketplace: another replica says its timeline grew.
    pub fn wake_timeline(&self, marketplace: MarketplaceId) {
        if let Some(sender) = self.timelines.lock().unwrap_or_else(PoisonError::into_inner).get(&marketplace) {
            sender.send_modify(|count| *count += 1);
        }
        self.alerts.notify_one();
        self.counts.notify_one();
    }

    /// Wakes everybody: calls of other replicas may have been lost.
    pub fn wake_all(&self) {
        for sender in self.timelines.lock().unwrap_or_else(PoisonError::into_inner).values() {
            sender.send_modify(|count| *count += 1);
        }
        self.presence.wake_all();
        self.wake_workers();
    }

    /// Wakes every worker: another replica did something.
    pub fn wake_workers(&self) {
        for worker in
            [&self.inbox, &self.outbox, &self.alerts, &self.counts, &self.webhooks, &self.mails, &self.payments, &self.payment_news]
        {
            worker.notify_one();
        }
    }

    /// Wakes the worker of the inbox.
    pub fn inbox_grew(&self) {
        self.inbox.notify_one();
    }

    /// Wakes the worker of the outbox.
    pub fn outbox_grew(&self) {
        self.outbox.notify_one();
    }

    /// Wakes the worker of the webhooks that go out.
    pub fn webhooks_grew(&self) {
        self.webhooks.notify_one();
    }

    /// Wakes the worker of the e-mails.
    pub fn mails_grew(&self) {
        self.mails.notify_one();
    }

    /// Wakes the worker of the instructions to payment systems.
    pub fn payments_grew(&self) {
        self.payments.notify_one();
    }

    /// Wakes the worker of what payment systems report.
    pub fn payment_news_grew(&self) {
        self.payment_news.notify_one();
    }

    /// Waits until a payment system may have to be told something.
    pub async fn payments_work(&self) {
        self.payments.notified().await;
    }

    /// Waits until a payment system may have reported something.
    pub async fn payment_news_work(&self) {
        self.payment_news.notified().await;
    }

    /// Waits until e-mails may have to go out.
    pub async fn mails_work(&self) {
        self.mails.notified().await;
    }

    /// Waits until a timeline may have grown.
    pub async fn alerts_work(&self) {
        self.alerts.notified().await;
    }

    /// Wakes who counts: something is to be counted of which no event tells.
    pub fn counts_wanted(&self) {
        self.counts.notify_one();
    }

    /// Waits until there may be something to count.
    pub async fn counts_work(&self) {
        self.counts.notified().await;
    }

    /// Waits until webhooks may have to go out.
    pub async fn webhooks_work(&self) {
        self.webhooks.notified().await;
    }

    /// Waits until the inbox may have work.
    pub async fn inbox_work(&self) {
        self.inbox.notified().await;
    }

    /// Waits until the outbox may have work.
    pub async fn outbox_work(&self) {
        self.outbox.notified().await;
    }

    /// Waits until there are timelines that other replicas have not been told about, and takes them all: one
    /// announcement for many commits, as PostgreSQL's NOTIFY takes a lock across the whole database.
    pub async fn to_announce(&self) -> Vec<MarketplaceId> {
        loop {
            let taken: Vec<_> = self.unannounced.lock().unwrap_or_else(PoisonError::into_inner).drain().collect();
            if !taken.is_empty() {
                return taken;
            }
            self.announce.notified().await;
        }
    }
}
