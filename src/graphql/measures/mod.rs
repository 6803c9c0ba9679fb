//! The figures that the operator steers by.

mod improvements;
mod kinds;
mod settings;

use async_graphql::{Context, Enum, MergedObject, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};

use super::enums::{CasePhase, Channel};
use super::errors::{Result, bad_input, failure};
use super::scalars::MoneyObject;
use super::session::{Session, session};
use crate::domain::ids::{ConnectionId, SellerId, TeamId};
use crate::domain::kpis::{self, Days, Kpi};
use crate::domain::parties::View;
use crate::workflow::measures::export::{self, File};
use crate::workflow::measures::{self, Asked, Point};
use improvements::{ImprovementMutations, ImprovementQueries};
use kinds::KpiInput;
use kinds::{KpiDirection, KpiKind, KpiStatus, KpiTimeBasis, KpiUnit, named};
use settings::{MeasureSettingsMutations, MeasureSettingsQueries};

/// The most points that a series has.
const MOST_POINTS: usize = 400;
/// The most figures that are asked for at once.
const MOST_FIGURES: usize = 50;

/// A key figure with what is wanted of it.
#[derive(SimpleObject)]
#[graphql(name = "Kpi")]
pub(super) struct KpiObject {
    /// Which.
    kind: KpiKind,
    /// In what time is counted; null for all but first replies.
    time_basis: Option<KpiTimeBasis>,
    /// How many per cent; null for all but percentiles.
    percentile: Option<i32>,
    /// The figure, in its unit; null of nothing.
    value: Option<f64>,
    /// In what it is told.
    unit: KpiUnit,
    /// Which way is better.
    direction: KpiDirection,
    /// Of how many answers, cases, orders, disputes, visits or buyers it is made.
    sample: i64,
    /// At least or at most this is wanted, by the narrowest target that holds; null where nothing was set.
    target: Option<f64>,
    /// Whether the target is met.
    status: KpiStatus,
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl From<kpis::Verdict> for KpiObject {
    fn from(verdict: kpis::Verdict) -> Self {
        let kpi = verdict.figure.kpi;
        let (kind, time_basis, percentile) = named(kpi);
        Self {
            kind,
            time_basis,
            percentile,
            value: verdict.figure.measured.value,
            unit: kpi.unit().into(),
            direction: kpi.direction().into(),
            sample: whole(verdict.figure.measured.sample),
            target: verdict.target,
            status: verdict.status.into(),
        }
    }
}

/// How long the steps of a series are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::kpis::Grain")]
pub(super) enum KpiGrain {
    /// Days.
    Day,
    /// Months of the calendar; the first and the last are cut to the period.
    Month,
}

/// A figure of a step of time.
#[derive(SimpleObject)]
pub(super) struct KpiPoint {
    /// The first day.
    from: NaiveDate,
    /// The last day.
    to: NaiveDate,
    /// The figure.
    kpi: KpiObject,
}

impl From<Point> for KpiPoint {
    fn from(point: Point) -> Self {
        Self { from: point.days.from, to: point.days.to, kpi: point.verdict.into() }
    }
}

/// How often buyers got in touch by a channel for a reason.
#[derive(SimpleObject)]
#[graphql(name = "ContactRate")]
pub(super) struct ContactRateObject {
    /// By which channel; null when unknown.
    channel: Option<Channel>,
    /// For which reason: the key of a contact reason; null when unknown.
    reason: Option<String>,
    /// How many cases.
    cases: i64,
    /// How many of them better information would have spared: their reasons are marked avoidable in the charter.
    avoidable_cases: i64,
    /// Cases per 100 orders; null without orders.
    per_hundred_orders: Option<f64>,
}

/// What service by a channel cost on one side of the sale.
#[derive(SimpleObject)]
pub(super) struct ServiceCost {
    /// The channel; null when unknown.
    channel: Option<Channel>,
    /// The side of the sale: before it, the cost of winning customers; after it, a cost of each sale.
    phase: Option<CasePhase>,
    /// How many cases.
    cases: i64,
    /// What they cost by `measureSettings.costs`.
    cost: MoneyObject,
    /// What each of them cost, rounded.
    per_case: MoneyObject,
    /// What each is to cost at most; null when there is no target for the channel.
    target_per_case: Option<MoneyObject>,
    /// Whether that is so.
    status: KpiStatus,
}

/// Which figures a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum MeasuresFile {
    /// All key figures.
    Figures,
    /// `contactRates`.
    ContactRates,
    /// `serviceCosts`.
    ServiceCosts,
}

