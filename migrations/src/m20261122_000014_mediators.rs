//! People from outside who are let into one case for a while, and what of it they are shown.

use sea_orm_migration::prelude::*;

use crate::table::Kind::{Bigint, Bytes, Json, Text, Time, Uuid};
use crate::table::tenant_table;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tenant_table("mediators", &["id"])
            .must("id", Uuid)
            .must("case_id", Uuid)
            .must("name", Text)
            .may("email", Text)
            .must("statement", Text) // why they were let in
            .must("threads", Json) // what they were shown, for the record
            .must("digest", Bytes) // SHA-256 of the token, which is 256 random bits
            .must("admitted_by", Json)
            .must("admitted_at", Time)
            .must("expires_at", Time) // from then on the token is worth nothing
            .may("revoked_at", Time)
            .unique(&["digest"])
            .index(&["marketplace_id", "case_id", "id"])
            .belongs_to("case_id", "cases")
            .create(manager)
            .await?;
        // Gone when the mediator is sent away: what decides who sees what looks here and nowhere else.
        tenant_table("mediator_places", &["case_id", "mediator_id", "thread_id"])
            .must("case_id", Uuid)
            .must("mediator_id", Uuid)
            .must("thread_id", Uuid)
            .must("visible_from", Bigint) // the first message that they may see
            .belongs_to("mediator_id", "mediators")
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["mediator_places", "mediators"] {
            manager.drop_table(Table::drop().table(Alias::new(table)).to_owned()).await?;
        }
        Ok(())
    }
}
