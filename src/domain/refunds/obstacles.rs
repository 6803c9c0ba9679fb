//! Why nothing can be refunded on a line now.

use super::super::money::MoneyError;
use super::{DisputeGuard, LineStanding, Refund, RefundStatus};

/// What stands in the way of a refund on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// Nothing was paid for it.
    NothingPaid,
    /// All that was paid was refunded or granted.
    NothingLeft,
    /// A dispute is being decided; no money moves until then.
    Frozen,
    /// One was granted and is being paid; another can be asked for once it is.
    UnderWay,
}

impl Obstacle {
    /// What stands in the way on a line, if anything; `open` is the refund that is open on it.
    pub fn on(standing: &LineStanding, dispute: DisputeGuard, open: Option<&Refund>) -> Result<Option<Self>, MoneyError> {
        Ok(if standing.line.sold.paid().is_nothing() {
            Some(Self::NothingPaid)
        } else if open.is_some_and(|open| open.status != RefundStatus::Requested) {
            Some(Self::UnderWay)
        } else if standing.left()?.is_nothing() {
            Some(Self::NothingLeft)
        } else {
            (dispute == DisputeGuard::Arbitration).then_some(Self::Frozen)
        })
    }
}
