//! What people do with a dispute.

use super::super::dealings::{self, Dealing};
use super::super::{Cx, Result, refunds, refused};
use super::evidence::{Piece, taken_in};
use super::{Held, hold, record, reread, terms};
use crate::domain::disputes::{Bid, Dispute, DisputeMove, Ruling};
use crate::domain::hands::StaffId;
use crate::domain::ids::{DisputeId, OfferId};
use crate::domain::money::Money;
use crate::domain::parties::{Actor, Party, Who};
use crate::domain::purchases::LineKey;
use crate::domain::refunds::RefundOrigin;
use crate::domain::refusal::Refusal;
use crate::store::Tx;

/// On which dispute something is done, as somebody saw it.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// Which.
    pub dispute: DisputeId,
    /// The revision that they saw.
    pub revision: i32,
}

/// What somebody wants to do with it.
#[derive(Debug, Clone)]
pub enum Wish {
    /// Answer it, for the party that did not open it.
    Answer(String),
    /// Offer something to the other party.
    MakeOffer(Bid),
    /// Offer something else in answer to the open offer.
    CounterOffer(Bid),
    /// Accept the open offer: this one.
    AcceptOffer(OfferId),
    /// Refuse it.
    RefuseOffer(OfferId),
    /// Take the dispute back.
    Withdraw,
    /// Ask for the operator's help.
    Escalate,
    /// Say that the operator does not decide this, and why.
    StandBack(String),
    /// Conciliate in it.
    TakeUp,
    /// Propose something to both, as the one who conciliates.
    Propose(Bid),
    /// Accept the open proposal: this one.
    AcceptProposal(OfferId),
    /// Refuse it.
    RefuseProposal(OfferId),
    /// Ask a party for evidence.
    RequestEvidence(Party, String),
    /// Hand evidence in.
    SubmitEvidence(Piece),
    /// Decide it.
    Decide(Box<Ruling>),
    /// Appeal, with something new.
    Appeal(String, Vec<Piece>),
    /// Decide the appeal.
    DecideAppeal(Box<Ruling>),
}

/// Does something with a dispute. What time has done to it by now is done first.
pub async fn take(cx: &Cx, actor: &Actor, step: Step, wish: Wish) -> Result<Dispute> {
    let hand = dealings::hand(&actor.who)?;
    let mut tx = cx.store.begin(actor.marketplace).await?;
    let held = hold(&tx, actor.scope(), step.dispute).await?;
    if held.dispute.revision != step.revision {
        return Err(refused(&["revision"], Refusal::WrongRevision { current: held.dispute.revision }));
    }
    let place = Place::of(&wish);
    let made = Box::pin(made(&tx, actor, &held, wish)).await?;
    let Held { dealing, dispute } = held;

    let moved = dispute.apply(&made, hand, step.revision, &terms(&dealing), cx.now());
    let moved = moved.map_err(|refusal| refused(&[place.at(&refusal)], refusal))?;

    record(cx, &mut tx, &dealing, &actor.who, &dispute, moved).await?;
    tx.commit().await?;
    reread(cx, actor, step.dispute).await
}

/// The move that a wish stands for, with what the rest of the house knows about it.
async fn made(tx: &Tx, actor: &Actor, held: &Held, wish: Wish) -> Result<DisputeMove> {
    Ok(match wish {
        Wish::Answer(text) => DisputeMove::Answer { text },
        Wish::MakeOffer(bid) => {
            let refundable = affordable(tx, held, &bid).await?;
            DisputeMove::MakeOffer { bid, refundable }
        }
        Wish::CounterOffer(bid) => {
            let refundable = affordable(tx, held, &bid).await?;
            DisputeMove::CounterOffer { bid, refundable }
        }
        Wish::AcceptOffer(offer) => DisputeMove::AcceptOffer(offer),
        Wish::RefuseOffer(offer) => DisputeMove::RefuseOffer(offer),
        Wish::Withdraw => DisputeMove::Withdraw,
        Wish::Escalate => DisputeMove::Escalate,
        Wish::StandBack(text) => DisputeMove::StandBack { text },
        Wish::TakeUp => DisputeMove::TakeUp { by: staff(&actor.who)? },
        Wish::Propose(bid) => {
            let by = staff(&actor.who)?;
            let refundable = affordable(tx, held, &bid).await?;
            DisputeMove::Propose { by, bid, refundable }
        }
        Wish::AcceptProposal(proposal) => DisputeMove::AcceptProposal(proposal),
        Wish::RefuseProposal(proposal) => DisputeMove::RefuseProposal(proposal),
        Wish::RequestEvidence(of, text) => DisputeMove::RequestEvidence { by: staff(&actor.who)?, of, text },
        Wish::SubmitEvidence(piece) => DisputeMove::SubmitEvidence(taken_in(tx, actor, &held.dispute, piece, &["attachmentId"]).await?),
        Wish::Decide(ruling) => {
            let by = staff(&actor.who)?;
            let refundable = refunds::refundable_now(tx, &held.dealing, line(held)).await?;
            amount_fits(ruling.amount, disputed(held, refundable), 0)?;
            DisputeMove::Decide { by, ruling, refundable }
        }
        Wish::Appeal(text, pieces) => {
            let mut evidence = Vec::with_capacity(pieces.len());
            for (position, piece) in pieces.into_iter().enumerate() {
                let path = ["evidence", &position.to_string(), "attachmentId"];
                evidence.push(taken_in(tx, actor, &held.dispute, piece, &path).await?);
            }
            DisputeMove::Appeal { text, evidence }
        }
        Wish::DecideAppeal(ruling) => {
            let by = staff(&actor.who)?;
            let left = refunds::refundable_now(tx, &held.dealing, line(held)).await?;
            // What the first decision gave can be given again, as it would only be confirmed.
            let refundable = left.plus(given_already(tx, &held.dealing, &held.dispute).await?).map_err(too_large)?;
            amount_fits(ruling.amount, disputed(held, refundable), 0)?;
            DisputeMove::DecideAppeal { by, ruling, refundable }
        }
    })
}

