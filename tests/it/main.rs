//! The integration tests: one binary, so that they link and start their peers once.

mod harness;
mod layers;
mod leaks;
mod main_job;
mod migrations;
mod schema;
mod transport;
