//! The first tables: marketplace, helpdesk connections, people, orders, cases with their threads, the timeline, and
//! the queues that move things.

use sea_orm_migration::prelude::*;

use crate::table::Kind::{Bigint, Bytes, Integer, Json, Smallint, Text, Time, Uuid};
use crate::table::{is, is_not_null, is_one_of, plain_table, tenant_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const PRIORITIES: &[&str] = &["LOW", "NORMAL", "HIGH", "URGENT"];
const PARTIES: &[&str] = &["BUYER", "SELLER", "OPERATOR"];
const CASE_STATES: &[&str] = &["WAITING_SELLER", "WAITING_OPERATOR", "WAITING_BUYER", "AWAITING_CLARIFICATION", "RESOLVED", "CLOSED"];
const QUEUE_STATES: &[&str] = &["PENDING", "RUNNING", "DONE", "IGNORED", "PARKED", "DEAD"];
const FINISHED: &[&str] = &["DONE", "IGNORED"];
const FOR_PEOPLE: &[&str] = &["PARKED", "DEAD"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tenants(manager).await?;
        people_and_orders(manager).await?;
        tickets_and_cases(manager).await?;
        case_tickets(manager).await?;
        conversations(manager).await?;
        queues(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            "outbox",
            "inbox",
            "events",
            "messages",
            "participants",
            "thread_cases",
            "threads",
            "case_tickets",
            "cases",
            "tickets",
            "order_lines",
            "orders",
            "buyer_identities",
            "buyers",
            "sellers",
            "api_tokens",
            "connections",
            "charter_acceptances",
            "charter_versions",
            "marketplaces",
        ] {
            manager.drop_table(Table::drop().table(Alias::new(table)).to_owned()).await?;
        }
        Ok(())
    }
}

async fn tenants(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    plain_table("marketplaces")
        .key("id", Uuid)
        .must("slug", Text)
        .must("name", Text)
        .must("currency", Text) // ISO 4217
        .must("locale", Text) // BCP 47
        .must("timezone", Text) // IANA
        .must("charter_version", Integer) // the version in force …
        .may("next_charter_at", Time) // … until then
        .must("last_position", Bigint) // the marketplace-wide number of the last event; locked by every writer of events
        .must("last_case", Bigint) // the number in the last case's reference
        .must("created_at", Time)
        .unique(&["slug"])
        .create(manager)
        .await?;
    tenant_table("charter_versions", &["number"])
        .must("number", Integer)
        .must("charter", Json)
        .one_of("effect", &["BINDING", "TECHNICAL"])
        .must("summary", Text)
        .must("published_by", Json)
        .must("announced_at", Time)
        .must("effective_at", Time)
        .create(manager)
        .await?;
    tenant_table("charter_acceptances", &["seller_id", "version"])
        .must("seller_id", Uuid)
        .must("version", Integer)
        .must("accepted_by", Json)
        .must("accepted_at", Time)
        .create(manager)
        .await?;
    tenant_table("connections", &["id"])
        .must("id", Uuid)
        .one_of("kind", &["ZENDESK", "FRESHDESK"])
        .must("base_url", Text)
        .must("sealed", Bytes) // credentials and webhook secrets, AES-256-GCM, bound to the id
        .must("settings", Json)
        .may("reconcile_cursor", Text)
        .may("reconciled_at", Time)
        .must("created_at", Time)
        .unique(&["id"])
        .unique(&["marketplace_id", "kind", "base_url"])
        .create(manager)
        .await?;
    tenant_table("api_tokens", &["id"])
        .must("id", Uuid)
        .must("name", Text)
        .one_of("role", &["OPERATOR", "SELLER", "VENDOR"])
        .may("seller_id", Uuid) // for the role SELLER
        .must("digest", Bytes) // SHA-256 of the token, which is 256 random bits
        .must("created_at", Time)
        .may("revoked_at", Time)
        .unique(&["digest"])
        .create(manager)
        .await
}

