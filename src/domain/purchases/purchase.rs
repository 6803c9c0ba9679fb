//! An order as a purchase: in what quality it was bought, how it was paid, and every line in money.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::super::ids::{OrderId, SellerId};
use super::super::law::{Information, WayBackCost};
use super::super::money::Currency;
use super::super::shipments::Shipment;
use super::{FrozenFact, LineKey, RecordedLine};

/// What a payment is known by where it was made: `pi_…` or `ch_…` at Stripe.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PaymentReference(pub String);

/// What a seller is known by at the payment system: `acct_…` at Stripe.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SellerAccount(pub String);

/// In what quality somebody bought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BuyerKind {
    /// As a consumer.
    #[default]
    Consumer,
    /// For a trade.
    Professional,
}

/// Whether something was sold as final. That takes away goodwill only, and nothing that the law gives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FinalSale {
    /// It was.
    Final,
    /// It was not.
    #[default]
    Ordinary,
}

/// What holds for an order as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SaleFacts {
    /// In what quality the buyer bought.
    pub buyer_kind: BuyerKind,
    /// Whether the buyer was told of the right to withdraw.
    pub information: Information,
    /// Whether the buyer was told who pays the way back.
    pub way_back: WayBackCost,
    /// The payment, as the payment system knows it.
    pub payment: Option<PaymentReference>,
    /// The seller, as the payment system knows it.
    pub seller_account: Option<SellerAccount>,
}

impl Default for SaleFacts {
    /// What is usual where nothing is told: a consumer, who was told of every right.
    fn default() -> Self {
        Self {
            buyer_kind: BuyerKind::default(),
            information: Information::InTime,
            way_back: WayBackCost::Told,
            payment: None,
            seller_account: None,
        }
    }
}

/// An order as far as money and goods go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purchase {
    /// Our id of the order.
    pub order: OrderId,
    /// What the marketplace and the buyer know it by.
    pub reference: String,
    /// Who sold.
    pub seller: SellerId,
    /// The currency that the buyer paid in.
    pub currency: Currency,
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
    /// What holds for it as a whole.
    pub sale: SaleFacts,
    /// Every line that was ever told, by its id.
    pub lines: Vec<PurchasedLine>,
}

/// A line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurchasedLine {
    /// What was sold, in money.
    pub recorded: RecordedLine,
    /// Whether it was sold as final.
    pub final_sale: FinalSale,
    /// What the last telling wanted to change and could not.
    pub kept: Vec<FrozenFact>,
    /// When the last piece of it came; none while something of it is still to come.
    pub delivered_at: Option<DateTime<Utc>>,
}

impl Purchase {
    /// The line of this id.
    pub fn line(&self, key: &LineKey) -> Option<&PurchasedLine> {
        self.lines.iter().find(|line| line.recorded.sold.line() == key)
    }
}

/// When the last of so many pieces of a line came; none while one is still to come.
pub fn delivered_at(line: &LineKey, bought: u32, shipments: &[Shipment]) -> Option<DateTime<Utc>> {
    let mut arrivals: Vec<(DateTime<Utc>, u32)> = shipments
        .iter()
        .filter_map(|shipment| {
            let pieces = shipment.known.lines.iter().filter(|sent| sent.line == line.as_str());
            shipment.known.delivered_at.map(|at| (at, pieces.map(|sent| sent.quantity).sum()))
        })
        .collect();
    arrivals.sort_unstable_by_key(|(at, _)| *at);
    let mut came = 0_u32;
    arrivals.into_iter().find_map(|(at, pieces)| {
        came = came.saturating_add(pieces);
        (came >= bought).then_some(at)
    })
}
