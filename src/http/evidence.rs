//! The door of evidence: one file of it, or all of a dispute's as one file with an index of hashes.
//!
//! The last line of a bundle holds the SHA-256 of all lines before it. A file without it broke off.

use std::fmt::Write;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::stream;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::answers::{self, PRIVATE, SANDBOX};
use super::{attachments, auth};
use crate::domain::attachments::Attachment;
use crate::domain::disputes::Evidence;
use crate::domain::ids::{DisputeId, EvidenceId};
use crate::domain::parties::{Scope, View};
use crate::workflow::disputes::bundle::{self, Bundle, Bytes};
use crate::workflow::links::{ClosedLink, Seal};
use crate::workflow::{Cx, Error, disputes};

/// The routes.
pub(super) fn routes<S: Clone + Send + Sync + 'static>(cx: &Cx) -> Router<S> {
    Router::new()
        .route("/evidence/{id}", get(one))
        .route("/disputes/{id}/evidence.json", get(as_json))
        .route("/disputes/{id}/evidence.html", get(as_html))
        .with_state(cx.clone())
}

/// What a link carries, and how a file is wanted.
#[derive(Deserialize)]
struct Asked {
    viewer: Option<String>,
    expires: Option<String>,
    signature: Option<String>,
    disposition: Option<String>,
}

type Opened = Result<Scope, Box<Response>>;

async fn viewer(cx: &Cx, asked: &Asked, headers: &HeaderMap, open: impl FnOnce(Seal<'_>) -> Result<Scope, ClosedLink>) -> Opened {
    let Some(signature) = &asked.signature else {
        return auth::actor(cx, headers).await.map(|actor| actor.scope()).map_err(|denied| Box::new(answers::denied(denied)));
    };
    let (viewer, expires) = (asked.viewer.as_deref().unwrap_or_default(), asked.expires.as_deref().unwrap_or_default());
    open(Seal { viewer, expires, signature }).map_err(|closed| {
        Box::new(match closed {
            ClosedLink::Expired => answers::expired(headers),
            ClosedLink::Forged => answers::not_found(),
        })
    })
}

fn refused(error: &Error) -> Response {
    match error {
        Error::NotFound => answers::not_found(),
        error => answers::failed(error),
    }
}

/// `GET /evidence/{id}`, by a signed link or with a token.
async fn one(State(cx): State<Cx>, Path(id): Path<String>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    let scope = match viewer(&cx, &asked, &headers, |seal| disputes::open_link(&cx, &id, seal)).await {
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
            let name = format!("attachment; filename=\"{}.json\"", bundle.dispute.id);
            answered("application/json; charset=utf-8", &name, Body::from_stream(written(cx, bundle)))
        }
        Err(refusal) => *refusal,
    }
}

async fn as_html(State(cx): State<Cx>, Path(id): Path<String>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    match gathered(&cx, &id, "evidence.html", &asked, &headers).await {
        Ok((bundle, scope)) => {
            let page = page(&cx, scope, &bundle);
            let name = format!("inline; filename=\"{}.html\"", bundle.dispute.id);
            answered(
                "text/html; charset=utf-8",
                &name,
                Body::from(format!("{page}<!-- sha256 {} -->\n", hex::encode(Sha256::digest(&page)))),
            )
        }
        Err(refusal) => *refusal,
    }
}

async fn gathered(cx: &Cx, id: &str, file: &str, asked: &Asked, headers: &HeaderMap) -> Result<(Bundle, Scope), Box<Response>> {
    let scope = viewer(cx, asked, headers, |seal| bundle::open_link(cx, id, file, seal)).await?;
    let id = id.parse::<DisputeId>().map_err(|_| Box::new(answers::not_found()))?;
    let bundle = bundle::gather(cx, scope, id).await.map_err(|error| Box::new(refused(&error)))?;
    Ok((bundle, scope))
}

fn answered(content_type: &'static str, disposition: &str, body: Body) -> Response {
    let mut answer = Response::new(body);
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CONTENT_SECURITY_POLICY, SANDBOX);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, PRIVATE);
    headers.extend(HeaderValue::from_str(disposition).ok().map(|value| (header::CONTENT_DISPOSITION, value)));
    answer
}

