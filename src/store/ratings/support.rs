//! What buyers said of the support: at most one of each source and case, of which one counts.

use std::collections::HashMap;

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use super::super::codec::{from_json, json, text};
use super::super::entity::support_ratings;
use super::super::{Result, Store, Tx};
use crate::domain::ids::{CaseId, MarketplaceId};
use crate::domain::parties::{Scope, View};
use crate::domain::ratings::{Answers, SupportRating};

/// What a buyer said of the support, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SupportRow {
    /// The rating.
    pub rating: SupportRating,
    /// The grades for each criterion; none of what a helpdesk asked.
    pub grades: Option<Answers>,
    /// In words; empty without.
    pub text: String,
    /// How often it was said otherwise, from 1.
    pub revision: i32,
}

fn row(model: support_ratings::Model) -> Result<SupportRow> {
    from_json(model.body, "support_ratings", "body")
}

fn said_in(marketplace: MarketplaceId, cases: &[CaseId]) -> sea_orm::Select<support_ratings::Entity> {
    support_ratings::Entity::find()
        .filter(support_ratings::Column::MarketplaceId.eq(marketplace.uuid()))
        .filter(support_ratings::Column::CaseId.is_in(cases.iter().map(|case| case.uuid())))
}

fn counting(marketplace: MarketplaceId, cases: &[CaseId]) -> sea_orm::Select<support_ratings::Entity> {
    said_in(marketplace, cases).filter(support_ratings::Column::Counts.eq("YES"))
}

fn by_case(models: Vec<support_ratings::Model>) -> Result<HashMap<CaseId, SupportRow>> {
    models.into_iter().map(|model| row(model).map(|row| (row.rating.case, row))).collect()
}

impl Store {
    /// The support ratings that count, by case. For the operator; others find nothing.
    pub async fn support_ratings(&self, scope: Scope, cases: &[CaseId]) -> Result<HashMap<CaseId, SupportRow>> {
        if scope.view != View::Whole || cases.is_empty() {
            return Ok(HashMap::new());
        }
        by_case(counting(scope.marketplace, cases).all(&self.reads).await?)
    }

    /// All that was said of the support in these cases, for those who count.
    pub(in crate::store) async fn all_support_ratings(&self, marketplace: MarketplaceId, cases: &[CaseId]) -> Result<Vec<SupportRow>> {
        if cases.is_empty() {
            return Ok(Vec::new());
        }
        said_in(marketplace, cases).all(&self.reads).await?.into_iter().map(row).collect()
    }
}

impl Tx {
    /// The support ratings that count, by case.
    pub async fn support_ratings(&self, cases: &[CaseId]) -> Result<HashMap<CaseId, SupportRow>> {
        if cases.is_empty() {
            return Ok(HashMap::new());
        }
        by_case(counting(self.marketplace, cases).all(self.db().await?).await?)
    }

    /// All that was said of the support in these cases, under lock.
    pub async fn lock_support_ratings(&self, cases: &[CaseId]) -> Result<Vec<SupportRow>> {
        use support_ratings::Column::{CaseId as Case, Source};
        let find = said_in(self.marketplace, cases).order_by_asc(Case).order_by_asc(Source).lock_exclusive();
        find.all(self.db().await?).await?.into_iter().map(row).collect()
    }

    /// Stores what was said of the support of a case, and that `counts` is the one that counts.
    pub async fn save_support_ratings(&self, rows: &[&SupportRow], counts: &SupportRating) -> Result<()> {
        use support_ratings::Column::{Body, CaseId as Case, Counts, Id, MarketplaceId as Tenant, Revision, Source, UpdatedAt};
        let models = rows.iter().map(|one| {
            support_ratings::Model {
                marketplace_id: self.marketplace.uuid(),
                case_id: one.rating.case.uuid(),
                source: text(one.rating.source),
                id: one.rating.id.uuid(),
                counts: if one.rating.id == counts.id { "YES" } else { "NO" }.to_owned(),
                body: json(one),
                revision: one.revision,
                created_at: self.now(),
                updated_at: self.now(),
            }
            .into_active_model()
            .reset_all()
        });
        let newer = OnConflict::columns([Tenant, Case, Source]).update_columns([Id, Counts, Body, Revision, UpdatedAt]).to_owned();
        support_ratings::Entity::insert_many(models).on_conflict(newer).exec_without_returning(self.db().await?).await?;
        Ok(())
    }
}
