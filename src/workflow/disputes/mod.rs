//! Disputes: buyer and seller disagree, the operator conciliates and then decides, another person hears an appeal.
//!
//! Whoever moves one holds the locks of its order, its case and itself, in that order, so that a refund and a decision about
//! the same line come one after the other. What a move asks of the rest of the house happens in the same transaction.

mod carrying;
mod evidence;
mod opening;
mod steps;
mod telling;

pub mod bundle;

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;

pub use evidence::{Piece, download, link, open_link};
pub use opening::{Opening, open};
pub use steps::{Step, Wish, take};

use super::dealings::{self, Dealing};
use super::{Cx, Error, Result, ratings, refused};
use crate::domain::charter::{Marketplace, Terms};
use crate::domain::disputes::{Dispute, DisputeAction, DisputeMoved, DisputeTerms};
use crate::domain::hands::{Available, StaffId};
use crate::domain::ids::DisputeId;
use crate::domain::money::Money;
use crate::domain::parties::{Actor, Scope, Who};
use crate::domain::refunds::{Refund, RefundStatus};
use crate::domain::refusal::Refusal;
use crate::domain::timeline::EventKind;
use crate::store::{DueDispute, Tx};

/// A dispute with what it belongs to, all of it locked.
struct Held {
    dealing: Dealing,
    dispute: Dispute,
}

/// A dispute that the actor knows.
async fn hold(tx: &Tx, scope: Scope, id: DisputeId) -> Result<Held> {
    let not_found = || refused(&["disputeId"], Refusal::NotFound { what: "Dispute" });
    let mut place = tx.dispute_place(scope, id).await?.ok_or_else(not_found)?;
    loop {
        let dealing = dealings::of(tx, place.case, place.order).await?;
        let dispute = tx.lock_dispute(id).await?.ok_or_else(not_found)?;
        // Read again under the lock: its case may have gone on in another one.
        if dispute.case == dealing.case.id {
            return Ok(Held { dealing, dispute });
        }
        place.case = dispute.case;
    }
}

/// What applies to a dispute of this case.
fn terms(dealing: &Dealing) -> DisputeTerms<'_> {
    DisputeTerms { policy: &dealing.terms.charter.disputes, charter: &dealing.terms }
}

/// Writes a move down: the dispute, what happened, what is to be done.
async fn record(cx: &Cx, tx: &mut Tx, dealing: &Dealing, who: &Who, before: &Dispute, moved: DisputeMoved) -> Result<()> {
    tx.save_dispute(&moved.after, before).await?;
    ratings::dispute_moved(tx, before, &moved.after).await?;
    announce(cx, tx, dealing, who, moved).await
}

/// The same for one that was just stored.
async fn announce(cx: &Cx, tx: &mut Tx, dealing: &Dealing, who: &Who, moved: DisputeMoved) -> Result<()> {
    let DisputeMoved { after, events, effects } = moved;
    let id = after.id;
    telling::news(tx, dealing, &after, &events).await?;
    dealings::tell(tx, dealing.case.id, who, events, |what| EventKind::Dispute { dispute: id, what }).await?;
    for effect in effects {
        Box::pin(carrying::carry(cx, tx, dealing, who, &after, effect)).await?;
    }
    Ok(())
}

/// A dispute as the actor sees it now.
async fn reread(cx: &Cx, actor: &Actor, id: DisputeId) -> Result<Dispute> {
    cx.store.disputes_by_id(actor.scope(), &[id]).await?.pop().ok_or(Error::NotFound)
}

/// What the actor may do with a dispute, from when and until when.
pub fn available(actor: &Actor, dispute: &Dispute, marketplace: &Marketplace, now: DateTime<Utc>) -> Vec<Available<DisputeAction>> {
    let Ok(hand) = dealings::hand(&actor.who) else { return Vec::new() };
    let charter = Terms::today(marketplace);
    let terms = DisputeTerms { policy: &charter.charter.disputes, charter: &charter };
    dispute.available_actions(hand, StaffId::of(&actor.who).as_ref(), &terms, now)
}

/// Does what the passing of time means for a dispute. Whoever comes second finds nothing to do.
pub async fn fire(cx: &Cx, due: DueDispute) -> Result<()> {
    let actor = Actor::system(due.marketplace);
    let mut tx = cx.store.begin(due.marketplace).await?;
    let Held { dealing, dispute } = hold(&tx, actor.scope(), due.dispute).await?;

    let Some(moved) = dispute.elapse(&terms(&dealing), cx.now()) else { return Ok(()) };

    record(cx, &mut tx, &dealing, &actor.who, &dispute, moved).await?;
    tx.commit().await?;
    Ok(())
}

/// Settles the disputes of an order that its refunds cover. The case and the order are locked.
pub(super) async fn refunds_changed(cx: &Cx, tx: &mut Tx, dealing: &Dealing) -> Result<()> {
    settle_covered(cx, tx, dealing).await
}

/// Boxed under a name of its own: what settles may give money, and what gives money may settle.
fn settle_covered<'a>(cx: &'a Cx, tx: &'a mut Tx, dealing: &'a Dealing) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let open: Vec<_> = tx.disputes_of_order(dealing.purchase.order).await?.into_iter().filter(|one| one.stage.is_open()).collect();
        if open.is_empty() {
            return Ok(());
        }
        let refunds = tx.refunds_of_order(dealing.purchase.order).await?;
        for seen in open {
            let Some(dispute) = tx.lock_dispute(seen.id).await? else { continue };
            let amounts = refunds.iter().filter_map(|one| paid_on(&one.refund, &dispute));
            let Ok(refunded) = Money::sum(dispute.amount.currency, amounts) else { continue };
            // A refund of one case may settle a dispute of another about the same order.
            let elsewhere = if dispute.case == dealing.case.id { None } else { Some(dealings::of(tx, dispute.case, dispute.order).await?) };
            let dealing = elsewhere.as_ref().unwrap_or(dealing);
            if let Some(moved) = dispute.refund_covers(refunded, &terms(dealing), cx.now()) {
                record(cx, tx, dealing, &Who::System, &dispute, moved).await?;
            }
        }
        Ok(())
    })
}

/// What a refund has paid of what a dispute is about, since it was opened.
fn paid_on(refund: &Refund, dispute: &Dispute) -> Option<Money> {
    let paid_at = refund.last_attempt().and_then(|attempt| attempt.heard_at).unwrap_or(refund.updated_at);
    if refund.status != RefundStatus::Succeeded || paid_at < dispute.opened_at {
        return None;
    }
    let grant = refund.grant.as_deref()?;
    match &dispute.order_line {
        // With the delivery of other lines, where that went along.
        Some(line) if *line != refund.line => grant.on(line).map(|item| item.parts.total()),
        _ => grant.total().ok(),
    }
}
