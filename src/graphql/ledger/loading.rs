//! The books, batched, through the eyes of one viewer.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use uuid::Uuid;

use super::super::errors::Result;
use super::super::loaders::{Found, Loaders, Reader, grouped};
use crate::domain::ids::{PostingId, PromoCodeId, RefundId, SellerId, StoreCreditId};
use crate::domain::money::Money;
use crate::store::{CreditUse, PostingRow, PromoCodeRow, StoreCreditRow, StoreError};

/// What a seller has coming.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct BalancesOf(SellerId);
/// What was booked of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct PostingsOf(RefundId);
/// What a store credit or promo code was spent on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct UsesOf(Uuid);

macro_rules! by_id {
    ($($id:ty => $value:ty, $find:ident, $key:expr;)+) => {$(
        impl Loader<$id> for Reader {
            type Value = $value;
            type Error = Arc<StoreError>;

            async fn load(&self, keys: &[$id]) -> Found<$id, $value> {
                let found = self.store.$find(self.scope, keys).await.map_err(Arc::new)?;
                Ok(found.into_iter().map(|value| ($key(&value), value)).collect())
            }
        }
    )+};
}

by_id! {
    PostingId => PostingRow, postings_by_id, |row: &PostingRow| row.id;
    StoreCreditId => StoreCreditRow, store_credits_by_id, |row: &StoreCreditRow| row.credit.id;
    PromoCodeId => PromoCodeRow, promo_codes_by_id, |row: &PromoCodeRow| row.code.id;
}

impl Loader<BalancesOf> for Reader {
    type Value = Vec<Money>;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[BalancesOf]) -> Found<BalancesOf, Vec<Money>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = self.store.seller_balances(self.scope, &ids).await.map_err(Arc::new)?;
        Ok(grouped(found.into_iter().map(|(seller, balance)| (BalancesOf(seller), balance))))
    }
}

impl Loader<PostingsOf> for Reader {
    type Value = Vec<PostingRow>;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[PostingsOf]) -> Found<PostingsOf, Vec<PostingRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = self.store.postings_of_refunds(self.scope, &ids).await.map_err(Arc::new)?;
        Ok(grouped(found.into_iter().filter_map(|row| row.refund.map(|refund| (PostingsOf(refund), row)))))
    }
}

impl Loader<UsesOf> for Reader {
    type Value = Vec<CreditUse>;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[UsesOf]) -> Found<UsesOf, Vec<CreditUse>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = self.store.credit_uses(self.scope, &ids).await.map_err(Arc::new)?;
        Ok::<HashMap<_, _>, _>(grouped(found.into_iter().map(|spent| (UsesOf(spent.credit), spent))))
    }
}

impl Loaders {
    pub(in crate::graphql) async fn posting(&self, id: PostingId) -> Result<Option<PostingRow>> {
        self.one(id).await
    }

    pub(in crate::graphql) async fn store_credit(&self, id: StoreCreditId) -> Result<Option<StoreCreditRow>> {
        self.one(id).await
    }

    pub(in crate::graphql) async fn promo_code(&self, id: PromoCodeId) -> Result<Option<PromoCodeRow>> {
        self.one(id).await
    }

    pub(in crate::graphql) async fn balances_of(&self, seller: SellerId) -> Result<Vec<Money>> {
        Ok(self.one(BalancesOf(seller)).await?.unwrap_or_default())
    }

    pub(in crate::graphql) async fn postings_of(&self, refund: RefundId) -> Result<Vec<PostingRow>> {
        Ok(self.one(PostingsOf(refund)).await?.unwrap_or_default())
    }

    pub(in crate::graphql) async fn uses_of(&self, credit: Uuid) -> Result<Vec<CreditUse>> {
        Ok(self.one(UsesOf(credit)).await?.unwrap_or_default())
    }
}
