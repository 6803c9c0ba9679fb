//! How well sellers serve their buyers, measure by measure.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use chrono::NaiveDate;

use super::errors::{Result, UserError, bad_input, split, store};
use super::loaders::{Found, Loaders, Reader};
use super::orders::SellerObject;
use super::paging::{PageOf, Paging, connection};
use super::session::{Session, session};
use crate::domain::ids::SellerId;
use crate::domain::parties::{View, Who};
use crate::domain::scorecards::{self, CardLine, Direction, MeasureStatus as Status};
use crate::store::{CapabilityRow, RulesRow, SellerNight, StoreError};
use crate::workflow::standing::{self, Card};

/// What is measured of a seller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::scorecards::Measure")]
pub(super) enum SellerMeasure {
    /// The middle of the times until the seller answers, in business hours of the marketplace without the days on which the shop is
    /// away. Messages that need no reply do not count.
    ReplyTime,
    /// Deadlines that the seller missed, in per cent of those that ended, on the day on which they ended.
    DeadlineBreaches,
    /// Orders with a dispute whose decision counts against the seller, in per cent of those placed on these days.
    Incidents,
    /// Orders with a refund that was paid and that the seller bears, in whole or in part; in per cent of those placed on these days.
    Refunds,
    /// Orders of which something came back, in per cent of those placed on these days.
    Returns,
    /// Cases that went to the operator, in per cent of those that were the seller's to answer, by the day on which they were opened.
    /// Neither a rule of the charter counts nor a seller that asks for help.
    Escalations,
    /// Parcels that came later than the buyer was promised, or have not come, in per cent of those that were promised for these days.
    LateShipments,
    /// Reviews that were first published in the window and not replied to in time, in per cent of those whose time is up.
    LateReviewReplies,
    /// The score of the ratings, 1 to 5.
    Rating,
}

/// How a measure stands to its rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Status")]
pub(super) enum SellerMeasureStatus {
    /// Too few to judge.
    NotEnough,
    /// Within its bounds. Exactly at a bound is still within.
    Fine,
    /// Beyond the alert.
    Alert,
    /// Beyond the limit.
    Limit,
}

/// Something that a seller should be able to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "scorecards::Capability")]
pub(super) enum SellerCapability {
    /// Refund without the operator's help.
    Refunds,
    /// Give tracking numbers.
    OrderTracking,
    /// Tell buyers of what happens to their orders.
    BuyerNotices,
    /// Give return labels.
    ReturnLabels,
    /// Answer by its own reply templates.
    ReplyTemplates,
    /// Be reached by phone.
    Phone,
    /// Have business hours that are known.
    BusinessHours,
}

/// Whether a seller is there enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "scorecards::CoverageStatus")]
pub(super) enum CoverageStatus {
    /// It is.
    Enough,
    /// It is not there often enough.
    Low,
    /// It is there often enough, but closed at lunch.
    ClosedAtLunch,
}

/// One measure of a scorecard.
pub(super) struct MeasureObject(pub(super) CardLine);

#[Object(name = "ScorecardMeasure")]
/// One measure of a scorecard, with what it rests on.
impl MeasureObject {
    /// Which.
    async fn measure(&self) -> SellerMeasure {
        self.0.reading.measure.into()
    }

    /// The first day that counts, where the marketplace is.
    async fn from(&self) -> NaiveDate {
        self.0.reading.from
    }

    /// The last day that counts.
    async fn to(&self) -> NaiveDate {
        self.0.reading.to
    }

    /// Hours, per cent or a score, by the measure; null of nothing.
    async fn value(&self) -> Option<f64> {
        self.0.reading.value
    }

    /// Of how many answers, deadlines, orders, cases, parcels or ratings.
    async fn volume(&self) -> u64 {
        self.0.reading.sample
    }

    /// How many of them are bad; null of a measure that is not in per cent.
    async fn bad(&self) -> Option<u64> {
        self.0.reading.hits
    }

    /// The least that the true share may be, in 95 of 100 cases, in per cent; null of nothing, and of a measure that is not in per cent.
    async fn low(&self) -> Option<f64> {
        self.0.reading.interval.map(|interval| 100.0 * interval.low)
    }

