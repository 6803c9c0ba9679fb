//! A subscriber: a `graphql-transport-ws` client with one subscription, as small as a measurement needs it.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, ensure};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Far longer than anything takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open socket with one subscription.
pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Subscribes, and waits until the server has begun to listen.
    pub(crate) async fn subscribe(address: SocketAddr, token: &str, query: &str) -> anyhow::Result<Self> {
        let mut request = format!("ws://{address}/graphql").into_client_request()?;
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse()?);
        let (stream, _) = connect_async(request).await?;
        let mut socket = Self(stream);
        socket.send(&json!({ "type": "connection_init", "payload": { "authorization": format!("Bearer {token}") } })).await?;
        ensure!(socket.receive().await?["type"] == "connection_ack", "the socket was not welcome");
        socket.send(&json!({ "id": "1", "type": "subscribe", "payload": { "query": query } })).await?;
        // A subscription says nothing when it begins; the answer to a query sent after it comes after it has begun.
        socket.send(&json!({ "id": "2", "type": "subscribe", "payload": { "query": "{ viewer { role } }" } })).await?;
        loop {
            let message = socket.receive().await?;
            if message["id"] == "2" && message["type"] == "complete" {
                return Ok(socket);
            }
        }
    }

    /// Waits for the next item of which this holds.
    pub(crate) async fn next(&mut self, holds: impl Fn(&Value) -> bool) -> anyhow::Result<()> {
        loop {
            let message = self.receive().await?;
            ensure!(message["type"] == "next" && message["payload"].get("errors").is_none(), "the subscription failed: {message}");
            if holds(&message["payload"]["data"]) {
                return Ok(());
            }
        }
    }

    /// How long the next message is, in bytes. It is not looked at, so that thousands of clients take little of the machine.
    pub(crate) async fn text(&mut self) -> anyhow::Result<usize> {
        loop {
            if let Message::Text(text) = self.0.next().await.context("the server closed the socket")?? {
                return Ok(text.len());
            }
        }
    }

    async fn send(&mut self, message: &Value) -> anyhow::Result<()> {
        Ok(self.0.send(Message::text(message.to_string())).await?)
    }

    async fn receive(&mut self) -> anyhow::Result<Value> {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.0.next()).await.context("no message came")?;
            if let Message::Text(text) = message.context("the server closed the socket")?? {
                return Ok(serde_json::from_str(&text)?);
            }
        }
    }
}
