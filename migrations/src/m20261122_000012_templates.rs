//! Pre-written replies.

use sea_orm_migration::prelude::*;

use crate::table::Kind::{Integer, Json, Text, Time, Uuid};
use crate::table::tenant_table;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tenant_table("templates", &["id"])
            .must("id", Uuid)
            .must("owner_id", Uuid) // the seller whose it is; the nil UUID for the marketplace's own
            .must("key", Text)
            .must("title", Text)
            .one_of("reader", &["BUYER", "SELLER", "OPERATOR"])
            .one_of("users", &["OPERATOR", "EVERYBODY", "OWNER"])
            .may("reason", Text) // for this contact reason; null for any
            .may("phase", Text) // likewise
            .must("variables", Json) // names
            .must("texts", Json) // by BCP 47 tag
            .must("revision", Integer) // from 1
            .must("created_at", Time)
            .must("updated_at", Time)
            .unique(&["marketplace_id", "owner_id", "key"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Alias::new("templates")).to_owned()).await
    }
}
