//! The window in which an agent signs in at the operator's identity provider: how it goes there, and how it comes back.

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;

use super::super::answers::PRIVATE;
use super::sorry::sorry;
use super::{Doors, filled, not_built, served};
use crate::domain::ids::ConnectionId;
use crate::workflow::sessions::{self, Back, NotLetIn};

/// The window shows what little it shows in no frame, and runs what is ours.
const POLICY: &str =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// The routes.
pub(super) fn routes() -> Router<Doors> {
    Router::new().route("/auth/oidc/{connection}", get(depart)).route(sessions::BACK, get(returned))
}

#[derive(Deserialize)]
struct Wish {
    challenge: String,
}

/// What the provider sends back: a code, or why there is none. <https://datatracker.ietf.org/doc/html/rfc6749#section-4.1.2>
#[derive(Deserialize)]
struct Shown {
    state: SecretString,
    code: Option<SecretString>,
    error: Option<String>,
    iss: Option<String>,
}

async fn depart(
    State(doors): State<Doors>,
    Path(connection): Path<String>,
    wish: Result<Query<Wish>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let asked = connection.parse::<ConnectionId>().ok().zip(wish.ok());
    let Some((connection, Query(Wish { challenge }))) = asked else { return sorry(&NotLetIn::NoSuchDoor, POLICY, &headers) };
    let gone = sessions::depart(&doors.cx, connection, &challenge).await.map(|address| HeaderValue::from_str(address.as_str()));
    match gone {
        Ok(Ok(address)) => {
            let headers = [
                (header::LOCATION, address),
                (header::CACHE_CONTROL, PRIVATE),
                (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
            ];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        Ok(Err(_)) => sorry(&NotLetIn::NoSuchDoor, POLICY, &headers),
        Err(error) => sorry(&error, POLICY, &headers),
    }
}

async fn returned(State(doors): State<Doors>, shown: Result<Query<Shown>, QueryRejection>, headers: HeaderMap) -> Response {
    let Ok(Query(Shown { state, code, error, iss })) = shown else { return sorry(&NotLetIn::Forged, POLICY, &headers) };
    if let Some(error) = &error {
        // One of the standard's words; anything else is none of the provider's.
        let word: String = error.chars().filter(|letter| letter.is_ascii_lowercase() || *letter == '_').take(40).collect();
        tracing::info!(error = word, "the identity provider let somebody not in");
    }
    let code = if error.is_some() { None } else { code };
    match sessions::returned(&doors.cx, Back { state, code, issuer: iss }).await {
        Ok(handed) => match doors.pages.page("signed-in") {
            Some(page) => served(&filled(page, &json!({ "code": handed.code.expose_secret() }), ""), POLICY),
            None => not_built(),
        },
        Err(error) => sorry(&error, POLICY, &headers),
    }
}
