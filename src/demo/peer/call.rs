//! One request and its answer, free of any HTTP framework: a desk is a plain function from the one to the other.

use std::fmt::Display;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use url::form_urlencoded;

/// More than any vendor takes in one request.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

/// A request, read to its end.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Call {
    pub(crate) async fn read(request: Request) -> Self {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, LARGEST_BODY).await.unwrap_or_default();
        let query = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
        Self { method: parts.method, path: parts.uri.path().to_owned(), query, headers: parts.headers, body }
    }

    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// Whether the caller says that the body is JSON; both vendors insist.
    pub(crate) fn says_json(&self) -> bool {
        self.header("content-type").is_some_and(|kind| kind.starts_with("application/json"))
    }
}

#[derive(Debug, Clone)]
enum Content {
    Nothing,
    Json(Value),
    Text { kind: &'static str, text: String },
    File { kind: String, bytes: Bytes },
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    headers: Vec<(&'static str, String)>,
    content: Content,
}

impl Reply {
    pub(crate) fn json(status: u16, value: Value) -> Self {
        Self { status, headers: Vec::new(), content: Content::Json(value) }
    }

    pub(crate) fn file(kind: &str, bytes: Vec<u8>) -> Self {
        Self { status: 200, headers: Vec::new(), content: Content::File { kind: kind.to_owned(), bytes: bytes.into() } }
    }

    pub(crate) fn nothing(status: u16) -> Self {
        Self { status, headers: Vec::new(), content: Content::Nothing }
    }

    /// What a proxy in front of the vendor says when the vendor itself does not answer.
    pub(crate) fn proxy_page(status: u16) -> Self {
        let text = format!("<html><head><title>{status}</title></head><body><h1>{status} Bad Gateway</h1></body></html>");
        Self { status, headers: Vec::new(), content: Content::Text { kind: "text/html", text } }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Display) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    /// The same answer, its body broken off in the middle.
    pub(crate) fn garbled(self) -> Self {
        let whole = match self.content {
            Content::Json(value) => value.to_string(),
            Content::Text { text, .. } => text,
            Content::Nothing | Content::File { .. } => "{\"".to_owned(),
        };
        let text = whole.chars().take(whole.chars().count() / 2 + 1).collect();
        Self { content: Content::Text { kind: "application/json", text }, ..self }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let (kind, body) = match self.content {
            Content::Nothing => (None, Body::empty()),
            Content::Json(value) => (Some("application/json; charset=utf-8".to_owned()), Body::from(value.to_string())),
            Content::Text { kind, text } => (Some(kind.to_owned()), Body::from(text)),
            Content::File { kind, bytes } => (Some(kind), Body::from(bytes)),
        };
        let mut response = Response::new(body);
        *response.status_mut() = status;
        let headers = response.headers_mut();
        if let Some(kind) = kind.and_then(|kind| HeaderValue::try_from(kind).ok()) {
            headers.insert(header::CONTENT_TYPE, kind);
        }
        for (name, value) in self.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                headers.append(name, value);
            }
        }
        response
    }
}
