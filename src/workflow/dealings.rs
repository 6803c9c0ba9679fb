//! What a return, a refund or a dispute is about, locked.

use crate::domain::cases::Case;

/// What an order is, in money.
pub(super) struct Purchase {
    pub reference: String,
    pub payment: Option<String>,
    pub seller_account: Option<String>,
}

/// A case and its order.
pub(super) struct Dealing {
    pub case: Case,
    pub purchase: Purchase,
}
