use reqwest::header::HeaderMap;
use serde_json::json;

use super::*;

#[test]
fn a_ticket_is_found_under_the_names_that_administrators_give_it() {
    for body in [
        json!({"ticket_id": "42"}),
        json!({"ticketID": 42, "id": 7}),
        json!({"TicketId": " 42 "}),
        json!({"ticket.id": "#42"}),
        json!({"ticket": {"id": "42", "requester": {"id": 7}}}),
        json!({"ticket": 42}),
        json!({"id": "0042"}),
        json!({"data": {"ticket": {"id": 42}}, "id": 7}),
        json!({"ticket_id": "", "event": {"ticket_id": 42}}),
    ] {
        assert_eq!(ticket_in(&body), Some(TicketNumber("42".to_owned())), "{body}");
    }
}

#[test]
fn no_other_id_is_taken_for_a_ticket_s() {
    for body in [
        json!({"ticket_id": "{{ticket.id}}", "id": 7}),
        json!({"ticket_id": null, "id": 7}),
        json!({"ticket_id": "0"}),
        json!({"ticket_id": ""}),
        json!({"ticket_id": 42.5}),
        json!({"ticket_id": -42}),
        json!({"ticket_id": "../42"}),
        json!({"ticket_id": "123456789012345678901"}),
        json!({"comment": {"id": 7}}),
        json!({"a": {"b": {"c": {"d": {"ticket_id": 42}}}}}),
        json!(["ticket_id", 42]),
        json!(42),
        json!(null),
    ] {
        assert_eq!(ticket_in(&body), None, "{body}");
    }
}

#[test]
fn a_form_is_read_like_json() {
    let headers: HeaderMap = [(CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8".parse().unwrap())].into_iter().collect();
    let read = |bytes: &[u8]| body(&Delivery { headers: &headers, query: None, body: bytes, received_at: chrono::DateTime::UNIX_EPOCH });
    assert_eq!(read(b"ticket_id=42&note=a%26b"), Ok(json!({"ticket_id": "42", "note": "a&b"})));
    assert_eq!(read(b"w[ticket_id]=42&w%5Bx%5D=1"), Ok(json!({"w": {"ticket_id": "42", "x": "1"}})));
    assert_eq!(read(b"w=1&w[x]=2"), Ok(json!({"w": "1"})), "a key that is both is not torn apart");
    assert_eq!(read(b" {\"ticket_id\":42}"), Ok(json!({"ticket_id": 42})), "JSON under a wrong name");
}

#[test]
fn an_unreadable_body_s_error_does_not_quote_it() {
    let headers = HeaderMap::new();
    let error =
        body(&Delivery { headers: &headers, query: None, body: b"{\"name\":\"Anna\" oops", received_at: chrono::DateTime::UNIX_EPOCH });
    let text = error.unwrap_err().to_string();
    assert_eq!(text, "the body is not JSON: Syntax error at line 1 column 16");
}

#[test]
fn any_of_the_secrets_fits_and_a_blank_one_never() {
    let secrets: Vec<SecretString> = vec!["old".into(), "new".into(), "".into(), " ".into()];
    let fits = |offer: &str| any_fits(&secrets, |secret| same_secret(offer.as_bytes(), secret.as_bytes()));
    assert!(fits("old") && fits("new"));
    assert!(!fits("") && !fits(" ") && !fits("ol") && !fits("older"));
}
