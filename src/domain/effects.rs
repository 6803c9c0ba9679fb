//! What a move asks of the world. A workflow turns each into rows of the same transaction.

/// Something the world should do after a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Bring the ticket's state and priority in step with the case, if the charter says so.
    SyncTicket,
}
