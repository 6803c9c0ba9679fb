//! Deadlines that are counted while somebody is there to answer.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use trilogue::demo::peer::Opening;
use trilogue::domain::calendar::BusinessCalendar;
use trilogue::domain::charter::{Charter, PartyTargets, Targets};
use trilogue::domain::tickets::HelpdeskKind;

use crate::harness::{Db, Desk, Story, TestApp, on_both_databases};

/// The hours of `examples/business-hours.json`.
fn hours() -> Arc<BusinessCalendar> {
    serde_json::from_str(include_str!("../../examples/business-hours.json")).unwrap()
}

fn sixteen_hours() -> Targets {
    let usual = PartyTargets::default();
    Targets { seller: PartyTargets { first_reply_hours: 16, next_reply_hours: 16, ..usual }, ..Targets::default() }
}

async fn story(db: Db, charter: Charter) -> Story {
    let app = TestApp::start_with(db, charter).await;
    let desk = Desk::connect(&app, HelpdeskKind::Zendesk).await;
    Story::around(app, desk).await
}

/// Lets time pass until then, and all work be done.
async fn until(story: &Story, then: &str) {
    let then: DateTime<Utc> = then.parse().unwrap();
    story.app.advance(then - story.app.cx.now());
    story.desk.settle(&story.app).await;
}

/// Opens a ticket about the order; says when the seller's answer is due.
async fn asked(story: &Story) -> (u64, Value) {
    let ticket = story.ticket().await;
    let due = story.case(ticket, "awaiting { dueAt }").await["awaiting"]["dueAt"].clone();
    (ticket, due)
}

on_both_databases! {
    /// Sunday, 22 November 2026, 10:00 in Paris: 16 hours are Monday, Tuesday (7.5 each) and one of Wednesday.
    async fn only_open_hours_count_for_the_seller(db: Db) {
        let story = story(db, Charter { business_hours: Some(hours()), targets: sixteen_hours(), ..Charter::default() }).await;
        let (ticket, due) = asked(&story).await;
        assert_eq!(due, "2026-11-25T09:00:00+00:00");
        until(&story, "2026-11-25T08:59:59Z").await;
        assert_eq!(story.case(ticket, "status").await["status"], "WAITING_SELLER");
        until(&story, "2026-11-25T09:00:00Z").await;
        assert_eq!(story.case(ticket, "status").await["status"], "WAITING_OPERATOR", "silence hands the case over");

        // Over the closure at the end of the year and the holiday after it: Wednesday afternoon, Saturday is shut.
        until(&story, "2026-12-23T15:00:00Z").await;
        story.desk.sim.open_ticket(&story.buyer, Opening::new("Encore MK-1001", "Allô ?"));
        story.desk.settle(&story.app).await;
        let query = "{ cases(first: 1, orderBy: OPENED_DESC) { nodes { awaiting { dueAt } } } }";
        let newest = story.app.ask(&story.operator, query, json!({})).await;
        // Two hours are left of the 23rd; the 24th to the 1st are shut, the 2nd and 3rd are a weekend: 7.5 on Monday the 4th
        // and 6.5 on Tuesday.
        assert_eq!(newest["cases"]["nodes"][0]["awaiting"]["dueAt"], "2027-01-05T16:00:00+00:00");
    }

    async fn anybody_can_read_the_hours(db: Db) {
        let story = story(db, Charter { business_hours: Some(hours()), ..Charter::default() }).await;
        let query = "{ marketplace { businessHours { timezone holidayCountry holidayRegion nextOpening week { day opens closes } } } }";
        for token in [&story.operator, &story.seller, &story.vendor] {
            let seen = story.app.ask(token, query, json!({})).await["marketplace"]["businessHours"].clone();
            assert_eq!(seen["timezone"], "Europe/Paris");
            assert_eq!((&seen["holidayCountry"], &seen["holidayRegion"]), (&json!("FR"), &Value::Null));
            assert_eq!(seen["nextOpening"], "2026-11-23T08:00:00+00:00", "it is Sunday");
            assert_eq!(seen["week"].as_array().unwrap().len(), 10);
            assert_eq!(seen["week"][9], json!({ "day": "FRIDAY", "opens": "14:00", "closes": "17:00" }));
        }
    }

    async fn without_hours_the_clock_counts(db: Db) {
        let story = story(db, Charter::default()).await;
        let (_, due) = asked(&story).await;
        assert_eq!(due, "2026-11-24T09:00:00+00:00", "48 hours after the ticket");
        assert_eq!(story.app.ask(&story.vendor, "{ marketplace { businessHours { timezone } } }", json!({})).await["marketplace"]["businessHours"], Value::Null);
    }
}
