//! Every refusal with its code, its path and its sentence: one reviewed table; and after each of them nothing is different.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::{Value, json};
use trilogue::domain::ids::{CaseId, ConnectionId, MessageId, ThreadId};

use super::{Shop, opening, order, post};
use crate::harness::on_both_databases;

/// Everything that a refused call could have changed.
const EVERYTHING: &str = "{ cases(first: 50) { nodes { id reference subject status mode priority owner updatedAt order { id } seller { id }
    threads { id kind subject unreadCount participants { id party right } messages(first: 10) { nodes { id text } } } timeline(first: 50) { nodes { id } } } }
    templates(first: 50) { nodes { id revision title texts { locale text } } } }";

fn with(mut value: Value, field: &str, other: Value) -> Value {
    value[field] = other;
    value
}

/// The calls that must be refused: whose, which, with what.
async fn calls(shop: &Shop) -> Vec<(&str, &'static str, Value)> {
    let (alma, brio) = (shop.case(Some("A-1"), "alma").await, shop.case(Some("B-1"), "brio").await);
    let (bare, settled) = (shop.case(None, "bare").await, shop.case(Some("A-2"), "settled").await);
    shop.app.act(&shop.operator, "caseResolve", "case { id }", json!({ "caseId": settled })).await;
    let with_buyer = shop.thread(&alma, "SELLER_BUYER").await;
    shop.app.act(&shop.alma, "messagePost", "message { id }", post(&with_buyer, "Bonjour", "used")).await;
    let private = shop.open_thread(&[&alma], "OPERATOR_SELLER").await;
    let foreign = shop.thread(&brio, "SELLER_BUYER").await;
    let (no_case, no_thread, no_message) =
        (CaseId::generate().to_string(), ThreadId::generate().to_string(), MessageId::generate().to_string());
    let (operator, seller, vendor): (&str, &str, &str) = (&shop.operator, &shop.alma, &shop.vendor);
    let fresh = || opening(Some("A-1"), "fresh");
    let long = |length: usize| json!("x".repeat(length));
    let escalate = |case: &str| json!({ "caseId": case, "reason": "FRAUD" });
    let admit = |thread: &str, party: &str| json!({ "threadId": thread, "party": party, "right": "REPLY", "history": "SHOWN" });
    let open = |cases: &[&String], kind: &str| json!({ "caseIds": cases, "kind": kind });
    vec![
        (seller, "sellersUpsert", json!({ "sellers": [] })),
        (seller, "ordersUpsert", json!({ "orders": [order("A-1", "alma")] })),
        (seller, "caseOpen", fresh()),
        (vendor, "caseOpen", with(fresh(), "subject", json!(" "))),
        (vendor, "caseOpen", with(fresh(), "subject", long(301))),
        (vendor, "caseOpen", with(fresh(), "buyerName", long(201))),
        (vendor, "caseOpen", with(fresh(), "buyerEmail", json!("marie"))),
        (vendor, "caseOpen", with(fresh(), "text", long(10_001))),
        (vendor, "caseOpen", with(fresh(), "idempotencyKey", long(129))),
        (vendor, "caseOpen", with(fresh(), "idempotencyKey", json!(""))),
        (vendor, "caseOpen", with(fresh(), "orderReference", json!("none"))),
        (vendor, "caseOpen", with(fresh(), "connectionId", json!(ConnectionId::generate().to_string()))),
        (vendor, "caseOpen", with(opening(Some("A-1"), "alma"), "text", json!("Autre"))),
        (vendor, "caseOpen", json!({ "subject": "", "buyerName": "", "buyerEmail": "", "text": "", "idempotencyKey": "" })),
        (seller, "caseAttachOrder", json!({ "caseId": alma, "orderReference": "A-2" })),
        (seller, "caseAttachOrder", json!({ "caseId": brio, "orderReference": "A-2" })),
        (vendor, "caseAttachOrder", json!({ "caseId": no_case, "orderReference": "A-2" })),
        (vendor, "caseAttachOrder", json!({ "caseId": bare, "orderReference": "none" })),
        (operator, "caseAttachOrder", json!({ "caseId": alma, "orderReference": "B-1" })),
        (vendor, "caseEscalate", escalate(&alma)),
        (seller, "caseEscalate", escalate(&brio)),
        (seller, "caseEscalate", with(escalate(&alma), "note", long(2_001))),
        (seller, "caseEscalate", with(escalate(&alma), "reason", json!("OTHER"))),
        (seller, "caseEscalate", escalate(&settled)),
        (operator, "caseEscalate", escalate(&bare)),
        (operator, "caseResolve", json!({ "caseId": settled })),
        (operator, "caseResolve", json!({ "caseId": no_case })),
        (vendor, "caseResolve", json!({ "caseId": alma })),
        (operator, "caseReopen", json!({ "caseId": alma })),
        (seller, "caseReopen", json!({ "caseId": settled })),
        (seller, "casePrioritize", json!({ "caseId": alma, "priority": "HIGH" })),
        (operator, "casePrioritize", json!({ "caseId": no_case, "priority": "HIGH" })),
        (operator, "threadOpen", open(&[], "OPERATOR_SELLER")),
        (operator, "threadOpen", json!({ "caseIds": vec![&alma; 101], "kind": "OPERATOR_SELLER" })),
        (operator, "threadOpen", open(&[&alma, &settled], "OPERATOR_BUYER")),
        (operator, "threadOpen", open(&[&alma, &brio], "OPERATOR_SELLER")),
        (operator, "threadOpen", open(&[&alma, &no_case], "OPERATOR_SELLER")),
        (operator, "threadOpen", open(&[&bare], "OPERATOR_SELLER")),
        (operator, "threadOpen", open(&[&alma], "SELLER_BUYER")),
        (operator, "threadOpen", with(open(&[&alma], "OPERATOR_SELLER"), "subject", long(301))),
        (seller, "threadOpen", open(&[&alma], "OPERATOR_BUYER")),
        (seller, "threadOpen", open(&[&alma, &brio], "OPERATOR_SELLER")),
        (vendor, "threadOpen", open(&[&alma], "OPERATOR_SELLER")),
        (operator, "messagePost", post(&with_buyer, "Et nous ?", "1")),
        (operator, "messagePost", post(&no_thread, "Et nous ?", "1")),
        (seller, "messagePost", post(&foreign, "Bonjour", "1")),
        (vendor, "messagePost", post(&with_buyer, "Bonjour", "1")),
        (vendor, "messagePost", post(&private, "Bonjour", "1")),
        (seller, "messagePost", post(&with_buyer, "", "")),
        (seller, "messagePost", post(&with_buyer, &"x".repeat(10_001), "1")),
        (seller, "messagePost", post(&with_buyer, "Autre", "used")),
        (seller, "threadMarkRead", json!({ "threadId": foreign })),
        (seller, "threadMarkRead", json!({ "threadId": private, "upToMessageId": no_message })),
        (vendor, "threadMarkRead", json!({ "threadId": with_buyer })),
        (seller, "participantAdd", admit(&with_buyer, "OPERATOR")),
        (seller, "participantAdd", admit(&foreign, "OPERATOR")),
        (operator, "participantAdd", admit(&private, "BUYER")),
        (operator, "participantAdd", admit(&private, "SELLER")),
        (operator, "participantAdd", admit(&shop.thread(&bare, "OPERATOR_BUYER").await, "SELLER")),
        (operator, "participantAdd", admit(&no_thread, "SELLER")),
    ]
}