async fn people_and_orders(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    tenant_table("sellers", &["id"])
        .must("id", Uuid)
        .must("external_id", Text)
        .must("name", Text)
        .may("email", Text)
        .may("locale", Text)
        .may("closures", Json) // dates on which the seller is away
        .must("created_at", Time)
        .must("updated_at", Time)
        .unique(&["marketplace_id", "external_id"])
        .create(manager)
        .await?;
    tenant_table("buyers", &["id"])
        .must("id", Uuid)
        .must("name", Text)
        .may("email", Text) // lower case
        .must("created_at", Time)
        .unique(&["marketplace_id", "email"])
        .create(manager)
        .await?;
    tenant_table("buyer_identities", &["connection_id", "external_id"])
        .must("connection_id", Uuid)
        .must("external_id", Text) // the requester's id in the helpdesk
        .must("buyer_id", Uuid)
        .belongs_to("buyer_id", "buyers")
        .create(manager)
        .await?;
    tenant_table("orders", &["id"])
        .must("id", Uuid)
        .must("reference", Text)
        .must("seller_id", Uuid)
        .may("buyer_email", Text)
        .must("currency", Text)
        .must("total_minor", Bigint)
        .must("placed_at", Time)
        .may("told_at", Time) // when the marketplace's own record was made or changed
        .may("sale", Json) // in what quality it was bought, how it was paid
        .must("created_at", Time)
        .must("updated_at", Time)
        .unique(&["marketplace_id", "reference"])
        .belongs_to("seller_id", "sellers")
        .create(manager)
        .await?;
    tenant_table("order_lines", &["order_id", "position"])
        .must("order_id", Uuid)
        .must("position", Integer)
        .must("external_id", Text)
        .must("title", Text)
        .may("sku", Text)
        .must("quantity", Integer)
        .must("unit_price_minor", Bigint)
        .unique(&["marketplace_id", "order_id", "external_id"])
        .belongs_to("order_id", "orders")
        .create(manager)
        .await
}

async fn tickets_and_cases(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    tenant_table("tickets", &["id"])
        .must("id", Uuid)
        .must("connection_id", Uuid)
        .must("number", Text)
        .must("url", Text)
        .must("subject", Text)
        .one_of("status", &["NEW", "OPEN", "PENDING", "ON_HOLD", "SOLVED", "CLOSED"])
        .may("priority", Text)
        .must("presence", Json)
        .may("pushed_status", Text) // what we asked for last, so that its echo is known
        .may("pushed_priority", Text)
        .must("remote_updated_at", Time)
        .must("comments_read", Integer)
        .may("last_comment", Text)
        .must("created_at", Time)
        .unique(&["marketplace_id", "connection_id", "number"])
        .create(manager)
        .await?;
    tenant_table("cases", &["id"])
        .must("id", Uuid)
        .must("reference", Text)
        .must("subject", Text)
        .one_of("status", CASE_STATES)
        .one_of("mode", &["SELLER_FIRST", "TRIPARTITE", "OPERATOR_ONLY"])
        .one_of("phase", &["PRE_SALE", "DURING_ORDER", "AFTER_SALE"])
        .one_of("priority", PRIORITIES)
        .one_of("owner", PARTIES)
        .must("buyer_id", Uuid)
        .may("seller_id", Uuid)
        .may("order_id", Uuid)
        .may("order_line", Text) // the marketplace's id of the line
        .must("reason", Text) // the key of a contact reason of the charter
        .must("channel", Text) // the way by which the buyer got in touch first
        .may("language", Text) // in which the buyer is written to, a BCP 47 tag
        .must("charter_version", Integer) // the one in force when it was opened
        .may("parent_id", Uuid) // the case that it was split from
        .may("merged_into", Uuid) // the case that it went on in
        .may("waiting_since", Time)
        .may("previous_status", Text)
        .must("clocks", Json) // what is promised, with its clocks
        .may("reply_due_at", Time) // one of them, for lists
        .may("acknowledge_at", Time) // when the buyer is told that it was received
        .may("silence_at", Time)
        .may("wakes_at", Time) // when time alone will next do something
        .may("outcome", Text)
        .may("resolution", Text)
        .must("last_event", Bigint)
        .must("opened_at", Time)
        .must("updated_at", Time)
        .must("seller_updated_at", Time) // moves only with what the seller may know of
        .must("buyer_updated_at", Time) // moves only with what the buyer may know of
        .may("idempotency_key", Text) // scoped to the token that used it
        .may("request_digest", Bytes) // SHA-256 of what was asked for with that key
        .unique(&["marketplace_id", "reference"])
        .unique(&["marketplace_id", "idempotency_key"])
        .index(&["marketplace_id", "updated_at", "id"])
        .index(&["marketplace_id", "buyer_updated_at", "id"])
        .index(&["marketplace_id", "opened_at", "id"])
        .index(&["marketplace_id", "status", "updated_at", "id"])
        .index(&["marketplace_id", "seller_id", "seller_updated_at", "id"])
        .index(&["marketplace_id", "seller_id", "status", "seller_updated_at", "id"])
        .index(&["marketplace_id", "seller_id", "opened_at", "id"])
        .index_where(&["marketplace_id", "reply_due_at", "id"], is_not_null("reply_due_at"))
        .index_where(&["marketplace_id", "seller_id", "reply_due_at", "id"], is_not_null("reply_due_at"))
        .index_where(&["wakes_at"], is_not_null("wakes_at"))
        .index_where(&["marketplace_id", "parent_id"], is_not_null("parent_id"))
        .index(&["marketplace_id", "buyer_id"])
        .index(&["marketplace_id", "order_id"])
        .belongs_to("buyer_id", "buyers")
        .create(manager)
        .await
}

