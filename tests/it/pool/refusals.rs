//! What is refused, and answers that change.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};
use trilogue::domain::ids::{CaseId, PoolQuestionId, SellerId};
use trilogue::domain::parties::Role;

use super::{ANSWER, Pool, QUESTION, fault};
use crate::harness::on_both_databases;

on_both_databases! {
    async fn what_cannot_be_offered_is_refused(db: Db) {
        let pool = Pool::open(db).await;
        let case = pool.case(None, "PRE_SALE", "1").await;
        let after = pool.case(Some("A-1"), "AFTER_SALE", "2").await;
        let closed = pool.case(None, "PRE_SALE", "3").await;
        pool.app.act(&pool.operator, "caseClose", "case { status }", json!({ "caseId": closed })).await;
        let elsewhere = pool.app.another_marketplace("souk").await;
        let foreign = pool.app.token_in(&elsewhere, Role::Operator, None).await;
        let theirs = json!({ "sellers": [{ "externalId": "dora", "name": "Dora" }] });
        let theirs = pool.app.act(&foreign, "sellersUpsert", "sellers { id }", theirs).await["sellers"][0]["id"].clone();
        let good = pool.offering(&case, "k");
        let with = |field: &str, value: Value| {
            let mut input = good.clone();
            input[field] = value;
            input
        };
        let many: Vec<_> = (0..51).map(|_| SellerId::generate().to_string()).collect();
        let hour = |hours: i64| json!(pool.app.cx.now() + TimeDelta::hours(hours));
        for (input, field, code) in [
            (with("caseId", json!(CaseId::generate().to_string())), json!(["caseId"]), "NOT_FOUND"),
            (with("caseId", after), json!(["caseId"]), "NOT_IN_THIS_STATE"),
            (with("caseId", closed), json!(["caseId"]), "NOT_IN_THIS_STATE"),
            (with("question", json!(" ")), json!(["question"]), "LENGTH"),
            (with("question", json!("é".repeat(2_001))), json!(["question"]), "LENGTH"),
            (with("question", json!("Pour Marie DUPONT : en bleu ?")), json!(["question"]), "INVALID"),
            (with("question", json!("Répondez à marie@example.org")), json!(["question"]), "INVALID"),
            (with("sellerIds", json!([])), json!(["sellerIds"]), "INVALID"),
            (with("sellerIds", json!(many)), json!(["sellerIds"]), "TOO_MANY"),
            (with("sellerIds", json!([pool.sellers[0], pool.sellers[1], pool.sellers[0]])), json!(["sellerIds", "2"]), "DUPLICATE"),
            (with("sellerIds", json!([pool.sellers[0], theirs])), json!(["sellerIds", "1"]), "NOT_FOUND"),
            (with("sellerIds", json!([SellerId::generate().to_string()])), json!(["sellerIds", "0"]), "NOT_FOUND"),
            (with("expiresAt", hour(0)), json!(["expiresAt"]), "INVALID"),
            (with("expiresAt", hour(721)), json!(["expiresAt"]), "INVALID"),
            (with("idempotencyKey", json!("")), json!(["idempotencyKey"]), "LENGTH"),
        ] {
            let refused = pool.app.try_act(&pool.operator, "poolOffer", QUESTION, input.clone()).await;
            assert_eq!(fault(&refused), (field, json!(code)), "{input:#} {refused:#}");
            assert_eq!(refused["question"], Value::Null);
        }
        let refused = pool.app.try_act(&pool.vendor, "poolOffer", QUESTION, good.clone()).await;
        assert_eq!(fault(&refused).1, "NOT_ALLOWED");
        let refused = pool.app.try_act(&pool.tokens[0], "poolOffer", QUESTION, good.clone()).await;
        assert_eq!(fault(&refused), (json!(["caseId"]), json!("NOT_FOUND")), "a seller does not know the case");
        assert_eq!(pool.told(&case).await.1, Vec::<Value>::new(), "nothing was done");
        assert_eq!(pool.app.ask(&pool.operator, "{ poolQuestions { nodes { id } } }", json!({})).await["poolQuestions"]["nodes"], json!([]));

        // The same key gives the same question, and nothing else.
        let offers = join_all((0..4).map(|_| pool.app.act(&pool.operator, "poolOffer", "question { id }", good.clone()))).await;
        assert!(offers.iter().all(|offer| *offer == offers[0]));
        let other = pool.case(None, "PRE_SALE", "4").await;
        for input in [with("question", json!("En rouge ?")), with("caseId", other.clone())] {
            let refused = pool.app.try_act(&pool.operator, "poolOffer", QUESTION, input).await;
            assert_eq!(fault(&refused), (json!(["idempotencyKey"]), json!("IDEMPOTENCY_CONFLICT")));
        }
        for number in 0..19 {
            pool.app.act(&pool.operator, "poolOffer", QUESTION, pool.offering(&case, &format!("more {number}"))).await;
        }
        let refused = pool.app.try_act(&pool.operator, "poolOffer", QUESTION, pool.offering(&case, "one too many")).await;
        assert_eq!(fault(&refused), (json!(["caseId"]), json!("TOO_MANY")));
    }

    async fn answers_are_replaced_taken_back_and_refused(db: Db) {
        let pool = Pool::open(db).await;
        let case = pool.case(None, "PRE_SALE", "1").await;
        let question = pool.offer(&case).await;
        let say = |text: &str, key: &str| json!({ "questionId": question, "text": text, "idempotencyKey": key });
        for (input, field, code) in [
            (say("", "k"), "text", "LENGTH"),
            (say(&"é".repeat(4_001), "k"), "text", "LENGTH"),
            (say("Oui", ""), "idempotencyKey", "LENGTH"),
            (json!({ "questionId": PoolQuestionId::generate().to_string(), "text": "Oui", "idempotencyKey": "k" }), "questionId", "NOT_FOUND"),
        ] {
            let refused = pool.app.try_act(&pool.tokens[0], "poolAnswer", ANSWER, input).await;
            assert_eq!(fault(&refused), (json!([field]), json!(code)));
        }
        let uninvited = pool.app.try_act(&pool.tokens[2], "poolAnswer", ANSWER, say("Moi !", "k")).await;
        assert_eq!(fault(&uninvited), (json!(["questionId"]), json!("NOT_FOUND")));

        let firsts = join_all((0..4).map(|_| pool.app.act(&pool.tokens[0], "poolAnswer", ANSWER, say("Oui", "a")))).await;
        assert!(firsts.iter().all(|first| *first == firsts[0]), "{firsts:#?}");
        let first = &firsts[0]["answer"]["id"];
        let conflict = pool.app.try_act(&pool.tokens[0], "poolAnswer", ANSWER, say("Peut-être", "a")).await;
        assert_eq!(fault(&conflict), (json!(["idempotencyKey"]), json!("IDEMPOTENCY_CONFLICT")));
        let second = pool.answer(0, &question, "Oui, en deux bleus").await;
        let late = pool.app.act(&pool.tokens[0], "poolAnswer", ANSWER, say("Oui", "a")).await;
        assert_eq!((&late["answer"]["id"], &late["answer"]["state"]), (first, &json!("WITHDRAWN")), "a late repetition brings nothing back");
        assert_eq!(pool.state(&question).await["answers"], json!([{ "state": "OFFERED", "seller": { "externalId": "alma" } }]));
        let refused = pool.try_accept(first).await;
        assert_eq!(fault(&refused), (json!(["answerId"]), json!("NOT_IN_THIS_STATE")), "who accepts accepts what they have read");
        assert_eq!(refused["userErrors"][0]["message"], "The answer is withdrawn already.");

        let gone = pool.app.act(&pool.tokens[0], "poolAnswerWithdraw", ANSWER, json!({ "answerId": second })).await;
        assert_eq!(gone["answer"]["state"], "WITHDRAWN");
        let again = pool.app.try_act(&pool.tokens[0], "poolAnswerWithdraw", ANSWER, json!({ "answerId": second })).await;
        assert_eq!(fault(&again), (json!(["answerId"]), json!("NOT_IN_THIS_STATE")));
        assert_eq!(pool.state(&question).await["answers"], json!([]));
        for number in 0..18 {
            pool.answer(0, &question, &format!("Finalement {number}")).await;
        }
        let refused = pool.app.try_act(&pool.tokens[0], "poolAnswer", ANSWER, say("Encore", "z")).await;
        assert_eq!(fault(&refused), (json!(["questionId"]), json!("TOO_MANY")));

        let withdrawn = pool.app.act(&pool.operator, "poolWithdraw", QUESTION, json!({ "questionId": question })).await;
        assert_eq!(withdrawn["question"]["state"], "WITHDRAWN");
        assert_eq!(pool.state(&question).await["answers"], json!([{ "state": "DECLINED", "seller": { "externalId": "alma" } }]));
        for (token, mutation, input) in [
            (&pool.operator, "poolWithdraw", json!({ "questionId": question })),
            (&pool.tokens[1], "poolAnswer", say("Trop tard", "t")),
        ] {
            let refused = pool.app.try_act(token, mutation, "__typename", input).await;
            assert_eq!(fault(&refused), (json!(["questionId"]), json!("NOT_IN_THIS_STATE")));
        }
        assert_eq!(pool.incentives(&pool.operator, 0).await, Vec::<Value>::new());
        assert_eq!(pool.told(&case).await.0.len(), 1, "the buyer was told nothing");
    }
}
