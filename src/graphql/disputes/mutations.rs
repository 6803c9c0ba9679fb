//! What people do with disputes.

use async_graphql::{Context, Object};

use super::super::errors::{Result, split};
use super::super::session::session;
use super::DisputeObject;
use super::inputs::{
    DisputeAcceptOfferInput, DisputeAcceptOfferPayload, DisputeAcceptProposalInput, DisputeAcceptProposalPayload, DisputeAnswerInput,
    DisputeAnswerPayload, DisputeAppealInput, DisputeAppealPayload, DisputeCounterOfferInput, DisputeCounterOfferPayload,
    DisputeDecideAppealInput, DisputeDecideAppealPayload, DisputeDecideInput, DisputeDecidePayload, DisputeEscalateInput,
    DisputeEscalatePayload, DisputeMakeOfferInput, DisputeMakeOfferPayload, DisputeOpenInput, DisputeOpenPayload, DisputeProposeInput,
    DisputeProposePayload, DisputeRefuseOfferInput, DisputeRefuseOfferPayload, DisputeRefuseProposalInput, DisputeRefuseProposalPayload,
    DisputeRequestEvidenceInput, DisputeRequestEvidencePayload, DisputeStandBackInput, DisputeStandBackPayload, DisputeSubmitEvidenceInput,
    DisputeSubmitEvidencePayload, DisputeTakeUpInput, DisputeTakeUpPayload, DisputeWithdrawInput, DisputeWithdrawPayload, Outcome, money,
};
use crate::workflow::Error;
use crate::workflow::disputes::{self, Opening, Step, Wish};

/// Does one thing with a dispute. Boxed: what every mutation needs at most is set aside for each.
async fn take(ctx: &Context<'_>, step: Step, wish: std::result::Result<Wish, Error>) -> Result<Outcome> {
    let session = session(ctx)?;
    let taken = match wish {
        Ok(wish) => Box::pin(disputes::take(session.cx(), session.actor(), step, wish)).await,
        Err(error) => Err(error),
    };
    let (dispute, user_errors) = split(taken)?;
    Ok((dispute.map(DisputeObject), user_errors))
}

async fn open(ctx: &Context<'_>, input: DisputeOpenInput) -> Result<Outcome> {
    let session = session(ctx)?;
    let opened = match input.amount.as_ref().map(money).transpose() {
        Err(error) => Err(error),
        Ok(amount) => {
            let opening = Opening {
                order: input.order_id,
                order_line: input.line_id,
                case: input.case_id,
                return_id: input.return_id,
                reason: input.reason.into(),
                text: input.text,
                wanted: input.wanted.into(),
                amount,
            };
            Box::pin(disputes::open(session.cx(), session.actor(), opening)).await
        }
    };
    let (dispute, user_errors) = split(opened)?;
    Ok((dispute.map(DisputeObject), user_errors))
}

/// The mutations of disputes.
#[derive(Default)]
pub(in crate::graphql) struct DisputeMutations;

