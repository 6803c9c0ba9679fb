//! What buyers answer to the helpdesk's own survey: read in, kept beside ours, counted once.

use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::{Value, json};
use trilogue::demo::peer::Audience::Public;
use trilogue::demo::peer::{Mood, TicketState};
use trilogue::demo::zendesk::{Role as DeskRole, Surveys, WebhookMode, ZendeskOptions, ZendeskSim};
use trilogue::domain::charter::Charter;
use trilogue::domain::tickets::HelpdeskKind;
use trilogue::helpdesk::Credentials;
use trilogue::jobs;
use trilogue::workflow::measures;

use super::{SUBMITTED, token_of};
use crate::harness::{Db, Desk, SECRET, Story, TestApp, in_both_products, on_both_databases};

/// The case is resolved, and its ticket solved.
async fn resolved(story: &Story) -> (u64, Value) {
    let ticket = story.ticket().await;
    let case = story.case(ticket, "id").await["id"].clone();
    story.app.act(&story.operator, "caseResolve", "case { id }", json!({ "caseId": case })).await;
    story.desk.settle(&story.app).await;
    assert!(matches!(story.desk.sim.ticket(ticket).unwrap().state, TicketState::Solved));
    (ticket, case)
}

/// Some minutes later the helpdesk has been asked what changed.
async fn later(story: &Story) {
    story.desk.settle(&story.app).await;
    story.app.advance(TimeDelta::minutes(6));
    jobs::reconcile_now(&story.app.cx).await;
    story.desk.settle(&story.app).await;
}

async fn rating(story: &Story, ticket: u64) -> Value {
    story.case(ticket, "supportRating { source satisfaction text }").await["supportRating"].clone()
}

/// How often it was told that the support was rated.
async fn told(story: &Story, ticket: u64) -> usize {
    let case = story.case(ticket, "timeline(first: 100) { nodes { type: __typename } }").await;
    case["timeline"]["nodes"].as_array().unwrap().iter().filter(|event| event["type"] == "SupportRatedEvent").count()
}

/// The share of satisfied buyers, and of how many.
async fn csat(story: &Story) -> (Value, Value) {
    story.app.work().await;
    let query = "{ measures(from: \"2026-11-01\", to: \"2026-11-30\") { kpis(which: { kind: CSAT }) { value sample } } }";
    let found = story.app.ask(&story.operator, query, json!({})).await["measures"]["kpis"][0].clone();
    let differences = measures::check(&story.app.cx, story.app.marketplace.id).await.unwrap();
    assert!(differences.is_empty(), "{differences:#?}");
    (found["value"].clone(), found["sample"].clone())
}

async fn read_in(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let (ticket, _) = resolved(&story).await;
    later(&story).await;
    assert_eq!(rating(&story, ticket).await, Value::Null, "nobody said anything yet");

    story.desk.sim.rate(ticket, Mood::Happy, " Merci à tous ").unwrap();
    later(&story).await;
    assert_eq!(rating(&story, ticket).await, json!({ "source": "HELPDESK", "satisfaction": 5, "text": "Merci à tous" }));
    assert_eq!((csat(&story).await, told(&story, ticket).await), ((json!(100.0), json!(1)), 1));

    for _ in 0..2 {
        later(&story).await;
    }
    assert_eq!(told(&story, ticket).await, 1, "read again it is no news");

    story.desk.sim.rate(ticket, Mood::Unhappy, "Toujours rien reçu").unwrap();
    later(&story).await;
    assert_eq!(rating(&story, ticket).await, json!({ "source": "HELPDESK", "satisfaction": 1, "text": "Toujours rien reçu" }));
    assert_eq!((csat(&story).await, told(&story, ticket).await), ((json!(0.0), json!(1)), 2), "the buyer thought again");
    let seller =
        "query($by: CaseByInput!) { case(by: $by) { supportRating { satisfaction } timeline(first: 100) { nodes { type: __typename } } } }";
    let seen = story.app.ask(&story.seller, seller, json!({ "by": story.desk.key(ticket) })).await["case"].clone();
    assert_eq!(seen["supportRating"], Value::Null);
    assert!(!seen.to_string().contains("SupportRated"), "the operator's support is nothing of the seller's: {seen}");
}

async fn counted_once(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let (ticket, case) = resolved(&story).await;
    let invite = json!({ "about": { "caseId": case } });
    let answers = |url: &Value, grade: i32| json!({ "token": token_of(url.as_str().unwrap()), "support": { "grades": [{ "criterion": "outcome", "grade": grade }] } });
    story.desk.sim.rate(ticket, Mood::Unhappy, "").unwrap();
    later(&story).await;
    assert_eq!(csat(&story).await, (json!(0.0), json!(1)));

    // Ours says more, whichever came first.
    let handed = story.app.act(&story.operator, "ratingInvite", "invitation { url }", invite).await;
    story.app.act(&story.vendor, "ratingSubmit", SUBMITTED, answers(&handed["invitation"]["url"], 4)).await;
    assert_eq!(csat(&story).await, (json!(100.0), json!(1)));
    assert_eq!(rating(&story, ticket).await, json!({ "source": "INVITATION", "satisfaction": 4, "text": "" }));

    let before = story.desk.sim.rate(ticket, Mood::Happy, "Finalement, oui");
    before.unwrap();
    later(&story).await;
    assert_eq!(csat(&story).await, (json!(100.0), json!(1)), "two answers about one case are one");
    assert_eq!(rating(&story, ticket).await["source"], "INVITATION");
}

