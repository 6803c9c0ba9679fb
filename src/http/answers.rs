//! Answers of the doors that are no GraphQL: JSON for programs, a plain page for people who follow a link.

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::json;

use super::prepare::Denied;
use super::rates::seconds;

/// What may be done with an answer that is for one viewer alone.
pub(super) const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-store");
/// Nothing in it may run or be loaded, whatever it is.
pub(super) const SANDBOX: HeaderValue = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox");
/// The same for a page whose links are to files: its reader may save them.
pub(super) const SANDBOX_WITH_FILES: HeaderValue =
    HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox allow-downloads");

/// A refusal for programs.
pub(super) fn refused(status: StatusCode, code: &'static str, message: &str) -> Response {
    let body = Json(json!({ "error": { "code": code, "message": message } }));
    (status, [(header::CACHE_CONTROL, PRIVATE)], body).into_response()
}

/// The refusal of credentials.
pub(super) fn denied(denied: Denied) -> Response {
    match denied {
        Denied::Unauthenticated => {
            let mut answer = refused(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", &denied.to_string());
            answer.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            answer
        }
        Denied::TooOften { after } => {
            let mut answer = refused(StatusCode::TOO_MANY_REQUESTS, "TOO_MANY", &denied.to_string());
            answer.headers_mut().insert(header::RETRY_AFTER, seconds(after));
            answer
        }
        Denied::Unlisted => refused(StatusCode::FORBIDDEN, "FORBIDDEN", &denied.to_string()),
        Denied::Unavailable => refused(StatusCode::SERVICE_UNAVAILABLE, "SERVICE_UNAVAILABLE", &denied.to_string()),
    }
}

/// There is no such thing, or not for who asks.
pub(super) fn not_found() -> Response {
    refused(StatusCode::NOT_FOUND, "NOT_FOUND", "Not found.")
}

/// An error with all that it came of.
pub(super) fn causes(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// A fault of ours, logged here once.
pub(super) fn failed(error: &dyn std::error::Error) -> Response {
    tracing::error!(cause = causes(error), "a request failed");
    refused(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_SERVER_ERROR", "Something went wrong on our side.")
}

/// A link whose time is over: a sentence, as a page where a browser asks.
pub(super) fn expired(headers: &HeaderMap) -> Response {
    const SENTENCE: &str = "This link is no longer good. Go back to the conversation and open it again from there.";
    let page = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"));
    let (csp, own) = ((header::CONTENT_SECURITY_POLICY, SANDBOX), (header::CACHE_CONTROL, PRIVATE));
    if page {
        let html = format!("<!doctype html><meta charset=\"utf-8\"><title>Link expired</title><p>{SENTENCE}</p>");
        (StatusCode::GONE, [csp, own], Html(html)).into_response()
    } else {
        (StatusCode::GONE, [csp, own], format!("{SENTENCE}\n")).into_response()
    }
}
