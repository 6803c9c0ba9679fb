//! The only SQL. Takes and returns domain types; every finder demands a scope or a marketplace.
//!
//! Reads go through [`Store`]; writes through a [`Tx`], which also collects timeline events and outbox rows and writes
//! them when it commits, so that nothing becomes visible without the state it belongs to.

mod alerts;
mod articles;
mod attachments;
mod batch;
mod cases;
mod charter;
mod codec;
mod committer;
mod defects;
mod disputes;
mod endpoints;
mod entity;
mod inbox;
mod intake;
mod known;
mod ledger;
mod live;
mod mails;
mod matters;
mod measures;
mod mediators;
mod memory;
mod mentions;
mod messages;
mod moving;
mod notices;
mod orders;
mod outbox;
mod page;
mod payment_news;
mod payments;
mod pool;
mod presence;
mod proposals;
mod purchases;
mod queue;
mod ratings;
mod refunds;
mod relay;
mod returns;
mod sanctions;
mod saved_searches;
mod scene;
mod scope;
mod scorecards;
mod search;
mod sessions;
mod shipments;
mod standing;
mod teams;
mod templates;
mod tenants;
mod threads;
mod tickets;
mod timeline;
mod timers;
mod window;
mod withdrawals;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use migrations::Migrator;
use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, RuntimeErr, SqlErr,
    SqliteTransactionMode, SqlxSqliteConnector, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::MigratorTrait;

pub use articles::UsedArticle;
pub use attachments::{NewAttachment, Withdrawn};
pub use cases::{CaseFilter, CaseKey, CaseOrder, Contact, OpenedBefore, RequestKey};
pub use charter::Acceptance;
pub use committer::{Committer, NotStored};
pub use defects::{Affected, ProductDay, ProductDays};
pub use disputes::{DisputePlace, DueDispute};
pub use endpoints::{EndpointRow, NewWebhook, WebhookAttempt, WebhookRow};
pub use inbox::{InboxRow, Inserted, NewDelivery};
pub use ledger::{
    Booked, CreditFilter, CreditUse, DueCredit, EntryFilter, EntryRow, LedgerFault, NewPosting, PostingRow, PromoCodeRow, SpentBefore,
    StoreCreditRow,
};
pub use live::Live;
pub use mails::{MailAbout, MailRow, NewMail, RecipientRow};
pub use measures::{
    CaseState, CellCount, CountWork, Counted, CountsBefore, DisputeState, ImprovementFilter, ImprovementRow, OrderState, PartRow,
    SettingsRow, Subject, VisitState,
};
pub use mediators::NewMediator;
pub use memory::Remembered;
pub use mentions::MentionFilter;
pub use messages::MOST_UNREAD;
pub use notices::{NewNotice, NoticeFilter};
pub use orders::{OrderDraft, SellerDraft};
pub use outbox::{Arrival, NewOutbox, OutboxRow, opening_lane};
pub use page::{Page, PageRequest, PageSide};
pub use payment_news::{NewPaymentNews, PaymentNewsRow};
pub use payments::{CallPhase, NewPaymentCall, PaymentCall, PaymentConnectionRow, PaymentConnectionState, PaymentWay, Standing};
pub use pool::{DueQuestion, OfferedBefore};
pub use presence::{Presence, Sign};
pub use proposals::ProposalFilter;
pub use purchases::{NewFacts, OrderKnown};
pub use queue::{Claim, QueueDepth, QueueStatus, Settlement};
pub use ratings::{DueInvitation, ReviewFilter, ReviewRow, ReviewsWhich, SupportRow};
pub use refunds::{AskedBefore, DueRefund, StoredRefund, ToBuyer};
pub use returns::{DueReturn, RequestedBefore};
pub use sanctions::{SanctionFilter, SanctionPeople, SanctionRow};
pub use saved_searches::{SavedSearch, Sharing};
pub use scene::Scene;
pub use scorecards::{Counting, DayKey, SellerDays};
pub use search::{Findable, Found, SearchFilter};
pub use sessions::{NewSession, SessionRow, SignIn, SignInKind, Used};
pub use shipments::{DueShipment, KnownOrder};
pub use standing::{BadgeChangeRow, CapabilityRow, DueNight, Night, RulesRow, SellerNight};
pub use teams::TeamRow;
pub use tenants::{ConnectionRow, NewToken, TokenRow};
pub use tickets::{TicketName, lane};
pub use timeline::Feed;
pub use timers::DueCase;
pub use window::{Told, Window};
pub use withdrawals::DueWithdrawal;

