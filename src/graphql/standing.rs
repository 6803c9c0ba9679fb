//! What is asked of sellers, the badges that they get, and how visible their offers are to be.

mod rules;

use async_graphql::{Context, Enum, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};

use super::errors::{Result, store};
use super::paging::{PageOf, Paging, connection};
use super::sanctions::{SellerStanding, standing_now};
use super::scorecards::SellerMeasure;
use super::session::session;
use crate::domain::ids::SellerId;
use crate::domain::money::BasisPoints;
use crate::domain::parties::View;
use crate::domain::standing::{self, BadgeAward, BadgeChange, ConditionRead};
use crate::store::BadgeChangeRow;

pub(super) use rules::{StandingMutations, StandingQueries};

/// Whether a condition is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "standing::Met")]
enum BadgeConditionMet {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// Too few to judge.
    NotEnough,
}

/// A badge that a seller holds.
#[derive(SimpleObject)]
pub(super) struct SellerBadge {
    /// Its short name, as `standingRules` has it.
    key: String,
    /// Since which day.
    since: NaiveDate,
}

impl From<BadgeAward> for SellerBadge {
    fn from(award: BadgeAward) -> Self {
        Self { key: award.badge.into(), since: award.since }
    }
}

/// What became of a badge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
enum SellerBadgeChangeKind {
    /// The seller has it from now on.
    Awarded,
    /// The seller has it no longer.
    Lost,
}

/// A condition of a badge, with what was read.
#[derive(SimpleObject)]
struct BadgeConditionRead {
    /// Which measure.
    measure: SellerMeasure,
    /// What was asked for: this or better.
    bound: f64,
    /// What was read; null of nothing.
    value: Option<f64>,
    /// Of how many.
    volume: u64,
    /// Whether that was enough.
    met: BadgeConditionMet,
}

impl From<&ConditionRead> for BadgeConditionRead {
    fn from(read: &ConditionRead) -> Self {
        Self {
            measure: read.condition.measure.into(),
            bound: read.condition.bound,
            value: read.value,
            volume: read.sample,
            met: read.verdict.into(),
        }
    }
}

/// That a badge came or went.
pub(super) struct BadgeChangeObject(BadgeChangeRow);

#[Object(name = "SellerBadgeChange")]
/// That a badge came or went, with the numbers that decided it.
impl BadgeChangeObject {
    /// The badge's short name.
    async fn key(&self) -> String {
        self.0.review.badge.to_string()
    }

    /// What became of it.
    async fn kind(&self) -> SellerBadgeChangeKind {
        match self.0.review.change {
            BadgeChange::Awarded(_) | BadgeChange::Kept(_) => SellerBadgeChangeKind::Awarded,
            BadgeChange::Lost(_) | BadgeChange::NotAwarded => SellerBadgeChangeKind::Lost,
        }
    }

    /// At the end of which day.
    async fn on(&self) -> NaiveDate {
        self.0.review.on
    }

    /// How the seller stood: whoever is restricted or worse has no badge.
    async fn standing(&self) -> SellerStanding {
        self.0.review.standing.into()
    }

    /// The conditions, with what was read; empty when the badge is no longer given.
    async fn conditions(&self) -> Vec<BadgeConditionRead> {
        self.0.review.conditions.iter().map(Into::into).collect()
    }

    /// When it was looked at.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }
}

/// One input of a visibility factor, as it counted.
#[derive(SimpleObject)]
struct VisibilityInput {
    /// Which measure.
    measure: SellerMeasure,
    /// How much it counts beside the others.
    weight: u16,
    /// What was read, in the measure's unit; null when too little is known: then it does not count.
    value: Option<f64>,
    /// What that is worth, 0 to 1; null when too little is known.
    worth: Option<f64>,
}

/// How visible a seller's offers are to be.
pub(super) struct VisibilityObject(standing::VisibilityFactor);

fn share(points: BasisPoints) -> f64 {
    f64::from(points.get()) / f64::from(BasisPoints::WHOLE.get())
}

#[Object(name = "VisibilityFactor")]
/// How visible a seller's offers are to be: the mean of what the inputs are worth by their weights, less what its standing takes.
/// Equal inputs give equal factors. The main parameters of a ranking are to be told (Regulation (EU) 2019/1150, article 5).
impl VisibilityObject {
    /// The factor, 0 to 1, to four digits.
    async fn factor(&self) -> f64 {
        share(self.0.factor)
    }

    /// At the end of which day.
    async fn on(&self) -> NaiveDate {
        self.0.on
    }

    /// What it was reckoned from.
    async fn inputs(&self) -> Vec<VisibilityInput> {
        let input = |one: &standing::VisibilityInput| VisibilityInput {
            measure: one.measure.into(),
            weight: one.weight,
            value: one.value,
            worth: one.worth.map(share),
        };
        self.0.inputs.iter().map(input).collect()
    }

    /// How the seller stands now: restricted it has a share of it, suspended nothing.
    async fn standing(&self) -> SellerStanding {
        self.0.standing.into()
    }
}

/// Whether the viewer may know how a seller stands: the operator, the marketplace's software, the seller.
fn knows(view: View, seller: SellerId) -> bool {
    match view {
        View::Whole | View::Storefront => true,
        View::Seller(own) => own == seller,
        View::Buyer(_) | View::Mediator { .. } => false,
    }
}

/// The badges that a seller holds: none while it is restricted or worse.
pub(super) async fn badges_of(ctx: &Context<'_>, seller: SellerId) -> Result<Vec<SellerBadge>> {
    let session = session(ctx)?;
    if !knows(session.scope().view, seller) {
        return Ok(Vec::new());
    }
    let Some(night) = session.loaders().seller_night(seller).await? else { return Ok(Vec::new()) };
    if standing_now(session, seller).await? >= standing::SellerStanding::Restricted {
        return Ok(Vec::new());
    }
    Ok(night.badges.into_iter().map(Into::into).collect())
}

/// How visible a seller's offers are to be.
pub(super) async fn visibility_of(ctx: &Context<'_>, seller: SellerId) -> Result<Option<VisibilityObject>> {
    let session = session(ctx)?;
    if !knows(session.scope().view, seller) {
        return Ok(None);
    }
    let Some(night) = session.loaders().seller_night(seller).await? else { return Ok(None) };
    let standing = standing_now(session, seller).await?;
    if standing == night.visibility.standing {
        return Ok(Some(VisibilityObject(night.visibility)));
    }
    // What was decided today holds today; the measures are those of the night.
    let rules = session.loaders().standing_rules().await?.rules;
    Ok(Some(VisibilityObject(rules.visibility.factor(&night.card, standing))))
}

/// The badges that came to a seller and went.
pub(super) async fn badge_changes_of(ctx: &Context<'_>, seller: SellerId, paging: Paging) -> Result<PageOf<BadgeChangeObject>> {
    let session = session(ctx)?;
    let request = paging.request()?;
    let page = session.cx().store.badge_changes(session.scope(), seller, &request).await.map_err(|error| store(&error))?;
    Ok(connection(page, |row| row.id, BadgeChangeObject))
}
