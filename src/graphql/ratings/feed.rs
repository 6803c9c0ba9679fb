//! Lists of reviews.

use async_graphql::{Context, Enum, Object};

use super::super::errors::{Result, store};
use super::super::paging::{PageOf, Paging, connection};
use super::super::session::session;
use super::{RatingSubject, ReviewObject};
use crate::domain::ids::{RatingId, SellerId};
use crate::domain::mails::Language;
use crate::domain::ratings::{Attention, FeedOrder, Quotable};
use crate::store::{ReviewFilter, ReviewsWhich};

/// The order of a list of reviews, which readers must be told (article D111-17).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "FeedOrder")]
pub(in crate::graphql) enum ReviewOrder {
    /// The last published or changed first: what is shown unless another order is asked for.
    Newest,
    /// The first published first.
    Oldest,
    /// The best first.
    Best,
    /// The worst first.
    Worst,
}

/// Which reviews a list takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Quotable")]
pub(in crate::graphql) enum ReviewQuotable {
    /// All that are published.
    Any,
    /// Those whose authors agreed to be quoted elsewhere.
    Only,
}

/// Reviews that are not for everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum ReviewWhich {
    /// All that the viewer knows of its own: the operator all, a seller those about it, a buyer those it wrote.
    Own,
    /// Those that a person must look at before they are published. For operators.
    ToCheck,
    /// Those whose report waits for a decision. For operators.
    Reported,
    /// Those whose author's complaint waits for an answer. For operators.
    ComplaintOpen,
}

impl From<ReviewWhich> for ReviewsWhich {
    fn from(which: ReviewWhich) -> Self {
        match which {
            ReviewWhich::Own => Self::Own,
            ReviewWhich::ToCheck => Self::Waiting(Attention::Check),
            ReviewWhich::Reported => Self::Waiting(Attention::Report),
            ReviewWhich::ComplaintOpen => Self::Waiting(Attention::Complaint),
        }
    }
}

/// A list of reviews, and what its readers must be told of it.
pub(in crate::graphql) struct FeedObject(ReviewFilter, ReviewOrder);

#[Object(name = "ReviewFeed")]
/// Published reviews in an order, with what readers of the list must be told (articles L111-7-2 and D111-17).
impl FeedObject {
    /// The order.
    async fn order(&self) -> ReviewOrder {
        self.1
    }

    /// The order, how reviews are checked, and how long they take and stay, as sentences to show beside the list (articles D111-17 and
    /// D111-18).
    async fn notice(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In which language: `en` or `fr`; null for English.")] locale: Option<String>,
    ) -> Result<String> {
        let language = Language::best(locale.as_deref());
        let rules = session(ctx)?.marketplace().await?.charter.ratings.publication;
        let french = language == Language::French;
        let (order, checked) = match (self.1, french) {
            (ReviewOrder::Newest, false) => ("Sorted by date, the newest first.", ENGLISH),
            (ReviewOrder::Oldest, false) => ("Sorted by date, the oldest first.", ENGLISH),
            (ReviewOrder::Best, false) => ("Sorted by grade, the best first.", ENGLISH),
            (ReviewOrder::Worst, false) => ("Sorted by grade, the worst first.", ENGLISH),
            (ReviewOrder::Newest, true) => ("Avis classés par date, du plus récent au plus ancien.", FRENCH),
            (ReviewOrder::Oldest, true) => ("Avis classés par date, du plus ancien au plus récent.", FRENCH),
            (ReviewOrder::Best, true) => ("Avis classés par note, de la meilleure à la moins bonne.", FRENCH),
            (ReviewOrder::Worst, true) => ("Avis classés par note, de la moins bonne à la meilleure.", FRENCH),
        };
        Ok(format!("{order} {checked} {}", rules.words(language)))
    }

    /// The reviews.
    #[graphql(complexity = "super::super::page_cost(first, last) * child_complexity + 1")]
    async fn reviews(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items, at most 100, after `after` or from the start.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(desc = "How many items, at most 100, before `before` or from the end.")] last: Option<i32>,
        #[graphql(desc = "The `startCursor` of the page after.")] before: Option<String>,
    ) -> Result<PageOf<ReviewObject>> {
        let session = session(ctx)?;
        let rules = session.marketplace().await?.charter.ratings.publication;
        let filter = ReviewFilter { shown_since: rules.shown_since(session.cx().now()), ..self.0.clone() };
        list(ctx, &filter, Paging { first, after, last, before }).await
    }
}

const ENGLISH: &str = "A review is called verified when it comes from an invitation bound to an order line. Good and bad ones are \
    published alike.";
const FRENCH: &str = "Un avis est dit vérifié lorsqu’il provient d’une invitation liée à une ligne de commande. Les avis positifs et \
    négatifs sont publiés de la même façon.";

async fn list(ctx: &Context<'_>, filter: &ReviewFilter, paging: Paging) -> Result<PageOf<ReviewObject>> {
    let session = session(ctx)?;
    let request = paging.request::<RatingId>()?;
    let page = session.cx().store.reviews(session.scope(), filter, &request).await.map_err(|error| store(&error))?;
    Ok(connection(page, |row| row.review.id, ReviewObject))
}

/// The queries of this file.
#[derive(Default)]
pub(in crate::graphql) struct ReviewQueries;

#[Object]
impl ReviewQueries {
    /// What is published of products and sellers, for everybody: for the marketplace's pages, and for testimonials elsewhere.
    async fn review_feed(
        &self,
        #[graphql(desc = "Those about this seller and its products; null for all.")] seller_id: Option<SellerId>,
        #[graphql(desc = "Those about this product, as `Review.product` names it; null for all.")] product: Option<String>,
        #[graphql(desc = "Those about products, or about sellers; null for both.")] subject: Option<RatingSubject>,
        #[graphql(desc = "In which order.", default_with = "ReviewOrder::Newest")] order: ReviewOrder,
        #[graphql(desc = "Which of them.", default_with = "ReviewQuotable::Any")] quotable: ReviewQuotable,
    ) -> FeedObject {
        let which = ReviewsWhich::Published(order.into(), quotable.into());
        FeedObject(ReviewFilter { which, seller: seller_id, product, subject: subject.map(Into::into), shown_since: None }, order)
    }

    /// Reviews as those know them who have to do with them.
    #[graphql(complexity = "super::super::page_cost(first, last) * child_complexity + 1")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of the field")]
    async fn reviews(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.", default_with = "ReviewWhich::Own")] which: ReviewWhich,
        #[graphql(desc = "Those about this seller and its products; null for all.")] seller_id: Option<SellerId>,
        #[graphql(desc = "How many items, at most 100, after `after` or from the start.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(desc = "How many items, at most 100, before `before` or from the end.")] last: Option<i32>,
        #[graphql(desc = "The `startCursor` of the page after.")] before: Option<String>,
    ) -> Result<PageOf<ReviewObject>> {
        let filter = ReviewFilter { which: which.into(), seller: seller_id, product: None, subject: None, shown_since: None };
        list(ctx, &filter, Paging { first, after, last, before }).await
    }
}
