//! The moves of a return that people and time make.

use super::super::dealings::{self, Dealing};
use super::super::{Cx, Error, Result, refused};
use super::following::{Moving, worth};
use super::requests::dealings_with;
use super::rights::{legal_days, terms};
use crate::domain::hands::Hand;
use crate::domain::ids::ReturnId;
use crate::domain::law::WithdrawalExclusion;
use crate::domain::money::Money;
use crate::domain::parties::{Actor, Who};
use crate::domain::reasons::CostBearer;
use crate::domain::refunds::DisputeGuard;
use crate::domain::refusal::Refusal;
use crate::domain::returns::{
    DeclineReason, NonCompliance, Papers, Receipt, Return, ReturnAction, ReturnMethod, ReturnMove, ReturnMoved, Withheld,
};
use crate::store::{DueReturn, Tx};

/// Which return somebody decides on, and how it stood when they saw it.
#[derive(Debug, Clone, Copy)]
pub struct Decision {
    /// The return.
    pub id: ReturnId,
    /// The revision that was seen.
    pub revision: i32,
}

/// What the buyer says to an offer to keep the item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeepAnswer {
    /// The buyer keeps it, for the amount.
    Accept,
    /// The buyer sends it back.
    Refuse,
}

/// What was found when somebody looked at the goods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inspection {
    /// They are good.
    Compliant,
    /// They are not.
    NonCompliant {
        /// What is wrong.
        reason: NonCompliance,
        /// In words.
        text: String,
        /// Of a withdrawal: what is kept of the refund.
        withheld: Option<Money>,
    },
}

/// What somebody wants to do with a return, as they say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReturnStep {
    /// Approve it.
    Approve {
        /// By which way the goods come back; none for the usual one.
        method: Option<ReturnMethod>,
        /// Who pays that way; none for whoever the law or the charter names.
        way_back: Option<CostBearer>,
    },
    /// Decline it.
    Decline {
        /// Why.
        reason: DeclineReason,
        /// In words, for the buyer.
        text: String,
        /// Of a withdrawal: which exclusion of article L221-28 applies.
        exclusion: Option<WithdrawalExclusion>,
    },
    /// Offer the buyer to keep the item for some of the money.
    ProposeKeepItem {
        /// How much.
        amount: Money,
    },
    /// Answer that.
    AnswerKeepItem(KeepAnswer),
    /// Give the buyer what the goods are sent with.
    ProvideLabel(Papers),
    /// Say that they were sent.
    RecordShipped {
        /// Who carries them; may be empty.
        carrier: String,
        /// The tracking number.
        tracking: Option<String>,
    },
    /// Say that the carrier delivered them.
    RecordDelivered,
    /// Say that pieces came.
    RecordReceived(Receipt),
    /// Say that they were lost.
    RecordLost,
    /// Say what was found.
    RecordInspection(Inspection),
    /// Call it off.
    Cancel,
}

impl ReturnStep {
    /// What the goods are worth is asked of the money side, and nothing else of anybody.
    async fn planned(self, tx: &Tx, dealing: &Dealing, one: &Return) -> Result<ReturnMove> {
        Ok(match self {
            Self::Approve { method, way_back } => ReturnMove::Approve { method, way_back },
            Self::Decline { reason, text, exclusion } => ReturnMove::Decline { reason, text, exclusion },
            Self::ProposeKeepItem { amount } => {
                ReturnMove::ProposeKeepItem { amount, refundable: worth(tx, dealing, one, one.quantity).await? }
            }
            Self::AnswerKeepItem(KeepAnswer::Accept) => ReturnMove::AcceptOffer,
            Self::AnswerKeepItem(KeepAnswer::Refuse) => ReturnMove::DeclineOffer,
            Self::ProvideLabel(Papers::Label { link }) => ReturnMove::AttachLabel { link },
            Self::ProvideLabel(Papers::Rma { number, address }) => ReturnMove::ProvideRmaNumber { number, address },
            Self::ProvideLabel(Papers::SentOffline | Papers::OwnMeans) => ReturnMove::RecordLabelSentOffline,
            Self::RecordShipped { carrier, tracking } => ReturnMove::RecordShipped { carrier, tracking },
            Self::RecordDelivered => ReturnMove::RecordDelivered,
            Self::RecordReceived(receipt) => ReturnMove::RecordReceived(receipt),
            Self::RecordLost => ReturnMove::RecordLost,
            Self::RecordInspection(Inspection::Compliant) => ReturnMove::MarkCompliant,
            Self::RecordInspection(Inspection::NonCompliant { reason, text, withheld }) => {
                let withheld = match withheld {
                    Some(amount) => Some(Withheld { amount, refundable: worth(tx, dealing, one, one.received.quantity).await? }),
                    None => None,
                };
                ReturnMove::MarkNonCompliant { reason, text, withheld }
            }
            Self::Cancel => ReturnMove::Cancel,
        })
    }
}

