//! The clocks of a case: what is promised, how long it still has, and what was missed.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::super::calendar::{Deadline, DeadlineState};
use super::super::charter::{Promise, Terms};
use super::super::parties::{Audience, Party};
use super::super::timeline::{EventKind, NewEvent};
use super::Case;

/// One promise and its clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Clock {
    /// What is promised.
    pub promise: Promise,
    /// By whom.
    pub party: Party,
    deadline: Deadline,
    /// When it is due; none while it stands still.
    pub due_at: Option<DateTime<Utc>>,
    /// When to warn; none once that is done, and while it stands still.
    pub warn_at: Option<DateTime<Utc>>,
    /// When it was found that the promise was not kept.
    #[serde(default)]
    pub missed_at: Option<DateTime<Utc>>,
}

/// How a clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ClockState {
    /// It runs.
    Running,
    /// Another party is waited for.
    Paused,
    /// The promise was not kept.
    Missed,
}

impl Clock {
    fn start(promise: Promise, party: Party, case: &Case, terms: &Terms, at: DateTime<Utc>) -> Self {
        let deadline = terms.deadline(promise, party, Some(&case.reason), case.channel, at);
        let mut clock = Self { promise, party, deadline, due_at: None, warn_at: None, missed_at: None };
        clock.reckon(terms);
        clock
    }

    /// How it stands.
    pub fn state(&self) -> ClockState {
        match self.deadline.state() {
            _ if self.missed_at.is_some() => ClockState::Missed,
            DeadlineState::Paused { .. } => ClockState::Paused,
            _ => ClockState::Running,
        }
    }

    /// When it was started.
    pub fn started_at(&self) -> DateTime<Utc> {
        self.deadline.started()
    }

    /// By the clock on the wall where the calendar cannot tell (no opening for a year, holidays of a year it does not
    /// know): a time that is too early can be kept, none at all would let the case lie.
    fn reckon(&mut self, terms: &Terms) {
        let calendar = terms.calendar(self.party);
        self.due_at = match (self.deadline.state(), self.deadline.due_at(&calendar)) {
            (_, Ok(due)) => due,
            (DeadlineState::Running { since }, Err(_)) => Some(since + self.deadline.target().wall()),
            _ => None,
        };
        self.warn_at = self.deadline.warning_at(&calendar).ok().flatten().filter(|warning| Some(*warning) < self.due_at);
    }

    fn pause(&mut self, terms: &Terms, at: DateTime<Utc>) {
        if self.state() != ClockState::Running {
            return;
        }
        // What is overdue stays so: `ring` tells of it.
        if let Ok(paused) = self.deadline.pause(at, &terms.calendar(self.party)) {
            self.deadline = paused;
            (self.due_at, self.warn_at) = (None, None);
        }
    }

    fn resume(&mut self, terms: &Terms, at: DateTime<Utc>) {
        if let Ok(running) = self.deadline.resume(at) {
            self.deadline = running;
            self.reckon(terms);
        }
    }

    /// What the passing of time means by now.
    fn ring(&mut self, now: DateTime<Utc>) -> Option<EventKind> {
        let due_at = self.due_at?;
        let (promise, party) = (self.promise, self.party);
        if due_at <= now && self.state() == ClockState::Running {
            (self.missed_at, self.warn_at) = (Some(now), None);
            return Some(EventKind::DeadlineMissed { promise, party, due_at });
        }
        self.warn_at.take_if(|warn_at| *warn_at <= now)?;
        Some(EventKind::DeadlineNear { promise, party, due_at })
    }

    fn next(&self) -> Option<DateTime<Utc>> {
        let due = self.due_at.filter(|_| self.state() == ClockState::Running);
        [due, self.warn_at].into_iter().flatten().min()
    }
}

/// The clocks of a case, and who has answered in it already.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Clocks {
    /// Until the next answer.
    pub reply: Option<Clock>,
    /// Until the resolution, by whoever sees the case through.
    pub resolution: Option<Clock>,
    answered: Vec<Party>,
}

impl Clocks {
    /// Both, as far as they are there.
    pub fn all(&self) -> impl Iterator<Item = &Clock> {
        [&self.reply, &self.resolution].into_iter().flatten()
    }

    /// When the next of them has something to say.
    pub fn next(&self) -> Option<DateTime<Utc>> {
        self.all().filter_map(Clock::next).min()
    }

    /// A party has answered.
    pub(super) fn answered(&mut self, party: Party) {
        if !self.answered.contains(&party) {
            self.answered.push(party);
        }
        self.reply = None;
    }

    /// Nobody is waited for any more.
    pub(super) fn stop(&mut self) {
        (self.reply, self.resolution) = (None, None);
    }

    /// The promise of an answer is taken back, without having been kept.
    pub(super) fn waive_reply(&mut self) {
        self.reply = None;
    }

    /// Both stand still: the buyer is asked something.
    pub(super) fn pause(&mut self, terms: &Terms, at: DateTime<Utc>) {
        for clock in [&mut self.reply, &mut self.resolution].into_iter().flatten() {
            clock.pause(terms, at);
        }
    }

    /// It is this party's turn.
    pub(super) fn turn(&mut self, party: Party, case: &Case, terms: &Terms, at: DateTime<Utc>) {
        if party == Party::Buyer {
            self.reply = None;
        } else {
            match &mut self.reply {
                Some(clock) if clock.party == party && clock.state() == ClockState::Paused => clock.resume(terms, at),
                reply => {
                    let promise = if self.answered.contains(&party) { Promise::NextReply } else { Promise::FirstReply };
                    *reply = Some(Clock::start(promise, party, case, terms, at));
                }
            }
        }
        if self.resolution.is_none_or(|clock| clock.party != case.owner) {
            self.resolution = Some(Clock::start(Promise::Resolution, case.owner, case, terms, at));
        }
        if let Some(clock) = &mut self.resolution {
            if party == case.owner { clock.resume(terms, at) } else { clock.pause(terms, at) }
        }
    }

    /// What the passing of time means by now; the operator hears of all, a seller of its own.
    pub(super) fn ring(&mut self, now: DateTime<Utc>) -> Vec<NewEvent> {
        let clocks = [&mut self.reply, &mut self.resolution].into_iter().flatten();
        clocks
            .filter_map(|clock| {
                let audience = Audience::of([Party::Operator, clock.party]).without(Party::Buyer);
                clock.ring(now).map(|kind| NewEvent { kind, audience, message: None })
            })
            .collect()
    }
}
