//! The pages in a browser, as agents meet them: in frames of helpdesks, by the server's own doors. What they do there is told in
//! `tests/browser`; here are the servers that they do it on. `SCENARIO=word` tells those alone that have the word in their names.

mod control;
mod world;

use std::fs::File;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::Command;

use crate::harness::{Db, install, on_both_databases};
use control::Control;

const SCENARIOS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser");
/// The pages as they are shipped.
const PAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/apps/dist");
/// What the runs say, beside the pictures that they keep.
const LOGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/browser");
/// A run takes some minutes on a busy machine; one that takes this long hangs.
const PATIENCE: Duration = Duration::from_mins(15);

/// What a run is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// What agents do.
    Scenarios,
    /// How it looks, in every language, scheme and width.
    Pictures,
}

impl Part {
    const fn name(self) -> &'static str {
        match self {
            Self::Scenarios => "scenarios",
            Self::Pictures => "pictures",
        }
    }
}

/// Runs the part, with what it says in a file, so that a run can be followed and one that hangs has said where.
async fn run(db: Db, part: Part, log: &Path) -> ExitStatus {
    install(SCENARIOS).await;
    let control = Control::open(db).await;
    std::fs::create_dir_all(log.parent().unwrap()).unwrap();
    let said = File::create(log).unwrap();
    let mut node = Command::new("node");
    node.args(["run.mjs", part.name()]).current_dir(SCENARIOS).env("CONTROL", &control.url).env("DIST", PAGES);
    let mut running = node.stdin(Stdio::null()).stdout(said.try_clone().unwrap()).stderr(said).kill_on_drop(true).spawn().unwrap();
    let ended = tokio::time::timeout(PATIENCE, running.wait()).await;
    ended.unwrap_or_else(|_| panic!("the browser does not come to an end: {}", std::fs::read_to_string(log).unwrap())).unwrap()
}

async fn all_is_well(db: Db, part: Part) {
    assert!(Path::new(PAGES).join("sidebar.html").exists(), "The pages are not built: run scripts/pages.");
    let log = Path::new(LOGS).join(format!("{}-{db:?}.log", part.name()).to_lowercase());
    let status = Box::pin(run(db, part, &log)).await;
    assert!(status.success(), "{db:?}, {}:\n{}", part.name(), std::fs::read_to_string(log).unwrap());
}

on_both_databases! {
    async fn agents_do_their_work_in_the_sidebar(db: Db) {
        all_is_well(db, Part::Scenarios).await;
    }
}

/// What is drawn does not depend on where it is kept.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_state_looks_as_it_did() {
    all_is_well(Db::Sqlite, Part::Pictures).await;
}
