//! The pool: questions for several sellers, their answers, and what these earned.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::cases::CaseObject;
use super::errors::{Result, UserError, split, store};
use super::masking;
use super::orders::SellerObject;
use super::paging::{PageOf, Paging, connection};
use super::session::session;
use crate::domain::ids::{CaseId, IncentiveId, PoolAnswerId, PoolQuestionId, SellerId};
use crate::domain::parties::{Party, View};
use crate::domain::pool::{Incentive, PoolAnswer, PoolQuestion};
use crate::workflow::pool::{self, PoolOffer, PoolReply};

mod rules;

pub(super) use rules::{PoolRules, PoolRulesInput, RewardObject, pool_rules};

/// Where a question stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::pool::QuestionState")]
pub(super) enum PoolQuestionState {
    /// Sellers can answer.
    Open,
    /// An answer was accepted.
    Answered,
    /// The operator took it back.
    Withdrawn,
    /// Its time ran out.
    Expired,
}

/// Where an answer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::pool::AnswerState")]
pub(super) enum PoolAnswerState {
    /// It can be accepted.
    Offered,
    /// It was.
    Accepted,
    /// Another one was, or the question was taken back or ran out.
    Declined,
    /// The seller took it back, or gave another one in its place.
    Withdrawn,
}

/// A question of the pool.
pub(super) struct PoolQuestionObject(pub(super) PoolQuestion);

#[Object(name = "PoolQuestion")]
/// A question that the operator offers to several sellers. The first answer that is accepted wins. Operators know all, a
/// seller those that it may answer, nobody else any; no seller gets to know the case, the buyer, or who else is asked.
impl PoolQuestionObject {
    /// The global id.
    pub(super) async fn id(&self) -> PoolQuestionId {
        self.0.id
    }

    /// What is asked, in the operator's words. Sellers read it without contact details, if the marketplace masks them.
    async fn text(&self, ctx: &Context<'_>) -> Result<String> {
        // What the operator says of the buyer's matter is the buyer's.
        masking::words(ctx, Party::Buyer, &self.0.text).await
    }

    /// Where it stands.
    #[expect(clippy::unused_async, reason = "a resolver is async by contract")]
    async fn state(&self, ctx: &Context<'_>) -> Result<PoolQuestionState> {
        Ok(self.0.state_at(session(ctx)?.cx().now()).into())
    }

    /// What the accepted answer brings its seller: as the charter had it when the question was offered. Null for nothing.
    async fn reward(&self) -> Option<RewardObject> {
        self.0.reward.map(Into::into)
    }

    /// When it was offered.
    async fn offered_at(&self) -> DateTime<Utc> {
        self.0.offered_at
    }

    /// Until when it can be answered.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.0.expires_at
    }

    /// When it was answered, taken back or ran out; null until then.
    async fn settled_at(&self) -> Option<DateTime<Utc>> {
        self.0.settled_at
    }

    /// The case that it comes from; null for viewers other than the operator.
    async fn case(&self, ctx: &Context<'_>) -> Option<Result<CaseObject>> {
        let load = async {
            let session = session(ctx)?;
            // Also of a case that the seller knows: that the question comes from it is not for the seller.
            if session.scope().view != View::Whole {
                return Ok(None);
            }
            session.loaders().case(self.0.case).await
        };
        load.await.map(|found| found.map(CaseObject)).transpose()
    }

    /// To whom it is offered, at most 50. Empty for viewers other than the operator.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn sellers(&self, ctx: &Context<'_>) -> Result<Vec<SellerObject>> {
        let loaders = session(ctx)?.loaders();
        let ids = loaders.pool_invited(self.0.id).await?;
        let found = futures_util::future::try_join_all(ids.into_iter().map(|id| loaders.seller(id))).await?;
        Ok(found.into_iter().flatten().map(SellerObject).collect())
    }

    /// The answers that were not taken back, the oldest first, at most one of each seller. A seller sees its own alone.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn answers(&self, ctx: &Context<'_>) -> Result<Vec<PoolAnswerObject>> {
        let found = session(ctx)?.loaders().pool_answers_of(self.0.id).await?;
        Ok(found.into_iter().map(PoolAnswerObject).collect())
    }
}

/// An answer of the pool.
pub(super) struct PoolAnswerObject(pub(super) PoolAnswer);

#[Object(name = "PoolAnswer")]
/// What a seller answers to a question of the pool. Its words never change: another answer takes its place. For operators
/// and its seller.
impl PoolAnswerObject {
    /// The global id.
    pub(super) async fn id(&self) -> PoolAnswerId {
        self.0.id
    }

    /// To which question.
    async fn question(&self, ctx: &Context<'_>) -> Option<Result<PoolQuestionObject>> {
        let load = async { session(ctx)?.loaders().pool_question(self.0.question).await };
        load.await.map(|found| found.map(PoolQuestionObject)).transpose()
    }

