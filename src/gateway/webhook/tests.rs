use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::*;
use crate::clock::ManualClock;
use crate::courier::Targets;
use crate::domain::refunds::ProviderReference;
use crate::gateway::tests::{key as order_key, money, order};

#[test]
fn an_instruction_is_what_the_protocol_says() {
    let mut whole = order(money("12.50", "EUR"));
    whole.metadata.insert("shop".to_owned(), "north".to_owned());
    let sent: Value = serde_json::from_str(&wire::instruction(&whole).unwrap()).unwrap();
    let expected = json!({ "version": 1, "type": "refund.instruct", "timestamp": "2026-11-22T09:00:00Z", "data": {
        "idempotencyKey": "refund:rfd_0192f0c0a1b27000800000000000000a:1", "amount": "12.50", "currency": "EUR",
        "means": "ORIGINAL_PAYMENT", "orderReference": "A-1001", "paymentReference": "pi_77", "sellerAccount": "acct_9",
        "reason": "REQUESTED_BY_BUYER", "transfer": "REVERSE", "applicationFee": "GIVE_BACK", "metadata": { "shop": "north" },
        "items": [{ "line": "A-1001-1", "units": 1, "item": "12.50", "itemTax": "0.00", "shipping": "0.00", "shippingTax": "0.00",
            "fees": "0.00" }],
    } });
    assert_eq!(sent, expected);
    for (amount, currency) in [("500", "JPY"), ("5.124", "KWD"), ("1234.50", "HUF"), ("500", "ISK")] {
        let sent: Value = serde_json::from_str(&wire::instruction(&order(money(amount, currency))).unwrap()).unwrap();
        assert_eq!((sent["data"]["amount"].as_str(), sent["data"]["currency"].as_str()), (Some(amount), Some(currency)));
    }
}

fn judged(status: u16, body: &str) -> Result<Answer, GatewayError> {
    let heard = Heard { status, pause: Some(TimeDelta::seconds(30)), body: body.as_bytes().to_vec() };
    judge(&heard, Some(money("12.50", "EUR")))
}

