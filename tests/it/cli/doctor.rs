//! `trilogue doctor` finds what is wrong and says what to do.

use std::sync::Arc;

use serde_json::Value;
use trilogue::clock::SystemClock;
use trilogue::demo::freshdesk::{FreshdeskOptions, FreshdeskSim};
use trilogue::demo::peer::SimulatedHelpdesk;
use trilogue::demo::zendesk::{ZendeskOptions, ZendeskSim};

use super::shell::{KEY, Shell};
use crate::harness::{Db, on_both_databases};

/// Runs it and gives its findings; the exit code must fit them, and people must be told the same.
async fn findings(shell: &Shell, healthy: bool) -> Vec<Value> {
    let output = shell.run("doctor --json").await;
    assert_eq!(output.status.code(), Some(i32::from(!healthy)), "{output:?}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["healthy"], healthy, "{report:#}");
    let told = String::from_utf8(shell.run("doctor").await.stdout).unwrap();
    let checks = report["checks"].as_array().unwrap().clone();
    for (line, check) in told.lines().zip(&checks) {
        assert!(line.contains(check["check"].as_str().unwrap()) && line.ends_with(check["say"].as_str().unwrap()), "{line}");
    }
    assert_eq!(told.lines().count(), checks.len());
    checks
}

/// Asserts that one finding of this verdict begins so and says this.
#[track_caller]
fn found(findings: &[Value], check: &str, verdict: &str, words: &str) {
    let fits = |finding: &Value| {
        finding["check"].as_str().unwrap().starts_with(check)
            && finding["verdict"] == verdict
            && finding["say"].as_str().unwrap().contains(words)
    };
    assert!(findings.iter().any(fits), "no `{check}` is {verdict} with `{words}`: {findings:#?}");
}

on_both_databases! {
    async fn a_house_from_its_first_day_to_a_lost_credential(db: Db) {
        let shell = Shell::new(db).await;
        let first = findings(&shell, false).await;
        found(&first, "public address", "warning", "set TRILOGUE_PUBLIC_URL");
        found(&first, "database", "ill", "run `trilogue migrate`");
        shell.says("migrate").await;
        let second = findings(&shell, true).await;
        found(&second, "database", "well", "tables up to date");
        found(&second, "connections", "warning", "trilogue connect zendesk --help");

        let zendesk = ZendeskSim::start(ZendeskOptions::new(Arc::new(SystemClock))).await.unwrap();
        let freshdesk = FreshdeskSim::start(FreshdeskOptions::new(Arc::new(SystemClock))).await.unwrap();
        shell.says("marketplace create bazar --name Bazar --currency EUR --locale fr --timezone Europe/Paris").await;
        let (url, token) = (zendesk.base_url(), ZendeskSim::OAUTH_TOKEN);
        shell.says(&format!("connect zendesk --marketplace bazar --base-url {url} --oauth-token {token} --webhook-secret s")).await;
        let (url, key) = (freshdesk.base_url(), FreshdeskSim::API_KEY);
        shell.says(&format!("connect freshdesk --marketplace bazar --base-url {url} --api-key {key}")).await;
        let shell = shell.with("TRILOGUE_PUBLIC_URL", "https://trilogue.example.org");
        let third = findings(&shell, true).await;
        found(&third, "Zendesk con_", "well", "signed in as user");
        assert!(third.iter().all(|finding| finding["verdict"] == "well"), "{third:#?}");

        zendesk.revoke_credentials();
        freshdesk.stop();
        let last = findings(&shell, false).await;
        found(&last, "Zendesk con_", "ill", "our credentials are refused; run `trilogue connect` again");
        found(&last, "Freshdesk con_", "warning", "cannot be reached");
    }
}

#[tokio::test]
async fn another_key() {
    let shell = Shell::new(Db::Sqlite).await;
    shell.says("marketplace create bazar --name Bazar --currency EUR --locale fr --timezone Europe/Paris").await;
    shell.says("connect freshdesk --marketplace bazar --base-url https://acme.freshdesk.com --api-key k").await;
    let shell = shell.with("TRILOGUE_SECRET_KEY", KEY);
    found(&findings(&shell, false).await, "Freshdesk con_", "ill", "sealed with another secret key; restore the key, or connect again");
}

#[tokio::test]
async fn a_database_that_does_not_answer() {
    let shell = Shell::new(Db::Sqlite).await.with("DATABASE_URL", "postgres://me:sesame@127.0.0.1:1/x");
    let findings = findings(&shell, false).await;
    found(&findings, "secret key", "ill", "TRILOGUE_SECRET_KEY is required with PostgreSQL");
    found(&findings, "database", "ill", "check DATABASE_URL and that the server runs");
    assert!(!format!("{findings:?}").contains("sesame"));
}
