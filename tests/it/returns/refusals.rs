//! What is refused: a typed error each, and nothing is changed.

use chrono::TimeDelta;
use serde_json::{Value, json};
use trilogue::domain::charter::Charter;
use trilogue::domain::ids::{OrderId, ReturnId};
use trilogue::domain::parties::Role;

use super::{RETURN, Shop, fault};
use crate::harness::{on_both_databases, order};

on_both_databases! {
    async fn what_cannot_be_requested_is_refused(db: Db) {
        let shop = Shop::open(db).await;
        let mut two = order("MK-2", "alma");
        two["lines"] = json!([{ "externalId": "2", "title": "Tasse", "quantity": 1, "unitPrice": { "amount": "59.80", "currencyCode": "EUR" } }]);
        shop.sell(two).await;
        let elsewhere = shop.app.another_marketplace("souk").await;
        let foreign = shop.app.token_in(&elsewhere, Role::Vendor, None).await;
        shop.app.act(&foreign, "sellersUpsert", "sellers { id }", json!({ "sellers": [{ "externalId": "dora", "name": "Dora" }] })).await;
        let theirs = shop.app.act(&foreign, "ordersUpsert", "orders { id }", json!({ "orders": [order("S-1", "dora")] })).await;
        let theirs = theirs["orders"][0]["id"].clone();
        let good = shop.asking(1, "k");
        let with = |field: &str, value: Value| {
            let mut input = good.clone();
            input[field] = value;
            input
        };
        let fits = json!({ "kind": "TOO_SMALL" });
        let mut repair = with("wanted", json!("REPAIR"));
        repair["reason"] = fits.clone();
        let mut wrong_right = with("basis", json!("LEGAL_CONFORMITY"));
        wrong_right["reason"] = fits;
        for (input, field, code) in [
            (with("quantity", json!(0)), json!(["quantity"]), "INVALID"),
            (with("quantity", json!(3)), json!(["quantity"]), "INVALID"),
            (with("lineId", json!("2")), json!(["lineId"]), "NOT_FOUND"),
            (with("lineId", json!("")), json!(["lineId"]), "NOT_FOUND"),
            (with("lineId", json!("x".repeat(500))), json!(["lineId"]), "NOT_FOUND"),
            (with("orderId", theirs), json!(["orderId"]), "NOT_FOUND"),
            (with("orderId", json!(OrderId::generate().to_string())), json!(["orderId"]), "NOT_FOUND"),
            (with("note", json!("é".repeat(2_001))), json!(["note"]), "LENGTH"),
            (with("idempotencyKey", json!("")), json!(["idempotencyKey"]), "LENGTH"),
            (repair, json!(["wanted"]), "INVALID"),
            (wrong_right, json!(["lineId"]), "NOT_IN_THIS_STATE"),
        ] {
            let refused = shop.app.try_act(&shop.vendor, "returnRequest", RETURN, input.clone()).await;
            assert_eq!(fault(&refused), (field, json!(code)), "{input:#} {refused:#}");
            assert_eq!(refused["return"], Value::Null);
        }
        for token in [&shop.other_seller, &foreign] {
            let refused = shop.app.try_act(token, "returnRequest", RETURN, good.clone()).await;
            assert_eq!(fault(&refused), (json!(["orderId"]), json!("NOT_FOUND")));
        }
        let cases = shop.app.ask(&shop.operator, "{ cases { nodes { id } } }", json!({})).await;
        assert_eq!(cases["cases"]["nodes"], json!([]), "nothing was done, not even a case opened");
        shop.app.advance(TimeDelta::days(40));
        let mut late = good.clone();
        late["reason"] = json!({ "kind": "CHANGED_MIND" });
        let refused = shop.app.try_act(&shop.vendor, "returnRequest", RETURN, late).await;
        assert_eq!(fault(&refused), (json!(["lineId"]), json!("NOT_IN_THIS_STATE")));
        assert_eq!(refused["userErrors"][0]["message"], "The last day for this was 2026-12-04.");
    }

    async fn a_withdrawal_cannot_be_declined_in_its_window(db: Db) {
        let shop = Shop::open(db).await;
        let mut input = shop.asking(1, "1");
        input["reason"] = Value::Null;
        let asked = shop.app.act(&shop.vendor, "returnRequest", RETURN, input).await["return"].clone();
        assert_eq!(asked["basis"], "WITHDRAWAL");
        let id = &asked["id"];
        assert!(!shop.actions(&shop.seller, id).await.contains(&"DECLINE".to_owned()));
        let decline = |reason: &str, exclusion: Value| json!({ "reason": reason, "text": "Non.", "exclusion": exclusion });
        for (token, input, field) in [
            (&shop.seller, decline("NOT_ELIGIBLE", Value::Null), json!(["returnId"])),
            (&shop.seller, decline("NOT_ELIGIBLE", json!("MADE_TO_MEASURE")), json!(["exclusion"])),
            (&shop.operator, decline("NOT_ELIGIBLE", Value::Null), json!(["returnId"])),
            (&shop.operator, decline("OTHER", json!("MADE_TO_MEASURE")), json!(["exclusion"])),
            (&shop.operator, decline("NOT_ELIGIBLE", json!("HYGIENE_UNSEALED")), json!(["exclusion"])),
        ] {
            let refused = shop.try_step(token, "returnDecline", id, input).await;
            assert_eq!(fault(&refused), (field, json!("NOT_IN_THIS_STATE")), "{refused:#}");
        }
        assert_eq!(shop.changes(id).await, ["REQUESTED"], "nothing was done");
        let declined = shop.step(&shop.operator, "returnDecline", id, decline("NOT_ELIGIBLE", json!("MADE_TO_MEASURE"))).await;
        assert_eq!(declined["state"], "DECLINED");
        assert!(shop.told(id).await.last().unwrap().contains("a été refusée"), "in writing");
    }

    async fn decisions_on_what_was_not_seen_are_refused(db: Db) {
        let shop = Shop::open(db).await;
        let id = shop.request(2, "1").await;
        let other = shop.app.another_marketplace("souk").await;
        let foreign = shop.app.token_in(&other, Role::Operator, None).await;
        let approve = |id: &Value, revision: i32| json!({ "returnId": id, "revision": revision });
        for revision in [0, 2, -1, i32::MAX] {
            let refused = shop.app.try_act(&shop.seller, "returnApprove", RETURN, approve(&id, revision)).await;
            assert_eq!(fault(&refused), (json!(["revision"]), json!("WRONG_REVISION")));
        }
        let nobody = json!(ReturnId::generate().to_string());
        for (token, id) in [(&shop.other_seller, &id), (&foreign, &id), (&shop.seller, &nobody)] {
            let refused = shop.app.try_act(token, "returnApprove", RETURN, approve(id, 1)).await;
            assert_eq!(fault(&refused), (json!(["returnId"]), json!("NOT_FOUND")));
        }
        let refused = shop.app.try_act(&shop.vendor, "returnApprove", RETURN, approve(&id, 1)).await;
        assert_eq!(fault(&refused), (Value::Null, json!("NOT_ALLOWED")), "no buyer approves");
        let refused = shop.try_step(&shop.seller, "returnRecordReceived", &id, json!({ "quantity": 1 })).await;
        assert_eq!(fault(&refused), (json!(["returnId"]), json!("NOT_IN_THIS_STATE")));
        assert_eq!(shop.changes(&id).await, ["REQUESTED"], "nothing was done");
        shop.step(&shop.seller, "returnApprove", &id, json!({})).await;

        let papers = |papers: Value| json!({ "papers": papers });
        for (input, field) in [
            (papers(json!({ "label": "http://label.example/1" })), json!(["papers", "label"])),
            (papers(json!({ "label": " " })), json!(["papers", "label"])),
            (papers(json!({ "rma": { "number": "", "address": "ici" } })), json!(["papers", "rma", "number"])),
            (papers(json!({ "rma": { "number": "1", "address": "x".repeat(501) } })), json!(["papers", "rma", "address"])),
        ] {
            assert_eq!(fault(&shop.try_step(&shop.seller, "returnProvideLabel", &id, input).await).0, field);
        }
        shop.step(&shop.seller, "returnProvideLabel", &id, papers(json!({ "sentOffline": true }))).await;
        for (input, field) in [
            (json!({ "carrier": "x".repeat(101) }), json!(["carrier"])),
            (json!({ "trackingNumber": "x".repeat(101) }), json!(["trackingNumber"])),
        ] {
            assert_eq!(fault(&shop.try_step(&shop.vendor, "returnRecordShipped", &id, input).await), (field, json!("LENGTH")));
        }
        shop.step(&shop.vendor, "returnRecordShipped", &id, json!({})).await;
        for (quantity, damaged) in [(0, 0), (3, 0), (1, 2)] {
            let came = json!({ "quantity": quantity, "damaged": damaged });
            assert_eq!(fault(&shop.try_step(&shop.seller, "returnRecordReceived", &id, came).await), (json!(["quantity"]), json!("INVALID")));
        }
        shop.step(&shop.vendor, "returnRecordReceived", &id, json!({ "quantity": 2 })).await;
        let found = |text: &str, withheld: Value| json!({ "result": { "nonCompliant": { "reason": "OTHER", "text": text, "withheld": withheld } } });
        let path = |field: &str| json!(["result", "nonCompliant", field]);
        let kept = json!({ "amount": "1.00", "currencyCode": "EUR" });
        assert_eq!(fault(&shop.try_step(&shop.seller, "returnRecordInspection", &id, found(" ", Value::Null)).await), (path("text"), json!("LENGTH")));
        assert_eq!(fault(&shop.try_step(&shop.seller, "returnRecordInspection", &id, found("x", kept)).await), (path("withheld"), json!("INVALID")));
        assert_eq!(shop.seen(&id, "state revision").await, json!({ "state": "RECEIVED", "revision": 5 }), "nothing of it was done");
    }

    async fn the_charter_says_how_long(db: Db) {
        let shop = Shop::open(db).await;
        let publish = |returns: Value| json!({ "charter": { "returns": returns } });
        for (returns, field) in [
            (json!({ "shipDays": 0 }), json!(["charter", "returns", "shipDays"])),
            (json!({ "lostDays": 366 }), json!(["charter", "returns", "lostDays"])),
            (json!({ "decide": { "workingDays": 0 } }), json!(["charter", "returns", "decide"])),
            (json!({ "inspect": { "hours": -1 } }), json!(["charter", "returns", "inspect"])),
            (json!({ "mostOffers": 11 }), json!(["charter", "returns", "mostOffers"])),
            (json!({ "goodwillDays": 400 }), json!(["charter", "returns", "goodwill", "days"])),
        ] {
            let refused = shop.app.try_act(&shop.operator, "charterPublish", "charter { version }", publish(returns.clone())).await;
            assert_eq!(fault(&refused), (field, json!("INVALID")), "{returns}");
        }
        // A case stays under its version.
        let before = shop.request(1, "1").await;
        shop.app.act(&shop.operator, "charterPublish", "charter { version }", publish(json!({ "decide": { "hours": 5 }, "goodwillDays": 0 }))).await;
        let query = "{ marketplace { charter { returns { decide { workingDays openHours hours } goodwillDays usualMethod } } } }";
        let usual = json!({ "decide": { "workingDays": 3, "openHours": null, "hours": null }, "goodwillDays": 30, "usualMethod": "BY_MAIL" });
        assert_eq!(shop.app.ask(&shop.seller, query, json!({})).await["marketplace"]["charter"]["returns"], usual, "it binds, so it is announced first");
        shop.app.advance(TimeDelta::days(1));
        shop.app.work().await;
        assert_eq!(shop.seen(&before, "state").await["state"], "REQUESTED");

        let mut strict = Charter::default();
        strict.returns.goodwill.days = 0;
        strict.returns.ship_days = 3;
        let shop = Shop::open_with(db, strict).await;
        let seen = shop.app.ask(&shop.vendor, &format!("{{ returnEligibility(orderId: {}, lineId: \"1\") {{ rights {{ basis reason }} }} }}", shop.order), json!({})).await;
        assert_eq!(seen["returnEligibility"]["rights"][1], json!({ "basis": "COMMERCIAL", "reason": "The marketplace grants no returns beyond the law." }));
    }
}
