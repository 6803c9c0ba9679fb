//! Programs in Node.js that run beside a test: they say one line for each thing they learn.

use std::fs::File;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// Where the referees and peers from npm are.
pub(crate) const AUDITS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/audits");

/// Installs what a folder of programs needs, once.
pub(crate) async fn install(folder: &str) {
    let folder = Path::new(folder);
    // Across processes too, as some test runners give each test its own.
    let lock = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder.file_name().unwrap()).with_extension("lock");
    let turn = File::create(lock).unwrap();
    let turn = tokio::task::spawn_blocking(move || turn.lock().map(|()| turn)).await.unwrap().unwrap();
    // npm writes this file when the installation is complete; one that is older than what is asked for is done again.
    let written = |name: &str| folder.join(name).metadata().and_then(|file| file.modified());
    let fresh = written("node_modules/.package-lock.json").is_ok_and(|done| done >= written("package-lock.json").unwrap());
    if !fresh {
        let status = Command::new("npm").arg("ci").current_dir(folder).stdout(Stdio::null()).status().await.unwrap();
        assert!(status.success(), "npm ci failed");
    }
    turn.unlock().unwrap();
}

/// A program that runs until it is dropped.
pub(crate) struct Node {
    #[expect(dead_code, reason = "killed by its drop")]
    child: Child,
    input: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Node {
    pub(crate) fn start(folder: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = Command::new("node");
        command.args(arguments).current_dir(folder).envs(environment.iter().copied());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self { child, input, lines: BufReader::new(output).lines() }
    }

    /// One of the programs of `tests/audits`.
    pub(crate) async fn audit(script: &str) -> Self {
        install(AUDITS).await;
        Self::start(AUDITS, &[script], &[])
    }

    pub(crate) async fn say(&mut self, line: &str) {
        self.input.write_all(format!("{line}\n").as_bytes()).await.unwrap();
    }

    /// The next line that it says.
    pub(crate) async fn line(&mut self) -> String {
        self.lines.next_line().await.unwrap().expect("the program ended")
    }

    /// The next line, JSON.
    pub(crate) async fn heard(&mut self) -> Value {
        serde_json::from_str(&self.line().await).unwrap()
    }
}
