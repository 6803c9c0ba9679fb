//! One matter, one case, whatever ways the buyer takes.

use chrono::TimeDelta;
use serde_json::{Value, json};
use trilogue::demo::peer::Opening;
use trilogue::domain::tickets::HelpdeskKind;

use crate::harness::{Db, ORDER, Story, in_both_products};

fn call(key: &str, line: Option<&str>) -> Value {
    json!({ "subject": "Appel", "buyerName": "Marie Dupont", "buyerEmail": "marie@example.org", "text": "Elle est cassée.",
        "orderReference": ORDER, "orderLineId": line, "channel": "PHONE", "idempotencyKey": key })
}

async fn words(story: &Story, case: &Value) -> Vec<(Value, Value)> {
    let query = "query($id: ID!) { node(id: $id) { ... on Case { threads { messages(first: 20) { nodes { text channel } } } } } }";
    let seen = story.app.ask(&story.operator, query, json!({ "id": case })).await;
    let nodes = seen["node"]["threads"][0]["messages"]["nodes"].as_array().unwrap().clone();
    nodes.into_iter().map(|node| (node["text"].clone(), node["channel"].clone())).collect()
}

async fn open_cases(story: &Story) -> usize {
    let seen = story.app.ask(&story.operator, "{ cases(first: 50) { nodes { id } } }", json!({})).await;
    seen["cases"]["nodes"].as_array().unwrap().len()
}

async fn phone_then_mail(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let opened = story.app.act(&story.vendor, "caseOpen", "case { id channel }", call("k1", None)).await["case"].clone();
    assert_eq!(opened["channel"], "PHONE");
    story.desk.settle(&story.app).await;
    let mail = story.ticket().await;
    let case = story.case(mail, "id tickets { externalId } status").await;
    assert_eq!(case["id"], opened["id"], "the mail tells the same case");
    assert_eq!(case["tickets"].as_array().unwrap().len(), 2);
    let said: Vec<_> = words(&story, &case["id"]).await;
    assert_eq!(said.len(), 2);
    assert_eq!(said[0], (json!("Elle est cassée."), json!("PHONE")));
    assert_eq!(said[1].1, "EMAIL", "both channels show: {said:?}");

    // A second mail is about it as well; a contact long after is another matter.
    story.ticket().await;
    assert_eq!(open_cases(&story).await, 1);
    let thread = story.thread(mail, "SELLER_BUYER").await;
    story.post(&story.seller, &thread, "Je regarde.").await;
    story.desk.settle(&story.app).await;
    for days in [8, 15] {
        story.app.advance(TimeDelta::days(days));
        story.desk.settle(&story.app).await;
    }
    story.ticket().await;
    assert_eq!(open_cases(&story).await, 2);
}

async fn mail_then_phone(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let ticket = story.ticket().await;
    let first = story.case(ticket, "id").await["id"].clone();
    let thread = story.thread(ticket, "SELLER_BUYER").await;
    story.post(&story.seller, &thread, "Je regarde.").await;
    story.desk.settle(&story.app).await;
    let called = story.app.act(&story.vendor, "caseOpen", "case { id status }", call("k1", Some("1"))).await["case"].clone();
    assert_eq!((&called["id"], &called["status"]), (&first, &json!("WAITING_SELLER")), "it is the seller's turn again");
    let again = story.app.act(&story.vendor, "caseOpen", "case { id }", call("k1", Some("1"))).await;
    assert_eq!(again["case"]["id"], first);
    let mut other = call("k1", Some("1"));
    other["text"] = json!("Autre chose");
    let refused = story.app.try_act(&story.vendor, "caseOpen", "case { id }", other).await;
    assert_eq!(refused["userErrors"][0]["code"], "IDEMPOTENCY_CONFLICT");
    story.desk.settle(&story.app).await;
    assert_eq!(words(&story, &first).await.len(), 3, "said once");
    assert_eq!((open_cases(&story).await, story.case(ticket, "tickets { externalId }").await["tickets"].as_array().unwrap().len()), (1, 2));
}

/// An order of two lines: who does not say which one may mean another.
async fn lines(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let mut order = crate::harness::order("MK-3003", "alma");
    let price = json!({ "amount": "10.00", "currencyCode": "EUR" });
    order["lines"] = json!([
        { "externalId": "1", "title": "Théière", "quantity": 1, "unitPrice": price },
        { "externalId": "2", "title": "Tasse", "quantity": 1, "unitPrice": price },
    ]);
    story.app.act(&story.vendor, "ordersUpsert", "orders { id }", json!({ "orders": [order] })).await;
    let contact = |key: &str, line: Option<&str>, channel: &str| {
        let mut input = call(key, line);
        (input["orderReference"], input["channel"]) = (json!("MK-3003"), json!(channel));
        input
    };
    let mut seen = Vec::new();
    for (key, line, channel) in [("a", Some("1"), "PHONE"), ("b", Some("1"), "CHAT"), ("c", Some("2"), "CHAT"), ("d", None, "SOCIAL")] {
        let opened = story.app.act(&story.vendor, "caseOpen", "case { id }", contact(key, line, channel)).await;
        seen.push(opened["case"]["id"].clone());
    }
    assert_eq!(seen[0], seen[1], "the same line, another channel");
    assert!(seen[2] != seen[0] && seen[3] != seen[0] && seen[3] != seen[2], "{seen:?}");
    story.desk.sim.open_ticket(&story.buyer, Opening::new("MK-3003", "Bonjour"));
    story.desk.settle(&story.app).await;
    assert_eq!(open_cases(&story).await, 4, "a mail that names no line");
}

in_both_products! {
    a_call_and_a_mail_are_one_case => phone_then_mail;
    a_mail_and_a_call_are_one_case => mail_then_phone;
    another_line_is_another_matter => lines;
}
