//! A real `PostgreSQL`: one server per test process, started when the first test asks, and a database of its own for each.
//!
//! `TRILOGUE_TEST_POSTGRES=postgres://…` names a server to use instead; its user must be allowed to create databases.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot get its database has failed")]

mod cluster;

use std::sync::OnceLock;

use futures_util::future::BoxFuture;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::OnceCell;
use url::Url;

use cluster::Cluster;

/// What every database of a kind starts with, usually the migrations. Keep it in a `static`.
pub(crate) struct Template {
    name: &'static str,
    prepare: fn(String) -> BoxFuture<'static, ()>,
    prepared: OnceCell<()>,
}

impl Template {
    /// `name` tells the templates of one process apart; `prepare` gets the URL of an empty database to fill.
    pub(crate) const fn new(name: &'static str, prepare: fn(String) -> BoxFuture<'static, ()>) -> Self {
        Self { name, prepare, prepared: OnceCell::const_new() }
    }

    /// A new database that holds what `prepare` put there, until the guard is dropped.
    pub(crate) async fn fresh_database(&self) -> Database {
        let server = Server::get();
        let name = format!("trilogue_test_{:016x}", rand::random::<u64>());
        if let Keeper::Stranger = server.keeper {
            // Nobody would remove a template there when this process ends.
            server.run(&format!("CREATE DATABASE {name}")).await;
            let database = Database { name };
            (self.prepare)(database.url()).await;
            return database;
        }
        let template = format!("template_{}", self.name);
        self.prepared.get_or_init(|| self.make(server, &template)).await;
        server.run(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        Database { name }
    }

    async fn make(&self, server: &Server, template: &str) {
        server.run(&format!("DROP DATABASE IF EXISTS {template}")).await;
        server.run(&format!("CREATE DATABASE {template}")).await;
        (self.prepare)(server.url_of(template)).await;
        // A template that someone is connected to cannot be copied.
        server.run(&format!("ALTER DATABASE {template} ALLOW_CONNECTIONS false")).await;
        server.run(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{template}'")).await;
    }
}

/// A database that is there until this guard is dropped, whoever is still connected then.
pub(crate) struct Database {
    name: String,
}

impl Database {
    /// Where to connect to, as in `DATABASE_URL`.
    pub(crate) fn url(&self) -> String {
        Server::get().url_of(&self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let statement = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        // A thread, because the runtime of the test may be ending and cannot be waited on from here.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(Server::get().run(&statement));
        })
        .join();
        assert!(dropped.is_ok() || std::thread::panicking(), "{} was not dropped", self.name);
    }
}

struct Server {
    /// The database from which the others are made.
    admin: Url,
    keeper: Keeper,
}

/// Who ends the server.
enum Keeper {
    /// This process.
    Us { _cluster: Cluster },
    /// Somebody else, who started it.
    Stranger,
}

impl Server {
    fn get() -> &'static Self {
        static SERVER: OnceLock<Server> = OnceLock::new();
        SERVER.get_or_init(|| {
            #[expect(clippy::disallowed_methods, reason = "a setting of the tests, not of the service")]
            let elsewhere = std::env::var("TRILOGUE_TEST_POSTGRES");
            if let Ok(url) = elsewhere {
                return Self {
                    admin: Url::parse(&url).expect("TRILOGUE_TEST_POSTGRES must be a postgres:// URL"),
                    keeper: Keeper::Stranger,
                };
            }
            let started = Cluster::start(SETTINGS).unwrap_or_else(|error| panic!("{error}"));
            let cluster = started.expect("the tests need PostgreSQL: run scripts/setup, or name a server in TRILOGUE_TEST_POSTGRES");
            Self { admin: Url::parse(&cluster.url).unwrap(), keeper: Keeper::Us { _cluster: cluster } }
        })
    }

    fn url_of(&self, database: &str) -> String {
        let mut url = self.admin.clone();
        url.set_path(database);
        url.into()
    }

    async fn run(&self, statement: &str) {
        let mut connection = PgConnection::connect(self.admin.as_str()).await.expect("the test PostgreSQL must accept connections");
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
        connection.close().await.unwrap();
    }
}

/// Tests need speed, not durability.
const SETTINGS: &str = "
max_connections = 300
shared_buffers = 64MB
fsync = off
synchronous_commit = off
full_page_writes = off
";

#[cfg(test)]
mod tests {
    use super::*;

    static NOTES: Template = Template::new("notes", |url| {
        Box::pin(async move {
            let mut connection = PgConnection::connect(&url).await.unwrap();
            sqlx::raw_sql("CREATE TABLE note (line text); INSERT INTO note VALUES ('from the template')")
                .execute(&mut connection)
                .await
                .unwrap();
        })
    });

    async fn ask(database: &Database, question: &'static str) -> i64 {
        let mut connection = PgConnection::connect(&database.url()).await.unwrap();
        sqlx::query_scalar(question).fetch_one(&mut connection).await.unwrap()
    }

    #[tokio::test]
    async fn each_test_has_a_database_of_its_own() {
        let (one, other) = tokio::join!(NOTES.fresh_database(), NOTES.fresh_database());
        assert_eq!(ask(&one, "SELECT 1::int8").await, 1);
        assert_eq!(ask(&other, "SELECT 1::int8").await, 1);
        ask(&one, "INSERT INTO note VALUES ('only here') RETURNING 1::int8").await;
        assert_eq!(ask(&one, "SELECT count(*) FROM note").await, 2);
        assert_eq!(ask(&other, "SELECT count(*) FROM note").await, 1);
    }

    #[tokio::test]
    async fn a_database_goes_with_its_guard() {
        let kept = NOTES.fresh_database().await;
        let dropped = NOTES.fresh_database().await;
        let (url, name) = (dropped.url(), dropped.name.clone());
        let _still_connected = PgConnection::connect(&url).await.unwrap();
        drop(dropped);
        let mut connection = PgConnection::connect(&kept.url()).await.unwrap();
        let left: i64 =
            sqlx::query_scalar("SELECT count(*) FROM pg_database WHERE datname = $1").bind(name).fetch_one(&mut connection).await.unwrap();
        assert_eq!(left, 0);
    }
}
