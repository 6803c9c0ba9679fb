//! Which cases to list, and in which order.

use async_graphql::{InputObject, SimpleObject};
use chrono::{DateTime, Utc};

use super::cases::CaseObject;
use super::enums::{CasePhase, CaseStatus, Party, Priority};
use super::errors::Result;
use super::paging::{PageOf, Paging, connection};
use super::session::Session;
use crate::domain::ids::SellerId;
use crate::store;

/// Which cases to list. Conditions are joined by "and".
#[derive(InputObject, SimpleObject, Default)]
#[graphql(name = "CaseFilter", input_name = "CaseFilterInput")]
pub(super) struct CaseFilterInput {
    /// In one of these states; null or empty for any.
    status: Option<Vec<CaseStatus>>,
    /// Where it is this party's turn.
    awaiting: Option<Party>,
    /// Seen through by this party.
    owner: Option<Party>,
    /// On this side of the purchase.
    phase: Option<CasePhase>,
    /// Of this seller.
    seller_id: Option<SellerId>,
    /// About the order with this reference.
    order_reference: Option<String>,
    /// As urgent as one of these; null or empty for any.
    priority: Option<Vec<Priority>>,
    /// Changed after this time, as far as the viewer may know.
    updated_after: Option<DateTime<Utc>>,
    /// Changed before this time, as far as the viewer may know.
    updated_before: Option<DateTime<Utc>>,
    /// Opened after this time.
    opened_after: Option<DateTime<Utc>>,
    /// Opened before this time.
    opened_before: Option<DateTime<Utc>>,
    /// With these words in its subject, its references or its seller's name, for operators also in its buyer's name and
    /// address; as `search` reads them.
    text: Option<String>,
}

/// The first second of the year 9999.
const LAST_YEAR: DateTime<Utc> = match DateTime::from_timestamp(253_370_764_800, 0) {
    Some(time) => time,
    None => DateTime::<Utc>::UNIX_EPOCH,
};

/// Nothing is older or younger, and the databases agree on no more.
pub(super) fn within_years(at: DateTime<Utc>) -> DateTime<Utc> {
    at.clamp(DateTime::UNIX_EPOCH, LAST_YEAR)
}

impl From<CaseFilterInput> for store::CaseFilter {
    fn from(input: CaseFilterInput) -> Self {
        Self {
            status: input.status.unwrap_or_default().into_iter().map(Into::into).collect(),
            awaiting: input.awaiting.map(Into::into),
            owner: input.owner.map(Into::into),
            phase: input.phase.map(Into::into),
            seller: input.seller_id,
            order_reference: input.order_reference,
            priority: input.priority.unwrap_or_default().into_iter().map(Into::into).collect(),
            updated_after: input.updated_after.map(within_years),
            updated_before: input.updated_before.map(within_years),
            opened_after: input.opened_after.map(within_years),
            opened_before: input.opened_before.map(within_years),
            text: input.text,
        }
    }
}

impl From<store::CaseFilter> for CaseFilterInput {
    fn from(filter: store::CaseFilter) -> Self {
        Self {
            status: Some(filter.status.into_iter().map(Into::into).collect()),
            awaiting: filter.awaiting.map(Into::into),
            owner: filter.owner.map(Into::into),
            phase: filter.phase.map(Into::into),
            seller_id: filter.seller,
            order_reference: filter.order_reference,
            priority: Some(filter.priority.into_iter().map(Into::into).collect()),
            updated_after: filter.updated_after,
            updated_before: filter.updated_before,
            opened_after: filter.opened_after,
            opened_before: filter.opened_before,
            text: filter.text,
        }
    }
}

/// A page of the cases that the viewer knows.
pub(super) async fn list(
    session: &Session,
    filter: &store::CaseFilter,
    order: store::CaseOrder,
    paging: Paging,
) -> Result<PageOf<CaseObject>> {
    if let Some(text) = &filter.text {
        super::search::read(text)?;
    }
    let page = session.cx().store.cases(session.scope(), filter, order, &paging.request()?).await;
    let page = page.map_err(|error| super::errors::store(&error))?;
    Ok(connection(page, |case| order.key(session.scope(), case), CaseObject))
}

/// In which order to list cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
#[graphql(remote = "store::CaseOrder")]
pub(super) enum CaseOrder {
    /// The one that changed last first.
    UpdatedDesc,
    /// The newest first.
    OpenedDesc,
    /// The one whose answer is due first; only those with a due time.
    DueAsc,
}
