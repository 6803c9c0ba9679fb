//! Reviews, one by one.

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use super::super::codec::{from_json, json, text};
use super::super::entity::reviews;
use super::super::{Result, Store, Tx};
use super::feed::visible;
use crate::domain::ids::{InvitationId, OrderId, RatingId};
use crate::domain::parties::Scope;
use crate::domain::ratings::{Consent, Criteria, ReplyStanding, Review, Subject};
use crate::domain::scores::Counted;

/// A review, who wrote it as everybody reads it, and the invitation that it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewRow {
    /// The review.
    pub review: Review,
    /// The author's name: first name and initial.
    pub alias: String,
    /// The invitation; none without one.
    pub invitation: Option<InvitationId>,
}

/// Whether the seller has replied, as far as the passing of time does not change it.
const fn reply(standing: Option<ReplyStanding>) -> &'static str {
    match standing {
        None | Some(ReplyStanding::Lifted) => "NONE",
        Some(ReplyStanding::Due | ReplyStanding::Overdue) => "WAITED",
        Some(ReplyStanding::InTime) => "IN_TIME",
        Some(ReplyStanding::Late) => "LATE",
    }
}

pub(super) fn row(model: reviews::Model) -> Result<ReviewRow> {
    let invitation = model.invitation_id.map(InvitationId::from_uuid);
    Ok(ReviewRow { review: from_json(model.body, "reviews", "body")?, alias: model.author_alias, invitation })
}

impl Store {
    /// A review that the reader knows.
    pub async fn review(&self, scope: Scope, id: RatingId) -> Result<Option<ReviewRow>> {
        let find = reviews::Entity::find().filter(visible(scope)).filter(reviews::Column::Id.eq(id.uuid()));
        find.one(&self.reads).await?.map(row).transpose()
    }

    /// The reviews that came from the order line of an invitation.
    pub async fn reviews_of_line(&self, scope: Scope, order: OrderId, line: &str) -> Result<Vec<ReviewRow>> {
        let find = reviews::Entity::find()
            .filter(visible(scope))
            .filter(reviews::Column::OrderId.eq(order.uuid()))
            .filter(reviews::Column::Line.eq(line))
            .order_by_asc(reviews::Column::Id);
        find.all(&self.reads).await?.into_iter().map(row).collect()
    }
}

impl Tx {
    /// A review that the reader knows, under lock.
    pub async fn lock_review(&self, scope: Scope, id: RatingId) -> Result<Option<ReviewRow>> {
        let find = reviews::Entity::find().filter(visible(scope)).filter(reviews::Column::Id.eq(id.uuid())).lock_exclusive();
        find.one(self.db().await?).await?.map(row).transpose()
    }

    /// The reviews of the seller that came from an order, or from one line of it, under lock.
    pub async fn lock_reviews_of_order(&self, order: OrderId, line: Option<&str>) -> Result<Vec<ReviewRow>> {
        let mut find = reviews::Entity::find()
            .filter(reviews::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(reviews::Column::OrderId.eq(order.uuid()))
            .filter(reviews::Column::Subject.eq(text(Subject::Seller)));
        if let Some(line) = line {
            find = find.filter(reviews::Column::Line.eq(line));
        }
        let find = find.order_by_asc(reviews::Column::Id).lock_exclusive();
        find.all(self.db().await?).await?.into_iter().map(row).collect()
    }

    /// Stores a new one.
    pub async fn insert_review(&self, new: &ReviewRow, criteria: &Criteria) -> Result<()> {
        let model = self.review_model(new, criteria).into_active_model().reset_all();
        reviews::Entity::insert(model).exec_without_returning(self.db().await?).await?;
        Ok(())
    }

    /// Stores one as it is now. `criteria` are those by which what is shown was answered.
    pub async fn save_review(&self, moved: &ReviewRow, criteria: &Criteria) -> Result<()> {
        let mut model = self.review_model(moved, criteria).into_active_model().reset_all();
        model.created_at = sea_orm::ActiveValue::NotSet;
        reviews::Entity::update(model).exec(self.db().await?).await?;
        Ok(())
    }

    fn review_model(&self, one: &ReviewRow, criteria: &Criteria) -> reviews::Model {
        let ReviewRow { review, alias, invitation } = one;
        let shown = review.current();
        let grade = shown.and_then(|version| Counted::new(&version.answers, criteria, version.experience_on).overall_millionths());
        let quotable = shown.is_some_and(|version| version.consent == Consent::Given);
        let standing = review.reply_standing(self.now());
        let waits = reply(standing) == "WAITED";
        reviews::Model {
            marketplace_id: self.marketplace.uuid(),
            id: review.id.uuid(),
            subject: text(review.subject()),
            seller_id: review.about.seller.uuid(),
            product: review.about.product.clone(),
            order_id: review.about.order_line.as_ref().map(|(order, _)| order.uuid()),
            line: review.about.order_line.as_ref().map(|(_, line)| line.clone()),
            buyer_id: review.author.uuid(),
            invitation_id: invitation.map(InvitationId::uuid),
            state: text(review.state()),
            attention: text(review.attention()),
            quotable: if quotable { "YES" } else { "NO" }.to_owned(),
            grade,
            published_at: review.published_at(),
            shown_at: review.updated_at().or_else(|| review.published_at()),
            reply: reply(standing).to_owned(),
            author_alias: alias.clone(),
            reply_due_at: review.duty.filter(|_| waits).map(|duty| duty.due_at),
            body: json(review),
            revision: review.revision,
            created_at: self.now(),
            updated_at: self.now(),
        }
    }
}
