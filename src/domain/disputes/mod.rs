//! Disputes: buyer and seller disagree. They talk first; then the operator conciliates; then, where the charter has it, the
//! operator decides, and another person hears an appeal.
//!
//! The operator's conciliation is no mediation by a consumer mediator (articles L611-1 and following of the French consumer
//! code), and is never called that to a buyer: see [`DisputeStage::label`].

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::hands::{Hand, StaffId};
use super::ids::{CaseId, DisputeId, OrderId, ReturnId};
use super::money::Money;
use super::parties::Party;
use super::purchases::LineKey;
use super::refunds::DisputeGuard;

mod actions;
mod appeals;
mod decisions;
mod evidence;
mod happenings;
mod moves;
mod offers;
mod openings;
mod policy;
mod silence;
mod transitions;
mod words;

#[cfg(test)]
mod tests;

pub use appeals::Appeal;
pub use decisions::{CountsAgainstSeller, Decider, Decision, DecisionReason, DisputeOutcome, Fault, Ruling};
pub use evidence::{Evidence, EvidenceRequest, NewEvidence};
pub use happenings::{DisputeEffect, DisputeEvent, DisputeMoved};
pub use moves::DisputeMove;
pub use offers::{Agreement, Answer, Bid, Offer, OfferState, Proposal, Settlement};
pub use openings::DisputeOpening;
pub use policy::{Arbitration, DisputePolicy, DisputeTerms, StageRule};
pub use transitions::{DisputeAction, DisputeTransition};
pub use words::Teller;

/// A disagreement between buyer and seller about an order line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Dispute {
    /// Our id.
    pub id: DisputeId,
    /// The case that it belongs to.
    pub case: CaseId,
    /// The order.
    pub order: OrderId,
    /// The line; none for the whole order.
    pub order_line: Option<LineKey>,
    /// The return that it is about.
    pub return_id: Option<ReturnId>,
    /// Who opened it: buyer or seller.
    pub opener: Party,
    /// Why.
    pub reason: DisputeReason,
    /// In the opener's words.
    pub text: String,
    /// What the opener would like.
    pub wanted: Remedy,
    /// How much it is about: what the buyer gets at most.
    pub amount: Money,
    /// Where it stands.
    pub stage: DisputeStage,
    /// When the other party answered first.
    pub answered_at: Option<DateTime<Utc>>,
    /// What it answered, if it did so in words.
    #[serde(default)]
    pub answer: Option<String>,
    /// Until when the other party should answer; from then on each may escalate.
    pub answer_due_at: DateTime<Utc>,
    /// What the parties offered each other, oldest first.
    pub offers: Vec<Offer>,
    /// What the mediator proposed, oldest first.
    pub proposals: Vec<Proposal>,
    /// Who of the operator's staff has conciliated: none of them may decide.
    pub mediators: Vec<StaffId>,
    /// What was handed in. Kept apart, where nothing is ever changed.
    #[serde(skip)]
    pub evidence: Vec<Evidence>,
    /// What was asked for.
    pub evidence_requests: Vec<EvidenceRequest>,
    /// Until when evidence is taken in arbitration.
    pub evidence_until: Option<DateTime<Utc>>,
    /// What the parties agreed on.
    pub settlement: Option<Settlement>,
    /// What was decided first.
    pub decision: Option<Decision>,
    /// The appeal against it.
    pub appeal: Option<Appeal>,
    /// Why the operator stood back, in words for the buyer.
    pub stood_back: Option<String>,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// When its present stage ends by itself; none when it is over.
    pub due_at: Option<DateTime<Utc>>,
    /// When the operator is reminded that it owes a decision; none once that is done.
    pub remind_at: Option<DateTime<Utc>>,
    /// When it is decided for the buyer if nobody has decided.
    pub hard_stop_at: DateTime<Utc>,
    /// When it last moved.
    pub updated_at: DateTime<Utc>,
    /// How often it has moved, from 1.
    pub revision: i32,
}

/// Where a dispute stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DisputeStage {
    /// Buyer and seller talk.
    DirectContact,
    /// The operator conciliates.
    Mediation,
    /// The operator takes evidence and decides.
    Arbitration,
    /// They agreed, or the money was paid.
    Settled,
    /// The opener took it back.
    Withdrawn,
    /// It is decided, and can be appealed.
    Decided,
    /// Another person looks at the decision.
    Appealed,
    /// It is decided for good.
    Final,
    /// Nobody agreed and the operator does not decide.
    Unresolved,
}

impl DisputeStage {
    /// Every stage.
    pub const ALL: [Self; 9] = [
        Self::DirectContact,
        Self::Mediation,
        Self::Arbitration,
        Self::Settled,
        Self::Withdrawn,
        Self::Decided,
        Self::Appealed,
        Self::Final,
        Self::Unresolved,
    ];

