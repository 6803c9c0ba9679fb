use std::time::Duration;

use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde_json::{Value, json};

use super::*;
use crate::domain::money::Money;
use crate::domain::refunds::{FailureKind, ProviderWord, RefundMeans};
use crate::gateway::tests::{key, money, order};
use crate::gateway::{ApplicationFee, PaymentReference, RefundReason, TransferReversal};

fn written(amount: Money) -> Result<String, GatewayError> {
    form::refund(&order(amount), ChargeModel::Destination)
}

#[test]
fn a_refund_is_written_as_stripe_wants_it() {
    let expected = "payment_intent=pi_77&amount=1250&reason=requested_by_customer&reverse_transfer=true&refund_application_fee=true\
        &metadata%5Border%5D=A-1001&metadata%5Btrilogue_key%5D=refund%3Arfd_0192f0c0a1b27000800000000000000a%3A1";
    assert_eq!(written(money("12.50", "EUR")).as_deref(), Ok(expected));
    let mut bare = order(money("12.50", "EUR"));
    bare.payment = Some(PaymentReference("ch_3".to_owned()));
    (bare.reason, bare.transfer, bare.fee) = (RefundReason::Unsaid, TransferReversal::Leave, ApplicationFee::Keep);
    let written = form::refund(&bare, ChargeModel::Destination).unwrap();
    assert!(written.starts_with("charge=ch_3&amount=1250&metadata"), "{written}");
}

#[test]
fn amounts_are_in_stripe_s_units_or_not_sent() {
    for (amount, currency, units) in [
        ("0.01", "EUR", Some("1")),
        ("19.99", "EUR", Some("1999")),
        ("500", "JPY", Some("500")),
        ("1234.56", "HUF", Some("123456")),
        ("500", "ISK", Some("50000")),
        ("500", "UGX", Some("50000")),
        ("5.120", "KWD", Some("5120")),
        ("5.124", "KWD", None),
        ("1.230", "TND", Some("1230")),
        ("990", "CLP", Some("990")),
        ("5.00", "MGA", Some("5")),
        ("5.50", "MGA", None),
    ] {
        let written = written(money(amount, currency));
        match units {
            Some(units) => assert!(written.as_ref().is_ok_and(|form| form.contains(&format!("&amount={units}&"))), "{amount} {currency}"),
            None => assert!(matches!(written, Err(GatewayError::Unsendable { .. })), "{amount} {currency}"),
        }
    }
}

#[test]
fn only_what_the_kind_of_charge_allows_is_sent() {
    use ApplicationFee::{GiveBack, Keep};
    use ChargeModel::{Destination, Direct, SeparateTransfers};
    use TransferReversal::{Leave, Reverse};
    for (charges, transfer, fee, sent) in [
        (Destination, Reverse, GiveBack, true),
        (Direct, Leave, GiveBack, true),
        (Direct, Reverse, Keep, false),
        (SeparateTransfers, Leave, Keep, true),
        (SeparateTransfers, Reverse, Keep, false),
        (SeparateTransfers, Leave, GiveBack, false),
    ] {
        let mut order = order(money("1", "EUR"));
        (order.transfer, order.fee) = (transfer, fee);
        assert_eq!(form::refund(&order, charges).is_ok(), sent, "{charges:?} {transfer:?} {fee:?}");
    }
    for means in [RefundMeans::BankTransfer, RefundMeans::StoreCredit, RefundMeans::Voucher] {
        let mut order = order(money("1", "EUR"));
        order.means = means;
        assert!(form::refund(&order, Destination).is_err(), "{means:?}");
    }
}

#[test]
fn a_payment_is_named_by_an_id_of_stripe_s_and_nothing_else() {
    for wrong in ["", "pi_", "77", "pi_7/../8", "ch_7?x=1", "pi_7&amount=1", "PI_7", "re_7", &format!("pi_{}", "7".repeat(300))] {
        assert!(form::payment(&PaymentReference(wrong.to_owned())).is_err(), "{wrong}");
    }
}

#[test]
fn remarks_are_cut_to_what_stripe_takes_and_never_displace_the_key() {
    let mut order = order(money("1", "EUR"));
    order.order = "o".repeat(600);
    order.metadata = (0..60).map(|number| (format!("k{number:02}"), "v".repeat(501))).collect();
    order.metadata.extend([(KEY_FIELD, "forged"), ("a[b]", "x"), ("", "x"), ("nothing", "")].map(|(k, v)| (k.to_owned(), v.to_owned())));
    let written = form::refund(&order, ChargeModel::Destination).unwrap();
    let fields: Vec<_> = url::form_urlencoded::parse(written.as_bytes()).filter(|(name, _)| name.starts_with("metadata[")).collect();
    assert!(fields.len() <= 50 && fields.iter().all(|(_, value)| (1..=500).contains(&value.len())), "{}", fields.len());
    let ours: Vec<_> = fields.iter().filter(|(name, _)| name == "metadata[trilogue_key]").map(|(_, value)| value.to_string()).collect();
    assert_eq!(ours, [key().to_string()]);
}

