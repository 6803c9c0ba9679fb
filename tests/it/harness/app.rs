//! The server under test, with its doors open on loopback and its queues worked by hand.

use std::sync::{Arc, Mutex};

use chrono::{TimeDelta, TimeZone, Utc};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use trilogue::app::{self, Server, Work};
use trilogue::clock::{ManualClock, SharedClock};
use trilogue::config::{LogFormat, Settings, WebhookTargets};
use trilogue::courier::{Courier, Mailer, Targets};
use trilogue::domain::charter::{Charter, Marketplace};
use trilogue::domain::parties::Role;
use trilogue::jobs;
use trilogue::workflow::Cx;
use trilogue::workflow::alerts::Alerts;
use trilogue::workflow::mails::Post;
use trilogue::workflow::tenants::{self, NewMarketplace, TokenRequest};

use super::postgres::{self, Template};

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Db {
    Sqlite,
    Postgres,
}

/// Keeps the database as long as the app.
#[expect(dead_code, reason = "held for their drop")]
enum Held {
    Folder(tempfile::TempDir),
    Database(postgres::Database, tempfile::TempDir),
}

static MIGRATED: Template = Template::new("migrated", |url| {
    Box::pin(async move {
        let cx = Box::pin(app::context(&settings(url), clock())).await.unwrap();
        cx.store.close().await;
    })
});

/// The server, its clock and its tenant.
pub(crate) struct TestApp {
    pub(crate) cx: Cx,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) marketplace: Marketplace,
    pub(crate) url: String,
    pub(crate) settings: Settings,
    pub(crate) http: reqwest::Client,
    statements: Arc<Mutex<Vec<String>>>,
    server: Option<Server>,
    #[expect(dead_code, reason = "held for its drop")]
    held: Held,
}

fn settings(database_url: String) -> Settings {
    Settings {
        database_url,
        bind: "127.0.0.1:0".parse().unwrap(),
        public_url: None,
        // 32 zero bytes.
        secret_key: Some("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned().into()),
        database_connections: 6,
        concurrency: 4,
        inbox_queue: 256,
        webhook_limit: 64 * 1024,
        rate_limit: 0,
        sign_in_rate_limit: 0,
        client_address_header: None,
        page_origins: String::new(),
        reconcile_minutes: 5,
        keep_days: 30,
        attachments: String::new(),
        attachment_limit: 200_000,
        attachments_per_message: 10,
        s3_endpoint: None,
        s3_region: "us-east-1".to_owned(),
        s3_access_key: None,
        s3_secret_key: None,
        drain_seconds: 20,
        smtp_url: None,
        smtp_from: None,
        pages: "tests/fixtures/pages".into(),
        webhook_targets: WebhookTargets::Any,
        log_format: LogFormat::Text,
        log: "warn".to_owned(),
    }
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(Utc.with_ymd_and_hms(2026, 11, 22, 9, 0, 0).unwrap()))
}

impl TestApp {
    /// A server with one marketplace of the usual rules.
    pub(crate) async fn start(db: Db) -> Self {
        Self::start_with(db, Charter::default()).await
    }

    /// A server with one marketplace of these rules.
    pub(crate) async fn start_with(db: Db, charter: Charter) -> Self {
        // What every test begins with is kept out of the tests' own futures.
        Box::pin(Self::started(db, charter)).await
    }

