//! What was sold, in money: every telling of an order line is kept, for what was decided on an old one stays as it was.

use sea_orm_migration::prelude::*;

use crate::table::Kind::{Integer, Json, Text, Time, Uuid};
use crate::table::tenant_table;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tenant_table("order_line_facts", &["order_id", "line", "version"])
            .must("order_id", Uuid)
            .must("line", Text) // the marketplace's id of the order line
            .must("version", Integer)
            .must("told_at", Time)
            .must("facts", Json)
            .one_of("final_sale", &["FINAL", "ORDINARY"])
            .must("kept", Json) // what a later telling wanted to change and could not
            .may("superseded_at", Time)
            .must("created_at", Time)
            .unique_where(&["marketplace_id", "order_id", "line"], Expr::cust("superseded_at IS NULL"))
            .belongs_to("order_id", "orders")
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Alias::new("order_line_facts")).to_owned()).await
    }
}
