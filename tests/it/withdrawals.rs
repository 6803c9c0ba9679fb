//! Withdrawing from a contract by the function that shops owe: declared, confirmed, acknowledged, without anybody's doing.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use trilogue::domain::ids::WithdrawalId;
use trilogue::domain::parties::Role;
use trilogue::domain::tickets::HelpdeskKind;

use crate::harness::{ORDER, Story, on_both_databases, order};
use crate::returns::{Shop, fault};

const WITHDRAWAL: &str = "withdrawal { id state revision lines { orderLineId quantity } confirmUntil returns { id }
    receipt { text sha256 submittedAt sendBackBy refundBy } availableActions { action until } }";

fn declaring(order: &Value, key: &str) -> Value {
    json!({ "orderId": order, "name": "Marie Dupont", "address": "marie@example.org", "locale": "fr", "idempotencyKey": key })
}

async fn declare(shop: &Shop, token: &str, input: Value) -> Value {
    shop.app.act(token, "withdrawalDeclare", WITHDRAWAL, input).await["withdrawal"].clone()
}

async fn confirm(shop: &Shop, token: &str, one: &Value) -> Value {
    let input = json!({ "withdrawalId": one["id"], "revision": one["revision"] });
    shop.app.act(token, "withdrawalConfirm", WITHDRAWAL, input).await["withdrawal"].clone()
}

async fn changes(shop: &Shop, id: &Value) -> Vec<Value> {
    let query = "query($id: ID!) { node(id: $id) { ... on Withdrawal { case { timeline(first: 100) { nodes { ... on WithdrawalChangedEvent { change withdrawalId } } } } } } }";
    let seen = shop.app.ask(&shop.operator, query, json!({ "id": id })).await["node"]["case"]["timeline"]["nodes"].clone();
    let own = seen.as_array().unwrap().iter().filter(|item| item["withdrawalId"] == *id);
    own.map(|item| item["change"].clone()).collect()
}

