//! When sellers are looked at: each night, of the day that is over.

use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;

use super::super::calendar::start_of_day;

fn today(timezone: Tz, now: DateTime<Utc>) -> NaiveDate {
    now.with_timezone(&timezone).date_naive()
}

/// When the day that runs will be over, where the marketplace is.
pub fn next_night(timezone: Tz, now: DateTime<Utc>) -> DateTime<Utc> {
    start_of_day(timezone, today(timezone, now) + Days::new(1))
}

/// The last day that is over.
pub fn last_day(timezone: Tz, now: DateTime<Utc>) -> NaiveDate {
    today(timezone, now) - Days::new(1)
}
