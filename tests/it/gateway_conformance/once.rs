//! One refund, however often it is sent.

use futures_util::future::join_all;
use trilogue::demo::peer::{Fault, On};
use trilogue::demo::stripe::Crash;
use trilogue::domain::refunds::ProviderWord;
use trilogue::gateway::Sought;

use super::*;

const FAULTS: [Fault; 11] = [
    Fault::Status(500),
    Fault::Status(503),
    Fault::Status(408),
    Fault::HtmlError(502),
    Fault::HtmlError(404),
    Fault::RateLimited { retry_after: 30 },
    Fault::HangThenApply,
    Fault::HangThenDrop,
    Fault::ApplyThenHang,
    Fault::ApplyThenReset,
    Fault::ResetBeforeApply,
];

/// What may go wrong with the call after it; each of another kind.
const NEXT: [Fault; 5] =
    [Fault::Status(500), Fault::RateLimited { retry_after: 30 }, Fault::HangThenApply, Fault::ApplyThenReset, Fault::MalformedJson];

/// The order fails in one way, then whatever is called next in another; then all is well.
async fn one_refund(way: Way, first: Fault, second: Option<Fault>) {
    let bench = Bench::open(way).await;
    bench.faults().next(On::post("/"), first);
    if let Some(second) = second {
        bench.faults().next(On::any("/"), second);
    }
    let succeeded = ProviderWord::Succeeded { amount: bench.order.amount };
    let gateway = bench.gateway();
    let answer = until_answered(&bench, &gateway, Attempt::First).await.unwrap();
    assert_eq!((answer.word, bench.moved()), (succeeded, bench.once()), "{way:?} {first:?} {second:?}");
    let begun_at = bench.clock.now();
    for attempt in [Attempt::First, Attempt::Again { begun_at }, Attempt::Again { begun_at }] {
        let again = until_answered(&bench, &gateway, attempt).await.unwrap();
        assert_eq!((again, bench.moved()), (answer.clone(), bench.once()), "{way:?} {first:?} {second:?} {attempt:?}");
    }
    assert_eq!(bench.faults().left(), 0, "{way:?} {first:?} {second:?}: not everything went wrong that was to");
}

#[tokio::test]
async fn whatever_goes_wrong_on_the_line_the_money_moves_once() {
    for way in WAYS {
        for first in FAULTS.into_iter().chain([Fault::MalformedJson]) {
            let seconds = [None].into_iter().chain(NEXT.map(Some));
            join_all(seconds.map(|second| one_refund(way, first, second))).await;
        }
    }
}

#[tokio::test]
async fn what_may_have_arrived_is_unknown_and_what_did_not_is_not() {
    for way in WAYS {
        for fault in FAULTS.into_iter().chain([Fault::MalformedJson]) {
            let bench = Bench::open(way).await;
            bench.faults().next(On::post("/"), fault);
            let error = bench.gateway().refund(&bench.order, Attempt::First).await.unwrap_err();
            let did_nothing = matches!(fault, Fault::RateLimited { .. });
            assert_eq!(error.leaves_unknown(), !did_nothing, "{way:?} {fault:?} {error:?}");
        }
        let bench = Bench::open(way).await;
        let gateway = bench.gateway();
        bench.close().await;
        let error = gateway.refund(&bench.order, Attempt::First).await.unwrap_err();
        assert!(matches!(&error, GatewayError::Unavailable { .. }), "{way:?}: nobody was there, {error:?}");
    }
}

#[tokio::test]
async fn a_process_that_dies_in_the_middle_of_a_call_leaves_one_refund_behind() {
    for way in WAYS {
        for fault in [Fault::HangThenApply, Fault::HangThenDrop, Fault::ApplyThenHang] {
            let bench = Bench::open(way).await;
            bench.faults().next(On::post("/"), fault);
            let (gateway, order, begun_at) = (bench.gateway(), bench.order.clone(), bench.clock.now());
            let call = tokio::spawn(async move { gateway.refund(&order, Attempt::First).await });
            bench.faults().hanging().await;
            call.abort();
            assert!(call.await.is_err());
            bench.faults().settled().await;
            let answer = until_answered(&bench, &bench.gateway(), Attempt::Again { begun_at }).await.unwrap();
            assert_eq!(answer.word, ProviderWord::Succeeded { amount: bench.order.amount }, "{way:?} {fault:?}");
            assert_eq!(bench.moved(), bench.once(), "{way:?} {fault:?}");
        }
        // Before the call, after the commit.
        let bench = Bench::open(way).await;
        until_answered(&bench, &bench.gateway(), Attempt::Again { begun_at: bench.clock.now() }).await.unwrap();
        assert_eq!(bench.moved(), bench.once(), "{way:?}");
    }
}

