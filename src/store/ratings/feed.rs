//! Lists of reviews: what everybody reads, and what waits for a person.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::super::codec::text;
use super::super::entity::reviews::{self, Column};
use super::super::{Page, PageRequest, PageSide, Result, Store};
use super::reviews::{ReviewRow, row};
use crate::domain::ids::{MarketplaceId, RatingId, SellerId};
use crate::domain::kpis::Share;
use crate::domain::parties::{Scope, View};
use crate::domain::ratings::{Attention, FeedOrder, Quotable, Subject};

/// Which reviews.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewsWhich {
    /// Those that everybody reads, in this order.
    Published(FeedOrder, Quotable),
    /// Those for which a person is waited for, the oldest first.
    Waiting(Attention),
    /// All that the reader knows of its own: the operator all, a seller those about it, a buyer those it wrote. The newest first.
    Own,
}

/// Of whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewFilter {
    /// Which.
    pub which: ReviewsWhich,
    /// Those about this seller, or its products; none for all.
    pub seller: Option<SellerId>,
    /// Those about this product; none for all.
    pub product: Option<String>,
    /// Those about products, or about sellers; none for both.
    pub subject: Option<Subject>,
    /// Those whose words were published since; none for all.
    pub shown_since: Option<DateTime<Utc>>,
}

/// In the form of the partial indexes.
fn shown() -> SimpleExpr {
    Expr::cust("state = 'PUBLISHED'")
}

/// What a reader knows of its own. What others wrote of a seller it knows once it was published.
fn own(scope: Scope) -> Option<SimpleExpr> {
    match scope.view {
        // The marketplace's software speaks for every author.
        View::Whole | View::Storefront => None,
        View::Seller(seller) => {
            let told = ["PUBLISHED", "REMOVED", "WITHDRAWN"];
            Some(Column::SellerId.eq(seller.uuid()).and(Column::State.is_in(told)).and(Column::PublishedAt.is_not_null()))
        }
        View::Buyer(buyer) => Some(Column::BuyerId.eq(buyer.uuid())),
        View::Mediator { .. } => Some(shown()),
    }
}

/// The reviews that a reader knows: what is published everybody, and each its own.
pub(super) fn visible(scope: Scope) -> Condition {
    let tenant = Condition::all().add(Column::MarketplaceId.eq(scope.marketplace.uuid()));
    match own(scope) {
        None => tenant,
        Some(own) => tenant.add(Condition::any().add(shown()).add(own)),
    }
}

const fn column(order: FeedOrder) -> Column {
    match order {
        FeedOrder::Newest => Column::ShownAt,
        FeedOrder::Oldest => Column::PublishedAt,
        FeedOrder::Best | FeedOrder::Worst => Column::Grade,
    }
}

impl Store {
    /// A page of reviews.
    pub async fn reviews(&self, scope: Scope, filter: &ReviewFilter, request: &PageRequest<RatingId>) -> Result<Page<ReviewRow>> {
        let mut condition = Condition::all().add(Column::MarketplaceId.eq(scope.marketplace.uuid()));
        if let Some(seller) = filter.seller {
            condition = condition.add(Column::SellerId.eq(seller.uuid()));
        }
        if let Some(product) = &filter.product {
            condition = condition.add(Column::Product.eq(product));
        }
        if let Some(subject) = filter.subject {
            condition = condition.add(Column::Subject.eq(text(subject)));
        }
        if let Some(since) = filter.shown_since {
            condition = condition.add(Column::ShownAt.gte(since));
        }
        let (by, falling) = match filter.which {
            ReviewsWhich::Published(order, quotable) => {
                condition = condition.add(shown());
                if quotable == Quotable::Only {
                    condition = condition.add(Column::Quotable.eq("YES"));
                }
                if matches!(order, FeedOrder::Best | FeedOrder::Worst) {
                    condition = condition.add(Column::Grade.is_not_null());
                }
                (Some(column(order)), matches!(order, FeedOrder::Newest | FeedOrder::Best))
            }
            ReviewsWhich::Waiting(attention) => {
                if scope.view != View::Whole {
                    return Ok(Page::of(request, Vec::new()));
                }
                condition = condition.add(Column::Attention.eq(text(attention)));
                (None, false)
            }
            ReviewsWhich::Own => {
                condition = condition.add_option(own(scope));
                (None, true)
            }
        };
        let down = falling == (request.side == PageSide::First);
        if let Some(from) = request.from {
            condition = condition.add(beyond(scope, by, from, down));
        }
        let mut find = reviews::Entity::find().filter(condition);
        for each in by.into_iter().chain([Column::Id]) {
            find = if down { find.order_by_desc(each) } else { find.order_by_asc(each) };
        }
        let rows = find.limit(request.size + 1).all(&self.reads).await?;
        Ok(Page::of(request, rows.into_iter().map(row).collect::<Result<_>>()?))
    }
}