fn judged(status: u16, body: &str) -> GatewayError {
    let call = Call::post("v1/refunds", String::new(), String::new());
    wire::refusal(&call, status, &HeaderMap::new(), body.as_bytes())
}

fn fault(kind: &str, code: &str) -> String {
    json!({ "error": { "type": kind, "code": code, "message": "Charge ch_1 of Anna" } }).to_string()
}

#[test]
fn only_stripe_s_own_no_is_final() {
    let invalid = |code| fault("invalid_request_error", code);
    let refused = |kind, status, code: &str| GatewayError::Refused { kind, status, code: code.to_owned() };
    for (status, body, expected) in [
        (400, invalid("charge_already_refunded"), refused(FailureKind::Other, 400, "charge_already_refunded")),
        (400, invalid("charge_disputed"), refused(FailureKind::PaymentDisputed, 400, "charge_disputed")),
        (400, invalid("balance_insufficient"), refused(FailureKind::InsufficientFunds, 400, "balance_insufficient")),
        (402, fault("card_error", "card_declined"), refused(FailureKind::Declined, 402, "card_declined")),
        (404, invalid("resource_missing"), refused(FailureKind::Other, 404, "resource_missing")),
        (400, invalid("Words of Anna"), refused(FailureKind::Other, 400, "")),
        (400, fault("idempotency_error", ""), GatewayError::KeyConflict),
        (401, invalid(""), GatewayError::Unauthorized { status: 401 }),
        (403, String::new(), GatewayError::Unauthorized { status: 403 }),
        (429, invalid("rate_limit"), GatewayError::RateLimited { retry_after: Duration::from_secs(5) }),
        (429, invalid("lock_timeout"), GatewayError::RateLimited { retry_after: Duration::from_secs(5) }),
        (409, invalid("lock_timeout"), GatewayError::RateLimited { retry_after: Duration::from_secs(5) }),
    ] {
        assert_eq!(judged(status, &body), expected, "{status} {body}");
    }
    for (status, body) in [
        (409, fault("idempotency_error", "idempotency_key_in_use")),
        (400, fault("idempotency_error", "idempotency_key_in_use")),
        (409, String::new()),
        (400, "<html>".to_owned()),
        (404, "<html>".to_owned()),
        (408, String::new()),
        (424, invalid("")),
        (500, fault("api_error", "")),
        (502, "<html>".to_owned()),
        (503, String::new()),
    ] {
        assert!(matches!(judged(status, &body), GatewayError::Uncertain { .. }), "{status} {body}: {:?}", judged(status, &body));
    }
    assert!(matches!(judged(302, ""), GatewayError::Unavailable { .. }));
    let headers = HeaderMap::from_iter([(RETRY_AFTER, "30".parse().unwrap())]);
    let asked = wire::refusal(&Call::get("x"), 429, &headers, b"");
    assert_eq!(asked, GatewayError::RateLimited { retry_after: Duration::from_secs(30) });
}

