//! Webhooks of Zendesk: what proves the sender, and which ticket they are about.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::header::HeaderMap;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

use crate::domain::tickets::TicketNumber;
use crate::helpdesk::{Delivery, Nudge, NudgeKind, ReadError, VerifyError, inbound};

#[cfg(test)]
mod tests;

/// Carries the signature, in base64. <https://developer.zendesk.com/documentation/webhooks/verifying/>
pub const SIGNATURE_HEADER: &str = "X-Zendesk-Webhook-Signature";
/// Carries the time that is signed along with the body.
pub const TIMESTAMP_HEADER: &str = "X-Zendesk-Webhook-Signature-Timestamp";
/// Carries the id of the delivery.
pub const INVOCATION_HEADER: &str = "X-Zendesk-Webhook-Invocation-Id";

const EVENT_PREFIX: &str = "zen:event-type:";
const TICKET_PREFIX: &str = "zen:ticket:";

/// The signature that Zendesk puts on a body: HMAC-SHA256 over the timestamp header and the body, in base64. The
/// secret looks like base64 and is used as it is.
pub fn signature(secret: &str, timestamp: &str, body: &[u8]) -> String {
    // HMAC takes keys of every length; the other arm cannot be reached, and its answer fits nothing.
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    BASE64.encode(mac.chain_update(timestamp).chain_update(body).finalize().into_bytes())
}

/// Checks the signature against every secret, then its age where a window is set.
pub(super) fn verify(delivery: &Delivery<'_>, secrets: &[SecretString], window: Option<TimeDelta>) -> Result<(), VerifyError> {
    let given = header(delivery.headers, SIGNATURE_HEADER).ok_or(VerifyError::Missing)?;
    let timestamp = header(delivery.headers, TIMESTAMP_HEADER).ok_or(VerifyError::Missing)?;
    let fits = |secret: &str| -> Choice { signature(secret, timestamp, delivery.body).as_bytes().ct_eq(given.as_bytes()) };
    if !inbound::any_fits(secrets, fits) {
        return Err(VerifyError::Wrong);
    }
    match window {
        Some(window) if !is_within(timestamp, delivery.received_at, window) => Err(VerifyError::Stale),
        _ => Ok(()),
    }
}

fn is_within(timestamp: &str, received_at: DateTime<Utc>, window: TimeDelta) -> bool {
    DateTime::parse_from_rfc3339(timestamp).is_ok_and(|signed_at| received_at.signed_duration_since(signed_at).abs() <= window)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim).filter(|value| !value.is_empty())
}

/// Reads an event of an event-subscribed webhook, or the body that a trigger's template made.
pub(super) fn read(delivery: &Delivery<'_>) -> Result<Nudge, ReadError> {
    let delivery_key = header(delivery.headers, INVOCATION_HEADER).map(str::to_owned);
    // The rest of a usual event is not even taken apart. What has another shape is looked at whole.
    if let Ok(envelope) = serde_json::from_slice::<Envelope>(delivery.body)
        && let Some(event_type) = envelope.kind.strip_prefix(EVENT_PREFIX)
    {
        return event(event_type, &envelope, delivery_key);
    }
    let body = inbound::body(delivery)?;
    match body["type"].as_str().and_then(|event_type| event_type.strip_prefix(EVENT_PREFIX)) {
        Some(event_type) => event(event_type, &Envelope::of(&body), delivery_key),
        None => trigger(delivery, &body, delivery_key),
    }
}

/// What matters of an event.
#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    id: Value,
    #[serde(default)]
    subject: Value,
    #[serde(default)]
    detail: Detail,
    #[serde(default)]
    event: Change,
}

#[derive(Default, Deserialize)]
struct Detail {
    #[serde(default)]
    id: Value,
}

#[derive(Default, Deserialize)]
struct Change {
    #[serde(default)]
    target_ticket_id: Value,
}

impl Envelope {
    fn of(body: &Value) -> Self {
        Self {
            kind: body["type"].as_str().unwrap_or_default().to_owned(),
            id: body["id"].clone(),
            subject: body["subject"].clone(),
            detail: Detail { id: body["detail"]["id"].clone() },
            event: Change { target_ticket_id: body["event"]["target_ticket_id"].clone() },
        }
    }
}

fn event(event_type: &str, envelope: &Envelope, delivery_key: Option<String>) -> Result<Nudge, ReadError> {
    let kind = kind(event_type, &envelope.event);
    let ticket = match kind {
        NudgeKind::Ignored { .. } => None,
        _ => Some(subject(envelope).ok_or(ReadError::NoTicket)?),
    };
    Ok(Nudge { ticket, event_key: inbound::text(&envelope.id), delivery_key, digest: None, kind })
}

fn subject(envelope: &Envelope) -> Option<TicketNumber> {
    let named = || envelope.subject.as_str()?.strip_prefix(TICKET_PREFIX).map(Value::from).as_ref().and_then(inbound::ticket_number);
    inbound::ticket_number(&envelope.detail.id).or_else(named)
}

/// <https://developer.zendesk.com/api-reference/webhooks/event-types/ticket-events/>
fn kind(event_type: &str, event: &Change) -> NudgeKind {
    match event_type {
        "ticket.comment_redacted" | "ticket.comment_made_private" | "ticket.attachment_redacted_from_comment" => {
            NudgeKind::CommentsRewritten
        }
        "ticket.merged" => NudgeKind::TicketMerged { into: inbound::ticket_number(&event.target_ticket_id) },
        "ticket.soft_deleted" | "ticket.permanently_deleted" => NudgeKind::TicketDeleted,
        "ticket.marked_as_spam" => NudgeKind::TicketSpam,
        "ticket.csat_received" => NudgeKind::TicketRated,
        "messaging_ticket.message_added" => NudgeKind::TicketChanged,
        other if other.starts_with("ticket.") => NudgeKind::TicketChanged,
        other => NudgeKind::Ignored { event_type: format!("{EVENT_PREFIX}{other}") },
    }
}

/// A trigger's body carries no id of the event: the delivery's own must do, or the body itself.
fn trigger(delivery: &Delivery<'_>, body: &Value, delivery_key: Option<String>) -> Result<Nudge, ReadError> {
    let ticket = inbound::ticket_in(body).ok_or(ReadError::NoTicket)?;
    let digest = delivery_key.is_none().then(|| inbound::digest(delivery.body));
    Ok(Nudge { ticket: Some(ticket), event_key: None, delivery_key, digest, kind: NudgeKind::TicketChanged })
}
