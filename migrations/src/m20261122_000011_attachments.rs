//! Files that go with messages: what is known of them. Their bytes are kept elsewhere.

use sea_orm_migration::prelude::*;

use crate::table::Kind::{Bigint, Bytes, Integer, Text, Time, Uuid};
use crate::table::{is_one_of, tenant_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tenant_table("attachments", &["id"])
            .must("id", Uuid)
            .may("message_id", Uuid) // none until a message takes it
            .must("position", Integer) // in the message, from 1; 0 before
            .one_of("state", &["PENDING", "READY", "FAILED", "BLOCKED", "REDACTED"])
            .must("name", Text)
            .must("content_type", Text) // what it is by its content; what somebody says as long as that is not here
            .may("size", Bigint) // bytes
            .may("sha256", Bytes)
            .may("object_key", Text) // random; where the bytes are, or were last
            .may("uploader_id", Uuid) // the token of who uploaded it
            .may("connection_id", Uuid) // the helpdesk that it came from …
            .may("remote_id", Text) // … and its id there
            .may("dispute_id", Uuid) // where it was handed in as evidence; such a file needs no message
            .must("created_at", Time)
            .index(&["marketplace_id", "message_id", "position"])
            .index_where(&["created_at"], waiting())
            .index_where(&["marketplace_id", "uploader_id"], waiting())
            .index_where(&["created_at", "id"], withdrawn())
            .belongs_to("message_id", "messages")
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Alias::new("attachments")).to_owned()).await
    }
}

/// Rows that wait for a message.
fn waiting() -> SimpleExpr {
    Expr::cust("message_id IS NULL").and(Expr::cust("dispute_id IS NULL"))
}

/// Rows whose bytes must go.
fn withdrawn() -> SimpleExpr {
    is_one_of("state", &["FAILED", "BLOCKED", "REDACTED"]).and(Expr::cust("object_key IS NOT NULL"))
}
