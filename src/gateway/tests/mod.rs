use std::collections::BTreeMap;

use super::*;
use crate::domain::ids::RefundId;
use crate::domain::money::Money;
use crate::domain::purchases::{LineKey, Part, Parts};
use crate::domain::refunds::{AttemptNumber, FailureKind, IdempotencyKey, RefundMeans};

pub(super) fn money(amount: &str, currency: &str) -> Money {
    Money::parse(amount, currency.parse().unwrap()).unwrap()
}

pub(super) fn key() -> IdempotencyKey {
    let refund: RefundId = "rfd_0192f0c0a1b27000800000000000000a".parse().unwrap();
    IdempotencyKey::of(refund, AttemptNumber::FIRST)
}

/// One line, all of it its goods.
pub(super) fn order(amount: Money) -> RefundOrder {
    let line = LineKey::try_from("A-1001-1".to_owned()).unwrap();
    let parts = Parts::of(amount.currency, [(Part::Item, amount)]).unwrap_or(Parts::nothing(amount.currency));
    RefundOrder {
        key: key(),
        amount,
        means: RefundMeans::OriginalPayment,
        order: "A-1001".to_owned(),
        payment: Some(PaymentReference("pi_77".to_owned())),
        seller: Some(SellerAccount("acct_9".to_owned())),
        items: vec![RefundedItem { line, units: 1, parts }],
        reason: RefundReason::RequestedByBuyer,
        transfer: TransferReversal::Reverse,
        fee: ApplicationFee::GiveBack,
        metadata: BTreeMap::new(),
        ordered_at: "2026-11-22T09:00:00Z".parse().unwrap(),
    }
}

#[test]
fn an_order_is_something_and_the_sum_of_its_parts() {
    let euros = |amount| order(money(amount, "EUR"));
    assert_eq!(euros("12.50").check(), Ok(()));
    let mut without_items = euros("12.50");
    without_items.items.clear();
    assert_eq!(without_items.check(), Ok(()));
    let mut one_cent_less = euros("12.50");
    one_cent_less.amount = money("12.49", "EUR");
    let mut other_currency = euros("12.50");
    other_currency.amount = money("12.50", "USD");
    for wrong in [euros("0"), euros("-1"), one_cent_less, other_currency] {
        assert!(matches!(wrong.check(), Err(GatewayError::Unsendable { .. })), "{}", wrong.amount);
    }
}

#[test]
fn an_order_is_kept_and_read_back_as_it_was() {
    let order = order(money("12.50", "EUR"));
    let kept = serde_json::to_string(&order).unwrap();
    assert_eq!(serde_json::from_str::<RefundOrder>(&kept).unwrap(), order);
    assert!(kept.contains(r#""key":"refund:rfd_0192f0c0a1b27000800000000000000a:1""#), "{kept}");
}

#[test]
fn each_error_has_its_remedy_and_only_a_final_no_is_a_failure() {
    let reason = || "x".to_owned();
    let pause = std::time::Duration::from_secs(9);
    let refused = GatewayError::Refused { kind: FailureKind::Declined, status: 402, code: String::new() };
    for (error, remedy, unknown) in [
        (GatewayError::RateLimited { retry_after: pause }, Remedy::Wait(pause), false),
        (GatewayError::Unavailable { reason: reason() }, Remedy::Again, false),
        (GatewayError::Uncertain { reason: reason() }, Remedy::Again, true),
        (GatewayError::Undecidable { reason: reason() }, Remedy::AskPerson, true),
        (GatewayError::KeyConflict, Remedy::AskPerson, true),
        (GatewayError::Unauthorized { status: 401 }, Remedy::AskPerson, false),
        (refused, Remedy::Fail(FailureKind::Declined), false),
        (GatewayError::NotDone, Remedy::Fail(FailureKind::Other), false),
        (GatewayError::Unsendable { reason: reason() }, Remedy::Fail(FailureKind::Other), false),
    ] {
        assert_eq!((error.remedy(), error.leaves_unknown()), (remedy, unknown), "{error}");
    }
}
