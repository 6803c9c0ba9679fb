//! The `trilogue` command.

use std::process::ExitCode;

use trilogue::cli::{Command, run};

/// A page of messages is some ten thousand small allocations, which the system's allocator makes a quarter of its cost.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    match Command::read(std::env::args_os()) {
        Ok(command) => run(command).await,
        Err(code) => code,
    }
}
