//! Returns: who may send what back, what becomes of it by people and by time, and who learns of it.

mod lives;
mod refusals;
mod sight;

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};
use trilogue::domain::charter::Charter;
use trilogue::domain::parties::Role;

use crate::harness::{Db, Story, TestApp, on_both_databases, order};

/// A marketplace without a helpdesk: two teapots of Alma's shop, delivered two days ago.
pub(crate) struct Shop {
    pub(crate) app: TestApp,
    pub(crate) operator: String,
    pub(crate) vendor: String,
    pub(crate) seller: String,
    pub(crate) other_seller: String,
    pub(crate) order: Value,
}

const RETURN: &str = "return { id state revision basis quantity }";

impl Shop {
    pub(crate) async fn open(db: Db) -> Self {
        Box::pin(Self::opened(db, Charter::default())).await
    }

    pub(crate) async fn open_with(db: Db, charter: Charter) -> Self {
        Box::pin(Self::opened(db, charter)).await
    }

    async fn opened(db: Db, charter: Charter) -> Self {
        let app = TestApp::start_with(db, charter).await;
        let (operator, vendor) = (app.token(Role::Operator, None).await, app.token(Role::Vendor, None).await);
        let sellers =
            json!({ "sellers": [{ "externalId": "alma", "name": "Boutique Alma" }, { "externalId": "brio", "name": "Brio & Fils" }] });
        app.act(&vendor, "sellersUpsert", "sellers { id }", sellers).await;
        let seller = app.token(Role::Seller, Some("alma")).await;
        let other_seller = app.token(Role::Seller, Some("brio")).await;
        let mut shop = Self { app, operator, vendor, seller, other_seller, order: Value::Null };
        shop.order = shop.sell(order("MK-1", "alma")).await;
        shop.deliver("MK-1", "1", 2).await;
        shop
    }

    /// Tells of an order and gives its id.
    pub(crate) async fn sell(&self, order: Value) -> Value {
        let stored = self.app.act(&self.vendor, "ordersUpsert", "orders { id }", json!({ "orders": [order] })).await;
        stored["orders"][0]["id"].clone()
    }

    /// Tells that a line of an order came two days ago.
    pub(crate) async fn deliver(&self, reference: &str, line: &str, quantity: u32) {
        let parcel = json!({ "orderReference": reference, "externalId": format!("P-{line}"), "deliveredAt": "2026-11-20T10:00:00Z",
            "lines": [{ "lineExternalId": line, "quantity": quantity }] });
        self.app.act(&self.vendor, "shipmentsReport", "shipments { externalId }", json!({ "shipments": [parcel] })).await;
    }

    /// A token of whoever placed an order.
    pub(crate) async fn buyer(&self, order: &Value) -> String {
        self.app.act(&self.vendor, "buyerAdmit", "token", json!({ "orderId": order })).await["token"].as_str().unwrap().to_owned()
    }

    /// What asks to send so many pieces back.
    pub(crate) fn asking(&self, quantity: u32, key: &str) -> Value {
        json!({ "orderId": self.order, "lineId": "1", "quantity": quantity, "reason": { "kind": "BROKEN" }, "idempotencyKey": key })
    }

    pub(crate) async fn request(&self, quantity: u32, key: &str) -> Value {
        self.app.act(&self.vendor, "returnRequest", RETURN, self.asking(quantity, key)).await["return"]["id"].clone()
    }

    /// A move by somebody who saw the return as it is.
    pub(crate) async fn step(&self, token: &str, mutation: &str, id: &Value, more: Value) -> Value {
        let payload = self.try_step(token, mutation, id, more).await;
        assert_eq!(payload["userErrors"], json!([]), "{mutation}: {payload:#}");
        payload["return"].clone()
    }

    pub(crate) async fn try_step(&self, token: &str, mutation: &str, id: &Value, more: Value) -> Value {
        let mut input = json!({ "returnId": id, "revision": self.seen(id, "revision").await["revision"] });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.app.try_act(token, mutation, RETURN, input).await
    }

