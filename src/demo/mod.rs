//! Simulated helpdesks on loopback: what `trilogue demo` runs on, and the peers of the integration tests.
//!
//! They refuse what the vendors refuse and share no code with [`crate::helpdesk`]: they are the independent
//! witness of what an adapter really sent.

pub mod freshdesk;
pub mod peer;
pub mod zendesk;
