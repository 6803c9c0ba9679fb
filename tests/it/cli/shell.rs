//! A user's shell: a folder, variables, and the binary.

use std::path::Path;
use std::process::{Output, Stdio};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::harness::Db;
use crate::harness::postgres::{self, Template};

static EMPTY: Template = Template::new("empty", |_| Box::pin(async {}));

/// 32 zero bytes.
pub(super) const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

pub(super) struct Shell {
    folder: tempfile::TempDir,
    variables: Vec<(String, String)>,
    #[expect(dead_code, reason = "held for its drop")]
    database: Option<postgres::Database>,
}

impl Shell {
    /// With an empty database, and what it needs to be used.
    pub(super) async fn new(db: Db) -> Self {
        let shell = Self { folder: tempfile::tempdir().unwrap(), variables: Vec::new(), database: None };
        match db {
            Db::Sqlite => shell,
            Db::Postgres => {
                let database = EMPTY.fresh_database().await;
                let shell = shell.with("DATABASE_URL", &database.url()).with("TRILOGUE_SECRET_KEY", KEY);
                Self { database: Some(database), ..shell }
            }
        }
    }

    /// The same with a variable.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.set(name, value);
        self
    }

    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trilogue"));
        command.args(line.split_whitespace()).current_dir(self.folder()).env_clear().envs(self.variables.iter().cloned());
        command.stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    /// Runs a command line; arguments are separated by spaces.
    pub(super) async fn run(&self, line: &str) -> Output {
        self.command(line).output().await.unwrap()
    }

    /// Runs one that must succeed in silence and gives what it says to people.
    pub(super) async fn says(&self, line: &str) -> String {
        let output = self.run(line).await;
        assert!(output.status.success() && output.stderr.is_empty(), "{line}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs one that must succeed in silence and gives what it says to scripts.
    pub(super) async fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.says(&format!("{line} --json")).await).unwrap()
    }

    /// Runs one that must fail with this code, and gives the sentence that people and scripts get.
    pub(super) async fn refuses(&self, code: i32, line: &str) -> String {
        let output = self.run(&format!("{line} --json")).await;
        assert_eq!(output.status.code(), Some(code), "{line}: {output:?}");
        assert!(output.stderr.is_empty(), "{line}: {output:?}");
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        let sentence = answer["error"].as_str().unwrap().to_owned();

        let output = self.run(line).await;
        assert_eq!(output.status.code(), Some(code), "{line}: {output:?}");
        assert!(output.stdout.is_empty(), "{line}: {output:?}");
        let told = String::from_utf8(output.stderr).unwrap();
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.starts_with(&format!("error: {sentence}")), "{told} differs from {sentence}");
        sentence
    }

    /// Starts a server on a free port.
    pub(super) async fn serve(&self) -> Serving {
        let mut command = self.command("serve");
        command.env("TRILOGUE_BIND", "127.0.0.1:0").env("TRILOGUE_LOG_FORMAT", "json").stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let url = loop {
            let line = log.next_line().await.unwrap().expect("the server ended before it served");
            let entry: Value = serde_json::from_str(&line).unwrap();
            if let Some(address) = entry["address"].as_str() {
                break format!("http://{address}");
            }
        };
        tokio::spawn(async move { while let Ok(Some(_)) = log.next_line().await {} });
        Serving { child, url }
    }
}

/// A server that runs.
pub(super) struct Serving {
    child: Child,
    pub(super) url: String,
}

impl Serving {
    /// Tells it to stop, as service managers do, and gives its exit code.
    pub(super) async fn stop(mut self) -> Option<i32> {
        signal(&self.child, "TERM").await;
        self.child.wait().await.unwrap().code()
    }
}

/// Sends a signal by the name that `kill` knows.
pub(crate) async fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").arg(format!("-{name}")).arg(child.id().unwrap().to_string()).status().await.unwrap();
    assert!(sent.success());
}
