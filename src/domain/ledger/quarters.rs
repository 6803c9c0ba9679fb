//! Quarters of a year, by the dates of a marketplace.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// A quarter of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Quarter {
    /// The year.
    pub year: i32,
    /// From 1 to 4.
    pub number: u32,
}

/// A text or a pair of numbers that is no quarter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a quarter is a year from 1970 to 9999 and a number from 1 to 4, such as 2026-Q4")]
pub struct MalformedQuarter;

impl Quarter {
    /// The quarter of this number.
    pub fn new(year: i32, number: u32) -> Result<Self, MalformedQuarter> {
        if (1970..=9999).contains(&year) && (1..=4).contains(&number) { Ok(Self { year, number }) } else { Err(MalformedQuarter) }
    }

    /// The quarter of a moment, by the dates of a time zone.
    pub fn of(at: DateTime<Utc>, timezone: Tz) -> Self {
        let date = at.with_timezone(&timezone).date_naive();
        Self { year: date.year(), number: date.month0() / 3 + 1 }
    }

    /// When it begins and when it is over, by the dates of a time zone. The first moment belongs to it, the last does not.
    pub fn range(self, timezone: Tz) -> Range<DateTime<Utc>> {
        let (year, month) = (self.year, (self.number - 1) * 3 + 1);
        let (next_year, next_month) = if self.number == 4 { (year + 1, 1) } else { (year, month + 3) };
        begin(year, month, timezone)..begin(next_year, next_month, timezone)
    }
}

/// The first moment of a month. Where the clocks go forward at midnight, that is an hour later on the wall.
fn begin(year: i32, month: u32, timezone: Tz) -> DateTime<Utc> {
    let midnight = NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(NaiveDate::MAX).and_time(NaiveTime::MIN);
    let at = |hours| timezone.from_local_datetime(&(midnight + TimeDelta::hours(hours))).earliest();
    (0..3).find_map(at).map_or_else(|| midnight.and_utc(), |moment| moment.to_utc())
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-Q{}", self.year, self.number)
    }
}

impl FromStr for Quarter {
    type Err = MalformedQuarter;

    fn from_str(given: &str) -> Result<Self, MalformedQuarter> {
        let (year, number) = given.split_once("-Q").ok_or(MalformedQuarter)?;
        let quarter = Self::new(year.parse().map_err(|_| MalformedQuarter)?, number.parse().map_err(|_| MalformedQuarter)?)?;
        // One written form only.
        if quarter.to_string() == given { Ok(quarter) } else { Err(MalformedQuarter) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_is_written_and_read_in_one_way() {
        let quarter = Quarter::new(2026, 4).unwrap();
        assert_eq!(quarter.to_string(), "2026-Q4");
        assert_eq!("2026-Q4".parse(), Ok(quarter));
        for wrong in ["", "2026", "2026-Q5", "2026-Q0", "2026-Q04", "2026-q4", "26-Q4", "+2026-Q4", "1969-Q1", "10000-Q1"] {
            assert_eq!(wrong.parse::<Quarter>(), Err(MalformedQuarter), "{wrong}");
        }
    }

    #[test]
    fn every_moment_of_it_is_in_it_and_the_next_begins_where_it_ends() {
        for timezone in [chrono_tz::Europe::Paris, chrono_tz::UTC, chrono_tz::Asia::Beirut, chrono_tz::America::Santiago] {
            for year in 1999..2030 {
                for number in 1..=4 {
                    let quarter = Quarter::new(year, number).unwrap();
                    let range = quarter.range(timezone);
                    let last = range.end - TimeDelta::milliseconds(1);
                    assert_eq!((Quarter::of(range.start, timezone), Quarter::of(last, timezone)), (quarter, quarter), "{timezone}");
                    assert_ne!(Quarter::of(range.end, timezone), quarter);
                    assert_eq!(Quarter::of(range.end, timezone).range(timezone).start, range.end);
                }
            }
        }
        let paris = Quarter::new(2026, 4).unwrap().range(chrono_tz::Europe::Paris);
        assert_eq!(paris.start.to_rfc3339(), "2026-09-30T22:00:00+00:00");
    }
}
