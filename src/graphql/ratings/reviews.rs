//! A review, as each viewer may know it.

use async_graphql::{Context, Enum, Object};
use chrono::{DateTime, NaiveDate, Utc};

use super::super::errors::Result;
use super::super::orders::{OrderObject, SellerObject};
use super::super::session::session;
use super::words::{GivenGrade, ReviewComplaint, ReviewRemoval, ReviewReply, ReviewReplyStanding, ReviewReport, VersionObject, grades};
use super::{QuoteConsent, RatingReward, RatingSubject};
use crate::domain::ids::RatingId;
use crate::domain::parties::View;
use crate::domain::ratings::{Criteria, Reporter, Review, ReviewVersion};
use crate::store::ReviewRow;

/// How it was checked that the author had the experience (articles L111-7-2 and D111-17).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::ratings::Verification")]
enum ReviewVerification {
    /// By an invitation that is bound to an order line.
    VerifiedPurchase,
    /// The author was invited otherwise; nothing proves the purchase.
    Invited,
    /// It was not checked.
    Unverified,
}

/// Where a review stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::ratings::ReviewState")]
enum ReviewState {
    /// It waits for its check.
    Submitted,
    /// A person looks at it.
    InModeration,
    /// Everybody can read it.
    Published,
    /// It was refused, and its author was told why.
    Rejected,
    /// The author took it back.
    Withdrawn,
    /// It was taken away after it had been published.
    Removed,
}

/// A review.
pub(in crate::graphql) struct ReviewObject(pub(in crate::graphql) ReviewRow);

impl ReviewObject {
    const fn review(&self) -> &Review {
        &self.0.review
    }

    /// Whether the viewer stands on the author's side, or is the operator.
    fn is_open_to(&self, ctx: &Context<'_>) -> bool {
        session(ctx).is_ok_and(|session| match session.scope().view {
            View::Whole | View::Storefront => true,
            View::Buyer(buyer) => buyer == self.review().author,
            View::Seller(_) | View::Mediator { .. } => false,
        })
    }

    /// What this viewer reads: what is published; else, for the author and the operator, what waits or was removed.
    fn read(&self, ctx: &Context<'_>) -> Option<&ReviewVersion> {
        let review = self.review();
        let own = || review.waiting().or_else(|| review.published.last());
        review.current().or_else(|| own().filter(|_| self.is_open_to(ctx)))
    }

    /// The criteria of today: one that was used keeps its meaning, and its name while it is asked.
    async fn criteria(ctx: &Context<'_>) -> Result<(Criteria, String)> {
        let marketplace = session(ctx)?.marketplace().await?;
        Ok((marketplace.charter.ratings.criteria.clone(), marketplace.locale.clone()))
    }

    async fn version(ctx: &Context<'_>, version: &ReviewVersion) -> Result<VersionObject> {
        let (criteria, locale) = Self::criteria(ctx).await?;
        Ok(VersionObject(version.clone(), criteria, locale))
    }
}

#[Object(name = "Review")]
/// A rating of a product or a seller that everybody can read, with what the law wants near it (French consumer code, articles
/// L111-7-2 and D111-17).
impl ReviewObject {
    /// An id that stays the same. Not a node.
    async fn id(&self) -> RatingId {
        self.review().id
    }

    /// What it rates.
    async fn subject(&self) -> RatingSubject {
        self.review().subject().into()
    }

    /// The seller: what is rated, or whose product.
    async fn seller(&self, ctx: &Context<'_>) -> Option<Result<SellerObject>> {
        let load = async { session(ctx)?.loaders().seller(self.review().about.seller).await };
        load.await.map(|found| found.map(SellerObject)).transpose()
    }

    /// The product, by its stock-keeping unit, or by its title where the marketplace told none; null when the seller is rated.
    async fn product(&self) -> Option<&str> {
        self.review().about.product.as_deref()
    }

    /// The order that it comes from; null when there is none, or not for this viewer.
    async fn order(&self, ctx: &Context<'_>) -> Option<Result<OrderObject>> {
        let (order, _) = self.review().about.order_line.as_ref()?;
        let load = async { session(ctx)?.loaders().order(*order).await };
        load.await.map(|found| found.map(OrderObject)).transpose()
    }

    /// The author as everybody reads it: first name and initial.
    async fn author_name(&self) -> &str {
        &self.0.alias
    }

    /// How it was checked.
    async fn verification(&self) -> ReviewVerification {
        self.review().verification.into()
    }

    /// Whether the author got something for writing.
    async fn reward(&self) -> RatingReward {
        self.review().reward.into()
    }

    /// Where it stands.
    async fn state(&self) -> ReviewState {
        self.review().state().into()
    }

