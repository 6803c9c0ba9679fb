//! Who is typing. Nothing of it is written down.

use super::{Cx, Error, Result, refused};
use crate::domain::ids::{ParticipantId, ThreadId};
use crate::domain::parties::{Actor, View};
use crate::domain::presence::Typing;
use crate::domain::refusal::Refusal;
use crate::domain::threads::{Participant, Thread};
use crate::policy;
use crate::store::Sign;

/// Tells the others in a thread that the actor types, or has stopped.
pub async fn typing(cx: &Cx, actor: &Actor, thread: ThreadId, typing: Typing) -> Result<Thread> {
    let found = cx.store.threads_by_id(actor.scope(), &[thread]).await?.pop();
    let found = found.ok_or_else(|| refused(&["threadId"], Refusal::NotFound { what: "Thread" }))?;
    let participants = cx.store.participants(actor.scope(), &[thread]).await?;
    policy::may_post(&actor.who, &found, &participants).map_err(|refusal| refused(&["threadId"], refusal))?;
    let own = policy::place(&actor.who, &participants).ok_or_else(|| refused(&["threadId"], Refusal::NotAllowed))?;
    cx.store.live().presence().sign(thread, own.id, Sign::Typing(typing), cx.now());
    Ok(found)
}

/// Who takes part in a thread now, the actor's own place first of all; not found for whoever has no place in it.
pub async fn look(cx: &Cx, actor: &Actor, thread: ThreadId) -> Result<(ParticipantId, Vec<Participant>)> {
    if matches!(actor.scope().view, View::Storefront | View::Mediator { .. }) {
        return Err(Error::NotFound);
    }
    let participants = cx.store.participants(actor.scope(), &[thread]).await?;
    let own = policy::place(&actor.who, &participants).ok_or(Error::NotFound)?.id;
    Ok((own, participants))
}
