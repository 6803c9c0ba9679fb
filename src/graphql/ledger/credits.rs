//! Store credit and promo codes.

use async_graphql::{Context, Enum, Object};
use chrono::{DateTime, Utc};

use super::super::cases::CaseObject;
use super::super::errors::{Result, bad_input};
use super::super::orders::OrderObject;
use super::super::scalars::MoneyObject;
use super::super::session::session;
use crate::domain::ids::{OrderId, PromoCodeId, RefundId, StoreCreditId};
use crate::domain::ledger::PromoState;
use crate::domain::parties::{Scope, View};
use crate::store::{CreditUse, PromoCodeRow, StoreCreditRow};

/// Where a store credit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::ledger::CreditState")]
pub(super) enum StoreCreditState {
    /// It can be used.
    Open,
    /// Nothing is left.
    UsedUp,
    /// Its time is over.
    Expired,
    /// The operator took it back, or the refund that it was given for was reversed.
    Void,
}

/// Where a promo code stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum PromoCodeState {
    /// It can be used, once.
    Open,
    /// It was.
    Used,
    /// Its time is over.
    Expired,
    /// The operator took it back, or the refund that it was given for was reversed.
    Void,
}

impl StoreCreditState {
    pub(super) fn column(self) -> String {
        match self {
            Self::Open => "OPEN",
            Self::UsedUp => "USED_UP",
            Self::Expired => "EXPIRED",
            Self::Void => "VOID",
        }
        .to_owned()
    }
}

impl PromoCodeState {
    pub(super) fn column(self) -> String {
        match self {
            Self::Open => "OPEN",
            Self::Used => "USED",
            Self::Expired => "EXPIRED",
            Self::Void => "VOID",
        }
        .to_owned()
    }
}

impl From<PromoState> for PromoCodeState {
    fn from(state: PromoState) -> Self {
        match state {
            PromoState::Open => Self::Open,
            PromoState::Used { .. } => Self::Used,
            PromoState::Expired => Self::Expired,
            PromoState::Void => Self::Void,
        }
    }
}

/// Sellers know the amounts and nothing else, so they cannot ask by anything else.
pub(super) fn whole_filter(scope: Scope, filtered: bool) -> Result<()> {
    if filtered && matches!(scope.view, View::Seller(_)) {
        return Err(bad_input("A seller lists all that was given for its sales; there is no filter for it."));
    }
    Ok(())
}

/// Whether the viewer knows more than the amount.
fn knows_all(ctx: &Context<'_>) -> Result<bool> {
    Ok(!matches!(session(ctx)?.scope().view, View::Seller(_)))
}

/// What the viewer may know of it.
fn told<T>(ctx: &Context<'_>, value: impl FnOnce() -> T) -> Option<Result<T>> {
    knows_all(ctx).map(|knows| knows.then(value)).transpose()
}

/// Something that was paid with a store credit or promo code.
pub(super) struct UseObject(pub(super) CreditUse);

#[Object(name = "CreditUse")]
/// Something that was paid with a store credit or promo code.
impl UseObject {
    /// How much.
    async fn amount(&self) -> MoneyObject {
        self.0.amount.into()
    }

    /// When it was told.
    async fn used_at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// The order that was paid.
    async fn order(&self, ctx: &Context<'_>) -> Option<Result<OrderObject>> {
        order(ctx, self.0.order).await
    }
}

async fn order(ctx: &Context<'_>, id: OrderId) -> Option<Result<OrderObject>> {
    let load = async { session(ctx)?.loaders().order(id).await };
    load.await.map(|found| found.map(OrderObject)).transpose()
}

async fn uses(ctx: &Context<'_>, credit: uuid::Uuid) -> Result<Vec<UseObject>> {
    Ok(session(ctx)?.loaders().uses_of(credit).await?.into_iter().map(UseObject).collect())
}

async fn case(ctx: &Context<'_>, id: crate::domain::ids::CaseId) -> Option<Result<CaseObject>> {
    let load = async { if knows_all(ctx)? { session(ctx)?.loaders().case(id).await } else { Ok(None) } };
    load.await.map(|found| found.map(CaseObject)).transpose()
}

/// A store credit.
pub(in crate::graphql) struct StoreCreditObject(pub(in crate::graphql) StoreCreditRow);

