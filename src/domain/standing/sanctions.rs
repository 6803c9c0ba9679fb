//! Sanctions: one step each, with its statement of reasons, its effect, the way to complain, and how it is lifted.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::super::hands::{StaffId, text};
use super::super::ids::{SanctionId, SellerId};
use super::super::law::{LegalClock, LegalDays};
use super::super::scorecards::{Measure, MeasureStatus, Scorecard};
use super::super::statements::{
    Complainant, Complaint, ComplaintOutcome, ComplaintRefusal, DecidedBy, StatementOfReasons, complaint_until,
};
use super::{StandingRefusal, standing_at};

/// The steps of the ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SanctionStep {
    /// The seller is told what to put right, and until when.
    Warning,
    /// Its offers are shown less, and it cannot list new ones.
    RestrictedVisibility,
    /// It cannot sell.
    Suspended,
    /// Its account ends.
    Terminated,
}

impl SanctionStep {
    /// Every step, from the mildest.
    pub const ALL: [Self; 4] = [Self::Warning, Self::RestrictedVisibility, Self::Suspended, Self::Terminated];
}

/// How a seller stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SellerStanding {
    /// Nothing is held against it.
    #[default]
    Active,
    /// It was warned.
    Warned,
    /// Its offers are shown less.
    Restricted,
    /// It cannot sell.
    Suspended,
    /// Its account has ended.
    Terminated,
}

impl From<SanctionStep> for SellerStanding {
    fn from(step: SanctionStep) -> Self {
        match step {
            SanctionStep::Warning => Self::Warned,
            SanctionStep::RestrictedVisibility => Self::Restricted,
            SanctionStep::Suspended => Self::Suspended,
            SanctionStep::Terminated => Self::Terminated,
        }
    }
}

/// What is too grave to be warned of first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Grave {
    /// A dangerous product.
    Safety,
    /// A counterfeit.
    Counterfeit,
    /// Fraud.
    Fraud,
    /// Something illegal.
    Illegal,
    /// Who the trader is could not be established (Regulation (EU) 2022/2065, article 30(3)).
    UnknownTrader,
}

/// Why an account may end without notice (Regulation (EU) 2019/1150, article 4(4)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NoticeException {
    /// The law obliges the marketplace to end it so (point a).
    LegalObligation,
    /// An imperative reason under national law that accords with the law of the Union (point b).
    ImperativeReason,
    /// The seller has repeatedly infringed the terms, which can be shown (point c).
    RepeatedInfringement,
}

/// The least time that a warning leaves.
const LEAST_FIX: TimeDelta = TimeDelta::days(1);

/// Why a sanction was lifted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LiftingReason {
    /// A complaint of it was upheld: the seller is reinstated without undue delay (article 4(3)).
    ComplaintUpheld,
    /// The measures have been within their bounds for a full window.
    Recovered,
    /// The suspension that it rested on was lifted before it took effect.
    SuspensionLifted,
    /// A person thought better of it.
    Reconsidered {
        /// Why.
        reasons: String,
    },
}

/// That a sanction was lifted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lifting {
    /// Why.
    pub reason: LiftingReason,
    /// Who did it. To give back a rule suffices.
    pub by: DecidedBy,
    /// When.
    pub at: DateTime<Utc>,
}

/// What somebody decides against a seller. There is none without a statement of reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SanctionOrder {
    /// Against whom.
    pub seller: SellerId,
    /// How far.
    pub step: SanctionStep,
    /// Why. It is sent at once, on a durable medium (Regulation (EU) 2019/1150, article 4(1)).
    pub statement: StatementOfReasons,
    /// For which measures; empty when it is not about measures.
    pub measures: Vec<Measure>,
    /// Who decides.
    pub decided_by: DecidedBy,
    /// From when on it holds.
    pub effective_at: DateTime<Utc>,
    /// Until when the seller can put it right: of a warning.
    pub fix_until: Option<DateTime<Utc>>,
    /// What makes a warning needless.
    pub grave: Option<Grave>,
    /// What makes notice needless: of an end.
    pub exception: Option<NoticeException>,
}

