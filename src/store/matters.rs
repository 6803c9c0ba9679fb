//! Where a case's returns, refunds and disputes stand.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::de::DeserializeOwned;

use super::codec::from_text;
use super::entity::{connections, disputes, refunds, returns};
use super::{Result, Store, Tx};
use crate::domain::ids::{CaseId, ConnectionId, MarketplaceId};
use crate::domain::marks::Matters;

fn states<T: DeserializeOwned>(texts: &[String], table: &'static str) -> Result<Vec<T>> {
    texts.iter().map(|text| from_text(text, table, "state")).collect()
}

impl Store {
    /// Where a case's returns, refunds and disputes stand, the oldest first.
    pub async fn matters(&self, marketplace: MarketplaceId, case: CaseId) -> Result<Matters> {
        macro_rules! of {
            ($table:ident, $column:ident) => {
                $table::Entity::find()
                    .select_only()
                    .column($table::Column::$column)
                    .filter($table::Column::MarketplaceId.eq(marketplace.uuid()))
                    .filter($table::Column::CaseId.eq(case.uuid()))
                    .order_by_asc($table::Column::Id)
                    .into_tuple::<String>()
                    .all(&self.reads)
                    .await?
            };
        }
        Ok(Matters {
            returns: states(&of!(returns, State), "returns")?,
            refunds: states(&of!(refunds, State), "refunds")?,
            disputes: states(&of!(disputes, Stage), "disputes")?,
        })
    }
}

impl Tx {
    /// What is set about a helpdesk connection, as it is kept; none when it is gone.
    pub async fn connection_settings(&self, connection: ConnectionId) -> Result<Option<serde_json::Value>> {
        let find = connections::Entity::find_by_id((self.marketplace.uuid(), connection.uuid()))
            .select_only()
            .column(connections::Column::Settings)
            .into_tuple::<serde_json::Value>();
        Ok(find.one(self.db().await?).await?)
    }
}
