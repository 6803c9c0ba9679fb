//! What goes out: once, in order, at the helpdesk's pace, whatever happens on the way.

use chrono::TimeDelta;
use serde_json::json;
use trilogue::demo::peer::Audience::{Internal, Public};
use trilogue::demo::peer::{Fault, On, TicketState};
use trilogue::domain::charter::{Charter, PrivateMirror};
use trilogue::domain::tickets::HelpdeskKind;
use trilogue::jobs;
use trilogue::store::QueueStatus;

use crate::harness::{Db, ORDER, Story, in_both_products, on_both_databases};

const MARIE: &str = "marie@example.org";

/// The call that brings words to a ticket.
fn on_words(kind: HelpdeskKind, ticket: u64) -> On {
    match kind {
        HelpdeskKind::Zendesk => On::put(&format!("/api/v2/tickets/{ticket}.json")),
        HelpdeskKind::Freshdesk => On::post(&format!("/api/v2/tickets/{ticket}/reply")),
    }
}

async fn whatever_breaks(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let (ticket, thread) = story.ticket_and_thread().await;
    for (number, fault) in [
        Fault::Status(500),
        Fault::Status(503),
        Fault::HtmlError(502),
        Fault::RateLimited { retry_after: 20 },
        Fault::ResetBeforeApply,
        Fault::ApplyThenReset,
        Fault::MalformedJson,
        Fault::HangThenDrop,
        Fault::ApplyThenHang,
        Fault::HangThenApply,
    ]
    .into_iter()
    .enumerate()
    {
        let words = format!("Réponse {number}");
        story.desk.sim.faults().next(on_words(kind, ticket), fault);
        story.post(&story.seller, &thread, &words).await;
        story.app.work().await;
        story.desk.sim.faults().settled().await;
        story.desk.settle(&story.app).await;
        assert_eq!(story.desk.sim.faults().left(), 0, "{fault:?} was not met");
        story.assert_said_once(ticket, &words, &format!("{kind:?} {fault:?}")).await;
    }
    let spoken: Vec<usize> =
        story.desk.sim.comments(ticket).iter().filter_map(|comment| comment.text.split("Réponse ").nth(1)?.parse().ok()).collect();
    assert_eq!(spoken, (0..10).collect::<Vec<usize>>(), "in the order in which they were written");
}

async fn left_alone(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let (ticket, thread) = story.ticket_and_thread().await;
    let (other, other_thread) = story.ticket_and_thread().await;
    let app = &story.app;
    story.desk.sim.faults().next(on_words(kind, ticket), Fault::RateLimited { retry_after: 37 });
    story.post(&story.seller, &thread, "Patience").await;
    app.work().await;
    let refused_at = app.cx.now();
    let calls = story.desk.sim.requests().len();
    story.post(&story.seller, &other_thread, "Ailleurs").await;
    for _ in 0..36 {
        app.advance(TimeDelta::seconds(1));
        app.work().await;
    }
    assert_eq!(story.desk.sim.requests().len(), calls, "not one call before the pause is over, for no ticket");
    assert!(story.on_their_way(ticket).await.contains(&("Patience".to_owned(), "PENDING".to_owned())));
    story.desk.settle(app).await;
    story.assert_said_once(ticket, "Patience", "after the pause").await;
    story.assert_said_once(other, "Ailleurs", "after the pause").await;
    let too_early = story.desk.sim.requests()[calls..].iter().filter(|request| request.at < refused_at + TimeDelta::seconds(37)).count();
    assert_eq!(too_early, 0);
}

/// The vendor's own limit on one ticket, met by the simulator's count: words wait, none is lost.
async fn one_ticket_is_limited(db: Db) {
    let story = Story::begin(db, HelpdeskKind::Zendesk).await;
    let (ticket, thread) = story.ticket_and_thread().await;
    for number in 0..40 {
        story.post(&story.seller, &thread, &format!("Mot {number:02}")).await;
    }
    for _ in 0..20 {
        story.desk.settle(&story.app).await;
        story.app.advance(TimeDelta::minutes(2));
    }
    let spoken: Vec<_> = story.said(ticket, "Mot ").iter().map(|comment| comment.text.clone()).collect();
    assert_eq!(spoken.len(), 40, "30 updates of a ticket in 10 minutes, and the rest later");
    assert!(spoken.is_sorted());
}