async fn case_tickets(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    tenant_table("case_tickets", &["ticket_id", "case_id"])
        .must("case_id", Uuid)
        .must("ticket_id", Uuid)
        .must("linked_at", Time)
        .index(&["marketplace_id", "case_id", "linked_at"])
        .belongs_to("case_id", "cases")
        .belongs_to("ticket_id", "tickets")
        .create(manager)
        .await
}

async fn conversations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    tenant_table("threads", &["id"])
        .must("id", Uuid)
        .one_of("kind", &["TRIPARTITE", "SELLER_BUYER", "OPERATOR_BUYER", "OPERATOR_SELLER"])
        .may("subject", Text)
        .must("last_number", Bigint)
        .must("opened_at", Time)
        .create(manager)
        .await?;
    tenant_table("thread_cases", &["case_id", "thread_id"])
        .must("case_id", Uuid)
        .must("thread_id", Uuid)
        .index(&["marketplace_id", "thread_id", "case_id"])
        .belongs_to("case_id", "cases")
        .belongs_to("thread_id", "threads")
        .create(manager)
        .await?;
    tenant_table("participants", &["thread_id", "id"])
        .must("thread_id", Uuid)
        .must("id", Uuid)
        .one_of("party", PARTIES)
        .must("member_id", Uuid) // the buyer or seller; nil for the operator
        .one_of("rights", &["FOLLOW", "REPLY"])
        .must("visible_from", Bigint) // the first message number they may see
        .must("read_up_to", Bigint)
        .must("joined_at", Time)
        .unique(&["marketplace_id", "thread_id", "party", "member_id"])
        .unique(&["marketplace_id", "id"])
        .belongs_to("thread_id", "threads")
        .create(manager)
        .await?;
    tenant_table("messages", &["id"])
        .must("id", Uuid)
        .must("thread_id", Uuid)
        .must("number", Bigint)
        .one_of("author", PARTIES)
        .must("author_name", Text)
        .must("body", Text)
        .may("html", Text)
        .must("audience", Smallint) // buyer 1, seller 2, operator 4
        .must("channel", Text)
        .one_of("origin", &["PERSON", "AUTOMATIC"])
        .may("copied_from", Uuid) // the message that this is a copy of, made when its case was split
        .one_of("delivery", &["NONE", "PENDING", "DELIVERED", "FAILED", "UNCERTAIN"])
        .may("connection_id", Uuid)
        .may("comment_number", Text)
        .may("idempotency_key", Text) // scoped to the token that used it
        .may("redacted_at", Time)
        .must("sent_at", Time)
        .unique(&["marketplace_id", "thread_id", "number"])
        .unique(&["marketplace_id", "idempotency_key"])
        .unique(&["marketplace_id", "connection_id", "comment_number"])
        .index_where(&["marketplace_id", "copied_from"], is_not_null("copied_from"))
        .belongs_to("thread_id", "threads")
        .create(manager)
        .await?;
    tenant_table("events", &["case_id", "number"])
        .must("case_id", Uuid)
        .must("number", Bigint) // gapless in the case
        .must("position", Bigint) // gapless in the marketplace, in the order of commits
        .must("id", Uuid)
        .must("kind", Json)
        .must("audience", Smallint)
        .must("actor", Json)
        .may("thread_id", Uuid) // seen only by those who see that thread …
        .may("message_number", Bigint) // … from this message on
        .must("at", Time)
        .unique(&["marketplace_id", "position"])
        .unique(&["marketplace_id", "id"])
        .belongs_to("case_id", "cases")
        .create(manager)
        .await
}

/// What the inbox and the outbox have in common: rows of one lane go in order, lanes in parallel.
fn queue(name: &'static str) -> crate::table::TableBuilder {
    tenant_table(name, &["id"])
        .must("id", Uuid) // sorts by arrival
        .must("connection_id", Uuid)
        .must("lane", Text) // connection and ticket
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

async fn queues(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    queue("inbox")
        .may("event_key", Text) // the sender's id of the event
        .may("delivery_key", Text) // the sender's id of the delivery
        .may("digest", Text) // of the body, where the sender gives no id
        .may("ticket", Text) // its number in the helpdesk
        .must("nudge", Json) // what it says happened
        .must("body", Bytes) // as received
        .unique(&["marketplace_id", "connection_id", "event_key"])
        .unique(&["marketplace_id", "connection_id", "delivery_key"])
        // Two equal bodies that both still wait are one; once a worker has begun, the next is news.
        .unique_where(&["marketplace_id", "connection_id", "digest"], is("status", "PENDING"))
        .create(manager)
        .await?;
    queue("outbox")
        .must("command", Json)
        .may("case_id", Uuid)
        .may("message_id", Uuid) // the message that it carries
        .may("began_at", Time) // the first attempt whose outcome is not known
        .may("receipt", Json)
        .index(&["marketplace_id", "message_id"])
        .index_where(&["marketplace_id", "connection_id"], is_not_null("began_at")) // attempts of unknown outcome
        .create(manager)
        .await
}
