//! Trilogue: buyer, seller and operator in one case, on top of a helpdesk.
#![warn(unreachable_pub)]

pub mod clock;
pub mod domain;
pub mod helpdesk;
pub mod policy;
pub mod store;
pub mod vault;
pub mod workflow;
