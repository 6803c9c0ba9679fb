//! The chapters. Each does something, waits for what comes of it, looks that it is right, and tells it.

pub(super) mod cast;
pub(super) mod freshdesk;
pub(super) mod marketplace;
pub(super) mod private;
pub(super) mod trouble;
pub(super) mod zendesk;
