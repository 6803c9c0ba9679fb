//! Webhooks on their way out: as they arise, or one by one by a test's hand.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::front::StartError;
use super::pulse::Pulse;
use crate::clock::SharedClock;

/// Who sends the webhooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sending {
    /// A background task, at once, in order. Retries wait for [`Outbox::deliver_due`].
    Live,
    /// The test: [`Outbox::take`] and [`Outbox::send`], or [`Outbox::deliver_due`].
    #[default]
    Manual,
}

/// A key that does not show itself.
#[derive(Clone)]
pub(crate) struct Secret(pub(crate) String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// One webhook request, signed and ready to be sent: in any order, twice or never.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// Counts the webhooks of one simulator; the same on every attempt.
    pub serial: u64,
    /// The ticket it is about.
    pub ticket: u64,
    /// What it says: the event type (Zendesk), or what triggered it.
    pub about: String,
    /// Where it goes.
    pub url: String,
    /// Its headers, the signature or the secret among them.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: String,
    /// Which attempt this is; the first is 1.
    pub attempt: u32,
    /// Not to be sent before.
    pub due: DateTime<Utc>,
    /// What it is signed with, where the vendor signs.
    pub(crate) secret: Option<Secret>,
}

impl Webhook {
    /// One header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(crate) fn set_header(&mut self, name: &str, value: String) {
        self.headers.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value));
    }
}

/// A webhook as its maker fills it in; the outbox adds serial number and due time.
pub(crate) fn unsent(ticket: u64, about: String, url: String, body: String) -> Webhook {
    Webhook {
        serial: 0,
        ticket,
        about,
        url,
        headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
        body,
        attempt: 1,
        due: DateTime::default(),
        secret: None,
    }
}

/// How a delivery ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// With this status.
    Answered(u16),
    /// Without an answer in the vendor's time.
    TimedOut,
    /// Without a connection.
    Unreachable,
}

impl Outcome {
    /// Whether the receiver took it.
    pub fn is_success(self) -> bool {
        matches!(self, Self::Answered(200..=299))
    }
}

/// One attempt that was made.
#[derive(Debug, Clone)]
pub struct DeliveryRecord {
    /// The webhook's serial number.
    pub serial: u64,
    /// The ticket it is about.
    pub ticket: u64,
    /// What it says.
    pub about: String,
    /// Which attempt it was.
    pub attempt: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// When it was made, by the simulator's clock.
    pub at: DateTime<Utc>,
    /// When the vendor will try again; none after a success, and when the webhook is lost.
    pub retry_at: Option<DateTime<Utc>>,
}

/// What the receiver answered, as far as a vendor looks at it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer {
    pub(crate) outcome: Outcome,
    pub(crate) retry_after: Option<u32>,
}

/// The vendor's ways with webhooks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    pub(crate) timeout: Duration,
    /// How long to wait before the next attempt; none gives up. Never asked after a success.
    pub(crate) retry_in: fn(attempt: u32, answer: Answer) -> Option<TimeDelta>,
    /// What changes in the request before it is sent again.
    pub(crate) before_retry: fn(&mut Webhook, now: DateTime<Utc>),
}

#[derive(Debug, Default)]
struct Queue {
    last_serial: u64,
    waiting: Vec<Webhook>,
    under_way: usize,
    done: Vec<DeliveryRecord>,
    sent: Vec<Webhook>,
}

struct Inner {
    clock: SharedClock,
    pulse: Pulse,
    sending: Sending,
    rules: Rules,
    client: reqwest::Client,
    queue: Mutex<Queue>,
    fresh: Notify,
}

/// The webhooks of one simulator.
#[derive(Clone)]
pub struct Outbox(Arc<Inner>);

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox").field("sending", &self.0.sending).finish_non_exhaustive()
    }
}

impl Outbox {
    pub(crate) fn new(clock: SharedClock, pulse: Pulse, sending: Sending, rules: Rules) -> Result<Self, StartError> {
        // reqwest panics without a provider, even for plain http. An error only says that somebody was here before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(rules.timeout)
            // Each delivery on its own connection, as from a fleet of senders: none fails for another's sake.
            .pool_max_idle_per_host(0)
            .build()?;
        Ok(Self(Arc::new(Inner { clock, pulse, sending, rules, client, queue: Mutex::default(), fresh: Notify::new() })))
    }

    /// Everything that waits to be sent, retries included, taken out of the queue.
    pub fn take(&self) -> Vec<Webhook> {
        std::mem::take(&mut self.queue().waiting)
    }

