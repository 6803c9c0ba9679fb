//! The integration tests: one binary, so that they link and start their peers once.

mod graphql_api;
mod harness;
mod layers;
mod leaks;
mod live;
mod main_job;
mod migrations;
mod schema;
mod statements;
mod transactions;
mod transport;
