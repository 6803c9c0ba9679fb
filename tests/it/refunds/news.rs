//! What payment systems report, in whatever order.

use serde_json::{Value, json};
use trilogue::domain::refunds::ProviderWord;

use super::{Shop, actions, failed, succeeded};
use crate::harness::on_both_databases;

async fn submitted(shop: &Shop) -> Value {
    let refund = shop.ask_for(&shop.vendor, "COMMERCIAL", json!({})).await;
    shop.decide(&shop.operator, "refundGrant", &refund, json!({ "form": "FULL" })).await;
    shop.decide(&shop.operator, "refundSubmit", &refund, json!({})).await
}

on_both_databases! {
    async fn what_was_heard_before_changes_nothing(db: Db) {
        let shop = Shop::open(db).await;
        let refund = submitted(&shop).await;
        shop.hear(&refund, 7, succeeded(6587)).await;
        assert_eq!(shop.see(&shop.operator, &refund["id"]).await, refund, "an attempt that nobody made");
        shop.hear(&refund, 1, succeeded(6587)).await;
        let paid = shop.everything().await;
        assert_eq!(paid["a"]["refunds"][0]["status"], "SUCCEEDED");
        for word in [succeeded(6587), ProviderWord::Pending] {
            shop.hear(&refund, 1, word).await;
        }
        assert_eq!(shop.everything().await, paid);
    }

    async fn another_amount_is_not_booked_and_a_person_looks(db: Db) {
        let shop = Shop::open(db).await;
        let refund = submitted(&shop).await;
        shop.hear(&refund, 1, succeeded(6586)).await;
        let seen = shop.see(&shop.operator, &refund["id"]).await;
        assert_eq!((&seen["status"], &seen["attempts"][0]["state"]), (&json!("SUBMITTED"), &json!("UNCLEAR")));
        assert!(!actions(&seen).contains(&"RETRY"));
        assert_eq!(shop.see(&shop.vendor, &refund["id"]).await["status"], "GRANTED");
        shop.hear(&refund, 1, succeeded(6587)).await;
        assert_eq!(shop.see(&shop.operator, &refund["id"]).await["status"], "SUCCEEDED");
    }

    async fn a_success_of_an_earlier_attempt_blocks_the_next(db: Db) {
        let shop = Shop::open(db).await;
        let refund = submitted(&shop).await;
        shop.hear(&refund, 1, failed()).await;
        shop.decide(&shop.operator, "refundRetry", &refund, json!({})).await;
        shop.hear(&refund, 2, failed()).await;
        shop.hear(&refund, 1, succeeded(6587)).await;
        let seen = shop.see(&shop.operator, &refund["id"]).await;
        assert_eq!(seen["status"], "PENDING");
        assert!(!actions(&seen).contains(&"RETRY"), "the money may have moved: {seen:#}");
    }

    async fn a_refund_that_comes_back_opens_the_case_again(db: Db) {
        let shop = Shop::open(db).await;
        let refund = submitted(&shop).await;
        shop.hear(&refund, 1, succeeded(6587)).await;
        shop.app.act(&shop.operator, "caseResolve", "case { status }", json!({ "caseId": refund["case"]["id"] })).await;
        assert_eq!(shop.everything().await["cases"]["nodes"][0]["status"], "RESOLVED");
        shop.hear(&refund, 1, ProviderWord::Reversed).await;
        let after = shop.everything().await;
        assert_ne!(after["cases"]["nodes"][0]["status"], "RESOLVED");
        assert_eq!(after["a"]["refunds"][0]["status"], "REVERSED");
    }
}