/// The buyer writes again in a ticket that was rated: the new case was not.
async fn not_of_another_case(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let (ticket, first) = resolved(&story).await;
    story.desk.sim.rate(ticket, Mood::Happy, "Merci").unwrap();
    later(&story).await;
    story.app.act(&story.operator, "caseClose", "case { id }", json!({ "caseId": first })).await;
    story.desk.settle(&story.app).await;
    story.app.advance(TimeDelta::hours(1));
    story.desk.sim.comment(ticket, &story.buyer, "Une autre question", Public).unwrap();
    later(&story).await;
    let second = story.case(ticket, "id").await["id"].clone();
    if second != first {
        story.app.act(&story.operator, "caseResolve", "case { id }", json!({ "caseId": second })).await;
        later(&story).await;
        assert_eq!(rating(&story, ticket).await, Value::Null, "the answer was about the case before");
    }
    assert_eq!(csat(&story).await, (json!(100.0), json!(1)));
}

/// Who answers one question to us and the other to the helpdesk has answered both, once.
async fn each_question_once(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let (ticket, case) = resolved(&story).await;
    story.desk.sim.rate(ticket, Mood::Unhappy, "").unwrap();
    later(&story).await;
    let handed = story.app.act(&story.operator, "ratingInvite", "invitation { url }", json!({ "about": { "caseId": case } })).await;
    let only =
        json!({ "token": token_of(handed["invitation"]["url"].as_str().unwrap()), "support": { "grades": [], "recommendation": 9 } });
    story.app.act(&story.vendor, "ratingSubmit", SUBMITTED, only).await;
    assert_eq!(csat(&story).await, (json!(0.0), json!(1)), "the grade stays that of the helpdesk");
    let query = "{ measures(from: \"2026-11-01\", to: \"2026-11-30\") { kpis(which: { kind: NPS }) { value sample } } }";
    let nps = story.app.ask(&story.operator, query, json!({})).await["measures"]["kpis"][0].clone();
    assert_eq!(nps, json!({ "value": 100.0, "sample": 1 }));
}

in_both_products! {
    a_case_in_a_rated_ticket_is_not_rated => not_of_another_case;
    each_question_counts_whoever_asked_it => each_question_once;
    a_survey_of_the_helpdesk_is_read_in => read_in;
    an_answer_to_us_and_one_to_the_helpdesk_count_once => counted_once;
}

/// A story in a Zendesk with the newer survey, whose integration has this role there.
async fn with_responses(db: Db, role: DeskRole) -> Story {
    let app = TestApp::start_with(db, Charter::default()).await;
    let options = ZendeskOptions { surveys: Surveys::Responses, integration_role: role, ..ZendeskOptions::new(app.clock.clone()) };
    let sim = ZendeskSim::start(options).await.unwrap();
    let token = Credentials::ZendeskOauth { token: ZendeskSim::OAUTH_TOKEN.to_owned().into() };
    let desk = Desk::register(&app, HelpdeskKind::Zendesk, Arc::new(sim.clone()), token, |_| {}).await;
    sim.connect_webhook_with(&desk.webhook_url, SECRET, WebhookMode::EventSubscribed);
    Story::around(app, desk).await
}

on_both_databases! {
    async fn the_newer_survey_of_zendesk_is_asked_for(db: Db) {
        let story = with_responses(db, DeskRole::Admin).await;
        let (ticket, _) = resolved(&story).await;
        story.desk.sim.rate(ticket, Mood::Neutral, "Moyen").unwrap();
        story.desk.settle(&story.app).await;
        assert_eq!(rating(&story, ticket).await, json!({ "source": "HELPDESK", "satisfaction": 3, "text": "Moyen" }), "the webhook said so");

        // The next webhook is lost. The ticket changes for another reason, and is read again.
        story.desk.sim.rate(ticket, Mood::Happy, "Bien, après tout").unwrap();
        assert_eq!(story.desk.sim.take_webhooks().len(), 1);
        story.desk.sim.set_urgency(ticket, trilogue::demo::peer::Urgency::Low).unwrap();
        later(&story).await;
        assert_eq!(rating(&story, ticket).await["satisfaction"], 5);
    }

    async fn without_the_right_to_look_all_else_goes_on(db: Db) {
        let story = with_responses(db, DeskRole::Agent).await;
        let (ticket, _) = resolved(&story).await;
        story.desk.sim.rate(ticket, Mood::Happy, "Merci").unwrap();
        story.desk.settle(&story.app).await;
        assert_eq!(rating(&story, ticket).await, Value::Null);
        story.desk.sim.comment(ticket, &story.buyer, "Encore une question", trilogue::demo::peer::Audience::Public).unwrap();
        story.desk.settle(&story.app).await;
        assert_eq!(story.case(ticket, "status").await["status"], "WAITING_SELLER");
    }
}
