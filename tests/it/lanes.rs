//! What is worked on side by side: lanes of tickets, in one process and in several.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::Value;
use sqlx::{Connection, PgConnection};
use trilogue::app;
use trilogue::clock::SharedClock;
use trilogue::demo::peer::Audience::Public;
use trilogue::demo::peer::{Fault, On, Opening};
use trilogue::domain::ids::{ConnectionId, InboxId};
use trilogue::domain::parties::Actor;
use trilogue::domain::tickets::{HelpdeskKind, TicketNumber};
use trilogue::jobs;
use trilogue::store::{Claim, NewDelivery, QueueStatus, Settlement};

use crate::harness::{Db, ORDER, Story, TestApp, in_both_products, on_both_databases};

/// Two equal bodies, one of which is tried again: Freshdesk sends no ids, so its bodies repeat all the time.
async fn equal_bodies(db: Db) {
    let story = Story::begin(db, HelpdeskKind::Freshdesk).await;
    let (app, sim) = (&story.app, &story.desk.sim);
    let ticket = sim.open_ticket(&story.buyer, Opening::new(ORDER, "Bonjour"));
    let body = sim.take_webhooks().remove(0);
    assert!(sim.outbox().send(&body).await.is_success());
    sim.faults().next(On::get(&format!("/api/v2/tickets/{ticket}")), Fault::HangThenDrop);
    let working = tokio::spawn({
        let cx = app.cx.clone();
        async move { jobs::run_due(&cx).await }
    });
    sim.faults().hanging().await;
    assert!(sim.outbox().send(&body).await.is_success(), "the same again, while the first is worked on");
    working.await.unwrap();
    let another = sim.open_ticket(&story.buyer, Opening::new(ORDER, "Autre chose"));
    story.desk.settle(app).await;
    app.advance(TimeDelta::minutes(10));
    story.desk.settle(app).await;
    assert_eq!(app.cx.store.inbox_depth().await.unwrap().unfinished, 0, "nothing is stuck");
    for ticket in [ticket, another] {
        assert_eq!(story.on_their_way(ticket).await.len(), 1);
    }
}

async fn a_poisoned_ticket(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let (app, sim) = (&story.app, &story.desk.sim);
    let poisoned = sim.open_ticket(&story.buyer, Opening::new(ORDER, "Bonjour"));
    sim.faults().repeat(1000, On::get(&format!("/api/v2/tickets/{poisoned}")), Fault::MalformedJson);
    let healthy = sim.open_ticket(&story.buyer, Opening::new(ORDER, "Bonsoir"));
    story.desk.deliver().await;
    app.work().await;
    assert_eq!(story.on_their_way(healthy).await, [("Bonsoir".to_owned(), "NONE".to_owned())]);
    for _ in 0..60 {
        app.advance(TimeDelta::minutes(10));
        app.work().await;
    }
    let dead = app.cx.store.inbox(app.marketplace.id, Some(QueueStatus::Dead), 100).await.unwrap();
    assert!(!dead.is_empty(), "given up in the end");
    for row in &dead {
        assert!(row.last_error.as_ref().unwrap().contains("cannot be read"), "with the reason: {row:?}");
    }
    sim.faults().clear();
    assert!(app.cx.store.replay_inbox(app.marketplace.id, dead[0].id).await.unwrap());
    app.work().await;
    assert_eq!(story.on_their_way(poisoned).await.len(), 1, "replayed by a person");
}

/// Two processes on one database.
async fn two_workers() {
    let story = Story::begin(Db::Postgres, HelpdeskKind::Zendesk).await;
    let app = &story.app;
    let other = app::context(&app.settings, Arc::clone(&app.clock) as SharedClock).await.unwrap();
    let mut tickets = Vec::new();
    for _ in 0..6 {
        tickets.push(story.ticket_and_thread().await);
    }
    for number in 0..5 {
        for (ticket, thread) in &tickets {
            story.post(&story.seller, thread, &format!("Mot {number} pour {ticket}")).await;
            story.desk.sim.comment(*ticket, &story.buyer, &format!("Et {number} ?"), Public).unwrap();
        }
    }
    story.desk.deliver().await;
    for _ in 0..40 {
        let work = |cx: &trilogue::workflow::Cx| {
            let cx = cx.clone();
            tokio::spawn(async move { jobs::run_due(&cx).await })
        };
        let (one, two, three) = (work(&app.cx), work(&other), work(&app.cx));
        for worker in [one, two, three] {
            worker.await.unwrap();
        }
        app.advance(TimeDelta::seconds(20));
        story.desk.deliver().await;
    }
    story.desk.settle(app).await;
    for (ticket, _) in &tickets {
        let spoken: Vec<_> = story.said(*ticket, "Mot ").iter().map(|comment| comment.text.clone()).collect();
        let expected: Vec<_> = (0..5).map(|number| format!("Mot {number} pour {ticket}")).collect();
        assert_eq!(spoken, expected, "once each and in order");
        let messages = story.on_their_way(*ticket).await;
        assert_eq!(messages.len(), 11, "{messages:#?}");
        assert!(messages.iter().all(|(_, delivery)| delivery == "NONE" || delivery == "DELIVERED"), "{messages:#?}");
    }
}

