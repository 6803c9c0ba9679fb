//! The history of the database: there and back again, and every column of it in use.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its database has failed")]

use std::collections::BTreeMap;

use migrations::Migrator;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use sea_orm_migration::MigratorTrait;
use serde_json::json;
use trilogue::demo::peer::{Audience, Opening, SimFile};
use trilogue::domain::charter::Charter;
use trilogue::domain::mails::MailKind;
use trilogue::domain::pool::{PoolMode, Reward, Rules};
use trilogue::domain::tickets::HelpdeskKind;

use crate::attachments;
use crate::harness::{Db, Receiver, Story, TestApp, on_both_databases};
use crate::mediators::admit;

/// Columns that the story below leaves empty, each with the reason.
const EMPTY: &[&str] = &[
    "api_tokens.revoked_at",           // no token of the story is revoked
    "cases.acknowledge_at",            // the helpdesk does it
    "cases.merged_into",               // it is one case throughout
    "cases.parent_id",                 // it was split from none
    "cases.resolution",                // it is not settled
    "connections.reconcile_cursor",    // Freshdesk gives none
    "connections.reconciled_at",       // nothing was missed
    "disputes.return_id",              // it is about goods that stay
    "inbox.delivery_key",              // Freshdesk gives none
    "inbox.digest",                    // over once a worker has begun
    "inbox.event_key",                 // likewise
    "inbox.last_error",                // all went well
    "inbox.lease_until",               // nobody works now
    "kpi_cursors.sweep_after",         // nothing is counted anew
    "kpi_cursors.sweep_kind",          // likewise
    "mail_deliveries.finished_at",     // no mail server takes them
    "mail_deliveries.lease_until",     // nobody works now
    "marketplaces.next_charter_at",    // no change of the charter is announced
    "mediators.revoked_at",            // nobody was sent away
    "messages.copied_from",            // no case was split
    "messages.redacted_at",            // nothing was blacked out
    "notices.mail_outcome",            // no mail server takes them
    "notices.withheld",                // the buyer wants to know
    "outbox.began_at",                 // every outcome is known
    "outbox.last_error",               // all went well
    "outbox.lease_until",              // nobody works now
    "payment_calls.lease_until",       // likewise
    "payment_news.lease_until",        // likewise
    "refunds.origin_id",               // somebody asked
    "refunds.wakes_at",                // nothing is left to time
    "shipments.due_at",                // all that was to be told was told
    "threads.subject",                 // simply the case
    "webhook_deliveries.last_error",   // all went well
    "webhook_deliveries.lease_until",  // nobody works now
    "webhook_endpoints.failing_since", // likewise
    "webhook_endpoints.state_reason",  // it is on
    "withdrawals.wakes_at",            // it was confirmed
];

async fn rows(db: &DatabaseConnection, sql: &str) -> Vec<sea_orm::QueryResult> {
    db.query_all_raw(Statement::from_string(db.get_database_backend(), sql.to_owned())).await.unwrap()
}

/// Every table and its columns, without the history's own.
async fn tables(db: &DatabaseConnection) -> BTreeMap<String, Vec<String>> {
    let sql = match db.get_database_backend() {
        DbBackend::Postgres => "SELECT table_name AS t, column_name AS c FROM information_schema.columns WHERE table_schema = 'public'",
        _ => {
            "SELECT m.name AS t, c.name AS c FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
        }
    };
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows(db, sql).await {
        tables.entry(row.try_get("", "t").unwrap()).or_default().push(row.try_get("", "c").unwrap());
    }
    tables.remove("seaql_migrations");
    // Each database keeps the words of the search in its own way.
    tables.retain(|table, _| !table.starts_with("search_words"));
    for columns in tables.values_mut() {
        columns.sort();
    }
    tables
}

async fn there_and_back(app: &TestApp) -> BTreeMap<String, Vec<String>> {
    let db = Database::connect(&app.settings.database_url).await.unwrap();
    let before = tables(&db).await;
    Migrator::down(&db, None).await.unwrap();
    assert_eq!(tables(&db).await, BTreeMap::new(), "something is left behind");
    Migrator::up(&db, None).await.unwrap();
    assert_eq!(tables(&db).await, before);
    assert_eq!(app.cx.store.pending_migrations().await.unwrap(), 0);
    db.close().await.unwrap();
    before
}

#[tokio::test]
async fn up_down_and_up_again_and_alike_on_both() {
    let sqlite = there_and_back(&TestApp::start(Db::Sqlite).await).await;
    let postgres = there_and_back(&TestApp::start(Db::Postgres).await).await;
    assert_eq!(sqlite, postgres);
}

