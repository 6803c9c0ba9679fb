//! Returns of goods, and withdrawals from a contract with their receipts.

use sea_orm_migration::prelude::*;

use crate::table::Kind::{Bytes, Integer, Json, Text, Time, Uuid};
use crate::table::{is_not_null, tenant_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const STATES: [&str; 15] = [
    "REQUESTED",
    "APPROVED",
    "DECLINED",
    "OFFER_PENDING",
    "ITEM_KEPT",
    "READY_TO_SHIP",
    "IN_TRANSIT",
    "RECEIVED",
    "PARTIALLY_RECEIVED",
    "LOST",
    "COMPLIANT",
    "NON_COMPLIANT",
    "CLOSED",
    "CANCELED",
    "EXPIRED",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tenant_table("withdrawals", &["id"])
            .must("id", Uuid)
            .must("case_id", Uuid)
            .must("order_id", Uuid)
            .one_of("state", &["DECLARED", "CONFIRMED", "LAPSED"])
            .must("revision", Integer)
            .may("wakes_at", Time)
            .must("declared_at", Time)
            .must("updated_at", Time)
            .must("idempotency_key", Text)
            .must("document", Json)
            .belongs_to("case_id", "cases")
            .unique(&["marketplace_id", "order_id", "idempotency_key"])
            .index(&["marketplace_id", "case_id"])
            .index_where(&["wakes_at"], is_not_null("wakes_at"))
            .create(manager)
            .await?;
        // Written once, and never again: the proof of what was sent.
        tenant_table("withdrawal_receipts", &["withdrawal_id"])
            .must("withdrawal_id", Uuid)
            .must("text", Text)
            .must("sha256", Text)
            .must("submitted_at", Time)
            .may("deadlines", Json)
            .belongs_to("withdrawal_id", "withdrawals")
            .create(manager)
            .await?;
        tenant_table("returns", &["id"])
            .must("id", Uuid)
            .must("case_id", Uuid)
            .must("order_id", Uuid)
            .must("order_line", Text)
            .must("seller_id", Uuid)
            .may("withdrawal_id", Uuid)
            .one_of("state", &STATES)
            .must("revision", Integer)
            .may("wakes_at", Time)
            .must("opened_at", Time)
            .must("updated_at", Time)
            .may("idempotency_key", Text) // none where another machine opened it
            .may("request_digest", Bytes)
            .must("document", Json)
            .belongs_to("case_id", "cases")
            .unique(&["marketplace_id", "idempotency_key"])
            // A withdrawal opens one return for each of its lines, whatever is repeated.
            .unique(&["marketplace_id", "withdrawal_id", "order_line"])
            .index(&["marketplace_id", "order_id", "order_line"])
            .index(&["marketplace_id", "case_id"])
            .index_where(&["wakes_at"], is_not_null("wakes_at"))
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["returns", "withdrawal_receipts", "withdrawals"] {
            manager.drop_table(Table::drop().table(Alias::new(table)).to_owned()).await?;
        }
        Ok(())
    }
}
