//! What happened is counted: what each thing added before is taken out, what it adds now is put in, and how far it was counted moves
//! on, in one unit of work. Of two replicas that count the same, one writes it.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::super::{Cx, Result};
use super::census::{Adds, Around, Census};
use crate::domain::ids::{CaseId, MarketplaceId};
use crate::domain::kpis::{BuyerMonths, Changes, KpiTally, PartKind, Return, counted, lived};
use crate::store::{CountWork, Counted, Subject};

/// How much is counted at once.
const BATCH: u64 = 200;

/// What came of a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    /// It was counted further.
    Further,
    /// There was nothing to count.
    Nothing,
    /// Somebody else was counting.
    Elsewhere,
}

/// Begins to count in the marketplaces in which nobody counts yet: all that there is, and what comes.
pub async fn begin(cx: &Cx) -> Result<()> {
    for marketplace in cx.store.never_counted().await? {
        recompute(cx, marketplace).await?;
    }
    Ok(())
}

/// Throws all counts away and has everything counted from the start. It is done when the counting has caught up; until then figures
/// lack what was not reached yet.
pub async fn recompute(cx: &Cx, marketplace: MarketplaceId) -> Result<()> {
    let tx = cx.store.begin(marketplace).await?;
    tx.begin_counting().await?;
    tx.commit().await?;
    cx.store.live().counts_wanted();
    Ok(())
}

/// Counts what happened since it was counted last, a part of it.
pub async fn count(cx: &Cx, marketplace: MarketplaceId) -> Result<Counting> {
    let Some(work) = cx.store.count_work(marketplace, cx.now(), BATCH).await? else { return Ok(Counting::Nothing) };
    if work.is_empty() {
        return Ok(Counting::Nothing);
    }
    // The state is read after the work: what changes in between is work again.
    let adds = adds(cx, marketplace, &work).await?;
    let counted = reckon(cx, marketplace, adds).await?;
    let tx = cx.store.begin(marketplace).await?;
    if !tx.write_counts(&work, &counted).await? {
        return Ok(Counting::Elsewhere);
    }
    tx.commit().await?;
    Ok(Counting::Further)
}

/// What all that is to be counted adds now.
async fn adds(cx: &Cx, marketplace: MarketplaceId, work: &CountWork) -> Result<Vec<Adds>> {
    let census = Census::of(cx, marketplace).await?;
    let of = |kind| work.subjects.iter().filter(move |(one, _)| *one == kind).map(|(_, id)| *id).collect::<Vec<_>>();
    let cases: Vec<_> = of(Subject::Case).into_iter().map(CaseId::from_uuid).collect();
    let (mut adds, disputes) = census.cases(&cases, Around::Too).await?;
    adds.extend(census.recurring(disputes).await?);
    let (orders, visits) = (of(Subject::Order), of(Subject::Visit));
    if !orders.is_empty() {
        adds.extend(census.orders(&orders).await?);
    }
    if !visits.is_empty() {
        adds.extend(census.visits(&visits).await?);
    }
    Ok(adds)
}

/// What is to be written, given what was counted before.
async fn reckon(cx: &Cx, marketplace: MarketplaceId, adds: Vec<Adds>) -> Result<Counted> {
    let mut ids: BTreeMap<PartKind, Vec<Uuid>> = BTreeMap::new();
    for ((kind, id), _) in &adds {
        ids.entry(*kind).or_default().push(*id);
    }
    let mut before = HashMap::new();
    for (kind, ids) in ids {
        let found = cx.store.count_parts(marketplace, kind, &ids).await?;
        before.extend(found.into_iter().map(|(id, row)| ((kind, id), row)));
    }
    let mut changes = Changes::default();
    for (key, new) in &adds {
        changes.replace(before.get(key).map(|row| &row.part), new.as_ref().map(|row| &row.part));
    }
    let parts = adds.into_iter().filter(|(key, new)| before.get(key) != new.as_ref()).collect();

    let rows: Vec<_> = changes.rows.keys().collect();
    let buyers: Vec<_> = changes.deeds.keys().copied().collect();
    let was = cx.store.counts_before(marketplace, &rows, &buyers).await?;
    let (no_counts, nobody) = (KpiTally::default(), BuyerMonths::default());
    let mut counts = Counted { parts, ..Counted::default() };
    for (row, change) in &changes.rows {
        counts.rows.insert(row.clone(), counted(was.rows.get(row).unwrap_or(&no_counts), change)?);
    }
    for (buyer, deeds) in &changes.deeds {
        let (old, new) = (was.buyers.get(buyer).unwrap_or(&nobody), lived(was.buyers.get(buyer).unwrap_or(&nobody), deeds)?);
        let mut count = |stories: Vec<Return>, by: i64| stories.into_iter().for_each(|one| *counts.returns.entry(one).or_default() += by);
        count(old.returns(), -1);
        count(new.returns(), 1);
        counts.buyers.insert(*buyer, new);
    }
    Ok(counts)
}
