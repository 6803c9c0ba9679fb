//! The door of exports: a case as one file, as it is read.
//!
//! The last line holds the SHA-256 of all lines before it. A file without it broke off.

mod html;
mod json;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use futures_util::stream;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::answers;
use super::papers::{Language, Sealed, Way, document, plain};
use crate::domain::ids::CaseId;
use crate::domain::parties::Who;
use crate::workflow::export::{self, Export, Header, Part};
use crate::workflow::{Cx, Error};

/// The routes.
pub(super) fn routes<S: Clone + Send + Sync + 'static>(cx: &Cx) -> Router<S> {
    Router::new().route("/cases/{id}/export.json", get(as_json)).route("/cases/{id}/export.html", get(as_html)).with_state(cx.clone())
}

/// What a link carries, and how the page is wanted.
#[derive(Deserialize)]
struct Asked {
    #[serde(flatten)]
    sealed: Sealed,
    lang: Option<String>,
}

async fn as_json(State(cx): State<Cx>, Path(id): Path<String>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    answer(&cx, &id, "export.json", &asked, &headers).await
}

async fn as_html(State(cx): State<Cx>, Path(id): Path<String>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    answer(&cx, &id, "export.html", &asked, &headers).await
}

async fn answer(cx: &Cx, id: &str, file: &'static str, asked: &Asked, headers: &HeaderMap) -> Response {
    let scope = match asked.sealed.scope(cx, headers, |seal| export::open_link(cx, id, file, seal)).await {
        Ok(scope) => scope,
        Err(refusal) => return *refusal,
    };
    let begun = match id.parse::<CaseId>() {
        Ok(id) => export::begin(cx, scope, id).await,
        Err(_) => Err(Error::NotFound),
    };
    match begun {
        Ok((header, export)) => served(file, asked.lang.as_deref(), &header, export),
        Err(Error::NotFound) => answers::not_found(),
        Err(error) => answers::failed(&error),
    }
}

/// How an export is written down.
pub(super) trait Style: Send + 'static {
    /// What stands at the top.
    fn open(&mut self, header: &Header) -> String;
    /// The next part.
    fn part(&mut self, part: &Part) -> String;
    /// What stands at the end, but for the last line.
    fn close(&mut self) -> String;
    /// The last line, with the digest of all lines before it.
    fn last_line(&self, digest: &str) -> String;
}

fn served(file: &str, lang: Option<&str>, header: &Header, export: Export) -> Response {
    let (content_type, way, style): (_, _, Box<dyn Style>) = if file.ends_with("json") {
        ("application/json; charset=utf-8", Way::Attachment, Box::new(json::Json::default()))
    } else {
        let lang = lang.unwrap_or(&header.marketplace.locale);
        ("text/html; charset=utf-8", Way::Inline, Box::new(html::Html::new(Language::of(lang))))
    };
    let name = format!("{}.{}", plain(&header.case.reference), file.trim_start_matches("export."));
    document(content_type, way, &name, Body::from_stream(written(style, header, export)))
}

struct Writer {
    style: Box<dyn Style>,
    export: Export,
    digest: Sha256,
    opening: Option<String>,
    over: bool,
}

impl Writer {
    /// The next piece of the file; none when it is whole.
    async fn next(&mut self) -> Result<Option<String>, Error> {
        if let Some(opening) = self.opening.take() {
            self.digest.update(opening.as_bytes());
            return Ok(Some(opening));
        }
        if self.over {
            return Ok(None);
        }
        let piece = if let Some(parts) = self.export.next().await? {
            let piece: String = parts.iter().map(|part| self.style.part(part)).collect();
            self.digest.update(piece.as_bytes());
            piece
        } else {
            self.over = true;
            let end = self.style.close();
            self.digest.update(end.as_bytes());
            let digest = hex::encode(std::mem::take(&mut self.digest).finalize());
            format!("{end}{}", self.style.last_line(&digest))
        };
        Ok(Some(piece))
    }
}

fn written(mut style: Box<dyn Style>, header: &Header, export: Export) -> impl stream::Stream<Item = Result<String, Error>> + Send + use<> {
    let opening = Some(style.open(header));
    let writer = Writer { style, export, digest: Sha256::new(), opening, over: false };
    stream::try_unfold(writer, async |mut writer| match writer.next().await {
        Ok(piece) => Ok(piece.map(|piece| (piece, writer))),
        Err(error) => {
            tracing::error!(%error, "an export broke off");
            Err(error)
        }
    })
}

/// Who did something: the kind of actor, and the name where the viewer may know it.
fn actor(who: &Who) -> (&'static str, Option<&str>) {
    let (kind, name) = match who {
        Who::Operator { name, .. } => ("OPERATOR", name.as_str()),
        Who::Seller { name, .. } => ("SELLER", name.as_str()),
        Who::Vendor { name, .. } => ("VENDOR", name.as_str()),
        Who::Agent { name, .. } => ("AGENT", name.as_str()),
        Who::Mediator { name, .. } => ("MEDIATOR", name.as_str()),
        Who::Buyer { .. } => ("BUYER", ""),
        Who::Helpdesk { .. } => ("HELPDESK", ""),
        Who::System => ("SYSTEM", ""),
    };
    (kind, Some(name).filter(|name| !name.is_empty()))
}
