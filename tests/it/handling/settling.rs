//! How cases end: with a resolution that the playbook allows, with last words, and with the mediator's contact where the
//! operator can do no more.

use serde_json::{Value, json};
use trilogue::domain::charter::{Charter, Mediator};
use trilogue::domain::tickets::HelpdeskKind;

use crate::harness::{Db, Story, in_both_products, on_both_databases};

fn with_mediator() -> Charter {
    let mediator = Mediator { name: "Médiation Test".into(), url: "https://mediateur.example".into(), address: None };
    Charter { mediator: Some(mediator), ..Charter::default() }
}

async fn powerless(db: Db, kind: HelpdeskKind) {
    let story = Story::begin_with(db, kind, with_mediator()).await;
    let ticket = story.ticket().await;
    let id = story.case(ticket, "id").await["id"].clone();
    let end = |text: Value| json!({ "caseId": id, "outcome": "OPERATOR_CANNOT_INTERVENE", "text": text });
    for (token, input, field, code) in [
        (&story.operator, end(Value::Null), "text", "INVALID"),
        (&story.operator, end(json!(" ")), "text", "LENGTH"),
        (&story.seller, end(json!("Non.")), "outcome", "NOT_ALLOWED"),
        (&story.operator, end(json!("Nous ne pouvons pas.")), "text", "ESCALATE_FIRST"),
    ] {
        let refused = story.app.try_act(token, "caseResolve", "case { id }", input).await;
        assert_eq!((&refused["userErrors"][0]["field"], &refused["userErrors"][0]["code"]), (&json!([field]), &json!(code)));
    }
    story.app.act(&story.operator, "caseEscalate", "case { id }", json!({ "caseId": id, "reason": "DISAGREEMENT" })).await;
    let ended = story.app.act(&story.operator, "caseResolve", "case { status outcome }", end(json!("Nous ne pouvons pas."))).await;
    assert_eq!(ended["case"], json!({ "status": "RESOLVED", "outcome": "OPERATOR_CANNOT_INTERVENE" }));
    story.desk.settle(&story.app).await;
    let last = story.desk.sim.comments(ticket).pop().unwrap().text;
    assert!(
        last.contains("Nous ne pouvons pas.") && last.contains("Médiation Test") && last.contains("https://mediateur.example"),
        "{last}"
    );
}

in_both_products! {
    where_the_operator_can_do_no_more_the_buyer_is_told_whom_to_turn_to => powerless;
}

on_both_databases! {
    async fn a_case_ends_as_its_playbook_allows(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let ticket = story.ticket().await;
        let id = story.case(ticket, "id").await["id"].clone();
        let named = story.app.act(&story.seller, "caseNameReason", "case { reason { allowedResolutions } missingFields }", json!({ "caseId": id, "reason": "damaged" })).await;
        assert_eq!(named["case"]["missingFields"], json!(["ORDER_LINE"]));
        let end = |resolution: &str| json!({ "caseId": id, "resolution": resolution, "text": "Une autre part demain." });
        let refused = story.app.try_act(&story.seller, "caseResolve", "case { id }", end("CANCELLATION")).await;
        assert_eq!(refused["userErrors"][0]["field"], json!(["resolution"]));
        for outcome in ["BUYER_SILENT", "MERGED"] {
            let refused = story.app.try_act(&story.operator, "caseResolve", "case { id }", json!({ "caseId": id, "outcome": outcome })).await;
            assert_eq!(refused["userErrors"][0]["code"], "NOT_ALLOWED", "only Trilogue says {outcome}");
        }
        let ended = story.app.act(&story.seller, "caseResolve", "case { status outcome resolution }", end("REPLACEMENT")).await;
        assert_eq!(ended["case"], json!({ "status": "RESOLVED", "outcome": "SOLVED", "resolution": "REPLACEMENT" }));
        story.desk.settle(&story.app).await;
        assert!(story.desk.sim.comments(ticket).pop().unwrap().text.contains("Une autre part demain."));
        let timeline = "query($id: ID!) { node(id: $id) { ... on Case { timeline(last: 20) { nodes { ... on CaseResolvedEvent { outcome resolution } } } } } }";
        let told = story.app.ask(&story.vendor, timeline, json!({ "id": id })).await;
        assert!(told.to_string().contains("\"resolution\":\"REPLACEMENT\""), "{told}");

        let closed = story.app.act(&story.operator, "caseClose", "case { status resolution }", json!({ "caseId": id })).await;
        assert_eq!(closed["case"], json!({ "status": "CLOSED", "resolution": "REPLACEMENT" }));
        for (mutation, input) in [
            ("caseClose", json!({ "caseId": id })),
            ("caseReopen", json!({ "caseId": id })),
            ("caseAskClarification", json!({ "caseId": id, "text": "Quoi ?" })),
            ("caseNameReason", json!({ "caseId": id, "reason": "late" })),
        ] {
            let refused = story.app.try_act(&story.operator, mutation, "case { id }", input).await;
            assert_eq!(refused["userErrors"][0]["code"], "NOT_IN_THIS_STATE", "{mutation}");
        }
    }
}