#[test]
fn a_known_signature_fits_and_any_other_does_not() {
    // openssl dgst -sha256 -hmac whsec_test
    let signature = "9768205fbb644a6a645cdd13f225c6791ed91580e4d16c14b9a8e73cd4ba4393";
    let at = chrono::DateTime::from_timestamp(1_795_000_000, 0).unwrap();
    let check = |header: &str, secrets: &[&str], late: i64| {
        let headers = HeaderMap::from_iter([("stripe-signature".parse().unwrap(), header.parse().unwrap())]);
        let delivery = Delivery { headers: &headers, body: br#"{"id":"evt_1"}"#, received_at: at + TimeDelta::seconds(late) };
        let secrets: Vec<SecretString> = secrets.iter().map(|secret| (*secret).into()).collect();
        events::verify(&delivery, &secrets, TOLERANCE)
    };
    let right = format!("t=1795000000,v1={signature}");
    let two = format!("t=1795000000,v1={},v1={signature},v0=6ffbb59b", "0".repeat(64));
    for (header, secrets) in [(&right, &["whsec_test"][..]), (&right, &["whsec_new", "whsec_test"]), (&two, &["whsec_test"])] {
        assert_eq!(check(header, secrets, 300), Ok(()), "{header}");
        assert_eq!(check(header, secrets, -300), Ok(()), "{header}");
        assert_eq!(check(header, secrets, 301), Err(NewsError::BadSignature("is too old, or from the future")));
        assert_eq!(check(header, secrets, -301), Err(NewsError::BadSignature("is too old, or from the future")));
    }
    for wrong in [
        format!("t=1795000001,v1={signature}"),
        format!("t=1795000000,v0={signature}"),
        format!("t=1795000000,v1={}", &signature[..62]),
        "t=1795000000,v1=".to_owned(),
        "t=1795000000".to_owned(),
    ] {
        assert_eq!(check(&wrong, &["whsec_test"], 0), Err(NewsError::BadSignature("does not fit")), "{wrong}");
    }
    assert_eq!(check(&right, &["test"], 0), Err(NewsError::BadSignature("does not fit")));
    assert_eq!(check(&right, &[], 0), Err(NewsError::BadSignature("does not fit")), "no secret lets nobody in");
    for missing in [format!("v1={signature}"), "nonsense".to_owned(), String::new()] {
        assert_eq!(check(&missing, &["whsec_test"], 0), Err(NewsError::BadSignature("is not there")), "{missing}");
    }
}

fn event(kind: &str, refund: &Value, account: Option<&str>) -> Vec<u8> {
    let mut event = json!({ "id": "evt_1", "object": "event", "type": kind, "created": 1_795_000_000, "data": { "object": refund } });
    if let Some(account) = account {
        event["account"] = account.into();
    }
    event.to_string().into_bytes()
}

fn refund(status: &Value, more: &Value) -> Value {
    let mut refund = json!({ "id": "re_1", "object": "refund", "amount": 50_000, "currency": "isk", "status": status,
        "metadata": { KEY_FIELD: key().to_string() } });
    if let (Some(refund), Some(more)) = (refund.as_object_mut(), more.as_object()) {
        refund.extend(more.clone());
    }
    refund
}

#[test]
fn every_status_has_its_word_and_only_one_says_that_the_money_moved() {
    use ProviderWord::{Failed, Pending, Succeeded};
    let succeeded = Succeeded { amount: money("500", "ISK") };
    for (status, more, word) in [
        (json!("succeeded"), json!({}), succeeded),
        (json!("pending"), json!({ "pending_reason": "insufficient_funds" }), Pending),
        (json!("requires_action"), json!({ "next_action": { "type": "display_details" } }), Pending),
        (json!("of_the_future"), json!({}), Pending),
        (json!(null), json!({}), Pending),
        (json!("canceled"), json!({}), Failed { kind: FailureKind::Canceled }),
        (json!("failed"), json!({ "failure_reason": "lost_or_stolen_card" }), Failed { kind: FailureKind::AccountGone }),
        (json!("failed"), json!({ "failure_reason": "of_the_future" }), Failed { kind: FailureKind::Other }),
        (json!("failed"), json!({}), Failed { kind: FailureKind::Other }),
    ] {
        for kind in ["refund.created", "refund.updated", "refund.failed", "charge.refund.updated"] {
            let news = events::read(&event(kind, &refund(&status, &more), None), ChargeModel::Destination).unwrap();
            let [one] = news.as_slice() else { panic!("{news:?}") };
            assert_eq!((one.word, one.key, one.event.as_str()), (word, Some(key()), "evt_1"), "{kind} {status}");
        }
    }
}

#[test]
fn what_is_no_news_of_ours_is_passed_over_and_what_makes_no_sense_is_said() {
    let read = |body: &[u8]| events::read(body, ChargeModel::Destination);
    let charge = json!({ "id": "ch_1", "object": "charge", "amount": 1, "currency": "eur" });
    assert_eq!(read(&event("charge.refunded", &charge, None)), Ok(vec![]));
    assert_eq!(read(&event("payment_intent.succeeded", &json!({}), None)), Ok(vec![]));
    let by_hand = refund(&json!("succeeded"), &json!({ "metadata": {} }));
    assert_eq!(read(&event("refund.created", &by_hand, None)).unwrap()[0].key, None);
    let of_others = refund(&json!("succeeded"), &json!({ "metadata": { KEY_FIELD: "refund:1:1" } }));
    assert_eq!(read(&event("refund.created", &of_others, None)).unwrap()[0].key, None);
    for wrong in [
        event("refund.updated", &charge, None),
        event("refund.updated", &refund(&json!("succeeded"), &json!({ "amount": 501 })), None),
        event("refund.updated", &refund(&json!("succeeded"), &json!({ "amount": "500" })), None),
        event("refund.updated", &refund(&json!("succeeded"), &json!({ "currency": "xyz" })), None),
        b"{".to_vec(),
        b"[]".to_vec(),
    ] {
        let unreadable = read(&wrong).unwrap_err();
        assert!(matches!(unreadable, NewsError::Unreadable(_)) && !unreadable.to_string().contains("xyz"), "{unreadable}");
    }
}

#[test]
fn a_seller_s_own_account_speaks_for_itself_only() {
    let forged = event("refund.updated", &refund(&json!("succeeded"), &json!({})), Some("acct_evil"));
    for charges in [ChargeModel::Destination, ChargeModel::SeparateTransfers] {
        assert_eq!(events::read(&forged, charges), Ok(vec![]), "{charges:?}");
    }
    let direct = events::read(&forged, ChargeModel::Direct).unwrap();
    assert_eq!(direct[0].account, Some(SellerAccount("acct_evil".to_owned())));
}

#[test]
fn a_refusal_to_look_is_no_failure_of_the_refund() {
    let refused = GatewayError::Refused { kind: FailureKind::Other, status: 400, code: "parameter_unknown".to_owned() };
    for error in [refused, GatewayError::KeyConflict] {
        assert!(not_seen(error.clone()).leaves_unknown() && matches!(not_seen(error), GatewayError::Undecidable { .. }));
    }
    let pause = GatewayError::RateLimited { retry_after: Duration::from_secs(1) };
    for error in [pause, GatewayError::unavailable("x"), GatewayError::Unauthorized { status: 401 }] {
        assert_eq!(not_seen(error.clone()), error);
    }
}
