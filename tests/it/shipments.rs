//! Parcels: told by the vendor, in whatever order and however often; seen by whoever sees the order; and what they say about
//! the phase of a case.

use chrono::TimeDelta;
use serde_json::{Value, json};
use trilogue::demo::peer::Opening;
use trilogue::domain::parties::Role;
use trilogue::domain::tickets::HelpdeskKind;

use crate::harness::{Db, ORDER, Story, in_both_products, on_both_databases};

const FIELDS: &str = "shipments { externalId carrier trackingNumber trackingUrl lines { lineExternalId quantity } promisedAt shippedAt deliveredAt reportedAt }";

/// A parcel with both teapots of the story's order, as the vendor tells it.
pub(crate) fn parcel(external_id: &str, more: &Value) -> Value {
    let mut parcel = json!({ "orderReference": ORDER, "externalId": external_id, "lines": [{ "lineExternalId": "1", "quantity": 2 }] });
    parcel.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    parcel
}

/// Reports one parcel, which must be taken.
pub(crate) async fn report(story: &Story, more: Value) -> Value {
    story.app.act(&story.vendor, "shipmentsReport", FIELDS, json!({ "shipments": [parcel("P1", &more)] })).await["shipments"][0].clone()
}

/// The faults as `path: code`, sorted.
fn faults(payload: &Value) -> Vec<String> {
    let fault = |error: &Value| {
        let path: Vec<_> = error["field"].as_array().into_iter().flatten().map(|part| part.as_str().unwrap()).collect();
        format!("{}: {}", path.join("."), error["code"].as_str().unwrap())
    };
    let mut all: Vec<_> = payload["userErrors"].as_array().unwrap().iter().map(fault).collect();
    all.sort();
    all
}

async fn seen(story: &Story, token: &str) -> Value {
    let query = format!("{{ order(by: {{ reference: \"{ORDER}\" }}) {{ {FIELDS} }} }}");
    story.app.ask(token, &query, json!({})).await["order"].clone()
}

