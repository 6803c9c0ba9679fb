//! What the helpdesk sends, and when it sends again.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::super::*;
use super::Desk;
use crate::demo::peer::testing::{Received, Receiver};
use crate::demo::peer::{Audience, Opening, Origin, Outcome, Presence, SimulatedHelpdesk, TicketState, Urgency};

fn check_signature(received: &Received, secret: &str) {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(received.header("x-zendesk-webhook-signature-timestamp").as_bytes());
    mac.update(&received.body);
    mac.verify_slice(&STANDARD.decode(received.header("x-zendesk-webhook-signature")).unwrap()).unwrap();
}

#[tokio::test]
async fn a_reply_to_a_pending_ticket_sends_two_signed_events() {
    let desk = Desk::open().await;
    desk.sim.set_state(desk.ticket, TicketState::Pending).unwrap();
    let receiver = Receiver::start().await;
    let hook = desk.sim.connect_webhook(&receiver.url, WebhookMode::EventSubscribed);
    desk.sim.comment(desk.ticket, &desk.buyer, "Any news?", Audience::Public).unwrap();
    assert_eq!(desk.sim.ticket(desk.ticket).unwrap().state, TicketState::Open);
    let webhooks = desk.sim.take_webhooks();
    assert_eq!(
        webhooks.iter().map(|webhook| webhook.about.as_str()).collect::<Vec<_>>(),
        ["zen:event-type:ticket.comment_added", "zen:event-type:ticket.status_changed"]
    );
    for webhook in webhooks.iter().rev() {
        assert_eq!(desk.sim.outbox().send(webhook).await, Outcome::Answered(200));
    }
    let arrived = receiver.received();
    for one in &arrived {
        check_signature(one, &hook.secret);
    }
    let status: Value = serde_json::from_slice(&arrived[0].body).unwrap();
    assert_eq!(status["event"]["current"], json!("OPEN"));
    assert_eq!(status["event"]["previous"], json!("PENDING"));
    assert_eq!(status["detail"]["id"], json!(desk.ticket.to_string()));
    assert_eq!(status["detail"]["status"], json!("OPEN"));
    assert_eq!(status["detail"]["actor_id"], json!(desk.buyer.id.to_string()));
    assert_eq!(status["event"]["meta"]["sequence"]["position"], json!(2));
    let fraction = status["time"].as_str().unwrap().trim_end_matches('Z').rsplit('.').next().unwrap().len();
    assert_eq!(fraction, 9);
    let texts: Vec<_> = arrived.iter().map(|one| String::from_utf8_lossy(&one.body).into_owned()).collect();
    let sequences: Vec<_> = texts.iter().map(|text| &text[text.find(r#""sequence":{"id":"#).unwrap() + 17..][..27]).collect();
    assert_eq!(sequences[0], sequences[1], "one action, one sequence");
    assert!(sequences[0][..26].chars().all(|digit| digit.is_ascii_digit()) && sequences[0].ends_with(','), "{}", sequences[0]);
    assert_ne!(status["id"], serde_json::from_slice::<Value>(&arrived[1].body).unwrap()["id"]);
}

#[tokio::test]
async fn our_own_comments_echo_back() {
    let desk = Desk::open().await;
    desk.sim.connect_webhook("http://127.0.0.1:9/", WebhookMode::EventSubscribed);
    desk.put(json!({"comment": {"body": "ours", "public": false, "author_id": desk.agent.id}})).await;
    let echo: Value = serde_json::from_str(&desk.sim.take_webhooks()[0].body).unwrap();
    assert_eq!(echo["type"], json!("zen:event-type:ticket.comment_added"));
    assert_eq!(echo["detail"]["actor_id"], json!(desk.sim.integration_user().id.to_string()));
    assert_eq!(echo["event"]["comment"]["author"]["id"], json!(desk.agent.id.to_string()));
    assert_eq!(echo["event"]["comment"]["is_public"], json!(false));
}

#[tokio::test]
async fn every_act_causes_its_events() {
    let desk = Desk::open().await;
    let other = desk.sim.open_ticket(&desk.buyer, Opening::new("b", "b"));
    let field = desk.sim.add_ticket_field("Order");
    desk.sim.connect_webhook("http://127.0.0.1:9/", WebhookMode::EventSubscribed);
    let comment = desk.sim.comments(desk.ticket)[0].number;
    let sent = || -> Vec<String> {
        let name = |about: &str| about.trim_start_matches("zen:event-type:ticket.").to_owned();
        desk.sim.take_webhooks().iter().map(|webhook| name(&webhook.about)).collect()
    };
    let opened = desk.sim.open_ticket(&desk.buyer, Opening::new("c", "c").field(field, "A-1").via(Origin::Web));
    assert_eq!(sent(), ["created", "comment_added"]);
    assert_eq!(desk.sim.ticket(opened).unwrap().fields.get(&field.to_string()).unwrap(), "A-1");
    desk.sim.set_urgency(desk.ticket, Urgency::Low).unwrap();
    desk.sim.set_urgency(desk.ticket, Urgency::Low).unwrap();
    assert_eq!(sent(), ["priority_changed"], "the second time nothing changed");
    desk.sim.set_tags(desk.ticket, &["x"]).unwrap();
    assert_eq!(sent(), ["tags_changed"]);
    desk.sim.redact_comment(desk.ticket, comment, "parcel").unwrap();
    assert_eq!(sent(), ["comment_redacted"]);
    desk.sim.make_private(desk.ticket, comment).unwrap();
    assert_eq!(sent(), ["comment_made_private"]);
    desk.sim.merge(other, desk.ticket).unwrap();
    assert_eq!(sent(), ["comment_added", "status_changed", "tags_changed", "merged", "comment_added"]);
    desk.sim.mark_spam(opened).unwrap();
    assert_eq!(sent(), ["marked_as_spam", "soft_deleted"]);
    desk.sim.restore(opened).unwrap();
    assert_eq!(sent(), ["undeleted"]);
    desk.sim.delete(opened).unwrap();
    assert_eq!(sent(), ["soft_deleted"]);
    assert_eq!(desk.sim.ticket(opened).unwrap().presence, Presence::Deleted);
    desk.put(json!({"custom_fields": [{"id": field, "value": "B-2"}, {"id": 5, "value": "ignored"}]})).await;
    assert_eq!(sent(), ["custom_field_changed"]);
}

#[tokio::test]
async fn triggers_send_ids_only_and_once_per_action() {
    let desk = Desk::open().await;
    desk.sim.connect_webhook("http://127.0.0.1:9/", WebhookMode::Trigger);
    desk.put(json!({"comment": {"body": "both", "public": false}, "status": "open", "external_id": "case-9"})).await;
    desk.sim.delete(desk.ticket).unwrap();
    let webhooks = desk.sim.take_webhooks();
    assert_eq!(webhooks.len(), 1, "one for the update, none for the bin");
    let body: Value = serde_json::from_str(&webhooks[0].body).unwrap();
    let expected = json!({
        "source": "zendesk-trigger", "v": 1, "kind": "ticket_updated", "ticket_id": desk.ticket.to_string(), "external_id": "case-9",
        "updated_at": "2026-11-22T09:00:00Z", "actor_id": desk.sim.integration_user().id.to_string(),
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn live_webhooks_go_out_and_only_the_vendors_retries_follow() {
    let desk = Desk::open_with(|options| options.sending = Sending::Live).await;
    let receiver = Receiver::start().await;
    let hook = desk.sim.connect_webhook(&receiver.url, WebhookMode::EventSubscribed);
    for (status, retry_after) in [(500, None), (409, None), (503, Some(30)), (503, Some(90))] {
        receiver.answer_next(status, retry_after);
    }
    for urgency in [Urgency::Low, Urgency::Normal, Urgency::High, Urgency::Urgent, Urgency::Low] {
        desk.sim.set_urgency(desk.ticket, urgency).unwrap();
    }
    desk.sim.outbox().idle().await;
    let deliveries = desk.sim.outbox().deliveries();
    let again: Vec<_> = deliveries.iter().map(|delivery| delivery.retry_at.is_some()).collect();
    assert_eq!(again, [false, true, true, false, false]);
    assert_eq!(desk.sim.outbox().waiting().len(), 2);
    assert!(desk.sim.outbox().deliver_due().await.is_empty(), "not due yet");
    desk.clock.advance(TimeDelta::seconds(60));
    let retried = desk.sim.outbox().deliver_due().await;
    assert!(retried.iter().all(|delivery| delivery.attempt == 2 && delivery.outcome.is_success()));
    let arrived = receiver.received();
    assert_eq!(arrived.len(), 7);
    for (first, second) in [(1, 5), (2, 6)] {
        for name in ["x-zendesk-webhook-invocation-id", "x-zendesk-webhook-signature-timestamp", "x-zendesk-webhook-signature"] {
            assert_eq!(arrived[first].header(name), arrived[second].header(name), "{name}");
        }
        check_signature(&arrived[second], &hook.secret);
    }
}

#[tokio::test]
async fn a_fresh_signature_on_retries_is_an_option() {
    let desk = Desk::open_with(|options| options.retry_signature = RetrySignature::Fresh).await;
    let receiver = Receiver::start().await;
    let hook = desk.sim.connect_webhook(&receiver.url, WebhookMode::Trigger);
    receiver.answer_next(409, None);
    desk.sim.set_urgency(desk.ticket, Urgency::Low).unwrap();
    desk.sim.outbox().deliver_due().await;
    desk.clock.advance(TimeDelta::seconds(60));
    desk.sim.outbox().deliver_due().await;
    let arrived = receiver.received();
    let stamp = |one: &Received| one.header("x-zendesk-webhook-signature-timestamp").to_owned();
    assert_ne!(stamp(&arrived[0]), stamp(&arrived[1]));
    for one in &arrived {
        check_signature(one, &hook.secret);
    }
}

#[tokio::test]
async fn silence_is_a_timeout_and_is_tried_five_more_times() {
    let desk = Desk::open_with(|options| options.webhook_timeout = Duration::from_millis(50)).await;
    // Connections are taken by the kernel, but nobody ever reads them.
    let silent = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    desk.sim.connect_webhook(&format!("http://{}/", silent.local_addr().unwrap()), WebhookMode::Trigger);
    desk.sim.set_urgency(desk.ticket, Urgency::Low).unwrap();
    while !desk.sim.outbox().waiting().is_empty() {
        desk.sim.outbox().deliver_due().await;
        desk.clock.advance(TimeDelta::minutes(1));
    }
    let outcomes: Vec<_> = desk.sim.outbox().deliveries().iter().map(|delivery| delivery.outcome).collect();
    assert_eq!(outcomes, [Outcome::TimedOut; 6]);
}
