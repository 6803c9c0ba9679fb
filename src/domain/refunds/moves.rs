//! Every move that people and timers can make. What is not listed here cannot happen.

use chrono::{DateTime, TimeDelta, Utc};

use super::super::hands::Happened;
use super::super::parties::{Party, Who};
use super::super::purchases::WithdrawalRight;
use super::actions::Side;
use super::amounts::checked;
use super::judging::Judged;
use super::{
    Approval, Attempt, AttemptNumber, AttemptOutcome, Claim, ClaimStanding, Consent, CostPlan, Decline, DeclineReason, DisputeGuard, Grant,
    Ground, IdempotencyKey, ItemOrder, Moved, Refund, RefundAction, RefundBasis, RefundClock, RefundEffect, RefundEvent, RefundForm,
    RefundMeans, RefundRefusal, RefundRules, RefundStatus, Revision,
};

/// The most characters of a reason or of what a buyer agrees to.
const TEXT_LIMIT: usize = 2000;

/// What can be done to a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundMove {
    /// It is certain that the law gives it, or more is known of its clock: the goods are back.
    Establish {
        /// The clock of the law, started at its own event.
        clock: RefundClock,
    },
    /// It is granted, in whole or in part.
    Grant(GrantOrder),
    /// A second person approves what was granted.
    Approve,
    /// It is refused.
    Decline {
        /// The kind of reason.
        reason: DeclineReason,
        /// In words for the buyer.
        text: String,
    },
    /// The buyer agrees to the form.
    Consent {
        /// What the buyer agreed to, in the words that were shown.
        text: String,
    },
    /// The buyer does not.
    RefuseConsent,
    /// The payment system is to be told.
    Submit,
    /// The payment system is to be told anew after a failure, with a new key.
    Retry,
    /// It is called off.
    Cancel,
}

/// How a refund is granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantOrder {
    /// What is given back, by line and part; none for what was asked for.
    pub items: Option<Vec<ItemOrder>>,
    /// As what.
    pub form: RefundForm,
    /// By which way.
    pub means: RefundMeans,
    /// Who pays for it in the end.
    pub costs: CostPlan,
}

impl RefundMove {
    /// Which action it is.
    pub const fn action(&self) -> RefundAction {
        match self {
            Self::Establish { .. } => RefundAction::Establish,
            Self::Grant(_) => RefundAction::Grant,
            Self::Approve => RefundAction::Approve,
            Self::Decline { .. } => RefundAction::Decline,
            Self::Consent { .. } => RefundAction::Consent,
            Self::RefuseConsent => RefundAction::RefuseConsent,
            Self::Submit => RefundAction::Submit,
            Self::Retry => RefundAction::Retry,
            Self::Cancel => RefundAction::Cancel,
        }
    }
}

/// What a move came to, beside the new state.
#[derive(Default)]
struct Told {
    events: Vec<Happened<RefundEvent>>,
    effects: Vec<RefundEffect>,
}

impl Refund {
    /// What a person or a job does to it. `seen` is the revision that they saw.
    pub fn apply(
        &self,
        action: &RefundMove,
        seen: Revision,
        by: &Who,
        ground: &Ground<'_>,
        at: DateTime<Utc>,
    ) -> Result<Moved, RefundRefusal> {
        if seen != self.revision {
            return Err(RefundRefusal::WrongRevision { current: self.revision.get() });
        }
        self.allows(action.action(), by, ground.dispute, at)?;
        let mut refund = self.clone();
        let mut told = Told::default();
        match action {
            RefundMove::Establish { clock } => refund.establish(*clock, by, ground, &mut told)?,
            RefundMove::Grant(order) => refund.grant(order, by, ground, at, &mut told)?,
            RefundMove::Approve => refund.approve(by, ground, at, &mut told)?,
            RefundMove::Decline { reason, text } => refund.refuse(*reason, text, by, ground, at, &mut told)?,
            RefundMove::Consent { text } => refund.consent(text, by, at, &mut told)?,
            RefundMove::RefuseConsent => refund.fall_back(at, &mut told),
            RefundMove::Submit => refund.submit(AttemptNumber::FIRST, ground.rules, at, &mut told)?,
            RefundMove::Retry => {
                let next = self.last_attempt().map_or(AttemptNumber::FIRST, |attempt| attempt.number.next());
                refund.submit(next, ground.rules, at, &mut told)?;
            }
            RefundMove::Cancel => {
                refund.status = RefundStatus::Canceled;
                refund.proposal = None;
                told.events.push(Happened::for_all(RefundEvent::Canceled));
                told.effects.push(RefundEffect::TellBuyer);
            }
        }
        Ok(refund.moved(told, at))
    }

