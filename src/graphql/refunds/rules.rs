//! What the charter says about refunds.

use async_graphql::{InputObject, Object};

use super::super::scalars::{MoneyInput, MoneyObject};
use super::super::triage::money;
use super::enums::{CommissionReversal, Execution, InterestReading, ShippingPolicy};
use crate::domain::money::{BasisPoints, Money};
use crate::domain::refunds::RefundRules;
use crate::domain::refusal::Refusal;
use crate::workflow::{Error, refused};

/// What the charter says about refunds.
pub(in crate::graphql) struct RefundRulesObject(pub(in crate::graphql) RefundRules);

#[Object(name = "RefundRules")]
/// What the charter says about refunds.
impl RefundRulesObject {
    /// How many hours a seller has to decide before the operator does.
    async fn seller_hours(&self) -> i32 {
        self.0.seller_hours.into()
    }

    /// How many days a buyer has to agree to credit or a code before the money goes back the way it was paid.
    async fn consent_days(&self) -> i32 {
        self.0.consent_days.into()
    }

    /// After how many days without an outcome of the payment system the operator is told.
    async fn pending_alert_days(&self) -> i32 {
        self.0.pending_alert_days.into()
    }

    /// The most that a seller may grant on a line without the operator, counting what was granted there before; null for no limit.
    async fn seller_limit(&self) -> Option<MoneyObject> {
        self.0.seller_limit.map(Into::into)
    }

    /// Above which amount a second person of the operator must approve, counted in the same way; null for never.
    async fn second_approver_above(&self) -> Option<MoneyObject> {
        self.0.second_approver_above.map(Into::into)
    }

    /// What of a shared delivery is refunded when a buyer withdraws from some of an order.
    async fn shipping(&self) -> ShippingPolicy {
        self.0.shipping.into()
    }

    /// What the operator gives back of its commission.
    async fn commission(&self) -> CommissionReversal {
        self.0.commission.into()
    }

    /// When the payment system is told of a refund that somebody granted.
    async fn execution(&self) -> Execution {
        self.0.execution.into()
    }

    /// The legal rate of interest for consumers, a year, in basis points; null when nobody keeps it up.
    async fn legal_rate_basis_points(&self) -> Option<i32> {
        self.0.legal_rate.map(|rate| rate.get().into())
    }

    /// How "increased by the legal rate of interest" is read.
    async fn interest(&self) -> InterestReading {
        self.0.interest.into()
    }
}

/// What the charter says about refunds. It replaces what was there.
#[derive(InputObject)]
pub(in crate::graphql) struct RefundRulesInput {
    /// How many hours a seller has to decide before the operator does, 1 to 720.
    #[graphql(default = 48)]
    seller_hours: i32,
    /// How many days a buyer has to agree to credit or a code, 1 to 60.
    #[graphql(default = 5)]
    consent_days: i32,
    /// After how many days without an outcome of the payment system the operator is told, 1 to 60.
    #[graphql(default = 5)]
    pending_alert_days: i32,
    /// The most that a seller may grant on a line without the operator, counting what was granted there before; null for no limit.
    seller_limit: Option<MoneyInput>,
    /// Above which amount a second person of the operator must approve, counted in the same way; null for never.
    second_approver_above: Option<MoneyInput>,
    /// What of a shared delivery is refunded when a buyer withdraws from some of an order.
    #[graphql(default_with = "ShippingPolicy::ProRataValue")]
    shipping: ShippingPolicy,
    /// What the operator gives back of its commission.
    #[graphql(default_with = "CommissionReversal::Full")]
    commission: CommissionReversal,
    /// When the payment system is told of a refund that somebody granted.
    #[graphql(default_with = "Execution::ByOperator")]
    execution: Execution,
    /// The legal rate of interest for consumers, a year, in basis points, 0 to 10,000; null when nobody keeps it up.
    legal_rate_basis_points: Option<i32>,
    /// How "increased by the legal rate of interest" is read.
    #[graphql(default_with = "InterestReading::AtOnce")]
    interest: InterestReading,
}

/// The rules that were given.
pub(in crate::graphql) fn refund_rules(input: &RefundRulesInput) -> Result<RefundRules, Error> {
    let at = |field: &str, message: String| refused(&["charter", "refunds", field], Refusal::Invalid { message });
    let limit = |field: &str, given: Option<&MoneyInput>| -> Result<Option<Money>, Error> {
        given.map(|given| money(given).map_err(|message| at(field, message))).transpose()
    };
    let rate = input.legal_rate_basis_points.map(|points| {
        let rate = u16::try_from(points).ok().and_then(|points| BasisPoints::new(points).ok());
        rate.ok_or_else(|| at("legalRateBasisPoints", "A rate is between 0 and 10000 basis points.".to_owned()))
    });
    // Numbers beyond the column are beyond what a charter may say, which its own check tells.
    let count = |given: i32| u16::try_from(given.max(0)).unwrap_or(u16::MAX);
    Ok(RefundRules {
        seller_hours: count(input.seller_hours),
        consent_days: count(input.consent_days),
        pending_alert_days: count(input.pending_alert_days),
        seller_limit: limit("sellerLimit", input.seller_limit.as_ref())?,
        second_approver_above: limit("secondApproverAbove", input.second_approver_above.as_ref())?,
        shipping: input.shipping.into(),
        commission: input.commission.into(),
        execution: input.execution.into(),
        legal_rate: rate.transpose()?,
        interest: input.interest.into(),
    })
}
