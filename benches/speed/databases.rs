//! Databases to measure on: files of SQLite, and a PostgreSQL that means what it says about durability.

use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, bail};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;
use url::Url;

use crate::cluster::Cluster;

/// What the README tells to set, beyond the defaults: `fsync`, `synchronous_commit` and `full_page_writes` are on.
const POSTGRES_SETTINGS: &str = "max_connections = 100\nshared_buffers = 256MB\nmax_wal_size = 4GB\n";

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    /// Its name in a table.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// Where databases are made.
pub(crate) struct Databases {
    folder: TempDir,
    postgres: Option<Url>,
    made: AtomicU32,
    _cluster: Option<Cluster>,
}

/// A database that is removed with its guard.
pub(crate) struct Fresh {
    pub(crate) kind: Kind,
    pub(crate) url: String,
    name: String,
}

impl Databases {
    /// Uses the PostgreSQL that `TRILOGUE_BENCH_POSTGRES` names, or starts one where the machine has it.
    pub(crate) fn find() -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("trilogue-bench-").tempdir()?;
        #[expect(clippy::disallowed_methods, reason = "a setting of the benches, not of the service")]
        let elsewhere = std::env::var("TRILOGUE_BENCH_POSTGRES").ok();
        let cluster = if elsewhere.is_some() { None } else { Cluster::start(POSTGRES_SETTINGS)? };
        let postgres = elsewhere.or_else(|| cluster.as_ref().map(|cluster| cluster.url.clone()));
        let postgres = postgres.map(|url| Url::parse(&url)).transpose().context("TRILOGUE_BENCH_POSTGRES must be a postgres:// URL")?;
        Ok(Self { folder, postgres, made: AtomicU32::new(0), _cluster: cluster })
    }

    /// What there is to measure on.
    pub(crate) fn kinds(&self) -> Vec<Kind> {
        let postgres = self.postgres.as_ref().map(|_| Kind::Postgres);
        std::iter::once(Kind::Sqlite).chain(postgres).collect()
    }

    /// The folder that files of SQLite are put into.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The administrator's way into PostgreSQL, where there is one.
    pub(crate) const fn postgres(&self) -> Option<&Url> {
        self.postgres.as_ref()
    }

    /// A new, empty database.
    pub(crate) async fn fresh(&self, kind: Kind) -> anyhow::Result<Fresh> {
        let fresh = self.name(kind)?;
        if kind == Kind::Postgres {
            self.run(&format!("CREATE DATABASE {}", fresh.name)).await?;
        }
        Ok(fresh)
    }

    /// A copy of a database that nobody is connected to.
    pub(crate) async fn copy(&self, of: &Fresh) -> anyhow::Result<Fresh> {
        let fresh = self.name(of.kind)?;
        match of.kind {
            Kind::Sqlite => {
                std::fs::copy(self.folder().join(&of.name), self.folder().join(&fresh.name))?;
            }
            Kind::Postgres => self.run(&format!("CREATE DATABASE {} TEMPLATE {}", fresh.name, of.name)).await?,
        }
        Ok(fresh)
    }

    /// Removes a database, whoever is still connected.
    pub(crate) async fn remove(&self, fresh: Fresh) -> anyhow::Result<()> {
        match fresh.kind {
            Kind::Sqlite => {
                for ending in ["", "-wal", "-shm"] {
                    drop(std::fs::remove_file(self.folder().join(format!("{}{ending}", fresh.name))));
                }
                Ok(())
            }
            Kind::Postgres => self.run(&format!("DROP DATABASE {} WITH (FORCE)", fresh.name)).await,
        }
    }

    fn name(&self, kind: Kind) -> anyhow::Result<Fresh> {
        let name = format!("trilogue_bench_{}_{}", std::process::id(), self.made.fetch_add(1, Ordering::Relaxed));
        let url = match (kind, &self.postgres) {
            (Kind::Sqlite, _) => format!("sqlite://{}", self.folder().join(&name).display()),
            (Kind::Postgres, Some(admin)) => {
                let mut url = admin.clone();
                url.set_path(&name);
                url.into()
            }
            (Kind::Postgres, None) => bail!("there is no PostgreSQL"),
        };
        Ok(Fresh { kind, url, name })
    }

    async fn run(&self, statement: &str) -> anyhow::Result<()> {
        let admin = self.postgres.as_ref().context("there is no PostgreSQL")?;
        let mut connection = PgConnection::connect(admin.as_str()).await?;
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.context("PostgreSQL refuses")?;
        Ok(connection.close().await?)
    }
}
