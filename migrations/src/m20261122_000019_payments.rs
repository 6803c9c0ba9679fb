//! The ways to payment systems, each try to move money through them, and what they report by themselves.

use sea_orm_migration::prelude::*;

use crate::table::Kind::{Bytes, Integer, Json, Text, Time, Uuid};
use crate::table::{TableBuilder, is, is_not_null, is_one_of, tenant_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const QUEUE_STATES: &[&str] = &["PENDING", "RUNNING", "DONE", "IGNORED", "PARKED", "DEAD"];
const FINISHED: &[&str] = &["DONE", "IGNORED"];
const FOR_PEOPLE: &[&str] = &["PARKED", "DEAD"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tenant_table("payment_connections", &["id"])
            .must("id", Uuid)
            .one_of("way", &["STRIPE", "WEBHOOK"])
            .one_of("state", &["ACTIVE", "REPLACED"]) // what was sent through a replaced one is still heard of
            .must("address", Text)
            .must("sealed", Bytes) // credentials and signing keys, AES-256-GCM, bound to the id
            .must("settings", Json)
            .must("created_at", Time)
            .must("updated_at", Time)
            .unique(&["id"])
            .unique_where(&["marketplace_id"], is("state", "ACTIVE"))
            .create(manager)
            .await?;
        // One row for each attempt of a refund. They are never removed: a payment system may speak of a refund years later.
        queue("payment_calls")
            .must("refund_id", Uuid)
            .must("attempt", Integer) // with the refund it is the key
            .may("connection_id", Uuid) // none while there is none, and for what is paid by hand
            .must("case_id", Uuid)
            .must("instruction", Json) // the whole order, the same in every call
            .one_of("phase", &["SEND", "LOOK"])
            .must("looks", Integer) // how often it was asked what became of it
            .one_of("standing", &["UNKNOWN", "PENDING", "SUCCEEDED", "FAILED", "REVERSED"]) // the last that was heard
            .may("reference", Text) // what the payment system knows it by
            .may("begun_at", Time) // the earliest call whose outcome may be unknown
            .may("error_code", Text)
            .unique(&["marketplace_id", "refund_id", "attempt"])
            .index_where(&["marketplace_id", "connection_id", "reference"], is_not_null("reference"))
            .index_where(&["marketplace_id", "connection_id", "run_at"], is("status", "PENDING")) // held back together
            .index_where(&["marketplace_id", "id"], is("status", "PARKED"))
            .index(&["marketplace_id", "case_id"])
            .create(manager)
            .await?;
        queue("payment_news")
            .must("connection_id", Uuid)
            .must("event", Text) // what a repeated report is told by
            .may("news", Json) // none when it cannot be read
            .must("body", Bytes)
            .unique(&["marketplace_id", "connection_id", "event"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["payment_news", "payment_calls", "payment_connections"] {
            manager.drop_table(Table::drop().table(Alias::new(table)).to_owned()).await?;
        }
        Ok(())
    }
}

/// A queue whose lanes go in the order in which rows came.
fn queue(name: &'static str) -> TableBuilder {
    tenant_table(name, &["id"])
        .must("id", Uuid) // sorts by arrival
        .must("lane", Text) // the payment; the refund that is reported
        .one_of("status", QUEUE_STATES)
        .must("run_at", Time) // not before
        .must("attempts", Integer)
        .may("lease_until", Time) // a worker that holds it longer is dead
        .may("last_error", Text)
        .must("created_at", Time)
        .may("finished_at", Time)
        .index_where(&["run_at", "id"], is("status", "PENDING"))
        .index_where(&["lane", "id"], is("status", "PENDING"))
        .index_where(&["lease_until"], is("status", "RUNNING"))
        .unique_where(&["lane"], is("status", "RUNNING")) // whatever several processes claim at once
        .index_where(&["status"], is_one_of("status", FOR_PEOPLE))
        .index_where(&["finished_at"], is_one_of("status", FINISHED))
}
