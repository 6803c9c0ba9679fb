//! Every move that a case can make. What is not listed here cannot happen.

use chrono::{DateTime, TimeDelta, Utc};

use super::super::charter::{ConversationMode, Terms};
use super::super::effects::Effect;
use super::super::ids::{OrderId, SellerId};
use super::super::parties::Party;
use super::super::reasons::{ReasonKey, ResolutionKind};
use super::super::refusal::Refusal;
use super::super::templates::LanguageTag;
use super::super::tickets::{Priority, TicketStatus};
use super::super::timeline::{EventKind, NewEvent};
use super::CaseStatus::{self, AwaitingClarification, Closed, Resolved, WaitingBuyer, WaitingOperator, WaitingSeller};
use super::{Case, CasePhase, ClockState, EscalationReason, Outcome};

/// What can be done to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseMove {
    /// A party wrote something that the buyer, or for the buyer's own words everybody, can read.
    Write(Party),
    /// The case goes to the operator.
    Escalate {
        /// Why.
        reason: EscalationReason,
        /// In the words of who escalates; empty when there is nothing to add.
        note: String,
    },
    /// The buyer was asked what is meant.
    Clarify,
    /// The last words need no answer.
    WaiveReply {
        /// Why, in the words of who says so.
        reason: String,
    },
    /// It is settled.
    Resolve {
        /// How.
        outcome: Outcome,
        /// What the buyer got; none when nobody said.
        resolution: Option<ResolutionKind>,
    },
    /// It was not.
    Reopen,
    /// It is finished for good.
    Close(Outcome),
    /// The ball is in the buyer's court.
    AwaitBuyer,
    /// It becomes more or less urgent.
    Prioritize(Priority),
    /// It is known why the buyer got in touch.
    NameReason(ReasonKey),
    /// The buyer is written to in this language.
    SetLanguage(LanguageTag),
}

/// A move that was made: the case after it, what happened, and what the world should do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The case after the move.
    pub case: Case,
    /// What happened, oldest first.
    pub events: Vec<NewEvent>,
    /// What is asked of the world.
    pub effects: Vec<Effect>,
}

impl Case {
    /// The whole life of a case.
    pub fn apply(&self, action: &CaseMove, terms: &Terms, at: DateTime<Utc>) -> Result<Moved, Refusal> {
        let mut case = self.clone();
        // What was promised until now and not kept is told first, whoever comes first: the timer or this.
        let mut events = case.clocks.ring(at);
        match (action, self.status) {
            // Somebody answers: the next turn is the other side's. Words out of turn change nothing.
            // So does a settled case that is taken up again.
            (CaseMove::Write(Party::Buyer), WaitingBuyer | AwaitingClarification | Resolved) | (CaseMove::Reopen, Resolved) => {
                case.wait_for(self.owner, terms, at);
            }
            (CaseMove::Write(party @ Party::Seller), WaitingSeller) | (CaseMove::Write(party @ Party::Operator), WaitingOperator) => {
                case.clocks.answered(*party);
                case.wait_for(Party::Buyer, terms, at);
            }
            (CaseMove::Write(_), _) => {}
            (CaseMove::Escalate { reason, note }, WaitingSeller | WaitingOperator | WaitingBuyer | AwaitingClarification) => {
                case.escalate(terms, at)?;
                events.push(NewEvent::for_all(EventKind::CaseEscalated { reason: *reason, note: note.clone() }));
            }
            (CaseMove::Clarify, WaitingSeller | WaitingOperator | WaitingBuyer) => case.await_clarification(terms, at),
            (CaseMove::WaiveReply { reason }, WaitingSeller | WaitingOperator) => {
                if let Some(party) = self.status.turn() {
                    events.push(NewEvent::for_staff(EventKind::ReplyWaived { party, note: reason.clone() }));
                }
                case.waive_reply(terms, at);
            }
            (CaseMove::Resolve { outcome, resolution }, WaitingSeller | WaitingOperator | WaitingBuyer | AwaitingClarification) => {
                case.resolution = *resolution;
                case.rest(Resolved, *outcome, terms, at);
            }
            (CaseMove::Close(outcome), WaitingSeller | WaitingOperator | WaitingBuyer | AwaitingClarification | Resolved) => {
                // What it came to when it was settled is what it came to.
                case.rest(Closed, self.outcome.filter(|_| self.status == Resolved).unwrap_or(*outcome), terms, at);
            }
            (CaseMove::AwaitBuyer, WaitingSeller | WaitingOperator) => case.wait_for(Party::Buyer, terms, at),
            (CaseMove::Prioritize(priority), status) if status != Closed => {
                case.priority = *priority;
                if *priority != self.priority {
                    events.push(NewEvent::for_all(EventKind::PriorityChanged { from: self.priority, to: *priority }));
                }
            }
            (CaseMove::NameReason(key), status) if status != Closed => case.name_reason(key, terms, at, &mut events)?,
            (CaseMove::SetLanguage(to), status) if status != Closed => {
                if self.language.as_ref() != Some(to) {
                    events.push(NewEvent::for_all(EventKind::LanguageSet { from: self.language.clone(), to: to.clone() }));
                }
                case.language = Some(to.clone());
            }
            (_, status) => return Err(Refusal::NotInThisState { status }),
        }
        Ok(self.moved_to(case, events))
    }

