//! Buyers who act for themselves, by a token that the marketplace hands them.
#![expect(clippy::unwrap_used, reason = "what tests share stops as the tests themselves do")]

use chrono::TimeDelta;
use serde_json::{Value, json};
use trilogue::domain::ids::OrderId;
use trilogue::domain::tickets::HelpdeskKind;

use crate::harness::{Socket, Story, on_both_databases, order};

const FOLLOW: &str = "subscription($id: ID!) { caseTimelineItemAdded(caseId: $id) { id } }";

/// A token of somebody else, who placed an order with the same seller.
pub(crate) async fn another(story: &Story) -> String {
    let mut theirs = order("OTHER-1", "alma");
    theirs["buyerEmail"] = json!("paul@example.org");
    story.app.act(&story.vendor, "ordersUpsert", "orders { id }", json!({ "orders": [theirs] })).await;
    let input = json!({ "orderId": story.order_id("OTHER-1").await });
    story.app.act(&story.vendor, "buyerAdmit", "token", input).await["token"].as_str().unwrap().to_owned()
}

async fn knows(story: &Story, token: &str, id: &str) -> bool {
    let answer = story.app.ask(token, "query($id: ID!) { node(id: $id) { id } }", json!({ "id": id })).await;
    answer["node"]["id"] == json!(id)
}

on_both_databases! {
    async fn a_buyer_sees_what_is_theirs_until_the_token_ends(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let ticket = story.ticket().await;
        let case = story.case(ticket, "id").await["id"].as_str().unwrap().to_owned();
        let (buyer, other) = (story.buyer_token().await, another(&story).await);
        let (own, theirs) = (story.order_id(crate::harness::ORDER).await, story.order_id("OTHER-1").await);

        let viewer = story.app.ask(&buyer, "{ viewer { role party name } }", json!({})).await;
        assert_eq!(viewer["viewer"], json!({ "role": "BUYER", "party": "BUYER", "name": "" }));
        assert!(knows(&story, &buyer, &own).await && knows(&story, &buyer, &case).await);
        assert!(!knows(&story, &buyer, &theirs).await, "the order of somebody else");
        assert!(knows(&story, &other, &theirs).await, "an order without any case");
        assert!(!knows(&story, &other, &own).await && !knows(&story, &other, &case).await);

        let socket = Socket::follow(&story.app.url, &buyer, FOLLOW, json!({ "id": case })).await;
        story.app.advance(TimeDelta::days(7));
        assert_eq!(socket.rest().await, (Vec::<Value>::new(), Some(4403)), "the socket ends with the token");
        let late = story.app.answer(&buyer, "{ viewer { role } }", json!({})).await;
        assert_eq!(late["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    }

    async fn who_may_admit_a_buyer_and_for_how_long(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let own = story.order_id(crate::harness::ORDER).await;
        let buyer = story.buyer_token().await;
        let mut nameless = order("NAMELESS", "alma");
        nameless["buyerEmail"] = Value::Null;
        story.app.act(&story.vendor, "ordersUpsert", "orders { id }", json!({ "orders": [nameless] })).await;
        let nameless = story.order_id("NAMELESS").await;
        let foreign = OrderId::generate().to_string();
        for (who, order, hours, code, field) in [
            (&story.seller, &own, Some(1), "NOT_ALLOWED", Value::Null),
            (&buyer, &own, Some(1), "NOT_ALLOWED", Value::Null),
            (&story.vendor, &own, Some(0), "INVALID", json!(["hours"])),
            (&story.vendor, &own, Some(1441), "INVALID", json!(["hours"])),
            (&story.operator, &foreign, None, "NOT_FOUND", json!(["orderId"])),
            (&story.operator, &nameless, None, "INVALID", json!(["orderId"])),
        ] {
            let refused = story.app.refuse(who, "buyerAdmit", "token", json!({ "orderId": order, "hours": hours })).await;
            assert_eq!((refused["code"].as_str().unwrap(), &refused["field"]), (code, &field), "{refused}");
        }
        let input = json!({ "orderId": own, "hours": 1 });
        let token = story.app.act(&story.operator, "buyerAdmit", "token expiresAt", input).await;
        let token = token["token"].as_str().unwrap();
        let forged = format!("{}0", &token[..token.len() - 1]);
        let answer = story.app.answer(&forged, "{ viewer { role } }", json!({})).await;
        assert!(token.ends_with('0') || answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED");
        story.app.advance(TimeDelta::minutes(59));
        assert_eq!(story.app.ask(token, "{ viewer { role } }", json!({})).await["viewer"]["role"], "BUYER");
        story.app.advance(TimeDelta::minutes(1));
        assert_eq!(story.app.answer(token, "{ viewer { role } }", json!({})).await["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    }
}
