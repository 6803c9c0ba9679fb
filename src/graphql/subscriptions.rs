//! Live timelines. A subscription is a reader with a position: it is woken, takes what was committed after its position
//! and is in the viewer's scope, and goes on. So nothing is missed and nothing comes twice, whatever is lost between.
//!
//! What is new comes from the window that one reader keeps for the whole process; whoever is further behind reads the
//! database.

use std::collections::VecDeque;
use std::sync::Arc;

use async_graphql::{Context, Subscription};
use futures_util::Stream;
use tokio::sync::watch;

use super::cases::known_case;
use super::code::ErrorCode;
use super::errors::{Result, bad_input, coded, store};
use super::loaders::Generation;
use super::session::{Session, session};
use super::timeline::TimelineItem;
use crate::domain::ids::{CaseId, EventId};
use crate::domain::parties::Scope;
use crate::domain::sight::changes_sight;
use crate::domain::timeline::Event;
use crate::store::{Feed, Store, Window};

/// How many events are read at once.
const BATCH: u64 = 100;

/// The subscriptions of this file.
#[derive(Default)]
pub(super) struct TimelineSubscriptions;

#[Subscription]
impl TimelineSubscriptions {
    /// Each new item of one case's timeline, as this viewer may see it, in the order in which it happened.
    async fn case_timeline_item_added(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case.")] case_id: CaseId,
        #[graphql(desc = "The `id` of the last item that the client has: what came after it is sent first. Null begins now.")]
        since: Option<EventId>,
    ) -> Result<impl Stream<Item = Result<TimelineItem>> + use<>> {
        let session = session(ctx)?;
        known_case(session, case_id).await?;
        follow(session, Feed::Case(case_id), since).await
    }

    /// Each new item of all cases that this viewer knows, in the order in which it happened.
    async fn timeline_item_added(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The `id` of the last item that the client has: what came after it is sent first. Null begins now.")]
        since: Option<EventId>,
    ) -> Result<impl Stream<Item = Result<TimelineItem>> + use<>> {
        follow(session(ctx)?, Feed::All, since).await
    }
}

struct Reader {
    store: Store,
    scope: Scope,
    feed: Feed,
    position: i64,
    read: VecDeque<Event>,
    window: watch::Receiver<Arc<Window>>,
    generation: Generation,
    /// Whether something may have happened that ends the viewer's access: of that they read nothing themselves.
    may_be_out: bool,
}

async fn follow(session: &Session, feed: Feed, since: Option<EventId>) -> Result<impl Stream<Item = Result<TimelineItem>> + use<>> {
    let (db, scope) = (session.cx().store.clone(), session.scope());
    // What comes in between the two is after the position, and so found by whoever follows.
    let (position, window) = match since {
        None => {
            let position = db.last_position(scope.marketplace).await.map_err(|error| store(&error))?;
            (position, db.follow(scope.marketplace, Some(position)))
        }
        Some(id) => {
            let event = session.loaders().event(id).await?;
            let event = event.ok_or_else(|| bad_input("There is no item with the id `since` for this viewer."))?;
            (event.position, db.follow(scope.marketplace, None))
        }
    };
    let generation = session.loaders().generation();
    let reader = Reader { store: db, scope, feed, position, read: VecDeque::new(), window, generation, may_be_out: false };
    Ok(futures_util::stream::unfold(reader, |mut reader| async {
        let next = reader.next().await;
        Some((next, reader))
    }))
}

impl Reader {
    async fn next(&mut self) -> Result<TimelineItem> {
        loop {
            if let Some(event) = self.read.pop_front() {
                return Ok(TimelineItem::from(event));
            }
            // Seen before anything is read: what is added meanwhile wakes the next round.
            let window = Arc::clone(&self.window.borrow_and_update());
            if let Some(new) = window.since(self.position) {
                self.may_be_out |= new.iter().any(|told| changes_sight(&told.event.kind));
                let wanted = new.iter().filter(|told| self.feed.has(&told.event) && told.is_for(self.scope));
                self.read.extend(wanted.map(|told| told.event.clone()));
                self.generation.at(window.last());
            } else {
                let found = self.store.events_after(self.scope, self.feed, self.position, BATCH).await;
                self.read = found.map_err(|error| store(&error))?.into();
                self.generation.alone();
                self.may_be_out = true;
            }
            if let (Some(last), None) = (self.read.back(), window.since(self.position)) {
                self.position = last.position;
                continue;
            }
            // All up to where the window stood has been read, by whichever way.
            self.position = self.position.max(window.last());
            if self.read.is_empty() {
                if self.may_be_out && self.store.is_out(self.scope).await.map_err(|error| store(&error))? {
                    return Err(coded(ErrorCode::Unauthenticated, "Your access to this case is over."));
                }
                self.may_be_out = false;
                // The reader of the window ends after its last follower only.
                drop(self.window.changed().await);
            }
        }
    }
}
