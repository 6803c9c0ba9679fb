//! What is refused: a typed error with its place, and nothing changed.

use serde_json::{Value, json};
use trilogue::domain::ids::{CaseId, OrderId, RefundId};

use super::{Shop, eur, fault};
use crate::harness::on_both_databases;

on_both_databases! {
    async fn what_cannot_be_asked_for(db: Db) {
        let shop = Shop::open(db).await;
        let elsewhere = shop.app.another_marketplace("souk").await;
        let foreign = shop.app.token_in(&elsewhere, trilogue::domain::parties::Role::Operator, None).await;
        let before = shop.everything().await;
        let with = |more: Value| shop.asking("COMMERCIAL", more);
        for (input, field, code) in [
            (with(json!({ "units": 4 })), json!(["units"]), "ABOVE_MAXIMUM"),
            (with(json!({ "units": 0 })), json!(["units"]), "INVALID"),
            (with(json!({ "units": -1 })), json!(["units"]), "INVALID"),
            (with(json!({ "units": 1, "amount": eur("1.00") })), json!(["units"]), "INVALID"),
            (with(json!({ "amount": eur("59.98") })), json!(["amount"]), "ABOVE_MAXIMUM"),
            (with(json!({ "amount": eur("0.00") })), json!(["amount"]), "INVALID"),
            (with(json!({ "amount": eur("-1.00") })), json!(["amount"]), "INVALID"),
            (with(json!({ "amount": eur("1.001") })), json!(["amount"]), "INVALID"),
            (with(json!({ "amount": { "amount": "1.00", "currencyCode": "USD" } })), json!(["amount"]), "INVALID"),
            (with(json!({ "amount": { "amount": "1.00", "currencyCode": "EURO" } })), json!(["amount"]), "INVALID"),
            (with(json!({ "lineId": "9" })), json!(["lineId"]), "NOT_FOUND"),
            (with(json!({ "lineId": "" })), json!(["lineId"]), "INVALID"),
            (with(json!({ "lineId": "é".repeat(201) })), json!(["lineId"]), "INVALID"),
            (with(json!({ "orderId": OrderId::generate().to_string() })), json!(["orderId"]), "NOT_FOUND"),
            (with(json!({ "caseId": CaseId::generate().to_string() })), json!(["caseId"]), "NOT_FOUND"),
        ] {
            for token in [&shop.vendor, &shop.seller, &shop.operator] {
                let refused = shop.attempt(token, "refundRequest", input.clone()).await;
                assert_eq!(fault(&refused), (field.clone(), json!(code)), "{input:#} {refused:#}");
                assert_eq!(refused["refund"], Value::Null);
            }
        }
        let refused = shop.attempt(&foreign, "refundRequest", with(json!({}))).await;
        assert_eq!(fault(&refused), (json!(["orderId"]), json!("NOT_FOUND")));
        let refused = shop.attempt(&shop.seller, "refundRequest", with(json!({ "orderId": shop.other_order }))).await;
        assert_eq!(fault(&refused), (json!(["orderId"]), json!("NOT_FOUND")), "another seller's order");
        assert_eq!(shop.everything().await, before, "nothing was done, and no case was opened");
    }

    async fn the_second_call_finds_the_first(db: Db) {
        let shop = Shop::open(db).await;
        let first = shop.ask_for(&shop.vendor, "COMMERCIAL", json!({ "units": 1 })).await;
        let before = shop.everything().await;
        for token in [&shop.vendor, &shop.seller, &shop.operator] {
            let again = shop.ask_for(token, "WITHDRAWAL", json!({ "amount": eur("1.00") })).await;
            assert_eq!((&again["id"], &again["askedUnits"], &again["basis"]), (&first["id"], &json!(1), &json!("COMMERCIAL")));
        }
        assert_eq!(shop.everything().await, before);
        shop.decide(&shop.seller, "refundDecline", &first, json!({ "reason": "NOT_DUE", "text": "Rien n’est dû." })).await;
        let next = shop.ask_for(&shop.vendor, "COMMERCIAL", json!({})).await;
        assert_ne!(next["id"], first["id"], "what is over is not in the way");
        assert_eq!(next["case"]["id"], first["case"]["id"]);
    }

    async fn what_cannot_be_granted(db: Db) {
        let shop = Shop::open(db).await;
        let refund = shop.ask_for(&shop.vendor, "COMMERCIAL", json!({ "units": 1 })).await;
        let revision = shop.see(&shop.operator, &refund["id"]).await["revision"].clone();
        let before = shop.everything().await;
        let items = |items: Value| json!({ "form": "PARTIAL", "items": items });
        let on = |line: &str, amount: Value| json!({ "lineId": line, "amount": amount });
        let parts = |parts: Value| items(json!([{ "lineId": "1", "amount": eur("10.00"), "parts": parts }]));
        let many: Vec<_> = (0..201).map(|_| on("1", eur("0.01"))).collect();
        for (more, field, code) in [
            (json!({ "form": "FULL" }), json!(["form"]), "INVALID"),
            (json!({ "form": "PARTIAL", "means": "STORE_CREDIT" }), json!(["means"]), "INVALID"),
            (json!({ "form": "STORE_CREDIT", "means": "ORIGINAL_PAYMENT" }), json!(["means"]), "INVALID"),
            (items(json!([on("1", eur("65.88"))])), json!(["items", "0", "amount"]), "ABOVE_MAXIMUM"),
            (items(json!([on("2", eur("1.00")), on("1", eur("-1.00"))])), json!(["items", "1", "amount"]), "INVALID"),
            (items(json!([on("1", json!({ "amount": "1.00", "currencyCode": "USD" }))])), json!(["items", "0", "amount"]), "INVALID"),
            (items(json!([on("9", eur("1.00"))])), json!(["items", "0", "lineId"]), "NOT_FOUND"),
            (items(json!([on("1", eur("1.00")), on("1", eur("1.00"))])), json!(["items", "1"]), "DUPLICATE"),
            (items(json!([])), json!(["refundId"]), "INVALID"),
            (items(json!(many)), json!(["items"]), "TOO_MANY"),
            (items(json!([{ "lineId": "1", "amount": eur("1.00"), "units": 4 }])), json!(["items", "0"]), "ABOVE_MAXIMUM"),
            (items(json!([{ "lineId": "1", "amount": eur("1.00"), "units": -1 }])), json!(["items", "0", "units"]), "INVALID"),
            (parts(json!({ "item": "9.99" })), json!(["items", "0", "parts"]), "INVALID"),
            (parts(json!({ "item": "11.00", "itemTax": "-1.00" })), json!(["items", "0", "parts"]), "INVALID"),
            (parts(json!({ "item": "ten" })), json!(["items", "0", "parts", "item"]), "INVALID"),
            (parts(json!({ "itemTax": "10.00" })), json!(["items", "0"]), "ABOVE_MAXIMUM"),
            (json!({ "form": "PARTIAL", "costs": { "goods": { "seller": 5000, "operator": 4000 } } }), json!(["costs", "goods"]), "INVALID"),
            (json!({ "form": "PARTIAL", "costs": { "goods": { "seller": 10001 } } }), json!(["costs", "goods", "seller"]), "INVALID"),
            (json!({ "form": "PARTIAL", "costs": { "goods": { "seller": 10000 }, "delivery": { "carrier": -1 } } }), json!(["costs", "delivery", "carrier"]), "INVALID"),
        ] {
            let mut input = json!({ "refundId": refund["id"], "revision": revision });
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let refused = shop.attempt(&shop.operator, "refundGrant", input).await;
            assert_eq!(fault(&refused), (field, json!(code)), "{more:#} {refused:#}");
        }
        // A seller spends its own money alone; the buyer's side grants nothing.
        let costs = json!({ "form": "PARTIAL", "costs": { "goods": { "operator": 10000 } } });
        let refused = shop.try_decide(&shop.seller, "refundGrant", &refund, costs).await;
        assert_eq!(fault(&refused), (json!(["costs"]), json!("NOT_ALLOWED")));
        let refused = shop.try_decide(&shop.vendor, "refundGrant", &refund, json!({ "form": "PARTIAL" })).await;
        assert_eq!(fault(&refused), (json!(["refundId"]), json!("NOT_ALLOWED")));
        for seen in [0, 2, 99] {
            let input = json!({ "refundId": refund["id"], "revision": seen, "form": "PARTIAL" });
            let refused = shop.attempt(&shop.operator, "refundGrant", input).await;
            assert_eq!(fault(&refused), (json!(["revision"]), json!("WRONG_REVISION")));
        }
        let input = json!({ "refundId": RefundId::generate().to_string(), "revision": 1, "form": "PARTIAL" });
        let refused = shop.attempt(&shop.operator, "refundGrant", input).await;
        assert_eq!(fault(&refused), (json!(["refundId"]), json!("NOT_FOUND")));
        assert_eq!(shop.everything().await, before, "nothing was done");
    }

    async fn what_cannot_be_done_now(db: Db) {
        let shop = Shop::open(db).await;
        let refund = shop.ask_for(&shop.vendor, "COMMERCIAL", json!({})).await;
        let before = shop.everything().await;
        for (mutation, more, field, code) in [
            ("refundSubmit", json!({}), "refundId", "NOT_IN_THIS_STATE"),
            ("refundRetry", json!({}), "refundId", "NOT_IN_THIS_STATE"),
            ("refundApprove", json!({}), "refundId", "NOT_IN_THIS_STATE"),
            ("refundEstablish", json!({ "startedAt": "2026-11-20T10:00:00Z" }), "refundId", "INVALID"),
            ("refundEstablish", json!({ "startedAt": "2026-11-23T10:00:00Z" }), "startedAt", "INVALID"),
            ("refundEstablish", json!({ "startedAt": "2026-11-20T10:00:00Z", "days": 0 }), "days", "INVALID"),
            ("refundEstablish", json!({ "startedAt": "2026-11-20T10:00:00Z", "hold": "OVER" }), "goodsBackAt", "INVALID"),
            ("refundDecline", json!({ "reason": "OTHER", "text": " " }), "text", "LENGTH"),
            ("refundDecline", json!({ "reason": "OTHER", "text": "é".repeat(2001) }), "text", "LENGTH"),
            ("refundDecline", json!({ "reason": "WITHDRAWAL_EXCLUDED", "text": "Exclu." }), "reason", "INVALID"),
        ] {
            let refused = shop.try_decide(&shop.operator, mutation, &refund, more.clone()).await;
            assert_eq!((fault(&refused).0, fault(&refused).1), (json!([field]), json!(code)), "{mutation} {more} {refused:#}");
        }
        for mutation in ["refundSubmit", "refundCancel", "refundApprove"] {
            let refused = shop.try_decide(&shop.seller, mutation, &refund, json!({})).await;
            assert!(["NOT_ALLOWED", "NOT_IN_THIS_STATE"].contains(&fault(&refused).1.as_str().unwrap()), "{refused:#}");
        }
        assert_eq!(shop.everything().await, before, "nothing was done");

        // What the law gives for certain is not declined, and a seller cannot grant less.
        let mut input = shop.asking("WITHDRAWAL", json!({}));
        input["lineId"] = json!("2");
        let due = shop.act(&shop.vendor, "refundRequest", input).await;
        shop.decide(&shop.operator, "refundEstablish", &due, json!({ "startedAt": "2026-11-20T10:00:00Z" })).await;
        let decline = json!({ "reason": "NOT_DUE", "text": "Non." });
        assert_ne!(shop.try_decide(&shop.operator, "refundDecline", &due, decline).await["userErrors"], json!([]));
        let less = json!({ "form": "PARTIAL", "items": [{ "lineId": "2", "amount": eur("9.00") }] });
        assert_ne!(shop.try_decide(&shop.seller, "refundGrant", &due, less.clone()).await["userErrors"], json!([]));
        shop.decide(&shop.operator, "refundGrant", &due, less).await;
        let canceled = shop.decide(&shop.operator, "refundCancel", &refund, json!({})).await;
        assert_eq!(canceled["status"], "CANCELED");
    }
}
