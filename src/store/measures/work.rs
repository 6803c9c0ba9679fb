//! What there is to count: what happened since it was counted last, what was touched without an event, and what time has changed.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query, SelectStatement};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::super::codec::{from_json, from_text, json, text};
use super::super::entity::{
    cases, events, help_visits, kpi_buyers, kpi_cursors, kpi_days, kpi_parts, kpi_returns, kpi_touched, marketplaces, measure_settings,
    orders,
};
use super::super::{Result, Store, StoreError, Tx};
use crate::domain::ids::{CaseId, CountId, HelpVisitId, MarketplaceId, OrderId};
use crate::domain::kpis::{HelpVisit, MeasureSettings};

/// What is counted, and can be touched without an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Subject {
    /// A case, with its disputes.
    Case,
    /// An order.
    Order,
    /// A visit to the help pages.
    Visit,
}

impl Subject {
    /// What is gone through after this when everything is counted anew.
    const fn next(self) -> Option<Self> {
        match self {
            Self::Order => Some(Self::Case),
            Self::Case => Some(Self::Visit),
            Self::Visit => None,
        }
    }
}

/// How far everything has been gone through that is counted anew: of this kind, all up to this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sweep {
    /// Of which kind.
    pub kind: Subject,
    /// After which of them it goes on.
    pub after: Uuid,
}

impl Sweep {
    const START: Self = Self { kind: Subject::Order, after: Uuid::nil() };

    /// Where it goes on after these, of which there were so many at most.
    fn beyond(self, ids: &[Uuid], limit: u64) -> Option<Self> {
        match ids.last() {
            Some(last) if ids.len() as u64 >= limit => Some(Self { after: *last, ..self }),
            _ => self.kind.next().map(|kind| Self { kind, after: Uuid::nil() }),
        }
    }

    fn of(cursor: &kpi_cursors::Model) -> Result<Option<Self>> {
        let kind = cursor.sweep_kind.as_deref().map(|kind| from_text(kind, "kpi_cursors", "sweep_kind")).transpose()?;
        Ok(kind.zip(cursor.sweep_after).map(|(kind, after)| Self { kind, after }))
    }
}

/// What is to be counted next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CountWork {
    /// From which position on events were looked at.
    pub position: i64,
    /// Up to which position they will have been.
    pub up_to: i64,
    /// The version of the counts that this builds on.
    pub version: i64,
    /// What to count anew.
    pub subjects: Vec<(Subject, Uuid)>,
    /// The touches that are done with then.
    pub touches: Vec<Uuid>,
    /// How far everything was gone through before, if it is being counted anew.
    pub sweeping: Option<Sweep>,
    /// How far it will have been; none when that is all.
    pub swept: Option<Sweep>,
}

impl CountWork {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.subjects.is_empty() && self.up_to == self.position && self.sweeping.is_none()
    }
}

/// Settings with how often they were set.
#[derive(Debug, Clone, PartialEq)]
pub struct SettingsRow {
    /// The settings.
    pub settings: MeasureSettings,
    /// How often they were set, from 1.
    pub revision: i32,
}

fn cursor_of(column: kpi_cursors::Column) -> Expr {
    Expr::col((kpi_cursors::Entity, column))
}

impl Store {
    /// The marketplaces whose counts nobody has begun.
    pub async fn never_counted(&self) -> Result<Vec<MarketplaceId>> {
        let begun = Query::select()
            .expr(Expr::val(1))
            .from(kpi_cursors::Entity)
            .and_where(cursor_of(kpi_cursors::Column::MarketplaceId).equals((marketplaces::Entity, marketplaces::Column::Id)))
            .take();
        let find = marketplaces::Entity::find().select_only().column(marketplaces::Column::Id).filter(Expr::exists(begun).not());
        Ok(find.into_tuple::<Uuid>().all(&self.reads).await?.into_iter().map(MarketplaceId::from_uuid).collect())
    }