const fn line(held: &Held) -> Option<&LineKey> {
    held.dispute.order_line.as_ref()
}

fn staff(who: &Who) -> Result<StaffId> {
    StaffId::of(who).ok_or_else(|| refused(&["disputeId"], Refusal::NotAllowed))
}

/// The most that a decision can give.
fn disputed(held: &Held, refundable: Money) -> Money {
    held.dispute.amount.least(refundable).unwrap_or(refundable)
}

/// What can be refunded, if the amount of an offer is within it.
async fn affordable(tx: &Tx, held: &Held, bid: &Bid) -> Result<Money> {
    let refundable = refunds::refundable_now(tx, &held.dealing, line(held)).await?;
    if let Some(amount) = bid.amount {
        amount_fits(amount, refundable, 1)?;
    }
    Ok(refundable)
}

/// What the dispute has given the buyer so far, as far as the money is spoken for.
pub(super) async fn given_already(tx: &Tx, dealing: &Dealing, dispute: &Dispute) -> Result<Money> {
    let refunds = tx.refunds_of_order(dealing.purchase.order).await?;
    let own = refunds.iter().filter(|one| one.origin == RefundOrigin::Dispute(dispute.id) && one.refund.status.holds_money());
    let amounts = own.filter_map(|one| one.refund.grant.as_deref()?.total().ok());
    Money::sum(dispute.amount.currency, amounts).map_err(too_large)
}

#[expect(clippy::needless_pass_by_value, reason = "errors are handed on")]
fn too_large(error: crate::domain::money::MoneyError) -> super::Error {
    refused(&["amount"], Refusal::Invalid { message: format!("{error}.") })
}

/// Whether an amount lies between the least and the most, in the currency of the most.
pub(super) fn amount_fits(amount: Money, most: Money, least: i64) -> Result<()> {
    let message = if amount.currency != most.currency {
        format!("The order was paid in {}.", most.currency)
    } else if amount.minor < least {
        "The amount must be more than nothing.".to_owned()
    } else if amount.minor > most.minor {
        format!("At most {most} can be refunded.")
    } else {
        return Ok(());
    };
    Err(refused(&["amount"], Refusal::Invalid { message }))
}

/// Where in the input a fault lies that the rules find.
#[derive(Debug, Clone, Copy)]
struct Place {
    invalid: &'static str,
    not_now: &'static str,
}

impl Place {
    const fn of(wish: &Wish) -> Self {
        let (invalid, not_now) = match wish {
            Wish::MakeOffer(_) | Wish::CounterOffer(_) | Wish::Propose(_) | Wish::Decide(_) | Wish::DecideAppeal(_) => {
                ("remedy", "disputeId")
            }
            Wish::AcceptOffer(_) | Wish::RefuseOffer(_) => ("disputeId", "offerId"),
            Wish::AcceptProposal(_) | Wish::RefuseProposal(_) => ("disputeId", "proposalId"),
            Wish::RequestEvidence(..) => ("of", "disputeId"),
            Wish::SubmitEvidence(_) => ("audience", "disputeId"),
            Wish::Appeal(..) => ("evidence", "disputeId"),
            _ => ("disputeId", "disputeId"),
        };
        Self { invalid, not_now }
    }

    const fn at(self, refusal: &Refusal) -> &'static str {
        match refusal {
            Refusal::WrongRevision { .. } => "revision",
            Refusal::Length { what, .. } => match what.as_bytes() {
                b"The statement of reasons" => "statement",
                b"The clause of the charter" => "clause",
                _ => "text",
            },
            Refusal::Twice { .. } => "text",
            Refusal::Invalid { .. } => self.invalid,
            Refusal::NotNow { .. } => self.not_now,
            _ => "disputeId",
        }
    }
}
