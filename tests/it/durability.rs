//! What survives the end of the process, however it comes: the real binary, killed in the middle of things.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use chrono::SecondsFormat;
use serde_json::{Value, json};
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use trilogue::clock::{Clock, SystemClock};
use trilogue::demo::freshdesk::{FreshdeskOptions, FreshdeskSim, WebhookContent, WebhookSecret};
use trilogue::demo::peer::Audience::Public;
use trilogue::demo::peer::{Fault, On, Opening, Sending, SimulatedHelpdesk};
use trilogue::demo::zendesk::{WebhookMode, ZendeskOptions, ZendeskSim};
use trilogue::domain::tickets::HelpdeskKind;
use trilogue::helpdesk::freshdesk::webhook::SECRET_HEADER;

use crate::harness::postgres::{Database, Template};
use crate::harness::{Db, ORDER, SECRET, on_both_databases, order};
use crate::webhooks::{event, zendesk};

static EMPTY: Template = Template::new("empty", |_| Box::pin(async {}));

/// An installation of the binary: a database, settings, and at most one server.
pub(crate) struct House {
    folder: tempfile::TempDir,
    database: Option<Database>,
    address: String,
    server: Option<Child>,
    http: reqwest::Client,
}

impl House {
    pub(crate) async fn found(db: Db) -> Self {
        let database = match db {
            Db::Sqlite => None,
            Db::Postgres => Some(EMPTY.fresh_database().await),
        };
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let http = crate::harness::client().build().unwrap();
        let house = Self { folder: tempfile::tempdir().unwrap(), database, address, server: None, http };
        let made =
            ["marketplace", "create", "bazar", "--name", "Bazar", "--currency", "EUR", "--locale", "fr", "--timezone", "Europe/Paris"];
        house.run(&made).await;
        house
    }

    pub(crate) fn database_url(&self) -> String {
        self.database.as_ref().map_or_else(|| format!("sqlite://{}", self.file().display()), Database::url)
    }

    fn file(&self) -> PathBuf {
        self.path("house.db")
    }

    /// A file in its folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trilogue"));
        command.env_clear().current_dir(self.folder.path()).env("DATABASE_URL", self.database_url());
        command.env("TRILOGUE_BIND", &self.address).env("TRILOGUE_LOG", "error").env("TRILOGUE_WEBHOOK_TARGETS", "any");
        command.env("TRILOGUE_SECRET_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
        command.stdin(Stdio::null()).stderr(Stdio::inherit()).kill_on_drop(true);
        command
    }

    /// Runs a command of the CLI that must succeed and gives what it says as JSON.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Value {
        let output = self.command().arg("--json").args(arguments).output().await.unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{arguments:?}: {said}");
        serde_json::from_str(&said).unwrap()
    }

    pub(crate) async fn serve(&mut self) {
        self.server = Some(self.command().arg("serve").stdout(Stdio::null()).spawn().unwrap());
        let ready = async {
            while !self.http.get(self.url("/readyz")).send().await.is_ok_and(|answer| answer.status().is_success()) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), ready).await.expect("the server must come up");
    }

    /// `kill -9`.
    pub(crate) async fn kill(&mut self) {
        self.server.take().unwrap().kill().await.unwrap();
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    async fn inbox(&self) -> Vec<Value> {
        self.run(&["inbox", "list", "--marketplace", "bazar", "--limit", "1000"]).await["inbox"].as_array().unwrap().clone()
    }

    pub(crate) async fn token(&self, role: &[&str]) -> String {
        let arguments = [&["token", "create", "--marketplace", "bazar", "--name", "test", "--role"], role].concat();
        self.run(&arguments).await["token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn ask(&self, token: &str, query: &str, input: Value) -> Value {
        let body = json!({ "query": query, "variables": { "input": input } });
        let answer: Value = self.http.post(self.url("/graphql")).bearer_auth(token).json(&body).send().await.unwrap().json().await.unwrap();
        assert!(answer.get("errors").is_none(), "{answer:#}");
        answer["data"].clone()
    }

    /// Asks until the answer is as it should be.
    pub(crate) async fn ask_until(&self, token: &str, query: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let asking = async {
            loop {
                let answer = self.ask(token, query, Value::Null).await;
                if holds(&answer) {
                    return answer;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(40), asking).await.expect("it does not come about")
    }

    /// Lets the leases of the dead worker run out now instead of in some minutes.
    async fn end_leases(&self) {
        self.execute("UPDATE outbox SET lease_until = created_at WHERE status = 'RUNNING'").await;
    }

    /// Does something to the database behind the server's back.
    pub(crate) async fn execute(&self, statement: &str) {
        if self.database.is_some() {
            PgConnection::connect(&self.database_url())
                .await
                .unwrap()
                .execute(sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned())))
                .await
                .unwrap();
        } else {
            SqliteConnection::connect(&self.database_url())
                .await
                .unwrap()
                .execute(sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned())))
                .await
                .unwrap();
        }
    }
}

