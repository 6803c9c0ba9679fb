//! The newest events of a marketplace, in memory: read once for all who follow it in this process.
//!
//! One task reads what was committed, together with what decides who may see it, and shows it to everybody. A follower
//! takes what comes after its own position and decides by `domain::sight`. Whoever is further behind than the window
//! reaches back reads the database instead; so a lost or merged call, a slow client, a restart cost nothing but that.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use sea_orm::{ColumnTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationDef};
use tokio::sync::watch;
use uuid::Uuid;

use super::entity::{cases, events, mediator_places, participants};
use super::threads::member;
use super::timeline::event;
use super::{Result, Store, scope};
use crate::domain::ids::{BuyerId, MarketplaceId, MediatorId, SellerId};
use crate::domain::parties::Scope;
use crate::domain::sight::{Surroundings, changes_sight};
use crate::domain::threads::Member;
use crate::domain::timeline::Event;

/// How many events are kept.
const KEPT: usize = 1_024;
/// How many events are read at once.
const BATCH: u64 = 256;
/// How long the reader waits for a call before it looks by itself: a call of another replica may be lost.
const LOOK: Duration = Duration::from_secs(5);
/// How long it waits when the database did not answer.
const AGAIN: Duration = Duration::from_secs(1);

/// An event, and what decides who may see it.
#[derive(Debug)]
pub struct Told {
    /// What happened.
    pub event: Event,
    around: Surroundings,
}

impl Told {
    /// Whether a reader may see it.
    pub fn is_for(&self, scope: Scope) -> bool {
        self.around.show(scope, self.event.audience)
    }
}

/// The newest events, without a gap.
#[derive(Debug, Clone)]
pub struct Window {
    /// The position before the first event.
    after: i64,
    /// The position of the last event that was read.
    last: i64,
    events: Vec<Arc<Told>>,
}

impl Window {
    /// One that reaches nobody: nothing has been read yet.
    const UNREAD: Self = Self { after: i64::MAX, last: 0, events: Vec::new() };

    const fn at(position: i64) -> Self {
        Self { after: position, last: position, events: Vec::new() }
    }

    /// The position of the last event that was read.
    pub const fn last(&self) -> i64 {
        self.last
    }

    /// The events after a position; none when the window does not reach back so far.
    pub fn since(&self, position: i64) -> Option<&[Arc<Told>]> {
        if position < self.after {
            return None;
        }
        let begin = self.events.partition_point(|told| told.event.position <= position);
        Some(self.events.get(begin..).unwrap_or_default())
    }

    /// The window with what was read next.
    fn with(&self, read: Vec<Arc<Told>>) -> Self {
        let mut next = self.clone();
        if read.iter().any(|told| changes_sight(&told.event.kind)) {
            // Who saw what came before is not known any more; who still wants it asks the database.
            next.events.clear();
            next.after = next.last;
        }
        next.events.extend(read);
        if next.events.len() > KEPT {
            next.events.drain(..next.events.len() - KEPT);
            next.after = next.events.first().map_or(next.after, |told| told.event.position - 1);
        }
        next.last = next.events.last().map_or(next.last, |told| told.event.position);
        next
    }
}

/// Who stands where in a case.
struct Parties {
    /// The seller who knows it.
    seller: Option<SellerId>,
    buyer: BuyerId,
    /// The threads that were shown to mediators, each from which message on.
    shown: Vec<(MediatorId, Uuid, i64)>,
}

impl Parties {
    /// The mediators of the case, each with the message from which on they see this thread.
    fn mediators_at(&self, thread: Option<Uuid>) -> Vec<(MediatorId, Option<i64>)> {
        let mut all: Vec<(MediatorId, Option<i64>)> = Vec::new();
        for (mediator, shown, from) in &self.shown {
            let from = Some(*from).filter(|_| thread == Some(*shown));
            match all.iter_mut().find(|(known, _)| known == mediator) {
                Some((_, known)) => *known = known.or(from),
                None => all.push((*mediator, from)),
            }
        }
        all
    }
}

