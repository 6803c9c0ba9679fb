//! Trilogue: buyer, seller and operator in one case, on top of a helpdesk.
//!
//! ```text
//!                  main → cli → app                          wires, decides nothing
//!          ┌───────────────┼────────────────┐
//!         http ──mounts── graphql          jobs              three doors
//!          └───────────────┼────────────────┘
//!                       workflow                             one transaction per use case
//!          ┌───────────────┼────────────────┐
//!        policy     store · files     helpdesk · identity     gateway → courier      siblings, blind to each other but for the arrow
//!          └───────────────┼────────────────┘
//!                        domain                              pure
//! ```

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod courier;
#[cfg(feature = "demo")]
pub mod demo;
pub mod domain;
pub mod files;
pub mod gateway;
pub mod graphql;
pub mod helpdesk;
pub mod http;
pub mod identity;
pub mod jobs;
pub mod policy;
pub mod store;
pub mod telemetry;
pub mod vault;
pub mod workflow;
