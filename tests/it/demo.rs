//! `trilogue demo`, in a process of its own.

use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::cli::signal;

struct Demo {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    told: Vec<String>,
}

impl Demo {
    /// Starts it without pauses, with its scratch folder somewhere below this one.
    fn start(scratch: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trilogue"));
        command.arg("demo").env_clear().env("TMPDIR", scratch).env("TRILOGUE_DEMO_PACE", "0").env("TERM", "xterm-256color");
        // The settings of the house around it are none of its business.
        command.env("DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing").current_dir(scratch);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines, told: Vec::new() }
    }

    /// Reads up to a line that contains this.
    async fn until(&mut self, words: &str) {
        while let Some(line) = self.lines.next_line().await.unwrap() {
            self.told.push(line);
            if self.told.last().unwrap().contains(words) {
                return;
            }
        }
        let mut errors = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut errors).await.unwrap();
        panic!("it ended without `{words}`: {errors}\n{}", self.told.join("\n"));
    }

    /// Sends the signal and waits for the end. Nothing may have been said beside the story.
    async fn stop(mut self, name: &str) -> Option<i32> {
        signal(&self.child, name).await;
        while let Some(line) = self.lines.next_line().await.unwrap() {
            self.told.push(line);
        }
        let mut errors = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut errors).await.unwrap();
        assert_eq!(errors, "");
        self.child.wait().await.unwrap().code()
    }
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().next().is_none()
}

#[tokio::test]
async fn it_tells_the_story_opens_its_doors_and_leaves_nothing_behind() {
    let scratch = tempfile::tempdir().unwrap();
    let mut demo = Demo::start(scratch.path());
    demo.until("Buyers write on").await;
    assert!(!is_empty(scratch.path()), "the database is there");
    let told = demo.told.join("\n");
    assert!(!told.contains('\u{1b}'), "colours are for terminals");
    assert!(demo.told.iter().all(|line| line.chars().count() <= 80), "a line is too wide:\n{told}");
    for fact in ["ticket.created, forged", "401", "429", "one mail", "both get null", "duplicate"] {
        assert!(told.contains(fact), "`{fact}` is not told:\n{told}");
    }

    let http = crate::harness::client().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let links: Vec<_> =
        demo.told.iter().filter_map(|line| line.split_whitespace().find(|word| word.starts_with("http://127.0.0.1:"))).collect();
    let link = links.iter().find(|link| link.ends_with("/sidebar")).unwrap();
    let answer = http.get(*link).send().await.unwrap();
    let target = url::Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
    let fragment = url::form_urlencoded::parse(target.fragment().unwrap().as_bytes()).into_owned().collect::<Vec<_>>();
    let [(token_key, token), (query_key, query)] = fragment.as_slice() else { panic!("{target}") };
    assert_eq!((token_key.as_str(), query_key.as_str()), ("token", "query"));
    let page = target.as_str().split('#').next().unwrap();
    let asked = http.post(page).bearer_auth(token).json(&json!({ "query": query })).send().await.unwrap();
    let seen: Value = asked.json().await.unwrap();
    assert_eq!(seen["data"]["case"]["buyer"]["displayName"], "Marie Dupont", "{seen:#}");

    assert_eq!(demo.stop("INT").await, Some(0));
    assert!(is_empty(scratch.path()));
}

#[tokio::test]
async fn it_stops_in_the_middle() {
    let scratch = tempfile::tempdir().unwrap();
    let mut demo = Demo::start(scratch.path());
    demo.until("Marie").await;
    assert_eq!(demo.stop("TERM").await, Some(0));
    assert!(is_empty(scratch.path()));
}

#[tokio::test]
async fn it_ends_when_its_reader_leaves() {
    let scratch = tempfile::tempdir().unwrap();
    let Demo { mut child, mut lines, .. } = Demo::start(scratch.path());
    assert!(lines.next_line().await.unwrap().is_some());
    drop(lines);
    assert_eq!(child.wait().await.unwrap().code(), Some(0));
    assert!(is_empty(scratch.path()));
}

#[tokio::test]
async fn it_says_why_it_cannot_begin() {
    let scratch = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_trilogue"));
    command.arg("demo").env_clear().env("TMPDIR", scratch.path().join("nowhere"));
    let output = command.output().await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.starts_with("error: there is no place for a scratch folder"), "{told}");
}
