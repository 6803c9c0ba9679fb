//! Products that come back too often: found against the others of their category, told to the seller once, and to buyers who may
//! have one when the operator says so.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Story, on_both_databases, order};
use crate::returns::Shop;

const DEFECTS: &str =
    "nodes { id sku reason returned sold percent low high othersPercent against category status on seller { externalId } case { id } }";

async fn defects(shop: &Shop, token: &str) -> Vec<Value> {
    let query = format!("{{ defects(first: 20) {{ {DEFECTS} }} }}");
    shop.app.ask(token, &query, json!({})).await["defects"]["nodes"].as_array().unwrap().clone()
}

/// Orders of one product, ten pieces each; of the first so many, one piece comes back broken.
async fn sold(shop: &Shop, sku: &str, category: Option<&str>, orders: usize, broken: usize) {
    let reference = |number: usize| format!("{sku}-{number}");
    let input: Vec<_> = (0..orders)
        .map(|number| {
            let mut order = order(&reference(number), "alma");
            order["buyerEmail"] = json!(format!("buyer{number}@example.org"));
            order["lines"][0]["sku"] = json!(sku);
            order["lines"][0]["category"] = json!(category);
            order["lines"][0]["quantity"] = json!(10);
            order["total"]["amount"] = json!("299.00");
            order
        })
        .collect();
    let stored = shop.app.act(&shop.vendor, "ordersUpsert", "orders { id lines { category } }", json!({ "orders": input })).await;
    assert_eq!(stored["orders"][0]["lines"][0]["category"], json!(category));
    for number in 0..broken {
        shop.deliver(&reference(number), "1", 10).await;
        let asking = json!({ "orderId": stored["orders"][number]["id"], "lineId": "1", "quantity": 1, "reason": { "kind": "BROKEN" },
            "idempotencyKey": reference(number) });
        let id = shop.app.act(&shop.vendor, "returnRequest", "return { id }", asking).await["return"]["id"].clone();
        shop.step(&shop.seller, "returnApprove", &id, json!({})).await;
    }
}

/// What was said in private between operator and seller in a case.
async fn private(shop: &Shop, case: &Value) -> Vec<String> {
    let query = "query($id: ID!) { node(id: $id) { ... on Case { threads { kind messages(first: 20) { nodes { text } } } } } }";
    let seen = shop.app.ask(&shop.seller, query, json!({ "id": case })).await["node"].clone();
    let threads = seen["threads"].as_array().unwrap().iter().filter(|thread| thread["kind"] == "OPERATOR_SELLER");
    let messages = threads.flat_map(|thread| thread["messages"]["nodes"].as_array().unwrap());
    messages.map(|message| message["text"].as_str().unwrap().to_owned()).collect()
}

/// A product that comes back, for those who read the statements.
pub(crate) async fn used(story: &Story) {
    let orders: Vec<_> = (0..30)
        .map(|number| {
            let mut order = order(&format!("DF-{number}"), "alma");
            order["lines"][0]["sku"] = json!(if number < 10 { "DF" } else { "OK" });
            order["lines"][0]["category"] = json!("Théières");
            order
        })
        .collect();
    story.app.act(&story.vendor, "ordersUpsert", "orders { id }", json!({ "orders": orders })).await;
    for number in 0..5 {
        let order = story.order_id(&format!("DF-{number}")).await;
        let parcel = json!({ "orderReference": format!("DF-{number}"), "externalId": "P", "deliveredAt": "2026-11-20T10:00:00Z", "lines": [{ "lineExternalId": "1", "quantity": 2 }] });
        story.app.act(&story.vendor, "shipmentsReport", "shipments { externalId }", json!({ "shipments": [parcel] })).await;
        let asked = json!({ "orderId": order, "lineId": "1", "quantity": 2, "reason": { "kind": "BROKEN" }, "idempotencyKey": format!("DF-{number}") });
        let asked = story.app.act(&story.vendor, "returnRequest", "return { id revision }", asked).await["return"].clone();
        let approve = json!({ "returnId": asked["id"], "revision": asked["revision"] });
        story.app.act(&story.seller, "returnApprove", "return { id }", approve).await;
    }
    story.app.advance(TimeDelta::days(1));
    story.app.work().await;
    for token in [&story.operator, &story.seller, &story.vendor] {
        story.app.ask(token, &format!("{{ defects(first: 5) {{ {DEFECTS} }} }}"), json!({})).await;
    }
    let found = story.app.ask(&story.operator, "{ defects(first: 5) { nodes { id sku } } }", json!({})).await;
    let id = found["defects"]["nodes"][0]["id"].clone();
    let input = json!({ "defectId": id, "text": "Cessez de l’utiliser." });
    story.app.act(&story.operator, "defectOutreach", "written nextOrderId", input).await;
}

