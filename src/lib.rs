//! Trilogue: buyer, seller and operator in one case, on top of a helpdesk.
#![warn(unreachable_pub)]

pub mod clock;
pub mod domain;
pub mod graphql;
pub mod helpdesk;
pub mod http;
