//! Searches that people keep.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::case_filter::{CaseFilterInput, CaseOrder, list};
use super::cases::CaseObject;
use super::errors::{Result, UserError, split, store};
use super::paging::{PageOf, Paging};
use super::session::{Session, session};
use crate::domain::ids::SavedSearchId;
use crate::store::{self, SavedSearch};
use crate::workflow::saved_searches::{self, SearchDraft};

/// Who has a saved search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "store::Sharing")]
pub(super) enum SavedSearchSharing {
    /// The token that made it, alone.
    Owner,
    /// Every operator of the marketplace; each of them can change it.
    Operators,
}

/// A saved search.
pub(super) struct SavedSearchObject(SavedSearch);

#[Object(name = "SavedSearch")]
/// A list of cases that somebody keeps by a name. Not a node.
impl SavedSearchObject {
    /// Its id.
    async fn id(&self) -> SavedSearchId {
        self.0.id
    }

    /// What people call it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Who has it.
    async fn sharing(&self) -> SavedSearchSharing {
        self.0.sharing.into()
    }

    /// Which cases.
    async fn filter(&self) -> CaseFilterInput {
        self.0.filter.clone().into()
    }

    /// In which order.
    async fn order_by(&self) -> CaseOrder {
        self.0.order.into()
    }

    /// The cases that it lists now, as the viewer knows them.
    #[graphql(complexity = "super::page_cost(first, last) * child_complexity + 1")]
    async fn cases(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items, at most 100, after `after` or from the start.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(desc = "How many items, at most 100, before `before` or from the end.")] last: Option<i32>,
        #[graphql(desc = "The `startCursor` of the page after.")] before: Option<String>,
    ) -> Result<PageOf<CaseObject>> {
        list(session(ctx)?, &self.0.filter, self.0.order, Paging { first, after, last, before }).await
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was changed last.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// The searches that the viewer has.
pub(super) async fn all(session: &Session) -> Result<Vec<SavedSearchObject>> {
    let Some(owner) = saved_searches::owner(&session.actor().who) else { return Ok(Vec::new()) };
    let found = session.cx().store.saved_searches(session.scope(), owner).await.map_err(|error| store(&error))?;
    Ok(found.into_iter().map(SavedSearchObject).collect())
}

/// A search to keep.
#[derive(InputObject)]
pub(super) struct SavedSearchCreateInput {
    /// What people call it, 1 to 100 characters.
    name: String,
    /// Who has it. Only operators can share.
    #[graphql(default_with = "SavedSearchSharing::Owner")]
    sharing: SavedSearchSharing,
    /// Which cases; null for all.
    filter: Option<CaseFilterInput>,
    /// In which order.
    #[graphql(default_with = "CaseOrder::UpdatedDesc")]
    order_by: CaseOrder,
}

/// A search to keep otherwise.
#[derive(InputObject)]
pub(super) struct SavedSearchUpdateInput {
    /// Which.
    saved_search_id: SavedSearchId,
    /// What people call it from now on, 1 to 100 characters.
    name: String,
    /// Who has it from now on. Only who made it can take it back from the other operators.
    sharing: SavedSearchSharing,
    /// Which cases from now on; null for all.
    filter: Option<CaseFilterInput>,
    /// In which order from now on.
    order_by: CaseOrder,
}

/// A search to forget.
#[derive(InputObject)]
pub(super) struct SavedSearchDeleteInput {
    /// Which.
    saved_search_id: SavedSearchId,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct SavedSearchCreatePayload {
    /// The search; null when nothing was kept.
    saved_search: Option<SavedSearchObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct SavedSearchUpdatePayload {
    /// The search as it is now; null when nothing was done.
    saved_search: Option<SavedSearchObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct SavedSearchDeletePayload {
    /// The id of what was forgotten; null when nothing was done.
    deleted_id: Option<SavedSearchId>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// The mutations of this file.
#[derive(Default)]
pub(super) struct SavedSearchMutations;

#[Object]
impl SavedSearchMutations {
    /// Keeps a list of cases by a name. At most 50 for each token.
    async fn saved_search_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to keep.")] input: SavedSearchCreateInput,
    ) -> Option<Result<SavedSearchCreatePayload>> {
        let run = async {
            let session = session(ctx)?;
            let filter = input.filter.unwrap_or_default().into();
            let draft = SearchDraft { name: input.name, sharing: input.sharing.into(), filter, order: input.order_by.into() };
            let (search, user_errors) = split(saved_searches::create(session.cx(), session.actor(), draft).await)?;
            Ok(SavedSearchCreatePayload { saved_search: search.map(SavedSearchObject), user_errors })
        };
        Some(run.await)
    }

    /// Changes a saved search that the viewer has.
    async fn saved_search_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and how it is from now on.")] input: SavedSearchUpdateInput,
    ) -> Option<Result<SavedSearchUpdatePayload>> {
        let run = async {
            let session = session(ctx)?;
            let filter = input.filter.unwrap_or_default().into();
            let draft = SearchDraft { name: input.name, sharing: input.sharing.into(), filter, order: input.order_by.into() };
            let (search, user_errors) = split(saved_searches::update(session.cx(), session.actor(), input.saved_search_id, draft).await)?;
            Ok(SavedSearchUpdatePayload { saved_search: search.map(SavedSearchObject), user_errors })
        };
        Some(run.await)
    }

    /// Forgets a saved search that the viewer has.
    async fn saved_search_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: SavedSearchDeleteInput,
    ) -> Option<Result<SavedSearchDeletePayload>> {
        let run = async {
            let session = session(ctx)?;
            let (deleted_id, user_errors) = split(saved_searches::delete(session.cx(), session.actor(), input.saved_search_id).await)?;
            Ok(SavedSearchDeletePayload { deleted_id, user_errors })
        };
        Some(run.await)
    }
}
