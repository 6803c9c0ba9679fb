//! Speaking with payment systems: one trait, one vocabulary, a folder per way. Knows no database.
//!
//! We hold no money. A refund is an instruction with a key; the payment system moves the money once for each key, and says so.

mod error;
mod vocabulary;

pub mod stripe;
pub mod webhook;

#[cfg(test)]
mod tests;

use std::fmt::Debug;

use async_trait::async_trait;

pub use error::{GatewayError, NewsError, Remedy};
pub use vocabulary::{
    Answer, ApplicationFee, Attempt, Delivery, News, PaymentReference, RefundOrder, RefundReason, RefundedItem, SellerAccount, Sought,
    TransferReversal,
};

/// One way to a payment system, as the rest of the house sees it.
///
/// Each must pass the conformance tests of this room: however often an order is sent, and whatever happens on the way, the money
/// moves once. The row of the attempt is committed before the first call, so that a process that dies in between finds it and
/// sends the same order again.
#[async_trait]
pub trait Gateway: Send + Sync + Debug {
    /// Asks for the money to be moved. Sent again with the same order and [`Attempt::Again`], it is moved no second time.
    async fn refund(&self, order: &RefundOrder, attempt: Attempt) -> Result<Answer, GatewayError>;

    /// Asks what became of an attempt, and changes nothing. None says that the payment system does not know it now; a call
    /// that is still on its way may yet arrive.
    async fn look(&self, sought: &Sought) -> Result<Option<Answer>, GatewayError>;

    /// Reads what the payment system reports by itself. The signature is checked over the raw bytes, in constant time, before
    /// anything of them is read. What is no news of a refund gives nothing and is no error. No IO.
    fn read_news(&self, delivery: &Delivery<'_>) -> Result<Vec<News>, NewsError>;
}
