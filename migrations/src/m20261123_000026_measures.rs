//! What the operator steers by: counts that are kept as things happen, what they are held against, and what is done about them.

use sea_orm_migration::prelude::*;

use crate::table::Kind::{Bigint, Bytes, Integer, Json, Text, Time, Uuid};
use crate::table::{is_not_null, tenant_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tenant_table("kpi_cursors", &[])
            .must("position", Bigint) // the marketplace-wide number of the last event that was looked at
            .must("version", Bigint) // grows with each writing of counts: of two writers one wins
            .create(manager)
            .await?;
        // What changed without an event.
        tenant_table("kpi_touched", &["id"])
            .must("id", Uuid)
            .one_of("kind", &["CASE", "ORDER", "VISIT"])
            .must("subject", Uuid)
            .create(manager)
            .await?;
        tenant_table("kpi_days", &["key"])
            .must("key", Bytes) // view, seller, grain, day, channel, reason, phase: sorts by time in a view and seller
            .at_least_zero("cases")
            .at_least_zero("avoidable")
            .must("tally", Json)
            .create(manager)
            .await?;
        tenant_table("kpi_parts", &["kind", "id"])
            .one_of("kind", &["CASE", "DISPUTE", "ORDER", "VISIT"])
            .must("id", Uuid)
            .must("body", Json) // what it added
            .may("alike", Text) // by which disputes recur …
            .may("day", Text) // … and when they were opened
            .may("look_at", Time) // when time alone changes what it adds
            .index_where(&["marketplace_id", "alike", "day"], is_not_null("alike"))
            .index_where(&["look_at"], is_not_null("look_at"))
            .create(manager)
            .await?;
        tenant_table("kpi_buyers", &["id"])
            .must("id", Uuid) // a fingerprint of the address
            .must("months", Json)
            .create(manager)
            .await?;
        tenant_table("kpi_returns", &["to_month", "from_month", "case_month"])
            .must("to_month", Integer) // 0 where the row says when the first order was
            .must("from_month", Integer)
            .must("case_month", Integer) // 0 without a case
            .at_least_zero("buyers")
            .create(manager)
            .await?;
        tenant_table("help_visits", &["id"])
            .must("id", Uuid)
            .must("idempotency_key", Text)
            .one_of("outcome", &["DEFLECTED", "WENT_ON"])
            .must("visited_at", Time)
            .unique(&["marketplace_id", "idempotency_key"])
            .create(manager)
            .await?;
        tenant_table("measure_settings", &[]).must("body", Json).must("revision", Integer).must("updated_at", Time).create(manager).await?;
        tenant_table("improvements", &["id"])
            .must("id", Uuid)
            .one_of("state", &["PROPOSED", "PLANNED", "DONE", "MEASURED", "DROPPED"])
            .must("body", Json)
            .may("owner_name", Text)
            .must("revision", Integer)
            .must("created_at", Time)
            .must("updated_at", Time)
            .index(&["marketplace_id", "state", "id"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            "improvements",
            "measure_settings",
            "help_visits",
            "kpi_returns",
            "kpi_buyers",
            "kpi_parts",
            "kpi_days",
            "kpi_touched",
            "kpi_cursors",
        ] {
            manager.drop_table(Table::drop().table(Alias::new(table)).to_owned()).await?;
        }
        Ok(())
    }
}
