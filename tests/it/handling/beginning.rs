//! How a case begins: acknowledged by a rule, which is no answer; as urgent as its words and its order make it.

use chrono::TimeDelta;
use serde_json::{Value, json};
use trilogue::demo::peer::{Audience, Opening, Urgency};
use trilogue::domain::charter::{Acknowledgement, Charter};
use trilogue::domain::tickets::HelpdeskKind;

use crate::harness::{Db, Story, in_both_products, on_both_databases};

async fn acknowledged(db: Db, kind: HelpdeskKind) {
    let story = Story::begin_with(db, kind, Charter { acknowledgement: Acknowledgement::On, ..Charter::default() }).await;
    let ticket = story.ticket().await;
    let case = story
        .case(
            ticket,
            "id reference status awaiting { dueAt } threads { kind messages(first: 9) { nodes { text author origin delivery } } }",
        )
        .await;
    let nodes = case["threads"][0]["messages"]["nodes"].as_array().unwrap().clone();
    assert_eq!(nodes.len(), 2, "once: {nodes:#?}");
    let words = &nodes[1];
    assert_eq!((&words["author"], &words["origin"], &words["delivery"]), (&json!("OPERATOR"), &json!("AUTOMATIC"), &json!("DELIVERED")));
    assert!(words["text"].as_str().unwrap().contains(case["reference"].as_str().unwrap()), "{words}");
    assert_eq!(story.desk.sim.comments(ticket).len(), 2, "the buyer has it");
    assert_eq!(
        (&case["status"], &case["threads"][0]["kind"]),
        (&json!("WAITING_SELLER"), &json!("SELLER_BUYER")),
        "it is no answer, and lets nobody in"
    );
    let due: chrono::DateTime<chrono::Utc> = case["awaiting"]["dueAt"].as_str().unwrap().parse().unwrap();
    assert!(due - story.app.cx.now() > TimeDelta::minutes(48 * 60 - 2), "the seller's clock runs from the buyer's words");
    story.app.advance(TimeDelta::minutes(5));
    story.desk.settle(&story.app).await;
    assert_eq!(story.desk.sim.comments(ticket).len(), 2, "and not again");
}

async fn urgent(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let triage = "priority triage { priority start causes { kind halfSteps } }";
    let calm = story.ticket().await;
    let before = story.case(calm, "priority").await["priority"].clone();
    let danger = story.desk.sim.open_ticket(&story.buyer, Opening::new("MK-1001", "La théière a pris feu, mon fils est brûlé."));
    story.desk.settle(&story.app).await;
    let case = story.case(danger, triage).await;
    assert_eq!(case["priority"], "URGENT");
    assert_eq!(case["triage"]["causes"][0], json!({ "kind": "SAFETY", "halfSteps": 6 }));
    assert_eq!(story.desk.sim.ticket(danger).unwrap().urgency, Some(Urgency::Urgent), "the ticket follows");

    story.desk.sim.comment(calm, &story.buyer, "Merci beaucoup, parfait.", Audience::Public).unwrap();
    story.desk.settle(&story.app).await;
    assert_eq!(story.case(calm, "priority").await["priority"], before, "kind words change nothing");
    let angry = "C'est une arnaque scandaleuse, service lamentable, je suis furieux et dégoûté, voleurs !";
    story.desk.sim.comment(calm, &story.buyer, angry, Audience::Public).unwrap();
    story.desk.settle(&story.app).await;
    let case = story.case(calm, triage).await;
    assert_eq!(case["priority"], "HIGH", "{case}");
    assert_eq!(case["triage"]["causes"][0]["kind"], "STRONGLY_NEGATIVE");
    story.desk.sim.comment(calm, &story.buyer, "Merci.", Audience::Public).unwrap();
    story.desk.settle(&story.app).await;
    assert_eq!(story.case(calm, "priority").await["priority"], "HIGH", "nothing but a person lowers it");
}

in_both_products! {
    a_new_case_is_acknowledged_once_and_not_answered => acknowledged;
    words_can_make_a_case_more_urgent_and_never_less => urgent;
}

on_both_databases! {
    async fn the_charter_says_what_is_urgent(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let rules = json!({ "starts": [{ "reason": "invoice", "priority": "HIGH" }], "highOrderTotal": { "amount": "50.00", "currencyCode": "EUR" } });
        let made = story.app.act(&story.operator, "charterPublish", "charter { effect triage { starts { reason priority } highOrderTotal { amount } } }", json!({ "charter": { "triage": rules } })).await;
        assert_eq!(made["charter"]["effect"], "TECHNICAL");
        assert_eq!(made["charter"]["triage"], json!({ "starts": [{ "reason": "invoice", "priority": "HIGH" }], "highOrderTotal": { "amount": "50.00" } }));
        let open = json!({ "subject": "Facture", "buyerName": "Marie Dupont", "buyerEmail": "marie@example.org", "text": "Bonjour",
            "orderReference": "MK-1001", "reason": "invoice", "idempotencyKey": "k" });
        let opened = story.app.act(&story.vendor, "caseOpen", "case { id priority triage { priority } }", open).await["case"].clone();
        assert_eq!((&opened["priority"], &opened["triage"]), (&json!("HIGH"), &Value::Null), "the vendor is not told why");
        let seen = story.app.ask(&story.operator, "query($id: ID!) { case(by: { id: $id }) { triage { start causes { kind } } } }", json!({ "id": opened["id"] })).await;
        assert_eq!(seen["case"]["triage"], json!({ "start": "HIGH", "causes": [{ "kind": "HIGH_TOTAL" }] }));
        for rules in [json!({ "starts": [{ "reason": "A b", "priority": "LOW" }] }), json!({ "highOrderTotal": { "amount": "x", "currencyCode": "EUR" } })] {
            let refused = story.app.try_act(&story.operator, "charterPublish", "charter { version }", json!({ "charter": { "triage": rules } })).await;
            assert_eq!(refused["userErrors"][0]["code"], "INVALID", "{refused}");
        }
    }
}