async fn acknowledged_webhooks_survive(db: Db) {
    let mut house = House::found(db).await;
    let connect = [
        "connect",
        "zendesk",
        "--marketplace",
        "bazar",
        "--base-url",
        "http://127.0.0.1:9",
        "--oauth-token",
        "t",
        "--webhook-secret",
        SECRET,
    ];
    let connected = house.run(&connect).await;
    let webhook_url = connected["webhookUrl"].as_str().unwrap().to_owned();
    let mut acknowledged = Vec::new();
    for round in 0..3_u64 {
        house.serve().await;
        let (told, mut hears) = mpsc::unbounded_channel();
        for number in 0..60 {
            let timestamp = SystemClock.now().to_rfc3339_opts(SecondsFormat::Secs, true);
            let ticket = 1000 * round + number + 1;
            let body = event(&format!("event-{round}-{number}"), "ticket.comment_added", ticket);
            let (request, told) = (zendesk(&house.http, &webhook_url, SECRET, &timestamp, body), told.clone());
            tokio::spawn(async move {
                if request.send().await.is_ok_and(|answer| answer.status().is_success()) {
                    told.send(ticket).unwrap();
                }
            });
        }
        drop(told);
        // At a random moment of the burst.
        for _ in 0..rand::random_range(1..30) {
            acknowledged.push(hears.recv().await.expect("some are acknowledged"));
        }
        house.kill().await;
        while let Some(ticket) = hears.recv().await {
            acknowledged.push(ticket);
        }
    }
    house.serve().await;
    let kept: Vec<u64> = house.inbox().await.iter().filter_map(|row| row["ticket"].as_str()?.parse().ok()).collect();
    let lost: Vec<_> = acknowledged.iter().filter(|ticket| !kept.contains(ticket)).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    // One that is sent again after all that is known.
    let ticket = acknowledged[0];
    let timestamp = SystemClock.now().to_rfc3339_opts(SecondsFormat::Secs, true);
    let again = event(&format!("event-{}-{}", ticket / 1000, ticket % 1000 - 1), "ticket.comment_added", ticket);
    assert!(zendesk(&house.http, &webhook_url, SECRET, &timestamp, again).send().await.unwrap().status().is_success());
    let number = ticket.to_string();
    let mut rows = house.inbox().await;
    rows.retain(|row| row["ticket"] == number.as_str());
    assert_eq!(rows.len(), 1, "{rows:#?}");
    let shown = house.run(&["inbox", "show", "--marketplace", "bazar", rows[0]["inboxId"].as_str().unwrap()]).await;
    assert_eq!(shown["body"]["subject"], format!("zen:ticket:{ticket}"));
}

async fn connected(house: &House, kind: HelpdeskKind) -> Arc<dyn SimulatedHelpdesk> {
    let clock = Arc::new(SystemClock);
    match kind {
        HelpdeskKind::Zendesk => {
            let sim = ZendeskSim::start(ZendeskOptions { sending: Sending::Live, ..ZendeskOptions::new(clock) }).await.unwrap();
            let arguments = [
                "connect",
                "zendesk",
                "--marketplace",
                "bazar",
                "--base-url",
                sim.base_url(),
                "--oauth-token",
                ZendeskSim::OAUTH_TOKEN,
                "--webhook-secret",
                SECRET,
                "--timeout-ms",
                "1500",
            ];
            let url = house.run(&arguments).await["webhookUrl"].as_str().unwrap().to_owned();
            sim.connect_webhook_with(&url, SECRET, WebhookMode::EventSubscribed);
            Arc::new(sim)
        }
        HelpdeskKind::Freshdesk => {
            let sim = FreshdeskSim::start(FreshdeskOptions { sending: Sending::Live, ..FreshdeskOptions::new(clock) }).await.unwrap();
            let arguments = [
                "connect",
                "freshdesk",
                "--marketplace",
                "bazar",
                "--base-url",
                sim.base_url(),
                "--api-key",
                FreshdeskSim::API_KEY,
                "--webhook-secret",
                SECRET,
                "--timeout-ms",
                "1500",
            ];
            let url = house.run(&arguments).await["webhookUrl"].as_str().unwrap().to_owned();
            let secret = WebhookSecret::Header { name: SECRET_HEADER.to_owned(), value: SECRET.to_owned() };
            sim.connect_webhook(&url, WebhookContent::Advanced, secret);
            Arc::new(sim)
        }
    }
}

