//! Sales, as the marketplace's software tells them: booked with the first telling of a line, and corrected with later ones.

use std::collections::{HashMap, HashSet};

use super::{Sold, unbookable};
use crate::domain::ids::OrderId;
use crate::domain::ledger::{self, Cause, LedgerError};
use crate::domain::purchases::{FactsVersion, LineKey};
use crate::store::{NewPosting, StoreError, Tx};
use crate::workflow::Result;

/// The sales of lines that stand in the books, each by its version, and the versions that were taken back.
#[derive(Default)]
struct Standing {
    booked: HashMap<(OrderId, LineKey), Vec<FactsVersion>>,
    corrected: HashSet<(OrderId, LineKey, FactsVersion)>,
}

impl Standing {
    fn of(causes: Vec<Cause>) -> Self {
        let mut standing = Self::default();
        for cause in causes {
            match cause {
                Cause::Sale { order, line, version } => standing.booked.entry((order, line)).or_default().push(version),
                Cause::SaleCorrected { order, line, version } => {
                    standing.corrected.insert((order, line, version));
                }
                _ => {}
            }
        }
        standing
    }

    /// The newest telling that was booked, whether it was taken back or not.
    fn newest(&self, order: OrderId, line: &LineKey) -> Option<FactsVersion> {
        self.booked.get(&(order, line.clone()))?.iter().copied().max()
    }

    /// What was booked and not taken back.
    fn open(&self, order: OrderId, line: &LineKey) -> Vec<FactsVersion> {
        let all = self.booked.get(&(order, line.clone())).map(Vec::as_slice).unwrap_or_default();
        all.iter().copied().filter(|version| !self.corrected.contains(&(order, line.clone(), *version))).collect()
    }
}

/// Books sales: each telling of a line once. A later one takes the sale back as it was booked, and books it anew; an older one
/// changes nothing. The orders are under lock.
pub async fn sold(tx: &Tx, lines: &[Sold<'_>]) -> Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let mut orders: Vec<_> = lines.iter().map(|sold| sold.order).collect();
    orders.sort_unstable();
    orders.dedup();
    let mut causes = Vec::new();
    for portion in orders.chunks(500) {
        causes.extend(tx.causes_of_orders(portion).await?);
    }
    let standing = Standing::of(causes);
    let mut all = Vec::new();
    for Sold { order, seller, line } in lines.iter().copied() {
        let key = line.sold.line();
        if standing.newest(order, key).is_some_and(|newest| newest >= line.version) {
            continue;
        }
        for version in standing.open(order, key) {
            let sale = Cause::Sale { order, line: key.clone(), version };
            let booked = tx.posting_for(&sale).await?.ok_or(StoreError::Inconsistent { table: "postings", column: "cause_key" })?;
            let cause = Cause::SaleCorrected { order, line: key.clone(), version };
            let posting = booked.reversed(cause, tx.now()).map_err(|error| unbookable(&error))?;
            all.push(NewPosting { posting, order: Some(order) });
        }
        match ledger::sale(order, seller, line, tx.now()) {
            Ok(posting) => all.push(NewPosting { posting, order: Some(order) }),
            // A present: nothing was paid and nothing is taken for it.
            Err(LedgerError::Nothing) => {}
            Err(error) => return Err(unbookable(&error)),
        }
    }
    tx.post_all(&all).await?;
    Ok(())
}