async fn refused_for_good(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let (ticket, thread) = story.ticket_and_thread().await;
    match kind {
        // What is closed there takes no words: 422. We have not heard of it yet.
        HelpdeskKind::Zendesk => {
            story.desk.sim.set_state(ticket, TicketState::Closed).unwrap();
            story.desk.sim.take_webhooks();
        }
        HelpdeskKind::Freshdesk => story.desk.sim.faults().next(on_words(kind, ticket), Fault::Status(400)),
    }
    story.post(&story.seller, &thread, "Trop tard").await;
    story.app.work().await;
    assert!(story.on_their_way(ticket).await.contains(&("Trop tard".to_owned(), "FAILED".to_owned())));
    let dead = story.app.cx.store.outbox(story.app.marketplace.id, Some(QueueStatus::Dead), 10).await.unwrap();
    assert_eq!(dead.len(), 1, "{dead:#?}");
    let timeline = "timeline(first: 100) { nodes { __typename ... on DeliveryStoppedEvent { deliveryId reason } } }";
    let events = story.case(ticket, timeline).await["timeline"]["nodes"].as_array().unwrap().clone();
    let stopped: Vec<_> = events.iter().filter(|event| event["__typename"] == "DeliveryStoppedEvent").collect();
    assert_eq!(stopped.len(), 1, "{events:#?}");
    assert_eq!(stopped[0]["deliveryId"], dead[0].id.to_string());
    let seen = story.app.ask(&story.seller, "{ cases { nodes { timeline(first: 100) { nodes { __typename } } } } }", json!({})).await;
    assert!(!seen.to_string().contains("DeliveryStopped"), "that is the operator's business");
    if kind == HelpdeskKind::Freshdesk {
        assert!(story.app.cx.store.replay_outbox(story.app.marketplace.id, dead[0].id).await.unwrap());
        story.desk.settle(&story.app).await;
        story.assert_said_once(ticket, "Trop tard", "replayed").await;
    }
}

/// A ticket that is gone takes nothing, and its words do not hold up those of others.
async fn gone_in_between(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let (ticket, thread) = story.ticket_and_thread().await;
    let (other, other_thread) = story.ticket_and_thread().await;
    story.desk.sim.delete(ticket).unwrap();
    story.desk.sim.take_webhooks();
    story.post(&story.seller, &thread, "Perdu").await;
    story.post(&story.seller, &other_thread, "Pas perdu").await;
    story.app.work().await;
    assert!(story.on_their_way(ticket).await.contains(&("Perdu".to_owned(), "FAILED".to_owned())));
    story.desk.settle(&story.app).await;
    story.assert_said_once(other, "Pas perdu", "elsewhere").await;
}

async fn only_a_person_can_tell(db: Db) {
    let kind = HelpdeskKind::Freshdesk;
    let story = Story::begin(db, kind).await;
    let (ticket, thread) = story.ticket_and_thread().await;
    let app = &story.app;
    // Ours may not have arrived, and the same user wrote something else: which is which cannot be told.
    story.desk.sim.faults().next(on_words(kind, ticket), Fault::ResetBeforeApply);
    story.post(&story.seller, &thread, "Le colis est parti").await;
    app.work().await;
    story.desk.sim.comment(ticket, &story.desk.sim.integration_user(), "Bonjour de la part du support", Public).unwrap();
    story.desk.sim.take_webhooks();
    app.advance(TimeDelta::minutes(1));
    app.work().await;
    assert!(story.said(ticket, "Le colis est parti").is_empty(), "better not sent than sent twice");
    assert!(story.on_their_way(ticket).await.contains(&("Le colis est parti".to_owned(), "UNCERTAIN".to_owned())));
    let parked = app.cx.store.outbox(app.marketplace.id, Some(QueueStatus::Parked), 10).await.unwrap();
    assert_eq!(parked.len(), 1);
    app.advance(TimeDelta::days(2));
    app.work().await;
    assert!(story.said(ticket, "Le colis est parti").is_empty(), "it waits for a person, however long");

    assert!(app.cx.store.replay_outbox(app.marketplace.id, parked[0].id).await.unwrap());
    assert!(!app.cx.store.replay_outbox(app.marketplace.id, parked[0].id).await.unwrap(), "what waits is not put back twice");
    story.desk.settle(app).await;
    story.assert_said_once(ticket, "Le colis est parti", "the person looked and decided").await;
}

