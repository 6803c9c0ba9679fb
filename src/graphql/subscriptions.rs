//! Live timelines. A subscription is a reader with a position: it is woken, reads what was committed after its
//! position in the viewer's scope, and goes on. So nothing is missed and nothing comes twice, whatever is lost between.

use std::collections::VecDeque;
use std::time::Duration;

use async_graphql::{Context, Subscription};
use futures_util::Stream;
use tokio::sync::watch;

use super::cases::known_case;
use super::errors::{Result, bad_input, store};
use super::session::{Session, session};
use super::timeline::TimelineItem;
use crate::domain::ids::{CaseId, EventId};
use crate::domain::parties::Scope;
use crate::domain::timeline::Event;
use crate::store::{Feed, Store};

/// How many events are read at once.
const BATCH: u64 = 100;
/// How long a reader waits for a call before it looks by itself: a call of another replica may be lost.
const LOOK: Duration = Duration::from_secs(5);

/// The subscriptions.
#[derive(Default)]
pub struct SubscriptionRoot;

#[Subscription(name = "Subscription")]
impl SubscriptionRoot {
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
    calls: watch::Receiver<u64>,
}

async fn follow(session: &Session, feed: Feed, since: Option<EventId>) -> Result<impl Stream<Item = Result<TimelineItem>> + use<>> {
    let (db, scope) = (session.cx().store.clone(), session.scope());
    // Listening begins before the position is read, so that nothing falls between the two.
    let calls = db.live().timeline(scope.marketplace);
    let position = match since {
        None => db.last_position(scope.marketplace).await.map_err(|error| store(&error))?,
        Some(id) => {
            let event = session.loaders().event(id).await?;
            event.ok_or_else(|| bad_input("There is no item with the id `since` for this viewer."))?.position
        }
    };
    let reader = Reader { store: db, scope, feed, position, read: VecDeque::new(), calls };
    Ok(futures_util::stream::unfold(reader, |mut reader| async {
        let next = reader.next().await;
        Some((next, reader))
    }))
}

impl Reader {
    async fn next(&mut self) -> Result<TimelineItem> {
        loop {
            if let Some(event) = self.read.pop_front() {
                self.position = event.position;
                return Ok(TimelineItem::from(event));
            }
            // Seen before reading: a call that comes while the database is read wakes the next round.
            self.calls.borrow_and_update();
            let found = self.store.events_after(self.scope, self.feed, self.position, BATCH).await;
            self.read = found.map_err(|error| store(&error))?.into();
            if self.read.is_empty() {
                // An error here is a lost sender, a time-out a quiet marketplace; both mean: look again.
                drop(tokio::time::timeout(LOOK, self.calls.changed()).await);
            }
        }
    }
}
