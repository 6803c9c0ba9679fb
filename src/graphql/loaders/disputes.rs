//! Disputes of cases and orders, and the files of evidence.

use std::sync::Arc;

use async_graphql::dataloader::Loader;

use super::{Found, Loaders, Reader, grouped};
use crate::domain::attachments::Attachment;
use crate::domain::disputes::Dispute;
use crate::domain::ids::{CaseId, DisputeId, EvidenceId, OrderId};
use crate::graphql::errors::Result;
use crate::store::StoreError;

/// The disputes of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct DisputesOfCase(CaseId);
/// The disputes about an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct DisputesOfOrder(OrderId);
/// The file of a piece of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct FileOf(EvidenceId);

impl Loader<DisputesOfCase> for Reader {
    type Value = Vec<Dispute>;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[DisputesOfCase]) -> Found<DisputesOfCase, Vec<Dispute>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = self.store.disputes_of_cases(self.scope, &ids).await.map_err(Arc::new)?;
        Ok(grouped(found.into_iter().map(|dispute| (DisputesOfCase(dispute.case), dispute))))
    }
}

impl Loader<DisputesOfOrder> for Reader {
    type Value = Vec<Dispute>;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[DisputesOfOrder]) -> Found<DisputesOfOrder, Vec<Dispute>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = self.store.disputes_of_orders(self.scope, &ids).await.map_err(Arc::new)?;
        Ok(grouped(found.into_iter().map(|dispute| (DisputesOfOrder(dispute.order), dispute))))
    }
}

impl Loader<FileOf> for Reader {
    type Value = Attachment;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[FileOf]) -> Found<FileOf, Attachment> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = self.store.evidence_files(self.scope, &ids).await.map_err(Arc::new)?;
        Ok(found.into_iter().map(|(piece, file)| (FileOf(piece), file)).collect())
    }
}

impl Loaders {
    pub(in crate::graphql) async fn dispute(&self, id: DisputeId) -> Result<Option<Dispute>> {
        self.one(id).await
    }

    pub(in crate::graphql) async fn disputes_of_case(&self, case: CaseId) -> Result<Vec<Dispute>> {
        Ok(self.one(DisputesOfCase(case)).await?.unwrap_or_default())
    }

    pub(in crate::graphql) async fn disputes_of_order(&self, order: OrderId) -> Result<Vec<Dispute>> {
        Ok(self.one(DisputesOfOrder(order)).await?.unwrap_or_default())
    }

    pub(in crate::graphql) async fn evidence_file(&self, piece: EvidenceId) -> Result<Option<Attachment>> {
        self.one(FileOf(piece)).await
    }
}
