//! The protocol `graphql-transport-ws`, message by message.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Response;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};
use trilogue::http::prepare::Denied;

use super::server::{Server, in_the_end};

/// A client that says exactly what a test wants it to say.
pub(crate) struct Peer<S> {
    pub(crate) socket: WebSocketStream<S>,
}

impl Peer<TcpStream> {
    pub(crate) async fn shake_hands(server: &Server) -> (WebSocketStream<TcpStream>, Response) {
        shake_hands(TcpStream::connect(server.address).await.unwrap(), Some("graphql-transport-ws")).await.unwrap()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Peer<S> {
    pub(crate) async fn over(stream: S) -> Self {
        Self { socket: shake_hands(stream, Some("graphql-transport-ws")).await.unwrap().0 }
    }

    pub(crate) async fn send(&mut self, message: Value) {
        self.socket.send(Message::text(message.to_string())).await.unwrap();
    }

    pub(crate) async fn init(&mut self) {
        self.send(json!({ "type": "connection_init" })).await;
        assert_eq!(self.next().await, json!({ "type": "connection_ack" }));
    }

    pub(crate) async fn subscribe(&mut self, id: &str, query: &str) {
        self.send(json!({ "type": "subscribe", "id": id, "payload": { "query": query } })).await;
    }

    /// The next message of the protocol.
    pub(crate) async fn next(&mut self) -> Value {
        loop {
            match self.socket.next().await.unwrap().unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("unexpected: {other:?}"),
            }
        }
    }

    /// The code and reason with which the server closes, whatever it still says before.
    pub(crate) async fn closed(&mut self) -> (u16, String) {
        loop {
            if let Message::Close(frame) = self.socket.next().await.unwrap().unwrap() {
                let frame = frame.unwrap();
                return (frame.code.into(), frame.reason.to_string());
            }
        }
    }
}

async fn shake_hands<S>(stream: S, protocol: Option<&str>) -> Result<(WebSocketStream<S>, Response), Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut request = "ws://localhost/graphql".into_client_request().unwrap();
    if let Some(protocol) = protocol {
        request.headers_mut().insert("sec-websocket-protocol", protocol.parse().unwrap());
    }
    client_async(request, stream).await
}

/// A client that has introduced itself.
pub(crate) async fn connect(server: &Server) -> Peer<TcpStream> {
    let mut peer = stranger(server).await;
    peer.init().await;
    peer
}

async fn stranger(server: &Server) -> Peer<TcpStream> {
    Peer::over(TcpStream::connect(server.address).await.unwrap()).await
}

#[tokio::test]
async fn operations_of_every_kind_run() {
    let server = Server::start().await;
    let mut peer = connect(&server).await;
    peer.subscribe("q", "{ hello }").await;
    assert_eq!(peer.next().await, json!({ "type": "next", "id": "q", "payload": { "data": { "hello": "world" } } }));
    assert_eq!(peer.next().await, json!({ "type": "complete", "id": "q" }));
    let payload =
        json!({ "query": "mutation m($n: Int!) { add(n: $n) }", "operationName": "m", "variables": { "n": 4 }, "extensions": null });
    peer.send(json!({ "type": "subscribe", "id": "m", "payload": payload })).await;
    assert_eq!(peer.next().await["payload"]["data"], json!({ "add": 5 }));
    assert_eq!(peer.next().await["type"], "complete");
    peer.subscribe("s", "subscription { count(to: 2) }").await;
    assert_eq!(peer.next().await["payload"]["data"], json!({ "count": 1 }));
    assert_eq!(peer.next().await["payload"]["data"], json!({ "count": 2 }));
    assert_eq!(peer.next().await, json!({ "type": "complete", "id": "s" }));
}

#[tokio::test]
async fn the_subprotocol_must_be_offered() {
    let server = Server::start().await;
    for offer in [None, Some("graphql-ws")] {
        let stream = TcpStream::connect(server.address).await.unwrap();
        let Err(Error::Http(response)) = shake_hands(stream, offer).await else { panic!("{offer:?} was accepted") };
        assert_eq!(response.status(), 400);
    }
    let (_, response) = Peer::shake_hands(&server).await;
    assert_eq!(response.headers()["sec-websocket-protocol"], "graphql-transport-ws");
}

