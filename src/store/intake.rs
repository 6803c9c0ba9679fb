//! Many deliveries in one statement, straight through the driver: the one path where what a query builder costs per value
//! shows in what the door takes in.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, RuntimeErr};
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, QueryBuilder, Sqlite};
use uuid::Uuid;

use super::codec::text;
use super::entity::inbox;
use super::{Backend, Inserted, NewDelivery, QueueStatus, Result, Store, StoreError, unavailable};

/// The same columns, in the same order, in both statements.
const COLUMNS: &str = "INSERT INTO inbox (marketplace_id, id, connection_id, lane, status, run_at, last_error, created_at, finished_at, \
                       event_key, delivery_key, digest, ticket, nudge, body, attempts) ";
/// Any of the three keys may be known already; no target is named, so that each of them counts.
const KNOWN: &str = " ON CONFLICT DO NOTHING";

impl Store {
    /// Stores deliveries in one statement and one commit; says of each whether it is new.
    pub async fn insert_deliveries(&self, deliveries: &[NewDelivery]) -> Result<Vec<Inserted>> {
        let stored = match self.backend {
            Backend::Sqlite => self.insert_into_sqlite(deliveries).await,
            Backend::Postgres => self.insert_into_postgres(deliveries).await,
        };
        let stored = stored.map_err(refused)?;
        if stored > 0 {
            self.live().inbox_grew();
        }
        if stored == deliveries.len() as u64 {
            return Ok(vec![Inserted::New; deliveries.len()]);
        }
        let there = self.stored_among(deliveries).await?;
        let outcome = |delivery: &NewDelivery| if there.contains(&delivery.id.uuid()) { Inserted::New } else { Inserted::Duplicate };
        Ok(deliveries.iter().map(outcome).collect())
    }

    async fn insert_into_sqlite(&self, deliveries: &[NewDelivery]) -> sqlx::Result<u64> {
        if deliveries.is_empty() {
            return Ok(0);
        }
        let mut insert = QueryBuilder::<Sqlite>::new(COLUMNS);
        insert.push_values(deliveries, |mut row, delivery| {
            row.push_bind(delivery.marketplace.uuid()).push_bind(delivery.id.uuid()).push_bind(delivery.connection.uuid());
            row.push_bind(&delivery.lane).push_bind(text(delivery.status)).push_bind(delivery.received_at);
            row.push_bind(&delivery.reason).push_bind(delivery.received_at).push_bind(delivery.finished_at());
            row.push_bind(&delivery.event_key).push_bind(&delivery.delivery_key).push_bind(&delivery.digest);
            row.push_bind(delivery.ticket.as_ref().map(|number| &number.0)).push_bind(Json(&delivery.nudge));
            row.push_bind(delivery.body.as_slice()).push("0");
        });
        insert.push(KNOWN);
        self.tell(insert.sql().as_ref());
        let done = insert.build().execute(self.writes.get_sqlite_connection_pool()).await?;
        Ok(done.rows_affected())
    }

    /// By arrays, so that the statement is the same for any number of rows and prepared once.
    async fn insert_into_postgres(&self, deliveries: &[NewDelivery]) -> sqlx::Result<u64> {
        fn each<'a, T>(deliveries: &'a [NewDelivery], value: impl Fn(&'a NewDelivery) -> T) -> Vec<T> {
            deliveries.iter().map(value).collect()
        }
        let sql = format!(
            "{COLUMNS} SELECT *, 0 FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], \
             $6, $8::timestamptz[], $9::text[], $10::text[], $11::text[], $12::text[], $13::jsonb[], $14::bytea[]){KNOWN}"
        );
        self.tell(&sql);
        let insert = sqlx::query(AssertSqlSafe(sql))
            .bind(each(deliveries, |row| row.marketplace.uuid()))
            .bind(each(deliveries, |row| row.id.uuid()))
            .bind(each(deliveries, |row| row.connection.uuid()))
            .bind(each(deliveries, |row| row.lane.as_str()))
            .bind(each(deliveries, |row| text(row.status)))
            .bind(each(deliveries, |row| row.received_at))
            .bind(each(deliveries, |row| row.reason.as_deref()))
            .bind(each(deliveries, NewDelivery::finished_at))
            .bind(each(deliveries, |row| row.event_key.as_deref()))
            .bind(each(deliveries, |row| row.delivery_key.as_deref()))
            .bind(each(deliveries, |row| row.digest.as_deref()))
            .bind(each(deliveries, |row| row.ticket.as_ref().map(|number| number.0.as_str())))
            .bind(each(deliveries, |row| Json(&row.nudge)))
            .bind(each(deliveries, |row| row.body.as_slice()));
        Ok(insert.execute(self.writes.get_postgres_connection_pool()).await?.rows_affected())
    }

    /// Which of them are there.
    async fn stored_among(&self, deliveries: &[NewDelivery]) -> Result<HashSet<Uuid>> {
        let mut select = Query::select();
        select
            .column(inbox::Column::Id)
            .from(inbox::Entity)
            .and_where(inbox::Column::MarketplaceId.is_in(deliveries.iter().map(|delivery| delivery.marketplace.uuid())))
            .and_where(inbox::Column::Id.is_in(deliveries.iter().map(|delivery| delivery.id.uuid())));
        let rows = self.writes.query_all(&select).await?;
        Ok(rows.iter().map(|row| row.try_get("", "id")).collect::<Result<_, DbErr>>()?)
    }
}

impl NewDelivery {
    /// What does not wait is finished as it comes.
    pub(super) fn finished_at(&self) -> Option<DateTime<Utc>> {
        (self.status != QueueStatus::Pending).then_some(self.received_at)
    }
}

fn refused(error: sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => unavailable(error),
        other => DbErr::Exec(RuntimeErr::SqlxError(other.into())).into(),
    }
}
