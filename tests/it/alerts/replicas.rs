//! Random timelines, told by several processes at once that are broken off anywhere: every endpoint hears exactly what
//! its view may see, in order.

use std::pin::pin;
use std::sync::Arc;

use chrono::TimeDelta;
use futures_util::future::join_all;
use futures_util::poll;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;
use trilogue::app;
use trilogue::clock::SharedClock;
use trilogue::domain::parties::View;
use trilogue::jobs;
use trilogue::workflow::Cx;

use super::{Endpoint, Market, each_once, endpoint, ids, log};
use crate::harness::{Db, Receiver, Reply, on_both_databases, random_stories};

/// One step of a story; numbers choose among what is there.
#[derive(Debug, Clone)]
enum Step {
    Case(bool),
    Private(usize),
    Post(usize, bool),
    Prioritize(usize, bool),
    Escalate(usize),
    /// Somebody works, and is broken off after so many polls.
    BreakOff(usize, bool),
    /// Both replicas work.
    Work,
    /// The receivers do not take the next call.
    Fail,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => any::<bool>().prop_map(Step::Case),
        2 => any::<usize>().prop_map(Step::Private),
        5 => (any::<usize>(), any::<bool>()).prop_map(|(thread, private)| Step::Post(thread, private)),
        1 => (any::<usize>(), any::<bool>()).prop_map(|(case, high)| Step::Prioritize(case, high)),
        1 => any::<usize>().prop_map(Step::Escalate),
        3 => (0..200_usize, any::<bool>()).prop_map(|(polls, first)| Step::BreakOff(polls, first)),
        2 => Just(Step::Work),
        1 => Just(Step::Fail),
    ]
}

/// Works until it is polled so often, and is dropped then.
async fn break_off(cx: &Cx, polls: usize) {
    let mut work = pin!(jobs::run_due(cx));
    for _ in 0..polls {
        if poll!(&mut work).is_ready() {
            return;
        }
        tokio::task::yield_now().await;
    }
}

struct Telling<'a> {
    market: &'a Market,
    second: Cx,
    receivers: [&'a Receiver; 3],
    cases: Vec<String>,
    private: Vec<String>,
    said: usize,
}

impl Telling<'_> {
    async fn take(&mut self, step: &Step) {
        let (market, app) = (self.market, &self.market.app);
        app.advance(TimeDelta::seconds(1));
        match *step {
            Step::Case(alma) => {
                let case = market.case(if alma { "MK-1" } else { "MK-2" }, &self.cases.len().to_string()).await;
                self.cases.push(case);
            }
            Step::Private(case) => self.private.push(market.private(&self.cases[case % self.cases.len()]).await),
            Step::Post(thread, private) => {
                self.said += 1;
                let thread = match self.private.get(thread % self.private.len().max(1)).filter(|_| private) {
                    Some(thread) => thread.clone(),
                    None => market.with_buyer(&self.cases[thread % self.cases.len()]).await,
                };
                let input = json!({ "threadId": thread, "text": "Bonjour", "idempotencyKey": self.said.to_string() });
                for token in [&market.operator, &market.alma, &market.brio] {
                    app.try_act(token, "messagePost", "message { id }", input.clone()).await;
                }
            }
            Step::Prioritize(case, high) => {
                let input = json!({ "caseId": self.cases[case % self.cases.len()], "priority": if high { "HIGH" } else { "LOW" } });
                app.try_act(&market.operator, "casePrioritize", "case { id }", input).await;
            }
            Step::Escalate(case) => {
                let input = json!({ "caseId": self.cases[case % self.cases.len()], "reason": "FRAUD" });
                app.try_act(&market.operator, "caseEscalate", "case { id }", input).await;
            }
            Step::BreakOff(polls, first) => break_off(if first { &app.cx } else { &self.second }, polls).await,
            Step::Work => self.work().await,
            Step::Fail => self.receivers.iter().for_each(|receiver| receiver.next(Reply::of(500))),
        }
    }

    async fn work(&self) {
        tokio::join!(jobs::run_due(&self.market.app.cx), jobs::run_due(&self.second));
    }
}

