//! The first ceiling: the same rows into the same table at the same durability, straight through the driver. Producers
//! hand rows to one writer, which stores all that wait, at most 256, by one statement and one commit.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, PgConnection, Postgres, QueryBuilder, Sqlite, SqliteConnection};
use tokio::sync::{mpsc, oneshot};
use trilogue::clock::{Clock, SystemClock};
use trilogue::domain::ids::{ConnectionId, InboxId};
use uuid::Uuid;

use crate::databases::{Fresh, Kind};
use crate::deliveries::Made;
use crate::house::House;
use crate::load::{self, Outcome};

/// At most this many rows share a commit, as in the house.
const BATCH: usize = 256;

struct Row {
    marketplace: Uuid,
    id: Uuid,
    connection: Uuid,
    lane: String,
    at: DateTime<Utc>,
    event: String,
    invocation: String,
    ticket: String,
    body: Vec<u8>,
}

type Waiting = (Row, oneshot::Sender<()>);

/// Stores rows made of these deliveries, offered by so many producers, until the time is over or all are stored.
pub(crate) async fn measure(
    database: &Fresh,
    house: &House,
    deliveries: Arc<Vec<Made>>,
    producers: usize,
    time: Duration,
) -> anyhow::Result<Outcome> {
    let writer = Writer::connect(database).await?;
    let (queue, waiting) = mpsc::channel::<Waiting>(4096);
    let committer = tokio::spawn(write(writer, waiting));
    let (marketplace, connection) = (house.marketplace.id.uuid(), house.connection);
    let outcome = load::apart(producers, time, move |turns| {
        let (queue, deliveries) = (queue.clone(), Arc::clone(&deliveries));
        async move {
            let mut times = Vec::new();
            while let Some(made) = turns.next().and_then(|turn| deliveries.get(turn)) {
                let (done, stored) = oneshot::channel();
                let begun = Instant::now();
                queue.send((row(marketplace, connection, made), done)).await?;
                stored.await?;
                times.push(begun.elapsed());
            }
            Ok(times)
        }
    })
    .await;
    committer.await??;
    outcome
}

fn row(marketplace: Uuid, connection: ConnectionId, made: &Made) -> Row {
    Row {
        marketplace,
        id: InboxId::generate().uuid(),
        connection: connection.uuid(),
        lane: format!("{connection}/{}", made.ticket),
        at: SystemClock.now(),
        event: made.event.clone(),
        invocation: made.invocation.clone(),
        ticket: made.ticket.to_string(),
        body: made.body.clone(),
    }
}

async fn write(mut writer: Writer, mut waiting: mpsc::Receiver<Waiting>) -> anyhow::Result<()> {
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        let (rows, producers): (Vec<_>, Vec<_>) = batch.drain(..).unzip();
        writer.insert(rows).await?;
        for producer in producers {
            let _ = producer.send(());
        }
    }
    writer.close().await
}

enum Writer {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

const INSERT: &str = "INSERT INTO inbox (marketplace_id, id, connection_id, lane, status, run_at, attempts, created_at, event_key, \
                      delivery_key, ticket, nudge, body) ";

macro_rules! insert {
    ($database:ty, $connection:expr, $rows:expr) => {{
        let mut insert = QueryBuilder::<$database>::new(INSERT);
        insert.push_values($rows, |mut values, row| {
            values.push_bind(row.marketplace).push_bind(row.id).push_bind(row.connection).push_bind(row.lane);
            values.push("'PENDING'").push_bind(row.at).push("0").push_bind(row.at);
            values.push_bind(row.event).push_bind(row.invocation).push_bind(row.ticket);
            values.push(r#"'{"kind":"TICKET_CHANGED"}'"#).push_bind(row.body);
        });
        insert.push(" ON CONFLICT DO NOTHING").build().execute($connection).await?;
    }};
}

impl Writer {
    async fn connect(database: &Fresh) -> anyhow::Result<Self> {
        Ok(match database.kind {
            Kind::Sqlite => {
                let options: SqliteConnectOptions = database.url.parse()?;
                let options = options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full).foreign_keys(true);
                Self::Sqlite(options.connect().await?)
            }
            Kind::Postgres => Self::Postgres(PgConnection::connect(&database.url).await?),
        })
    }

    async fn insert(&mut self, rows: Vec<Row>) -> anyhow::Result<()> {
        match self {
            Self::Sqlite(connection) => insert!(Sqlite, connection, rows),
            Self::Postgres(connection) => insert!(Postgres, connection, rows),
        }
        Ok(())
    }

    async fn close(self) -> anyhow::Result<()> {
        match self {
            Self::Sqlite(connection) => connection.close().await?,
            Self::Postgres(connection) => connection.close().await?,
        }
        Ok(())
    }
}
