//! What time alone will do: every case says when it wants to be looked at next.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::entity::cases;
use super::{Result, Store};
use crate::domain::ids::{CaseId, MarketplaceId};

/// A case for which time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueCase {
    /// The tenant.
    pub marketplace: MarketplaceId,
    /// The case.
    pub case: CaseId,
}

impl Store {
    /// The cases for which time has come, the longest due first.
    pub async fn due_cases(&self, now: DateTime<Utc>, limit: u64) -> Result<Vec<DueCase>> {
        let due = cases::Entity::find()
            .select_only()
            .column(cases::Column::MarketplaceId)
            .column(cases::Column::Id)
            .filter(cases::Column::WakesAt.lte(now))
            .order_by_asc(cases::Column::WakesAt)
            .limit(limit);
        let rows = due.into_tuple::<(Uuid, Uuid)>().all(&self.reads).await?;
        let case = |(marketplace, case)| DueCase { marketplace: MarketplaceId::from_uuid(marketplace), case: CaseId::from_uuid(case) };
        Ok(rows.into_iter().map(case).collect())
    }
}
