//! What the marketplace decides against sellers.

use sea_orm_migration::prelude::*;

use crate::table::Kind::{Integer, Json, Text, Time, Uuid};
use crate::table::{is, tenant_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tenant_table("sanctions", &["id"])
            .must("id", Uuid)
            .must("seller_id", Uuid)
            .must("step", Text)
            .one_of("complaint", &["NONE", "OPEN", "ANSWERED"])
            .must("body", Json) // the whole of it: statement of reasons, complaint, how it was lifted
            .must("people", Json) // the names of those who decided
            .may("lifted_at", Time)
            .must("revision", Integer)
            .must("created_at", Time)
            .must("updated_at", Time)
            .index(&["marketplace_id", "seller_id", "id"])
            .index_where(&["marketplace_id", "id"], is("complaint", "OPEN"))
            .belongs_to("seller_id", "sellers")
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Alias::new("sanctions")).to_owned()).await
    }
}