    /// In words; empty where there are grades only. What is not published is read by its author and the operator alone, here as in
    /// the fields below.
    async fn text(&self, ctx: &Context<'_>) -> Option<&str> {
        self.read(ctx).map(|version| version.text.as_str())
    }

    /// In grades; a criterion that was not answered is not there.
    async fn grades(&self, ctx: &Context<'_>) -> Result<Vec<GivenGrade>> {
        let Some(version) = self.read(ctx) else { return Ok(Vec::new()) };
        let (criteria, locale) = Self::criteria(ctx).await?;
        Ok(grades(version, &criteria, &locale))
    }

    /// The weighted mean of the grades that were given, by the criteria of today; null where none of them counts.
    async fn overall(&self, ctx: &Context<'_>) -> Option<Result<f64>> {
        let version = self.read(ctx)?;
        let mean = async { Self::criteria(ctx).await.map(|(criteria, _)| version.answers.overall(&criteria)) };
        mean.await.transpose()
    }

    /// When the experience was.
    async fn experience_on(&self, ctx: &Context<'_>) -> Option<NaiveDate> {
        self.read(ctx).map(|version| version.experience_on)
    }

    /// Whether it may be quoted elsewhere.
    async fn quote_consent(&self, ctx: &Context<'_>) -> Option<QuoteConsent> {
        self.read(ctx).map(|version| version.consent.into())
    }

    /// When it was published first; null while it never was.
    async fn published_at(&self) -> Option<DateTime<Utc>> {
        self.review().published_at()
    }

    /// When what is read now was published, where it is a later version.
    async fn updated_at(&self) -> Option<DateTime<Utc>> {
        self.review().updated_at()
    }

    /// The versions that were published, the oldest first; for the author and the operator.
    async fn versions(&self, ctx: &Context<'_>) -> Result<Vec<VersionObject>> {
        let mut versions = Vec::new();
        if self.is_open_to(ctx) {
            for version in &self.review().published {
                versions.push(Self::version(ctx, version).await?);
            }
        }
        Ok(versions)
    }

    /// The version that waits for its check, or was refused; null without one, and for viewers who are neither the author nor the
    /// operator.
    async fn waiting(&self, ctx: &Context<'_>) -> Option<Result<VersionObject>> {
        let version = self.review().waiting().filter(|_| self.is_open_to(ctx))?;
        Some(Self::version(ctx, version).await)
    }

    /// The reply; null when there is none, or it is hidden.
    async fn reply(&self) -> Option<ReviewReply> {
        self.review().reply.as_ref().and_then(ReviewReply::of)
    }

    /// Until when the seller is to reply; null for viewers who are neither the operator nor this seller, and before it is published.
    async fn reply_due_at(&self, ctx: &Context<'_>) -> Option<DateTime<Utc>> {
        self.review().duty.filter(|_| self.is_sellers_matter(ctx)).map(|duty| duty.due_at)
    }

    /// Where that duty stands; null as above.
    async fn reply_standing(&self, ctx: &Context<'_>) -> Option<ReviewReplyStanding> {
        let now = session(ctx).ok()?.cx().now();
        self.review().reply_standing(now).filter(|_| self.is_sellers_matter(ctx)).map(Into::into)
    }

    /// Why it is held back; null when it is not, and for viewers who are neither the author nor the operator.
    async fn removal(&self, ctx: &Context<'_>) -> Option<ReviewRemoval> {
        self.review().removal.as_ref().filter(|_| self.review().is_held_back() && self.is_open_to(ctx)).map(Into::into)
    }

    /// The author's complaint of that; null when there is none, and for viewers who are neither the author nor the operator.
    async fn complaint(&self, ctx: &Context<'_>) -> Option<ReviewComplaint> {
        self.review().complaint.as_ref().filter(|_| self.is_open_to(ctx)).map(Into::into)
    }

    /// Who has reported it: for the operator all, for the seller its own.
    async fn reports(&self, ctx: &Context<'_>) -> Vec<ReviewReport> {
        let view = session(ctx).map(|session| session.scope().view);
        let own = |by: &Reporter| match &view {
            Ok(View::Whole) => true,
            Ok(View::Seller(seller)) => matches!(by, Reporter::Seller { seller: by } if by == seller),
            _ => false,
        };
        self.review().reports.iter().filter(|report| own(&report.by)).map(Into::into).collect()
    }

    /// How often it has moved: what `reviewRewrite` and `reviewWithdraw` ask for.
    async fn revision(&self) -> i32 {
        self.review().revision
    }
}

impl ReviewObject {
    fn is_sellers_matter(&self, ctx: &Context<'_>) -> bool {
        session(ctx).is_ok_and(|session| match session.scope().view {
            View::Whole => true,
            View::Seller(seller) => seller == self.review().about.seller,
            _ => false,
        })
    }
}
