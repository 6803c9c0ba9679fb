//! The integration tests: one binary, so that they link and start their peers once.

mod cli;
mod demo;
mod harness;
mod main_job;
mod transport;
