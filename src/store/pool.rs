//! Questions that several sellers may answer, their answers, and what these earned.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use super::codec::{from_json, from_text, json, text};
use super::entity::{incentives, pool_answers, pool_invitations, pool_questions, sellers};
use super::page::{Page, PageRequest, PageSide};
use super::{RequestKey, Result, Store, Tx, scope};
use crate::domain::ids::{CaseId, IncentiveId, MarketplaceId, PoolAnswerId, PoolQuestionId, SellerId};
use crate::domain::parties::{Scope, View};
use crate::domain::pool::{Incentive, PoolAnswer, PoolQuestion, QuestionState};

/// A question whose time has run out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueQuestion {
    /// The tenant.
    pub marketplace: MarketplaceId,
    /// The question.
    pub question: PoolQuestionId,
}

/// What became of an earlier offer with the same key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfferedBefore {
    /// It offered the same, by this question.
    Alike(Box<PoolQuestion>),
    /// It offered something else.
    Otherwise,
}

fn question(row: pool_questions::Model) -> Result<PoolQuestion> {
    Ok(PoolQuestion {
        id: PoolQuestionId::from_uuid(row.id),
        case: CaseId::from_uuid(row.case_id),
        text: row.text,
        state: from_text(&row.state, "pool_questions", "state")?,
        reward: row.reward.map(|reward| from_json(reward, "pool_questions", "reward")).transpose()?,
        offered_at: row.offered_at,
        expires_at: row.expires_at,
        settled_at: row.settled_at,
    })
}

fn answer(row: pool_answers::Model) -> Result<PoolAnswer> {
    Ok(PoolAnswer {
        id: PoolAnswerId::from_uuid(row.id),
        question: PoolQuestionId::from_uuid(row.question_id),
        seller: SellerId::from_uuid(row.seller_id),
        text: row.text,
        state: from_text(&row.state, "pool_answers", "state")?,
        offered_at: row.offered_at,
        settled_at: row.settled_at,
    })
}

fn incentive(row: incentives::Model) -> Result<Incentive> {
    Ok(Incentive {
        id: IncentiveId::from_uuid(row.id),
        seller: SellerId::from_uuid(row.seller_id),
        question: PoolQuestionId::from_uuid(row.question_id),
        answer: PoolAnswerId::from_uuid(row.answer_id),
        reward: from_json(row.reward, "incentives", "reward")?,
        recorded_at: row.recorded_at,
    })
}

/// The questions that a reader knows: the operator all, a seller those that it may answer.
fn known_questions(scope: Scope) -> Condition {
    let tenant = Condition::all().add(pool_questions::Column::MarketplaceId.eq(scope.marketplace.uuid()));
    match scope.view {
        View::Whole => tenant,
        View::Seller(seller) => {
            let column = |column: pool_invitations::Column| Expr::col((pool_invitations::Entity, column));
            let invited = Query::select()
                .expr(Expr::val(1))
                .from(pool_invitations::Entity)
                .and_where(column(pool_invitations::Column::MarketplaceId).eq(scope.marketplace.uuid()))
                .and_where(column(pool_invitations::Column::SellerId).eq(seller.uuid()))
                .and_where(column(pool_invitations::Column::QuestionId).eq(Expr::col((pool_questions::Entity, pool_questions::Column::Id))))
                .take();
            tenant.add(Expr::exists(invited))
        }
        View::Storefront | View::Buyer(_) | View::Mediator { .. } => tenant.add(scope::nothing()),
    }
}

/// What belongs to a seller: the operator knows it, and that seller.
fn known_to(scope: Scope, tenant: impl ColumnTrait, owner: impl ColumnTrait) -> Condition {
    let tenant = Condition::all().add(tenant.eq(scope.marketplace.uuid()));
    match scope.view {
        View::Whole => tenant,
        View::Seller(seller) => tenant.add(owner.eq(seller.uuid())),
        View::Storefront | View::Buyer(_) | View::Mediator { .. } => tenant.add(scope::nothing()),
    }
}

fn known_answers(scope: Scope) -> Condition {
    known_to(scope, pool_answers::Column::MarketplaceId, pool_answers::Column::SellerId)
}

fn known_incentives(scope: Scope) -> Condition {
    known_to(scope, incentives::Column::MarketplaceId, incentives::Column::SellerId)
}

/// Those that were not taken back: one of each seller at most.
fn not_withdrawn() -> SimpleExpr {
    pool_answers::Column::State.ne("WITHDRAWN")
}

/// The newest first: what lies beyond the row that a page starts from, in the direction that it is read in.
///
/// Without such a row the whole list does, and is said to: so a database looks for the end of an index.
fn beyond<K>(request: &PageRequest<K>, column: &impl ColumnTrait, id: impl FnOnce(&K) -> Uuid) -> SimpleExpr {
    let from = request.from.as_ref().map(id);
    match request.side {
        PageSide::First => column.lt(from.unwrap_or(Uuid::max())),
        PageSide::Last => column.gt(from.unwrap_or(Uuid::nil())),
    }
}

