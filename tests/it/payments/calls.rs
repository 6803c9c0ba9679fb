//! What is sent, how often, in which order, and what is done after each kind of answer.

use trilogue::demo::peer::{Fault, On};
use trilogue::store::CallPhase;

use super::*;
use crate::harness::on_both_databases;

const DONE: (QueueStatus, Standing) = (QueueStatus::Done, Standing::Succeeded);

async fn is_carried_out(db: Db, way: Way) {
    let till = Till::open(db, way).await;
    let key = till.submit("12.50", &till.pay()).await;
    assert_eq!(till.stands(key).await, (QueueStatus::Pending, Standing::Unknown), "nothing is sent before the commit");
    assert!(till.moved().is_empty());
    till.work().await;
    assert_eq!((till.stands(key).await, till.moved()), (DONE, vec!["12.50 EUR".to_owned()]), "{way:?}");
    assert!(till.call(key).await.reference.is_some());
    till.work().await;
    assert_eq!(till.moved().len(), 1);
    // Written down twice, it is one.
    till.write(&row(&order(key, money("12.50"), &till.pay(), RefundMeans::OriginalPayment), Some(till.connection), till.case)).await;
    till.work().await;
    assert_eq!((till.stands(key).await, till.moved().len()), (DONE, 1));
}

/// The same order, until an answer comes. Whether an earlier call may have arrived is on record.
async fn goes_on(db: Db, way: Way) {
    let till = Till::open(db, way).await;
    for (fault, unknown, code) in [
        (Fault::Status(500), true, "UNCERTAIN"),
        (Fault::HtmlError(502), true, "UNCERTAIN"),
        (Fault::ApplyThenReset, true, "UNCERTAIN"),
        (Fault::MalformedJson, true, "UNCERTAIN"),
        (Fault::RateLimited { retry_after: 30 }, false, "RATE_LIMITED"),
    ] {
        let before = till.moved().len();
        till.faults().next(On::post("/"), fault);
        let key = till.submit("12.50", &till.pay()).await;
        till.work().await;
        let call = till.call(key).await;
        assert_eq!(
            (call.status, call.standing, call.begun_at.is_some()),
            (QueueStatus::Pending, Standing::Unknown, unknown),
            "{way:?} {fault:?}"
        );
        assert_eq!(call.error_code.as_deref(), Some(code), "{way:?} {fault:?}");
        let pause = if unknown { TimeDelta::seconds(1) } else { TimeDelta::seconds(30) };
        assert!(call.run_at >= till.story.app.cx.now() + pause, "{way:?} {fault:?}");
        till.work_on(key).await;
        assert_eq!((till.stands(key).await, till.moved().len()), (DONE, before + 1), "{way:?} {fault:?}");
    }
}

/// An unknown outcome is not an end: however often it fails, it is tried again, less and less often.
async fn never_dies(db: Db, way: Way) {
    let till = Till::open(db, way).await;
    till.faults().repeat(60, On::any("/"), Fault::Status(500));
    let key = till.submit("12.50", &till.pay()).await;
    let mut pauses = Vec::new();
    for _ in 0..30 {
        till.work().await;
        let (call, now) = (till.call(key).await, till.story.app.cx.now());
        assert_eq!((call.status, call.standing), (QueueStatus::Pending, Standing::Unknown), "{way:?}");
        pauses.push((call.run_at - now).num_seconds());
        till.story.app.advance(call.run_at - now);
    }
    assert_eq!(pauses[..6], [1, 10, 60, 300, 900, 900], "{way:?}");
    till.faults().clear();
    till.work_on(key).await;
    assert_eq!((till.stands(key).await, till.moved().len()), (DONE, 1), "{way:?}");
    assert!(till.alerts().await.is_empty());
}

async fn one_after_the_other(db: Db, way: Way) {
    let till = Till::open(db, way).await;
    let (payment, other) = (till.pay(), till.pay());
    till.faults().next(On::post("/"), Fault::Status(500));
    let first = till.submit("10.00", &payment).await;
    till.work().await;
    let second = till.submit("11.00", &payment).await;
    let elsewhere = till.submit("12.00", &other).await;
    till.work().await;
    assert_eq!(till.stands(second).await.0, QueueStatus::Pending, "nobody knows what became of the first of this payment");
    assert_eq!(till.stands(elsewhere).await, DONE, "another payment does not wait");
    till.work_on(first).await;
    till.work().await;
    assert_eq!((till.stands(first).await, till.stands(second).await, till.moved().len()), (DONE, DONE, 3));

    // What limits one call limits the account.
    till.faults().next(On::post("/"), Fault::RateLimited { retry_after: 90 });
    let held = till.submit("1.00", &till.pay()).await;
    let behind = till.submit("2.00", &till.pay()).await;
    till.work().await;
    let until = till.story.app.cx.now() + TimeDelta::seconds(90);
    assert_eq!((till.call(held).await.run_at, till.call(behind).await.run_at), (until, until));
    assert_eq!(till.moved().len(), 3, "nobody calls while the account is limited");
    till.story.app.advance(TimeDelta::seconds(90));
    till.work().await;
    assert_eq!((till.stands(held).await, till.stands(behind).await), (DONE, DONE));
}

