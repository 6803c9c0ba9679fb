//! What a calendar answers, by walking over its openings.

use std::collections::VecDeque;
use std::num::NonZeroU16;
use std::ops::Range;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::duration::BusinessDuration;
use super::{BusinessCalendar, CalendarError, HORIZON_DAYS, LONGEST_WALK_DAYS, later};

/// An opening as instants.
type Opening = Range<DateTime<Utc>>;

impl BusinessCalendar {
    /// Whether it is open at `at`.
    pub fn is_open(&self, at: DateTime<Utc>) -> Result<bool, CalendarError> {
        Ok(self.never_closes() || self.openings_on(self.date_of(at)?)?.any(|opening| opening.contains(&at)))
    }

    /// The first open instant at or after `at`: `at` itself while it is open.
    pub fn next_opening(&self, at: DateTime<Utc>) -> Result<DateTime<Utc>, CalendarError> {
        if self.never_closes() {
            return Ok(at);
        }
        Ok(self.openings_from(at)?.advance()?.start)
    }

    /// The first closing after `at`: of the opening that runs at `at`, else of the next. None when it stays open for
    /// [`HORIZON_DAYS`]. Openings that touch, as at midnight, are one.
    pub fn next_closing(&self, at: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, CalendarError> {
        if self.never_closes() {
            return Ok(None);
        }
        let mut openings = self.openings_from(at)?;
        let mut opening = openings.advance()?;
        let horizon = later(at, TimeDelta::days(i64::from(HORIZON_DAYS)))?;
        while opening.end < horizon {
            // Asked first, so that a closing in the last known year does not need the next year's holidays.
            if !self.is_open(opening.end)? {
                return Ok(Some(opening.end));
            }
            opening = openings.advance()?;
        }
        Ok(None)
    }

    /// The open time from `from` to `to`, negative when `to` is the earlier. At most [`LONGEST_WALK_DAYS`] apart.
    pub fn between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<TimeDelta, CalendarError> {
        if to < from {
            return self.between(to, from).map(|open| -open);
        }
        if self.never_closes() {
            return Ok(to - from);
        }
        let mut open = TimeDelta::zero();
        for date in self.dates(from, to)? {
            for opening in self.openings_on(date)? {
                open += (opening.end.min(to) - opening.start.max(from)).max(TimeDelta::zero());
            }
        }
        Ok(open)
    }

    /// The moment at which `duration` has passed since `start`; never before `start`.
    ///
    /// Open time that runs out with a closing ends at that closing, not at the opening that follows.
    pub fn add(&self, start: DateTime<Utc>, duration: BusinessDuration) -> Result<DateTime<Utc>, CalendarError> {
        match duration {
            BusinessDuration::Wall(span) => later(start, span.length()),
            BusinessDuration::Open(span) => self.after_open_time(start, span.length()),
            BusinessDuration::WorkingDays(days) => Ok(self.working_day_after(start, days)?.end),
        }
    }

    /// `deadline`, moved to a moment at which a promise can be kept: one shown to a buyer must be.
    ///
    /// While it is open, and at the very moment of closing, `deadline` itself ("by 18:00" is a fair promise of a shop that
    /// closes at 18:00). Otherwise the next opening, so a promise is never earlier than the deadline: a deadline that falls
    /// on a Sunday becomes Monday, 09:00. It is the earliest such moment; whoever wants a margin adds open time first.
    pub fn promise(&self, deadline: DateTime<Utc>) -> Result<DateTime<Utc>, CalendarError> {
        if self.never_closes() {
            return Ok(deadline);
        }
        // From a hair before, so that an opening which ends at the deadline is still seen.
        let opening = self.openings_from(later(deadline, TimeDelta::nanoseconds(-1))?)?.advance()?;
        Ok(opening.start.max(deadline))
    }

    /// How many working days lie after the day of `from`, up to and including the day of `to`. A working day is a date with
    /// an opening.
    pub fn working_days_between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<u16, CalendarError> {
        if to < from {
            return Ok(0);
        }
        let mut days = 0;
        for date in self.dates(from, to)?.skip(1) {
            days += u16::from(self.openings_on(date)?.next().is_some());
        }
        Ok(days)
    }

    /// The moment at which `length` of open time has passed since `start`.
    pub(super) fn after_open_time(&self, start: DateTime<Utc>, length: TimeDelta) -> Result<DateTime<Utc>, CalendarError> {
        if length <= TimeDelta::zero() {
            return Ok(start);
        }
        if self.never_closes() {
            return later(start, length);
        }
        let mut openings = self.openings_from(start)?;
        let mut left = length;
        loop {
            let opening = openings.advance()?;
            let open = opening.end - opening.start;
            if left <= open {
                return later(opening.start, left);
            }
            left -= open;
        }
    }

    /// The `nth` working day after the day of `start`, from its first opening to its last closing.
    pub(super) fn working_day_after(&self, start: DateTime<Utc>, nth: NonZeroU16) -> Result<Opening, CalendarError> {
        let mut days = Days::after(self.date_of(start)?);
        let mut left = nth.get();
        loop {
            let date = days.advance()?;
            if let Some(day) = self.working_day(date)? {
                days.found();
                left -= 1;
                if left == 0 {
                    return Ok(day);
                }
            }
        }
    }

    /// The working day that is the first to end at or after `at`.
    pub(super) fn working_day_ending_from(&self, at: DateTime<Utc>) -> Result<Opening, CalendarError> {
        match self.working_day(self.date_of(at)?)? {
            Some(day) if day.end >= at => Ok(day),
            _ => self.working_day_after(at, NonZeroU16::MIN),
        }
    }

    /// `date` from its first opening to its last closing; none when it is no working day.
    fn working_day(&self, date: NaiveDate) -> Result<Option<Opening>, CalendarError> {
        let mut openings = self.openings_on(date)?;
        Ok(openings.next().map(|first| first.start..openings.next_back().map_or(first.end, |last| last.end)))
    }

    /// The dates from that of `from` to that of `to`.
    fn dates(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<impl Iterator<Item = NaiveDate>, CalendarError> {
        let (first, last) = (self.date_of(from)?, self.date_of(to)?);
        if (last - first).num_days() > i64::from(LONGEST_WALK_DAYS) {
            return Err(CalendarError::TooFar);
        }
        Ok(first.iter_days().take_while(move |date| *date <= last))
    }

    /// The openings from `at` on, the first cut to begin no earlier.
    fn openings_from(&self, at: DateTime<Utc>) -> Result<Openings<'_>, CalendarError> {
        Ok(Openings { calendar: self, from: at, days: Days::from(self.date_of(at)?), ahead: VecDeque::new() })
    }
}

/// Openings one after the other.
struct Openings<'a> {
    calendar: &'a BusinessCalendar,
    from: DateTime<Utc>,
    days: Days,
    /// Those of the date last looked at that are still to come.
    ahead: VecDeque<Opening>,
}

