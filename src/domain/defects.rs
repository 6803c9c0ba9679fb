//! Defects: products that come back for a reason more often than others of their category do, and more often than chance
//! explains.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ids::SellerId;
use super::kpis::Share;
use super::returns::{Cause, ReasonKind};
use super::scores::Interval;

/// A product of a seller.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProductKey {
    /// Whose.
    pub seller: SellerId,
    /// Which, by the marketplace's own id.
    pub product: String,
}

/// How many pieces were sold and came back, of a day or of any days merged. What comes back counts on the day it was sold, so
/// that a share never exceeds the whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProductTally {
    /// Sold.
    pub sold: u64,
    /// Came back, by reason.
    pub returned: BTreeMap<ReasonKind, u64>,
}

impl ProductTally {
    /// Takes other counts in.
    pub fn merge(&mut self, other: &Self) {
        self.sold += other.sold;
        for (reason, count) in &other.returned {
            *self.returned.entry(*reason).or_default() += count;
        }
    }

    /// How many came back for a reason.
    pub fn share(&self, reason: ReasonKind) -> Share {
        Share { hits: self.returned.get(&reason).copied().unwrap_or_default(), of: self.sold }
    }
}

/// When a product counts as defective.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct DefectRules {
    /// Of a product that was sold less often nothing is said.
    pub minimum_sold: u64,
    /// Fewer returns for a reason are an accident.
    pub minimum_returned: u64,
    /// For how many days before the sales count.
    pub window_days: u16,
}

impl Default for DefectRules {
    fn default() -> Self {
        Self { minimum_sold: 20, minimum_returned: 3, window_days: 90 }
    }
}

/// A product that comes back too often for a reason, with the numbers that say so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Defect {
    /// Which product.
    pub product: ProductKey,
    /// For which reason.
    pub reason: ReasonKind,
    /// How many came back of those sold.
    pub returned: Share,
    /// Between what two shares the truth lies.
    pub interval: Interval,
    /// How many came back for that reason of all others of the category.
    pub category: Share,
}

impl DefectRules {
    /// The defects among the products of one category, the most certain first. A product is held against the others, not
    /// against itself; of a reason that is the buyer's own choice nothing is said of the product, unless it is poor quality.
    pub fn find(&self, category: &BTreeMap<ProductKey, ProductTally>) -> Vec<Defect> {
        let mut whole = ProductTally::default();
        for tally in category.values() {
            whole.merge(tally);
        }
        let reasons = ReasonKind::ALL.iter().copied().filter(|reason| speaks_of_product(*reason));
        let mut found: Vec<_> = reasons
            .flat_map(|reason| category.iter().filter_map(move |(product, tally)| self.defect(product, tally, reason)))
            .filter_map(|(product, reason, returned, interval)| {
                let all = whole.share(reason);
                let others = Share { hits: all.hits - returned.hits, of: all.of - returned.of };
                let usual = others.percent()? / 100.0;
                (interval.low > usual).then(|| Defect { product: product.clone(), reason, returned, interval, category: others })
            })
            .collect();
        found.sort_by(|one, other| other.interval.low.total_cmp(&one.interval.low).then_with(|| one.product.cmp(&other.product)));
        found
    }

    fn defect<'a>(
        &self,
        product: &'a ProductKey,
        tally: &ProductTally,
        reason: ReasonKind,
    ) -> Option<(&'a ProductKey, ReasonKind, Share, Interval)> {
        let returned = tally.share(reason);
        let enough = returned.of >= self.minimum_sold && returned.hits >= self.minimum_returned;
        returned.interval().filter(|_| enough).map(|interval| (product, reason, returned, interval))
    }
}

const fn speaks_of_product(reason: ReasonKind) -> bool {
    match reason {
        ReasonKind::PoorQuality => true,
        // That is the parcel's fault.
        ReasonKind::ArrivedLate => false,
        _ => matches!(reason.cause(), Cause::NotConform),
    }
}

#[cfg(test)]
mod tests;
