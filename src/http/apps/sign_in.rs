//! The doors by which pages get and keep a session. JSON alone, so no form of another site reaches them; no cookies, so nobody's
//! browser speaks for its reader unasked.

use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;

use super::super::answers::{self, PRIVATE, refused};
use super::super::auth;
use super::Session;
use crate::domain::ids::ConnectionId;
use crate::workflow::sessions::{self, NotLetIn, Opened, PairingRequest};
use crate::workflow::{Cx, Error};

/// The most that is sent to sign in, in bytes.
const MOST: usize = 4 * 1024;

/// The routes.
pub(super) fn routes<S: Clone + Send + Sync + 'static>(cx: &Cx) -> Router<S> {
    Router::new()
        .route("/auth/renew", post(renew))
        .route("/auth/pairing", post(pair))
        .route("/auth/session", post(session))
        .layer(DefaultBodyLimit::max(MOST))
        .with_state(cx.clone())
}

/// A request for a code.
#[derive(Deserialize)]
struct Pair {
    connection: ConnectionId,
    email: String,
    challenge: String,
}

/// What is exchanged for a session: the code that was sent with what went with it, or the one that was handed over.
#[derive(Deserialize)]
struct Exchange {
    pairing: Option<SecretString>,
    code: SecretString,
    verifier: SecretString,
}

fn opened(opened: Opened) -> Response {
    ([(header::CACHE_CONTROL, PRIVATE)], Json(Session::from(opened))).into_response()
}

fn malformed(rejection: &JsonRejection) -> Response {
    refused(rejection.status(), "BAD_USER_INPUT", &rejection.body_text())
}

/// `POST /auth/renew`: a new session for one that is still good.
async fn renew(State(cx): State<Cx>, headers: HeaderMap) -> Response {
    let Some(token) = auth::token(&headers) else { return answers::denied(super::super::prepare::Denied::Unauthenticated) };
    match sessions::renew(&cx, &token).await {
        Ok(new) => opened(new),
        Err(Error::NotFound) => answers::denied(super::super::prepare::Denied::Unauthenticated),
        Err(error) => answers::failed(&error),
    }
}

/// `POST /auth/pairing`: sends a code to an agent's address. The answer does not tell whether there is such an agent.
async fn pair(State(cx): State<Cx>, body: Result<Json<Pair>, JsonRejection>) -> Response {
    let Pair { connection, email, challenge } = match body {
        Ok(Json(body)) => body,
        Err(rejection) => return malformed(&rejection),
    };
    match sessions::pair(&cx, &PairingRequest { connection, email: email.trim().to_owned(), challenge }).await {
        Ok(pairing) => {
            let shown = json!({ "pairing": pairing.handle.expose_secret(), "expiresAt": pairing.expires_at });
            (StatusCode::ACCEPTED, [(header::CACHE_CONTROL, PRIVATE)], Json(shown)).into_response()
        }
        Err(error) => not_let_in(&error),
    }
}

/// `POST /auth/session`: a session for the code.
async fn session(State(cx): State<Cx>, body: Result<Json<Exchange>, JsonRejection>) -> Response {
    let Exchange { pairing, code, verifier } = match body {
        Ok(Json(body)) => body,
        Err(rejection) => return malformed(&rejection),
    };
    let let_in = match pairing {
        Some(pairing) => sessions::paired(&cx, &pairing, &code, &verifier).await,
        None => sessions::by_code(&cx, &code, &verifier).await,
    };
    match let_in {
        Ok(new) => opened(new),
        Err(error) => not_let_in(&error),
    }
}

/// How long who tries too often is asked to wait, in seconds.
const WAIT: &str = "600";

fn not_let_in(error: &NotLetIn) -> Response {
    let (status, code) = match error {
        NotLetIn::House(error) => return answers::failed(error),
        NotLetIn::Identity(error) => return answers::failed(error),
        NotLetIn::TurnedBack => (StatusCode::UNAUTHORIZED, "TURNED_BACK"),
        NotLetIn::NoSuchDoor => (StatusCode::NOT_FOUND, "NO_SUCH_DOOR"),
        // Whoever asks for an address that no agent has learns no more than who mistypes a code.
        NotLetIn::NoAgent => (StatusCode::UNAUTHORIZED, "WRONG_CODE"),
        NotLetIn::Forged => (StatusCode::BAD_REQUEST, "BAD_USER_INPUT"),
        NotLetIn::Expired | NotLetIn::Used => (StatusCode::UNAUTHORIZED, "EXPIRED"),
        NotLetIn::TooMany => (StatusCode::TOO_MANY_REQUESTS, "TOO_MANY"),
    };
    let message = if code == "WRONG_CODE" { "This is not the code.".to_owned() } else { error.to_string() };
    let mut answer = refused(status, code, &message);
    if status == StatusCode::TOO_MANY_REQUESTS {
        answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static(WAIT));
    }
    answer
}
