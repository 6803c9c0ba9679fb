//! Webhooks as Zendesk makes them: envelopes, templates, signatures, retries.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use sha2::Sha256;

use super::state::{State, Ticket, channel_word, object, opt, priority_word, stamp, status_word};
use super::text::expand;
use crate::demo::peer::{Answer, Audience, Origin, Outcome, Presence, Secret, Webhook, unsent};

/// The two kinds of webhooks; a webhook is one or the other for life.
/// <https://developer.zendesk.com/documentation/webhooks/creating-and-monitoring-webhooks/>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookMode {
    /// Subscribed to all ticket events.
    EventSubscribed,
    /// Called by a trigger, with a template that names ticket and actor only.
    Trigger,
}

/// A webhook that an administrator has set up.
#[derive(Debug, Clone)]
pub(super) struct Connection {
    pub(super) id: String,
    pub(super) url: String,
    pub(super) secret: Secret,
    pub(super) mode: WebhookMode,
}

/// Which trigger, if any, an action runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TriggerKind {
    Created,
    Updated,
    None,
}

/// One event of an action, without its envelope.
#[derive(Debug, Clone)]
pub(super) struct Event {
    name: &'static str,
    body: Map<String, Value>,
}

impl Event {
    pub(super) fn new(name: &'static str, body: Value) -> Self {
        Self { name, body: object(body) }
    }
}

/// Written by hand-made structs and not as a `Value`: the sequence is a number of 26 digits, which no `Value` holds.
#[derive(Serialize)]
struct Envelope {
    account_id: u64,
    detail: Value,
    event: EventBody,
    id: String,
    subject: String,
    time: String,
    #[serde(rename = "type")]
    kind: String,
    zendesk_event_version: &'static str,
}

#[derive(Serialize)]
struct EventBody {
    #[serde(flatten)]
    body: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    meta: Option<Meta>,
}

#[derive(Serialize)]
struct Meta {
    sequence: Sequence,
}

#[derive(Serialize)]
struct Sequence {
    id: Box<RawValue>,
    position: usize,
}

const TEMPLATE: &str = r#"{"source":"zendesk-trigger","v":1,"kind":"KIND","ticket_id":"{{ticket.id}}","external_id":"{{ticket.external_id}}","updated_at":"{{ticket.updated_at_with_timestamp}}","actor_id":"{{current_user.id}}"}"#;

impl State {
    /// Queues what the action causes: to each subscribed webhook one request per event, to each trigger webhook one
    /// in all. `created` alone carries no sequence.
    pub(super) fn announce(&mut self, number: u64, actor: i64, events: &[Event], trigger: TriggerKind) {
        self.sequence += 1;
        let Some(ticket) = self.tickets.get(&number).cloned() else { return };
        for connection in self.connections.clone() {
            match connection.mode {
                WebhookMode::Trigger => self.pull_trigger(&connection, &ticket, actor, trigger),
                WebhookMode::EventSubscribed => {
                    for (index, event) in events.iter().enumerate() {
                        self.push_event(&connection, &ticket, actor, event, index + 1);
                    }
                }
            }
        }
    }

    fn push_event(&mut self, connection: &Connection, ticket: &Ticket, actor: i64, event: &Event, position: usize) {
        let kind = format!("zen:event-type:ticket.{}", event.name);
        // Always 26 digits: beyond any integer type, and a float would lose it.
        let sequence = RawValue::from_string(format!("7{:025}", u128::from(self.sequence) * 1_000_003)).ok();
        let meta = sequence.filter(|_| event.name != "created").map(|id| Meta { sequence: Sequence { id, position } });
        let now = self.now();
        let envelope = Envelope {
            account_id: self.options.account_id,
            detail: detail(ticket, actor),
            event: EventBody { body: event.body.clone(), meta },
            id: self.ids.uuid(),
            subject: format!("zen:ticket:{}", ticket.id),
            time: format!("{}{:03}Z", now.format("%Y-%m-%dT%H:%M:%S%.6f"), self.sequence % 1000),
            kind: kind.clone(),
            zendesk_event_version: "2022-11-06",
        };
        let body = serde_json::to_string(&envelope).unwrap_or_default();
        self.post(connection, ticket.id, kind, body);
    }

    fn pull_trigger(&mut self, connection: &Connection, ticket: &Ticket, actor: i64, trigger: TriggerKind) {
        let kind = match trigger {
            TriggerKind::Created => "ticket_created",
            TriggerKind::Updated => "ticket_updated",
            TriggerKind::None => return,
        };
        let body = expand(&TEMPLATE.replace("KIND", kind), &|name| self.placeholder(ticket, actor, name));
        self.post(connection, ticket.id, kind.to_owned(), body);
    }

