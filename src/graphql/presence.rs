//! Who is typing and how far they have read, as long as somebody looks.

use std::time::Duration;

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject, Subscription};
use futures_util::Stream;
use tokio::sync::watch;

use super::errors::{Result, UserError, failure, split};
use super::session::session;
use super::threads::{ParticipantObject, ThreadObject};
use crate::domain::ids::{ParticipantId, ThreadId};
use crate::domain::parties::Actor;
use crate::domain::threads::Participant;
use crate::workflow::{Cx, presence};

/// Whether somebody is typing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::presence::Typing")]
pub(super) enum TypingState {
    /// They are. To be said again every few seconds: after ten it is forgotten.
    Started,
    /// They are not any more.
    Stopped,
}

/// Who is typing.
#[derive(InputObject)]
pub(super) struct ThreadTypingInput {
    /// Where.
    thread_id: ThreadId,
    /// Whether the viewer is typing.
    state: TypingState,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct ThreadTypingPayload {
    /// The thread; null when nothing was told.
    thread: Option<ThreadObject>,
    /// What is wrong with the input; when there is anything, nothing was told.
    user_errors: Vec<UserError>,
}

/// The mutations of this file.
#[derive(Default)]
pub(super) struct PresenceMutations;

#[Object]
impl PresenceMutations {
    /// Tells those who look at a thread now that the viewer's side is typing. Not stored. Safe to repeat: what is known is
    /// not told again.
    async fn thread_typing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where, and whether.")] input: ThreadTypingInput,
    ) -> Option<Result<ThreadTypingPayload>> {
        let run = async {
            let session = session(ctx)?;
            let told = presence::typing(session.cx(), session.actor(), input.thread_id, input.state.into()).await;
            let (thread, user_errors) = split(told)?;
            Ok(ThreadTypingPayload { thread: thread.map(ThreadObject), user_errors })
        };
        Some(run.await)
    }
}

/// What goes on in a thread now, whole: each replaces the one before.
pub(super) struct ThreadPresence {
    typing: Vec<ParticipantId>,
    participants: Vec<Participant>,
}

#[Object]
/// What goes on in a thread now, whole: each replaces the one before. People of a side are not told apart.
impl ThreadPresence {
    /// Who is typing, without the viewer's own side.
    async fn typing(&self) -> Vec<ParticipantObject> {
        let typing = self.participants.iter().filter(|participant| self.typing.contains(&participant.id));
        typing.cloned().map(ParticipantObject).collect()
    }

    /// Who takes part, with how far they have read, in the order in which they came in.
    async fn participants(&self) -> Vec<ParticipantObject> {
        self.participants.iter().cloned().map(ParticipantObject).collect()
    }
}

/// The subscriptions of this file.
#[derive(Default)]
pub(super) struct PresenceSubscriptions;

#[Subscription]
impl PresenceSubscriptions {
    /// Who is typing in a thread and how far they have read: once at the beginning, and whenever it changes. For those who
    /// take part. What is lost on the way is made good by the next.
    async fn thread_presence_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The thread.")] thread_id: ThreadId,
    ) -> Result<impl Stream<Item = Result<ThreadPresence>> + use<>> {
        let session = session(ctx)?;
        let (cx, actor) = (session.cx().clone(), session.actor().clone());
        let calls = cx.store.live().presence().watch(thread_id);
        presence::look(&cx, &actor, thread_id).await.map_err(|error| failure(&error))?;
        let looker = Looker { cx, actor, thread: thread_id, calls, shown: None };
        Ok(futures_util::stream::unfold(looker, |mut looker| async {
            let next = looker.next().await?;
            Some((next, looker))
        }))
    }
}

/// What is shown, and compared with what was shown before: how far each has read as the viewer may know it.
type Shown = (Vec<ParticipantId>, Vec<(ParticipantId, Option<i64>)>);

struct Looker {
    cx: Cx,
    actor: Actor,
    thread: ThreadId,
    calls: watch::Receiver<u64>,
    shown: Option<Shown>,
}

impl Looker {
    /// The next that differs from the last; none when the thread is out of sight.
    async fn next(&mut self) -> Option<Result<ThreadPresence>> {
        loop {
            self.calls.borrow_and_update();
            let (own, participants) = match presence::look(&self.cx, &self.actor, self.thread).await {
                Ok(found) => found,
                Err(crate::workflow::Error::NotFound) => return None,
                Err(error) => return Some(Err(failure(&error))),
            };
            let now = self.cx.now();
            let (mut typing, until) = self.cx.store.live().presence().typing(self.thread, now);
            typing.retain(|typist| *typist != own);
            let keys: Vec<_> = participants.iter().map(|participant| (self.thread, participant.read_up_to)).collect();
            let read = match self.cx.store.last_seen_up_to(self.actor.scope(), &keys).await {
                Ok(read) => read,
                Err(error) => return Some(Err(super::errors::store(&error))),
            };
            let numbers = participants
                .iter()
                .map(|participant| (participant.id, read.get(&(self.thread, participant.read_up_to)).map(|message| message.number)));
            // What moves out of the viewer's sight moves nothing here.
            let shown = (typing.clone(), numbers.collect());
            if self.shown.as_ref() != Some(&shown) {
                self.shown = Some(shown);
                return Some(Ok(ThreadPresence { typing, participants }));
            }
            let forgotten = until.and_then(|until| (until - now).to_std().ok()).unwrap_or(Duration::from_mins(1));
            // An error here is a lost sender, a time-out somebody who is forgotten; both mean: look again.
            drop(tokio::time::timeout(forgotten, self.calls.changed()).await);
        }
    }
}