impl Store {
    /// How sellers reply to what is published about them: how many wait with time left, wait with none, were replied to in time, and
    /// late.
    pub async fn review_replies(&self, marketplace: MarketplaceId, sellers: &[SellerId]) -> Result<HashMap<SellerId, [i64; 4]>> {
        self.replies_where(marketplace, sellers, Condition::all()).await
    }

    /// Of the reviews that were first published in this time and whose time to be replied to is up: how many were not replied to in it.
    pub async fn late_replies(
        &self,
        marketplace: MarketplaceId,
        sellers: &[SellerId],
        (from, before): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<HashMap<SellerId, Share>> {
        let published = Condition::all().add(Column::PublishedAt.gte(from)).add(Column::PublishedAt.lt(before));
        let found = self.replies_where(marketplace, sellers, published).await?;
        let share = |[_, overdue, in_time, late]: [i64; 4]| Share {
            hits: (overdue + late).unsigned_abs(),
            of: (overdue + in_time + late).unsigned_abs(),
        };
        Ok(found.into_iter().map(|(seller, counts)| (seller, share(counts))).collect())
    }

    async fn replies_where(
        &self,
        marketplace: MarketplaceId,
        sellers: &[SellerId],
        which: Condition,
    ) -> Result<HashMap<SellerId, [i64; 4]>> {
        let is_over = Expr::case(Expr::col(Column::ReplyDueAt).lt(self.clock.now()), 1).finally(0);
        let find = reviews::Entity::find()
            .select_only()
            .columns([Column::SellerId, Column::Reply])
            .column_as(Column::Id.count(), "many")
            .column_as(Expr::expr(SimpleExpr::Case(Box::new(is_over))).sum(), "overdue")
            .filter(Column::MarketplaceId.eq(marketplace.uuid()))
            .filter(Column::SellerId.is_in(sellers.iter().map(|seller| seller.uuid())))
            .filter(Column::Reply.is_in(["WAITED", "IN_TIME", "LATE"]))
            .filter(which)
            .group_by(Column::SellerId)
            .group_by(Column::Reply);
        let mut counted: HashMap<SellerId, [i64; 4]> = HashMap::new();
        for (seller, reply, many, overdue) in find.into_tuple::<(Uuid, String, i64, i64)>().all(&self.reads).await? {
            let counts = counted.entry(SellerId::from_uuid(seller)).or_default();
            match reply.as_str() {
                "WAITED" => counts[..2].copy_from_slice(&[many - overdue, overdue]),
                "IN_TIME" => counts[2] = many,
                _ => counts[3] = many,
            }
        }
        Ok(counted)
    }
}

/// What comes beyond a review in the list's order.
fn beyond(scope: Scope, by: Option<Column>, from: RatingId, down: bool) -> SimpleExpr {
    let id = from.uuid();
    let Some(by) = by else { return if down { Column::Id.lt(id) } else { Column::Id.gt(id) } };
    let there = reviews::Entity::find()
        .select_only()
        .column(by)
        .filter(Column::MarketplaceId.eq(scope.marketplace.uuid()))
        .filter(Column::Id.eq(id));
    let there = SimpleExpr::SubQuery(None, Box::new(sea_orm::QueryTrait::into_query(there).into()));
    let mine = Expr::tuple([Expr::col(by), Expr::col(Column::Id)]);
    let other = Expr::tuple([there, Expr::val(id)]);
    if down { mine.lt(other) } else { mine.gt(other) }
}
