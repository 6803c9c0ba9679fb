//! Promises: warned of, missed, paused, waived; and what silence does.

use chrono::TimeDelta;
use serde_json::{Value, json};
use trilogue::demo::peer::{Audience, TicketState};
use trilogue::domain::tickets::HelpdeskKind;

use crate::harness::{Db, Story, in_both_products, on_both_databases};

const DEADLINES: &str = "status owner outcome replyNeededSince deadlines { promise party state dueAt }";

async fn pass(story: &Story, hours: i64) {
    story.app.advance(TimeDelta::hours(hours));
    story.desk.settle(&story.app).await;
}

/// What happened in a ticket's case, by type, as a viewer sees it.
async fn told(story: &Story, token: &str, ticket: u64) -> Vec<String> {
    let id = story.case(ticket, "id").await["id"].clone();
    let query = "query($id: ID!) { node(id: $id) { ... on Case { timeline(first: 100) { nodes { __typename
        ... on DeadlineNearEvent { promise party } ... on DeadlineMissedEvent { promise party } } } } } }";
    let seen = story.app.ask(token, query, json!({ "id": id })).await;
    let item = |item: &Value| {
        let name = item["__typename"].as_str().unwrap().trim_end_matches("Event");
        let party = |party: &Value| party.as_str().map(|party| format!(" {} {party}", item["promise"].as_str().unwrap()));
        format!("{name}{}", party(&item["party"]).unwrap_or_default())
    };
    seen["node"]["timeline"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(item)
        .filter(|name| name.starts_with("Deadline") || name.contains("Escalated"))
        .collect()
}

on_both_databases! {
    async fn the_seller_is_warned_then_the_case_goes_to_the_operator_who_is_measured_too(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let ticket = story.ticket().await;
        pass(&story, 36).await;
        assert_eq!(told(&story, &story.seller, ticket).await, ["DeadlineNear FIRST_REPLY SELLER"]);
        pass(&story, 12).await;
        assert_eq!(told(&story, &story.seller, ticket).await, ["DeadlineNear FIRST_REPLY SELLER", "DeadlineMissed FIRST_REPLY SELLER", "CaseEscalated"]);
        pass(&story, 200).await;
        let operator = ["DeadlineNear FIRST_REPLY SELLER", "DeadlineMissed FIRST_REPLY SELLER", "CaseEscalated", "DeadlineMissed FIRST_REPLY OPERATOR"];
        assert_eq!(told(&story, &story.operator, ticket).await, operator);
        assert_eq!(told(&story, &story.seller, ticket).await.len(), 3, "the operator's promises are not the seller's to read");
        assert_eq!(told(&story, &story.vendor, ticket).await, ["CaseEscalated"], "nor anybody's the buyer's");
        pass(&story, 200).await;
        assert_eq!(told(&story, &story.operator, ticket).await[4..], ["DeadlineMissed RESOLUTION OPERATOR"]);
        let case = story.case(ticket, DEADLINES).await;
        assert_eq!(case["deadlines"][0]["state"], "MISSED");
    }

    async fn a_question_stops_the_clocks_until_the_answer(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let ticket = story.ticket().await;
        let id = story.case(ticket, "id").await["id"].clone();
        pass(&story, 40).await;
        let asked = story.app.act(&story.seller, "caseAskClarification", "case { status }", json!({ "caseId": id, "text": "De quel colis parlez-vous ?" })).await;
        assert_eq!(asked["case"]["status"], "AWAITING_CLARIFICATION");
        story.desk.settle(&story.app).await;
        assert_eq!(story.desk.sim.ticket(ticket).unwrap().state, TicketState::Pending);
        assert!(story.desk.sim.comments(ticket).pop().unwrap().text.contains("De quel colis"), "the buyer was asked");
        let case = story.case(ticket, DEADLINES).await;
        let states: Vec<_> = case["deadlines"].as_array().unwrap().iter().map(|one| (one["promise"].clone(), one["state"].clone(), one["dueAt"].clone())).collect();
        assert_eq!(states, [(json!("FIRST_REPLY"), json!("PAUSED"), Value::Null), (json!("RESOLUTION"), json!("PAUSED"), Value::Null)]);
        pass(&story, 100).await;
        story.desk.sim.comment(ticket, &story.buyer, "Le grand.", Audience::Public).unwrap();
        story.desk.settle(&story.app).await;
        let case = story.case(ticket, DEADLINES).await;
        assert_eq!(case["status"], "WAITING_SELLER");
        let due: chrono::DateTime<chrono::Utc> = case["deadlines"][0]["dueAt"].as_str().unwrap().parse().unwrap();
        let left = (due - story.app.cx.now()).num_minutes();
        assert!((7 * 60..=8 * 60).contains(&left), "8 hours were left of it: {left} minutes");
    }

    async fn silence_settles_and_closes_and_a_late_word_opens_a_new_case(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let ticket = story.ticket().await;
        let first = story.case(ticket, "id").await["id"].clone();
        let thread = story.thread(ticket, "SELLER_BUYER").await;
        story.post(&story.seller, &thread, "Il arrive demain.").await;
        story.desk.settle(&story.app).await;
        pass(&story, 7 * 24).await;
        let case = story.case(ticket, DEADLINES).await;
        assert_eq!((&case["status"], &case["outcome"], &case["deadlines"]), (&json!("RESOLVED"), &json!("BUYER_SILENT"), &json!([])));
        assert_eq!(story.desk.sim.ticket(ticket).unwrap().state, TicketState::Solved);
        pass(&story, 14 * 24).await;
        assert_eq!(story.case(ticket, DEADLINES).await["status"], "CLOSED");
        story.desk.sim.comment(ticket, &story.buyer, "Toujours rien !", Audience::Public).unwrap();
        story.desk.settle(&story.app).await;
        let next = story.case(ticket, "id status").await;
        assert!(next["id"] != first && next["status"] == "WAITING_SELLER", "{next}");
    }

    async fn a_sellers_holiday_does_not_count(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let closures = json!({ "closures": [{ "first": "2026-11-23", "last": "2026-11-29", "label": "Congés" }] });
        let set = story.app.act(&story.seller, "sellerSetClosures", "seller { closures { first last label } }", closures).await;
        assert_eq!(set["seller"]["closures"], json!([{ "first": "2026-11-23", "last": "2026-11-29", "label": "Congés" }]));
        let ticket = story.ticket().await;
        assert_eq!(story.case(ticket, "awaiting { dueAt }").await["awaiting"]["dueAt"], "2026-12-01T09:00:00+00:00", "48 hours and a week");
        let far = json!({ "closures": [{ "first": "2026-11-23", "last": "2027-06-29" }] });
        let backwards = json!({ "closures": [{ "first": "2026-11-23", "last": "2026-11-01" }] });
        let many: Vec<_> = (0..51).map(|_| json!({ "first": "2026-11-23", "last": "2026-11-23" })).collect();
        for (token, input, code) in [
            (&story.seller, far, "INVALID"),
            (&story.seller, backwards, "INVALID"),
            (&story.seller, json!({ "closures": many }), "TOO_MANY"),
            (&story.operator, json!({ "closures": [] }), "NOT_ALLOWED"),
        ] {
            let refused = story.app.try_act(token, "sellerSetClosures", "seller { id }", input).await;
            assert_eq!(refused["userErrors"][0]["code"], code);
        }
    }

    async fn nobody_says_afterwards_that_it_was_away(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let set = async |closures: Value| {
            let done = story.app.try_act(&story.seller, "sellerSetClosures", "seller { closures { first last } }", json!({ "closures": closures })).await;
            done["userErrors"][0]["field"].as_array().map_or_else(|| done["seller"]["closures"].clone(), |field| json!(field))
        };
        let today = story.app.cx.now().with_timezone(&chrono_tz::Europe::Paris).date_naive();
        let day = |days: i64| (today + TimeDelta::days(days)).to_string();
        let away = |first: i64, last: i64| json!({ "first": day(first), "last": day(last) });
        assert_eq!(set(json!([away(3, 4), away(-1, 2)])).await, json!(["closures", "1", "first"]), "yesterday somebody was there");
        assert_eq!(set(json!([away(0, 6)])).await, json!([away(0, 6)]), "from today on");
        story.app.advance(TimeDelta::days(3));
        // Three days of it are over.
        assert_eq!(set(json!([away(20, 20)])).await, json!([away(0, 2), away(20, 20)]), "which stay as they were");
        assert_eq!(set(json!([away(0, 4)])).await, json!([away(0, 2), away(3, 4)]), "who sends all of it back is understood");
        assert_eq!(set(json!([])).await, json!([away(0, 2)]));
    }
}

