//! What happens when the marketplace tells of a line again.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{FactsError, LineFacts, SoldLine};

/// How many tellings of a line were taken; the first is 1. A decision names the one that it was made on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FactsVersion(u32);

impl FactsVersion {
    /// The first telling.
    pub const FIRST: Self = Self(1);

    /// Its number.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Takes a number that the database kept.
    pub const fn from_number(number: u32) -> Self {
        Self(number)
    }

    const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// A line as it is known now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedLine {
    /// Which telling.
    pub version: FactsVersion,
    /// When the marketplace's own record was made or changed.
    pub told_at: DateTime<Utc>,
    /// The line.
    pub sold: SoldLine,
}

/// What a telling came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Update {
    /// It says what is known already.
    Unchanged,
    /// It is older than what is known.
    Stale,
    /// It was taken.
    Taken {
        /// The line from now on. What was decided keeps the line that it was decided on.
        record: Box<RecordedLine>,
        /// What it wanted to change and could not.
        kept: Vec<FrozenFact>,
    },
}

/// What cannot be changed after the sale, whatever is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FrozenFact {
    /// Rate and mode of tax: a refund carries the tax of the original supply.
    Tax,
    /// The terms of the commission.
    Commission,
    /// The seller's currency and the rate of the sale.
    Settlement,
    /// Whether the buyer may withdraw: it must have been said before the sale.
    Withdrawal,
}

impl RecordedLine {
    /// The first telling.
    pub fn first(facts: LineFacts, told_at: DateTime<Utc>) -> Result<Self, FactsError> {
        Ok(Self { version: FactsVersion::FIRST, told_at, sold: SoldLine::new(facts)? })
    }

    /// Takes what is told of the line later. Terms stay as they were at the sale; amounts and quantity follow.
    pub fn update(&self, told: LineFacts, told_at: DateTime<Utc>) -> Result<Update, FactsError> {
        let known = self.sold.facts();
        if told.line != known.line {
            return Err(FactsError::OtherLine);
        }
        if told.unit_price.currency != known.unit_price.currency {
            return Err(FactsError::CurrencyChanged);
        }
        if told_at < self.told_at {
            return Ok(Update::Stale);
        }
        let mut kept = Vec::new();
        let taxes = |facts: &LineFacts| (facts.tax_mode, facts.tax_rate, facts.shipping.tax_rate);
        for (fact, differs) in [
            (FrozenFact::Tax, taxes(&told) != taxes(known)),
            (FrozenFact::Commission, told.commission != known.commission),
            (FrozenFact::Settlement, told.settlement != known.settlement),
            (FrozenFact::Withdrawal, told.withdrawal != known.withdrawal),
        ] {
            if differs {
                kept.push(fact);
            }
        }
        let mut facts = told;
        facts.tax_mode = known.tax_mode;
        facts.tax_rate = known.tax_rate;
        facts.shipping.tax_rate = known.shipping.tax_rate;
        facts.commission = known.commission;
        facts.settlement = known.settlement;
        facts.withdrawal = known.withdrawal;
        if facts == *known && kept.is_empty() {
            return Ok(Update::Unchanged);
        }
        let version = if facts == *known { self.version } else { self.version.next() };
        Ok(Update::Taken { record: Box::new(Self { version, told_at, sold: SoldLine::new(facts)? }), kept })
    }
}
