//! What is given to the mutations of refunds, read.

use std::num::NonZeroU32;

use async_graphql::InputObject;
use chrono::{DateTime, Datelike, Utc};

use super::super::scalars::{Decimal, MoneyInput};
use super::super::triage::money;
use super::enums::{HoldState, RefundBasis, RefundForm, RefundMeans};
use crate::domain::ids::{CaseId, OrderId, RefundId};
use crate::domain::money::{BasisPoints, Money};
use crate::domain::purchases::{LineKey, Part, Parts};
use crate::domain::refunds::{Asked, Bearing, CostPlan, Hold, RefundClock, RefundRefusal, SharedCost};
use crate::domain::refusal::Refusal;
use crate::workflow::refunds::{GrantAsk, ItemAsk, RefundAsk, RefundRead};
use crate::workflow::{Error, refused};

pub(super) type Read<T> = Result<T, Error>;

pub(super) fn invalid(path: &[&str], message: impl Into<String>) -> Error {
    refused(path, Refusal::Invalid { message: message.into() })
}

pub(super) fn line(key: String, path: &[&str]) -> Read<LineKey> {
    LineKey::try_from(key).map_err(|error| invalid(path, format!("This is not right: {error}.")))
}

/// How much of a line: units, or a sum, or all that can be refunded.
pub(super) fn asked(units: Option<i32>, amount: Option<&MoneyInput>) -> Read<Asked> {
    match (units, amount) {
        (Some(_), Some(_)) => Err(invalid(&["units"], "Name units or an amount, not both.")),
        (None, None) => Ok(Asked::Everything),
        (Some(units), None) => {
            let units = u32::try_from(units).ok().and_then(NonZeroU32::new);
            units.map(|units| Asked::Units { units }).ok_or_else(|| invalid(&["units"], "Name at least one unit."))
        }
        (None, Some(amount)) => money(amount).map(|amount| Asked::Amount { amount }).map_err(|message| invalid(&["amount"], message)),
    }
}

/// A refund to ask for.
#[derive(InputObject)]
pub(in crate::graphql) struct RefundRequestInput {
    /// Of which order.
    order_id: OrderId,
    /// On which line, by the marketplace's id.
    line_id: String,
    /// In which case; null for the open one about the order, or a new one.
    case_id: Option<CaseId>,
    /// For how many units; null for all that can be refunded, or for a sum.
    units: Option<i32>,
    /// For which sum, with tax, while the goods are kept; null for all that can be refunded, or for units.
    amount: Option<MoneyInput>,
    /// On what it is based. What somebody names here is a claim.
    basis: RefundBasis,
    /// A key of the client's choice, 1 to 128 characters: a repeated call with it gives the refund that the first one opened, also
    /// when that one is over. Null where only an open one on the line is to be found again.
    idempotency_key: Option<String>,
}

impl RefundRequestInput {
    pub(super) fn read(self) -> Read<RefundAsk> {
        Ok(RefundAsk {
            order: self.order_id,
            line: line(self.line_id, &["lineId"])?,
            case: self.case_id,
            asked: asked(self.units, self.amount.as_ref())?,
            basis: self.basis.into(),
            idempotency_key: self.idempotency_key,
        })
    }
}

/// A refund to reckon.
#[derive(InputObject)]
pub(in crate::graphql) struct RefundQuoteInput {
    /// Of which order.
    order_id: OrderId,
    /// On which line, by the marketplace's id.
    line_id: String,
    /// For how many units; null for all that can be refunded, or for a sum.
    units: Option<i32>,
    /// For which sum, with tax, while the goods are kept; null for all that can be refunded, or for units.
    amount: Option<MoneyInput>,
    /// On what it is based.
    basis: RefundBasis,
}

impl RefundQuoteInput {
    pub(super) fn read(self) -> Read<RefundAsk> {
        let Self { order_id, line_id, units, amount, basis } = self;
        RefundRequestInput { order_id, line_id, case_id: None, units, amount, basis, idempotency_key: None }.read()
    }
}

