//! What refunds and disputes tell their return, in their own transaction and under its locks.

use super::super::dealings::Dealing;
use super::super::{Cx, Result};
use super::following::Moving;
use crate::domain::ids::{DisputeId, ReturnId};
use crate::domain::parties::Who;
use crate::domain::refunds::DisputeGuard;
use crate::domain::returns::{DisputeEnd, ReturnMove};
use crate::store::Tx;

/// The refund of a return has been paid. A return that does not wait for it any more stays as it is.
pub(in super::super) async fn paid(cx: &Cx, tx: &mut Tx, dealing: &Dealing, return_id: ReturnId) -> Result<()> {
    Moving { cx, dealing, who: &Who::System, guard: DisputeGuard::None }.settle(tx, return_id).await
}

/// A dispute about the return was opened. Only a return that was declined or found not good waits for it.
pub(in super::super) async fn dispute_opened(
    cx: &Cx,
    tx: &mut Tx,
    dealing: &Dealing,
    return_id: ReturnId,
    dispute: DisputeId,
) -> Result<()> {
    Moving { cx, dealing, who: &Who::System, guard: DisputeGuard::None }.by_itself(tx, return_id, &ReturnMove::LinkDispute(dispute)).await
}

/// A dispute about the return ended: it goes on, or is over. What it gives the buyer then carries out what was decided.
pub(in super::super) async fn dispute_ended(cx: &Cx, tx: &mut Tx, dealing: &Dealing, return_id: ReturnId, end: DisputeEnd) -> Result<()> {
    let moving = Moving { cx, dealing, who: &Who::System, guard: DisputeGuard::Executing };
    moving.by_itself(tx, return_id, &ReturnMove::EndDispute(end)).await
}
