//! The door for what payment systems report: the signature first, over the raw bytes, then stored, then answered.
//!
//! Who is refused is not told why. What is signed and cannot be read is kept and answered 200: it would come again for days.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::domain::ids::ConnectionId;
use crate::workflow::payments::{self, Received};
use crate::workflow::{Cx, Error};

/// How long a sender may take for its body.
const BODY_TIME: Duration = Duration::from_secs(8);
/// The largest body, in bytes.
const LARGEST: usize = 256 * 1024;
/// After how many seconds to come again.
const COME_AGAIN: &str = "30";

/// `POST /hooks/payments/{connectionId}`
pub(super) async fn receive(State(cx): State<Arc<Cx>>, Path(connection): Path<String>, headers: HeaderMap, body: Body) -> Response {
    let (outcome, response) = Box::pin(admit(&cx, &connection, &headers, body)).await;
    metrics::counter!("trilogue_payment_hooks_total", "outcome" => outcome).increment(1);
    response
}

async fn admit(cx: &Cx, connection: &str, headers: &HeaderMap, body: Body) -> (&'static str, Response) {
    let Ok(id) = connection.parse::<ConnectionId>() else { return ("unknown_connection", StatusCode::NOT_FOUND.into_response()) };
    let system = match cx.payments.get(id).await {
        Ok(system) => system,
        Err(Error::NotFound) => return ("unknown_connection", StatusCode::NOT_FOUND.into_response()),
        Err(error) => {
            tracing::error!(connection.id = %id, %error, "a connection to a payment system cannot be used");
            return ("unusable", come_again());
        }
    };
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > LARGEST) {
        return ("too_large", StatusCode::PAYLOAD_TOO_LARGE.into_response());
    }
    let body = match tokio::time::timeout(BODY_TIME, to_bytes(body, LARGEST)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return ("too_large", StatusCode::PAYLOAD_TOO_LARGE.into_response()),
        Err(_) => return ("slow", come_again()),
    };
    match payments::receive(cx, &system, headers, &body).await {
        Ok(Received::Stored) => ("stored", StatusCode::OK.into_response()),
        Ok(Received::Duplicate) => ("duplicate", StatusCode::OK.into_response()),
        Ok(Received::Nothing) => ("nothing", StatusCode::OK.into_response()),
        Ok(Received::Unreadable) => ("unreadable", StatusCode::OK.into_response()),
        Ok(Received::NotSigned) => ("not_signed", StatusCode::UNAUTHORIZED.into_response()),
        Err(error) => {
            tracing::error!(connection.id = %id, %error, "a report could not be stored; its sender is told to come again");
            ("store_down", come_again())
        }
    }
}

fn come_again() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, HeaderValue::from_static(COME_AGAIN))]).into_response()
}
