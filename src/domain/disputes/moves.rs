//! The moves of a dispute: what each asks for, and what it does.

use chrono::{DateTime, Utc};

use super::super::hands::{Hand, Happened, StaffId, invalid, not_now, seen, text};
use super::super::ids::OfferId;
use super::super::money::Money;
use super::super::parties::{Audience, Party};
use super::super::refusal::Refusal;
use super::happenings::{DisputeEffect, DisputeEvent, DisputeMoved};
use super::openings::days;
use super::silence::Draft;
use super::transitions::{DisputeAction, DisputeTransition};
use super::{
    Agreement, Answer, Appeal, Bid, Decider, Dispute, DisputeStage, DisputeTerms, EvidenceRequest, NewEvidence, Offer, OfferState,
    Proposal, Remedy, Ruling, Settlement,
};

/// The most offers, and the most proposals, of one dispute.
const MOST_OFFERS: usize = 50;
/// The most characters of a reason given in words.
const LONGEST_TEXT: usize = 5000;

/// What can be done to a dispute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DisputeMove {
    /// The other party answers.
    Answer {
        /// In its words.
        text: String,
    },
    /// An offer.
    MakeOffer {
        /// What.
        bid: Bid,
        /// How much can still be refunded.
        refundable: Money,
    },
    /// Another offer in answer to the open one.
    CounterOffer {
        /// What.
        bid: Bid,
        /// How much can still be refunded.
        refundable: Money,
    },
    /// The open offer is accepted: this one, and no other that came in between.
    AcceptOffer(OfferId),
    /// It is declined.
    RefuseOffer(OfferId),
    /// The opener takes the dispute back.
    Withdraw,
    /// The operator is asked to help.
    Escalate,
    /// The operator cannot intervene.
    StandBack {
        /// Why, in words for the buyer.
        text: String,
    },
    /// Somebody of the operator conciliates.
    TakeUp {
        /// Who.
        by: StaffId,
    },
    /// The mediator proposes something to both.
    Propose {
        /// Who.
        by: StaffId,
        /// What.
        bid: Bid,
        /// How much can still be refunded.
        refundable: Money,
    },
    /// A party accepts the open proposal.
    AcceptProposal(OfferId),
    /// A party refuses it.
    RefuseProposal(OfferId),
    /// A party is asked for evidence.
    RequestEvidence {
        /// Who asks.
        by: StaffId,
        /// Whom.
        of: Party,
        /// For what.
        text: String,
    },
    /// Evidence is handed in.
    SubmitEvidence(NewEvidence),
    /// It is decided.
    Decide {
        /// By whom.
        by: StaffId,
        /// How.
        ruling: Box<Ruling>,
        /// How much can still be refunded.
        refundable: Money,
    },
    /// The losing party appeals.
    Appeal {
        /// Why.
        text: String,
        /// What is new.
        evidence: Vec<NewEvidence>,
    },
    /// The appeal is decided.
    DecideAppeal {
        /// By whom.
        by: StaffId,
        /// How: all of it anew, so that cost and measures may change apart from who won.
        ruling: Box<Ruling>,
        /// How much can be given to the buyer, with what the first decision gave.
        refundable: Money,
    },
}

impl DisputeMove {
    /// Which action it is.
    pub const fn action(&self) -> DisputeAction {
        match self {
            Self::Answer { .. } => DisputeAction::Answer,
            Self::MakeOffer { .. } => DisputeAction::MakeOffer,
            Self::CounterOffer { .. } => DisputeAction::CounterOffer,
            Self::AcceptOffer(_) => DisputeAction::AcceptOffer,
            Self::RefuseOffer(_) => DisputeAction::RefuseOffer,
            Self::Withdraw => DisputeAction::Withdraw,
            Self::Escalate => DisputeAction::Escalate,
            Self::StandBack { .. } => DisputeAction::StandBack,
            Self::TakeUp { .. } => DisputeAction::TakeUp,
            Self::Propose { .. } => DisputeAction::Propose,
            Self::AcceptProposal(_) => DisputeAction::AcceptProposal,
            Self::RefuseProposal(_) => DisputeAction::RefuseProposal,
            Self::RequestEvidence { .. } => DisputeAction::RequestEvidence,
            Self::SubmitEvidence(_) => DisputeAction::SubmitEvidence,
            Self::Decide { .. } => DisputeAction::Decide,
            Self::Appeal { .. } => DisputeAction::Appeal,
            Self::DecideAppeal { .. } => DisputeAction::DecideAppeal,
        }
    }
}

