//! What all queues share: rows of one lane go in order, one at a time; lanes go in parallel.
//!
//! A claim is a lease: a row whose worker died comes back when the lease runs out.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{Expr, SimpleExpr, Value};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, Statement};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Result, StoreError, codec, is_postgres};

/// Where a queued row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum QueueStatus {
    /// Waits for its time.
    Pending,
    /// A worker has it.
    Running,
    /// Done.
    Done,
    /// Kept, but there is nothing to do.
    Ignored,
    /// Waits for a person, because nobody can tell whether it was done.
    Parked,
    /// Given up, with the reason.
    Dead,
}

/// How much a worker takes at once.
#[derive(Debug, Clone, Copy)]
pub struct Claim {
    /// The present.
    pub now: DateTime<Utc>,
    /// For how long the rows are the worker's.
    pub lease: TimeDelta,
    /// At most this many rows.
    pub limit: u32,
}

/// What became of a claimed row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// It is done.
    Done,
    /// Nothing was to be done, for this reason.
    Ignored(String),
    /// Again at this time; the attempt counts.
    Retry {
        /// Not before.
        at: DateTime<Utc>,
        /// What went wrong.
        error: String,
    },
    /// Again at this time, and the attempt does not count: it was not the row's turn.
    Defer {
        /// Not before.
        at: DateTime<Utc>,
        /// Why.
        reason: String,
    },
    /// A person must look.
    Parked(String),
    /// Given up.
    Dead(String),
}

impl Settlement {
    /// The word for it in logs and metrics.
    pub const fn outcome(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Ignored(_) => "ignored",
            Self::Retry { .. } => "retry",
            Self::Defer { .. } => "deferred",
            Self::Parked(_) => "parked",
            Self::Dead(_) => "dead",
        }
    }
}

/// How many rows wait, for the metrics and `doctor`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueDepth {
    /// Rows that wait or are being worked on.
    pub unfinished: u64,
    /// Rows that wait for a person.
    pub parked: u64,
    /// Rows that were given up.
    pub dead: u64,
}

/// Which queue; the name is the table's.
#[derive(Debug, Clone, Copy)]
pub(super) enum Queue {
    Inbox,
    Outbox,
    Webhooks,
    Mails,
    Payments,
    PaymentNews,
}

/// That a row of a queue is in this state, written out: a partial index fits no bound value.
pub(super) fn is(status: QueueStatus) -> SimpleExpr {
    Expr::cust(format!("status = '{}'", codec::text(status)))
}