on_both_databases! {
    async fn a_withdrawal_takes_effect_without_anybody(db: Db) {
        let shop = Shop::open(db).await;
        let buyer = shop.buyer(&shop.order).await;
        let query = "query($order: ID!, $locale: String) { withdrawalOffer(orderId: $order, locale: $locale) { offered until lastDay declareLabel confirmLabel
            lines { orderLineId quantity effective reason wayBack } } }";
        let offer = json!({ "offered": true, "until": "2026-12-04T23:00:00+00:00", "lastDay": "2026-12-04", "declareLabel": "Renoncer au contrat ici",
            "confirmLabel": "Confirmer la rétractation", "lines": [{ "orderLineId": "1", "quantity": 2, "effective": true, "reason": null, "wayBack": "BUYER" }] });
        for token in [&buyer, &shop.vendor, &shop.seller, &shop.operator] {
            assert_eq!(shop.app.ask(token, query, json!({ "order": shop.order })).await["withdrawalOffer"], offer);
        }
        let english = shop.app.ask(&buyer, query, json!({ "order": shop.order, "locale": "en-GB" })).await["withdrawalOffer"].clone();
        assert_eq!((&english["declareLabel"], &english["confirmLabel"]), (&json!("Withdraw from contract here"), &json!("Confirm withdrawal")));

        let declared = declare(&shop, &buyer, declaring(&shop.order, "1")).await;
        assert_eq!((&declared["state"], &declared["receipt"]), (&json!("DECLARED"), &Value::Null));
        assert_eq!(declared["lines"], json!([{ "orderLineId": "1", "quantity": 2 }]), "the whole contract");
        assert_eq!(declared["availableActions"], json!([{ "action": "CONFIRM", "until": "2026-11-23T09:00:00+00:00" }]));
        let again = join_all((0..4).map(|_| declare(&shop, &buyer, declaring(&shop.order, "1")))).await;
        assert!(again.iter().all(|each| *each == declared), "safe to repeat");

        shop.app.advance(TimeDelta::milliseconds(90_061));
        let confirmed = join_all((0..4).map(|_| confirm(&shop, &buyer, &declared))).await;
        assert!(confirmed.iter().all(|each| *each == confirmed[0]), "{confirmed:#?}");
        let one = &confirmed[0];
        let receipt = &one["receipt"];
        let text = receipt["text"].as_str().unwrap();
        let id = one["id"].as_str().unwrap();
        assert_eq!(text, format!("Accusé de réception de votre rétractation: {id}\nNom: Marie Dupont\nContrat: MK-1\nAdresse électronique: marie@example.org\n\
            Articles: 2 x 1\nDéclaration: Je me rétracte du contrat pour les articles ci-dessus.\nDate et heure de l'envoi: 2026-11-22 10:01:30 Europe/Paris\n\
            UTC: 2026-11-22T09:01:30.061Z\nRenvoi des biens au plus tard le: 2026-12-07\nRemboursement au plus tard le: 2026-12-06\n\
            Le vendeur peut différer le remboursement jusqu'à la récupération des biens ou la preuve de leur expédition.\n"));
        assert_eq!(receipt["sha256"], hex::encode(Sha256::digest(text)));
        assert_eq!(receipt["submittedAt"].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap(), shop.app.cx.now());
        assert_eq!((&receipt["sendBackBy"], &receipt["refundBy"]), (&json!("2026-12-07"), &json!("2026-12-06")));
        assert_eq!(changes(&shop, &one["id"]).await, ["DECLARED", "CONFIRMED", "RETURN_LINKED"]);

        // The return opened by itself, and cannot be declined.
        let goods = &one["returns"][0]["id"];
        let seen = shop.seen(goods, "basis reason quantity state withdrawal { id } refundDue { lastDay heldForGoods }").await;
        assert_eq!(seen, json!({ "basis": "WITHDRAWAL", "reason": "NO_REASON", "quantity": 2, "state": "REQUESTED", "withdrawal": { "id": id },
            "refundDue": { "lastDay": "2026-12-06", "heldForGoods": true } }));
        let refused = shop.try_step(&shop.seller, "returnDecline", goods, json!({ "reason": "OTHER", "text": "Non." })).await;
        assert_eq!(fault(&refused).1, "NOT_IN_THIS_STATE");
        let told = shop.told(goods).await;
        assert_eq!(told.iter().filter(|words| words.contains(text.trim_end())).count(), 1, "{told:#?}");

        // Later it is the same receipt, to the byte, also after a long time and by another reader.
        shop.days(4).await;
        let query = "query($id: ID!) { node(id: $id) { ... on Withdrawal { receipt { text sha256 } } } }";
        let later = shop.app.ask(&shop.operator, query, json!({ "id": id })).await["node"]["receipt"].clone();
        assert_eq!((&later["text"], &later["sha256"]), (&receipt["text"], &receipt["sha256"]));
        assert_eq!(shop.seen(goods, "state").await["state"], "APPROVED", "silence approves");
    }

    async fn who_withdrew_is_not_the_sellers_to_know(db: Db) {
        let shop = Shop::open(db).await;
        let declared = declare(&shop, &shop.vendor, declaring(&shop.order, "1")).await;
        let confirmed = confirm(&shop, &shop.vendor, &declared).await;
        let id = &confirmed["id"];
        let query = "query($id: ID!) { node(id: $id) { ... on Withdrawal { name address state lines { quantity } receipt { text sha256 delivery refundBy }
            case { withdrawals { id } threads { messages(first: 20) { nodes { text } } } } } } }";
        let seen = shop.app.ask(&shop.seller, query, json!({ "id": id })).await["node"].clone();
        assert_eq!((&seen["name"], &seen["address"], &seen["receipt"]["text"], &seen["receipt"]["delivery"]), (&Value::Null, &Value::Null, &Value::Null, &Value::Null));
        assert_eq!((&seen["state"], &seen["receipt"]["sha256"]), (&json!("CONFIRMED"), &confirmed["receipt"]["sha256"]));
        let text = seen.to_string();
        assert!(!text.contains("marie@") && !text.contains("Dupont"), "{text}");
        for token in [&shop.operator, &shop.vendor, &shop.buyer(&shop.order).await] {
            let seen = shop.app.ask(token, query, json!({ "id": id })).await["node"].clone();
            assert_eq!((&seen["name"], &seen["address"]), (&json!("Marie Dupont"), &json!("marie@example.org")));
            assert_eq!(seen["receipt"]["text"], confirmed["receipt"]["text"]);
            assert_eq!(seen["receipt"]["delivery"], "NONE", "there is no helpdesk to bring it to");
        }
        let elsewhere = shop.app.another_marketplace("souk").await;
        let foreign = shop.app.token_in(&elsewhere, Role::Operator, None).await;
        for token in [&shop.other_seller, &foreign] {
            let real = shop.app.raw(token, query, json!({ "id": id })).await;
            assert_eq!(real, shop.app.raw(token, query, json!({ "id": WithdrawalId::generate().to_string() })).await);
        }
    }

    async fn a_declaration_that_nobody_confirms_lapses(db: Db) {
        let shop = Shop::open(db).await;
        let first = declare(&shop, &shop.vendor, declaring(&shop.order, "1")).await;
        shop.app.advance(TimeDelta::hours(24));
        // Before any timer: time counts by itself.
        let input = json!({ "withdrawalId": first["id"], "revision": 1 });
        let refused = shop.app.try_act(&shop.vendor, "withdrawalConfirm", WITHDRAWAL, input.clone()).await;
        assert_eq!(fault(&refused), (json!(["withdrawalId"]), json!("NOT_IN_THIS_STATE")));
        shop.app.work().await;
        shop.app.work().await;
        assert_eq!(changes(&shop, &first["id"]).await, ["DECLARED", "LAPSED"]);
        let refused = shop.app.try_act(&shop.vendor, "withdrawalConfirm", WITHDRAWAL, input).await;
        assert_eq!(fault(&refused).1, "NOT_IN_THIS_STATE");
        // Declared on the last day, confirmed after midnight: it is judged by its declaration.
        shop.app.advance(TimeDelta::days(11) + TimeDelta::hours(13));
        let second = declare(&shop, &shop.vendor, declaring(&shop.order, "2")).await;
        assert_eq!(second["confirmUntil"], "2026-12-05T22:00:00+00:00");
        shop.app.advance(TimeDelta::hours(3));
        let refused = shop.app.try_act(&shop.vendor, "withdrawalDeclare", WITHDRAWAL, declaring(&shop.order, "3")).await;
        assert_eq!(fault(&refused), (json!(["orderId"]), json!("NOT_IN_THIS_STATE")));
        assert_eq!(refused["userErrors"][0]["message"], "The last day for this was 2026-12-04.");
        let confirmed = confirm(&shop, &shop.vendor, &second).await;
        assert_eq!((&confirmed["state"], confirmed["returns"].as_array().unwrap().len()), (&json!("CONFIRMED"), 1));
        let query = "query($order: ID!) { withdrawalOffer(orderId: $order) { offered until lastDay lines { effective reason } } }";
        let over = shop.app.ask(&shop.vendor, query, json!({ "order": shop.order })).await["withdrawalOffer"].clone();
        assert_eq!(over, json!({ "offered": false, "until": null, "lastDay": "2026-12-04", "lines": [{ "effective": false, "reason": "The last day for this was 2026-12-04." }] }));
    }

    async fn what_cannot_be_declared_is_refused(db: Db) {
        let shop = Shop::open(db).await;
        let elsewhere = shop.app.another_marketplace("souk").await;
        let foreign = shop.app.token_in(&elsewhere, Role::Vendor, None).await;
        let good = declaring(&shop.order, "k");
        let with = |field: &str, value: Value| {
            let mut input = good.clone();
            input[field] = value;
            input
        };
        let lines = |lines: Value| with("lines", lines);
        for (input, field, code) in [
            (with("name", json!(" ")), json!(["name"]), "LENGTH"),
            (with("name", json!("x".repeat(201))), json!(["name"]), "LENGTH"),
            (with("address", json!("")), json!(["address"]), "LENGTH"),
            (with("address", json!("12 rue des Lilas")), json!(["address"]), "INVALID"),
            (with("idempotencyKey", json!("")), json!(["idempotencyKey"]), "LENGTH"),
            (lines(json!([{ "lineId": "1", "quantity": 3 }])), json!(["lines", "0", "quantity"]), "INVALID"),
            (lines(json!([{ "lineId": "1", "quantity": 0 }])), json!(["lines", "0", "quantity"]), "INVALID"),
            (lines(json!([{ "lineId": "1", "quantity": 1 }, { "lineId": "9", "quantity": 1 }])), json!(["lines", "1", "lineId"]), "NOT_FOUND"),
            (lines(json!([{ "lineId": "1", "quantity": 1 }, { "lineId": "1", "quantity": 1 }])), json!(["lines", "1", "lineId"]), "DUPLICATE"),
            (lines(json!((0..201).map(|_| json!({ "lineId": "1", "quantity": 1 })).collect::<Vec<_>>())), json!(["lines"]), "TOO_MANY"),
        ] {
            let refused = shop.app.try_act(&shop.vendor, "withdrawalDeclare", WITHDRAWAL, input.clone()).await;
            assert_eq!(fault(&refused), (field, json!(code)), "{refused:#}");
            assert_eq!(refused["withdrawal"], Value::Null);
        }
        for token in [&shop.seller, &shop.operator] {
            let refused = shop.app.try_act(token, "withdrawalDeclare", WITHDRAWAL, good.clone()).await;
            assert_eq!(fault(&refused), (Value::Null, json!("NOT_ALLOWED")), "only the consumer withdraws");
        }
        let refused = shop.app.try_act(&foreign, "withdrawalDeclare", WITHDRAWAL, good.clone()).await;
        assert_eq!(fault(&refused), (json!(["orderId"]), json!("NOT_FOUND")));
        assert_eq!(shop.app.ask(&shop.operator, "{ cases { nodes { id } } }", json!({})).await["cases"]["nodes"], json!([]), "nothing was done");

        let declared = declare(&shop, &shop.vendor, good.clone()).await;
        let refused = shop.app.try_act(&shop.vendor, "withdrawalDeclare", WITHDRAWAL, with("name", json!("Jean"))).await;
        assert_eq!(fault(&refused), (json!(["idempotencyKey"]), json!("IDEMPOTENCY_CONFLICT")));
        for (token, id, revision, field, code) in [
            (&shop.vendor, declared["id"].clone(), 2, json!(["revision"]), "WRONG_REVISION"),
            (&shop.vendor, json!(WithdrawalId::generate().to_string()), 1, json!(["withdrawalId"]), "NOT_FOUND"),
            (&foreign, declared["id"].clone(), 1, json!(["withdrawalId"]), "NOT_FOUND"),
            (&shop.operator, declared["id"].clone(), 1, Value::Null, "NOT_ALLOWED"),
            (&shop.seller, declared["id"].clone(), 1, Value::Null, "NOT_ALLOWED"),
        ] {
            let refused = shop.app.try_act(token, "withdrawalConfirm", WITHDRAWAL, json!({ "withdrawalId": id, "revision": revision })).await;
            assert_eq!(fault(&refused), (field, json!(code)));
        }
        assert_eq!(changes(&shop, &declared["id"]).await, ["DECLARED"], "nothing was done");
        let mut traded = order("MK-4", "alma");
        traded["sale"] = json!({ "buyerKind": "PROFESSIONAL" });
        let traded = shop.sell(traded).await;
        let refused = shop.app.try_act(&shop.vendor, "withdrawalDeclare", WITHDRAWAL, declaring(&traded, "k")).await;
        assert_eq!(refused["userErrors"][0]["message"], "Only consumers have this right.");
    }

    /// Lines of every kind in one order: delivered, still to come, excluded, and on their way back already.
    async fn each_line_gets_what_is_its_own(db: Db) {
        let shop = Shop::open(db).await;
        let mut mixed = order("MK-7", "alma");
        let line = |id: &str, more: Value| {
            let mut line = json!({ "externalId": id, "title": "Tasse", "quantity": 1, "unitPrice": { "amount": "14.95", "currencyCode": "EUR" } });
            line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            line
        };
        mixed["lines"] = json!([line("a", json!({})), line("b", json!({})), line("c", json!({ "withdrawalExclusion": "MADE_TO_MEASURE" })), line("d", json!({}))]);
        let mixed = shop.sell(mixed).await;
        for line in ["a", "c", "d"] {
            shop.deliver("MK-7", line, 1).await;
        }
        let going = json!({ "orderId": mixed, "lineId": "d", "reason": { "kind": "BROKEN" }, "idempotencyKey": "1" });
        shop.app.act(&shop.vendor, "returnRequest", "return { id }", going).await;
        let query = "query($order: ID!) { withdrawalOffer(orderId: $order) { offered until lines { orderLineId effective } } }";
        let offer = shop.app.ask(&shop.vendor, query, json!({ "order": mixed })).await["withdrawalOffer"].clone();
        assert_eq!((&offer["offered"], &offer["until"]), (&json!(true), &Value::Null), "something is still to come");
        let effective: Vec<_> = offer["lines"].as_array().unwrap().iter().map(|line| line["effective"] == true).collect();
        assert_eq!(effective, [true, true, false, true]);
        let declared = declare(&shop, &shop.vendor, declaring(&mixed, "k")).await;
        assert_eq!(declared["lines"].as_array().unwrap().len(), 4);
        let confirmed = confirm(&shop, &shop.vendor, &declared).await;
        let query = "query($id: ID!) { node(id: $id) { ... on Withdrawal { returns { orderLineId basis quantity } order { returns { orderLineId basis } } } } }";
        let seen = shop.app.ask(&shop.operator, query, json!({ "id": confirmed["id"] })).await["node"].clone();
        assert_eq!(seen["returns"], json!([{ "orderLineId": "a", "basis": "WITHDRAWAL", "quantity": 1 }]), "what came and is not on its way back");
        assert_eq!(seen["order"]["returns"], json!([{ "orderLineId": "d", "basis": "LEGAL_CONFORMITY" }, { "orderLineId": "a", "basis": "WITHDRAWAL" }]));
    }

    /// Goods that have lost in worth are refunded less, and only by so much.
    async fn what_is_kept_of_a_withdrawal_is_named(db: Db) {
        let shop = Shop::open(db).await;
        let declared = declare(&shop, &shop.vendor, declaring(&shop.order, "1")).await;
        let confirmed = confirm(&shop, &shop.vendor, &declared).await;
        let id = &confirmed["returns"][0]["id"];
        shop.step(&shop.seller, "returnApprove", id, json!({})).await;
        shop.step(&shop.vendor, "returnRecordShipped", id, json!({ "trackingNumber": "6A1" })).await;
        assert_eq!(shop.seen(id, "refundDue { lastDay heldForGoods }").await["refundDue"], json!({ "lastDay": "2026-12-06", "heldForGoods": false }), "a proof has come");
        shop.step(&shop.seller, "returnRecordReceived", id, json!({ "quantity": 2 })).await;
        let found = |reason: &str, withheld: Value| json!({ "result": { "nonCompliant": { "reason": reason, "text": "Porté.", "withheld": withheld } } });
        let kept = |amount: &str| json!({ "amount": amount, "currencyCode": "EUR" });
        for (reason, withheld, code) in [
            ("DAMAGED_PRODUCT", Value::Null, "INVALID"),
            ("DAMAGED_PRODUCT", kept("59.81"), "INVALID"),
            ("WRONG_PRODUCT", kept("1.00"), "INVALID"),
            ("WINDOW_CLOSED", kept("1.00"), "NOT_IN_THIS_STATE"),
        ] {
            assert_eq!(fault(&shop.try_step(&shop.seller, "returnRecordInspection", id, found(reason, withheld)).await).1, code, "{reason}");
        }
        shop.step(&shop.seller, "returnRecordInspection", id, found("DAMAGED_PRODUCT", kept("10.00"))).await;
        let seen = shop.seen(id, "state withheld { amount } finding { reason text }").await;
        assert_eq!(seen, json!({ "state": "NON_COMPLIANT", "withheld": { "amount": "10.00" }, "finding": { "reason": "DAMAGED_PRODUCT", "text": "Porté." } }));
        let told = shop.told(id).await;
        assert!(told.iter().any(|text| text.contains("10,00\u{a0}€ sont retenus")), "{told:#?}");
    }

    /// In writing, at once, to the address that was given: also where no ticket tells of the order yet.
    async fn the_acknowledgement_is_mailed(db: Db) {
        for kind in HelpdeskKind::ALL {
            for ticket_first in [true, false] {
                let story = Story::begin(db, kind).await;
                if ticket_first {
                    story.ticket().await;
                }
                let order = json!(story.order_id(ORDER).await);
                let buyer = story.buyer_token().await;
                let declared = story.app.act(&buyer, "withdrawalDeclare", WITHDRAWAL, declaring(&order, "1")).await["withdrawal"].clone();
                let input = json!({ "withdrawalId": declared["id"], "revision": declared["revision"] });
                let confirmed = story.app.act(&buyer, "withdrawalConfirm", WITHDRAWAL, input).await["withdrawal"].clone();
                story.desk.settle(&story.app).await;
                let text = confirmed["receipt"]["text"].as_str().unwrap().trim_end().to_owned();
                let mails: Vec<_> = story.desk.sim.mails_to("marie@example.org").into_iter().filter(|mail| mail.text.contains(&text)).collect();
                assert_eq!(mails.len(), 1, "{kind:?}, a ticket first: {ticket_first}; {:?}", story.desk.sim.mails_to("marie@example.org"));
                let query = "query($id: ID!) { node(id: $id) { ... on Withdrawal { receipt { delivery } case { tickets { externalId } } } } }";
                let seen = story.app.ask(&story.operator, query, json!({ "id": confirmed["id"] })).await["node"].clone();
                assert_eq!(seen["receipt"]["delivery"], "DELIVERED");
                assert_eq!(seen["case"]["tickets"].as_array().unwrap().len(), 1);
                let seen = story.app.ask(&story.seller, "{ cases { nodes { threads { messages(first: 20) { nodes { text } } } } } }", json!({})).await.to_string();
                assert!(!seen.contains("Dupont") && !seen.contains("marie@"), "{seen}");
            }
        }
    }
}
