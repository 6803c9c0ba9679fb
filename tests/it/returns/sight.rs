//! Who sees what of a return, and what it costs to look.
#![expect(clippy::similar_names, reason = "`read` and `real` are what they are")]

use serde_json::{Value, json};
use trilogue::demo::peer::{Audience, Opening};
use trilogue::domain::charter::Charter;
use trilogue::domain::ids::ReturnId;
use trilogue::domain::parties::Role;
use trilogue::domain::tickets::HelpdeskKind;

use super::{RETURN, Shop, fault};
use crate::harness::{ORDER, Story, on_both_databases, order};

on_both_databases! {
    async fn a_return_has_a_name_for_its_parcel(db: Db) {
        let shop = Shop::open(db).await;
        let (one, two) = (shop.request(1, "1").await, shop.request(1, "2").await);
        assert_eq!(shop.request(1, "1").await, one);
        let named = [shop.seen(&one, "reference").await["reference"].clone(), shop.seen_by(&shop.seller, &two, "reference").await["reference"].clone()];
        assert_eq!(named, ["MK-1-R1", "MK-1-R2"]);
        let other = shop.sell(order("MK-2", "alma")).await;
        shop.deliver("MK-2", "1", 1).await;
        let mut input = shop.asking(1, "3");
        input["orderId"] = other;
        let third = shop.app.act(&shop.vendor, "returnRequest", "return { reference }", input).await;
        assert_eq!(third["return"]["reference"], "MK-2-R1", "each order counts its own");
        shop.step(&shop.seller, "returnApprove", &two, json!({})).await;
        shop.step(&shop.seller, "returnProvideLabel", &two, json!({ "papers": { "label": "https://label.example/1" } })).await;
        let told = shop.told(&two).await;
        assert!(told.iter().any(|text| text.contains("MK-1-R2")), "the buyer is told what to write on the parcel: {told:#?}");
    }

    async fn who_is_not_concerned_cannot_tell_that_there_is_one(db: Db) {
        let shop = Shop::open(db).await;
        let mut input = shop.asking(1, "1");
        input["note"] = json!("Cassée. Écrivez à marie@example.org, s'il vous plaît.");
        let id = shop.app.act(&shop.vendor, "returnRequest", RETURN, input).await["return"]["id"].clone();
        let read = "note availableActions { action until } order { reference } case { reference }";
        let by_seller = shop.seen_by(&shop.seller, &id, read).await;
        assert_eq!(by_seller["note"], "Cassée. Écrivez à [adresse e-mail masquée], s'il vous plaît.");
        assert_eq!(by_seller["order"]["reference"], "MK-1");
        let until = shop.seen(&id, "dueAt").await["dueAt"].clone();
        let actions = ["APPROVE", "DECLINE", "PROPOSE_KEEP_ITEM"].map(|action| json!({ "action": action, "until": until }));
        assert_eq!(by_seller["availableActions"], json!(actions));
        for token in [&shop.operator, &shop.vendor] {
            assert_eq!(shop.seen_by(token, &id, "note").await["note"], "Cassée. Écrivez à marie@example.org, s'il vous plaît.");
        }
        let elsewhere = shop.app.another_marketplace("souk").await;
        let foreign = shop.app.token_in(&elsewhere, Role::Operator, None).await;
        let node = "query($id: ID!) { node(id: $id) { id } }";
        for token in [&shop.other_seller, &foreign] {
            let real = shop.app.raw(token, node, json!({ "id": id })).await;
            assert_eq!(real, shop.app.raw(token, node, json!({ "id": ReturnId::generate().to_string() })).await);
            assert!(real.contains("null"), "{real}");
        }
        let events = "{ cases { nodes { timeline(first: 50) { nodes { ... on ReturnChangedEvent { returnId } } } } } }";
        let seen = shop.app.raw(&shop.other_seller, events, json!({})).await;
        assert!(!seen.contains("ret_"), "{seen}");
    }

    /// The buyer, by the token that the shop hands out: their own returns alone.
    async fn a_buyer_moves_their_own_return_and_no_other(db: Db) {
        let shop = Shop::open(db).await;
        let mut of_another = order("MK-2", "alma");
        of_another["buyerEmail"] = json!("jean@example.org");
        let of_another = shop.sell(of_another).await;
        let (own, stranger) = (shop.buyer(&shop.order).await, shop.buyer(&of_another).await);
        let mut input = shop.asking(1, "by link");
        input["note"] = json!("Cassée.");
        let asked = shop.app.act(&own, "returnRequest", "return { id note availableActions { action } case { reference } }", input.clone()).await;
        let asked = asked["return"].clone();
        assert_eq!((&asked["note"], &asked["availableActions"]), (&json!("Cassée."), &json!([{ "action": "CANCEL" }])));
        let id = &asked["id"];
        let refused = shop.app.try_act(&stranger, "returnRequest", RETURN, input).await;
        assert_eq!(fault(&refused), (json!(["orderId"]), json!("NOT_FOUND")));
        assert_eq!(shop.seen_by(&stranger, id, "id").await, Value::Null);
        let refused = shop.try_step(&stranger, "returnCancel", id, json!({})).await;
        assert_eq!(fault(&refused), (json!(["returnId"]), json!("NOT_FOUND")));
        let refused = shop.try_step(&own, "returnApprove", id, json!({})).await;
        assert_eq!(fault(&refused).1, "NOT_ALLOWED");
        shop.step(&shop.seller, "returnApprove", id, json!({})).await;
        shop.step(&own, "returnRecordShipped", id, json!({ "trackingNumber": "6A1" })).await;
        for mutation in ["returnRecordDelivered", "returnRecordLost"] {
            assert_eq!(fault(&shop.try_step(&own, mutation, id, json!({})).await).1, "NOT_ALLOWED", "it is the carrier's word");
        }
        assert_eq!(shop.actions(&shop.vendor, id).await, ["RECORD_DELIVERED", "RECORD_RECEIVED", "RECORD_LOST"]);
        let eligible = format!("{{ returnEligibility(orderId: {}, lineId: \"1\") {{ quantityLeft }} }}", shop.order);
        assert_eq!(shop.app.ask(&own, &eligible, json!({})).await["returnEligibility"]["quantityLeft"], 1);
        assert_eq!(shop.app.ask(&stranger, &eligible, json!({})).await["returnEligibility"], Value::Null);
    }

    /// In the helpdesk: what the buyer must know is public, what the team must know is not.
    async fn the_helpdesk_is_told_once(db: Db) {
        for kind in HelpdeskKind::ALL {
            let story = Story::begin(db, kind).await;
            let ticket = story.desk.sim.open_ticket(&story.buyer, Opening::new(&format!("Commande {ORDER}"), "Bonjour"));
            story.desk.settle(&story.app).await;
            let parcel = json!({ "orderReference": ORDER, "externalId": "P", "deliveredAt": "2026-11-20T10:00:00Z", "lines": [{ "lineExternalId": "1", "quantity": 2 }] });
            story.app.act(&story.vendor, "shipmentsReport", "shipments { externalId }", json!({ "shipments": [parcel] })).await;
            let order = story.app.ask(&story.vendor, &format!("{{ order(by: {{ reference: \"{ORDER}\" }}) {{ id }} }}"), json!({})).await["order"]["id"].clone();
            let input = json!({ "orderId": order, "lineId": "1", "reason": { "kind": "BROKEN" }, "idempotencyKey": "1" });
            let calls = (0..3).map(|_| story.app.act(&story.vendor, "returnRequest", "return { id case { id } }", input.clone()));
            let asked = futures_util::future::join_all(calls).await.pop().unwrap()["return"].clone();
            assert_eq!(asked["case"]["id"], story.case(ticket, "id").await["id"], "the case that is there");
            let approve = json!({ "returnId": asked["id"], "revision": 1 });
            story.app.act(&story.seller, "returnApprove", RETURN, approve).await;
            story.desk.settle(&story.app).await;
            let notes = story.said(ticket, "Retour demandé");
            assert_eq!(notes.len(), 1, "{notes:?}");
            assert_eq!(notes[0].audience, Audience::Internal);
            let told = story.said(ticket, "est accepté");
            assert_eq!((told.len(), told[0].audience), (1, Audience::Public));
        }
    }

    async fn looking_costs_the_same_for_one_and_for_many(db: Db) {
        let shop = Shop::open(db).await;
        let mut many = order("MK-9", "alma");
        many["lines"] = json!((0..20).map(|number| json!({ "externalId": number.to_string(), "title": "Tasse", "quantity": 1,
            "unitPrice": { "amount": "2.99", "currencyCode": "EUR" } })).collect::<Vec<_>>());
        let many = shop.sell(many).await;
        let ask = async |line: usize| {
            let input = json!({ "orderId": many, "lineId": line.to_string(), "idempotencyKey": line.to_string() });
            shop.app.act(&shop.vendor, "returnRequest", RETURN, input).await["return"]["id"].clone()
        };
        let query = "query($id: ID!) { node(id: $id) { ... on Order { returns { id state note case { reference returns { id } withdrawals { id } }
            order { reference } refundDue { lastDay } withdrawal { id } availableActions { action until } } } } }";
        let look = async || {
            let mut costs = Vec::new();
            for token in [&shop.operator, &shop.seller, &shop.vendor] {
                let (seen, statements) = shop.app.statements(shop.app.ask(token, query, json!({ "id": many }))).await;
                costs.push((seen["node"]["returns"].as_array().unwrap().len(), statements.len()));
            }
            costs
        };
        ask(0).await;
        let one = look().await;
        for line in 1..20 {
            ask(line).await;
        }
        let all = look().await;
        for (few, many) in one.iter().zip(&all) {
            assert_eq!((few.0, many.0), (1, 20));
            assert_eq!(few.1, many.1, "{one:?} {all:?}");
        }
    }

    async fn returns_go_along_when_cases_are_merged(db: Db) {
        let shop = Shop::open_with(db, Charter { one_case_days: 0, ..Charter::default() }).await;
        let id = shop.request(1, "1").await;
        let from = shop.seen(&id, "case { id }").await["case"]["id"].clone();
        let opening = json!({ "subject": "Encore", "buyerName": "Marie", "buyerEmail": "marie@example.org", "text": "Bonjour", "orderReference": "MK-1",
            "channel": "EMAIL", "idempotencyKey": "k" });
        let into = shop.app.act(&shop.vendor, "caseOpen", "case { id }", opening).await["case"]["id"].clone();
        assert_ne!(from, into);
        shop.app.act(&shop.operator, "caseMerge", "case { id }", json!({ "caseId": from, "intoCaseId": into })).await;
        let seen = shop.seen(&id, "case { id returns { id } }").await;
        assert_eq!((&seen["case"]["id"], &seen["case"]["returns"][0]["id"]), (&into, &id));
        let approved = shop.step(&shop.seller, "returnApprove", &id, json!({})).await;
        assert_eq!(approved["state"], "APPROVED");
        assert_eq!(shop.seen(&id, "case { id }").await["case"]["id"], into);
    }
}
