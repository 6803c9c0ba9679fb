//! Silence is a transition: what happens when nobody did anything.

use super::{Cx, Result, effects};
use crate::domain::parties::Actor;
use crate::store::DueCase;
use crate::workflow::threads::reshape_buyer_thread;

/// Does what the passing of time means for a case. Whoever comes second finds nothing to do.
pub async fn fire(cx: &Cx, due: DueCase) -> Result<()> {
    let actor = Actor::system(due.marketplace);
    let marketplace = cx.marketplace(due.marketplace).await?;
    let mut tx = cx.store.begin(due.marketplace).await?;
    let Some(case) = tx.lock_case(actor.scope(), due.case).await? else { return Ok(()) };
    let terms = tx.terms(&marketplace, &case).await?;

    let Some(moved) = case.elapse(&terms, cx.now()) else { return Ok(()) };

    effects::record(&mut tx, &terms, &actor.who, &moved).await?;
    if moved.case.mode != case.mode {
        reshape_buyer_thread(&mut tx, &actor.who, &moved.case).await?;
    }
    tx.commit().await?;
    Ok(())
}
