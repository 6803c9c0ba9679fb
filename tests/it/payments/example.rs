//! `examples/refund-backend` as its README says: a program of its own beside a server of its own.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::crash::decided;
use super::*;
use crate::durability::House;
use crate::harness::on_both_databases;

/// Starts the program, and gives the address at which it listens.
async fn start(house: &House, secret: &str, token: &str) -> (Child, String) {
    let mut program = Command::new("node")
        .arg("refund-backend/server.mjs")
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/examples"))
        .env("TRILOGUE_REFUND_SECRET", secret)
        .env("REFUND_BOOK", house.path("refunds.jsonl"))
        .envs([("PORT", "0"), ("TRILOGUE_TOKEN", token), ("TRILOGUE_URL", &house.url("/graphql"))])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
    let url = lines.next_line().await.unwrap().unwrap().strip_prefix("Listening on ").unwrap().to_owned();
    // Read on, so that the program can go on writing.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    (program, url)
}

on_both_databases! {
    async fn the_example_gives_money_back_at_once_and_later(db: Db) {
        let mut house = House::found(db).await;
        let connect = |url: String| ["connect", "payments", "--marketplace", "bazar", "--url"].map(str::to_owned).into_iter().chain([url]).collect::<Vec<_>>();
        let run = async |words: Vec<String>| house.run(&words.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let made = run(connect("http://127.0.0.1:9/".to_owned())).await;
        let vendor = house.token(&["vendor"]).await;
        let (_program, url) = start(&house, made["secret"].as_str().unwrap(), &vendor).await;
        assert_eq!(run(connect(url)).await["connectionId"], made["connectionId"]);
        house.serve().await;
        let operator = house.token(&["operator"]).await;
        // A card answers at once; a transfer comes off after a second, and is reported by the mutation.
        for (number, means) in [(1, "ORIGINAL_PAYMENT"), (2, "BANK_TRANSFER")] {
            let grant = json!({ "form": "PARTIAL", "means": means });
            decided(&house, (&vendor, &operator), &format!("P-{number}"), grant).await;
            let done = async {
                loop {
                    let listed = house.run(&["payments", "list", "--marketplace", "bazar", "--status", "done"]).await;
                    let rows = listed["payments"].as_array().unwrap().clone();
                    if rows.len() == number {
                        return rows;
                    }
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                }
            };
            let rows = tokio::time::timeout(std::time::Duration::from_mins(1), done).await.expect("it does not come off");
            assert!(rows.iter().all(|row| row["standing"] == "SUCCEEDED"), "{rows:#?}");
        }
        let query = "{ cases { nodes { refunds { status grant { means } } } } }";
        let seen = house.ask(&operator, query, Value::Null).await.to_string();
        assert_eq!(seen.matches("SUCCEEDED").count(), 2, "{seen}");
        let book = std::fs::read_to_string(house.path("refunds.jsonl")).unwrap();
        let taken = book.lines().filter(|line| line.contains("TAKEN")).count();
        assert_eq!(taken, 2, "each was taken once: {book}");
    }
}
