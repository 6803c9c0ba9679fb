//! What the tests stand on: the real server on a real database, a clock that stands still, and simulated helpdesks
//! that refuse what the vendors refuse.

mod app;
mod desks;
mod mailbox;
mod node;
pub(crate) mod postgres;
mod receiver;
mod shown;
mod socket;

pub(crate) use app::{Db, TestApp};
pub(crate) use desks::{Desk, ORDER, SECRET, Story, order};
pub(crate) use mailbox::Mailbox;
pub(crate) use node::{AUDITS, Node, install};
pub(crate) use receiver::{Heard, Receiver, Reply};
pub(crate) use shown::{all, operator_only, words};
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

/// Tells the same story in both helpdesk products, on both databases.
macro_rules! in_both_products {
    ($($(#[doc = $doc:literal])* $name:ident => $body:path;)+) => {
        crate::harness::on_both_databases! {$(
            $(#[doc = $doc])*
            async fn $name(db: Db) {
                for kind in trilogue::domain::tickets::HelpdeskKind::ALL {
                    $body(db, kind).await;
                }
            }
        )+}
    };
}
pub(crate) use in_both_products;

/// An HTTP client that talks with this machine only. Every test makes its own, so each of them runs alone as well.
pub(crate) fn client() -> reqwest::ClientBuilder {
    // The second call finds the first one's provider, which is the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy()
}

/// The same random stories in every run, so that a change is judged by what it changed. `PROPTEST_RNG_SEED` tells others,
/// `PROPTEST_CASES` tells more of them.
pub(crate) fn random_stories(cases: u32) -> proptest::test_runner::Config {
    use proptest::test_runner::{Config, RngSeed};
    let asked = Config::default();
    Config {
        cases: if std::env::var_os("PROPTEST_CASES").is_some() { asked.cases } else { cases },
        rng_seed: if asked.rng_seed == RngSeed::Random { RngSeed::Fixed(0x7411_06e0) } else { asked.rng_seed },
        failure_persistence: None,
        ..asked
    }
}