impl Openings<'_> {
    fn advance(&mut self) -> Result<Opening, CalendarError> {
        loop {
            if let Some(opening) = self.ahead.pop_front() {
                self.days.found();
                return Ok(opening);
            }
            let from = self.from;
            let openings = self.calendar.openings_on(self.days.advance()?)?;
            self.ahead.extend(openings.filter(|opening| opening.end > from).map(|opening| opening.start.max(from)..opening.end));
        }
    }
}

/// Dates one after the other, until patience ends.
struct Days {
    next: Option<NaiveDate>,
    /// The date before the first, or of the last opening found.
    last_found: NaiveDate,
    idle: u16,
    walked: u16,
}

impl Days {
    fn from(first: NaiveDate) -> Self {
        Self { next: Some(first), last_found: first, idle: 0, walked: 0 }
    }

    fn after(date: NaiveDate) -> Self {
        Self { next: date.succ_opt(), ..Self::from(date) }
    }

    fn advance(&mut self) -> Result<NaiveDate, CalendarError> {
        if self.idle > HORIZON_DAYS {
            return Err(CalendarError::NoOpening { after: self.last_found });
        }
        let date = self.next.filter(|_| self.walked <= LONGEST_WALK_DAYS).ok_or(CalendarError::TooFar)?;
        self.next = date.succ_opt();
        self.idle += 1;
        self.walked += 1;
        Ok(date)
    }

    /// The date last given has an opening.
    fn found(&mut self) {
        self.idle = 0;
        self.last_found = self.next.and_then(|next| next.pred_opt()).unwrap_or(self.last_found);
    }
}