/// The address of a file.
#[derive(SimpleObject)]
pub(super) struct MeasuresLink {
    /// The address at which a browser gets it without a token: lines of RFC 4180 in UTF-8, with the figures as they are then.
    url: String,
    /// Until when it opens.
    expires_at: DateTime<Utc>,
}

/// What was measured in a period.
pub(super) struct Measures {
    asked: Asked,
    zone: &'static str,
}

impl Measures {
    async fn figures(&self, session: &Session, kpis: &[Kpi]) -> Result<Vec<KpiObject>> {
        let found = measures::figures(session.cx(), session.scope(), &self.asked, kpis).await.map_err(|error| failure(&error))?;
        Ok(found.into_iter().map(Into::into).collect())
    }
}

#[Object(name = "Measures")]
/// What was measured in a period, of a seller, a channel, a reason, a team, or of all. Counted as things happen: a case counts on the day on
/// which it was opened, whatever happens to it later.
impl Measures {
    /// The first day.
    async fn from(&self) -> NaiveDate {
        self.asked.days.from
    }

    /// The last day.
    async fn to(&self) -> NaiveDate {
        self.asked.days.to
    }

    /// The time zone in which days lie: the marketplace's.
    async fn time_zone(&self) -> &str {
        self.zone
    }

    /// Whether everything is being counted anew, as after a change of `comeBackDays`: until that is done figures mix both ways.
    async fn recounting(&self, ctx: &Context<'_>) -> Result<bool> {
        let session = session(ctx)?;
        session.cx().store.is_recounted(session.scope().marketplace).await.map_err(|error| failure(&error.into()))
    }

    /// Key figures, in the order in which they are asked for.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn kpis(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, at most 50; null for all, with the percentiles 90 and 95.")] which: Option<Vec<KpiInput>>,
    ) -> Result<Vec<KpiObject>> {
        let kpis = match which {
            Some(which) if which.len() > MOST_FIGURES => return Err(bad_input(format!("Ask for at most {MOST_FIGURES} figures."))),
            Some(which) => which.into_iter().map(KpiInput::read).collect::<Result<_>>()?,
            None => Kpi::usual(),
        };
        self.figures(session(ctx)?, &kpis).await
    }

    /// One figure step by step, as for a chart; at most 400 steps.
    #[graphql(complexity = "400 * child_complexity / 4 + 1")]
    async fn series(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] kpi: KpiInput,
        #[graphql(desc = "How long the steps are.")] grain: KpiGrain,
    ) -> Result<Vec<KpiPoint>> {
        let (session, kpi) = (session(ctx)?, kpi.read()?);
        if self.asked.days.steps(grain.into()).len() > MOST_POINTS {
            return Err(bad_input(format!("This has more than {MOST_POINTS} steps: ask for a shorter period, or for months.")));
        }
        let points = measures::series(session.cx(), session.scope(), &self.asked, kpi, grain.into()).await;
        Ok(points.map_err(|error| failure(&error))?.into_iter().map(Into::into).collect())
    }

    /// How often buyers got in touch, by channel and reason, the most frequent first. Of what was asked days, seller and team narrow it.
    #[graphql(complexity = "50 * child_complexity + 1")]
    async fn contact_rates(&self, ctx: &Context<'_>) -> Result<Vec<ContactRateObject>> {
        let session = session(ctx)?;
        let rates = measures::contact_rates(session.cx(), session.scope(), &self.asked).await;
        let rate = |rate: kpis::ContactRate| ContactRateObject {
            channel: rate.channel.map(Into::into),
            reason: rate.reason.map(|reason| reason.to_string()),
            cases: whole(rate.cases),
            avoidable_cases: whole(rate.avoidable),
            per_hundred_orders: rate.per_hundred.value,
        };
        Ok(rates.map_err(|error| failure(&error))?.into_iter().map(rate).collect())
    }

    /// What customer service cost, by channel and side of the sale. Of what was asked only days and seller narrow it.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn service_costs(&self, ctx: &Context<'_>) -> Result<Vec<ServiceCost>> {
        let session = session(ctx)?;
        let lines = measures::service_costs(session.cx(), session.scope(), self.asked.days, self.asked.seller).await;
        let line = |line: kpis::CostLine| ServiceCost {
            channel: line.channel.map(Into::into),
            phase: line.phase.map(Into::into),
            cases: whole(line.cases),
            cost: line.cost.into(),
            per_case: line.per_case.into(),
            target_per_case: line.target.map(Into::into),
            status: line.status.into(),
        };
        Ok(lines.map_err(|error| failure(&error))?.into_iter().map(line).collect())
    }

    /// An address that opens for 15 minutes, at which the same can be had as a file for spreadsheets.
    async fn file(&self, ctx: &Context<'_>, #[graphql(desc = "Which figures.")] file: MeasuresFile) -> Option<Result<MeasuresLink>> {
        let file = match file {
            MeasuresFile::Figures => File::Figures,
            MeasuresFile::ContactRates => File::ContactRates,
            MeasuresFile::ServiceCosts => File::ServiceCosts,
        };
        let make = session(ctx).map(|session| export::link(session.cx(), session.scope(), &self.asked, file));
        make.map(|link| link.map(|link| MeasuresLink { url: link.url, expires_at: link.expires_at })).transpose()
    }
}

