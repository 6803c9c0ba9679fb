//! Disputes: from the first word to the last appeal, by everybody's hands and by nobody's.
#![expect(clippy::unwrap_used, reason = "what tests share stops as the tests themselves do")]

mod evidence;
mod life;
mod money;
mod ratings;
mod refusals;
mod views;

use chrono::TimeDelta;
use serde_json::{Value, json};
use trilogue::domain::charter::{Charter, Mediator, SellerComplaints};
use trilogue::domain::parties::Role;

use crate::attachments::{PNG, here, upload};
use crate::harness::{Db, Story, TestApp, order};

/// What most tests look at.
const SHORT: &str = "dispute { id revision stage }";

/// A marketplace that names its mediators.
fn charter() -> Charter {
    let mediator = |name: &str| Mediator { name: name.to_owned(), url: format!("https://{}.example", name.to_lowercase()), address: None };
    Charter {
        mediator: Some(mediator("CM2C")),
        complaints: Some(SellerComplaints {
            route: "reclamations@bazar.example".to_owned(),
            mediators: vec![mediator("CMAP"), mediator("IEAM")],
        }),
        ..Charter::default()
    }
}

/// A marketplace without a helpdesk, an order, and everybody who has to do with it.
struct House {
    app: TestApp,
    /// Three people of the operator.
    ana: String,
    ben: String,
    cleo: String,
    /// The marketplace's software, which stands for the buyer.
    buyer: String,
    seller: String,
    other_seller: String,
    order: Value,
}

impl House {
    async fn open(db: Db) -> Self {
        Self::open_with(db, charter()).await
    }

    async fn open_with(db: Db, charter: Charter) -> Self {
        Box::pin(Self::around(TestApp::start_with(db, charter).await)).await
    }

    async fn around(app: TestApp) -> Self {
        let buyer = app.token(Role::Vendor, None).await;
        let sellers =
            json!({ "sellers": [{ "externalId": "alma", "name": "Boutique Alma" }, { "externalId": "brio", "name": "Brio & Fils" }] });
        app.act(&buyer, "sellersUpsert", "sellers { id }", sellers).await;
        let orders = json!({ "orders": [two_lines("MK-1001", "alma"), order("MK-2002", "brio")] });
        let stored = app.act(&buyer, "ordersUpsert", "orders { id reference }", orders).await;
        let order = stored["orders"].as_array().unwrap().iter().find(|one| one["reference"] == "MK-1001").unwrap()["id"].clone();
        let (seller, other_seller) = (app.token(Role::Seller, Some("alma")).await, app.token(Role::Seller, Some("brio")).await);
        let (ana, ben, cleo) =
            (app.token(Role::Operator, None).await, app.token(Role::Operator, None).await, app.token(Role::Operator, None).await);
        Self { app, ana, ben, cleo, buyer, seller, other_seller, order }
    }

    /// A dispute of the buyer about the first line, which cost 59.80 EUR.
    fn opening(&self) -> Value {
        json!({
            "orderId": self.order, "lineId": "1", "reason": "NOT_AS_DESCRIBED", "text": "La théière est verte, pas bleue.", "wanted": "REFUND",
            "amount": { "amount": "50.00", "currencyCode": "EUR" },
        })
    }

    async fn opened(&self) -> Value {
        let opened = self.app.act(&self.buyer, "disputeOpen", SHORT, self.opening()).await;
        assert_eq!(opened["dispute"]["stage"], "DIRECT_CONTACT");
        opened["dispute"]["id"].clone()
    }

    async fn revision(&self, dispute: &Value) -> Value {
        self.seen(&self.ana, dispute, "revision").await["revision"].clone()
    }

    async fn stage(&self, dispute: &Value) -> Value {
        self.seen(&self.ana, dispute, "stage").await["stage"].clone()
    }

    async fn seen(&self, token: &str, dispute: &Value, fields: &str) -> Value {
        let query = format!("query($id: ID!) {{ dispute(id: $id) {{ {fields} }} }}");
        self.app.ask(token, &query, json!({ "id": dispute })).await["dispute"].clone()
    }

    /// Does something, on the revision that stands, whatever comes of it.
    async fn attempt(&self, token: &str, mutation: &str, dispute: &Value, more: Value) -> Value {
        let mut input = json!({ "disputeId": dispute, "revision": self.revision(dispute).await });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.app.try_act(token, mutation, SHORT, input).await
    }

    /// The same, that must be accepted.
    async fn step(&self, token: &str, mutation: &str, dispute: &Value, more: Value) -> Value {
        let payload = self.attempt(token, mutation, dispute, more).await;
        assert_eq!(payload["userErrors"], json!([]), "{mutation}: {payload:#}");
        payload["dispute"].clone()
    }

    /// Lets days pass, and does what they mean.
    async fn days(&self, days: i64) {
        self.app.advance(TimeDelta::days(days));
        self.app.work().await;
    }

