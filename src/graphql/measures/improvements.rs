//! What is done to better the figures.

use async_graphql::{Context, Enum, InputObject, Object, OneofObject, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};

use super::super::errors::{Result, UserError, split, store};
use super::super::orders::SellerObject;
use super::super::paging::{PageOf, Paging, connection};
use super::super::session::session;
use super::kinds::{KpiInput, KpiKind, KpiTimeBasis, KpiUnit, named};
use super::{days, whole};
use crate::domain::ids::{CaseId, ImprovementId, RatingId, SellerId};
use crate::domain::kpis::{Days, Improvement, ImprovementAbout, ImprovementOrigin, Measured};
use crate::store::{ImprovementFilter, ImprovementRow};
use crate::workflow::measures::{self, AboutInput, ProposalInput};

/// Where an improvement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::kpis::ImprovementState")]
pub(in crate::graphql) enum ImprovementState {
    /// Nobody has taken it on.
    Proposed,
    /// Somebody works on it.
    Planned,
    /// It is done; the effect is waited for.
    Done,
    /// The effect was measured.
    Measured,
    /// It will not be done.
    Dropped,
}

/// A figure as it was measured.
#[derive(SimpleObject)]
struct MeasuredFigure {
    /// The figure in its unit; null of nothing.
    value: Option<f64>,
    /// Of how many it is made.
    sample: i64,
    /// The first day in which it was measured; null before anybody has.
    from: Option<NaiveDate>,
    /// The last day.
    to: Option<NaiveDate>,
}

impl MeasuredFigure {
    fn of(measured: Measured, days: Option<Days>) -> Self {
        let (from, to) = (days.map(|days| days.from), days.map(|days| days.to));
        Self { value: measured.value, sample: whole(measured.sample), from, to }
    }
}

/// By which figure an improvement is judged.
#[derive(SimpleObject)]
struct ImprovementKpi {
    /// Which.
    kind: KpiKind,
    /// In what time is counted; null for all but first replies.
    time_basis: Option<KpiTimeBasis>,
    /// How many per cent; null for all but percentiles.
    percentile: Option<i32>,
    /// In what it is told.
    unit: KpiUnit,
}

/// Something to do better.
pub(in crate::graphql) struct ImprovementObject(ImprovementRow);

impl ImprovementObject {
    const fn item(&self) -> &Improvement {
        &self.0.improvement
    }
}

#[Object(name = "Improvement")]
/// Something to do better: by whom, until when, and what it changed. For operators.
impl ImprovementObject {
    /// An id that stays the same. Not a node.
    async fn id(&self) -> ImprovementId {
        self.item().id
    }

    /// The seller that it is about; null when it is about none, or when the seller is gone.
    async fn seller(&self, ctx: &Context<'_>) -> Option<Result<SellerObject>> {
        let (ImprovementAbout::Product { seller, .. } | ImprovementAbout::Seller { seller }) = self.item().about else { return None };
        let load = async { session(ctx)?.loaders().seller(seller).await };
        load.await.map(|found| found.map(SellerObject)).transpose()
    }

    /// The product that it is about, by the marketplace's own id; null when it is about none.
    async fn product(&self) -> Option<&str> {
        match &self.item().about {
            ImprovementAbout::Product { product, .. } => Some(product),
            _ => None,
        }
    }

    /// The marketplace's own way of doing things that it is about; null when it is about none.
    async fn process(&self) -> Option<&str> {
        match &self.item().about {
            ImprovementAbout::Process { name } => Some(name),
            _ => None,
        }
    }

    /// The case whose buyer asks for it, by its id: the support was rated badly, with words; null otherwise.
    async fn case_id(&self) -> Option<CaseId> {
        match self.item().origin {
            ImprovementOrigin::Case(case) => Some(case),
            _ => None,
        }
    }

    /// The review that asks for it, by its id: a bad one with words; null otherwise.
    async fn review_id(&self) -> Option<RatingId> {
        match self.item().origin {
            ImprovementOrigin::Review(review) => Some(review),
            _ => None,
        }
    }

    /// What is to be done; of what a buyer asks for, the buyer's words.
    async fn plan(&self) -> &str {
        &self.item().plan
    }

