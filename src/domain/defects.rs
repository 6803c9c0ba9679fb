//! Defects: products that come back for a reason more often than others of their category do, and more often than chance
//! explains.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::ids::{CaseId, DefectId, SellerId};
use super::kpis::Share;
use super::mails::Language;
use super::orders::OrderLine;
use super::returns::{Cause, Closing, ReasonKind, Return, ReturnState};
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

/// How many purchases there were, and how many came back, of a day or of any days merged. A purchase is an order line, however many
/// pieces it has: ten pieces of one parcel break together, and are one observation. What comes back counts on the day it was sold, so
/// that a share never exceeds the whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProductTally {
    /// Purchases.
    pub sold: u64,
    /// Those of which anything came back, by reason.
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

    /// Takes counts out that were taken in.
    pub fn unmerge(&mut self, other: &Self) {
        self.sold = self.sold.saturating_sub(other.sold);
        for (reason, count) in &other.returned {
            if let Some(left) = self.returned.get_mut(reason) {
                *left = left.saturating_sub(*count);
            }
        }
        self.returned.retain(|_, count| *count > 0);
    }

    /// How many came back for a reason.
    pub fn share(&self, reason: ReasonKind) -> Share {
        Share { hits: self.returned.get(&reason).copied().unwrap_or_default(), of: self.sold }
    }
}

/// What an order adds to the day of a product on which it was placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProductFacts {
    /// Which product, by the marketplace's own id.
    pub product: String,
    /// The category that it was sold in, when known.
    pub category: Option<String>,
    /// The day.
    pub day: NaiveDate,
    /// How many purchases there were, and how many came back.
    pub tally: ProductTally,
}

/// What an order adds to its products: lines without a stock-keeping unit are of no product that is known. Returns that were called
/// off, declined or never sent do not count.
pub fn of_order(lines: &[OrderLine], returns: &[Return], placed: NaiveDate) -> Vec<ProductFacts> {
    let mut found = BTreeMap::<(String, Option<String>), ProductTally>::new();
    for line in lines {
        let Some(sku) = &line.sku else { continue };
        let tally = found.entry((sku.clone(), line.category.clone())).or_default();
        tally.sold += 1;
        let back = returns.iter().filter(|one| one.order_line == line.external_id && speaks(one));
        for reason in back.map(|one| one.reason.kind).collect::<BTreeSet<_>>() {
            *tally.returned.entry(reason).or_default() += 1;
        }
    }
    let facts = found.into_iter().map(|((product, category), tally)| ProductFacts { product, category, day: placed, tally });
    facts.collect()
}

/// Whether a return is one that took place, or was spared because the buyer kept the goods for some of the money.
fn speaks(one: &Return) -> bool {
    match one.state {
        ReturnState::Requested | ReturnState::Declined | ReturnState::OfferPending | ReturnState::Canceled | ReturnState::Expired => false,
        ReturnState::Closed => one.closing != Some(Closing::Declined),
        _ => true,
    }
}

/// When a product counts as defective.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct DefectRules {
    /// Of a product that was bought less often nothing is said, nor where the others were.
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
    /// How many other sellers those others are of.
    #[serde(default)]
    pub other_sellers: usize,
}

/// With fewer other sellers, what is told of them all tells too much of each.
const HIDING: usize = 5;

impl Defect {
    /// The share of the others, as far as the product's seller may know it: never so that it learns a rival's numbers.
    pub fn others_for_seller(&self) -> Option<f64> {
        self.category.percent().filter(|_| self.other_sellers >= HIDING)
    }
}

/// What a product was held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum HeldAgainst {
    /// The others of its category.
    Category,
    /// All others of the marketplace whose category is not known either.
    Marketplace,
}

/// Where a finding stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DefectState {
    /// It is so.
    Open,
    /// It is so no longer.
    Over,
}

/// A defect as it is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DefectFound {
    /// Our id.
    pub id: DefectId,
    /// What was found.
    pub defect: Defect,
    /// The category, when known.
    pub category: Option<String>,
    /// What it was held against.
    pub against: HeldAgainst,
    /// At the end of which day it was found last.
    pub on: NaiveDate,
    /// Where it stands.
    pub state: DefectState,
    /// When it was found first.
    pub found_at: DateTime<Utc>,
    /// The case in which the seller was told.
    pub case: Option<CaseId>,
}

/// A share as people of the language write it.
fn number(percent: Option<f64>, language: Language) -> String {
    let rounded = percent.map_or_else(String::new, |value| format!("{value:.1}"));
    if language == Language::French { rounded.replace('.', ",") } else { rounded }
}

impl DefectFound {
    /// What the seller is told of it, in private.
    pub fn words(&self, language: Language) -> String {
        let Defect { product, reason, returned, .. } = &self.defect;
        let code = reason.code(super::returns::Vocabulary::Mirakl);
        let own = number(returned.percent(), language);
        let others = self.defect.others_for_seller().map(|value| number(Some(value), language));
        match language {
            Language::English => format!(
                "Product {} comes back for the same reason ({code}) more often than others: {} of {} purchases ({own} %){}. Please look at \
                 what is wrong with it, and tell us what you do.",
                product.product,
                returned.hits,
                returned.of,
                others.map(|others| format!(", against {others} % of the others")).unwrap_or_default()
            ),
            Language::French => format!(
                "Le produit {} est retourné pour le même motif ({code}) plus souvent que les autres\u{a0}: {} achats sur {} ({own} %){}. Merci \
                 de regarder ce qui ne va pas et de nous dire ce que vous faites.",
                product.product,
                returned.hits,
                returned.of,
                others.map(|others| format!(", contre {others} % des autres")).unwrap_or_default()
            ),
        }
    }

    /// What the operator's staff is told of it.
    pub fn words_for_staff(&self, seller: &str, language: Language) -> String {
        let Defect { product, reason, returned, category, .. } = &self.defect;
        let code = reason.code(super::returns::Vocabulary::Mirakl);
        let (own, others) = (number(returned.percent(), language), number(category.percent(), language));
        match language {
            Language::English => format!(
                "Product {} of {seller} comes back for the same reason ({code}): {} of {} purchases ({own} %), against {others} % of the \
                 others. The seller was told. You can write to all buyers who may have one (defectOutreach).",
                product.product, returned.hits, returned.of
            ),
            Language::French => format!(
                "Le produit {} de {seller} est retourné pour le même motif ({code})\u{a0}: {} achats sur {} ({own} %), contre {others} % des \
                 autres. Le vendeur en est informé. Vous pouvez écrire à tous les acheteurs concernés (defectOutreach).",
                product.product, returned.hits, returned.of
            ),
        }
    }
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
                let usual = others.percent().filter(|_| others.of >= self.minimum_sold)? / 100.0;
                (interval.low > usual).then(|| {
                    let sellers = category.keys().map(|other| other.seller).filter(|seller| *seller != product.seller);
                    let other_sellers = sellers.collect::<BTreeSet<_>>().len();
                    Defect { product: product.clone(), reason, returned, interval, category: others, other_sellers }
                })
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