const WORDS: &str = "Il part demain.";

async fn killed_while_sending(db: Db, kind: HelpdeskKind, fault: Fault) {
    let mut house = House::found(db).await;
    let sim = connected(&house, kind).await;
    let (operator, vendor) = (house.token(&["operator"]).await, house.token(&["vendor"]).await);
    let seller = house.token(&["seller", "--seller", "alma"]).await;
    house.serve().await;
    let orders = "mutation($input: OrdersUpsertInput!) { ordersUpsert(input: $input) { userErrors { message } } }";
    house.ask(&vendor, orders, json!({ "orders": [order(ORDER, "alma")] })).await;
    let buyer = sim.add_end_user("Marie Dupont", "marie@example.org");
    let ticket = sim.open_ticket(&buyer, Opening::new(&format!("Colis perdu {ORDER}"), "Où est mon colis ?"));
    let cases = "{ cases { nodes { status tickets { status } threads { id messages { nodes { text delivery } } } } } }";
    // Settled first, so that the fault meets the words and not the ticket's state.
    let opened = house.ask_until(&operator, cases, |answer| answer["cases"]["nodes"][0]["tickets"][0]["status"] == "ON_HOLD").await;

    let path = match kind {
        HelpdeskKind::Zendesk => On::put(&format!("/api/v2/tickets/{ticket}.json")),
        HelpdeskKind::Freshdesk => On::post(&format!("/api/v2/tickets/{ticket}/reply")),
    };
    sim.faults().next(path, fault);
    let post = "mutation($input: MessagePostInput!) { messagePost(input: $input) { message { id } userErrors { message } } }";
    let thread = opened["cases"]["nodes"][0]["threads"][0]["id"].clone();
    house.ask(&seller, post, json!({ "threadId": thread, "text": WORDS, "idempotencyKey": "1" })).await;
    sim.faults().hanging().await;
    house.kill().await;
    sim.faults().settled().await;
    house.end_leases().await;
    house.serve().await;
    let arrived = |answer: &Value| {
        let messages = answer["cases"]["nodes"][0]["threads"][0]["messages"]["nodes"].as_array().cloned().unwrap_or_default();
        messages.iter().any(|message| message["text"] == WORDS && message["delivery"] == "DELIVERED")
    };
    let answer = house.ask_until(&operator, cases, arrived).await;
    let told: Vec<_> = answer["cases"]["nodes"][0]["threads"][0]["messages"]["nodes"].as_array().unwrap().clone();
    assert_eq!(told.len(), 2, "{told:#?}");
    let said: Vec<_> = sim.comments(ticket).into_iter().filter(|comment| comment.text.contains(WORDS)).collect();
    assert_eq!(said.len(), 1, "{kind:?} {fault:?}: {said:#?}");
    assert_eq!(said[0].audience, Public);
    assert_eq!(sim.mails_to("marie@example.org").len(), 1, "{kind:?} {fault:?}");
}

on_both_databases! {
    async fn an_acknowledged_webhook_survives_a_kill(db: Db) {
        acknowledged_webhooks_survive(db).await;
    }

    async fn words_that_arrived_are_not_said_twice(db: Db) {
        for kind in HelpdeskKind::ALL {
            killed_while_sending(db, kind, Fault::ApplyThenHang).await;
        }
    }

    async fn words_that_arrive_late_are_not_said_twice(db: Db) {
        for kind in HelpdeskKind::ALL {
            killed_while_sending(db, kind, Fault::HangThenApply).await;
        }
    }

    async fn words_that_did_not_arrive_are_said(db: Db) {
        for kind in HelpdeskKind::ALL {
            killed_while_sending(db, kind, Fault::HangThenDrop).await;
        }
    }
}