on_both_databases! {
    /// A story that touches every table; what no row of it fills is listed, so that no column is forgotten or useless.
    async fn every_column_is_in_use(db: Db) {
        let pool = Rules { mode: PoolMode::On, reward: Some(Reward::Points { points: 1 }), ..Rules::default() };
        let mut story = Story::begin_with(db, HelpdeskKind::Freshdesk, Charter { pool, ..Charter::default() }).await;
        story.app.send_mails_in_vain();
        let seller = json!({ "sellers": [{ "externalId": "alma", "name": "Boutique Alma", "email": "a@example.org", "locale": "fr" }] });
        story.app.act(&story.vendor, "sellersUpsert", "sellers { id }", seller).await;
        let staff = json!({ "recipients": [{ "email": "staff@example.org", "locale": "fr" }] });
        story.app.act(&story.operator, "alertRecipientsSet", "recipients { email }", staff).await;
        let seller = story.app.ask(&story.seller, "{ viewer { seller { id } } }", json!({})).await["viewer"]["seller"]["id"].clone();
        story.app.cx.store.mute(story.app.marketplace.id, serde_json::from_value(seller).unwrap(), MailKind::Resolved).await.unwrap();
        let receiver = Receiver::start().await;
        let endpoint = json!({ "url": receiver.url, "description": "Our shop" });
        story.app.act(&story.vendor, "webhookEndpointCreate", "secret", endpoint).await;
        let ticket = story.ticket().await;
        let thread = story.thread(ticket, "SELLER_BUYER").await;
        story.post(&story.seller, &thread, "Il part demain.").await;
        let file = attachments::upload(&story.app, &story.seller, "a.png", "image/png", attachments::PNG).await;
        attachments::post(&story, &story.seller, &thread, "with a file", &[file]).await;
        let agent = story.desk.sim.add_agent("Ines Moreau");
        let file = SimFile::new("b.png", "image/png", attachments::PNG);
        story.desk.sim.comment_with_files(ticket, &agent, "<b>Merci</b>", Audience::Public, vec![file]).unwrap();
        story.desk.settle(&story.app).await;
        let asked = story.desk.sim.open_ticket(&story.buyer, Opening::new("Théière", "Existe-t-elle en bleu ?"));
        story.desk.settle(&story.app).await;
        let viewer = story.app.ask(&story.seller, "{ viewer { seller { id } } }", json!({})).await["viewer"]["seller"]["id"].clone();
        let offer = json!({ "caseId": story.case(asked, "id").await["id"], "question": "En bleu ?", "sellerIds": [viewer], "idempotencyKey": "1" });
        let question = story.app.act(&story.operator, "poolOffer", "question { id }", offer).await["question"]["id"].clone();
        let reply = json!({ "questionId": question, "text": "Oui.", "idempotencyKey": "1" });
        let answer = story.app.act(&story.seller, "poolAnswer", "answer { id }", reply).await["answer"]["id"].clone();
        story.app.act(&story.operator, "poolAccept", "question { id }", json!({ "answerId": answer })).await;
        story.desk.settle(&story.app).await;
        let template = json!({ "key": "late", "title": "Retard", "reader": "BUYER", "reason": "not_received", "phase": "AFTER_SALE", "variables": ["day"], "texts": [{ "locale": "fr", "text": "Le {{ day }}." }] });
        story.app.act(&story.operator, "templateCreate", "template { id }", template).await;
        crate::plans::parcels(&story).await;
        crate::mentions::used(&story).await;
        Box::pin(crate::reviews::used(&story)).await;
        Box::pin(crate::measures::used(&story)).await;
        Box::pin(crate::sanctions::used(&story)).await;
        Box::pin(crate::payments::errands(&story)).await;
        Box::pin(crate::returns::used(&story)).await;
        let disputed = json!({ "orders": [crate::harness::order("MK-7", "alma")] });
        story.app.act(&story.vendor, "ordersUpsert", "orders { id }", disputed).await;
        Box::pin(crate::disputes::errands(&story)).await;
        Box::pin(crate::refunds::a_life(&story)).await;
        crate::articles::used(&story, &story.case(ticket, "id").await["id"]).await;
        crate::ledger::used(&story).await;
        Box::pin(crate::scorecards::used(&story)).await;
        Box::pin(crate::defects::used(&story)).await;
        Box::pin(crate::sessions::used(&story)).await;
        // The buyer's word makes it the seller's turn; what the ticket is then told has no echo yet.
        story.desk.sim.comment(ticket, &story.buyer, "Et maintenant ?", Audience::Public).unwrap();
        story.desk.deliver().await;
        story.app.work().await;
        let urgent = json!({ "caseId": story.case(ticket, "id").await["id"], "priority": "URGENT" });
        story.app.act(&story.operator, "casePrioritize", "case { id }", urgent).await;

        story.app.act(&story.seller, "charterAccept", "acceptance { version }", json!({ "version": 1 })).await;
        let away = json!({ "closures": [{ "first": "2026-12-24", "last": "2027-01-01" }] });
        story.app.act(&story.seller, "sellerSetClosures", "seller { id }", away).await;
        story.app.act(&story.operator, "savedSearchCreate", "savedSearch { id }", json!({ "name": "Urgent" })).await;
        admit(&story, &story.case(ticket, "id").await["id"], json!({ "email": "claire@mediation.example" })).await;

        // An order that is not counted yet.
        story.app.act(&story.vendor, "ordersUpsert", "orders { id }", json!({ "orders": [crate::harness::order("MK-8", "alma")] })).await;

        let db = Database::connect(&story.app.settings.database_url).await.unwrap();
        let mut empty = Vec::new();
        for (table, columns) in tables(&db).await {
            for column in columns {
                let sql = format!("SELECT CAST(count(\"{column}\") AS bigint) AS filled FROM \"{table}\"");
                let filled: i64 = rows(&db, &sql).await[0].try_get("", "filled").unwrap();
                if filled == 0 {
                    empty.push(format!("{table}.{column}"));
                }
            }
        }
        assert_eq!(empty, EMPTY);
    }
}
