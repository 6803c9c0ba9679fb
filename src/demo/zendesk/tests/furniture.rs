//! The furniture that both simulators share: faults, the end of service, the journal.

use axum::http::Method;
use serde_json::json;

use super::super::*;
use super::Desk;
use crate::demo::peer::{Fault, On, SimulatedHelpdesk};

#[tokio::test]
async fn faults_strike_once_and_do_as_much_as_they_say() {
    let desk = Desk::open().await;
    let note = json!({"ticket": {"comment": {"body": "note", "public": false}}});
    let cases = [
        (Fault::Status(500), Some(500), 0),
        (Fault::RateLimited { retry_after: 7 }, Some(429), 0),
        (Fault::HtmlError(502), Some(502), 0),
        (Fault::MalformedJson, Some(200), 1),
        (Fault::ApplyThenReset, None, 1),
        (Fault::ResetBeforeApply, None, 0),
        (Fault::HangThenApply, None, 1),
        (Fault::HangThenDrop, None, 0),
        (Fault::ApplyThenHang, None, 1),
    ];
    for (fault, status, written) in cases {
        let before = desk.sim.comments(desk.ticket).len();
        desk.sim.faults().next(On::put("/api/v2/tickets/"), fault);
        assert_eq!(desk.api.get(&desk.path("")).await.status, 200, "a GET is none of its business");
        let patience = async { desk.api.send(desk.api.request(Method::PUT, &desk.path("")).json(&note)).await };
        let answered = tokio::select! {
            answered = patience => Some(answered),
            () = desk.sim.faults().hanging() => None,
        };
        let answered = answered.and_then(Result::ok);
        assert_eq!(answered.as_ref().map(|answered| answered.status), status, "{fault:?}");
        if let Some(answered) = answered {
            assert!(answered.json.is_null() || answered.status == 429, "{fault:?} has no sound JSON");
        }
        desk.sim.faults().settled().await;
        assert_eq!(desk.sim.comments(desk.ticket).len() - before, written, "{fault:?}");
        assert_eq!(desk.sim.requests().last().unwrap().status, status);
        assert_eq!(desk.sim.faults().left(), 0);
    }
    assert_eq!(desk.put(note["ticket"].clone()).await.status, 200);
}

#[tokio::test]
async fn a_stopped_desk_answers_nobody() {
    let desk = Desk::open().await;
    let path = desk.path("");
    assert_eq!(desk.api.get(&path).await.status, 200);
    desk.sim.stop();
    assert!(desk.api.send(desk.api.request(Method::GET, &path)).await.is_err());
    let Desk { sim, api, .. } = Desk::open().await;
    drop(sim);
    assert!(api.send(api.request(Method::GET, &path)).await.is_err());
}

#[tokio::test]
async fn the_journal_hides_credentials_and_wakes_those_who_wait() {
    let desk = Desk::open().await;
    let sim = desk.sim.clone();
    let waiting = tokio::spawn(async move {
        sim.until(Box::new(|| sim.requests().iter().any(|request| request.is(&Method::PUT, "/api/v2/tickets/")))).await;
    });
    desk.put(json!({"status": "open"})).await;
    waiting.await.unwrap();
    let record = desk.sim.requests().pop().unwrap();
    assert_eq!((record.status, record.body.as_str()), (Some(200), r#"{"ticket":{"status":"open"}}"#));
    assert!(!format!("{record:?}").contains(ZendeskSim::OAUTH_TOKEN));
}
