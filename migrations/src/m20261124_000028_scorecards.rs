//! How sellers serve their buyers: what is counted of them by day, their cards of each night, badges, and what measures propose.

use sea_orm_migration::prelude::*;

use crate::table::Kind::{Bigint, Integer, Json, Text, Time, Uuid};
use crate::table::{is, tenant_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 10] = [
    "seller_cursors",
    "seller_marks",
    "seller_facts",
    "seller_days",
    "standing_rules",
    "seller_capabilities",
    "standing_nights",
    "seller_nights",
    "badge_changes",
    "sanction_proposals",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        counting(manager).await?;
        nights(manager).await?;
        backfill(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            manager.drop_table(Table::drop().table(Alias::new(table)).to_owned()).await?;
        }
        Ok(())
    }
}

async fn counting(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    tenant_table("seller_cursors", &[])
        .must("position", Bigint) // the marketplace-wide number of the last event that was counted
        .must("turn", Bigint) // of several who count, one moves it on
        .must("night_at", Time) // when the cards are made next
        .index(&["night_at"])
        .create(manager)
        .await?;
    // Orders of which something was told that no timeline speaks of: only ever added, and removed once counted.
    tenant_table("seller_marks", &["id"]).must("id", Uuid).must("order_id", Uuid).create(manager).await?;
    tenant_table("seller_facts", &["kind", "subject_id"])
        .one_of("kind", &["CASE", "ORDER"])
        .must("subject_id", Uuid)
        .must("facts", Json) // what it added last
        .create(manager)
        .await?;
    tenant_table("seller_days", &["seller_id", "day"])
        .must("seller_id", Uuid)
        .must("day", Text) // 2026-11-24
        .must("tally", Json) // whole numbers
        .create(manager)
        .await?;
    tenant_table("seller_capabilities", &["seller_id", "capability"])
        .must("seller_id", Uuid)
        .must("capability", Text)
        .must("shown_by", Text)
        .must("day", Text)
        .must("noted_by", Json)
        .must("updated_at", Time)
        .create(manager)
        .await
}

async fn nights(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    tenant_table("standing_rules", &[])
        .must("rules", Json)
        .must("set_by", Json)
        .must("revision", Integer)
        .must("updated_at", Time)
        .create(manager)
        .await?;
    tenant_table("standing_nights", &["day"])
        .must("day", Text) // the day that was over
        .must("medians", Json)
        .must("sellers", Integer)
        .must("created_at", Time)
        .create(manager)
        .await?;
    tenant_table("seller_nights", &["seller_id"])
        .must("seller_id", Uuid)
        .must("day", Text)
        .one_of("worst", &["NOT_ENOUGH", "FINE", "ALERT", "LIMIT"])
        .must("card", Json)
        .must("visibility", Json)
        .must("badges", Json) // those held
        .must("updated_at", Time)
        .index(&["marketplace_id", "worst", "seller_id"])
        .create(manager)
        .await?;
    tenant_table("badge_changes", &["id"])
        .must("id", Uuid)
        .must("seller_id", Uuid)
        .must("badge", Text)
        .one_of("change", &["AWARDED", "LOST"])
        .must("review", Json) // with the numbers
        .must("created_at", Time)
        .index(&["marketplace_id", "seller_id", "id"])
        .create(manager)
        .await?;
    tenant_table("sanction_proposals", &["id"])
        .must("id", Uuid)
        .must("seller_id", Uuid)
        .must("step", Text)
        .one_of("state", &["OPEN", "TAKEN", "DISMISSED", "OVER"])
        .must("body", Json)
        .must("created_at", Time)
        .must("updated_at", Time)
        .index(&["marketplace_id", "seller_id", "id"])
        .index_where(&["marketplace_id", "id"], is("state", "OPEN"))
        .unique_where(&["marketplace_id", "seller_id"], is("state", "OPEN"))
        .create(manager)
        .await
}

/// What is there is counted from the beginning.
async fn backfill(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let cursors = "INSERT INTO seller_cursors (marketplace_id, position, turn, night_at) SELECT id, 0, 0, created_at FROM marketplaces";
    db.execute_unprepared(cursors).await?;
    db.execute_unprepared("INSERT INTO seller_marks (marketplace_id, id, order_id) SELECT marketplace_id, id, id FROM orders").await?;
    Ok(())
}
