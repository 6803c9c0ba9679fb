//! Every field of returns and withdrawals, for every role that knows their case: one reviewed table.

use std::fmt::Write;

use serde_json::{Value, json};
use trilogue::domain::tickets::HelpdeskKind;

use super::fields::{SCHEMA, said, selection};
use crate::harness::{ORDER, Story, on_both_databases};
use crate::mediators::admit;

const PLACES: [(&str, &str); 6] = [
    ("Return", "case/returns_"),
    ("ReturnPapers", "case/returns_/papers_"),
    ("ReturnFinding", "case/returns_/finding_"),
    ("ReturnDeclined", "case/returns_/declined_"),
    ("Withdrawal", "case/withdrawals_"),
    ("WithdrawalReceipt", "case/withdrawals_/receipt_"),
];

async fn step(story: &Story, token: &str, mutation: &str, id: &Value, more: Value) {
    let query = "query($id: ID!) { node(id: $id) { ... on Return { revision } } }";
    let seen = story.app.ask(&story.operator, query, json!({ "id": id })).await["node"]["revision"].clone();
    let mut input = json!({ "returnId": id, "revision": seen });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    story.app.act(token, mutation, "return { id }", input).await;
}

/// A return that was declined, and one of a withdrawal whose goods have lost in worth; with telephone numbers all over.
async fn happened(story: &Story) {
    let parcel = json!({ "orderReference": ORDER, "externalId": "P", "deliveredAt": "2026-11-20T10:00:00Z", "lines": [{ "lineExternalId": "1", "quantity": 2 }] });
    story.app.act(&story.vendor, "shipmentsReport", "shipments { externalId }", json!({ "shipments": [parcel] })).await;
    let order = story.order_id(ORDER).await;
    let asked = json!({ "orderId": order, "lineId": "1", "reason": { "kind": "BROKEN" }, "note": "Mon numéro : 06 12 34 56 78", "idempotencyKey": "1" });
    let asked = story.app.act(&story.vendor, "returnRequest", "return { id }", asked).await["return"]["id"].clone();
    step(story, &story.seller, "returnDecline", &asked, json!({ "reason": "OTHER", "text": "Appelez le 06 98 76 54 32" })).await;
    let declaring = json!({ "orderId": order, "name": "Marie Dupont", "address": "marie@example.org", "lines": [{ "lineId": "1", "quantity": 1 }], "idempotencyKey": "1" });
    let one = story.app.act(&story.vendor, "withdrawalDeclare", "withdrawal { id revision }", declaring).await["withdrawal"].clone();
    let confirm = json!({ "withdrawalId": one["id"], "revision": one["revision"] });
    let one = story.app.act(&story.vendor, "withdrawalConfirm", "withdrawal { returns { id } }", confirm).await["withdrawal"].clone();
    let goods = &one["returns"][0]["id"];
    step(story, &story.seller, "returnApprove", goods, json!({})).await;
    let papers = json!({ "papers": { "rma": { "number": "R-1", "address": "12 rue des Lilas, 06 98 76 54 32" } } });
    step(story, &story.seller, "returnProvideLabel", goods, papers).await;
    step(story, &story.vendor, "returnRecordShipped", goods, json!({ "carrier": "Colissimo", "trackingNumber": "6A1" })).await;
    step(story, &story.seller, "returnRecordReceived", goods, json!({ "quantity": 1, "damaged": 1 })).await;
    let kept = json!({ "amount": "5.00", "currencyCode": "EUR" });
    let found =
        json!({ "result": { "nonCompliant": { "reason": "DAMAGED_PRODUCT", "text": "Portée ; 06 98 76 54 32", "withheld": kept } } });
    step(story, &story.seller, "returnRecordInspection", goods, found).await;
}

on_both_databases! {
    async fn every_role_and_every_field_of_goods_on_their_way_back(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let app = &story.app;
        let ticket = story.ticket().await;
        let case = story.case(ticket, "id").await["id"].clone();
        Box::pin(happened(&story)).await;
        let mediator = admit(&story, &case, json!({})).await;
        let buyer = story.buyer_token().await;

        let schema = app.ask(&story.operator, SCHEMA, json!({})).await["__schema"].clone();
        let all = |of: &str| selection(&schema, of);
        let query = format!(
            "query($id: ID!) {{ case(by: {{ id: $id }}) {{ returns_: returns {{ {} papers_: papers {{ {} }} finding_: finding {{ {} }} declined_: declined {{ {} }} }}
                withdrawals_: withdrawals {{ {} receipt_: receipt {{ {} }} }} }} }}",
            all("Return"), all("ReturnPapers"), all("ReturnFinding"), all("ReturnDeclined"), all("Withdrawal"), all("WithdrawalReceipt"),
        );
        let mut answers = Vec::new();
        for (role, token) in [("operator", &story.operator), ("seller", &story.seller), ("vendor", &story.vendor), ("buyer", &buyer), ("mediator", &mediator.token)] {
            let answer = app.ask(token, &query, json!({ "id": case })).await;
            let (theirs, shops) = (answer.to_string().contains("06 12 34"), answer.to_string().contains("06 98 76"));
            match role {
                "operator" => assert!(theirs && shops),
                "seller" => assert!(!theirs && shops, "{answer:#}"),
                "mediator" => assert!(!theirs && !shops, "{answer:#}"),
                _ => assert!(theirs && !shops, "{role} {answer:#}"),
            }
            answers.push((role, answer));
        }
        let mut out = "✔ as the operator sees it, ≈ otherwise, · not at all\n".to_owned();
        let roles: Vec<_> = answers.iter().map(|(role, _)| format!("{role:<10}")).collect();
        writeln!(out, "{:<34}{}", "", roles.concat().trim_end()).unwrap();
        let types = schema["types"].as_array().unwrap();
        for (of, place) in PLACES {
            let fields = types.iter().find(|known| known["name"] == of).unwrap()["fields"].as_array().unwrap();
            for field in fields.iter().map(|field| field["name"].as_str().unwrap()) {
                let whole = said(&answers[0].1, place, field);
                let mark = |answer: &Value| match said(answer, place, field) {
                    None => '·',
                    same if same == whole => '✔',
                    Some(_) => '≈',
                };
                let cells: Vec<_> = answers.iter().map(|(_, answer)| format!("{:<10}", mark(answer))).collect();
                writeln!(out, "{:<34}{}", format!("{of}.{field}"), cells.concat().trim_end()).unwrap();
            }
        }
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!("who_reads_which_field_of_goods", out);
        });
    }
}
