//! A real `PostgreSQL`: one server per test process, started when the first test asks, and a database of its own for each.
//!
//! `TRILOGUE_TEST_POSTGRES=postgres://…` names a server to use instead; its user must be allowed to create databases.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot get its database has failed")]

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use futures_util::future::BoxFuture;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::OnceCell;
use url::Url;

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
    /// A shell that waits for the end of its input, which is the end of this process, however that comes about.
    Watchdog { _shell: Child },
    /// Somebody else started it.
    Stranger,
}

impl Server {
    fn get() -> &'static Self {
        static SERVER: OnceLock<Server> = OnceLock::new();
        SERVER.get_or_init(|| {
            #[expect(clippy::disallowed_methods, reason = "a setting of the tests, not of the service")]
            let elsewhere = std::env::var("TRILOGUE_TEST_POSTGRES");
            match elsewhere {
                Ok(url) => {
                    Self { admin: Url::parse(&url).expect("TRILOGUE_TEST_POSTGRES must be a postgres:// URL"), keeper: Keeper::Stranger }
                }
                Err(_) => Cluster::create().start(),
            }
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

/// The files of a server of our own, and whom they belong to.
struct Cluster {
    binaries: PathBuf,
    folder: PathBuf,
    /// The user and group to run as, where this process is root: `PostgreSQL` refuses to be.
    owner: Option<(u32, u32)>,
    password: String,
}

/// Tests need speed, not durability.
const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 300
shared_buffers = 64MB
fsync = off
synchronous_commit = off
full_page_writes = off
";

impl Cluster {
    fn create() -> Self {
        let binaries = find_binaries();
        let folder = tempfile::Builder::new().prefix("trilogue-postgres-").tempdir().unwrap();
        let owner = (folder.path().metadata().unwrap().uid() == 0).then(unprivileged_user);
        let cluster = Self { binaries, folder: folder.keep(), owner, password: format!("{:032x}", rand::random::<u128>()) };
        let password_file = cluster.folder.join("password");
        fs::write(&password_file, &cluster.password).unwrap();
        if let Some((user, group)) = owner {
            chown(&password_file, Some(user), Some(group)).unwrap();
            chown(&cluster.folder, Some(user), Some(group)).unwrap();
        }
        cluster
    }

    fn start(self) -> Server {
        let keeper = Keeper::Watchdog { _shell: self.spawn_watchdog() };
        let (data, password_file) = (self.folder.join("data"), self.folder.join("password"));
        let mut initdb = self.command("initdb");
        initdb.args(["--username=trilogue", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"]);
        initdb.arg("--pwfile").arg(password_file).arg("--pgdata").arg(&data);
        run(&mut initdb).unwrap_or_else(|said| panic!("initdb failed: {said}"));
        self.configure(SETTINGS);

        // Another process can take the port between the look and the start.
        let mut said = String::new();
        for _ in 0..5 {
            let port = free_port();
            self.configure(&format!("port = {port}\n"));
            let mut start = self.command("pg_ctl");
            start.args(["start", "--wait", "--silent", "--log"]).arg(self.folder.join("log")).arg("--pgdata").arg(&data);
            match run(&mut start) {
                Ok(()) => {
                    let admin = format!("postgres://trilogue:{}@127.0.0.1:{port}/postgres", self.password);
                    return Server { admin: Url::parse(&admin).unwrap(), keeper };
                }
                Err(reason) => said = reason,
            }
        }
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        panic!("PostgreSQL does not start: {said}\n{log}");
    }

    /// Later settings win over earlier ones.
    fn configure(&self, settings: &str) {
        let file = self.folder.join("data/postgresql.conf");
        OpenOptions::new().append(true).open(file).unwrap().write_all(settings.as_bytes()).unwrap();
    }

    fn command(&self, program: &str) -> Command {
        let mut command = self.as_owner(self.binaries.join(program));
        command.stdin(Stdio::null()).env("LC_ALL", "C");
        command
    }

    fn as_owner(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.current_dir(&self.folder);
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        command
    }

    fn spawn_watchdog(&self) -> Child {
        let script = r#"trap '' HUP; read -r _; "$1" stop --mode=immediate --pgdata="$2/data"; cd /; rm -rf "$2""#;
        let mut shell = self.as_owner("/bin/sh");
        shell.args(["-c", script, "watchdog"]).arg(self.binaries.join("pg_ctl")).arg(&self.folder);
        // A group of its own, so that what ends the tests by the keyboard leaves it its work.
        shell.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        shell.spawn().expect("/bin/sh must start")
    }
}

/// Debian keeps the server's programs out of `PATH`, one folder per version.
fn find_binaries() -> PathBuf {
    let in_path = std::env::var_os("PATH").unwrap_or_default();
    let mut debian: Vec<_> = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    debian.sort();
    std::env::split_paths(&in_path)
        .chain(debian.into_iter().rev().map(|version| version.join("bin")))
        .find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
        .expect("the tests need PostgreSQL: run scripts/setup, or name a server in TRILOGUE_TEST_POSTGRES")
}

fn unprivileged_user() -> (u32, u32) {
    let id = |what, user| {
        let output = Command::new("id").args([what, user]).output().ok().filter(|output| output.status.success())?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    };
    let both = |user| Some((id("-u", user)?, id("-g", user)?));
    both("postgres").or_else(|| both("nobody")).expect("root needs a user `postgres` or `nobody` to start PostgreSQL as")
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// What the program said, if it failed.
fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| error.to_string())?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

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
