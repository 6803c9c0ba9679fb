//! What the marketplace's software tells of a sale in money, and what later tellings change.
#![expect(clippy::unwrap_used, reason = "what tests share stops as the tests themselves do")]

use serde_json::{Value, json};
use trilogue::domain::tickets::HelpdeskKind;

use crate::harness::{Story, on_both_databases, order};

const SALE: &str = "query($r: String!) { order(by: { reference: $r }) { lines { externalId quantity sale { version
    paid { total { amount } item { amount } itemTax { amount } shipping { amount } shippingTax { amount } fees { amount } }
    taxMode taxRate discounts { amount } commission { amount } commissionVat { amount } withdrawalExclusion finalSale deliveredAt keptTerms } } } }";

fn euros(amount: &str) -> Value {
    json!({ "amount": amount, "currencyCode": "EUR" })
}

/// Three at 19.99 with 20 % of tax inside, 4.90 of delivery and 12 % of commission: the sale that all worked examples are of.
fn sold(updated_at: &str) -> Value {
    let mut order = order("SALE-1", "alma");
    order["updatedAt"] = json!(updated_at);
    order["sale"] = json!({ "paymentReference": "pi_1", "sellerAccount": "acct_1" });
    order["lines"] = json!([{
        "externalId": "1", "title": "Théière", "quantity": 3, "unitPrice": euros("19.99"), "taxRate": 2000,
        "shipping": { "standard": euros("4.90"), "taxRate": 2000 },
        "commission": { "rate": 1200, "vatRate": 2000 },
    }]);
    order
}

async fn tell(story: &Story, order: Value) {
    story.app.act(&story.vendor, "ordersUpsert", "orders { id }", json!({ "orders": [order] })).await;
}

async fn line(story: &Story, token: &str) -> Value {
    story.app.ask(token, SALE, json!({ "r": "SALE-1" })).await["order"]["lines"][0].clone()
}

