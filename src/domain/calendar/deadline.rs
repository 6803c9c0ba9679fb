//! A deadline that can be paused: the clock of one service-level promise.

use std::num::NonZeroU16;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::duration::{BusinessDuration, InvalidDuration, Span};
use super::{BusinessCalendar, CalendarError, later};

/// Why a deadline cannot make a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeadlineError {
    /// Nothing is left of it.
    #[error("the deadline ended at {due}")]
    Overdue {
        /// When it was due.
        due: DateTime<Utc>,
    },
    /// It has not come yet.
    #[error("the deadline is only at {due}")]
    NotYetDue {
        /// When it is due.
        due: DateTime<Utc>,
    },
    /// It stands still.
    #[error("the deadline is paused")]
    Paused,
    /// It runs.
    #[error("the deadline is not paused")]
    NotPaused,
    /// It was met or breached.
    #[error("the deadline has already been met or breached")]
    Finished,
    /// The calendar cannot answer.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
}

/// A share of something that lies ahead, in per cent, 1 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Percent(u8);

impl Percent {
    /// 75 per cent.
    pub const THREE_QUARTERS: Self = Self(75);
}

impl TryFrom<u8> for Percent {
    type Error = InvalidDuration;

    fn try_from(percent: u8) -> Result<Self, InvalidDuration> {
        if (1..=100).contains(&percent) { Ok(Self(percent)) } else { Err(InvalidDuration::NotAShare) }
    }
}

impl From<Percent> for u8 {
    fn from(percent: Percent) -> Self {
        percent.0
    }
}

/// Where a deadline stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DeadlineState {
    /// It runs.
    Running {
        /// Since its start or its last resumption.
        since: DateTime<Utc>,
    },
    /// It waits for somebody else.
    Paused {
        /// Since when.
        since: DateTime<Utc>,
    },
    /// What it asked for was done in time.
    Met {
        /// When.
        at: DateTime<Utc>,
    },
    /// It passed.
    Breached {
        /// When it was due.
        due: DateTime<Utc>,
    },
}

/// How much of a target is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spent {
    /// Of clock time or open time.
    Time(TimeDelta),
    /// Of working days, counting one that has begun.
    Days(u16),
}

/// The target with what was spent of it in the stretches that are over, so that the two always have one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "unit", rename_all = "SCREAMING_SNAKE_CASE")]
enum Tally {
    Wall { target: Span, spent: TimeDelta },
    Open { target: Span, spent: TimeDelta },
    WorkingDays { target: NonZeroU16, spent: u16 },
}

/// A deadline that stands still while another party is waited for.
///
/// What is spent is reckoned when a stretch ends, by the calendar in force then; the rest runs by the calendar in force
/// later. Of working days a day that has begun while the deadline ran is spent whole, once; each full working day of a pause
/// moves the deadline by one. A moment given out of order (a webhook that came late) counts as the latest one known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deadline {
    tally: Tally,
    started: DateTime<Utc>,
    state: DeadlineState,
    warn_at: Option<Percent>,
}

impl Deadline {
    /// Starts at `at`; with `warn_at`, a warning is due when that share of the target is spent.
    pub fn start(target: BusinessDuration, warn_at: Option<Percent>, at: DateTime<Utc>) -> Self {
        let tally = match target {
            BusinessDuration::Wall(target) => Tally::Wall { target, spent: TimeDelta::zero() },
            BusinessDuration::Open(target) => Tally::Open { target, spent: TimeDelta::zero() },
            BusinessDuration::WorkingDays(target) => Tally::WorkingDays { target, spent: 0 },
        };
        Self { tally, started: at, state: DeadlineState::Running { since: at }, warn_at }
    }

    /// How long there was from the start, pauses left out.
    pub fn target(&self) -> BusinessDuration {
        match self.tally {
            Tally::Wall { target, .. } => BusinessDuration::Wall(target),
            Tally::Open { target, .. } => BusinessDuration::Open(target),
            Tally::WorkingDays { target, .. } => BusinessDuration::WorkingDays(target),
        }
    }

    /// When it started.
    pub fn started(&self) -> DateTime<Utc> {
        self.started
    }

    /// Where it stands.
    pub fn state(&self) -> DeadlineState {
        self.state
    }

    /// How much of the target is spent at `at`. Of a deadline that is over: without its last stretch.
    pub fn spent(&self, at: DateTime<Utc>, calendar: &BusinessCalendar) -> Result<Spent, CalendarError> {
        let tally = match self.state {
            DeadlineState::Running { since } => self.tally.and(since, at, calendar)?,
            _ => self.tally,
        };
        Ok(match tally {
            Tally::Wall { spent, .. } | Tally::Open { spent, .. } => Spent::Time(spent),
            Tally::WorkingDays { spent, .. } => Spent::Days(spent),
        })
    }

    /// When it is due; none unless it runs.
    pub fn due_at(&self, calendar: &BusinessCalendar) -> Result<Option<DateTime<Utc>>, CalendarError> {
        match self.state {
            DeadlineState::Running { since } => self.tally.due(since, calendar).map(Some),
            _ => Ok(None),
        }
    }

