//! Stands in for disputes until they are here.

use super::dealings::Dealing;
use super::{Cx, Result, returns};
use crate::domain::ids::{DisputeId, ReturnId};
use crate::domain::returns::DisputeEnd;
use crate::store::Tx;

/// What disputes tell their return.
#[expect(dead_code, reason = "disputes call it once they are here")]
async fn tell(cx: &Cx, tx: &mut Tx, dealing: &Dealing, id: ReturnId, dispute: DisputeId, end: DisputeEnd) -> Result<()> {
    returns::dispute_opened(cx, tx, dealing, id, dispute).await?;
    returns::dispute_ended(cx, tx, dealing, id, end).await
}
