//! What was counted: what each thing added, the rows of counts, and who came back.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::super::codec::{from_json, json, text};
use super::super::entity::{kpi_buyers, kpi_cursors, kpi_days, kpi_parts, kpi_returns, kpi_touched};
use super::super::{Result, Store, StoreError, Tx};
use super::CountWork;
use crate::domain::ids::{DisputeId, MarketplaceId};
use crate::domain::kpis::{BuyerMark, BuyerMonths, KpiTally, Month, Part, PartKind, Return, Row};

/// How much goes into one statement, in rows.
const PORTION: usize = 2000;

/// What a thing added, and when to look at it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartRow {
    /// Which thing.
    pub id: Uuid,
    /// What it added.
    pub part: Part,
    /// What disputes that recur have in common.
    pub alike: Option<String>,
    /// When time alone changes it.
    pub look_at: Option<DateTime<Utc>>,
}

/// The counts that are to be changed, as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CountsBefore {
    /// The rows, those that are there.
    pub rows: HashMap<Row, KpiTally>,
    /// The buyers, those that are known.
    pub buyers: HashMap<BuyerMark, BuyerMonths>,
}

/// What is to be written down at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    /// What things add now; none for what adds nothing any more.
    pub parts: Vec<((PartKind, Uuid), Option<PartRow>)>,
    /// The rows as they are now; an empty one goes.
    pub rows: BTreeMap<Row, KpiTally>,
    /// The buyers as they are now; an empty one goes.
    pub buyers: BTreeMap<BuyerMark, BuyerMonths>,
    /// How many buyers share a story, more or less than before.
    pub returns: BTreeMap<Return, i64>,
}

const fn month(month: Option<Month>) -> i32 {
    match month {
        Some(Month(number)) => number,
        None => 0,
    }
}

const fn read_month(number: i32) -> Option<Month> {
    if number == 0 { None } else { Some(Month(number)) }
}

pub(super) fn returned(row: &kpi_returns::Model) -> (Return, i64) {
    (Return { to: read_month(row.to_month), from: Month(row.from_month), case: read_month(row.case_month) }, row.buyers)
}

fn part_row(row: kpi_parts::Model) -> Result<PartRow> {
    Ok(PartRow { id: row.id, part: from_json(row.body, "kpi_parts", "body")?, alike: row.alike, look_at: row.look_at })
}

impl Store {
    /// What these things added.
    pub async fn count_parts(&self, marketplace: MarketplaceId, kind: PartKind, ids: &[Uuid]) -> Result<HashMap<Uuid, PartRow>> {
        let mut found = HashMap::with_capacity(ids.len());
        for portion in ids.chunks(PORTION) {
            let find = kpi_parts::Entity::find()
                .filter(kpi_parts::Column::MarketplaceId.eq(marketplace.uuid()))
                .filter(kpi_parts::Column::Kind.eq(text(kind)))
                .filter(kpi_parts::Column::Id.is_in(portion.iter().copied()));
            for row in find.all(&self.reads).await? {
                found.insert(row.id, part_row(row)?);
            }
        }
        Ok(found)
    }

    /// What disputes added that are alike in one of these ways and were opened in these days.
    pub async fn alike_parts(
        &self,
        marketplace: MarketplaceId,
        alike: &BTreeSet<String>,
        (from, to): (NaiveDate, NaiveDate),
    ) -> Result<Vec<(DisputeId, PartRow)>> {
        let find = kpi_parts::Entity::find()
            .filter(kpi_parts::Column::MarketplaceId.eq(marketplace.uuid()))
            .filter(kpi_parts::Column::Alike.is_in(alike.iter().cloned()))
            .filter(kpi_parts::Column::Day.gte(from.to_string()))
            .filter(kpi_parts::Column::Day.lte(to.to_string()));
        find.all(&self.reads).await?.into_iter().map(|row| Ok((DisputeId::from_uuid(row.id), part_row(row)?))).collect()
    }

    /// These rows and buyers as they are.
    pub async fn counts_before(&self, marketplace: MarketplaceId, rows: &[&Row], buyers: &[BuyerMark]) -> Result<CountsBefore> {
        let mut before = CountsBefore::default();
        for portion in rows.chunks(PORTION) {
            let find = kpi_days::Entity::find()
                .select_only()
                .columns([kpi_days::Column::Key, kpi_days::Column::Tally])
                .filter(kpi_days::Column::MarketplaceId.eq(marketplace.uuid()))
                .filter(kpi_days::Column::Key.is_in(portion.iter().map(|row| row.key().into_bytes())));
            for (key, tally) in find.into_tuple::<(Vec<u8>, sea_orm::JsonValue)>().all(&self.reads).await? {
                before.rows.insert(read_row(&key)?, from_json(tally, "kpi_days", "tally")?);
            }
        }
        for portion in buyers.chunks(PORTION) {
            let find = kpi_buyers::Entity::find()
                .filter(kpi_buyers::Column::MarketplaceId.eq(marketplace.uuid()))
                .filter(kpi_buyers::Column::Id.is_in(portion.iter().map(|buyer| buyer.0)));
            for row in find.all(&self.reads).await? {
                before.buyers.insert(BuyerMark(row.id), from_json(row.months, "kpi_buyers", "months")?);
            }
        }
        Ok(before)
    }

