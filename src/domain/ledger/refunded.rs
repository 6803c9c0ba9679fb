//! What a refund books once the payment system says that the money moved.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::super::ids::{PromoCodeId, RefundId, SellerId, StoreCreditId};
use super::super::money::{Currency, ExchangeRate, Money, MoneyError};
use super::super::purchases::{LineKey, Part, Parts, PartsError};
use super::super::refunds::{AttemptNumber, Grant, GrantedItem};
use super::posting::settled;
use super::{Account, Cause, Draft, EntryKind, LedgerError, Posting};

/// A refund that succeeded.
#[derive(Debug, Clone, Copy)]
pub struct RefundToPost<'a> {
    /// Which.
    pub refund: RefundId,
    /// In which attempt.
    pub attempt: AttemptNumber,
    /// Whose sale it was.
    pub seller: SellerId,
    /// What was given back, on which facts, at whose cost, and with what of the commission: all as it was decided.
    pub grant: &'a Grant,
    /// What the refunds of these lines that were booked before, and not reversed, came to; a line that is missing has none.
    pub before: &'a [LineProgress],
    /// How the buyer got it.
    pub paid_as: PaidAs,
    /// What the payment system took for it.
    pub provider_cost: ProviderCost,
}

/// How a buyer got a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaidAs {
    /// As money.
    Money,
    /// As credit for the shop.
    StoreCredit(StoreCreditId),
    /// As a code.
    PromoCode(PromoCodeId),
}

/// What a payment system took for a refund in another currency than the seller's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ProviderCost {
    /// It did not say, or there is only one currency.
    #[default]
    Unknown,
    /// So much, in the seller's currency, at the rate of the day.
    Took(Money),
}

/// What the refunds of a line came to for its seller. Steps are kept with each refund and summed up; a reversed refund's step
/// is left out, and the next refund makes up for any rounding that was in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LineProgress {
    /// The line.
    pub line: LineKey,
    /// What was refunded at the seller's cost, in the currency that the buyer paid in.
    pub borne: Parts,
    /// The same in the seller's currency.
    pub settled: Parts,
    /// The commission that went back, in the seller's currency.
    pub fee_back: Money,
    /// The tax on it that went back.
    pub vat_back: Money,
}

impl LineProgress {
    /// No refund yet.
    pub fn none(line: LineKey, paid: Currency, seller: Currency) -> Self {
        let zero = Money::zero(seller);
        Self { line, borne: Parts::nothing(paid), settled: Parts::nothing(seller), fee_back: zero, vat_back: zero }
    }

    /// Both together.
    pub fn plus(&self, step: &Self) -> Result<Self, PartsError> {
        Ok(Self {
            line: self.line.clone(),
            borne: self.borne.plus(step.borne)?,
            settled: self.settled.plus(step.settled)?,
            fee_back: self.fee_back.plus(step.fee_back)?,
            vat_back: self.vat_back.plus(step.vat_back)?,
        })
    }

    /// The sum of the steps of each line.
    pub fn sum(steps: impl IntoIterator<Item = Self>) -> Result<Vec<Self>, PartsError> {
        let mut sums: Vec<Self> = Vec::new();
        for step in steps {
            match sums.iter_mut().find(|sum| sum.line == step.line) {
                Some(sum) => *sum = sum.plus(&step)?,
                None => sums.push(step),
            }
        }
        Ok(sums)
    }
}

/// A refund that was booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundPosted {
    /// The posting.
    pub posting: Posting,
    /// What it came to for the seller, line by line; to be kept with the refund.
    pub steps: Vec<LineProgress>,
}