    /// In conciliation, as the seller said nothing.
    async fn mediated(&self) -> Value {
        let dispute = self.opened().await;
        self.days(4).await;
        assert_eq!(self.stage(&dispute).await, "MEDIATION");
        dispute
    }

    /// Before the one who decides, with Ana having conciliated.
    async fn arbitrated(&self) -> Value {
        let dispute = self.mediated().await;
        self.step(&self.ana, "disputeTakeUp", &dispute, json!({})).await;
        self.days(14).await;
        assert_eq!(self.stage(&dispute).await, "ARBITRATION");
        dispute
    }

    /// Both sides heard, and the time for it over.
    async fn heard(&self) -> Value {
        let dispute = self.arbitrated().await;
        for (token, text) in [(&self.buyer, "La photo de la théière."), (&self.seller, "L’annonce disait verte.")] {
            self.step(token, "disputeSubmitEvidence", &dispute, json!({ "text": text })).await;
        }
        self.days(5).await;
        dispute
    }

    async fn messages(&self, token: &str) -> Vec<String> {
        let query = "{ cases(first: 20) { nodes { threads { kind messages(first: 100) { nodes { text } } } } } }";
        let seen = self.app.ask(token, query, json!({})).await["cases"]["nodes"].clone();
        let threads = seen.as_array().unwrap().iter().flat_map(|case| case["threads"].as_array().unwrap().clone());
        let texts = threads.flat_map(|thread| {
            let kind = thread["kind"].as_str().unwrap().to_owned();
            let texts = thread["messages"]["nodes"].as_array().unwrap().clone();
            texts.into_iter().map(move |message| format!("{kind}: {}", message["text"].as_str().unwrap()))
        });
        texts.collect()
    }
}

/// An order of two lines, 59.80 and 10.00 EUR.
fn two_lines(reference: &str, seller: &str) -> Value {
    let mut order = order(reference, seller);
    let more = json!({ "externalId": "2", "title": "Tasse", "sku": "TA-1", "quantity": 1, "unitPrice": { "amount": "10.00", "currencyCode": "EUR" } });
    order["lines"].as_array_mut().unwrap().push(more);
    order["total"]["amount"] = json!("69.80");
    order
}

/// A decision for half of it, with the cost shared.
fn ruling() -> Value {
    json!({
        "outcome": "SPLIT", "fault": "CARRIER", "countsAgainstSeller": "DOES_NOT_COUNT", "remedy": "PARTIAL_REFUND_KEEP_ITEM",
        "costBearer": { "goods": { "seller": 5000, "operator": 5000 } }, "amount": euros("20.00"),
        "reason": "NOT_CONFORM", "statement": "La photo montre une théière verte, l’annonce une bleue.", "clause": "Litiges, article 4",
    })
}

fn euros(amount: &str) -> Value {
    json!({ "amount": amount, "currencyCode": "EUR" })
}

fn with(mut input: Value, field: &str, value: Value) -> Value {
    input[field] = value;
    input
}

fn fault(payload: &Value) -> (Value, Value) {
    (payload["userErrors"][0]["field"].clone(), payload["userErrors"][0]["code"].clone())
}

/// A dispute with all that belongs to it, for those who read the statements.
pub(crate) async fn errands(story: &Story) {
    let order = story.app.ask(&story.operator, "{ order(by: { reference: \"MK-7\" }) { id } }", json!({})).await["order"]["id"].clone();
    let open = json!({ "orderId": order, "lineId": "1", "reason": "DEFECTIVE", "text": "Cassée.", "wanted": "REFUND" });
    let dispute = story.app.act(&story.vendor, "disputeOpen", "dispute { id }", open).await["dispute"]["id"].clone();
    let file = upload(&story.app, &story.seller, "facture.png", "image/png", PNG).await;
    for (revision, (text, file)) in (1..).zip([("La facture", Some(file)), ("Une note", None)]) {
        let input = json!({ "disputeId": dispute, "revision": revision, "text": text, "attachmentId": file });
        story.app.act(&story.seller, "disputeSubmitEvidence", SHORT, input).await;
    }
    for token in [&story.operator, &story.seller, &story.vendor] {
        let query = "query($id: ID!) { node(id: $id) { ... on Dispute { evidence { file { url } } case { disputes { id } } order { disputes { id } } } }
            disputeEvidenceLink(disputeId: $id, format: JSON) { url } }";
        let seen = story.app.ask(token, query, json!({ "id": dispute })).await;
        for url in [&seen["disputeEvidenceLink"]["url"], &seen["node"]["evidence"][0]["file"]["url"]] {
            let had = story.app.http.get(here(&story.app, url.as_str().unwrap())).send().await.unwrap();
            assert!(had.status().is_success() && !had.bytes().await.unwrap().is_empty());
        }
    }
    story.app.advance(TimeDelta::days(4));
    story.app.work().await;
}
