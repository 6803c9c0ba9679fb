//! Opening hours of a day and of a week, in local time.

use std::fmt;
use std::str::FromStr;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Weekday};

use super::invalid::InvalidCalendar;

/// How many openings one day may have.
const MOST_OPENINGS: usize = 12;

/// A local time of day in whole minutes, from `00:00` to `24:00`, the end of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalTime(u16);

impl LocalTime {
    /// The beginning of the day, `00:00`.
    pub const MIDNIGHT: Self = Self(0);
    /// The end of the day, `24:00`: the beginning of the next.
    pub const END_OF_DAY: Self = Self(24 * 60);

    /// This time on `date`, by the wall clock.
    pub(super) fn on(self, date: NaiveDate) -> NaiveDateTime {
        date.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(self.0))
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl FromStr for LocalTime {
    type Err = InvalidCalendar;

    /// Reads `09:00`, always four digits.
    fn from_str(text: &str) -> Result<Self, InvalidCalendar> {
        let [h1 @ b'0'..=b'2', h2 @ b'0'..=b'9', b':', m1 @ b'0'..=b'5', m2 @ b'0'..=b'9'] = text.as_bytes() else {
            return Err(InvalidCalendar::not_a_time(text));
        };
        let digit = |byte: &u8| u16::from(byte - b'0');
        let minutes = (digit(h1) * 10 + digit(h2)) * 60 + digit(m1) * 10 + digit(m2);
        if minutes <= Self::END_OF_DAY.0 { Ok(Self(minutes)) } else { Err(InvalidCalendar::not_a_time(text)) }
    }
}

/// One opening: from `opens`, to `closes` exclusive, on one date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hours {
    opens: LocalTime,
    closes: LocalTime,
}

impl Hours {
    /// The whole day.
    pub const ALL_DAY: Self = Self { opens: LocalTime::MIDNIGHT, closes: LocalTime::END_OF_DAY };

    /// An opening; refused when it is empty or passes midnight.
    pub fn new(opens: LocalTime, closes: LocalTime) -> Result<Self, InvalidCalendar> {
        match opens.cmp(&closes) {
            std::cmp::Ordering::Less => Ok(Self { opens, closes }),
            std::cmp::Ordering::Equal => Err(InvalidCalendar::EmptyOpening { at: opens }),
            std::cmp::Ordering::Greater => Err(InvalidCalendar::Overnight { opens, closes }),
        }
    }

    /// When it opens.
    pub fn opens(self) -> LocalTime {
        self.opens
    }

    /// When it closes; `24:00` for the end of the day.
    pub fn closes(self) -> LocalTime {
        self.closes
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.opens, self.closes)
    }
}

/// Sorts the openings of one date and refuses any that overlap; touching ones are fine.
pub(super) fn in_order(mut openings: Vec<Hours>) -> Result<Vec<Hours>, InvalidCalendar> {
    if openings.len() > MOST_OPENINGS {
        return Err(InvalidCalendar::TooManyOpenings { most: MOST_OPENINGS });
    }
    openings.sort_unstable_by_key(|hours| hours.opens);
    match openings.iter().zip(openings.iter().skip(1)).find(|(first, second)| second.opens < first.closes) {
        Some((&first, &second)) => Err(InvalidCalendar::Overlap { first, second }),
        None => Ok(openings),
    }
}

/// The openings of each day of the week, sorted, without overlaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Week([Vec<Hours>; 7]);

impl Week {
    /// A week from the openings of each day, Monday first.
    pub fn new(monday_first: [Vec<Hours>; 7]) -> Result<Self, InvalidCalendar> {
        let mut days = monday_first;
        for day in &mut days {
            *day = in_order(std::mem::take(day))?;
        }
        Ok(Self(days))
    }

    /// Open at every moment of the week.
    pub fn always_open() -> Self {
        Self(std::array::from_fn(|_| vec![Hours::ALL_DAY]))
    }

    /// The openings of one day of the week.
    pub fn on(&self, day: Weekday) -> &[Hours] {
        self.0.get(day.num_days_from_monday() as usize).map_or(&[], Vec::as_slice)
    }

    pub(super) fn is_always_open(&self) -> bool {
        self.0.iter().all(|day| day.as_slice() == [Hours::ALL_DAY])
    }

    pub(super) fn never_opens(&self) -> bool {
        self.0.iter().all(Vec::is_empty)
    }
}
