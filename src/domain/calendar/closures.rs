//! Dates on which a calendar departs from its week.

use chrono::NaiveDate;

use super::HORIZON_DAYS;
use super::hours::{Hours, in_order};
use super::invalid::InvalidCalendar;

/// How many characters a label may have.
const LONGEST_LABEL: usize = 120;

/// A closure of one's own: stocktaking, a summer break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closure {
    first: NaiveDate,
    last: NaiveDate,
    label: String,
}

impl Closure {
    /// Shut from `first` to `last`, both included.
    pub fn new(first: NaiveDate, last: NaiveDate, label: String) -> Result<Self, InvalidCalendar> {
        if last < first {
            return Err(InvalidCalendar::ClosureTurnedRound { first, last });
        }
        if (last - first).num_days() > i64::from(HORIZON_DAYS) {
            return Err(InvalidCalendar::ClosureTooLong { first, last });
        }
        Ok(Self { first, last, label: checked(label)? })
    }

    /// Its first date.
    pub fn first(&self) -> NaiveDate {
        self.first
    }

    /// Its last date, still shut.
    pub fn last(&self) -> NaiveDate {
        self.last
    }

    /// Why, in words for people.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Whether it is shut on a date.
    pub fn covers(&self, date: NaiveDate) -> bool {
        (self.first..=self.last).contains(&date)
    }

    /// Its dates.
    pub fn days(&self) -> impl Iterator<Item = NaiveDate> {
        let last = self.last;
        self.first.iter_days().take_while(move |day| *day <= last)
    }

    /// What of it lies before a date; none when nothing does.
    pub fn before(&self, date: NaiveDate) -> Option<Self> {
        let last = self.last.min(date.pred_opt()?);
        (self.first <= last).then(|| Self { last, ..self.clone() })
    }

    /// What of it lies on a date or after it; none when nothing does.
    pub fn since(&self, date: NaiveDate) -> Option<Self> {
        let first = self.first.max(date);
        (first <= self.last).then(|| Self { first, ..self.clone() })
    }
}

/// A date with hours of its own, which stand whatever the week, a holiday or a closure says: the Sundays before Christmas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtraOpening {
    date: NaiveDate,
    hours: Vec<Hours>,
    label: String,
}

impl ExtraOpening {
    /// Open on `date` during `hours`, and only then.
    pub fn new(date: NaiveDate, hours: Vec<Hours>, label: String) -> Result<Self, InvalidCalendar> {
        if hours.is_empty() {
            return Err(InvalidCalendar::ExtraWithoutHours { date });
        }
        Ok(Self { date, hours: in_order(hours)?, label: checked(label)? })
    }

    /// The date.
    pub fn date(&self) -> NaiveDate {
        self.date
    }

    /// Its openings, sorted.
    pub fn hours(&self) -> &[Hours] {
        &self.hours
    }

    /// Why, in words for people.
    pub fn label(&self) -> &str {
        &self.label
    }
}

fn checked(label: String) -> Result<String, InvalidCalendar> {
    if (!label.is_empty() && label.trim().is_empty()) || label.chars().count() > LONGEST_LABEL {
        return Err(InvalidCalendar::Label { longest: LONGEST_LABEL });
    }
    Ok(label)
}