/// What takes its time is asked for after an hour and after each day, and holds nobody up.
async fn takes_its_time(db: Db, way: Way) {
    let till = Till::open(db, way).await;
    let payment = till.pay();
    till.take_time();
    let key = till.submit("12.50", &payment).await;
    till.work().await;
    let call = till.call(key).await;
    assert_eq!((call.status, call.standing, call.phase), (QueueStatus::Pending, Standing::Pending, CallPhase::Look), "{way:?}");
    assert_eq!(call.run_at, till.story.app.cx.now() + TimeDelta::hours(1));
    let second = till.submit("1.00", &payment).await;
    till.work().await;
    assert_eq!(till.call(second).await.standing, Standing::Pending, "the payment is free for the next one");
    for (hours, looks) in [(1, 1), (24, 2), (24, 3)] {
        till.story.app.advance(TimeDelta::hours(hours));
        till.work().await;
        let call = till.call(key).await;
        assert_eq!((call.looks, call.standing), (looks, Standing::Pending), "{way:?}");
    }
    till.come_off(key, true);
    till.reports();
    till.story.app.advance(TimeDelta::hours(24));
    till.work().await;
    assert_eq!(till.stands(key).await, DONE, "{way:?}: its report was lost, and it was found all the same");
    assert_eq!(till.moved().len(), 2);
}

async fn no_is_no(db: Db, way: Way) {
    let till = Till::open(db, way).await;
    let payment = till.pay();
    let code = match &till.peer {
        Peer::Stripe(sim) => {
            // All of it is gone already.
            let charge = sim.pay(100, "EUR", Transfer::None);
            sim.refund_by_hand(&charge, 100).unwrap();
            let key = till.submit("1.00", &charge.intent).await;
            till.work().await;
            (key, "charge_already_refunded")
        }
        Peer::Shop { sim, .. } => {
            sim.behave(Manner::Refuses("DECLINED"));
            let key = till.submit("1.00", &payment).await;
            till.work().await;
            (key, "DECLINED")
        }
    };
    let call = till.call(code.0).await;
    assert_eq!((call.status, call.standing), (QueueStatus::Done, Standing::Failed), "{way:?}");
    assert_eq!(call.error_code.as_deref(), Some(code.1));
    assert!(till.alerts().await.is_empty(), "a failure is told by the refund itself");
}

/// Bad credentials wait for good ones, and go on with the same key; the operator is told once.
async fn credentials(db: Db) {
    let till = Till::open(db, Way::Stripe).await;
    let (app, Peer::Stripe(sim)) = (&till.story.app, &till.peer) else { unreachable!() };
    let spoiled = StripeAccount { secret_key: Some("rk_wrong".into()), ..StripeAccount::default() };
    connect_stripe(&app.cx, app.marketplace.id, spoiled).await.unwrap();
    app.advance(TimeDelta::seconds(11));
    let key = till.submit("12.50", &till.pay()).await;
    till.work().await;
    let call = till.call(key).await;
    assert_eq!((call.status, call.error_code.as_deref()), (QueueStatus::Parked, Some("UNAUTHORIZED")));
    assert_eq!(call.begun_at, None, "a refused call did nothing");
    let told = till.alerts().await;
    assert!(told.len() == 1 && told[0].contains(&key.to_string()), "{told:?}");
    let mended = StripeAccount { secret_key: Some(StripeSim::SECRET_KEY.into()), ..StripeAccount::default() };
    connect_stripe(&app.cx, app.marketplace.id, mended).await.unwrap();
    app.advance(TimeDelta::seconds(11));
    till.work().await;
    assert_eq!((till.stands(key).await, sim.refunds().len(), till.alerts().await.len()), (DONE, 1, 1));
    assert!(
        !till
            .story
            .app
            .ask(&till.story.seller, "{ cases { nodes { timeline(first: 100) { nodes { __typename } } } } }", json!({}))
            .await
            .to_string()
            .contains("DeliveryStopped")
    );

    // A key that came with another order: a person looks, and the row does not move by itself.
    let again = order(key, money("12.49"), &till.pay(), RefundMeans::OriginalPayment);
    let other = IdempotencyKey::of(RefundId::generate(), AttemptNumber::FIRST);
    till.write(&NewPaymentCall { key: other, ..row(&again, Some(till.connection), till.case) }).await;
    till.work().await;
    let call = till.call(other).await;
    assert_eq!((call.status, call.error_code.as_deref()), (QueueStatus::Parked, Some("KEY_CONFLICT")));
    assert_eq!((till.alerts().await.len(), sim.refunds().len()), (2, 1));
    app.advance(TimeDelta::days(3));
    till.work().await;
    assert_eq!(till.call(other).await.status, QueueStatus::Parked);
    assert!(app.cx.store.replay_payment_call(app.marketplace.id, call.id).await.unwrap());
    assert_eq!(till.call(other).await.begun_at, call.begun_at, "what may have arrived is looked for first, whoever looked before");
}

