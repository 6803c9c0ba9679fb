//! What each viewer may do with a dispute now, from when and until when.

use chrono::{DateTime, Utc};

use super::super::hands::{Available, Hand, StaffId};
use super::super::parties::Party;
use super::super::refusal::Refusal;
use super::silence::Draft;
use super::transitions::{DisputeAction, DisputeTransition};
use super::{Answer, Dispute, DisputeStage, DisputeTerms};

impl Dispute {
    /// What this hand may do. An action that is open only later says from when, so that nobody has to guess (as eBay's
    /// escalation window does). `staff` is who asks for the operator: none shows what the operator as a whole may do.
    pub fn available_actions(
        &self,
        hand: Hand,
        staff: Option<&StaffId>,
        terms: &DisputeTerms<'_>,
        now: DateTime<Utc>,
    ) -> Vec<Available<DisputeAction>> {
        let one = Draft::caught_up(self, terms, now).one;
        let Some(party) = hand.party() else { return Vec::new() };
        let lines = DisputeTransition::ALL.iter().filter(|line| line.from == one.stage && line.hands.contains(&hand));
        lines
            .filter(|line| line.action != DisputeAction::Elapse && one.allows(line.action, party, staff))
            .filter_map(|line| {
                let from = one.open_from(line.action, party, now).ok()?;
                let until = one.open_until(line.action, party).filter(|until| *until > now);
                Some(Available { action: line.action, from, until })
            })
            .collect()
    }

    /// From when an action is open, none for now; refused when something else must happen first.
    fn open_from(&self, action: DisputeAction, party: Party, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Refusal> {
        match action {
            DisputeAction::Escalate => Ok(Some(self.answer_due_at).filter(|due| now < *due && !self.reason.skips_contact())),
            DisputeAction::SubmitEvidence => self.takes_evidence(party, now).map(|()| None),
            DisputeAction::Decide | DisputeAction::DecideAppeal => {
                // Closed once the last time for an answer is over, if by then both sides were heard.
                let ends = self.evidence_requests.iter().map(|request| request.due_at).chain(self.evidence_until);
                let first = ends.filter(|end| *end > now && self.evidence_closed(*end).is_ok()).min();
                self.evidence_closed(now).map(|()| None).or_else(|why| first.map(Some).ok_or(why))
            }
            _ => Ok(None),
        }
    }

    fn open_until(&self, action: DisputeAction, party: Party) -> Option<DateTime<Utc>> {
        match action {
            DisputeAction::AcceptOffer | DisputeAction::RefuseOffer | DisputeAction::CounterOffer => {
                self.open_offer().map(|offer| offer.expires_at)
            }
            DisputeAction::AcceptProposal | DisputeAction::RefuseProposal => self.open_proposal().map(|proposal| proposal.expires_at),
            DisputeAction::SubmitEvidence if self.stage == DisputeStage::Arbitration && party != Party::Operator => {
                self.takes_evidence_until(party)
            }
            _ if self.stage == DisputeStage::Arbitration => Some(self.hard_stop_at),
            _ => self.due_at,
        }
    }

    /// What the table does not say.
    fn allows(&self, action: DisputeAction, party: Party, staff: Option<&StaffId>) -> bool {
        match action {
            DisputeAction::Answer => party == self.respondent() && self.answer.is_none(),
            DisputeAction::MakeOffer => self.open_offer().is_none(),
            DisputeAction::AcceptOffer | DisputeAction::RefuseOffer | DisputeAction::CounterOffer => {
                self.open_offer().is_some_and(|offer| offer.by != party)
            }
            DisputeAction::Withdraw => party == self.opener,
            DisputeAction::TakeUp => staff.is_none_or(|staff| !self.mediators.contains(staff)),
            DisputeAction::Propose => self.open_proposal().is_none(),
            DisputeAction::AcceptProposal | DisputeAction::RefuseProposal => {
                self.open_proposal().is_some_and(|proposal| proposal.answer(party) == Answer::Open)
            }
            DisputeAction::RequestEvidence => match self.stage {
                DisputeStage::Arbitration => staff.is_none_or(|staff| self.may_arbitrate(staff).is_ok()),
                DisputeStage::Appealed => staff.is_none_or(|staff| self.may_hear_appeal(staff).is_ok()),
                _ => true,
            },
            DisputeAction::Decide => staff.is_none_or(|staff| self.may_arbitrate(staff).is_ok()),
            DisputeAction::Appeal => self.may_appeal(party),
            DisputeAction::DecideAppeal => staff.is_none_or(|staff| self.may_hear_appeal(staff).is_ok()),
            _ => true,
        }
    }
}
