//! Live timelines: in order, only the viewer's, and without a gap, whoever goes away and comes back meanwhile.
#![expect(clippy::unwrap_used, reason = "what tests share stops as the tests themselves do")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use trilogue::app::{self, Server, Work};
use trilogue::clock::SharedClock;
use trilogue::domain::ids::CaseId;
use trilogue::domain::parties::{Actor, Role};
use trilogue::domain::tickets::HelpdeskKind;
use trilogue::store::Feed;
use trilogue::workflow::tenants::{self, TokenRequest};

use crate::harness::{Db, ORDER, Socket, Story, TestApp, on_both_databases};
use crate::leaks::conversations::the_two_rules_agree;

const ALL: &str = "subscription($since: ID) { timelineItemAdded(since: $since) { id case { id } __typename ... on MessagePostedEvent { message { text } } } }";
const ONE: &str = "subscription($id: ID!, $since: ID) { caseTimelineItemAdded(caseId: $id, since: $since) { id __typename ... on MessagePostedEvent { message { text } } } }";

/// Two cases of the story's seller, with a private thread on each.
async fn two_cases(story: &Story) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for _ in 0..2 {
        let ticket = story.ticket().await;
        let case = story.case(ticket, "id").await["id"].as_str().unwrap().to_owned();
        let input = json!({ "caseIds": [case], "kind": "OPERATOR_SELLER" });
        let thread =
            story.app.act(&story.operator, "threadOpen", "thread { id }", input).await["thread"]["id"].as_str().unwrap().to_owned();
        found.push((case, thread));
    }
    found
}

/// The id of the newest item of a case that a viewer sees.
async fn newest(app: &TestApp, token: &str, case: &str) -> Value {
    let query = "query($id: ID!) { case(by: { id: $id }) { timeline(last: 1) { nodes { id } } } }";
    app.ask(token, query, json!({ "id": case })).await["case"]["timeline"]["nodes"][0]["id"].clone()
}

fn text(item: &Value) -> &str {
    item["message"]["text"].as_str().unwrap_or_default()
}

async fn post(app: &TestApp, token: &str, thread: &str, text: &str) {
    let input = json!({ "threadId": thread, "text": text, "idempotencyKey": text });
    app.act(token, "messagePost", "message { id }", input).await;
}

/// Waits until a subscription that begins now has read where it begins.
async fn has_begun(app: &TestApp, subscribing: impl Future<Output = Socket>) -> Socket {
    let (socket, _) = app.until_statement("\"last_position\"", subscribing).await;
    socket
}

