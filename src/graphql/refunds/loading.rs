//! Refunds, batched, through the eyes of one viewer.

use std::sync::Arc;

use async_graphql::dataloader::Loader;

use super::super::errors::Result;
use super::super::loaders::{Found, Loaders, Reader, grouped};
use crate::domain::ids::{CaseId, OrderId, RefundId};
use crate::store::{StoreError, StoredRefund};

/// The refunds of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct RefundsOf(CaseId);
/// The refunds of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct RefundsOfOrder(OrderId);

impl Loader<RefundId> for Reader {
    type Value = StoredRefund;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[RefundId]) -> Found<RefundId, StoredRefund> {
        let found = self.store.refunds_by_id(self.scope, keys).await.map_err(Arc::new)?;
        Ok(found.into_iter().map(|stored| (stored.refund.id, stored)).collect())
    }
}

impl Loader<RefundsOf> for Reader {
    type Value = Vec<StoredRefund>;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[RefundsOf]) -> Found<RefundsOf, Vec<StoredRefund>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = self.store.refunds_of_cases(self.scope, &ids).await.map_err(Arc::new)?;
        Ok(grouped(found.into_iter().map(|stored| (RefundsOf(stored.case), stored))))
    }
}

impl Loader<RefundsOfOrder> for Reader {
    type Value = Vec<StoredRefund>;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[RefundsOfOrder]) -> Found<RefundsOfOrder, Vec<StoredRefund>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = self.store.refunds_of_orders(self.scope, &ids).await.map_err(Arc::new)?;
        Ok(grouped(found.into_iter().map(|stored| (RefundsOfOrder(stored.refund.order), stored))))
    }
}

impl Loaders {
    pub(in crate::graphql) async fn refund(&self, id: RefundId) -> Result<Option<StoredRefund>> {
        self.one(id).await
    }

    pub(in crate::graphql) async fn refunds_of(&self, case: CaseId) -> Result<Vec<StoredRefund>> {
        Ok(self.one(RefundsOf(case)).await?.unwrap_or_default())
    }

    pub(in crate::graphql) async fn refunds_of_order(&self, order: OrderId) -> Result<Vec<StoredRefund>> {
        Ok(self.one(RefundsOfOrder(order)).await?.unwrap_or_default())
    }
}
