//! The timeline is told to the world outside: read in the order of commits, through each receiver's own eyes, and
//! written down as deliveries in one unit of work with how far it was read.

use super::mails::{self, Post};
use super::{Cx, Result, endpoints};
use crate::courier::Courier;
use crate::domain::ids::MarketplaceId;
use crate::domain::parties::Actor;
use crate::store::{Feed, StoreError};
use crate::vault::Vault;

/// How many events are told at once.
const BATCH: u64 = 100;

/// What carries alerts out of the house.
#[derive(Debug, Clone)]
pub struct Alerts {
    pub(super) courier: Courier,
    pub(super) vault: Vault,
    pub(super) post: Option<Post>,
}

impl Alerts {
    /// With these means.
    pub const fn new(courier: Courier, vault: Vault, post: Option<Post>) -> Self {
        Self { courier, vault, post }
    }
}

/// What came of a look at a timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// It was told this much further.
    Further,
    /// There was nothing to tell.
    Nothing,
    /// Somebody else was telling it.
    Elsewhere,
}

/// Tells the next events after a position. Nothing is sent here: it is written down what is to be.
pub async fn tell(cx: &Cx, marketplace: MarketplaceId, position: i64) -> Result<Told> {
    let whole = Actor::system(marketplace).scope();
    let events = cx.store.events_after(whole, Feed::All, position, BATCH).await?;
    let Some(last) = events.last() else { return Ok(Told::Nothing) };
    // The receivers are read after the events: one that was made before an event is among them.
    let webhooks = endpoints::tell(cx, marketplace, &events).await?;
    let letters = mails::tell(cx, marketplace, &events).await?;

    let tx = cx.store.begin(marketplace).await?;
    if !tx.advance_alerts(position, last.position).await? {
        return Ok(Told::Elsewhere);
    }
    match tx.insert_webhooks(&webhooks).await {
        // An endpoint went away in between; the next look does not find it.
        Err(StoreError::Conflict { .. }) => return Ok(Told::Elsewhere),
        outcome => outcome?,
    }
    tx.insert_mails(&letters).await?;
    tx.commit().await?;
    if !letters.is_empty() {
        cx.store.live().mails_grew();
    }
    if !webhooks.is_empty() {
        cx.store.live().webhooks_grew();
    }
    Ok(Told::Further)
}
