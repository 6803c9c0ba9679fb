use chrono::DateTime;
use proptest::prelude::*;
use reqwest::header::{HeaderMap, HeaderName};
use serde_json::{Value, json};

use super::*;
use crate::domain::tickets::TicketNumber;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/freshdesk/", $name)).as_slice()
    };
}

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap())).collect()
}

fn check(pairs: &[(&str, &str)], query: Option<&str>) -> Result<(), VerifyError> {
    let headers = headers(pairs);
    let delivery = Delivery { headers: &headers, query, body: b"{}", received_at: DateTime::UNIX_EPOCH };
    verify(&delivery, &["old".into(), "n&w".into()])
}

#[test]
fn the_secret_may_come_by_header_password_or_address() {
    assert_eq!(check(&[("x-trilogue-secret", "old")], None), Ok(()));
    assert_eq!(check(&[("X-Trilogue-Secret", "n&w")], None), Ok(()));
    assert_eq!(check(&[("authorization", "Basic aG9vazpvbGQ=")], None), Ok(()), "hook:old");
    assert_eq!(check(&[], Some("a=1&key=old")), Ok(()));
    assert_eq!(check(&[], Some("secret=n%26w")), Ok(()));
    assert_eq!(check(&[("x-trilogue-secret", "wrong")], Some("key=old")), Ok(()), "one right proof is enough");
}

#[test]
fn nothing_else_opens_the_door() {
    assert_eq!(check(&[], None), Err(VerifyError::Missing));
    assert_eq!(check(&[("authorization", "Bearer old")], Some("token=old")), Err(VerifyError::Missing));
    assert_eq!(check(&[("x-trilogue-secret", "ol")], None), Err(VerifyError::Wrong));
    assert_eq!(check(&[("x-trilogue-secret", "")], Some("key=")), Err(VerifyError::Wrong));
    assert_eq!(check(&[("authorization", "Basic b2xkOmhvb2s=")], None), Err(VerifyError::Wrong), "old:hook, the user is no secret");
    for odd in ["Basic", "Basic !!!", "Basic b2xk"] {
        assert_eq!(check(&[("authorization", odd)], None), Err(VerifyError::Missing), "{odd}");
    }
}

fn read_body(body: &[u8], content_type: &str) -> Result<Nudge, ReadError> {
    let headers = headers(&[("content-type", content_type)]);
    read(&Delivery { headers: &headers, query: None, body, received_at: DateTime::UNIX_EPOCH })
}

#[test]
fn every_form_of_body_names_its_ticket() {
    for (body, content_type) in [
        (fixture!("simple.json"), "application/json"),
        (fixture!("advanced.json"), "text/plain"),
        (fixture!("flat.json"), "application/json; charset=utf-8"),
        (fixture!("form.txt"), "application/x-www-form-urlencoded"),
    ] {
        let nudge = read_body(body, content_type).unwrap();
        assert_eq!(nudge.ticket, Some(TicketNumber("318".to_owned())));
        assert_eq!((nudge.event_key, nudge.delivery_key), (None, None), "Freshdesk gives neither");
        assert_eq!(nudge.kind, NudgeKind::TicketChanged);
        assert_eq!(nudge.digest, Some(inbound::digest(body)));
    }
}

#[test]
fn the_same_body_has_the_same_digest() {
    let digest = |body: &[u8]| read_body(body, "").unwrap().digest.unwrap();
    assert_eq!(digest(b"{\"ticket_id\":1}"), "d0c53b89dd5cc203a0afbebe4655c7e986434190be69014218d0e741f1ed26c0");
    assert_ne!(digest(b"{\"ticket_id\":1}"), digest(b"{\"ticket_id\":2}"));
}

#[test]
fn a_body_broken_by_a_quotation_mark_is_kept_not_guessed_at() {
    assert!(matches!(read_body(fixture!("unescaped_quote.json"), ""), Err(ReadError::NotReadable { .. })));
    assert!(matches!(read_body(b"<freshdesk_webhook/>", "text/xml"), Err(ReadError::NotReadable { .. })));
    assert_eq!(read_body(b"{}", ""), Err(ReadError::NoTicket));
    assert_eq!(read_body(b"{\"freshdesk_webhook\":null}", ""), Err(ReadError::NoTicket));
}

#[test]
fn what_triggered_is_a_hint_and_nothing_in_it_is_an_error() {
    let hint = |event: Value| read_body(json!({"ticket_id": 1, "triggered_event": event}).to_string().as_bytes(), "").unwrap().kind;
    assert_eq!(hint(json!("{ticket_action:deleted}")), NudgeKind::TicketDeleted);
    assert_eq!(hint(json!("{ticket_action:marked_spam}")), NudgeKind::TicketSpam);
    for other in [
        "{ticket_action:created}",
        "{note_type:private}",
        "{status:{from:2,to:3}}",
        "{reply_sent}",
        "",
        "}:{",
        "a:b:c",
        "{note_type:deleted}",
    ] {
        assert_eq!(hint(json!(other)), NudgeKind::TicketChanged, "{other}");
    }
    for odd in [json!(null), json!(7), json!({"status": {"from": 2}})] {
        assert_eq!(hint(odd), NudgeKind::TicketChanged);
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(body: Vec<u8>, query in "\\PC{0,20}", authorization in "(Basic )?[ -~]{0,20}", form: bool) {
        let content_type = if form { "application/x-www-form-urlencoded" } else { "application/json" };
        let headers = headers(&[("content-type", content_type), ("authorization", &authorization)]);
        let delivery = Delivery { headers: &headers, query: Some(&query), body: &body, received_at: DateTime::UNIX_EPOCH };
        let _ = read(&delivery);
        let _ = verify(&delivery, &["ours".into()]);
    }

    #[test]
    fn a_ticket_that_was_read_is_always_a_number(id in "[0-9#. a-z-]{0,24}", event in "[{}:a-z]{0,12}", wrapped: bool) {
        let flat = json!({"ticket_id": id, "triggered_event": event});
        let body = if wrapped { json!({"freshdesk_webhook": flat}) } else { flat };
        if let Ok(Nudge { ticket: Some(TicketNumber(digits)), .. }) = read_body(body.to_string().as_bytes(), "") {
            prop_assert!((1..=20).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()));
        }
    }
}
