//! `examples/refund-backend`, as its README says.

use std::process::Stdio;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use trilogue::clock::SystemClock;
use trilogue::domain::refunds::ProviderWord;
use trilogue::gateway::Sought;

use super::*;

/// Starts the program with a book, and gives its address.
async fn start(book: &str) -> (Child, String) {
    let mut program = Command::new("node")
        .arg("refund-backend/server.mjs")
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/examples"))
        .env("TRILOGUE_REFUND_SECRET", format!("whsec_{}", BASE64.encode(INSTRUCTION_KEY)))
        .envs([("REFUND_BOOK", book), ("PORT", "0"), ("TRILOGUE_TOKEN", "none"), ("TRILOGUE_URL", "http://127.0.0.1:9/")])
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

fn backend(url: &str, key: &[u8]) -> Backend {
    let keys = vec![Key(key.to_vec().into())];
    let settings = webhook::Settings { url: url.parse().unwrap(), keys, news_keys: vec![] };
    Backend::new(settings, Courier::new(Targets::Any).unwrap(), Arc::new(SystemClock))
}

#[tokio::test]
async fn the_example_moves_money_once_for_each_key_and_knows_it_after_a_restart() {
    let book = std::env::temp_dir().join(format!("refunds-{}.jsonl", RefundId::generate()));
    let (mut program, url) = start(book.to_str().unwrap()).await;
    let bench = Bench::open(Way::Webhook).await;
    let order = &bench.order;
    let gateway = backend(&url, INSTRUCTION_KEY);
    assert_eq!(gateway.look(&Sought::of(order)).await, Ok(None));
    let answer = gateway.refund(order, Attempt::First).await.unwrap();
    assert_eq!(answer.word, ProviderWord::Succeeded { amount: order.amount });
    assert_eq!(gateway.refund(order, Attempt::First).await, Ok(answer.clone()));
    let other = RefundOrder { amount: money("12.49", "EUR"), items: vec![], ..order.clone() };
    assert_eq!(gateway.refund(&other, Attempt::First).await, Err(GatewayError::KeyConflict));
    let unsigned = backend(&url, b"other").refund(order, Attempt::First).await;
    assert_eq!(unsigned, Err(GatewayError::Unauthorized { status: 401 }));
    let unpayable =
        RefundOrder { key: IdempotencyKey::of(order.key.refund(), AttemptNumber::from_number(2)), payment: None, ..order.clone() };
    let refused = gateway.refund(&unpayable, Attempt::First).await.unwrap_err();
    assert!(matches!(refused.remedy(), Remedy::Fail(_)), "{refused:?}");

    program.kill().await.unwrap();
    let (_program, url) = start(book.to_str().unwrap()).await;
    let gateway = backend(&url, INSTRUCTION_KEY);
    assert_eq!(gateway.look(&Sought::of(order)).await, Ok(Some(answer.clone())));
    let begun_at = order.ordered_at;
    assert_eq!(gateway.refund(order, Attempt::Again { begun_at }).await, Ok(answer));
    assert_eq!(gateway.refund(&unpayable, Attempt::Again { begun_at }).await, Err(refused));
    std::fs::remove_file(book).unwrap();
}
