//! How far the timeline of each marketplace has been told to the world outside.
//!
//! Whoever tells it moves the cursor and writes what is to be sent in one unit of work, so that of two replicas that
//! have read the same events one writes them, and an interrupted one has written nothing.

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::entity::{alert_cursors, marketplaces};
use super::{Result, Store, StoreError, Tx};
use crate::domain::ids::MarketplaceId;

impl Store {
    /// The marketplaces whose timeline has grown since it was told, with the position up to which it was.
    pub async fn untold(&self) -> Result<Vec<(MarketplaceId, i64)>> {
        let grown = Query::select()
            .expr(Expr::val(1))
            .from(marketplaces::Entity)
            .and_where(
                Expr::col((marketplaces::Entity, marketplaces::Column::Id))
                    .equals((alert_cursors::Entity, alert_cursors::Column::MarketplaceId)),
            )
            .and_where(
                Expr::col((marketplaces::Entity, marketplaces::Column::LastPosition))
                    .gt(Expr::col((alert_cursors::Entity, alert_cursors::Column::Position))),
            )
            .take();
        let rows = alert_cursors::Entity::find().filter(Expr::exists(grown)).all(&self.reads).await?;
        Ok(rows.into_iter().map(|row| (MarketplaceId::from_uuid(row.marketplace_id), row.position)).collect())
    }
}

impl Tx {
    /// Begins to tell the marketplace's timeline if nobody has yet, and gives the position of its last event. Held until
    /// the commit, so that those who change who is told do so one after the other.
    pub async fn start_alerts(&self) -> Result<i64> {
        let last = marketplaces::Entity::find_by_id(self.marketplace.uuid())
            .select_only()
            .column(marketplaces::Column::LastPosition)
            .into_tuple::<i64>()
            .one(self.db().await?)
            .await?
            .ok_or(StoreError::Inconsistent { table: "marketplaces", column: "id" })?;
        let mut insert = Query::insert();
        insert
            .into_table(alert_cursors::Entity)
            .columns([alert_cursors::Column::MarketplaceId, alert_cursors::Column::Position])
            .values_panic([self.marketplace.uuid().into(), last.into()])
            .on_conflict(OnConflict::column(alert_cursors::Column::MarketplaceId).do_nothing().to_owned());
        self.db().await?.execute(&insert).await?;
        self.lock_cursor().await?;
        Ok(last)
    }

    async fn lock_cursor(&self) -> Result<()> {
        let find = alert_cursors::Entity::find_by_id(self.marketplace.uuid()).select_only().column(alert_cursors::Column::MarketplaceId);
        find.lock_exclusive().into_tuple::<Uuid>().one(self.db().await?).await?;
        Ok(())
    }

    /// Says that the timeline was told from one position to another. False when somebody else did so in the meantime.
    pub async fn advance_alerts(&self, from: i64, to: i64) -> Result<bool> {
        let advance = alert_cursors::Entity::update_many()
            .col_expr(alert_cursors::Column::Position, Expr::value(to))
            .filter(alert_cursors::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(alert_cursors::Column::Position.eq(from));
        Ok(advance.exec(self.db().await?).await?.rows_affected > 0)
    }
}