async fn order_is_kept(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let (ticket, thread) = story.ticket_and_thread().await;
    let (other, other_thread) = story.ticket_and_thread().await;
    story.desk.sim.faults().repeat(2, on_words(kind, ticket), Fault::Status(500));
    for words in ["Un", "Deux", "Trois"] {
        story.post(&story.seller, &thread, words).await;
    }
    story.post(&story.seller, &other_thread, "Libre").await;
    story.app.work().await;
    assert!(story.said(ticket, "Deux").is_empty(), "what comes later waits for what comes first");
    assert_eq!(story.said(other, "Libre").len(), 1, "other tickets do not");
    story.desk.settle(&story.app).await;
    let spoken: Vec<_> = story.desk.sim.comments(ticket)[1..].iter().map(|comment| comment.text.clone()).collect();
    let places: Vec<_> = ["Un", "Deux", "Trois"].map(|words| spoken.iter().position(|text| text.contains(words))).into();
    assert_eq!(places, [Some(0), Some(1), Some(2)], "{spoken:?}");
}

/// The helpdesk has done it and says so by a webhook, while we still wait for the answer.
async fn the_echo_comes_first(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let (ticket, thread) = story.ticket_and_thread().await;
    story.desk.sim.faults().next(on_words(kind, ticket), Fault::ApplyThenHang);
    story.post(&story.seller, &thread, "Il part demain").await;
    let sending = tokio::spawn({
        let cx = story.app.cx.clone();
        async move { jobs::run_due(&cx).await }
    });
    story.desk.sim.faults().hanging().await;
    assert_eq!(story.said(ticket, "Il part demain").len(), 1);
    assert!(story.desk.deliver().await > 0, "the echo");
    jobs::run_due(&story.app.cx).await;
    assert_eq!(story.on_their_way(ticket).await.len(), 2, "it is not taken for somebody else's");
    sending.await.unwrap();
    story.desk.settle(&story.app).await;
    story.assert_said_once(ticket, "Il part demain", "an early echo").await;
}

/// The same for a ticket that we open: its first webhook must not make a case of its own.
async fn our_own_ticket_comes_back(db: Db, kind: HelpdeskKind) {
    for fault in [None, Some(Fault::ApplyThenHang), Some(Fault::ApplyThenReset), Some(Fault::ResetBeforeApply)] {
        let story = Story::begin(db, kind).await;
        let path = match kind {
            HelpdeskKind::Zendesk => "/api/v2/tickets.json",
            HelpdeskKind::Freshdesk => "/api/v2/tickets",
        };
        if let Some(fault) = fault {
            story.desk.sim.faults().next(On::post(path), fault);
        }
        let input = json!({ "subject": "Théière ébréchée", "buyerName": "Marie Dupont", "buyerEmail": MARIE, "text": "Elle est cassée.",
            "orderReference": ORDER, "idempotencyKey": "k" });
        story.app.act(&story.vendor, "caseOpen", "case { id }", input).await;
        let sending = tokio::spawn({
            let cx = story.app.cx.clone();
            async move { jobs::run_due(&cx).await }
        });
        if fault == Some(Fault::ApplyThenHang) {
            story.desk.sim.faults().hanging().await;
            assert!(story.desk.deliver().await > 0, "the ticket's first webhook");
            jobs::run_due(&story.app.cx).await;
        }
        sending.await.unwrap();
        story.desk.settle(&story.app).await;
        let fields = "{ cases { nodes { tickets { externalId } threads { messages { nodes { text delivery } } } } } }";
        let cases = story.app.ask(&story.operator, fields, json!({})).await["cases"]["nodes"].clone();
        let expected = json!([{ "tickets": [{ "externalId": "1" }],
            "threads": [{ "messages": { "nodes": [{ "text": "Elle est cassée.", "delivery": "DELIVERED" }] } }] }]);
        let mut cases = cases;
        let number = cases[0]["tickets"][0]["externalId"].as_str().unwrap_or_default().parse().unwrap_or_default();
        cases[0]["tickets"][0]["externalId"] = json!("1");
        assert_eq!(cases, expected, "{kind:?} {fault:?}");
        assert!(
            story.desk.sim.ticket(number + 1).is_none() && story.desk.sim.comments(number).len() == 1,
            "{kind:?} {fault:?}: one ticket"
        );
    }
}

