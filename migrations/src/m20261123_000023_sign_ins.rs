//! Agents of helpdesks who work in a page of ours: whom they stand for here, their short sessions, and how they sign in.

use sea_orm_migration::prelude::*;

use crate::table::Kind::{Bigint, Bytes, Text, Time, Uuid};
use crate::table::tenant_table;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // An agent acts as a person of the operator: with a token of their own, which nobody holds.
        tenant_table("agents", &["connection_id", "number"])
            .must("connection_id", Uuid)
            .must("number", Text) // the agent's id in the helpdesk
            .must("token_id", Uuid)
            .must("signed_in_at", Time)
            .belongs_to("connection_id", "connections")
            .belongs_to("token_id", "api_tokens")
            .create(manager)
            .await?;
        tenant_table("sessions", &["id"])
            .must("id", Uuid)
            .must("token_id", Uuid)
            .must("digest", Bytes) // SHA-256 of the session's own token, which is 256 random bits
            .must("expires_at", Time)
            .must("ends_at", Time) // until then it can be renewed
            .unique(&["digest"])
            .index(&["expires_at"])
            .belongs_to("token_id", "api_tokens")
            .create(manager)
            .await?;
        // What is good once and for a while: a signed address that was used, a code that was sent, a way to an identity provider.
        tenant_table("sign_ins", &["id"])
            .must("id", Uuid)
            .must("connection_id", Uuid)
            .one_of("kind", &["SIGNED_URL", "PAIRING", "OIDC", "CODE"])
            .must("digest", Bytes) // SHA-256 of what is shown to go on
            .may("challenge", Text) // of the page that asks, so that no other page can go on
            .may("sealed", Bytes) // what nobody else may see
            .may("agent", Text) // the agent's id in the helpdesk, once known
            .must("attempts", Bigint)
            .must("began_at", Time)
            .must("expires_at", Time)
            .unique(&["kind", "digest"])
            .index(&["marketplace_id", "connection_id", "kind", "agent"])
            .index(&["expires_at"])
            .belongs_to("connection_id", "connections")
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["sign_ins", "sessions", "agents"] {
            manager.drop_table(Table::drop().table(Alias::new(table)).to_owned()).await?;
        }
        Ok(())
    }
}
