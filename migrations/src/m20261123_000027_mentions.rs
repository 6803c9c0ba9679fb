//! What is said of the marketplace elsewhere: on review sites and social networks.

use sea_orm_migration::prelude::*;

use crate::table::Kind::{Bytes, Integer, Text, Time, Uuid};
use crate::table::{is_not_null, tenant_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tenant_table("mentions", &["id"])
            .must("id", Uuid)
            .must("digest", Bytes) // by which the same mention is known again
            .must("source", Text)
            .may("external_id", Text) // the source's own
            .must("url", Text)
            .may("author", Text)
            .must("text", Text)
            .may("rating", Integer) // hundredths
            .may("rating_worst", Integer)
            .may("rating_best", Integer)
            .one_of("tone", &["NEGATIVE", "NEUTRAL", "POSITIVE"])
            .may("order_reference", Text)
            .may("order_id", Uuid)
            .may("case_id", Uuid)
            .may("published_at", Time)
            .must("created_at", Time)
            .must("updated_at", Time)
            .unique(&["marketplace_id", "digest"])
            .index(&["marketplace_id", "tone", "id"])
            .index_where(&["marketplace_id", "case_id", "id"], is_not_null("case_id"))
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Alias::new("mentions")).to_owned()).await
    }
}
