//! How long somebody has: in clock time, in open time, or in working days.

use std::num::NonZeroU16;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::LONGEST_WALK_DAYS;

/// Why a number is not a duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDuration {
    /// Negative, or longer than a calendar reckons.
    #[error("a duration is between nothing and {LONGEST_WALK_DAYS} days")]
    OutOfRange,
    /// With a fraction of a second.
    #[error("a duration is a number of whole seconds")]
    NotWholeSeconds,
    /// Not a share of something that lies ahead.
    #[error("a share is between 1 and 100 per cent")]
    NotAShare,
}

/// A length of time: whole seconds, not negative, at most [`LONGEST_WALK_DAYS`]. Written in JSON as a number of seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Span(TimeDelta);

impl Span {
    /// That long, if it is in range and in whole seconds.
    pub fn new(length: TimeDelta) -> Result<Self, InvalidDuration> {
        if length < TimeDelta::zero() || length > TimeDelta::days(i64::from(LONGEST_WALK_DAYS)) {
            return Err(InvalidDuration::OutOfRange);
        }
        if length.subsec_nanos() != 0 { Err(InvalidDuration::NotWholeSeconds) } else { Ok(Self(length)) }
    }

    /// That many hours.
    pub fn hours(hours: u16) -> Self {
        Self(TimeDelta::hours(i64::from(hours)))
    }

    /// That many minutes.
    pub fn minutes(minutes: u16) -> Self {
        Self(TimeDelta::minutes(i64::from(minutes)))
    }

    /// As a time difference.
    pub fn length(self) -> TimeDelta {
        self.0
    }
}

impl TryFrom<i64> for Span {
    type Error = InvalidDuration;

    fn try_from(seconds: i64) -> Result<Self, InvalidDuration> {
        Self::new(TimeDelta::try_seconds(seconds).ok_or(InvalidDuration::OutOfRange)?)
    }
}

impl From<Span> for i64 {
    fn from(span: Span) -> Self {
        span.0.num_seconds()
    }
}

/// How long somebody has, and in what it is counted. In JSON: `{"openSeconds": 172800}`, `{"workingDays": 3}`.
///
/// Working days follow Regulation (EEC, Euratom) No 1182/71: the day on which the period starts is not counted (article
/// 3(1)), and days on which nothing is open are not either (article 2(2)). One thing differs. There a period ends with the
/// last hour of its last day; here it ends with the last *open* hour, for what arrives at a closed shop at 23:00 is not
/// read before the next morning. A period set by law is not one of these: it ends at midnight, and is reckoned elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum BusinessDuration {
    /// Time by the clock, open or not.
    #[serde(rename = "wallSeconds")]
    Wall(Span),
    /// Only time during which the calendar is open: "48 business hours".
    #[serde(rename = "openSeconds")]
    Open(Span),
    /// Until the last closing of the n-th day with an opening after the day of the start: "3 business days".
    #[serde(rename = "workingDays")]
    WorkingDays(NonZeroU16),
}

impl BusinessDuration {
    /// The same counted by the clock on the wall, which is never later.
    pub fn wall(self) -> TimeDelta {
        match self {
            Self::Wall(span) | Self::Open(span) => span.length(),
            Self::WorkingDays(days) => TimeDelta::days(i64::from(days.get())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_with_their_unit() {
        for (duration, json) in [
            (BusinessDuration::Wall(Span::minutes(90)), r#"{"wallSeconds":5400}"#),
            (BusinessDuration::Open(Span::hours(48)), r#"{"openSeconds":172800}"#),
            (BusinessDuration::WorkingDays(NonZeroU16::new(3).unwrap()), r#"{"workingDays":3}"#),
        ] {
            assert_eq!(serde_json::to_string(&duration).unwrap(), json);
            assert_eq!(serde_json::from_str::<BusinessDuration>(json).unwrap(), duration);
        }
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for json in [r#"{"wallSeconds":-1}"#, r#"{"openSeconds":316224001}"#, r#"{"workingDays":0}"#, r#"{"openSeconds":1.5}"#, "48"] {
            assert!(serde_json::from_str::<BusinessDuration>(json).is_err(), "{json}");
        }
        assert!(serde_json::from_str::<BusinessDuration>(r#"{"openSeconds":316224000}"#).is_ok());
        assert_eq!(Span::new(TimeDelta::milliseconds(1500)), Err(InvalidDuration::NotWholeSeconds));
        assert_eq!(Span::try_from(i64::MAX), Err(InvalidDuration::OutOfRange));
    }
}
