//! The door of files: sent by who writes messages, had by who sees them.

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;

use super::answers::{self, PRIVATE, SANDBOX, refused};
use super::auth;
use super::papers::Sealed;
use crate::domain::attachments::{Attachment, Unfit};
use crate::domain::ids::AttachmentId;
use crate::domain::parties::Scope;
use crate::workflow::attachments::{self, Download, Upload, UploadError};
use crate::workflow::{Cx, Error};

/// The routes.
pub(super) fn routes<S: Clone + Send + Sync + 'static>(cx: &Cx) -> Router<S> {
    Router::new().route("/attachments", post(upload)).route("/attachments/{id}", get(download)).with_state(cx.clone())
}

/// What is said about a file beside its bytes.
#[derive(Deserialize)]
struct UploadQuery {
    filename: Option<String>,
}

/// `POST /attachments?filename=…`: the file is the body, its media type the content type.
async fn upload(State(cx): State<Cx>, Query(query): Query<UploadQuery>, headers: HeaderMap, body: Body) -> Response {
    let actor = match auth::actor(&cx, &headers).await {
        Ok(actor) => actor,
        Err(denied) => return answers::denied(denied),
    };
    let Some(name) = query.filename else {
        return refused(StatusCode::BAD_REQUEST, "BAD_USER_INPUT", "Name the file in the query: ?filename=photo.jpg");
    };
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let file = Upload { name, claim: text(header::CONTENT_TYPE).map(str::to_owned) };
    // In a task of its own: a sender who goes away ends the body, and what came of it is tidied up here and not half way.
    let taking = tokio::spawn(async move { attachments::upload(&cx, &actor, file, body.into_data_stream()).await });
    match taking.await {
        Ok(Ok(attachment)) => (StatusCode::CREATED, [(header::CACHE_CONTROL, PRIVATE)], Json(shown(&attachment))).into_response(),
        Ok(Err(error)) => not_taken(&error),
        Err(error) => answers::failed(&error),
    }
}

fn shown(attachment: &Attachment) -> serde_json::Value {
    json!({
        "id": attachment.id.to_string(),
        "name": attachment.name,
        "contentType": attachment.content_type,
        "size": attachment.size,
        "sha256": attachment.sha256.map(hex::encode),
        "expiresAt": attachment.created_at + attachments::PATIENCE,
    })
}

fn unfit(unfit: &Unfit) -> Response {
    let (status, code) = match unfit {
        Unfit::Empty => (StatusCode::BAD_REQUEST, "EMPTY"),
        Unfit::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE"),
        Unfit::Kind | Unfit::Ending { .. } => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "KIND_NOT_TAKEN"),
        Unfit::Contradiction { .. } => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "CONTENT_CONTRADICTS_TYPE"),
    };
    refused(status, code, &unfit.to_string())
}

fn not_taken(error: &UploadError) -> Response {
    match error {
        UploadError::Unfit(reason) => unfit(reason),
        UploadError::NotAllowed => refused(StatusCode::FORBIDDEN, "FORBIDDEN", &error.to_string()),
        UploadError::TooManyWaiting => refused(StatusCode::TOO_MANY_REQUESTS, "TOO_MANY", &error.to_string()),
        UploadError::BrokenOff => refused(StatusCode::BAD_REQUEST, "BROKEN_OFF", &error.to_string()),
        UploadError::House(error) => answers::failed(error),
    }
}

/// What a link carries, and how the file is wanted.
#[derive(Deserialize)]
struct DownloadQuery {
    #[serde(flatten)]
    sealed: Sealed,
    disposition: Option<String>,
}

/// `GET /attachments/{id}`, by a signed link or with a token.
async fn download(State(cx): State<Cx>, Path(id): Path<String>, Query(query): Query<DownloadQuery>, headers: HeaderMap) -> Response {
    let scope = match query.sealed.scope(&cx, &headers, |seal| attachments::open_link(&cx, &id, seal)).await {
        Ok(scope) => scope,
        Err(refusal) => return *refusal,
    };
    match found(&cx, scope, &id).await {
        Ok(download) => served(download, query.disposition.as_deref() == Some("inline")),
        Err(Error::NotFound) => answers::not_found(),
        Err(error) => answers::failed(&error),
    }
}

async fn found(cx: &Cx, scope: Scope, id: &str) -> Result<Download, Error> {
    let id: AttachmentId = id.parse().map_err(|_| Error::NotFound)?;
    attachments::download(cx, scope, id).await
}

/// The file, in a way that nothing in it can do harm: never guessed at, never run, saved rather than shown.
pub(super) fn served(Download { attachment, pieces }: Download, inline: bool) -> Response {
    let shows = attachment.content_type.starts_with("image/") || attachment.content_type == "application/pdf";
    let way = if inline && shows { "inline" } else { "attachment" };
    let content_type = match attachment.content_type.as_str() {
        "text/plain" => "text/plain; charset=utf-8",
        other => other,
    };
    let mut answer = Response::new(Body::from_stream(pieces));
    let headers = answer.headers_mut();
    let text = |text: &str| HeaderValue::from_str(text).ok();
    let fallback = || HeaderValue::from_static("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, text(content_type).unwrap_or_else(fallback));
    headers.insert(header::CONTENT_SECURITY_POLICY, SANDBOX);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private"));
    headers.extend(text(&disposition(way, &attachment.name)).map(|value| (header::CONTENT_DISPOSITION, value)));
    headers.extend(attachment.size.map(|size| (header::CONTENT_LENGTH, HeaderValue::from(size))));
    answer
}

/// The header that names the file: for old readers in ASCII, for others in UTF-8 (RFC 6266, RFC 8187).
fn disposition(way: &str, name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|letter| if letter.is_ascii_graphic() && !matches!(letter, '"' | '\\' | '%') || letter == ' ' { letter } else { '_' })
        .collect();
    let exact: String = name
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect();
    format!("{way}; filename=\"{plain}\"; filename*=UTF-8''{exact}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        assert_eq!(
            disposition("attachment", "été \"1\".pdf"),
            "attachment; filename=\"_t_ _1_.pdf\"; filename*=UTF-8''%C3%A9t%C3%A9%20%221%22.pdf"
        );
        assert!(HeaderValue::from_str(&disposition("inline", "a\u{1F600}\u{7f}'b")).is_ok());
    }
}
