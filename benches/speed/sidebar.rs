//! What an agent's sidebar asks when a ticket is opened, in a marketplace with a million messages.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;
use serde_json::{Value, json};
use trilogue::app::Work;
use trilogue::domain::parties::Role;

use crate::databases::{Databases, Kind};
use crate::house::House;
use crate::load::{self, Requests};
use crate::tables::{self, whole};
use crate::{Scale, filling};

const SIDEBAR: &str = "query Sidebar($by: CaseByInput!) { case(by: $by) { id reference subject status owner priority
    awaiting { party since dueAt } buyer { displayName email } seller { id name }
    order { reference placedAt total { amount currencyCode } lines { title quantity unitPrice { amount currencyCode } } }
    threads { id kind subject MORE messages(last: 50) { pageInfo { hasPreviousPage startCursor }
        nodes { id author authorName text delivery sentAt } } } TOO } }";

/// Who asks for what.
struct Asked {
    what: &'static str,
    role: Role,
    more: &'static str,
    too: &'static str,
}

const ASKED: [Asked; 3] = [
    Asked { what: "operator", role: Role::Operator, more: "", too: "" },
    Asked { what: "operator, and more", role: Role::Operator, more: "unreadCount participants { party right }", too: "availableActions" },
    Asked { what: "seller", role: Role::Seller, more: "", too: "" },
];

impl Asked {
    fn body(&self, case: u32) -> Value {
        let by = match self.role {
            Role::Seller => json!({ "reference": format!("C-{case}") }),
            _ => json!({ "ticket": { "helpdesk": "ZENDESK", "externalId": (case + 1).to_string() } }),
        };
        json!({ "query": SIDEBAR.replace("MORE", self.more).replace("TOO", self.too), "variables": { "by": by } })
    }

    /// So many random cases. A seller asks for its own, which are those that leave the same rest.
    fn cases(&self, count: usize, of: u32) -> Vec<u32> {
        let random = || rand::random_range(0..of);
        match self.role {
            Role::Seller => (0..count).map(|_| random() / filling::SELLERS * filling::SELLERS % of).collect(),
            _ => (0..count).map(|_| random()).collect(),
        }
    }
}

/// Measures and prints.
pub(crate) async fn measure(databases: &Databases, kind: Kind, scale: Scale) -> anyhow::Result<()> {
    let database = databases.fresh(kind).await?;
    let house = House::found(&database, "https://bench.example.com").await?;
    house.cx.store.clone().close().await;
    let begun = Instant::now();
    filling::fill(&database, &house, scale.cases).await?;
    let filled = begun.elapsed();
    let house = House::in_copy(&database).await?;
    let mut rows = Vec::new();
    for asked in &ASKED {
        rows.extend(ask(&house, asked, asked.what, asked.cases(scale.sidebars, scale.cases)).await?);
    }
    let more = &ASKED[1];
    for (what, case) in [("and more, always the same case", 1), ("and more, always one of 10,150 messages", 0)] {
        rows.extend(ask(&house, more, what, vec![case; scale.sidebars]).await?);
    }
    let messages = scale.cases * filling::THREADS * filling::MESSAGES;
    tables::print(
        &format!("sidebar, {}: case, order, seller, 3 threads of 50 messages; {} messages stored", kind.name(), whole(f64::from(messages))),
        &["as", "connections", "p50 ms", "p99 ms", "queries/s", "core us", "SQL statements"],
        &rows,
    );
    println!("  \"and more\": with unread counts, participants and the actions the viewer has. Filled in {:.0} s.", filled.as_secs_f64());
    house.cx.store.close().await;
    databases.remove(database).await
}

async fn ask(house: &House, asked: &Asked, what: &str, cases: Vec<u32>) -> anyhow::Result<Vec<Vec<String>>> {
    let seller = (asked.role == Role::Seller).then_some("s0");
    let token = house.token(asked.role, seller).await?;
    let statements = statements(house, asked, &token, &cases).await?;
    let serving = house.serve(Work::Elsewhere).await?;
    let mut requests = Requests::default();
    for case in cases {
        requests.push("/graphql", &format!("authorization: Bearer {token}\r\n"), asked.body(case).to_string().as_bytes());
    }
    let requests = Arc::new(requests);
    let mut rows = Vec::new();
    for connections in [1, 8] {
        let outcome = load::put(serving.address, Arc::clone(&requests), connections, Duration::from_mins(1)).await?;
        let [p50, p99] = outcome.latencies.cells();
        rows.push(vec![
            what.to_owned(),
            connections.to_string(),
            p50,
            p99,
            whole(outcome.rate()),
            whole(outcome.effort()),
            statements.clone(),
        ]);
    }
    serving.server.stop().await?;
    Ok(rows)
}

/// How many statements one sidebar costs: the same number for every case, or else a range. Each answer is looked at.
async fn statements(house: &House, asked: &Asked, token: &str, cases: &[u32]) -> anyhow::Result<String> {
    let counted = Arc::new(AtomicUsize::new(0));
    let (mut watched, tally) = (house.cx.clone(), Arc::clone(&counted));
    watched.store.on_statement(move |_| {
        tally.fetch_add(1, Ordering::Relaxed);
    });
    let serving =
        House { cx: watched, settings: house.settings.clone(), marketplace: house.marketplace.clone(), connection: house.connection }
            .serve(Work::Elsewhere)
            .await?;
    let mut counts = BTreeSet::new();
    for case in cases.iter().copied().take(20) {
        counted.store(0, Ordering::Relaxed);
        let answer = serving.post(token, &asked.body(case)).await?;
        counts.insert(counted.load(Ordering::Relaxed));
        let threads = answer["data"]["case"]["threads"].as_array().cloned().unwrap_or_default();
        let full = threads.iter().filter(|thread| thread["messages"]["nodes"].as_array().is_some_and(|nodes| nodes.len() == 50)).count();
        ensure!(full == 3, "the sidebar of case {case} is not whole: {answer:.800}");
    }
    serving.server.stop().await?;
    Ok(match (counts.first(), counts.last()) {
        (Some(least), Some(most)) if least == most => least.to_string(),
        (least, most) => format!("{}-{}", least.unwrap_or(&0), most.unwrap_or(&0)),
    })
}
