//! What a grant would be, over all lines of an order: the same as what the grant then says.

use chrono::TimeDelta;
use serde_json::{Value, json};
use trilogue::domain::money::Money;
use trilogue::domain::refunds::{RefundRules, ShippingPolicy};

use super::{Shop, eur, fault, succeeded};
use crate::harness::on_both_databases;

const QUERY: &str = "query($input: RefundGrantQuoteInput!) { refundGrantQuote(input: $input) { userErrors { field message code } quote {
    refund { id } paid { total { amount } } refunded { total { amount } } maximum { total { amount } shipping { amount } }
    lines { lineId unitsLeft maximum { total { amount } } refunded { total { amount } } obstacle { reason since until refund { id } dispute { id } } }
    grant { amount { total { amount } shipping { amount } shippingTax { amount } } approval grantableBy consentUntil
      borneBy { seller { amount } operator { amount } carrier { amount } } commissionBack { fee { amount } vat { amount } }
      items { lineId units parts { total { amount currencyCode } } } } } } }";

async fn preview(shop: &Shop, token: &str, more: Value) -> Value {
    let mut input = json!({ "orderId": shop.order });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    shop.app.ask(token, QUERY, json!({ "input": input })).await["refundGrantQuote"].clone()
}

/// The lines of a preview, with what stands in their way.
fn obstacles(payload: &Value) -> Vec<Value> {
    payload["quote"]["lines"].as_array().unwrap().iter().map(|line| line["obstacle"]["reason"].clone()).collect()
}

/// The items of a preview as the grant takes them.
fn items(payload: &Value) -> Value {
    let items = payload["quote"]["grant"]["items"].as_array().unwrap().iter();
    items.map(|item| json!({ "lineId": item["lineId"], "units": item["units"], "amount": item["parts"]["total"] })).collect()
}

fn limited() -> RefundRules {
    let limit = |minor| Some(Money { minor, currency: "EUR".parse().unwrap() });
    RefundRules { seller_limit: limit(4500), second_approver_above: limit(5000), ..RefundRules::default() }
}