    /// Whose it is.
    async fn seller(&self, ctx: &Context<'_>) -> Option<Result<SellerObject>> {
        let load = async { session(ctx)?.loaders().seller(self.0.seller).await };
        load.await.map(|found| found.map(SellerObject)).transpose()
    }

    /// The answer, as it was written. The buyer is told it without contact details, if the marketplace masks them.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// Where it stands.
    async fn state(&self) -> PoolAnswerState {
        self.0.state.into()
    }

    /// When it was given.
    async fn offered_at(&self) -> DateTime<Utc> {
        self.0.offered_at
    }

    /// When it was accepted, declined or taken back; null until then.
    async fn settled_at(&self) -> Option<DateTime<Utc>> {
        self.0.settled_at
    }
}

/// Something that a seller has earned.
pub(super) struct IncentiveObject(pub(super) Incentive);

#[Object(name = "Incentive")]
/// What a seller has earned by an answer that was accepted: once for each question. Trilogue records it; the marketplace's
/// software grants it. For operators and the seller.
impl IncentiveObject {
    /// The global id.
    pub(super) async fn id(&self) -> IncentiveId {
        self.0.id
    }

    /// Who has earned it.
    async fn seller(&self, ctx: &Context<'_>) -> Option<Result<SellerObject>> {
        let load = async { session(ctx)?.loaders().seller(self.0.seller).await };
        load.await.map(|found| found.map(SellerObject)).transpose()
    }

    /// What.
    async fn reward(&self) -> RewardObject {
        self.0.reward.into()
    }

    /// By the answer to which question.
    async fn question(&self, ctx: &Context<'_>) -> Option<Result<PoolQuestionObject>> {
        let load = async { session(ctx)?.loaders().pool_question(self.0.question).await };
        load.await.map(|found| found.map(PoolQuestionObject)).transpose()
    }

    /// By which answer.
    async fn answer(&self, ctx: &Context<'_>) -> Option<Result<PoolAnswerObject>> {
        let load = async { session(ctx)?.loaders().pool_answer(self.0.answer).await };
        load.await.map(|found| found.map(PoolAnswerObject)).transpose()
    }

    /// When the answer was accepted.
    async fn recorded_at(&self) -> DateTime<Utc> {
        self.0.recorded_at
    }
}

/// What a seller has earned, for those who may know.
pub(super) async fn incentives_of(ctx: &Context<'_>, seller: SellerId, paging: Paging) -> Result<PageOf<IncentiveObject>> {
    let session = session(ctx)?;
    let request = paging.request()?;
    let page = session.cx().store.incentives(session.scope(), seller, &request).await.map_err(|error| store(&error))?;
    Ok(connection(page, |incentive| incentive.id, IncentiveObject))
}

/// Which questions to list.
#[derive(InputObject, Default)]
pub(super) struct PoolQuestionFilterInput {
    /// In this state; null for any. What has run out counts as open until a worker has written that down, a second or so.
    state: Option<PoolQuestionState>,
}

/// The queries of this file.
#[derive(Default)]
pub(super) struct PoolQueries;

#[Object]
impl PoolQueries {
    /// The questions of the pool that the viewer knows, the newest first: the operator all, a seller those that it may
    /// answer, everybody else none.
    #[graphql(complexity = "super::page_cost(first, last) * child_complexity + 1")]
    async fn pool_questions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which; null for all.")] filter: Option<PoolQuestionFilterInput>,
        #[graphql(desc = "How many items, at most 100, after `after` or from the start.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(desc = "How many items, at most 100, before `before` or from the end.")] last: Option<i32>,
        #[graphql(desc = "The `startCursor` of the page after.")] before: Option<String>,
    ) -> Result<PageOf<PoolQuestionObject>> {
        let session = session(ctx)?;
        let request = Paging { first, after, last, before }.request()?;
        let state = filter.unwrap_or_default().state.map(Into::into);
        let page = session.cx().store.pool_questions(session.scope(), state, &request).await.map_err(|error| store(&error))?;
        Ok(connection(page, |question| question.id, PoolQuestionObject))
    }
}

