//! Returns.

use super::dealings::Dealing;
use super::{Cx, Result, refused};
use crate::domain::ids::{DisputeId, ReturnId};
use crate::domain::refusal::Refusal;
use crate::domain::returns::DisputeEnd;
use crate::store::Tx;

/// A dispute about the return was opened.
pub(in crate::workflow) async fn dispute_opened(
    cx: &Cx,
    tx: &mut Tx,
    dealing: &Dealing,
    return_id: ReturnId,
    dispute: DisputeId,
) -> Result<()> {
    let (_, _, _, _, _) = (cx, tx, dealing, return_id, dispute);
    Err(refused(&[], Refusal::NotFound { what: "Return" }))
}

/// A dispute about the return ended.
pub(in crate::workflow) async fn dispute_ended(
    cx: &Cx,
    tx: &mut Tx,
    dealing: &Dealing,
    return_id: ReturnId,
    end: DisputeEnd,
) -> Result<()> {
    let (_, _, _, _, _) = (cx, tx, dealing, return_id, end);
    Ok(())
}
