//! A vendor's program that listens for webhooks: keeps what it was sent, and answers as it is told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A call as it came in.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    pub(crate) id: String,
    pub(crate) at: String,
    pub(crate) signatures: Vec<String>,
    pub(crate) text: String,
}

impl Heard {
    pub(crate) fn body(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    /// Whether one of its signatures was made with this secret.
    pub(crate) fn is_signed_with(&self, secret: &str) -> bool {
        let key = BASE64.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        assert_eq!(key.len(), 32);
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("{}.{}.{}", self.id, self.at, self.text).as_bytes());
        let expected = format!("v1,{}", BASE64.encode(mac.finalize().into_bytes()));
        self.signatures.contains(&expected)
    }
}

/// How a call is answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) header: Option<(&'static str, &'static str)>,
}

impl Reply {
    pub(crate) const fn of(status: u16) -> Self {
        Self { status, header: None }
    }
}

#[derive(Default)]
struct Memory {
    heard: Vec<Heard>,
    next: VecDeque<Reply>,
    from_now_on: Option<Reply>,
}

/// The program. It goes when it is dropped.
pub(crate) struct Receiver {
    pub(crate) url: String,
    memory: Arc<Mutex<Memory>>,
    serving: JoinHandle<()>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        let memory: Arc<Mutex<Memory>> = Arc::default();
        let router = Router::new().fallback(hear).with_state(Arc::clone(&memory));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, memory, serving }
    }

    /// Everything that was heard so far.
    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.memory.lock().unwrap().heard.clone()
    }

    /// Everything that was heard since this was asked last.
    pub(crate) fn take(&self) -> Vec<Heard> {
        std::mem::take(&mut self.memory.lock().unwrap().heard)
    }

    /// Answers the next call so.
    pub(crate) fn next(&self, reply: Reply) {
        self.memory.lock().unwrap().next.push_back(reply);
    }

    /// Answers every call so that nothing else was said about.
    pub(crate) fn always(&self, reply: Reply) {
        self.memory.lock().unwrap().from_now_on = Some(reply);
    }
}

async fn hear(State(memory): State<Arc<Mutex<Memory>>>, headers: HeaderMap, body: Bytes) -> Response {
    let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    let heard = Heard {
        id: header("webhook-id"),
        at: header("webhook-timestamp"),
        signatures: header("webhook-signature").split(' ').map(str::to_owned).collect(),
        text: String::from_utf8(body.to_vec()).unwrap(),
    };
    let mut memory = memory.lock().unwrap();
    memory.heard.push(heard);
    let reply = memory.next.pop_front().or(memory.from_now_on).unwrap_or(Reply::of(204));
    let status = StatusCode::from_u16(reply.status).unwrap();
    match reply.header {
        Some((name, value)) => (status, [(name, value)]).into_response(),
        None => status.into_response(),
    }
}