on_both_databases! {
    async fn the_newest_report_counts_however_often_and_late_others_come(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let first = json!({ "carrier": "Colissimo", "trackingNumber": "6A1", "trackingUrl": "https://colis.example/6A1",
            "promisedAt": "2026-11-25T22:00:00Z", "shippedAt": "2026-11-21T09:00:00Z", "reportedAt": "2026-11-22T08:00:00Z" });
        let stored = report(&story, first.clone()).await;
        assert_eq!(stored, report(&story, first.clone()).await, "done twice, it is done once");
        assert_eq!(stored["lines"], json!([{ "lineExternalId": "1", "quantity": 2 }]));
        let delivered = json!({ "carrier": "Colissimo", "deliveredAt": "2026-11-22T08:30:00Z", "reportedAt": "2026-11-22T08:45:00Z" });
        let there = report(&story, delivered).await;
        assert_eq!((&there["deliveredAt"], &there["trackingNumber"]), (&json!("2026-11-22T08:30:00+00:00"), &Value::Null));
        assert_eq!(report(&story, first).await, there, "a late report changes nothing, and says what is known");
        let order = seen(&story, &story.operator).await;
        assert_eq!(order["shipments"], json!([there]));
        for token in [&story.vendor, &story.seller] {
            assert_eq!(seen(&story, token).await, order, "whoever sees the order");
        }
        assert_eq!(seen(&story, &story.other_seller).await, Value::Null);
        let mut second = parcel("P2", &json!({ "reportedAt": "2026-11-22T08:45:00Z" }));
        second["lines"][0]["quantity"] = json!(1);
        story.app.act(&story.operator, "shipmentsReport", "shipments { externalId }", json!({ "shipments": [second] })).await;
        let names: Vec<_> = seen(&story, &story.seller).await["shipments"].as_array().unwrap().iter().map(|one| one["externalId"].clone()).collect();
        assert_eq!(names, ["P1", "P2"]);
        let none = story.app.act(&story.vendor, "shipmentsReport", "shipments { externalId }", json!({ "shipments": [] })).await;
        assert_eq!(none["shipments"], json!([]));
    }

    async fn all_faults_at_once_and_nothing_stored(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let long = "x".repeat(129);
        let foreign = json!({ "orderReference": "NOPE", "externalId": "P9", "lines": [{ "lineExternalId": "1", "quantity": 1 }] });
        let mut many = parcel("P7", &json!({}));
        many["lines"] = (0..201).map(|i| json!({ "lineExternalId": i.to_string(), "quantity": 1 })).collect();
        let mut odd = parcel("P2", &json!({ "carrier": "", "trackingNumber": long, "trackingUrl": "javascript:alert(1)", "promisedAt": "1822-01-01T00:00:00Z",
            "deliveredAt": "2026-12-24T00:00:00Z", "reportedAt": "2026-11-22T10:00:00Z" }));
        odd["lines"] = json!([{ "lineExternalId": "1", "quantity": 3 }, { "lineExternalId": "1", "quantity": 0 }, { "lineExternalId": "2", "quantity": 1 }]);
        let mut empty = parcel("", &json!({}));
        empty["lines"] = json!([]);
        let input = json!({ "shipments": [parcel("P1", &json!({})), odd, empty, foreign, parcel("P1", &json!({})), many] });
        let refused = story.app.try_act(&story.vendor, "shipmentsReport", FIELDS, input).await;
        let expected = [
            "shipments.1.carrier: LENGTH",
            "shipments.1.deliveredAt: INVALID",
            "shipments.1.lines.0.quantity: INVALID",
            "shipments.1.lines.1.lineExternalId: DUPLICATE",
            "shipments.1.lines.1.quantity: INVALID",
            "shipments.1.lines.2.lineExternalId: NOT_FOUND",
            "shipments.1.promisedAt: INVALID",
            "shipments.1.reportedAt: INVALID",
            "shipments.1.trackingNumber: LENGTH",
            "shipments.1.trackingUrl: INVALID",
            "shipments.2.externalId: LENGTH",
            "shipments.2.lines: INVALID",
            "shipments.3.orderReference: NOT_FOUND",
            "shipments.4.externalId: DUPLICATE",
            "shipments.5.lines: TOO_MANY",
        ];
        assert_eq!(faults(&refused), expected, "{refused:#}");
        assert_eq!(seen(&story, &story.operator).await["shipments"], json!([]));
        let batch: Vec<_> = (0..501).map(|number| parcel(&format!("B{number}"), &json!({}))).collect();
        let refused = story.app.try_act(&story.vendor, "shipmentsReport", FIELDS, json!({ "shipments": batch })).await;
        assert_eq!(faults(&refused), ["shipments: TOO_MANY"]);
        let refused = story.app.try_act(&story.seller, "shipmentsReport", FIELDS, json!({ "shipments": [parcel("P1", &json!({}))] })).await;
        assert_eq!(faults(&refused), [": NOT_ALLOWED"]);
        // Another marketplace's orders are none.
        let elsewhere = story.app.another_marketplace("souk").await;
        let stranger = story.app.token_in(&elsewhere, Role::Vendor, None).await;
        let refused = story.app.try_act(&stranger, "shipmentsReport", FIELDS, json!({ "shipments": [parcel("P1", &json!({}))] })).await;
        assert_eq!(faults(&refused), ["shipments.0.orderReference: NOT_FOUND"]);
    }

    async fn five_hundred_parcels_cost_as_few_statements_as_one(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let batch = |count: usize| json!({ "shipments": (0..count).map(|number| parcel(&format!("B{number}"), &json!({}))).collect::<Vec<_>>() });
        let (_, one) = story.app.statements(story.app.act(&story.vendor, "shipmentsReport", "shipments { externalId }", batch(1))).await;
        let (stored, many) = story.app.statements(story.app.act(&story.vendor, "shipmentsReport", "shipments { externalId }", batch(500))).await;
        assert_eq!(stored["shipments"][499]["externalId"], "B499");
        assert!(many.len() <= one.len() + 1, "{} and {}", one.len(), many.len());
    }

    async fn a_case_is_during_the_order_until_what_it_is_about_was_delivered(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let open = async |key: &str, more: Value| {
            let mut input = json!({ "subject": "Colis", "buyerName": "Marie Dupont", "buyerEmail": format!("{key}@example.org"), "text": "Bonjour",
                "orderReference": ORDER, "idempotencyKey": key });
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            story.app.act(&story.vendor, "caseOpen", "case { id phase }", input).await["case"].clone()
        };
        assert_eq!(open("a", json!({})).await["phase"], "AFTER_SALE", "as without any word of parcels");
        report(&story, json!({ "promisedAt": "2026-11-25T22:00:00Z" })).await;
        assert_eq!(open("b", json!({})).await["phase"], "DURING_ORDER");
        assert_eq!(open("c", json!({ "orderLineId": "1" })).await["phase"], "DURING_ORDER");
        assert_eq!(open("d", json!({ "phase": "AFTER_SALE" })).await["phase"], "AFTER_SALE", "who says so wins");
        let unknown = open("e", json!({ "orderReference": null })).await;
        assert_eq!(unknown["phase"], "PRE_SALE");
        let attach = json!({ "caseId": unknown["id"], "orderReference": ORDER });
        assert_eq!(story.app.act(&story.operator, "caseAttachOrder", "case { phase }", attach).await["case"]["phase"], "DURING_ORDER");
        story.app.advance(TimeDelta::minutes(1));
        report(&story, json!({ "deliveredAt": "2026-11-22T08:00:00Z" })).await;
        assert_eq!(open("f", json!({})).await["phase"], "AFTER_SALE", "delivered");
        assert_eq!(open("g", json!({ "phase": "DURING_ORDER" })).await["phase"], "DURING_ORDER", "who says so wins");
    }
}

async fn told_by_tickets(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    report(&story, json!({ "promisedAt": "2026-11-25T22:00:00Z" })).await;
    let before = story.ticket().await;
    assert_eq!(story.case(before, "phase").await["phase"], "DURING_ORDER");
    story.app.advance(TimeDelta::minutes(1));
    report(&story, json!({ "deliveredAt": "2026-11-22T08:00:00Z" })).await;
    let other = story.desk.sim.add_end_user("Marie Dupont", "marie2@example.org");
    let after = story.desk.sim.open_ticket(&other, Opening::new("Bonjour", "Une question"));
    story.desk.settle(&story.app).await;
    assert_eq!(story.case(after, "phase").await["phase"], "PRE_SALE");
    let id = story.case(after, "id").await["id"].clone();
    story.app.act(&story.operator, "caseAttachOrder", "case { id }", json!({ "caseId": id, "orderReference": ORDER })).await;
    assert_eq!(story.case(after, "phase").await["phase"], "AFTER_SALE");
}

in_both_products! {
    a_ticket_about_an_order_on_its_way_is_during_the_order => told_by_tickets;
}
