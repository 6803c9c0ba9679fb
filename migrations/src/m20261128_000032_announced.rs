//! What is asked of sellers has versions that are announced; a defect that comes again is a new one; sellers tell their own hours;
//! what products do is counted by purchases; and what is counted anew is gone through bit by bit.

use sea_orm_migration::prelude::*;

use crate::table::Kind::{Integer, Json, Time};
use crate::table::tenant_table;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const SINGLE: &str = "uq_defects_marketplace_id_seller_id_product_reason";
const OF_OPEN: &str = "uq_defects_open";

/// All orders are counted anew.
const COUNT_AGAIN: &str = "INSERT INTO seller_marks (marketplace_id, id, order_id) SELECT marketplace_id, id, id FROM orders \
    WHERE NOT EXISTS (SELECT 1 FROM seller_marks WHERE seller_marks.marketplace_id = orders.marketplace_id AND seller_marks.id = orders.id)";

fn unique(name: &str) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table(Alias::new("defects")).unique();
    for column in ["marketplace_id", "seller_id", "product", "reason"] {
        index.col(Alias::new(column));
    }
    index
}

fn no_index(name: &str) -> IndexDropStatement {
    Index::drop().name(name).table(Alias::new("defects")).to_owned()
}

fn no_table(name: &str) -> TableDropStatement {
    Table::drop().table(Alias::new(name)).to_owned()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        tenant_table("standing_rule_versions", &["revision"])
            .must("revision", Integer)
            .must("rules", Json)
            .must("set_by", Json)
            .must("announced_at", Time)
            .must("effective_at", Time)
            .create(manager)
            .await?;
        db.execute_unprepared(
            "INSERT INTO standing_rule_versions (marketplace_id, revision, rules, set_by, announced_at, effective_at) \
             SELECT marketplace_id, revision, rules, set_by, updated_at, updated_at FROM standing_rules",
        )
        .await?;
        manager.drop_table(no_table("standing_rules")).await?;
        manager.drop_index(no_index(SINGLE)).await?;
        manager.create_index(unique(OF_OPEN).and_where(Expr::cust("state = 'OPEN'")).to_owned()).await?;
        let hours = ColumnDef::new(Alias::new("hours")).json_binary().null().to_owned();
        manager.alter_table(Table::alter().table(Alias::new("sellers")).add_column(hours).to_owned()).await?;
        db.execute_unprepared(COUNT_AGAIN).await?;
        let kind = ColumnDef::new(Alias::new("sweep_kind")).text().null().to_owned();
        let after = ColumnDef::new(Alias::new("sweep_after")).uuid().null().to_owned();
        let cursors = Alias::new("kpi_cursors");
        manager.alter_table(Table::alter().table(cursors.clone()).add_column(kind).to_owned()).await?;
        manager.alter_table(Table::alter().table(cursors).add_column(after).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for column in ["sweep_after", "sweep_kind"] {
            manager.alter_table(Table::alter().table(Alias::new("kpi_cursors")).drop_column(Alias::new(column)).to_owned()).await?;
        }
        db.execute_unprepared(COUNT_AGAIN).await?;
        manager.alter_table(Table::alter().table(Alias::new("sellers")).drop_column(Alias::new("hours")).to_owned()).await?;
        manager.drop_index(no_index(OF_OPEN)).await?;
        db.execute_unprepared("DELETE FROM defects WHERE state = 'OVER'").await?;
        manager.create_index(unique(SINGLE)).await?;
        tenant_table("standing_rules", &[])
            .must("rules", Json)
            .must("set_by", Json)
            .must("revision", Integer)
            .must("updated_at", Time)
            .create(manager)
            .await?;
        db.execute_unprepared(
            "INSERT INTO standing_rules (marketplace_id, rules, set_by, revision, updated_at) \
             SELECT marketplace_id, rules, set_by, revision, effective_at FROM standing_rule_versions AS one WHERE revision = \
             (SELECT MAX(revision) FROM standing_rule_versions AS other WHERE other.marketplace_id = one.marketplace_id)",
        )
        .await?;
        manager.drop_table(no_table("standing_rule_versions")).await
    }
}