/// What is told of a refund is told in the case that goes on.
async fn merged(db: Db) {
    let till = Till::open(db, Way::Stripe).await;
    let app = &till.story.app;
    let other = till.story.ticket().await;
    let into = till.story.case(other, "id").await["id"].clone();
    let spoiled = StripeAccount { secret_key: Some("rk_wrong".into()), ..StripeAccount::default() };
    connect_stripe(&app.cx, app.marketplace.id, spoiled).await.unwrap();
    app.advance(TimeDelta::seconds(11));
    let key = till.submit("12.50", &till.pay()).await;
    app.act(&till.story.operator, "caseMerge", "case { id }", json!({ "caseId": till.case, "intoCaseId": into })).await;
    till.work().await;
    let call = till.call(key).await;
    assert_eq!((call.status, json!(call.case)), (QueueStatus::Parked, into));
    assert!(till.alerts().await.is_empty());
}

/// What was decided before there was a connection goes through the first one.
async fn without_a_connection(db: Db) {
    let till = Till::open(db, Way::Stripe).await;
    let (app, Peer::Stripe(sim)) = (&till.story.app, &till.peer) else { unreachable!() };
    let key = IdempotencyKey::of(RefundId::generate(), AttemptNumber::FIRST);
    let payment = sim.pay(4000, "EUR", Transfer::None).intent;
    let order = RefundOrder {
        transfer: TransferReversal::Reverse,
        fee: ApplicationFee::GiveBack,
        ..order(key, money("12.50"), &payment, RefundMeans::OriginalPayment)
    };
    let waits = NewPaymentCall {
        status: QueueStatus::Parked,
        reason: Some(("NO_CONNECTION", "no payment system is connected".to_owned())),
        ..row(&order, None, till.case)
    };
    till.write(&waits).await;
    app.advance(TimeDelta::days(1));
    till.work().await;
    assert_eq!(till.stands(key).await, (QueueStatus::Parked, Standing::Unknown));
    let charges = StripeAccount { charges: Some(ChargeModel::SeparateTransfers), ..StripeAccount::default() };
    connect_stripe(&app.cx, app.marketplace.id, charges).await.unwrap();
    app.advance(TimeDelta::seconds(11));
    till.work().await;
    assert_eq!(till.stands(key).await, DONE);
    assert_eq!(sim.refunds()[0].flags, [false, false], "separate transfers know neither");
}

on_both_databases! {
    async fn an_instruction_is_carried_out_once(db: Db) {
        for way in WAYS {
            is_carried_out(db, way).await;
        }
    }

    async fn what_went_wrong_on_the_line_goes_on_with_the_same_order(db: Db) {
        for way in WAYS {
            goes_on(db, way).await;
        }
    }

    async fn an_unknown_outcome_is_never_given_up(db: Db) {
        for way in WAYS {
            never_dies(db, way).await;
        }
    }

    async fn refunds_of_one_payment_go_one_after_the_other(db: Db) {
        for way in WAYS {
            one_after_the_other(db, way).await;
        }
    }

    async fn what_takes_its_time_is_asked_for(db: Db) {
        for way in WAYS {
            takes_its_time(db, way).await;
        }
    }

    async fn a_final_no_is_a_failure(db: Db) {
        for way in WAYS {
            no_is_no(db, way).await;
        }
    }

    async fn what_a_person_must_mend_waits_for_one(db: Db) {
        credentials(db).await;
    }

    async fn a_merged_case_takes_its_refunds_along(db: Db) {
        merged(db).await;
    }

    async fn a_refund_without_a_payment_system_waits_for_the_first(db: Db) {
        without_a_connection(db).await;
    }
}