/// A change of what somebody else has changed since.
async fn overtaken(shop: &Shop) -> (&str, &'static str, Value) {
    let written = json!({ "key": "mine", "title": "Mine", "reader": "BUYER", "texts": [{ "locale": "fr", "text": "Bonjour" }] });
    let made = shop.app.act(&shop.operator, "templateCreate", "template { id }", written.clone()).await;
    let change = json!({ "id": made["template"]["id"], "revision": 2, "title": "x", "reader": "BUYER", "texts": written["texts"] });
    (&shop.operator, "templateUpdate", change)
}

on_both_databases! {
    async fn every_refusal_says_what_where_and_why(db: Db) {
        let shop = Shop::open(db).await;
        let mut calls = calls(&shop).await;
        calls.push(overtaken(&shop).await);
        let before = shop.app.raw(&shop.operator, EVERYTHING, json!({})).await;
        let (mut table, mut codes) = (String::new(), BTreeSet::new());
        for (token, mutation, input) in calls {
            let role = if *token == *shop.operator { "operator" } else if *token == *shop.alma { "seller" } else { "vendor" };
            let payload = shop.app.try_act(token, mutation, "__typename", input).await;
            let errors = payload["userErrors"].as_array().unwrap();
            assert!(!errors.is_empty(), "{role} {mutation} was not refused");
            for error in errors {
                let path: Vec<_> = error["field"].as_array().into_iter().flatten().map(|part| part.as_str().unwrap()).collect();
                let (code, message) = (error["code"].as_str().unwrap(), error["message"].as_str().unwrap());
                codes.insert(code.to_owned());
                writeln!(table, "{mutation:<17}{role:<10}{:<17}{code:<25}{message}", path.join(".")).unwrap();
            }
            assert_eq!(shop.app.raw(&shop.operator, EVERYTHING, json!({})).await, before, "{role} {mutation} was refused and changed something");
        }
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!("refusals", table);
        });
        // The batches have duplicates of their own.
        codes.insert("DUPLICATE".to_owned());
        // Those of money have tests of their own, where the refunds are.
        codes.extend(["ABOVE_LIMIT", "ABOVE_MAXIMUM", "DUE_BY_LAW"].map(str::to_owned));
        // Those of invitations too, where buyers are asked.
        codes.extend(["INVITATION_EXPIRED", "INVITATION_FORGED", "INVITATION_USED"].map(str::to_owned));
        let sdl = trilogue::graphql::sdl();
        let block = sdl.split("enum UserErrorCode {").nth(1).unwrap().split('}').next().unwrap();
        let known: BTreeSet<_> = block.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('"')).map(str::to_owned).collect();
        assert_eq!(codes, known, "a code that is never given, or never named");
    }
}
