//! What is asked of the counts: some rows by their keys, or rows that lie side by side. Nothing here grows with the number of cases.

use std::collections::BTreeMap;

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};

use super::super::codec::from_json;
use super::super::entity::{kpi_days, kpi_returns};
use super::super::{Result, Store};
use super::counts::{read_row, returned};
use crate::domain::ids::MarketplaceId;
use crate::domain::kpis::{Cell, Days, KpiTally, Month, Return, Row, Slice};

/// How many cases a cell has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellCount {
    /// Which.
    pub slice: Slice,
    /// Cases.
    pub cases: u64,
    /// Those that better information would have spared.
    pub avoidable: u64,
}

/// The rows of a view and a seller in some days, range by range: days, months, days. `like` says how they are cut. A statement each,
/// as SQLite reads all rows of the marketplace for ranges that are joined by "or".
fn side_by_side(marketplace: MarketplaceId, like: &Cell, days: Days) -> impl Iterator<Item = Condition> {
    days.ranges(like).into_iter().map(move |range| {
        let key = kpi_days::Column::Key;
        let tenant = Condition::all().add(kpi_days::Column::MarketplaceId.eq(marketplace.uuid()));
        tenant.add(key.gte(range.from.into_bytes())).add(key.lt(range.before.into_bytes()))
    })
}

impl Store {
    /// The counts of these rows, those that are there.
    pub async fn tallies(&self, marketplace: MarketplaceId, rows: &[Row]) -> Result<BTreeMap<Row, KpiTally>> {
        let mut found = BTreeMap::new();
        for portion in rows.chunks(5000) {
            let find = kpi_days::Entity::find()
                .select_only()
                .columns([kpi_days::Column::Key, kpi_days::Column::Tally])
                .filter(kpi_days::Column::MarketplaceId.eq(marketplace.uuid()))
                .filter(kpi_days::Column::Key.is_in(portion.iter().map(|row| row.key().into_bytes())));
            for (key, tally) in find.into_tuple::<(Vec<u8>, sea_orm::JsonValue)>().all(&self.reads).await? {
                found.insert(read_row(&key)?, from_json(tally, "kpi_days", "tally")?);
            }
        }
        Ok(found)
    }

    /// The counts of all slices that are cut like `like`, whatever their values but the seller.
    pub async fn slices(&self, marketplace: MarketplaceId, like: &Cell, days: Days) -> Result<BTreeMap<Slice, KpiTally>> {
        let mut sums: BTreeMap<Slice, KpiTally> = BTreeMap::new();
        for rows in side_by_side(marketplace, like, days) {
            let find = kpi_days::Entity::find().select_only().columns([kpi_days::Column::Key, kpi_days::Column::Tally]).filter(rows);
            for (key, tally) in find.into_tuple::<(Vec<u8>, sea_orm::JsonValue)>().all(&self.reads).await? {
                let tally: KpiTally = from_json(tally, "kpi_days", "tally")?;
                sums.entry(read_row(&key)?.slice()).or_default().merge(&tally);
            }
        }
        Ok(sums)
    }

    /// The numbers of cases of all slices that are cut like `like`, whatever their values but the seller.
    pub async fn case_counts(&self, marketplace: MarketplaceId, like: &Cell, days: Days) -> Result<Vec<CellCount>> {
        let mut sums: BTreeMap<Slice, (u64, u64)> = BTreeMap::new();
        for rows in side_by_side(marketplace, like, days) {
            let columns = [kpi_days::Column::Key, kpi_days::Column::Cases, kpi_days::Column::Avoidable];
            let find = kpi_days::Entity::find().select_only().columns(columns).filter(rows);
            for (key, cases, avoidable) in find.into_tuple::<(Vec<u8>, i64, i64)>().all(&self.reads).await? {
                let sum = sums.entry(read_row(&key)?.slice()).or_default();
                *sum = (sum.0 + cases.unsigned_abs(), sum.1 + avoidable.unsigned_abs());
            }
        }
        Ok(sums.into_iter().map(|(slice, (cases, avoidable))| CellCount { slice, cases, avoidable }).collect())
    }

    /// The stories of buyers that say who came back in these months, the first and the last included: those that began before
    /// `began_before`. They are as many as there are pairs of months, not buyers.
    pub async fn returns(
        &self,
        marketplace: MarketplaceId,
        (first, last): (Month, Month),
        began_before: Month,
    ) -> Result<Vec<(Return, u64)>> {
        use kpi_returns::Column::{Buyers, FromMonth, MarketplaceId, ToMonth};
        // Months are numbers from 1 on; 0 stands for "no month".
        let asked = Condition::any().add(ToMonth.eq(0)).add(ToMonth.between(first.0, last.0));
        let find = kpi_returns::Entity::find()
            .filter(MarketplaceId.eq(marketplace.uuid()))
            .filter(asked)
            .filter(FromMonth.lt(began_before.0))
            .filter(Buyers.gt(0));
        let rows = find.all(&self.reads).await?;
        Ok(rows.iter().map(returned).map(|(one, buyers)| (one, buyers.unsigned_abs())).collect())
    }
}
