//! `trilogue serve` in a process of its own, and the commands that look into its queues.

use std::sync::Arc;

use serde_json::{Value, json};
use trilogue::clock::SystemClock;
use trilogue::demo::freshdesk::{FreshdeskOptions, FreshdeskSim, WebhookContent, WebhookSecret};
use trilogue::demo::peer::{Opening, SimulatedHelpdesk};

use super::shell::{Serving, Shell};
use crate::harness::on_both_databases;

const SECRET: &str = "the-secret-of-the-webhooks";

/// A marketplace with a Freshdesk. Answers the path to which its webhooks go.
async fn connected(shell: &Shell) -> (FreshdeskSim, String) {
    let sim = FreshdeskSim::start(FreshdeskOptions::new(Arc::new(SystemClock))).await.unwrap();
    shell.says("marketplace create bazar --name Bazar --currency EUR --locale fr --timezone Europe/Paris").await;
    let (url, key) = (sim.base_url(), FreshdeskSim::API_KEY);
    let connect = format!("connect freshdesk --marketplace bazar --base-url {url} --api-key {key} --webhook-secret {SECRET}");
    let answer = shell.json(&connect).await;
    let path = answer["webhookUrl"].as_str().unwrap().split_once("/webhooks/").unwrap().1.to_owned();
    (sim, format!("/webhooks/{path}"))
}

/// A buyer writes, and the server acknowledges the webhook.
async fn ask(sim: &FreshdeskSim, serving: &Serving, path: &str) -> u64 {
    let secret = WebhookSecret::Header { name: "X-Trilogue-Secret".to_owned(), value: SECRET.to_owned() };
    sim.connect_webhook(&format!("{}{path}", serving.url), WebhookContent::Advanced, secret);
    let buyer = sim.add_end_user("Marie Dupont", "marie@example.org");
    let ticket = sim.open_ticket(&buyer, Opening::new("A question", "Do you ship to Corsica?"));
    for webhook in sim.take_webhooks() {
        let outcome = sim.outbox().send(&webhook).await;
        assert!(outcome.is_success(), "{outcome:?}");
    }
    ticket
}

async fn graphql(serving: &Serving, token: &str, query: &str, variables: Value) -> Value {
    let http = crate::harness::client().build().unwrap();
    let request = http.post(format!("{}/graphql", serving.url)).bearer_auth(token);
    let answer: Value = request.json(&json!({ "query": query, "variables": variables })).send().await.unwrap().json().await.unwrap();
    assert!(answer.get("errors").is_none(), "{answer:#}");
    answer["data"].clone()
}

/// Runs `list` until it shows one row of this status. Each look takes a process, so it does not run hot.
async fn eventually(shell: &Shell, queue: &str, status: &str) -> Value {
    for _ in 0..100 {
        let mut listed = shell.json(&format!("{queue} list --marketplace bazar --status {status}")).await;
        if let [row] = listed[queue].as_array_mut().unwrap().as_mut_slice() {
            return row.take();
        }
    }
    panic!("nothing in the {queue} is {status}: {:#}", shell.json(&format!("{queue} list --marketplace bazar")).await);
}

on_both_databases! {
    async fn what_was_acknowledged_outlives_a_stop(db: Db) {
        let shell = Shell::new(db).await;
        let (sim, path) = connected(&shell).await;
        let serving = shell.serve().await;
        ask(&sim, &serving, &path).await;
        assert_eq!(serving.stop().await, Some(0));
        assert_eq!(shell.json("inbox list --marketplace bazar").await["inbox"].as_array().unwrap().len(), 1);

        let serving = shell.serve().await;
        eventually(&shell, "inbox", "done").await;
        let token = shell.json("token create --marketplace bazar --role operator --name test").await["token"].clone();
        let seen = graphql(&serving, token.as_str().unwrap(), "{ cases { nodes { subject } } }", json!({})).await;
        assert_eq!(seen["cases"]["nodes"], json!([{ "subject": "A question" }]));
        assert_eq!(serving.stop().await, Some(0));
    }

    async fn the_queues_are_looked_into_and_replayed(db: Db) {
        let shell = Shell::new(db).await;
        let (sim, path) = connected(&shell).await;
        let serving = shell.serve().await;
        let ticket = ask(&sim, &serving, &path).await;
        let row = eventually(&shell, "inbox", "done").await;
        assert_eq!((row["ticket"].as_str(), &row["reason"]), (Some(ticket.to_string().as_str()), &Value::Null));
        let id = row["inboxId"].as_str().unwrap();
        let table = shell.says("inbox list --marketplace bazar").await;
        assert!(table.starts_with("receivedAt") && table.contains(id) && !table.contains("Corsica"), "{table}");
        let shown = shell.json(&format!("inbox show --marketplace bazar {id}")).await;
        assert_eq!(shown["body"]["freshdesk_webhook"]["ticket_id"], ticket.to_string());
        let told = shell.says(&format!("inbox show --marketplace bazar {id}")).await;
        assert!(told.contains("freshdesk_webhook") && !format!("{told}{table}").contains(SECRET), "{told}");
        assert_eq!(shell.json(&format!("inbox replay --marketplace bazar {id}")).await, json!({ "replayed": id }));
        let row = eventually(&shell, "inbox", "done").await;
        assert_eq!(row["inboxId"], id);

        let token = shell.json("token create --marketplace bazar --role operator --name test").await["token"].as_str().unwrap().to_owned();
        let seen = graphql(&serving, &token, "{ cases { nodes { threads { id messages { nodes { text } } } } } }", json!({})).await;
        let cases = seen["cases"]["nodes"].as_array().unwrap();
        assert_eq!(cases.len(), 1);
        assert_eq!(cases[0]["threads"][0]["messages"]["nodes"], json!([{ "text": "Do you ship to Corsica?" }]), "read twice, said once");
        let post = "mutation($thread: ID!) { messagePost(input: { threadId: $thread, text: \"We do.\", idempotencyKey: \"1\" }) { userErrors { message } } }";
        graphql(&serving, &token, post, json!({ "thread": cases[0]["threads"][0]["id"] })).await;

        let sent = sent_comment(&shell).await;
        let id = sent["deliveryId"].as_str().unwrap();
        assert_eq!(sent["ticket"], ticket.to_string());
        let table = shell.says("outbox list --marketplace bazar").await;
        assert!(table.starts_with("createdAt") && table.contains(id) && !table.contains("We do."), "{table}");
        let refused = shell.refuses(1, &format!("outbox replay --marketplace bazar {id}")).await;
        assert!(refused.contains("there is no parked or dead delivery"), "{refused}");
        let said = sim.comments(ticket).iter().filter(|comment| comment.text.contains("We do.")).count();
        assert_eq!(said, 1, "what has arrived is not sent again");
        assert_eq!(serving.stop().await, Some(0));
    }
}

/// The delivery of the operator's words, once it is done.
async fn sent_comment(shell: &Shell) -> Value {
    for _ in 0..100 {
        let listed = shell.json("outbox list --marketplace bazar --status done").await;
        let comment = |row: &&Value| row["command"] == "POST_COMMENT";
        if let Some(row) = listed["outbox"].as_array().unwrap().iter().find(comment) {
            return row.clone();
        }
    }
    panic!("nothing was sent: {:#}", shell.json("outbox list --marketplace bazar").await);
}
