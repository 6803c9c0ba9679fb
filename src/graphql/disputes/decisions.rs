//! How disputes end: what was agreed on, what was decided, and the appeal.

use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::enums::{Agreement, CountsAgainstSeller, Decider, DecisionReason, DisputeOutcome, Fault, Remedy};
use super::{for_operator, for_staff};
use crate::domain::disputes::{self, Appeal, Decision, Settlement};
use crate::graphql::enums::Party;
use crate::graphql::errors::Result;
use crate::graphql::masking;
use crate::graphql::refunds::CostsObject;
use crate::graphql::scalars::MoneyObject;

/// What the parties agreed on.
#[derive(SimpleObject)]
#[graphql(name = "DisputeSettlement")]
pub(in crate::graphql) struct SettlementObject {
    /// How they came to agree.
    agreement: Agreement,
    /// What the buyer gets.
    remedy: Remedy,
    /// How much; null for what has no amount.
    amount: Option<MoneyObject>,
    /// When.
    settled_at: DateTime<Utc>,
}

impl From<&Settlement> for SettlementObject {
    fn from(settlement: &Settlement) -> Self {
        let agreement = match settlement.agreement {
            disputes::Agreement::Offer(_) => Agreement::Offer,
            disputes::Agreement::Proposal(_) => Agreement::Proposal,
            disputes::Agreement::Refunded => Agreement::Refunded,
        };
        let (remedy, amount) = (settlement.remedy.into(), settlement.amount.map(Into::into));
        Self { agreement, remedy, amount, settled_at: settlement.at }
    }
}

/// A decision.
pub(in crate::graphql) struct DecisionObject(pub(super) Decision);

#[Object(name = "DisputeDecision")]
/// What was decided. Who won, who was at fault, who pays and whether it counts are four answers, never one.
impl DecisionObject {
    /// Whom it favours.
    async fn outcome(&self) -> DisputeOutcome {
        self.0.outcome.into()
    }

    /// Who was at fault.
    async fn fault(&self) -> Fault {
        self.0.fault.into()
    }

    /// Who pays for what the buyer gets; null for viewers other than operator and seller.
    async fn cost_bearer(&self, ctx: &Context<'_>) -> Option<Result<CostsObject>> {
        for_staff(ctx, self.0.costs.into())
    }

    /// Whether it counts in the measures of the seller; null for viewers other than operator and seller.
    async fn counts_against_seller(&self, ctx: &Context<'_>) -> Option<Result<CountsAgainstSeller>> {
        for_staff(ctx, self.0.counts.into())
    }

    /// How much the buyer gets.
    async fn amount(&self) -> MoneyObject {
        self.0.amount.into()
    }

    /// How the buyer gets it, or what else; null for nothing.
    async fn remedy(&self) -> Option<Remedy> {
        self.0.remedy.map(Into::into)
    }

    /// Why, as a code.
    async fn reason(&self) -> DecisionReason {
        self.0.reason.into()
    }

    /// Why, in words: the statement of reasons.
    async fn statement(&self) -> &str {
        &self.0.statement
    }

    /// The clause of the charter that it rests on.
    async fn clause(&self) -> &str {
        &self.0.clause
    }

    /// Whether a person decided, or the time that ran out.
    async fn decider(&self) -> Decider {
        match self.0.by {
            disputes::Decider::Person(_) => Decider::Person,
            disputes::Decider::HardStop => Decider::HardStop,
        }
    }

    /// Which person, as `Dispute.mediators` names people; null for viewers other than the operator, and when time decided.
    async fn by(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        match &self.0.by {
            disputes::Decider::Person(staff) => for_operator(ctx, staff.as_str()),
            disputes::Decider::HardStop => None,
        }
    }

    /// When.
    async fn decided_at(&self) -> DateTime<Utc> {
        self.0.at
    }
}

/// An appeal.
pub(in crate::graphql) struct AppealObject(pub(super) Appeal);

#[Object(name = "DisputeAppeal")]
/// The one appeal against a decision.
impl AppealObject {
    /// Who appealed.
    async fn by(&self) -> Party {
        self.0.by.into()
    }

    /// Why, without contact details where the marketplace masks them.
    async fn text(&self, ctx: &Context<'_>) -> Result<String> {
        masking::words(ctx, self.0.by, &self.0.text).await
    }

    /// When.
    async fn appealed_at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// What was decided on it, which holds from then on; null while it is open, and when nobody decided, so that the first
    /// decision stands.
    async fn decision(&self) -> Option<DecisionObject> {
        self.0.decision.clone().map(DecisionObject)
    }
}
