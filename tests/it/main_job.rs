//! The main job, end to end: a signed webhook becomes a three-party case, and a seller's answer goes back.

use serde_json::json;
use trilogue::demo::peer::Audience;
use trilogue::domain::tickets::HelpdeskKind;

use crate::harness::{Db, Story, on_both_databases};

async fn the_main_job(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let (app, desk) = (&story.app, &story.desk);

    let ticket = story.ticket().await;
    let fields = "id reference status owner buyer { displayName email } seller { name } order { reference } threads { id kind messages { nodes { author text } } }";
    let case = story.case(ticket, fields).await;
    assert_eq!(case["status"], "WAITING_SELLER");
    assert_eq!(case["buyer"], json!({ "displayName": "Marie Dupont", "email": "marie@example.org" }));
    assert_eq!(case["seller"]["name"], "Boutique Alma");
    assert_eq!(case["order"]["reference"], "MK-1001");
    assert_eq!(case["threads"][0]["kind"], "SELLER_BUYER");
    assert_eq!(case["threads"][0]["messages"]["nodes"], json!([{ "author": "BUYER", "text": "Où est mon colis ?" }]));

    let seen = app.ask(&story.seller, "{ cases { nodes { reference buyer { displayName email } threads { id } } } }", json!({})).await;
    assert_eq!(seen["cases"]["nodes"][0]["reference"], case["reference"]);
    assert_eq!(seen["cases"]["nodes"][0]["buyer"], json!({ "displayName": "Marie D.", "email": null }));

    let thread = seen["cases"]["nodes"][0]["threads"][0]["id"].as_str().unwrap().to_owned();
    story.post(&story.seller, &thread, "Il part demain. {{ticket.requester.email}}").await;
    desk.settle(app).await;

    let comments = desk.sim.comments(ticket);
    let answers: Vec<_> = comments.iter().filter(|comment| comment.text.contains("Il part demain")).collect();
    assert_eq!(answers.len(), 1, "{comments:#?}");
    assert_eq!(answers[0].audience, Audience::Public);
    assert!(!answers[0].text.contains("marie@example.org"), "a placeholder was expanded: {}", answers[0].text);
    assert_eq!(desk.sim.mails_to("marie@example.org").len(), 1);

    let case = story.case(ticket, "status threads { kind messages { nodes { author text delivery } } }").await;
    assert_eq!(case["status"], "WAITING_BUYER");
    let messages = case["threads"][0]["messages"]["nodes"].as_array().unwrap();
    assert_eq!(messages.len(), 2, "the echo is not a message of its own: {messages:#?}");
    assert_eq!(messages[1]["delivery"], "DELIVERED");

    let opened = json!({ "caseIds": [story.case(ticket, "id").await["id"]], "kind": "OPERATOR_SELLER" });
    let private = app.act(&story.operator, "threadOpen", "thread { id }", opened).await["thread"]["id"].as_str().unwrap().to_owned();
    story.post(&story.operator, &private, "Entre nous : le stock ?").await;
    story.post(&story.seller, &private, "Vide depuis lundi.").await;
    desk.settle(app).await;
    let all = format!("{:#?}{:#?}", desk.sim.comments(ticket), desk.sim.mails_to("marie@example.org"));
    assert!(!all.contains("Entre nous") && !all.contains("Vide depuis"), "private talk got out");
}

on_both_databases! {
    async fn in_zendesk(db: Db) {
        the_main_job(db, HelpdeskKind::Zendesk).await;
    }

    async fn in_freshdesk(db: Db) {
        the_main_job(db, HelpdeskKind::Freshdesk).await;
    }
}
