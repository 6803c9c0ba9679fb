//! What happens out of a viewer's sight leaves no trace in what they read: no time, no cursor, no order, no count.

use chrono::TimeDelta;
use serde_json::json;
use trilogue::demo::peer::Audience;
use trilogue::domain::tickets::HelpdeskKind;

use crate::harness::{Story, on_both_databases};

/// Everything that could move, byte for byte.
const EVERYTHING: &str = "{ cases { pageInfo { startCursor endCursor hasNextPage } edges { cursor node {
    id reference status updatedAt awaiting { since dueAt } availableActions
    threads { id unreadCount viewerCanPost participants { id right } messages { pageInfo { endCursor hasNextPage } nodes { id text } } }
    timeline(first: 30) { pageInfo { endCursor hasNextPage } nodes { id at } } } } } }";

on_both_databases! {
    async fn hidden_things_move_nothing(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let (app, sim) = (&story.app, &story.desk.sim);
        let older = story.ticket().await;
        let agent = sim.add_agent("Ines Moreau");
        let case = story.case(older, "id").await["id"].clone();
        let open = async |kind: &str| {
            let input = json!({ "caseIds": [case], "kind": kind });
            app.act(&story.operator, "threadOpen", "thread { id }", input).await["thread"]["id"].as_str().unwrap().to_owned()
        };
        let (with_buyer, with_seller) = (open("OPERATOR_BUYER").await, open("OPERATOR_SELLER").await);
        story.post(&story.operator, &with_buyer, "Avant le vendeur").await;
        story.post(&story.operator, &with_seller, "Entre nous").await;
        story.desk.settle(app).await;
        app.advance(TimeDelta::minutes(10));
        story.ticket().await;

        let see = async |token: &str| app.raw(token, EVERYTHING, json!({})).await;
        let unmoved = async |token: &str, before: &str, what: &str| {
            app.advance(TimeDelta::minutes(1));
            story.desk.settle(app).await;
            assert_eq!(see(token).await, before, "{what}");
        };
        let (seller, vendor) = (see(&story.seller).await, see(&story.vendor).await);
        let other = see(&story.other_seller).await;
        app.advance(TimeDelta::minutes(1));

        story.post(&story.operator, &with_seller, "Toujours entre nous").await;
        unmoved(&story.vendor, &vendor, "private talk of operator and seller moved what the buyer's side sees").await;
        let seller_after = see(&story.seller).await;
        assert_ne!(seller_after, seller, "the seller sees what is meant for the seller");
        let comes_first = |list: &str| list.find("C-1001") < list.find("C-1002");
        assert!(!comes_first(&seller) && comes_first(&seller_after), "and the case comes first");

        let seller = seller_after;
        app.act(&story.operator, "messagePost", "message { id }", json!({ "threadId": with_buyer, "text": "Entre acheteur et nous", "idempotencyKey": "1" })).await;
        unmoved(&story.seller, &seller, "talk of operator and buyer moved what the seller sees").await;
        let vendor = see(&story.vendor).await;
        sim.comment(older, &agent, "Note interne", Audience::Internal).unwrap();
        unmoved(&story.seller, &seller, "an internal note moved what the seller sees").await;
        unmoved(&story.vendor, &vendor, "an internal note moved what the buyer's side sees").await;

        // From here on the seller is in, but what was said before stays out of sight, and so does what becomes of it.
        let input = json!({ "threadId": with_buyer, "party": "SELLER", "right": "FOLLOW", "history": "HIDDEN" });
        app.act(&story.operator, "participantAdd", "participant { id }", input).await;
        story.desk.settle(app).await;
        let seller = see(&story.seller).await;
        let comment = sim.comments(older).into_iter().find(|comment| comment.text.contains("Avant le vendeur")).unwrap();
        sim.redact_comment(older, comment.number, "vendeur").unwrap();
        unmoved(&story.seller, &seller, "a redaction of words from before moved what the seller sees").await;
        let redacted = app.ask(&story.operator, "query($id: ID!) { node(id: $id) { ... on Thread { messages { nodes { redactedAt } } } } }", json!({ "id": with_buyer })).await;
        assert!(!redacted["node"]["messages"]["nodes"][0]["redactedAt"].is_null(), "the redaction did not come through: {redacted:#}");

        assert_eq!(see(&story.other_seller).await, other, "another seller's list moved");
    }
}