    /// A return as the operator sees it.
    pub(crate) async fn seen(&self, id: &Value, fields: &str) -> Value {
        self.seen_by(&self.operator, id, fields).await
    }

    pub(crate) async fn seen_by(&self, token: &str, id: &Value, fields: &str) -> Value {
        let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on Return {{ {fields} }} }} }}");
        self.app.ask(token, &query, json!({ "id": id })).await["node"].clone()
    }

    /// What has happened to returns in the case of one, as the operator sees it.
    pub(crate) async fn changes(&self, id: &Value) -> Vec<String> {
        let fields = "case { timeline(first: 100) { nodes { ... on ReturnChangedEvent { change returnId } } } }";
        let seen = self.seen(id, fields).await;
        let items = seen["case"]["timeline"]["nodes"].as_array().unwrap().clone();
        items.iter().filter(|item| item["returnId"] == *id).map(|item| item["change"].as_str().unwrap().to_owned()).collect()
    }

    /// What a viewer may do.
    pub(crate) async fn actions(&self, token: &str, id: &Value) -> Vec<String> {
        let seen = self.seen_by(token, id, "availableActions { action }").await;
        let actions = seen["availableActions"].as_array().unwrap().iter();
        actions.map(|each| each["action"].as_str().unwrap().to_owned()).collect()
    }

    /// What the buyer was told in the case of a return, in order.
    pub(crate) async fn told(&self, id: &Value) -> Vec<String> {
        let seen = self.seen(id, "case { threads { kind messages(first: 100) { nodes { text origin } } } }").await;
        let threads = seen["case"]["threads"].as_array().unwrap().clone();
        let messages = threads.iter().flat_map(|thread| thread["messages"]["nodes"].as_array().unwrap().clone());
        messages.map(|message| message["text"].as_str().unwrap().to_owned()).collect()
    }

    /// Lets time pass, with all its work, a day at a time.
    pub(crate) async fn days(&self, count: i64) {
        for _ in 0..count {
            self.app.advance(TimeDelta::days(1));
            self.app.work().await;
        }
    }
}

/// Everything that is commonly done with returns and withdrawals, once, about an order that was delivered.
pub(crate) async fn used(story: &Story) {
    let parcel = json!({ "orderReference": "MK-2002", "externalId": "P", "deliveredAt": "2026-11-20T10:00:00Z", "lines": [{ "lineExternalId": "1", "quantity": 2 }] });
    story.app.act(&story.vendor, "shipmentsReport", "shipments { externalId }", json!({ "shipments": [parcel] })).await;
    let order = story.order_id("MK-2002").await;
    let asked = json!({ "orderId": order, "lineId": "1", "reason": { "kind": "BROKEN" }, "idempotencyKey": "1" });
    let asked = story.app.act(&story.vendor, "returnRequest", "return { id revision }", asked).await["return"].clone();
    let approve = json!({ "returnId": asked["id"], "revision": asked["revision"] });
    story.app.act(&story.other_seller, "returnApprove", "return { id }", approve).await;
    for key in ["1", "2"] {
        let declaring = json!({ "orderId": order, "name": "Marie Dupont", "address": "marie@example.org", "lines": [{ "lineId": "1", "quantity": 1 }], "idempotencyKey": key });
        let one = story.app.act(&story.vendor, "withdrawalDeclare", "withdrawal { id revision }", declaring).await["withdrawal"].clone();
        if key == "1" {
            let confirm = json!({ "withdrawalId": one["id"], "revision": one["revision"] });
            story.app.act(&story.vendor, "withdrawalConfirm", "withdrawal { id }", confirm).await;
        }
    }
    let buyer =
        story.app.act(&story.vendor, "buyerAdmit", "token", json!({ "orderId": order })).await["token"].as_str().unwrap().to_owned();
    for token in [&story.operator, &story.other_seller, &story.vendor, &buyer] {
        let query = "query($order: ID!, $id: ID!) { returnEligibility(orderId: $order, lineId: \"1\") { quantityLeft } withdrawalOffer(orderId: $order) { offered }
            a: node(id: $id) { ... on Return { state case { returns { id availableActions { action } } withdrawals { id returns { id } receipt { delivery } } } } }
            b: node(id: $order) { ... on Order { returns { id withdrawal { id state } } } } }";
        story.app.ask(token, query, json!({ "order": order, "id": asked["id"] })).await;
    }
    story.desk.settle(&story.app).await;
}

