//! The door of evidence: one file of it, or all of a dispute's as one file with an index of hashes.
//!
//! The last line of a bundle holds the SHA-256 of all lines before it. A file without it broke off.

mod html;
mod json;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::papers::{Language, Sealed, Way, document};
use super::{answers, attachments};
use crate::domain::ids::{DisputeId, EvidenceId};
use crate::domain::parties::Scope;
use crate::workflow::disputes::bundle::{self, Bundle};
use crate::workflow::{Cx, Error, disputes};

/// The routes.
pub(super) fn routes<S: Clone + Send + Sync + 'static>(cx: &Cx) -> Router<S> {
    Router::new()
        .route("/evidence/{id}", get(one))
        .route("/disputes/{id}/evidence.json", get(as_json))
        .route("/disputes/{id}/evidence.html", get(as_html))
        .with_state(cx.clone())
}

/// What a link carries, and how a file or a page is wanted.
#[derive(Deserialize)]
struct Asked {
    #[serde(flatten)]
    sealed: Sealed,
    disposition: Option<String>,
    lang: Option<String>,
}

fn refused(error: &Error) -> Response {
    match error {
        Error::NotFound => answers::not_found(),
        error => answers::failed(error),
    }
}

/// `GET /evidence/{id}`, by a signed link or with a token.
async fn one(State(cx): State<Cx>, Path(id): Path<String>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    let scope = match asked.sealed.scope(&cx, &headers, |seal| disputes::open_link(&cx, &id, seal)).await {
        Ok(scope) => scope,
        Err(refusal) => return *refusal,
    };
    let Ok(id) = id.parse::<EvidenceId>() else { return answers::not_found() };
    match disputes::download(&cx, scope, id).await {
        Ok(download) => attachments::served(download, asked.disposition.as_deref() == Some("inline")),
        Err(error) => refused(&error),
    }
}

async fn as_json(State(cx): State<Cx>, Path(id): Path<String>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    match gathered(&cx, &id, "evidence.json", &asked, &headers).await {
        Ok((bundle, _)) => {
            let name = format!("{}.json", bundle.dispute.id);
            document("application/json; charset=utf-8", Way::Attachment, &name, json::body(cx, bundle))
        }
        Err(refusal) => *refusal,
    }
}

async fn as_html(State(cx): State<Cx>, Path(id): Path<String>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    match gathered(&cx, &id, "evidence.html", &asked, &headers).await {
        Ok((bundle, scope)) => {
            let language = Language::of(asked.lang.as_deref().unwrap_or(&bundle.marketplace.locale));
            let name = format!("{}.html", bundle.dispute.id);
            let page = html::page(language, &bundle, |piece, file| disputes::link(&cx, scope, piece, file));
            document("text/html; charset=utf-8", Way::Inline, &name, Body::from(page))
        }
        Err(refusal) => *refusal,
    }
}

async fn gathered(cx: &Cx, id: &str, file: &str, asked: &Asked, headers: &HeaderMap) -> Result<(Bundle, Scope), Box<Response>> {
    let scope = asked.sealed.scope(cx, headers, |seal| bundle::open_link(cx, id, file, seal)).await?;
    let id = id.parse::<DisputeId>().map_err(|_| Box::new(answers::not_found()))?;
    let bundle = bundle::gather(cx, scope, id).await.map_err(|error| Box::new(refused(&error)))?;
    Ok((bundle, scope))
}
