//! What a dispute asks of the rest of the house.

use super::super::dealings::Dealing;
use super::super::refunds::{self, MoneyClaim};
use super::super::{Cx, Error, Result, returns};
use super::telling::{self, Chore};
use crate::domain::disputes::{Decision, Dispute, DisputeEffect, DisputeReason, Remedy, Settlement};
use crate::domain::money::Money;
use crate::domain::parties::Who;
use crate::domain::refunds::{Asked, CostPlan, DisputeGuard, RefundBasis, RefundForm, RefundOrigin};
use crate::store::Tx;

/// What the buyer gets, and who pays for it.
#[derive(Debug, Clone, Copy)]
struct Award {
    remedy: Remedy,
    amount: Option<Money>,
    costs: CostPlan,
}

impl From<&Settlement> for Award {
    /// What the parties agree on, the seller gives.
    fn from(settlement: &Settlement) -> Self {
        Self { remedy: settlement.remedy, amount: settlement.amount, costs: CostPlan::default() }
    }
}

impl Award {
    fn of(decision: &Decision) -> Option<Self> {
        let amount = Some(decision.amount).filter(|_| decision.remedy.is_some_and(Remedy::has_amount));
        Some(Self { remedy: decision.remedy?, amount, costs: decision.costs })
    }

    /// The money that a decision gives.
    fn money(decision: &Decision) -> Money {
        Self::of(decision).and_then(|award| award.amount).unwrap_or(Money::zero(decision.amount.currency))
    }
}

/// Does what is asked. Whatever refuses it refuses the move of a person; what time does is done, and told to the team.
pub(super) async fn carry(cx: &Cx, tx: &mut Tx, dealing: &Dealing, who: &Who, after: &Dispute, effect: DisputeEffect) -> Result<()> {
    match effect {
        // Buyer and team were told what happened, and the seller reads it in the timeline.
        DisputeEffect::Alert(_) => Ok(()),
        DisputeEffect::CarryOutSettlement(settlement) => give(cx, tx, dealing, who, after, Award::from(&settlement)).await,
        DisputeEffect::CarryOutDecision(decision) => match Award::of(&decision) {
            Some(award) => give(cx, tx, dealing, who, after, award).await,
            None => Ok(()),
        },
        DisputeEffect::CorrectDecision { before, after: now } => correct(cx, tx, dealing, who, after, (&before, &now)).await,
        DisputeEffect::SendStatement => match after.effective_decision() {
            Some(decision) => telling::statement(tx, dealing, after, decision).await,
            None => Ok(()),
        },
        DisputeEffect::EndOnReturn(end) => {
            let Some(return_id) = after.return_id else { return Ok(()) };
            match Box::pin(returns::dispute_ended(cx, tx, dealing, return_id, end)).await {
                // It only takes the end of a dispute where it waits for one.
                Err(Error::Refused { .. } | Error::NotFound) => Ok(()),
                other => other,
            }
        }
        DisputeEffect::TellBuyerOfMediator => telling::end_to_buyer(tx, dealing, after).await,
        DisputeEffect::TellSellerOfComplaint => telling::end_to_seller(tx, dealing, after).await,
    }
}

async fn give(cx: &Cx, tx: &mut Tx, dealing: &Dealing, who: &Who, dispute: &Dispute, award: Award) -> Result<()> {
    if award.remedy == Remedy::RefundWithReturn {
        // With a return the money follows from that.
        return if dispute.return_id.is_some() { Ok(()) } else { telling::by_hand(tx, dealing, Chore::ReturnFirst).await };
    }
    if matches!(award.remedy, Remedy::Replacement | Remedy::Repair | Remedy::RefundWithReplacement) {
        telling::by_hand(tx, dealing, Chore::OtherRemedy(award.remedy)).await?;
    }
    match award.amount.filter(|amount| amount.is_positive()) {
        Some(amount) => pay(cx, tx, dealing, who, dispute, award, amount).await,
        None => Ok(()),
    }
}

async fn pay(cx: &Cx, tx: &mut Tx, dealing: &Dealing, who: &Who, dispute: &Dispute, award: Award, amount: Money) -> Result<()> {
    let left = refunds::refundable_now(tx, dealing, dispute.order_line.as_ref()).await?;
    let all = amount.minor >= left.minor;
    let form = match award.remedy {
        Remedy::StoreCredit => RefundForm::StoreCredit,
        _ if all => RefundForm::Full,
        _ => RefundForm::Partial,
    };
    let claim = MoneyClaim {
        line: dispute.order_line.clone(),
        asked: if all { Asked::Everything } else { Asked::Amount { amount } },
        basis: basis(dispute.reason, award.remedy),
        established: None,
        form,
        costs: award.costs,
        guard: DisputeGuard::Executing,
        origin: RefundOrigin::Dispute(dispute.id),
    };
    match Box::pin(refunds::carry_out(cx, tx, dealing, claim)).await {
        Ok(Some(_)) => Ok(()),
        Ok(None) => telling::by_hand(tx, dealing, Chore::NothingLeft).await,
        // Time does not wait for somebody to try again.
        Err(error @ Error::Refused { .. }) if *who == Who::System => telling::by_hand(tx, dealing, Chore::NotPaid(error.to_string())).await,
        Err(error) => Err(error),
    }
}

/// On what the law gives it; credit is nobody's right, so it is given by agreement.
const fn basis(reason: DisputeReason, remedy: Remedy) -> RefundBasis {
    match (reason, remedy) {
        (_, Remedy::StoreCredit) => RefundBasis::Commercial,
        (DisputeReason::NotReceived, _) => RefundBasis::NonDelivery,
        (DisputeReason::NotAsDescribed | DisputeReason::Defective | DisputeReason::Counterfeit, _) => RefundBasis::LegalConformity,
        _ => RefundBasis::Commercial,
    }
}

/// An appeal changed what was carried out: the difference is paid. What was paid too much does not come back by itself.
async fn correct(cx: &Cx, tx: &mut Tx, dealing: &Dealing, who: &Who, dispute: &Dispute, change: (&Decision, &Decision)) -> Result<()> {
    let (before, now) = change;
    let (paid, due) = (Award::money(before), Award::money(now));
    if before.costs != now.costs && paid.is_positive() {
        telling::by_hand(tx, dealing, Chore::CostMoved(now.costs)).await?;
    }
    if before.remedy == Some(Remedy::RefundWithReturn) && dispute.return_id.is_some() {
        return telling::by_hand(tx, dealing, Chore::ReturnFirst).await;
    }
    match (due.minor - paid.minor, Award::of(now)) {
        (more, Some(award)) if more > 0 => {
            let amount = Some(Money { minor: more, ..due });
            give(cx, tx, dealing, who, dispute, Award { amount, ..award }).await
        }
        (less, _) if less < 0 => telling::by_hand(tx, dealing, Chore::Lowered(Money { minor: -less, ..due })).await,
        (_, Some(award)) if before.remedy != now.remedy => give(cx, tx, dealing, who, dispute, Award { amount: None, ..award }).await,
        _ => Ok(()),
    }
}