pub(crate) fn fault(payload: &Value) -> (Value, Value) {
    (payload["userErrors"][0]["field"].clone(), payload["userErrors"][0]["code"].clone())
}

/// Answers that must all be the same.
fn one(answers: &[Value]) -> Value {
    assert!(answers.iter().all(|answer| answer == &answers[0]), "{answers:#?}");
    answers[0].clone()
}

on_both_databases! {
    async fn more_than_was_bought_never_goes_back_however_many_ask(db: Db) {
        let shop = Shop::open(db).await;
        let asked = (0..8).map(|turn| {
            let token = [&shop.vendor, &shop.operator, &shop.seller][turn % 3];
            let input = shop.asking(1, &format!("key {turn}"));
            shop.app.try_act(token, "returnRequest", RETURN, input)
        });
        let outcomes = join_all(asked).await;
        let (won, lost): (Vec<_>, Vec<_>) = outcomes.iter().partition(|outcome| outcome["userErrors"] == json!([]));
        assert_eq!(won.len(), 2, "two were bought: {outcomes:#?}");
        for outcome in lost {
            assert_eq!(fault(outcome), (json!(["quantity"]), json!("INVALID")));
            assert_eq!(outcome["userErrors"][0]["message"], "Every piece of this line is being returned already.");
        }
        let query = "query($id: ID!) { node(id: $id) { ... on Order { returns { id quantity case { id } } } } }";
        let returns = shop.app.ask(&shop.operator, query, json!({ "id": shop.order })).await["node"]["returns"].clone();
        assert_eq!(returns.as_array().unwrap().len(), 2);
        assert_eq!(returns[0]["case"], returns[1]["case"], "one case about the order");
        // What was called off can be asked for again, once.
        shop.step(&shop.vendor, "returnCancel", &returns[0]["id"], json!({})).await;
        let eligible = format!("{{ returnEligibility(orderId: {}, lineId: \"1\") {{ quantityLeft }} }}", shop.order);
        assert_eq!(shop.app.ask(&shop.vendor, &eligible, json!({})).await["returnEligibility"]["quantityLeft"], 1);
        let refused = shop.app.try_act(&shop.vendor, "returnRequest", RETURN, shop.asking(2, "again")).await;
        assert_eq!(refused["userErrors"][0]["message"], "Between 1 and 1 pieces of this line can be returned.");
        shop.request(1, "once more").await;
    }

    async fn a_repeated_request_is_one_return_and_alerts_once(db: Db) {
        let shop = Shop::open(db).await;
        let asked = join_all((0..6).map(|_| shop.app.act(&shop.vendor, "returnRequest", RETURN, shop.asking(2, "same")))).await;
        let found = one(&asked)["return"].clone();
        assert_eq!((&found["state"], &found["revision"], &found["basis"]), (&json!("REQUESTED"), &json!(1), &json!("LEGAL_CONFORMITY")));
        assert_eq!(shop.changes(&found["id"]).await, ["REQUESTED"], "seller and operator hear of it once");
        let seen = shop.app.ask(&shop.seller, "{ cases { nodes { returns { id } timeline(first: 50) { nodes { ... on ReturnChangedEvent { change } } } } } }", json!({})).await;
        let cases = seen["cases"]["nodes"].as_array().unwrap();
        assert_eq!(cases.len(), 1);
        let events: Vec<_> = cases[0]["timeline"]["nodes"].as_array().unwrap().iter().filter(|item| item.get("change").is_some()).collect();
        assert_eq!(events, [&json!({ "change": "REQUESTED" })], "and the seller knows");
        let mut other = shop.asking(1, "same");
        let refused = shop.app.try_act(&shop.vendor, "returnRequest", RETURN, other.clone()).await;
        assert_eq!(fault(&refused), (json!(["idempotencyKey"]), json!("IDEMPOTENCY_CONFLICT")));
        // A key belongs to who made it.
        other["quantity"] = json!(1);
        let refused = shop.app.try_act(&shop.operator, "returnRequest", RETURN, other).await;
        assert_eq!(fault(&refused), (json!(["quantity"]), json!("INVALID")));
    }

    async fn everybody_is_told_the_same_rights(db: Db) {
        let shop = Shop::open(db).await;
        let query = "query($order: ID!, $reason: ReturnReasonKind) { returnEligibility(orderId: $order, lineId: \"1\", reason: $reason) {
            quantityLeft rights { basis eligible reason lastDay until wayBack declinableBy exclusionToJudge } } }";
        let ask = async |reason: Value| {
            let mut answers = Vec::new();
            for token in [&shop.vendor, &shop.seller, &shop.operator] {
                answers.push(shop.app.ask(token, query, json!({ "order": shop.order, "reason": reason })).await["returnEligibility"].clone());
            }
            one(&answers)
        };
        let right = |basis: &str, last_day: &str, until: &str, way_back: &str, by: &str| {
            json!({ "basis": basis, "eligible": true, "reason": null, "lastDay": last_day, "until": until, "wayBack": way_back,
                "declinableBy": by, "exclusionToJudge": null })
        };
        // Delivered on a Friday in Paris: fourteen days, thirty days, two years.
        let withdrawal = right("WITHDRAWAL", "2026-12-04", "2026-12-04T23:00:00+00:00", "BUYER", "OPERATOR_BY_EXCLUSION");
        let mut goodwill = right("COMMERCIAL", "2026-12-20", "2026-12-20T23:00:00+00:00", "BUYER", "SELLER_OR_OPERATOR");
        let conformity = right("LEGAL_CONFORMITY", "2028-11-20", "2028-11-20T23:00:00+00:00", "SELLER", "SELLER_OR_OPERATOR");
        assert_eq!(ask(json!("DOES_NOT_FIT")).await["rights"], json!([withdrawal, goodwill,
            { "basis": "LEGAL_CONFORMITY", "eligible": false, "reason": "This right is for goods that are not what was sold; name what is wrong with them.",
              "lastDay": null, "until": null, "wayBack": null, "declinableBy": "SELLER_OR_OPERATOR", "exclusionToJudge": null }]));
        let open = ask(Value::Null).await;
        assert_eq!(open["rights"], json!([withdrawal, goodwill, conformity]));
        assert_eq!(open["quantityLeft"], 2);
        goodwill["wayBack"] = json!("SELLER");
        assert_eq!(ask(json!("BROKEN")).await["rights"], json!([conformity, withdrawal, goodwill]), "what costs the buyer nothing comes first");

        let foreign = shop.app.another_marketplace("souk").await;
        let foreign = shop.app.token_in(&foreign, Role::Operator, None).await;
        for token in [&shop.other_seller, &foreign] {
            assert_eq!(shop.app.ask(token, query, json!({ "order": shop.order })).await["returnEligibility"], Value::Null);
        }
        let unknown = query.replace("\"1\"", "\"9\"");
        assert_eq!(shop.app.ask(&shop.operator, &unknown, json!({ "order": shop.order })).await["returnEligibility"], Value::Null);

        // After the last day of each right it is gone.
        shop.app.advance(TimeDelta::days(13));
        let late = ask(Value::Null).await;
        let closed = "The last day for this was 2026-12-04.";
        assert_eq!((&late["rights"][0]["reason"], &late["rights"][0]["lastDay"]), (&json!(closed), &json!("2026-12-04")));
        assert_eq!((&late["rights"][1]["eligible"], &late["rights"][2]["eligible"]), (&json!(true), &json!(true)));
    }

    async fn the_facts_of_the_sale_decide(db: Db) {
        let shop = Shop::open(db).await;
        let mut made = order("MK-2", "alma");
        made["lines"][0]["withdrawalExclusion"] = json!("MADE_TO_MEASURE");
        let mut sealed = order("MK-3", "alma");
        sealed["lines"][0]["withdrawalExclusion"] = json!("HYGIENE_UNSEALED");
        let mut traded = order("MK-4", "alma");
        traded["sale"] = json!({ "buyerKind": "PROFESSIONAL" });
        let mut last = order("MK-5", "alma");
        last["lines"][0]["finalSale"] = json!("FINAL");
        last["sale"] = json!({ "wayBack": "NOT_TOLD" });
        let mut rights = Vec::new();
        for (reference, each) in [("MK-2", made), ("MK-3", sealed), ("MK-4", traded), ("MK-5", last), ("MK-6", order("MK-6", "alma"))] {
            let id = shop.sell(each).await;
            if reference != "MK-6" {
                shop.deliver(reference, "1", 2).await;
            }
            let query = format!("{{ returnEligibility(orderId: {id}, lineId: \"1\", reason: CHANGED_MIND) {{ rights {{ eligible reason lastDay wayBack exclusionToJudge }} }} }}");
            let seen = shop.app.ask(&shop.vendor, &query, json!({})).await["returnEligibility"]["rights"].clone();
            rights.push((seen[0].clone(), seen[1].clone()));
        }
        let why = |right: &Value| right["reason"].as_str().unwrap_or("").to_owned();
        assert_eq!(why(&rights[0].0), "The law gives no right to withdraw from a contract on goods of this kind.");
        assert_eq!((&rights[1].0["eligible"], &rights[1].0["exclusionToJudge"]), (&json!(true), &json!("HYGIENE_UNSEALED")));
        assert_eq!(why(&rights[2].0), "Only consumers have this right.");
        assert_eq!(why(&rights[3].1), "This was sold as final.");
        assert_eq!(rights[3].0["wayBack"], "SELLER", "who was not told does not pay");
        assert_eq!((&rights[4].0["eligible"], &rights[4].0["lastDay"]), (&json!(true), &Value::Null), "open, and its end is not known");
        assert_eq!(why(&rights[4].1), "This has not been delivered yet.");
    }

    async fn reasons_of_other_systems_are_read_and_kept(db: Db) {
        let shop = Shop::open(db).await;
        for (number, (vocabulary, code, kind, ebay)) in [
            ("MIRAKL", "RETURN_BROKEN_ITEM", "BROKEN", "ARRIVED_DAMAGED"),
            ("SHOPIFY", "SIZE_TOO_LARGE", "TOO_BIG", "WRONG_SIZE"),
            ("EBAY", "ORDERED_WRONG_ITEM", "ORDERED_BY_MISTAKE", "ORDERED_WRONG_ITEM"),
            ("MEDUSA", "wrong_item", "WRONG_ITEM", "ORDERED_DIFFERENT_ITEM"),
            ("SHOPIFY", "SOMETHING_NEW", "OTHER", "OTHER"),
        ].into_iter().enumerate() {
            let mut input = shop.asking(1, &number.to_string());
            input["reason"] = json!({ "code": { "vocabulary": vocabulary, "code": code } });
            let asked = shop.app.act(&shop.vendor, "returnRequest", "return { id reason own: reasonCode(vocabulary: VOCABULARY) reasonCode(vocabulary: EBAY) }".replace("VOCABULARY", vocabulary).as_str(), input).await;
            let asked = &asked["return"];
            assert_eq!((&asked["reason"], &asked["own"], &asked["reasonCode"]), (&json!(kind), &json!(code), &json!(ebay)));
            shop.step(&shop.vendor, "returnCancel", &asked["id"], json!({})).await;
        }
    }
}
