//! Acknowledged webhooks per second, beside what the database alone and the HTTP server alone reach.

use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use trilogue::app::Work;
use trilogue::clock::SystemClock;
use trilogue::demo::peer::{Opening, SimulatedHelpdesk};
use trilogue::demo::zendesk::{ZendeskOptions, ZendeskSim};

use crate::databases::{Databases, Fresh, Kind};
use crate::deliveries::{self, Made};
use crate::house::House;
use crate::load::{self, Outcome, Requests};
use crate::tables::{self, Latencies, ratio, whole};
use crate::{Scale, bare_rows, bare_verification};

const CONNECTIONS: [usize; 3] = [1, 32, 256];
/// More than any connection count answers in a second, so that none runs out.
const PER_SECOND: u64 = 45_000;
/// How many tickets the deliveries are about, where nobody works them through.
const TICKETS: u64 = 5_000;

/// What is sent, and where a fresh copy to send it to comes from.
struct Stage<'a> {
    databases: &'a Databases,
    template: Fresh,
    requests: Arc<Requests>,
    deliveries: Arc<Vec<Made>>,
    time: Duration,
}

/// Measures and prints.
pub(crate) async fn measure(databases: &Databases, kind: Kind, scale: Scale) -> anyhow::Result<()> {
    let template = databases.fresh(kind).await?;
    let house = House::found(&template, "https://bench.example.com").await?;
    let tickets: Vec<_> = (1..=TICKETS).collect();
    let count = usize::try_from(PER_SECOND * scale.time.as_secs())?;
    let stage = Stage {
        databases,
        requests: Arc::new(deliveries::sign(count, house.connection, &tickets)),
        deliveries: Arc::new((0..count).map(|index| deliveries::make(index, &tickets)).collect()),
        template,
        time: scale.time,
    };
    house.cx.store.close().await;
    let mut rows = Vec::new();
    for connections in CONNECTIONS {
        rows.push(stage.compare(connections).await?);
    }
    let body = stage.deliveries.first().map(|made| made.body.len()).unwrap_or_default();
    tables::print(
        &format!("webhooks, {}: signed deliveries of {body} bytes, answered when they are durable", kind.name()),
        &[
            "connections",
            "acknowledged/s",
            "p50 ms",
            "p99 ms",
            "rows/s",
            "p99 ms",
            "verified/s",
            "of min",
            "of harmonic",
            "core us",
            "rows",
            "verified",
        ],
        &rows,
    );
    println!("  rows/s: bare group commit; verified/s: HTTP and signature, no store; min: the lower of the two;");
    println!("  harmonic: 1/(1/rows + 1/verified), as both need the same cores; core us: what each took of this process's cores,");
    println!("  load generator included, and what a bare row and a bare verification took. No workers run meanwhile.");
    databases.remove(stage.template).await?;
    at_work(databases, kind, scale).await
}

impl Stage<'_> {
    /// Ceilings, house, ceilings: what disturbs the machine for a while disturbs both.
    async fn compare(&self, connections: usize) -> anyhow::Result<Vec<String>> {
        let verification = bare_verification::serve().await?;
        let verify = || load::put(verification, Arc::clone(&self.requests), connections, self.time / 2);
        let (rows_before, verified_before) = (self.rows(connections).await?, verify().await?);
        let ours = self.house(connections).await?;
        let (verified_after, rows_after) = (verify().await?, self.rows(connections).await?);

        let rows = f64::midpoint(rows_before.rate(), rows_after.rate());
        let verified = f64::midpoint(verified_before.rate(), verified_after.rate());
        let harmonic = 1.0 / (1.0 / rows + 1.0 / verified);
        let [p50, p99] = ours.latencies.cells();
        let [_, rows_p99] = rows_after.latencies.cells();
        Ok(vec![
            connections.to_string(),
            whole(ours.rate()),
            p50,
            p99,
            whole(rows),
            rows_p99,
            whole(verified),
            ratio(ours.rate(), rows.min(verified)),
            ratio(ours.rate(), harmonic),
            whole(ours.effort()),
            whole(rows_after.effort()),
            whole(verified_after.effort()),
        ])
    }

    async fn rows(&self, producers: usize) -> anyhow::Result<Outcome> {
        let database = self.databases.copy(&self.template).await?;
        let house = House::in_copy(&database).await?;
        let outcome = bare_rows::measure(&database, &house, Arc::clone(&self.deliveries), producers, self.time).await?;
        finish(self.databases, house, database, &outcome.latencies).await?;
        Ok(outcome)
    }

    async fn house(&self, connections: usize) -> anyhow::Result<Outcome> {
        let database = self.databases.copy(&self.template).await?;
        let house = House::in_copy(&database).await?;
        let serving = house.serve(Work::Elsewhere).await?;
        let outcome = load::put(serving.address, Arc::clone(&self.requests), connections, self.time).await?;
        serving.server.stop().await?;
        finish(self.databases, house, database, &outcome.latencies).await?;
        Ok(outcome)
    }
}

/// What was acknowledged must be there.
async fn finish(databases: &Databases, house: House, database: Fresh, acknowledged: &Latencies) -> anyhow::Result<()> {
    let stored = house.cx.store.inbox_depth().await?.unfinished;
    ensure!(stored == u64::try_from(acknowledged.count())?, "{} were acknowledged, {stored} are stored", acknowledged.count());
    house.cx.store.close().await;
    databases.remove(database).await
}

/// The same door with the workers on and a helpdesk behind them, on the same cores.
async fn at_work(databases: &Databases, kind: Kind, scale: Scale) -> anyhow::Result<()> {
    let sim = ZendeskSim::start(ZendeskOptions::new(Arc::new(SystemClock))).await?;
    let database = databases.fresh(kind).await?;
    let house = House::found(&database, sim.base_url()).await?;
    let buyer = sim.add_end_user("Marie Dupont", "marie@example.org");
    let tickets: Vec<_> = (0..64).map(|_| sim.open_ticket(&buyer, Opening::new("Colis perdu", "Où est mon colis ?"))).collect();
    let count = usize::try_from(PER_SECOND * scale.time.as_secs())?;
    let requests = Arc::new(deliveries::sign(count, house.connection, &tickets));

    let serving = house.serve(Work::Here).await?;
    let outcome = load::put(serving.address, requests, 32, scale.time).await?;
    let left = house.cx.store.inbox_depth().await?.unfinished;
    let done = u32::try_from(u64::try_from(outcome.latencies.count())?.saturating_sub(left))?;
    let [p50, p99] = outcome.latencies.cells();
    let row = vec!["32".to_owned(), whole(outcome.rate()), p50, p99, whole(f64::from(done) / outcome.elapsed.as_secs_f64())];
    tables::print(
        &format!("webhooks, {}, workers on, the simulated helpdesk behind, all on the same cores", kind.name()),
        &["connections", "acknowledged/s", "p50 ms", "p99 ms", "worked through/s"],
        &[row],
    );
    serving.server.stop().await?;
    house.cx.store.close().await;
    databases.remove(database).await
}