/// Claims from two processes at once never hold rows of one lane at the same time.
async fn lanes_are_exclusive() {
    let story = Story::begin(Db::Postgres, HelpdeskKind::Zendesk).await;
    let app = &story.app;
    let other = app::context(&app.settings, Arc::clone(&app.clock) as SharedClock).await.unwrap();
    let mut tickets = Vec::new();
    for _ in 0..8 {
        tickets.push(story.ticket_and_thread().await);
    }
    for (ticket, thread) in &tickets {
        for number in 0..4 {
            story.post(&story.seller, thread, &format!("Mot {number} pour {ticket}")).await;
        }
    }
    let claim = Claim { now: app.cx.now(), lease: TimeDelta::minutes(3), limit: 3 };
    let mut held = Vec::new();
    for _ in 0..4 {
        let (one, two) = tokio::join!(app.cx.store.claim_outbox(claim), other.store.claim_outbox(claim));
        held.extend(one.unwrap());
        held.extend(two.unwrap());
    }
    let lanes: HashSet<_> = held.iter().map(|row| row.lane.clone()).collect();
    assert_eq!((held.len(), lanes.len()), (8, 8), "one row of each lane, and no second one before it is finished");
}

/// Ids of several processes need not come in the order of the commits: a row that sorts before one that is being worked
/// on waits all the same.
async fn a_lane_is_taken(db: Db) {
    let app = TestApp::start(db).await;
    let ids = [InboxId::generate(), InboxId::generate()];
    let row = |id| NewDelivery {
        id,
        marketplace: app.marketplace.id,
        connection: ConnectionId::generate(),
        lane: "one".to_owned(),
        status: QueueStatus::Pending,
        reason: None,
        event_key: None,
        delivery_key: None,
        digest: None,
        ticket: None,
        nudge: Value::Null,
        body: Vec::new(),
        received_at: app.cx.now(),
    };
    let claim = Claim { now: app.cx.now(), lease: TimeDelta::minutes(3), limit: 5 };
    app.cx.store.insert_deliveries(&[row(ids[1])]).await.unwrap();
    let first = app.cx.store.claim_inbox(claim).await.unwrap();
    assert_eq!(first.len(), 1);
    app.cx.store.insert_deliveries(&[row(ids[0])]).await.unwrap();
    assert!(app.cx.store.claim_inbox(claim).await.unwrap().is_empty());
    app.cx.store.settle_inbox(&first[0], &Settlement::Done).await.unwrap();
    assert_eq!(app.cx.store.claim_inbox(claim).await.unwrap()[0].id, ids[0]);
}

/// Somebody changes a case while a webhook about its ticket is worked through. Both lock the case before the ticket, so
/// the one waits for the other and not each for each.
async fn locks_have_one_order() {
    let story = Story::begin(Db::Postgres, HelpdeskKind::Zendesk).await;
    let (ticket, _) = story.ticket_and_thread().await;
    let (app, marketplace) = (&story.app, story.app.marketplace.id);
    story.desk.sim.comment(ticket, &story.buyer, "Alors ?", Public).unwrap();
    story.desk.deliver().await;
    let number = TicketNumber(ticket.to_string());
    let known = app.cx.store.ticket(marketplace, story.desk.connection, &number).await.unwrap().unwrap();
    let case = story.case(ticket, "id").await["id"].as_str().unwrap().parse().unwrap();

    let tx = app.cx.store.begin(marketplace).await.unwrap();
    tx.lock_case(Actor::system(marketplace).scope(), case).await.unwrap().unwrap();
    let working = tokio::spawn({
        let cx = app.cx.clone();
        async move { jobs::run_due(&cx).await }
    });
    let mut watcher = PgConnection::connect(&app.settings.database_url).await.unwrap();
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut watcher).await.unwrap() == 0 {
        tokio::task::yield_now().await;
    }
    tx.save_ticket(&known).await.unwrap();
    tx.commit().await.unwrap();
    working.await.unwrap();
    story.desk.settle(app).await;
    assert_eq!(story.on_their_way(ticket).await.len(), 2);
    for row in app.cx.store.inbox(marketplace, None, 1000).await.unwrap() {
        // None for what was seen together with another.
        assert!(row.attempts <= 1, "it failed and was tried again: {}", row.id);
    }
}

in_both_products! {
    a_poisoned_ticket_blocks_no_other => a_poisoned_ticket;
}

on_both_databases! {
    async fn a_lane_is_worked_on_once_at_a_time(db: Db) {
        a_lane_is_taken(db).await;
    }

    async fn equal_bodies_do_not_get_in_each_others_way(db: Db) {
        equal_bodies(db).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_send_once_and_in_order() {
    two_workers().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_share_no_lane() {
    lanes_are_exclusive().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_and_a_webhook_do_not_lock_each_other_out() {
    locks_have_one_order().await;
}