impl Queue {
    const fn table(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Outbox => "outbox",
            Self::Webhooks => "webhook_deliveries",
            Self::Mails => "mail_deliveries",
            Self::Payments => "payment_calls",
            Self::PaymentNews => "payment_news",
        }
    }

    /// That a row of a lane comes before another one. What tells the timeline goes in its order; a position is shared by
    /// rows of different lanes only, or the ids decide.
    const fn older_first(self) -> &'static str {
        match self {
            Self::Inbox | Self::Outbox | Self::Payments | Self::PaymentNews => "older.id < q.id",
            Self::Webhooks | Self::Mails => "(older.position, older.id) < (q.position, q.id)",
        }
    }

    /// The states in which a row is removed when it gets old. What waits for a person stays; what told the timeline can
    /// be read there.
    const fn forgotten(self) -> &'static str {
        match self {
            Self::Inbox | Self::Outbox | Self::Payments | Self::PaymentNews => "'DONE', 'IGNORED'",
            Self::Webhooks | Self::Mails => "'DONE', 'IGNORED', 'DEAD'",
        }
    }

    /// What a claimed or replayed row gives up. A digest says that an equal delivery need not wait a second time, which
    /// is over once a worker has begun: kept, it would forbid the row to wait again beside a newer equal one.
    const fn sheds(self) -> &'static str {
        match self {
            Self::Inbox => ", digest = NULL",
            Self::Outbox | Self::Webhooks | Self::Mails | Self::Payments | Self::PaymentNews => "",
        }
    }

    /// The statement that takes the next rows and gives them back whole. A lane is closed while any of its rows is being
    /// worked on, also by one that sorts later: ids of several processes need not come in order.
    pub(super) fn claim(self, tx: &DatabaseTransaction, claim: Claim) -> Statement {
        let table = self.table();
        let lock = if is_postgres(tx.get_database_backend()) { "FOR UPDATE SKIP LOCKED" } else { "" };
        let sql = format!(
            "UPDATE {table} SET status = 'RUNNING', lease_until = $2, attempts = attempts + 1{sheds} WHERE (marketplace_id, id) IN (\
               SELECT q.marketplace_id, q.id FROM {table} q WHERE q.status = 'PENDING' AND q.run_at <= $1 \
                 AND NOT EXISTS (SELECT 1 FROM {table} busy WHERE busy.lane = q.lane AND busy.status = 'RUNNING') \
                 AND NOT EXISTS (SELECT 1 FROM {table} older WHERE older.lane = q.lane AND older.status = 'PENDING' AND {older_first}) \
               ORDER BY q.run_at, q.id LIMIT {limit} {lock}) RETURNING *",
            older_first = self.older_first(),
            sheds = self.sheds(),
            limit = claim.limit
        );
        Statement::from_sql_and_values(tx.get_database_backend(), sql, [claim.now.into(), (claim.now + claim.lease).into()])
    }

    /// Gives back the rows of workers that died.
    pub(super) async fn sweep(self, tx: &DatabaseTransaction, now: DateTime<Utc>) -> Result<u64> {
        let sql =
            format!("UPDATE {} SET status = 'PENDING', lease_until = NULL WHERE status = 'RUNNING' AND lease_until < $1", self.table());
        Ok(tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, [now.into()])).await?.rows_affected())
    }

    /// Writes down what became of a row.
    pub(super) async fn settle<C: ConnectionTrait>(
        self,
        db: &C,
        marketplace: Uuid,
        id: Uuid,
        what: &Settlement,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let none = Value::ChronoDateTimeUtc(None);
        let (status, run_at, error, finished, uncount) = match what {
            Settlement::Done => (QueueStatus::Done, None, None, now.into(), 0),
            Settlement::Ignored(reason) => (QueueStatus::Ignored, None, Some(reason), now.into(), 0),
            Settlement::Retry { at, error } => (QueueStatus::Pending, Some(*at), Some(error), none, 0),
            Settlement::Defer { at, reason } => (QueueStatus::Pending, Some(*at), Some(reason), none, 1),
            Settlement::Parked(reason) => (QueueStatus::Parked, None, Some(reason), now.into(), 0),
            Settlement::Dead(reason) => (QueueStatus::Dead, None, Some(reason), now.into(), 0),
        };
        let sql = format!(
            "UPDATE {} SET status = $1, run_at = COALESCE($2, run_at), last_error = $3, finished_at = $4, lease_until = NULL, \
             attempts = attempts - $5 WHERE marketplace_id = $6 AND id = $7",
            self.table()
        );
        let values: [Value; 7] =
            [codec::text(status).into(), run_at.into(), error.cloned().into(), finished, uncount.into(), marketplace.into(), id.into()];
        db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
        Ok(())
    }

    /// Puts a finished row back, as if it had just come: a person looked, so what an earlier attempt may have done is not
    /// looked for again. False when there is no such row.
    pub(super) async fn replay<C: ConnectionTrait>(self, db: &C, marketplace: Uuid, id: Uuid, now: DateTime<Utc>) -> Result<bool> {
        // A ticket can be read again at any time; what has arrived in the helpdesk is not sent a second time.
        let (change, from) = match self {
            Self::Inbox => (self.sheds(), "'DONE', 'IGNORED', 'PARKED', 'DEAD'"),
            Self::Outbox => (", began_at = NULL", "'PARKED', 'DEAD'"),
            // Every receiver can tell a repeated one by the event's id.
            Self::Webhooks | Self::Mails => ("", "'DONE', 'DEAD'"),
            // Unlike a comment, an instruction that may have arrived is looked for first, whoever looked before.
            Self::Payments => ("", "'PARKED', 'DEAD'"),
            Self::PaymentNews => ("", "'DONE', 'IGNORED', 'PARKED'"),
        };
        let sql = format!(
            "UPDATE {} SET status = 'PENDING', run_at = $1, attempts = 0, finished_at = NULL{change} \
             WHERE marketplace_id = $2 AND id = $3 AND status IN ({from})",
            self.table(),
        );
        let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [now.into(), marketplace.into(), id.into()]);
        Ok(db.execute_raw(statement).await?.rows_affected() > 0)
    }

    /// Removes rows that were finished before then.
    pub(super) async fn prune(self, db: &DatabaseConnection, before: DateTime<Utc>) -> Result<u64> {
        let sql = format!("DELETE FROM {} WHERE status IN ({}) AND finished_at < $1", self.table(), self.forgotten());
        Ok(db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [before.into()])).await?.rows_affected())
    }

    /// When the next row is due that waits for nothing but its time; none when there is none.
    pub(super) async fn next_due(self, db: &DatabaseConnection) -> Result<Option<DateTime<Utc>>> {
        let table = self.table();
        let sql = format!(
            "SELECT q.run_at AS due FROM {table} q WHERE q.status = 'PENDING' AND NOT EXISTS (\
               SELECT 1 FROM {table} older WHERE older.lane = q.lane AND older.status = 'PENDING' AND {}) \
             ORDER BY q.run_at, q.id LIMIT 1",
            self.older_first()
        );
        let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
        row.map_or(Ok(None), |row| row.try_get("", "due").map_err(StoreError::from))
    }

    /// How many rows wait. Reads partial indexes only, so its cost follows the backlog and not the history.
    pub(super) async fn depth(self, db: &DatabaseConnection) -> Result<QueueDepth> {
        let table = self.table();
        // One part for each partial index.
        let sql = format!(
            "SELECT 'PENDING' AS status, COUNT(*) AS n FROM {table} WHERE status = 'PENDING' \
             UNION ALL SELECT 'RUNNING', COUNT(*) FROM {table} WHERE status = 'RUNNING' \
             UNION ALL SELECT status, COUNT(*) FROM {table} WHERE status IN ('PARKED', 'DEAD') GROUP BY status"
        );
        let mut depth = QueueDepth::default();
        for row in db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await? {
            let count = row.try_get::<i64>("", "n")?.unsigned_abs();
            match codec::from_text(&row.try_get::<String>("", "status")?, self.table(), "status")? {
                QueueStatus::Parked => depth.parked += count,
                QueueStatus::Dead => depth.dead += count,
                _ => depth.unfinished += count,
            }
        }
        Ok(depth)
    }
}

impl super::Store {
    /// Gives back every row that a worker had when the process ended. For a database that one process has to itself.
    pub async fn release_leases(&self) -> Result<()> {
        let after_every_lease = self.clock.now() + TimeDelta::days(365);
        let tx = self.begin_raw().await?;
        for queue in [Queue::Inbox, Queue::Outbox, Queue::Webhooks, Queue::Mails, Queue::Payments, Queue::PaymentNews] {
            queue.sweep(&tx, after_every_lease).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Removes deliveries, in and out, that were finished before then.
    pub async fn prune_queues(&self, before: DateTime<Utc>) -> Result<u64> {
        let mut removed = 0;
        for queue in [Queue::Inbox, Queue::Outbox, Queue::Webhooks, Queue::Mails, Queue::PaymentNews] {
            removed += queue.prune(&self.writes, before).await?;
        }
        Ok(removed)
    }
}
