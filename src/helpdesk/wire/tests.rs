use std::time::Duration;

use serde_json::json;

use super::*;
use crate::helpdesk::peer::{Answer, Peer, freshdesk_key, http, noon, settings, zendesk_token};

async fn wire(answer: impl Fn() -> Answer + Send + Sync + 'static) -> (Peer, Wire) {
    let peer = Peer::start(move |_| answer()).await;
    let wire = Wire::new(&peer.settings(zendesk_token()), http(), noon());
    (peer, wire)
}

async fn read(answer: impl Fn() -> Answer + Send + Sync + 'static) -> HelpdeskError {
    wire(answer).await.1.ask::<Value>(Call::get("x")).await.unwrap_err()
}

async fn write(answer: impl Fn() -> Answer + Send + Sync + 'static) -> HelpdeskError {
    wire(answer).await.1.ask::<Value>(Call::post("x", json!({}))).await.unwrap_err()
}

fn unavailable(reason: &str) -> HelpdeskError {
    HelpdeskError::Unavailable { reason: reason.to_owned() }
}

fn uncertain(reason: &str) -> HelpdeskError {
    HelpdeskError::Uncertain { reason: reason.to_owned() }
}

#[tokio::test]
async fn a_server_s_failure_leaves_a_write_uncertain_and_a_read_undone() {
    for status in [500, 502, 503, 504, 408] {
        assert_eq!(read(move || Answer::text(status, "<html>")).await, unavailable(&format!("answered {status}")));
        assert_eq!(write(move || Answer::text(status, "<html>")).await, uncertain(&format!("answered {status}")));
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_or_makes_no_sense_may_have_been_a_success() {
    assert_eq!(read(|| Answer::Cut).await, unavailable("the connection was lost"));
    assert_eq!(write(|| Answer::Cut).await, uncertain("the connection was lost"));
    let unreadable = "Syntax error at line 1 column 1";
    assert_eq!(read(|| Answer::text(200, "<html>")).await, HelpdeskError::Unreadable { reason: unreadable.to_owned() });
    assert_eq!(write(|| Answer::text(200, "<html>")).await, uncertain(unreadable));
}

#[tokio::test]
async fn silence_is_uncertain_for_a_write_unless_it_may_be_repeated() {
    let peer = Peer::start(|_| Answer::Silence).await;
    let settings = Settings { timeout: Duration::from_millis(50), ..peer.settings(zendesk_token()) };
    let wire = Wire::new(&settings, http(), noon());
    assert_eq!(wire.tell(Call::get("x")).await, Err(unavailable("no answer in time")));
    assert_eq!(wire.tell(Call::put("x", json!({}))).await, Err(uncertain("no answer in time")));
    assert_eq!(wire.tell(Call::put("x", json!({})).repeatable()).await, Err(unavailable("no answer in time")));
}

#[tokio::test]
async fn without_a_connection_nothing_was_done() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let settings = Settings { base_url: format!("http://127.0.0.1:{port}").parse().unwrap(), ..settings(zendesk_token()) };
    let wire = Wire::new(&settings, http(), noon());
    assert_eq!(wire.tell(Call::post("x", json!({}))).await, Err(unavailable("no connection")));
}

#[tokio::test]
async fn refusals_keep_their_kind() {
    assert_eq!(write(|| Answer::text(401, "")).await, HelpdeskError::Unauthorized { status: 401 });
    assert_eq!(write(|| Answer::text(403, "")).await, HelpdeskError::Unauthorized { status: 403 });
    assert_eq!(write(|| Answer::text(404, "")).await, HelpdeskError::NotFound);
    assert_eq!(write(|| Answer::text(409, "")).await, HelpdeskError::Conflict);
    assert_eq!(write(|| Answer::text(405, "")).await, HelpdeskError::Refused { status: 405, code: String::new() });
    let invalid = json!({"error": "RecordInvalid", "details": {"status": [{"description": "Status: closed prevents ticket update"}]}});
    let refused = HelpdeskError::Refused { status: 422, code: "RecordInvalid (status)".to_owned() };
    assert_eq!(write(move || Answer::json(422, &invalid)).await, refused);
    assert_eq!(write(|| Answer::text(302, "").with("location", &"/login")).await, unavailable("answered 302"));
}

#[tokio::test]
async fn a_call_made_too_early_does_not_leave_the_house() {
    let (peer, wire) = wire(|| Answer::text(429, "").with("retry-after", &30)).await;
    let limited = Err(HelpdeskError::RateLimited { retry_after: Duration::from_secs(30) });
    assert_eq!(wire.tell(Call::get("x")).await, limited);
    assert_eq!(wire.tell(Call::post("y", json!({}))).await, limited);
    assert_eq!(peer.lines(), ["GET /x"]);
}

#[tokio::test]
async fn an_announced_outage_is_waited_for_but_leaves_a_write_uncertain() {
    let limited = HelpdeskError::RateLimited { retry_after: Duration::from_secs(9) };
    assert_eq!(read(|| Answer::text(503, "").with("retry-after", &9)).await, limited);
    let (_peer, wire) = wire(|| Answer::text(503, "").with("retry-after", &9)).await;
    assert_eq!(wire.tell(Call::post("x", json!({}))).await, Err(uncertain("answered 503")));
    assert_eq!(wire.tell(Call::post("x", json!({}))).await, Err(limited));
}

#[tokio::test]
async fn an_answer_beyond_all_measure_is_not_read_to_its_end() {
    let (_peer, wire) = wire(|| Answer::text(200, &" ".repeat(LARGEST_ANSWER + 1))).await;
    assert_eq!(wire.tell(Call::get("x")).await, Err(HelpdeskError::Unreadable { reason: "the answer is too large".to_owned() }));
}

#[tokio::test]
async fn plain_http_leaves_for_loopback_only_and_before_any_credentials_are_sent() {
    let settings = Settings { base_url: "http://acme.example".parse().unwrap(), ..settings(zendesk_token()) };
    let wire = Wire::new(&settings, http(), noon());
    assert_eq!(wire.tell(Call::get("x")).await, Err(unavailable("plain http is for loopback hosts only")));
    for (base, private) in
        [("http://localhost:1", true), ("http://[::1]", true), ("https://acme.example", true), ("http://127.0.0.1.example", false)]
    {
        assert_eq!(is_private(&base.parse().unwrap()), private, "{base}");
    }
}

#[tokio::test]
async fn credentials_go_out_as_each_product_wants_them_and_never_into_a_log() {
    let token = Credentials::ZendeskApiToken { email: "a@acme.example".to_owned(), token: "s3cret".into() };
    let expected =
        [(zendesk_token(), "Bearer zt"), (token, "Basic YUBhY21lLmV4YW1wbGUvdG9rZW46czNjcmV0"), (freshdesk_key(), "Basic Zms6WA==")];
    for (credentials, header) in expected {
        let peer = Peer::start(|_| Answer::text(204, "")).await;
        let wire = Wire::new(&peer.settings(credentials), http(), noon());
        wire.tell(Call::get("x")).await.unwrap();
        assert_eq!(peer.asked()[0].headers["authorization"], header);
        assert!(!format!("{wire:?}").contains(header));
    }
}

#[test]
fn a_base_address_may_have_a_path_and_a_number_cannot_lead_out_of_it() {
    let settings = Settings { base_url: "https://acme.example/desk/?x=1".parse().unwrap(), ..settings(zendesk_token()) };
    let wire = Wire::new(&settings, http(), noon());
    assert_eq!(wire.address("api/v2/x").as_str(), "https://acme.example/desk/api/v2/x");
    for wrong in ["", "..", "1/2", "1?x", "-1", "½", "123456789012345678901"] {
        assert_eq!(in_path(&TicketNumber(wrong.to_owned())), Err(HelpdeskError::NotFound), "{wrong}");
    }
}