    /// The most that it may be.
    async fn high(&self) -> Option<f64> {
        self.0.reading.interval.map(|interval| 100.0 * interval.high)
    }

    /// The middle of the marketplace's sellers with enough volume, over the same window, at the end of the day `comparedOn`; null with
    /// fewer than five of them, as it would tell one seller's numbers to another.
    async fn marketplace_median(&self) -> Option<f64> {
        self.0.marketplace
    }

    /// Beyond this a warning is proposed.
    async fn alert(&self) -> f64 {
        self.0.rule.alert
    }

    /// Beyond this the seller does not do what was agreed.
    async fn limit(&self) -> f64 {
        self.0.rule.limit
    }

    /// With less volume nobody is judged.
    async fn minimum_volume(&self) -> u64 {
        self.0.rule.minimum
    }

    /// Whether more is better.
    async fn higher_is_better(&self) -> bool {
        self.0.reading.measure.direction() == Direction::HigherIsBetter
    }

    /// How it stands.
    async fn status(&self) -> SellerMeasureStatus {
        self.0.status.into()
    }
}

/// Something that a seller should be able to do, and what shows it.
#[derive(SimpleObject)]
struct SellerCapabilityEvidence {
    /// What.
    capability: SellerCapability,
    /// What shows it.
    shown_by: String,
    /// When it was noted.
    on: NaiveDate,
    /// Whether the operator noted it, and not the seller itself.
    by_operator: bool,
}

/// How much of what is asked of it a seller has shown to be able to do.
#[derive(SimpleObject)]
struct SellerReadiness {
    /// How much of what must be, in per cent; null when nothing must be.
    percent: Option<f64>,
    /// What is missing.
    missing: Vec<SellerCapability>,
    /// All that is shown.
    evidence: Vec<SellerCapabilityEvidence>,
}

/// By whose hours it is said when a seller is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
enum SellerCoverageBasis {
    /// By its own.
    OwnHours,
    /// By the marketplace's, as it did not tell its own.
    MarketplaceHours,
}

/// When a seller is there in a week, without the days on which the shop is away.
#[derive(SimpleObject)]
struct SellerCoverage {
    /// By whose hours.
    basis: SellerCoverageBasis,
    /// For how many hours in the week.
    hours: f64,
    /// On how many days of it all the time from noon to two.
    lunch_days: u8,
    /// Whether that is enough.
    status: CoverageStatus,
}

/// A seller's card.
pub(super) struct ScorecardObject(Card);

#[Object(name = "Scorecard")]
/// How well a seller serves its buyers. Known to the operator and that seller.
impl ScorecardObject {
    /// Whose; null when the seller is gone.
    async fn seller(&self, ctx: &Context<'_>) -> Option<Result<SellerObject>> {
        let load = async { session(ctx)?.loaders().seller(self.0.card.seller).await };
        load.await.map(|found| found.map(SellerObject)).transpose()
    }

    /// Of which day: each measure has a window of its own that ends with it.
    async fn on(&self) -> NaiveDate {
        self.0.card.on
    }

    /// Of which day the marketplace's middles are; null when there are none to compare with.
    async fn compared_on(&self) -> Option<NaiveDate> {
        self.0.compared_on
    }

    /// The measures that have a rule.
    async fn measures(&self) -> Vec<MeasureObject> {
        self.0.card.lines.iter().copied().map(MeasureObject).collect()
    }

    /// The gravest of the measures' states.
    async fn worst(&self) -> SellerMeasureStatus {
        self.0.card.lines.iter().map(|line| line.status).max().unwrap_or(Status::NotEnough).into()
    }

    /// What it can do of what is asked.
    async fn readiness(&self, ctx: &Context<'_>) -> Result<SellerReadiness> {
        let loaders = session(ctx)?.loaders();
        let rules = loaders.standing_rules().await?.rules;
        let rows = loaders.one(CapabilitiesOf(self.0.card.seller)).await?.unwrap_or_default();
        let evidence: Vec<_> = rows.iter().map(|row| row.evidence.clone()).collect();
        let readiness = rules.checklist.readiness(&evidence, self.0.card.on);
        Ok(SellerReadiness {
            percent: readiness.shown.percent(),
            missing: readiness.missing.into_iter().map(Into::into).collect(),
            evidence: rows.into_iter().map(shown).collect(),
        })
    }

