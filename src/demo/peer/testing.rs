//! What the simulators' own tests share: a clock that stands, a client, a receiver of webhooks.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::clock::ManualClock;

pub(crate) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at("2026-11-22T09:00:00.123456Z".parse::<DateTime<Utc>>().unwrap()))
}

/// Speaks JSON with one simulator.
pub(crate) struct Client {
    http: reqwest::Client,
    base_url: String,
    authorization: Option<String>,
}

pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) json: Value,
}

impl Answered {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

impl Client {
    pub(crate) fn new(base_url: &str, authorization: Option<String>) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { http, base_url: base_url.to_owned(), authorization }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base_url));
        match &self.authorization {
            Some(authorization) => request.header("authorization", authorization),
            None => request,
        }
    }

    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Result<Answered, reqwest::Error> {
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await?;
        Ok(Answered { status, headers, json: serde_json::from_str(&text).unwrap_or_default(), text })
    }

    pub(crate) async fn get(&self, path: &str) -> Answered {
        self.send(self.request(Method::GET, path)).await.unwrap()
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: Value) -> Answered {
        self.send(self.request(method, path).json(&body)).await.unwrap()
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answered {
        self.call(Method::PUT, path, body).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answered {
        self.call(Method::POST, path, body).await
    }
}

#[derive(Clone)]
pub(crate) struct Received {
    pub(crate) query: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

#[derive(Default)]
struct Book {
    answers: VecDeque<(u16, Option<u32>)>,
    received: Vec<Received>,
}

/// Takes webhooks and answers as scripted, else 200.
#[derive(Clone)]
pub(crate) struct Receiver {
    book: Arc<Mutex<Book>>,
    pub(crate) url: String,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/hooks/1", listener.local_addr().unwrap());
        let receiver = Self { book: Arc::default(), url };
        let router = Router::new().fallback(take).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    pub(crate) fn answer_next(&self, status: u16, retry_after: Option<u32>) {
        self.book.lock().unwrap_or_else(PoisonError::into_inner).answers.push_back((status, retry_after));
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner).received.clone()
    }
}

async fn take(State(receiver): State<Receiver>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let mut book = receiver.book.lock().unwrap_or_else(PoisonError::into_inner);
    book.received.push(Received { query: parts.uri.query().map(str::to_owned), headers: parts.headers, body });
    let (status, retry_after) = book.answers.pop_front().unwrap_or((200, None));
    let mut response = axum::http::StatusCode::from_u16(status).unwrap().into_response();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert("retry-after", seconds.into());
    }
    response
}