/// The queries of this folder. One for all: each that stands at the root makes every query's future larger.
#[derive(MergedObject, Default)]
pub(super) struct MeasureQueries(FigureQueries, MeasureSettingsQueries, ImprovementQueries);

/// The mutations of this folder.
#[derive(MergedObject, Default)]
pub(super) struct MeasureMutations(MeasureSettingsMutations, ImprovementMutations);

/// The queries of this file.
#[derive(Default)]
pub(super) struct FigureQueries;

#[Object]
impl FigureQueries {
    /// What was measured in some days, at most ten years. For operators; null for others. However many cases there were, the answer
    /// takes the same time.
    #[expect(clippy::too_many_arguments, reason = "the arguments of the field")]
    async fn measures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day, in the marketplace's time zone.")] from: NaiveDate,
        #[graphql(desc = "The last day.")] to: NaiveDate,
        #[graphql(desc = "Of this seller; null for all.")] seller_id: Option<SellerId>,
        #[graphql(desc = "Of cases by this channel; null for all.")] channel: Option<Channel>,
        #[graphql(desc = "Of cases with this contact reason; null for all.")] reason: Option<String>,
        #[graphql(desc = "Of cases that this team looks after, by `teams`; null for all.")] team_id: Option<TeamId>,
    ) -> Option<Result<Measures>> {
        let ask = async {
            let session = session(ctx)?;
            if session.scope().view != View::Whole {
                return Ok(None);
            }
            let days = days(from, to)?;
            let reason = reason.map(|reason| reason.parse()).transpose().map_err(|_| bad_input("This is no key of a contact reason."))?;
            let zone = session.marketplace().await?.timezone.name();
            let asked = Asked { days, seller: seller_id, channel: channel.map(Into::into), reason, team: team_id };
            Ok(Some(Measures { asked, zone }))
        };
        ask.await.transpose()
    }

    /// The groups of agents that cases were assigned to in helpdesks, by name, at most a thousand. For operators; null for others.
    async fn teams(&self, ctx: &Context<'_>) -> Option<Result<Vec<Team>>> {
        let ask = async {
            let session = session(ctx)?;
            if session.scope().view != View::Whole {
                return Ok(None);
            }
            let teams = session.cx().store.teams(session.scope()).await.map_err(|error| failure(&error.into()))?;
            Ok(Some(teams.into_iter().map(|team| Team { id: team.id, name: team.name, connection_id: team.connection }).collect()))
        };
        ask.await.transpose()
    }
}

/// A group of agents.
#[derive(SimpleObject)]
pub(super) struct Team {
    /// By which `measures` asks for it.
    id: TeamId,
    /// Its name in the helpdesk, as we heard it last; its number there where the helpdesk keeps names from us.
    name: String,
    /// The helpdesk whose group it is.
    connection_id: ConnectionId,
}

fn days(from: NaiveDate, to: NaiveDate) -> Result<Days> {
    Days::new(from, to).map_err(|fault| bad_input(fault.to_string()))
}