/// A sanction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sanction {
    /// Our id.
    pub id: SanctionId,
    /// Against whom.
    pub seller: SellerId,
    /// How far.
    pub step: SanctionStep,
    /// Why.
    pub statement: StatementOfReasons,
    /// For which measures.
    pub measures: Vec<Measure>,
    /// Who decided.
    pub decided_by: DecidedBy,
    /// When it was decided and the seller told.
    pub decided_at: DateTime<Utc>,
    /// From when on it holds.
    pub effective_at: DateTime<Utc>,
    /// Until when the seller can put it right.
    pub fix_until: Option<DateTime<Utc>>,
    /// What made a warning needless.
    pub grave: Option<Grave>,
    /// What made notice needless.
    pub exception: Option<NoticeException>,
    /// Until when the seller can complain, free of charge.
    pub complaint_until: DateTime<Utc>,
    /// The complaint.
    pub complaint: Option<Complaint>,
    /// How it ended; none while it holds.
    pub lifted: Option<Lifting>,
    /// How often it has moved, from 1.
    pub revision: i32,
}

impl SanctionOrder {
    /// Imposes it, if the seller's earlier sanctions, the law's notice and who decides allow it.
    pub fn impose(self, history: &[Sanction], days: &LegalDays, at: DateTime<Utc>) -> Result<Sanction, StandingRefusal> {
        if self.step > SanctionStep::Warning && self.decided_by == DecidedBy::Rule {
            return Err(StandingRefusal::NeedsPerson);
        }
        if self.effective_at < at {
            return Err(StandingRefusal::EffectBeforeStatement);
        }
        self.check_ladder(history, at)?;
        if self.step == SanctionStep::Terminated && self.exception.is_none() {
            let earliest = days.period(LegalClock::SellerTermination, at).ends_at;
            if self.effective_at < earliest {
                return Err(StandingRefusal::TooSoon { earliest });
            }
        }
        let Self { seller, step, statement, measures, decided_by, effective_at, fix_until, grave, exception } = self;
        Ok(Sanction {
            id: SanctionId::generate(),
            seller,
            step,
            statement,
            measures,
            decided_by,
            decided_at: at,
            effective_at,
            fix_until: fix_until.filter(|_| step == SanctionStep::Warning),
            grave,
            exception,
            complaint_until: complaint_until(days, at),
            complaint: None,
            lifted: None,
            revision: 1,
        })
    }

    fn check_ladder(&self, history: &[Sanction], at: DateTime<Utc>) -> Result<(), StandingRefusal> {
        let own = || history.iter().filter(|one| one.seller == self.seller && one.lifted.is_none());
        match self.step {
            // A second warning may be about something else; it must only leave time.
            SanctionStep::Warning if self.fix_until.is_none_or(|until| until < at + LEAST_FIX) => Err(StandingRefusal::NoTimeToFix),
            SanctionStep::Warning if own().all(|one| one.step != SanctionStep::Terminated) => Ok(()),
            _ if own().any(|one| one.step >= self.step) => Err(StandingRefusal::AlreadyInForce),
            SanctionStep::Terminated if self.exception == Some(NoticeException::RepeatedInfringement) && !self.was_sanctioned(history) => {
                Err(StandingRefusal::NotRepeated)
            }
            SanctionStep::Terminated if self.exception.is_some() || standing_at(history, self.seller, at) == SellerStanding::Suspended => {
                Ok(())
            }
            SanctionStep::Terminated => Err(StandingRefusal::NotSuspended),
            _ if self.grave.is_some() => Ok(()),
            _ => {
                let about =
                    |one: &&Sanction| self.measures.is_empty() || one.measures.iter().any(|measure| self.measures.contains(measure));
                let warnings = own().filter(|one| one.step == SanctionStep::Warning).filter(about);
                // Of several warnings the last counts: whoever was just warned has the time that was given.
                let until = warnings.filter_map(|one| one.fix_until).max().ok_or(StandingRefusal::NotWarned)?;
                if until > at { Err(StandingRefusal::TimeToFix { until }) } else { Ok(()) }
            }
        }
    }

