//! Who came back, counted without looking at every buyer again: of each buyer it is kept in which months there were orders and
//! cases, and of all buyers how many have the same story.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Month, Retention, Share};

/// In which months a buyer ordered, and got in touch, and how often.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct BuyerMonths {
    /// Orders by month.
    pub orders: BTreeMap<Month, u32>,
    /// Cases by month.
    pub cases: BTreeMap<Month, u32>,
}

/// What a buyer did in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Deed {
    /// Ordered.
    Ordered(Month),
    /// Got in touch.
    GotInTouch(Month),
}

/// A piece of a buyer's story that others share: buyers with the same are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Return {
    /// The month of an order; none for the piece that says when the buyer's first order was.
    pub to: Option<Month>,
    /// The month of the order before it, or of the first.
    pub from: Month,
    /// The month of the buyer's first case; none without.
    pub case: Option<Month>,
}

impl BuyerMonths {
    fn place(&mut self, deed: Deed) -> (&mut BTreeMap<Month, u32>, Month) {
        match deed {
            Deed::Ordered(month) => (&mut self.orders, month),
            Deed::GotInTouch(month) => (&mut self.cases, month),
        }
    }

    /// One deed more.
    pub fn add(&mut self, deed: Deed) {
        let (months, month) = self.place(deed);
        *months.entry(month).or_default() += 1;
    }

    /// One deed less; false when it was not there, which means that something was miscounted.
    #[must_use]
    pub fn remove(&mut self, deed: Deed) -> bool {
        let (months, month) = self.place(deed);
        let Some(left) = months.get(&month).and_then(|count| count.checked_sub(1)) else { return false };
        if left == 0 {
            months.remove(&month);
        } else {
            months.insert(month, left);
        }
        true
    }

    /// Whether nothing is known of the buyer.
    pub fn is_empty(&self) -> bool {
        self.orders.is_empty() && self.cases.is_empty()
    }

    /// The pieces of the story: when the first order was, and each month with an order after another one.
    pub fn returns(&self) -> Vec<Return> {
        let case = self.cases.keys().next().copied();
        let months: Vec<_> = self.orders.keys().copied().collect();
        let first = months.first().map(|from| Return { to: None, from: *from, case });
        let again = months.windows(2).map(|pair| Return { to: Some(pair[1]), from: pair[0], case });
        first.into_iter().chain(again).collect()
    }
}

/// Who came back in these months, the first and the last included. A buyer who was active before counts once, by the first order
/// in them; whose first order lies in them is new, and counts nowhere. "Had a case" means before them.
pub fn retention<'a>(returns: impl IntoIterator<Item = (&'a Return, u64)>, first: Month, last: Month) -> Retention {
    let mut retention = Retention::default();
    for (one, buyers) in returns {
        if one.from >= first {
            continue;
        }
        let share: &mut Share = if one.case.is_some_and(|case| case < first) { &mut retention.had_case } else { &mut retention.had_none };
        match one.to {
            None => share.of += buyers,
            Some(to) if (first..=last).contains(&to) => share.hits += buyers,
            Some(_) => {}
        }
    }
    retention
}