    /// What silence means by now; none when it means nothing yet.
    pub fn elapse(&self, terms: &Terms, now: DateTime<Utc>) -> Option<Moved> {
        let mut case = self.clone();
        let mut events = case.clocks.ring(now);
        case.acknowledge_at.take_if(|at| *at <= now);
        let silent = case.status == WaitingSeller && case.clocks.reply.is_some_and(|clock| clock.state() == ClockState::Missed);
        if silent && case.escalate(terms, now).is_ok() {
            let reason = EscalationReason::SellerSilent;
            events.push(NewEvent::for_all(EventKind::CaseEscalated { reason, note: String::new() }));
        }
        if self.silence_at.is_some_and(|silence| silence <= now) {
            match self.status {
                WaitingBuyer | AwaitingClarification => case.rest(Resolved, Outcome::BuyerSilent, terms, now),
                Resolved => case.rest(Closed, self.outcome.unwrap_or(Outcome::Solved), terms, now),
                WaitingSeller | WaitingOperator | Closed => case.silence_at = None,
            }
        }
        (case != *self).then(|| self.moved_to(case, events))
    }

    /// Whether the buyer is to be told now that it was received. What is finished is not acknowledged any more.
    pub fn must_acknowledge(&self, now: DateTime<Utc>) -> bool {
        self.acknowledge_at.is_some_and(|at| at <= now) && self.status.turn().is_some()
    }

    pub(super) fn wait_for(&mut self, party: Party, terms: &Terms, at: DateTime<Utc>) {
        self.previous = Some(self.status);
        self.status = CaseStatus::waiting_for(party);
        self.waiting_since = Some(at);
        self.outcome = None;
        self.resolution = None;
        let mut clocks = std::mem::take(&mut self.clocks);
        clocks.turn(party, self, terms, at);
        self.clocks = clocks;
        self.silence_at = (party == Party::Buyer).then(|| at + days(terms.charter.buyer_silence_days));
    }

    fn await_clarification(&mut self, terms: &Terms, at: DateTime<Utc>) {
        self.previous = Some(self.status);
        self.status = AwaitingClarification;
        self.waiting_since = Some(at);
        self.clocks.pause(terms, at);
        self.silence_at = Some(at + days(terms.charter.clarification_days));
    }

    /// Back to where it was before the words that need no answer.
    fn waive_reply(&mut self, terms: &Terms, at: DateTime<Utc>) {
        self.clocks.waive_reply();
        match self.previous {
            Some(Resolved) => self.rest(Resolved, Outcome::Solved, terms, at),
            Some(AwaitingClarification) => self.await_clarification(terms, at),
            _ => self.wait_for(Party::Buyer, terms, at),
        }
    }

    fn rest(&mut self, status: CaseStatus, outcome: Outcome, terms: &Terms, at: DateTime<Utc>) {
        self.previous = Some(self.status);
        self.status = status;
        self.outcome = Some(outcome);
        self.waiting_since = None;
        self.clocks.stop();
        self.silence_at = (status == Resolved).then(|| at + days(terms.charter.reopen_days));
    }

