//! What the operator's figures cost over a year of a million cases: counted rows as the counter keeps them, and the questions
//! that people ask of them. The ceiling is the same rows read from the table by their keys, without anything made of them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::ensure;
use chrono::{Days as Step, NaiveDate};
use trilogue::domain::cases::CasePhase;
use trilogue::domain::ids::{SellerId, TeamId};
use trilogue::domain::kpis::{
    Aftermath, CaseEnd, CaseFacts, Cell, Changes, Cut, Days, Grain, Kpi, KpiTally, Part, ReplyFigure, Resolution, Row, Slice, TimeBasis,
};
use trilogue::domain::parties::{Scope, View};
use trilogue::domain::reasons::{Avoidable, Family};
use trilogue::domain::tickets::Channel;
use trilogue::workflow::measures::{self, Asked};

use crate::Scale;
use crate::databases::{Databases, Kind};
use crate::house::House;
use crate::tables::{self, Latencies};

/// How often each is asked.
const TIMES: usize = 50;
const CHANNELS: [Channel; 4] = [Channel::Email, Channel::Web, Channel::Chat, Channel::Phone];
const REASONS: u32 = 25;

/// A year in which things happen evenly, but for who is meant and how long it took.
struct Year {
    sellers: Vec<SellerId>,
    teams: Vec<TeamId>,
    cases: u32,
}

fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 1, 1).unwrap_or_default()
}

impl Year {
    /// The case of this number.
    fn case(&self, number: u32) -> Part {
        // Knuth's multiplicative hash, so that neighbours have nothing in common.
        let dice = u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let roll = |shift: u32, sides: u64| usize::try_from((dice >> shift) % sides).unwrap_or(0);
        let reason = u32::try_from(roll(20, u64::from(REASONS))).unwrap_or(0);
        let slice = Slice {
            seller: self.sellers.get(roll(8, 300)).copied(),
            channel: CHANNELS.get(roll(32, 4)).copied(),
            reason: format!("reason_{reason}").parse().ok(),
            phase: Some(if number.is_multiple_of(4) { CasePhase::PreSale } else { CasePhase::AfterSale }),
            team: self.teams.get(roll(12, 6)).copied(),
        };
        let replied = u32::try_from(roll(28, 200_000)).unwrap_or(0);
        let facts = CaseFacts {
            opened_on: first_day() + Step::new(u64::from(number) * 365 / u64::from(self.cases)),
            slice,
            family: if reason % 3 == 0 { Family::Complaint } else { Family::Information },
            avoidable: if reason % 5 == 0 { Avoidable::Yes } else { Avoidable::No },
            first_reply: Some(replied),
            first_reply_business: Some(replied / 3),
            end: CaseEnd::Resolved(Resolution {
                replies: 1 + number % 3,
                aftermath: if number.is_multiple_of(9) { Aftermath::Reopened } else { Aftermath::Quiet },
            }),
            handling_seconds: 0,
            operator_replies: number % 2,
            satisfaction: None,
            recommendation: None,
        };
        Part::Case { facts, buyer: None }
    }
}