on_both_databases! {
    async fn it_is_what_the_grant_says(db: Db) {
        let shop = Shop::open_with(db, limited()).await;
        let costs = json!({ "goods": { "seller": 5000, "operator": 5000 }, "delivery": { "carrier": 10000 } });
        let two = json!([{ "lineId": "1", "units": 2 }, { "lineId": "2" }]);
        let seen = preview(&shop, &shop.operator, json!({ "items": two, "costs": costs })).await;
        assert_eq!(seen["userErrors"], json!([]), "{seen:#}");
        let grant = &seen["quote"]["grant"];
        assert_eq!((&grant["amount"]["total"]["amount"], &grant["approval"]), (&json!("53.91"), &json!("SECOND_PERSON")), "no line alone needs a second person");
        assert_eq!(grant["grantableBy"], json!(["OPERATOR"]));
        assert_eq!(grant["borneBy"], json!({ "seller": { "amount": "25.00" }, "operator": { "amount": "24.98" }, "carrier": { "amount": "3.93" } }));
        assert_eq!((&seen["quote"]["paid"]["total"]["amount"], &seen["quote"]["maximum"]["total"]["amount"]), (&json!("75.87"), &json!("75.87")));
        // As it was said.
        let refund = shop.ask_for(&shop.vendor, "COMMERCIAL", json!({ "units": 2 })).await;
        let granted = shop.decide(&shop.operator, "refundGrant", &refund, json!({ "form": "PARTIAL", "items": items(&seen), "costs": costs })).await;
        assert_eq!(granted["proposal"]["amount"]["amount"], "53.91", "it waits for the second person: {granted:#}");
        // One line less is less than the limits.
        let one = preview(&shop, &shop.seller, json!({ "items": [{ "lineId": "1", "units": 2 }] })).await;
        let grant = &one["quote"]["grant"];
        assert_eq!((&grant["approval"], &grant["grantableBy"]), (&json!("NOT_NEEDED"), &json!(["SELLER", "OPERATOR"])), "{one:#}");
        assert_eq!(one["quote"]["refund"]["id"], refund["id"], "the request that is there would be answered");
    }

    async fn the_last_line_brings_the_delivery(db: Db) {
        let rules = RefundRules { shipping: ShippingPolicy::OnlyIfAllReturned, ..RefundRules::default() };
        let shop = Shop::open_with(db, rules).await;
        let total = async |items: Value| {
            let input = json!({ "basis": "WITHDRAWAL", "items": items, "means": "STORE_CREDIT", "form": "STORE_CREDIT" });
            let seen = preview(&shop, &shop.operator, input).await;
            seen["quote"]["grant"]["amount"]["total"]["amount"].clone()
        };
        assert_eq!(total(json!([{ "lineId": "1" }])).await, "59.97");
        assert_eq!(total(json!([{ "lineId": "1" }, { "lineId": "2" }])).await, "75.87", "both together are the whole order");
        assert_eq!(total(Value::Null).await, "75.87");
        let consent = preview(&shop, &shop.operator, json!({ "basis": "WITHDRAWAL", "means": "STORE_CREDIT", "form": "STORE_CREDIT" })).await;
        assert_ne!(consent["quote"]["grant"]["consentUntil"], Value::Null, "a buyer who withdraws has to agree to credit");
        let alone = preview(&shop, &shop.operator, json!({ "items": [{ "lineId": "1", "share": "DELIVERY" }] })).await;
        let amount = &alone["quote"]["grant"]["amount"];
        assert_eq!((&amount["total"]["amount"], &amount["shipping"]["amount"], &amount["shippingTax"]["amount"]), (&json!("5.90"), &json!("4.92"), &json!("0.98")));
    }

    async fn what_stands_in_the_way_is_named(db: Db) {
        let shop = Shop::open(db).await;
        assert_eq!(obstacles(&preview(&shop, &shop.seller, json!({})).await), [Value::Null, Value::Null]);
        let mut input = shop.asking("COMMERCIAL", json!({}));
        input["lineId"] = json!("2");
        let refund = shop.act(&shop.vendor, "refundRequest", input).await;
        shop.decide(&shop.operator, "refundGrant", &refund, json!({ "form": "FULL" })).await;
        let seen = preview(&shop, &shop.operator, json!({ "items": [{ "lineId": "2" }] })).await;
        assert_eq!(obstacles(&seen), [Value::Null, json!("UNDER_WAY")]);
        assert_eq!(seen["quote"]["lines"][1]["obstacle"]["refund"]["id"], refund["id"]);
        assert_eq!((&seen["quote"]["grant"], fault(&seen).1), (&Value::Null, json!("NOT_IN_THIS_STATE")), "{seen:#}");
        shop.decide(&shop.operator, "refundSubmit", &refund, json!({})).await;
        shop.hear(&refund, 1, succeeded(1000)).await;
        let seen = preview(&shop, &shop.operator, json!({ "items": [{ "lineId": "2" }] })).await;
        assert_eq!((obstacles(&seen), fault(&seen)), (vec![Value::Null, json!("NOTHING_LEFT")], (json!(["items", "0"]), json!("ABOVE_MAXIMUM"))));
        assert_eq!(seen["quote"]["refunded"]["total"]["amount"], "10.00");

        let open = json!({ "orderId": shop.order, "lineId": "1", "reason": "NOT_AS_DESCRIBED", "text": "Verte", "wanted": "REFUND" });
        let dispute = shop.app.act(&shop.vendor, "disputeOpen", "dispute { id }", open).await["dispute"]["id"].clone();
        let mine = shop.ask_for(&shop.vendor, "COMMERCIAL", json!({ "units": 1 })).await;
        shop.pass(TimeDelta::days(4));
        shop.app.work().await;
        let revision = shop.app.ask(&shop.operator, "query($id: ID!) { dispute(id: $id) { revision } }", json!({ "id": dispute })).await;
        let take_up = json!({ "disputeId": dispute, "revision": revision["dispute"]["revision"] });
        shop.app.act(&shop.operator, "disputeTakeUp", "dispute { id }", take_up).await;
        shop.pass(TimeDelta::days(14));
        shop.app.work().await;
        let seen = preview(&shop, &shop.operator, json!({ "refundId": mine["id"] })).await;
        let obstacle = &seen["quote"]["lines"][0]["obstacle"];
        assert_eq!((&obstacle["reason"], &obstacle["dispute"]["id"]), (&json!("FROZEN"), &dispute), "{seen:#}");
        assert_ne!(obstacle["until"], Value::Null, "until the latest moment at which it is decided");
        let refused = shop.try_decide(&shop.operator, "refundGrant", &mine, json!({ "form": "PARTIAL" })).await;
        assert_eq!(seen["userErrors"], refused["userErrors"], "as the grant says it");
    }

    async fn it_is_for_seller_and_operator(db: Db) {
        let shop = Shop::open_with(db, limited()).await;
        for (token, code, field) in [(&shop.vendor, "NOT_ALLOWED", Value::Null), (&shop.other_seller, "NOT_FOUND", json!(["orderId"]))] {
            let seen = preview(&shop, token, json!({})).await;
            assert_eq!((&seen["quote"], fault(&seen)), (&Value::Null, (field, json!(code))), "{seen:#}");
        }
        let carrier = json!({ "goods": { "carrier": 10000 } });
        let foreign = json!({ "items": [{ "lineId": "1", "units": 1 }], "costs": carrier });
        assert_eq!(fault(&preview(&shop, &shop.seller, foreign).await), (json!(["costs"]), json!("NOT_ALLOWED")));
        let both = json!({ "items": [{ "lineId": "1" }, { "lineId": "2" }] });
        assert_eq!(fault(&preview(&shop, &shop.seller, both).await).1, "ABOVE_LIMIT");
        for (item, field) in [
            (json!({ "lineId": "9" }), json!(["items", "0"])),
            (json!({ "lineId": "1", "amount": eur("70.00") }), json!(["items", "0"])),
            (json!({ "lineId": "1", "units": 1, "share": "DELIVERY" }), json!(["items", "0", "share"])),
            (json!({ "lineId": "1", "parts": { "item": "1.00" } }), json!(["items", "0", "parts"])),
        ] {
            let seen = preview(&shop, &shop.operator, json!({ "items": [item] })).await;
            assert_eq!(seen["userErrors"][0]["field"], field, "{item}: {seen:#}");
        }
        let cost = async |items: Value| {
            let (_, statements) = shop.app.statements(preview(&shop, &shop.operator, json!({ "items": items }))).await;
            statements.len()
        };
        let one = cost(json!([{ "lineId": "1", "units": 1 }])).await;
        assert_eq!(one, cost(json!([{ "lineId": "1", "units": 1 }, { "lineId": "2" }])).await, "as many statements for one line as for two");
        assert!(one <= 8, "{one}");
    }
}
