//! What buyers answer, and what authors and sellers do with reviews.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use chrono::NaiveDate;

use super::super::errors::{Result, UserError, split};
use super::super::session::session;
use super::scores::SupportRatingObject;
use super::words::{ReviewReportReason, given};
use super::{QuoteConsent, ReviewObject, SolvedAnswer};
use crate::domain::ids::RatingId;
use crate::store::ReviewRow;
use crate::workflow::ratings::{self, AuthorsWish, ReviewDraft, Submission, SupportDraft};

/// A grade of one criterion.
#[derive(InputObject)]
struct GradeInput {
    /// The criterion's short name.
    criterion: String,
    /// 1 to 5; 5 is best.
    grade: i32,
}

fn given_grades(grades: Vec<GradeInput>) -> Vec<(String, i64)> {
    grades.into_iter().map(|one| (one.criterion, one.grade.into())).collect()
}

/// What is said of a product or a seller.
#[derive(InputObject)]
pub(in crate::graphql) struct ReviewDraftInput {
    /// The grades, at least one. A criterion that is left out never counts as a bad grade.
    grades: Vec<GradeInput>,
    /// In words, at most 5,000 characters; may be empty.
    #[graphql(default)]
    text: String,
    /// Whether it may be quoted elsewhere.
    #[graphql(default_with = "QuoteConsent::Withheld")]
    quote_consent: QuoteConsent,
}

impl From<ReviewDraftInput> for ReviewDraft {
    fn from(input: ReviewDraftInput) -> Self {
        Self { grades: given_grades(input.grades), text: input.text, consent: input.quote_consent.into() }
    }
}

/// What is said of the support.
#[derive(InputObject)]
struct SupportDraftInput {
    /// The grades; may be empty when one of the other questions is answered.
    #[graphql(default)]
    grades: Vec<GradeInput>,
    /// In words, at most 5,000 characters; may be empty.
    #[graphql(default)]
    text: String,
    /// Whether it was solved; null without an answer.
    solved: Option<SolvedAnswer>,
    /// How likely the buyer is to recommend the marketplace, 0 to 10; null without an answer.
    recommendation: Option<i32>,
}

/// All that is answered at once.
#[derive(InputObject)]
pub(in crate::graphql) struct RatingSubmitInput {
    /// What follows `/rate/` in the invitation's address.
    token: String,
    /// Of the product; null for nothing.
    product: Option<ReviewDraftInput>,
    /// Of the seller; null for nothing.
    seller: Option<ReviewDraftInput>,
    /// Of the support; null for nothing.
    support: Option<SupportDraftInput>,
    /// When the experience was, not in the future; null for the day of the delivery, where it is known, or today.
    experience_on: Option<NaiveDate>,
}

/// What was made of it.
#[derive(SimpleObject)]
pub(in crate::graphql) struct RatingSubmitPayload {
    /// The reviews, of the product first; null when nothing was stored.
    reviews: Option<Vec<ReviewObject>>,
    /// What was said of the support; null when nothing was.
    support: Option<SupportRatingObject>,
    /// What is wrong with the input; when there is anything, nothing was stored.
    user_errors: Vec<UserError>,
}

/// What came of it.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ReviewPayload {
    /// The review as it is now; null when nothing was done.
    review: Option<ReviewObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

pub(super) fn payload(done: std::result::Result<ReviewRow, crate::workflow::Error>) -> Result<ReviewPayload> {
    let (row, user_errors) = split(done)?;
    Ok(ReviewPayload { review: row.map(ReviewObject), user_errors })
}

/// A review, written anew.
#[derive(InputObject)]
pub(in crate::graphql) struct ReviewRewriteInput {
    /// Which.
    review_id: RatingId,
    /// The `revision` that the author saw.
    revision: i32,
    /// What it says now.
    draft: ReviewDraftInput,
    /// When the experience was; null for what was said before.
    experience_on: Option<NaiveDate>,
}

/// A review to take back.
#[derive(InputObject)]
pub(in crate::graphql) struct ReviewWithdrawInput {
    /// Which.
    review_id: RatingId,
    /// The `revision` that the author saw.
    revision: i32,
}

/// Whether the author may be quoted.
#[derive(InputObject)]
pub(in crate::graphql) struct ReviewQuoteConsentSetInput {
    /// Which review.
    review_id: RatingId,
    /// The `revision` that the author saw.
    revision: i32,
    /// Whether it may be quoted elsewhere, with the author's short name.
    quote_consent: QuoteConsent,
}

/// A complaint.
#[derive(InputObject)]
pub(in crate::graphql) struct ReviewComplainInput {
    /// Of what was decided about which review.
    review_id: RatingId,
    /// Why, 1 to 8,000 characters.
    text: String,
}

/// A reply.
#[derive(InputObject)]
pub(in crate::graphql) struct ReviewReplyInput {
    /// To which review.
    review_id: RatingId,
    /// In words, 1 to 3,000 characters, without addresses, telephone numbers or links: it is public at once.
    text: String,
    /// The review's revision that you saw, to put your reply otherwise; null to reply.
    revision: Option<i32>,
}

/// Who reports, unless it is the seller.
#[derive(InputObject)]
struct ReporterInput {
    /// The name, 1 to 200 characters.
    name: String,
    /// The e-mail address, to be told what became of it.
    email: String,
}