    /// Whether nothing happens to it any more.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Settled | Self::Withdrawn | Self::Final | Self::Unresolved)
    }

    /// Whether it waits for agreement or decision, so that a refund of all that it is about settles it.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::DirectContact | Self::Mediation | Self::Arbitration)
    }

    /// What people are told the stage is, in French or else in English.
    ///
    /// In French "médiation" is the consumer mediator's regulated service, and "arbitrage" a private court whose clauses do not
    /// bind consumers: neither word stands for a stage of ours by itself.
    pub fn label(self, language: &str) -> &'static str {
        let french = language.split(['-', '_']).next().is_some_and(|one| one.eq_ignore_ascii_case("fr"));
        let (fr, en) = match self {
            Self::DirectContact => ("Échange direct", "Direct contact"),
            Self::Mediation => ("Conciliation (médiation interne)", "Conciliation by the marketplace"),
            Self::Arbitration => ("Examen par la place de marché", "Under review by the marketplace"),
            Self::Settled => ("Accord trouvé", "Settled"),
            Self::Withdrawn => ("Retiré", "Withdrawn"),
            Self::Decided => ("Décision rendue", "Decided"),
            Self::Appealed => ("Réexamen demandé", "Under appeal"),
            Self::Final => ("Décision définitive", "Final decision"),
            Self::Unresolved => ("Sans accord", "Unresolved"),
        };
        if french { fr } else { en }
    }
}

impl fmt::Display for DisputeStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DirectContact => "between buyer and seller",
            Self::Mediation => "in conciliation",
            Self::Arbitration => "being decided",
            Self::Settled => "settled",
            Self::Withdrawn => "withdrawn",
            Self::Decided => "decided",
            Self::Appealed => "under appeal",
            Self::Final => "decided for good",
            Self::Unresolved => "closed without agreement",
        })
    }
}

/// Why somebody disputes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DisputeReason {
    /// Nothing came.
    NotReceived,
    /// It is not what was sold.
    NotAsDescribed,
    /// It does not work.
    Defective,
    /// A return was declined.
    ReturnDeclined,
    /// What came back was found not good.
    ReturnNotCompliant,
    /// A refund was declined, or did not come.
    RefundRefused,
    /// The amount is wrong.
    WrongAmount,
    /// Something went wrong with a return, says the seller: nothing came back, or not what was sent.
    BuyersReturn,
    /// Danger to people.
    Safety,
    /// Suspicion of counterfeit goods.
    Counterfeit,
    /// Suspicion of fraud.
    Fraud,
    /// Abusive words or behaviour.
    Abuse,
    /// Any other; the text says which.
    Other,
}

impl DisputeReason {
    /// Whether one need not talk with the other party first.
    pub const fn skips_contact(self) -> bool {
        matches!(self, Self::Safety | Self::Counterfeit | Self::Fraud | Self::Abuse)
    }
}

/// What a party would like, offers, or gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Remedy {
    /// Money back.
    Refund,
    /// Money back once the goods are back.
    RefundWithReturn,
    /// Other goods.
    Replacement,
    /// Other goods and money.
    RefundWithReplacement,
    /// A repair.
    Repair,
    /// Some money back, and the buyer keeps the goods.
    PartialRefundKeepItem,
    /// Credit for the shop.
    StoreCredit,
}

impl Remedy {
    /// Every one.
    pub const ALL: [Self; 7] = [
        Self::Refund,
        Self::RefundWithReturn,
        Self::Replacement,
        Self::RefundWithReplacement,
        Self::Repair,
        Self::PartialRefundKeepItem,
        Self::StoreCredit,
    ];

    /// Whether it names an amount.
    pub const fn has_amount(self) -> bool {
        !matches!(self, Self::Replacement | Self::Repair)
    }
}

/// Whether a side may move money of the disputed line by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MoneyFreeze {
    /// It may.
    Free,
    /// It may not: the operator is deciding about it. What was submitted to the payment provider before runs on.
    Frozen,
}

impl Dispute {
    /// What the disputes of an order allow for money of a line. Neither party moves money alone while one is being decided.
    pub fn guard<'a>(disputes: impl IntoIterator<Item = &'a Self>, line: &LineKey) -> DisputeGuard {
        let about = disputes.into_iter().filter(|one| one.order_line.as_ref().is_none_or(|key| key == line));
        about.fold(DisputeGuard::None, |strictest, one| match (one.stage, strictest) {
            (DisputeStage::Arbitration | DisputeStage::Appealed, _) | (_, DisputeGuard::Arbitration) => DisputeGuard::Arbitration,
            (stage, _) if stage.is_open() => DisputeGuard::Open,
            _ => strictest,
        })
    }

    /// The guard for the money side: while the operator decides, no party moves money alone, and no timer does in a party's
    /// name. Only people of the operator do (two parties that could each release money made `OpenBazaar` pay twice).
    pub const fn freeze(&self, hand: Hand) -> MoneyFreeze {
        match (self.stage, hand) {
            (DisputeStage::Arbitration | DisputeStage::Appealed, Hand::Buyer | Hand::Seller | Hand::Carrier | Hand::System) => {
                MoneyFreeze::Frozen
            }
            _ => MoneyFreeze::Free,
        }
    }

    /// What holds now: the decision of the appeal, else the first.
    pub fn effective_decision(&self) -> Option<&Decision> {
        self.appeal.as_ref().and_then(|appeal| appeal.decision.as_ref()).or(self.decision.as_ref())
    }

    /// The party that did not open it.
    pub const fn respondent(&self) -> Party {
        match self.opener {
            Party::Seller => Party::Buyer,
            Party::Buyer | Party::Operator => Party::Seller,
        }
    }
}
