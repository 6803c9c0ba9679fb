//! How order lines were sold, in money.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::errors::Result;
use super::scalars::{Decimal, MoneyInput, MoneyObject};
use super::session::session;
use crate::domain::ids::OrderId;
use crate::domain::law::{Information, WayBackCost};
use crate::domain::parties::View;
use crate::domain::purchases::{Part, Parts, PaymentReference, PurchasedLine, SaleFacts, SellerAccount, WithdrawalRight};
use crate::workflow::purchases::{CommissionInput, LineTerms, SettlementInput, ShippingInput};

/// Whether prices contain the tax.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::purchases::TaxMode")]
pub(super) enum TaxMode {
    /// They do, as prices for consumers in Europe must.
    #[default]
    Inclusive,
    /// Tax comes on top.
    Exclusive,
}

/// What a commission is a share of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::purchases::CommissionBase")]
pub(super) enum CommissionBase {
    /// The goods.
    #[default]
    Items,
    /// The goods and their delivery.
    ItemsAndShipping,
}

/// In what quality somebody bought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::purchases::BuyerKind")]
pub(super) enum BuyerKind {
    /// As a consumer.
    #[default]
    Consumer,
    /// For a trade.
    Professional,
}

/// Whether something was sold as final. That takes away goodwill only, and nothing that the law gives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::purchases::FinalSale")]
pub(super) enum FinalSale {
    /// It was.
    Final,
    /// It was not.
    #[default]
    Ordinary,
}

/// What the last telling of a line wanted to change and could not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::purchases::FrozenFact")]
pub(super) enum FrozenFact {
    /// Rate and mode of tax: a refund carries the tax of the original supply.
    Tax,
    /// The terms of the commission.
    Commission,
    /// The seller's currency and the rate of the sale.
    Settlement,
    /// Whether the buyer may withdraw: it must have been said before the sale.
    Withdrawal,
}

/// Whether the buyer was told of the right to withdraw.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Enum)]
pub(super) enum WithdrawalTold {
    /// Before the contract, as the law wants it.
    #[default]
    InTime,
    /// Never: twelve months are added to the time for withdrawing.
    Never,
}

/// Whether the buyer was told before the contract that the way back of a withdrawal is theirs to pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::law::WayBackCost")]
pub(super) enum WayBackTold {
    /// They were.
    Told,
    /// They were not.
    NotTold,
    /// The seller offered to pay it.
    OfferedBySeller,
}

/// Why the law gives no right to withdraw: article L221-28 of the French consumer code, by number (Directive 2011/83/EU,
/// article 16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::law::WithdrawalExclusion")]
pub(super) enum WithdrawalExclusion {
    /// 1°: a service that was performed in full, by the consumer's wish.
    ServicePerformed,
    /// 2°: the price follows the financial market.
    MarketPrice,
    /// 3°: made to the consumer's own specification.
    MadeToMeasure,
    /// 4°: goods that go off.
    Perishable,
    /// 5°: unsealed by the consumer, and not to be taken back for health or hygiene.
    HygieneUnsealed,
    /// 6°: mixed with other things beyond separation.
    Mixed,
    /// 7°: drinks delivered after more than thirty days at a price that follows the market.
    DeferredDrinks,
    /// 8°: urgent repairs at home.
    UrgentRepair,
    /// 9°: recordings or software unsealed by the consumer.
    RecordingUnsealed,
    /// 10°: a newspaper or magazine, but for subscriptions.
    Press,
    /// 11°: bought at a public auction.
    Auction,
    /// 12°: lodging, carriage, car hire, meals or leisure on a set date.
    DatedLeisure,
    /// 13°: digital content without a carrier, begun by the consumer's wish.
    DigitalBegun,
}

/// What was agreed on when a line was sold, beyond its price. Rates of tax, commission, settlement and the right to withdraw stay
/// as they were told first; amounts and quantity follow what is told later.
#[derive(InputObject)]
pub(super) struct LineTermsInput {
    /// Whether the line's amounts contain the tax.
    #[graphql(default)]
    tax_mode: TaxMode,
    /// The rate of tax on the goods, in basis points: 2000 for 20 %.
    #[graphql(default)]
    tax_rate: u16,
    /// The line's share of every discount, in the same tax mode; at most 20.
    #[graphql(default)]
    discounts: Vec<MoneyInput>,
    /// The line's share of the delivery cost; null when delivery cost nothing.
    shipping: Option<LineShippingInput>,
    /// Other sums that the buyer paid with the line, such as gift wrapping, with all taxes.
    fees: Option<MoneyInput>,
    /// What the operator takes for the sale; null when it takes nothing.
    commission: Option<LineCommissionInput>,
    /// Why the buyer may not withdraw; null when they may.
    withdrawal_exclusion: Option<WithdrawalExclusion>,
    /// In what the seller is paid, where that is another currency.
    settlement: Option<LineSettlementInput>,
    /// Whether it was sold as final.
    #[graphql(default)]
    final_sale: FinalSale,
}

