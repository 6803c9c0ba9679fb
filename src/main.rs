//! The `trilogue` command.

use std::process::ExitCode;

use trilogue::cli::{Command, run};

#[tokio::main]
async fn main() -> ExitCode {
    match Command::read(std::env::args_os()) {
        Ok(command) => run(command).await,
        Err(code) => code,
    }
}