    fn post(&mut self, connection: &Connection, ticket: u64, about: String, body: String) {
        let mut webhook = unsent(ticket, about, connection.url.clone(), body);
        let invocation = self.ids.long().to_string();
        webhook.set_header("User-Agent", "Zendesk Webhook".to_owned());
        webhook.set_header("X-Zendesk-Account-Id", self.options.account_id.to_string());
        webhook.set_header("X-Zendesk-Webhook-Id", connection.id.clone());
        webhook.set_header("X-Zendesk-Webhook-Invocation-Id", invocation);
        webhook.secret = Some(connection.secret.clone());
        sign(&mut webhook, self.now());
        self.outbox.push(webhook);
    }
}

/// The snapshot in an event: ids are strings, enums in capitals, no custom fields, no comments.
fn detail(ticket: &Ticket, actor: i64) -> Value {
    let text = |id: i64| id.to_string();
    let status = match ticket.presence {
        Presence::Live => status_word(ticket.status),
        Presence::Deleted | Presence::Spam => "deleted",
    };
    let channel = if ticket.origin == Origin::Api { "web_service" } else { channel_word(ticket.origin) };
    json!({
        "actor_id": text(actor), "assignee_id": opt(ticket.assignee.map(text)), "brand_id": "8447346621310",
        "created_at": stamp(ticket.created_at), "custom_status": text(ticket.custom_status), "description": ticket.description,
        "external_id": ticket.external_id, "form_id": "8646151517822", "group_id": null, "id": ticket.id.to_string(),
        "is_public": ticket.comments.iter().any(|comment| comment.audience == Audience::Public), "organization_id": null,
        "priority": opt(ticket.priority.map(|priority| priority_word(priority).to_uppercase())),
        "requester_id": text(ticket.requester), "status": status.to_uppercase(), "subject": ticket.subject,
        "submitter_id": text(ticket.submitter), "tags": ticket.tags,
        "type": opt(ticket.kind.as_ref().map(|kind| kind.to_uppercase())), "updated_at": stamp(ticket.updated_at),
        "via": {"channel": channel},
    })
}

/// `base64(HMAC-SHA256(secret, timestamp ‖ body))`, the secret's characters taken as they are.
/// <https://developer.zendesk.com/documentation/webhooks/verifying/>
pub(super) fn sign(webhook: &mut Webhook, at: DateTime<Utc>) {
    let Some(Secret(secret)) = webhook.secret.clone() else { return };
    let timestamp = stamp(at);
    webhook.set_header("X-Zendesk-Webhook-Signature", signature(&secret, &timestamp, &webhook.body));
    webhook.set_header("X-Zendesk-Webhook-Signature-Timestamp", timestamp);
}

fn signature(secret: &str, timestamp: &str, body: &str) -> String {
    // HMAC takes keys of any length, so this cannot fail.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(timestamp.as_bytes());
    mac.update(body.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// Only these are tried again; a plain 500 loses the event. The pause after a timeout or a 409 is not documented.
pub(super) fn retry_in(attempt: u32, answer: Answer) -> Option<TimeDelta> {
    let pause = TimeDelta::seconds(10);
    match answer.outcome {
        Outcome::TimedOut if attempt <= 5 => Some(pause),
        Outcome::Answered(409) if attempt <= 3 => Some(pause),
        Outcome::Answered(429 | 503) => {
            answer.retry_after.filter(|seconds| *seconds < 60).map(|seconds| TimeDelta::seconds(seconds.into()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_like_the_published_vectors() {
        let secret = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==";
        let at = "2021-03-25T05:09:27Z";
        for (body, expected) in [
            (r#"{"event":"ticket.updated","id":123}"#, "S/RDdU2ERmj7LHDDoWJ2onPYH+t7/f2+LTM4dL7UiLM="),
            ("", "wCdBvXaHttn0wRVIYctzZ9O6O0bnqWakJMEKZ9VoRWw="),
            ("{}", "OhyuASlMysBOYZdC/6lrc3gA+Lv49zMKyTnxzdRguy4="),
        ] {
            assert_eq!(signature(secret, at, body), expected);
        }
    }

    #[test]
    fn retries_only_what_the_vendor_retries() {
        let answered = |status, retry_after| Answer { outcome: Outcome::Answered(status), retry_after };
        let timeout = Answer { outcome: Outcome::TimedOut, retry_after: None };
        let refused = Answer { outcome: Outcome::Unreachable, retry_after: None };
        for (attempt, answer, again) in [
            (1, answered(500, None), false),
            (1, answered(502, Some(5)), false),
            (1, answered(404, None), false),
            (1, answered(302, None), false),
            (1, answered(503, None), false),
            (1, answered(503, Some(30)), true),
            (1, answered(429, Some(59)), true),
            (1, answered(429, Some(60)), false),
            (3, answered(409, None), true),
            (4, answered(409, None), false),
            (5, timeout, true),
            (6, timeout, false),
            (1, refused, false),
        ] {
            assert_eq!(retry_in(attempt, answer).is_some(), again, "{attempt} {answer:?}");
        }
    }
}