/// Measures and prints.
pub(crate) async fn measure(databases: &Databases, kind: Kind, scale: Scale) -> anyhow::Result<()> {
    let database = databases.fresh(kind).await?;
    let house = House::found(&database, "https://bench.example.com").await?;
    let year = Year {
        sellers: (0..300).map(|_| SellerId::generate()).collect(),
        teams: (0..6).map(|_| TeamId::generate()).collect(),
        cases: scale.counted,
    };
    let (rows, whole) = fill(&house, &year).await?;
    let scope = Scope { marketplace: house.marketplace.id, view: View::Whole };
    let all = Asked::of(Days::new(first_day(), first_day() + Step::new(364))?);
    let ragged = Days::new(first_day() + Step::new(14), first_day() + Step::new(351))?;
    let one = Asked {
        seller: year.sellers.first().copied(),
        channel: Some(Channel::Email),
        reason: "reason_3".parse().ok(),
        team: year.teams.first().copied(),
        ..all.clone()
    };
    agree(&house, scope, &all, &whole).await?;

    let mut table = Vec::new();
    for (name, asked) in [
        ("a year of all", all.clone()),
        ("a year but two weeks at each end", Asked { days: ragged, ..all.clone() }),
        ("a year of one seller, channel, reason, team", one),
    ] {
        let ceiling = time(async || Ok(house.cx.store.tallies(scope.marketplace, &asked.days.rows_of(&Cell::WHOLE)).await?)).await?;
        let found = time(async || Ok(measures::figures(&house.cx, scope, &asked, &Kpi::usual()).await?)).await?;
        table.push(line(&format!("all figures, {name}"), &found, &ceiling));
    }
    let mean = Kpi::FirstReply(ReplyFigure::Mean, TimeBasis::Calendar);
    let series = time(async || Ok(measures::series(&house.cx, scope, &all, mean, Grain::Day).await?)).await?;
    let ceiling = {
        let rows: Vec<_> = all.days.steps(Grain::Day).iter().flat_map(|day| day.rows_of(&Cell::WHOLE)).collect();
        time(async || Ok(house.cx.store.tallies(scope.marketplace, &rows).await?)).await?
    };
    table.push(line("a series of 365 days", &series, &ceiling));
    for (name, days) in [("a year", all.days), ("a year but two weeks at each end", ragged)] {
        let like = Cell { channel: Cut::One(None), reason: Cut::One(None), ..Cell::WHOLE };
        let ceiling = time(async || Ok(house.cx.store.case_counts(scope.marketplace, &like, days).await?)).await?;
        let rates = time(async || Ok(measures::contact_rates(&house.cx, scope, &Asked::of(days)).await?)).await?;
        table.push(line(&format!("contact rates, {name}"), &rates, &ceiling));
    }
    let title = format!("Figures over {} cases ({rows} rows of counts), {}", year.cases, kind.name());
    tables::print(&title, &["question", "median ms", "p99 ms", "bare read, median ms"], &table);
    drop(house);
    databases.remove(database).await
}

fn line(name: &str, found: &Latencies, ceiling: &Latencies) -> Vec<String> {
    let [median, tail] = found.cells();
    vec![name.to_owned(), median, tail, tables::milliseconds(ceiling.percentile(50))]
}

async fn time<T>(ask: impl AsyncFn() -> anyhow::Result<T>) -> anyhow::Result<Latencies> {
    let mut times: Vec<Duration> = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let begun = Instant::now();
        drop(ask().await?);
        times.push(begun.elapsed());
    }
    Ok(Latencies::of(times))
}

/// Writes the counts of the year by the counter's own arithmetic; gives how many rows that are, and everything merged.
async fn fill(house: &House, year: &Year) -> anyhow::Result<(usize, KpiTally)> {
    let (mut written, mut whole) = (0, KpiTally::default());
    let mut months: BTreeMap<Row, KpiTally> = BTreeMap::new();
    let mut number = 0;
    while number < year.cases {
        let (mut changes, mut day) = (Changes::default(), None);
        while number < year.cases {
            let part = year.case(number);
            let Part::Case { facts, .. } = &part else { break };
            if *day.get_or_insert(facts.opened_on) != facts.opened_on {
                break;
            }
            whole.add_case(facts);
            changes.replace(None, Some(&part));
            number += 1;
        }
        let rows = changes.rows.into_iter().map(|(row, (plus, _))| (row, plus));
        let (days, month): (BTreeMap<_, _>, BTreeMap<_, _>) = rows.partition(|(row, _)| row.grain == Grain::Day);
        if months.keys().next().map(|row| row.date) != month.keys().next().map(|row| row.date) {
            written += write(house, &std::mem::take(&mut months)).await?;
        }
        for (row, tally) in month {
            months.entry(row).or_default().merge(&tally);
        }
        written += write(house, &days).await?;
    }
    Ok((written + write(house, &months).await?, whole))
}

async fn write(house: &House, rows: &BTreeMap<Row, KpiTally>) -> anyhow::Result<usize> {
    let tx = house.cx.store.begin(house.marketplace.id).await?;
    tx.write_rows(rows).await?;
    tx.commit().await?;
    Ok(rows.len())
}

/// The live query tells what adding everything up tells.
async fn agree(house: &House, scope: Scope, asked: &Asked, whole: &KpiTally) -> anyhow::Result<()> {
    let live = measures::figures(&house.cx, scope, asked, &Kpi::usual()).await?;
    let period = trilogue::domain::kpis::Period { tally: whole.clone(), ..Default::default() };
    for verdict in live {
        ensure!(period.figure(verdict.figure.kpi) == verdict.figure, "{:?} differs from a full recomputation", verdict.figure.kpi);
    }
    Ok(())
}
