use std::sync::Arc;

use super::*;
use crate::clock::ManualClock;
use crate::helpdesk::peer::noon;

fn gate() -> (Arc<ManualClock>, Gate) {
    let clock = noon();
    (clock.clone(), Gate::new(clock))
}

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
}

fn wait(seconds: u64) -> Result<(), HelpdeskError> {
    Err(HelpdeskError::RateLimited { retry_after: Duration::from_secs(seconds) })
}

#[test]
fn a_refusal_closes_the_gate_until_its_time_has_come() {
    let (clock, gate) = gate();
    assert_eq!(gate.pass("GET x"), Ok(()));
    gate.learn("GET x", StatusCode::TOO_MANY_REQUESTS, &headers(&[("retry-after", "93")]));
    assert_eq!(gate.pass("GET y"), wait(93));
    clock.advance(TimeDelta::seconds(90));
    assert_eq!(gate.pass("GET y"), wait(3));
    clock.advance(TimeDelta::seconds(3));
    assert_eq!(gate.pass("GET y"), Ok(()));
}

#[test]
fn a_refusal_without_a_time_lasts_a_minute() {
    let (_, gate) = gate();
    gate.learn("GET x", StatusCode::TOO_MANY_REQUESTS, &headers(&[]));
    assert_eq!(gate.pass("GET x"), wait(60));
}

#[test]
fn an_endpoint_s_limit_closes_that_endpoint_alone() {
    let (_, gate) = gate();
    gate.learn("PUT a", StatusCode::TOO_MANY_REQUESTS, &headers(&[("Retry-After", "7"), ("X-Rate-Limit-Remaining", "180")]));
    gate.learn("PUT b", StatusCode::OK, &headers(&[("Zendesk-RateLimit-tickets-update", "total=100; remaining=0; resets=41")]));
    gate.learn("PUT c", StatusCode::OK, &headers(&[("zendesk-ratelimit-tickets-index", "total=100; remaining=2; resets=41")]));
    assert_eq!(gate.pass("PUT a"), wait(7));
    assert_eq!(gate.pass("PUT b"), wait(41));
    assert_eq!(gate.pass("PUT c"), Ok(()));
}

#[test]
fn the_last_call_of_a_window_closes_the_gate_until_the_next() {
    let (_, zendesk) = gate();
    zendesk.learn("GET x", StatusCode::OK, &headers(&[("ratelimit-remaining", "0"), ("ratelimit-reset", "12")]));
    assert_eq!(zendesk.pass("GET y"), wait(12));
    let (_, freshdesk) = self::gate();
    freshdesk.learn("GET x", StatusCode::OK, &headers(&[("X-RateLimit-Remaining", "0")]));
    assert_eq!(freshdesk.pass("GET y"), wait(60));
}

#[test]
fn a_shorter_pause_does_not_open_the_gate_early_and_an_absurd_one_does_not_shut_it_for_good() {
    let (clock, gate) = gate();
    gate.learn("GET x", StatusCode::TOO_MANY_REQUESTS, &headers(&[("retry-after", "99999999999999")]));
    gate.learn("GET x", StatusCode::TOO_MANY_REQUESTS, &headers(&[("retry-after", "1")]));
    assert_eq!(gate.pass("GET x"), wait(24 * 3600));
    clock.advance(TimeDelta::days(1));
    assert_eq!(gate.pass("GET x"), Ok(()));
}

#[test]
fn a_pause_is_read_in_seconds_or_as_a_date() {
    assert_eq!(pause(&headers(&[("retry-after", "1.2")])), Some(Duration::from_secs(2)));
    let dates = [("retry-after", "Sun, 22 Nov 2026 12:00:30 GMT"), ("date", "Sun, 22 Nov 2026 12:00:00 GMT")];
    assert_eq!(pause(&headers(&dates)), Some(Duration::from_secs(30)));
    for nonsense in ["", "soon", "-3", "NaN", "inf"] {
        assert_eq!(pause(&headers(&[("retry-after", nonsense)])), None, "{nonsense}");
    }
}

#[test]
fn lanes_that_reopened_are_swept_out() {
    let (clock, gate) = gate();
    for lane in 0..LANES {
        gate.learn(&lane.to_string(), StatusCode::TOO_MANY_REQUESTS, &headers(&[("retry-after", "5"), ("x-rate-limit-remaining", "9")]));
    }
    clock.advance(TimeDelta::seconds(6));
    gate.learn("one more", StatusCode::TOO_MANY_REQUESTS, &headers(&[("retry-after", "5"), ("x-rate-limit-remaining", "9")]));
    assert_eq!(gate.closed.lock().unwrap().lanes.len(), 1);
}
