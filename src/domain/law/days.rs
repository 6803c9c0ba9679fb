//! Counting days as the law does: the first is not counted, the last counts to its midnight.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::super::calendar::{Place, start_of_day};
use super::super::charter::Terms;
use super::{LegalClock, Length, Roll};

/// Where days are counted: a time zone, and whose public holidays are kept there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LegalDays {
    timezone: Tz,
    holidays: Option<Place>,
}

/// A period of the law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Period {
    /// What started it, happened then.
    pub started_at: DateTime<Utc>,
    /// The last day that still counts.
    pub last_day: NaiveDate,
    /// The midnight that ends it, which is no part of it any more.
    pub ends_at: DateTime<Utc>,
}

impl Period {
    /// Whether it is still in time.
    pub fn holds(&self, at: DateTime<Utc>) -> bool {
        at < self.ends_at
    }
}

/// A long weekend with holidays around it is no longer than this.
const MOST_ROLLED: usize = 30;

impl LegalDays {
    /// Days of a time zone, with the public holidays of a place; without one, only weekends move an end.
    pub const fn new(timezone: Tz, holidays: Option<Place>) -> Self {
        Self { timezone, holidays }
    }

    /// Days of a marketplace: its time zone, and the holidays that its business calendar keeps.
    pub fn of(timezone: Tz, terms: &Terms) -> Self {
        Self { timezone, holidays: terms.charter.business_hours.as_ref().and_then(|calendar| calendar.holidays()) }
    }

    /// The day of a moment.
    pub fn date_of(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.timezone).date_naive()
    }

    /// The time zone.
    pub const fn timezone(&self) -> Tz {
        self.timezone
    }

    /// The midnight with which a day ends.
    pub fn end_of(&self, day: NaiveDate) -> DateTime<Utc> {
        start_of_day(self.timezone, day + Days::new(1))
    }

    /// The last day of a period that was started on `day` (Regulation (EEC, Euratom) No 1182/71, article 3): the day itself
    /// is not counted; months and years end on the day of the same number, or on the last day of a shorter month.
    pub fn last_day(&self, day: NaiveDate, length: Length, roll: Roll) -> NaiveDate {
        let end = match length {
            Length::Days(days) => day + Days::new(u64::from(days)),
            Length::Months(months) => day + Months::new(u32::from(months)),
            Length::Years(years) => day + Months::new(12 * u32::from(years)),
        };
        match roll {
            Roll::AsItFalls => end,
            Roll::NextWorkingDay => end.iter_days().take(MOST_ROLLED).find(|day| self.is_working_day(*day)).unwrap_or(end),
        }
    }

    /// The period that a clock of the law sets for what happened at `at`.
    pub fn period(&self, clock: LegalClock, at: DateTime<Utc>) -> Period {
        let day = self.date_of(at);
        let (length, roll) = clock.rule(day);
        self.until(at, self.last_day(day, length, roll))
    }

    /// The period with this last day.
    pub(super) fn until(&self, started_at: DateTime<Utc>, last_day: NaiveDate) -> Period {
        Period { started_at, last_day, ends_at: self.end_of(last_day) }
    }

    /// By how many days something is late that was due on `last_day` and done at `done`: none on that day.
    pub fn days_late(&self, last_day: NaiveDate, done: DateTime<Utc>) -> u32 {
        u32::try_from((self.date_of(done) - last_day).num_days()).unwrap_or(0)
    }

    /// Neither Saturday, nor Sunday, nor a public holiday. Of years whose holidays are not known, every weekday is one.
    fn is_working_day(&self, day: NaiveDate) -> bool {
        let holiday = self.holidays.and_then(|place| place.on(day).ok()).flatten();
        holiday.is_none() && !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
    }
}