    /// When it is there in the week of the card's day; null where the calendar cannot tell.
    async fn coverage(&self, ctx: &Context<'_>) -> Option<Result<SellerCoverage>> {
        let session = match session(ctx) {
            Ok(session) => session,
            Err(error) => return Some(Err(error)),
        };
        coverage(session, self.0.card.seller, self.0.card.on).await.transpose()
    }
}

async fn coverage(session: &Session, seller: SellerId, on: NaiveDate) -> Result<Option<SellerCoverage>> {
    let rules = session.loaders().standing_rules().await?.rules;
    let Some(seller) = session.loaders().seller(seller).await? else { return Ok(None) };
    let found = standing::coverage_of(&*session.marketplace().await?, &seller, &rules, on);
    Ok(found.map(|covered| {
        #[expect(clippy::cast_precision_loss, reason = "a week has few minutes")]
        let hours = covered.open.num_minutes() as f64 / 60.0;
        let basis = if seller.hours.is_some() { SellerCoverageBasis::OwnHours } else { SellerCoverageBasis::MarketplaceHours };
        SellerCoverage { basis, hours, lunch_days: covered.lunch_days, status: covered.status.into() }
    }))
}

fn shown(row: CapabilityRow) -> SellerCapabilityEvidence {
    SellerCapabilityEvidence {
        capability: row.evidence.capability.into(),
        shown_by: row.evidence.shown_by,
        on: row.evidence.on,
        by_operator: !matches!(row.noted_by, Who::Seller { .. }),
    }
}

/// A seller's card of a day, over the windows of the rules or so many days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct CardOf(SellerId, NaiveDate, Option<u16>);
/// What a seller can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct CapabilitiesOf(SellerId);
/// What is asked of sellers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct RulesOfStanding;
/// How a seller stood at the end of the last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct NightOf(SellerId);

impl Loader<CardOf> for Reader {
    type Value = Card;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[CardOf]) -> Found<CardOf, Card> {
        let mut batches: HashMap<_, Vec<SellerId>> = HashMap::new();
        for CardOf(seller, on, days) in keys {
            batches.entry((*on, *days)).or_default().push(*seller);
        }
        let mut found = HashMap::new();
        for ((on, days), sellers) in batches {
            let cards = standing::cards(&self.store, self.scope, &sellers, on, days).await.map_err(Arc::new)?;
            found.extend(cards.into_iter().map(|(seller, card)| (CardOf(seller, on, days), card)));
        }
        Ok(found)
    }
}

impl Loader<CapabilitiesOf> for Reader {
    type Value = Vec<CapabilityRow>;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[CapabilitiesOf]) -> Found<CapabilitiesOf, Vec<CapabilityRow>> {
        let sellers: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = self.store.capabilities_of(self.scope, &sellers).await.map_err(Arc::new)?;
        Ok(found.into_iter().map(|(seller, rows)| (CapabilitiesOf(seller), rows)).collect())
    }
}

impl Loader<RulesOfStanding> for Reader {
    type Value = RulesRow;
    type Error = Arc<StoreError>;

    async fn load(&self, _: &[RulesOfStanding]) -> Found<RulesOfStanding, RulesRow> {
        let row = self.store.standing_rules(self.scope.marketplace).await.map_err(Arc::new)?;
        Ok([(RulesOfStanding, row)].into())
    }
}

impl Loader<NightOf> for Reader {
    type Value = SellerNight;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[NightOf]) -> Found<NightOf, SellerNight> {
        let sellers: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = self.store.seller_nights_of(self.scope, &sellers).await.map_err(Arc::new)?;
        Ok(found.into_iter().map(|(seller, night)| (NightOf(seller), night)).collect())
    }
}

impl Loaders {
    /// What is asked of sellers.
    pub(super) async fn standing_rules(&self) -> Result<RulesRow> {
        self.one(RulesOfStanding).await?.ok_or_else(|| bad_input("The marketplace is gone."))
    }

