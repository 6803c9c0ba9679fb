//! Units of work that are broken off, that meet, and that nobody asked for but the clock.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "what tests share stops as the tests themselves do")]

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::join_all;
use futures_util::poll;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement, TransactionTrait};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use trilogue::app;
use trilogue::clock::SharedClock;
use trilogue::demo::peer::Audience;
use trilogue::domain::parties::Role;
use trilogue::domain::tickets::HelpdeskKind;
use trilogue::jobs;
use trilogue::workflow::timers;

use crate::harness::{Db, Story, TestApp, on_both_databases};

async fn count(db: &DatabaseConnection, sql: &str) -> i64 {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql.to_owned())).await.unwrap();
    rows[0].try_get("", "found").unwrap()
}

/// Waits until no connection to the test's database is inside a transaction.
async fn all_at_rest(app: &TestApp) {
    if app.settings.database_url.starts_with("sqlite") {
        return;
    }
    let watch = Database::connect(&app.settings.database_url).await.unwrap();
    let inside = "SELECT count(*) AS found FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    let patience = tokio::time::timeout(Duration::from_secs(20), async { while count(&watch, inside).await > 0 {} });
    patience.await.expect("a connection stays inside a transaction");
    watch.close().await.unwrap();
}

/// Writes with more calls at once than there are connections, in and out of transactions, and finds all of it again
/// from elsewhere.
async fn writes_hold(story: &Story, thread: &str, round: &str) {
    let elsewhere = Database::connect(&story.app.settings.database_url).await.unwrap();
    let tokens = "SELECT CAST(count(*) AS bigint) AS found FROM api_tokens";
    let before = count(&elsewhere, tokens).await;
    let texts: Vec<_> = (0..12).map(|number| format!("{round} {number}")).collect();
    join_all(texts.iter().map(|text| story.post(&story.operator, thread, text))).await;
    join_all((0..12).map(|_| story.app.token(Role::Vendor, None))).await;
    let messages = format!("SELECT CAST(count(*) AS bigint) AS found FROM messages WHERE body LIKE '{round} %'");
    assert_eq!(count(&elsewhere, &messages).await, 12, "messages are lost");
    assert_eq!(count(&elsewhere, tokens).await, before + 12, "tokens are lost");
    elsewhere.close().await.unwrap();
}

async fn private_thread(story: &Story) -> (String, String) {
    let ticket = story.ticket().await;
    let case = story.case(ticket, "id").await["id"].as_str().unwrap().to_owned();
    let input = json!({ "caseIds": [case], "kind": "OPERATOR_SELLER" });
    let opened = story.app.act(&story.operator, "threadOpen", "thread { id }", input).await;
    (case, opened["thread"]["id"].as_str().unwrap().to_owned())
}

/// Sends a mutation and hangs up without waiting for its answer: the later ones when more has been done.
async fn hang_up(story: &Story, thread: &str, begun: usize, number: usize) {
    let query = "mutation($input: MessagePostInput!) { messagePost(input: $input) { message { id } } }";
    let text = format!("gone {number}");
    let input = json!({ "threadId": thread, "text": text, "idempotencyKey": text });
    let body = json!({ "query": query, "variables": { "input": input } }).to_string();
    let address = story.app.url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        story.operator,
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body.as_bytes()).await.unwrap();
    stream.flush().await.unwrap();
    let mut patience = 20_000;
    while story.app.statements_so_far() < begun + number && patience > 0 {
        patience -= 1;
        tokio::task::yield_now().await;
    }
}

