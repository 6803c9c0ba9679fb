//! The card: all measures of a seller, each beside the middle of the marketplace.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::super::ids::SellerId;
use super::super::scores::{ScoreRules, median};
use super::{Measure, MeasureRule, MeasureRules, MeasureStatus, Reading, SellerRecord};

/// One line of a card.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CardLine {
    /// What was read.
    pub reading: Reading,
    /// The rule that it is judged by.
    pub rule: MeasureRule,
    /// What follows.
    pub status: MeasureStatus,
    /// The middle of the sellers with enough volume; none with too few of them.
    pub marketplace: Option<f64>,
}

/// A seller's card of a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scorecard {
    /// Whose.
    pub seller: SellerId,
    /// Of which day; each measure has its own window before it.
    pub on: NaiveDate,
    /// The measures.
    pub lines: Vec<CardLine>,
}

/// The middle of the marketplace in each measure.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Medians(BTreeMap<Measure, f64>);

/// With fewer sellers, the middle would tell one seller's numbers to another.
const FEWEST_SELLERS: usize = 5;

impl Medians {
    /// The middles of cards. Sellers with too little volume are left out.
    pub fn of<'a>(cards: impl IntoIterator<Item = &'a Scorecard>) -> Self {
        let mut values = BTreeMap::<Measure, Vec<f64>>::new();
        for line in cards.into_iter().flat_map(|card| &card.lines).filter(|line| line.status != MeasureStatus::NotEnough) {
            values.entry(line.reading.measure).or_default().extend(line.reading.value);
        }
        let enough = values.into_iter().filter(|(_, values)| values.len() >= FEWEST_SELLERS);
        Self(enough.filter_map(|(measure, values)| median(values).map(|middle| (measure, middle))).collect())
    }

    /// The middle in a measure.
    pub fn get(&self, measure: Measure) -> Option<f64> {
        self.0.get(&measure).copied()
    }
}

impl Scorecard {
    /// The card of a seller on a day, without the marketplace beside it.
    pub fn read(seller: SellerId, record: &SellerRecord, rules: &MeasureRules, scores: &ScoreRules, on: NaiveDate) -> Self {
        let line = |rule: &MeasureRule| {
            let reading = record.read(rule, scores, on);
            CardLine { reading, rule: *rule, status: rule.judge(&reading), marketplace: None }
        };
        Self { seller, on, lines: rules.0.iter().map(line).collect() }
    }

    /// The same with the marketplace beside it.
    #[must_use]
    pub fn beside(self, medians: &Medians) -> Self {
        let lines = self.lines.into_iter().map(|line| CardLine { marketplace: medians.get(line.reading.measure), ..line });
        Self { lines: lines.collect(), ..self }
    }

    /// A measure's line.
    pub fn line(&self, measure: Measure) -> Option<&CardLine> {
        self.lines.iter().find(|line| line.reading.measure == measure)
    }

    /// The lines of that status, or worse.
    pub fn at_least(&self, status: MeasureStatus) -> impl Iterator<Item = &CardLine> {
        self.lines.iter().filter(move |line| line.status >= status)
    }
}
