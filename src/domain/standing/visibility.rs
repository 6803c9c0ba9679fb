//! How visible a seller's offers are: one number, told with all its inputs and their weights, as the main parameters of a
//! ranking must be (Regulation (EU) 2019/1150, article 5).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::super::ids::SellerId;
use super::super::money::BasisPoints;
use super::super::scorecards::{CardLine, Measure, MeasureStatus, Scorecard};
use super::SellerStanding;

/// How much a measure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisibilityWeight {
    /// Which measure.
    pub measure: Measure,
    /// How much, beside the others.
    pub weight: u16,
}

/// How visibility is reckoned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct VisibilityRules {
    /// The measures that count.
    pub weights: Vec<VisibilityWeight>,
    /// Replies that take so many hours count as nothing.
    pub slowest_reply_hours: u16,
    /// What a seller has of whom too little is known.
    pub unknown: BasisPoints,
    /// Which share of it is left to a seller that is restricted.
    pub restricted: BasisPoints,
}

impl Default for VisibilityRules {
    fn default() -> Self {
        let weight = |measure, weight| VisibilityWeight { measure, weight };
        Self {
            weights: vec![
                weight(Measure::Rating, 4),
                weight(Measure::ReplyTime, 2),
                weight(Measure::LateShipments, 2),
                weight(Measure::Incidents, 2),
            ],
            slowest_reply_hours: 48,
            unknown: BasisPoints::percent(50),
            restricted: BasisPoints::percent(25),
        }
    }
}

/// What is wrong with the rules of visibility.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VisibilityFault {
    /// Nothing would count.
    #[error("At least one measure must have a weight above 0.")]
    Weightless,
    /// The same measure twice.
    #[error("A measure has one weight only.")]
    Twice,
    /// Nothing could be slow.
    #[error("The slowest reply must take at least an hour.")]
    SlowestReply,
}

/// One input, as it counted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VisibilityInput {
    /// Which measure.
    pub measure: Measure,
    /// How much it counts.
    pub weight: u16,
    /// What was read, in the measure's unit.
    pub value: Option<f64>,
    /// What that is worth, of the whole; none when too little is known, and then it does not count.
    pub worth: Option<BasisPoints>,
}

/// How visible a seller's offers are, with all that it was reckoned from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VisibilityFactor {
    /// Whose.
    pub seller: SellerId,
    /// On which day.
    pub on: NaiveDate,
    /// The factor.
    pub factor: BasisPoints,
    /// The inputs.
    pub inputs: Vec<VisibilityInput>,
    /// How the seller stands: restricted it has a share of it, suspended nothing.
    pub standing: SellerStanding,
}

impl VisibilityRules {
    /// What is wrong with them, if anything.
    pub fn faults(&self) -> Vec<VisibilityFault> {
        let once = |(index, one): (usize, &VisibilityWeight)| self.weights[..index].iter().all(|earlier| earlier.measure != one.measure);
        let checks = [
            (VisibilityFault::Weightless, self.weights.iter().any(|one| one.weight > 0)),
            (VisibilityFault::Twice, self.weights.iter().enumerate().all(once)),
            (VisibilityFault::SlowestReply, self.slowest_reply_hours > 0),
        ];
        checks.into_iter().filter(|(_, fine)| !fine).map(|(fault, _)| fault).collect()
    }

    /// The factor of a seller. Whole numbers once the inputs are read, so that equal inputs give equal factors.
    pub fn factor(&self, card: &Scorecard, standing: SellerStanding) -> VisibilityFactor {
        let inputs: Vec<_> = self.weights.iter().map(|one| self.input(*one, card.line(one.measure))).collect();
        let known = inputs.iter().filter_map(|input| input.worth.map(|worth| (u64::from(input.weight), u64::from(worth.get()))));
        let (sum, weights) = known.fold((0, 0), |(sum, weights), (weight, worth)| (sum + weight * worth, weights + weight));
        let earned = (sum + weights / 2).checked_div(weights).unwrap_or(u64::from(self.unknown.get()));
        let share = match standing {
            SellerStanding::Active | SellerStanding::Warned => BasisPoints::WHOLE,
            SellerStanding::Restricted => self.restricted,
            SellerStanding::Suspended | SellerStanding::Terminated => BasisPoints::ZERO,
        };
        let whole = u64::from(BasisPoints::WHOLE.get());
        let factor = points((earned * u64::from(share.get()) + whole / 2) / whole);
        VisibilityFactor { seller: card.seller, on: card.on, factor, inputs, standing }
    }

    fn input(&self, one: VisibilityWeight, line: Option<&CardLine>) -> VisibilityInput {
        let VisibilityWeight { measure, weight } = one;
        let value = line.filter(|line| line.status != MeasureStatus::NotEnough).and_then(|line| line.reading.value);
        let worth = value.map(|value| match measure {
            Measure::Rating => (value - 1.0) / 4.0,
            Measure::ReplyTime => 1.0 - value / f64::from(self.slowest_reply_hours.max(1)),
            _ => 1.0 - value / 100.0,
        });
        VisibilityInput { measure, weight, value, worth: worth.map(rounded) }
    }
}

/// A share as basis points, to the nearest.
fn rounded(share: f64) -> BasisPoints {
    let whole = f64::from(BasisPoints::WHOLE.get());
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits first")]
    let clamped = (share * whole).round().clamp(0.0, whole) as u64;
    points(clamped)
}

fn points(points: u64) -> BasisPoints {
    u16::try_from(points).ok().and_then(|points| BasisPoints::new(points).ok()).unwrap_or(BasisPoints::WHOLE)
}
