//! The business calendar: when somebody is there to answer, and what a deadline is that counts such time.
//!
//! Four rules hold throughout.
//!
//! - **Instants are UTC, hours are local.** An opening is written in local time and turned into instants day by day. A
//!   local time that does not exist (clocks go forward, a skipped date) means the first instant after the gap; one that
//!   exists twice means the first. `wall` says why.
//! - **An opening holds its first instant and not its last.** At 18:00:00 a shop that closes at 18:00 is shut; what was
//!   due by 18:00 was still in time.
//! - **What the calendar does not know it does not guess.** Beyond the years of the table of holidays it answers
//!   `UnknownYear`, never with a working day; [`BusinessCalendar::known_until`] lets a health check warn in time.
//! - **Every question costs a bounded number of days**: at most [`HORIZON_DAYS`] days without an opening, and at most
//!   [`LONGEST_WALK_DAYS`] in all. Nothing goes minute by minute.

use std::ops::Range;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

mod closures;
mod deadline;
mod duration;
mod form;
mod holidays;
mod hours;
mod invalid;
mod walk;
mod wall;

#[cfg(test)]
mod tests;

pub use closures::{Closure, ExtraOpening};
pub use deadline::{Deadline, DeadlineError, DeadlineState, Percent, Spent};
pub use duration::{BusinessDuration, InvalidDuration, Span};
pub use form::{CalendarForm, ClosureForm, ExtraOpeningForm, HolidaysForm, HoursForm, WeekForm};
pub use holidays::{Country, Holiday, Place, Region, countries, known_years};
pub use hours::{Hours, LocalTime, Week};
pub use invalid::InvalidCalendar;

/// How many days in a row may pass without an opening before a calendar counts as shut for good.
pub const HORIZON_DAYS: u16 = 400;

/// How many days one question may look at: ten years.
pub const LONGEST_WALK_DAYS: u16 = 3660;

/// Why a calendar cannot answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// Nothing opens for [`HORIZON_DAYS`].
    #[error("the calendar has no opening in the {HORIZON_DAYS} days after {after}")]
    NoOpening {
        /// After which date.
        after: NaiveDate,
    },
    /// The table of holidays does not reach so far.
    #[error("the public holidays of {country} in {year} are not known yet: a newer table of holidays is needed")]
    UnknownYear {
        /// The country, an ISO 3166-1 code.
        country: &'static str,
        /// The year.
        year: i32,
    },
    /// More than [`LONGEST_WALK_DAYS`] to look at.
    #[error("the calendar does not reckon over more than {LONGEST_WALK_DAYS} days")]
    TooFar,
    /// Before 1900 or after 9000.
    #[error("{at} is not a moment that the calendar can reckon with")]
    OutOfRange {
        /// The moment.
        at: DateTime<Utc>,
    },
}

/// When somebody is there to answer: opening hours in a time zone, less holidays and closures, plus extra openings.
///
/// On one date the first of these that applies decides: an extra opening, a closure, a public holiday, the week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "CalendarForm", into = "CalendarForm")]
pub struct BusinessCalendar {
    timezone: Tz,
    week: Week,
    holidays: Option<Place>,
    closures: Vec<Closure>,
    extra_openings: Vec<ExtraOpening>,
}

