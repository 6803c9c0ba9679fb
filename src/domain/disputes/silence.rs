//! What each stage waits for, and what the passing of time does.

use chrono::{DateTime, Utc};

use super::super::hands::{Hand, Happened};
use super::super::parties::Party;
use super::super::returns::DisputeEnd;
use super::happenings::{DisputeEffect, DisputeEvent, DisputeMoved};
use super::openings::days;
use super::{Agreement, Decision, Dispute, DisputeOutcome, DisputeStage, DisputeTerms, OfferState, Remedy, Settlement};

/// A dispute while it moves.
pub(super) struct Draft<'a> {
    pub(super) one: Dispute,
    pub(super) events: Vec<Happened<DisputeEvent>>,
    pub(super) effects: Vec<DisputeEffect>,
    pub(super) terms: &'a DisputeTerms<'a>,
    pub(super) at: DateTime<Utc>,
}

/// What time does next. Of two at one moment the later in this list comes first: what an end is made of before the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Wake {
    /// The stage ends.
    StageEnds,
    /// Nobody decided.
    HardStop,
    /// The other party did not answer.
    Unanswered,
    /// The operator is late.
    Late,
    /// An offer or a proposal stands no longer.
    BidLapses,
}

impl Dispute {
    /// What the passing of time means by now; none when it means nothing yet.
    pub fn elapse(&self, terms: &DisputeTerms<'_>, now: DateTime<Utc>) -> Option<DisputeMoved> {
        let draft = Draft::caught_up(self, terms, now);
        (draft.one != *self).then(|| draft.finish())
    }

    /// When time alone will next do something to it.
    pub fn wakes_at(&self) -> Option<DateTime<Utc>> {
        self.next().map(|(at, _)| at)
    }

    fn next(&self) -> Option<(DateTime<Utc>, Wake)> {
        let lapses = match self.stage {
            DisputeStage::DirectContact => self.open_offer().map(|offer| offer.expires_at),
            DisputeStage::Mediation => self.open_proposal().map(|proposal| proposal.expires_at),
            _ => None,
        };
        let unanswered = (self.stage == DisputeStage::DirectContact && self.answered_at.is_none()).then_some(self.answer_due_at);
        let hard_stop = (self.stage == DisputeStage::Arbitration).then_some(self.hard_stop_at);
        let wakes = [
            (lapses, Wake::BidLapses),
            (self.remind_at, Wake::Late),
            (unanswered, Wake::Unanswered),
            (hard_stop, Wake::HardStop),
            (self.due_at, Wake::StageEnds),
        ];
        wakes.into_iter().filter_map(|(at, wake)| Some((at?, wake))).min_by_key(|(at, wake)| (*at, std::cmp::Reverse(*wake)))
    }
}

impl<'a> Draft<'a> {
    /// The dispute as time has left it: one thing after the other, each at its moment.
    pub(super) fn caught_up(one: &Dispute, terms: &'a DisputeTerms<'a>, now: DateTime<Utc>) -> Self {
        let mut draft = Self { one: one.clone(), events: Vec::new(), effects: Vec::new(), terms, at: now };
        while let Some((at, wake)) = draft.one.next().filter(|(at, _)| *at <= now) {
            // A hard stop that was due before arbitration began is done when it begins.
            draft.at = at.max(draft.one.updated_at);
            draft.wake(wake);
        }
        draft.at = now;
        draft
    }

    pub(super) fn finish(mut self) -> DisputeMoved {
        self.one.revision += 1;
        self.one.updated_at = self.at;
        let mut effects: Vec<DisputeEffect> = Vec::with_capacity(self.effects.len());
        for effect in self.effects {
            if !effects.contains(&effect) {
                effects.push(effect);
            }
        }
        DisputeMoved { after: self.one, events: self.events, effects }
    }

    fn wake(&mut self, wake: Wake) {
        match (wake, self.one.stage) {
            (Wake::BidLapses, _) => self.lapse_bids(),
            (Wake::Late, _) => {
                self.one.remind_at = None;
                self.events.push(Happened::for_operator(DisputeEvent::DecisionLate));
                self.effects.push(DisputeEffect::Alert(Party::Operator));
            }
            (Wake::Unanswered, _) | (Wake::StageEnds, DisputeStage::DirectContact) => {
                self.happened(DisputeEvent::Escalated { by: Hand::System });
                self.enter(DisputeStage::Mediation);
            }
            (Wake::StageEnds, DisputeStage::Mediation) => self.enter(self.terms.policy.after_mediation()),
            (Wake::HardStop, _) => {
                let policy = self.terms.policy;
                self.decide(Decision::by_hard_stop(&self.one, policy.hard_stop_bearer, policy.hard_stop_days, self.at));
            }
            (Wake::StageEnds, DisputeStage::Decided | DisputeStage::Appealed) => self.enter(DisputeStage::Final),
            // Arbitration ends by a decision or the hard stop, and what is over does not end again.
            (Wake::StageEnds, _) => self.one.due_at = None,
        }
    }

    pub(super) fn happened(&mut self, kind: DisputeEvent) {
        self.events.push(Happened::for_all(kind));
    }

