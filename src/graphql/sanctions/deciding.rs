//! Decisions against sellers, complaints of them, and how they are taken back.

use async_graphql::{Context, InputObject, Object, OneofObject, SimpleObject};
use chrono::{DateTime, Utc};

use super::super::errors::{Result, UserError, split};
use super::super::session::session;
use super::{NoticeException, SanctionComplaintOutcome, SanctionDetection, SanctionGravity, SanctionObject, SanctionStep};
use crate::domain::ids::{SanctionId, SanctionProposalId, SellerId};
use crate::domain::statements::Ground;
use crate::store::SanctionRow;
use crate::workflow::sanctions::{self, SanctionDraft};

/// On what a decision rests: on one of these.
#[derive(OneofObject)]
enum SanctionGroundInput {
    /// On the law: the article, and why it was infringed; 1 to 1,000 characters.
    Law(String),
    /// On the marketplace's terms: the clause, and why it was infringed; 1 to 1,000 characters.
    Terms(String),
}

/// A decision against a seller.
#[derive(InputObject)]
pub(in crate::graphql) struct SanctionImposeInput {
    /// Against whom.
    seller_id: SellerId,
    /// How far.
    step: SanctionStep,
    /// The facts and circumstances, 1 to 8,000 characters. The seller reads them.
    facts: String,
    /// On what it rests.
    ground: SanctionGroundInput,
    /// How the facts were established.
    #[graphql(default_with = "SanctionDetection::ByPerson")]
    detection: SanctionDetection,
    /// How to complain, 1 to 1,000 characters; null for what the charter's `sellerComplaints` say.
    redress: Option<String>,
    /// From when on it holds, not before now; null for the first moment that the law allows.
    effective_at: Option<DateTime<Utc>>,
    /// Until when the seller can put it right: of a warning, which must have it.
    fix_until: Option<DateTime<Utc>>,
    /// What makes a warning needless; null when the seller was warned.
    gravity: Option<SanctionGravity>,
    /// What makes 30 days of notice needless; null for notice. For the end of an account.
    notice_exception: Option<NoticeException>,
    /// What measures proposed against that seller, if it follows from that; its measures become those of the decision. Null when it
    /// is not about measures.
    proposal_id: Option<SanctionProposalId>,
}

/// A seller's complaint.
#[derive(InputObject)]
pub(in crate::graphql) struct SanctionComplainInput {
    /// Of which decision.
    sanction_id: SanctionId,
    /// Why, 1 to 8,000 characters.
    text: String,
}

/// The answer to a complaint.
#[derive(InputObject)]
pub(in crate::graphql) struct SanctionComplaintAnswerInput {
    /// Of which decision.
    sanction_id: SanctionId,
    /// What becomes of it.
    outcome: SanctionComplaintOutcome,
    /// Why, 1 to 8,000 characters. The seller reads it.
    reasons: String,
}

/// A decision to take back.
#[derive(InputObject)]
pub(in crate::graphql) struct SanctionLiftInput {
    /// Which.
    sanction_id: SanctionId,
    /// Why, 1 to 2,000 characters. The seller reads it.
    reasons: String,
}

/// What came of it.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SanctionPayload {
    /// The decision as it is now; null when nothing was done.
    sanction: Option<SanctionObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

fn payload(done: std::result::Result<SanctionRow, crate::workflow::Error>) -> Result<SanctionPayload> {
    let (row, user_errors) = split(done)?;
    Ok(SanctionPayload { sanction: row.map(SanctionObject), user_errors })
}

impl From<SanctionImposeInput> for SanctionDraft {
    fn from(input: SanctionImposeInput) -> Self {
        Self {
            seller: input.seller_id,
            step: input.step.into(),
            facts: input.facts,
            ground: match input.ground {
                SanctionGroundInput::Law(text) => Ground::Law { text },
                SanctionGroundInput::Terms(text) => Ground::Terms { text },
            },
            detection: input.detection.into(),
            redress: input.redress,
            effective_at: input.effective_at,
            fix_until: input.fix_until,
            grave: input.gravity.map(Into::into),
            exception: input.notice_exception.map(Into::into),
            proposal: input.proposal_id,
        }
    }
}

/// The mutations of this file.
#[derive(Default)]
pub(in crate::graphql) struct SanctionMutations;

#[Object]
impl SanctionMutations {
    /// Decides against a seller. For people of the operator. The seller is sent the statement of reasons at once, which no setting
    /// stops; whether it can be reached by e-mail is the marketplace's to see to.
    async fn sanction_impose(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is decided.")] input: SanctionImposeInput,
    ) -> Option<Result<SanctionPayload>> {
        let run = async {
            let session = session(ctx)?;
            payload(Box::pin(sanctions::impose(session.cx(), session.actor(), input.into())).await)
        };
        Some(run.await)
    }

    /// Complains of a decision, once, free of charge. For the seller. The operator's staff is told by e-mail.
    async fn sanction_complain(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of what, and why.")] input: SanctionComplainInput,
    ) -> Option<Result<SanctionPayload>> {
        let run = async {
            let session = session(ctx)?;
            payload(Box::pin(sanctions::complain(session.cx(), session.actor(), input.sanction_id, &input.text)).await)
        };
        Some(run.await)
    }

    /// Answers a complaint. For people of the operator, but for who decided what it is about. What was wrong is lifted at once, and
    /// the seller stands as before.
    async fn sanction_complaint_answer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What becomes of it, and why.")] input: SanctionComplaintAnswerInput,
    ) -> Option<Result<SanctionPayload>> {
        let run = async {
            let session = session(ctx)?;
            let (id, outcome) = (input.sanction_id, input.outcome.into());
            payload(Box::pin(sanctions::answer(session.cx(), session.actor(), id, outcome, &input.reasons)).await)
        };
        Some(run.await)
    }

    /// Takes a decision back. For people of the operator.
    async fn sanction_lift(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and why.")] input: SanctionLiftInput,
    ) -> Option<Result<SanctionPayload>> {
        let run = async {
            let session = session(ctx)?;
            payload(Box::pin(sanctions::lift(session.cx(), session.actor(), input.sanction_id, &input.reasons)).await)
        };
        Some(run.await)
    }
}