    /// What silence means by now; none when it means nothing yet.
    pub fn elapse(&self, now: DateTime<Utc>) -> Option<Moved> {
        let mut refund = self.clone();
        let mut told = Told::default();
        if self.status == RefundStatus::Requested && self.decide_by.is_some_and(|end| end <= now) {
            (refund.decider, refund.decide_by) = (Party::Operator, None);
            told.events.push(Happened::for_all(RefundEvent::HandedToOperator));
            told.effects.push(RefundEffect::AlertOperator);
        }
        let consent = self.grant.as_deref().map(|grant| &grant.consent);
        if self.status == RefundStatus::Granted && matches!(consent, Some(Consent::Awaited { until }) if *until <= now) {
            refund.fall_back(now, &mut told);
        }
        if let Some(attempt) = self.last_attempt()
            && refund.alert_at.take_if(|alert| *alert <= now).is_some()
        {
            told.events.push(Happened::for_operator(RefundEvent::PendingTooLong { attempt: attempt.number }));
            told.effects.push(RefundEffect::AlertOperator);
        }
        (!told.events.is_empty()).then(|| refund.moved(told, now))
    }

    fn establish(&mut self, clock: RefundClock, by: &Who, ground: &Ground<'_>, told: &mut Told) -> Result<(), RefundRefusal> {
        let basis = self.claim.basis;
        let sold = &ground.find(&self.line)?.line.sold;
        let excluded = basis == RefundBasis::Withdrawal && sold.facts().withdrawal != WithdrawalRight::Given;
        if excluded && self.claim.standing == ClaimStanding::Claimed && Side::of(by) == Side::System {
            return Err(RefundRefusal::ExclusionToJudge);
        }
        told.events.push(Happened::for_staff(match self.claim.standing {
            ClaimStanding::Claimed => RefundEvent::ClaimEstablished { basis },
            ClaimStanding::Established => RefundEvent::LegalClockChanged,
        }));
        self.claim = Claim { basis, standing: ClaimStanding::Established, clock: Some(clock) };
        if let (Some(Consent::Awaited { until }), Some(due)) =
            (self.grant.as_deref_mut().map(|grant| &mut grant.consent), clock.due_at(ground.timezone))
        {
            *until = due.min(*until);
        }
        Ok(())
    }

    fn grant(
        &mut self,
        order: &GrantOrder,
        by: &Who,
        ground: &Ground<'_>,
        at: DateTime<Utc>,
        told: &mut Told,
    ) -> Result<(), RefundRefusal> {
        let Judged { items, amount, fallback, approval } = self.judge(order, Side::of(by), ground)?;
        let grant = Grant {
            items,
            form: order.form,
            means: order.means,
            fallback,
            costs: order.costs,
            commission: ground.rules.commission,
            consent: Consent::NotNeeded,
            by: by.clone(),
            approved_by: None,
            at,
        };
        if approval == Approval::SecondPerson {
            self.proposal = Some(Box::new(grant));
            told.events.push(Happened::for_staff(RefundEvent::GrantProposed { amount }));
            told.effects.push(RefundEffect::AlertOperator);
            return Ok(());
        }
        self.take_effect(grant, ground, at, told)
    }

    fn approve(&mut self, by: &Who, ground: &Ground<'_>, at: DateTime<Utc>, told: &mut Told) -> Result<(), RefundRefusal> {
        let Some(mut grant) = self.proposal.take() else { return Err(RefundRefusal::NothingToApprove) };
        // Others may have been granted since it was proposed; the facts stay those that it was proposed on.
        checked(ground, &grant.items.iter().map(ItemOrder::from).collect::<Vec<_>>())?;
        grant.approved_by = Some(by.clone());
        self.take_effect(*grant, ground, at, told)
    }

