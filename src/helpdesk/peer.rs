//! The other side of the wire in unit tests: answers what it is told to, and remembers what it was asked.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use chrono::{DateTime, Utc};
use futures_util::stream;
use serde_json::Value;
use tokio::net::TcpListener;
use url::Url;

use super::{Credentials, SellerIdentity, Settings, http_client};
use crate::clock::ManualClock;

type Script = Arc<dyn Fn(&Asked) -> Answer + Send + Sync>;
type Log = Arc<Mutex<Vec<Asked>>>;

/// A helpdesk of a test's own making.
pub(super) struct Peer {
    url: Url,
    asked: Log,
}

/// One request as it came in.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// `GET /api/v2/…`, without the query.
    pub(super) line: String,
    pub(super) query: String,
    pub(super) headers: axum::http::HeaderMap,
    pub(super) body: Value,
}

/// What is answered.
pub(super) enum Answer {
    /// A whole answer.
    Whole { status: u16, headers: Vec<(&'static str, String)>, body: String },
    /// A status, then the line goes dead.
    Cut,
    /// Nothing, for ever.
    Silence,
}

impl Answer {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self::Whole { status, headers: vec![("content-type", "application/json".to_owned())], body: body.to_string() }
    }

    pub(super) fn text(status: u16, body: &str) -> Self {
        Self::Whole { status, headers: Vec::new(), body: body.to_owned() }
    }

    pub(super) fn with(mut self, name: &'static str, value: &impl ToString) -> Self {
        if let Self::Whole { headers, .. } = &mut self {
            headers.push((name, value.to_string()));
        }
        self
    }
}

impl Peer {
    pub(super) async fn start(script: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let asked = Log::default();
        let script: Script = Arc::new(script);
        let router = Router::new().fallback(answer).with_state((script, asked.clone()));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, asked }
    }

    /// Everything that was asked so far.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The request lines so far.
    pub(super) fn lines(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.line).collect()
    }

    /// How one speaks with it.
    pub(super) fn settings(&self, credentials: Credentials) -> Settings {
        Settings { base_url: self.url.clone(), ..settings(credentials) }
    }
}

async fn answer(State((script, asked)): State<(Script, Log)>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let request = Asked {
        line: format!("{} {}", parts.method, parts.uri.path()),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body: serde_json::from_slice(&body).unwrap_or_default(),
    };
    let answer = script(&request);
    asked.lock().unwrap().push(request);
    match answer {
        Answer::Whole { status, headers, body } => {
            let response =
                headers.into_iter().fold(Response::builder().status(status), |response, (name, value)| response.header(name, value));
            response.body(Body::from(body)).unwrap()
        }
        Answer::Cut => {
            let pieces = [Ok(Bytes::from_static(b"{")), Err(std::io::Error::other("cut"))];
            Response::new(Body::from_stream(stream::iter(pieces)))
        }
        Answer::Silence => std::future::pending().await,
    }
}

/// Settings that reach nobody.
pub(super) fn settings(credentials: Credentials) -> Settings {
    Settings {
        base_url: "https://acme.example".parse().unwrap(),
        credentials,
        webhook_secrets: vec!["correct horse".into()],
        timestamp_window: None,
        seller_identity: SellerIdentity::Author,
        timeout: Duration::from_secs(20),
    }
}

/// Credentials for Zendesk.
pub(super) fn zendesk_token() -> Credentials {
    Credentials::ZendeskOauth { token: "zt".into() }
}

/// Credentials for Freshdesk.
pub(super) fn freshdesk_key() -> Credentials {
    Credentials::Freshdesk { api_key: "fk".into() }
}

/// The HTTP client.
pub(super) fn http() -> reqwest::Client {
    http_client().unwrap()
}

/// A time.
pub(super) fn at(time: &str) -> DateTime<Utc> {
    time.parse().unwrap()
}

/// A clock that shows 22 November 2026, noon.
pub(super) fn noon() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(at("2026-11-22T12:00:00Z")))
}
