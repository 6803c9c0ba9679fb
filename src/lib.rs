//! Trilogue: buyer, seller and operator in one case, on top of a helpdesk.
#![warn(unreachable_pub)]

pub mod clock;
#[cfg(feature = "demo")]
pub mod demo;
pub mod domain;
pub mod helpdesk;