async fn private_talk_is_mirrored(db: Db, kind: HelpdeskKind) {
    let story = Story::begin_with(db, kind, Charter { private_mirror: PrivateMirror::InternalNotes, ..Charter::default() }).await;
    let (ticket, _) = story.ticket_and_thread().await;
    let opened = json!({ "caseIds": [story.case(ticket, "id").await["id"]], "kind": "OPERATOR_SELLER" });
    let private = story.app.act(&story.operator, "threadOpen", "thread { id }", opened).await["thread"]["id"].as_str().unwrap().to_owned();
    for (number, fault) in [Fault::Status(500), Fault::ApplyThenReset, Fault::MalformedJson].into_iter().enumerate() {
        let path = match kind {
            HelpdeskKind::Zendesk => On::put(&format!("/api/v2/tickets/{ticket}.json")),
            HelpdeskKind::Freshdesk => On::post(&format!("/api/v2/tickets/{ticket}/notes")),
        };
        story.desk.sim.faults().next(path, fault);
        let (asked, answered) = (format!("Entre nous {number} {{{{ticket.requester.email}}}}"), format!("Stock vide {number}"));
        story.post(&story.operator, &private, &asked).await;
        story.post(&story.seller, &private, &answered).await;
        story.desk.settle(&story.app).await;
        for words in [format!("Entre nous {number}"), answered] {
            let notes = story.said(ticket, &words);
            assert_eq!(notes.len(), 1, "{fault:?} {words}: {notes:#?}");
            assert_eq!(notes[0].audience, Internal, "{words}");
            assert!(!notes[0].text.contains(MARIE), "a placeholder was expanded");
        }
        assert!(
            story.said(ticket, &format!("Stock vide {number}"))[0].text.contains("Boutique Alma"),
            "agents must know whose words they are"
        );
    }
    assert!(story.desk.sim.mails_to(MARIE).is_empty(), "nothing private is mailed");
    assert_eq!(story.on_their_way(ticket).await.len(), 1, "a copy is not a message");
    assert_eq!(story.case(ticket, "status").await["status"], "WAITING_SELLER", "private words answer nobody");
}

async fn somebody_else_was_faster(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let (ticket, thread) = story.ticket_and_thread().await;
    let app = &story.app;
    // A conflict that the helpdesk reports: read again, and brought in step after all.
    if kind == HelpdeskKind::Zendesk {
        let id = story.case(ticket, "id").await["id"].clone();
        story.desk.sim.faults().next(On::put(&format!("/api/v2/tickets/{ticket}.json")), Fault::Status(409));
        app.act(&story.operator, "casePrioritize", "case { id }", json!({ "caseId": id, "priority": "URGENT" })).await;
        story.desk.settle(app).await;
        assert_eq!(story.desk.sim.ticket(ticket).unwrap().urgency, Some(trilogue::demo::peer::Urgency::Urgent));
    }
    // An agent settles it while our change is on its way, and we have not heard of it: the agent's word stands.
    story.post(&story.seller, &thread, "Il part demain").await;
    story.desk.sim.set_state(ticket, TicketState::Solved).unwrap();
    app.advance(TimeDelta::seconds(5));
    app.work().await;
    assert_eq!(story.desk.sim.ticket(ticket).unwrap().state, TicketState::Solved, "not overwritten unseen");
    story.desk.settle(app).await;
    assert_eq!(story.desk.sim.ticket(ticket).unwrap().state, TicketState::Solved);
    assert_eq!(story.case(ticket, "status").await["status"], "RESOLVED");
    story.assert_said_once(ticket, "Il part demain", "a conflict").await;
}

