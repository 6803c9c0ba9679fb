//! How often somebody may ask.

use chrono::TimeDelta;
use reqwest::Response;
use serde_json::{Value, json};
use trilogue::domain::parties::Role;

use crate::harness::{Socket, TestApp, on_both_databases};

/// Knocks at a door of sign-in as a proxy passes it on.
async fn knock(app: &TestApp, forwarded: &str) -> Response {
    let body = json!({ "code": "trl_co_nothing", "verifier": "none" });
    app.http.post(format!("{}/auth/session", app.url)).header("x-forwarded-for", forwarded).json(&body).send().await.unwrap()
}

async fn ask(app: &TestApp, token: &str) -> Response {
    app.http.post(format!("{}/graphql", app.url)).bearer_auth(token).json(&json!({ "query": "{ viewer { role } }" })).send().await.unwrap()
}

fn wait(answer: &Response) -> &str {
    answer.headers()["retry-after"].to_str().unwrap()
}

on_both_databases! {
    async fn an_address_knocks_ten_times_at_once_and_then_once_a_second(db: Db) {
        let mut app = TestApp::start(db).await;
        app.settings.sign_in_rate_limit = 1;
        app.settings.client_address_header = Some("x-forwarded-for".to_owned());
        app.restart().await;
        for _ in 0..10 {
            assert_eq!(knock(&app, "203.0.113.7").await.status(), 401);
        }
        for forwarded in ["203.0.113.7", "198.51.100.1, 203.0.113.7"] {
            let refused = knock(&app, forwarded).await;
            assert_eq!((refused.status().as_u16(), wait(&refused)), (429, "1"), "{forwarded}");
            assert_eq!(refused.json::<Value>().await.unwrap()["error"]["code"], "TOO_MANY");
        }
        assert_eq!(knock(&app, "203.0.113.7, 198.51.100.1").await.status(), 401, "somebody else");
        app.advance(TimeDelta::seconds(1));
        assert_eq!(knock(&app, "203.0.113.7").await.status(), 401);
        assert_eq!(knock(&app, "203.0.113.7").await.status(), 429);
        let operator = app.token(Role::Operator, None).await;
        assert_eq!(ask(&app, &operator).await.status(), 200, "the other doors are not counted with these");
    }

    async fn without_a_proxy_who_calls_is_counted(db: Db) {
        let mut app = TestApp::start(db).await;
        app.settings.sign_in_rate_limit = 1;
        app.restart().await;
        for number in 0..10 {
            assert_eq!(knock(&app, &format!("203.0.113.{number}")).await.status(), 401, "what anybody may write does not count");
        }
        assert_eq!(knock(&app, "203.0.113.77").await.status(), 429);
    }

    async fn a_token_asks_ten_times_at_once_and_then_once_a_second(db: Db) {
        let mut app = TestApp::start(db).await;
        app.settings.rate_limit = 1;
        app.restart().await;
        let (first, second) = (app.token(Role::Operator, None).await, app.token(Role::Operator, None).await);
        for _ in 0..10 {
            assert_eq!(ask(&app, &first).await.status(), 200);
        }
        let refused = ask(&app, &first).await;
        assert_eq!((refused.status().as_u16(), wait(&refused)), (429, "1"));
        assert_eq!(refused.json::<Value>().await.unwrap()["errors"][0]["extensions"]["code"], "RATE_LIMITED");
        assert_eq!(ask(&app, "trl_op_nothing").await.status(), 401);

        // A socket is opened with one question, and each of its operations is one.
        let mut socket = Socket::open(&app.url, &second).await;
        for number in 0..9 {
            socket.send(json!({ "id": number.to_string(), "type": "subscribe", "payload": { "query": "{ viewer { role } }" } })).await;
            assert_eq!(socket.receive().await["type"], "next", "{number}");
            assert_eq!(socket.receive().await["type"], "complete");
        }
        socket.send(json!({ "id": "x", "type": "subscribe", "payload": { "query": "{ viewer { role } }" } })).await;
        let refused = socket.receive().await;
        assert_eq!((&refused["type"], &refused["payload"][0]["extensions"]["code"]), (&json!("error"), &json!("RATE_LIMITED")));
        app.advance(TimeDelta::seconds(1));
        socket.send(json!({ "id": "y", "type": "subscribe", "payload": { "query": "{ viewer { role } }" } })).await;
        assert_eq!(socket.receive().await["type"], "next", "the socket stays open");
    }
}