    /// The marketplaces in which there is something to count.
    pub async fn uncounted(&self, now: DateTime<Utc>) -> Result<Vec<MarketplaceId>> {
        let own = |column: kpi_cursors::Column| cursor_of(column);
        let grown = Query::select()
            .expr(Expr::val(1))
            .from(marketplaces::Entity)
            .and_where(own(kpi_cursors::Column::MarketplaceId).equals((marketplaces::Entity, marketplaces::Column::Id)))
            .and_where(Expr::col((marketplaces::Entity, marketplaces::Column::LastPosition)).gt(own(kpi_cursors::Column::Position)))
            .take();
        let touched = Query::select()
            .expr(Expr::val(1))
            .from(kpi_touched::Entity)
            .and_where(own(kpi_cursors::Column::MarketplaceId).equals((kpi_touched::Entity, kpi_touched::Column::MarketplaceId)))
            .take();
        let due = Query::select()
            .expr(Expr::val(1))
            .from(kpi_parts::Entity)
            .and_where(own(kpi_cursors::Column::MarketplaceId).equals((kpi_parts::Entity, kpi_parts::Column::MarketplaceId)))
            .and_where(Expr::col((kpi_parts::Entity, kpi_parts::Column::LookAt)).lte(now))
            .take();
        let find = kpi_cursors::Entity::find()
            .select_only()
            .column(kpi_cursors::Column::MarketplaceId)
            .filter(
                Expr::exists(grown).or(Expr::exists(touched)).or(Expr::exists(due)).or(own(kpi_cursors::Column::SweepKind).is_not_null()),
            )
            .order_by_asc(kpi_cursors::Column::MarketplaceId);
        let found = find.into_tuple::<Uuid>().all(&self.reads).await?;
        Ok(found.into_iter().map(MarketplaceId::from_uuid).collect())
    }

    /// What is to be counted next in a marketplace; none when nobody has begun.
    pub async fn count_work(&self, marketplace: MarketplaceId, now: DateTime<Utc>, limit: u64) -> Result<Option<CountWork>> {
        let Some(cursor) = kpi_cursors::Entity::find_by_id(marketplace.uuid()).one(&self.reads).await? else { return Ok(None) };
        let happened = events::Entity::find()
            .select_only()
            .columns([events::Column::Position, events::Column::CaseId])
            .filter(events::Column::MarketplaceId.eq(marketplace.uuid()))
            .filter(events::Column::Position.gt(cursor.position))
            .order_by_asc(events::Column::Position)
            .limit(limit);
        let happened = happened.into_tuple::<(i64, Uuid)>().all(&self.reads).await?;
        let touched = kpi_touched::Entity::find()
            .filter(kpi_touched::Column::MarketplaceId.eq(marketplace.uuid()))
            .order_by_asc(kpi_touched::Column::Id)
            .limit(limit)
            .all(&self.reads)
            .await?;
        let due = kpi_parts::Entity::find()
            .select_only()
            .column(kpi_parts::Column::Id)
            .filter(kpi_parts::Column::MarketplaceId.eq(marketplace.uuid()))
            .filter(kpi_parts::Column::LookAt.lte(now))
            .order_by_asc(kpi_parts::Column::LookAt)
            .limit(limit);
        let due = due.into_tuple::<Uuid>().all(&self.reads).await?;

        let up_to = happened.last().map_or(cursor.position, |(position, _)| *position);
        let mut subjects: Vec<_> = happened.into_iter().map(|(_, case)| (Subject::Case, case)).collect();
        subjects.extend(due.into_iter().map(|case| (Subject::Case, case)));
        let mut done_with = Vec::with_capacity(touched.len());
        for row in touched {
            subjects.push((from_text(&row.kind, "kpi_touched", "kind")?, row.subject));
            done_with.push(row.id);
        }
        let sweeping = Sweep::of(&cursor)?;
        let mut swept = None;
        if let Some(sweep) = sweeping {
            let ids = self.count_subjects(marketplace, sweep.kind, sweep.after, limit).await?;
            swept = sweep.beyond(&ids, limit);
            subjects.extend(ids.into_iter().map(|id| (sweep.kind, id)));
        }
        subjects.sort_unstable();
        subjects.dedup();
        let (position, version) = (cursor.position, cursor.version);
        Ok(Some(CountWork { position, up_to, version, subjects, touches: done_with, sweeping, swept }))
    }

    /// Whether everything is being counted anew.
    pub async fn is_recounted(&self, marketplace: MarketplaceId) -> Result<bool> {
        let find = kpi_cursors::Entity::find_by_id(marketplace.uuid()).select_only().column(kpi_cursors::Column::SweepKind);
        Ok(find.into_tuple::<Option<String>>().one(&self.reads).await?.flatten().is_some())
    }

