//! Who is typing and how far they have read: heard by those who take part, and moved by nothing that they do not see.
#![expect(clippy::unwrap_used, reason = "what tests share stops as the tests themselves do")]

use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use trilogue::app::{self, Server, Work};
use trilogue::clock::SharedClock;
use trilogue::domain::ids::ThreadId;
use trilogue::domain::tickets::HelpdeskKind;

use crate::harness::{Db, Socket, Story, TestApp, on_both_databases};

const LOOK: &str =
    "subscription($id: ID!) { threadPresenceChanged(threadId: $id) { typing { party } participants { party readUpTo { text } } } }";

async fn look(url: &str, token: &str, thread: &str) -> Socket {
    Socket::follow(url, token, LOOK, json!({ "id": thread })).await
}

/// Who types, and up to which words each side has read, in the order of coming in.
async fn seen(socket: &mut Socket) -> (Vec<String>, Vec<(String, Value)>) {
    let now = socket.next().await["threadPresenceChanged"].clone();
    let party = |participant: &Value| participant["party"].as_str().unwrap().to_owned();
    let typing = now["typing"].as_array().unwrap().iter().map(party).collect();
    (typing, now["participants"].as_array().unwrap().iter().map(|one| (party(one), one["readUpTo"]["text"].clone())).collect())
}

async fn types(app: &TestApp, token: &str, thread: &str, state: &str) -> Value {
    app.try_act(token, "threadTyping", "thread { id }", json!({ "threadId": thread, "state": state })).await["userErrors"].clone()
}

async fn mark(app: &TestApp, token: &str, thread: &str) {
    app.act(token, "threadMarkRead", "thread { id }", json!({ "threadId": thread })).await;
}

async fn private_thread(story: &Story) -> (u64, String) {
    let ticket = story.ticket().await;
    let case = story.case(ticket, "id").await["id"].clone();
    let input = json!({ "caseIds": [case], "kind": "OPERATOR_SELLER" });
    let opened = story.app.act(&story.operator, "threadOpen", "thread { id }", input).await;
    (ticket, opened["thread"]["id"].as_str().unwrap().to_owned())
}

fn read(seller: Option<&str>, operator: Option<&str>) -> Vec<(String, Value)> {
    vec![("SELLER".to_owned(), json!(seller)), ("OPERATOR".to_owned(), json!(operator))]
}