on_both_databases! {
    async fn a_sale_is_kept_by_its_parts_and_terms_stay(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        tell(&story, sold("2026-11-02T10:00:00Z")).await;
        let first = line(&story, &story.operator).await;
        assert_eq!(first["sale"]["paid"], json!({ "total": { "amount": "64.87" }, "item": { "amount": "49.98" }, "itemTax": { "amount": "9.99" },
            "shipping": { "amount": "4.08" }, "shippingTax": { "amount": "0.82" }, "fees": { "amount": "0.00" } }));
        assert_eq!((&first["sale"]["commission"]["amount"], &first["sale"]["commissionVat"]["amount"]), (&json!("7.20"), &json!("1.44")));
        assert_eq!((&first["sale"]["version"], &first["sale"]["keptTerms"]), (&json!(1), &json!([])));

        // The same again is no news.
        tell(&story, sold("2026-11-02T10:00:00Z")).await;
        assert_eq!(line(&story, &story.operator).await, first);

        // One piece less, and terms that cannot change after the sale.
        let mut later = sold("2026-11-03T10:00:00Z");
        later["lines"][0]["quantity"] = json!(2);
        later["lines"][0]["taxRate"] = json!(550);
        later["lines"][0]["commission"]["rate"] = json!(9000);
        later["lines"][0]["withdrawalExclusion"] = json!("PERISHABLE");
        tell(&story, later).await;
        let second = line(&story, &story.operator).await;
        assert_eq!((&second["quantity"], &second["sale"]["version"], &second["sale"]["taxRate"]), (&json!(2), &json!(2), &json!(2000)));
        assert_eq!(second["sale"]["keptTerms"], json!(["TAX", "COMMISSION", "WITHDRAWAL"]));
        assert_eq!(second["sale"]["withdrawalExclusion"], Value::Null);

        // Late news changes nothing, neither the sale nor what is shown of the order.
        tell(&story, sold("2026-11-02T11:00:00Z")).await;
        assert_eq!(line(&story, &story.operator).await, second);

        // Only what cannot change is told differently: the same telling, with another time and nothing kept any more.
        let mut third = sold("2026-11-04T10:00:00Z");
        third["lines"][0]["quantity"] = json!(2);
        third["lines"][0]["taxRate"] = json!(1000);
        tell(&story, third).await;
        let third = line(&story, &story.operator).await;
        assert_eq!((&third["sale"]["version"], &third["sale"]["keptTerms"]), (&json!(2), &json!(["TAX"])));
        assert_eq!(third["sale"]["paid"], second["sale"]["paid"]);
    }

    async fn what_is_between_operator_and_seller_is_no_buyers_business(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        tell(&story, sold("2026-11-02T10:00:00Z")).await;
        let input = json!({ "orderId": story.order_id("SALE-1").await });
        let buyer = story.app.act(&story.vendor, "buyerAdmit", "token", input).await["token"].as_str().unwrap().to_owned();
        let seen = line(&story, &buyer).await;
        assert_eq!((&seen["sale"]["paid"]["total"]["amount"], &seen["sale"]["commission"]), (&json!("64.87"), &Value::Null));
        assert_eq!(line(&story, &story.seller).await, line(&story, &story.operator).await);
        let other = story.app.ask(&story.other_seller, SALE, json!({ "r": "SALE-1" })).await;
        assert_eq!(other["order"], Value::Null);
    }

    async fn what_cannot_be_a_sale_is_refused_and_nothing_is_kept(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let dollars = json!({ "amount": "1.00", "currencyCode": "USD" });
        for (field, value, path) in [
            ("taxRate", json!(10_001), "taxRate"),
            ("discounts", json!([euros("1.00"), euros("60.00")]), "discounts"),
            ("discounts", json!([euros("-1.00")]), "discounts.0"),
            ("discounts", json!(vec![euros("0.01"); 21]), "discounts"),
            ("shipping", json!({ "standard": dollars }), "shipping.standard"),
            ("shipping", json!({ "standard": euros("1.001") }), "shipping.standard.amount"),
            ("shipping", json!({ "standard": euros("1.00"), "taxRate": 20_000 }), "shipping.taxRate"),
            ("fees", dollars.clone(), "fees"),
            ("commission", json!({ "rate": 10_001 }), "commission.rate"),
            ("commission", json!({ "fixed": euros("-0.01") }), "commission.fixed"),
            ("commission", json!({ "maximum": dollars }), "commission.maximum"),
            ("settlement", json!({ "currencyCode": "EUR", "rate": "1.0" }), "settlement"),
            ("settlement", json!({ "currencyCode": "SEK", "rate": "0" }), "settlement"),
        ] {
            let mut order = sold("2026-11-02T10:00:00Z");
            order["lines"][0][field] = value;
            let refused = story.app.refuse(&story.vendor, "ordersUpsert", "orders { id }", json!({ "orders": [order] })).await;
            let told: Vec<_> = refused["field"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect();
            assert_eq!(told.join("."), format!("orders.0.lines.0.{path}"), "{refused}");
            assert_eq!(story.app.ask(&story.operator, SALE, json!({ "r": "SALE-1" })).await["order"], Value::Null);
        }
        tell(&story, sold("2026-11-02T10:00:00Z")).await;
        let before = line(&story, &story.operator).await;
        let mut order = sold("2026-11-03T10:00:00Z");
        order["total"] = json!({ "amount": "59.97", "currencyCode": "USD" });
        order["lines"] = json!([{ "externalId": "1", "title": "Théière", "quantity": 3, "unitPrice": { "amount": "19.99", "currencyCode": "USD" } }]);
        let refused = story.app.refuse(&story.vendor, "ordersUpsert", "orders { id }", json!({ "orders": [order] })).await;
        assert_eq!(refused["message"], "An order line cannot change its currency.");
        assert_eq!(line(&story, &story.operator).await, before);
    }
}