#[Object(name = "StoreCredit")]
/// What a buyer has with the shop, given for a refund instead of money. For operators and vendors; the seller whose sale was
/// refunded knows of it and its amount, and nothing else.
impl StoreCreditObject {
    /// The global id.
    pub(in crate::graphql) async fn id(&self) -> StoreCreditId {
        self.0.credit.id
    }

    /// What it was worth at first.
    async fn issued(&self) -> MoneyObject {
        self.0.credit.issued.into()
    }

    /// What is left of it; null for sellers.
    async fn remaining(&self, ctx: &Context<'_>) -> Option<Result<MoneyObject>> {
        told(ctx, || self.0.credit.remaining.into())
    }

    /// Where it stands; null for sellers.
    async fn state(&self, ctx: &Context<'_>) -> Option<Result<StoreCreditState>> {
        told(ctx, || self.0.credit.state.into())
    }

    /// When it was given; null for sellers.
    async fn issued_at(&self, ctx: &Context<'_>) -> Option<Result<DateTime<Utc>>> {
        told(ctx, || self.0.given.at)
    }

    /// From when on it cannot be used any more; null for never, and for sellers.
    async fn expires_at(&self, ctx: &Context<'_>) -> Option<Result<DateTime<Utc>>> {
        told(ctx, || self.0.credit.expires_at).and_then(Result::transpose)
    }

    /// How often it has changed; whoever takes it back names the revision that they saw. Null for sellers.
    async fn revision(&self, ctx: &Context<'_>) -> Option<Result<u32>> {
        told(ctx, || self.0.credit.revision)
    }

    /// The refund that was given as this; null for sellers.
    async fn refund_id(&self, ctx: &Context<'_>) -> Option<Result<RefundId>> {
        told(ctx, || self.0.given.refund)
    }

    /// The case that the refund belongs to; null for sellers.
    async fn case(&self, ctx: &Context<'_>) -> Option<Result<CaseObject>> {
        case(ctx, self.0.given.case).await
    }

    /// What it was spent on, the oldest first. Empty for sellers.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn uses(&self, ctx: &Context<'_>) -> Result<Vec<UseObject>> {
        uses(ctx, self.0.credit.id.uuid()).await
    }
}

/// A promo code.
pub(in crate::graphql) struct PromoCodeObject(pub(in crate::graphql) PromoCodeRow);

#[Object(name = "PromoCode")]
/// A code that a buyer can pay with once, given for a refund instead of money. For operators and vendors; the seller whose sale
/// was refunded knows of it and its amount, and nothing else.
impl PromoCodeObject {
    /// The global id.
    pub(in crate::graphql) async fn id(&self) -> PromoCodeId {
        self.0.code.id
    }

    /// The most that it takes off.
    async fn value(&self) -> MoneyObject {
        self.0.code.value.into()
    }

    /// As the buyer types it; null for sellers.
    async fn code(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        told(ctx, || self.0.text.clone())
    }

    /// Where it stands; null for sellers.
    async fn state(&self, ctx: &Context<'_>) -> Option<Result<PromoCodeState>> {
        told(ctx, || self.0.code.state.into())
    }

    /// From when on it can be used; null for sellers.
    async fn valid_from(&self, ctx: &Context<'_>) -> Option<Result<DateTime<Utc>>> {
        told(ctx, || self.0.code.validity.from)
    }

    /// From when on it cannot be used any more; null for sellers.
    async fn expires_at(&self, ctx: &Context<'_>) -> Option<Result<DateTime<Utc>>> {
        told(ctx, || self.0.code.validity.until)
    }

    /// How often it has changed; whoever takes it back names the revision that they saw. Null for sellers.
    async fn revision(&self, ctx: &Context<'_>) -> Option<Result<u32>> {
        told(ctx, || self.0.code.revision)
    }

    /// The refund that was given as this; null for sellers.
    async fn refund_id(&self, ctx: &Context<'_>) -> Option<Result<RefundId>> {
        told(ctx, || self.0.given.refund)
    }

    /// The case that the refund belongs to; null for sellers.
    async fn case(&self, ctx: &Context<'_>) -> Option<Result<CaseObject>> {
        case(ctx, self.0.given.case).await
    }

    /// What it was spent on: at most one. Empty for sellers.
    async fn uses(&self, ctx: &Context<'_>) -> Result<Vec<UseObject>> {
        uses(ctx, self.0.code.id.uuid()).await
    }
}