    /// All rows and all buyers' stories that were counted, for those who compare them with the state.
    pub async fn all_counts(&self, marketplace: MarketplaceId) -> Result<(BTreeMap<Row, KpiTally>, BTreeMap<Return, i64>)> {
        let mut rows = BTreeMap::new();
        let mut after = Vec::new();
        loop {
            let find = kpi_days::Entity::find()
                .filter(kpi_days::Column::MarketplaceId.eq(marketplace.uuid()))
                .filter(kpi_days::Column::Key.gt(std::mem::take(&mut after)));
            let page = sea_orm::QueryOrder::order_by_asc(find, kpi_days::Column::Key).limit(5000).all(&self.reads).await?;
            let Some(last) = page.last() else { break };
            after.clone_from(&last.key);
            for row in page {
                rows.insert(read_row(&row.key)?, from_json(row.tally, "kpi_days", "tally")?);
            }
        }
        let returns = kpi_returns::Entity::find().filter(kpi_returns::Column::MarketplaceId.eq(marketplace.uuid()));
        Ok((rows, returns.all(&self.reads).await?.iter().map(returned).collect()))
    }
}

pub(super) fn read_row(key: &[u8]) -> Result<Row> {
    std::str::from_utf8(key).ok().and_then(Row::read).ok_or(StoreError::Inconsistent { table: "kpi_days", column: "key" })
}

