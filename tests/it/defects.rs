//! Products that come back too often: found against the others of their category, told to the seller once, and to buyers who may
//! have one when the operator says so.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde_json::{Value, json};
use trilogue::domain::tickets::HelpdeskKind;

use crate::harness::{Db, Mailbox, Story, in_both_products, on_both_databases, order};
use crate::returns::Shop;

const DEFECTS: &str =
    "nodes { id sku reason returned sold percent low high othersPercent against category status on seller { externalId } case { id } }";

const OUTREACH: &str = "written unreachable nextOrderId defect { sku }";

async fn defects(shop: &Shop, token: &str) -> Vec<Value> {
    let query = format!("{{ defects(first: 20) {{ {DEFECTS} }} }}");
    shop.app.ask(token, &query, json!({})).await["defects"]["nodes"].as_array().unwrap().clone()
}

/// Orders of one product, ten lines each; of the first so many, one line comes back broken.
async fn sold(shop: &Shop, sku: &str, category: Option<&str>, orders: usize, broken: usize) {
    sold_as(shop, sku, (sku, category), orders, broken).await;
}

async fn sold_as(shop: &Shop, name: &str, (sku, category): (&str, Option<&str>), orders: usize, broken: usize) {
    let reference = |number: usize| format!("{name}-{number}");
    let input: Vec<_> = (0..orders)
        .map(|number| {
            let mut order = order(&reference(number), "alma");
            order["buyerEmail"] = json!(format!("buyer{number}@example.org"));
            order["lines"][0]["sku"] = json!(sku);
            order["lines"][0]["category"] = json!(category);
            order["lines"][0]["quantity"] = json!(1);
            let line = |id: usize| {
                let mut line = order["lines"][0].clone();
                line["externalId"] = json!(id.to_string());
                line
            };
            order["lines"] = (1..=10).map(line).collect();
            order["total"]["amount"] = json!("299.00");
            order["placedAt"] = json!(shop.app.cx.now() - TimeDelta::days(3));
            order
        })
        .collect();
    let stored = shop.app.act(&shop.vendor, "ordersUpsert", "orders { id lines { category } }", json!({ "orders": input })).await;
    assert_eq!(stored["orders"][0]["lines"][0]["category"], json!(category));
    for number in 0..broken {
        shop.deliver(&reference(number), "1", 1).await;
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
    let orders: Vec<_> = (0..40)
        .map(|number| {
            let mut order = order(&format!("DF-{number}"), "alma");
            order["lines"][0]["sku"] = json!(if number < 20 { "DF" } else { "OK" });
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
    story.app.act(&story.operator, "defectOutreach", "written unreachable nextOrderId", input).await;
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
        assert!(!told[0].contains("contre"), "no rival's numbers: {told:?}");
        let own = defects(&shop, &shop.seller).await;
        assert_eq!((own.len(), &own[0]["othersPercent"]), (1, &Value::Null), "the others are of no five sellers");
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
        // Thirty pieces of one parcel broke together: that is one purchase, and says little.
        let mut bulk = order("BULK-1", "alma");
        bulk["lines"][0]["sku"] = json!("BULK");
        bulk["lines"][0]["quantity"] = json!(30);
        bulk["total"]["amount"] = json!("897.00");
        let bulk = shop.sell(bulk).await;
        shop.deliver("BULK-1", "1", 30).await;
        let asking = json!({ "orderId": bulk, "lineId": "1", "quantity": 30, "reason": { "kind": "BROKEN" }, "idempotencyKey": "BULK" });
        let id = shop.app.act(&shop.vendor, "returnRequest", "return { id }", asking).await["return"]["id"].clone();
        shop.step(&shop.seller, "returnApprove", &id, json!({})).await;
        shop.days(1).await;
        let found = defects(&shop, &shop.operator).await;
        assert_eq!((found.len(), &found[0]["against"], &found[0]["category"]), (1, &json!("MARKETPLACE"), &Value::Null));
    }

    async fn each_affected_buyer_is_written_to_once(db: Db) {
        let mut shop = Shop::open(db).await;
        sold(&shop, "BAD", Some("Théières"), 60, 40).await;
        // One of them bought twice.
        sold_as(&shop, "AGAIN", ("BAD", Some("Théières")), 1, 0).await;
        sold(&shop, "GOOD", Some("Théières"), 40, 0).await;
        shop.days(1).await;
        let id = defects(&shop, &shop.operator).await[0]["id"].clone();
        let input = |after: &Value| json!({ "defectId": id, "text": "N’utilisez plus cette théière.", "afterOrderId": after });
        for token in [&shop.seller, &shop.vendor] {
            assert_eq!(shop.app.refuse(token, "defectOutreach", "written", input(&Value::Null)).await["code"], "NOT_ALLOWED");
        }
        assert_eq!(shop.app.refuse(&shop.operator, "defectOutreach", "written", json!({ "defectId": id, "text": " " })).await["code"], "LENGTH");
        let call = async |shop: &Shop, after: &Value| {
            let done = shop.app.act(&shop.operator, "defectOutreach", OUTREACH, input(after)).await;
            (done["written"].as_i64().unwrap(), done["unreachable"].as_i64().unwrap(), done["nextOrderId"].clone())
        };
        let cases = async |shop: &Shop| {
            let found = shop.app.ask(&shop.operator, "{ cases(first: 100) { nodes { id } } }", json!({})).await;
            found["cases"]["nodes"].as_array().unwrap().len()
        };
        let before = cases(&shop).await;
        let (written, unreachable, next) = call(&shop, &Value::Null).await;
        assert_eq!((written, unreachable, next.is_string()), (0, 50, true), "without helpdesk and mail server nothing leads to them");
        assert_eq!(cases(&shop).await, before, "so nobody is said to be told");

        let mut mailbox = Mailbox::of(&mut shop.app, "Bazar <bonjour@bazar.example>").await;
        mailbox.mails(&shop.app, 0).await;
        let (left, right) = futures_util::future::join(call(&shop, &Value::Null), call(&shop, &Value::Null)).await;
        assert_eq!((left.0 + right.0, left.1 + right.1), (50, 0), "of two who do so at once each buyer is written to by one");
        let mails = mailbox.mails(&shop.app, 50).await;
        let to: BTreeSet<_> = mails.iter().map(|mail| mail["to"][0].as_str().unwrap()).collect();
        assert_eq!(to.len(), 50);
        let one = &mails[0];
        assert!(one["headers"]["subject"].as_str().unwrap().starts_with("[Bazar] À propos de votre commande BAD-"), "{one}");
        let text = one["text"].as_str().unwrap();
        assert!(text.contains("N’utilisez plus cette théière.") && text.contains("car vous avez passé commande") && !text.contains("unsubscribe"), "{text}");
        assert_eq!(call(&shop, &Value::Null).await.0, 0, "done again, it is done");
        assert_eq!(call(&shop, &next).await, (10, 0, Value::Null), "who bought twice is written to once");
        mailbox.mails(&shop.app, 10).await;

        let order = shop.app.ask(&shop.operator, "{ order(by: { reference: \"BAD-59\" }) { id } }", json!({})).await["order"]["id"].clone();
        let buyer = shop.buyer(&order).await;
        let said = shop.app.ask(&buyer, "{ cases(first: 9) { nodes { status threads { messages(first: 9) { nodes { text } } } } } }", json!({})).await.to_string();
        assert_eq!(said.matches("N’utilisez plus cette théière.").count(), 1, "{said}");
        assert!(said.contains("WAITING_BUYER") && !said.contains("WAITING_SELLER"), "the seller was asked nothing: {said}");
    }

    async fn its_seller_and_the_staff_who_want_to_know_are_told_by_e_mail(db: Db) {
        let mut shop = Shop::open(db).await;
        let mut mailbox = Mailbox::of(&mut shop.app, "Bazar <bonjour@bazar.example>").await;
        sold(&shop, "BAD", None, 6, 6).await;
        sold(&shop, "GOOD", None, 20, 1).await;
        mailbox.mails(&shop.app, 0).await;
        let sellers = json!({ "sellers": [{ "externalId": "alma", "name": "Boutique Alma", "email": "alma@example.org", "locale": "fr" }] });
        shop.app.act(&shop.vendor, "sellersUpsert", "sellers { id }", sellers).await;
        let staff = |name: &str, kind: &str| json!({ "email": format!("{name}@bazar.example"), "locale": "en", "kinds": [kind] });
        let recipients = json!({ "recipients": [staff("quality", "DEFECT"), staff("money", "REFUND")] });
        shop.app.act(&shop.operator, "alertRecipientsSet", "recipients { email }", recipients).await;
        shop.app.advance(TimeDelta::days(1));
        let mails = mailbox.mails(&shop.app, 2).await;
        let of = |to: &str| mails.iter().find(|mail| mail["to"][0] == to).unwrap_or_else(|| panic!("{mails:#?}"))["text"].as_str().unwrap();
        let (own, all) = (of("alma@example.org"), of("quality@bazar.example"));
        assert!(own.contains("6 achats sur 60 (10,0 %). Merci") && own.contains("/unsubscribe/"), "no rival's numbers: {own}");
        assert!(all.contains("6 of 60 purchases (10.0 %), against 0.5 % of the others") && all.contains("Boutique Alma"), "{all}");
        shop.app.advance(TimeDelta::days(2));
        // The seller has left every return unanswered.
        let mails = mailbox.mails(&shop.app, 7).await;
        assert!(mails.iter().all(|mail| mail["text"].as_str().unwrap().contains("délai de réponse")), "found again it is no news: {mails:#?}");
    }

    async fn what_comes_again_is_told_again(db: Db) {
        let shop = Shop::open(db).await;
        sold(&shop, "BAD", None, 6, 6).await;
        sold(&shop, "GOOD", None, 20, 1).await;
        shop.days(1).await;
        let first = defects(&shop, &shop.operator).await.remove(0);
        shop.app.advance(TimeDelta::days(100));
        shop.app.work().await;
        assert_eq!(defects(&shop, &shop.operator).await, [] as [Value; 0]);
        sold_as(&shop, "LATER", ("BAD", None), 6, 6).await;
        sold_as(&shop, "OTHERS", ("GOOD", None), 20, 1).await;
        shop.days(1).await;
        let second = defects(&shop, &shop.operator).await;
        assert_eq!(second.len(), 1, "{second:#?}");
        assert_ne!((&second[0]["id"], &second[0]["case"]), (&first["id"], &first["case"]));
        assert_eq!(private(&shop, &second[0]["case"]["id"]).await.len(), 1, "as it is news");
    }
}

async fn by_helpdesk(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    used(&story).await;
    let sent = story.desk.sim.mails_to("marie@example.org");
    let told = sent.iter().filter(|mail| mail.text.contains("Cessez de l’utiliser.")).count();
    assert_eq!(told, 0, "not before the helpdesk was told");
    story.desk.settle(&story.app).await;
    let mails = story.desk.sim.mails_to("marie@example.org");
    let told: Vec<_> = mails.iter().filter(|mail| mail.text.contains("Cessez de l’utiliser.")).collect();
    assert_eq!(told.len(), 1, "who bought twenty times is written to once: {mails:#?}");
    let query = "{ cases(first: 100) { nodes { id tickets { externalId } threads { messages(first: 20) { nodes { text delivery } } } } } }";
    let seen = story.app.ask(&story.operator, query, json!({})).await;
    let said = |case: &&Value| case.to_string().contains("Cessez de l’utiliser.");
    let cases: Vec<_> = seen["cases"]["nodes"].as_array().unwrap().iter().filter(said).collect();
    assert_eq!((cases.len(), cases[0]["tickets"].as_array().unwrap().len()), (1, 1), "{cases:#?}");
    let messages = cases[0]["threads"].to_string();
    assert!(messages.contains("\"delivery\":\"DELIVERED\""), "{messages}");
}

in_both_products! {
    the_helpdesk_opens_a_ticket_where_there_is_none => by_helpdesk;
}