    pub(super) fn settle(&mut self, settlement: Settlement) {
        if settlement.agreement != Agreement::Refunded {
            self.effects.push(DisputeEffect::CarryOutSettlement(settlement.clone()));
        }
        self.happened(DisputeEvent::Settled { settlement: settlement.clone() });
        self.one.settlement = Some(settlement);
        self.enter(DisputeStage::Settled);
    }

    fn tell(&mut self, decision: &Decision) {
        let Decision { outcome, fault, costs, counts, amount, remedy, reason, .. } = *decision;
        let (statement, clause) = (decision.statement.clone(), decision.clause.clone());
        self.happened(DisputeEvent::Decided { outcome, fault, amount, remedy, reason, statement, clause });
        self.events.push(Happened::for_staff(DisputeEvent::CostAllotted { costs, counts }));
    }

    pub(super) fn decide(&mut self, decision: Decision) {
        self.tell(&decision);
        self.effects.extend([DisputeEffect::CarryOutDecision(Box::new(decision.clone())), DisputeEffect::SendStatement]);
        self.one.decision = Some(decision);
        self.enter(DisputeStage::Decided);
    }

    pub(super) fn decide_appeal(&mut self, decision: Decision) {
        self.tell(&decision);
        let gist = |one: &Decision| (one.outcome, one.fault, one.costs, one.counts, one.amount, one.remedy);
        if let Some(before) = self.one.decision.as_ref().filter(|before| gist(before) != gist(&decision)) {
            let (before, after) = (Box::new(before.clone()), Box::new(decision.clone()));
            self.effects.push(DisputeEffect::CorrectDecision { before, after });
        }
        self.effects.push(DisputeEffect::SendStatement);
        if let Some(appeal) = &mut self.one.appeal {
            appeal.decision = Some(decision);
        }
        self.enter(DisputeStage::Final);
    }

    fn lapse_bids(&mut self) {
        let offers = self.one.offers.iter_mut().map(|offer| (offer.id, &mut offer.state));
        let proposals = self.one.proposals.iter_mut().map(|proposal| (proposal.id, &mut proposal.state));
        let mut lapsed = Vec::new();
        for (offer, state) in offers.chain(proposals).filter(|(_, state)| **state == OfferState::Open) {
            *state = OfferState::Lapsed;
            lapsed.push(Happened::for_all(DisputeEvent::Lapsed { offer }));
        }
        self.events.extend(lapsed);
    }

    /// Goes to a stage: what it waits for, and what is told.
    pub(super) fn enter(&mut self, stage: DisputeStage) {
        // What was offered in one stage does not stand in the next.
        self.lapse_bids();
        let from = std::mem::replace(&mut self.one.stage, stage);
        self.happened(DisputeEvent::StageChanged { from, to: stage });
        self.one.updated_at = self.at;
        let (policy, at) = (self.terms.policy, self.at);
        self.one.remind_at = None;
        self.one.due_at = match stage {
            DisputeStage::Mediation => Some(at + days(policy.mediation_days)),
            DisputeStage::Decided => Some(at + days(policy.appeal_days)),
            DisputeStage::Appealed => {
                self.one.remind_at = Some(at + days(policy.appeal_decision_days));
                Some(at + days(policy.appeal_limit_days))
            }
            DisputeStage::Arbitration => {
                self.one.evidence_until = Some(at + days(policy.evidence_days));
                self.one.remind_at = Some(at + days(policy.evidence_days) + days(policy.decision_days));
                None
            }
            _ => None,
        };
        match stage {
            DisputeStage::Mediation | DisputeStage::Arbitration | DisputeStage::Appealed => {
                self.effects.extend([Party::Operator, Party::Buyer, Party::Seller].map(DisputeEffect::Alert));
            }
            DisputeStage::Unresolved | DisputeStage::Final => {
                self.effects.extend([DisputeEffect::TellBuyerOfMediator, DisputeEffect::TellSellerOfComplaint]);
            }
            _ => {}
        }
        if let Some(end) = self.end_on_return() {
            self.effects.push(DisputeEffect::EndOnReturn(end));
        }
    }

    /// What the return is told, as soon as it is known; a decision is carried out at once, and an appeal changes what is paid.
    fn end_on_return(&self) -> Option<DisputeEnd> {
        self.one.return_id?;
        let upheld = |remedy| if remedy == Remedy::RefundWithReturn { DisputeEnd::ReturnUpheld } else { DisputeEnd::SettledThere };
        match (self.one.stage, &self.one.settlement, &self.one.decision) {
            (DisputeStage::Settled, Some(settlement), _) => Some(upheld(settlement.remedy)),
            (DisputeStage::Decided, _, Some(decision)) => Some(match decision.remedy {
                Some(remedy) if decision.outcome != DisputeOutcome::SellerFavour => upheld(remedy),
                _ => DisputeEnd::ForSeller,
            }),
            (DisputeStage::Withdrawn | DisputeStage::Unresolved, ..) => Some(DisputeEnd::ForSeller),
            _ => None,
        }
    }
}