/// Changes of mind that are faster than the echoes of what was pushed before.
async fn late_echoes_change_nothing(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let (ticket, _) = story.ticket_and_thread().await;
    let id = story.case(ticket, "id").await["id"].clone();
    let app = &story.app;
    for _ in 0..3 {
        app.act(&story.operator, "caseResolve", "case { id }", json!({ "caseId": id })).await;
        app.work().await;
        assert_eq!(story.desk.sim.ticket(ticket).unwrap().state, TicketState::Solved);
        app.act(&story.operator, "caseReopen", "case { id }", json!({ "caseId": id })).await;
        story.desk.deliver().await;
        app.advance(TimeDelta::seconds(3));
        story.desk.settle(app).await;
        assert_eq!(story.case(ticket, "status").await["status"], "WAITING_SELLER", "the operator reopened it, and nobody settled it since");
        assert_eq!(story.desk.sim.ticket(ticket).unwrap().state, TicketState::OnHold);
    }
}

/// A push that failed for good is not waited for: what an agent sets after it counts.
async fn a_failed_push_is_forgotten(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let (ticket, _) = story.ticket_and_thread().await;
    let id = story.case(ticket, "id").await["id"].clone();
    story.desk.sim.faults().next(On::put("/api/v2/tickets/"), Fault::Status(422));
    story.app.act(&story.operator, "caseResolve", "case { id }", json!({ "caseId": id })).await;
    story.desk.settle(&story.app).await;
    assert_eq!(story.desk.sim.ticket(ticket).unwrap().state, TicketState::OnHold, "the helpdesk refused it");
    story.app.act(&story.operator, "caseReopen", "case { id }", json!({ "caseId": id })).await;
    story.desk.sim.set_state(ticket, TicketState::Solved).unwrap();
    story.desk.settle(&story.app).await;
    assert_eq!(story.case(ticket, "status").await["status"], "RESOLVED", "the agent settled it; that is no echo of ours");
}

/// Credentials that are taken away: nothing is lost while they are gone.
async fn without_credentials(db: Db) {
    let story = Story::begin(db, HelpdeskKind::Zendesk).await;
    let (ticket, thread) = story.ticket_and_thread().await;
    story.desk.sim.faults().repeat(6, On::any("/api/v2/"), Fault::Status(401));
    story.post(&story.seller, &thread, "Il part demain").await;
    story.app.work().await;
    assert!(story.on_their_way(ticket).await.contains(&("Il part demain".to_owned(), "PENDING".to_owned())));
    for _ in 0..8 {
        story.app.advance(TimeDelta::minutes(10));
        story.app.work().await;
    }
    story.desk.settle(&story.app).await;
    story.assert_said_once(ticket, "Il part demain", "credentials came back").await;
}

in_both_products! {
    words_arrive_once_whatever_breaks => whatever_breaks;
    a_pause_that_is_asked_for_is_kept => left_alone;
    what_is_refused_for_good_is_told => refused_for_good;
    words_to_a_vanished_ticket_fail_alone => gone_in_between;
    words_of_one_ticket_stay_in_order => order_is_kept;
    an_early_echo_is_known => the_echo_comes_first;
    a_ticket_of_ours_is_no_new_case => our_own_ticket_comes_back;
    private_talk_becomes_internal_notes_only => private_talk_is_mirrored;
    an_agents_change_is_not_overwritten => somebody_else_was_faster;
    an_echo_is_not_an_agents_word => late_echoes_change_nothing;
    a_push_that_failed_is_not_waited_for => a_failed_push_is_forgotten;
}

on_both_databases! {
    async fn the_limit_of_one_ticket_is_kept(db: Db) {
        one_ticket_is_limited(db).await;
    }

    async fn what_nobody_can_tell_waits_for_a_person(db: Db) {
        only_a_person_can_tell(db).await;
    }

    async fn lost_credentials_lose_nothing(db: Db) {
        without_credentials(db).await;
    }
}