/// What of the delivery cost falls on a line, in the tax mode of the line.
#[derive(InputObject)]
pub(super) struct LineShippingInput {
    /// What the cheapest standard delivery offered would have cost: what a withdrawal gives back.
    standard: MoneyInput,
    /// What was paid on top for a faster or dearer one.
    faster_extra: Option<MoneyInput>,
    /// The rate of tax on delivery, in basis points.
    #[graphql(default)]
    tax_rate: u16,
}

/// On which terms the operator takes its commission: `min(rate × base + fixed, maximum)`, and the tax on that.
#[derive(InputObject)]
pub(super) struct LineCommissionInput {
    /// The share of what the buyer paid, taxes included, in basis points.
    #[graphql(default)]
    rate: u16,
    /// What is taken for the line in any case.
    fixed: Option<MoneyInput>,
    /// The most that is taken; null for no limit.
    maximum: Option<MoneyInput>,
    /// What it is a share of.
    #[graphql(default)]
    base: CommissionBase,
    /// The rate of tax on the commission, in basis points.
    #[graphql(default)]
    vat_rate: u16,
}

/// In what the seller is paid.
#[derive(InputObject)]
pub(super) struct LineSettlementInput {
    /// The seller's currency.
    currency_code: super::scalars::CurrencyCode,
    /// What one unit of the buyer's currency was worth in it on the day of sale, at most 14 digits.
    rate: Decimal,
}

/// How an order was sold and paid.
#[derive(InputObject)]
pub(super) struct SaleInput {
    /// In what quality the buyer bought.
    #[graphql(default)]
    buyer_kind: BuyerKind,
    /// Whether the buyer was told of the right to withdraw.
    #[graphql(default)]
    withdrawal_told: WithdrawalTold,
    /// When the buyer was told of it, where that was only after the contract; null otherwise.
    withdrawal_told_at: Option<DateTime<Utc>>,
    /// Whether the buyer was told who pays the way back.
    #[graphql(default_with = "WayBackTold::Told")]
    way_back: WayBackTold,
    /// The payment, as the payment system knows it: `pi_…` or `ch_…` at Stripe. Kept when it is told once and null later.
    payment_reference: Option<String>,
    /// The seller, as the payment system knows it: `acct_…` at Stripe. Kept when it is told once and null later.
    seller_account: Option<String>,
}

impl From<SaleInput> for SaleFacts {
    fn from(sale: SaleInput) -> Self {
        let information = match (sale.withdrawal_told_at, sale.withdrawal_told) {
            (Some(at), _) => Information::Late { at },
            (None, WithdrawalTold::Never) => Information::Missing,
            (None, WithdrawalTold::InTime) => Information::InTime,
        };
        Self {
            buyer_kind: sale.buyer_kind.into(),
            information,
            way_back: WayBackCost::from(sale.way_back),
            payment: sale.payment_reference.map(PaymentReference),
            seller_account: sale.seller_account.map(SellerAccount),
        }
    }
}

impl From<LineTermsInput> for LineTerms {
    fn from(terms: LineTermsInput) -> Self {
        Self {
            tax_mode: terms.tax_mode.into(),
            tax_rate: terms.tax_rate,
            discounts: terms.discounts.into_iter().map(Into::into).collect(),
            shipping: terms.shipping.map(|shipping| ShippingInput {
                standard: shipping.standard.into(),
                faster_extra: shipping.faster_extra.map(Into::into),
                tax_rate: shipping.tax_rate,
            }),
            fees: terms.fees.map(Into::into),
            commission: terms.commission.map(|commission| CommissionInput {
                rate: commission.rate,
                fixed: commission.fixed.map(Into::into),
                maximum: commission.maximum.map(Into::into),
                base: commission.base.into(),
                vat_rate: commission.vat_rate,
            }),
            exclusion: terms.withdrawal_exclusion.map(Into::into),
            settlement: terms
                .settlement
                .map(|settlement| SettlementInput { currency_code: settlement.currency_code.0, rate: settlement.rate.0 }),
            final_sale: terms.final_sale.into(),
        }
    }
}

