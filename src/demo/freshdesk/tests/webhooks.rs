//! What the rules send, and when they send again.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::super::*;
use super::{Desk, basic};
use crate::demo::peer::testing::Receiver;
use crate::demo::peer::{Audience, Opening, Outcome, SimulatedHelpdesk, TicketState, Urgency};

const NOWHERE: &str = "http://127.0.0.1:9/hooks";

#[tokio::test]
async fn simple_content_has_a_number_and_labels() {
    let desk = Desk::open_with(|options| options.language = Language::French).await;
    desk.sim.connect_webhook(NOWHERE, WebhookContent::Simple, WebhookSecret::Absent);
    desk.sim.set_tags(desk.ticket, &["vip", "claim"]).unwrap();
    desk.sim.comment(desk.ticket, &desk.agent, "on it", Audience::Public).unwrap();
    desk.sim.set_state(desk.ticket, TicketState::Pending).unwrap();
    let webhooks = desk.sim.take_webhooks();
    assert_eq!(webhooks.len(), 3);
    let body: Value = serde_json::from_str(&webhooks[2].body).unwrap();
    let fields = &body["freshdesk_webhook"];
    assert_eq!(fields["ticket_id"], json!(desk.ticket));
    assert_eq!(fields["ticket_status"], json!("En attente"));
    assert_eq!(fields["ticket_priority"], json!("Faible"));
    assert_eq!(fields["ticket_tags"], json!("vip, claim"));
    assert_eq!(fields["triggered_event"], json!("{status:{from:2,to:3}}"));
    assert!(fields["ticket_latest_public_comment"].as_str().unwrap().starts_with("Ann Agent : <div"));
    assert!(fields["ticket_latest_private_comment"].is_null());
}

#[tokio::test]
async fn advanced_and_flat_content_have_strings() {
    let desk = Desk::open().await;
    desk.sim.connect_webhook(NOWHERE, WebhookContent::Advanced, WebhookSecret::Absent);
    desk.sim.connect_webhook(NOWHERE, WebhookContent::Flat, WebhookSecret::Absent);
    desk.sim.set_urgency(desk.ticket, Urgency::High).unwrap();
    let bodies: Vec<Value> = desk.sim.take_webhooks().iter().map(|webhook| serde_json::from_str(&webhook.body).unwrap()).collect();
    let inner = json!({
        "triggered_event": "{priority:{from:1,to:3}}", "ticket_id": desk.ticket.to_string(), "ticket_status": "Open", "ticket_priority": "High",
    });
    assert_eq!(bodies, [json!({"freshdesk_webhook": inner}), inner]);
}

#[tokio::test]
async fn every_act_names_what_set_the_rule_off() {
    let desk = Desk::open().await;
    desk.sim.connect_webhook(NOWHERE, WebhookContent::Flat, WebhookSecret::Absent);
    let sent = || -> Vec<String> { desk.sim.take_webhooks().into_iter().map(|webhook| webhook.about).collect() };
    let other = desk.sim.open_ticket(&desk.buyer, Opening::new("b", "b"));
    assert_eq!(sent(), ["{ticket_action:created}"]);
    desk.sim.comment(desk.ticket, &desk.agent, "hush", Audience::Internal).unwrap();
    desk.sim.public_note(desk.ticket, &desk.agent, "look").unwrap();
    desk.sim.comment(desk.ticket, &desk.agent, "reply", Audience::Public).unwrap();
    desk.sim.comment(desk.ticket, &desk.buyer, "answer", Audience::Public).unwrap();
    assert_eq!(sent(), ["{note_type:private}", "{note_type:public}", "{reply_sent:public}", "{customer_reply:received}"]);
    desk.put(json!({"status": 3, "priority": 2, "tags": ["x"]})).await;
    assert_eq!(sent(), ["{status:{from:2,to:3}}"], "several changes in one save: only the first is named");
    desk.put(json!({"status": 3})).await;
    assert_eq!(sent(), Vec::<String>::new(), "nothing changed");
    desk.post("/notes", json!({"body": "ours"})).await;
    assert_eq!(sent(), ["{note_type:private}"], "writes by the API echo");
    desk.sim.merge(other, desk.ticket).unwrap();
    assert_eq!(sent(), ["{note_type:private}", "{status:{from:2,to:5}}", "{note_type:private}"]);
    desk.sim.delete(other).unwrap();
    desk.sim.mark_spam(desk.ticket).unwrap();
    assert_eq!(sent(), Vec::<String>::new(), "nobody hears of the bin");
}

#[tokio::test]
async fn the_secret_travels_as_the_rule_says() {
    let desk = Desk::open().await;
    let receiver = Receiver::start().await;
    let header = WebhookSecret::Header { name: "X-Desk-Secret".to_owned(), value: "s3cret".to_owned() };
    let password = WebhookSecret::Basic { user: "desk".to_owned(), password: "s3cret".to_owned() };
    for secret in [header, password, WebhookSecret::Url { key: "s3 cret".to_owned() }] {
        desk.sim.connect_webhook(&receiver.url, WebhookContent::Flat, secret);
    }
    desk.sim.set_urgency(desk.ticket, Urgency::High).unwrap();
    for webhook in desk.sim.take_webhooks() {
        assert_eq!(desk.sim.outbox().send(&webhook).await, Outcome::Answered(200));
    }
    let arrived = receiver.received();
    assert_eq!(arrived[0].header("x-desk-secret"), "s3cret");
    assert_eq!(arrived[1].header("authorization"), basic("desk:s3cret"));
    assert_eq!(arrived[2].query.as_deref(), Some("key=s3+cret"));
    assert!(arrived.iter().all(|one| one.headers.keys().all(|name| !name.as_str().contains("signature"))));
}

#[tokio::test]
async fn a_failed_webhook_is_tried_three_more_times() {
    let desk = Desk::open_with(|options| options.sending = Sending::Live).await;
    let receiver = Receiver::start().await;
    desk.sim.connect_webhook(&receiver.url, WebhookContent::Simple, WebhookSecret::Absent);
    for status in [500, 404, 302, 503] {
        receiver.answer_next(status, None);
    }
    desk.sim.set_urgency(desk.ticket, Urgency::High).unwrap();
    desk.sim.outbox().idle().await;
    for minutes in [5, 30, 60] {
        desk.clock.advance(TimeDelta::minutes(minutes) - TimeDelta::seconds(1));
        assert!(desk.sim.outbox().deliver_due().await.is_empty());
        desk.clock.advance(TimeDelta::seconds(1));
        assert_eq!(desk.sim.outbox().deliver_due().await.len(), 1);
    }
    assert!(desk.sim.outbox().waiting().is_empty(), "then it is lost");
    let arrived = receiver.received();
    assert_eq!(arrived.len(), 4);
    assert!(arrived.iter().all(|one| one.body == arrived[0].body), "no attempt says that it is one");
}