on_both_databases! {
    /// A `begin` whose future is dropped half way must not leave its connection inside a transaction.
    async fn a_unit_of_work_that_nobody_waits_for_never_happened(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let (_, thread) = private_thread(&story).await;
        let (cx, marketplace) = (&story.app.cx, story.app.marketplace.id);
        join_all((0..50).map(|number| async move {
            let mut begin = pin!(cx.store.begin(marketplace));
            for _ in 0..number {
                if poll!(&mut begin).is_ready() {
                    return;
                }
                tokio::task::yield_now().await;
            }
        })).await;
        all_at_rest(&story.app).await;
        writes_hold(&story, &thread, "after").await;
    }

    async fn a_client_that_hangs_up_leaves_nothing_half_done(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let (_, thread) = private_thread(&story).await;
        let begun = story.app.statements_so_far();
        join_all((0..50).map(|number| hang_up(&story, &thread, begun, 3 * number))).await;
        writes_hold(&story, &thread, "after").await;
        all_at_rest(&story.app).await;
        let elsewhere = Database::connect(&story.app.settings.database_url).await.unwrap();
        let numbered = "SELECT CAST(count(*) - max(number) AS bigint) AS found FROM messages m JOIN threads t ON t.id = m.thread_id WHERE t.kind = 'OPERATOR_SELLER'";
        assert_eq!(count(&elsewhere, numbered).await, 0, "the numbers of the messages have a gap");
        let messages = count(&elsewhere, "SELECT CAST(count(*) AS bigint) AS found FROM messages m JOIN threads t ON t.id = m.thread_id WHERE t.kind = 'OPERATOR_SELLER'").await;
        let told = count(&elsewhere, "SELECT CAST(count(*) AS bigint) AS found FROM events e JOIN threads t ON t.id = e.thread_id WHERE t.kind = 'OPERATOR_SELLER' AND CAST(e.kind AS text) LIKE '%MESSAGE_POSTED%'").await;
        assert_eq!(messages, told, "a message without its event, or an event without its message");
        assert!(messages > 12, "no mutation of those who hung up was begun");
    }

    async fn of_two_escalations_one_wins(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        for round in 0..5 {
            let (case, _) = private_thread(&story).await;
            let input = json!({ "caseId": case, "reason": "FRAUD" });
            let by = |token| story.app.try_act(token, "caseEscalate", "case { status }", input.clone());
            let outcomes = join_all([by(&story.seller), by(&story.operator), by(&story.seller), by(&story.operator)]).await;
            let (won, lost): (Vec<_>, Vec<_>) = outcomes.iter().partition(|payload| payload["userErrors"] == json!([]));
            assert_eq!(won.len(), 1, "round {round}: {outcomes:#?}");
            assert!(lost.iter().all(|payload| payload["userErrors"][0]["code"] == "NOT_IN_THIS_STATE"));
            assert_eq!(escalations(&story, &case).await.len(), 1);
        }
    }

    async fn silence_escalates_once(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let mut cases = Vec::new();
        for _ in 0..5 {
            cases.push(private_thread(&story).await.0);
        }
        let second = app::context(&story.app.settings, Arc::clone(&story.app.clock) as SharedClock).await.unwrap();
        // Tickets take a little while to settle, so the first case's time began first.
        story.app.advance(TimeDelta::hours(47));
        story.app.work().await;
        for case in &cases {
            assert_eq!(escalations(&story, case).await, Vec::<Value>::new(), "too early");
        }
        story.app.advance(TimeDelta::hours(1));
        tokio::join!(jobs::run_due(&story.app.cx), jobs::run_due(&second));
        story.app.advance(TimeDelta::hours(100));
        tokio::join!(jobs::run_due(&story.app.cx), jobs::run_due(&second));
        for case in &cases {
            let told = escalations(&story, case).await;
            assert_eq!(told, [json!({ "__typename": "CaseEscalatedEvent", "reason": "SELLER_SILENT", "actor": { "kind": "SYSTEM" } })]);
        }
        second.store.close().await;
    }

    /// A worker that read a timer before it was started anew must not take the new one along.
    async fn a_timer_that_was_started_anew_goes_on(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let ticket = story.ticket().await;
        let case = story.case(ticket, "id").await["id"].as_str().unwrap().to_owned();
        story.app.advance(TimeDelta::hours(48));
        let stale = story.app.cx.store.due_cases(story.app.cx.now(), 10).await.unwrap();
        assert_eq!(stale.len(), 1);
        // Before that worker gets to it, the seller answers and the buyer writes again.
        let thread = story.thread(ticket, "SELLER_BUYER").await;
        story.post(&story.seller, &thread, "Il arrive.").await;
        story.desk.sim.comment(ticket, &story.buyer, "Toujours rien.", Audience::Public).unwrap();
        story.desk.settle(&story.app).await;
        assert_eq!(story.case(ticket, "status").await["status"], "WAITING_SELLER");
        timers::fire(&story.app.cx, stale[0]).await.unwrap();
        assert_eq!(escalations(&story, &case).await, Vec::<Value>::new());
        story.app.advance(TimeDelta::hours(48));
        story.app.work().await;
        assert_eq!(escalations(&story, &case).await.len(), 1, "the new timer is lost");
    }

    /// Reading holds no lock; it must not bring an older right back.
    async fn reading_undoes_no_right(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        for round in 0..6 {
            let ticket = story.ticket().await;
            let case = story.case(ticket, "id").await["id"].clone();
            let opened = story.app.act(&story.operator, "threadOpen", "thread { id }", json!({ "caseIds": [case], "kind": "OPERATOR_BUYER" })).await;
            let thread = opened["thread"]["id"].as_str().unwrap();
            let admit = |right: &str| json!({ "threadId": thread, "party": "SELLER", "right": right, "history": "SHOWN" });
            story.app.act(&story.operator, "participantAdd", "participant { id }", admit("FOLLOW")).await;
            for number in 0..4 {
                story.post(&story.operator, thread, &format!("{round} {number}")).await;
            }
            let ids = story.app.ask(&story.seller, "query($id: ID!) { node(id: $id) { ... on Thread { messages { nodes { id } } } } }", json!({ "id": thread })).await;
            let reads = ids["node"]["messages"]["nodes"].as_array().unwrap().iter().map(|message| {
                let input = json!({ "threadId": thread, "upToMessageId": message["id"] });
                async { drop(story.app.act(&story.seller, "threadMarkRead", "thread { id }", input).await) }
            });
            let raise = async { drop(story.app.act(&story.operator, "participantAdd", "participant { id }", admit("REPLY")).await) };
            tokio::join!(join_all(reads), raise);
            let seen = story.app.ask(&story.seller, "query($id: ID!) { node(id: $id) { ... on Thread { viewerCanPost unreadCount } } }", json!({ "id": thread })).await;
            assert_eq!(seen["node"], json!({ "viewerCanPost": true, "unreadCount": 0 }));
        }
    }
}

