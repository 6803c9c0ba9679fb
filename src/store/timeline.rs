//! The append-only log. Written by [`Tx::commit`] alone, so nothing can be visible that is not in it.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, Order, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

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
    let mut position = advance_marketplace(tx, pending.len()).await?;
    let rows: Vec<_> = pending
        .into_iter()
        .map(|pending| {
            let number = next_number.entry(pending.case).or_default();
            let row = row(tx.marketplace, &pending, *number, position);
            *number += 1;
            position += 1;
            row
        })
        .collect();
    events::Entity::insert_many(rows).exec_without_returning(&tx.inner).await?;
    Ok(())
}

/// The first message that each side sees, by thread.
type Places = HashMap<(ThreadId, Party), i64>;

async fn places(tx: &Tx, pending: &[PendingEvent]) -> Result<Places> {
    let threads: HashSet<Uuid> = pending.iter().filter_map(|pending| pending.event.message.map(|(thread, _)| thread.uuid())).collect();
    if threads.is_empty() {
        return Ok(Places::new());
    }
    let found = participants::Entity::find()
        .select_only()
        .column(participants::Column::ThreadId)
        .column(participants::Column::Party)
        .column(participants::Column::VisibleFrom)
        .filter(participants::Column::MarketplaceId.eq(tx.marketplace.uuid()))
        .filter(participants::Column::ThreadId.is_in(threads))
        .into_tuple::<(Uuid, String, i64)>()
        .all(&tx.inner)
        .await?;
    let place =
        |(thread, party, from): (Uuid, String, i64)| Ok(((ThreadId::from_uuid(thread), from_text(&party, "participants", "party")?), from));
    found.into_iter().map(place).collect()
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
    let count = events.len();
    let mut update = Query::update();
    update.table(cases::Entity).value(cases::Column::LastEvent, Expr::col(cases::Column::LastEvent).add(width(count)));
    if let Some(last) = events.last() {
        update.value(cases::Column::UpdatedAt, last.at);
        for (party, column) in [(Party::Seller, cases::Column::SellerUpdatedAt), (Party::Buyer, cases::Column::BuyerUpdatedAt)] {
            if events.iter().any(|event| reaches(event, party, places)) {
                update.value(column, last.at);
            }
        }
    }
    update
        .and_where(cases::Column::MarketplaceId.eq(tx.marketplace.uuid()))
        .and_where(cases::Column::Id.eq(case.uuid()))
        .returning_col(cases::Column::LastEvent);
    let row = tx.inner.query_one(&update).await?.ok_or(StoreError::Inconsistent { table: "cases", column: "id" })?;
    Ok(row.try_get::<i64>("", "last_event")? - width(count) + 1)
}

/// Makes room for so many events in the marketplace and gives the first position.
async fn advance_marketplace(tx: &Tx, count: usize) -> Result<i64> {
    let mut update = Query::update();
    update
        .table(marketplaces::Entity)
        .value(marketplaces::Column::LastPosition, Expr::col(marketplaces::Column::LastPosition).add(width(count)))
        .and_where(marketplaces::Column::Id.eq(tx.marketplace.uuid()))
        .returning_col(marketplaces::Column::LastPosition);
    let row = tx.inner.query_one(&update).await?.ok_or(StoreError::Inconsistent { table: "marketplaces", column: "id" })?;
    Ok(row.try_get::<i64>("", "last_position")? - width(count) + 1)
}

fn row(marketplace: MarketplaceId, pending: &PendingEvent, number: i64, position: i64) -> events::ActiveModel {
    events::Model {
        marketplace_id: marketplace.uuid(),
        case_id: pending.case.uuid(),
        number,
        position,
        id: EventId::generate().uuid(),
        kind: json(&pending.event.kind),
        audience: pending.event.audience.bits(),
        actor: json(&pending.actor),
        thread_id: pending.event.message.map(|(thread, _)| thread.uuid()),
        message_number: pending.event.message.map(|(_, number)| number),
        at: pending.at,
    }
    .into_active_model()
    .reset_all()
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