#[tokio::test]
async fn request_errors_come_as_error_and_field_errors_as_next() {
    let server = Server::start().await;
    let mut peer = connect(&server).await;
    for (query, code) in [("{", "GRAPHQL_PARSE_FAILED"), ("{ nothing }", "GRAPHQL_VALIDATION_FAILED")] {
        peer.subscribe("again", query).await;
        let answer = peer.next().await;
        assert_eq!((&answer["type"], &answer["payload"][0]["extensions"]["code"]), (&json!("error"), &json!(code)));
    }
    for (query, code) in [("{ missing }", "NOT_FOUND"), ("subscription { forbidden }", "FORBIDDEN")] {
        peer.subscribe("again", query).await;
        let answer = peer.next().await;
        assert_eq!((&answer["type"], &answer["payload"]["errors"][0]["extensions"]["code"]), (&json!("next"), &json!(code)));
        assert_eq!(peer.next().await, json!({ "type": "complete", "id": "again" }));
    }
}

#[tokio::test]
async fn a_panic_ends_an_operation_not_the_socket() {
    let server = Server::start().await;
    let mut peer = connect(&server).await;
    peer.subscribe("1", "subscription { panics }").await;
    assert_eq!(peer.next().await["payload"]["data"], json!({ "panics": 1 }));
    assert_eq!(peer.next().await["payload"]["errors"][0]["extensions"]["code"], "INTERNAL_SERVER_ERROR");
    assert_eq!(peer.next().await, json!({ "type": "complete", "id": "1" }));
    peer.subscribe("2", "{ hello }").await;
    assert_eq!(peer.next().await["type"], "next");
}

#[tokio::test]
async fn pings_are_answered_before_and_after_the_introduction() {
    let server = Server::start().await;
    let mut peer = stranger(&server).await;
    peer.send(json!({ "type": "ping" })).await;
    assert_eq!(peer.next().await, json!({ "type": "pong" }));
    peer.init().await;
    peer.send(json!({ "type": "ping", "payload": { "at": 1 } })).await;
    assert_eq!(peer.next().await, json!({ "type": "pong", "payload": { "at": 1 } }));
    peer.send(json!({ "type": "pong", "payload": {} })).await;
    peer.subscribe("1", "{ hello }").await;
    assert_eq!(peer.next().await["type"], "next");
}

