//! Stands in for disputes.
use super::dealings::Dealing;
use super::{Cx, Result};
use crate::domain::ids::OrderId;
use crate::domain::purchases::LineKey;
use crate::domain::refunds::DisputeGuard;
use crate::store::Tx;
#[expect(clippy::unused_async, reason = "stub")]
pub(super) async fn guard(_tx: &Tx, _order: OrderId, _line: &LineKey) -> Result<DisputeGuard> {
    Ok(DisputeGuard::None)
}
#[expect(clippy::unused_async, reason = "stub")]
pub(super) async fn refunds_changed(_cx: &Cx, _tx: &mut Tx, _dealing: &Dealing) -> Result<()> {
    Ok(())
}