    /// When to warn; none without a share to warn at, or unless it runs. Of working days: when the day opens in which that
    /// share is reached. A share that was reached before the last resumption gives the resumption (of working days: no
    /// earlier than the opening of the day), so whoever sends warnings must remember having sent one.
    pub fn warning_at(&self, calendar: &BusinessCalendar) -> Result<Option<DateTime<Utc>>, CalendarError> {
        match (self.state, self.warn_at) {
            (DeadlineState::Running { since }, Some(share)) => self.tally.warning(share, since, calendar).map(Some),
            _ => Ok(None),
        }
    }

    /// Stops the clock; refused at and after the due moment, when nothing is left to stop.
    pub fn pause(self, at: DateTime<Utc>, calendar: &BusinessCalendar) -> Result<Self, DeadlineError> {
        let since = self.running()?;
        let (at, due) = (at.max(since), self.tally.due(since, calendar)?);
        if at >= due {
            return Err(DeadlineError::Overdue { due });
        }
        Ok(Self { tally: self.tally.and(since, at, calendar)?, state: DeadlineState::Paused { since: at }, ..self })
    }

    /// Lets the clock run again.
    pub fn resume(self, at: DateTime<Utc>) -> Result<Self, DeadlineError> {
        match self.state {
            DeadlineState::Paused { since } => Ok(Self { state: DeadlineState::Running { since: at.max(since) }, ..self }),
            DeadlineState::Running { .. } => Err(DeadlineError::NotPaused),
            DeadlineState::Met { .. } | DeadlineState::Breached { .. } => Err(DeadlineError::Finished),
        }
    }

    /// What it asked for was done at `at`: met if that is not after the due moment, or during a pause; else breached.
    pub fn meet(self, at: DateTime<Utc>, calendar: &BusinessCalendar) -> Result<Self, DeadlineError> {
        let state = match self.running() {
            Err(DeadlineError::Paused) => DeadlineState::Met { at },
            Err(error) => return Err(error),
            Ok(since) => match self.tally.due(since, calendar)? {
                due if at > due => DeadlineState::Breached { due },
                _ => DeadlineState::Met { at },
            },
        };
        Ok(Self { state, ..self })
    }

    /// Nothing was done by `at`, which must not be before the due moment.
    pub fn breach(self, at: DateTime<Utc>, calendar: &BusinessCalendar) -> Result<Self, DeadlineError> {
        let due = self.tally.due(self.running()?, calendar)?;
        if at < due {
            return Err(DeadlineError::NotYetDue { due });
        }
        Ok(Self { state: DeadlineState::Breached { due }, ..self })
    }

    fn running(&self) -> Result<DateTime<Utc>, DeadlineError> {
        match self.state {
            DeadlineState::Running { since } => Ok(since),
            DeadlineState::Paused { .. } => Err(DeadlineError::Paused),
            DeadlineState::Met { .. } | DeadlineState::Breached { .. } => Err(DeadlineError::Finished),
        }
    }
}

impl Tally {
    /// With the stretch from `since` to `at` added.
    fn and(self, since: DateTime<Utc>, at: DateTime<Utc>, calendar: &BusinessCalendar) -> Result<Self, CalendarError> {
        let at = at.max(since);
        Ok(match self {
            Self::Wall { target, spent } => Self::Wall { target, spent: sum(spent, at - since) },
            Self::Open { target, spent } => Self::Open { target, spent: sum(spent, calendar.between(since, at)?) },
            Self::WorkingDays { target, spent } => {
                Self::WorkingDays { target, spent: spent.saturating_add(calendar.working_days_between(since, at)?) }
            }
        })
    }

    /// When it runs out, if it runs from `since` on.
    fn due(self, since: DateTime<Utc>, calendar: &BusinessCalendar) -> Result<DateTime<Utc>, CalendarError> {
        match self {
            Self::Wall { target, spent } => later(since, rest(target.length(), spent)),
            Self::Open { target, spent } => calendar.after_open_time(since, rest(target.length(), spent)),
            Self::WorkingDays { target, spent } => match NonZeroU16::new(target.get().saturating_sub(spent)) {
                Some(left) => Ok(calendar.working_day_after(since, left)?.end),
                // Paused on its last day: that day still ends as a whole, or the next one if it is over.
                None => Ok(calendar.working_day_ending_from(since)?.end),
            },
        }
    }

    /// When `share` of the target is spent, if it runs from `since` on.
    fn warning(self, share: Percent, since: DateTime<Utc>, calendar: &BusinessCalendar) -> Result<DateTime<Utc>, CalendarError> {
        let part = |target: Span| target.length() * i32::from(share.0) / 100;
        match self {
            Self::Wall { target, spent } => later(since, rest(part(target), spent)),
            Self::Open { target, spent } => calendar.after_open_time(since, rest(part(target), spent)),
            Self::WorkingDays { target, spent } => {
                let share_of_days = (u32::from(target.get()) * u32::from(share.0)).div_ceil(100);
                let days = u16::try_from(share_of_days).unwrap_or(target.get()).saturating_sub(spent);
                match NonZeroU16::new(days) {
                    Some(days) => Ok(calendar.working_day_after(since, days)?.start),
                    None => Ok(calendar.working_day_ending_from(since)?.start.max(since)),
                }
            }
        }
    }
}

/// What is left of `whole`, not below zero.
fn rest(whole: TimeDelta, spent: TimeDelta) -> TimeDelta {
    whole.checked_sub(&spent).unwrap_or_default().max(TimeDelta::zero())
}

fn sum(spent: TimeDelta, more: TimeDelta) -> TimeDelta {
    spent.checked_add(&more).unwrap_or(TimeDelta::MAX)
}
