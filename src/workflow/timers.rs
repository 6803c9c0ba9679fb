//! Silence is a transition: what happens when nobody did anything.

use super::templates::{self, Rendering, TemplateName};
use super::threads::{acknowledge, reshape_buyer_thread};
use super::{Cx, Error, Result, effects};
use crate::domain::cases::Case;
use crate::domain::parties::Actor;
use crate::store::DueCase;

/// The template by which a new case is acknowledged.
const ACKNOWLEDGEMENT: &str = "acknowledgement";

/// Does what the passing of time means for a case. Whoever comes second finds nothing to do.
pub async fn fire(cx: &Cx, due: DueCase) -> Result<()> {
    let actor = Actor::system(due.marketplace);
    let marketplace = cx.marketplace(due.marketplace).await?;
    let Some(seen) = cx.store.cases_by_id(actor.scope(), &[due.case]).await?.pop() else { return Ok(()) };
    let words = if seen.must_acknowledge(cx.now()) { acknowledgement(cx, &actor, &seen).await? } else { None };
    let mut tx = cx.store.begin(due.marketplace).await?;
    let Some(case) = tx.lock_case(actor.scope(), due.case).await? else { return Ok(()) };
    let terms = tx.terms(&marketplace, &case).await?;

    let Some(moved) = case.elapse(&terms, cx.now()) else { return Ok(()) };

    if case.must_acknowledge(cx.now())
        && let Some(words) = words
    {
        acknowledge(&mut tx, &marketplace, &case, words).await?;
    }
    effects::record(&mut tx, &terms, &actor.who, &moved).await?;
    if moved.case.mode != case.mode {
        reshape_buyer_thread(&mut tx, &actor.who, &moved.case).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// What the buyer of a new case is told; nothing when the marketplace's template cannot be filled.
async fn acknowledgement(cx: &Cx, actor: &Actor, case: &Case) -> Result<Option<String>> {
    let template = TemplateName::Key(ACKNOWLEDGEMENT.to_owned());
    let request = Rendering { template, case: case.id, thread: None, locale: None, variables: Vec::new() };
    match templates::render_for(cx, actor, request).await {
        Ok(rendered) => Ok(Some(rendered.text)),
        Err(error @ Error::Refused { .. }) => {
            tracing::warn!(case.id = %case.id, %error, "a case is not acknowledged: its template cannot be filled");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
