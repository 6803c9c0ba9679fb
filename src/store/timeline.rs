//! The append-only log. Written by [`Tx::commit`] alone, so nothing can be visible that is not in it.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use uuid::Uuid;

use super::batch::Write;
use super::codec::{from_json, from_text, json};
use super::entity::{cases, events, marketplaces, participants};
use super::page::{Page, PageRequest, PageSide};
use super::{Result, Store, StoreError, Tx, scope};
use crate::domain::ids::{CaseId, EventId, MarketplaceId, ThreadId};
use crate::domain::parties::{Audience, Party, Scope, Who};
use crate::domain::timeline::{Event, NewEvent};

/// An event that waits for the commit.
#[derive(Debug)]
pub(super) struct PendingEvent {
    case: CaseId,
    actor: Who,
    event: NewEvent,
    at: DateTime<Utc>,
}

impl Tx {
    /// An event that happens if this unit of work commits.
    pub fn record(&mut self, case: CaseId, actor: &Who, event: NewEvent) {
        let at = self.store.clock.now();
        self.events.push(PendingEvent { case, actor: actor.clone(), event, at });
    }
}

/// Numbers the events and writes them.
///
/// The marketplace's counter is taken last and held until the commit, so a reader who sees position n sees all before
/// it: readers can go on from a position and miss nothing. Cases are taken in the order of their ids, so that two
/// units of work never wait for each other in a circle.
pub(super) async fn append(tx: &Tx, pending: Vec<PendingEvent>) -> Result<()> {
    if pending.is_empty() {
        return Ok(());
    }
    let places = places(tx, &pending).await?;
    let mut by_case: BTreeMap<CaseId, Vec<&PendingEvent>> = BTreeMap::new();
    for event in &pending {
        by_case.entry(event.case).or_default().push(event);
    }
    let mut next_number = BTreeMap::new();
    for (case, events) in &by_case {
        next_number.insert(*case, advance_case(tx, *case, events, &places).await?);
    }
    let count = width(pending.len());
    let mut insert = Query::insert();
    insert.into_table(events::Entity).columns(COLUMNS);
    for (before_last, pending) in (0..count).rev().zip(&pending) {
        let number = next_number.entry(pending.case).or_default();
        insert.values_panic(row(tx, pending, *number, before_last));
        *number += 1;
    }
    tx.later(Write::Events(count, insert)).await
}

/// The first message that each side sees, by thread.
type Places = HashMap<(ThreadId, Party), i64>;

async fn places(tx: &Tx, pending: &[PendingEvent]) -> Result<Places> {
    let threads: HashSet<ThreadId> = pending.iter().filter_map(|pending| pending.event.message.map(|(thread, _)| thread)).collect();
    let (mut places, mut unknown) = (Places::new(), Vec::new());
    for thread in threads {
        match tx.known.places(thread) {
            Some(known) => places.extend(known.into_iter().map(|(party, from)| ((thread, party), from))),
            None => unknown.push(thread.uuid()),
        }
    }
    if unknown.is_empty() {
        return Ok(places);
    }
    let found = participants::Entity::find()
        .select_only()
        .column(participants::Column::ThreadId)
        .column(participants::Column::Party)
        .column(participants::Column::VisibleFrom)
        .filter(participants::Column::MarketplaceId.eq(tx.marketplace.uuid()))
        .filter(participants::Column::ThreadId.is_in(unknown))
        .into_tuple::<(Uuid, String, i64)>()
        .all(tx.db().await?)
        .await?;
    for (thread, party, from) in found {
        places.insert((ThreadId::from_uuid(thread), from_text(&party, "participants", "party")?), from);
    }
    Ok(places)
}

/// Whether a side may know of an event, by the same rule as `scope::events`.
fn reaches(pending: &PendingEvent, party: Party, places: &Places) -> bool {
    let sees = |(thread, number): (ThreadId, i64)| places.get(&(thread, party)).is_some_and(|from| *from <= number);
    pending.event.audience.contains(party) && pending.event.message.is_none_or(sees)
}

