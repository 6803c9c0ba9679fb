//! Simulated helpdesks and payment systems on loopback: what `trilogue demo` runs on, and the peers of the tests.
//!
//! They refuse what the vendors refuse and share no code with [`crate::helpdesk`] and [`crate::gateway`]: they are the
//! independent witness of what an adapter really sent.

pub mod freshdesk;
pub mod peer;
pub mod shop;
pub mod stripe;
pub mod zendesk;
