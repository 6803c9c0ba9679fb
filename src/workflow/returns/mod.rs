//! Stands in for returns.
use super::dealings::Dealing;
use super::{Cx, Result};
use crate::domain::ids::ReturnId;
use crate::store::Tx;
#[expect(clippy::unused_async, reason = "stub")]
pub(super) async fn paid(_cx: &Cx, _tx: &mut Tx, _dealing: &Dealing, _return_id: ReturnId) -> Result<()> {
    Ok(())
}