    /// Where it stands.
    async fn state(&self) -> ImprovementState {
        self.item().state.into()
    }

    /// Who sees to it; null while nobody does.
    async fn owner(&self) -> Option<&str> {
        self.0.owner_name.as_deref()
    }

    /// Until when; null while nobody sees to it.
    async fn due_on(&self) -> Option<NaiveDate> {
        self.item().due_on
    }

    /// Whether it should have been done by now.
    async fn is_overdue(&self, ctx: &Context<'_>) -> Result<bool> {
        let session = session(ctx)?;
        let today = session.cx().now().with_timezone(&session.marketplace().await?.timezone).date_naive();
        Ok(self.item().is_overdue(today))
    }

    /// By which figure it is judged.
    async fn kpi(&self) -> ImprovementKpi {
        let (kind, time_basis, percentile) = named(self.item().kpi);
        ImprovementKpi { kind, time_basis, percentile, unit: self.item().kpi.unit().into() }
    }

    /// The figure before: as it was proposed, or of 30 days when somebody took on what a buyer asked for.
    async fn before(&self) -> MeasuredFigure {
        MeasuredFigure::of(self.item().before, self.item().before_in)
    }

    /// The figure after; null until it was measured.
    async fn after(&self) -> Option<MeasuredFigure> {
        self.item().after.map(|after| MeasuredFigure::of(after, self.item().after_in))
    }

    /// By how much the figure changed, in its unit; null until it was measured.
    async fn change(&self) -> Option<f64> {
        self.item().change()
    }

    /// Why it was dropped; null when it was not.
    async fn dropped_because(&self) -> Option<&str> {
        self.item().dropped.as_deref()
    }

    /// When it was proposed.
    async fn proposed_at(&self) -> DateTime<Utc> {
        self.item().proposed_at
    }

    /// How often it has moved, from 1.
    async fn revision(&self) -> i32 {
        self.item().revision
    }
}

/// The queries of this file.
#[derive(Default)]
pub(in crate::graphql) struct ImprovementQueries;

#[Object]
impl ImprovementQueries {
    /// What is done to better the figures, the newest first. For operators; others find nothing.
    #[graphql(complexity = "super::super::page_cost(first, last) * child_complexity + 1")]
    async fn improvements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Those that stand here; null for all.")] state: Option<ImprovementState>,
        #[graphql(desc = "How many items, at most 100, after `after` or from the start.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(desc = "How many items, at most 100, before `before` or from the end.")] last: Option<i32>,
        #[graphql(desc = "The `startCursor` of the page after.")] before: Option<String>,
    ) -> Result<PageOf<ImprovementObject>> {
        let session = session(ctx)?;
        let request = Paging { first, after, last, before }.request()?;
        let filter = ImprovementFilter { state: state.map(Into::into) };
        let page = session.cx().store.improvements(session.scope(), filter, &request).await.map_err(|error| store(&error))?;
        Ok(connection(page, |row| row.improvement.id, ImprovementObject))
    }
}

/// A product of a seller.
#[derive(InputObject)]
struct ImprovementProductInput {
    /// Whose.
    seller_id: SellerId,
    /// Which, by the marketplace's own id, 1 to 200 characters.
    product: String,
}

/// What is to become better: one of these.
#[derive(OneofObject)]
enum ImprovementAboutInput {
    /// A product of a seller. It is judged by the seller's figure.
    Product(ImprovementProductInput),
    /// A seller.
    SellerId(SellerId),
    /// The marketplace's own way of doing things: its name, 1 to 200 characters.
    Process(String),
}

/// Something to do better.
#[derive(InputObject)]
pub(in crate::graphql) struct ImprovementProposeInput {
    /// What is to become better.
    about: ImprovementAboutInput,
    /// What is to be done, 1 to 2,000 characters.
    plan: String,
    /// By which figure it is judged.
    kpi: KpiInput,
    /// The first of the days in which the figure was measured before.
    from: NaiveDate,
    /// The last of them.
    to: NaiveDate,
}

/// Somebody takes it on.
#[derive(InputObject)]
pub(in crate::graphql) struct ImprovementTakeOnInput {
    /// Which.
    improvement_id: ImprovementId,
    /// Until which day it is to be done.
    due_on: NaiveDate,
    /// The revision that the change starts from.
    revision: i32,
}

