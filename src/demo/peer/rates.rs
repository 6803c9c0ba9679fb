//! Fixed-window rate limits, by the simulator's clock.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

/// What a limit says to one more call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Admission {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    /// Seconds until the window begins anew.
    pub(crate) resets_in: i64,
    pub(crate) admitted: bool,
}

/// The windows of one account, by name.
#[derive(Debug, Default)]
pub(crate) struct Windows(HashMap<String, (DateTime<Utc>, u32)>);

impl Windows {
    /// Counts `cost` calls in the named window, which opens at its first call.
    pub(crate) fn admit(&mut self, name: &str, limit: u32, length: TimeDelta, cost: u32, now: DateTime<Utc>) -> Admission {
        let (opened, used) = self.0.entry(name.to_owned()).or_insert((now, 0));
        if now - *opened >= length {
            (*opened, *used) = (now, 0);
        }
        let admitted = *used + cost <= limit;
        if admitted {
            *used += cost;
        }
        Admission { limit, remaining: limit.saturating_sub(*used), resets_in: (*opened + length - now).num_seconds().max(1), admitted }
    }
}
