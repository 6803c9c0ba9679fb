//! Group commit for webhook deliveries: all that wait are stored by one statement and one commit.
//!
//! The commit is what a stored delivery costs; sharing it makes the rate independent of the disk. The queue before the
//! committer is bounded, so a burst beyond what the database takes is refused at once instead of piling up.

use sea_orm::DbErr;
use tokio::sync::{mpsc, oneshot};

use super::inbox::{Inserted, NewDelivery};
use super::{Store, StoreError};

/// At most this many deliveries share a commit.
const BATCH: usize = 256;

type Waiting = (NewDelivery, oneshot::Sender<Result<Inserted, StoreError>>);

/// Why a delivery was not stored. The sender should come again.
#[derive(Debug, thiserror::Error)]
pub enum NotStored {
    /// More is waiting than the database takes.
    #[error("too many deliveries are waiting")]
    Busy,
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The way into the inbox.
#[derive(Debug, Clone)]
pub struct Committer {
    queue: mpsc::Sender<Waiting>,
}

impl Committer {
    /// Starts the task that commits. It ends, with everything stored, when the last clone of the committer is dropped.
    pub fn start(store: Store, capacity: usize) -> (Self, tokio::task::JoinHandle<()>) {
        let (queue, waiting) = mpsc::channel(capacity);
        (Self { queue }, tokio::spawn(run(store, waiting)))
    }

    /// Stores a delivery; comes back when it is durable.
    pub async fn submit(&self, delivery: NewDelivery) -> Result<Inserted, NotStored> {
        let (done, outcome) = oneshot::channel();
        self.queue.try_send((delivery, done)).map_err(|_| NotStored::Busy)?;
        Ok(outcome.await.map_err(|_| NotStored::Busy)??)
    }

    /// How many more deliveries the queue takes.
    pub fn free(&self) -> usize {
        self.queue.capacity()
    }

    /// How many deliveries wait for their commit.
    pub fn waiting(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }
}

async fn run(store: Store, mut waiting: mpsc::Receiver<Waiting>) {
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        let (deliveries, senders): (Vec<_>, Vec<_>) = batch.drain(..).unzip();
        metrics::histogram!("trilogue_inbox_batch_size").record(f64::from(u16::try_from(deliveries.len()).unwrap_or(u16::MAX)));
        match store.insert_deliveries(&deliveries).await {
            Ok(outcomes) => senders.into_iter().zip(outcomes).for_each(|(sender, outcome)| tell(sender, Ok(outcome))),
            // Without a database each would wait for its own failure, longer than any sender waits for an answer.
            Err(StoreError::Unavailable(cause)) => {
                let reason = cause.to_string();
                for sender in senders {
                    tell(sender, Err(StoreError::Unavailable(DbErr::Custom(reason.clone()))));
                }
            }
            // One bad row must not fail its neighbours: each on its own now.
            Err(_) => {
                for (delivery, sender) in deliveries.iter().zip(senders) {
                    let outcome = store.insert_deliveries(std::slice::from_ref(delivery)).await;
                    tell(sender, outcome.map(|inserted| inserted.first().copied().unwrap_or(Inserted::Duplicate)));
                }
            }
        }
    }
}

fn tell(sender: oneshot::Sender<Result<Inserted, StoreError>>, outcome: Result<Inserted, StoreError>) {
    // A sender that went away gets no answer, and comes again: the row is there, so its retry is a duplicate.
    drop(sender.send(outcome));
}
