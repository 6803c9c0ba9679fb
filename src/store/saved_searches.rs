//! Searches that people keep: each token its own, and those that operators share.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde::{Deserialize, Serialize};

use super::cases::{CaseFilter, CaseOrder};
use super::codec::{from_json, from_text, json, text};
use super::entity::saved_searches;
use super::{Result, Store, Tx};
use crate::domain::ids::{SavedSearchId, TokenId};
use crate::domain::parties::{Scope, View};

/// Who has a saved search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Sharing {
    /// Who made it.
    Owner,
    /// Every operator of the marketplace, who can also change it.
    Operators,
}

/// A list of cases that somebody keeps by a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedSearch {
    /// Our id.
    pub id: SavedSearchId,
    /// The token that made it.
    pub owner: TokenId,
    /// Who has it.
    pub sharing: Sharing,
    /// What people call it.
    pub name: String,
    /// Which cases.
    pub filter: CaseFilter,
    /// In which order.
    pub order: CaseOrder,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

fn saved_search(row: saved_searches::Model) -> Result<SavedSearch> {
    Ok(SavedSearch {
        id: SavedSearchId::from_uuid(row.id),
        owner: TokenId::from_uuid(row.owner_id),
        sharing: from_text(&row.sharing, "saved_searches", "sharing")?,
        name: row.name,
        filter: from_json(row.filter, "saved_searches", "filter")?,
        order: from_text(&row.sort, "saved_searches", "sort")?,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

/// The most that others share and one operator is shown.
const SHOWN: u64 = 500;

/// In the form of the partial index.
fn shared() -> SimpleExpr {
    Expr::cust("sharing = 'OPERATORS'")
}

/// Those that a token has: its own, and for operators what operators share.
fn of(scope: Scope, owner: TokenId) -> Condition {
    let own = Condition::any().add(saved_searches::Column::OwnerId.eq(owner.uuid()));
    let had = match scope.view {
        View::Whole => own.add(shared()),
        View::Seller(_) | View::Storefront | View::Buyer(_) | View::Mediator { .. } => own,
    };
    Condition::all().add(saved_searches::Column::MarketplaceId.eq(scope.marketplace.uuid())).add(had)
}

impl Store {
    /// The searches that a token has, the oldest first.
    pub async fn saved_searches(&self, scope: Scope, owner: TokenId) -> Result<Vec<SavedSearch>> {
        let marketplace = || saved_searches::Column::MarketplaceId.eq(scope.marketplace.uuid());
        let own = saved_searches::Entity::find().filter(marketplace()).filter(saved_searches::Column::OwnerId.eq(owner.uuid()));
        let mut rows = own.all(&self.reads).await?;
        if scope.view == View::Whole {
            let others = saved_searches::Entity::find()
                .filter(marketplace())
                .filter(shared())
                .filter(saved_searches::Column::OwnerId.ne(owner.uuid()))
                .order_by_asc(saved_searches::Column::Id);
            rows.extend(others.limit(SHOWN).all(&self.reads).await?);
        }
        let mut found = rows.into_iter().map(saved_search).collect::<Result<Vec<_>>>()?;
        found.sort_by_key(|search| search.id);
        Ok(found)
    }

    /// One of the searches that a token has.
    pub async fn saved_search(&self, scope: Scope, owner: TokenId, id: SavedSearchId) -> Result<Option<SavedSearch>> {
        let find = saved_searches::Entity::find().filter(of(scope, owner)).filter(saved_searches::Column::Id.eq(id.uuid()));
        find.one(&self.reads).await?.map(saved_search).transpose()
    }
}

impl Tx {
    /// How many searches a token has made.
    pub async fn count_saved_searches(&self, owner: TokenId) -> Result<u64> {
        let find = saved_searches::Entity::find()
            .filter(saved_searches::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(saved_searches::Column::OwnerId.eq(owner.uuid()));
        Ok(find.count(self.db().await?).await?)
    }

    /// Stores a new one.
    pub async fn insert_saved_search(&self, search: &SavedSearch) -> Result<()> {
        let row = self.saved_search_row(search).into_active_model().reset_all();
        saved_searches::Entity::insert(row).exec_without_returning(self.db().await?).await?;
        Ok(())
    }

    /// Stores what changed about one.
    pub async fn save_saved_search(&self, search: &SavedSearch) -> Result<()> {
        saved_searches::Entity::update(self.saved_search_row(search).into_active_model().reset_all()).exec(self.db().await?).await?;
        Ok(())
    }

    /// Forgets one.
    pub async fn delete_saved_search(&self, id: SavedSearchId) -> Result<()> {
        saved_searches::Entity::delete_by_id((self.marketplace.uuid(), id.uuid())).exec(self.db().await?).await?;
        Ok(())
    }

    /// One of the searches that a token has, as it is in this unit of work.
    pub async fn saved_search(&self, scope: Scope, owner: TokenId, id: SavedSearchId) -> Result<Option<SavedSearch>> {
        let find = saved_searches::Entity::find().filter(of(scope, owner)).filter(saved_searches::Column::Id.eq(id.uuid()));
        find.one(self.db().await?).await?.map(saved_search).transpose()
    }

    fn saved_search_row(&self, search: &SavedSearch) -> saved_searches::Model {
        saved_searches::Model {
            marketplace_id: self.marketplace.uuid(),
            id: search.id.uuid(),
            owner_id: search.owner.uuid(),
            sharing: text(search.sharing),
            name: search.name.clone(),
            filter: json(&search.filter),
            sort: text(search.order),
            created_at: search.created_at,
            updated_at: search.updated_at,
        }
    }
}