use crate::clock::SharedClock;
use crate::domain::ids::MarketplaceId;

/// What can go wrong below. A door answers with a code and logs the cause once.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached, or gave up.
    #[error("the database is unavailable")]
    Unavailable(#[source] DbErr),
    /// A uniqueness or foreign-key rule of the database said no.
    #[error("the database refuses a row: {constraint}")]
    Conflict {
        /// What the database says about it.
        constraint: String,
    },
    /// A row that the code cannot have written.
    #[error("inconsistent data in {table}.{column}")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// Anything else, which is a fault of ours.
    #[error("database error")]
    Database(#[source] DbErr),
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(constraint) | SqlErr::ForeignKeyConstraintViolation(constraint)) => {
                Self::Conflict { constraint }
            }
            _ if is_out_of_reach(&error) => Self::Unavailable(error),
            _ => Self::Database(error),
        }
    }
}

/// Whether the database could not be asked at all, or went away in the middle of an answer.
fn is_out_of_reach(error: &DbErr) -> bool {
    use sea_orm::RuntimeErr::SqlxError;
    use sea_orm::sqlx::Error::{Database, Io, PoolClosed, PoolTimedOut, Tls, WorkerCrashed};
    match error {
        DbErr::Conn(_) | DbErr::ConnectionAcquire(_) => true,
        DbErr::Exec(SqlxError(error)) | DbErr::Query(SqlxError(error)) => match error.as_ref() {
            Io(_) | Tls(_) | PoolTimedOut | PoolClosed | WorkerCrashed => true,
            // PostgreSQL is being stopped, or has just begun: https://www.postgresql.org/docs/current/errcodes-appendix.html
            Database(error) => error.code().is_some_and(|code| code.starts_with("57P0")),
            _ => false,
        },
        _ => false,
    }
}

type Result<T, E = StoreError> = std::result::Result<T, E>;

/// Which database product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// One file, one process.
    Sqlite,
    /// Any number of replicas.
    Postgres,
}

/// The database, and who is told when its timeline grows.
#[derive(Debug, Clone)]
pub struct Store {
    reads: DatabaseConnection,
    writes: DatabaseConnection,
    backend: Backend,
    clock: SharedClock,
    live: Arc<Live>,
    memory: Arc<memory::Memory>,
    url: Arc<str>,
    watch: Watch,
    charters: charter::Charters,
}

type Callback = Arc<dyn Fn(&str) + Send + Sync>;

/// Who is told of each statement, if anybody.
#[derive(Clone, Default)]
struct Watch(Option<Callback>);

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "watched" } else { "unwatched" })
    }
}

/// How a database is opened.
#[derive(Debug, Clone, Copy)]
pub struct StoreOptions {
    /// How many connections PostgreSQL gets, or how many readers SQLite.
    pub connections: u32,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self { connections: 8 }
    }
}

/// Any number will do, as long as it is always the same.
const MIGRATION_LOCK: i64 = 0x0074_7269_6c6f_6775;
const BUSY: Duration = Duration::from_secs(10);
/// How much of a SQLite file readers map into memory, in bytes: SQLite's own limit, just under 2 GiB.
const MAPPED: &str = "2147418112";
const ACQUIRE: Duration = Duration::from_secs(5);
/// A connection that was not used for so long is asked whether it still lives before it is used. Asking before every
/// statement would double the round trips.
const RESTED: Duration = Duration::from_secs(1);

