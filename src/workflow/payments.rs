//! Stands in for payments.
use super::Result;
use super::dealings::Dealing;
use crate::domain::money::Money;
use crate::domain::refunds::{IdempotencyKey, Refund, RefundMeans};
use crate::store::Tx;
#[expect(clippy::unused_async, reason = "stub")]
pub(super) async fn instruct(
    _tx: &mut Tx,
    _dealing: &Dealing,
    _refund: &Refund,
    _key: IdempotencyKey,
    _means: RefundMeans,
    _amount: Money,
) -> Result<()> {
    Ok(())
}
