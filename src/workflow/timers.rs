//! Silence is a transition: what happens when nobody did anything.

use super::{Cx, Result, effects};
use crate::domain::cases::{CaseMove, CaseStatus, EscalationReason};
use crate::domain::parties::Actor;
use crate::store::{DueTimer, TimerKind};
use crate::workflow::threads::reshape_buyer_thread;

/// Does what a timer that ran out stands for. Whoever comes second finds nothing to do.
pub async fn fire(cx: &Cx, timer: DueTimer) -> Result<()> {
    let actor = Actor::system(timer.marketplace);
    let charter = cx.marketplace(timer.marketplace).await?.charter;
    let mut tx = cx.store.begin(timer.marketplace).await?;
    let case = tx.lock_case(actor.scope(), timer.case).await?;
    let ran = tx.take_due_timer(timer.case, timer.kind, cx.now()).await?;
    let (Some(case), true) = (case, ran) else { return Ok(()) };

    let TimerKind::SellerReply = timer.kind;
    let due = case.status == CaseStatus::WaitingSeller && case.reply_due_at.is_some_and(|due_at| due_at <= cx.now());
    if due {
        let escalate = CaseMove::Escalate { reason: EscalationReason::SellerSilent, note: String::new() };
        let moved = case.apply(&escalate, &charter, cx.now())?;
        effects::record(&mut tx, &charter, &actor.who, &moved).await?;
        reshape_buyer_thread(&mut tx, &actor.who, &moved.case).await?;
    }
    tx.commit().await?;
    Ok(())
}