impl Store {
    /// Opens `sqlite://path` (created when missing) or `postgres://…`; anything else is [`StoreError::Unavailable`].
    pub async fn open(url: &str, options: StoreOptions, clock: SharedClock) -> Result<Self> {
        let (reads, writes, backend) = if url.starts_with("sqlite:") {
            let (reads, writes) = open_sqlite(url, options).await?;
            (reads, writes, Backend::Sqlite)
        } else if !url.parse::<url::Url>().is_ok_and(|url| matches!(url.scheme(), "postgres" | "postgresql")) {
            // The driver's own words would repeat the URL, and with it the password.
            let reason = "the URL is neither sqlite://FILE nor postgres://USER:PASSWORD@HOST/DATABASE";
            return Err(StoreError::Unavailable(DbErr::Conn(RuntimeErr::Internal(reason.to_owned()))));
        } else {
            let pool = open_postgres(url, options).await?;
            (pool.clone(), pool, Backend::Postgres)
        };
        Ok(Self {
            reads,
            writes,
            backend,
            clock,
            live: Arc::new(Live::new()),
            memory: Arc::new(memory::Memory::new()),
            url: url.into(),
            watch: Watch::default(),
            charters: charter::Charters::default(),
        })
    }

    /// Which product it is.
    pub const fn backend(&self) -> Backend {
        self.backend
    }

    /// The time source that the store stamps rows with.
    pub const fn clock(&self) -> &SharedClock {
        &self.clock
    }

    /// Who is told when the timeline grows.
    pub const fn live(&self) -> &Arc<Live> {
        &self.live
    }

    /// Brings the tables up to date. Replicas that start at the same time do so one after the other.
    pub async fn migrate(&self) -> Result<()> {
        if self.backend == Backend::Sqlite {
            return Ok(Migrator::up(&self.writes, None).await?);
        }
        let turn = self.begin_raw().await?;
        turn.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")).await?;
        Migrator::up(&self.writes, None).await?;
        Ok(turn.commit().await?)
    }

    /// How many steps of the history are still to be taken.
    pub async fn pending_migrations(&self) -> Result<usize> {
        Ok(Migrator::get_pending_migrations(&self.writes).await?.len())
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        self.reads.ping().await?;
        Ok(self.writes.ping().await?)
    }

    /// Closes all connections; what uses the store after that fails.
    pub async fn close(self) {
        drop(self.reads.close_by_ref().await);
        drop(self.writes.close_by_ref().await);
    }

    /// Calls back for every statement; tests count them.
    pub fn on_statement(&mut self, callback: impl Fn(&str) + Send + Sync + 'static) {
        let callback: Callback = Arc::new(callback);
        let (reads, writes) = (Arc::clone(&callback), Arc::clone(&callback));
        self.reads.set_metric_callback(move |info| reads(&info.statement.sql));
        self.writes.set_metric_callback(move |info| writes(&info.statement.sql));
        self.watch = Watch(Some(callback));
    }

    /// Tells of a statement that goes past the query builder.
    fn tell(&self, sql: &str) {
        if let Watch(Some(callback)) = &self.watch {
            callback(sql);
        }
    }

    /// Begins a unit of work in one marketplace.
    pub async fn begin(&self, marketplace: MarketplaceId) -> Result<Tx> {
        let inner = self.begin_raw().await?;
        let store = self.clone();
        let (writes, known) = (Mutex::default(), known::Known::default());
        Ok(Tx { inner, marketplace, store, events: Vec::new(), outbox: Vec::new(), writes, known, signs: Mutex::default() })
    }

    async fn begin_raw(&self) -> Result<DatabaseTransaction> {
        let writes = self.writes.clone();
        // In a task of its own: a `begin` whose future is dropped half way (a client that went away, a time-out)
        // can leave the pooled PostgreSQL connection inside an open transaction (transact-rs/sqlx#4385).
        // Here it always ends, and a transaction that nobody waits for any more is rolled back whole.
        let began = tokio::spawn(async move {
            let options =
                TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..TransactionOptions::default() };
            writes.begin_with_options(options).await
        });
        Ok(began.await.map_err(|error| StoreError::Unavailable(DbErr::Custom(error.to_string())))??)
    }
}

