//! The moves of a return: what each asks for, and what it does.

use chrono::{DateTime, Utc};

use super::super::hands::{Hand, Happened, invalid, not_now, seen, text};
use super::super::ids::DisputeId;
use super::super::law::WithdrawalExclusion;
use super::super::money::Money;
use super::super::reasons::CostBearer;
use super::super::refusal::Refusal;
use super::happenings::{Closing, ReturnEvent, ReturnMoved};
use super::silence::Draft;
use super::transitions::{ReturnAction, Transition};
use super::{
    DeclineReason, Declined, Finding, KeepOffer, LegalBasis, NonCompliance, Papers, Parcel, Receipt, Return, ReturnMethod, ReturnState,
    ReturnTerms,
};

/// The most characters of a reason given in words.
const LONGEST_TEXT: usize = 2000;
/// The most characters of a number or a carrier's name.
const LONGEST_NUMBER: usize = 100;
/// The most characters of where to send something.
const LONGEST_ADDRESS: usize = 500;
/// The most characters of where a label is.
const LONGEST_LINK: usize = 500;

/// How a dispute about a return ended, for the goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DisputeEnd {
    /// The return stands: goods that were refused may be sent, goods that were found not good count as good.
    ReturnUpheld,
    /// The dispute itself gives the buyer what is due; the return is over.
    SettledThere,
    /// The seller was right.
    ForSeller,
}

/// What is kept of a refund, as the goods are worth less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Withheld {
    /// How much.
    pub amount: Money,
    /// How much the refund would be.
    pub refundable: Money,
}

/// What can be done to a return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReturnMove {
    /// It is approved.
    Approve {
        /// By which way the goods come back; none for the usual one.
        method: Option<ReturnMethod>,
        /// Who pays that way; none for whoever the law or the charter names. It can only be made better for the buyer.
        way_back: Option<CostBearer>,
    },
    /// It is declined.
    Decline {
        /// Why.
        reason: DeclineReason,
        /// In words, for the buyer.
        text: String,
        /// Of a withdrawal: which exclusion of article L221-28 takes the right away.
        exclusion: Option<WithdrawalExclusion>,
    },
    /// The buyer may keep the item for some of the money.
    ProposeKeepItem {
        /// How much.
        amount: Money,
        /// How much of the line can still be refunded.
        refundable: Money,
    },
    /// The buyer takes that.
    AcceptOffer,
    /// The buyer does not.
    DeclineOffer,
    /// A label for the buyer.
    AttachLabel {
        /// Where it is: an address that begins with https://, or the reference that a drop-off point asks for.
        link: String,
    },
    /// A number and an address.
    ProvideRmaNumber {
        /// The number.
        number: String,
        /// Where to send the goods.
        address: String,
    },
    /// A label was sent by other means.
    RecordLabelSentOffline,
    /// The goods were sent.
    RecordShipped {
        /// Who carries them; may be empty.
        carrier: String,
        /// The tracking number; none when there is none.
        tracking: Option<String>,
    },
    /// The carrier delivered them to the seller.
    RecordDelivered,
    /// Pieces came, these besides those that came before.
    RecordReceived(Receipt),
    /// The carrier lost them.
    RecordLost,
    /// What came is good.
    MarkCompliant,
    /// What came is not good.
    MarkNonCompliant {
        /// What is wrong with it.
        reason: NonCompliance,
        /// In words.
        text: String,
        /// Of a withdrawal, unless something else came back: what is kept of the refund.
        withheld: Option<Withheld>,
    },
    /// It is called off.
    Cancel,
    /// A dispute about it was opened.
    LinkDispute(DisputeId),
    /// That dispute ended.
    EndDispute(DisputeEnd),
    /// The money or the replacement followed.
    Settle,
}