/// Who bears a cost, in basis points that sum to 10,000.
#[derive(InputObject)]
pub(in crate::graphql) struct CostSharesInput {
    /// The seller.
    #[graphql(default)]
    seller: i32,
    /// The operator.
    #[graphql(default)]
    operator: i32,
    /// The carrier.
    #[graphql(default)]
    carrier: i32,
}

impl CostSharesInput {
    pub(in crate::graphql) fn read(&self, path: &[&str]) -> Read<Bearing> {
        let share = |points: i32, field: &str| {
            let share = u16::try_from(points).ok().and_then(|points| BasisPoints::new(points).ok());
            share.ok_or_else(|| invalid(&[path, &[field]].concat(), "A share is between 0 and 10000 basis points."))
        };
        let shares = (share(self.seller, "seller")?, share(self.operator, "operator")?, share(self.carrier, "carrier")?);
        Ok(match shares {
            (BasisPoints::WHOLE, _, _) if self.operator + self.carrier == 0 => Bearing::Seller,
            (_, BasisPoints::WHOLE, _) if self.seller + self.carrier == 0 => Bearing::Operator,
            (_, _, BasisPoints::WHOLE) if self.seller + self.operator == 0 => Bearing::Carrier,
            (seller, operator, carrier) => {
                let split = SharedCost::new(seller, operator, carrier);
                Bearing::Shared(split.map_err(|refusal| refused(path, Refusal::Refund(refusal)))?)
            }
        })
    }
}

/// Who pays for a refund in the end.
#[derive(InputObject)]
pub(in crate::graphql) struct RefundCostsInput {
    /// For the goods, their tax and the fees.
    goods: CostSharesInput,
    /// For the delivery and its tax; null for the same as for the goods.
    delivery: Option<CostSharesInput>,
}

impl RefundCostsInput {
    /// The plan, for the input's field of this name.
    pub(in crate::graphql) fn read(&self, field: &str) -> Read<CostPlan> {
        let goods = self.goods.read(&[field, "goods"])?;
        let delivery = self.delivery.as_ref().map(|shares| shares.read(&[field, "delivery"])).transpose()?;
        Ok(CostPlan { goods, delivery: delivery.unwrap_or(goods) })
    }
}

/// What of an amount is for what, in its currency. What is left out is nothing.
#[derive(InputObject)]
pub(in crate::graphql) struct RefundPartsInput {
    /// The goods, without tax.
    item: Option<Decimal>,
    /// The tax on the goods.
    item_tax: Option<Decimal>,
    /// The delivery, without tax.
    shipping: Option<Decimal>,
    /// The tax on the delivery.
    shipping_tax: Option<Decimal>,
    /// Other sums that were paid with the line, with all taxes.
    fees: Option<Decimal>,
}

impl RefundPartsInput {
    pub(super) fn read(&self, total: Money, position: &str) -> Read<Parts> {
        let mut parts = Vec::new();
        for (part, given, field) in [
            (Part::Item, &self.item, "item"),
            (Part::ItemTax, &self.item_tax, "itemTax"),
            (Part::Shipping, &self.shipping, "shipping"),
            (Part::ShippingTax, &self.shipping_tax, "shippingTax"),
            (Part::Fees, &self.fees, "fees"),
        ] {
            if let Some(given) = given {
                let amount = Money::parse(&given.0, total.currency);
                let amount = amount.map_err(|error| invalid(&["items", position, "parts", field], format!("{error}.")))?;
                parts.push((part, amount));
            }
        }
        Parts::of(total.currency, parts)
            .and_then(|parts| parts.summing_to(total))
            .map_err(|error| refused(&["items", position, "parts"], Refusal::Refund(RefundRefusal::from(error))))
    }
}

/// What is given back on a line.
#[derive(InputObject)]
pub(in crate::graphql) struct RefundItemInput {
    /// On which, by the marketplace's id.
    line_id: String,
    /// For how many units. It is information: the amount decides.
    #[graphql(default)]
    units: i32,
    /// How much, with tax.
    amount: MoneyInput,
    /// What of it is for what; together it must be the amount. Null for the goods first, then the delivery, then the fees.
    parts: Option<RefundPartsInput>,
}

