//! What each viewer may do with a return now, and until when.

use chrono::{DateTime, Utc};

use super::super::hands::{Available, Hand};
use super::silence::Draft;
use super::transitions::{ReturnAction, Transition};
use super::{LegalBasis, Return, ReturnTerms};

impl Return {
    /// What this hand may do now. Time counts: what silence has decided by `now` is decided here as well.
    pub fn available_actions(&self, hand: Hand, terms: &ReturnTerms<'_>, now: DateTime<Utc>) -> Vec<Available<ReturnAction>> {
        let one = Draft::caught_up(self, terms, now).one;
        let lines = Transition::ALL.iter().filter(|line| line.from == one.state && line.hands.contains(&hand));
        lines
            .filter(|line| line.action != ReturnAction::Elapse && one.allows(line.action, hand, terms))
            .map(|line| Available { action: line.action, from: None, until: one.due_at })
            .collect()
    }

    /// What the table does not say: guards that no input can meet.
    fn allows(&self, action: ReturnAction, hand: Hand, terms: &ReturnTerms<'_>) -> bool {
        match action {
            ReturnAction::Decline => self.basis != LegalBasis::Withdrawal || hand == Hand::Operator,
            ReturnAction::ProposeKeepItem => self.offers_made < terms.policy.most_offers,
            ReturnAction::Cancel | ReturnAction::LinkDispute => self.dispute.is_none(),
            ReturnAction::EndDispute => self.dispute.is_some(),
            ReturnAction::RecordDelivered => self.parcel.as_ref().is_some_and(|parcel| parcel.delivered_at.is_none()),
            _ => true,
        }
    }
}
