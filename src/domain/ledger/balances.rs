//! What a seller has coming, and what is reported of it. Projections: they add up entries and decide nothing.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::super::ids::SellerId;
use super::super::money::{Currency, Money, MoneyError};
use super::{Account, Cause, Entry, EntryKind, LedgerError, Posting, Quarter};

/// What a seller has coming in a currency; below zero what it owes.
pub fn seller_balance<'a>(
    postings: impl IntoIterator<Item = &'a Posting>,
    seller: SellerId,
    currency: Currency,
) -> Result<Money, MoneyError> {
    Money::sum(currency, postings.into_iter().flat_map(|posting| of_seller(posting, seller, currency)).map(|entry| entry.amount))
}

fn of_seller(posting: &Posting, seller: SellerId, currency: Currency) -> impl Iterator<Item = &Entry> {
    let own = move |entry: &&Entry| entry.account == Account::Seller(seller) && entry.amount.currency == currency;
    posting.entries().iter().filter(own)
}

/// The account of a seller over a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SellerStatement {
    /// What it had at the beginning.
    pub opening: Money,
    /// What came in.
    pub credits: Money,
    /// What went out, as an amount below zero.
    pub debits: Money,
    /// What it has at the end.
    pub closing: Money,
}

/// What of a balance goes into the next period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carry {
    /// Nothing is owed; so much can be paid out.
    Payable(Money),
    /// The seller owes so much, because it was paid out before a refund came. It is set off against what it sells next.
    Owed(Money),
    /// The same, and it is more than the operator lets stand: somebody should look at it.
    OwedBeyondLimit(Money),
}

impl SellerStatement {
    /// Adds up a period; the first moment of it belongs to it, the last does not.
    pub fn of<'a>(
        postings: impl IntoIterator<Item = &'a Posting>,
        seller: SellerId,
        currency: Currency,
        period: &Range<DateTime<Utc>>,
    ) -> Result<Self, MoneyError> {
        let zero = Money::zero(currency);
        let (mut opening, mut credits, mut debits) = (zero, zero, zero);
        for posting in postings.into_iter().filter(|posting| posting.at() < period.end) {
            for entry in of_seller(posting, seller, currency) {
                let column = match () {
                    () if posting.at() < period.start => &mut opening,
                    () if entry.amount.is_negative() => &mut debits,
                    () => &mut credits,
                };
                *column = column.plus(entry.amount)?;
            }
        }
        Ok(Self { opening, credits, debits, closing: opening.plus(credits)?.plus(debits)? })
    }

    /// What goes into the next period. `limit` is how much a seller may owe before somebody is told.
    pub fn carry(&self, limit: Money) -> Result<Carry, MoneyError> {
        if !self.closing.is_negative() {
            return Ok(Carry::Payable(self.closing));
        }
        let owed = self.closing.negated()?;
        Ok(if owed.compare(limit)?.is_gt() { Carry::OwedBeyondLimit(owed) } else { Carry::Owed(owed) })
    }
}

/// What a seller earned in a quarter, as platforms report it (DAC7; art. 1649 ter A to E of the French tax code).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuarterTotals {
    /// How many lines were sold.
    pub sales: u32,
    /// What buyers paid, with taxes.
    pub gross: Money,
    /// What went back to them at the seller's cost, as an amount below zero.
    pub refunds: Money,
    /// What the operator took as commission with its tax and did not give back, as an amount below zero.
    pub commissions: Money,
    /// Other amounts withheld or given: penalties, return parcels, increases, corrections.
    pub other: Money,
}

impl QuarterTotals {
    /// Nothing yet.
    pub const fn none(currency: Currency) -> Self {
        let zero = Money::zero(currency);
        Self { sales: 0, gross: zero, refunds: zero, commissions: zero, other: zero }
    }

    /// What is left for the seller; the sum of all its entries but the payouts.
    pub fn net(&self) -> Result<Money, MoneyError> {
        self.gross.plus(self.refunds)?.plus(self.commissions)?.plus(self.other)
    }

    /// Adds what a posting does to a seller, in the currency of the totals.
    pub fn count(&mut self, posting: &Posting, seller: SellerId) -> Result<(), MoneyError> {
        match posting.cause() {
            Cause::Sale { .. } => self.sales += 1,
            Cause::SaleCorrected { .. } => self.sales = self.sales.saturating_sub(1),
            _ => {}
        }
        for entry in of_seller(posting, seller, self.gross.currency) {
            if let Some(column) = self.column(entry.kind) {
                *column = column.plus(entry.amount)?;
            }
        }
        Ok(())
    }

    fn column(&mut self, kind: EntryKind) -> Option<&mut Money> {
        match kind {
            EntryKind::OrderAmount
            | EntryKind::OrderAmountTax
            | EntryKind::OrderShippingAmount
            | EntryKind::OrderShippingAmountTax
            | EntryKind::OrderFees => Some(&mut self.gross),
            EntryKind::RefundOrderAmount
            | EntryKind::RefundOrderAmountTax
            | EntryKind::RefundOrderShippingAmount
            | EntryKind::RefundOrderShippingAmountTax
            | EntryKind::RefundOrderFees => Some(&mut self.refunds),
            EntryKind::CommissionFee | EntryKind::CommissionVat | EntryKind::RefundCommissionFee | EntryKind::RefundCommissionVat => {
                Some(&mut self.commissions)
            }
            EntryKind::Payout => None,
            EntryKind::OperatorPaidRefundOrderAmount
            | EntryKind::OperatorPaidRefundOrderShippingAmount
            | EntryKind::SellerPenaltyFee
            | EntryKind::SellerPenaltyFeeTax
            | EntryKind::ReturnShippingCost
            | EntryKind::StoreCreditIssued
            | EntryKind::StoreCreditUsed
            | EntryKind::StoreCreditExpired
            | EntryKind::StoreCreditVoided
            | EntryKind::PromoCodeIssued
            | EntryKind::PromoCodeUsed
            | EntryKind::PromoCodeExpired
            | EntryKind::PromoCodeVoided
            | EntryKind::LateRefundIncrease
            | EntryKind::ManualCredit
            | EntryKind::ManualDebit
            | EntryKind::ExchangeDifference
            | EntryKind::Rounding => Some(&mut self.other),
        }
    }
}

/// What a seller earned in a currency, quarter by quarter. A quarter in which nothing happened is left out.
pub fn quarterly<'a>(
    postings: impl IntoIterator<Item = &'a Posting>,
    seller: SellerId,
    currency: Currency,
    timezone: Tz,
) -> Result<BTreeMap<Quarter, QuarterTotals>, MoneyError> {
    let mut quarters = BTreeMap::new();
    for posting in postings {
        if of_seller(posting, seller, currency).next().is_none() {
            continue;
        }
        let totals = quarters.entry(Quarter::of(posting.at(), timezone)).or_insert_with(|| QuarterTotals::none(currency));
        totals.count(posting, seller)?;
    }
    Ok(quarters)
}

/// Whether the tripwire is untouched. Run it over what is stored; an error is a mistake in a program, not of a person.
pub fn tripwire<'a>(postings: impl IntoIterator<Item = &'a Posting>) -> Result<(), LedgerError> {
    let touched = postings.into_iter().flat_map(Posting::entries).find(|entry| entry.account == Account::Rounding);
    touched.map_or(Ok(()), |entry| Err(LedgerError::Tripwire { sum: entry.amount }))
}
