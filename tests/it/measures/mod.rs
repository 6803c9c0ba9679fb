//! The figures that the operator steers by: what happens is counted, and what was counted is what the state says.

mod asked;
mod random;
mod reports;
mod teams;

use chrono::TimeDelta;
use serde_json::{Value, json};
use trilogue::domain::charter::Charter;
use trilogue::domain::parties::Role;
use trilogue::workflow::measures;

use crate::harness::{Db, Story, TestApp, order};

/// A marketplace without a helpdesk, in which the vendor's software speaks for buyers.
struct Shop {
    app: TestApp,
    operator: String,
    vendor: String,
    seller: String,
    /// The seller whose token that is.
    alma: String,
}

impl Shop {
    async fn open(db: Db) -> Self {
        Box::pin(Self::furnished(db)).await
    }

    async fn furnished(db: Db) -> Self {
        Self::around(TestApp::start_with(db, Charter::default()).await).await
    }

    /// The same around a server that the test has set up itself.
    async fn around(app: TestApp) -> Self {
        let (vendor, operator) = (app.token(Role::Vendor, None).await, app.token(Role::Operator, None).await);
        let sellers =
            json!({ "sellers": [{ "externalId": "alma", "name": "Boutique Alma" }, { "externalId": "brio", "name": "Brio & Fils" }] });
        let stored = app.act(&vendor, "sellersUpsert", "sellers { id }", sellers).await;
        let alma = stored["sellers"][0]["id"].as_str().unwrap().to_owned();
        let seller = app.token(Role::Seller, Some("alma")).await;
        Self { app, operator, vendor, seller, alma }
    }

    /// Tells of an order of this buyer on this day.
    async fn order(&self, reference: &str, seller: &str, buyer: &str, day: &str) {
        let mut told = order(reference, seller);
        told["buyerEmail"] = json!(format!("{buyer}@example.org"));
        told["placedAt"] = json!(format!("{day}T10:00:00Z"));
        self.app.act(&self.vendor, "ordersUpsert", "orders { id }", json!({ "orders": [told] })).await;
    }

    /// The buyer gets in touch.
    async fn case(&self, key: &str, buyer: &str, more: Value) -> Value {
        let mut input = json!({ "subject": "Question", "buyerName": buyer, "buyerEmail": format!("{buyer}@example.org"), "text": "Bonjour",
            "idempotencyKey": key });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.app.act(&self.vendor, "caseOpen", "case { id }", input).await["case"]["id"].clone()
    }

    /// Somebody writes in the first thread of the case.
    async fn write(&self, token: &str, case: &Value, text: &str) {
        let query = "query($id: ID!) { case(by: { id: $id }) { threads { id } } }";
        let thread = self.app.ask(token, query, json!({ "id": case })).await["case"]["threads"][0]["id"].clone();
        let input = json!({ "threadId": thread, "text": text, "idempotencyKey": text });
        self.app.act(token, "messagePost", "message { id }", input).await;
    }

    async fn resolve(&self, case: &Value) {
        self.app.act(&self.operator, "caseResolve", "case { id }", json!({ "caseId": case })).await;
    }

    fn wait(&self, time: TimeDelta) {
        self.app.advance(time);
    }

    /// The figures of some days, by their names: value and sample.
    async fn figures(&self, arguments: &str) -> Value {
        self.app.work().await;
        let query = format!("{{ measures({arguments}) {{ kpis {{ kind timeBasis percentile value unit sample target status }} }} }}");
        self.app.ask(&self.operator, &query, json!({})).await["measures"]["kpis"].clone()
    }

    async fn figure(&self, arguments: &str, kind: &str) -> (Value, Value) {
        let found = self.figures(arguments).await;
        let one = found.as_array().unwrap().iter().find(|one| one["kind"] == kind && one["timeBasis"] != "BUSINESS");
        one.map_or_else(|| panic!("no {kind}: {found:#}"), |one| (one["value"].clone(), one["sample"].clone()))
    }

    /// What was counted is what the state says.
    async fn agrees(&self) {
        self.app.work().await;
        let differences = measures::check(&self.app.cx, self.app.marketplace.id).await.unwrap();
        assert!(differences.is_empty(), "{:#?}", differences.iter().take(3).collect::<Vec<_>>());
    }
}

/// What is told and asked in a day.
pub(crate) async fn used(story: &Story) {
    Box::pin(a_day(story)).await;
}

async fn a_day(story: &Story) {
    let app = &story.app;
    let seller = app.ask(&story.operator, "{ seller(by: { externalId: \"alma\" }) { id } }", json!({})).await["seller"]["id"].clone();
    let visit = json!({ "idempotencyKey": "visit-1", "outcome": "DEFLECTED" });
    app.act(&story.vendor, "helpVisitReport", "", visit).await;
    let ticket = story.ticket().await;
    story.desk.sim.assign_group(ticket, "Niveau 2").unwrap();
    story.desk.settle(app).await;
    app.ask(&story.operator, "{ teams { id } }", json!({})).await;
    let about = json!({ "process": "Returns" });
    let proposal = json!({ "about": about, "plan": "Shorter form", "kpi": { "kind": "CSAT" }, "from": "2026-10-01", "to": "2026-11-22" });
    for _ in 0..2 {
        app.act(&story.operator, "improvementPropose", "improvement { id }", proposal.clone()).await;
    }
    let due = app.cx.now().date_naive() + TimeDelta::days(9);
    let query = "query($after: String) { a: improvements(first: 1, after: $after) { nodes { id seller { id } } pageInfo { endCursor } }
        improvements(first: 1, state: PROPOSED) { nodes { id } } }";
    let found = app.ask(&story.operator, query, json!({})).await;
    app.ask(&story.operator, query, json!({ "after": found["a"]["pageInfo"]["endCursor"] })).await;
    let taken = json!({ "improvementId": found["a"]["nodes"][0]["id"], "dueOn": due, "revision": 1 });
    app.act(&story.operator, "improvementTakeOn", "improvement { id }", taken).await;
    let settings = json!({ "targets": [], "hour": { "amount": "30.00", "currencyCode": "EUR" }, "revision": 0, "comeBackDays": 8,
        "report": "WEEK" });
    app.act(&story.operator, "measureSettingsSet", "settings { revision }", settings).await;
    app.work().await;
    let query = "query($seller: ID) { measureSettings { revision } measures(from: \"2026-10-01\", to: \"2026-11-30\", sellerId: $seller) {
        kpis { value } contactRates { cases } serviceCosts { cases } series(kpi: { kind: CSAT }, grain: MONTH) { from } } }";
    for seller in [Value::Null, seller] {
        app.ask(&story.operator, query, json!({ "seller": seller })).await;
    }
    measures::check(&app.cx, app.marketplace.id).await.unwrap();
}
