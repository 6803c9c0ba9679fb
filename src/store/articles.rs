//! How often articles of the help centre were of use.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use super::entity::{article_uses, used_articles};
use super::{Result, Store, Tx};
use crate::domain::ids::{CaseId, MarketplaceId};

/// An article that was of use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedArticle {
    /// Where it is read.
    pub url: String,
    /// How often: once for each case and person.
    pub uses: i64,
    /// When it was last.
    pub last_used_at: DateTime<Utc>,
}

impl Store {
    /// How often each of these articles was of use; those that never were are left out.
    pub async fn uses_of_articles(&self, marketplace: MarketplaceId, urls: &[String]) -> Result<HashMap<String, i64>> {
        if urls.is_empty() {
            return Ok(HashMap::new());
        }
        let find = used_articles::Entity::find()
            .select_only()
            .columns([used_articles::Column::Url, used_articles::Column::Uses])
            .filter(used_articles::Column::MarketplaceId.eq(marketplace.uuid()))
            .filter(used_articles::Column::Url.is_in(urls));
        Ok(find.into_tuple::<(String, i64)>().all(&self.reads).await?.into_iter().collect())
    }

    /// The articles that were of use most often.
    pub async fn most_used_articles(&self, marketplace: MarketplaceId, limit: u64) -> Result<Vec<UsedArticle>> {
        let find = used_articles::Entity::find()
            .filter(used_articles::Column::MarketplaceId.eq(marketplace.uuid()))
            .order_by_desc(used_articles::Column::Uses)
            .order_by_asc(used_articles::Column::Url)
            .limit(limit);
        let used = |row: used_articles::Model| UsedArticle { url: row.url, uses: row.uses, last_used_at: row.last_used_at };
        Ok(find.all(&self.reads).await?.into_iter().map(used).collect())
    }
}

impl Tx {
    /// Counts a use, unless this person used the article in this case before; gives the count.
    pub async fn use_article(&self, case: CaseId, url: &str, person: &str) -> Result<i64> {
        let now = self.store.clock.now();
        let row = article_uses::Model {
            marketplace_id: self.marketplace.uuid(),
            case_id: case.uuid(),
            url: url.to_owned(),
            person: person.to_owned(),
            used_at: now,
        };
        let once = OnConflict::new().do_nothing().to_owned();
        let insert = article_uses::Entity::insert(row.into_active_model().reset_all()).on_conflict(once);
        let new = insert.exec_without_returning(self.db().await?).await?;
        if new > 0 {
            let row = used_articles::Model { marketplace_id: self.marketplace.uuid(), url: url.to_owned(), uses: 1, last_used_at: now };
            let count = Expr::col((used_articles::Entity, used_articles::Column::Uses)).add(1);
            let again = OnConflict::columns([used_articles::Column::MarketplaceId, used_articles::Column::Url])
                .value(used_articles::Column::Uses, count)
                .update_column(used_articles::Column::LastUsedAt)
                .to_owned();
            let insert = used_articles::Entity::insert(row.into_active_model().reset_all()).on_conflict(again);
            insert.exec_without_returning(self.db().await?).await?;
        }
        let find = used_articles::Entity::find_by_id((self.marketplace.uuid(), url.to_owned()));
        Ok(find.one(self.db().await?).await?.map_or(0, |row| row.uses))
    }
}