/// Whose hand makes a move: what a carrier reports comes by the marketplace's software.
fn hand(who: &Who, action: ReturnAction) -> Result<Hand> {
    let carriers = matches!(action, ReturnAction::RecordDelivered | ReturnAction::RecordReceived | ReturnAction::RecordLost);
    match who {
        Who::Vendor { .. } if carriers => Ok(Hand::Carrier),
        _ => dealings::hand(who),
    }
}

/// Moves a return, by somebody who saw it.
pub async fn step(cx: &Cx, actor: &Actor, decision: Decision, step: ReturnStep) -> Result<Return> {
    let mut tx = cx.store.begin(actor.marketplace).await?;
    let found = locked(&tx, actor, decision.id).await?;
    let (dealing, one) = found.ok_or_else(|| refused(&["returnId"], Refusal::NotFound { what: "Return" }))?;
    dealings_with(actor, &dealing).map_err(|_| refused(&["returnId"], Refusal::NotFound { what: "Return" }))?;

    let action = step.planned(&tx, &dealing, &one).await?;
    let by = hand(&actor.who, action.action())?;
    let moved = applied(cx, &dealing, &one, &action, by, decision.revision)?;

    let moving = Moving { cx, dealing: &dealing, who: &actor.who, guard: DisputeGuard::None };
    Box::pin(moving.write(&mut tx, moved, one.revision)).await?;
    let one = tx.known_return(actor.scope(), one.id).await?.ok_or(Error::NotFound)?;
    tx.commit().await?;
    Ok(one)
}

fn applied(cx: &Cx, dealing: &Dealing, one: &Return, action: &ReturnMove, by: Hand, seen: i32) -> Result<ReturnMoved> {
    let days = legal_days(dealing);
    let moved = one.apply(action, by, seen, &terms(&dealing.terms, &days), cx.now());
    moved.map_err(|refusal| refused(field(action, &refusal), refusal))
}

/// The field of the input that a refusal is about.
fn field(action: &ReturnMove, refusal: &Refusal) -> &'static [&'static str] {
    match (refusal, action) {
        (Refusal::WrongRevision { .. }, _) => &["revision"],
        (Refusal::Length { .. }, ReturnMove::Decline { .. }) => &["text"],
        (Refusal::NotNow { .. }, ReturnMove::Decline { exclusion: Some(_), .. }) => &["exclusion"],
        (Refusal::Invalid { .. }, ReturnMove::ProposeKeepItem { .. }) => &["amount"],
        (Refusal::Length { .. } | Refusal::Invalid { .. }, ReturnMove::AttachLabel { .. }) => &["papers", "label"],
        (Refusal::Length { what: "An address", .. }, ReturnMove::ProvideRmaNumber { .. }) => &["papers", "rma", "address"],
        (Refusal::Length { .. }, ReturnMove::ProvideRmaNumber { .. }) => &["papers", "rma", "number"],
        (Refusal::Length { what: "A carrier", .. }, ReturnMove::RecordShipped { .. }) => &["carrier"],
        (Refusal::Length { .. }, ReturnMove::RecordShipped { .. }) => &["trackingNumber"],
        (Refusal::Invalid { .. }, ReturnMove::RecordReceived(_)) => &["quantity"],
        (Refusal::Length { .. }, ReturnMove::MarkNonCompliant { .. }) => &["result", "nonCompliant", "text"],
        (Refusal::Invalid { .. }, ReturnMove::MarkNonCompliant { .. }) => &["result", "nonCompliant", "withheld"],
        (Refusal::NotAllowed, _) => &[],
        _ => &["returnId"],
    }
}

/// A return that the actor knows, with its case and its order under lock.
async fn locked(tx: &Tx, actor: &Actor, id: ReturnId) -> Result<Option<(Dealing, Return)>> {
    let Some(mut seen) = tx.known_return(actor.scope(), id).await? else { return Ok(None) };
    loop {
        let dealing = Box::pin(dealings::of(tx, seen.case, seen.order)).await?;
        // Read again under the locks: it may have moved in between, or its case have gone on in another one.
        let Some(one) = tx.known_return(actor.scope(), id).await? else { return Ok(None) };
        if one.case == dealing.case.id {
            return Ok(Some((dealing, one)));
        }
        seen = one;
    }
}

/// Does what the passing of time means for a return. Whoever comes second finds nothing to do.
pub async fn elapse(cx: &Cx, due: DueReturn) -> Result<()> {
    let actor = Actor::system(due.marketplace);
    let mut tx = cx.store.begin(due.marketplace).await?;
    let Some((dealing, one)) = locked(&tx, &actor, due.id).await? else { return Ok(()) };
    let days = legal_days(&dealing);

    let Some(moved) = one.elapse(&terms(&dealing.terms, &days), cx.now()) else { return Ok(()) };

    let moving = Moving { cx, dealing: &dealing, who: &actor.who, guard: DisputeGuard::None };
    Box::pin(moving.write(&mut tx, moved, one.revision)).await?;
    tx.commit().await?;
    Ok(())
}
