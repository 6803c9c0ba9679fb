//! What is final stays so, and what is not is never taken for it.

use trilogue::demo::stripe::Payment;
use trilogue::domain::refunds::{FailureKind, ProviderWord};
use trilogue::gateway::Sought;

use super::*;

#[tokio::test]
async fn a_final_no_says_why_and_stays_under_its_key() {
    for way in WAYS {
        let bench = Bench::open(way).await;
        match &bench.peer {
            Peer::Stripe(sim) => {
                let payment = sim.pay(4000, "EUR", Transfer::Destination);
                sim.dispute(&payment);
                let order = RefundOrder { payment: Some(PaymentReference(payment.intent)), ..bench.order.clone() };
                let error = bench.gateway().refund(&order, Attempt::First).await.unwrap_err();
                assert_eq!(error.remedy(), Remedy::Fail(FailureKind::PaymentDisputed));
            }
            Peer::Webhook(sim) => {
                sim.behave(Manner::Refuses("INSUFFICIENT_FUNDS"));
                for _ in 0..2 {
                    let error = bench.gateway().refund(&bench.order, Attempt::First).await.unwrap_err();
                    assert_eq!(error.remedy(), Remedy::Fail(FailureKind::InsufficientFunds));
                    sim.behave(Manner::AtOnce);
                }
                let found = bench.gateway().look(&Sought::of(&bench.order)).await.unwrap().unwrap();
                assert_eq!(found.word, ProviderWord::Failed { kind: FailureKind::InsufficientFunds });
            }
        }
        assert_eq!(bench.moved(), Vec::<String>::new(), "{way:?}");
    }
}

#[tokio::test]
async fn a_key_with_another_order_is_refused_and_a_person_is_asked() {
    for way in WAYS {
        let bench = Bench::open(way).await;
        let gateway = bench.gateway();
        gateway.refund(&bench.order, Attempt::First).await.unwrap();
        let amount = money("12.49", "EUR");
        let other = RefundOrder { amount, items: Vec::new(), ..bench.order.clone() };
        let error = gateway.refund(&other, Attempt::First).await.unwrap_err();
        assert_eq!((&error, error.remedy()), (&GatewayError::KeyConflict, Remedy::AskPerson), "{way:?}");
        assert_eq!(bench.moved(), bench.once(), "{way:?}");
    }
}

#[tokio::test]
async fn no_more_is_given_back_than_was_paid() {
    let bench = Bench::open(Way::Stripe).await;
    let Peer::Stripe(sim) = &bench.peer else { panic!() };
    let payment = sim.pay(1249, "EUR", Transfer::Destination);
    let order = |number, Payment { intent, .. }: &Payment| RefundOrder {
        key: IdempotencyKey::of(bench.order.key.refund(), AttemptNumber::from_number(number)),
        payment: Some(PaymentReference(intent.clone())),
        ..bench.order.clone()
    };
    let gateway = bench.gateway();
    let error = gateway.refund(&order(1, &payment), Attempt::First).await.unwrap_err();
    assert_eq!(error.remedy(), Remedy::Fail(FailureKind::Other), "{error}");
    sim.refund_by_hand(&payment, 1249).unwrap();
    let error = gateway.refund(&order(2, &payment), Attempt::First).await.unwrap_err();
    assert!(matches!(&error, GatewayError::Refused { code, .. } if code == "charge_already_refunded"), "{error}");
    assert_eq!(bench.moved(), ["1249 EUR"]);
}

#[tokio::test]
async fn credentials_that_are_no_good_do_nothing_and_fail_nothing() {
    for way in WAYS {
        let bench = Bench::open(way).await;
        let stranger: Arc<dyn Gateway> = match &bench.peer {
            Peer::Stripe(sim) => {
                let settings = stripe::Settings::new(sim.base_url().parse().unwrap(), "sk_other".into(), vec![], ChargeModel::Destination);
                Arc::new(Stripe::new(settings, bench.clock.clone()).unwrap())
            }
            Peer::Webhook(sim) => {
                let keys = vec![Key(b"other".to_vec().into())];
                let settings = webhook::Settings { url: sim.url().parse().unwrap(), keys, news_keys: vec![] };
                Arc::new(Backend::new(settings, Courier::new(Targets::Any).unwrap(), bench.clock.clone()))
            }
        };
        let error = stranger.refund(&bench.order, Attempt::First).await.unwrap_err();
        assert_eq!((&error, error.remedy()), (&GatewayError::Unauthorized { status: 401 }, Remedy::AskPerson), "{way:?}");
        assert!(!format!("{stranger:?}").contains("other"), "{stranger:?}");
        bench.gateway().refund(&bench.order, Attempt::First).await.unwrap();
        assert_eq!(bench.moved(), bench.once(), "{way:?}");
    }
}

#[tokio::test]
async fn a_locked_payment_and_a_limit_are_waited_for() {
    let bench = Bench::open(Way::Stripe).await;
    let Peer::Stripe(sim) = &bench.peer else { panic!() };
    sim.lock_next();
    let gateway = bench.gateway();
    let error = gateway.refund(&bench.order, Attempt::First).await.unwrap_err();
    assert!(matches!(error.remedy(), Remedy::Wait(_)) && !error.leaves_unknown(), "{error}");
    for way in WAYS {
        let bench = Bench::open(way).await;
        let fault = trilogue::demo::peer::Fault::RateLimited { retry_after: 77 };
        bench.faults().next(trilogue::demo::peer::On::post("/"), fault);
        let error = bench.gateway().refund(&bench.order, Attempt::First).await.unwrap_err();
        assert_eq!(error.remedy(), Remedy::Wait(Duration::from_secs(77)), "{way:?}");
    }
}

#[tokio::test]
async fn on_a_seller_s_own_account_nobody_else_s_refund_is_made_or_found() {
    let bench = Bench::open(Way::Stripe).await;
    let Peer::Stripe(sim) = &bench.peer else { panic!() };
    let payment = PaymentReference(sim.pay_to("acct_9", 4000, "EUR").intent);
    let settings = stripe::Settings::new(sim.base_url().parse().unwrap(), StripeSim::SECRET_KEY.into(), vec![], ChargeModel::Direct);
    let direct = Stripe::new(settings, bench.clock.clone()).unwrap();
    let order = RefundOrder { payment: Some(payment), transfer: TransferReversal::Leave, ..bench.order.clone() };
    let other = RefundOrder { seller: Some(SellerAccount("acct_8".to_owned())), ..order.clone() };
    let nobody = RefundOrder { seller: None, ..order.clone() };
    assert!(matches!(direct.refund(&other, Attempt::First).await, Err(GatewayError::Refused { status: 404, .. })));
    assert!(matches!(direct.refund(&nobody, Attempt::First).await, Err(GatewayError::Unsendable { .. })));
    direct.refund(&order, Attempt::First).await.unwrap();
    assert!(direct.look(&Sought::of(&order)).await.unwrap().is_some());
    assert_eq!(direct.look(&Sought::of(&other)).await, Ok(None));
    assert_eq!(bench.moved(), bench.once());
}