/// What a calendar says of one date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day<'a> {
    /// A day of the week with opening hours.
    Working(&'a [Hours]),
    /// A day of the week without.
    DayOff,
    /// A public holiday.
    Holiday(Holiday),
    /// A closure of one's own.
    Closed(&'a Closure),
    /// Open on a date of its own, whatever else is said of it.
    Extra(&'a ExtraOpening),
}

impl<'a> Day<'a> {
    /// The opening hours of the date; none when it is shut.
    pub fn hours(self) -> &'a [Hours] {
        match self {
            Self::Working(hours) => hours,
            Self::Extra(extra) => extra.hours(),
            Self::DayOff | Self::Holiday(_) | Self::Closed(_) => &[],
        }
    }
}

impl BusinessCalendar {
    /// Open at every moment. Its questions cost next to nothing, but for those about working days, which need dates.
    pub fn always_open(timezone: Tz) -> Self {
        Self { timezone, week: Week::always_open(), holidays: None, closures: Vec::new(), extra_openings: Vec::new() }
    }

    /// The same with closures more.
    #[must_use]
    pub fn with_closures(&self, more: &[Closure]) -> Self {
        let mut calendar = self.clone();
        calendar.closures.extend_from_slice(more);
        calendar
    }

    /// The time zone of its hours and dates.
    pub fn timezone(&self) -> Tz {
        self.timezone
    }

    /// Its weekly hours.
    pub fn week(&self) -> &Week {
        &self.week
    }

    /// Whose public holidays it keeps; none when it keeps none.
    pub fn holidays(&self) -> Option<Place> {
        self.holidays
    }

    /// Its own closures, in the order given.
    pub fn closures(&self) -> &[Closure] {
        &self.closures
    }

    /// The dates on which it opens out of the ordinary, in the order given.
    pub fn extra_openings(&self) -> &[ExtraOpening] {
        &self.extra_openings
    }

    /// The last date that it can speak of; none when it keeps no public holidays and so has no end.
    ///
    /// Past it the answer is [`CalendarError::UnknownYear`]. A health check should warn a year before.
    pub fn known_until(&self) -> Option<NaiveDate> {
        self.holidays.and_then(|_| NaiveDate::from_ymd_opt(*known_years().end(), 12, 31))
    }

    /// What it says of `date`, for people who ask why it is shut.
    pub fn day(&self, date: NaiveDate) -> Result<Day<'_>, CalendarError> {
        if let Some(extra) = self.extra_openings.iter().find(|extra| extra.date() == date) {
            return Ok(Day::Extra(extra));
        }
        if let Some(closure) = self.closures.iter().find(|closure| closure.covers(date)) {
            return Ok(Day::Closed(closure));
        }
        if let Some(place) = self.holidays
            && let Some(holiday) = place.on(date)?
        {
            return Ok(Day::Holiday(holiday));
        }
        Ok(match self.week.on(date.weekday()) {
            [] => Day::DayOff,
            hours => Day::Working(hours),
        })
    }

    /// Whether it is certain, without looking at dates, that it never closes.
    fn never_closes(&self) -> bool {
        self.holidays.is_none() && self.closures.is_empty() && self.extra_openings.is_empty() && self.week.is_always_open()
    }

    /// The openings of `date` as instants, in order; those that fall into a gap of the clock are left out.
    fn openings_on(&self, date: NaiveDate) -> Result<impl DoubleEndedIterator<Item = Range<DateTime<Utc>>>, CalendarError> {
        let instant = move |time: LocalTime| wall::first_instant(self.timezone, time.on(date));
        let openings = self.day(date)?.hours().iter().map(move |hours| instant(hours.opens())..instant(hours.closes()));
        Ok(openings.filter(|opening| !opening.is_empty()))
    }

    /// The date whose hours decide over `at`.
    ///
    /// That is the local date, but for the rare clock that goes back over midnight: the date then does not go back.
    fn date_of(&self, at: DateTime<Utc>) -> Result<NaiveDate, CalendarError> {
        let out_of_range = CalendarError::OutOfRange { at };
        if !(1900..=9000).contains(&at.year()) {
            return Err(out_of_range);
        }
        let mut date = at.with_timezone(&self.timezone).date_naive();
        loop {
            let next = date.succ_opt().ok_or(out_of_range)?;
            if wall::first_instant(self.timezone, LocalTime::MIDNIGHT.on(next)) > at {
                return Ok(date);
            }
            date = next;
        }
    }
}

/// The first instant of `date` in a time zone, for periods that end with a day and not with a closing.
pub fn start_of_day(timezone: Tz, date: NaiveDate) -> DateTime<Utc> {
    wall::first_instant(timezone, LocalTime::MIDNIGHT.on(date))
}

/// `at` later by `delta`, as far as dates reach.
fn later(at: DateTime<Utc>, delta: TimeDelta) -> Result<DateTime<Utc>, CalendarError> {
    at.checked_add_signed(delta).ok_or(CalendarError::OutOfRange { at })
}
