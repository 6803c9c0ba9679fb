use chrono::DateTime;
use proptest::prelude::*;
use reqwest::header::{CONTENT_TYPE, HeaderName};
use serde_json::json;

use super::*;
use crate::helpdesk::peer::at;

/// The secret that Zendesk documents for its test button.
const PUBLIC_SECRET: &str = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==";
const SIGNED_AT: &str = "2021-03-25T05:09:27Z";

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/zendesk/", $name)).as_slice()
    };
}

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap())).collect()
}

fn delivery<'a>(headers: &'a HeaderMap, body: &'a [u8]) -> Delivery<'a> {
    Delivery { headers, query: None, body, received_at: at("2021-03-25T05:14:27Z") }
}

fn check(secrets: &[&str], signature: &str, body: &[u8], window: Option<TimeDelta>) -> Result<(), VerifyError> {
    let secrets: Vec<SecretString> = secrets.iter().map(|secret| (*secret).into()).collect();
    let headers = headers(&[(SIGNATURE_HEADER, signature), (TIMESTAMP_HEADER, SIGNED_AT)]);
    verify(&delivery(&headers, body), &secrets, window)
}

#[test]
fn the_known_signatures_are_right() {
    for (body, expected) in [
        (r#"{"event":"ticket.updated","id":123}"#, "S/RDdU2ERmj7LHDDoWJ2onPYH+t7/f2+LTM4dL7UiLM="),
        ("", "wCdBvXaHttn0wRVIYctzZ9O6O0bnqWakJMEKZ9VoRWw="),
        ("{}", "OhyuASlMysBOYZdC/6lrc3gA+Lv49zMKyTnxzdRguy4="),
    ] {
        assert_eq!(signature(PUBLIC_SECRET, SIGNED_AT, body.as_bytes()), expected);
        assert_eq!(check(&["other", PUBLIC_SECRET], expected, body.as_bytes(), None), Ok(()));
    }
}

#[test]
fn what_was_not_signed_with_a_secret_of_ours_is_not_believed() {
    let body = b"{}";
    let right = signature("ours", SIGNED_AT, body);
    assert_eq!(check(&["ours"], &right, body, None), Ok(()));
    assert_eq!(check(&["theirs"], &right, body, None), Err(VerifyError::Wrong));
    assert_eq!(check(&[], &right, body, None), Err(VerifyError::Wrong));
    assert_eq!(check(&["ours"], &right, b"{} ", None), Err(VerifyError::Wrong), "another body");
    assert_eq!(check(&["ours"], &right[..43], body, None), Err(VerifyError::Wrong), "half a signature");
    assert_eq!(check(&[""], &signature("", SIGNED_AT, body), body, None), Err(VerifyError::Wrong), "no secret configured");
    let public = signature(PUBLIC_SECRET, SIGNED_AT, body);
    assert_eq!(check(&["ours"], &public, body, None), Err(VerifyError::Wrong), "the public secret is nobody's");
    let headers = headers(&[(SIGNATURE_HEADER, &right)]);
    assert_eq!(verify(&delivery(&headers, body), &["ours".into()], None), Err(VerifyError::Missing));
}

#[test]
fn a_window_looks_both_ways_and_none_takes_any_age() {
    let right = signature("ours", SIGNED_AT, b"");
    for (minutes, outcome) in [(5, Ok(())), (4, Err(VerifyError::Stale))] {
        assert_eq!(check(&["ours"], &right, b"", Some(TimeDelta::minutes(minutes))), outcome);
    }
    let from_the_future = "2021-03-25T05:20:00Z";
    let headers = headers(&[(SIGNATURE_HEADER, &signature("ours", from_the_future, b"")), (TIMESTAMP_HEADER, from_the_future)]);
    let delivery = delivery(&headers, b"");
    assert_eq!(verify(&delivery, &["ours".into()], Some(TimeDelta::minutes(5))), Err(VerifyError::Stale));
    assert_eq!(verify(&delivery, &["ours".into()], None), Ok(()));
}

fn read_body(body: &[u8]) -> Result<Nudge, ReadError> {
    read(&delivery(&headers(&[(INVOCATION_HEADER, "8350205582")]), body))
}

fn nudge(ticket: &str, event_key: Option<&str>, kind: NudgeKind) -> Nudge {
    Nudge {
        ticket: Some(TicketNumber(ticket.to_owned())),
        event_key: event_key.map(str::to_owned),
        delivery_key: Some("8350205582".to_owned()),
        digest: None,
        kind,
    }
}

#[test]
fn events_are_read_whatever_their_types() {
    let created = nudge("8812", Some("6f1f1a2e-08d5-4a8b-9a70-3d1f3a4c9e10"), NudgeKind::TicketChanged);
    assert_eq!(read_body(fixture!("ticket_created.json")), Ok(created));
    let commented = nudge("8812", Some("0e5cf2a9-4cf5-4e0c-8df1-6f0f8f1f5a77"), NudgeKind::TicketChanged);
    assert_eq!(read_body(fixture!("comment_added.json")), Ok(commented), "a number of 26 digits and a number for an id");
    let into = Some(TicketNumber("8799".to_owned()));
    let merged = nudge("8812", Some("b6a5a8c4-6d3e-4a77-8d11-111111111111"), NudgeKind::TicketMerged { into });
    assert_eq!(read_body(fixture!("merged.json")), Ok(merged));
    let chatted = nudge("8813", Some("01KAGH5V7Q2J9ZC4M8T0X6W3RB"), NudgeKind::TicketChanged);
    assert_eq!(read_body(fixture!("message_added.json")), Ok(chatted), "an id that is no UUID");
}

#[test]
fn every_type_of_event_has_its_meaning() {
    let kind = |event_type: &str, event: Value| {
        let body = json!({"type": format!("zen:event-type:{event_type}"), "id": "e", "subject": "zen:ticket:5", "event": event});
        read_body(body.to_string().as_bytes()).unwrap().kind
    };
    for event_type in ["ticket.comment_redacted", "ticket.comment_made_private", "ticket.attachment_redacted_from_comment"] {
        assert_eq!(kind(event_type, json!({})), NudgeKind::CommentsRewritten);
    }
    for event_type in ["ticket.soft_deleted", "ticket.permanently_deleted"] {
        assert_eq!(kind(event_type, json!({})), NudgeKind::TicketDeleted);
    }
    assert_eq!(kind("ticket.marked_as_spam", json!({})), NudgeKind::TicketSpam);
    for target in [json!({}), json!({"target_ticket_id": "0"}), json!({"target_ticket_id": null}), json!(null), json!("odd")] {
        assert_eq!(kind("ticket.merged", target), NudgeKind::TicketMerged { into: None });
    }
    for event_type in ["ticket.undeleted", "ticket.status_changed", "ticket.invented_tomorrow"] {
        assert_eq!(kind(event_type, json!({"current": {"a": [1]}})), NudgeKind::TicketChanged);
    }
}

#[test]
fn events_that_concern_no_ticket_are_ignored() {
    let ignored = read_body(fixture!("user_active_changed.json")).unwrap();
    assert_eq!(ignored.ticket, None);
    assert_eq!(ignored.kind, NudgeKind::Ignored { event_type: "zen:event-type:user.active_changed".to_owned() });
    for event_type in ["organization.created", "agent.state_changed", "something.else", ""] {
        let body = json!({"type": format!("zen:event-type:{event_type}"), "id": "e", "detail": {"id": "5"}});
        assert!(matches!(read_body(body.to_string().as_bytes()).unwrap().kind, NudgeKind::Ignored { .. }), "{event_type}");
    }
}

#[test]
fn a_ticket_s_event_without_a_ticket_is_an_error() {
    for id in [json!(null), json!(""), json!("0"), json!(1.5), json!({"id": 3})] {
        let body = json!({"type": "zen:event-type:ticket.created", "id": "e", "detail": {"id": id}, "subject": "zen:user:3"});
        assert_eq!(read_body(body.to_string().as_bytes()), Err(ReadError::NoTicket), "{body}");
    }
}

#[test]
fn a_trigger_is_told_apart_by_its_delivery_or_else_by_its_body() {
    assert_eq!(read_body(fixture!("trigger.json")), Ok(nudge("8812", None, NudgeKind::TicketChanged)));
    let headers = HeaderMap::new();
    let without_id = read(&delivery(&headers, fixture!("trigger.json"))).unwrap();
    assert_eq!(without_id.delivery_key, None);
    assert_eq!(without_id.digest.unwrap().len(), 64);
}

#[test]
fn a_trigger_s_form_is_read_too() {
    let headers = headers(&[(CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded")]);
    let nudge = read(&delivery(&headers, b"kind=ticket_updated&ticket_id=8812")).unwrap();
    assert_eq!(nudge.ticket, Some(TicketNumber("8812".to_owned())));
    assert_eq!(read(&delivery(&headers, b"kind=ticket_updated")), Err(ReadError::NoTicket));
}

#[test]
fn what_is_not_json_is_not_readable() {
    for body in ["", "<ticket/>", "{", "{\"ticket_id\": 1e999}", &"[".repeat(10_000)] {
        assert!(matches!(read_body(body.as_bytes()), Err(ReadError::NotReadable { expected: "JSON", .. })), "{body:.20}");
    }
}

/// Arbitrary JSON, with the names that the reader looks for among its keys.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "zen:(event-type|ticket|user):[a-z_.0-9]{0,12}".prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
    ];
    let key = prop_oneof!["type|id|detail|event|subject|ticket|ticket_id|target_ticket_id", "\\PC{0,6}"];
    leaf.prop_recursive(5, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map(key.clone(), inner, 0..6).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(body: Vec<u8>, form: bool) {
        let headers = if form { headers(&[("content-type", "application/x-www-form-urlencoded")]) } else { HeaderMap::new() };
        let delivery = Delivery { received_at: DateTime::UNIX_EPOCH, ..delivery(&headers, &body) };
        let _ = read(&delivery);
        let _ = verify(&delivery, &["ours".into()], Some(TimeDelta::minutes(5)));
    }

    #[test]
    fn a_ticket_that_was_read_is_always_a_number(body in any_json()) {
        if let Ok(Nudge { ticket: Some(TicketNumber(digits)), .. }) = read_body(body.to_string().as_bytes()) {
            prop_assert!((1..=20).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()));
        }
    }
}