#[test]
fn every_answer_means_one_thing_and_only_the_software_s_own_no_is_final() {
    let word = |status, body: &str| judged(status, body).map(|answer| answer.word);
    let succeeded = |amount| Ok(ProviderWord::Succeeded { amount: money(amount, "EUR") });
    assert_eq!(word(200, r#"{"reference":"R","status":"SUCCEEDED"}"#), succeeded("12.50"));
    assert_eq!(word(201, r#"{"status":"SUCCEEDED","amount":"12.40","currency":"EUR","new":1}"#), succeeded("12.40"));
    assert_eq!(word(200, r#"{"status":"FAILED","code":"DECLINED"}"#), Ok(ProviderWord::Failed { kind: FailureKind::Declined }));
    assert_eq!(word(200, r#"{"status":"REVERSED"}"#), Ok(ProviderWord::Reversed));
    for (status, body) in [(200, r#"{"status":"PENDING"}"#), (202, ""), (202, r#"{"reference":"R"}"#), (204, "")] {
        assert_eq!(word(status, body), Ok(ProviderWord::Pending), "{status} {body}");
    }
    for (status, code, kind) in [
        (422, "INSUFFICIENT_FUNDS", FailureKind::InsufficientFunds),
        (400, "ACCOUNT_GONE", FailureKind::AccountGone),
        (410, "WORD_OF_ITS_OWN", FailureKind::Other),
    ] {
        let refused = Err(GatewayError::Refused { kind, status, code: code.to_owned() });
        assert_eq!(word(status, &json!({ "code": code }).to_string()), refused);
    }
    assert_eq!(word(409, r#"{"code":"KEY_REUSED"}"#), Err(GatewayError::KeyConflict));
    assert_eq!(word(401, r#"{"code":"X"}"#), Err(GatewayError::Unauthorized { status: 401 }));
    assert_eq!(word(429, ""), Err(GatewayError::RateLimited { retry_after: Duration::from_secs(30) }));
    assert!(matches!(word(302, ""), Err(GatewayError::Unavailable { .. })));
    for (status, body) in [
        (200, ""),
        (200, "<html>"),
        (200, "{}"),
        (200, r#"{"status":"DONE"}"#),
        (200, r#"{"status":"SUCCEEDED","amount":"12.505","currency":"EUR"}"#),
        (200, r#"{"status":"SUCCEEDED","amount":"12.50"}"#),
        (404, "<html>"),
        (404, ""),
        (409, r#"{"code":"KEY_IN_USE"}"#),
        (422, r#"{"code":"Anna has no account"}"#),
        (500, ""),
        (503, r#"{"code":"DECLINED"}"#),
    ] {
        assert!(matches!(word(status, body), Err(GatewayError::Uncertain { .. })), "{status} {body}: {:?}", word(status, body));
    }
}

#[test]
fn a_report_names_its_refund_and_says_how_much() {
    let report = |version: u8, kind: &str, data: Value| {
        let body = json!({ "version": version, "type": kind, "timestamp": "2026-11-22T10:00:00Z", "data": data });
        wire::news("r1", body.to_string().as_bytes())
    };
    let settled = |data| report(1, "refund.settled", data);
    let key = order_key().to_string();
    let done = settled(json!({ "idempotencyKey": key, "reference": "R", "status": "SUCCEEDED", "amount": "12.50", "currency": "EUR" }));
    let [news] = <[News; 1]>::try_from(done.unwrap()).unwrap();
    assert_eq!((news.key, news.word), (Some(order_key()), ProviderWord::Succeeded { amount: money("12.50", "EUR") }));
    assert_eq!((news.event.as_str(), news.reference), ("r1", Some(ProviderReference::new("R"))));
    assert_eq!(report(1, "refund.instruct", json!({ "idempotencyKey": key })), Ok(vec![]), "our own words come back");
    for wrong in [
        report(2, "refund.settled", json!({})),
        settled(json!({ "status": "PENDING" })),
        settled(json!({ "idempotencyKey": "refund:1", "status": "PENDING" })),
        settled(json!({ "idempotencyKey": key, "status": "SUCCEEDED" })),
        settled(json!({ "idempotencyKey": key, "status": "SUCCEEDED", "amount": 12.5, "currency": "EUR" })),
        settled(json!({ "idempotencyKey": key })),
    ] {
        assert!(matches!(wrong, Err(NewsError::Unreadable(_))), "{wrong:?}");
    }
}

#[test]
fn the_example_of_standard_webhooks_is_believed_and_nothing_like_it() {
    let bytes = BASE64.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let keys = [Key(Zeroizing::new(b"new".to_vec())), Key(Zeroizing::new(bytes))];
    let at = chrono::DateTime::from_timestamp(1_614_265_330, 0).unwrap();
    let headers = |id: &str, signature: &str| {
        let pairs = [("webhook-id", id), ("webhook-timestamp", "1614265330"), ("webhook-signature", signature)];
        HeaderMap::from_iter(pairs.map(|(name, value)| (name.parse::<reqwest::header::HeaderName>().unwrap(), value.parse().unwrap())))
    };
    let (id, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", br#"{"test": 2432232314}"#);
    let right = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    let check = |headers: &HeaderMap, keys: &[Key], late: i64| {
        verify(keys, headers, body, at + TimeDelta::seconds(late), TOLERANCE).map(str::to_owned)
    };
    let two = format!("v1,AAAA {right}");
    for signature in [right, two.as_str()] {
        assert_eq!(check(&headers(id, signature), &keys, 300).as_deref(), Ok(id));
        assert!(check(&headers(id, signature), &keys, 301).is_err() && check(&headers(id, signature), &keys, -301).is_err());
        assert!(check(&headers(id, signature), &keys[..1], 0).is_err() && check(&headers(id, signature), &[], 0).is_err());
        assert!(check(&headers("msg_other", signature), &keys, 0).is_err());
    }
    for wrong in ["v1,", "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="] {
        assert!(check(&headers(id, wrong), &keys, 0).is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn an_address_of_our_own_network_is_never_called() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let clock = Arc::new(ManualClock::at("2026-11-22T09:00:00Z".parse().unwrap()));
    for address in ["http", "https"] {
        let url = format!("{address}://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let settings = Settings { url, keys: vec![Key(Zeroizing::new(b"k".to_vec()))], news_keys: Vec::new() };
        let backend = Backend::new(settings, Courier::new(Targets::Public).unwrap(), clock.clone());
        let order = order(money("12.50", "EUR"));
        let refused = backend.refund(&order, Attempt::First).await.unwrap_err();
        assert!(matches!(&refused, GatewayError::Unavailable { reason } if reason.contains("must")), "{refused:?}");
        assert!(backend.look(&Sought::of(&order)).await.is_err());
    }
    assert!(futures_util::FutureExt::now_or_never(listener.accept()).is_none(), "somebody called");
}
