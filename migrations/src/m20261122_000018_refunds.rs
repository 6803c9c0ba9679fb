//! Money that goes back to buyers.

use sea_orm_migration::prelude::*;

use crate::table::Kind::{Bytes, Integer, Json, Text, Time, Uuid};
use crate::table::{is_not_null, tenant_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const STATES: [&str; 9] = ["REQUESTED", "GRANTED", "DECLINED", "SUBMITTED", "PENDING", "SUCCEEDED", "FAILED", "REVERSED", "CANCELED"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // People ask once for a line, and the second call finds the first; what a return or a dispute decides stands beside it.
        let asked_and_open = Expr::cust("origin = 'REQUEST' AND state IN ('REQUESTED', 'GRANTED', 'SUBMITTED', 'PENDING', 'FAILED')");
        tenant_table("refunds", &["id"])
            .must("id", Uuid)
            .must("case_id", Uuid)
            .must("order_id", Uuid)
            .must("order_line", Text)
            .must("seller_id", Uuid)
            .one_of("state", &STATES)
            .one_of("origin", &["REQUEST", "RETURN", "DISPUTE", "WITHDRAWAL"])
            .may("origin_id", Uuid)
            .must("revision", Integer)
            .must("buyer_revision", Integer) // how often the buyer saw it change
            .must("buyer_updated_at", Time)
            .may("wakes_at", Time)
            .must("document", Json)
            .must("opened_at", Time)
            .must("updated_at", Time)
            .may("idempotency_key", Text) // none where nobody gave one, or another machine opened it
            .may("request_digest", Bytes)
            .belongs_to("case_id", "cases")
            .belongs_to("order_id", "orders")
            .unique(&["marketplace_id", "idempotency_key"])
            .unique_where(&["marketplace_id", "order_id", "order_line"], asked_and_open)
            .index(&["marketplace_id", "case_id", "id"])
            .index(&["marketplace_id", "order_id", "id"])
            .index_where(&["wakes_at"], is_not_null("wakes_at"))
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Alias::new("refunds")).to_owned()).await
    }
}