/// An amount by what it is for.
#[derive(SimpleObject)]
#[graphql(name = "AmountParts")]
pub(super) struct PartsObject {
    /// All together.
    total: MoneyObject,
    /// The goods, without tax.
    item: MoneyObject,
    /// The tax on the goods.
    item_tax: MoneyObject,
    /// The delivery, without tax.
    shipping: MoneyObject,
    /// The tax on the delivery.
    shipping_tax: MoneyObject,
    /// Anything else that the buyer paid with the line.
    fees: MoneyObject,
}

impl From<Parts> for PartsObject {
    fn from(parts: Parts) -> Self {
        let part = |part| MoneyObject::from(parts.get(part));
        Self {
            total: parts.total().into(),
            item: part(Part::Item),
            item_tax: part(Part::ItemTax),
            shipping: part(Part::Shipping),
            shipping_tax: part(Part::ShippingTax),
            fees: part(Part::Fees),
        }
    }
}

/// How an order line was sold, as it is known now.
pub(super) struct LineSaleObject {
    line: PurchasedLine,
    view: View,
}

#[Object(name = "OrderLineSale")]
/// How an order line was sold, as the marketplace's software told it. What was decided on an earlier telling keeps that one.
impl LineSaleObject {
    /// Which telling this is, from 1.
    async fn version(&self) -> u32 {
        self.line.recorded.version.get()
    }

    /// What the buyer paid for it, after all discounts.
    async fn paid(&self) -> PartsObject {
        self.line.recorded.sold.paid().into()
    }

    /// Whether the prices contained the tax.
    async fn tax_mode(&self) -> TaxMode {
        self.line.recorded.sold.facts().tax_mode.into()
    }

    /// The rate of tax on the goods, in basis points.
    async fn tax_rate(&self) -> u16 {
        self.line.recorded.sold.facts().tax_rate.get()
    }

    /// The line's share of every discount.
    async fn discounts(&self) -> Vec<MoneyObject> {
        self.line.recorded.sold.facts().discounts.iter().map(|discount| (*discount).into()).collect()
    }

    /// The operator's commission without tax; null for buyers.
    async fn commission(&self) -> Option<MoneyObject> {
        self.is_for_trade().then(|| self.line.recorded.sold.commission().fee.into())
    }

    /// The tax on the commission; null for buyers.
    async fn commission_vat(&self) -> Option<MoneyObject> {
        self.is_for_trade().then(|| self.line.recorded.sold.commission().vat.into())
    }

    /// Why the buyer may not withdraw; null when they may.
    async fn withdrawal_exclusion(&self) -> Option<WithdrawalExclusion> {
        match self.line.recorded.sold.facts().withdrawal {
            WithdrawalRight::Given => None,
            WithdrawalRight::Excluded(why) => Some(why.into()),
        }
    }

    /// Whether it was sold as final.
    async fn final_sale(&self) -> FinalSale {
        self.line.final_sale.into()
    }

    /// When the last piece of it came; null while something of it is still to come, or nothing was told.
    async fn delivered_at(&self) -> Option<DateTime<Utc>> {
        self.line.delivered_at
    }

    /// What the last telling wanted to change and could not: such terms stay as they were at the sale. Empty for buyers.
    async fn kept_terms(&self) -> Vec<FrozenFact> {
        if self.is_for_trade() { self.line.kept.iter().map(|fact| (*fact).into()).collect() } else { Vec::new() }
    }
}

impl LineSaleObject {
    /// What is between the operator and its sellers, and no buyer's business. The vendor told it.
    const fn is_for_trade(&self) -> bool {
        matches!(self.view, View::Whole | View::Seller(_) | View::Storefront)
    }
}

/// How a line was sold, for who may know.
pub(super) async fn line_sale(ctx: &Context<'_>, order: OrderId, line: &str) -> Result<Option<LineSaleObject>> {
    let session = session(ctx)?;
    let view = session.scope().view;
    if matches!(view, View::Mediator { .. }) {
        return Ok(None);
    }
    let Some(purchase) = session.loaders().purchase(order).await? else { return Ok(None) };
    let found = purchase.lines.iter().find(|known| known.recorded.sold.line().as_str() == line);
    Ok(found.map(|line| LineSaleObject { line: line.clone(), view }))
}
