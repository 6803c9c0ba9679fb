//! Wake-up calls between replicas that share a PostgreSQL database, by LISTEN and NOTIFY.
//!
//! A call names a marketplace and never carries an object. Calls may be lost; every worker and every subscription also
//! looks by itself from time to time.

use std::time::Duration;

use sea_orm::{ConnectionTrait, Statement};
use sqlx::postgres::PgListener;
use tokio_util::sync::CancellationToken;

use super::{Backend, Store};
use crate::domain::ids::MarketplaceId;

const CHANNEL: &str = "trilogue_timeline";
/// Who is typing and who has read on.
const SIGNS: &str = "trilogue_presence";
/// Signs are told together, no oftener than this: each call takes a lock across the whole database.
const TELL: Duration = Duration::from_millis(100);
const RECONNECT: Duration = Duration::from_secs(1);

impl Store {
    /// Keeps telling other replicas and listening to them until it is cancelled. With SQLite there are none.
    pub async fn relay(&self, stop: CancellationToken) {
        if self.backend == Backend::Sqlite {
            return stop.cancelled().await;
        }
        tokio::select! {
            () = self.announce() => {}
            () = self.announce_signs() => {}
            () = self.listen() => {}
            () = stop.cancelled() => {}
        }
    }

    async fn announce(&self) {
        loop {
            let marketplaces = self.live.to_announce().await;
            self.notify(CHANNEL, marketplaces.iter().map(ToString::to_string)).await;
        }
    }

    async fn announce_signs(&self) {
        loop {
            let calls = self.live.presence().to_tell().await;
            self.notify(SIGNS, calls.into_iter()).await;
            tokio::time::sleep(TELL).await;
        }
    }

    /// Calls on a channel: one statement for all of them.
    async fn notify(&self, channel: &str, calls: impl Iterator<Item = String> + Send) {
        // Ids and letters are ours: nothing to quote.
        let calls: Vec<_> = calls.map(|call| format!("('{call}')")).collect();
        let sql = format!("SELECT pg_notify('{channel}', call) FROM (VALUES {}) AS news (call)", calls.join(", "));
        if let Err(error) = self.writes.execute_raw(Statement::from_string(self.writes.get_database_backend(), sql)).await {
            tracing::warn!(%error, "other replicas could not be told; they will look by themselves");
        }
    }

    async fn listen(&self) {
        loop {
            if let Err(error) = self.listen_once().await {
                tracing::warn!(%error, "the listening connection was lost; trying again");
            }
            tokio::time::sleep(RECONNECT).await;
            // Whatever was said meanwhile was not heard.
            self.live.wake_all();
        }
    }

    async fn listen_once(&self) -> Result<(), sqlx::Error> {
        let mut listener = PgListener::connect(&self.url).await?;
        listener.listen_all([CHANNEL, SIGNS]).await?;
        loop {
            match listener.try_recv().await? {
                Some(call) if call.channel() == SIGNS => self.live.presence().heard(call.payload(), self.clock.now()),
                Some(call) => match call.payload().parse::<MarketplaceId>() {
                    Ok(marketplace) => {
                        self.live.wake_timeline(marketplace);
                        self.live.wake_workers();
                    }
                    Err(error) => tracing::warn!(%error, "a call of another replica cannot be read"),
                },
                // The connection broke and is back.
                None => self.live.wake_all(),
            }
        }
    }
}