impl ReturnMove {
    /// Which action it is.
    pub const fn action(&self) -> ReturnAction {
        match self {
            Self::Approve { .. } => ReturnAction::Approve,
            Self::Decline { .. } => ReturnAction::Decline,
            Self::ProposeKeepItem { .. } => ReturnAction::ProposeKeepItem,
            Self::AcceptOffer => ReturnAction::AcceptOffer,
            Self::DeclineOffer => ReturnAction::DeclineOffer,
            Self::AttachLabel { .. } => ReturnAction::AttachLabel,
            Self::ProvideRmaNumber { .. } => ReturnAction::ProvideRmaNumber,
            Self::RecordLabelSentOffline => ReturnAction::RecordLabelSentOffline,
            Self::RecordShipped { .. } => ReturnAction::RecordShipped,
            Self::RecordDelivered => ReturnAction::RecordDelivered,
            Self::RecordReceived(_) => ReturnAction::RecordReceived,
            Self::RecordLost => ReturnAction::RecordLost,
            Self::MarkCompliant => ReturnAction::MarkCompliant,
            Self::MarkNonCompliant { .. } => ReturnAction::MarkNonCompliant,
            Self::Cancel => ReturnAction::Cancel,
            Self::LinkDispute(_) => ReturnAction::LinkDispute,
            Self::EndDispute(_) => ReturnAction::EndDispute,
            Self::Settle => ReturnAction::Settle,
        }
    }
}

impl Return {
    /// Makes a move. `revision` is the one that the caller saw. What silence meant by now is done first, so that a late
    /// answer finds the return where time has put it.
    pub fn apply(
        &self,
        action: &ReturnMove,
        by: Hand,
        revision: i32,
        terms: &ReturnTerms<'_>,
        at: DateTime<Utc>,
    ) -> Result<ReturnMoved, Refusal> {
        seen(self.revision, revision)?;
        let mut draft = Draft::caught_up(self, terms, at);
        let state = draft.one.state;
        let line = Transition::find(state, action.action())
            .ok_or_else(|| not_now(format!("This is not possible while the return is {state}.")))?;
        if !line.hands.contains(&by) {
            return Err(Refusal::NotAllowed);
        }
        draft.make(action, by)?;
        Ok(draft.finish())
    }
}