    /// What waits to be sent, retries included.
    pub fn waiting(&self) -> Vec<Webhook> {
        self.queue().waiting.clone()
    }

    /// Every attempt so far, oldest first.
    pub fn deliveries(&self) -> Vec<DeliveryRecord> {
        self.queue().done.clone()
    }

    /// Every webhook that was sent so far, as it was sent: to send one once more, or to forge another after it.
    pub fn sent(&self) -> Vec<Webhook> {
        self.queue().sent.clone()
    }

    /// Sends this one now. Whatever comes of it, nothing is queued for a retry.
    pub async fn send(&self, webhook: &Webhook) -> Outcome {
        let answer = self.post(webhook).await;
        self.record(webhook, answer.outcome, None);
        answer.outcome
    }

    /// Sends what is due by now, in order, and queues retries by the vendor's rules. Retries that become due while it
    /// runs wait for the next call.
    pub async fn deliver_due(&self) -> Vec<DeliveryRecord> {
        let now = self.0.clock.now();
        self.deliver(|webhook| webhook.due <= now).await
    }

    /// Waits until the background task has nothing left to do but retries.
    pub async fn idle(&self) {
        self.0
            .pulse
            .until(|| {
                let queue = self.queue();
                queue.under_way == 0 && queue.waiting.iter().all(|webhook| webhook.attempt > 1)
            })
            .await;
    }

    pub(crate) fn push(&self, mut webhook: Webhook) {
        let mut queue = self.queue();
        queue.last_serial += 1;
        webhook.serial = queue.last_serial;
        webhook.due = self.0.clock.now();
        queue.waiting.push(webhook);
        drop(queue);
        self.0.fresh.notify_one();
        self.0.pulse.beat();
    }

    pub(crate) async fn keep_sending(self, stop: CancellationToken) {
        if self.0.sending == Sending::Manual {
            return;
        }
        let sending = async {
            loop {
                self.deliver(|webhook| webhook.attempt == 1).await;
                self.0.fresh.notified().await;
            }
        };
        tokio::select! {
            () = stop.cancelled() => (),
            () = sending => (),
        }
    }

    async fn deliver(&self, wanted: impl Fn(&Webhook) -> bool) -> Vec<DeliveryRecord> {
        let batch = {
            let mut queue = self.queue();
            let (batch, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut queue.waiting).into_iter().partition(wanted);
            queue.waiting = rest;
            queue.under_way += batch.len();
            batch
        };
        let mut records = Vec::with_capacity(batch.len());
        for webhook in batch {
            let answer = self.post(&webhook).await;
            let wait = if answer.outcome.is_success() { None } else { (self.0.rules.retry_in)(webhook.attempt, answer) };
            let retry_at = wait.map(|wait| self.0.clock.now() + wait);
            records.push(self.record(&webhook, answer.outcome, retry_at));
            let mut queue = self.queue();
            queue.under_way -= 1;
            if let Some(due) = retry_at {
                let mut again = Webhook { attempt: webhook.attempt + 1, due, ..webhook };
                (self.0.rules.before_retry)(&mut again, due);
                queue.waiting.push(again);
            }
            drop(queue);
            self.0.pulse.beat();
        }
        records
    }

    async fn post(&self, webhook: &Webhook) -> Answer {
        let mut request = self.0.client.post(&webhook.url).body(webhook.body.clone());
        for (name, value) in &webhook.headers {
            request = request.header(name, value);
        }
        match request.send().await {
            Ok(response) => {
                let retry_after = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
                Answer { outcome: Outcome::Answered(response.status().as_u16()), retry_after }
            }
            Err(error) if error.is_timeout() => Answer { outcome: Outcome::TimedOut, retry_after: None },
            Err(_) => Answer { outcome: Outcome::Unreachable, retry_after: None },
        }
    }

    fn record(&self, webhook: &Webhook, outcome: Outcome, retry_at: Option<DateTime<Utc>>) -> DeliveryRecord {
        let record = DeliveryRecord {
            serial: webhook.serial,
            ticket: webhook.ticket,
            about: webhook.about.clone(),
            attempt: webhook.attempt,
            outcome,
            at: self.0.clock.now(),
            retry_at,
        };
        let mut queue = self.queue();
        queue.done.push(record.clone());
        queue.sent.push(webhook.clone());
        drop(queue);
        self.0.pulse.beat();
        record
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
