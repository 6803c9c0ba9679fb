//! How a return begins, and how many pieces may still go back.

use chrono::{DateTime, Utc};

use super::super::hands::{Hand, Happened, due, invalid, not_now};
use super::super::ids::{CaseId, OrderId, ReturnId, WithdrawalId};
use super::super::parties::Party;
use super::super::refusal::Refusal;
use super::eligibility::{Ground, LineFacts, SaleTerms, grounds};
use super::happenings::{Closing, ReturnEffect, ReturnEvent, ReturnMoved};
use super::{LegalBasis, Receipt, Resolution, Return, ReturnReason, ReturnState, ReturnTerms};

/// The most characters of a buyer's words.
const LONGEST_NOTE: usize = 2000;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnRequest {
    /// In which case.
    pub case: CaseId,
    /// Of which order.
    pub order: OrderId,
    /// The short name that people will quote.
    pub reference: String,
    /// How many pieces.
    pub quantity: u32,
    /// Why.
    pub reason: ReturnReason,
    /// In the buyer's words; may be empty.
    pub note: String,
    /// What the buyer would like.
    pub wanted: Resolution,
    /// On which right; none for the one that serves the buyer best.
    pub basis: Option<LegalBasis>,
    /// The confirmed withdrawal that it carries out.
    pub withdrawal: Option<DeclaredWithdrawal>,
}

/// A withdrawal that was declared and confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeclaredWithdrawal {
    /// Which.
    pub id: WithdrawalId,
    /// When it was declared: the right is judged by then.
    pub declared_at: DateTime<Utc>,
    /// When it was confirmed: the days of the law run from then.
    pub submitted_at: DateTime<Utc>,
}

impl Return {
    /// How many pieces of its line it takes up: none once it has come to nothing, what came once it is over.
    pub const fn claims(&self) -> u32 {
        match (self.state, self.closing) {
            // Refunded, if not in full.
            (ReturnState::Closed, _) if self.withheld.is_some() => self.received.quantity,
            (ReturnState::Canceled | ReturnState::Expired, _)
            | (ReturnState::Closed, Some(Closing::Declined | Closing::NonCompliant | Closing::DisputeLost)) => 0,
            // Settled in part: the pieces that never came stay with the buyer, who may send them another time.
            (ReturnState::Compliant | ReturnState::Closed, _) if self.received.quantity > 0 => self.received.quantity,
            _ => self.quantity,
        }
    }

    /// Begins one; a seller or the operator does so in the buyer's name. `others` are all returns of the same order line, read under a lock on that line: the sum of what they
    /// claim and of what is asked for never exceeds what was bought.
    pub fn request(
        request: ReturnRequest,
        by: Hand,
        line: &LineFacts,
        sale: &SaleTerms,
        others: &[Self],
        terms: &ReturnTerms<'_>,
        at: DateTime<Utc>,
    ) -> Result<ReturnMoved, Refusal> {
        if by == Hand::Carrier || (by == Hand::System && request.withdrawal.is_none()) {
            return Err(Refusal::NotAllowed);
        }
        if request.note.chars().count() > LONGEST_NOTE {
            return Err(invalid(format!("The words of a return have at most {LONGEST_NOTE} characters.")));
        }
        let left = quantity_left(line, others);
        if request.quantity == 0 || request.quantity > left {
            return Err(invalid(match left {
                0 => "Every piece of this line is being returned already.".to_owned(),
                left => format!("Between 1 and {left} pieces of this line can be returned."),
            }));
        }
        let judged_at = request.withdrawal.map_or(at, |withdrawal| withdrawal.declared_at);
        let ground = ground(&request, line, sale, terms, judged_at)?;
        if !ground.basis.resolutions().contains(&request.wanted) {
            return Err(invalid("This cannot be asked for on this right."));
        }
        let after = Self {
            id: ReturnId::generate(),
            case: request.case,
            order: request.order,
            reference: request.reference,
            order_line: line.order_line.clone(),
            quantity: request.quantity,
            basis: ground.basis,
            reason: request.reason,
            note: request.note,
            wanted: request.wanted,
            withdrawal: request.withdrawal.map(|withdrawal| withdrawal.id),
            exclusion: ground.unless,
            state: ReturnState::Requested,
            method: None,
            way_back: ground.way_back,
            papers: None,
            parcel: None,
            received: Receipt::default(),
            received_at: None,
            finding: None,
            withheld: None,
            declined: None,
            offer: None,
            offers_made: 0,
            dispute: None,
            closing: None,
            notice_at: request.withdrawal.map_or(at, |withdrawal| withdrawal.submitted_at),
            requested_at: at,
            due_at: Some(due(&terms.charter.calendar(Party::Seller), terms.policy.decide, at)),
            updated_at: at,
            revision: 1,
        };
        Ok(ReturnMoved {
            events: vec![Happened::for_all(ReturnEvent::Requested { quantity: after.quantity, wanted: after.wanted })],
            effects: vec![ReturnEffect::Alert(Party::Seller), ReturnEffect::Alert(Party::Operator)],
            after,
        })
    }
}

fn ground(
    request: &ReturnRequest,
    line: &LineFacts,
    sale: &SaleTerms,
    terms: &ReturnTerms<'_>,
    at: DateTime<Utc>,
) -> Result<Ground, Refusal> {
    // A withdrawal is no claim under the guarantee, whatever reason was given on top.
    let basis = request.withdrawal.map(|_| LegalBasis::Withdrawal).or(request.basis);
    let answers = grounds(line, sale, request.reason.kind, terms.policy, terms.days, at);
    let mut fitting = answers.iter().filter(|(each, _)| basis.is_none_or(|wanted| wanted == *each)).map(|(_, answer)| answer);
    let first = fitting.clone().next();
    match (fitting.find_map(|answer| answer.as_ref().ok()), first) {
        (Some(ground), _) => Ok(*ground),
        (None, Some(Err(why))) => Err(not_now(why.to_string())),
        (None, _) => Err(not_now("This cannot be returned.")),
    }
}

/// The short name of the next return of an order: the order's own with a number, so that it finds its way on a parcel. `others` are all
/// returns of the order, read under its lock.
pub fn next_reference(order: &str, others: &[Return]) -> String {
    format!("{order}-R{}", others.len() + 1)
}

/// How many pieces of a line can still be returned, given all returns of it.
pub fn quantity_left(line: &LineFacts, others: &[Return]) -> u32 {
    let claimed = others.iter().filter(|one| one.order_line == line.order_line).map(Return::claims);
    claimed.fold(line.bought, u32::saturating_sub)
}
