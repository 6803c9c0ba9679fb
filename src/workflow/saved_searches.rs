//! Searches that people keep.

use super::{Check, Cx, Result, refused};
use crate::domain::ids::{SavedSearchId, TokenId};
use crate::domain::parties::{Actor, Who};
use crate::domain::refusal::Refusal;
use crate::domain::search::SearchQuery;
use crate::policy::{self, Permission};
use crate::store::{CaseFilter, CaseOrder, SavedSearch, Sharing};

/// The most that one token can keep.
pub const MOST: usize = 50;
const NAME_LIMIT: usize = 100;
const STATES_LIMIT: usize = 20;
const REFERENCE_LIMIT: usize = 128;

/// What to keep.
#[derive(Debug, Clone)]
pub struct SearchDraft {
    /// By which name.
    pub name: String,
    /// Who has it.
    pub sharing: Sharing,
    /// Which cases.
    pub filter: CaseFilter,
    /// In which order.
    pub order: CaseOrder,
}

/// Whose searches they are: programs without a token keep none.
pub const fn owner(who: &Who) -> Option<TokenId> {
    match who {
        Who::Operator { token, .. } | Who::Seller { token, .. } | Who::Vendor { token, .. } => Some(*token),
        Who::Buyer { .. } | Who::Mediator { .. } | Who::Agent { .. } | Who::Helpdesk { .. } | Who::System => None,
    }
}

fn check(actor: &Actor, draft: &SearchDraft) -> Result<TokenId> {
    let owner = owner(&actor.who).ok_or(Refusal::NotAllowed)?;
    let mut check = Check::default();
    check.text(&["name"], "The name", &draft.name, NAME_LIMIT);
    if draft.sharing == Sharing::Operators && !policy::has(&actor.who, Permission::ShareSearches) {
        check.fault(&["sharing"], Refusal::NotAllowed);
    }
    if let Some(Err(why)) = draft.filter.text.as_deref().map(SearchQuery::parse) {
        check.fault(&["filter", "text"], Refusal::Invalid { message: why.to_string() });
    }
    if let Some(reference) = &draft.filter.order_reference {
        check.text(&["filter", "orderReference"], "The reference", reference, REFERENCE_LIMIT);
    }
    for (field, count) in [("status", draft.filter.status.len()), ("priority", draft.filter.priority.len())] {
        if count > STATES_LIMIT {
            check.fault(&["filter", field], Refusal::TooMany { limit: STATES_LIMIT });
        }
    }
    check.done()?;
    Ok(owner)
}

/// Keeps a search.
pub async fn create(cx: &Cx, actor: &Actor, draft: SearchDraft) -> Result<SavedSearch> {
    let owner = check(actor, &draft)?;
    let tx = cx.store.begin(actor.marketplace).await?;
    if tx.count_saved_searches(owner).await? >= MOST as u64 {
        return Err(Refusal::Invalid { message: format!("At most {MOST} searches can be kept; delete one first.") }.into());
    }

    let now = cx.now();
    let search = SavedSearch {
        id: SavedSearchId::generate(),
        owner,
        sharing: draft.sharing,
        name: draft.name.trim().to_owned(),
        filter: draft.filter,
        order: draft.order,
        created_at: now,
        updated_at: now,
    };
    tx.insert_saved_search(&search).await?;
    tx.commit().await?;
    Ok(search)
}

/// Changes a search that the actor has.
pub async fn update(cx: &Cx, actor: &Actor, id: SavedSearchId, draft: SearchDraft) -> Result<SavedSearch> {
    let owner = check(actor, &draft)?;
    let tx = cx.store.begin(actor.marketplace).await?;
    let before = tx.saved_search(actor.scope(), owner, id).await?;
    let before = before.ok_or_else(|| refused(&["savedSearchId"], Refusal::NotFound { what: "Saved search" }))?;
    if before.owner != owner && draft.sharing == Sharing::Owner {
        return Err(refused(&["sharing"], Refusal::NotAllowed));
    }

    let search = SavedSearch {
        sharing: draft.sharing,
        name: draft.name.trim().to_owned(),
        filter: draft.filter,
        order: draft.order,
        updated_at: cx.now(),
        ..before
    };
    tx.save_saved_search(&search).await?;
    tx.commit().await?;
    Ok(search)
}

/// Forgets a search that the actor has.
pub async fn delete(cx: &Cx, actor: &Actor, id: SavedSearchId) -> Result<SavedSearchId> {
    let not_found = || refused(&["savedSearchId"], Refusal::NotFound { what: "Saved search" });
    let owner = owner(&actor.who).ok_or(Refusal::NotAllowed)?;
    let tx = cx.store.begin(actor.marketplace).await?;
    tx.saved_search(actor.scope(), owner, id).await?.ok_or_else(not_found)?;

    tx.delete_saved_search(id).await?;
    tx.commit().await?;
    Ok(id)
}