on_both_databases! {
    async fn what_comes_back_more_often_than_the_others_is_found_and_told_once(db: Db) {
        let shop = Shop::open(db).await;
        sold(&shop, "BAD", Some("Théières"), 6, 6).await;
        sold(&shop, "GOOD", Some("Théières"), 20, 1).await;
        sold(&shop, "OTHER", Some("Tasses"), 6, 6).await;
        shop.days(1).await;
        let found = defects(&shop, &shop.operator).await;
        assert_eq!(found.len(), 1, "tasses have nothing to be held against: {found:#?}");
        let one = &found[0];
        assert_eq!((&one["sku"], &one["reason"], &one["returned"], &one["sold"], &one["against"], &one["category"]),
            (&json!("BAD"), &json!("BROKEN"), &json!(6), &json!(60), &json!("CATEGORY"), &json!("Théières")));
        assert_eq!((&one["percent"], &one["othersPercent"]), (&json!(10.0), &json!(0.5)));
        assert!(one["low"].as_f64().unwrap() > 0.5 && one["high"].as_f64().unwrap() < 25.0, "{one}");
        let told = private(&shop, &one["case"]["id"]).await;
        assert!(told.len() == 1 && told[0].contains("BAD") && told[0].contains('6'), "{told:?}");
        shop.days(2).await;
        assert_eq!(private(&shop, &one["case"]["id"]).await.len(), 1, "told once");
        assert_eq!(defects(&shop, &shop.seller).await.len(), 1);
        for other in [&shop.other_seller, &shop.vendor] {
            assert_eq!(defects(&shop, other).await, [] as [Value; 0]);
        }
        crate::scorecards::assert_counted(&shop.app).await;
        // The window passes, and with it what was found.
        shop.app.advance(TimeDelta::days(90));
        shop.app.work().await;
        assert_eq!(defects(&shop, &shop.operator).await, [] as [Value; 0]);
    }

    async fn without_a_category_it_is_held_against_what_has_none(db: Db) {
        let shop = Shop::open(db).await;
        sold(&shop, "BAD", None, 6, 6).await;
        sold(&shop, "GOOD", None, 20, 1).await;
        shop.days(1).await;
        let found = defects(&shop, &shop.operator).await;
        assert_eq!((found.len(), &found[0]["against"], &found[0]["category"]), (1, &json!("MARKETPLACE"), &Value::Null));
    }

    async fn each_affected_buyer_is_written_to_once(db: Db) {
        let shop = Shop::open(db).await;
        sold(&shop, "BAD", Some("Théières"), 60, 40).await;
        sold(&shop, "GOOD", Some("Théières"), 40, 0).await;
        shop.days(1).await;
        let id = defects(&shop, &shop.operator).await[0]["id"].clone();
        let input = |after: Value| json!({ "defectId": id, "text": "N’utilisez plus cette théière.", "afterOrderId": after });
        let call = async |after: Value| {
            let done = shop.app.act(&shop.operator, "defectOutreach", "written nextOrderId defect { sku }", input(after)).await;
            (done["written"].as_i64().unwrap(), done["nextOrderId"].clone())
        };
        for token in [&shop.seller, &shop.vendor] {
            assert_eq!(shop.app.refuse(token, "defectOutreach", "written", input(Value::Null)).await["code"], "NOT_ALLOWED");
        }
        assert_eq!(shop.app.refuse(&shop.operator, "defectOutreach", "written", json!({ "defectId": id, "text": " " })).await["code"], "LENGTH");
        let (written, next) = call(Value::Null).await;
        assert_eq!(written, 50);
        assert_eq!(call(Value::Null).await.0, 0, "done again, it is done");
        assert_eq!(call(next).await, (10, Value::Null));
        let order = shop.app.ask(&shop.operator, "{ order(by: { reference: \"BAD-59\" }) { id } }", json!({})).await["order"]["id"].clone();
        let buyer = shop.buyer(&order).await;
        let said = shop.app.ask(&buyer, "{ cases(first: 9) { nodes { status threads { messages(first: 9) { nodes { text } } } } } }", json!({})).await.to_string();
        assert_eq!(said.matches("N’utilisez plus cette théière.").count(), 1, "{said}");
        assert!(said.contains("WAITING_BUYER") && !said.contains("WAITING_SELLER"), "the seller was asked nothing: {said}");
    }
}