/// A report of a review.
#[derive(InputObject)]
pub(in crate::graphql) struct ReviewReportInput {
    /// Which.
    review_id: RatingId,
    /// What is reported.
    reason: ReviewReportReason,
    /// Why, 1 to 4,000 characters.
    text: String,
    /// Who reports; null for the seller that it is about.
    reporter: Option<ReporterInput>,
}

/// The mutations of this file.
#[derive(Default)]
pub(in crate::graphql) struct SubmittingMutations;

#[Object]
impl SubmittingMutations {
    /// Answers an invitation, once: all of it, or nothing when something has a fault. For the marketplace's software, and for the
    /// invited buyer. What nothing speaks against is published at once, be it good or bad; where somebody's personal data or
    /// advertising may be in it, a person looks first.
    async fn rating_submit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The answers.")] input: RatingSubmitInput,
    ) -> Option<Result<RatingSubmitPayload>> {
        let run = async {
            let session = session(ctx)?;
            let support = input.support.map(|draft| SupportDraft {
                grades: given_grades(draft.grades),
                text: draft.text,
                solved: draft.solved.map(Into::into),
                recommendation: draft.recommendation.map(Into::into),
            });
            let (product, seller) = (input.product.map(Into::into), input.seller.map(Into::into));
            let submission = Submission { product, seller, support, experience_on: input.experience_on };
            let done = Box::pin(ratings::submit(session.cx(), session.actor(), &input.token, submission)).await;
            let (made, user_errors) = split(done)?;
            let Some(made) = made else { return Ok(RatingSubmitPayload { reviews: None, support: None, user_errors }) };
            let marketplace = session.marketplace().await?;
            let support = made.support.map(|row| {
                let criteria = &marketplace.charter.ratings.criteria;
                let grades = row.grades.as_ref().map(|answers| given(answers, criteria, &marketplace.locale)).unwrap_or_default();
                SupportRatingObject(row, grades)
            });
            let reviews = Some(made.reviews.into_iter().map(ReviewObject).collect());
            Ok(RatingSubmitPayload { reviews, support, user_errors })
        };
        Some(run.await)
    }

    /// Writes a review anew. For its author, and the marketplace's software. What is published stays until the new version was
    /// checked; both dates are shown.
    async fn review_rewrite(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it says now.")] input: ReviewRewriteInput,
    ) -> Option<Result<ReviewPayload>> {
        let run = async {
            let session = session(ctx)?;
            let wish = AuthorsWish { review: input.review_id, revision: input.revision };
            let done = ratings::rewrite(session.cx(), session.actor(), wish, input.draft.into(), input.experience_on);
            payload(Box::pin(done).await)
        };
        Some(run.await)
    }

    /// Says whether a review may be quoted elsewhere; the words stay as they are. For its author, and the marketplace's software.
    async fn review_quote_consent_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and whether.")] input: ReviewQuoteConsentSetInput,
    ) -> Option<Result<ReviewPayload>> {
        let run = async {
            let session = session(ctx)?;
            let wish = AuthorsWish { review: input.review_id, revision: input.revision };
            payload(Box::pin(ratings::agree(session.cx(), session.actor(), wish, input.quote_consent.into())).await)
        };
        Some(run.await)
    }

    /// Takes a review back. For its author, and the marketplace's software.
    async fn review_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: ReviewWithdrawInput,
    ) -> Option<Result<ReviewPayload>> {
        let run = async {
            let session = session(ctx)?;
            let wish = AuthorsWish { review: input.review_id, revision: input.revision };
            payload(Box::pin(ratings::take_back(session.cx(), session.actor(), wish)).await)
        };
        Some(run.await)
    }

    /// Complains of a refusal or removal, once, free of charge. For the author, and the marketplace's software.
    async fn review_complain(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of what, and why.")] input: ReviewComplainInput,
    ) -> Option<Result<ReviewPayload>> {
        let run = async {
            let session = session(ctx)?;
            payload(Box::pin(ratings::complain(session.cx(), session.actor(), input.review_id, &input.text)).await)
        };
        Some(run.await)
    }

    /// Replies to a review, in public. For the seller that it is about, and the operator in its place. There is one reply:
    /// a second one is refused, and who gave it changes it by naming the `revision`.
    async fn review_reply(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "To what, and the words.")] input: ReviewReplyInput,
    ) -> Option<Result<ReviewPayload>> {
        let run = async {
            let session = session(ctx)?;
            payload(Box::pin(ratings::reply(session.cx(), session.actor(), input.review_id, &input.text, input.revision)).await)
        };
        Some(run.await)
    }

    /// Reports a review, with reasons. The seller that it is about may doubt that it is genuine, free of charge; anybody may report
    /// what is illegal, through the marketplace's software or the operator. A person of the operator decides.
    async fn review_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What, and why.")] input: ReviewReportInput,
    ) -> Option<Result<ReviewPayload>> {
        let run = async {
            let session = session(ctx)?;
            let person = input.reporter.map(|one| (one.name, one.email));
            let reason = input.reason.into();
            payload(Box::pin(ratings::report(session.cx(), session.actor(), input.review_id, reason, &input.text, person)).await)
        };
        Some(run.await)
    }
}
