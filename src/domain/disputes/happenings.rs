//! What a move of a dispute gives: what happened, and what is asked of the rest of the house.

use serde::{Deserialize, Serialize};

use super::super::hands::{Hand, Happened};
use super::super::ids::{EvidenceId, OfferId};
use super::super::money::Money;
use super::super::parties::Party;
use super::super::refunds::CostPlan;
use super::super::returns::DisputeEnd;
use super::{
    Bid, CountsAgainstSeller, Decision, DecisionReason, Dispute, DisputeOutcome, DisputeReason, DisputeStage, Fault, Remedy, Settlement,
};

/// A move that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeMoved {
    /// The dispute after it.
    pub after: Dispute,
    /// What happened, oldest first.
    pub events: Vec<Happened<DisputeEvent>>,
    /// What is asked of the rest of the house.
    pub effects: Vec<DisputeEffect>,
}

/// Something that happened to a dispute. Stored as JSON; variants and fields are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub enum DisputeEvent {
    /// It was opened.
    Opened {
        /// By whom.
        by: Party,
        /// Why.
        reason: DisputeReason,
        /// What is wanted.
        wanted: Remedy,
    },
    /// The other party answered.
    Answered {
        /// Which.
        by: Party,
    },
    /// An offer was made, perhaps in answer to another.
    Offered {
        /// By whom.
        by: Party,
        /// Its id.
        offer: OfferId,
        /// What.
        bid: Bid,
    },
    /// An offer or a proposal was declined.
    Declined {
        /// By whom.
        by: Party,
        /// Its id.
        offer: OfferId,
    },
    /// Its time ran out, or the dispute went on without it.
    Lapsed {
        /// Its id.
        offer: OfferId,
    },
    /// An offer or a proposal was accepted by a party.
    Accepted {
        /// By whom.
        by: Party,
        /// Its id.
        offer: OfferId,
    },
    /// The operator's help was asked for, or the time for talking was over.
    Escalated {
        /// By whom; by nobody when time passed.
        by: Hand,
    },
    /// Somebody of the operator conciliates.
    TakenUp,
    /// The mediator proposed something to both.
    Proposed {
        /// Its id.
        offer: OfferId,
        /// What.
        bid: Bid,
    },
    /// A party was asked for evidence.
    EvidenceRequested {
        /// Which.
        of: Party,
        /// For what.
        text: String,
    },
    /// Evidence was handed in. Only those who may see it are told.
    EvidenceSubmitted {
        /// By whom.
        by: Party,
        /// Its id.
        evidence: EvidenceId,
    },
    /// The operator does not decide this.
    StoodBack {
        /// Why, for the buyer.
        text: String,
    },
    /// The operator owes a decision and is late.
    DecisionLate,
    /// It was decided, first or on appeal. Who of the staff decided is not told.
    Decided {
        /// Whom it favours.
        outcome: DisputeOutcome,
        /// Who was at fault.
        fault: Fault,
        /// How much the buyer gets.
        amount: Money,
        /// How, or what else.
        remedy: Option<Remedy>,
        /// Why, as a code.
        reason: DecisionReason,
        /// Why, in words.
        statement: String,
        /// The clause of the charter that it rests on.
        clause: String,
    },
    /// With a decision, and not for the buyer: who pays, and whether it counts against the seller.
    CostAllotted {
        /// Who pays.
        costs: CostPlan,
        /// Whether it counts.
        counts: CountsAgainstSeller,
    },
    /// It was appealed.
    Appealed {
        /// By whom.
        by: Party,
    },
    /// The parties agree.
    Settled {
        /// On what.
        settlement: Settlement,
    },
    /// It went to another stage.
    StageChanged {
        /// From.
        from: DisputeStage,
        /// To.
        to: DisputeStage,
    },
}

impl DisputeEvent {
    /// From which stage to which it went; none where it stayed.
    pub const fn stages(&self) -> Option<(DisputeStage, DisputeStage)> {
        match self {
            Self::StageChanged { from, to } => Some((*from, *to)),
            _ => None,
        }
    }
}

/// What a dispute asks of the rest of the house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DisputeEffect {
    /// Tell this side that it is its turn. One for each side and move.
    Alert(Party),
    /// Give the buyer what was agreed. Not asked for when the refund that settles it was made already.
    CarryOutSettlement(Settlement),
    /// Give the buyer what was decided, and let the right one pay. Money of the remedy `REFUND_WITH_RETURN` follows from the
    /// return, when there is one.
    CarryOutDecision(Box<Decision>),
    /// An appeal changed a decision that is carried out already: pay the difference, move the cost, correct the measures.
    CorrectDecision {
        /// What was carried out.
        before: Box<Decision>,
        /// What holds now.
        after: Box<Decision>,
    },
    /// Send the statement of reasons to both parties on a durable medium.
    SendStatement,
    /// Tell the return it was about how it ended.
    EndOnReturn(DisputeEnd),
    /// Tell the buyer of the consumer mediator (articles L616-1 and R616-1 of the consumer code). It cannot be switched off.
    TellBuyerOfMediator,
    /// Tell the seller of the internal complaint and the mediators (Regulation (EU) 2019/1150, articles 11 and 12;
    /// Regulation (EU) 2022/2065, articles 20 and 21).
    TellSellerOfComplaint,
}
