//! The `trilogue` command.

use std::process::ExitCode;

use clap::Parser;
use trilogue::cli::{Command, run};

#[tokio::main]
async fn main() -> ExitCode {
    run(Command::parse()).await
}