    /// Whether anything was decided against the seller before, and not found wrong.
    fn was_sanctioned(&self, history: &[Sanction]) -> bool {
        let right = |one: &&Sanction| {
            let undone = one.lifted.as_ref().map(|lifting| &lifting.reason);
            matches!(undone, None | Some(LiftingReason::Recovered))
        };
        history.iter().filter(|one| one.seller == self.seller).any(|one| right(&one))
    }
}

impl Sanction {
    /// Whether it holds at a moment.
    pub fn holds_at(&self, at: DateTime<Utc>) -> bool {
        self.effective_at <= at && self.lifted.as_ref().is_none_or(|lifting| at < lifting.at)
    }

    /// The seller complains of it (Regulation (EU) 2019/1150, article 11; 2022/2065, article 20).
    pub fn complain(&self, seller: SellerId, words: &str, at: DateTime<Utc>) -> Result<Self, StandingRefusal> {
        if seller != self.seller {
            return Err(StandingRefusal::NotYours);
        }
        let complaint = Complaint::lodge(self.complaint.as_ref(), Complainant::Seller(seller), words, self.complaint_until, at)?;
        Ok(Self { complaint: Some(complaint), ..self.moved() })
    }

    /// A person who did not decide it answers; upheld, it is lifted at once.
    pub fn answer_complaint(
        &self,
        outcome: ComplaintOutcome,
        reasons: &str,
        by: &StaffId,
        at: DateTime<Utc>,
    ) -> Result<Self, StandingRefusal> {
        let complaint = self.complaint.as_ref().ok_or(ComplaintRefusal::NoneOpen)?;
        let answered = complaint.answer(&self.decided_by, outcome, reasons, by.clone(), at)?;
        let mut moved = Self { complaint: Some(answered), ..self.moved() };
        if outcome == ComplaintOutcome::Upheld && moved.lifted.is_none() {
            moved.lifted = Some(Lifting { reason: LiftingReason::ComplaintUpheld, by: DecidedBy::Person(by.clone()), at });
        }
        Ok(moved)
    }

    /// A person lifts it, for a reason.
    pub fn reconsider(&self, reasons: &str, by: StaffId, at: DateTime<Utc>) -> Result<Self, StandingRefusal> {
        let reasons = text("The reasons", reasons, 2000)?;
        self.lift(LiftingReason::Reconsidered { reasons }, DecidedBy::Person(by), at)
    }

    /// Lifts it as its measures are back. Whoever cannot sell has no measures: after a suspension a person has to look.
    pub fn recover(&self, card: &Scorecard, days: &LegalDays, by: DecidedBy, at: DateTime<Utc>) -> Result<Self, StandingRefusal> {
        let since = days.date_of(self.effective_at);
        let is_back =
            |measure: &Measure| card.line(*measure).is_some_and(|line| line.status == MeasureStatus::Fine && line.reading.from >= since);
        let recovered = card.seller == self.seller && !self.measures.is_empty() && self.measures.iter().all(is_back);
        if recovered { self.lift(LiftingReason::Recovered, by, at) } else { Err(StandingRefusal::NotRecovered) }
    }

    /// Lifts an end that has not come yet, as what it rested on is no more: only who is suspended is ended, but for the law's exceptions.
    /// None where it stands.
    pub fn without_suspension(&self, history: &[Self], by: DecidedBy, at: DateTime<Utc>) -> Option<Self> {
        let coming = self.step == SanctionStep::Terminated && self.exception.is_none() && self.effective_at > at;
        let rests = coming && standing_at(history, self.seller, at) < SellerStanding::Suspended;
        if rests { self.lift(LiftingReason::SuspensionLifted, by, at).ok() } else { None }
    }

    fn lift(&self, reason: LiftingReason, by: DecidedBy, at: DateTime<Utc>) -> Result<Self, StandingRefusal> {
        if self.lifted.is_some() {
            return Err(StandingRefusal::AlreadyLifted);
        }
        Ok(Self { lifted: Some(Lifting { reason, by, at }), ..self.moved() })
    }

    fn moved(&self) -> Self {
        Self { revision: self.revision + 1, ..self.clone() }
    }
}