async fn open_sqlite(url: &str, options: StoreOptions) -> Result<(DatabaseConnection, DatabaseConnection)> {
    let connect = url
        .parse::<SqliteConnectOptions>()
        .map_err(|error| StoreError::Unavailable(DbErr::Conn(RuntimeErr::SqlxError(error.into()))))?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // With group commit this costs almost nothing, and an acknowledged webhook survives a power cut.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        // A page of a few threads in one go: with the usual 50 the reading thread and the waiting task wake each other by turns.
        .row_buffer_size(512);
    // No `PRAGMA optimize`: with statistics SQLite plans a cached statement anew for each set of values, and no longer by
    // the plans that the tests have read.
    // One writer: eight gave a tenth more inserts at several times the tail latency.
    // A file does not hang up, so nobody asks it before each statement.
    let pool = || SqlitePoolOptions::new().test_before_acquire(false);
    let writes = pool().max_connections(1).acquire_timeout(BUSY).connect_with(connect.clone()).await.map_err(unavailable)?;
    let reads = pool()
        .max_connections(options.connections)
        .acquire_timeout(ACQUIRE)
        // Pages come from the system's own cache without a call and a copy for each; only what is read takes memory.
        .connect_with(connect.pragma("query_only", "on").pragma("mmap_size", MAPPED))
        .await
        .map_err(unavailable)?;
    Ok((SqlxSqliteConnector::from_sqlx_sqlite_pool(reads), SqlxSqliteConnector::from_sqlx_sqlite_pool(writes)))
}

async fn open_postgres(url: &str, options: StoreOptions) -> Result<DatabaseConnection> {
    let mut connect = ConnectOptions::new(url);
    connect
        .max_connections(options.connections)
        .acquire_timeout(ACQUIRE)
        .test_before_acquire_if_idle_for(RESTED)
        .sqlx_logging(false)
        .map_sqlx_postgres_opts(|connect: PgConnectOptions| {
            connect.application_name("trilogue").options([("idle_in_transaction_session_timeout", "30s"), ("timezone", "UTC")])
        });
    Ok(Database::connect(connect).await?)
}

fn unavailable(error: sea_orm::sqlx::Error) -> StoreError {
    StoreError::Unavailable(DbErr::Conn(RuntimeErr::SqlxError(error.into())))
}

/// One unit of work in one marketplace. Dropped without [`Tx::commit`], it never happened.
#[derive(Debug)]
pub struct Tx {
    inner: DatabaseTransaction,
    marketplace: MarketplaceId,
    store: Store,
    events: Vec<timeline::PendingEvent>,
    outbox: Vec<NewOutbox>,
    writes: Mutex<Vec<batch::Write>>,
    known: known::Known,
    signs: Mutex<Vec<presence::Signed>>,
}

impl Tx {
    /// The tenant.
    pub const fn marketplace(&self) -> MarketplaceId {
        self.marketplace
    }

    /// The present, as the store sees it.
    pub fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.store.clock.now()
    }

    /// Writes the collected events and deliveries, makes everything durable, and tells who listens.
    pub async fn commit(mut self) -> Result<()> {
        let outbox = std::mem::take(&mut self.outbox);
        let sends = !outbox.is_empty();
        outbox::insert(&self, outbox).await?;
        let events = std::mem::take(&mut self.events);
        let tells = !events.is_empty();
        let signs = std::mem::take(&mut *self.signs.lock().unwrap_or_else(PoisonError::into_inner));
        timeline::append(&self, events).await?;
        self.db().await?;
        self.inner.commit().await?;
        if tells {
            self.store.live.timeline_grew(self.marketplace);
        }
        if sends {
            self.store.live.outbox_grew();
        }
        for (thread, participant, sign) in signs {
            self.store.live.presence().sign(thread, participant, sign, self.store.clock.now());
        }
        Ok(())
    }
}

fn is_postgres(backend: DbBackend) -> bool {
    backend == DbBackend::Postgres
}
