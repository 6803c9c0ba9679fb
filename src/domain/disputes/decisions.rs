//! Decisions: who won, who was at fault, who pays and whether it counts are four answers, never one.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::super::hands::{StaffId, invalid, text};
use super::super::money::Money;
use super::super::parties::Party;
use super::super::refunds::{Bearing, CostPlan};
use super::super::refusal::Refusal;
use super::{Dispute, Remedy};

/// Whom a decision favours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DisputeOutcome {
    /// The buyer.
    BuyerFavour,
    /// The seller.
    SellerFavour,
    /// Each in part.
    Split,
    /// Nobody was wrong; the buyer may be given something all the same.
    NoFault,
    /// The opener no longer pursues it.
    Abandoned,
}

impl DisputeOutcome {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::BuyerFavour, Self::SellerFavour, Self::Split, Self::NoFault, Self::Abandoned];

    /// Whether a party may appeal: one that did not get all it could.
    pub fn may_appeal(self, party: Party, opener: Party) -> bool {
        match self {
            Self::BuyerFavour => party == Party::Seller,
            Self::SellerFavour => party == Party::Buyer,
            Self::Split | Self::NoFault => matches!(party, Party::Buyer | Party::Seller),
            Self::Abandoned => party == opener,
        }
    }
}

/// Who was at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Fault {
    /// The buyer.
    Buyer,
    /// The seller.
    Seller,
    /// The carrier.
    Carrier,
    /// The marketplace.
    Platform,
    /// Nobody, or nobody can tell.
    None,
}

impl Fault {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Buyer, Self::Seller, Self::Carrier, Self::Platform, Self::None];
}

/// Whether a decision counts in the measures of the seller. It is decided apart from who won.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CountsAgainstSeller {
    /// It does.
    Counts,
    /// It does not.
    DoesNotCount,
}

/// Why it was decided so, as a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DecisionReason {
    /// The delivery is proved.
    DeliveryProved,
    /// The delivery is not proved.
    DeliveryNotProved,
    /// The goods are not what was sold.
    NotConform,
    /// The goods are what was sold.
    Conform,
    /// The buyer damaged or changed the goods.
    DamagedByBuyer,
    /// They were damaged on the way.
    DamagedInTransit,
    /// The law gives the buyer what was asked for.
    LegalRight,
    /// The charter says so.
    CharterRule,
    /// It was asked for too late.
    TooLate,
    /// One side said nothing.
    NoAnswer,
    /// The opener no longer pursues it.
    NoLongerPursued,
    /// Nobody decided in time.
    HardStop,
    /// Any other; the statement says which.
    Other,
}

/// Who decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Decider {
    /// A person of the operator.
    Person(StaffId),
    /// The time that ran out.
    HardStop,
}

/// What somebody decides: every field is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// Whom it favours.
    pub outcome: DisputeOutcome,
    /// Who was at fault.
    pub fault: Fault,
    /// Who pays for what the buyer gets.
    pub costs: CostPlan,
    /// Whether it counts against the seller.
    pub counts: CountsAgainstSeller,
    /// How much the buyer gets.
    pub amount: Money,
    /// How the buyer gets it, or what else; none for nothing.
    pub remedy: Option<Remedy>,
    /// Why, as a code.
    pub reason: DecisionReason,
    /// Why, in words: the statement of reasons (Regulation (EU) 2022/2065, article 17; 2019/1150, article 4).
    pub statement: String,
    /// The clause of the charter that it rests on.
    pub clause: String,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// Whom it favours.
    pub outcome: DisputeOutcome,
    /// Who was at fault.
    pub fault: Fault,
    /// Who pays for what the buyer gets.
    pub costs: CostPlan,
    /// Whether it counts against the seller.
    pub counts: CountsAgainstSeller,
    /// How much the buyer gets.
    pub amount: Money,
    /// How the buyer gets it, or what else.
    pub remedy: Option<Remedy>,
    /// Why, as a code.
    pub reason: DecisionReason,
    /// Why, in words.
    pub statement: String,
    /// The clause of the charter that it rests on.
    pub clause: String,
    /// Who decided.
    pub by: Decider,
    /// When.
    pub at: DateTime<Utc>,
}

/// The most characters of a statement of reasons: with what stands around it, it goes into one message.
const LONGEST_STATEMENT: usize = 8000;
/// The most characters of a cited clause.
const LONGEST_CLAUSE: usize = 200;

impl Ruling {
    /// Checks it against the dispute and what can still be refunded of the line.
    pub(super) fn check(&self, dispute: &Dispute, refundable: Money, by: Decider, at: DateTime<Utc>) -> Result<Decision, Refusal> {
        let statement = text("The statement of reasons", &self.statement, LONGEST_STATEMENT)?;
        let clause = text("The clause of the charter", &self.clause, LONGEST_CLAUSE)?;
        let most = dispute.amount.minor.min(refundable.minor).max(0);
        if self.amount.currency != dispute.amount.currency || refundable.currency != dispute.amount.currency {
            return Err(invalid(format!("The dispute is about {}.", dispute.amount.currency)));
        }
        if !(0..=most).contains(&self.amount.minor) {
            let most = Money { minor: most, ..dispute.amount };
            return Err(invalid(format!("The buyer can be given at most {most}.")));
        }
        self.check_remedy(dispute)?;
        let Self { outcome, fault, costs, counts, amount, remedy, reason, .. } = *self;
        Ok(Decision { outcome, fault, costs, counts, amount, remedy, reason, statement, clause, by, at })
    }

    fn check_remedy(&self, dispute: &Dispute) -> Result<(), Refusal> {
        let pays = self.remedy.is_some_and(Remedy::has_amount);
        if pays != (self.amount.minor > 0) {
            return Err(invalid("Money needs a remedy that has an amount, and such a remedy needs money."));
        }
        match self.outcome {
            DisputeOutcome::BuyerFavour if self.remedy.is_none() => Err(invalid("A decision for the buyer gives the buyer something.")),
            DisputeOutcome::SellerFavour | DisputeOutcome::Abandoned if self.remedy.is_some() => {
                Err(invalid("A decision for the seller gives the buyer nothing."))
            }
            DisputeOutcome::Split if self.remedy.is_none() || (pays && self.amount.minor >= dispute.amount.minor) => {
                Err(invalid("A split gives the buyer something, and less than all."))
            }
            _ => Ok(()),
        }
    }
}

impl Decision {
    /// What the passing of time decides: the buyer gets all that it is about, and the operator that did not decide pays.
    pub(super) fn by_hard_stop(dispute: &Dispute, bearer: Bearing, days: u16, at: DateTime<Utc>) -> Self {
        Self {
            outcome: DisputeOutcome::BuyerFavour,
            fault: Fault::Platform,
            costs: CostPlan::all(bearer),
            counts: CountsAgainstSeller::DoesNotCount,
            amount: dispute.amount,
            remedy: Some(if dispute.amount.minor > 0 { Remedy::Refund } else { dispute.wanted }),
            reason: DecisionReason::HardStop,
            statement: format!(
                "No decision was made within {days} days, so the dispute ends for the buyer. Nobody examined who was right."
            ),
            clause: format!("Disputes: hard stop after {days} days"),
            by: Decider::HardStop,
            at,
        }
    }
}
