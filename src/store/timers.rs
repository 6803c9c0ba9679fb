//! What silence will do, and when: one row per case and kind, written with the state that waits.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use super::codec::{from_text, text};
use super::entity::timers;
use super::{Result, Store, Tx};
use crate::domain::ids::{CaseId, MarketplaceId};

/// What a timer stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TimerKind {
    /// The seller owes an answer; at the end the case goes to the operator.
    SellerReply,
}

/// A timer that has run out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueTimer {
    /// The tenant.
    pub marketplace: MarketplaceId,
    /// The case.
    pub case: CaseId,
    /// What it stands for.
    pub kind: TimerKind,
    /// When it ran out.
    pub due_at: DateTime<Utc>,
}

impl Store {
    /// The timers that have run out, the oldest first.
    pub async fn due_timers(&self, now: DateTime<Utc>, limit: u64) -> Result<Vec<DueTimer>> {
        let due = timers::Entity::find().filter(timers::Column::DueAt.lte(now)).order_by_asc(timers::Column::DueAt).limit(limit);
        let rows = due.all(&self.reads).await?;
        rows.into_iter()
            .map(|row| {
                Ok(DueTimer {
                    marketplace: MarketplaceId::from_uuid(row.marketplace_id),
                    case: CaseId::from_uuid(row.case_id),
                    kind: from_text(&row.kind, "timers", "kind")?,
                    due_at: row.due_at,
                })
            })
            .collect()
    }
}

impl Tx {
    /// Starts a timer, or moves it.
    pub async fn start_timer(&self, case: CaseId, kind: TimerKind, due_at: DateTime<Utc>) -> Result<()> {
        let row = timers::Model { marketplace_id: self.marketplace.uuid(), case_id: case.uuid(), kind: text(kind), due_at };
        let on_conflict = OnConflict::columns([timers::Column::MarketplaceId, timers::Column::CaseId, timers::Column::Kind])
            .update_column(timers::Column::DueAt)
            .to_owned();
        timers::Entity::insert(row.into_active_model().reset_all()).on_conflict(on_conflict).exec_without_returning(&self.inner).await?;
        Ok(())
    }

    /// Stops a timer, if it runs.
    pub async fn stop_timer(&self, case: CaseId, kind: TimerKind) -> Result<()> {
        timers::Entity::delete_by_id((self.marketplace.uuid(), case.uuid(), text(kind))).exec(&self.inner).await?;
        Ok(())
    }

    /// Takes a timer that has run out. Of two workers that fire the same timer, one gets true; one that was started anew
    /// in the meantime goes on.
    pub async fn take_due_timer(&self, case: CaseId, kind: TimerKind, now: DateTime<Utc>) -> Result<bool> {
        let take = timers::Entity::delete_by_id((self.marketplace.uuid(), case.uuid(), text(kind)));
        Ok(take.filter(timers::Column::DueAt.lte(now)).exec(&self.inner).await?.rows_affected > 0)
    }
}
