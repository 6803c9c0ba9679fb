//! The ledger: what everybody owes and has, in double entry, append-only.
//!
//! Trilogue holds no money. It books what the payment system reports, so that buyer, seller and operator see the same figures.
//!
//! An entry credits an account (above zero) or debits it (below). The entries of a posting sum to zero in every currency, and a
//! [`Posting`] that does not cannot be made, nor read from a store. Nothing is ever changed: a correction is a new posting that
//! names the old one.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ids::{PromoCodeId, SellerId, StoreCreditId};
use super::money::{Currency, Money, MoneyError};
use super::purchases::{Part, PartsError};

mod adjustments;
mod balances;
mod credits;
mod posting;
mod promos;
mod quarters;
mod refunded;
mod rules;
mod sales;

#[cfg(test)]
mod tests;

pub use adjustments::{LabelPayer, ManualKind, late_increase, manual, payout, penalty, return_shipping};
pub use balances::{Carry, QuarterTotals, SellerStatement, quarterly, seller_balance, tripwire};
pub use credits::{CreditMove, CreditRefusal, CreditState, StoreCredit};
pub use posting::{Cause, CauseName, Draft, Entry, Posting};
pub use promos::{BudgetOwner, PromoCode, PromoMove, PromoState, Validity};
pub use quarters::{MalformedQuarter, Quarter};
pub use refunded::{LineProgress, PaidAs, ProviderCost, RefundPosted, RefundToPost, refund};
pub use rules::{Given, MOST_DAYS, Rules};
pub use sales::sale;

/// Whose account. A balance above zero is what they have coming.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "owner", content = "id", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Account {
    /// The buyers: below zero for what they paid and have not got back.
    Buyer,
    /// A seller.
    Seller(SellerId),
    /// The operator.
    Operator,
    /// The carrier.
    Carrier,
    /// The tax on the operator's commissions and fees, owed to the state. It never mixes with the tax on the goods, which is
    /// the seller's to declare.
    CommissionTax,
    /// What was paid out to sellers.
    Payouts,
    /// What is left on a store credit.
    StoreCredit(StoreCreditId),
    /// What a promo code is good for.
    PromoCode(PromoCodeId),
    /// Where one currency becomes another.
    Exchange,
    /// What refunds cost more or less than their sale brought, because rates moved in between.
    ExchangeDifference,
    /// A tripwire. Nothing is ever booked here; a balance other than zero is a mistake in a program.
    Rounding,
}

/// What an entry is for. The names are close to those that Mirakl's accounting documents use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EntryKind {
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
    /// A refund or gesture that was given as a code.
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
    /// The tripwire.
    Rounding,
}

impl EntryKind {
    const fn sold(part: Part) -> Self {
        match part {
            Part::Item => Self::OrderAmount,
            Part::ItemTax => Self::OrderAmountTax,
            Part::Shipping => Self::OrderShippingAmount,
            Part::ShippingTax => Self::OrderShippingAmountTax,
            Part::Fees => Self::OrderFees,
        }
    }

    const fn refunded(part: Part) -> Self {
        match part {
            Part::Item => Self::RefundOrderAmount,
            Part::ItemTax => Self::RefundOrderAmountTax,
            Part::Shipping => Self::RefundOrderShippingAmount,
            Part::ShippingTax => Self::RefundOrderShippingAmountTax,
            Part::Fees => Self::RefundOrderFees,
        }
    }
}

/// Why something cannot be booked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// The amounts do not go together.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The parts do not go together.
    #[error(transparent)]
    Parts(#[from] PartsError),
    /// A posting without entries.
    #[error("there is nothing to book")]
    Nothing,
    /// A posting that does not sum to zero.
    #[error("the entries in {currency} sum to {sum}, not to zero")]
    Unbalanced {
        /// In which currency.
        currency: Currency,
        /// What they sum to.
        sum: Money,
    },
    /// An amount of zero or less where there must be more.
    #[error("the amount must be above zero")]
    NotPositive,
    /// A correction without words, or too many.
    #[error("a correction needs a note of 1 to {limit} characters")]
    Note {
        /// The most it may have.
        limit: usize,
    },
    /// A cause without a usable name.
    #[error("what is booked needs a name of 1 to {limit} characters")]
    Name {
        /// The most it may have.
        limit: usize,
    },
    /// Something stands on the tripwire.
    #[error("{sum} were booked to the rounding account, where nothing may be")]
    Tripwire {
        /// How much.
        sum: Money,
    },
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Buyer => f.write_str("buyer"),
            Self::Seller(id) => id.fmt(f),
            Self::Operator => f.write_str("operator"),
            Self::Carrier => f.write_str("carrier"),
            Self::CommissionTax => f.write_str("commission tax"),
            Self::Payouts => f.write_str("payouts"),
            Self::StoreCredit(id) => id.fmt(f),
            Self::PromoCode(id) => id.fmt(f),
            Self::Exchange => f.write_str("exchange"),
            Self::ExchangeDifference => f.write_str("exchange difference"),
            Self::Rounding => f.write_str("rounding"),
        }
    }
}