impl Dispute {
    /// Makes a move. `revision` is the one that the caller saw. What time has done by now is done first.
    pub fn apply(
        &self,
        action: &DisputeMove,
        by: Hand,
        revision: i32,
        terms: &DisputeTerms<'_>,
        at: DateTime<Utc>,
    ) -> Result<DisputeMoved, Refusal> {
        seen(self.revision, revision)?;
        let mut draft = Draft::caught_up(self, terms, at);
        let stage = draft.one.stage;
        let line = DisputeTransition::find(stage, action.action())
            .ok_or_else(|| not_now(format!("This is not possible while the dispute is {stage}.")))?;
        let party = by.party().filter(|_| line.hands.contains(&by)).ok_or(Refusal::NotAllowed)?;
        draft.make(action, party)?;
        Ok(draft.finish())
    }

    /// A refund was made. When the refunds since the opening, this one included, cover all that the dispute is about, it is
    /// settled by the same move: call it in the transaction of the refund. None when it changes nothing.
    pub fn refund_covers(&self, refunded: Money, terms: &DisputeTerms<'_>, at: DateTime<Utc>) -> Option<DisputeMoved> {
        let mut draft = Draft::caught_up(self, terms, at);
        let covers = refunded.currency == self.amount.currency && self.amount.minor > 0 && refunded.minor >= self.amount.minor;
        if covers && draft.one.stage.is_open() {
            let settlement = Settlement { agreement: Agreement::Refunded, remedy: Remedy::Refund, amount: Some(refunded), at };
            draft.settle(settlement);
        }
        (draft.one != *self).then(|| draft.finish())
    }
}

