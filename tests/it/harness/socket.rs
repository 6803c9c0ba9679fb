//! A `graphql-transport-ws` client, as small as a test needs it.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Far longer than anything takes, also than the twenty seconds after which the server looks by itself whether credentials still
/// hold; a test that hangs should say so.
const PATIENCE: Duration = Duration::from_mins(1);

/// An open socket with one subscription.
pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Opens a socket as this viewer.
    pub(crate) async fn open(url: &str, token: &str) -> Self {
        let mut request = url.replace("http://", "ws://").add_path("/graphql").into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        let (stream, _) = connect_async(request).await.unwrap();
        let mut socket = Self(stream);
        socket.send(json!({ "type": "connection_init", "payload": { "authorization": format!("Bearer {token}") } })).await;
        assert_eq!(socket.receive().await["type"], "connection_ack");
        socket
    }

    /// Subscribes where the first items may be there at once: with a `since`, or in vain.
    pub(crate) async fn follow(url: &str, token: &str, query: &str, variables: Value) -> Self {
        let mut socket = Self::open(url, token).await;
        socket.send(json!({ "id": "1", "type": "subscribe", "payload": { "query": query, "variables": variables } })).await;
        socket
    }

    pub(crate) async fn send(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    /// The next message, whatever it says.
    pub(crate) async fn receive(&mut self) -> Value {
        // Round all of it: the server's pings come whether there is anything to say or not.
        let text = tokio::time::timeout(PATIENCE, async {
            loop {
                if let Message::Text(text) = self.0.next().await.unwrap().unwrap() {
                    return text;
                }
            }
        });
        serde_json::from_str(&text.await.expect("no message came")).unwrap()
    }

    /// The code with which the server closes, whatever it says before.
    pub(crate) async fn closed(mut self) -> Option<u16> {
        let code = tokio::time::timeout(PATIENCE, async {
            loop {
                if let Message::Close(frame) = self.0.next().await.unwrap().unwrap() {
                    return frame.map(|frame| frame.code.into());
                }
            }
        });
        code.await.expect("the socket stays open")
    }

    /// What the server still says before it closes, and the code with which it does.
    pub(crate) async fn rest(mut self) -> (Vec<Value>, Option<u16>) {
        let rest = tokio::time::timeout(PATIENCE, async {
            let mut said = Vec::new();
            loop {
                match self.0.next().await.unwrap().unwrap() {
                    Message::Text(text) => said.push(serde_json::from_str(&text).unwrap()),
                    Message::Close(frame) => return (said, frame.map(|frame| frame.code.into())),
                    _ => {}
                }
            }
        });
        rest.await.expect("the socket stays open")
    }

    /// The next item's data.
    pub(crate) async fn next(&mut self) -> Value {
        let message = self.receive().await;
        assert_eq!(message["type"], "next", "{message:#}");
        assert!(message["payload"].get("errors").is_none(), "{message:#}");
        message["payload"]["data"].clone()
    }
}

trait AddPath {
    fn add_path(self, path: &str) -> String;
}

impl AddPath for String {
    fn add_path(mut self, path: &str) -> String {
        self.push_str(path);
        self
    }
}