async fn tell(db: Db, steps: &[Step]) {
    let market = Market::open(db).await;
    let (whole, storefront, picky) = (Receiver::start().await, Receiver::start().await, Receiver::start().await);
    let made = [
        endpoint(&market.app, &market.operator, &whole, json!([])).await,
        endpoint(&market.app, &market.vendor, &storefront, json!([])).await,
        endpoint(&market.app, &market.operator, &picky, json!(["MESSAGE_POSTED"])).await,
    ];
    let second = app::context(&market.app.settings, Arc::clone(&market.app.clock) as SharedClock).await.unwrap();
    let first = market.case("MK-1", "first").await;
    let mut telling =
        Telling { market: &market, second, receivers: [&whole, &storefront, &picky], cases: vec![first], private: Vec::new(), said: 0 };
    for step in steps {
        telling.take(step).await;
    }
    // Whatever somebody holds who was broken off comes back, whatever failed is tried again.
    for _ in 0..4 {
        market.app.advance(TimeDelta::hours(1));
        telling.work().await;
    }
    let scope = trilogue::domain::parties::Actor::system(market.app.marketplace.id).scope();
    let all = market.app.cx.store.events_after(scope, trilogue::store::Feed::All, 0, 10_000).await.unwrap();
    let posted = |id: &String| {
        all.iter()
            .any(|event| event.id.to_string() == *id && matches!(event.kind, trilogue::domain::timeline::EventKind::MessagePosted { .. }))
    };
    let everything = market.events(View::Whole, 0).await;
    let expected =
        [everything.clone(), market.events(View::Storefront, 0).await, everything.into_iter().filter(posted).collect::<Vec<_>>()];
    assert!(expected[1].len() < expected[0].len() || telling.private.is_empty());
    for ((receiver, Endpoint { id, .. }), expected) in telling.receivers.iter().zip(&made).zip(&expected) {
        assert_eq!(each_once(&receiver.heard()), *expected, "exactly what it may see, in order");
        let rows: Vec<_> = log(&market.app, &market.operator, id).await;
        let mut told: Vec<_> = rows.iter().map(|row| row["eventId"].as_str().unwrap().to_owned()).collect();
        assert!(rows.iter().all(|row| row["state"] == "DELIVERED"), "{rows:#?}");
        assert_eq!(told.len(), expected.len().min(100), "each written down once");
        told.sort();
        told.dedup();
        assert_eq!(told.len(), expected.len().min(100));
    }
    telling.second.store.close().await;
}

fn run(db: Db, cases: u32) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let config = Config { max_shrink_iters: 40, ..random_stories(cases) };
    let outcome = TestRunner::new(config).run(&proptest::collection::vec(step(), 6..24), |steps| {
        runtime.block_on(tell(db, &steps));
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

#[test]
fn every_endpoint_hears_what_it_may_in_order_on_sqlite() {
    run(Db::Sqlite, 10);
}

#[test]
fn every_endpoint_hears_what_it_may_in_order_on_postgres() {
    run(Db::Postgres, 6);
}

on_both_databases! {
    /// Two replicas, woken by the same commit, each many times over: nothing is told twice.
    async fn replicas_that_tell_at_the_same_time_tell_once(db: Db) {
        let market = Market::open(db).await;
        let receiver = Receiver::start().await;
        endpoint(&market.app, &market.operator, &receiver, json!([])).await;
        let second = app::context(&market.app.settings, Arc::clone(&market.app.clock) as SharedClock).await.unwrap();
        let case = market.case("MK-1", "1").await;
        let thread = market.private(&case).await;
        for round in 0..6 {
            for number in 0..4 {
                market.post(&market.operator, &thread, &format!("{round} {number}")).await;
            }
            let workers = [&market.app.cx, &second, &market.app.cx, &second].map(|cx| {
                let cx = cx.clone();
                tokio::spawn(async move { jobs::run_due(&cx).await })
            });
            join_all(workers).await.into_iter().for_each(|worker| assert!(worker.is_ok()));
        }
        market.app.work().await;
        assert_eq!(ids(&receiver.heard()), market.events(View::Whole, 0).await, "once each, in order, without a repetition");
        second.store.close().await;
    }
}