#[Object]
impl DisputeMutations {
    /// Opens a dispute about an order or a line of it: for the buyer by the marketplace's software or the operator, for the
    /// seller by the seller. There is one open dispute about a line at most.
    async fn dispute_open(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "About what.")] input: DisputeOpenInput,
    ) -> Option<Result<DisputeOpenPayload>> {
        Some(Box::pin(open(ctx, input)).await.map(Into::into))
    }

    /// Answers a dispute, once, for the party that did not open it. An offer or evidence is an answer as well.
    async fn dispute_answer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What.")] input: DisputeAnswerInput,
    ) -> Option<Result<DisputeAnswerPayload>> {
        Some(Box::pin(take(ctx, input.step(), Ok(Wish::Answer(input.text)))).await.map(Into::into))
    }

    /// Offers the other party something, while the parties talk. One offer is open at a time.
    async fn dispute_make_offer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What.")] input: DisputeMakeOfferInput,
    ) -> Option<Result<DisputeMakeOfferPayload>> {
        Some(Box::pin(take(ctx, input.step(), input.bid().map(Wish::MakeOffer))).await.map(Into::into))
    }

    /// Offers something else in answer to the open offer.
    async fn dispute_counter_offer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What.")] input: DisputeCounterOfferInput,
    ) -> Option<Result<DisputeCounterOfferPayload>> {
        Some(Box::pin(take(ctx, input.step(), input.bid().map(Wish::CounterOffer))).await.map(Into::into))
    }

    /// Accepts the other party's offer: the dispute is settled, and money that was offered is refunded at once.
    async fn dispute_accept_offer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: DisputeAcceptOfferInput,
    ) -> Option<Result<DisputeAcceptOfferPayload>> {
        Some(Box::pin(take(ctx, input.step(), Ok(Wish::AcceptOffer(input.offer_id)))).await.map(Into::into))
    }

    /// Refuses the other party's offer.
    async fn dispute_refuse_offer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: DisputeRefuseOfferInput,
    ) -> Option<Result<DisputeRefuseOfferPayload>> {
        Some(Box::pin(take(ctx, input.step(), Ok(Wish::RefuseOffer(input.offer_id)))).await.map(Into::into))
    }

    /// Takes a dispute back, by who opened it, until the operator decides.
    async fn dispute_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: DisputeWithdrawInput,
    ) -> Option<Result<DisputeWithdrawPayload>> {
        Some(Box::pin(take(ctx, input.step(), Ok(Wish::Withdraw))).await.map(Into::into))
    }

    /// Asks for the operator's help: once the other party had its time to answer, or at once for safety, counterfeit goods,
    /// fraud and abuse.
    async fn dispute_escalate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: DisputeEscalateInput,
    ) -> Option<Result<DisputeEscalatePayload>> {
        Some(Box::pin(take(ctx, input.step(), Ok(Wish::Escalate))).await.map(Into::into))
    }

    /// Says that the operator does not decide a dispute. The buyer is told why, and of the consumer mediator. For operators.
    async fn dispute_stand_back(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and why.")] input: DisputeStandBackInput,
    ) -> Option<Result<DisputeStandBackPayload>> {
        Some(Box::pin(take(ctx, input.step(), Ok(Wish::StandBack(input.text)))).await.map(Into::into))
    }

    /// Conciliates in a dispute: whoever does may not decide it. For operators.
    async fn dispute_take_up(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: DisputeTakeUpInput,
    ) -> Option<Result<DisputeTakeUpPayload>> {
        Some(Box::pin(take(ctx, input.step(), Ok(Wish::TakeUp))).await.map(Into::into))
    }

    /// Proposes something to both parties. For operators; whoever does conciliates, and may not decide.
    async fn dispute_propose(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What.")] input: DisputeProposeInput,
    ) -> Option<Result<DisputeProposePayload>> {
        Some(Box::pin(take(ctx, input.step(), input.bid().map(Wish::Propose))).await.map(Into::into))
    }

    /// Accepts a proposal. When both have, the dispute is settled.
    async fn dispute_accept_proposal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: DisputeAcceptProposalInput,
    ) -> Option<Result<DisputeAcceptProposalPayload>> {
        Some(Box::pin(take(ctx, input.step(), Ok(Wish::AcceptProposal(input.proposal_id)))).await.map(Into::into))
    }

    /// Refuses a proposal, which ends the conciliation.
    async fn dispute_refuse_proposal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: DisputeRefuseProposalInput,
    ) -> Option<Result<DisputeRefuseProposalPayload>> {
        Some(Box::pin(take(ctx, input.step(), Ok(Wish::RefuseProposal(input.proposal_id)))).await.map(Into::into))
    }

    /// Asks a party for evidence, and gives it time. For operators.
    async fn dispute_request_evidence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom, for what.")] input: DisputeRequestEvidenceInput,
    ) -> Option<Result<DisputeRequestEvidencePayload>> {
        Some(Box::pin(take(ctx, input.step(), Ok(Wish::RequestEvidence(input.of.into(), input.text)))).await.map(Into::into))
    }

    /// Hands evidence in. It never changes and cannot be taken back.
    async fn dispute_submit_evidence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What, for whose eyes.")] input: DisputeSubmitEvidenceInput,
    ) -> Option<Result<DisputeSubmitEvidencePayload>> {
        Some(Box::pin(take(ctx, input.step(), Ok(Wish::SubmitEvidence(input.piece())))).await.map(Into::into))
    }

    /// Decides a dispute, once both sides were heard. What is decided is carried out at once. For operators who have not
    /// conciliated in it.
    async fn dispute_decide(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How.")] input: DisputeDecideInput,
    ) -> Option<Result<DisputeDecidePayload>> {
        Some(Box::pin(take(ctx, input.step(), input.ruling().map(Wish::Decide))).await.map(Into::into))
    }

    /// Appeals a decision, once, with something new, for the party that did not get all it could.
    async fn dispute_appeal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Why, with what.")] input: DisputeAppealInput,
    ) -> Option<Result<DisputeAppealPayload>> {
        Some(Box::pin(take(ctx, input.step(), input.pieces().map(|(text, pieces)| Wish::Appeal(text, pieces)))).await.map(Into::into))
    }

    /// Decides an appeal for good. For operators who have neither conciliated in it nor decided it.
    async fn dispute_decide_appeal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How.")] input: DisputeDecideAppealInput,
    ) -> Option<Result<DisputeDecideAppealPayload>> {
        Some(Box::pin(take(ctx, input.step(), input.ruling().map(Wish::DecideAppeal))).await.map(Into::into))
    }
}