/// It is done.
#[derive(InputObject)]
pub(in crate::graphql) struct ImprovementFinishInput {
    /// Which.
    improvement_id: ImprovementId,
    /// The revision that the change starts from.
    revision: i32,
}

/// The figure afterwards.
#[derive(InputObject)]
pub(in crate::graphql) struct ImprovementMeasureInput {
    /// Which.
    improvement_id: ImprovementId,
    /// The first of the days in which the figure is measured.
    from: NaiveDate,
    /// The last of them.
    to: NaiveDate,
    /// The revision that the change starts from.
    revision: i32,
}

/// It will not be done.
#[derive(InputObject)]
pub(in crate::graphql) struct ImprovementDropInput {
    /// Which.
    improvement_id: ImprovementId,
    /// Why, 1 to 2,000 characters.
    reason: String,
    /// The revision that the change starts from.
    revision: i32,
}

/// What came of it.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ImprovementPayload {
    /// The improvement as it is now; null when nothing was done.
    improvement: Option<ImprovementObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

fn payload(done: std::result::Result<ImprovementRow, crate::workflow::Error>) -> Result<ImprovementPayload> {
    let (row, user_errors) = split(done)?;
    Ok(ImprovementPayload { improvement: row.map(ImprovementObject), user_errors })
}

/// The mutations of this file.
#[derive(Default)]
pub(in crate::graphql) struct ImprovementMutations;

#[Object]
impl ImprovementMutations {
    /// Proposes something to do better, with the figure as it was. For people of the operator.
    async fn improvement_propose(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What.")] input: ImprovementProposeInput,
    ) -> Option<Result<ImprovementPayload>> {
        let run = async {
            let session = session(ctx)?;
            let about = match input.about {
                ImprovementAboutInput::Product(one) => AboutInput::Product { seller: one.seller_id, product: one.product },
                ImprovementAboutInput::SellerId(seller) => AboutInput::Seller(seller),
                ImprovementAboutInput::Process(name) => AboutInput::Process(name),
            };
            let (kpi, before) = (input.kpi.read()?, days(input.from, input.to)?);
            let proposal = ProposalInput { about, plan: input.plan, kpi, before };
            payload(Box::pin(measures::propose(session.cx(), session.actor(), proposal)).await)
        };
        Some(run.await)
    }

    /// Takes it on, or over, until a day. For people of the operator: whoever calls this sees to it.
    async fn improvement_take_on(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What, until when.")] input: ImprovementTakeOnInput,
    ) -> Option<Result<ImprovementPayload>> {
        let run = async {
            let session = session(ctx)?;
            let taken = measures::take_on(session.cx(), session.actor(), input.improvement_id, input.due_on, input.revision);
            payload(Box::pin(taken).await)
        };
        Some(run.await)
    }

    /// Says that it is done. For operators.
    async fn improvement_finish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What.")] input: ImprovementFinishInput,
    ) -> Option<Result<ImprovementPayload>> {
        let run = async {
            let session = session(ctx)?;
            payload(Box::pin(measures::finish(session.cx(), session.actor(), input.improvement_id, input.revision)).await)
        };
        Some(run.await)
    }

    /// Measures the same figure afterwards. For operators.
    async fn improvement_measure(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What, in which days.")] input: ImprovementMeasureInput,
    ) -> Option<Result<ImprovementPayload>> {
        let run = async {
            let session = session(ctx)?;
            let after = days(input.from, input.to)?;
            payload(Box::pin(measures::measure(session.cx(), session.actor(), input.improvement_id, after, input.revision)).await)
        };
        Some(run.await)
    }

    /// Says that it will not be done. For operators.
    async fn improvement_drop(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What, and why.")] input: ImprovementDropInput,
    ) -> Option<Result<ImprovementPayload>> {
        let run = async {
            let session = session(ctx)?;
            let dropped = measures::drop_for(session.cx(), session.actor(), input.improvement_id, &input.reason, input.revision);
            payload(Box::pin(dropped).await)
        };
        Some(run.await)
    }
}
