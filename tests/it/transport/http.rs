//! GraphQL over HTTP beyond what the audits look at.

use metrics_exporter_prometheus::PrometheusBuilder;
use reqwest::StatusCode;
use serde_json::{Value, json};
use trilogue::http::prepare::Denied;

use super::server::{Server, in_the_end};

async fn codes(response: reqwest::Response) -> Vec<String> {
    let body: Value = response.json().await.unwrap();
    let errors = body["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|error| error["extensions"]["code"].as_str().unwrap_or("none").to_owned()).collect()
}

#[tokio::test]
async fn every_error_has_a_code() {
    let server = Server::start().await;
    for (query, code) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ hello @skip }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ ...a } fragment a on Query { hello ...a }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ paint(x: BLUE) }", "BAD_USER_INPUT"),
        ("{ half(x: 3) }", "BAD_USER_INPUT"),
        ("{ half(x: \"3\") }", "BAD_USER_INPUT"),
        ("query a { hello } query b { hello }", "BAD_USER_INPUT"),
        ("subscription { count(to: 3) }", "BAD_USER_INPUT"),
        ("{ missing }", "NOT_FOUND"),
        ("{ broken }", "INTERNAL_SERVER_ERROR"),
        ("{ panic }", "INTERNAL_SERVER_ERROR"),
    ] {
        assert_eq!(codes(server.post(&json!({ "query": query })).await).await, [code], "{query}");
    }
    for (query, x) in [("query($x: Colour!) { paint(x: $x) }", "BLUE"), ("mutation($x: Int!) { add(n: $x) }", "1")] {
        let request = json!({ "query": query, "variables": { "x": x } });
        assert_eq!(codes(server.post(&request).await).await, ["BAD_USER_INPUT"], "{query}");
    }
    let unknown = json!({ "query": "query a { hello }", "operationName": "b" });
    assert_eq!(codes(server.post(&unknown).await).await, ["BAD_USER_INPUT"]);
}

#[tokio::test]
async fn panics_are_counted() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let server = Server::start().await;
    for _ in 0..2 {
        assert_eq!(codes(server.post(&json!({ "query": "{ panic }" })).await).await, ["INTERNAL_SERVER_ERROR"]);
    }
    assert!(recorder.handle().render().contains("trilogue_graphql_panics_total 2"));
}

#[tokio::test]
async fn syntax_errors_say_what_was_expected_and_where() {
    let server = Server::start().await;
    let body: Value = server.post(&json!({ "query": "{ hello(" })).await.json().await.unwrap();
    let error = json!({
        "message": "Syntax error: expected name.",
        "locations": [{ "line": 1, "column": 9 }],
        "extensions": { "code": "GRAPHQL_PARSE_FAILED" },
    });
    assert_eq!(body, json!({ "errors": [error] }));
}

#[tokio::test]
async fn inner_details_stay_inside() {
    let server = Server::start().await;
    let body: Value = server.post(&json!({ "query": "{ hello broken }" })).await.json().await.unwrap();
    assert_eq!(body["data"], json!({ "hello": "world", "broken": null }));
    let error = &body["errors"][0];
    assert_eq!((&error["message"], &error["path"]), (&json!("Something went wrong on our side."), &json!(["broken"])));
}

#[tokio::test]
async fn a_get_changes_nothing() {
    let server = Server::start().await;
    let response = server.get(&[("query", "mutation { slow }")]).await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers()["allow"], "POST");
    assert_eq!(codes(response).await, ["BAD_USER_INPUT"]);
    let both = "query read { hello } mutation write { slow }";
    let response = server.get(&[("query", both), ("operationName", "write")]).await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    let response = server.get(&[("query", both), ("operationName", "read")]).await;
    assert_eq!(response.json::<Value>().await.unwrap(), json!({ "data": { "hello": "world" } }));
}

#[tokio::test]
async fn parameters_in_the_url_must_be_json() {
    let server = Server::start().await;
    for parameters in [
        &[("variables", "{}")][..],
        &[("query", "{ hello }"), ("variables", "1")],
        &[("query", "{ hello }"), ("variables", "[]")],
        &[("query", "{ hello }"), ("extensions", "{")],
        &[("query", "{ hello }"), ("query", "{ hello }")],
    ] {
        let response = server.get(parameters).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{parameters:?}");
        assert_eq!(codes(response).await, ["BAD_USER_INPUT"]);
    }
}

#[tokio::test]
async fn only_json_is_read() {
    let server = Server::start().await;
    let send = |content_type: &'static str, body: String| {
        let request = server.client.post(server.url()).header("content-type", content_type).body(body);
        async { request.send().await.unwrap() }
    };
    let hello = || json!({ "query": "{ hello }" }).to_string();
    for refused in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/json; charset=latin1"] {
        let response = send(refused, hello()).await;
        assert_eq!(response.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "{refused}");
        assert_eq!(codes(response).await, ["BAD_USER_INPUT"]);
    }
    assert_eq!(send("Application/JSON; charset=\"UTF-8\"", hello()).await.status(), StatusCode::OK);
    for batch in [format!("[{}]", hello()), "[\"{ hello }\", null, {}, {}]".to_owned(), "[]".to_owned()] {
        assert_eq!(send("application/json", batch).await.status(), StatusCode::BAD_REQUEST);
    }
    let response = send("application/json", " ".repeat(4 * 1024 * 1024 + 1)).await;
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(codes(response).await, ["BAD_USER_INPUT"]);
}

#[tokio::test]
async fn answers_come_in_an_acceptable_form() {
    let server = Server::start().await;
    let ask = |accept: &'static str| {
        let request = server.client.get(server.url()).query(&[("query", "{ hello }")]).header("accept", accept);
        async { request.send().await.unwrap() }
    };
    assert_eq!(ask("image/png").await.status(), StatusCode::NOT_ACCEPTABLE);
    let response = ask("application/graphql-response+json").await;
    assert_eq!(response.headers()["content-type"], "application/graphql-response+json; charset=utf-8");
    assert_eq!(
        (&response.headers()["vary"], &response.headers()["cache-control"]),
        (&"accept".parse().unwrap(), &"no-store".parse().unwrap())
    );
    assert_eq!(ask("text/html,*/*;q=0.8").await.text().await.unwrap(), "the page");
}

#[tokio::test]
async fn viewers_may_be_refused() {
    let server = Server::start().await;
    let response = server.client.post(server.url()).bearer_auth("bad").json(&json!({ "query": "{ hello }" })).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(response.headers()["www-authenticate"], "Bearer");
    assert_eq!(codes(response).await, ["UNAUTHENTICATED"]);
    server.inside.doorkeeper.say(Some(Denied::Unavailable));
    let response = server.post(&json!({ "query": "{ hello }" })).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(codes(response).await, ["SERVICE_UNAVAILABLE"]);
}

#[tokio::test]
async fn a_mutation_ends_although_its_client_has_gone() {
    let server = Server::start().await;
    let gate = &server.inside.gate;
    let request = server.client.post(server.url()).json(&json!({ "query": "mutation { slow }" })).send();
    tokio::select! {
        response = request => panic!("answered too early: {response:?}"),
        () = gate.begun.notified() => {}
    }
    // The request is dropped, and with it the connection; wait until the server has noticed.
    in_the_end(server.inside.handler_over.notified()).await;
    gate.open.notify_one();
    in_the_end(gate.done.notified()).await;
    in_the_end(server.inside.executor.finish()).await;
}
