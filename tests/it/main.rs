//! The integration tests: one binary, so that they link and start their peers once.

mod any_order;
mod cli;
mod delivery;
mod demo;
mod durability;
mod examples;
mod harness;
mod helpdesk_conformance;
mod intake;
mod main_job;
mod transport;
mod webhooks;