#[tokio::test]
async fn bad_messages_close_4400() {
    let server = Server::start().await;
    for bad in [
        Message::text("hello"),
        Message::text("[]"),
        Message::text(r#"["ping"]"#),
        Message::text(r#"{"type":"start","id":"1","payload":{"query":"{ hello }"}}"#),
        Message::text(r#"{"type":"subscribe","payload":{"query":"{ hello }"}}"#),
        Message::text(r#"{"type":"subscribe","id":"","payload":{"query":"{ hello }"}}"#),
        Message::text(r#"{"type":"subscribe","id":"1","payload":["{ hello }"]}"#),
        Message::text(r#"{"type":"subscribe","id":"1","payload":{"query":"{ hello }","variables":[]}}"#),
        Message::text(r#"{"type":"subscribe","id":"1","payload":{"variables":{}}}"#),
        Message::text(format!(r#"{{"type":"subscribe","id":"{}","payload":{{"query":"{{ hello }}"}}}}"#, "x".repeat(129))),
        Message::text(r#"{"type":"complete"}"#),
        Message::text(r#"{"type":"ping","payload":1}"#),
        Message::binary(br#"{"type":"ping"}"#.to_vec()),
    ] {
        let mut peer = connect(&server).await;
        peer.socket.send(bad.clone()).await.unwrap();
        assert_eq!(peer.closed().await.0, 4400, "{bad:?}");
    }
    let mut peer = stranger(&server).await;
    peer.send(json!({ "type": "connection_init", "payload": "token" })).await;
    assert_eq!(peer.closed().await.0, 4400);
}

#[tokio::test]
async fn messages_of_more_than_a_mebibyte_close_1009() {
    let server = Server::start().await;
    let mut peer = connect(&server).await;
    peer.send(json!({ "type": "ping", "payload": { "x": "x".repeat(1024 * 1024) } })).await;
    assert_eq!(peer.closed().await.0, 1009);
}

#[tokio::test]
async fn subscribe_before_the_introduction_closes_4401() {
    let server = Server::start().await;
    let mut peer = stranger(&server).await;
    peer.subscribe("1", "{ hello }").await;
    assert_eq!(peer.closed().await.0, 4401);
}

#[tokio::test]
async fn a_second_introduction_closes_4429() {
    let server = Server::start().await;
    let mut peer = connect(&server).await;
    peer.send(json!({ "type": "connection_init" })).await;
    assert_eq!(peer.closed().await, (4429, "Too many initialisation requests".to_owned()));
}

#[tokio::test]
async fn an_id_in_use_closes_4409_and_a_used_one_does_not() {
    let server = Server::start().await;
    let mut peer = connect(&server).await;
    peer.subscribe("1", "subscription { silent }").await;
    server.inside.gate.subscribed.notified().await;
    peer.send(json!({ "type": "complete", "id": "1" })).await;
    in_the_end(server.inside.gate.dropped.notified()).await;
    peer.subscribe("1", "subscription { silent }").await;
    server.inside.gate.subscribed.notified().await;
    peer.subscribe("1", "{ hello }").await;
    assert_eq!(peer.closed().await, (4409, "Subscriber for 1 already exists".to_owned()));
    in_the_end(server.inside.gate.dropped.notified()).await;
}

#[tokio::test]
async fn bad_credentials_close_4403() {
    let server = Server::start().await;
    let mut peer = stranger(&server).await;
    peer.send(json!({ "type": "connection_init", "payload": { "token": "bad" } })).await;
    assert_eq!(peer.closed().await, (4403, "Forbidden".to_owned()));
    let mut peer = connect(&server).await;
    server.inside.doorkeeper.say(Some(Denied::Unauthenticated));
    peer.subscribe("1", "{ hello }").await;
    assert_eq!(peer.closed().await.0, 4403);
}

#[tokio::test]
async fn without_the_means_to_check_credentials_nobody_is_called_a_stranger() {
    let server = Server::start().await;
    let mut peer = connect(&server).await;
    server.inside.doorkeeper.say(Some(Denied::Unavailable));
    peer.subscribe("1", "{ hello }").await;
    let answer = peer.next().await;
    assert_eq!((&answer["type"], &answer["payload"][0]["extensions"]["code"]), (&json!("error"), &json!("SERVICE_UNAVAILABLE")));
    let mut other = stranger(&server).await;
    other.send(json!({ "type": "connection_init" })).await;
    assert_eq!(other.closed().await.0, 1013);
    server.inside.doorkeeper.say(None);
    peer.subscribe("1", "{ hello }").await;
    assert_eq!(peer.next().await["type"], "next");
}

#[tokio::test]
async fn a_socket_carries_64_operations() {
    let server = Server::start().await;
    let mut peer = connect(&server).await;
    for n in 0..64 {
        peer.subscribe(&n.to_string(), "subscription { silent }").await;
    }
    peer.subscribe("one more", "{ hello }").await;
    let answer = peer.next().await;
    assert_eq!((&answer["type"], &answer["id"]), (&json!("error"), &json!("one more")));
    assert_eq!(answer["payload"][0]["extensions"]["code"], "RATE_LIMITED");
    peer.send(json!({ "type": "complete", "id": "7" })).await;
    peer.subscribe("one more", "{ hello }").await;
    assert_eq!(peer.next().await["type"], "next");
}

#[tokio::test]
async fn a_mutation_ends_although_the_socket_is_gone() {
    let server = Server::start().await;
    let gate = &server.inside.gate;
    let mut peer = connect(&server).await;
    peer.subscribe("watch", "subscription { silent }").await;
    peer.subscribe("change", "mutation { slow }").await;
    gate.subscribed.notified().await;
    gate.begun.notified().await;
    drop(peer);
    in_the_end(gate.dropped.notified()).await;
    gate.open.notify_one();
    in_the_end(gate.done.notified()).await;
    in_the_end(server.inside.executor.finish()).await;
}

#[tokio::test]
async fn a_shutdown_completes_operations_and_closes_1001() {
    let server = Server::start().await;
    let mut stranger = stranger(&server).await;
    let mut peer = connect(&server).await;
    peer.subscribe("1", "subscription { silent }").await;
    peer.send(json!({ "type": "ping" })).await;
    assert_eq!(peer.next().await["type"], "pong");
    server.inside.shutdown.cancel();
    assert_eq!(peer.next().await, json!({ "type": "complete", "id": "1" }));
    assert_eq!(peer.closed().await.0, 1001);
    assert_eq!(stranger.closed().await.0, 1001);
    in_the_end(server.inside.executor.finish()).await;
}