on_both_databases! {
    async fn typing_and_reading_are_seen_by_the_other_side(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let app = &story.app;
        let (_, thread) = private_thread(&story).await;
        let mut operator = look(&app.url, &story.operator, &thread).await;
        let mut seller = look(&app.url, &story.seller, &thread).await;
        for socket in [&mut operator, &mut seller] {
            assert_eq!(seen(socket).await, (vec![], read(None, None)));
        }
        assert_eq!(types(app, &story.seller, &thread, "STARTED").await, json!([]));
        assert_eq!(seen(&mut operator).await, (vec!["SELLER".to_owned()], read(None, None)));
        story.post(&story.operator, &thread, "Bonjour").await;
        // The seller did not hear of its own typing; what comes next is the operator's reading of its own words.
        assert_eq!(seen(&mut seller).await, (vec![], read(None, Some("Bonjour"))));
        assert_eq!(seen(&mut operator).await, (vec!["SELLER".to_owned()], read(None, Some("Bonjour"))));
        // Nobody says that the seller stopped: it is forgotten.
        app.advance(TimeDelta::seconds(10));
        mark(app, &story.seller, &thread).await;
        let mut now = seen(&mut operator).await;
        if now == (vec![], read(None, Some("Bonjour"))) {
            // It may be forgotten before the seller reads.
            now = seen(&mut operator).await;
        }
        assert_eq!(now, (vec![], read(Some("Bonjour"), Some("Bonjour"))));
        assert_eq!(seen(&mut seller).await, (vec![], read(Some("Bonjour"), Some("Bonjour"))));
        types(app, &story.operator, &thread, "STARTED").await;
        assert_eq!(seen(&mut seller).await.0, ["OPERATOR"]);
        types(app, &story.operator, &thread, "STOPPED").await;
        assert!(seen(&mut seller).await.0.is_empty());
        let (_, statements) = app.statements(types(app, &story.seller, &thread, "STARTED")).await;
        assert!(statements.iter().all(|sql| sql.starts_with("SELECT")), "typing writes: {statements:#?}");
    }

    async fn outsiders_find_nothing(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let app = &story.app;
        let (ticket, private) = private_thread(&story).await;
        let open = story.thread(ticket, "SELLER_BUYER").await;
        let never = ThreadId::generate().to_string();
        for (token, thread) in [(&story.other_seller, &private), (&story.vendor, &private), (&story.vendor, &open), (&story.other_seller, &open), (&story.seller, &never), (&story.operator, &never)] {
            let answer = look(&app.url, token, thread).await.receive().await;
            let errors = answer["payload"].get("errors").unwrap_or(&answer["payload"]).clone();
            assert_eq!(errors[0]["extensions"]["code"], "NOT_FOUND", "{answer:#}");
        }
        for (token, thread, code) in [
            (&story.other_seller, &private, "NOT_FOUND"), (&story.vendor, &private, "NOT_FOUND"), (&story.seller, &never, "NOT_FOUND"),
            (&story.vendor, &open, "NOT_ALLOWED"), (&story.operator, &open, "ESCALATE_FIRST"),
        ] {
            let errors = types(app, token, thread, "STARTED").await;
            assert_eq!((&errors[0]["code"], &errors[0]["field"]), (&json!(code), &json!(["threadId"])), "{errors:#}");
        }
    }

    /// What a side reads out of another's sight does not show, and moves nothing.
    async fn hidden_words_are_read_in_secret(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let app = &story.app;
        let ticket = story.ticket().await;
        let thread = story.thread(ticket, "SELLER_BUYER").await;
        mark(app, &story.operator, &thread).await;
        let shown = [("BUYER".to_owned(), Value::Null), ("SELLER".to_owned(), Value::Null), ("OPERATOR".to_owned(), json!("Où est mon colis ?"))];
        let mut seller = look(&app.url, &story.seller, &thread).await;
        let first = seen(&mut seller).await.1;
        assert!(shown.iter().all(|one| first.contains(one)), "{first:?}");
        let agent = story.desk.sim.add_agent("Ines Moreau");
        story.desk.sim.comment(ticket, &agent, "Note interne", trilogue::demo::peer::Audience::Internal).unwrap();
        story.desk.settle(app).await;
        mark(app, &story.operator, &thread).await;
        story.post(&story.seller, &thread, "Il part demain").await;
        let next = seen(&mut seller).await.1;
        assert!(next.contains(&("SELLER".to_owned(), json!("Il part demain"))), "{next:?}");
        assert!(next.contains(&shown[2]), "the operator has read a note that the seller does not see: {next:?}");
    }
}

/// Two processes on one database.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signs_reach_the_other_server() {
    let story = Story::begin(Db::Postgres, HelpdeskKind::Zendesk).await;
    let app = &story.app;
    let (_, thread) = private_thread(&story).await;
    let other = app::context(&app.settings, Arc::clone(&app.clock) as SharedClock).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = Server::start(&other, &app.settings, listener, Work::Elsewhere).unwrap();
    let stop = CancellationToken::new();
    let relays = [&app.cx, &other].map(|cx| {
        let (cx, stop) = (cx.clone(), stop.clone());
        tokio::spawn(async move { cx.store.relay(stop).await })
    });
    let mut calls = other.store.live().presence().watch(thread.parse().unwrap());
    let mut heard = false;
    for _ in 0..100 {
        // The relay may not listen yet; the first sign that is heard ends the wait.
        types(app, &story.seller, &thread, "STARTED").await;
        heard = tokio::time::timeout(std::time::Duration::from_millis(200), calls.changed()).await.is_ok();
        types(app, &story.seller, &thread, "STOPPED").await;
        if heard {
            break;
        }
    }
    assert!(heard, "no sign came through");
    let mut operator = look(&url, &story.operator, &thread).await;
    while !seen(&mut operator).await.0.is_empty() {}
    types(app, &story.seller, &thread, "STARTED").await;
    while seen(&mut operator).await.0 != ["SELLER"] {}
    story.post(&story.seller, &thread, "Bonjour").await;
    while !seen(&mut operator).await.1.contains(&("SELLER".to_owned(), json!("Bonjour"))) {}
    stop.cancel();
    for relay in relays {
        relay.await.unwrap();
    }
    server.stop().await.unwrap();
}
