//! A refund through every door, from the request to the books.

use serde_json::{Value, json};
use trilogue::domain::refunds::ProviderWord;

use crate::harness::on_both_databases;
use crate::refunds::{Shop, eur, sold, succeeded};

const POSTINGS: &str = "query($id: ID!) { node(id: $id) { ... on Refund { postings { cause refundId order { reference } corrects { cause }
    entries { account kind amount { amount } } } } } }";

/// What was booked of a refund: the cause, and the sum of each account in cents.
async fn booked(shop: &Shop, token: &str, refund: &Value) -> Vec<(String, Value)> {
    let seen = shop.app.ask(token, POSTINGS, json!({ "id": refund["id"] })).await["node"]["postings"].clone();
    let posting = |posting: &Value| {
        let mut sums = serde_json::Map::new();
        for entry in posting["entries"].as_array().unwrap() {
            let minor: i64 = entry["amount"]["amount"].as_str().unwrap().replace('.', "").parse().unwrap();
            let sum = sums.entry(entry["account"].as_str().unwrap()).or_insert(json!(0));
            *sum = json!(sum.as_i64().unwrap() + minor);
        }
        (posting["cause"].as_str().unwrap().to_owned(), Value::Object(sums))
    };
    seen.as_array().unwrap().iter().map(posting).collect()
}

/// A token of the buyer of an order.
async fn buyer_of(shop: &Shop, order: &Value) -> String {
    let admitted = shop.app.act(&shop.vendor, "buyerAdmit", "token", json!({ "orderId": order, "hours": 1 })).await;
    admitted["token"].as_str().unwrap().to_owned()
}

async fn balance(shop: &Shop) -> Value {
    shop.app.ask(&shop.seller, "{ viewer { seller { balance { amount } } } }", json!({})).await["viewer"]["seller"]["balance"].clone()
}

on_both_databases! {
    async fn a_refund_is_booked_when_it_is_paid_and_taken_back_when_it_is_reversed(db: Db) {
        let shop = Shop::open(db).await;
        // 65.87 less 8.64, and 10.00 less 1.20 and 0.24.
        assert_eq!(balance(&shop).await, json!([{ "amount": "65.79" }]));
        let refund = shop.ask_for(&shop.vendor, "COMMERCIAL", json!({ "units": 1 })).await;
        let costs = json!({ "goods": { "seller": 10000 }, "delivery": { "operator": 10000 } });
        shop.decide(&shop.operator, "refundGrant", &refund, json!({ "form": "PARTIAL", "costs": costs })).await;
        shop.decide(&shop.operator, "refundSubmit", &refund, json!({})).await;
        assert_eq!(booked(&shop, &shop.operator, &refund).await, [], "nothing has moved");
        // 19.99 for the goods at the seller's cost, 1.97 of the delivery at the operator's.
        for _ in 0..2 {
            shop.hear(&refund, 1, succeeded(2196)).await;
        }
        let first = ("REFUND".to_owned(), json!({ "SELLER": -1711, "BUYER": 2196, "OPERATOR": -197 - 240, "COMMISSION_TAX": -48 }));
        assert_eq!(booked(&shop, &shop.operator, &refund).await, std::slice::from_ref(&first));
        assert_eq!(booked(&shop, &shop.seller, &refund).await, [("REFUND".to_owned(), json!({ "SELLER": -1711 }))]);
        assert_eq!(booked(&shop, &shop.vendor, &refund).await, []);
        assert_eq!(balance(&shop).await, json!([{ "amount": "48.68" }]));
        for _ in 0..2 {
            shop.hear(&refund, 1, ProviderWord::Reversed).await;
        }
        let back = ("REFUND_REVERSED".to_owned(), json!({ "SELLER": 1711, "BUYER": -2196, "OPERATOR": 197 + 240, "COMMISSION_TAX": 48 }));
        assert_eq!(booked(&shop, &shop.operator, &refund).await, [first, back]);
        assert_eq!(balance(&shop).await, json!([{ "amount": "65.79" }]));
        assert_eq!(shop.app.cx.store.audit_ledger(shop.app.marketplace.id).await.unwrap(), []);
    }

    async fn credit_and_codes_are_given_with_the_refund(db: Db) {
        let shop = Shop::open(db).await;
        let mut other = sold("C-1", "brio");
        other["buyerEmail"] = json!("paul@example.org");
        let told = shop.app.act(&shop.vendor, "ordersUpsert", "orders { id }", json!({ "orders": [other] })).await;
        let paul = told["orders"][0]["id"].clone();
        // The delivery goes pro rata: 1.97 with the first unit, 1.96 with the second.
        for (form, list, value, minor) in [("STORE_CREDIT", "storeCredits", "issued", 2196), ("PROMO_CODE", "promoCodes", "value", 2195)] {
            let refund = shop.ask_for(&shop.vendor, "COMMERCIAL", json!({ "units": 1 })).await;
            shop.decide(&shop.seller, "refundGrant", &refund, json!({ "form": form })).await;
            let paid = shop.decide(&shop.operator, "refundSubmit", &refund, json!({})).await;
            assert_eq!(paid["status"], "SUCCEEDED", "there is nobody to wait for");
            let query = format!("{{ {list} {{ nodes {{ id state refundId {value} {{ amount }} case {{ id }} }} }} }}");
            let seen = shop.app.ask(&shop.vendor, &query, json!({})).await[list]["nodes"].clone();
            assert_eq!(seen.as_array().unwrap().len(), 1);
            assert_eq!((&seen[0]["refundId"], &seen[0][value]["amount"], &seen[0]["state"]), (&refund["id"], &json!(format!("21.{}", minor - 2100)), &json!("OPEN")));
            assert_eq!(seen[0]["case"]["id"], refund["case"]["id"]);
            let account = if form == "STORE_CREDIT" { "STORE_CREDIT" } else { "PROMO_CODE" };
            let sums = json!({ "SELLER": -minor + 288, "BUYER": 0, "OPERATOR": -240, "COMMISSION_TAX": -48, account: minor });
            assert_eq!(booked(&shop, &shop.operator, &refund).await, [("REFUND".to_owned(), sums)]);
            // Whoever bought sees it, and nobody else who buys.
            let buyer = buyer_of(&shop, &shop.order).await;
            let own = shop.app.ask(&buyer, &query, json!({})).await[list]["nodes"].clone();
            assert_eq!(own, seen);
            let stranger = buyer_of(&shop, &paul).await;
            assert_eq!(shop.app.ask(&stranger, &query, json!({})).await[list]["nodes"], json!([]));
        }
        let spent = json!({ "storeCreditId": shop.app.ask(&shop.vendor, "{ storeCredits { nodes { id } } }", json!({})).await["storeCredits"]["nodes"][0]["id"],
            "orderReference": "A-1", "amount": eur("1.00"), "idempotencyKey": "k" });
        let buyer = buyer_of(&shop, &shop.order).await;
        let refused = shop.app.try_act(&buyer, "storeCreditUse", "storeCredit { id }", spent).await;
        assert_eq!(refused["userErrors"][0]["code"], "NOT_ALLOWED", "what was paid is for the shop to say");
        assert_eq!(shop.app.cx.store.audit_ledger(shop.app.marketplace.id).await.unwrap(), []);
    }
}