fn width(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Makes room for the events of a case and gives the first number.
async fn advance_case(tx: &Tx, case: CaseId, events: &[&PendingEvent], places: &Places) -> Result<i64> {
    let count = width(events.len());
    let mut change = cases::ActiveModel { id: Set(case.uuid()), ..Default::default() };
    if let Some(last) = events.last() {
        change.updated_at = Set(last.at);
        for (party, column) in [(Party::Seller, &mut change.seller_updated_at), (Party::Buyer, &mut change.buyer_updated_at)] {
            if events.iter().any(|event| reaches(event, party, places)) {
                *column = Set(last.at);
            }
        }
    }
    if let Some(known) = tx.known.case(case) {
        change.last_event = Set(known.last_event + count);
        if let Some(change) = tx.join_case(change) {
            tx.later(Write::Case(Box::new(change))).await?;
        }
        return Ok(known.last_event + 1);
    }
    change.id = NotSet;
    let mut update = cases::Entity::update_many()
        .set(change)
        .col_expr(cases::Column::LastEvent, Expr::col(cases::Column::LastEvent).add(count))
        .filter(cases::Column::MarketplaceId.eq(tx.marketplace.uuid()))
        .filter(cases::Column::Id.eq(case.uuid()))
        .into_query();
    update.returning_col(cases::Column::LastEvent);
    let row = tx.db().await?.query_one(&update).await?.ok_or(StoreError::Inconsistent { table: "cases", column: "id" })?;
    Ok(row.try_get::<i64>("", "last_event")? - count + 1)
}

const COLUMNS: [events::Column; 11] = [
    events::Column::MarketplaceId,
    events::Column::CaseId,
    events::Column::Number,
    events::Column::Position,
    events::Column::Id,
    events::Column::Kind,
    events::Column::Audience,
    events::Column::Actor,
    events::Column::ThreadId,
    events::Column::MessageNumber,
    events::Column::At,
];

fn row(tx: &Tx, pending: &PendingEvent, number: i64, before_last: i64) -> [SimpleExpr; 11] {
    [
        tx.marketplace.uuid().into(),
        pending.case.uuid().into(),
        number.into(),
        tx.position(before_last),
        EventId::generate().uuid().into(),
        json(&pending.event.kind).into(),
        pending.event.audience.bits().into(),
        json(&pending.actor).into(),
        pending.event.message.map(|(thread, _)| thread.uuid()).into(),
        pending.event.message.map(|(_, number)| number).into(),
        pending.at.into(),
    ]
}

pub(super) fn event(row: events::Model) -> Result<Event> {
    Ok(Event {
        id: EventId::from_uuid(row.id),
        case: CaseId::from_uuid(row.case_id),
        number: row.number,
        position: row.position,
        kind: from_json(row.kind, "events", "kind")?,
        audience: Audience::from_bits(row.audience),
        actor: from_json(row.actor, "events", "actor")?,
        at: row.at,
    })
}

/// Which part of a marketplace's timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feed {
    /// All cases that the reader knows.
    All,
    /// One case.
    Case(CaseId),
}

impl Feed {
    /// Whether an event is part of it.
    pub fn has(self, event: &Event) -> bool {
        match self {
            Self::All => true,
            Self::Case(case) => event.case == case,
        }
    }
}

impl Store {
    /// The events after a position that the reader may see, in the order of commits.
    pub async fn events_after(&self, scope: Scope, feed: Feed, position: i64, limit: u64) -> Result<Vec<Event>> {
        let mut find = events::Entity::find().filter(scope::events(scope)).filter(events::Column::Position.gt(position));
        if let Feed::Case(case) = feed {
            find = find.filter(events::Column::CaseId.eq(case.uuid()));
        }
        find.order_by_asc(events::Column::Position).limit(limit).all(&self.reads).await?.into_iter().map(event).collect()
    }

    /// The position of the last event of a marketplace; a reader who starts here sees what comes.
    pub async fn last_position(&self, marketplace: MarketplaceId) -> Result<i64> {
        let found = marketplaces::Entity::find_by_id(marketplace.uuid())
            .select_only()
            .column(marketplaces::Column::LastPosition)
            .into_tuple::<i64>()
            .one(&self.reads)
            .await?;
        Ok(found.unwrap_or_default())
    }

    /// The events with these ids that the reader may see.
    pub async fn events_by_id(&self, scope: Scope, ids: &[EventId]) -> Result<Vec<Event>> {
        let find = events::Entity::find().filter(scope::events(scope)).filter(events::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
        find.all(&self.reads).await?.into_iter().map(event).collect()
    }

    /// A page of a case's timeline as the reader sees it, oldest first.
    pub async fn timeline(&self, scope: Scope, case: CaseId, request: &PageRequest<EventId>) -> Result<Page<Event>> {
        let mut condition = Condition::all().add(scope::events(scope)).add(events::Column::CaseId.eq(case.uuid()));
        if let Some(from) = request.from {
            // The number is looked up and not carried in the cursor: it would count events that the reader cannot see.
            let number = Query::select()
                .column(events::Column::Number)
                .from(events::Entity)
                .and_where(events::Column::MarketplaceId.eq(scope.marketplace.uuid()))
                .and_where(events::Column::Id.eq(from.uuid()))
                .take();
            let number = Expr::SubQuery(None, Box::new(number.into()));
            let column = Expr::col((events::Entity, events::Column::Number));
            condition = condition.add(match request.side {
                PageSide::First => column.gt(number),
                PageSide::Last => column.lt(number),
            });
        }
        let order = match request.side {
            PageSide::First => Order::Asc,
            PageSide::Last => Order::Desc,
        };
        let rows = events::Entity::find()
            .filter(condition)
            .order_by(events::Column::Number, order)
            .limit(request.size + 1)
            .all(&self.reads)
            .await?;
        Ok(Page::of(request, rows.into_iter().map(event).collect::<Result<_>>()?))
    }
}