    /// How a seller stood at the end of the last day.
    pub(super) async fn seller_night(&self, seller: SellerId) -> Result<Option<SellerNight>> {
        self.one(NightOf(seller)).await
    }
}

/// The longest time that a card is read over, in days.
const LONGEST: u16 = 366;

/// A seller's card, for those who may know.
pub(super) async fn card_of(
    ctx: &Context<'_>,
    seller: SellerId,
    on: Option<NaiveDate>,
    days: Option<i32>,
) -> Result<Option<ScorecardObject>> {
    let session = session(ctx)?;
    let own = match session.scope().view {
        View::Whole => true,
        View::Seller(own) => own == seller,
        View::Storefront | View::Buyer(_) | View::Mediator { .. } => false,
    };
    if !own {
        return Ok(None);
    }
    let days = days.map(|days| u16::try_from(days).ok().filter(|days| (1..=LONGEST).contains(days)).ok_or(()));
    let Ok(days) = days.transpose() else { return Err(bad_input("`days` must be between 1 and 366.")) };
    let today = session.cx().now().with_timezone(&session.marketplace().await?.timezone).date_naive();
    let on = on.unwrap_or(today);
    if on > today || (today - on).num_days() > 3660 {
        return Err(bad_input("`on` must be a day of the last ten years, and not to come."));
    }
    Ok(session.loaders().one(CardOf(seller, on, days)).await?.map(ScorecardObject))
}

/// The queries of this file.
#[derive(Default)]
pub(super) struct ScorecardQueries;

#[Object]
impl ScorecardQueries {
    /// The cards of all sellers as they were at the end of the last day, in no order that means anything. For operators; others find
    /// nothing.
    #[graphql(complexity = "super::page_cost(first, last) * child_complexity + 1")]
    async fn seller_scorecards(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Those whose gravest state is this; null for all.")] worst: Option<SellerMeasureStatus>,
        #[graphql(desc = "How many items, at most 100, after `after` or from the start.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(desc = "How many items, at most 100, before `before` or from the end.")] last: Option<i32>,
        #[graphql(desc = "The `startCursor` of the page after.")] before: Option<String>,
    ) -> Result<PageOf<ScorecardObject>> {
        let session = session(ctx)?;
        let request = Paging { first, after, last, before }.request()?;
        let worst = worst.map(Into::into);
        let page = session.cx().store.seller_nights(session.scope(), worst, &request).await.map_err(|error| store(&error))?;
        let object = |night: SellerNight| ScorecardObject(Card { compared_on: Some(night.card.on), card: night.card });
        Ok(connection(page, |night| night.card.seller, object))
    }
}

/// Something that a seller can do.
#[derive(InputObject)]
pub(super) struct SellerCapabilityNoteInput {
    /// Which seller. A seller notes of itself.
    seller_id: SellerId,
    /// What it can do.
    capability: SellerCapability,
    /// What shows it, 1 to 500 characters: a test that was passed, an address, a number. Null to take it back.
    shown_by: Option<String>,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct SellerCapabilityNotePayload {
    /// The seller; null when nothing was noted.
    seller: Option<SellerObject>,
    /// What is wrong with the input; when there is anything, nothing was noted.
    user_errors: Vec<UserError>,
}

/// The mutations of this file.
#[derive(Default)]
pub(super) struct ScorecardMutations;

#[Object]
impl ScorecardMutations {
    /// Notes what shows that a seller can do something, in the place of what was noted before, or takes it back. For people of the
    /// operator, and sellers.
    async fn seller_capability_note(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who can do what.")] input: SellerCapabilityNoteInput,
    ) -> Option<Result<SellerCapabilityNotePayload>> {
        let run = async {
            let session = session(ctx)?;
            let SellerCapabilityNoteInput { seller_id, capability, shown_by } = input;
            let noted = standing::note_capability(session.cx(), session.actor(), seller_id, capability.into(), shown_by.as_deref());
            let (seller, user_errors) = split(Box::pin(noted).await)?;
            Ok(SellerCapabilityNotePayload { seller: seller.map(SellerObject), user_errors })
        };
        Some(run.await)
    }
}