const fn direction(side: PageSide) -> sea_orm::Order {
    match side {
        PageSide::First => sea_orm::Order::Desc,
        PageSide::Last => sea_orm::Order::Asc,
    }
}

impl Store {
    /// The questions that a reader knows, the newest first.
    pub async fn pool_questions(
        &self,
        scope: Scope,
        state: Option<QuestionState>,
        request: &PageRequest<PoolQuestionId>,
    ) -> Result<Page<PoolQuestion>> {
        let mut find = match scope.view {
            // A seller's list goes by its invitations, however many questions others get.
            View::Seller(seller) => {
                let invitation = pool_questions::Entity::belongs_to(pool_invitations::Entity)
                    .from((pool_questions::Column::MarketplaceId, pool_questions::Column::Id))
                    .to((pool_invitations::Column::MarketplaceId, pool_invitations::Column::QuestionId));
                pool_questions::Entity::find()
                    .join(sea_orm::JoinType::InnerJoin, invitation.into())
                    .filter(pool_invitations::Column::MarketplaceId.eq(scope.marketplace.uuid()))
                    .filter(pool_invitations::Column::SellerId.eq(seller.uuid()))
                    .filter(beyond(request, &pool_invitations::Column::QuestionId, |id| id.uuid()))
                    .order_by(pool_invitations::Column::QuestionId, direction(request.side))
            }
            View::Whole | View::Storefront | View::Buyer(_) | View::Mediator { .. } => pool_questions::Entity::find()
                .filter(known_questions(scope))
                .filter(beyond(request, &pool_questions::Column::Id, |id| id.uuid()))
                .order_by(pool_questions::Column::Id, direction(request.side)),
        };
        if let Some(state) = state {
            find = find.filter(pool_questions::Column::State.eq(text(state)));
        }
        let rows = find.limit(request.size + 1).all(&self.reads).await?;
        Ok(Page::of(request, rows.into_iter().map(question).collect::<Result<_>>()?))
    }

