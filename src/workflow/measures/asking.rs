//! What is asked of the counts. No question reads more than its days and months, however many cases there were.

use std::collections::BTreeMap;

use super::super::{Cx, Error, Result};
use super::settings;
use crate::domain::ids::{SellerId, TeamId};
use crate::domain::kpis::{
    Cell, ContactRate, CostLine, Cut, Days, Grain, Kpi, KpiTally, Period, Retention, Return, Row, Scope as TargetScope, Slice, Verdict,
    contact_rates as rates, cost_report, retention,
};
use crate::domain::parties::{Scope, View};
use crate::domain::reasons::ReasonKey;
use crate::domain::tickets::Channel;

/// Of what figures are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// In which days things were opened, ordered, visited.
    pub days: Days,
    /// Of this seller; none for all.
    pub seller: Option<SellerId>,
    /// By this channel; none for all.
    pub channel: Option<Channel>,
    /// For this reason; none for all.
    pub reason: Option<ReasonKey>,
    /// Of cases that this team looked after; none for all.
    pub team: Option<TeamId>,
}

/// A figure of a step of time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Which days.
    pub days: Days,
    /// The figure and what is wanted of it.
    pub verdict: Verdict,
}

impl Asked {
    /// Of all that happened in these days.
    pub const fn of(days: Days) -> Self {
        Self { days, seller: None, channel: None, reason: None, team: None }
    }

    fn cell(&self) -> Cell {
        Cell {
            seller: Cut::of(self.seller),
            channel: Cut::of(self.channel),
            reason: Cut::of(self.reason.clone()),
            phase: Cut::All,
            team: Cut::of(self.team),
        }
    }

    /// For what a target must be set to hold here.
    fn about(&self) -> TargetScope {
        TargetScope { seller: self.seller, channel: self.channel, reason: self.reason.clone(), team: self.team }
    }

    /// The rows that make the figures of these days.
    fn rows(&self, days: Days) -> Vec<Row> {
        let cell = self.cell();
        let orders = cell.with_orders();
        let mut rows = days.rows_of(&cell);
        if orders != cell {
            rows.extend(days.rows_of(&orders));
        }
        rows
    }

    /// The counts of these days, with the orders beside them.
    fn tally(&self, days: Days, found: &BTreeMap<Row, KpiTally>) -> KpiTally {
        let sum = |cell: &Cell| KpiTally::merged(days.rows_of(cell).iter().filter_map(|row| found.get(row)));
        let cell = self.cell();
        let tally = sum(&cell);
        let beside = cell.with_orders();
        if beside == cell { tally } else { KpiTally { orders: sum(&beside).orders, ..tally } }
    }
}

/// Who came back in these days: told of whole months, and of the marketplace as a whole.
fn came_back(asked: &Asked, days: Days, returns: &[(Return, u64)]) -> Retention {
    let Some((first, last)) = days.months().filter(|_| asked.cell() == Cell::WHOLE) else { return Retention::default() };
    retention(returns.iter().map(|(one, buyers)| (one, *buyers)), first, last)
}

/// The figures of a marketplace are the operator's own; others find none.
fn allowed(scope: Scope) -> Result<()> {
    if scope.view == View::Whole { Ok(()) } else { Err(Error::NotFound) }
}

/// Figures, each with what is wanted of it.
pub async fn figures(cx: &Cx, scope: Scope, asked: &Asked, kpis: &[Kpi]) -> Result<Vec<Verdict>> {
    let points = steps(cx, scope, asked, kpis, &[asked.days]).await?;
    Ok(points.into_iter().map(|point| point.verdict).collect())
}

/// A figure step by step.
pub async fn series(cx: &Cx, scope: Scope, asked: &Asked, kpi: Kpi, grain: Grain) -> Result<Vec<Point>> {
    steps(cx, scope, asked, &[kpi], &asked.days.steps(grain)).await
}

async fn steps(cx: &Cx, scope: Scope, asked: &Asked, kpis: &[Kpi], steps: &[Days]) -> Result<Vec<Point>> {
    allowed(scope)?;
    let marketplace = scope.marketplace;
    let targets = settings::of(cx, marketplace).await?.settings.targets;
    let rows: Vec<_> = steps.iter().flat_map(|days| asked.rows(*days)).collect();
    let found = cx.store.tallies(marketplace, &rows).await?;
    let whole: Vec<_> = steps.iter().filter_map(|days| days.months()).collect();
    let returns = match (whole.first(), whole.last()) {
        (Some((first, _)), Some((began_before, last)))
            if asked.cell() == Cell::WHOLE && kpis.iter().any(|kpi| matches!(kpi, Kpi::Retention(_))) =>
        {
            cx.store.returns(marketplace, (*first, *last), *began_before).await?
        }
        _ => Vec::new(),
    };
    let mut points = Vec::with_capacity(steps.len() * kpis.len());
    for days in steps {
        let period = Period { tally: asked.tally(*days, &found), retention: came_back(asked, *days, &returns) };
        for kpi in kpis {
            points.push(Point { days: *days, verdict: targets.judge(period.figure(*kpi), &asked.about()) });
        }
    }
    Ok(points)
}

/// How often buyers got in touch, by channel and reason, the most frequent first.
pub async fn contact_rates(cx: &Cx, scope: Scope, asked: &Asked) -> Result<Vec<ContactRate>> {
    allowed(scope)?;
    let days = asked.days;
    let like =
        Cell { seller: Cut::of(asked.seller), team: Cut::of(asked.team), channel: Cut::One(None), reason: Cut::One(None), ..Cell::WHOLE };
    let counts = cx.store.case_counts(scope.marketplace, &like, days).await?;
    let found = cx.store.tallies(scope.marketplace, &days.rows_of(&like.with_orders())).await?;
    let orders = found.values().map(|tally| tally.orders).sum();
    let rows: Vec<(Slice, KpiTally)> = counts
        .into_iter()
        .map(|count| (count.slice, KpiTally { cases: count.cases, avoidable: count.avoidable, ..KpiTally::default() }))
        .collect();
    Ok(rates(rows.iter().map(|(slice, tally)| (slice, tally)), orders))
}

/// What customer service cost, by channel and side of the sale.
pub async fn service_costs(cx: &Cx, scope: Scope, days: Days, seller: Option<SellerId>) -> Result<Vec<CostLine>> {
    allowed(scope)?;
    let set = settings::of(cx, scope.marketplace).await?.settings;
    let like = Cell { seller: Cut::of(seller), channel: Cut::One(None), phase: Cut::One(None), ..Cell::WHOLE };
    let slices = cx.store.slices(scope.marketplace, &like, days).await?;
    cost_report(slices.iter(), &set.costs, set.targets.minimum_sample)
        .map_err(|_| Error::from(crate::domain::refusal::Refusal::Invalid { message: "These costs are too large to be told.".into() }))
}