    fn take_effect(&mut self, mut grant: Grant, ground: &Ground<'_>, at: DateTime<Utc>, told: &mut Told) -> Result<(), RefundRefusal> {
        let (amount, form) = (grant.total()?, grant.form);
        told.events.push(Happened::for_all(RefundEvent::Granted { amount, form }));
        if let Some(until) = self.consent_until(grant.means, ground, at) {
            grant.consent = Consent::Awaited { until };
            told.events.push(Happened::for_all(RefundEvent::ConsentAsked { until }));
        }
        if ground.dispute == DisputeGuard::Open {
            told.effects.push(RefundEffect::SettleDispute);
        }
        told.effects.push(RefundEffect::TellBuyer);
        self.status = RefundStatus::Granted;
        (self.decide_by, self.proposal) = (None, None);
        self.grant = Some(Box::new(grant));
        Ok(())
    }

    fn refuse(
        &mut self,
        reason: DeclineReason,
        text: &str,
        by: &Who,
        ground: &Ground<'_>,
        at: DateTime<Utc>,
        told: &mut Told,
    ) -> Result<(), RefundRefusal> {
        let sold = &ground.find(&self.line)?.line.sold;
        if reason == DeclineReason::WithdrawalExcluded && sold.facts().withdrawal == WithdrawalRight::Given {
            return Err(RefundRefusal::NotExcluded);
        }
        self.decline = Some(Decline { reason, text: checked_text("A reason", text)?, by: by.clone(), at });
        self.status = RefundStatus::Declined;
        (self.decide_by, self.proposal) = (None, None);
        told.events.push(Happened::for_all(RefundEvent::Declined { reason }));
        told.effects.push(RefundEffect::TellBuyer);
        Ok(())
    }

    fn consent(&mut self, text: &str, by: &Who, at: DateTime<Utc>, told: &mut Told) -> Result<(), RefundRefusal> {
        let text = checked_text("What the buyer agrees to", text)?;
        if let Some(grant) = &mut self.grant {
            grant.consent = Consent::Given { text, by: by.clone(), at };
        }
        told.events.push(Happened::for_all(RefundEvent::Consented));
        Ok(())
    }

    fn fall_back(&mut self, at: DateTime<Utc>, told: &mut Told) {
        if let Some(grant) = &mut self.grant {
            grant.consent = Consent::FellBack { at };
            grant.means = RefundMeans::OriginalPayment;
            grant.form = grant.fallback;
        }
        told.events.push(Happened::for_all(RefundEvent::FellBack));
        told.effects.push(RefundEffect::TellBuyer);
    }

    fn submit(&mut self, number: AttemptNumber, rules: &RefundRules, at: DateTime<Utc>, told: &mut Told) -> Result<(), RefundRefusal> {
        let Some(grant) = self.grant.as_deref() else { return Err(RefundRefusal::NotInThisState { status: self.status }) };
        let key = IdempotencyKey::of(self.id, number);
        told.effects.push(RefundEffect::Instruct { key, means: grant.means, amount: grant.total()? });
        told.events.push(Happened::for_staff(RefundEvent::Submitted { attempt: number }));
        self.attempts.push(Attempt { number, reference: None, outcome: AttemptOutcome::Unknown, submitted_at: at, heard_at: None });
        self.status = RefundStatus::Submitted;
        self.alert_at = Some(at + TimeDelta::days(i64::from(rules.pending_alert_days)));
        Ok(())
    }

    fn moved(mut self, told: Told, at: DateTime<Utc>) -> Moved {
        self.revision = self.revision.next();
        self.updated_at = at;
        Moved { refund: self, events: told.events, effects: told.effects }
    }
}

fn checked_text(what: &'static str, text: &str) -> Result<String, RefundRefusal> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > TEXT_LIMIT {
        return Err(RefundRefusal::Length { what, limit: TEXT_LIMIT });
    }
    Ok(text.to_owned())
}
