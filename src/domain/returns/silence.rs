//! What each state waits for, and what happens when nobody does anything.

use chrono::{DateTime, TimeDelta, Utc};

use super::super::calendar::BusinessDuration;
use super::super::hands::{Hand, Happened, due};
use super::super::law::{LegalClock, LegalDays, Period, RefundDue, SellerMayWait};
use super::super::parties::Party;
use super::happenings::{Closing, ReturnEffect, ReturnEvent, ReturnMoved};
use super::policy::days;
use super::{LegalBasis, Papers, Receipt, Resolution, Return, ReturnMethod, ReturnState, ReturnTerms};

/// A return while it moves.
pub(super) struct Draft<'a> {
    pub(super) one: Return,
    pub(super) events: Vec<Happened<ReturnEvent>>,
    pub(super) effects: Vec<ReturnEffect>,
    pub(super) terms: &'a ReturnTerms<'a>,
    pub(super) at: DateTime<Utc>,
}

impl Return {
    /// What silence means by now; none when it means nothing yet.
    pub fn elapse(&self, terms: &ReturnTerms<'_>, now: DateTime<Utc>) -> Option<ReturnMoved> {
        let draft = Draft::caught_up(self, terms, now);
        (draft.one != *self).then(|| draft.finish())
    }

    /// In which time a repair or a replacement that conformity owes must be done: thirty days from the request (articles
    /// L217-9 and L217-10). After them the buyer may ask for a lower price or all of the money. None for anything else.
    pub fn remedy_due(&self, days: &LegalDays) -> Option<Period> {
        let owed = self.basis == LegalBasis::LegalConformity && matches!(self.wanted, Resolution::Repair | Resolution::Replacement);
        owed.then(|| days.period(LegalClock::RepairOrReplace, self.requested_at))
    }

    /// When the refund after a withdrawal is due: held until the goods or a proof of their dispatch come (article L221-24).
    /// None for anything but a withdrawal.
    pub fn refund_due(&self, days: &LegalDays, wait: SellerMayWait) -> Option<RefundDue> {
        let proved = self.parcel.as_ref().filter(|parcel| parcel.tracking.is_some()).map(|parcel| parcel.shipped_at);
        let came = self.received_at;
        let first = [proved, came].into_iter().flatten().min();
        (self.basis == LegalBasis::Withdrawal).then(|| RefundDue::after_withdrawal(self.notice_at, wait, first, days))
    }

    /// Whether a loss on the way back is the seller's: it sent the label, or the buyer can prove to have handed the goods over
    /// (article L221-24 takes that proof for a withdrawal; for the rest it is our choice).
    pub fn seller_bears_loss(&self) -> bool {
        let sellers_label = matches!(self.papers, Some(Papers::Label { .. } | Papers::SentOffline));
        sellers_label || self.parcel.as_ref().is_some_and(|parcel| parcel.tracking.is_some())
    }
}

impl<'a> Draft<'a> {
    /// The return as time has left it.
    pub(super) fn caught_up(one: &Return, terms: &'a ReturnTerms<'a>, now: DateTime<Utc>) -> Self {
        let mut draft = Self { one: one.clone(), events: Vec::new(), effects: Vec::new(), terms, at: now };
        // One after the other, each at the moment when it fell due: a timer that slept does not give anybody more time.
        while let Some(due) = draft.one.due_at.filter(|due| *due <= now) {
            draft.at = due;
            draft.elapse_once();
        }
        draft.at = now;
        draft
    }

    pub(super) fn finish(mut self) -> ReturnMoved {
        self.one.revision += 1;
        self.one.updated_at = self.at;
        ReturnMoved { after: self.one, events: self.events, effects: self.effects }
    }

    fn elapse_once(&mut self) {
        match self.one.state {
            ReturnState::Requested => self.approve(None, None, Hand::System),
            ReturnState::Approved => self.ready(Papers::OwnMeans, Hand::System),
            ReturnState::OfferPending => self.back_to_former(Hand::System),
            ReturnState::ReadyToShip => {
                self.happened(ReturnEvent::Expired);
                self.enter(ReturnState::Expired);
            }
            ReturnState::InTransit if self.one.parcel.as_ref().is_some_and(|parcel| parcel.delivered_at.is_some()) => {
                self.one.received = Receipt { quantity: self.one.quantity, damaged: 0 };
                self.one.received_at.get_or_insert(self.at);
                self.happened(ReturnEvent::Received { by: Hand::System, quantity: self.one.quantity, damaged: 0 });
                self.enter(ReturnState::Received);
            }
            ReturnState::InTransit => self.lost(Hand::System),
            ReturnState::Received | ReturnState::PartiallyReceived => self.good(Hand::System),
            ReturnState::Declined => self.close(Closing::Declined),
            ReturnState::NonCompliant => self.close(Closing::NonCompliant),
            ReturnState::Lost if !self.one.seller_bears_loss() => self.close(Closing::LostAtBuyersRisk),
            ReturnState::Compliant | ReturnState::ItemKept | ReturnState::Lost => {
                self.effects.push(ReturnEffect::Alert(Party::Operator));
                self.close(Closing::LeftToOperator);
            }
            ReturnState::Closed | ReturnState::Canceled | ReturnState::Expired => self.one.due_at = None,
        }
    }

    pub(super) fn ready(&mut self, papers: Papers, by: Hand) {
        if papers == Papers::OwnMeans {
            self.effects.push(ReturnEffect::Alert(Party::Operator));
        }
        self.one.papers = Some(papers);
        self.happened(ReturnEvent::ReadyToShip { by });
        self.enter(ReturnState::ReadyToShip);
    }

