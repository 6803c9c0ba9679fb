//! Endpoints that do not work: tried again in order, left alone when they ask, given up, switched off.

use chrono::TimeDelta;
use serde_json::{Value, json};
use trilogue::config::WebhookTargets;
use trilogue::store::Claim;
use trilogue::workflow::alerts::{self, Told};

use super::{Market, each_once, endpoint, log, state};
use crate::harness::{Receiver, Reply, on_both_databases};

/// Lets time pass until the next attempt, at most so long, and makes it.
async fn next_attempt(market: &Market) -> TimeDelta {
    let due = market.app.cx.store.webhooks_next_due().await.unwrap().unwrap();
    let wait = (due - market.app.cx.now()).max(TimeDelta::zero());
    market.app.advance(wait);
    market.app.work().await;
    wait
}

on_both_databases! {
    async fn a_call_that_fails_is_repeated_unchanged_and_holds_up_the_next(db: Db) {
        let market = Market::open(db).await;
        let receiver = Receiver::start().await;
        let made = endpoint(&market.app, &market.vendor, &receiver, json!(["CASE_OPENED"])).await;
        for status in [500, 404, 302] {
            receiver.next(Reply { status, header: (status == 302).then_some(("location", "/elsewhere")) });
        }
        for key in ["1", "2"] {
            market.case("MK-1", key).await;
        }
        market.app.work().await;
        let mut waits = Vec::new();
        for _ in 0..3 {
            waits.push(next_attempt(&market).await.num_seconds());
        }
        let heard = receiver.take();
        assert_eq!(heard.len(), 5, "{heard:#?}");
        assert!(heard[..4].iter().all(|one| one.id == heard[0].id && one.text == heard[0].text), "the same in every attempt");
        assert!(heard.iter().all(|one| one.is_signed_with(&made.secret)), "each signed for its own time");
        assert_ne!(heard[3].at, heard[0].at);
        assert_ne!(heard[4].id, heard[0].id, "the next comes after it");
        for (wait, least) in waits.iter().zip([5, 300, 1_800]) {
            assert!((least..=least + least / 5).contains(wait), "{waits:?}");
        }
        let rows = log(&market.app, &market.vendor, &made.id).await;
        let told: Vec<_> = rows[0]["attempts"].as_array().unwrap().iter().map(|one| (one["status"].clone(), one["error"].clone())).collect();
        assert_eq!(
            told,
            [
                (json!(500), json!("answered 500")),
                (json!(404), json!("answered 404")),
                (json!(302), json!("answered 302; redirects are not followed")),
                (json!(204), Value::Null),
            ]
        );
        assert_eq!(state(&market.app, &market.vendor, &made.id).await["failingSince"], Value::Null, "well again");
    }

    async fn an_endpoint_that_asks_for_a_pause_gets_it(db: Db) {
        let market = Market::open(db).await;
        let receiver = Receiver::start().await;
        endpoint(&market.app, &market.vendor, &receiver, json!(["CASE_OPENED"])).await;
        for (after, least, most) in [("600", 600, 600), ("99999999", 86_400, 86_400), ("1", 1_800, 2_160)] {
            receiver.next(Reply { status: 503, header: Some(("retry-after", after)) });
            if after == "600" {
                market.case("MK-1", "1").await;
                market.app.work().await;
            } else {
                next_attempt(&market).await;
            }
            let due = market.app.cx.store.webhooks_next_due().await.unwrap().unwrap();
            let wait = (due - market.app.cx.now()).num_seconds();
            assert!((least..=most).contains(&wait), "{after}: {wait}");
        }
    }

    async fn a_delivery_is_given_up_after_three_days_and_an_endpoint_after_five(db: Db) {
        let market = Market::open(db).await;
        let receiver = Receiver::start().await;
        let made = endpoint(&market.app, &market.vendor, &receiver, json!(["CASE_OPENED"])).await;
        receiver.always(Reply::of(500));
        for key in ["1", "2", "3"] {
            market.case("MK-1", key).await;
        }
        market.app.work().await;
        let began = market.app.cx.now();
        for _ in 0..9 {
            next_attempt(&market).await;
        }
        let rows = log(&market.app, &market.vendor, &made.id).await;
        assert_eq!((&rows[0]["state"], &rows[1]["state"]), (&json!("FAILED"), &json!("PENDING")), "{rows:#?}");
        assert_eq!(rows[0]["attempts"].as_array().unwrap().len(), 10);
        let passed = market.app.cx.now() - began;
        assert!(passed > TimeDelta::days(3) && passed < TimeDelta::days(4), "{passed}");
        assert_eq!(state(&market.app, &market.vendor, &made.id).await["state"], "ENABLED");
        while market.app.cx.store.webhooks_next_due().await.unwrap().is_some() {
            next_attempt(&market).await;
        }
        let passed = market.app.cx.now() - began;
        assert!(passed >= TimeDelta::days(5) && passed < TimeDelta::days(6), "{passed}");
        let seen = state(&market.app, &market.operator, &made.id).await;
        assert_eq!((&seen["state"], &seen["stateReason"]), (&json!("FAILED"), &json!("it has failed for 5 days; the last time: answered 500")));
        let rows = log(&market.app, &market.vendor, &made.id).await;
        assert!(rows.iter().all(|row| row["state"] == "FAILED"), "{rows:#?}");
        receiver.take();
        market.case("MK-1", "4").await;
        market.app.work().await;
        assert_eq!(receiver.take().len(), 0);
    }

    async fn an_endpoint_that_is_gone_is_switched_off_at_once(db: Db) {
        let market = Market::open(db).await;
        let receiver = Receiver::start().await;
        let made = endpoint(&market.app, &market.vendor, &receiver, json!(["CASE_OPENED"])).await;
        receiver.next(Reply::of(410));
        for key in ["1", "2"] {
            market.case("MK-1", key).await;
        }
        market.app.work().await;
        assert_eq!(receiver.take().len(), 1);
        let seen = state(&market.app, &market.vendor, &made.id).await;
        assert_eq!((&seen["state"], &seen["stateReason"]), (&json!("GONE"), &json!("it answered 410, which means that it is gone")));
    }

    async fn one_that_nobody_answers_for_holds_up_nobody_else(db: Db) {
        let market = Market::open(db).await;
        let (well, ill) = (Receiver::start().await, Receiver::start().await);
        let dead = endpoint(&market.app, &market.vendor, &ill, json!(["CASE_OPENED"])).await;
        endpoint(&market.app, &market.vendor, &well, json!(["CASE_OPENED"])).await;
        drop(ill);
        for key in ["1", "2", "3"] {
            market.case("MK-1", key).await;
        }
        market.app.work().await;
        assert_eq!(well.take().len(), 3);
        let rows = log(&market.app, &market.vendor, &dead.id).await;
        assert_eq!(rows[0]["attempts"], json!([{ "at": rows[0]["attempts"][0]["at"], "status": null, "error": "no connection" }]));
    }

    /// A worker that dies after the call leaves the receiver with a repeated id, and nothing lost or out of order.
    async fn a_worker_that_dies_costs_a_repeated_id_at_most(db: Db) {
        let market = Market::open(db).await;
        let receiver = Receiver::start().await;
        endpoint(&market.app, &market.vendor, &receiver, json!(["CASE_OPENED"])).await;
        for key in ["1", "2"] {
            market.case("MK-1", key).await;
        }
        let (marketplace, position) = market.app.cx.store.untold().await.unwrap()[0];
        assert_eq!(alerts::tell(&market.app.cx, marketplace, position).await.unwrap(), Told::Further);
        assert_eq!(alerts::tell(&market.app.cx, marketplace, position).await.unwrap(), Told::Elsewhere, "a late one tells nothing twice");
        let claim = |limit| market.app.cx.store.claim_webhooks(Claim { now: market.app.cx.now(), lease: TimeDelta::minutes(3), limit });
        let held = claim(5).await.unwrap();
        assert_eq!(held.len(), 1, "one of a lane at a time");
        // The worker makes the call and is heard of no more.
        let call = reqwest::Client::builder().no_proxy().build().unwrap().post(&receiver.url).header("webhook-id", held[0].event.unwrap().to_string());
        call.body(held[0].body.clone()).send().await.unwrap();
        assert_eq!(claim(5).await.unwrap().len(), 0, "its lane is closed");
        market.app.advance(TimeDelta::minutes(4));
        market.app.work().await;
        let heard = receiver.take();
        assert_eq!(heard.len(), 3);
        assert_eq!((&heard[0].id, &heard[0].text), (&heard[1].id, &heard[1].text), "repeated, and to be told by its id");
        assert_eq!(each_once(&heard).len(), 2);
    }

    async fn only_public_addresses_are_called_unless_the_server_is_told_otherwise(db: Db) {
        let mut market = Market::open(db).await;
        let receiver = Receiver::start().await;
        let private = endpoint(&market.app, &market.vendor, &receiver, json!(["CASE_OPENED"])).await;
        market.app.settings.webhook_targets = WebhookTargets::Public;
        market.app.restart().await;
        for (url, sentence) in [
            (receiver.url.as_str(), "The address must begin with https://."),
            ("https://127.0.0.1/", "The address must be a public one."),
            ("https://0x7f.1/", "The address must be a public one."),
            ("https://[::ffff:169.254.169.254]/", "The address must be a public one."),
            ("https://user:secret@shop.example.com/", "The address must have no user name, password or fragment."),
            ("shop.example.com", "This is not an address; write it in full, such as https://shop.example.com/hooks."),
        ] {
            let refused = market.app.try_act(&market.vendor, "webhookEndpointCreate", "secret", json!({ "url": url })).await;
            assert_eq!(refused["userErrors"][0], json!({ "field": ["url"], "message": sentence, "code": "INVALID" }), "{url}");
        }
        // A name that leads to this machine, and an address that was stored before the setting changed.
        let port = receiver.url.rsplit(':').next().unwrap().split('/').next().unwrap();
        let input = json!({ "url": format!("https://localhost:{port}/hooks"), "eventTypes": ["CASE_OPENED"] });
        let named = market.app.act(&market.vendor, "webhookEndpointCreate", "endpoint { id }", input).await["endpoint"]["id"].as_str().unwrap().to_owned();
        market.case("MK-1", "1").await;
        market.app.work().await;
        assert_eq!(receiver.take().len(), 0);
        for (id, error) in [(named, "the name leads to no public address"), (private.id, "The address must begin with https://.")] {
            let rows = log(&market.app, &market.vendor, &id).await;
            assert_eq!(rows[0]["lastError"], error);
        }
    }
}
