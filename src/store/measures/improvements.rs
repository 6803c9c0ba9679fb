//! What is done to better the figures: read and written by the operator alone.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use super::super::codec::{from_json, json, text};
use super::super::entity::improvements;
use super::super::{Page, PageRequest, PageSide, Result, Store, Tx};
use crate::domain::ids::ImprovementId;
use crate::domain::kpis::{Improvement, ImprovementState};
use crate::domain::parties::{Scope, View};

/// An improvement, and who sees to it.
#[derive(Debug, Clone, PartialEq)]
pub struct ImprovementRow {
    /// The improvement.
    pub improvement: Improvement,
    /// The name of who sees to it.
    pub owner_name: Option<String>,
}

/// Which improvements.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImprovementFilter {
    /// Those that stand here; none for all.
    pub state: Option<ImprovementState>,
}

fn row(model: improvements::Model) -> Result<ImprovementRow> {
    Ok(ImprovementRow { improvement: from_json(model.body, "improvements", "body")?, owner_name: model.owner_name })
}

impl Store {
    /// A page of the improvements, the newest first. For the operator; others find nothing.
    pub async fn improvements(
        &self,
        scope: Scope,
        filter: ImprovementFilter,
        request: &PageRequest<ImprovementId>,
    ) -> Result<Page<ImprovementRow>> {
        use improvements::Column::{Id, MarketplaceId, State};
        if scope.view != View::Whole {
            return Ok(Page::of(request, Vec::new()));
        }
        let mut find = improvements::Entity::find().filter(MarketplaceId.eq(scope.marketplace.uuid()));
        if let Some(state) = filter.state {
            find = find.filter(State.eq(text(state)));
        }
        let backwards = request.side == PageSide::First;
        if let Some(from) = request.from {
            find = find.filter(if backwards { Id.lt(from.uuid()) } else { Id.gt(from.uuid()) });
        }
        let find = if backwards { find.order_by_desc(Id) } else { find.order_by_asc(Id) };
        let rows = find.limit(request.size + 1).all(&self.reads).await?;
        Ok(Page::of(request, rows.into_iter().map(row).collect::<Result<_>>()?))
    }
}

impl Tx {
    /// An improvement, under lock. For the operator; others find none.
    pub async fn lock_improvement(&self, scope: Scope, id: ImprovementId) -> Result<Option<ImprovementRow>> {
        if scope.view != View::Whole {
            return Ok(None);
        }
        let find = improvements::Entity::find_by_id((self.marketplace.uuid(), id.uuid())).lock_exclusive();
        find.one(self.db().await?).await?.map(row).transpose()
    }

    /// Stores a new one. What is asked for by the same review or case as one before is not stored again.
    pub async fn insert_improvement(&self, new: &ImprovementRow) -> Result<()> {
        let model = self.improvement_model(new).into_active_model().reset_all();
        let once = OnConflict::columns([improvements::Column::MarketplaceId, improvements::Column::AskedBy]).do_nothing().to_owned();
        improvements::Entity::insert(model).on_conflict(once).exec_without_returning(self.db().await?).await?;
        Ok(())
    }

    /// Stores one as it is now.
    pub async fn save_improvement(&self, moved: &ImprovementRow) -> Result<()> {
        improvements::Entity::update(self.improvement_model(moved).into_active_model().reset_all()).exec(self.db().await?).await?;
        Ok(())
    }

    fn improvement_model(&self, one: &ImprovementRow) -> improvements::Model {
        let improvement = &one.improvement;
        improvements::Model {
            marketplace_id: self.marketplace.uuid(),
            id: improvement.id.uuid(),
            state: text(improvement.state),
            body: json(improvement),
            owner_name: one.owner_name.clone(),
            asked_by: improvement.origin.once_key(),
            revision: improvement.revision,
            created_at: improvement.proposed_at,
            updated_at: self.now(),
        }
    }
}
