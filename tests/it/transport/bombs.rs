//! Small requests that would overflow the stack of an unguarded engine or keep it busy for ever, and some that it would
//! answer with a flood of errors. Each must be refused, and the server must live on.
//!
//! On several threads, as the server is: a worker's stack is 2 MiB, and a worker that spins must not stop the test.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

use super::server::{Server, in_the_end};
use super::sockets::{Peer, connect};

fn nested_lists(depth: usize) -> String {
    format!("{{ echo(x: {}1{}) }}", "[".repeat(depth), "]".repeat(depth))
}

fn pieces(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect()
}

/// Bombs, each with the code of its refusal.
fn bombs() -> Vec<(&'static str, String, &'static str)> {
    let validation = "GRAPHQL_VALIDATION_FAILED";
    let nested_objects = format!("{{ echo(x: {}1{}) }}", "{a:".repeat(1_600), "}".repeat(1_600));
    let nested_selections = format!("{}hello{}", "{me".repeat(1_600), "}".repeat(1_600));
    let nested_types = format!("query($x: {}Int{}) {{ hello }}", "[".repeat(1_600), "]".repeat(1_600));
    // Doubles at each of 30 levels: a thousand million selections.
    let doubling = pieces(30, |n| format!("fragment f{n} on Query {{ ...f{0} ...f{0} }} ", n + 1));
    let doubling = format!("{{ ...f0 }} {doubling} fragment f30 on Query {{ hello }}");
    let circling = "{ ...a } fragment a on Query { ...b ...b } fragment b on Query { ...a ...a }".to_owned();
    let chain = pieces(1_800, |n| format!("fragment f{n} on Query{{...f{}}}", n + 1));
    let unused_chain = format!("{{hello}} {chain} fragment f1800 on Query{{hello}}");
    let many_roots = "subscription { a: count(to: 1) b: count(to: 1) }".to_owned();
    vec![
        // Few enough for the parser, and too many for the validator.
        ("lists", nested_lists(600), validation),
        ("lists of the size that the parser refuses", nested_lists(1_600), validation),
        ("more lists", nested_lists(20_000), validation),
        ("objects", nested_objects, validation),
        ("selections", nested_selections, validation),
        ("types", nested_types, validation),
        ("brackets after a string", format!("{{ echo(x: \"\\\"\") {} }}", "[".repeat(1_600)), validation),
        ("too long", format!("{{ hello }}{}", " ".repeat(64 * 1024)), validation),
        ("50,000 directives", format!("{{ hello {} }}", "@a".repeat(50_000)), validation),
        ("doubling fragments", doubling, validation),
        ("circling fragments", circling, validation),
        ("a chain of unused fragments", unused_chain, validation),
        ("many roots", many_roots, validation),
    ]
}

fn only_code(body: &Value) -> &str {
    assert_eq!(body["errors"].as_array().map(Vec::len), Some(1), "{body}");
    body["errors"][0]["extensions"]["code"].as_str().unwrap_or("none")
}

