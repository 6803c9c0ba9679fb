//! Refunds: what payment systems say of them.

use super::{Cx, Result};
use crate::domain::ids::{MarketplaceId, RefundId};
use crate::domain::refunds::ProviderNews;

/// The payment system's word about an attempt. News that is odd is no error.
#[expect(clippy::unused_async, reason = "the rest of the house is not there yet")]
pub async fn hear(_cx: &Cx, _marketplace: MarketplaceId, _refund: RefundId, _news: ProviderNews) -> Result<()> {
    Ok(())
}