impl Store {
    /// The newest events of a marketplace. The first who follows starts the reader, at this position or, when none is given,
    /// where the marketplace stands; it ends with the last.
    pub fn follow(&self, marketplace: MarketplaceId, position: Option<i64>) -> watch::Receiver<Arc<Window>> {
        let mut windows = self.live.windows.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(window) = windows.get(&marketplace) {
            return window.subscribe();
        }
        let (window, follower) = watch::channel(Arc::new(position.map_or(Window::UNREAD, Window::at)));
        windows.insert(marketplace, window.clone());
        tokio::spawn(self.clone().read_on(marketplace, window));
        follower
    }

    /// Reads as long as somebody follows.
    async fn read_on(self, marketplace: MarketplaceId, window: watch::Sender<Arc<Window>>) {
        // Listening begins before anything is read, so that nothing falls between the two.
        let mut calls = self.live.timeline(marketplace);
        loop {
            calls.borrow_and_update();
            let wait = match self.read_next(marketplace, &window).await {
                Ok(()) => LOOK,
                Err(error) => {
                    tracing::warn!(%error, "new events could not be read; trying again");
                    AGAIN
                }
            };
            tokio::select! {
                // An error here is a lost sender, a time-out a quiet marketplace; both mean: look again.
                _ = tokio::time::timeout(wait, calls.changed()) => {}
                () = window.closed() => {
                    let mut windows = self.live.windows.lock().unwrap_or_else(PoisonError::into_inner);
                    // Somebody may have come in between; under the lock nobody does.
                    if window.receiver_count() == 0 {
                        windows.remove(&marketplace);
                        return;
                    }
                }
            }
        }
    }

    async fn read_next(&self, marketplace: MarketplaceId, window: &watch::Sender<Arc<Window>>) -> Result<()> {
        let current = Arc::clone(&window.borrow());
        if current.after == i64::MAX {
            let last = self.last_position(marketplace).await?;
            window.send_replace(Arc::new(Window::at(last)));
        }
        loop {
            let current = Arc::clone(&window.borrow());
            let read = self.told_after(marketplace, current.last, BATCH).await?;
            if read.is_empty() {
                return Ok(());
            }
            window.send_replace(Arc::new(current.with(read)));
        }
    }

    /// The events after a position with what decides who may see them, in the order of commits. For whoever decides.
    pub async fn told_after(&self, marketplace: MarketplaceId, position: i64, limit: u64) -> Result<Vec<Arc<Told>>> {
        let rows = events::Entity::find()
            .filter(events::Column::MarketplaceId.eq(marketplace.uuid()))
            .filter(events::Column::Position.gt(position))
            .order_by_asc(events::Column::Position)
            .limit(limit)
            .all(&self.reads)
            .await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let parties = self.parties(marketplace, &rows).await?;
        let places = self.places(marketplace, &rows).await?;
        let told = rows.into_iter().map(|row| {
            let message = row.message_number.zip(row.thread_id);
            let message = message.map(|(number, thread)| (number, places.get(&thread).cloned().unwrap_or_default()));
            let parties = parties.get(&row.case_id);
            let (seller, buyer) = parties.map_or((None, BuyerId::from_uuid(Uuid::nil())), |known| (known.seller, known.buyer));
            let mediators = parties.map(|known| known.mediators_at(row.thread_id)).unwrap_or_default();
            Ok(Arc::new(Told { around: Surroundings { seller, buyer, message, mediators }, event: event(row)? }))
        });
        told.collect()
    }

