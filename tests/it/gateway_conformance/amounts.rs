//! To the smallest coin.

use trilogue::domain::refunds::ProviderWord;

use super::*;

#[tokio::test]
async fn what_is_ordered_is_what_moves_in_every_currency() {
    for (amount, currency, units) in [
        ("0.01", "EUR", 1),
        ("12.50", "EUR", 1250),
        ("500", "JPY", 500),
        ("5.120", "KWD", 5120),
        ("1.230", "TND", 1230),
        ("1234.56", "HUF", 123_456),
        ("500", "ISK", 50_000),
        ("500", "UGX", 50_000),
        ("990", "CLP", 990),
        ("5.00", "MGA", 5),
    ] {
        for way in WAYS {
            // No unit more was paid, so that a factor of ten or a hundred is refused.
            let bench = Bench::with(way, money(amount, currency), units).await;
            let answer = bench.gateway().refund(&bench.order, Attempt::First).await.unwrap();
            assert_eq!(answer.word, ProviderWord::Succeeded { amount: bench.order.amount }, "{way:?} {amount} {currency}");
            let expected = match way {
                Way::Stripe => format!("{units} {currency}"),
                Way::Webhook => format!("{amount} {currency}"),
            };
            assert_eq!(bench.moved(), [expected]);
        }
    }
}

#[tokio::test]
async fn what_cannot_be_expressed_is_not_sent_and_never_rounded() {
    let bench = Bench::with(Way::Stripe, money("5.124", "KWD"), 10_000).await;
    assert!(matches!(bench.gateway().refund(&bench.order, Attempt::First).await, Err(GatewayError::Unsendable { .. })));
    assert_eq!(bench.moved(), Vec::<String>::new());
    for way in WAYS {
        let mut bench = Bench::open(way).await;
        bench.order.amount = money("12.51", "EUR");
        let error = bench.gateway().refund(&bench.order, Attempt::First).await.unwrap_err();
        assert!(matches!(&error, GatewayError::Unsendable { .. }), "{way:?}: its parts are not its amount");
        assert_eq!(bench.moved(), Vec::<String>::new(), "{way:?}");
    }
}

#[tokio::test]
async fn who_bears_it_goes_along() {
    for (transfer, fee, flags) in [
        (TransferReversal::Reverse, ApplicationFee::GiveBack, [true, true]),
        (TransferReversal::Reverse, ApplicationFee::Keep, [true, false]),
        (TransferReversal::Leave, ApplicationFee::Keep, [false, false]),
    ] {
        let mut bench = Bench::open(Way::Stripe).await;
        (bench.order.transfer, bench.order.fee) = (transfer, fee);
        bench.order.metadata.insert("refund".to_owned(), "R-5".to_owned());
        bench.gateway().refund(&bench.order, Attempt::First).await.unwrap();
        let Peer::Stripe(sim) = &bench.peer else { panic!() };
        let [made] = <[_; 1]>::try_from(sim.refunds()).unwrap();
        assert_eq!(made.flags, flags, "{transfer:?} {fee:?}");
        let key = bench.order.key.to_string();
        let written: Vec<_> = made.metadata.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(written, [("order", "A-1001"), ("refund", "R-5"), (stripe::KEY_FIELD, key.as_str())]);
    }
}
