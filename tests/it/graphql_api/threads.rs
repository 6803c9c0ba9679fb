//! Threads: written in once, read, joined.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{Shop, post};
use crate::harness::on_both_databases;

const MESSAGES: &str = "query($id: ID!) { node(id: $id) { ... on Thread { unreadCount viewerCanPost messages(first: 100) { nodes { id author authorName text } } } } }";

async fn texts(shop: &Shop, token: &str, thread: &str) -> Vec<String> {
    let seen = shop.app.ask(token, MESSAGES, json!({ "id": thread })).await;
    let messages = seen["node"]["messages"]["nodes"].as_array().cloned().unwrap_or_default();
    messages.iter().map(|message| message["text"].as_str().unwrap().to_owned()).collect()
}

async fn unread(shop: &Shop, token: &str, thread: &str) -> Value {
    shop.app.ask(token, MESSAGES, json!({ "id": thread })).await["node"]["unreadCount"].clone()
}

on_both_databases! {
    async fn a_message_is_posted_once(db: Db) {
        let shop = Shop::open(db).await;
        let case = shop.case(Some("A-1"), "1").await;
        let thread = shop.thread(&case, "SELLER_BUYER").await;
        let first = shop.app.act(&shop.alma, "messagePost", "message { id text author }", post(&thread, "Bonjour", "k")).await;
        let again = shop.app.act(&shop.alma, "messagePost", "message { id text author }", post(&thread, "Bonjour", "k")).await;
        assert_eq!(first, again);
        let other_thread = shop.open_thread(&[&case], "OPERATOR_SELLER").await;
        for input in [post(&thread, "Autre chose", "k"), post(&other_thread, "Bonjour", "k")] {
            let refused = shop.app.try_act(&shop.alma, "messagePost", "message { id }", input).await;
            assert_eq!(refused["userErrors"][0]["code"], "IDEMPOTENCY_CONFLICT");
            assert_eq!(refused["userErrors"][0]["field"], json!(["idempotencyKey"]));
        }
        // A key means nothing to another client.
        shop.app.act(&shop.operator, "messagePost", "message { id }", post(&other_thread, "Bonjour", "k")).await;
        assert_eq!(texts(&shop, &shop.alma, &thread).await, ["Où est mon colis ?", "Bonjour"]);
    }

    async fn twenty_calls_at_once_post_one_message(db: Db) {
        let shop = Shop::open(db).await;
        let case = shop.case(Some("A-1"), "1").await;
        let (thread, other) = (shop.thread(&case, "SELLER_BUYER").await, shop.open_thread(&[&case], "OPERATOR_SELLER").await);
        let calls = (0..20).map(|_| shop.app.act(&shop.alma, "messagePost", "message { id }", post(&thread, "Bonjour", "same")));
        let payloads = join_all(calls).await;
        assert!(payloads.iter().all(|payload| *payload == payloads[0]), "{payloads:#?}");
        assert_eq!(texts(&shop, &shop.operator, &thread).await.len(), 2);
        // The same key for two threads that no lock brings in line: one of them wins, the other hears of it.
        let second = shop.case(Some("A-2"), "2").await;
        let apart = shop.thread(&second, "SELLER_BUYER").await;
        let calls = (0..20).map(|i| {
            let thread = if i % 2 == 0 { &other } else { &apart };
            shop.app.try_act(&shop.alma, "messagePost", "message { id }", post(thread, "Salut", "both"))
        });
        let payloads = join_all(calls).await;
        let refused = payloads.iter().filter(|payload| payload["userErrors"][0]["code"] == "IDEMPOTENCY_CONFLICT").count();
        let posted: Vec<_> = payloads.iter().filter(|payload| payload["userErrors"] == json!([])).collect();
        assert_eq!((refused, posted.len()), (10, 10), "{payloads:#?}");
        assert!(posted.iter().all(|payload| *payload == posted[0]));
    }

    async fn private_talk_covers_several_cases(db: Db) {
        let shop = Shop::open(db).await;
        let (one, two) = (shop.case(Some("A-1"), "1").await, shop.case(Some("A-2"), "2").await);
        let thread = shop.open_thread(&[&one, &two], "OPERATOR_SELLER").await;
        shop.app.act(&shop.operator, "messagePost", "message { id }", post(&thread, "Deux colis en retard", "1")).await;
        for token in [&shop.operator, &shop.alma] {
            let seen = shop.app.ask(token, "query($id: ID!) { node(id: $id) { ... on Thread { kind cases { id } participants { party right seller { externalId } } } } }", json!({ "id": thread })).await;
            assert_eq!(seen["node"]["cases"], json!([{ "id": one }, { "id": two }]));
            let participants = json!([{ "party": "SELLER", "right": "REPLY", "seller": { "externalId": "alma" } }, { "party": "OPERATOR", "right": "REPLY", "seller": null }]);
            assert_eq!(seen["node"]["participants"], participants);
            for case in [&one, &two] {
                let seen = shop.app.ask(token, "query($id: ID!) { case(by: { id: $id }) { threads { id } timeline(last: 1) { nodes { ... on MessagePostedEvent { message { text } } } } } }", json!({ "id": case })).await;
                assert!(seen["case"]["threads"].as_array().unwrap().contains(&json!({ "id": thread })));
                assert_eq!(seen["case"]["timeline"]["nodes"][0]["message"]["text"], "Deux colis en retard");
            }
        }
    }

    async fn what_is_unread_is_counted_and_forgotten(db: Db) {
        let shop = Shop::open(db).await;
        let case = shop.case(Some("A-1"), "1").await;
        let thread = shop.open_thread(&[&case], "OPERATOR_SELLER").await;
        let mut posted = Vec::new();
        for text in ["un", "deux", "trois"] {
            let payload = shop.app.act(&shop.operator, "messagePost", "message { id }", post(&thread, text, text)).await;
            posted.push(payload["message"]["id"].clone());
        }
        assert_eq!(unread(&shop, &shop.operator, &thread).await, 0, "one's own words are read");
        assert_eq!(unread(&shop, &shop.alma, &thread).await, 3);
        let mark = |up_to: Option<&Value>| json!({ "threadId": thread, "upToMessageId": up_to });
        for (up_to, left) in [(Some(&posted[1]), 1), (Some(&posted[0]), 1), (None, 0), (Some(&posted[0]), 0)] {
            let payload = shop.app.act(&shop.alma, "threadMarkRead", "thread { unreadCount }", mark(up_to)).await;
            assert_eq!(payload["thread"]["unreadCount"], left);
        }
        assert_eq!(unread(&shop, &shop.vendor, &shop.thread(&case, "SELLER_BUYER").await).await, 0, "the vendor reads nothing");
    }

    async fn beyond_a_hundred_nobody_counts_what_is_unread(db: Db) {
        let shop = Shop::open(db).await;
        let case = shop.case(Some("A-1"), "1").await;
        let thread = shop.open_thread(&[&case], "OPERATOR_SELLER").await;
        let mut posted = 0;
        for (number, count) in [(99, 99), (100, 100), (101, 100)] {
            for text in (posted..number).map(|number| number.to_string()) {
                shop.app.act(&shop.operator, "messagePost", "message { id }", post(&thread, &text, &text)).await;
            }
            posted = number;
            assert_eq!(unread(&shop, &shop.alma, &thread).await, count);
        }
    }

    async fn a_newcomer_sees_what_is_meant_for_them(db: Db) {
        let shop = Shop::open(db).await;
        let case = shop.case(Some("A-1"), "1").await;
        let (hidden, shown) = (shop.open_thread(&[&case], "OPERATOR_BUYER").await, shop.open_thread(&[&shop.case(Some("A-2"), "2").await], "OPERATOR_BUYER").await);
        for thread in [&hidden, &shown] {
            shop.app.act(&shop.operator, "messagePost", "message { id }", post(thread, "avant", thread)).await;
        }
        assert_eq!(texts(&shop, &shop.alma, &hidden).await, Vec::<String>::new());
        let admit = |thread: &str, right: &str, history: &str| json!({ "threadId": thread, "party": "SELLER", "right": right, "history": history });
        let fields = "participant { party right seller { externalId } joinedAt }";
        shop.app.act(&shop.operator, "participantAdd", fields, admit(&hidden, "FOLLOW", "HIDDEN")).await;
        shop.app.act(&shop.operator, "participantAdd", fields, admit(&shown, "FOLLOW", "SHOWN")).await;
        for thread in [&hidden, &shown] {
            shop.app.act(&shop.operator, "messagePost", "message { id }", post(thread, "après", &format!("{thread}2"))).await;
        }
        assert_eq!(texts(&shop, &shop.alma, &hidden).await, ["après"]);
        assert_eq!(texts(&shop, &shop.alma, &shown).await, ["avant", "après"]);
        assert_eq!(unread(&shop, &shop.alma, &hidden).await, 1);
        assert_eq!(unread(&shop, &shop.alma, &shown).await, 2);
        let refused = shop.app.try_act(&shop.alma, "messagePost", "message { id }", post(&hidden, "Et moi ?", "m")).await;
        assert_eq!(refused["userErrors"][0]["code"], "NOT_ALLOWED");
        let again = shop.app.try_act(&shop.operator, "participantAdd", fields, admit(&hidden, "FOLLOW", "HIDDEN")).await;
        assert_eq!(again["userErrors"][0]["code"], "ALREADY_TAKES_PART");
        let raised = shop.app.act(&shop.operator, "participantAdd", fields, admit(&hidden, "REPLY", "SHOWN")).await;
        assert_eq!(raised["participant"]["right"], "REPLY");
        shop.app.act(&shop.alma, "messagePost", "message { id }", post(&hidden, "Et moi ?", "m")).await;
        assert_eq!(texts(&shop, &shop.alma, &hidden).await, ["avant", "après", "Et moi ?"]);
        let timeline = "query($id: ID!) { case(by: { id: $id }) { timeline { nodes { __typename ... on ParticipantAddedEvent { party right history } } } } }";
        let seen = shop.app.ask(&shop.operator, timeline, json!({ "id": case })).await;
        let added: Vec<_> = seen["case"]["timeline"]["nodes"].as_array().unwrap().iter().filter(|item| item["__typename"] == "ParticipantAddedEvent").collect();
        assert_eq!(added.len(), 2);
        assert_eq!((&added[0]["history"], &added[1]["right"]), (&json!("HIDDEN"), &json!("REPLY")), "what was shown is on record");
    }
}