    async fn parties(&self, marketplace: MarketplaceId, rows: &[events::Model]) -> Result<HashMap<Uuid, Parties>> {
        let ids: std::collections::BTreeSet<_> = rows.iter().map(|row| row.case_id).collect();
        let shown = cases::Entity::belongs_to(mediator_places::Entity)
            .from((cases::Column::MarketplaceId, cases::Column::Id))
            .to((mediator_places::Column::MarketplaceId, mediator_places::Column::CaseId));
        let found = cases::Entity::find()
            .select_only()
            .columns([cases::Column::Id, cases::Column::SellerId, cases::Column::BuyerId])
            .expr_as(scope::seller_knows(marketplace), "known")
            .columns([mediator_places::Column::MediatorId, mediator_places::Column::ThreadId, mediator_places::Column::VisibleFrom])
            .join(JoinType::LeftJoin, RelationDef::from(shown))
            .filter(cases::Column::MarketplaceId.eq(marketplace.uuid()))
            .filter(cases::Column::Id.is_in(ids))
            .into_tuple::<(Uuid, Option<Uuid>, Uuid, bool, Option<Uuid>, Option<Uuid>, Option<i64>)>()
            .all(&self.reads)
            .await?;
        let mut parties: HashMap<Uuid, Parties> = HashMap::new();
        for (id, seller, buyer, known, mediator, thread, from) in found {
            let new = || Parties {
                seller: seller.filter(|_| known).map(SellerId::from_uuid),
                buyer: BuyerId::from_uuid(buyer),
                shown: Vec::new(),
            };
            let parties = parties.entry(id).or_insert_with(new);
            if let (Some(mediator), Some(thread), Some(from)) = (mediator, thread, from) {
                parties.shown.push((MediatorId::from_uuid(mediator), thread, from));
            }
        }
        Ok(parties)
    }

    async fn places(&self, marketplace: MarketplaceId, rows: &[events::Model]) -> Result<HashMap<Uuid, Vec<(Member, i64)>>> {
        let ids: std::collections::BTreeSet<_> = rows.iter().filter_map(|row| row.thread_id).collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let found = participants::Entity::find()
            .filter(participants::Column::MarketplaceId.eq(marketplace.uuid()))
            .filter(participants::Column::ThreadId.is_in(ids))
            .all(&self.reads)
            .await?;
        let mut places: HashMap<Uuid, Vec<(Member, i64)>> = HashMap::new();
        for row in found {
            places.entry(row.thread_id).or_default().push((member(&row)?, row.visible_from));
        }
        Ok(places)
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::domain::cases::CaseStatus;
    use crate::domain::ids::{CaseId, EventId, OrderId};
    use crate::domain::parties::{Audience, Who};
    use crate::domain::timeline::EventKind;

    fn told(position: i64, kind: EventKind) -> Arc<Told> {
        let (id, case, at) = (EventId::generate(), CaseId::generate(), DateTime::UNIX_EPOCH);
        let event = Event { id, case, number: 1, position, kind, audience: Audience::ALL, actor: Who::System, at };
        Arc::new(Told { event, around: Surroundings { seller: None, buyer: BuyerId::generate(), message: None, mediators: Vec::new() } })
    }

    fn opened(position: i64) -> Arc<Told> {
        told(position, EventKind::CaseOpened { status: CaseStatus::WaitingSeller })
    }

    fn positions(window: &Window, position: i64) -> Option<Vec<i64>> {
        window.since(position).map(|events| events.iter().map(|told| told.event.position).collect())
    }

    #[test]
    fn a_window_gives_what_comes_after_a_position_or_says_that_it_does_not_know() {
        assert_eq!(positions(&Window::UNREAD, 7), None);
        let window = Window::at(10).with(vec![opened(11), opened(12)]).with(vec![opened(13)]);
        assert_eq!((positions(&window, 9), positions(&window, 10)), (None, Some(vec![11, 12, 13])));
        assert_eq!((positions(&window, 12), positions(&window, 20)), (Some(vec![13]), Some(vec![])));
        let many = window.with((14..=13 + 1_024).map(opened).collect());
        assert_eq!((positions(&many, 12), many.last()), (None, 1_037));
        assert_eq!(positions(&many, 13).map(|all| all.len()), Some(1_024));
    }

    #[test]
    fn who_saw_what_came_before_is_forgotten_when_it_may_have_changed() {
        let attached = EventKind::OrderAttached { order: OrderId::generate(), seller: SellerId::generate() };
        let window = Window::at(10).with(vec![opened(11), opened(12)]).with(vec![opened(13), told(14, attached)]);
        assert_eq!((positions(&window, 11), positions(&window, 12)), (None, Some(vec![13, 14])));
    }
}
