//! What is booked beside sales and refunds: penalties, payouts, costs, and what people correct by hand.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::super::ids::{OrderId, PostingId, RefundId, SellerId};
use super::super::money::{BasisPoints, ExchangeRate, Money};
use super::super::refunds::Bearing;
use super::posting::settled;
use super::{Account, Cause, CauseName, Draft, EntryKind, LedgerError, Posting};

/// Whether a person credits or debits a seller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ManualKind {
    /// The operator gives.
    Credit,
    /// The operator takes.
    Debit,
}

/// Who pays for a parcel that goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LabelPayer {
    /// The buyer.
    Buyer,
    /// The seller.
    Seller(SellerId),
    /// The operator.
    Operator,
}

fn positive(amount: Money) -> Result<Money, LedgerError> {
    if amount.is_positive() { Ok(amount) } else { Err(LedgerError::NotPositive) }
}

/// A penalty of the operator on a seller, and the tax on it. `name` makes it unique.
pub fn penalty(seller: SellerId, fee: Money, tax_rate: BasisPoints, name: CauseName, at: DateTime<Utc>) -> Result<Posting, LedgerError> {
    let (fee, seller) = (positive(fee)?, Account::Seller(seller));
    let mut draft = Draft::new();
    draft.transfer(EntryKind::SellerPenaltyFee, seller, Account::Operator, fee, None)?;
    draft.transfer(EntryKind::SellerPenaltyFeeTax, seller, Account::CommissionTax, fee.share(tax_rate), None)?;
    draft.post(Cause::Named { name }, at)
}

/// Money that went to a seller. It may come before a refund that the seller then owes. `name` makes it unique.
pub fn payout(seller: SellerId, amount: Money, name: CauseName, at: DateTime<Utc>) -> Result<Posting, LedgerError> {
    let mut draft = Draft::new();
    draft.transfer(EntryKind::Payout, Account::Seller(seller), Account::Payouts, positive(amount)?, None)?;
    draft.post(Cause::Named { name }, at)
}

/// What a person credits or debits a seller to correct an earlier posting, with the reason in words. `name` makes it unique.
pub fn manual(
    seller: SellerId,
    kind: ManualKind,
    amount: Money,
    (corrects, note): (PostingId, &str),
    name: CauseName,
    at: DateTime<Utc>,
) -> Result<Posting, LedgerError> {
    let (amount, seller) = (positive(amount)?, Account::Seller(seller));
    let mut draft = Draft::new();
    match kind {
        ManualKind::Credit => draft.transfer(EntryKind::ManualCredit, Account::Operator, seller, amount, None)?,
        ManualKind::Debit => draft.transfer(EntryKind::ManualDebit, seller, Account::Operator, amount, None)?,
    }
    draft.correct(Cause::Named { name }, at, corrects, note)
}

/// What a late refund costs more by law, in the currency that the buyer paid in, by who bears it.
pub fn late_increase(
    refund: RefundId,
    seller: SellerId,
    bearing: Bearing,
    amount: Money,
    rate: Option<ExchangeRate>,
    at: DateTime<Utc>,
) -> Result<Posting, LedgerError> {
    let (kind, shares) = (EntryKind::LateRefundIncrease, bearing.split_sum(positive(amount)?)?);
    let mut draft = Draft::new();
    draft.exchange(kind, (Account::Seller(seller), settled(shares.seller, rate)?), (Account::Buyer, shares.seller), None)?;
    draft.transfer(kind, Account::Operator, Account::Buyer, shares.operator, None)?;
    draft.transfer(kind, Account::Carrier, Account::Buyer, shares.carrier, None)?;
    draft.post(Cause::LateIncrease { refund }, at)
}

/// What a parcel that went back cost. `parcel` is its number, which makes it unique in the order.
pub fn return_shipping(
    order: OrderId,
    parcel: CauseName,
    payer: LabelPayer,
    cost: Money,
    at: DateTime<Utc>,
) -> Result<Posting, LedgerError> {
    let payer = match payer {
        LabelPayer::Buyer => Account::Buyer,
        LabelPayer::Seller(seller) => Account::Seller(seller),
        LabelPayer::Operator => Account::Operator,
    };
    let mut draft = Draft::new();
    draft.transfer(EntryKind::ReturnShippingCost, payer, Account::Carrier, positive(cost)?, None)?;
    draft.post(Cause::ReturnShipping { order, parcel }, at)
}
