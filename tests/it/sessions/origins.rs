//! Which pages of other origins may call us.

use reqwest::{Method, Response};

use crate::harness::{TestApp, on_both_databases};

const APP: &str = "https://app.helpdesk.example";

async fn ask(app: &TestApp, method: Method, path: &str, origin: &str) -> Response {
    let request = app.http.request(method, format!("{}{path}", app.url)).header("origin", origin);
    request.header("access-control-request-method", "POST").header("access-control-request-headers", "authorization").send().await.unwrap()
}

fn said<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
    answer.headers().get(name).map(|value| value.to_str().unwrap())
}

on_both_databases! {
    async fn pages_of_named_origins_may_call_and_others_may_not(db: Db) {
        let mut app = TestApp::start(db).await;
        assert_eq!(said(&ask(&app, Method::OPTIONS, "/graphql", APP).await, "access-control-allow-origin"), None, "nobody was named");
        app.settings.page_origins = format!("https://other.example, {APP}");
        app.restart().await;
        for path in ["/graphql", "/auth/pairing", "/auth/session", "/auth/renew", "/attachments"] {
            let asked = ask(&app, Method::OPTIONS, path, APP).await;
            assert_eq!((asked.status().as_u16(), said(&asked, "access-control-allow-origin")), (200, Some(APP)), "{path}");
            assert_eq!(said(&asked, "access-control-allow-credentials"), None, "{path}");
            let done = ask(&app, Method::POST, path, APP).await;
            assert_eq!(said(&done, "access-control-allow-origin"), Some(APP), "{path}");
            assert!(said(&done, "access-control-expose-headers").unwrap().contains("retry-after"), "{path}");
            for stranger in ["https://app.helpdesk.example.org", "http://app.helpdesk.example", "null"] {
                assert_eq!(said(&ask(&app, Method::OPTIONS, path, stranger).await, "access-control-allow-origin"), None, "{stranger}");
                assert_eq!(said(&ask(&app, Method::POST, path, stranger).await, "access-control-allow-origin"), None, "{stranger}");
            }
        }
        assert_eq!(said(&ask(&app, Method::OPTIONS, "/webhooks/zendesk/x", APP).await, "access-control-allow-origin"), None);
    }

    async fn what_is_no_origin_is_not_taken(db: Db) {
        let mut app = TestApp::start(db).await;
        for wrong in ["*", "null", "https://app.example/path", "app.example"] {
            app.settings.page_origins = wrong.to_owned();
            let clock = std::sync::Arc::clone(&app.clock) as trilogue::clock::SharedClock;
            assert!(Box::pin(trilogue::app::context(&app.settings, clock)).await.is_err(), "{wrong}");
        }
    }
}