impl Draft<'_> {
    fn make(&mut self, action: &DisputeMove, by: Party) -> Result<(), Refusal> {
        match action {
            DisputeMove::Answer { text: words } => self.answer(words, by)?,
            DisputeMove::MakeOffer { bid, refundable } => {
                if self.one.open_offer().is_some() {
                    return Err(not_now("There is an open offer already; answer it, or wait for the answer."));
                }
                self.offer(bid, *refundable, by)?;
            }
            DisputeMove::CounterOffer { bid, refundable } => {
                let open = self.offer_for(None, by)?;
                self.offer(bid, *refundable, by)?;
                self.one.offers[open].state = OfferState::Countered;
            }
            DisputeMove::AcceptOffer(offer) => self.accept_offer(*offer, by)?,
            DisputeMove::RefuseOffer(offer) => {
                let open = self.offer_for(Some(*offer), by)?;
                self.one.offers[open].state = OfferState::Declined;
                self.answered(by);
                self.happened(DisputeEvent::Declined { by, offer: *offer });
            }
            DisputeMove::Withdraw if by != self.one.opener => return Err(Refusal::NotAllowed),
            DisputeMove::Withdraw => self.enter(DisputeStage::Withdrawn),
            DisputeMove::Escalate => self.escalate(by)?,
            DisputeMove::StandBack { text: words } => {
                let words = text("What the buyer is told", words, LONGEST_TEXT)?;
                self.one.stood_back = Some(words.clone());
                self.happened(DisputeEvent::StoodBack { text: words });
                self.enter(DisputeStage::Unresolved);
            }
            DisputeMove::TakeUp { by: staff } => self.take_up(staff),
            DisputeMove::Propose { by: staff, bid, refundable } => self.propose(staff, bid, *refundable)?,
            DisputeMove::AcceptProposal(proposal) => self.accept_proposal(*proposal, by)?,
            DisputeMove::RefuseProposal(proposal) => self.refuse_proposal(*proposal, by)?,
            DisputeMove::RequestEvidence { by: staff, of, text } => self.request_evidence(staff, *of, text)?,
            DisputeMove::SubmitEvidence(new) => self.submit(new, by)?,
            DisputeMove::Decide { by: staff, ruling, refundable } => {
                self.one.may_arbitrate(staff)?;
                self.one.evidence_closed(self.at)?;
                let decision = ruling.check(&self.one, *refundable, Decider::Person(staff.clone()), self.at)?;
                self.decide(decision);
            }
            DisputeMove::Appeal { text, evidence } => self.appeal(text, evidence, by)?,
            DisputeMove::DecideAppeal { by: staff, ruling, refundable } => {
                self.one.may_hear_appeal(staff)?;
                // A rule decides about the silent without hearing them; a person does not.
                self.one.evidence_closed(self.at)?;
                let decision = ruling.check(&self.one, *refundable, Decider::Person(staff.clone()), self.at)?;
                self.decide_appeal(decision);
            }
        }
        Ok(())
    }

    fn answer(&mut self, words: &str, by: Party) -> Result<(), Refusal> {
        if by != self.one.respondent() {
            return Err(Refusal::NotAllowed);
        }
        if self.one.answer.is_some() {
            return Err(not_now("This dispute was answered already; write in the case, or make an offer."));
        }
        self.one.answer = Some(text("The answer", words, LONGEST_TEXT)?);
        self.answered(by);
        self.effects.push(DisputeEffect::Alert(self.one.opener));
        Ok(())
    }

    fn answered(&mut self, by: Party) {
        if by == self.one.respondent() && self.one.answered_at.is_none() && self.one.stage == DisputeStage::DirectContact {
            self.one.answered_at = Some(self.at);
            self.happened(DisputeEvent::Answered { by });
        }
    }

    fn offer(&mut self, bid: &Bid, refundable: Money, by: Party) -> Result<(), Refusal> {
        bid.check(refundable)?;
        if self.one.offers.len() >= MOST_OFFERS {
            return Err(Refusal::TooMany { limit: MOST_OFFERS });
        }
        let (id, bid) = (OfferId::generate(), bid.clone());
        let expires_at = self.at + days(self.terms.policy.offer_days);
        self.answered(by);
        self.happened(DisputeEvent::Offered { by, offer: id, bid: bid.clone() });
        self.one.offers.push(Offer { id, by, bid, made_at: self.at, expires_at, state: OfferState::Open });
        self.effects.push(DisputeEffect::Alert(if by == Party::Buyer { Party::Seller } else { Party::Buyer }));
        Ok(())
    }

    /// Where the open offer stands in the list, if this party may answer it.
    fn offer_for(&self, id: Option<OfferId>, by: Party) -> Result<usize, Refusal> {
        let open = self.one.offers.iter().position(|offer| offer.state == OfferState::Open && id.is_none_or(|id| id == offer.id));
        let open = open.ok_or_else(|| not_now("This offer is not open any more."))?;
        if self.one.offers[open].by == by { Err(not_now("The other party answers this offer.")) } else { Ok(open) }
    }

    fn accept_offer(&mut self, id: OfferId, by: Party) -> Result<(), Refusal> {
        let open = self.offer_for(Some(id), by)?;
        self.one.offers[open].state = OfferState::Accepted;
        self.answered(by);
        self.happened(DisputeEvent::Accepted { by, offer: id });
        let bid = self.one.offers[open].bid.clone();
        self.settle(Settlement { agreement: Agreement::Offer(id), remedy: bid.remedy, amount: bid.amount, at: self.at });
        Ok(())
    }

    fn escalate(&mut self, by: Party) -> Result<(), Refusal> {
        if self.at < self.one.answer_due_at && !self.one.reason.skips_contact() {
            return Err(not_now(format!("The parties have until {} to settle this themselves.", self.one.answer_due_at.to_rfc3339())));
        }
        self.happened(DisputeEvent::Escalated { by: by.into() });
        self.enter(DisputeStage::Mediation);
        Ok(())
    }

    fn take_up(&mut self, staff: &StaffId) {
        if !self.one.mediators.contains(staff) {
            self.one.mediators.push(staff.clone());
            self.happened(DisputeEvent::TakenUp);
        }
    }

    fn propose(&mut self, staff: &StaffId, bid: &Bid, refundable: Money) -> Result<(), Refusal> {
        bid.check(refundable)?;
        if self.one.open_proposal().is_some() {
            return Err(not_now("There is an open proposal already."));
        }
        if self.one.proposals.len() >= MOST_OFFERS {
            return Err(Refusal::TooMany { limit: MOST_OFFERS });
        }
        self.take_up(staff);
        let (id, bid) = (OfferId::generate(), bid.clone());
        let expires_at = self.at + days(self.terms.policy.proposal_days);
        self.happened(DisputeEvent::Proposed { offer: id, bid: bid.clone() });
        let (by, made_at, state) = (staff.clone(), self.at, OfferState::Open);
        self.one.proposals.push(Proposal { id, by, bid, made_at, expires_at, buyer: Answer::Open, seller: Answer::Open, state });
        self.effects.extend([DisputeEffect::Alert(Party::Buyer), DisputeEffect::Alert(Party::Seller)]);
        Ok(())
    }

    fn answer_proposal(&mut self, id: OfferId, by: Party, answer: Answer) -> Result<&mut Proposal, Refusal> {
        let open = self.one.proposals.iter_mut().find(|one| one.id == id && one.state == OfferState::Open);
        let proposal = open.ok_or_else(|| not_now("This proposal is not open any more."))?;
        let given = if by == Party::Buyer { &mut proposal.buyer } else { &mut proposal.seller };
        if *given != Answer::Open {
            return Err(not_now("You have accepted this proposal; the other party's answer is waited for."));
        }
        *given = answer;
        Ok(proposal)
    }

    fn accept_proposal(&mut self, id: OfferId, by: Party) -> Result<(), Refusal> {
        let proposal = self.answer_proposal(id, by, Answer::Accepted)?;
        let both = proposal.buyer == Answer::Accepted && proposal.seller == Answer::Accepted;
        if both {
            proposal.state = OfferState::Accepted;
        }
        let bid = proposal.bid.clone();
        self.happened(DisputeEvent::Accepted { by, offer: id });
        if both {
            self.settle(Settlement { agreement: Agreement::Proposal(id), remedy: bid.remedy, amount: bid.amount, at: self.at });
        }
        Ok(())
    }

    fn refuse_proposal(&mut self, id: OfferId, by: Party) -> Result<(), Refusal> {
        self.answer_proposal(id, by, Answer::Refused)?.state = OfferState::Declined;
        self.happened(DisputeEvent::Declined { by, offer: id });
        self.enter(self.terms.policy.after_mediation());
        Ok(())
    }

    fn request_evidence(&mut self, staff: &StaffId, of: Party, words: &str) -> Result<(), Refusal> {
        if of == Party::Operator {
            return Err(invalid("Evidence is asked of the buyer or the seller."));
        }
        match self.one.stage {
            DisputeStage::Arbitration => self.one.may_arbitrate(staff)?,
            DisputeStage::Appealed => self.one.may_hear_appeal(staff)?,
            _ => self.take_up(staff),
        }
        let words = self.one.checked_request(words)?;
        self.happened(DisputeEvent::EvidenceRequested { of, text: words.clone() });
        let due_at = self.at + days(self.terms.policy.evidence_days);
        self.one.evidence_requests.push(EvidenceRequest { of, by: staff.clone(), text: words, at: self.at, due_at });
        self.effects.push(DisputeEffect::Alert(of));
        Ok(())
    }

    fn submit(&mut self, new: &NewEvidence, by: Party) -> Result<(), Refusal> {
        self.one.takes_evidence(by, self.at)?;
        let evidence = self.one.checked(new, by, self.at)?;
        let audience = evidence.audience;
        // What the opener may not see is no answer, and is not betrayed by one.
        if audience.contains(self.one.opener) {
            self.answered(by);
        }
        self.events.push(Happened::to(audience, DisputeEvent::EvidenceSubmitted { by, evidence: evidence.id }));
        self.one.evidence.push(evidence);
        Ok(())
    }

    fn appeal(&mut self, words: &str, evidence: &[NewEvidence], by: Party) -> Result<(), Refusal> {
        if !self.one.may_appeal(by) {
            return Err(not_now("Only the party that lost can appeal, and only once."));
        }
        let words = text("The reason of an appeal", words, LONGEST_TEXT)?;
        if evidence.iter().all(|new| self.one.knows(new, by)) {
            return Err(invalid("An appeal needs evidence that was not handed in before."));
        }
        let mut new = Vec::with_capacity(evidence.len());
        for one in evidence {
            let audience: Audience = one.audience;
            let taken = self.one.checked(one, by, self.at)?;
            new.push(taken.id);
            self.events.push(Happened::to(audience, DisputeEvent::EvidenceSubmitted { by, evidence: taken.id }));
            self.one.evidence.push(taken);
        }
        self.one.appeal = Some(Appeal { by, text: words, evidence: new, at: self.at, decision: None });
        self.happened(DisputeEvent::Appealed { by });
        self.enter(DisputeStage::Appealed);
        Ok(())
    }
}