impl RefundItemInput {
    fn read(self, position: usize) -> Read<ItemAsk> {
        let position = position.to_string();
        let at = |field| ["items", position.as_str(), field];
        let amount = money(&self.amount).map_err(|message| invalid(&at("amount"), message))?;
        let units = u32::try_from(self.units).map_err(|_| invalid(&at("units"), "Units cannot be below zero."))?;
        let parts = self.parts.as_ref().map(|parts| parts.read(amount, &position)).transpose()?;
        Ok(ItemAsk { line: line(self.line_id, &at("lineId"))?, units, amount, parts })
    }
}

/// A refund to grant.
#[derive(InputObject)]
pub(in crate::graphql) struct RefundGrantInput {
    /// Which.
    refund_id: RefundId,
    /// The revision that the decision was made on.
    revision: i32,
    /// As what.
    form: RefundForm,
    /// By which way; null for the usual one of the form.
    means: Option<RefundMeans>,
    /// What is given back, by line, at most 200; null for what was asked for.
    items: Option<Vec<RefundItemInput>>,
    /// Who pays for it in the end; null for the seller, or for whom the playbook of the contact reason names. A seller grants at its
    /// own cost alone.
    costs: Option<RefundCostsInput>,
}

impl RefundGrantInput {
    pub(super) fn read(self) -> Read<(RefundRead, GrantAsk)> {
        let items = self.items.map(|items| items.into_iter().enumerate().map(|(position, item)| item.read(position)).collect::<Read<_>>());
        let ask = GrantAsk {
            items: items.transpose()?,
            form: self.form.into(),
            means: self.means.map(Into::into),
            costs: self.costs.as_ref().map(|costs| costs.read("costs")).transpose()?,
        };
        Ok((RefundRead { refund: self.refund_id, revision: self.revision }, ask))
    }
}

/// That the law gives a refund for certain, or that more is known of its clock.
#[derive(InputObject)]
pub(in crate::graphql) struct RefundEstablishInput {
    /// Which.
    refund_id: RefundId,
    /// The revision that the decision was made on.
    revision: i32,
    /// When the clock of the law started: the notice of withdrawal was sent, the contract was resolved. Not in the future.
    started_at: DateTime<Utc>,
    /// How many days the law gives, 1 to 365.
    #[graphql(default = 14)]
    days: i32,
    /// Whether the refund may wait for the goods.
    #[graphql(default_with = "HoldState::Never")]
    hold: HoldState,
    /// Since when the goods are back or known to be sent; only with `hold: OVER`, and needed there.
    goods_back_at: Option<DateTime<Utc>>,
}

impl RefundEstablishInput {
    pub(super) fn read(&self, now: DateTime<Utc>) -> Read<(RefundRead, RefundClock)> {
        let past = |at: DateTime<Utc>, field: &str| {
            let known = at <= now && at.year() >= 1970;
            if known { Ok(at) } else { Err(invalid(&[field], "This must be after 1970 and not in the future.")) }
        };
        let days = u16::try_from(self.days).ok().filter(|days| (1..=365).contains(days));
        let days = days.ok_or_else(|| invalid(&["days"], "This must be 1 to 365 days."))?;
        let hold = match (self.hold, self.goods_back_at) {
            (HoldState::Never, None) => Hold::Never,
            (HoldState::Waiting, None) => Hold::Waiting,
            (HoldState::Over, Some(since)) => Hold::Over { since: past(since, "goodsBackAt")? },
            (HoldState::Over, None) => return Err(invalid(&["goodsBackAt"], "Say since when the goods are back.")),
            (_, Some(_)) => return Err(invalid(&["goodsBackAt"], "This goes with `hold: OVER` alone.")),
        };
        let clock = RefundClock { started_at: past(self.started_at, "startedAt")?, days, hold };
        Ok((RefundRead { refund: self.refund_id, revision: self.revision }, clock))
    }
}
