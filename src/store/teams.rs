//! Groups of agents, as helpdesks name them.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use super::entity::teams;
use super::{Result, Store, StoreError, Tx};
use crate::domain::ids::{ConnectionId, TeamId};
use crate::domain::parties::{Scope, View};

/// The most teams that are listed.
const MOST: u64 = 1_000;

/// A group of agents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamRow {
    /// Our id.
    pub id: TeamId,
    /// The helpdesk whose group it is.
    pub connection: ConnectionId,
    /// Its number there.
    pub number: String,
    /// Its name, as we heard it last.
    pub name: String,
}

impl From<teams::Model> for TeamRow {
    fn from(row: teams::Model) -> Self {
        Self { id: TeamId::from_uuid(row.id), connection: ConnectionId::from_uuid(row.connection_id), number: row.number, name: row.name }
    }
}

impl Store {
    /// The teams that ever had a case, by name, the first thousand of them. For the operator; others find none.
    pub async fn teams(&self, scope: Scope) -> Result<Vec<TeamRow>> {
        if scope.view != View::Whole {
            return Ok(Vec::new());
        }
        let find = teams::Entity::find().filter(teams::Column::MarketplaceId.eq(scope.marketplace.uuid()));
        let find = find.order_by_asc(teams::Column::Name).order_by_asc(teams::Column::Id).limit(MOST);
        Ok(find.all(&self.reads).await?.into_iter().map(Into::into).collect())
    }
}

impl Tx {
    /// The team that a helpdesk's group is, by the name that it has now.
    pub async fn team(&self, connection: ConnectionId, number: &str, name: &str) -> Result<TeamId> {
        use teams::Column::{ConnectionId as Connection, MarketplaceId, Name, Number, UpdatedAt};
        let find = || {
            teams::Entity::find()
                .filter(MarketplaceId.eq(self.marketplace.uuid()))
                .filter(Connection.eq(connection.uuid()))
                .filter(Number.eq(number))
        };
        let known = find().one(self.db().await?).await?;
        if let Some(known) = known.as_ref().filter(|known| known.name == name) {
            return Ok(TeamId::from_uuid(known.id));
        }
        let model = teams::Model {
            marketplace_id: self.marketplace.uuid(),
            id: TeamId::generate().uuid(),
            connection_id: connection.uuid(),
            number: number.to_owned(),
            name: name.to_owned(),
            updated_at: self.now(),
        };
        // Another ticket of the same group may come in at the same time: its id is the team's then.
        let renamed = OnConflict::columns([MarketplaceId, Connection, Number]).update_columns([Name, UpdatedAt]).to_owned();
        let insert = teams::Entity::insert(model.into_active_model().reset_all()).on_conflict(renamed);
        insert.exec_without_returning(self.db().await?).await?;
        let found = find().one(self.db().await?).await?.ok_or(StoreError::Inconsistent { table: "teams", column: "number" })?;
        Ok(TeamId::from_uuid(found.id))
    }
}