    fn escalate(&mut self, terms: &Terms, at: DateTime<Utc>) -> Result<(), Refusal> {
        if self.owner == Party::Operator {
            return Err(Refusal::AlreadyWithOperator);
        }
        self.owner = Party::Operator;
        if self.mode == ConversationMode::SellerFirst {
            self.mode = ConversationMode::Tripartite;
        }
        self.wait_for(Party::Operator, terms, at);
        Ok(())
    }

    fn name_reason(&mut self, key: &ReasonKey, terms: &Terms, at: DateTime<Utc>, events: &mut Vec<NewEvent>) -> Result<(), Refusal> {
        let Some(reason) = terms.charter.reason(key) else { return Err(Refusal::NotFound { what: "Contact reason" }) };
        if self.reason == *key {
            return Ok(());
        }
        events.push(NewEvent::for_staff(EventKind::ReasonNamed { from: self.reason.clone(), to: key.clone() }));
        self.reason = key.clone();
        if reason.skips_seller() && self.owner == Party::Seller && self.status.turn().is_some() {
            self.escalate(terms, at)?;
            let reason = EscalationReason::of(key);
            events.push(NewEvent::for_all(EventKind::CaseEscalated { reason, note: String::new() }));
        }
        Ok(())
    }

    /// Names the order and so the seller; the case goes to the seller first if the mode says so and nobody
    /// has taken it over. `phase` is what is known of the order's delivery.
    pub fn attach_order(&self, order: OrderId, seller: SellerId, phase: Option<CasePhase>, terms: &Terms, at: DateTime<Utc>) -> Moved {
        let mut case = self.clone();
        case.order = Some(order);
        case.seller = Some(seller);
        if case.phase == CasePhase::PreSale {
            case.phase = phase.unwrap_or(CasePhase::AfterSale);
        }
        if self.seller.is_none() && self.status == WaitingOperator {
            case.mode = terms.charter.mode_for(case.phase, Some(&case.reason), case.channel);
            case.owner = case.first_owner();
            case.wait_for(case.owner, terms, at);
            case.previous = self.previous;
        }
        self.moved_to(case, vec![NewEvent::for_all(EventKind::OrderAttached { order, seller })])
    }

    fn moved_to(&self, case: Self, mut events: Vec<NewEvent>) -> Moved {
        let mut effects = Vec::new();
        if case.status != self.status {
            events.push(NewEvent::for_all(EventKind::StatusChanged { from: self.status, to: case.status }));
        }
        if let Some(outcome) = case.outcome.filter(|_| case.status == Resolved && self.status != Resolved) {
            events.push(NewEvent::for_all(EventKind::CaseResolved { outcome, resolution: case.resolution }));
        }
        if case.status != self.status || case.priority != self.priority {
            effects.push(Effect::SyncTicket);
        }
        Moved { case, events, effects }
    }

    /// What happened and what to do when the case was just opened.
    pub fn opening(&self) -> Moved {
        let mut events = vec![NewEvent::for_all(EventKind::CaseOpened { status: self.status })];
        if let (Some(order), Some(seller)) = (self.order, self.seller) {
            events.push(NewEvent::for_all(EventKind::OrderAttached { order, seller }));
        }
        Moved { case: self.clone(), events, effects: vec![Effect::SyncTicket] }
    }

    /// The move that a ticket's new state means for the case; none when it means nothing.
    pub const fn move_of_ticket(&self, status: TicketStatus) -> Option<CaseMove> {
        match (status, self.status) {
            (TicketStatus::Solved, WaitingSeller | WaitingOperator | WaitingBuyer | AwaitingClarification) => {
                Some(CaseMove::Resolve { outcome: Outcome::Solved, resolution: None })
            }
            (TicketStatus::Closed, WaitingSeller | WaitingOperator | WaitingBuyer | AwaitingClarification | Resolved) => {
                Some(CaseMove::Close(Outcome::Solved))
            }
            (TicketStatus::Pending, WaitingSeller | WaitingOperator) => Some(CaseMove::AwaitBuyer),
            (TicketStatus::New | TicketStatus::Open | TicketStatus::Pending | TicketStatus::OnHold, Resolved) => Some(CaseMove::Reopen),
            _ => None,
        }
    }
}

fn days(count: u16) -> TimeDelta {
    TimeDelta::days(i64::from(count))
}