impl Draft<'_> {
    fn make(&mut self, action: &ReturnMove, by: Hand) -> Result<(), Refusal> {
        match action {
            ReturnMove::Approve { method, way_back } => self.approve(*method, *way_back, by),
            ReturnMove::Decline { reason, text, exclusion } => self.decline(*reason, text, *exclusion, by)?,
            ReturnMove::ProposeKeepItem { amount, refundable } => self.propose(*amount, *refundable, by)?,
            ReturnMove::AcceptOffer => {
                if let Some(offer) = &self.one.offer {
                    self.happened(ReturnEvent::OfferAccepted { amount: offer.amount });
                }
                self.enter(ReturnState::ItemKept);
            }
            ReturnMove::DeclineOffer => self.back_to_former(by),
            ReturnMove::AttachLabel { link } => self.ready(Papers::Label { link: label(link)? }, by),
            ReturnMove::ProvideRmaNumber { number, address } => {
                let number = text("A return number", number, LONGEST_NUMBER)?;
                let address = text("An address", address, LONGEST_ADDRESS)?;
                self.ready(Papers::Rma { number, address }, by);
            }
            ReturnMove::RecordLabelSentOffline => self.ready(Papers::SentOffline, by),
            ReturnMove::RecordShipped { carrier, tracking } => self.shipped(carrier, tracking.as_deref(), by)?,
            ReturnMove::RecordDelivered => self.delivered()?,
            ReturnMove::RecordReceived(receipt) => self.receive(*receipt, by)?,
            ReturnMove::RecordLost => self.lost(by),
            ReturnMove::MarkCompliant => self.good(by),
            ReturnMove::MarkNonCompliant { reason, text, withheld } => self.not_good(*reason, text, *withheld, by)?,
            ReturnMove::Cancel => self.cancel(by)?,
            ReturnMove::LinkDispute(dispute) => self.link(*dispute)?,
            ReturnMove::EndDispute(end) => self.end_dispute(*end, by)?,
            ReturnMove::Settle => self.close(Closing::Settled),
        }
        Ok(())
    }

    pub(super) fn approve(&mut self, method: Option<ReturnMethod>, way_back: Option<CostBearer>, by: Hand) {
        let method = method.unwrap_or(self.terms.policy.usual_method);
        // What the law or the charter puts on others is not put on the buyer by an approval.
        let way_back = way_back.filter(|bearer| *bearer != CostBearer::Buyer).unwrap_or(self.one.way_back);
        (self.one.method, self.one.way_back, self.one.declined) = (Some(method), way_back, None);
        self.happened(ReturnEvent::Approved { by, method, way_back });
        self.enter(if method == ReturnMethod::Returnless { ReturnState::ItemKept } else { ReturnState::Approved });
    }

    fn decline(&mut self, reason: DeclineReason, words: &str, exclusion: Option<WithdrawalExclusion>, by: Hand) -> Result<(), Refusal> {
        let words = text("The reason of a refusal", words, LONGEST_TEXT)?;
        if self.one.basis == LegalBasis::Withdrawal {
            // It was declared inside its window, or it would not be here.
            let named = exclusion.filter(|one| !one.needs_broken_seal() && reason == DeclineReason::NotEligible);
            if by != Hand::Operator || named.is_none() {
                return Err(not_now(
                    "A withdrawal cannot be declined. Only the operator can, by naming which exclusion of article L221-28 applies.",
                ));
            }
            self.one.exclusion = named;
        }
        self.one.declined = Some(Declined { reason, text: words.clone(), by });
        self.happened(ReturnEvent::Declined { by, reason, text: words });
        self.enter(ReturnState::Declined);
        Ok(())
    }

    fn propose(&mut self, amount: Money, refundable: Money, by: Hand) -> Result<(), Refusal> {
        if !within(amount, refundable) {
            return Err(invalid(format!("An offer is more than nothing and at most {refundable}.")));
        }
        if self.one.offers_made >= self.terms.policy.most_offers {
            return Err(not_now(format!("At most {} offers to keep the item can be made.", self.terms.policy.most_offers)));
        }
        let former_left = self.one.due_at.map_or(0, |due| (due - self.at).num_seconds().max(0));
        self.one.offer = Some(KeepOffer { amount, former: self.one.state, former_left, by });
        self.one.offers_made += 1;
        self.happened(ReturnEvent::KeepOffered { by, amount });
        self.enter(ReturnState::OfferPending);
        Ok(())
    }

    fn shipped(&mut self, carrier: &str, tracking: Option<&str>, by: Hand) -> Result<(), Refusal> {
        if carrier.chars().count() > LONGEST_NUMBER {
            return Err(Refusal::Length { what: "A carrier", limit: LONGEST_NUMBER });
        }
        let tracking = tracking.map(|number| text("A tracking number", number, LONGEST_NUMBER)).transpose()?;
        self.one.parcel = Some(Parcel { carrier: carrier.trim().to_owned(), tracking, shipped_at: self.at, delivered_at: None });
        self.happened(ReturnEvent::Shipped { by });
        self.enter(ReturnState::InTransit);
        Ok(())
    }

    fn delivered(&mut self) -> Result<(), Refusal> {
        let at = self.at;
        let Some(parcel) = self.one.parcel.as_mut().filter(|parcel| parcel.delivered_at.is_none()) else {
            return Err(not_now("The carrier's delivery is known already."));
        };
        parcel.delivered_at = Some(at);
        self.happened(ReturnEvent::DeliveredBack);
        self.await_acknowledgement();
        Ok(())
    }

    fn receive(&mut self, receipt: Receipt, by: Hand) -> Result<(), Refusal> {
        let missing = self.one.quantity.saturating_sub(self.one.received.quantity);
        if receipt.quantity == 0 || receipt.quantity > missing || receipt.damaged > receipt.quantity {
            return Err(invalid(format!("Between 1 and {missing} pieces can have come, and no more of them be damaged.")));
        }
        self.one.received.quantity += receipt.quantity;
        self.one.received.damaged += receipt.damaged;
        self.one.received_at.get_or_insert(self.at);
        let Receipt { quantity, damaged } = self.one.received;
        self.happened(ReturnEvent::Received { by, quantity, damaged });
        self.enter(if quantity == self.one.quantity { ReturnState::Received } else { ReturnState::PartiallyReceived });
        Ok(())
    }

    fn not_good(&mut self, reason: NonCompliance, words: &str, withheld: Option<Withheld>, by: Hand) -> Result<(), Refusal> {
        let words = text("What is wrong with the goods", words, LONGEST_TEXT)?;
        if self.one.basis == LegalBasis::Withdrawal && reason == NonCompliance::WindowClosed {
            return Err(not_now("This withdrawal was declared in time."));
        }
        // Who withdrew is refunded all the same, less what the goods have lost in worth; only what never came back is not.
        let reduced = self.one.basis == LegalBasis::Withdrawal && reason != NonCompliance::WrongProduct;
        self.one.withheld = match withheld {
            None if reduced => {
                return Err(invalid("A withdrawal is refunded all the same: say how much is kept for the goods' loss in worth."));
            }
            Some(_) if !reduced => return Err(invalid("Something can be kept of the refund of a withdrawal only.")),
            Some(Withheld { amount, refundable }) if !within(amount, refundable) => {
                return Err(invalid(format!("What is kept is more than nothing and at most {refundable}.")));
            }
            kept => kept.map(|kept| kept.amount),
        };
        let withheld = self.one.withheld;
        self.one.finding = Some(Finding { reason, text: words.clone() });
        self.happened(ReturnEvent::Inspected { by, fault: Some(reason), text: words, withheld });
        self.enter(ReturnState::NonCompliant);
        Ok(())
    }

    fn cancel(&mut self, by: Hand) -> Result<(), Refusal> {
        self.without_dispute()?;
        self.happened(ReturnEvent::Canceled { by });
        self.enter(ReturnState::Canceled);
        Ok(())
    }

    fn link(&mut self, dispute: DisputeId) -> Result<(), Refusal> {
        self.without_dispute()?;
        self.one.dispute = Some(dispute);
        self.happened(ReturnEvent::Disputed { dispute });
        self.await_dispute();
        Ok(())
    }

    fn without_dispute(&self) -> Result<(), Refusal> {
        if self.one.dispute.is_some() { Err(not_now("A dispute about this return was opened.")) } else { Ok(()) }
    }

    fn end_dispute(&mut self, end: DisputeEnd, by: Hand) -> Result<(), Refusal> {
        if self.one.dispute.is_none() {
            return Err(not_now("There is no dispute about this return."));
        }
        match (end, self.one.state) {
            (DisputeEnd::ReturnUpheld, ReturnState::Declined) => {
                // Goods that the buyer should keep are settled in the dispute itself.
                let method = Some(self.terms.policy.usual_method).filter(|method| *method != ReturnMethod::Returnless);
                self.approve(Some(method.unwrap_or(ReturnMethod::ByMail)), Some(CostBearer::Seller), by);
            }
            (DisputeEnd::ReturnUpheld, _) => self.good(by),
            (DisputeEnd::SettledThere, _) => self.close(Closing::Settled),
            (DisputeEnd::ForSeller, _) => self.close(Closing::DisputeLost),
        }
        Ok(())
    }

    pub(super) fn happened(&mut self, kind: ReturnEvent) {
        self.events.push(Happened::for_all(kind));
    }
}

/// Where a label is. Buyers follow it, so an address must be one that nobody can listen in on.
fn label(link: &str) -> Result<String, Refusal> {
    let link = text("A label", link, LONGEST_LINK)?;
    if link.contains(char::is_control) || (link.contains("://") && !link.starts_with("https://")) {
        return Err(invalid("A label is a reference in one line, or an address that begins with https://."));
    }
    Ok(link)
}

/// Whether an amount is more than nothing and no more than another.
fn within(amount: Money, most: Money) -> bool {
    amount.currency == most.currency && (1..=most.minor).contains(&amount.minor)
}
