//! The integration tests: one binary, so that they link and start their peers once.

mod examples;
mod harness;
mod main_job;
mod transport;
