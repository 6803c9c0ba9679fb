//! Stands in for the ledger.
use super::Result;
use super::dealings::Dealing;
use crate::domain::money::Money;
use crate::domain::refunds::Refund;
use crate::store::Tx;
#[expect(clippy::unused_async, reason = "stub")]
pub(super) async fn post_refund(_tx: &mut Tx, _dealing: &Dealing, _refund: &Refund) -> Result<()> {
    Ok(())
}
#[expect(clippy::unused_async, reason = "stub")]
pub(super) async fn post_reversal(_tx: &mut Tx, _dealing: &Dealing, _refund: &Refund) -> Result<()> {
    Ok(())
}
#[expect(clippy::unused_async, reason = "stub")]
pub(super) async fn issue(_tx: &mut Tx, _dealing: &Dealing, _refund: &Refund, _amount: Money) -> Result<()> {
    Ok(())
}
