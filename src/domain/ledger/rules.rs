//! What a marketplace lays down for credit, codes and what sellers may owe.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::super::ids::{BuyerId, CaseId, OrderId, RefundId, SellerId};
use super::super::money::{Money, MoneyError};
use super::super::refunds::{Bearing, CostPlan};
use super::{BudgetOwner, Carry, SellerStatement, Validity};

/// The most days that a store credit or promo code can be good for.
pub const MOST_DAYS: u16 = 3660;

/// The rules of a marketplace for its ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Rules {
    /// For how many days a store credit can be used; none for ever. It stands for money that was paid.
    pub store_credit_days: Option<u16>,
    /// For how many days a promo code can be used.
    pub promo_code_days: u16,
    /// How much a seller may owe before somebody is told; none for no limit. Other currencies have none.
    pub owed_limit: Option<Money>,
}

impl Default for Rules {
    fn default() -> Self {
        Self { store_credit_days: None, promo_code_days: 365, owed_limit: None }
    }
}

impl Rules {
    /// When a store credit that is given now lapses; none for never.
    pub fn credit_until(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.store_credit_days.map(|days| at + TimeDelta::days(i64::from(days)))
    }

    /// When a promo code that is given now can be used.
    pub fn validity(&self, at: DateTime<Utc>) -> Validity {
        Validity { from: at, until: at + TimeDelta::days(i64::from(self.promo_code_days.max(1))) }
    }

    /// What of a seller's account goes into the next period, and whether somebody should look at it.
    pub fn carry(&self, statement: &SellerStatement) -> Result<Carry, MoneyError> {
        let currency = statement.closing.currency;
        let none = Money { minor: i64::MAX, currency };
        statement.carry(self.owed_limit.filter(|limit| limit.currency == currency).unwrap_or(none))
    }

    /// What is wrong with them: the field, and a sentence.
    pub fn faults(&self) -> Vec<(&'static str, String)> {
        let mut faults = Vec::new();
        let days = [("storeCreditDays", self.store_credit_days), ("promoCodeDays", Some(self.promo_code_days))];
        for (field, days) in days {
            if days.is_some_and(|days| !(1..=MOST_DAYS).contains(&days)) {
                faults.push((field, format!("The number of days must be between 1 and {MOST_DAYS}.")));
            }
        }
        if self.owed_limit.is_some_and(Money::is_negative) {
            faults.push(("owedLimit", "The limit must not be negative.".to_owned()));
        }
        faults
    }
}

/// For what a store credit or promo code was given, and to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given {
    /// The refund that it is.
    pub refund: RefundId,
    /// The case that the refund belongs to.
    pub case: CaseId,
    /// Who may use it.
    pub buyer: BuyerId,
    /// The order that was refunded.
    pub order: OrderId,
    /// Whose sale that was.
    pub seller: SellerId,
    /// When.
    pub at: DateTime<Utc>,
}

impl BudgetOwner {
    /// To whom that goes back which is not spent of a code: to the seller where it bears all of the goods, else to the operator.
    pub const fn of(costs: CostPlan, seller: SellerId) -> Self {
        match costs.goods {
            Bearing::Seller => Self::Seller(seller),
            _ => Self::Operator,
        }
    }
}