async fn thanks(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let ticket = story.ticket().await;
    let id = story.case(ticket, "id").await["id"].clone();
    let thread = story.thread(ticket, "SELLER_BUYER").await;
    story.post(&story.seller, &thread, "Il arrive demain.").await;
    story.desk.settle(&story.app).await;
    story.desk.sim.comment(ticket, &story.buyer, "Merci !", Audience::Public).unwrap();
    story.desk.settle(&story.app).await;
    assert!(story.case(ticket, DEADLINES).await["replyNeededSince"].is_string());
    let waived = story
        .app
        .act(&story.seller, "caseMarkNoReplyNeeded", "case { status replyNeededSince }", json!({ "caseId": id, "reason": "Un merci" }))
        .await;
    assert_eq!(waived["case"], json!({ "status": "WAITING_BUYER", "replyNeededSince": null }));
    story.desk.settle(&story.app).await;
    assert_eq!(story.desk.sim.ticket(ticket).unwrap().state, TicketState::Pending);
    pass(&story, 100).await;
    assert_eq!(told(&story, &story.operator, ticket).await, Vec::<String>::new(), "nobody is measured by it");
    let refused =
        story.app.try_act(&story.seller, "caseMarkNoReplyNeeded", "case { id }", json!({ "caseId": id, "reason": "Encore" })).await;
    assert_eq!(refused["userErrors"][0]["code"], "NOT_IN_THIS_STATE");
    let refused = story.app.try_act(&story.seller, "caseMarkNoReplyNeeded", "case { id }", json!({ "caseId": id, "reason": " " })).await;
    assert_eq!(refused["userErrors"][0]["code"], "LENGTH");
    let foreign =
        story.app.try_act(&story.other_seller, "caseMarkNoReplyNeeded", "case { id }", json!({ "caseId": id, "reason": "Encore" })).await;
    assert_eq!(foreign["userErrors"][0]["code"], "NOT_FOUND");
}

in_both_products! {
    thanks_need_no_answer => thanks;
}
