//! Two cases become one.

use super::cases::reread;
use super::threads::buyer_thread;
use super::{Cx, Error, Result, effects, refused};
use crate::domain::cases::{Case, CaseAction, CaseMove, CaseStatus, Outcome};
use crate::domain::effects::Effect;
use crate::domain::ids::CaseId;
use crate::domain::parties::{Actor, Party};
use crate::domain::refusal::Refusal;
use crate::domain::threads::{Member, ThreadKind};
use crate::domain::timeline::{EventKind, NewEvent};
use crate::policy;
use crate::store::Tx;

/// Lets a case go on in another one of the same buyer: the other gets its words, its private threads and its tickets. What a
/// seller could not read before, it cannot read after.
pub async fn merge(cx: &Cx, actor: &Actor, id: CaseId, into: CaseId) -> Result<Case> {
    if id == into {
        return Err(refused(&["intoCaseId"], Refusal::Invalid { message: "A case cannot be merged into itself.".into() }));
    }
    let marketplace = cx.marketplace(actor.marketplace).await?;
    let mut tx = cx.store.begin(actor.marketplace).await?;
    let (source, target) = both(&tx, actor, id, into).await?;
    for case in [&source, &target] {
        policy::require_action(&actor.who, CaseAction::Merge, case)?;
    }
    mergeable(&source, &target)?;
    // They were let into this matter; nobody has asked whether they may read another one.
    if super::mediators::reads_along(&tx, target.id, cx.now()).await? {
        let message = "A mediator reads along in this case: take the access away first, or wait until it is over.";
        return Err(refused(&["intoCaseId"], Refusal::Invalid { message: message.into() }));
    }

    let source_terms = tx.terms(&marketplace, &source).await?;
    let mut closed = source.apply(&CaseMove::Close(Outcome::Merged), &source_terms, cx.now())?;
    closed.case.outcome = Some(Outcome::Merged);
    closed.case.merged_into = Some(target.id);
    closed.events.push(NewEvent::for_all(EventKind::CaseMerged { into: target.id }));
    // Its tickets tell the other case from now on, and follow that one.
    closed.effects.retain(|effect| *effect != Effect::SyncTicket);
    let target_terms = tx.terms(&marketplace, &target).await?;
    let asked = matches!(source.status, CaseStatus::WaitingSeller | CaseStatus::WaitingOperator);
    let step = if asked { CaseMove::Write(Party::Buyer) } else { CaseMove::Prioritize(target.priority.max(source.priority)) };
    let mut absorbed = target.apply(&step, &target_terms, cx.now())?;
    absorbed.events.push(NewEvent::for_all(EventKind::CaseAbsorbed { from: source.id }));
    absorbed.effects = vec![Effect::SyncTicket];

    move_words(&mut tx, actor, &source, &target).await?;
    tx.move_pool_questions(source.id, target.id).await?;
    tx.move_disputes(source.id, target.id).await?;
    tx.move_refunds(source.id, target.id).await?;
    tx.move_payment_calls(source.id, target.id).await?;
    tx.move_credits(source.id, target.id).await?;
    tx.move_returns(source.id, target.id).await?;
    tx.move_withdrawals(source.id, target.id).await?;
    for ticket in tx.tickets_of(source.id).await? {
        tx.link_ticket(target.id, ticket.id).await?;
        if effects::can_carry(&ticket) {
            effects::note(&mut tx, &target, &ticket, merge_note(&marketplace.locale, &source, &target));
        }
    }
    effects::record(&mut tx, &source_terms, &actor.who, &closed).await?;
    effects::record(&mut tx, &target_terms, &actor.who, &absorbed).await?;
    tx.commit().await?;
    reread(cx, actor, target.id).await
}

async fn both(tx: &Tx, actor: &Actor, id: CaseId, into: CaseId) -> Result<(Case, Case)> {
    let mut cases = tx.lock_cases(actor.scope(), &[id, into]).await?;
    let mut take = |id: CaseId, field| {
        let position = cases.iter().position(|case| case.id == id);
        position.map(|position| cases.swap_remove(position)).ok_or_else(|| refused(&[field], Refusal::NotFound { what: "Case" }))
    };
    let source = take(id, "caseId")?;
    Ok::<_, Error>((source, take(into, "intoCaseId")?))
}

fn mergeable(source: &Case, target: &Case) -> Result<()> {
    for (case, field) in [(source, "caseId"), (target, "intoCaseId")] {
        if case.status == CaseStatus::Closed {
            return Err(refused(&[field], Refusal::NotInThisState { status: case.status }));
        }
    }
    if source.buyer != target.buyer {
        return Err(refused(&["intoCaseId"], Refusal::Invalid { message: "Only cases of the same buyer can be merged.".into() }));
    }
    if source.seller.is_some() && source.seller != target.seller {
        return Err(refused(&["intoCaseId"], Refusal::SellersDiffer));
    }
    Ok(())
}

async fn move_words(tx: &mut Tx, actor: &Actor, source: &Case, target: &Case) -> Result<()> {
    let home = buyer_thread(tx, &actor.who, target).await?;
    for thread in tx.threads_of_case(source.id).await? {
        if thread.kind == ThreadKind::OperatorSeller {
            tx.link_thread(target.id, thread.id).await?;
            continue;
        }
        let seller = target.seller.map(Member::Seller);
        let participants = tx.participants(thread.id).await?;
        let place = participants.iter().find(|participant| Some(participant.member) == seller);
        tx.move_messages(thread.id, home.id, place.map(|place| place.visible_from)).await?;
    }
    Ok(())
}

fn merge_note(locale: &str, source: &Case, target: &Case) -> String {
    if locale.split('-').next() == Some("fr") {
        format!("{} continue dans {} ({}).", source.reference, target.reference, target.subject)
    } else {
        format!("{} goes on in {} ({}).", source.reference, target.reference, target.subject)
    }
}
