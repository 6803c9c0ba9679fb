//! The words of the books.

use async_graphql::Enum;

use crate::domain::ledger::{Account, Cause};

/// Whose account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum LedgerAccountKind {
    /// The buyers: below zero what they paid and have not got back.
    Buyer,
    /// A seller: above zero what it has coming, below zero what it owes.
    Seller,
    /// The operator.
    Operator,
    /// The carrier.
    Carrier,
    /// The tax on the operator's commissions and fees, which is owed to the state.
    CommissionTax,
    /// What was paid out to sellers.
    Payouts,
    /// What is left on a store credit.
    StoreCredit,
    /// What a promo code is good for.
    PromoCode,
    /// Where one currency becomes another.
    Exchange,
    /// What refunds cost more or less than their sale brought, because rates moved in between.
    ExchangeDifference,
    /// Nothing is ever booked here; anything on it is a mistake in a program.
    Rounding,
}

impl LedgerAccountKind {
    /// As the books name it.
    pub(super) const fn column(self) -> &'static str {
        match self {
            Self::Buyer => "BUYER",
            Self::Seller => "SELLER",
            Self::Operator => "OPERATOR",
            Self::Carrier => "CARRIER",
            Self::CommissionTax => "COMMISSION_TAX",
            Self::Payouts => "PAYOUTS",
            Self::StoreCredit => "STORE_CREDIT",
            Self::PromoCode => "PROMO_CODE",
            Self::Exchange => "EXCHANGE",
            Self::ExchangeDifference => "EXCHANGE_DIFFERENCE",
            Self::Rounding => "ROUNDING",
        }
    }
}

impl From<Account> for LedgerAccountKind {
    fn from(account: Account) -> Self {
        match account {
            Account::Buyer => Self::Buyer,
            Account::Seller(_) => Self::Seller,
            Account::Operator => Self::Operator,
            Account::Carrier => Self::Carrier,
            Account::CommissionTax => Self::CommissionTax,
            Account::Payouts => Self::Payouts,
            Account::StoreCredit(_) => Self::StoreCredit,
            Account::PromoCode(_) => Self::PromoCode,
            Account::Exchange => Self::Exchange,
            Account::ExchangeDifference => Self::ExchangeDifference,
            Account::Rounding => Self::Rounding,
        }
    }
}

/// Why something was booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum LedgerCause {
    /// A line was sold.
    Sale,
    /// A line was told again with other amounts: the sale as it was booked is taken back.
    SaleCorrected,
    /// A refund succeeded.
    Refund,
    /// A refund was reversed by the payment system.
    RefundReversed,
    /// A refund was late, and the law makes it dearer.
    LateIncrease,
    /// Goods were sent back.
    ReturnShipping,
    /// A store credit was spent, taken back, or lapsed.
    StoreCredit,
    /// A promo code was spent, taken back, or lapsed.
    PromoCode,
    /// A person or another program booked it under a name: a payout, a correction, a penalty.
    Named,
}

impl From<&Cause> for LedgerCause {
    fn from(cause: &Cause) -> Self {
        match cause {
            Cause::Sale { .. } => Self::Sale,
            Cause::SaleCorrected { .. } => Self::SaleCorrected,
            Cause::Refund { .. } => Self::Refund,
            Cause::RefundReversed { .. } => Self::RefundReversed,
            Cause::LateIncrease { .. } => Self::LateIncrease,
            Cause::ReturnShipping { .. } => Self::ReturnShipping,
            Cause::StoreCredit { .. } => Self::StoreCredit,
            Cause::PromoCode { .. } => Self::PromoCode,
            Cause::Named { .. } => Self::Named,
        }
    }
}

/// What an entry is for. The names are close to those that Mirakl's accounting documents use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::ledger::EntryKind")]
pub(super) enum LedgerEntryKind {
    /// Goods that were sold, without tax.
    OrderAmount,
    /// The tax on them.
    OrderAmountTax,
    /// Their delivery, without tax.
    OrderShippingAmount,
    /// The tax on that.
    OrderShippingAmountTax,
    /// Other sums that the buyer paid with them.
    OrderFees,
    /// The operator's commission.
    CommissionFee,
    /// The tax on it.
    CommissionVat,
    /// Goods that were refunded, without tax.
    RefundOrderAmount,
    /// The tax on them.
    RefundOrderAmountTax,
    /// Delivery that was refunded, without tax.
    RefundOrderShippingAmount,
    /// The tax on that.
    RefundOrderShippingAmountTax,
    /// Other sums that were refunded.
    RefundOrderFees,
    /// Commission that went back.
    RefundCommissionFee,
    /// The tax on that.
    RefundCommissionVat,
    /// Goods, tax and fees refunded at the operator's cost.
    OperatorPaidRefundOrderAmount,
    /// Delivery and its tax refunded at the operator's cost.
    OperatorPaidRefundOrderShippingAmount,
    /// A penalty.
    SellerPenaltyFee,
    /// The tax on it.
    SellerPenaltyFeeTax,
    /// The cost of sending goods back.
    ReturnShippingCost,
    /// A refund that was given as credit.
    StoreCreditIssued,
    /// Credit that was spent.
    StoreCreditUsed,
    /// Credit that lapsed.
    StoreCreditExpired,
    /// Credit that was taken back.
    StoreCreditVoided,
    /// A refund that was given as a code.
    PromoCodeIssued,
    /// A code that was spent.
    PromoCodeUsed,
    /// What was not spent of a code.
    PromoCodeExpired,
    /// A code that was taken back.
    PromoCodeVoided,
    /// What a late refund costs more by law.
    LateRefundIncrease,
    /// What a person credited.
    ManualCredit,
    /// What a person debited.
    ManualDebit,
    /// Money that went to a seller.
    Payout,
    /// What a refund cost more or less because rates moved.
    ExchangeDifference,
    /// Never used; see the account of this name.
    Rounding,
}
