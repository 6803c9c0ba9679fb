//! Endpoints that work: told what their maker may see, signed, filtered, switched off and on, tried out.

use chrono::TimeDelta;
use serde_json::{Value, json};
use trilogue::domain::parties::{Role, View};
use trilogue::domain::tickets::HelpdeskKind;

use super::{Market, endpoint, ids, log, state};
use crate::harness::{Db, Receiver, Reply, Story, in_both_products, on_both_databases};

/// A ticket comes in, the seller answers, operator and seller talk in private: the vendor hears what the buyer may know.
async fn the_main_job(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let (vendor, operator) = (Receiver::start().await, Receiver::start().await);
    let vendors = endpoint(&story.app, &story.vendor, &vendor, json!([])).await;
    let operators = endpoint(&story.app, &story.operator, &operator, json!([])).await;
    let (ticket, thread) = story.ticket_and_thread().await;
    story.post(&story.seller, &thread, "Il part demain.").await;
    let case = story.case(ticket, "id reference").await;
    let private =
        story.app.act(&story.operator, "threadOpen", "thread { id }", json!({ "caseIds": [case["id"]], "kind": "OPERATOR_SELLER" })).await;
    story.post(&story.operator, private["thread"]["id"].as_str().unwrap(), "Entre nous").await;
    story.desk.settle(&story.app).await;

    let timeline = "query($id: ID!) { case(by: { id: $id }) { timeline(first: 100) { nodes { id } } } }";
    for (token, receiver, endpoint) in [(&story.vendor, &vendor, &vendors), (&story.operator, &operator, &operators)] {
        let seen = story.app.ask(token, timeline, json!({ "id": case["id"] })).await;
        let seen: Vec<_> = seen["case"]["timeline"]["nodes"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect();
        let heard = receiver.heard();
        assert_eq!(json!(ids(&heard)), json!(seen), "exactly what the timeline shows, in its order, once");
        for one in &heard {
            assert!(one.is_signed_with(&endpoint.secret));
            assert_eq!(one.is_signed_with(&operators.secret), endpoint.id == operators.id, "each with its own secret");
            let body = one.body();
            assert_eq!((&body["data"]["eventId"], &body["data"]["caseReference"]), (&json!(one.id), &case["reference"]));
            assert_eq!(body["data"]["caseId"], case["id"]);
            for secret in ["Entre nous", "demain", "colis", "marie", "Marie", "Alma", "token", "number"] {
                assert!(!one.text.contains(secret), "{secret} in {}", one.text);
            }
        }
        let log = log(&story.app, token, &endpoint.id).await;
        assert!(log.iter().all(|row| row["state"] == "DELIVERED" && row["attempts"][0]["status"] == 204), "{log:#?}");
    }
    let types: Vec<_> = vendor.heard().iter().map(|heard| heard.body()["type"].as_str().unwrap().to_owned()).collect();
    assert!(types.contains(&"case.opened".to_owned()) && types.contains(&"case.message_posted".to_owned()), "{types:?}");
    assert!(!vendor.heard().iter().any(|heard| heard.text.contains(private["thread"]["id"].as_str().unwrap())));
    assert!(operator.heard().iter().any(|heard| heard.body()["type"] == "case.ticket_linked"));
}

in_both_products! {
    everybody_is_told_what_they_may_see => the_main_job;
}

on_both_databases! {
    async fn an_endpoint_hears_of_what_comes_after_it_and_of_what_it_asked_for(db: Db) {
        let market = Market::open(db).await;
        let receiver = Receiver::start().await;
        let case = market.case("MK-1", "before").await;
        let made = endpoint(&market.app, &market.vendor, &receiver, json!(["PRIORITY_CHANGED", "CASE_ESCALATED"])).await;
        market.app.work().await;
        assert_eq!(ids(&receiver.take()), Vec::<String>::new(), "nothing of before");

        market.app.act(&market.operator, "casePrioritize", "case { id }", json!({ "caseId": case, "priority": "HIGH" })).await;
        market.case("MK-1", "after").await;
        market.app.work().await;
        let heard = receiver.take();
        assert_eq!(heard.len(), 1, "{heard:#?}");
        assert_eq!(heard[0].body()["type"], "case.priority_changed");
        assert_eq!((&heard[0].body()["data"]["from"], &heard[0].body()["data"]["to"]), (&json!("NORMAL"), &json!("HIGH")));
        assert_eq!(heard[0].body()["data"]["actor"], json!({ "kind": "OPERATOR", "party": "OPERATOR" }));

        // Off: what happens now is never told, not even when it is on again.
        let switch = async |state: &str| {
            let input = json!({ "id": made.id, "state": state, "eventTypes": [] });
            market.app.act(&market.vendor, "webhookEndpointUpdate", "endpoint { state stateReason eventTypes }", input).await["endpoint"].clone()
        };
        assert_eq!(switch("DISABLED").await, json!({ "state": "DISABLED", "stateReason": "it was switched off", "eventTypes": [] }));
        market.case("MK-2", "meanwhile").await;
        market.app.work().await;
        market.case("MK-2", "not yet looked at").await;
        assert_eq!(switch("ENABLED").await["stateReason"], Value::Null);
        market.app.work().await;
        assert_eq!(receiver.take().len(), 0);
        let position = market.position().await;
        market.case("MK-2", "again").await;
        market.app.work().await;
        assert_eq!(ids(&receiver.take()), market.events(View::Storefront, position).await);

        let gone = market.app.act(&market.vendor, "webhookEndpointDelete", "deletedId", json!({ "id": made.id })).await;
        assert_eq!(gone["deletedId"], json!(made.id));
        market.case("MK-2", "late").await;
        market.app.work().await;
        assert_eq!(receiver.take().len(), 0);
        assert_eq!(state(&market.app, &market.vendor, &made.id).await, Value::Null);
        assert_eq!(log(&market.app, &market.vendor, &made.id).await, Vec::<Value>::new());
    }

    async fn what_waits_for_an_endpoint_that_is_switched_off_is_given_up(db: Db) {
        let market = Market::open(db).await;
        let receiver = Receiver::start().await;
        let made = endpoint(&market.app, &market.vendor, &receiver, json!(["CASE_OPENED"])).await;
        receiver.always(Reply::of(500));
        for key in ["1", "2", "3"] {
            market.case("MK-1", key).await;
        }
        market.app.work().await;
        assert_eq!(receiver.take().len(), 1, "the others wait for the first");
        market.app.act(&market.vendor, "webhookEndpointUpdate", "endpoint { id }", json!({ "id": made.id, "state": "DISABLED" })).await;
        market.app.advance(TimeDelta::days(10));
        market.app.work().await;
        assert_eq!(receiver.take().len(), 0);
        let rows = log(&market.app, &market.vendor, &made.id).await;
        assert!(rows.iter().all(|row| row["state"] == "FAILED" && row["lastError"] == "the endpoint is off: it was switched off"), "{rows:#?}");

        let since = json!({ "id": made.id, "since": "2026-11-22T09:00:00Z" });
        let refused = market.app.try_act(&market.vendor, "webhookEndpointReplay", "replayedCount", since.clone()).await;
        assert_eq!(refused["userErrors"][0]["message"], "The endpoint is off; enable it first.");
        market.app.act(&market.vendor, "webhookEndpointUpdate", "endpoint { id }", json!({ "id": made.id, "state": "ENABLED" })).await;
        receiver.always(Reply::of(200));
        market.app.work().await;
        assert_eq!(receiver.take().len(), 0, "nothing is replayed by itself");
        let done = market.app.act(&market.vendor, "webhookEndpointReplay", "replayedCount", since).await;
        assert_eq!(done["replayedCount"], 3);
        market.app.work().await;
        let heard = receiver.take();
        let expected: Vec<_> = rows.iter().map(|row| row["eventId"].as_str().unwrap().to_owned()).collect();
        assert_eq!(ids(&heard), expected, "in the order of the timeline");
        let one = market.app.act(&market.vendor, "webhookDeliveryReplay", "delivery { state }", json!({ "id": rows[1]["id"] })).await;
        assert_eq!(one["delivery"]["state"], "PENDING");
        market.app.work().await;
        assert_eq!(ids(&receiver.take()), expected[1..2], "under the same id as before");
    }

    async fn both_secrets_sign_for_a_day(db: Db) {
        let market = Market::open(db).await;
        let receiver = Receiver::start().await;
        let made = endpoint(&market.app, &market.vendor, &receiver, json!(["CASE_OPENED"])).await;
        let rotated = market.app.act(&market.vendor, "webhookEndpointRotateSecret", "secret endpoint { id }", json!({ "id": made.id })).await;
        let second = rotated["secret"].as_str().unwrap().to_owned();
        assert_ne!(second, made.secret);
        for (wait, old_signs) in [(TimeDelta::hours(23), true), (TimeDelta::hours(2), false)] {
            market.app.advance(wait);
            market.case("MK-1", &wait.to_string()).await;
            market.app.work().await;
            let heard = receiver.take().remove(0);
            assert!(heard.is_signed_with(&second));
            assert_eq!(heard.is_signed_with(&made.secret), old_signs, "after {wait}");
            assert_eq!(heard.signatures.len(), 1 + usize::from(old_signs));
            assert_eq!(heard.at, market.app.cx.now().timestamp().to_string());
        }
        // However often: the header does not grow without end, and the newest secret signs.
        let mut newest = String::new();
        for _ in 0..5 {
            let rotated = market.app.act(&market.vendor, "webhookEndpointRotateSecret", "secret", json!({ "id": made.id })).await;
            rotated["secret"].as_str().unwrap().clone_into(&mut newest);
        }
        market.case("MK-1", "often").await;
        market.app.work().await;
        let heard = receiver.take().remove(0);
        assert!(heard.signatures.len() == 3 && heard.is_signed_with(&newest));
    }

    async fn a_test_goes_at_once_and_once(db: Db) {
        let market = Market::open(db).await;
        let receiver = Receiver::start().await;
        let made = endpoint(&market.app, &market.vendor, &receiver, json!([])).await;
        receiver.always(Reply::of(500));
        market.case("MK-1", "stuck").await;
        market.app.work().await;
        receiver.take();
        let look = "query($id: ID!) { node(id: $id) { ... on WebhookDelivery { state eventType eventId lastError attempts { status } } } }";
        for (reply, outcome, error) in [(500, "FAILED", json!("answered 500")), (204, "DELIVERED", Value::Null)] {
            receiver.next(Reply::of(reply));
            // Two, asked for in the same moment.
            let first = market.app.act(&market.vendor, "webhookEndpointSendTest", "delivery { id state }", json!({ "id": made.id })).await;
            assert_eq!(first["delivery"]["state"], "PENDING");
            market.app.work().await;
            let heard = receiver.take();
            assert_eq!(heard.len(), 1, "whatever else waits");
            assert!(heard[0].is_signed_with(&made.secret));
            assert_eq!((&heard[0].body()["type"], &heard[0].body()["data"]), (&json!("webhook.test"), &json!({ "endpointId": made.id })));
            let seen = market.app.ask(&market.vendor, look, json!({ "id": first["delivery"]["id"] })).await["node"].clone();
            assert_eq!(
                seen,
                json!({ "state": outcome, "eventType": "webhook.test", "eventId": null, "lastError": error, "attempts": [{ "status": reply }] })
            );
        }
        for _ in 0..2 {
            market.app.act(&market.vendor, "webhookEndpointSendTest", "delivery { id }", json!({ "id": made.id })).await;
        }
        market.app.work().await;
        assert_eq!(receiver.take().len(), 2);
    }

    async fn marketplaces_hear_nothing_of_each_other(db: Db) {
        let market = Market::open(db).await;
        let (here, there) = (Receiver::start().await, Receiver::start().await);
        endpoint(&market.app, &market.operator, &here, json!([])).await;
        let other = market.app.another_marketplace("souk").await;
        let stranger = market.app.token_in(&other, Role::Operator, None).await;
        endpoint(&market.app, &stranger, &there, json!([])).await;
        market.case("MK-1", "1").await;
        market.app.work().await;
        assert_eq!(ids(&here.take()), market.events(View::Whole, 0).await);
        assert_eq!(there.take().len(), 0);
    }
}
