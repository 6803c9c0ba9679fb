//! Cases: opened once, given an order, moved.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{Shop, opening, order, post};
use crate::harness::on_both_databases;

on_both_databases! {
    async fn a_case_is_opened_once(db: Db) {
        let shop = Shop::open(db).await;
        let fields = "case { id reference subject status buyer { displayName email } order { reference } seller { externalId } threads { kind messages { nodes { author text channel } } } }";
        let first = shop.app.act(&shop.vendor, "caseOpen", fields, opening(Some("A-1"), "k")).await;
        assert_eq!(first["case"]["buyer"], json!({ "displayName": "Marie D.", "email": null }), "the vendor sees an alias");
        assert_eq!(first["case"]["status"], "WAITING_SELLER");
        assert_eq!(first["case"]["threads"], json!([{ "kind": "SELLER_BUYER", "messages": { "nodes": [{ "author": "BUYER", "text": "Où est mon colis ?", "channel": "API" }] } }]));
        let again = shop.app.act(&shop.vendor, "caseOpen", fields, opening(Some("A-1"), "k")).await;
        assert_eq!(first, again);

        for (field, other) in [
            ("subject", json!("Autre sujet")),
            ("text", json!("Autre texte")),
            ("buyerName", json!("Paul Roux")),
            ("buyerEmail", json!("paul@example.org")),
            ("orderReference", json!("A-2")),
        ] {
            let mut changed = opening(Some("A-1"), "k");
            changed[field] = other;
            let refused = shop.app.try_act(&shop.vendor, "caseOpen", "case { id }", changed).await;
            assert_eq!(refused["userErrors"][0]["code"], "IDEMPOTENCY_CONFLICT", "{field}: {refused:#}");
            assert_eq!(refused["userErrors"][0]["field"], json!(["idempotencyKey"]));
        }
        // A key means nothing to another client.
        let other = shop.app.act(&shop.operator, "caseOpen", "case { id }", opening(Some("A-2"), "k")).await;
        assert_ne!(other["case"]["id"], first["case"]["id"]);
    }

    async fn twenty_calls_at_once_open_one_case(db: Db) {
        let shop = Shop::open(db).await;
        let calls = (0..20).map(|_| shop.app.act(&shop.vendor, "caseOpen", "case { id reference }", opening(Some("A-1"), "same")));
        let payloads = join_all(calls).await;
        assert!(payloads.iter().all(|payload| *payload == payloads[0]), "{payloads:#?}");
        let all = shop.app.ask(&shop.operator, "{ cases { nodes { reference timeline { nodes { __typename } } } } }", json!({})).await;
        assert_eq!(all["cases"]["nodes"].as_array().unwrap().len(), 1, "{all:#}");
        // Numbers of cases that were not opened are not lost.
        let next = shop.app.act(&shop.vendor, "caseOpen", "case { reference }", opening(None, "next")).await;
        assert_eq!(next["case"]["reference"], "C-1002");
    }

    async fn an_order_brings_its_seller(db: Db) {
        let shop = Shop::open(db).await;
        let case = shop.case(None, "1").await;
        let fields = "case { status phase order { reference } seller { externalId } threads { kind } availableActions }";
        let none = shop.app.ask(&shop.alma, "{ cases { nodes { id } } }", json!({})).await;
        assert_eq!(none["cases"]["nodes"], json!([]));
        let attach = |reference: &str| json!({ "caseId": case, "orderReference": reference });
        let attached = shop.app.act(&shop.vendor, "caseAttachOrder", fields, attach("A-1")).await;
        assert_eq!(attached["case"]["seller"]["externalId"], "alma");
        assert_eq!(attached["case"]["threads"], json!([{ "kind": "SELLER_BUYER" }]));
        assert_eq!(attached["case"]["status"], "WAITING_SELLER");
        let again = shop.app.act(&shop.operator, "caseAttachOrder", "case { order { reference } }", attach("A-1")).await;
        assert_eq!(again["case"]["order"]["reference"], "A-1");
        // Nobody has answered: the case goes over to another seller, and the first one forgets it.
        shop.app.act(&shop.operator, "caseAttachOrder", fields, attach("B-1")).await;
        let gone = shop.app.ask(&shop.alma, "query($id: ID!) { case(by: { id: $id }) { id } cases { nodes { id } } }", json!({ "id": case })).await;
        assert_eq!(gone, json!({ "case": null, "cases": { "nodes": [] } }));
        let thread = shop.thread(&case, "SELLER_BUYER").await;
        shop.app.act(&shop.brio, "messagePost", "message { id }", post(&thread, "Bonjour", "1")).await;
        let refused = shop.app.try_act(&shop.operator, "caseAttachOrder", fields, attach("A-1")).await;
        assert_eq!(refused["userErrors"][0]["code"], "OTHER_SELLER_TAKES_PART");
        assert_eq!(refused["userErrors"][0]["field"], json!(["orderReference"]));
    }

    /// Every role and every state: what `availableActions` names works, and what it does not name is refused.
    async fn available_actions_tell_the_truth(db: Db) {
        let shop = Shop::open(db).await;
        let orders: Vec<_> = (0..100).map(|i| order(&format!("T-{i}"), "alma")).collect();
        shop.app.act(&shop.vendor, "ordersUpsert", "orders { id }", json!({ "orders": orders })).await;
        let mut number = 0;
        for (role, token) in [("operator", &shop.operator), ("seller", &shop.alma), ("vendor", &shop.vendor)] {
            for state in ["fresh", "no order", "escalated", "resolved"] {
                for (action, mutation, more) in [
                    ("ESCALATE", "caseEscalate", json!({ "reason": "FRAUD" })),
                    ("RESOLVE", "caseResolve", json!({})),
                    ("REOPEN", "caseReopen", json!({})),
                    ("PRIORITIZE", "casePrioritize", json!({ "priority": "HIGH" })),
                    ("ATTACH_ORDER", "caseAttachOrder", json!({ "orderReference": "A-1" })),
                    ("OPEN_THREAD", "threadOpen", json!({ "kind": "OPERATOR_SELLER" })),
                ] {
                    number += 1;
                    let reference = format!("T-{number}");
                    let case = shop.case((state != "no order").then_some(&reference), &format!("truth {number}")).await;
                    match state {
                        "escalated" => drop(shop.app.act(&shop.operator, "caseEscalate", "case { id }", json!({ "caseId": case, "reason": "FRAUD" })).await),
                        "resolved" => drop(shop.app.act(&shop.operator, "caseResolve", "case { id }", json!({ "caseId": case })).await),
                        _ => {}
                    }
                    let query = "query($id: ID!) { case(by: { id: $id }) { availableActions order { reference } } }";
                    let seen = shop.app.ask(token, query, json!({ "id": case })).await["case"].clone();
                    if seen.is_null() {
                        assert_eq!((role, state), ("seller", "no order"));
                        continue;
                    }
                    let named = seen["availableActions"].as_array().unwrap().contains(&json!(action));
                    let mut input = more.clone();
                    input.as_object_mut().unwrap().extend(match mutation {
                        "threadOpen" => [("caseIds".to_owned(), json!([case]))],
                        _ => [("caseId".to_owned(), json!(case))],
                    });
                    let done = shop.app.try_act(token, mutation, "__typename", input).await;
                    let refused = done["userErrors"].get(0).cloned();
                    // An order can still be replaced while the seller is silent; no button says so.
                    let replaced = action == "ATTACH_ORDER" && !seen["order"].is_null() && role != "seller";
                    assert_eq!(refused.is_none(), named || replaced, "{action} by {role}, {state}: {refused:?}");
                }
            }
        }
    }

    async fn a_case_goes_its_way(db: Db) {
        let shop = Shop::open(db).await;
        let case = shop.case(Some("A-1"), "1").await;
        let fields = "case { status owner mode priority awaiting { party dueAt } }";
        let seen = |payload: &Value| (payload["case"]["status"].clone(), payload["case"]["owner"].clone());
        let urgent = shop.app.act(&shop.operator, "casePrioritize", fields, json!({ "caseId": case, "priority": "URGENT" })).await;
        assert_eq!(urgent["case"]["priority"], "URGENT");
        assert_eq!(urgent["case"]["awaiting"], json!({ "party": "SELLER", "dueAt": "2026-11-24T09:00:00+00:00" }));
        let escalated = shop.app.act(&shop.alma, "caseEscalate", fields, json!({ "caseId": case, "reason": "OTHER", "note": "Je ne sais plus." })).await;
        assert_eq!(seen(&escalated), (json!("WAITING_OPERATOR"), json!("OPERATOR")));
        assert_eq!(escalated["case"]["mode"], "TRIPARTITE");
        let thread = shop.thread(&case, "TRIPARTITE").await;
        shop.app.act(&shop.operator, "messagePost", "message { id }", post(&thread, "Nous voilà.", "1")).await;
        let resolved = shop.app.act(&shop.operator, "caseResolve", fields, json!({ "caseId": case })).await;
        assert_eq!((&resolved["case"]["status"], &resolved["case"]["awaiting"]), (&json!("RESOLVED"), &Value::Null));
        let reopened = shop.app.act(&shop.operator, "caseReopen", fields, json!({ "caseId": case })).await;
        assert_eq!(seen(&reopened), (json!("WAITING_OPERATOR"), json!("OPERATOR")));
        let timeline = shop.app.ask(&shop.vendor, "query($id: ID!) { case(by: { id: $id }) { timeline { nodes { __typename actor { kind party name } ... on CaseEscalatedEvent { reason note } } } } }", json!({ "id": case })).await;
        let kinds: Vec<_> = timeline["case"]["timeline"]["nodes"].as_array().unwrap().iter().map(|item| item["__typename"].as_str().unwrap()).collect();
        let expected = ["CaseOpenedEvent", "OrderAttachedEvent", "ThreadOpenedEvent", "MessagePostedEvent", "CasePriorityChangedEvent", "CaseEscalatedEvent", "CaseStatusChangedEvent", "MessagePostedEvent", "CaseStatusChangedEvent", "CaseStatusChangedEvent", "CaseResolvedEvent", "CaseStatusChangedEvent"];
        assert_eq!(kinds, expected);
        let escalation = &timeline["case"]["timeline"]["nodes"][5];
        assert_eq!(escalation["note"], "Je ne sais plus.");
        assert_eq!(escalation["actor"], json!({ "kind": "SELLER", "party": "SELLER", "name": null }), "names stay on their side");
    }
}
