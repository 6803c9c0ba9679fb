//! Webhooks as programs of others verify them.

use serde_json::json;
use trilogue::clock::{Clock, SystemClock};

use super::{Market, log};
use crate::harness::{Node, on_both_databases};

/// Moves the test's clock to the machine's, by which other programs judge how old a call is.
fn now(market: &Market) {
    market.app.advance(SystemClock.now() - market.app.cx.now());
}

on_both_databases! {
    async fn the_library_of_the_specification_verifies_what_we_send(db: Db) {
        let market = Market::open(db).await;
        let mut library = Node::audit("webhooks.mjs").await;
        let url = library.heard().await["url"].clone();
        let made = market.app.act(&market.vendor, "webhookEndpointCreate", "secret endpoint { id }", json!({ "url": url, "eventTypes": ["CASE_OPENED"] })).await;
        let tell = async |library: &mut Node, secret: &str| {
            library.say(secret).await;
            assert_eq!(library.heard().await, json!({ "ready": true }));
        };
        tell(&mut library, made["secret"].as_str().unwrap()).await;
        now(&market);
        let case = market.case("MK-1", "1").await;
        market.app.work().await;
        let heard = library.heard().await;
        assert_eq!((&heard["type"], &heard["data"]["caseId"], &heard["verified"]), (&json!("case.opened"), &json!(case), &heard["data"]["eventId"]));

        // With either secret while it is being changed, and not with another one.
        let rotated = market.app.act(&market.vendor, "webhookEndpointRotateSecret", "secret", json!({ "id": made["endpoint"]["id"] })).await;
        for (number, secret) in [&made["secret"], &rotated["secret"]].into_iter().enumerate() {
            tell(&mut library, secret.as_str().unwrap()).await;
            market.case("MK-1", &format!("rotated {number}")).await;
            market.app.work().await;
            assert_eq!(library.heard().await["type"], "case.opened");
        }
        tell(&mut library, "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").await;
        market.case("MK-1", "2").await;
        market.app.work().await;
        assert_eq!(library.heard().await["reason"], "No matching signature found");
    }

    async fn the_example_verifies_what_we_send(db: Db) {
        let market = Market::open(db).await;
        // A port that is free now; the secret is known only when the address is.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
        let input = json!({ "url": format!("http://127.0.0.1:{port}/"), "eventTypes": ["CASE_OPENED"] });
        let made = market.app.act(&market.vendor, "webhookEndpointCreate", "secret endpoint { id }", input).await;
        let environment = [("PORT", port.as_str()), ("TRILOGUE_WEBHOOK_SECRET", made["secret"].as_str().unwrap())];
        let mut example = Node::start(concat!(env!("CARGO_MANIFEST_DIR"), "/examples"), &["vendor/webhooks.mjs"], &environment);
        assert!(example.line().await.starts_with("Listening on"));
        now(&market);
        market.case("MK-1", "1").await;
        market.app.work().await;
        assert_eq!(example.line().await, "case.opened  C-1001");
        // Repeated, it is told once.
        let rows = log(&market.app, &market.vendor, made["endpoint"]["id"].as_str().unwrap()).await;
        market.app.act(&market.vendor, "webhookDeliveryReplay", "delivery { id }", json!({ "id": rows[0]["id"] })).await;
        market.app.act(&market.vendor, "webhookEndpointSendTest", "delivery { id }", json!({ "id": made["endpoint"]["id"] })).await;
        market.app.work().await;
        assert_eq!(example.line().await, "webhook.test  -");
        let rows = log(&market.app, &market.vendor, made["endpoint"]["id"].as_str().unwrap()).await;
        assert_eq!(rows[0]["attempts"].as_array().unwrap().len(), 2);

        let stranger = market.app.http.post(format!("http://127.0.0.1:{port}/")).header("webhook-id", "1").header("webhook-timestamp", market.app.cx.now().timestamp());
        assert_eq!(stranger.header("webhook-signature", "v1,AAAA").body("{}").send().await.unwrap().status(), 401);
    }
}
