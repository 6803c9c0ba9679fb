//! What the world outside is told: how far the timeline has been told, to which endpoints, and what waits for them.

use sea_orm_migration::prelude::*;

use crate::table::Kind::{Bigint, Bytes, Integer, Json, Text, Time, Uuid};
use crate::table::{TableBuilder, is, is_one_of, tenant_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const QUEUE_STATES: &[&str] = &["PENDING", "RUNNING", "DONE", "IGNORED", "PARKED", "DEAD"];
/// Here the dead go too in the end: their receivers were told, or gave up long ago.
const FINISHED: &[&str] = &["DONE", "IGNORED", "DEAD"];
const FOR_PEOPLE: &[&str] = &["PARKED", "DEAD"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tenant_table("alert_cursors", &[])
            .must("position", Bigint) // the marketplace-wide number of the last event that was told
            .create(manager)
            .await?;
        tenant_table("webhook_endpoints", &["id"])
            .must("id", Uuid)
            .must("url", Text)
            .may("description", Text)
            .one_of("view", &["WHOLE", "STOREFRONT"]) // whose eyes it sees the timeline with
            .must("event_types", Json) // empty for all
            .one_of("state", &["ENABLED", "DISABLED", "FAILED", "GONE"])
            .may("state_reason", Text)
            .may("failing_since", Time) // the first failure since the last success
            .must("sealed", Bytes) // the signing secrets, AES-256-GCM, bound to the id
            .must("from_position", Bigint) // it is told what comes after
            .must("created_at", Time)
            .must("updated_at", Time)
            .create(manager)
            .await?;
        queue("webhook_deliveries")
            .must("endpoint_id", Uuid)
            .must("event_type", Text) // as the body names it
            .may("event_id", Uuid) // none for tests
            .must("body", Text) // the same in every attempt
            .must("attempt_log", Json)
            .unique(&["marketplace_id", "endpoint_id", "event_id"])
            .index(&["marketplace_id", "endpoint_id", "id"])
            .belongs_to("endpoint_id", "webhook_endpoints")
            .create(manager)
            .await?;
        mails(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["alert_mutes", "alert_recipients", "mail_deliveries", "webhook_deliveries", "webhook_endpoints", "alert_cursors"] {
            manager.drop_table(Table::drop().table(Alias::new(table)).to_owned()).await?;
        }
        Ok(())
    }
}

async fn mails(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    queue("mail_deliveries")
        .must("receiver", Text) // a seller, an address of the operator's staff, or a buyer
        .must("kind", Text)
        .must("once_key", Text) // two with the same key are one
        .may("event_id", Uuid) // none for what a buyer is told of an order
        .may("case_id", Uuid) // likewise
        .must("happened_at", Time)
        .unique(&["marketplace_id", "receiver", "once_key"])
        .belongs_to("case_id", "cases")
        .create(manager)
        .await?;
    tenant_table("alert_recipients", &["id"])
        .must("id", Uuid)
        .must("email", Text) // lower case
        .may("locale", Text)
        .must("kinds", Json) // empty for all
        .must("created_at", Time)
        .unique(&["marketplace_id", "email"])
        .create(manager)
        .await?;
    tenant_table("alert_mutes", &["receiver", "kind"])
        .must("receiver", Text)
        .must("kind", Text)
        .must("created_at", Time)
        .create(manager)
        .await
}

/// A queue whose lanes go in the order of the timeline.
fn queue(name: &'static str) -> TableBuilder {
    tenant_table(name, &["id"])
        .must("id", Uuid)
        .must("lane", Text) // the receiver
        .must("position", Bigint) // of the event in the marketplace: the order within the lane
        .one_of("status", QUEUE_STATES)
        .must("run_at", Time) // not before
        .must("attempts", Integer)
        .may("lease_until", Time) // a worker that holds it longer is dead
        .may("last_error", Text)
        .must("created_at", Time)
        .may("finished_at", Time)
        .index_where(&["run_at", "id"], is("status", "PENDING"))
        .index_where(&["lane", "position", "id"], is("status", "PENDING"))
        .index_where(&["lease_until"], is("status", "RUNNING"))
        .unique_where(&["lane"], is("status", "RUNNING")) // whatever several processes claim at once
        .index_where(&["status"], is_one_of("status", FOR_PEOPLE))
        .index_where(&["finished_at"], is_one_of("status", FINISHED))
}
