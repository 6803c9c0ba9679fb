//! What a person gets wrong is answered with a sentence to act on, and with an exit code.

use super::shell::{KEY, Shell};
use crate::harness::{Db, on_both_databases};

const CREATE: &str = "marketplace create bazar --name Bazar --currency EUR --locale fr --timezone Europe/Paris";
const NOBODY: &str = "01a202a75f7074cabfce04a5b6483dd6";

/// Asserts that the sentence says this.
#[track_caller]
fn says(sentence: &str, words: &str) {
    assert!(sentence.contains(words), "`{sentence}` does not say `{words}`");
}

on_both_databases! {
    async fn refused_wishes(db: Db) {
        let shell = Shell::new(db).await;
        shell.says(CREATE).await;
        says(&shell.refuses(1, CREATE).await, "There is a marketplace `bazar` already.");
        says(&shell.refuses(1, &CREATE.replace("bazar", "Le-Bazar")).await, "2 to 40 lower-case letters, digits and hyphens");
        says(&shell.refuses(1, &CREATE.replace("fr ", "french ").replace("bazar", "b2")).await, "a language tag such as fr or en-GB");
        for command in ["token list", "inbox list", "outbox list"] {
            says(&shell.refuses(1, &format!("{command} --marketplace suk")).await, "there is no marketplace `suk`; create it with");
        }
        let connect = "connect freshdesk --marketplace bazar --api-key k --base-url";
        says(&shell.refuses(1, &format!("{connect} http://acme.freshdesk.com")).await, "must begin with https://");
        says(&shell.refuses(1, &format!("{connect} https://acme.freshdesk.com/api")).await, "must be a bare origin");
        says(&shell.refuses(1, "token create --marketplace bazar --role seller --name x").await, "A seller token needs the seller's id.");
        says(&shell.refuses(1, "token create --marketplace bazar --role vendor --seller alma --name x").await, "Only a seller token names a seller.");
        says(&shell.refuses(1, &format!("token revoke --marketplace bazar tok_{NOBODY}")).await, "there is no valid token");
        says(&shell.refuses(1, &format!("inbox show --marketplace bazar inb_{NOBODY}")).await, "there is no delivery");
        says(&shell.refuses(1, &format!("inbox replay --marketplace bazar inb_{NOBODY}")).await, "there is no delivery");
        says(&shell.refuses(1, &format!("outbox replay --marketplace bazar dlv_{NOBODY}")).await, "there is no parked or dead delivery");
    }
}

#[tokio::test]
async fn misunderstood_arguments() {
    let shell = Shell::new(Db::Sqlite).await;
    says(&shell.refuses(2, &CREATE.replace("EUR", "EURO")).await, "not an ISO 4217 currency code, such as EUR");
    says(&shell.refuses(2, &CREATE.replace("Europe/Paris", "Paris")).await, "not a time zone of the IANA database, such as Europe/Paris");
    says(&shell.refuses(2, "marketplace set bazar --conversation-mode both").await, "one of `seller-first`, `tripartite`, `operator-only`");
    says(&shell.refuses(2, "marketplace set bazar --order-pattern (").await, "not a usable regular expression");
    says(&shell.refuses(2, "token create --marketplace bazar --role boss --name x").await, "one of `operator`, `seller`, `vendor`");
    says(&shell.refuses(2, "token revoke --marketplace bazar 17").await, "expected `tok_` and 32 hexadecimal digits");
    says(&shell.refuses(2, "inbox list --marketplace bazar --limit 0").await, "0 is not in 1..=1000");
    says(&shell.refuses(2, "inbox list --marketplace bazar --status lost").await, "one of `pending`, `running`");
    says(&shell.refuses(2, "frobnicate").await, "unrecognized subcommand 'frobnicate'");

    let zendesk = "connect zendesk --marketplace bazar --base-url https://acme.zendesk.com --webhook-secret s";
    says(&shell.refuses(2, zendesk).await, "<--oauth-token <TOKEN>|--api-token <TOKEN>>");
    says(&shell.refuses(2, &format!("{zendesk} --oauth-token t --email a@b.c --api-token t")).await, "cannot be used with");
    says(&shell.refuses(2, &format!("{zendesk} --api-token t")).await, "--email <EMAIL>");
    says(&shell.refuses(2, &format!("{zendesk} --email a@b.c")).await, "--api-token <TOKEN>");
    let lost = "connect freshdesk --marketplace bazar --base-url acme.freshdesk.com --api-key k";
    says(&shell.refuses(2, lost).await, "not an address such as https://");
    assert_eq!(std::fs::read_dir(shell.folder()).unwrap().count(), 0, "nothing was begun");
}

#[tokio::test]
async fn settings_that_cannot_be_used() {
    let mut shell = Shell::new(Db::Sqlite).await;
    std::fs::write(shell.folder().join("trilogue.toml"), "bnid = '127.0.0.1:1'\n").unwrap();
    says(&shell.refuses(1, "migrate").await, "unknown field `bnid`, expected one of");
    std::fs::remove_file(shell.folder().join("trilogue.toml")).unwrap();
    says(&shell.refuses(1, "--config nowhere.toml migrate").await, "\"nowhere.toml\" not found");
    shell.set("TRILOGUE_KEEP_DAYS", "many");
    says(&shell.refuses(1, "migrate").await, "for key `keep_days`");
    shell.set("TRILOGUE_KEEP_DAYS", "");
    shell.set("TRILOGUE_SECRET_KEY", "c2hvcnQ=");
    says(&shell.refuses(1, "migrate").await, "32 bytes, written in base64");
    shell.set("TRILOGUE_SECRET_KEY", "");
    shell.set("DATABASE_URL", "sqlite:///nowhere/at/all.db");
    says(&shell.refuses(1, "migrate").await, "/nowhere/at/all.db.key cannot be used: No such file or directory");
}

#[tokio::test]
async fn postgresql_needs_a_key_and_a_url_that_is_never_repeated() {
    let mut shell = Shell::new(Db::Sqlite).await.with("DATABASE_URL", "postgres://me:sesame@127.0.0.1:1/x");
    let sentence = shell.refuses(1, "migrate").await;
    says(&sentence, "TRILOGUE_SECRET_KEY is required with PostgreSQL; make one with `openssl rand -base64 32`");
    shell.set("TRILOGUE_SECRET_KEY", KEY);
    for url in ["postgress://me:sesame@127.0.0.1/x", "postgres://me:sesame@127.0.0.1:port/x", "me:sesame"] {
        shell.set("DATABASE_URL", url);
        let sentence = shell.refuses(1, "migrate").await;
        says(&sentence, "check DATABASE_URL");
        assert!(!sentence.contains("sesame"), "{sentence}");
    }
    assert_eq!(std::fs::read_dir(shell.folder()).unwrap().count(), 0, "no key was made beside a server's database");
}
