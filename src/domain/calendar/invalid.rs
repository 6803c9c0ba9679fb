//! Why what was written is not a calendar.

use chrono::NaiveDate;

use super::HORIZON_DAYS;
use super::hours::{Hours, LocalTime};

/// Why what was written is not a calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCalendar {
    /// Not in the IANA time zone database.
    #[error("`{given}` is not a time zone, such as Europe/Paris")]
    UnknownTimezone {
        /// What was given, cut to 40 characters.
        given: String,
    },
    /// Not `HH:MM`.
    #[error("`{given}` is not a time of day, such as 09:00 or 24:00")]
    NotATime {
        /// What was given, cut to eight characters.
        given: String,
    },
    /// An opening of no length.
    #[error("an opening cannot open and close at the same time, {at}")]
    EmptyOpening {
        /// When.
        at: LocalTime,
    },
    /// An opening that runs into the next day.
    #[error("the opening {opens}-{closes} passes midnight: write it as one up to 24:00 and one from 00:00 on the next day")]
    Overnight {
        /// When it opens.
        opens: LocalTime,
        /// When it closes, on the next day.
        closes: LocalTime,
    },
    /// Two openings of one day share time.
    #[error("the openings {first} and {second} overlap")]
    Overlap {
        /// The earlier.
        first: Hours,
        /// The later.
        second: Hours,
    },
    /// Too many openings on one day.
    #[error("a day has at most {most} openings")]
    TooManyOpenings {
        /// The limit.
        most: usize,
    },
    /// No weekday has an opening, and there is no extra one.
    #[error("the calendar never opens: give at least one day of the week its hours")]
    NeverOpen,
    /// No table of holidays for it.
    #[error("the public holidays of `{given}` are not known; the country is an ISO 3166-1 code, such as FR")]
    UnknownCountry {
        /// What was given, cut to eight characters.
        given: String,
    },
    /// The country has no such region.
    #[error("`{given}` is not a region of {country} with public holidays of its own")]
    UnknownRegion {
        /// The country.
        country: &'static str,
        /// What was given, cut to 40 characters.
        given: String,
    },
    /// A closure that ends before it begins.
    #[error("the closure from {first} to {last} ends before it begins")]
    ClosureTurnedRound {
        /// Its first date.
        first: NaiveDate,
        /// Its last date.
        last: NaiveDate,
    },
    /// An extra opening that does not say when.
    #[error("the extra opening on {date} has no hours")]
    ExtraWithoutHours {
        /// The date.
        date: NaiveDate,
    },
    /// Two extra openings for one date.
    #[error("{date} has two extra openings: write their hours into one")]
    ExtraTwice {
        /// The date.
        date: NaiveDate,
    },
    /// A label that is blank or too long.
    #[error("a closure or an extra opening has a label of 1 to {longest} characters")]
    Label {
        /// The limit.
        longest: usize,
    },
    /// Too many closures or extra openings.
    #[error("a calendar has at most {most} closures and as many extra openings")]
    TooManyDates {
        /// The limit.
        most: usize,
    },
    /// One closure that shuts the calendar for longer than it is able to look ahead.
    #[error("the closure from {first} to {last} is longer than {HORIZON_DAYS} days")]
    ClosureTooLong {
        /// Its first date.
        first: NaiveDate,
        /// Its last date.
        last: NaiveDate,
    },
}

impl InvalidCalendar {
    pub(super) fn not_a_time(given: &str) -> Self {
        Self::NotATime { given: given.chars().take(8).collect() }
    }
}
