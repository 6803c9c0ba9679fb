//! Every query and mutation, as every role: what works, what is refused and how, what holds under repetition.
#![expect(clippy::unwrap_used, reason = "what tests share stops as the tests themselves do")]

mod cases;
mod paging;
mod reading;
mod refusals;
mod search;
mod threads;
mod upserts;

use serde_json::{Value, json};
use trilogue::domain::parties::Role;

use crate::harness::{Db, TestApp};

/// A marketplace without a helpdesk: two sellers, two orders of the first and one of the second.
struct Shop {
    app: TestApp,
    operator: String,
    vendor: String,
    alma: String,
    brio: String,
}

impl Shop {
    async fn open(db: Db) -> Self {
        let app = TestApp::start(db).await;
        let vendor = app.token(Role::Vendor, None).await;
        let sellers =
            json!({ "sellers": [{ "externalId": "alma", "name": "Boutique Alma" }, { "externalId": "brio", "name": "Brio & Fils" }] });
        app.act(&vendor, "sellersUpsert", "sellers { id }", sellers).await;
        let orders = json!({ "orders": [order("A-1", "alma"), order("A-2", "alma"), order("B-1", "brio")] });
        app.act(&vendor, "ordersUpsert", "orders { id }", orders).await;
        let operator = app.token(Role::Operator, None).await;
        let alma = app.token(Role::Seller, Some("alma")).await;
        let brio = app.token(Role::Seller, Some("brio")).await;
        Self { app, operator, vendor, alma, brio }
    }

    /// Opens a case about an order, or about none, and gives its id.
    async fn case(&self, order: Option<&str>, key: &str) -> String {
        let payload = self.app.act(&self.vendor, "caseOpen", "case { id }", opening(order, key)).await;
        payload["case"]["id"].as_str().unwrap().to_owned()
    }

    /// The id of the case's thread of this kind.
    async fn thread(&self, case: &str, kind: &str) -> String {
        let found =
            self.app.ask(&self.operator, "query($id: ID!) { case(by: { id: $id }) { threads { id kind } } }", json!({ "id": case })).await;
        let threads = found["case"]["threads"].as_array().unwrap();
        threads.iter().find(|thread| thread["kind"] == kind).unwrap_or_else(|| panic!("no {kind}: {found:#}"))["id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Opens a thread and gives its id.
    async fn open_thread(&self, cases: &[&str], kind: &str) -> String {
        let input = json!({ "caseIds": cases, "kind": kind });
        self.app.act(&self.operator, "threadOpen", "thread { id }", input).await["thread"]["id"].as_str().unwrap().to_owned()
    }
}

fn order(reference: &str, seller: &str) -> Value {
    json!({
        "reference": reference, "sellerExternalId": seller, "total": money("12.50"), "placedAt": "2026-11-01T10:00:00Z",
        "lines": [{ "externalId": "1", "title": "Théière", "quantity": 1, "unitPrice": money("12.50") }],
    })
}

fn money(amount: &str) -> Value {
    json!({ "amount": amount, "currencyCode": "EUR" })
}

fn opening(order: Option<&str>, key: &str) -> Value {
    json!({
        "subject": format!("Question {key}"), "buyerName": "Marie Dupont", "buyerEmail": "marie@example.org",
        "text": "Où est mon colis ?", "orderReference": order, "idempotencyKey": key,
    })
}

fn post(thread: &str, text: &str, key: &str) -> Value {
    json!({ "threadId": thread, "text": text, "idempotencyKey": key })
}
