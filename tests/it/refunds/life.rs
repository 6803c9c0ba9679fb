//! The life of a refund, from the first word to the last, as each side sees it.

use std::fmt::Write;

use serde_json::{Value, json};
use trilogue::domain::refunds::ProviderWord;

use super::{Shop, actions, failed, succeeded};
use crate::harness::on_both_databases;

async fn tell(shop: &Shop, story: &mut String, what: &str, refund: &Value) {
    writeln!(story, "{what}").unwrap();
    for (name, token) in [("operator", &shop.operator), ("seller", &shop.seller), ("buyer", &shop.vendor)] {
        let seen = shop.see(token, &refund["id"]).await;
        let attempts = seen["attempts"].as_array().map(|attempts| {
            attempts
                .iter()
                .map(|attempt| format!("{} {}", attempt["number"], attempt["state"].as_str().unwrap()))
                .collect::<Vec<_>>()
                .join(", ")
        });
        let consent = seen["grant"]["consent"]["state"].as_str().filter(|state| *state != "NOT_NEEDED").unwrap_or_default();
        writeln!(
            story,
            "  {name:8} r{} {} {consent} [{}] attempts: {}",
            seen["revision"],
            seen["status"].as_str().unwrap(),
            actions(&seen).join(" "),
            attempts.unwrap_or_else(|| "unseen".into())
        )
        .unwrap();
    }
}

on_both_databases! {
    async fn it_is_told_to_each_side_as_far_as_it_is_theirs(db: Db) {
        let shop = Shop::open(db).await;
        let mut story = String::new();
        let refund = shop.ask_for(&shop.vendor, "WITHDRAWAL", json!({})).await;
        tell(&shop, &mut story, "The buyer asks for all of line 1, for they withdrew.", &refund).await;
        let clock = json!({ "startedAt": "2026-11-20T10:00:00Z", "hold": "WAITING" });
        shop.decide(&shop.operator, "refundEstablish", &refund, clock).await;
        tell(&shop, &mut story, "The operator says that it is certain; the goods are waited for.", &refund).await;
        shop.decide(&shop.seller, "refundGrant", &refund, json!({ "form": "STORE_CREDIT" })).await;
        tell(&shop, &mut story, "The seller grants it as store credit.", &refund).await;
        shop.decide(&shop.vendor, "refundRefuseConsent", &refund, json!({})).await;
        tell(&shop, &mut story, "The buyer does not want credit.", &refund).await;
        shop.decide(&shop.operator, "refundSubmit", &refund, json!({})).await;
        tell(&shop, &mut story, "The operator has it sent.", &refund).await;
        shop.hear(&refund, 1, ProviderWord::Pending).await;
        tell(&shop, &mut story, "The payment system works on it.", &refund).await;
        shop.hear(&refund, 1, failed()).await;
        tell(&shop, &mut story, "The bank says no.", &refund).await;
        shop.decide(&shop.operator, "refundRetry", &refund, json!({})).await;
        tell(&shop, &mut story, "The operator tries again.", &refund).await;
        shop.hear(&refund, 2, succeeded(6587)).await;
        tell(&shop, &mut story, "The money has moved.", &refund).await;
        shop.hear(&refund, 2, ProviderWord::Reversed).await;
        tell(&shop, &mut story, "The bank sends it back.", &refund).await;
        for (name, token) in [("operator", &shop.operator), ("seller", &shop.seller), ("buyer", &shop.vendor)] {
            let query = "{ cases(first: 1) { nodes { timeline(first: 100) { nodes { ... on RefundChangedEvent { change } } } } } }";
            let seen = shop.app.ask(token, query, json!({})).await;
            let items = seen["cases"]["nodes"][0]["timeline"]["nodes"].as_array().unwrap();
            let changes: Vec<_> = items.iter().filter_map(|item| item["change"].as_str()).collect();
            writeln!(story, "Timeline of the {name}: {}", changes.join(" ")).unwrap();
        }
        for text in shop.told().await {
            writeln!(story, "Told to the buyer: {}", text.lines().nth(2).unwrap_or_default()).unwrap();
        }
        insta::assert_snapshot!("the_life_of_a_refund", story);
    }
}
