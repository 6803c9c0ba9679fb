//! What a move asks of the world. A workflow turns each into rows of the same transaction.

use chrono::{DateTime, Utc};

/// Something the world should do after a move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Bring the ticket's state and priority in step with the case, if the charter says so.
    SyncTicket,
    /// Hand the case to the operator if the seller has not answered by then.
    StartSellerTimer {
        /// When.
        due_at: DateTime<Utc>,
    },
    /// The seller is no longer waited for.
    StopSellerTimer,
}