/// A question to offer.
#[derive(InputObject)]
pub(super) struct PoolOfferInput {
    /// The case that it comes from: on a side of the purchase, and with a contact reason, for which the charter has the pool.
    case_id: CaseId,
    /// What is asked, in the operator's own words, 1 to 2,000 characters. It must not say who the buyer is.
    question: String,
    /// Who may answer: 1 to 50 sellers, each once.
    seller_ids: Vec<SellerId>,
    /// Until when, at most 720 hours ahead; null for the charter's usual time.
    expires_at: Option<DateTime<Utc>>,
    /// A key of the client's choice, 1 to 128 characters. A repeated call with the same key gives the same question.
    idempotency_key: String,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct PoolOfferPayload {
    /// The question, from this call or an earlier one with the same key; null when nothing was offered.
    question: Option<PoolQuestionObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// An answer to give.
#[derive(InputObject)]
pub(super) struct PoolAnswerInput {
    /// To which question.
    question_id: PoolQuestionId,
    /// What, as plain text of 1 to 4,000 characters.
    text: String,
    /// A key of the client's choice, 1 to 128 characters. A repeated call with the same key gives the same answer.
    idempotency_key: String,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct PoolAnswerPayload {
    /// The answer, from this call or an earlier one with the same key; null when none was given.
    answer: Option<PoolAnswerObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// An answer to take back.
#[derive(InputObject)]
pub(super) struct PoolAnswerWithdrawInput {
    /// Which.
    answer_id: PoolAnswerId,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct PoolAnswerWithdrawPayload {
    /// The answer as it is now; null when nothing was done.
    answer: Option<PoolAnswerObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// An answer to accept.
#[derive(InputObject)]
pub(super) struct PoolAcceptInput {
    /// Which. Its words never change: an answer that was replaced since it was read cannot be accepted.
    answer_id: PoolAnswerId,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct PoolAcceptPayload {
    /// The question as it is now; null when nothing was done.
    question: Option<PoolQuestionObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// A question to take back.
#[derive(InputObject)]
pub(super) struct PoolWithdrawInput {
    /// Which.
    question_id: PoolQuestionId,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct PoolWithdrawPayload {
    /// The question as it is now; null when nothing was done.
    question: Option<PoolQuestionObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// The mutations of this file.
#[derive(Default)]
pub(super) struct PoolMutations;

#[Object]
// Boxed, all of them: what every mutation needs at most is set aside for each.
impl PoolMutations {
    /// Offers a question of a case to several sellers, who get to know neither the case nor the buyer, nor each other. For
    /// operators, where the charter has the pool. Safe to repeat with the same key.
    async fn pool_offer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to whom.")] input: PoolOfferInput,
    ) -> Option<Result<PoolOfferPayload>> {
        let run = async {
            let session = session(ctx)?;
            let offer = PoolOffer {
                case: input.case_id,
                question: input.question,
                sellers: input.seller_ids,
                expires_at: input.expires_at,
                idempotency_key: input.idempotency_key,
            };
            let (question, user_errors) = split(Box::pin(pool::offer(session.cx(), session.actor(), offer)).await)?;
            Ok(PoolOfferPayload { question: question.map(PoolQuestionObject), user_errors })
        };
        Some(run.await)
    }

    /// Answers a question of the pool. An answer that the viewer's shop gave before is taken back by it; at most 20 for a
    /// question. For the sellers that it is offered to. Safe to repeat with the same key.
    async fn pool_answer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "To what, and what.")] input: PoolAnswerInput,
    ) -> Option<Result<PoolAnswerPayload>> {
        let run = async {
            let session = session(ctx)?;
            let reply = PoolReply { question: input.question_id, text: input.text, idempotency_key: input.idempotency_key };
            let (answer, user_errors) = split(Box::pin(pool::answer(session.cx(), session.actor(), reply)).await)?;
            Ok(PoolAnswerPayload { answer: answer.map(PoolAnswerObject), user_errors })
        };
        Some(run.await)
    }

    /// Takes an answer of the viewer's shop back, as long as the question is open.
    async fn pool_answer_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: PoolAnswerWithdrawInput,
    ) -> Option<Result<PoolAnswerWithdrawPayload>> {
        let run = async {
            let session = session(ctx)?;
            let (answer, user_errors) = split(Box::pin(pool::take_back(session.cx(), session.actor(), input.answer_id)).await)?;
            Ok(PoolAnswerWithdrawPayload { answer: answer.map(PoolAnswerObject), user_errors })
        };
        Some(run.await)
    }

    /// Accepts an answer. The buyer is told it by the operator, with the shop's name; all other answers are declined; what
    /// was promised for it is recorded for its seller, once. The first acceptance wins. For operators.
    async fn pool_accept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: PoolAcceptInput,
    ) -> Option<Result<PoolAcceptPayload>> {
        let run = async {
            let session = session(ctx)?;
            let (question, user_errors) = split(Box::pin(pool::accept(session.cx(), session.actor(), input.answer_id)).await)?;
            Ok(PoolAcceptPayload { question: question.map(PoolQuestionObject), user_errors })
        };
        Some(run.await)
    }

    /// Takes a question back: nobody can answer it any more, and its answers are declined. For operators.
    async fn pool_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: PoolWithdrawInput,
    ) -> Option<Result<PoolWithdrawPayload>> {
        let run = async {
            let session = session(ctx)?;
            let (question, user_errors) = split(Box::pin(pool::withdraw(session.cx(), session.actor(), input.question_id)).await)?;
            Ok(PoolWithdrawPayload { question: question.map(PoolQuestionObject), user_errors })
        };
        Some(run.await)
    }
}