on_both_databases! {
    async fn items_come_in_order_and_only_to_their_viewers(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let cases = two_cases(&story).await;
        let app = &story.app;
        let mut seller = has_begun(app, Socket::follow(&app.url, &story.seller, ALL, json!({}))).await;
        let mut vendor = has_begun(app, Socket::follow(&app.url, &story.vendor, ALL, json!({}))).await;
        let mut other = has_begun(app, Socket::follow(&app.url, &story.other_seller, ALL, json!({}))).await;
        let mut second = has_begun(app, Socket::follow(&app.url, &story.seller, ONE, json!({ "id": cases[1].0 }))).await;
        for number in 0..6 {
            post(app, &story.operator, &cases[number % 2].1, &format!("n{number}")).await;
        }
        // An order of the other seller, and a case about it: the only thing that the other seller hears of.
        let opening = json!({ "subject": "S", "buyerName": "Paul Roux", "buyerEmail": "paul@example.org", "text": "Allô ?", "orderReference": "MK-2002", "idempotencyKey": "1" });
        let others = app.act(&story.vendor, "caseOpen", "case { id }", opening).await["case"]["id"].clone();
        for number in 0..6 {
            let item = seller.next().await["timelineItemAdded"].clone();
            assert_eq!((text(&item), &item["case"]["id"]), (format!("n{number}").as_str(), &json!(cases[number % 2].0)));
        }
        for number in [1, 3, 5] {
            assert_eq!(text(&second.next().await["caseTimelineItemAdded"]), format!("n{number}"));
        }
        for socket in [&mut vendor, &mut other] {
            let first = socket.next().await["timelineItemAdded"].clone();
            assert_eq!((&first["__typename"], &first["case"]["id"]), (&json!("CaseOpenedEvent"), &others));
        }
    }

    /// Whatever the number of subscribers, new events and what they show are read once for each view.
    async fn many_subscribers_cost_what_one_costs(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let cases = two_cases(&story).await;
        let app = &story.app;
        let mut sockets = Vec::new();
        for number in 0..40 {
            let token = if number % 2 == 0 { &story.operator } else { &story.seller };
            sockets.push(has_begun(app, Socket::follow(&app.url, token, ALL, json!({}))).await);
        }
        let ((), statements) = app.statements(async {
            for number in 0..5 {
                post(app, &story.operator, &cases[0].1, &format!("n{number}")).await;
                for socket in &mut sockets {
                    let item = socket.next().await["timelineItemAdded"].clone();
                    assert_eq!((text(&item), &item["case"]["id"]), (format!("n{number}").as_str(), &json!(cases[0].0)));
                }
            }
        }).await;
        let of = |table: &str| statements.iter().filter(|sql| sql.starts_with("SELECT") && sql.contains(&format!("FROM \"{table}\" WHERE"))).count();
        // Posting reads some itself; 40 subscribers that read for themselves would read 200 of each.
        assert!((1..60).contains(&of("events")) && of("messages") < 60, "events {}, messages {}: {statements:#?}", of("events"), of("messages"));
    }

    /// Who comes into a case hears of it from then on, and of nothing that is not theirs.
    async fn what_changes_who_sees_is_heard_at_once(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let app = &story.app;
        let (mut seller, mut other) = (
            has_begun(app, Socket::follow(&app.url, &story.seller, ALL, json!({}))).await,
            has_begun(app, Socket::follow(&app.url, &story.other_seller, ALL, json!({}))).await,
        );
        let opening = json!({ "subject": "S", "buyerName": "Paul Roux", "buyerEmail": "paul@example.org", "text": "Allô ?", "idempotencyKey": "1" });
        let case = app.act(&story.vendor, "caseOpen", "case { id }", opening).await["case"]["id"].clone();
        app.act(&story.operator, "casePrioritize", "case { id }", json!({ "caseId": case, "priority": "HIGH" })).await;
        app.act(&story.operator, "caseAttachOrder", "case { id }", json!({ "caseId": case, "orderReference": ORDER })).await;
        let thread = app.act(&story.operator, "threadOpen", "thread { id }", json!({ "caseIds": [case], "kind": "OPERATOR_BUYER" })).await["thread"]["id"].clone();
        let say = async |thread: &Value, text: &str| post(app, &story.operator, thread.as_str().unwrap(), text).await;
        say(&thread, "before").await;
        app.act(&story.operator, "participantAdd", "participant { id }", json!({ "threadId": thread, "party": "SELLER", "right": "FOLLOW", "history": "HIDDEN" })).await;
        say(&thread, "after").await;
        let mut heard = Vec::new();
        while heard.last().is_none_or(|last| last != "after") {
            let item = seller.next().await["timelineItemAdded"].clone();
            assert_eq!(item["case"]["id"], case);
            heard.push(if text(&item).is_empty() { item["__typename"].as_str().unwrap().to_owned() } else { text(&item).to_owned() });
        }
        assert!(heard.contains(&"OrderAttachedEvent".to_owned()) && heard.contains(&"ParticipantAddedEvent".to_owned()), "{heard:?}");
        assert!(!heard.contains(&"before".to_owned()), "{heard:?}");
        let opening = json!({ "subject": "T", "buyerName": "Paul Roux", "buyerEmail": "paul@example.org", "text": "Allô ?", "orderReference": "MK-2002", "idempotencyKey": "2" });
        let others = app.act(&story.vendor, "caseOpen", "case { id }", opening).await["case"]["id"].clone();
        assert_eq!(other.next().await["timelineItemAdded"]["case"]["id"], others, "the other seller heard of nothing before");
        the_two_rules_agree(&story).await;
    }

    async fn a_client_that_comes_back_misses_nothing(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let cases = two_cases(&story).await;
        let app = &story.app;
        let since = newest(app, &story.seller, &cases[1].0).await;
        let writers = (0..4).map(|writer| {
            let (story, cases) = (&story, &cases);
            async move {
                for number in 0..50 {
                    let token = if writer % 2 == 0 { &story.operator } else { &story.seller };
                    post(app, token, &cases[(writer + number) % 2].1, &format!("w{writer}n{number}")).await;
                }
            }
        });
        // One stays; the other goes away after every few items and goes on after the last one that it has.
        let stays = async {
            let mut socket = Socket::follow(&app.url, &story.seller, ALL, json!({ "since": since })).await;
            let mut items = Vec::new();
            while items.len() < 200 {
                items.push(socket.next().await["timelineItemAdded"].clone());
            }
            items
        };
        let comes_and_goes = async {
            let (mut items, mut last) = (Vec::<Value>::new(), since.clone());
            while items.len() < 200 {
                let mut socket = Socket::follow(&app.url, &story.operator, ALL, json!({ "since": last })).await;
                for _ in 0..13.min(200 - items.len()) {
                    items.push(socket.next().await["timelineItemAdded"].clone());
                }
                last = items.last().unwrap()["id"].clone();
            }
            items
        };
        let (_, stayed, came_and_went) = tokio::join!(join_all(writers), stays, comes_and_goes);
        assert_eq!(stayed, came_and_went, "two subscribers see the same, in the same order");
        let ids: BTreeSet<_> = stayed.iter().map(|item| item["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), 200, "something came twice");
        for writer in 0..4 {
            let prefix = format!("w{writer}n");
            let own: Vec<_> = stayed.iter().filter_map(|item| text(item).strip_prefix(&prefix)?.parse::<u32>().ok()).collect();
            assert_eq!(own, (0..50).collect::<Vec<_>>(), "the words of one writer, in the order of writing");
        }
        // What stays inside: numbers without gaps, in each case and in the marketplace, in the same order.
        let scope = Actor::system(app.marketplace.id).scope();
        let events = app.cx.store.events_after(scope, Feed::All, 0, 1_000).await.unwrap();
        assert!(events.iter().map(|event| event.position).eq(1..=i64::try_from(events.len()).unwrap()));
        let mut numbers: BTreeMap<CaseId, Vec<i64>> = BTreeMap::new();
        for event in &events {
            numbers.entry(event.case).or_default().push(event.number);
        }
        for numbers in numbers.values() {
            assert!(numbers.iter().copied().eq(1..=i64::try_from(numbers.len()).unwrap()), "{numbers:?}");
        }
    }

    async fn an_unknown_place_to_go_on_from_is_refused(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let cases = two_cases(&story).await;
        let app = &story.app;
        // Something that the seller does not see: the ticket was linked.
        let timeline = app.ask(&story.operator, "query($id: ID!) { case(by: { id: $id }) { timeline { nodes { id __typename } } } }", json!({ "id": cases[0].0 })).await;
        let hidden = timeline["case"]["timeline"]["nodes"].as_array().unwrap().iter().find(|item| item["__typename"] == "TicketChangedEvent").unwrap()["id"].clone();
        let refused = async |query: &str, since: &Value| {
            let answer = Socket::follow(&app.url, &story.seller, query, json!({ "id": cases[0].0, "since": since })).await.receive().await;
            let errors = answer["payload"].get("errors").unwrap_or(&answer["payload"]).clone();
            assert_eq!(errors[0]["extensions"]["code"], "BAD_USER_INPUT", "{since}: {answer:#}");
            answer
        };
        for query in ["subscription($since: ID) { timelineItemAdded(since: $since) { id } }", ONE] {
            let never = trilogue::domain::ids::EventId::generate().to_string();
            let (unseen, unknown) = (refused(query, &hidden).await, refused(query, &json!(never)).await);
            assert_eq!(unseen, unknown, "what the viewer may not know of looks like what never was");
            for malformed in ["", "evt_", "42", cases[0].0.as_str()] {
                refused(query, &json!(malformed)).await;
            }
        }
    }

    /// The check by the clock is the transport's and tested there; the next operation needs no clock.
    async fn a_revoked_token_closes_the_socket(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let app = &story.app;
        let request = TokenRequest { role: Role::Operator, seller: None, name: "for a day".to_owned() };
        let (row, token) = tenants::create_token(&app.cx, app.marketplace.id, request).await.unwrap();
        let token = secrecy::ExposeSecret::expose_secret(&token).to_owned();
        let mut socket = has_begun(app, Socket::follow(&app.url, &token, ALL, json!({}))).await;
        story.ticket().await;
        assert_eq!(socket.next().await["timelineItemAdded"]["__typename"], "CaseOpenedEvent");
        app.cx.store.revoke_token(app.marketplace.id, row.id).await.unwrap();
        socket.send(json!({ "id": "2", "type": "subscribe", "payload": { "query": "{ viewer { name } }" } })).await;
        assert_eq!(socket.closed().await, Some(4403));
    }
}

/// Two processes on one database: what one commits reaches the subscriber of the other, by the relay alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_of_one_server_reaches_the_subscribers_of_another() {
    let story = Story::begin(Db::Postgres, HelpdeskKind::Zendesk).await;
    let cases = two_cases(&story).await;
    let app = &story.app;
    let other = app::context(&app.settings, Arc::clone(&app.clock) as SharedClock).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = Server::start(&other, &app.settings, listener, Work::Elsewhere).unwrap();
    let stop = CancellationToken::new();
    let relays = [&app.cx, &other].map(|cx| {
        let (cx, stop) = (cx.clone(), stop.clone());
        tokio::spawn(async move { cx.store.relay(stop).await })
    });

    // Woken by the call of the other server: this is what its subscribers wait for.
    let mut calls = other.store.live().timeline(app.marketplace.id);
    let mut number = 0;
    loop {
        // The relay may not listen yet; the first call that is heard ends the wait.
        post(app, &story.operator, &cases[0].1, &format!("before {number}")).await;
        number += 1;
        if tokio::time::timeout(std::time::Duration::from_millis(200), calls.changed()).await.is_ok() {
            break;
        }
        assert!(number < 100, "no call came through");
    }
    let since = newest(app, &story.seller, &cases[0].0).await;
    let mut socket = Socket::follow(&url, &story.seller, ALL, json!({ "since": since })).await;
    for number in 0..20 {
        post(app, &story.operator, &cases[number % 2].1, &format!("n{number}")).await;
        assert_eq!(text(&socket.next().await["timelineItemAdded"]), format!("n{number}"));
    }
    stop.cancel();
    for relay in relays {
        relay.await.unwrap();
    }
    server.stop().await.unwrap();
}