    pub(super) fn lost(&mut self, by: Hand) {
        self.happened(ReturnEvent::Lost { by });
        self.enter(ReturnState::Lost);
    }

    pub(super) fn good(&mut self, by: Hand) {
        self.one.finding = None;
        self.happened(ReturnEvent::Inspected { by, fault: None, text: String::new(), withheld: None });
        self.enter(ReturnState::Compliant);
    }

    pub(super) fn close(&mut self, closing: Closing) {
        self.one.closing = Some(closing);
        self.happened(ReturnEvent::Closed { closing });
        self.enter(ReturnState::Closed);
    }

    /// The buyer keeps no item: it goes on where it was, with the time that was left, on a day on which somebody is there.
    pub(super) fn back_to_former(&mut self, by: Hand) {
        let (former, left) = self.one.offer.as_ref().map_or((ReturnState::Requested, 0), |offer| (offer.former, offer.former_left));
        self.happened(ReturnEvent::OfferDeclined { by });
        self.enter(former);
        let due = self.at + TimeDelta::seconds(left);
        self.one.due_at = Some(self.terms.charter.calendar(Party::Seller).promise(due).unwrap_or(due));
    }

    pub(super) fn await_acknowledgement(&mut self) {
        self.one.due_at = Some(self.of_seller(self.terms.policy.acknowledge_delivery));
    }

    pub(super) fn await_dispute(&mut self) {
        self.one.due_at = Some(self.at + days(self.terms.policy.dispute_limit_days));
    }

    fn of_seller(&self, length: BusinessDuration) -> DateTime<Utc> {
        due(&self.terms.charter.calendar(Party::Seller), length, self.at)
    }

    /// Goes to a state: what it waits for, and what it asks of the money side.
    pub(super) fn enter(&mut self, state: ReturnState) {
        let from = std::mem::replace(&mut self.one.state, state);
        if from != state {
            self.happened(ReturnEvent::StateChanged { from, to: state });
        }
        let policy = self.terms.policy;
        let at = self.at;
        self.one.due_at = match state {
            ReturnState::Requested => Some(self.of_seller(policy.decide)),
            ReturnState::Approved => Some(self.of_seller(policy.papers)),
            ReturnState::OfferPending => Some(at + days(policy.offer_days)),
            ReturnState::ReadyToShip => Some(self.send_by()),
            ReturnState::InTransit => Some(at + days(policy.lost_days)),
            ReturnState::Received => Some(self.of_seller(policy.inspect)),
            ReturnState::PartiallyReceived => Some(at + days(policy.rest_days)),
            ReturnState::Lost if !self.one.seller_bears_loss() => Some(at + days(policy.dispute_days)),
            ReturnState::Compliant | ReturnState::ItemKept | ReturnState::Lost => Some(at + days(policy.settle_days)),
            // A return that was found good or declined anew while it is disputed waits for the dispute.
            ReturnState::Declined | ReturnState::NonCompliant if self.one.dispute.is_some() => Some(at + days(policy.dispute_limit_days)),
            ReturnState::Declined | ReturnState::NonCompliant => Some(at + days(policy.dispute_days)),
            ReturnState::Closed | ReturnState::Canceled | ReturnState::Expired => None,
        };
        match state {
            ReturnState::Declined => self.effects.push(ReturnEffect::SendRefusal),
            ReturnState::InTransit if self.one.parcel.as_ref().is_some_and(|parcel| parcel.tracking.is_some()) => self.release(),
            ReturnState::Received | ReturnState::PartiallyReceived if from != ReturnState::PartiallyReceived => self.release(),
            // What was kept at first is all that is still owed.
            ReturnState::Compliant => match self.one.withheld {
                Some(withheld) => self.effects.push(ReturnEffect::RefundAgreed(withheld)),
                None => self.make_good(self.one.received.quantity),
            },
            ReturnState::NonCompliant => {
                let quantity = self.one.received.quantity;
                self.effects.extend(self.one.withheld.map(|withheld| ReturnEffect::RefundLess { quantity, withheld }));
            }
            ReturnState::Lost if self.one.seller_bears_loss() => self.make_good(self.one.quantity),
            ReturnState::ItemKept => match &self.one.offer {
                Some(offer) if self.one.method != Some(ReturnMethod::Returnless) => {
                    self.effects.push(ReturnEffect::RefundAgreed(offer.amount));
                }
                _ => self.make_good(self.one.quantity),
            },
            _ => {}
        }
    }

    /// By when the buyer sends: of a withdrawal within fourteen days of its notice (article L221-23), yet never so soon
    /// after the label that it cannot be done.
    fn send_by(&self) -> DateTime<Utc> {
        let soonest = self.at + days(self.terms.policy.ship_after_papers_days);
        match self.one.basis {
            LegalBasis::Withdrawal => self.terms.days.period(LegalClock::SendBack, self.one.notice_at).ends_at.max(soonest),
            LegalBasis::LegalConformity | LegalBasis::Commercial => (self.at + days(self.terms.policy.ship_days)).max(soonest),
        }
    }

    fn release(&mut self) {
        if self.one.basis == LegalBasis::Withdrawal {
            self.effects.push(ReturnEffect::ReleaseRefund { at: self.at });
        }
    }

    fn make_good(&mut self, quantity: u32) {
        self.effects.push(match self.one.wanted {
            wanted @ (Resolution::Refund | Resolution::StoreCredit | Resolution::PriceReduction) => {
                ReturnEffect::RefundGoods { quantity, wanted }
            }
            Resolution::Replacement => ReturnEffect::Replace { quantity },
            Resolution::Repair => ReturnEffect::Repair { quantity },
        });
    }
}