    /// A part of the ids of what is to be counted, for those who count everything: the next after one.
    pub async fn count_subjects(&self, marketplace: MarketplaceId, kind: Subject, after: Uuid, limit: u64) -> Result<Vec<Uuid>> {
        let mut find = subjects(kind, marketplace);
        find.and_where(Expr::col(sea_orm::sea_query::Alias::new("id")).gt(after))
            .order_by(sea_orm::sea_query::Alias::new("id"), sea_orm::Order::Asc)
            .limit(limit);
        self.reads.query_all(&find).await?.into_iter().map(|row| Ok(row.try_get("", "id")?)).collect()
    }

    /// How a marketplace measures itself, if anybody has said so.
    pub async fn measure_settings(&self, marketplace: MarketplaceId) -> Result<Option<SettingsRow>> {
        settings(measure_settings::Entity::find_by_id(marketplace.uuid()).one(&self.reads).await?)
    }

    /// The marketplaces whose staff is to be sent figures by now, the longest due first.
    pub async fn due_reports(&self, now: DateTime<Utc>, limit: u64) -> Result<Vec<MarketplaceId>> {
        let due = measure_settings::Entity::find()
            .select_only()
            .column(measure_settings::Column::MarketplaceId)
            .filter(measure_settings::Column::ReportAt.lte(now))
            .order_by_asc(measure_settings::Column::ReportAt)
            .limit(limit);
        Ok(due.into_tuple::<Uuid>().all(&self.reads).await?.into_iter().map(MarketplaceId::from_uuid).collect())
    }
}

fn settings(row: Option<measure_settings::Model>) -> Result<Option<SettingsRow>> {
    row.map(|row| Ok(SettingsRow { settings: from_json(row.body, "measure_settings", "body")?, revision: row.revision })).transpose()
}

/// The ids of all that there is of a kind.
fn subjects(kind: Subject, marketplace: MarketplaceId) -> SelectStatement {
    let mut all = Query::select();
    match kind {
        Subject::Case => all.column(cases::Column::Id).from(cases::Entity).and_where(cases::Column::MarketplaceId.eq(marketplace.uuid())),
        Subject::Order => {
            all.column(orders::Column::Id).from(orders::Entity).and_where(orders::Column::MarketplaceId.eq(marketplace.uuid()))
        }
        Subject::Visit => all
            .column(help_visits::Column::Id)
            .from(help_visits::Entity)
            .and_where(help_visits::Column::MarketplaceId.eq(marketplace.uuid())),
    };
    all
}

impl Tx {
    /// Has these counted again, though no event says that they changed.
    pub async fn count_again(&self, kind: Subject, ids: impl IntoIterator<Item = Uuid> + Send) -> Result<()> {
        let row = |subject| {
            kpi_touched::Model { marketplace_id: self.marketplace.uuid(), id: CountId::generate().uuid(), kind: text(kind), subject }
                .into_active_model()
                .reset_all()
        };
        let rows: Vec<_> = ids.into_iter().map(row).collect();
        for portion in rows.chunks(2000) {
            kpi_touched::Entity::insert_many(portion.to_vec()).exec_without_returning(self.db().await?).await?;
        }
        Ok(())
    }

    /// Has these orders counted again.
    pub async fn count_orders_again(&self, ids: &[OrderId]) -> Result<()> {
        self.count_again(Subject::Order, ids.iter().map(|id| id.uuid())).await
    }

    /// Has these cases counted again, with their disputes.
    pub async fn count_cases_again(&self, ids: &[CaseId]) -> Result<()> {
        self.count_again(Subject::Case, ids.iter().map(|id| id.uuid())).await
    }

    /// Has everything counted anew by the rules of now, bit by bit: what each thing added before gives way to what it adds now.
    pub async fn sweep_counts(&self) -> Result<()> {
        let again = kpi_cursors::Entity::update_many()
            .col_expr(kpi_cursors::Column::SweepKind, Expr::value(text(Sweep::START.kind)))
            .col_expr(kpi_cursors::Column::SweepAfter, Expr::value(Sweep::START.after))
            // Whoever counts by the rules of before does not write it down.
            .col_expr(kpi_cursors::Column::Version, cursor_of(kpi_cursors::Column::Version).add(1))
            .filter(kpi_cursors::Column::MarketplaceId.eq(self.marketplace.uuid()));
        again.exec(self.db().await?).await?;
        Ok(())
    }

