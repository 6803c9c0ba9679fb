//! Returns and withdrawals, batched.

use std::sync::Arc;

use async_graphql::dataloader::Loader;

use super::super::errors::Result;
use super::{Found, Loaders, Reader, grouped};
use crate::domain::ids::{CaseId, OrderId, ReturnId, WithdrawalId};
use crate::domain::returns::Return;
use crate::domain::withdrawals::Withdrawal;
use crate::store::StoreError;

/// The returns in a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct ReturnsOf(CaseId);
/// The returns of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct ReturnsOfOrder(OrderId);
/// The withdrawals in a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct WithdrawalsOf(CaseId);

impl Loader<ReturnsOf> for Reader {
    type Value = Vec<Return>;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[ReturnsOf]) -> Found<ReturnsOf, Vec<Return>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = self.store.returns_of_cases(self.scope, &ids).await.map_err(Arc::new)?;
        Ok(grouped(found.into_iter().map(|one| (ReturnsOf(one.case), one))))
    }
}

impl Loader<ReturnsOfOrder> for Reader {
    type Value = Vec<Return>;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[ReturnsOfOrder]) -> Found<ReturnsOfOrder, Vec<Return>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = self.store.returns_of_orders(self.scope, &ids).await.map_err(Arc::new)?;
        Ok(grouped(found.into_iter().map(|one| (ReturnsOfOrder(one.order), one))))
    }
}

impl Loader<WithdrawalsOf> for Reader {
    type Value = Vec<Withdrawal>;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[WithdrawalsOf]) -> Found<WithdrawalsOf, Vec<Withdrawal>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = self.store.withdrawals_of_cases(self.scope, &ids).await.map_err(Arc::new)?;
        Ok(grouped(found.into_iter().filter_map(|one| Some((WithdrawalsOf(one.case?), one)))))
    }
}

impl Loaders {
    pub(in crate::graphql) async fn goods(&self, id: ReturnId) -> Result<Option<Return>> {
        self.one(id).await
    }

    pub(in crate::graphql) async fn withdrawal(&self, id: WithdrawalId) -> Result<Option<Withdrawal>> {
        self.one(id).await
    }

    pub(in crate::graphql) async fn returns_of(&self, case: CaseId) -> Result<Vec<Return>> {
        Ok(self.one(ReturnsOf(case)).await?.unwrap_or_default())
    }

    pub(in crate::graphql) async fn returns_of_order(&self, order: OrderId) -> Result<Vec<Return>> {
        Ok(self.one(ReturnsOfOrder(order)).await?.unwrap_or_default())
    }

    pub(in crate::graphql) async fn withdrawals_of(&self, case: CaseId) -> Result<Vec<Withdrawal>> {
        Ok(self.one(WithdrawalsOf(case)).await?.unwrap_or_default())
    }
}