fn width(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl Tx {
    /// Writes down what was counted. False when somebody else did so in the meantime; then nothing may be committed.
    pub async fn write_counts(&self, work: &CountWork, counted: &Counted) -> Result<bool> {
        let advance = kpi_cursors::Entity::update_many()
            .col_expr(kpi_cursors::Column::Position, Expr::value(work.up_to))
            .col_expr(kpi_cursors::Column::SweepKind, Expr::value(work.swept.map(|sweep| text(sweep.kind))))
            .col_expr(kpi_cursors::Column::SweepAfter, Expr::value(work.swept.map(|sweep| sweep.after)))
            .col_expr(kpi_cursors::Column::Version, Expr::col(kpi_cursors::Column::Version).add(1))
            .filter(kpi_cursors::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(kpi_cursors::Column::Version.eq(work.version));
        if advance.exec(self.db().await?).await?.rows_affected == 0 {
            return Ok(false);
        }
        for portion in work.touches.chunks(PORTION) {
            kpi_touched::Entity::delete_many()
                .filter(kpi_touched::Column::MarketplaceId.eq(self.marketplace.uuid()))
                .filter(kpi_touched::Column::Id.is_in(portion.iter().copied()))
                .exec(self.db().await?)
                .await?;
        }
        self.write_parts(&counted.parts).await?;
        self.write_rows(&counted.rows).await?;
        self.write_buyers(&counted.buyers).await?;
        self.write_returns(&counted.returns).await?;
        Ok(true)
    }

    async fn write_parts(&self, parts: &[((PartKind, Uuid), Option<PartRow>)]) -> Result<()> {
        use kpi_parts::Column::{Alike, Body, Day, Id, Kind, LookAt, MarketplaceId};
        let marketplace_id = self.marketplace.uuid();
        let mut gone: BTreeMap<PartKind, Vec<Uuid>> = BTreeMap::new();
        let mut rows = Vec::new();
        for ((kind, id), part) in parts {
            let Some(part) = part else {
                gone.entry(*kind).or_default().push(*id);
                continue;
            };
            let day = match &part.part {
                Part::Dispute(dispute) => Some(dispute.opened_on.to_string()),
                _ => None,
            };
            let (alike, look_at, body) = (part.alike.clone(), part.look_at, json(&part.part));
            let model = kpi_parts::Model { marketplace_id, kind: text(*kind), id: *id, body, alike, day, look_at };
            rows.push(model.into_active_model().reset_all());
        }
        for portion in rows.chunks(PORTION) {
            let change = OnConflict::columns([MarketplaceId, Kind, Id]).update_columns([Body, Alike, Day, LookAt]).to_owned();
            kpi_parts::Entity::insert_many(portion.to_vec()).on_conflict(change).exec_without_returning(self.db().await?).await?;
        }
        for (kind, ids) in gone {
            let gone = kpi_parts::Entity::delete_many().filter(MarketplaceId.eq(marketplace_id)).filter(Kind.eq(text(kind)));
            gone.filter(Id.is_in(ids)).exec(self.db().await?).await?;
        }
        Ok(())
    }

    /// Writes rows of counts as they are now.
    pub async fn write_rows(&self, rows: &BTreeMap<Row, KpiTally>) -> Result<()> {
        use kpi_days::Column::{Avoidable, Cases, Key, MarketplaceId, Tally};
        let marketplace_id = self.marketplace.uuid();
        let empty = KpiTally::default();
        let (gone, kept): (Vec<_>, Vec<_>) = rows.iter().partition(|(_, tally)| **tally == empty);
        for portion in kept.chunks(PORTION) {
            let models = portion.iter().map(|(row, tally)| {
                let (cases, avoidable) = (width(tally.cases), width(tally.avoidable));
                kpi_days::Model { marketplace_id, key: row.key().into_bytes(), cases, avoidable, tally: json(tally) }
                    .into_active_model()
                    .reset_all()
            });
            let change = OnConflict::columns([MarketplaceId, Key]).update_columns([Cases, Avoidable, Tally]).to_owned();
            kpi_days::Entity::insert_many(models).on_conflict(change).exec_without_returning(self.db().await?).await?;
        }
        for portion in gone.chunks(PORTION) {
            let keys = portion.iter().map(|(row, _)| row.key().into_bytes());
            let gone = kpi_days::Entity::delete_many().filter(MarketplaceId.eq(marketplace_id)).filter(Key.is_in(keys));
            gone.exec(self.db().await?).await?;
        }
        Ok(())
    }

    async fn write_buyers(&self, buyers: &BTreeMap<BuyerMark, BuyerMonths>) -> Result<()> {
        use kpi_buyers::Column::{Id, MarketplaceId, Months};
        let marketplace_id = self.marketplace.uuid();
        let (gone, kept): (Vec<_>, Vec<_>) = buyers.iter().partition(|(_, months)| months.is_empty());
        for portion in kept.chunks(PORTION) {
            let models = portion.iter().map(|(buyer, months)| {
                kpi_buyers::Model { marketplace_id, id: buyer.0, months: json(months) }.into_active_model().reset_all()
            });
            let change = OnConflict::columns([MarketplaceId, Id]).update_columns([Months]).to_owned();
            kpi_buyers::Entity::insert_many(models).on_conflict(change).exec_without_returning(self.db().await?).await?;
        }
        if !gone.is_empty() {
            let ids = gone.iter().map(|(buyer, _)| buyer.0);
            let gone = kpi_buyers::Entity::delete_many().filter(MarketplaceId.eq(marketplace_id)).filter(Id.is_in(ids));
            gone.exec(self.db().await?).await?;
        }
        Ok(())
    }

    /// The numbers of buyers are added to; the column's own rule refuses what falls below nothing.
    async fn write_returns(&self, changes: &BTreeMap<Return, i64>) -> Result<()> {
        use kpi_returns::Column::{Buyers, CaseMonth, FromMonth, MarketplaceId, ToMonth};
        let changes: BTreeMap<_, _> = changes.iter().filter(|(_, by)| **by != 0).collect();
        if changes.is_empty() {
            return Ok(());
        }
        let marketplace_id = self.marketplace.uuid();
        let near = kpi_returns::Entity::find()
            .filter(MarketplaceId.eq(marketplace_id))
            .filter(ToMonth.is_in(changes.keys().map(|one| month(one.to)).collect::<BTreeSet<_>>()))
            .filter(FromMonth.is_in(changes.keys().map(|one| one.from.0).collect::<BTreeSet<_>>()));
        let before: HashMap<Return, i64> = near.all(self.db().await?).await?.iter().map(returned).collect();
        let models = changes.iter().map(|(one, by)| {
            let buyers = before.get(*one).copied().unwrap_or_default() + **by;
            let (to_month, from_month, case_month) = (month(one.to), one.from.0, month(one.case));
            kpi_returns::Model { marketplace_id, to_month, from_month, case_month, buyers }.into_active_model().reset_all()
        });
        let change = OnConflict::columns([MarketplaceId, ToMonth, FromMonth, CaseMonth]).update_columns([Buyers]).to_owned();
        kpi_returns::Entity::insert_many(models).on_conflict(change).exec_without_returning(self.db().await?).await?;
        let gone = kpi_returns::Entity::delete_many()
            .filter(MarketplaceId.eq(marketplace_id))
            .filter(ToMonth.is_in(changes.keys().map(|one| month(one.to)).collect::<BTreeSet<_>>()))
            .filter(FromMonth.is_in(changes.keys().map(|one| one.from.0).collect::<BTreeSet<_>>()))
            .filter(Buyers.eq(0));
        gone.exec(self.db().await?).await?;
        Ok(())
    }
}
