//! What the tests stand on: the real server on a real database, a clock that stands still, and simulated helpdesks
//! that refuse what the vendors refuse.

mod app;
mod desks;
pub(crate) mod postgres;
mod socket;

pub(crate) use app::{Db, TestApp};
pub(crate) use desks::{Desk, Story, order};
pub(crate) use socket::Socket;

/// Runs an async test body once on SQLite and once on PostgreSQL.
macro_rules! on_both_databases {
    ($($(#[doc = $doc:literal])* async fn $name:ident($db:ident: Db) $body:block)+) => {$(
        mod $name {
            use super::*;

            $(#[doc = $doc])*
            async fn body($db: crate::harness::Db) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                body(crate::harness::Db::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                body(crate::harness::Db::Postgres).await;
            }
        }
    )+};
}
pub(crate) use on_both_databases;
