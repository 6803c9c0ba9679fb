//! The integration tests: one binary, so that they link and start their peers once.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says so by a panic, in its helpers too")]

mod alerts;
mod any_order;
mod attachments;
mod business_hours;
mod cli;
mod delivery;
mod demo;
mod durability;
mod examples;
mod gateway_conformance;
mod graphql_api;
mod handling;
mod harness;
mod helpdesk_conformance;
mod intake;
mod lanes;
mod layers;
mod leaks;
mod live;
mod main_job;
mod masking;
mod migrations;
mod plans;
mod presence;
mod schema;
mod statements;
mod templates;
mod transactions;
mod transport;
mod webhooks;
mod withdrawn;
