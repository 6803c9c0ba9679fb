//! The inbound door: verify over the raw bytes, store durably, answer. Nothing else happens here.
//!
//! The answers follow what makes each sender come again. Zendesk retries a time-out, 409, and 429 or 503 with a
//! `Retry-After` under a minute; a plain 500 loses the event. Freshdesk retries what is not 2xx, after minutes.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::domain::ids::{ConnectionId, InboxId};
use crate::domain::tickets::HelpdeskKind;
use crate::helpdesk::{Delivery, Nudge, NudgeKind, ReadError};
use crate::store::{Committer, Inserted, NewDelivery, QueueStatus, lane};
use crate::workflow::connections::Connected;
use crate::workflow::{Cx, Error};

/// How long a sender may take for its body.
const BODY_TIME: Duration = Duration::from_secs(8);
/// After how many seconds to come again; Zendesk does so below 60.
const COME_AGAIN: &str = "30";

/// What the door needs.
#[derive(Debug)]
pub(super) struct WebhookDoor {
    /// The house.
    pub cx: Cx,
    /// The way into the inbox.
    pub committer: Committer,
    /// The largest body, in bytes.
    pub limit: usize,
}

/// `POST /webhooks/{kind}/{connectionId}`
pub(super) async fn receive(
    State(door): State<Arc<WebhookDoor>>,
    Path((kind, connection)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let outcome = match known(&door, &kind, &connection).await {
        Ok(connected) => admit(&door, &connected, query.as_deref(), &headers, body).await,
        Err(outcome) => outcome,
    };
    metrics::counter!("trilogue_webhooks_total", "outcome" => outcome.name()).increment(1);
    outcome.into_response()
}

/// What became of a delivery at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Stored,
    Duplicate,
    Unreadable,
    UnknownConnection,
    NotVerified,
    TooLarge,
    Slow,
    Busy,
    StoreDown,
}

impl Outcome {
    const fn name(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Duplicate => "duplicate",
            Self::Unreadable => "unreadable",
            Self::UnknownConnection => "unknown_connection",
            Self::NotVerified => "not_verified",
            Self::TooLarge => "too_large",
            Self::Slow => "slow",
            Self::Busy => "busy",
            Self::StoreDown => "store_down",
        }
    }
}

impl IntoResponse for Outcome {
    fn into_response(self) -> Response {
        match self {
            Self::Stored | Self::Duplicate | Self::Unreadable => StatusCode::OK.into_response(),
            Self::UnknownConnection => StatusCode::NOT_FOUND.into_response(),
            Self::NotVerified => StatusCode::UNAUTHORIZED.into_response(),
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
            Self::Slow | Self::Busy | Self::StoreDown => {
                (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, HeaderValue::from_static(COME_AGAIN))]).into_response()
            }
        }
    }
}

async fn known(door: &WebhookDoor, kind: &str, connection: &str) -> Result<Arc<Connected>, Outcome> {
    let id = connection.parse::<ConnectionId>().map_err(|_| Outcome::UnknownConnection)?;
    let fits = |kind: &str, connected: &Connected| {
        HelpdeskKind::ALL.into_iter().any(|known| known.slug() == kind && known == connected.helpdesk.kind())
    };
    match door.cx.connections.get(id).await {
        Ok(connected) if fits(kind, &connected) => Ok(connected),
        Ok(_) | Err(Error::NotFound) => Err(Outcome::UnknownConnection),
        Err(error) => {
            tracing::error!(connection.id = %id, %error, "a connection cannot be used");
            Err(Outcome::StoreDown)
        }
    }
}

async fn admit(door: &WebhookDoor, connected: &Connected, query: Option<&str>, headers: &HeaderMap, body: Body) -> Outcome {
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > door.limit) {
        return Outcome::TooLarge;
    }
    let body = match tokio::time::timeout(BODY_TIME, to_bytes(body, door.limit)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return Outcome::TooLarge,
        Err(_) => return Outcome::Slow,
    };
    let delivery = Delivery { headers, query, body: &body, received_at: door.cx.now() };
    if let Err(reason) = connected.helpdesk.verify(&delivery) {
        tracing::warn!(connection.id = %connected.id, %reason, "a webhook was refused");
        return Outcome::NotVerified;
    }
    let read = connected.helpdesk.read(&delivery);
    let unreadable = read.is_err();
    match door.committer.submit(row(connected, read, &delivery, &body)).await {
        Ok(Inserted::New) if unreadable => Outcome::Unreadable,
        Ok(Inserted::New) => Outcome::Stored,
        Ok(Inserted::Duplicate) => Outcome::Duplicate,
        Err(crate::store::NotStored::Busy) => Outcome::Busy,
        Err(crate::store::NotStored::Store(error)) => {
            tracing::error!(connection.id = %connected.id, %error, "a webhook could not be stored; its sender is told to come again");
            Outcome::StoreDown
        }
    }
}

/// The row of a verified delivery: one that waits, one that is nothing for us, or one that nobody can read.
fn row(connected: &Connected, read: Result<Nudge, ReadError>, delivery: &Delivery<'_>, body: &Bytes) -> NewDelivery {
    let (nudge, status, reason) = match read {
        Ok(nudge) => match (&nudge.ticket, &nudge.kind) {
            (_, NudgeKind::Ignored { event_type }) => {
                let reason = format!("nothing for us: {}", event_type.chars().take(100).collect::<String>());
                (nudge, QueueStatus::Ignored, Some(reason))
            }
            (None, _) => (nudge, QueueStatus::Ignored, Some("it concerns no ticket".to_owned())),
            (Some(_), _) => (nudge, QueueStatus::Pending, None),
        },
        Err(error) => {
            let nothing = NudgeKind::Ignored { event_type: "unreadable".to_owned() };
            let nudge = Nudge { ticket: None, event_key: None, delivery_key: None, digest: None, kind: nothing };
            (nudge, QueueStatus::Dead, Some(error.to_string()))
        }
    };
    let lane = nudge.ticket.as_ref().map_or_else(|| connected.id.to_string(), |ticket| lane(connected.id, ticket));
    NewDelivery {
        id: InboxId::generate(),
        marketplace: connected.marketplace,
        connection: connected.id,
        lane,
        status,
        reason,
        event_key: nudge.event_key,
        delivery_key: nudge.delivery_key,
        digest: nudge.digest,
        ticket: nudge.ticket,
        nudge: NewDelivery::encode(&nudge.kind),
        body: body.to_vec(),
        received_at: delivery.received_at,
    }
}