    /// Throws away all that was counted, and has everything counted from the start. What happens from now on is seen as an event.
    pub async fn begin_counting(&self) -> Result<()> {
        let marketplace = self.marketplace.uuid();
        let last = marketplaces::Entity::find_by_id(marketplace)
            .select_only()
            .column(marketplaces::Column::LastPosition)
            .into_tuple::<i64>()
            .one(self.db().await?)
            .await?
            .ok_or(StoreError::Inconsistent { table: "marketplaces", column: "id" })?;
        let begun = kpi_cursors::Model { marketplace_id: marketplace, position: last, version: 1, sweep_kind: None, sweep_after: None };
        let known = OnConflict::column(kpi_cursors::Column::MarketplaceId).update_column(kpi_cursors::Column::Position).to_owned();
        let insert = kpi_cursors::Entity::insert(begun.into_active_model().reset_all()).on_conflict(known);
        insert.exec_without_returning(self.db().await?).await?;
        macro_rules! empty {
            ($($table:ident),+) => {$(
                $table::Entity::delete_many().filter($table::Column::MarketplaceId.eq(marketplace)).exec(self.db().await?).await?;
            )+};
        }
        empty!(kpi_touched, kpi_days, kpi_parts, kpi_buyers, kpi_returns);
        self.sweep_counts().await
    }

    /// How the marketplace measures itself, under lock, so that it is changed by one after the other.
    pub async fn lock_measure_settings(&self) -> Result<Option<SettingsRow>> {
        let lock = marketplaces::Entity::find_by_id(self.marketplace.uuid())
            .select_only()
            .column(marketplaces::Column::Id)
            .lock_exclusive()
            .into_tuple::<Uuid>();
        lock.one(self.db().await?).await?;
        settings(measure_settings::Entity::find_by_id(self.marketplace.uuid()).one(self.db().await?).await?)
    }

    /// Says when figures are sent next; never for none.
    pub async fn plan_report(&self, at: Option<DateTime<Utc>>) -> Result<()> {
        let plan = measure_settings::Entity::update_many()
            .col_expr(measure_settings::Column::ReportAt, Expr::value(at))
            .filter(measure_settings::Column::MarketplaceId.eq(self.marketplace.uuid()));
        plan.exec(self.db().await?).await?;
        Ok(())
    }

    /// Stores how the marketplace measures itself.
    pub async fn save_measure_settings(&self, row: &SettingsRow) -> Result<()> {
        use measure_settings::Column::{Body, MarketplaceId, Revision, UpdatedAt};
        let model = measure_settings::Model {
            marketplace_id: self.marketplace.uuid(),
            body: json(&row.settings),
            revision: row.revision,
            updated_at: self.now(),
            report_at: None,
        };
        // When the next report goes out is no part of what is set.
        let change = OnConflict::column(MarketplaceId).update_columns([Body, Revision, UpdatedAt]).to_owned();
        measure_settings::Entity::insert(model.into_active_model().reset_all())
            .on_conflict(change)
            .exec_without_returning(self.db().await?)
            .await?;
        Ok(())
    }

    /// Stores a visit to the help pages; a key that is known already stores nothing. Says whether it is new.
    pub async fn insert_visit(&self, key: &str, visit: HelpVisit) -> Result<bool> {
        use help_visits::Column::{IdempotencyKey, MarketplaceId};
        let id = HelpVisitId::generate().uuid();
        let model = help_visits::Model {
            marketplace_id: self.marketplace.uuid(),
            id,
            idempotency_key: key.to_owned(),
            outcome: text(visit),
            visited_at: self.now(),
        };
        let once = OnConflict::columns([MarketplaceId, IdempotencyKey]).do_nothing().to_owned();
        let insert = help_visits::Entity::insert(model.into_active_model().reset_all()).on_conflict(once);
        let new = insert.exec_without_returning(self.db().await?).await? > 0;
        if new {
            self.count_again(Subject::Visit, [id]).await?;
        }
        Ok(new)
    }
}