    async fn started(db: Db, charter: Charter) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = folder.path().join("files").display().to_string();
        let (held, database_url) = match db {
            Db::Sqlite => {
                let url = format!("sqlite://{}/test.db", folder.path().display());
                (Held::Folder(folder), url)
            }
            Db::Postgres => {
                let database = MIGRATED.fresh_database().await;
                let url = database.url().clone();
                (Held::Database(database, folder), url)
            }
        };
        let (settings, clock) = (Settings { attachments: files, ..settings(database_url) }, clock());
        let cx = Box::pin(app::context(&settings, Arc::clone(&clock) as SharedClock)).await.unwrap();
        let marketplace = Box::pin(new_marketplace(&cx, "bazar", charter)).await;
        let http = super::client().build().unwrap();
        let mut app = Self { cx, clock, marketplace, url: String::new(), settings, http, statements: Arc::default(), server: None, held };
        app.serve().await;
        app
    }

    async fn serve(&mut self) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        self.url = format!("http://{}", listener.local_addr().unwrap());
        let mut cx = self.cx.clone();
        let statements = Arc::clone(&self.statements);
        cx.store.on_statement(move |sql| statements.lock().unwrap().push(sql.to_owned()));
        self.server = Some(Server::start(&cx, &self.settings, listener, Work::Elsewhere).unwrap());
    }

    /// Stops the server in order and starts it again on the same database, on another port.
    pub(crate) async fn restart(&mut self) {
        self.stop().await;
        self.cx = Box::pin(app::context(&self.settings, Arc::clone(&self.clock) as SharedClock)).await.unwrap();
        self.serve().await;
    }

    /// Stops the server in order.
    pub(crate) async fn stop(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop().await.unwrap();
        }
    }

    /// Sends e-mails to a mail server that is not there.
    pub(crate) fn send_mails_in_vain(&mut self) {
        let courier = Courier::new(Targets::Any).unwrap();
        let mailer = Mailer::new("smtp://127.0.0.1:9", "alerts@bazar.example").unwrap();
        let post = Post { mailer, public_url: Some("https://t.example".to_owned()) };
        self.cx.alerts = Alerts::new(courier, self.settings.vault().unwrap(), Some(post));
    }

    /// Lets time pass.
    pub(crate) fn advance(&self, by: TimeDelta) {
        self.clock.advance(by);
    }

    /// Does all work that is due now.
    pub(crate) async fn work(&self) {
        jobs::run_due(&self.cx).await;
    }

    /// A token of a role, as a bearer would carry it.
    pub(crate) async fn token(&self, role: Role, seller: Option<&str>) -> String {
        self.token_in(&self.marketplace, role, seller).await
    }

    /// The same in another marketplace.
    pub(crate) async fn token_in(&self, marketplace: &Marketplace, role: Role, seller: Option<&str>) -> String {
        let request = TokenRequest { role, seller: seller.map(str::to_owned), name: format!("{role:?} of the test") };
        tenants::create_token(&self.cx, marketplace.id, request).await.unwrap().1.expose_secret().to_owned()
    }

    /// A second marketplace.
    pub(crate) async fn another_marketplace(&self, slug: &str) -> Marketplace {
        new_marketplace(&self.cx, slug, Charter::default()).await
    }

    /// Sends an operation and gives the answer, byte for byte.
    pub(crate) async fn raw(&self, token: &str, query: &str, variables: Value) -> String {
        let request =
            self.http.post(format!("{}/graphql", self.url)).bearer_auth(token).json(&json!({ "query": query, "variables": variables }));
        request.send().await.unwrap().text().await.unwrap()
    }

    /// Sends an operation and gives the whole answer.
    pub(crate) async fn answer(&self, token: &str, query: &str, variables: Value) -> Value {
        serde_json::from_str(&self.raw(token, query, variables).await).unwrap()
    }

    /// Sends an operation that must succeed and gives its data.
    pub(crate) async fn ask(&self, token: &str, query: &str, variables: Value) -> Value {
        let answer = self.answer(token, query, variables).await;
        assert!(answer.get("errors").is_none(), "{answer:#}");
        answer["data"].clone()
    }

    /// Sends a mutation with the one argument `input`, that must be accepted, and gives its payload.
    pub(crate) async fn act(&self, token: &str, mutation: &str, fields: &str, input: Value) -> Value {
        let payload = self.try_act(token, mutation, fields, input).await;
        assert_eq!(payload["userErrors"], json!([]), "{mutation}: {payload:#}");
        payload
    }

    /// Sends a mutation that must be refused, and gives its only fault.
    pub(crate) async fn refuse(&self, token: &str, mutation: &str, fields: &str, input: Value) -> Value {
        let payload = self.try_act(token, mutation, fields, input).await;
        let faults = payload["userErrors"].as_array().cloned().unwrap_or_default();
        assert_eq!(faults.len(), 1, "{mutation}: {payload:#}");
        faults[0].clone()
    }

    /// Sends a mutation with the one argument `input` and gives its payload, whatever it says.
    pub(crate) async fn try_act(&self, token: &str, mutation: &str, fields: &str, input: Value) -> Value {
        let input_type = format!("{}Input", mutation[..1].to_uppercase() + &mutation[1..]);
        let query =
            format!("mutation($input: {input_type}!) {{ {mutation}(input: $input) {{ {fields} userErrors {{ field message code }} }} }}");
        self.ask(token, &query, json!({ "input": input })).await[mutation].clone()
    }

    /// How many statements requests have run since the count began anew.
    pub(crate) fn statements_so_far(&self) -> usize {
        self.statements.lock().unwrap().len()
    }

    /// Does something, and waits until a request has run a statement with this part since.
    pub(crate) async fn until_statement<T>(&self, part: &str, done: impl Future<Output = T>) -> (T, Vec<String>) {
        self.statements.lock().unwrap().clear();
        let outcome = done.await;
        loop {
            let seen = self.statements.lock().unwrap().clone();
            if seen.iter().any(|sql| sql.contains(part)) {
                return (outcome, seen);
            }
            tokio::task::yield_now().await;
        }
    }

    /// The statements that requests to this server cost while something was done.
    pub(crate) async fn statements<T>(&self, done: impl Future<Output = T>) -> (T, Vec<String>) {
        self.statements.lock().unwrap().clear();
        let outcome = done.await;
        (outcome, std::mem::take(&mut *self.statements.lock().unwrap()))
    }
}

async fn new_marketplace(cx: &Cx, slug: &str, charter: Charter) -> Marketplace {
    let new = NewMarketplace {
        slug: slug.to_owned(),
        name: "Bazar".to_owned(),
        currency: "EUR".parse().unwrap(),
        locale: "fr".to_owned(),
        timezone: chrono_tz::Europe::Paris,
        charter,
    };
    Box::pin(tenants::create_marketplace(cx, new)).await.unwrap()
}
