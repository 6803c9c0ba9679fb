//! That a seller accepted the charter.

use async_graphql::{Context, SimpleObject};
use chrono::{DateTime, Utc};

use super::super::errors::{Result, store};
use super::super::session::session;
use crate::domain::parties::View;
use crate::store::Acceptance;

/// That a seller accepted a version of the charter.
#[derive(SimpleObject)]
pub(in super::super) struct CharterAcceptance {
    /// Which version.
    version: i32,
    /// When.
    accepted_at: DateTime<Utc>,
}

impl From<Acceptance> for CharterAcceptance {
    fn from(acceptance: Acceptance) -> Self {
        Self { version: acceptance.version.0, accepted_at: acceptance.at }
    }
}

/// The acceptance of one seller, for those who may know: the operator, and the seller itself.
pub(in super::super) async fn acceptance(ctx: &Context<'_>, seller: crate::domain::ids::SellerId) -> Result<Option<CharterAcceptance>> {
    let session = session(ctx)?;
    if !matches!(session.scope().view, View::Whole) && session.scope().view != View::Seller(seller) {
        return Ok(None);
    }
    let found = session.cx().store.acceptances(session.actor().marketplace, &[seller]).await.map_err(|error| store(&error))?;
    Ok(found.into_values().next().map(Into::into))
}
