//! The integration tests: one binary, so that they link and start their peers once.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says so by a panic, in its helpers too")]

mod any_order;
mod delivery;
mod durability;
mod harness;
mod helpdesk_conformance;
mod intake;
mod main_job;
mod transport;
mod webhooks;