/// What changed while a message waited for its case decides, and not what its author had when it came.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_right_lost_while_waiting_is_lost() {
    let story = Story::begin(Db::Postgres, HelpdeskKind::Zendesk).await;
    let ticket = story.ticket().await;
    let thread = story.thread(ticket, "SELLER_BUYER").await;
    let elsewhere = Database::connect(&story.app.settings.database_url).await.unwrap();
    let holder = elsewhere.begin().await.unwrap();
    holder.execute_unprepared("SELECT id FROM cases FOR UPDATE").await.unwrap();
    let input = json!({ "threadId": thread, "text": "Trop tard", "idempotencyKey": "late" });
    let (refused, ()) = tokio::join!(story.app.try_act(&story.seller, "messagePost", "message { id }", input), async {
        let waiting = "SELECT count(*) AS found FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let watch = Database::connect(&story.app.settings.database_url).await.unwrap();
        while count(&watch, waiting).await == 0 {}
        holder.execute_unprepared("UPDATE participants SET rights = 'FOLLOW' WHERE party = 'SELLER'").await.unwrap();
        holder.commit().await.unwrap();
    });
    assert_eq!(refused["userErrors"][0]["code"], "NOT_ALLOWED", "{refused}");
}

/// The escalations that a case's timeline tells of.
async fn escalations(story: &Story, case: &str) -> Vec<Value> {
    let query = "query($id: ID!) { case(by: { id: $id }) { timeline(first: 100) { nodes { __typename ... on CaseEscalatedEvent { reason actor { kind } } } } } }";
    let seen = story.app.ask(&story.operator, query, json!({ "id": case })).await;
    let items = seen["case"]["timeline"]["nodes"].as_array().unwrap();
    items.iter().filter(|item| item["__typename"] == "CaseEscalatedEvent").cloned().collect()
}
