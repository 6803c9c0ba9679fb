//! Sellers and orders, in batches.

use serde_json::{Value, json};

use super::{Shop, money, order};
use crate::harness::on_both_databases;

/// The faults as `path: code`, in order.
fn faults(payload: &Value) -> Vec<String> {
    let fault = |error: &Value| {
        let path: Vec<_> = error["field"].as_array().into_iter().flatten().map(|part| part.as_str().unwrap()).collect();
        format!("{}: {}", path.join("."), error["code"].as_str().unwrap())
    };
    payload["userErrors"].as_array().unwrap().iter().map(fault).collect()
}

on_both_databases! {
    async fn done_twice_is_done_once(db: Db) {
        let shop = Shop::open(db).await;
        let sellers = json!({ "sellers": [{ "externalId": "alma", "name": "Alma & Cie", "email": "alma@example.org", "locale": "fr-FR" }, { "externalId": "new", "name": "Neuf" }] });
        let fields = "sellers { id externalId name email locale }";
        let first = shop.app.act(&shop.vendor, "sellersUpsert", fields, sellers.clone()).await;
        let again = shop.app.act(&shop.operator, "sellersUpsert", fields, sellers).await;
        assert_eq!(first, again);
        assert_eq!(first["sellers"][0]["name"], "Alma & Cie");
        assert_eq!(first["sellers"][1]["externalId"], "new", "in the order of the input");

        let mut changed = order("A-1", "alma");
        changed["total"] = money("7");
        changed["lines"] = json!([{ "externalId": "2", "title": "Tasse", "sku": "TA", "quantity": 2, "unitPrice": money("3.50") }]);
        let input = json!({ "orders": [order("A-9", "alma"), changed] });
        let fields = "orders { id reference total { amount } lines { externalId title sku quantity unitPrice { amount } } }";
        let first = shop.app.act(&shop.vendor, "ordersUpsert", fields, input.clone()).await;
        let again = shop.app.act(&shop.vendor, "ordersUpsert", fields, input).await;
        assert_eq!(first, again);
        assert_eq!(first["orders"][0]["reference"], "A-9");
        assert_eq!(first["orders"][1]["total"]["amount"], "7.00");
        assert_eq!(first["orders"][1]["lines"], json!([{ "externalId": "2", "title": "Tasse", "sku": "TA", "quantity": 2, "unitPrice": { "amount": "3.50" } }]));
    }

    async fn five_hundred_and_no_more(db: Db) {
        let shop = Shop::open(db).await;
        let sellers = |count: usize| json!({ "sellers": (0..count).map(|i| json!({ "externalId": format!("s{i}"), "name": "S" })).collect::<Vec<_>>() });
        let line = |number: usize| json!({ "externalId": number.to_string(), "title": "Tasse à anse, grès émaillé, 25 cl", "sku": "TA-25-GR", "quantity": 2, "unitPrice": money("0.31") });
        let with_lines = |i: usize| {
            let mut order = order(&format!("o{i}"), "alma");
            order["lines"] = (0..20).map(line).collect();
            order
        };
        let orders = |count: usize| json!({ "orders": (0..count).map(with_lines).collect::<Vec<_>>() });
        let stored = shop.app.act(&shop.vendor, "sellersUpsert", "sellers { externalId }", sellers(500)).await;
        assert_eq!(stored["sellers"][499]["externalId"], "s499");
        let stored = shop.app.act(&shop.vendor, "ordersUpsert", "orders { reference }", orders(500)).await;
        assert_eq!(stored["orders"][499]["reference"], "o499");
        for (mutation, fields, input, path) in [("sellersUpsert", "sellers { id }", sellers(501), "sellers"), ("ordersUpsert", "orders { id }", orders(501), "orders")] {
            let refused = shop.app.try_act(&shop.vendor, mutation, fields, input).await;
            assert_eq!(faults(&refused), [format!("{path}: TOO_MANY")]);
            assert!(refused[path].is_null());
        }
        assert_eq!(shop.app.act(&shop.vendor, "sellersUpsert", "sellers { id }", sellers(0)).await["sellers"], json!([]));
        assert_eq!(shop.app.act(&shop.vendor, "ordersUpsert", "orders { id }", orders(0)).await["orders"], json!([]));
    }

    async fn all_faults_at_once_and_nothing_stored(db: Db) {
        let shop = Shop::open(db).await;
        let sellers = json!({ "sellers": [
            { "externalId": "fine", "name": "Bien" },
            { "externalId": " ", "name": "x".repeat(301), "email": "nobody", "locale": "French" },
            { "externalId": "fine", "name": "Encore" },
        ]});
        let refused = shop.app.try_act(&shop.vendor, "sellersUpsert", "sellers { id }", sellers).await;
        let mut found = faults(&refused);
        found.sort();
        let expected = ["sellers.1.email: INVALID", "sellers.1.externalId: LENGTH", "sellers.1.locale: INVALID", "sellers.1.name: LENGTH", "sellers.2.externalId: DUPLICATE"];
        assert_eq!(found, expected);
        let found = shop.app.ask(&shop.vendor, "{ seller(by: { externalId: \"fine\" }) { id } }", json!({})).await;
        assert_eq!(found, json!({ "seller": null }));

        let line = |id: &str, quantity: i64, price: Value| json!({ "externalId": id, "title": "T", "quantity": quantity, "unitPrice": price });
        let mut bad = order("bad", "nobody");
        bad["buyerEmail"] = json!("a b@c.de");
        bad["total"] = money("12.505");
        bad["placedAt"] = json!("1822-01-01T00:00:00Z");
        bad["lines"] = json!([
            line("1", 0, money("-1")),
            line("1", 1_000_001, json!({ "amount": "1", "currencyCode": "EURO" })),
            line(&"x".repeat(129), 1, money("1,5")),
        ]);
        bad["lines"][2]["sku"] = json!("");
        let mut mixed = order("mixed", "alma");
        mixed["lines"][0]["unitPrice"]["currencyCode"] = json!("USD");
        let mut long = order("long", "alma");
        long["lines"] = (0..201).map(|i| line(&i.to_string(), 1, money("1"))).collect();
        let input = json!({ "orders": [order("good", "alma"), bad, mixed, long, order("good", "alma"), order("A-1", "brio"), order("", "")] });
        let refused = shop.app.try_act(&shop.vendor, "ordersUpsert", "orders { id }", input).await;
        let mut found = faults(&refused);
        found.sort();
        let expected = [
            "orders.1.buyerEmail: INVALID",
            "orders.1.lines.0.quantity: INVALID",
            "orders.1.lines.0.unitPrice: INVALID",
            "orders.1.lines.1.externalId: DUPLICATE",
            "orders.1.lines.1.quantity: INVALID",
            "orders.1.lines.1.unitPrice.currencyCode: INVALID",
            "orders.1.lines.2.externalId: LENGTH",
            "orders.1.lines.2.sku: LENGTH",
            "orders.1.lines.2.unitPrice.amount: INVALID",
            "orders.1.placedAt: INVALID",
            "orders.1.sellerExternalId: NOT_FOUND",
            "orders.1.total.amount: INVALID",
            "orders.2.lines.0.unitPrice: INVALID",
            "orders.3.lines: TOO_MANY",
            "orders.4.reference: DUPLICATE",
            "orders.5.sellerExternalId: INVALID",
            "orders.6.reference: LENGTH",
            "orders.6.sellerExternalId: LENGTH",
        ];
        assert_eq!(found, expected, "{refused:#}");
        for error in refused["userErrors"].as_array().unwrap() {
            let message = error["message"].as_str().unwrap();
            assert!(message.ends_with('.') && message.starts_with(|c: char| c.is_uppercase() || c == '`'), "not a sentence: {message}");
        }
        let found = shop.app.ask(&shop.vendor, "{ order(by: { reference: \"good\" }) { id } }", json!({})).await;
        assert_eq!(found, json!({ "order": null }));
    }

    /// A number has been a float somewhere on its way.
    async fn money_is_never_a_number(db: Db) {
        let shop = Shop::open(db).await;
        for amount in [json!(12.5), json!(12), json!(null), json!(["12.50"])] {
            let mut wrong = order("A-1", "alma");
            wrong["total"]["amount"] = amount.clone();
            let query = "mutation($input: OrdersUpsertInput!) { ordersUpsert(input: $input) { orders { id } } }";
            let answer = shop.app.answer(&shop.vendor, query, json!({ "input": { "orders": [wrong] } })).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{amount}: {answer:#}");
        }
        for (amount, currency) in [("1e3", "EUR"), ("+1", "EUR"), ("1_000", "EUR"), ("", "EUR"), ("NaN", "EUR"), ("1.5", "JPY"), ("99999999999999999999", "EUR"), ("1", ""), ("1", "eur")] {
            let mut wrong = order("A-1", "alma");
            wrong["total"] = json!({ "amount": amount, "currencyCode": currency });
            wrong["lines"] = json!([]);
            let refused = shop.app.try_act(&shop.vendor, "ordersUpsert", "orders { id }", json!({ "orders": [wrong] })).await;
            let field = if amount == "1" { "currencyCode" } else { "amount" };
            assert_eq!(faults(&refused), [format!("orders.0.total.{field}: INVALID")], "{amount} {currency}");
        }
    }
}
