//! Words on their way to the other side, with their contact details hidden where the marketplace wants that.

use super::threads::TEXT_LIMIT;
use super::{Check, Cx, Result, refused};
use crate::domain::charter::Marketplace;
use crate::domain::ids::ThreadId;
use crate::domain::masking::{self, Masking, Reading};
use crate::domain::parties::{Actor, Party};
use crate::domain::refusal::Refusal;
use crate::domain::threads::{Message, Participant};
use crate::policy;
use crate::store::Tx;

/// Words that are about to be posted.
#[derive(Debug, Clone)]
pub struct Preview {
    /// Where.
    pub thread: ThreadId,
    /// What.
    pub text: String,
}

/// How each other side will read words that the actor has not posted yet.
pub async fn preview(cx: &Cx, actor: &Actor, preview: Preview) -> Result<Vec<Reading>> {
    let mut check = Check::default();
    check.text(&["text"], "The text", &preview.text, TEXT_LIMIT);
    check.done()?;
    let marketplace = cx.marketplace(actor.marketplace).await?;
    let found = cx.store.threads_by_id(actor.scope(), &[preview.thread]).await?;
    let thread = found.first().ok_or_else(|| refused(&["threadId"], Refusal::NotFound { what: "Thread" }))?;
    let participants = cx.store.participants(actor.scope(), &[thread.id]).await?;
    policy::may_post(&actor.who, thread, &participants).map_err(|refusal| refused(&["threadId"], refusal))?;
    let author = actor.party().ok_or(Refusal::NotAllowed)?;
    Ok(readings(&marketplace, &preview.text, author, &participants))
}

/// How everybody else in a thread reads an author's words.
pub fn readings(marketplace: &Marketplace, text: &str, author: Party, participants: &[Participant]) -> Vec<Reading> {
    let present: Vec<_> = participants.iter().map(|participant| participant.member.party()).collect();
    masking::readings(marketplace, text, author, &present)
}

/// The words of a message as they go out to the buyer.
pub(super) async fn for_buyer(tx: &Tx, message: &Message) -> Result<String> {
    if !Masking::concerns(message.author, Party::Buyer) {
        return Ok(message.text.clone());
    }
    // Boxed, as it stands at the bottom of the deepest futures.
    Ok(Box::pin(tx.own_marketplace()).await?.words_for(&message.text, message.author, Party::Buyer))
}
