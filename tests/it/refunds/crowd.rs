//! Many at once.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{Shop, fault};
use crate::harness::on_both_databases;

on_both_databases! {
    async fn a_key_finds_its_refund_again(db: Db) {
        let shop = Shop::open(db).await;
        let asking = |more: Value| {
            let mut input = shop.asking("COMMERCIAL", json!({ "units": 1, "idempotencyKey": "k" }));
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            input
        };
        let calls = (0..6).map(|_| shop.act(&shop.vendor, "refundRequest", asking(json!({}))));
        let all = join_all(calls).await;
        assert!(all.iter().all(|refund| refund["id"] == all[0]["id"]));
        shop.decide(&shop.operator, "refundDecline", &all[0], json!({ "reason": "NOT_DUE", "text": "Non." })).await;
        let again = shop.act(&shop.vendor, "refundRequest", asking(json!({}))).await;
        assert_eq!((&again["id"], &again["status"]), (&all[0]["id"], &json!("DECLINED")), "a late repetition opens no second one");
        for (more, code) in [(json!({ "units": 2 }), "IDEMPOTENCY_CONFLICT"), (json!({ "idempotencyKey": "" }), "LENGTH")] {
            let refused = shop.attempt(&shop.vendor, "refundRequest", asking(more)).await;
            assert_eq!(fault(&refused), (json!(["idempotencyKey"]), json!(code)));
        }
        let others = shop.act(&shop.operator, "refundRequest", asking(json!({}))).await;
        assert_ne!(others["id"], all[0]["id"], "a key means nothing to another client");
    }

    async fn two_hundred_who_ask_at_once_get_one_refund(db: Db) {
        let shop = Shop::open(db).await;
        let tokens = [&shop.vendor, &shop.seller, &shop.operator];
        let query = "mutation($input: RefundRequestInput!) { refundRequest(input: $input) { refund { id status revision } userErrors { code } } }";
        let call = async |number: usize| {
            // A server that is asked for more than it has room for says so, and is asked again.
            loop {
                let answer = shop.app.answer(tokens[number % 3], query, json!({ "input": shop.asking("COMMERCIAL", json!({})) })).await;
                let code = &answer["errors"][0]["extensions"]["code"];
                if code != "SERVICE_UNAVAILABLE" && code != "RATE_LIMITED" && code != "REQUEST_TIMEOUT" {
                    return answer;
                }
            }
        };
        let answers = join_all((0..200).map(call)).await;
        let ids: BTreeSet<_> = answers.iter().map(|answer| answer["data"]["refundRequest"]["refund"]["id"].as_str().map(str::to_owned)).collect();
        assert_eq!(ids.len(), 1, "{ids:?} {:#}", answers[0]);
        assert!(ids.iter().all(Option::is_some), "{:#}", answers[0]);
        let all = shop.everything().await;
        assert_eq!(all["a"]["refunds"].as_array().unwrap().len(), 1);
        assert_eq!(all["cases"]["nodes"].as_array().unwrap().len(), 1, "and one case: {all:#}");
        let changes = all["cases"]["nodes"][0]["timeline"]["nodes"].as_array().unwrap();
        assert_eq!(changes.iter().filter(|item| item["__typename"] == "RefundChangedEvent").count(), 1);
        assert_eq!(shop.told().await.len(), 1);
    }

    async fn of_those_who_grant_at_once_one_does(db: Db) {
        let shop = Shop::open(db).await;
        let refund = shop.ask_for(&shop.vendor, "COMMERCIAL", json!({})).await;
        let input = json!({ "refundId": refund["id"], "revision": refund["revision"], "form": "FULL" });
        let mut input = input;
        input["revision"] = shop.see(&shop.operator, &refund["id"]).await["revision"].clone();
        let outcomes = join_all((0..8).map(|turn| {
            let token = [&shop.operator, &shop.second, &shop.seller][turn % 3];
            shop.attempt(token, "refundGrant", input.clone())
        }))
        .await;
        let (won, lost): (Vec<_>, Vec<_>) = outcomes.iter().partition(|outcome| outcome["userErrors"] == json!([]));
        assert_eq!(won.len(), 1, "{outcomes:#?}");
        assert!(lost.iter().all(|outcome| outcome["userErrors"][0]["code"] == "WRONG_REVISION"), "{lost:#?}");
        // Two lines that count on the same money: what the one takes the other cannot.
        let mut other = shop.asking("COMMERCIAL", json!({}));
        other["lineId"] = json!("2");
        let other = shop.act(&shop.vendor, "refundRequest", other).await;
        let items = json!([{ "lineId": "1", "amount": { "amount": "0.01", "currencyCode": "EUR" } }]);
        let refused = shop.try_decide(&shop.operator, "refundGrant", &other, json!({ "form": "PARTIAL", "items": items })).await;
        assert_eq!(refused["userErrors"][0]["code"], "ABOVE_MAXIMUM");
    }
}