/// The word for an enum, as serde names it.
fn word(value: impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

fn entry(bundle: &Bundle, piece: &Evidence, file: Option<&Attachment>) -> Value {
    let mut entry = json!({
        "id": piece.id, "by": piece.by, "text": piece.text, "sha256": hex::encode(piece.sha256), "submittedAt": piece.at,
        "file": file.map(|file| json!({ "name": file.name, "contentType": file.content_type, "size": file.size })),
    });
    if bundle.view == View::Whole {
        entry["audience"] = piece.audience.parties().map(word).collect();
    }
    entry
}

fn head(bundle: &Bundle) -> Value {
    let dispute = &bundle.dispute;
    let requests = dispute.evidence_requests.iter();
    let requests: Vec<_> =
        requests.map(|one| json!({ "of": one.of, "text": one.text, "requestedAt": one.at, "dueAt": one.due_at })).collect();
    json!({
        "format": "trilogue-dispute-evidence", "version": 1, "generatedAt": bundle.generated_at,
        "marketplace": { "id": bundle.marketplace.id, "name": bundle.marketplace.name },
        "dispute": {
            "id": dispute.id, "order": bundle.order, "line": dispute.order_line, "opener": dispute.opener, "reason": dispute.reason,
            "text": dispute.text, "answer": dispute.answer, "amount": dispute.amount, "stage": dispute.stage, "openedAt": dispute.opened_at,
        },
        "requests": requests,
    })
}

/// A bundle that is written, a file at a time.
struct Writer {
    cx: Cx,
    bundle: Bundle,
    digest: Sha256,
    /// Which piece comes next; none before the index, and beyond the last at the end.
    next: Option<usize>,
    begun: bool,
    over: bool,
}

impl Writer {
    async fn next(&mut self) -> Result<Option<String>, Error> {
        let Some(position) = self.next else {
            self.next = Some(0);
            let index: Vec<_> =
                self.bundle.pieces.iter().map(|(piece, file)| entry(&self.bundle, piece, file.as_ref()).to_string()).collect();
            return Ok(Some(self.keep(format!(
                "{{\"header\":{},\n\"index\":[\n{}\n],\n\"files\":[",
                head(&self.bundle),
                index.join(",\n")
            ))));
        };
        if self.over {
            return Ok(None);
        }
        let rest = self.bundle.pieces.iter().enumerate().skip(position);
        let mut rest = rest;
        let Some((position, piece, file)) = rest.find_map(|(at, (piece, file))| Some((at, piece, file.as_ref()?))) else {
            self.over = true;
            let end = self.keep("\n],\n".to_owned());
            let digest = hex::encode(std::mem::take(&mut self.digest).finalize());
            return Ok(Some(format!(
                "{end}\"manifest\":{{\"algorithm\":\"sha256\",\"covers\":\"every byte before this line\",\"digest\":\"{digest}\"}}}}\n"
            )));
        };
        self.next = Some(position + 1);
        let mut shown = json!({ "evidence": piece.id });
        match bundle::bytes(&self.cx, piece, file).await? {
            Bytes::Whole(bytes) => shown["base64"] = STANDARD.encode(bytes).into(),
            Bytes::Changed => shown["missing"] = "the file is not what was handed in".into(),
            Bytes::Gone => shown["missing"] = "the file was removed".into(),
        }
        let comma = if std::mem::replace(&mut self.begun, true) { ",\n" } else { "\n" };
        Ok(Some(self.keep(format!("{comma}{shown}"))))
    }

    /// Counts a piece in before it goes out.
    fn keep(&mut self, piece: String) -> String {
        self.digest.update(piece.as_bytes());
        piece
    }
}

fn written(cx: Cx, bundle: Bundle) -> impl stream::Stream<Item = Result<String, Error>> + Send {
    let writer = Writer { cx, bundle, digest: Sha256::new(), next: None, begun: false, over: false };
    stream::try_unfold(writer, async |mut writer| match writer.next().await {
        Ok(piece) => Ok(piece.map(|piece| (piece, writer))),
        Err(error) => {
            tracing::error!(%error, "an export of evidence broke off");
            Err(error)
        }
    })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A page for people: the index, with addresses that open for a while.
fn page(cx: &Cx, scope: Scope, bundle: &Bundle) -> String {
    let french = bundle.marketplace.locale.starts_with("fr");
    let say = |french_words: &'static str, english: &'static str| if french { french_words } else { english };
    let stage = bundle.dispute.stage.label(&bundle.marketplace.locale);
    let (title, order) = (say("Pièces du désaccord", "Evidence in a dispute"), bundle.order.as_deref().unwrap_or_default());
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{}\"><meta charset=\"utf-8\"><title>{title}</title>\n<h1>{title} · {}</h1>\n<p>{} · {}</p>\n<p>{}</p>\n<ol>\n",
        if french { "fr" } else { "en" },
        escaped(order),
        escaped(stage),
        bundle.generated_at.to_rfc3339(),
        escaped(&bundle.dispute.text),
    );
    for (piece, file) in &bundle.pieces {
        let by = match piece.by {
            crate::domain::parties::Party::Buyer => say("Acheteur", "Buyer"),
            crate::domain::parties::Party::Seller => say("Vendeur", "Seller"),
            crate::domain::parties::Party::Operator => say("Place de marché", "Marketplace"),
        };
        let _ = write!(page, "<li>{by} · {} · {}<br>", piece.at.to_rfc3339(), escaped(&piece.text));
        if let Some(file) = file {
            let name = escaped(&file.name);
            let _ = match disputes::link(cx, scope, piece.id, file) {
                Some(link) => write!(page, "<a href=\"{}\">{name}</a><br>", escaped(&link.url)),
                None => write!(page, "{name}<br>"),
            };
        }
        let _ = writeln!(page, "<code>sha256 {}</code></li>", hex::encode(piece.sha256));
    }
    page.push_str("</ol>\n");
    page
}
