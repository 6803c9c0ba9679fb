//! What a search costs in a marketplace where everybody says the same: words that all messages have are the worst to look
//! for.

use std::time::Instant;

use anyhow::Context;
use sqlx::{Connection, PgConnection};
use trilogue::domain::parties::{Scope, View};
use trilogue::domain::search::SearchQuery;
use trilogue::store::{CaseFilter, CaseOrder, PageRequest, SearchFilter};

use crate::databases::{Databases, Kind};
use crate::house::House;
use crate::tables::{self, Latencies, whole};
use crate::{Scale, filling};

/// How often each is asked.
const TIMES: usize = 20;
/// What is asked, and what it means in this marketplace.
const ASKED: [(&str, &str); 7] = [
    ("transporteur", "a word of every message"),
    ("transp", "the beginning of it"),
    ("\"le colis est parti\"", "a phrase of every message"),
    ("transporteur demain 12345", "common words and a rare one"),
    ("12345", "a rare word"),
    ("transporteur -lundi", "a common word without another: nothing"),
    ("colis perdu", "words of every case"),
];

/// Measures and prints.
pub(crate) async fn measure(databases: &Databases, kind: Kind, scale: Scale) -> anyhow::Result<()> {
    let cases = scale.cases / 5;
    let database = databases.fresh(kind).await?;
    let house = House::found(&database, "https://bench.example.com").await?;
    house.cx.store.clone().close().await;
    filling::fill(&database, &house, cases).await?;
    let house = House::in_copy(&database).await?;
    let (store, marketplace) = (&house.cx.store, house.marketplace.id);
    let begun = Instant::now();
    let entries = store.rebuild_search(marketplace).await?;
    let rebuilt = begun.elapsed();
    if kind == Kind::Postgres {
        // What its own housekeeping does after a while.
        let mut connection = PgConnection::connect(&database.url).await?;
        sqlx::raw_sql("VACUUM ANALYZE").execute(&mut connection).await?;
        connection.close().await?;
    }
    let whole_view = Scope { marketplace, view: View::Whole };
    let seller = store.sellers_by_external_id(whole_view, &["s0".to_owned()]).await?.pop().context("no seller")?.id;
    let mut rows = Vec::new();
    for (text, what) in ASKED {
        for (name, view) in [("operator", View::Whole), ("seller", View::Seller(seller)), ("vendor", View::Storefront)] {
            let (scope, query) = (Scope { marketplace, view }, SearchQuery::parse(text)?);
            let mut times = Vec::new();
            let mut hits = 0;
            for _ in 0..TIMES {
                let begun = Instant::now();
                hits = store.search(scope, &query, &SearchFilter::default(), &PageRequest::first(20)).await?.items.len();
                times.push(begun.elapsed());
            }
            let [p50, p99] = Latencies::of(times).cells();
            rows.push(vec![format!("{what}: {text}"), name.to_owned(), hits.to_string(), p50, p99]);
        }
    }
    for text in ["colis", "12345"] {
        let filter = CaseFilter { text: Some(text.to_owned()), ..CaseFilter::default() };
        let mut times = Vec::new();
        let mut hits = 0;
        for _ in 0..TIMES {
            let begun = Instant::now();
            hits = store.cases(whole_view, &filter, CaseOrder::default(), &PageRequest::first(20)).await?.items.len();
            times.push(begun.elapsed());
        }
        let [p50, p99] = Latencies::of(times).cells();
        rows.push(vec![format!("list of cases with: {text}"), "operator".to_owned(), hits.to_string(), p50, p99]);
    }
    tables::print(
        &format!(
            "search, {}: first 20 of {} entries, made findable in {:.0} s",
            kind.name(),
            whole(f64::from(u32::try_from(entries).unwrap_or(u32::MAX))),
            rebuilt.as_secs_f64()
        ),
        &["looked for", "as", "hits", "p50 ms", "p99 ms"],
        &rows,
    );
    house.cx.store.close().await;
    databases.remove(database).await
}
