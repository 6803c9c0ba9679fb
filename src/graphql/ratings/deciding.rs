//! What people of the operator decide about reviews.

use async_graphql::{Context, InputObject, Object, OneofObject};

use super::super::errors::Result;
use super::super::session::session;
use super::submitting::{ReviewPayload, payload};
use super::words::{ModerationReason, ReviewComplaintOutcome};
use crate::domain::ids::{RatingId, ReportId};
use crate::domain::statements::Ground;
use crate::workflow::ratings::{self, Judgement, Verdict};

/// On what a decision rests: on one of these.
#[derive(OneofObject)]
enum ReviewGroundInput {
    /// On the law: the article, and why it was infringed; 1 to 1,000 characters.
    Law(String),
    /// On the marketplace's terms: the clause, and why it was infringed; 1 to 1,000 characters.
    Terms(String),
}

/// Why something is held back. Its author reads it.
#[derive(InputObject)]
struct JudgementInput {
    /// Why, as a code.
    reason: ModerationReason,
    /// The facts and circumstances, 1 to 8,000 characters.
    facts: String,
    /// On what it rests.
    ground: ReviewGroundInput,
    /// How to complain, 1 to 1,000 characters; null for what the charter says.
    redress: Option<String>,
}

impl From<JudgementInput> for Judgement {
    fn from(input: JudgementInput) -> Self {
        let ground = match input.ground {
            ReviewGroundInput::Law(text) => Ground::Law { text },
            ReviewGroundInput::Terms(text) => Ground::Terms { text },
        };
        Self { reason: input.reason.into(), facts: input.facts, ground, redress: input.redress }
    }
}

/// A version that may be published.
#[derive(InputObject)]
pub(in crate::graphql) struct ReviewApproveInput {
    /// Which review.
    review_id: RatingId,
}

/// A version that is refused.
#[derive(InputObject)]
pub(in crate::graphql) struct ReviewRejectInput {
    /// Which review.
    review_id: RatingId,
    /// Why.
    judgement: JudgementInput,
}

/// A review that is taken away.
#[derive(InputObject)]
pub(in crate::graphql) struct ReviewRemoveInput {
    /// Which.
    review_id: RatingId,
    /// Why.
    judgement: JudgementInput,
}

/// A reply that is hidden.
#[derive(InputObject)]
pub(in crate::graphql) struct ReviewReplyHideInput {
    /// Of which review.
    review_id: RatingId,
    /// Why.
    judgement: JudgementInput,
}

/// A reply that is shown again.
#[derive(InputObject)]
pub(in crate::graphql) struct ReviewReplyShowInput {
    /// Of which review.
    review_id: RatingId,
}

/// The answer to a complaint.
#[derive(InputObject)]
pub(in crate::graphql) struct ReviewComplaintAnswerInput {
    /// Of which review.
    review_id: RatingId,
    /// What becomes of it.
    outcome: ReviewComplaintOutcome,
    /// Why, 1 to 8,000 characters. The author reads it.
    reasons: String,
}

/// What becomes of a report: one of these.
#[derive(OneofObject)]
enum ReportDecisionInput {
    /// The review stays, for these reasons, 1 to 4,000 characters.
    Keep(String),
    /// It goes.
    Remove(JudgementInput),
}

/// A decision on a report.
#[derive(InputObject)]
pub(in crate::graphql) struct ReviewReportDecideInput {
    /// Which review.
    review_id: RatingId,
    /// Which report.
    report_id: ReportId,
    /// What becomes of it.
    decision: ReportDecisionInput,
}

/// The mutations of this file.
#[derive(Default)]
pub(in crate::graphql) struct ModerationMutations;

#[Object]
impl ModerationMutations {
    /// Publishes the version of a review that waits for its check. For people of the operator.
    async fn review_approve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: ReviewApproveInput,
    ) -> Option<Result<ReviewPayload>> {
        let run = async {
            let session = session(ctx)?;
            payload(Box::pin(ratings::judge(session.cx(), session.actor(), input.review_id, Verdict::Approve)).await)
        };
        Some(run.await)
    }

    /// Refuses the version of a review that waits for its check, for a listed reason. For people of the operator. The author is told
    /// why by e-mail, where there is an address.
    async fn review_reject(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and why.")] input: ReviewRejectInput,
    ) -> Option<Result<ReviewPayload>> {
        let run = async {
            let session = session(ctx)?;
            let verdict = Verdict::Reject(input.judgement.into());
            payload(Box::pin(ratings::judge(session.cx(), session.actor(), input.review_id, verdict)).await)
        };
        Some(run.await)
    }

    /// Takes a published review away, for a listed reason. For people of the operator. The author is told why by e-mail, where there
    /// is an address.
    async fn review_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and why.")] input: ReviewRemoveInput,
    ) -> Option<Result<ReviewPayload>> {
        let run = async {
            let session = session(ctx)?;
            let verdict = Verdict::Remove(input.judgement.into());
            payload(Box::pin(ratings::judge(session.cx(), session.actor(), input.review_id, verdict)).await)
        };
        Some(run.await)
    }

    /// Answers an author's complaint. For people of the operator, but for who decided what it is about. What was wrong is published
    /// at once.
    async fn review_complaint_answer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What becomes of it, and why.")] input: ReviewComplaintAnswerInput,
    ) -> Option<Result<ReviewPayload>> {
        let run = async {
            let session = session(ctx)?;
            let (id, outcome) = (input.review_id, input.outcome.into());
            payload(Box::pin(ratings::answer_complaint(session.cx(), session.actor(), id, outcome, &input.reasons)).await)
        };
        Some(run.await)
    }

    /// Decides on a report. For people of the operator.
    async fn review_report_decide(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what becomes of it.")] input: ReviewReportDecideInput,
    ) -> Option<Result<ReviewPayload>> {
        let run = async {
            let session = session(ctx)?;
            let decision = match input.decision {
                ReportDecisionInput::Keep(reasons) => Ok(reasons),
                ReportDecisionInput::Remove(judgement) => Err(judgement.into()),
            };
            payload(Box::pin(ratings::decide_report(session.cx(), session.actor(), input.review_id, input.report_id, decision)).await)
        };
        Some(run.await)
    }

    /// Hides the reply to a review, for a listed reason. For people of the operator.
    async fn review_reply_hide(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which review, and why.")] input: ReviewReplyHideInput,
    ) -> Option<Result<ReviewPayload>> {
        let run = async {
            let session = session(ctx)?;
            payload(Box::pin(ratings::hide_reply(session.cx(), session.actor(), input.review_id, input.judgement.into())).await)
        };
        Some(run.await)
    }

    /// Shows it again. For people of the operator.
    async fn review_reply_show(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which review.")] input: ReviewReplyShowInput,
    ) -> Option<Result<ReviewPayload>> {
        let run = async {
            let session = session(ctx)?;
            payload(Box::pin(ratings::show_reply(session.cx(), session.actor(), input.review_id)).await)
        };
        Some(run.await)
    }
}
