//! What the house reaches on this machine, each figure beside its ceiling from the same run. See `benches/README.md`.
#![expect(clippy::print_stdout, reason = "the tables are what the program is for")]

mod bare_rows;
mod bare_verification;
#[path = "../../tests/it/harness/postgres/cluster.rs"]
mod cluster;
mod databases;
mod deliveries;
mod fanout;
mod filling;
mod footprint;
mod house;
mod live;
mod load;
mod machine;
mod measures;
mod search;
mod sidebar;
mod socket;
mod tables;
mod webhooks;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};

use databases::Databases;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Chapter {
    /// Acknowledged webhooks per second.
    Webhooks,
    /// The query that an agent's sidebar sends.
    Sidebar,
    /// From a webhook or a mutation to a subscriber, and to thousands of them.
    Live,
    /// Full text in a large marketplace.
    Search,
    /// The operator's figures over a year of a million cases.
    Measures,
    /// Time to start and memory.
    Footprint,
}

/// Measures the house. Everything by default.
#[derive(Debug, Parser)]
struct Wish {
    /// What to measure.
    chapters: Vec<Chapter>,
    /// Short runs on little data: to see that it works, not to quote.
    #[arg(long)]
    quick: bool,
    /// The program whose footprint is measured; the one built along with this when not given.
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Cargo says so itself.
    #[arg(long, hide = true)]
    bench: bool,
}

/// How much is measured.
#[derive(Debug, Clone, Copy)]
struct Scale {
    /// How long each rate is measured.
    time: Duration,
    /// Cases in the database of the sidebar, each with three threads of 50 messages.
    cases: u32,
    /// How many sidebars are opened.
    sidebars: usize,
    /// How many events are followed to the subscriber.
    events: usize,
    /// How many subscribers listen at once.
    subscribers: usize,
    /// Cases of the year that figures are asked of.
    counted: u32,
    /// How often the program is started.
    starts: usize,
}

impl Scale {
    const FULL: Self = Self {
        time: Duration::from_secs(4),
        cases: 6_700,
        sidebars: 3_000,
        events: 200,
        subscribers: 5_000,
        counted: 1_000_000,
        starts: 7,
    };
    const QUICK: Self =
        Self { time: Duration::from_secs(1), cases: 700, sidebars: 300, events: 30, subscribers: 500, counted: 50_000, starts: 3 };
}

fn main() -> anyhow::Result<()> {
    let wish = Wish::parse();
    // What a production server pays for its log is paid here too.
    trilogue::telemetry::start_log("info,sea_orm_migration=warn,sqlx=error", trilogue::config::LogFormat::Text);
    trilogue::telemetry::metrics();
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(measure(&wish))
}

async fn measure(wish: &Wish) -> anyhow::Result<()> {
    let scale = if wish.quick { Scale::QUICK } else { Scale::FULL };
    let wants = |chapter| wish.chapters.is_empty() || wish.chapters.contains(&chapter);
    let databases = Databases::find()?;
    machine::describe(&databases).await?;
    if wish.quick {
        println!("--quick: short runs on little data. Not for quoting.");
    }
    for kind in databases.kinds() {
        if wants(Chapter::Webhooks) {
            Box::pin(webhooks::measure(&databases, kind, scale)).await?;
        }
        if wants(Chapter::Sidebar) {
            Box::pin(sidebar::measure(&databases, kind, scale)).await?;
        }
        if wants(Chapter::Live) {
            live::measure(&databases, kind, scale).await?;
            fanout::measure(&databases, kind, scale).await?;
        }
        if wants(Chapter::Search) {
            Box::pin(search::measure(&databases, kind, scale)).await?;
        }
        if wants(Chapter::Measures) {
            Box::pin(measures::measure(&databases, kind, scale)).await?;
        }
        if wants(Chapter::Footprint) {
            footprint::measure(&databases, kind, scale, wish.binary.as_deref()).await?;
        }
    }
    Ok(())
}
