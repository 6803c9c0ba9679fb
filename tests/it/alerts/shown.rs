//! Endpoints as their makers see them, and as nobody else does; what is refused, and how.

use std::fmt::Write;

use serde_json::{Value, json};
use trilogue::domain::ids::{WebhookDeliveryId, WebhookEndpointId};
use trilogue::domain::parties::Role;

use super::{Market, endpoint, log};
use crate::harness::{Receiver, on_both_databases};

const ALL: &str = "{ webhookEndpoints { id url description view eventTypes state stateReason failingSince updatedAt } }";

on_both_databases! {
    async fn an_endpoint_is_seen_by_its_side_and_the_operator(db: Db) {
        let market = Market::open(db).await;
        let receiver = Receiver::start().await;
        let vendors = endpoint(&market.app, &market.vendor, &receiver, json!(["CASE_OPENED"])).await;
        let operators = endpoint(&market.app, &market.operator, &receiver, json!(["CASE_OPENED"])).await;
        market.case("MK-1", "1").await;
        market.app.work().await;
        let other = market.app.another_marketplace("souk").await;
        let stranger = market.app.token_in(&other, Role::Operator, None).await;
        let viewers = [(&market.operator, vec![&vendors.id, &operators.id]), (&market.vendor, vec![&vendors.id]), (&market.alma, vec![]), (&stranger, vec![])];
        let delivery = async |of: &str| log(&market.app, &market.operator, of).await[0]["id"].as_str().unwrap().to_owned();
        let deliveries = [(&vendors.id, delivery(&vendors.id).await), (&operators.id, delivery(&operators.id).await)];
        for (token, known) in &viewers {
            let listed = market.app.ask(token, ALL, json!({})).await;
            let listed: Vec<_> = listed["webhookEndpoints"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
            assert_eq!(listed, known.iter().map(|id| (*id).clone()).collect::<Vec<_>>());
            for (endpoint, delivery) in &deliveries {
                let visible = known.contains(endpoint);
                let node = "query($id: ID!) { node(id: $id) { id } }";
                for id in [*endpoint, delivery] {
                    assert_eq!(market.app.ask(token, node, json!({ "id": id })).await["node"]["id"] == json!(id), visible);
                }
                assert_eq!(log(&market.app, token, endpoint).await.len(), usize::from(visible));
                if !visible {
                    for (mutation, input) in manage(endpoint, delivery) {
                        let refused = market.app.try_act(token, mutation, "__typename", input).await;
                        let code = refused["userErrors"][0]["code"].as_str().unwrap();
                        assert_eq!(code, if *token == &market.alma { "NOT_ALLOWED" } else { "NOT_FOUND" }, "{mutation}");
                    }
                }
            }
        }
        let everything = market.app.raw(&market.operator, ALL, json!({})).await;
        assert!(!everything.contains("whsec_") && !everything.contains(&vendors.secret), "a secret is shown once");
    }

    async fn the_log_is_paged_the_newest_first(db: Db) {
        let market = Market::open(db).await;
        let receiver = Receiver::start().await;
        let made = endpoint(&market.app, &market.vendor, &receiver, json!(["CASE_OPENED"])).await;
        for key in 0..7 {
            market.case("MK-1", &key.to_string()).await;
        }
        market.app.work().await;
        let all = log(&market.app, &market.vendor, &made.id).await;
        let query = "query($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { webhookDeliveries(endpointId: $id, first: $first, after: $after, last: $last, before: $before)
            { nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
        let (mut forward, mut after) = (Vec::new(), Value::Null);
        loop {
            let page = market.app.ask(&market.vendor, query, json!({ "id": made.id, "first": 3, "after": after })).await["webhookDeliveries"].clone();
            forward.extend(page["nodes"].as_array().unwrap().iter().map(|node| node["id"].clone()));
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        let newest_first: Vec<_> = all.iter().rev().map(|row| row["id"].clone()).collect();
        assert_eq!(forward, newest_first);
        let back = market.app.ask(&market.vendor, query, json!({ "id": made.id, "last": 2, "before": newest_first[3] })).await;
        let back: Vec<_> = back["webhookDeliveries"]["nodes"].as_array().unwrap().iter().map(|node| node["id"].clone()).collect();
        assert_eq!(back, newest_first[1..3]);
    }

    async fn every_refusal_says_what_where_and_why(db: Db) {
        let market = Market::open(db).await;
        let receiver = Receiver::start().await;
        let made = endpoint(&market.app, &market.vendor, &receiver, json!([])).await;
        market.case("MK-1", "1").await;
        receiver.always(crate::harness::Reply::of(500));
        market.app.work().await;
        let waiting = log(&market.app, &market.vendor, &made.id).await[0]["id"].clone();
        let (nothing, no_delivery) = (WebhookEndpointId::generate().to_string(), WebhookDeliveryId::generate().to_string());
        let long = |length: usize| "x".repeat(length);
        let create = |url: &str| json!({ "url": url });
        let change = |field: &str, value: Value| {
            let mut input = json!({ "id": made.id });
            input[field] = value;
            input
        };
        let mut calls = vec![
            (&market.alma, "webhookEndpointCreate", create(&receiver.url)),
            (&market.vendor, "webhookEndpointCreate", create("")),
            (&market.vendor, "webhookEndpointCreate", create("nonsense")),
            (&market.vendor, "webhookEndpointCreate", create("ftp://shop.example.com/")),
            (&market.vendor, "webhookEndpointCreate", create(&format!("https://shop.example.com/{}", long(2_000)))),
            (&market.vendor, "webhookEndpointCreate", json!({ "url": receiver.url, "description": long(201), "eventTypes": ["CASE_OPENED", "CASE_OPENED"] })),
            (&market.vendor, "webhookEndpointUpdate", change("url", json!("https://a:b@shop.example.com/"))),
            (&market.vendor, "webhookEndpointUpdate", change("description", json!(" "))),
            (&market.vendor, "webhookEndpointUpdate", change("eventTypes", json!(["CASE_OPENED", "CASE_OPENED"]))),
            (&market.vendor, "webhookEndpointUpdate", change("state", json!("GONE"))),
            (&market.vendor, "webhookDeliveryReplay", json!({ "id": waiting })),
        ];
        for (mutation, input) in manage(&nothing, &no_delivery) {
            calls.push((&market.vendor, mutation, input.clone()));
            calls.push((&market.alma, mutation, input));
        }
        let before = market.app.raw(&market.operator, ALL, json!({})).await;
        let mut table = String::new();
        for (token, mutation, input) in calls {
            let payload = market.app.try_act(token, mutation, "__typename", input).await;
            let errors = payload["userErrors"].as_array().unwrap();
            assert!(!errors.is_empty(), "{mutation} was not refused");
            for error in errors {
                let path: Vec<_> = error["field"].as_array().into_iter().flatten().map(|part| part.as_str().unwrap()).collect();
                writeln!(table, "{mutation:<29}{:<13}{:<13}{}", path.join("."), error["code"].as_str().unwrap(), error["message"].as_str().unwrap()).unwrap();
            }
            assert_eq!(market.app.raw(&market.operator, ALL, json!({})).await, before, "{mutation} was refused and changed something");
        }
        for number in 1..20 {
            endpoint(&market.app, &market.vendor, &receiver, json!([])).await;
            assert!(number < 20);
        }
        let one_more = market.app.try_act(&market.vendor, "webhookEndpointCreate", "secret", create(&receiver.url)).await;
        writeln!(table, "the twenty-first: {}", one_more["userErrors"][0]["message"]).unwrap();
        endpoint(&market.app, &market.operator, &receiver, json!([])).await;
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!("webhook_refusals", table);
        });
    }
}

/// Every call about an endpoint that is there already.
fn manage(endpoint: &str, delivery: &str) -> Vec<(&'static str, Value)> {
    vec![
        ("webhookEndpointUpdate", json!({ "id": endpoint, "description": "mine" })),
        ("webhookEndpointRotateSecret", json!({ "id": endpoint })),
        ("webhookEndpointSendTest", json!({ "id": endpoint })),
        ("webhookEndpointReplay", json!({ "id": endpoint, "since": "2026-11-01T00:00:00Z" })),
        ("webhookDeliveryReplay", json!({ "id": delivery })),
        ("webhookEndpointDelete", json!({ "id": endpoint })),
    ]
}
