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
const RECONNECT: Duration = Duration::from_secs(1);

impl Store {
    /// Keeps telling other replicas and listening to them until it is cancelled. With SQLite there are none.
    pub async fn relay(&self, stop: CancellationToken) {
        if self.backend == Backend::Sqlite {
            return stop.cancelled().await;
        }
        tokio::select! {
            () = self.announce() => {}
            () = self.listen() => {}
            () = stop.cancelled() => {}
        }
    }

    async fn announce(&self) {
        loop {
            let marketplaces = self.live.to_announce().await;
            let payloads: Vec<_> = marketplaces.iter().map(|id| format!("('{id}')")).collect();
            // Ids are ours: prefix and hexadecimal digits, nothing to quote. One statement for all of them.
            let sql = format!("SELECT pg_notify('{CHANNEL}', id) FROM (VALUES {}) AS news (id)", payloads.join(", "));
            if let Err(error) = self.writes.execute_raw(Statement::from_string(self.writes.get_database_backend(), sql)).await {
                tracing::warn!(%error, "other replicas could not be told; they will look by themselves");
            }
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
        listener.listen(CHANNEL).await?;
        loop {
            match listener.try_recv().await? {
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