/// Books a refund.
///
/// The seller's part is booked in the seller's currency at the rate of the sale, and the commission goes back on what the seller
/// bears: on a refund at the operator's or the carrier's cost the sale stands, and so does its commission. All of it goes by the
/// cumulative rule, so a line that is refunded in steps leaves nothing behind.
pub fn refund(post: &RefundToPost<'_>, at: DateTime<Utc>) -> Result<RefundPosted, LedgerError> {
    let mut draft = Draft::new();
    let (mut steps, mut total, mut expected) = (Vec::with_capacity(post.grant.items.len()), None::<Money>, None::<Money>);
    for item in &post.grant.items {
        let (step, cost) = book(post, item, &mut draft)?;
        steps.push(step);
        total = Some(total.map_or(Ok(item.parts.total()), |sum| sum.plus(item.parts.total()))?);
        expected = Some(expected.map_or(Ok(cost), |sum| sum.plus(cost))?);
    }
    let (Some(total), Some(expected)) = (total, expected) else { return Err(LedgerError::Nothing) };
    match post.paid_as {
        PaidAs::Money => {}
        PaidAs::StoreCredit(id) => {
            draft.transfer(EntryKind::StoreCreditIssued, Account::Buyer, Account::StoreCredit(id), total, None)?;
        }
        PaidAs::PromoCode(id) => draft.transfer(EntryKind::PromoCodeIssued, Account::Buyer, Account::PromoCode(id), total, None)?,
    }
    if let ProviderCost::Took(took) = post.provider_cost
        && total.currency != expected.currency
    {
        let more = took.minus(expected)?;
        let (from, to) = if more.is_negative() {
            (Account::Exchange, Account::ExchangeDifference)
        } else {
            (Account::ExchangeDifference, Account::Exchange)
        };
        let amount = if more.is_negative() { more.negated()? } else { more };
        draft.transfer(EntryKind::ExchangeDifference, from, to, amount, None)?;
    }
    let posting = draft.post(Cause::Refund { refund: post.refund, attempt: post.attempt }, at)?;
    Ok(RefundPosted { posting, steps })
}

/// Books one line. Gives back the seller's step, and what the line should cost in the seller's currency.
fn book(post: &RefundToPost<'_>, item: &GrantedItem, draft: &mut Draft) -> Result<(LineProgress, Money), LedgerError> {
    let (sold, rate) = (&item.sold, item.sold.facts().settlement);
    let (line, seller) = (sold.line(), Account::Seller(post.seller));
    let currency = rate.map_or(sold.currency(), ExchangeRate::to);
    let none = || LineProgress::none(line.clone(), sold.currency(), currency);
    let before = post.before.iter().find(|known| known.line == *line).cloned().unwrap_or_else(none);
    let borne = post.grant.costs.split(item.parts)?;
    let after = before.borne.plus(borne.seller)?;
    let mut own = Parts::nothing(currency);
    for part in Part::ALL {
        let kind = EntryKind::refunded(part);
        let got = borne.seller.get(part);
        let given = match rate {
            None => got,
            Some(rate) => rate.convert(after.get(part))?.minus(before.settled.get(part))?.at_least_zero(),
        };
        draft.exchange(kind, (seller, given), (Account::Buyer, got), Some(line))?;
        own = own.plus(Parts::of(currency, [(part, given)])?)?;
        draft.transfer(kind, Account::Carrier, Account::Buyer, borne.carrier.get(part), Some(line))?;
    }
    let (goods, delivery) = (borne.operator.total_of(&Part::GOODS), borne.operator.delivery_gross());
    draft.transfer(EntryKind::OperatorPaidRefundOrderAmount, Account::Operator, Account::Buyer, goods, Some(line))?;
    draft.transfer(EntryKind::OperatorPaidRefundOrderShippingAmount, Account::Operator, Account::Buyer, delivery, Some(line))?;
    let commissionable = sold.facts().commission.base.of(after)?;
    let back = sold.commission().back(post.grant.commission, commissionable)?;
    let due = |total: Money, already: Money| Ok::<_, MoneyError>(settled(total, rate)?.minus(already)?.at_least_zero());
    let (fee, vat) = (due(back.fee, before.fee_back)?, due(back.vat, before.vat_back)?);
    draft.transfer(EntryKind::RefundCommissionFee, Account::Operator, seller, fee, Some(line))?;
    draft.transfer(EntryKind::RefundCommissionVat, Account::CommissionTax, seller, vat, Some(line))?;
    let others = settled(borne.operator.total().plus(borne.carrier.total())?, rate)?;
    let step = LineProgress { line: line.clone(), borne: borne.seller, settled: own, fee_back: fee, vat_back: vat };
    Ok((step, own.total().plus(others)?))
}