    /// Questions by id, those that the reader knows.
    pub async fn pool_questions_by_id(&self, scope: Scope, ids: &[PoolQuestionId]) -> Result<Vec<PoolQuestion>> {
        let find = pool_questions::Entity::find()
            .filter(known_questions(scope))
            .filter(pool_questions::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
        find.all(&self.reads).await?.into_iter().map(question).collect()
    }

    /// The questions of these cases, the oldest first. None for readers other than the operator.
    pub async fn pool_questions_of(&self, scope: Scope, cases: &[CaseId]) -> Result<Vec<PoolQuestion>> {
        if scope.view != View::Whole {
            return Ok(Vec::new());
        }
        let find = pool_questions::Entity::find()
            .filter(pool_questions::Column::MarketplaceId.eq(scope.marketplace.uuid()))
            .filter(pool_questions::Column::CaseId.is_in(cases.iter().map(|id| id.uuid())));
        let mut found = find.all(&self.reads).await?.into_iter().map(question).collect::<Result<Vec<_>>>()?;
        found.sort_by_key(|question| question.id);
        Ok(found)
    }

    /// To whom these questions are offered. Nobody for readers other than the operator.
    pub async fn pool_invited(&self, scope: Scope, questions: &[PoolQuestionId]) -> Result<Vec<(PoolQuestionId, SellerId)>> {
        if scope.view != View::Whole {
            return Ok(Vec::new());
        }
        let find = pool_invitations::Entity::find()
            .filter(pool_invitations::Column::MarketplaceId.eq(scope.marketplace.uuid()))
            .filter(pool_invitations::Column::QuestionId.is_in(questions.iter().map(|id| id.uuid())));
        let rows = find.all(&self.reads).await?.into_iter();
        let mut found: Vec<_> = rows.map(|row| (PoolQuestionId::from_uuid(row.question_id), SellerId::from_uuid(row.seller_id))).collect();
        found.sort_unstable();
        Ok(found)
    }

    /// The answers to these questions that the reader knows and that were not taken back, the oldest first.
    pub async fn pool_answers_of(&self, scope: Scope, questions: &[PoolQuestionId]) -> Result<Vec<PoolAnswer>> {
        let find = pool_answers::Entity::find()
            .filter(known_answers(scope))
            .filter(pool_answers::Column::QuestionId.is_in(questions.iter().map(|id| id.uuid())))
            .filter(not_withdrawn());
        let mut found = find.all(&self.reads).await?.into_iter().map(answer).collect::<Result<Vec<_>>>()?;
        found.sort_by_key(|answer| answer.id);
        Ok(found)
    }

    /// Answers by id, those that the reader knows.
    pub async fn pool_answers_by_id(&self, scope: Scope, ids: &[PoolAnswerId]) -> Result<Vec<PoolAnswer>> {
        let find = pool_answers::Entity::find()
            .filter(known_answers(scope))
            .filter(pool_answers::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
        find.all(&self.reads).await?.into_iter().map(answer).collect()
    }

    /// What a seller has earned, as far as the reader knows it, the newest first.
    pub async fn incentives(&self, scope: Scope, seller: SellerId, request: &PageRequest<IncentiveId>) -> Result<Page<Incentive>> {
        let find = incentives::Entity::find()
            .filter(known_incentives(scope))
            .filter(incentives::Column::SellerId.eq(seller.uuid()))
            .filter(beyond(request, &incentives::Column::Id, |id| id.uuid()))
            .order_by(incentives::Column::Id, direction(request.side));
        let rows = find.limit(request.size + 1).all(&self.reads).await?;
        Ok(Page::of(request, rows.into_iter().map(incentive).collect::<Result<_>>()?))
    }

    /// What sellers have earned, by id, as far as the reader knows it.
    pub async fn incentives_by_id(&self, scope: Scope, ids: &[IncentiveId]) -> Result<Vec<Incentive>> {
        let find =
            incentives::Entity::find().filter(known_incentives(scope)).filter(incentives::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
        find.all(&self.reads).await?.into_iter().map(incentive).collect()
    }

    /// The questions whose time has run out, the longest due first.
    pub async fn due_questions(&self, now: DateTime<Utc>, limit: u64) -> Result<Vec<DueQuestion>> {
        let due = pool_questions::Entity::find()
            .select_only()
            .column(pool_questions::Column::MarketplaceId)
            .column(pool_questions::Column::Id)
            // In the form of the partial index.
            .filter(Expr::cust("state = 'OPEN'"))
            .filter(pool_questions::Column::ExpiresAt.lte(now))
            .order_by_asc(pool_questions::Column::ExpiresAt)
            .limit(limit);
        let rows = due.into_tuple::<(Uuid, Uuid)>().all(&self.reads).await?;
        let question = |(marketplace, question)| DueQuestion {
            marketplace: MarketplaceId::from_uuid(marketplace),
            question: PoolQuestionId::from_uuid(question),
        };
        Ok(rows.into_iter().map(question).collect())
    }
}

impl Tx {
    /// A question that the actor knows. Not locked: its case is.
    pub async fn pool_question(&self, scope: Scope, id: PoolQuestionId) -> Result<Option<PoolQuestion>> {
        let find = pool_questions::Entity::find().filter(known_questions(scope)).filter(pool_questions::Column::Id.eq(id.uuid()));
        find.one(self.db().await?).await?.map(question).transpose()
    }

    /// What was offered by an earlier request with the same key.
    pub async fn offered_before(&self, request: &RequestKey) -> Result<Option<OfferedBefore>> {
        let find = pool_questions::Entity::find()
            .filter(pool_questions::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(pool_questions::Column::IdempotencyKey.eq(&request.key));
        let Some(row) = find.one(self.db().await?).await? else { return Ok(None) };
        let same = row.request_digest == request.digest;
        Ok(Some(if same { OfferedBefore::Alike(Box::new(question(row)?)) } else { OfferedBefore::Otherwise }))
    }

    /// How many questions a case has had.
    pub async fn count_pool_questions(&self, case: CaseId) -> Result<u64> {
        let find = pool_questions::Entity::find()
            .filter(pool_questions::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(pool_questions::Column::CaseId.eq(case.uuid()));
        Ok(find.count(self.db().await?).await?)
    }

    /// Those of these sellers that the marketplace has.
    pub async fn known_sellers(&self, ids: &[SellerId]) -> Result<HashSet<SellerId>> {
        let find = sellers::Entity::find()
            .select_only()
            .column(sellers::Column::Id)
            .filter(sellers::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(sellers::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
        Ok(find.into_tuple::<Uuid>().all(self.db().await?).await?.into_iter().map(SellerId::from_uuid).collect())
    }

    /// Stores a new question with its invitations. A key that was used already is a [`super::StoreError::Conflict`].
    pub async fn insert_pool_question(&self, question: &PoolQuestion, sellers: &[SellerId], request: &RequestKey) -> Result<()> {
        let row = pool_questions::Model {
            marketplace_id: self.marketplace.uuid(),
            id: question.id.uuid(),
            case_id: question.case.uuid(),
            text: question.text.clone(),
            state: text(question.state),
            reward: question.reward.map(json),
            offered_at: question.offered_at,
            expires_at: question.expires_at,
            settled_at: question.settled_at,
            idempotency_key: request.key.clone(),
            request_digest: request.digest.to_vec(),
        };
        pool_questions::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(self.db().await?).await?;
        let invitations = sellers.iter().map(|seller| {
            let marketplace_id = self.marketplace.uuid();
            pool_invitations::Model { marketplace_id, question_id: question.id.uuid(), seller_id: seller.uuid() }
                .into_active_model()
                .reset_all()
        });
        pool_invitations::Entity::insert_many(invitations).exec_without_returning(self.db().await?).await?;
        Ok(())
    }

    /// Stores where a question stands.
    pub async fn save_pool_question(&self, question: &PoolQuestion) -> Result<()> {
        pool_questions::Entity::update_many()
            .set(pool_questions::ActiveModel {
                state: Set(text(question.state)),
                settled_at: Set(question.settled_at),
                ..Default::default()
            })
            .filter(pool_questions::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(pool_questions::Column::Id.eq(question.id.uuid()))
            .exec(self.db().await?)
            .await?;
        Ok(())
    }

    /// Lets the questions of a case go on in another one.
    pub async fn move_pool_questions(&self, from: CaseId, into: CaseId) -> Result<()> {
        pool_questions::Entity::update_many()
            .set(pool_questions::ActiveModel { case_id: Set(into.uuid()), ..Default::default() })
            .filter(pool_questions::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(pool_questions::Column::CaseId.eq(from.uuid()))
            .exec(self.db().await?)
            .await?;
        Ok(())
    }

    /// An answer that the actor knows.
    pub async fn pool_answer(&self, scope: Scope, id: PoolAnswerId) -> Result<Option<PoolAnswer>> {
        let find = pool_answers::Entity::find().filter(known_answers(scope)).filter(pool_answers::Column::Id.eq(id.uuid()));
        find.one(self.db().await?).await?.map(answer).transpose()
    }

    /// The answer that was given by an earlier call with the same key.
    pub async fn pool_answer_by_key(&self, key: &str) -> Result<Option<PoolAnswer>> {
        let find = pool_answers::Entity::find()
            .filter(pool_answers::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(pool_answers::Column::IdempotencyKey.eq(key));
        find.one(self.db().await?).await?.map(answer).transpose()
    }

    /// The answers to a question that were not taken back, the oldest first.
    pub async fn standing_pool_answers(&self, question: PoolQuestionId) -> Result<Vec<PoolAnswer>> {
        let find = pool_answers::Entity::find()
            .filter(pool_answers::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(pool_answers::Column::QuestionId.eq(question.uuid()))
            .filter(not_withdrawn());
        let mut found = find.all(self.db().await?).await?.into_iter().map(answer).collect::<Result<Vec<_>>>()?;
        found.sort_by_key(|answer| answer.id);
        Ok(found)
    }

    /// How many answers a seller has given to a question, those that it took back included.
    pub async fn count_pool_answers(&self, question: PoolQuestionId, seller: SellerId) -> Result<u64> {
        let find = pool_answers::Entity::find()
            .filter(pool_answers::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(pool_answers::Column::QuestionId.eq(question.uuid()))
            .filter(pool_answers::Column::SellerId.eq(seller.uuid()));
        Ok(find.count(self.db().await?).await?)
    }

    /// Stores a new answer. A key that was used already is a [`super::StoreError::Conflict`].
    pub async fn insert_pool_answer(&self, answer: &PoolAnswer, key: &str) -> Result<()> {
        let row = pool_answers::Model {
            marketplace_id: self.marketplace.uuid(),
            id: answer.id.uuid(),
            question_id: answer.question.uuid(),
            seller_id: answer.seller.uuid(),
            text: answer.text.clone(),
            state: text(answer.state),
            idempotency_key: key.to_owned(),
            offered_at: answer.offered_at,
            settled_at: answer.settled_at,
        };
        pool_answers::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(self.db().await?).await?;
        Ok(())
    }

    /// Stores where an answer stands.
    pub async fn save_pool_answer(&self, answer: &PoolAnswer) -> Result<()> {
        pool_answers::Entity::update_many()
            .set(pool_answers::ActiveModel { state: Set(text(answer.state)), settled_at: Set(answer.settled_at), ..Default::default() })
            .filter(pool_answers::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(pool_answers::Column::Id.eq(answer.id.uuid()))
            .exec(self.db().await?)
            .await?;
        Ok(())
    }

    /// Stores what was earned. A second one for the same question is a [`super::StoreError::Conflict`].
    pub async fn insert_incentive(&self, incentive: &Incentive) -> Result<()> {
        let row = incentives::Model {
            marketplace_id: self.marketplace.uuid(),
            id: incentive.id.uuid(),
            seller_id: incentive.seller.uuid(),
            question_id: incentive.question.uuid(),
            answer_id: incentive.answer.uuid(),
            reward: json(incentive.reward),
            recorded_at: incentive.recorded_at,
        };
        incentives::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(self.db().await?).await?;
        Ok(())
    }
}
