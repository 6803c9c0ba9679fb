//! GraphQL over HTTP, by the letter: <https://graphql.github.io/graphql-over-http/draft/>.
//!
//! A test holds this door to the 61 audits of the npm package `graphql-http`.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Executor, Response as GraphqlResponse, ServerError};
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use serde::Serialize;
use serde_json::json;
use tokio::time::timeout;

use super::accept::{Media, negotiate};
use super::params::{Malformed, Params};
use super::prepare::{Denied, Prepare};
use super::rates::seconds;
use super::websocket::{self, SocketSettings};
use crate::graphql::code::ErrorCode;
use crate::graphql::limits::{Limited, Progress, RequestState, Transport};

/// How long an operation may take before its client is told that it takes too long.
const LONGEST: Duration = Duration::from_secs(30);
/// Largest body of a POST, in bytes.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// What one GraphQL endpoint consists of.
pub struct Endpoint<E, P> {
    /// What executes operations.
    pub executor: Limited<E>,
    /// Who tells who is asking.
    pub prepare: Arc<P>,
    /// The page for people who come by browser.
    pub graphiql: fn() -> Response,
    /// How sockets are kept.
    pub sockets: SocketSettings,
}

impl<E: Clone, P> Clone for Endpoint<E, P> {
    fn clone(&self) -> Self {
        Self { executor: self.executor.clone(), prepare: Arc::clone(&self.prepare), graphiql: self.graphiql, sockets: self.sockets.clone() }
    }
}

impl<E: Executor, P: Prepare> Endpoint<E, P> {
    /// The endpoint as a route: queries by GET, queries and mutations by POST, everything over a WebSocket.
    pub fn into_route<S: Clone + Send + Sync + 'static>(self) -> MethodRouter<S> {
        get(answer_get::<E, P>).post(answer_post::<E, P>).layer(DefaultBodyLimit::max(MAX_BODY)).with_state(self)
    }

    async fn answer(&self, media: Media, transport: Transport, params: Params, headers: &HeaderMap) -> Response {
        let state = RequestState::new(transport);
        match params.into_request(&*self.prepare, headers, None, state.clone()).await {
            Ok(request) => {
                match timeout(LONGEST, self.executor.execute(request)).await {
                    Ok(response) => executed(media, state.progress(), response),
                    // A mutation that was begun is finished all the same.
                    Err(_) => refused(media, StatusCode::GATEWAY_TIMEOUT, &ErrorCode::RequestTimeout.error("The answer took too long.")),
                }
            }
            Err(denied) => refused_viewer(media, denied),
        }
    }
}

async fn answer_get<E: Executor, P: Prepare>(
    State(endpoint): State<Endpoint<E, P>>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    match upgrade {
        Ok(upgrade) => return websocket::open(upgrade, headers, endpoint),
        Err(rejection) if wants_websocket(&headers) => return rejection.into_response(),
        Err(_) => {}
    }
    match negotiate(&headers, &[Media::Json, Media::GraphqlResponse, Media::Html]) {
        None => not_acceptable(),
        Some(Media::Html) => (endpoint.graphiql)(),
        Some(media) => match Params::from_url(&uri) {
            Ok(params) => endpoint.answer(media, Transport::Get, params, &headers).await,
            Err(malformed) => bad_request(media, &malformed),
        },
    }
}

async fn answer_post<E: Executor, P: Prepare>(
    State(endpoint): State<Endpoint<E, P>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let Some(media) = negotiate(&headers, &[Media::Json, Media::GraphqlResponse]) else { return not_acceptable() };
    if !is_json(&headers) {
        let message = "Send the operation as application/json, in UTF-8.";
        return refused(media, StatusCode::UNSUPPORTED_MEDIA_TYPE, &ErrorCode::BadUserInput.error(message));
    }
    match body.map(|body| Params::from_body(&body)) {
        Ok(Ok(params)) => endpoint.answer(media, Transport::Post, params, &headers).await,
        Ok(Err(malformed)) => bad_request(media, &malformed),
        Err(rejection) => refused(media, rejection.status(), &ErrorCode::BadUserInput.error(rejection.body_text())),
    }
}

fn wants_websocket(headers: &HeaderMap) -> bool {
    headers.get(header::UPGRADE).is_some_and(|protocol| protocol.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Only JSON, which a browser sends to another site after a preflight alone: a plain form of a hostile page must not
/// be taken for an operation.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(content_type) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    let mut parts = content_type.split(';').map(str::trim);
    parts.next().is_some_and(|media| media.eq_ignore_ascii_case("application/json"))
        && parts
            .filter_map(|part| part.split_once('='))
            .all(|(name, value)| !name.eq_ignore_ascii_case("charset") || value.trim_matches('"').eq_ignore_ascii_case("utf-8"))
}

/// The answer to a request that reached the engine.
fn executed(media: Media, progress: Progress, mut response: GraphqlResponse) -> Response {
    let headers = std::mem::take(&mut response.http_headers);
    let mut answer = match progress {
        Progress::Begun => render(media, StatusCode::OK, &response),
        Progress::WrongMethod => {
            let mut answer = render(media, StatusCode::METHOD_NOT_ALLOWED, &json!({ "errors": response.errors }));
            answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
            answer
        }
        Progress::NotBegun => {
            let status = if media == Media::GraphqlResponse { StatusCode::BAD_REQUEST } else { StatusCode::OK };
            render(media, status, &json!({ "errors": response.errors }))
        }
    };
    answer.headers_mut().extend(headers);
    answer
}

fn refused_viewer(media: Media, denied: Denied) -> Response {
    let error = denied.error();
    match denied {
        Denied::Unauthenticated => {
            let mut answer = refused(media, StatusCode::UNAUTHORIZED, &error);
            answer.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            answer
        }
        Denied::TooOften { after } => {
            let mut answer = refused(media, StatusCode::TOO_MANY_REQUESTS, &error);
            answer.headers_mut().insert(header::RETRY_AFTER, seconds(after));
            answer
        }
        Denied::Unlisted => refused(media, StatusCode::FORBIDDEN, &error),
        Denied::Unavailable => refused(media, StatusCode::SERVICE_UNAVAILABLE, &error),
    }
}

fn bad_request(media: Media, malformed: &Malformed) -> Response {
    refused(media, StatusCode::BAD_REQUEST, &ErrorCode::BadUserInput.error(malformed.to_string()))
}

fn not_acceptable() -> Response {
    let message = "The answer can be application/graphql-response+json or application/json.";
    refused(Media::Json, StatusCode::NOT_ACCEPTABLE, &ErrorCode::BadUserInput.error(message))
}

/// The answer to a request that did not reach the engine.
pub(super) fn refused(media: Media, status: StatusCode, error: &ServerError) -> Response {
    render(media, status, &json!({ "errors": [error] }))
}

fn render(media: Media, status: StatusCode, body: &impl Serialize) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media.content_type()),
        (header::VARY, HeaderValue::from_static("accept")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    match serde_json::to_vec(body) {
        Ok(body) => (status, headers, body).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