async fn assert_alive(server: &Server) {
    let body: Value = server.post(&json!({ "query": "{ hello }" })).await.json().await.unwrap();
    assert_eq!(body, json!({ "data": { "hello": "world" } }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bombs_by_post() {
    let server = Server::start().await;
    for (name, query, code) in bombs() {
        let body: Value = in_the_end(server.post(&json!({ "query": query }))).await.json().await.unwrap();
        assert_eq!(only_code(&body), code, "{name}");
        assert_alive(&server).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bombs_by_get() {
    let server = Server::start().await;
    for (name, query, code) in bombs() {
        // Written as a URL, longer ones are beyond what the client library sends.
        if query.len() < 16_000 {
            let body: Value = in_the_end(server.get(&[("query", &query)])).await.json().await.unwrap();
            assert_eq!(only_code(&body), code, "{name}");
        }
    }
    // No client library sends a URL as long as this one.
    let mut raw = TcpStream::connect(server.address).await.unwrap();
    let request = format!("GET /graphql?query=%7Bhello{}%7D HTTP/1.1\r\nhost: localhost\r\n\r\n", "@a".repeat(50_000));
    raw.write_all(request.as_bytes()).await.unwrap();
    let mut status = [0; 12];
    in_the_end(raw.read_exact(&mut status)).await.unwrap();
    assert_eq!(str::from_utf8(&status).unwrap(), "HTTP/1.1 414");
    assert_alive(&server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bombs_by_socket() {
    let server = Server::start().await;
    let mut peer = connect(&server).await;
    for (name, query, code) in bombs() {
        peer.subscribe("bomb", &query).await;
        let answer = in_the_end(peer.next()).await;
        assert_eq!((&answer["type"], &answer["id"]), (&json!("error"), &json!("bomb")), "{name}");
        assert_eq!(answer["payload"][0]["extensions"]["code"], code, "{name}");
    }
    peer.subscribe("after", "{ hello }").await;
    assert_eq!(peer.next().await["payload"], json!({ "data": { "hello": "world" } }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heavy_variables_are_refused() {
    let server = Server::start().await;
    let query = "query($x: JSON) { echo(x: $x) }";
    let nested = |depth| serde_json::from_str::<Value>(&format!("{}1{}", "[".repeat(depth), "]".repeat(depth)));
    let many_uses = format!("query($x: JSON) {{ {} }}", pieces(3_000, |n| format!("a{n}: echo(x: $x) ")));
    for (name, body) in [
        ("nested", json!({ "query": query, "variables": { "x": nested(65).unwrap() } })),
        ("many", json!({ "query": query, "variables": { "x": vec![1; 270_000] } })),
        ("copied too often", json!({ "query": many_uses, "variables": { "x": vec![1; 20_000] } })),
    ] {
        let body: Value = in_the_end(server.post(&body)).await.json().await.unwrap();
        assert_eq!(only_code(&body), "BAD_USER_INPUT", "{name}");
    }
    // Deeper than that, the JSON parser gives up first.
    for depth in [200, 100_000] {
        let body = format!("{{ \"query\": \"{query}\", \"variables\": {{ \"x\": {}1{} }} }}", "[".repeat(depth), "]".repeat(depth));
        let request = server.client.post(server.url()).header("content-type", "application/json").body(body);
        assert_eq!(in_the_end(request.send()).await.unwrap().status(), 400);
    }
    // What is heavy but allowed goes through.
    for x in [nested(60).unwrap(), json!("x".repeat(3 * 1024 * 1024)), json!(vec![1; 250_000])] {
        let body: Value = in_the_end(server.post(&json!({ "query": query, "variables": { "x": x } }))).await.json().await.unwrap();
        assert_eq!(body, json!({ "data": { "echo": true } }));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deep_messages_end_a_socket_not_the_server() {
    let server = Server::start().await;
    let mut peer = connect(&server).await;
    peer.socket.send(Message::text("[".repeat(100_000))).await.unwrap();
    assert_eq!(in_the_end(peer.closed()).await.0, 4400);
    let (mut raw, _) = Peer::shake_hands(&server).await;
    raw.send(Message::text(format!("{{\"type\":\"ping\",\"payload\":{}", "{\"a\":".repeat(100_000)))).await.unwrap();
    assert!(matches!(in_the_end(raw.next()).await, Some(Ok(Message::Close(_)))));
    assert_alive(&server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn errors_are_counted_and_deep_but_allowed_queries_run() {
    let server = Server::start().await;
    let query = format!("{{ hello {} }}", "@a".repeat(20_000));
    let body: Value = in_the_end(server.post(&json!({ "query": query }))).await.json().await.unwrap();
    assert_eq!(body["errors"].as_array().map(Vec::len), Some(100));
    let query = nested_lists(60);
    let body: Value = server.post(&json!({ "query": query })).await.json().await.unwrap();
    assert_eq!(body, json!({ "data": { "echo": true } }));
    let strings = format!("{{ echo(x: \"{0}\") b: echo(x: \"\"\"{0}\\\"\"\"{0}\"\"\") }} # {0}", "[{(".repeat(1_000));
    let body: Value = server.post(&json!({ "query": strings })).await.json().await.unwrap();
    assert_eq!(body, json!({ "data": { "echo": true, "b": true } }));
}