#[tokio::test]
async fn two_processes_that_send_the_same_order_at_once_move_it_once() {
    for way in WAYS {
        let bench = Bench::open(way).await;
        let (one, other) = (bench.gateway(), bench.gateway());
        let begun_at = bench.clock.now();
        let calls = [(&one, Attempt::First), (&other, Attempt::Again { begun_at }), (&one, Attempt::Again { begun_at })];
        let answers = join_all(calls.map(|(gateway, attempt)| until_answered(&bench, gateway, attempt))).await;
        assert!(answers.iter().all(|answer| answer.is_ok() && *answer == answers[0]), "{way:?} {answers:?}");
        assert_eq!(bench.moved(), bench.once(), "{way:?}");
    }
}

#[tokio::test]
async fn looking_finds_what_was_done_and_changes_nothing() {
    for way in WAYS {
        let bench = Bench::open(way).await;
        let gateway = bench.gateway();
        let mut sought = Sought::of(&bench.order);
        assert_eq!(gateway.look(&sought).await, Ok(None), "{way:?}");
        assert_eq!(bench.moved(), Vec::<String>::new(), "{way:?}");
        let answer = gateway.refund(&bench.order, Attempt::First).await.unwrap();
        assert_eq!(gateway.look(&sought).await, Ok(Some(answer.clone())), "{way:?}");
        sought.reference.clone_from(&answer.reference);
        assert_eq!(gateway.look(&sought).await, Ok(Some(answer)), "{way:?}");
        for fault in FAULTS.into_iter().chain([Fault::MalformedJson]) {
            bench.faults().next(On::any("/"), fault);
            let error = gateway.look(&sought).await.unwrap_err();
            assert!(!error.leaves_unknown() && matches!(error.remedy(), Remedy::Again | Remedy::Wait(_)), "{way:?} {fault:?} {error:?}");
            bench.faults().settled().await;
        }
        assert_eq!(bench.moved(), bench.once(), "{way:?}");
    }
}

#[tokio::test]
async fn stripe_s_stored_500_is_seen_through() {
    for (crash, done) in [(Crash::AfterWork, true), (Crash::BeforeWork, false)] {
        let bench = Bench::open(Way::Stripe).await;
        let Peer::Stripe(sim) = &bench.peer else { panic!() };
        sim.crash_next(crash);
        let (gateway, begun_at) = (bench.gateway(), bench.clock.now());
        assert!(gateway.refund(&bench.order, Attempt::First).await.unwrap_err().leaves_unknown());
        let again = gateway.refund(&bench.order, Attempt::Again { begun_at }).await;
        if done {
            assert_eq!(again.unwrap().word, ProviderWord::Succeeded { amount: bench.order.amount });
            assert_eq!(bench.moved(), bench.once());
            continue;
        }
        assert!(again.unwrap_err().leaves_unknown(), "the 500 is repeated");
        bench.clock.advance(TimeDelta::hours(23));
        let calls = || sim.journal().all().iter().filter(|record| record.method == axum::http::Method::POST).count();
        let before = calls();
        assert!(gateway.refund(&bench.order, Attempt::Again { begun_at }).await.unwrap_err().leaves_unknown());
        assert_eq!(calls(), before, "a worn key is not sent");
        bench.clock.advance(TimeDelta::hours(1));
        assert_eq!(gateway.refund(&bench.order, Attempt::Again { begun_at }).await, Err(GatewayError::NotDone));
        assert_eq!(bench.moved(), Vec::<String>::new());
        let mut anew = bench.order.clone();
        anew.key = IdempotencyKey::of(anew.key.refund(), AttemptNumber::from_number(2));
        gateway.refund(&anew, Attempt::First).await.unwrap();
        assert_eq!(bench.moved(), bench.once());
    }
}

#[tokio::test]
async fn a_key_that_stripe_has_forgotten_moves_nothing_again() {
    let bench = Bench::open(Way::Stripe).await;
    let (gateway, begun_at) = (bench.gateway(), bench.clock.now());
    bench.faults().next(On::post("/"), Fault::ApplyThenReset);
    assert!(gateway.refund(&bench.order, Attempt::First).await.unwrap_err().leaves_unknown());
    let Peer::Stripe(sim) = &bench.peer else { panic!() };
    // More than one page of others on the same payment, made since.
    let payment = trilogue::demo::stripe::Payment { intent: String::new(), charge: charge_of(sim).await };
    for _ in 0..120 {
        sim.refund_by_hand(&payment, 1).unwrap();
    }
    bench.clock.advance(TimeDelta::days(3));
    let answer = gateway.refund(&bench.order, Attempt::Again { begun_at }).await.unwrap();
    assert_eq!(answer.word, ProviderWord::Succeeded { amount: bench.order.amount });
    assert_eq!(bench.moved().iter().filter(|moved| *moved == "1250 EUR").count(), 1);
}

/// The charge behind the first refund.
async fn charge_of(sim: &StripeSim) -> String {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = http.get(format!("{}/v1/refunds/{}", sim.base_url(), sim.refunds()[0].id));
    let request = request.header("stripe-version", stripe::VERSION).bearer_auth(StripeSim::SECRET_KEY);
    let refund: serde_json::Value = request.send().await.unwrap().json().await.unwrap();
    refund["charge"].as_str().unwrap().to_owned()
}
