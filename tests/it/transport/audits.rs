//! The referees from npm: the audits of `graphql-http` and the client `graphql-ws`.

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::process::Command;

use super::server::{Server, in_the_end};
use crate::harness::{AUDITS, install};

/// Runs a script of the folder against the server; its lines.
async fn run(script: &str, url: &str) -> Vec<Value> {
    install(AUDITS).await;
    let output = Command::new("node").args([script, url]).current_dir(AUDITS).stderr(Stdio::inherit()).output().await.unwrap();
    assert!(output.status.success(), "{script} failed");
    String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn every_audit_of_graphql_http_is_ok() {
    let server = Server::start().await;
    let audits = run("run.mjs", &server.url()).await;
    let failed: Vec<_> = audits.iter().filter(|audit| audit["status"] != "ok").collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert_eq!(audits.len(), 61);
}

#[tokio::test]
async fn the_client_graphql_ws_understands_us() {
    let server = Server::start().await;
    let steps = run("socket.mjs", &server.url().replace("http", "ws")).await;
    let expected = [
        ("query", json!([{ "hello": "world" }])),
        ("mutation", json!([{ "add": 3 }])),
        ("subscription", json!([{ "count": 1 }, { "count": 2 }, { "count": 3 }])),
        ("cancel", json!([{ "endless": { "number": 0 } }, { "endless": { "number": 1 } }])),
        ("invalid", json!([{ "thrown": ["GRAPHQL_VALIDATION_FAILED"] }])),
        ("field error", json!([["FORBIDDEN"]])),
        ("two at once", json!([[{ "count": 1 }, { "count": 2 }], [{ "hello": "world" }]])),
        ("closed", json!(1000)),
    ];
    let expected: Vec<Value> = expected.into_iter().map(|(step, seen)| json!({ "step": step, "seen": seen })).collect();
    assert_eq!(steps, expected);
    // The source of the cancelled subscription is gone, although it never ends by itself.
    in_the_end(server.inside.gate.dropped.notified()).await;
}
