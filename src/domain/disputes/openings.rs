//! How a dispute begins.

use chrono::{DateTime, TimeDelta, Utc};

use super::super::hands::{Hand, Happened, due, invalid, not_now, text};
use super::super::ids::{CaseId, DisputeId, OrderId, ReturnId};
use super::super::money::Money;
use super::super::parties::Party;
use super::super::purchases::LineKey;
use super::super::refusal::Refusal;
use super::happenings::{DisputeEffect, DisputeEvent, DisputeMoved};
use super::{Dispute, DisputeReason, DisputeStage, DisputeTerms, Remedy};

/// The most characters of the opener's words.
const LONGEST_TEXT: usize = 5000;

/// What somebody disputes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeOpening {
    /// In which case.
    pub case: CaseId,
    /// Of which order.
    pub order: OrderId,
    /// Of which line; none for the whole order.
    pub order_line: Option<LineKey>,
    /// About which return.
    pub return_id: Option<ReturnId>,
    /// For which side: buyer or seller. The operator opens one for the buyer.
    pub opener: Party,
    /// Why.
    pub reason: DisputeReason,
    /// In the opener's words.
    pub text: String,
    /// What the opener would like.
    pub wanted: Remedy,
    /// How much it is about; zero when it is not about money.
    pub amount: Money,
    /// How much of the line, or of the order, can still be refunded.
    pub refundable: Money,
}

impl Dispute {
    /// Opens one. `others` are the disputes of the same order, read under a lock on it: an order line has one open dispute
    /// at most.
    pub fn open(
        opening: DisputeOpening,
        by: Hand,
        others: &[Self],
        terms: &DisputeTerms<'_>,
        at: DateTime<Utc>,
    ) -> Result<DisputeMoved, Refusal> {
        if !matches!((by, opening.opener), (Hand::Buyer | Hand::Operator, Party::Buyer) | (Hand::Seller, Party::Seller)) {
            return Err(Refusal::NotAllowed);
        }
        let words = text("What the dispute is about", &opening.text, LONGEST_TEXT)?;
        // First, as what it gave may be why nothing is left. One about the whole order is about each of its lines.
        let same = |one: &&Self| one.order_line == opening.order_line || one.order_line.is_none() || opening.order_line.is_none();
        if others.iter().filter(|one| one.order == opening.order && !one.stage.is_over()).any(|one| same(&one)) {
            return Err(not_now("There is an open dispute about this already."));
        }
        let DisputeOpening { amount, refundable, .. } = opening;
        if amount.currency != refundable.currency || amount.minor < 0 || amount.minor > refundable.minor {
            return Err(invalid(format!("A dispute is about at most {refundable}.")));
        }
        if opening.wanted.has_amount() && amount.minor == 0 {
            return Err(invalid("Say how much the dispute is about."));
        }
        let after = Self {
            id: DisputeId::generate(),
            case: opening.case,
            order: opening.order,
            order_line: opening.order_line,
            return_id: opening.return_id,
            opener: opening.opener,
            reason: opening.reason,
            text: words,
            wanted: opening.wanted,
            amount,
            stage: DisputeStage::DirectContact,
            answered_at: None,
            answer: None,
            answer_due_at: at,
            offers: Vec::new(),
            proposals: Vec::new(),
            mediators: Vec::new(),
            evidence: Vec::new(),
            evidence_requests: Vec::new(),
            evidence_until: None,
            settlement: None,
            decision: None,
            appeal: None,
            stood_back: None,
            opened_at: at,
            due_at: None,
            remind_at: None,
            hard_stop_at: at + days(terms.policy.hard_stop_days),
            updated_at: at,
            revision: 1,
        };
        let respondent = after.respondent();
        let answer_due_at = due(&terms.charter.calendar(respondent), terms.policy.answer, at);
        let due_at = Some((at + days(terms.policy.contact_days)).max(answer_due_at));
        let after = Self { answer_due_at, due_at, ..after };
        let opened = DisputeEvent::Opened { by: after.opener, reason: after.reason, wanted: after.wanted };
        Ok(DisputeMoved {
            events: vec![Happened::for_all(opened)],
            effects: vec![DisputeEffect::Alert(respondent), DisputeEffect::Alert(Party::Operator)],
            after,
        })
    }
}

/// That many days of 24 hours.
pub(super) fn days(count: u16) -> TimeDelta {
    TimeDelta::days(i64::from(count))
}
