//! Remembers until when a helpdesk wants to be left alone, so that a call made too early does not leave the house.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};

use super::HelpdeskError;
use crate::clock::SharedClock;

#[cfg(test)]
mod tests;

/// How long to wait when the helpdesk does not say: both vendors count calls per minute.
pub(super) const USUAL_PAUSE: Duration = Duration::from_mins(1);

/// The longest pause that is believed.
const LONGEST_PAUSE: Duration = Duration::from_hours(24);

/// Closed lanes that are kept before those that reopened are swept out.
const LANES: usize = 1024;

/// One account's gate. Besides the account's own limit, vendors limit endpoints and even single tickets
/// (Zendesk: 30 updates of a ticket in 10 minutes); such a limit closes only the lane that met it.
#[derive(Debug)]
pub(super) struct Gate {
    clock: SharedClock,
    closed: Mutex<Closed>,
}

#[derive(Debug, Default)]
struct Closed {
    account: Option<DateTime<Utc>>,
    lanes: HashMap<String, DateTime<Utc>>,
}

impl Gate {
    pub(super) fn new(clock: SharedClock) -> Self {
        Self { clock, closed: Mutex::default() }
    }

    /// Lets a call out, or tells how long to wait.
    pub(super) fn pass(&self, lane: &str) -> Result<(), HelpdeskError> {
        let closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        let not_before = closed.account.max(closed.lanes.get(lane).copied());
        drop(closed);
        let wait = not_before.and_then(|not_before| (not_before - self.clock.now()).to_std().ok()).filter(|wait| !wait.is_zero());
        wait.map_or(Ok(()), |retry_after| Err(HelpdeskError::RateLimited { retry_after }))
    }

    /// Takes note of what an answer says about the limits.
    pub(super) fn learn(&self, lane: &str, status: StatusCode, headers: &HeaderMap) {
        let remaining =
            ["x-rate-limit-remaining", "ratelimit-remaining", "x-ratelimit-remaining"].iter().find_map(|name| number(headers, name));
        let refused = match status {
            StatusCode::TOO_MANY_REQUESTS => Some(pause(headers).unwrap_or(USUAL_PAUSE)),
            StatusCode::SERVICE_UNAVAILABLE => pause(headers),
            _ => None,
        };
        match (refused, remaining) {
            // The account has calls left, so it was the endpoint's limit that was met.
            (Some(pause), Some(1..)) => self.close_lane(lane, pause),
            (Some(pause), _) => self.close_account(pause),
            (None, Some(0)) => self.close_account(seconds(headers, "ratelimit-reset").unwrap_or(USUAL_PAUSE)),
            (None, _) => {}
        }
        if let Some(pause) = endpoint_exhausted(headers) {
            self.close_lane(lane, pause);
        }
    }

    fn close_account(&self, pause: Duration) {
        let until = self.after(pause);
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        closed.account = closed.account.max(Some(until));
    }

    fn close_lane(&self, lane: &str, pause: Duration) {
        let (now, until) = (self.clock.now(), self.after(pause));
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        if closed.lanes.len() >= LANES {
            closed.lanes.retain(|_, until| *until > now);
        }
        let known = closed.lanes.entry(lane.to_owned()).or_insert(until);
        *known = until.max(*known);
    }

    fn after(&self, pause: Duration) -> DateTime<Utc> {
        self.clock.now() + TimeDelta::from_std(pause.min(LONGEST_PAUSE)).unwrap_or(TimeDelta::minutes(1))
    }
}

/// The pause that `Retry-After` asks for: seconds, or a date against the answer's own date
/// (RFC 9110, section 10.2.3).
pub(super) fn pause(headers: &HeaderMap) -> Option<Duration> {
    let date = |name| DateTime::parse_from_rfc2822(headers.get(name)?.to_str().ok()?).ok();
    seconds(headers, RETRY_AFTER.as_str())
        .or_else(|| (date("retry-after")? - date("date")?).to_std().ok())
        .map(|pause| pause.min(LONGEST_PAUSE))
}

/// `Zendesk-RateLimit-tickets-update: total=100; remaining=0; resets=41`: the endpoint's own limit, used up.
/// <https://developer.zendesk.com/api-reference/introduction/rate-limits/>
fn endpoint_exhausted(headers: &HeaderMap) -> Option<Duration> {
    headers
        .iter()
        .filter(|(name, _)| name.as_str().starts_with("zendesk-ratelimit-"))
        .filter_map(|(_, value)| value.to_str().ok())
        .filter(|value| part(value, "remaining") == Some(0))
        .map(|value| part(value, "resets").map_or(USUAL_PAUSE, Duration::from_secs))
        .max()
}

fn part(value: &str, name: &str) -> Option<u64> {
    value.split(';').filter_map(|part| part.split_once('=')).find(|(key, _)| key.trim() == name)?.1.trim().parse().ok()
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

fn seconds(headers: &HeaderMap, name: &str) -> Option<Duration> {
    let seconds: f64 = headers.get(name)?.to_str().ok()?.trim().parse().ok()?;
    Duration::try_from_secs_f64(seconds.ceil()).ok()
}
