//! What the world outside is told of the timeline: who is told what, in which order, how often, and how it is signed.
#![expect(clippy::unwrap_used, reason = "what tests share stops as the tests themselves do")]

mod endpoints;
mod failures;
mod mails;
mod replicas;
mod shown;
mod verified;

use serde_json::{Value, json};
use trilogue::domain::parties::{Role, Scope, View};
use trilogue::store::Feed;

use crate::harness::{Db, Heard, Receiver, TestApp, order};

/// A marketplace without a helpdesk, with two sellers.
struct Market {
    app: TestApp,
    operator: String,
    vendor: String,
    alma: String,
    brio: String,
}

impl Market {
    async fn open(db: Db) -> Self {
        let app = TestApp::start(db).await;
        let vendor = app.token(Role::Vendor, None).await;
        let sellers = json!({ "sellers": [
            { "externalId": "alma", "name": "Boutique Alma", "email": "alma@example.org", "locale": "fr" },
            { "externalId": "brio", "name": "Brio & Fils", "email": "brio@example.org", "locale": "en-GB" },
        ] });
        app.act(&vendor, "sellersUpsert", "sellers { id }", sellers).await;
        let orders = json!({ "orders": [order("MK-1", "alma"), order("MK-2", "brio")] });
        app.act(&vendor, "ordersUpsert", "orders { id }", orders).await;
        let operator = app.token(Role::Operator, None).await;
        let alma = app.token(Role::Seller, Some("alma")).await;
        let brio = app.token(Role::Seller, Some("brio")).await;
        Self { app, operator, vendor, alma, brio }
    }

    /// Opens a case about an order and gives its id.
    async fn case(&self, order: &str, key: &str) -> String {
        let input = json!({
            "subject": format!("Question {key}"), "buyerName": "Marie Dupont", "buyerEmail": "marie@example.org",
            "text": "Où est mon colis ?", "orderReference": order, "idempotencyKey": key,
        });
        self.app.act(&self.vendor, "caseOpen", "case { id }", input).await["case"]["id"].as_str().unwrap().to_owned()
    }

    /// Opens a private thread of operator and seller and gives its id.
    async fn private(&self, case: &str) -> String {
        let input = json!({ "caseIds": [case], "kind": "OPERATOR_SELLER" });
        self.app.act(&self.operator, "threadOpen", "thread { id }", input).await["thread"]["id"].as_str().unwrap().to_owned()
    }

    /// The thread in which the case's buyer talks.
    async fn with_buyer(&self, case: &str) -> String {
        let query = "query($id: ID!) { case(by: { id: $id }) { threads { id kind } } }";
        let found = self.app.ask(&self.operator, query, json!({ "id": case })).await;
        let threads = found["case"]["threads"].as_array().unwrap();
        threads.iter().find(|thread| thread["kind"] != "OPERATOR_SELLER").unwrap()["id"].as_str().unwrap().to_owned()
    }

    async fn post(&self, token: &str, thread: &str, text: &str) {
        let input = json!({ "threadId": thread, "text": text, "idempotencyKey": text });
        self.app.act(token, "messagePost", "message { id }", input).await;
    }

    /// The ids of the events that a view may see, after a position, in the order of commits.
    async fn events(&self, view: View, after: i64) -> Vec<String> {
        let scope = Scope { marketplace: self.app.marketplace.id, view };
        let events = self.app.cx.store.events_after(scope, Feed::All, after, 10_000).await.unwrap();
        events.into_iter().map(|event| event.id.to_string()).collect()
    }

    async fn position(&self) -> i64 {
        self.app.cx.store.last_position(self.app.marketplace.id).await.unwrap()
    }
}

/// An endpoint and its secret.
struct Endpoint {
    id: String,
    secret: String,
}

async fn endpoint(app: &TestApp, token: &str, receiver: &Receiver, event_types: Value) -> Endpoint {
    let input = json!({ "url": receiver.url, "eventTypes": event_types });
    let made = app.act(token, "webhookEndpointCreate", "secret endpoint { id state view }", input).await;
    assert_eq!(made["endpoint"]["state"], "ENABLED");
    Endpoint { id: made["endpoint"]["id"].as_str().unwrap().to_owned(), secret: made["secret"].as_str().unwrap().to_owned() }
}

/// What an endpoint was told, the oldest first.
async fn log(app: &TestApp, token: &str, endpoint: &str) -> Vec<Value> {
    let fields = "id eventId eventType state lastError nextAttemptAt attempts { at status error }";
    let query = format!("query($id: ID!) {{ webhookDeliveries(endpointId: $id, first: 100) {{ nodes {{ {fields} }} }} }}");
    let found = app.ask(token, &query, json!({ "id": endpoint })).await;
    found["webhookDeliveries"]["nodes"].as_array().unwrap().iter().rev().cloned().collect()
}

async fn state(app: &TestApp, token: &str, endpoint: &str) -> Value {
    let query = "query($id: ID!) { node(id: $id) { ... on WebhookEndpoint { state stateReason failingSince } } }";
    app.ask(token, query, json!({ "id": endpoint })).await["node"].clone()
}

fn ids(heard: &[Heard]) -> Vec<String> {
    heard.iter().map(|heard| heard.id.clone()).collect()
}

/// The ids in the order in which each was heard first.
fn each_once(heard: &[Heard]) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    heard.iter().filter(|heard| seen.insert(heard.id.clone())).map(|heard| heard.id.clone()).collect()
}
