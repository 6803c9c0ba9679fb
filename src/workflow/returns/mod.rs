//! Stands in for returns.
use super::dealings::Dealing;
use super::{Cx, Result, refused};
use crate::domain::ids::{DisputeId, ReturnId};
use crate::domain::refusal::Refusal;
use crate::domain::returns::DisputeEnd;
use crate::store::Tx;
#[expect(clippy::unused_async, reason = "stub")]
pub(super) async fn paid(_cx: &Cx, _tx: &mut Tx, _dealing: &Dealing, _return_id: ReturnId) -> Result<()> {
    Ok(())
}
#[expect(clippy::unused_async, reason = "stub")]
pub(super) async fn dispute_opened(_cx: &Cx, _tx: &mut Tx, _dealing: &Dealing, _return_id: ReturnId, _dispute: DisputeId) -> Result<()> {
    Err(refused(&[], Refusal::NotFound { what: "Return" }))
}
#[expect(clippy::unused_async, reason = "stub")]
pub(super) async fn dispute_ended(_cx: &Cx, _tx: &mut Tx, _dealing: &Dealing, _return_id: ReturnId, _end: DisputeEnd) -> Result<()> {
    Ok(())
}
