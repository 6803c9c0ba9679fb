//! What people do with refunds.

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::super::errors::{Result, UserError, split};
use super::super::session::{Session, session};
use super::RefundObject;
use super::enums::DeclineReason;
use super::inputs::{RefundEstablishInput, RefundGrantInput, RefundRequestInput};
use crate::domain::ids::RefundId;
use crate::domain::refunds::RefundMove;
use crate::store::StoredRefund;
use crate::workflow::Error;
use crate::workflow::refunds::{self, RefundRead};

macro_rules! payloads {
    ($($name:ident),+ $(,)?) => {$(
        /// What came of it.
        #[derive(SimpleObject)]
        pub(in crate::graphql) struct $name {
            /// The refund as it is now; null when nothing was done.
            refund: Option<RefundObject>,
            /// What is wrong with the input; when there is anything, nothing was done.
            user_errors: Vec<UserError>,
        }

        impl $name {
            fn of(outcome: std::result::Result<StoredRefund, Error>) -> Result<Self> {
                let (refund, user_errors) = split(outcome)?;
                Ok(Self { refund: refund.map(RefundObject), user_errors })
            }
        }
    )+};
}

payloads!(
    RefundRequestPayload,
    RefundGrantPayload,
    RefundApprovePayload,
    RefundDeclinePayload,
    RefundConsentPayload,
    RefundRefuseConsentPayload,
    RefundSubmitPayload,
    RefundRetryPayload,
    RefundCancelPayload,
    RefundEstablishPayload,
);

macro_rules! reads {
    ($($name:ident),+ $(,)?) => {$(
        /// A refund, as it was read.
        #[derive(InputObject)]
        pub(in crate::graphql) struct $name {
            /// Which.
            refund_id: RefundId,
            /// The revision that the decision was made on.
            revision: i32,
        }

        impl $name {
            const fn read(&self) -> RefundRead {
                RefundRead { refund: self.refund_id, revision: self.revision }
            }
        }
    )+};
}

reads!(RefundApproveInput, RefundRefuseConsentInput, RefundSubmitInput, RefundRetryInput, RefundCancelInput);

/// A refund to refuse.
#[derive(InputObject)]
pub(in crate::graphql) struct RefundDeclineInput {
    /// Which.
    refund_id: RefundId,
    /// The revision that the decision was made on.
    revision: i32,
    /// The kind of reason.
    reason: DeclineReason,
    /// In words for the buyer, who is told them: 1 to 2,000 characters.
    text: String,
}

/// A buyer's consent.
#[derive(InputObject)]
pub(in crate::graphql) struct RefundConsentInput {
    /// To which refund.
    refund_id: RefundId,
    /// The revision that the buyer saw.
    revision: i32,
    /// What the buyer agreed to, in the words that were shown: 1 to 2,000 characters. It is kept as proof.
    text: String,
}

async fn decided(session: &Session, read: RefundRead, action: RefundMove) -> std::result::Result<StoredRefund, Error> {
    Box::pin(refunds::decide(session.cx(), session.actor(), read, action)).await
}

/// The mutations of refunds.
#[derive(Default)]
pub(in crate::graphql) struct RefundMutations;

#[Object]
// Boxed, all of them: what every mutation needs at most is set aside for each.
impl RefundMutations {
    /// Asks for a refund on an order line, in one call: without units and amount it is for all that can be refunded. While one is open
    /// on the line, a second call gives that one. The seller has the first word. For buyers' links, sellers, operators and vendors.
    async fn refund_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What.")] input: RefundRequestInput,
    ) -> Option<Result<RefundRequestPayload>> {
        let run = async {
            let session = session(ctx)?;
            let outcome = match input.read() {
                Ok(ask) => Box::pin(refunds::request(session.cx(), session.actor(), ask)).await,
                Err(error) => Err(error),
            };
            RefundRequestPayload::of(outcome)
        };
        Some(run.await)
    }

    /// Grants a refund, in whole or in part. No money moves by it. Above the charter's limit it waits for another person of the
    /// operator; where the law gives money, credit, codes and bank transfers wait for the buyer's consent. For the seller while it has
    /// the word, and for operators.
    async fn refund_grant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How.")] input: RefundGrantInput,
    ) -> Option<Result<RefundGrantPayload>> {
        let run = async {
            let session = session(ctx)?;
            let outcome = match input.read() {
                Ok((read, ask)) => Box::pin(refunds::grant(session.cx(), session.actor(), read, ask)).await,
                Err(error) => Err(error),
            };
            RefundGrantPayload::of(outcome)
        };
        Some(run.await)
    }

    /// Approves what somebody else granted. For operators.
    async fn refund_approve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: RefundApproveInput,
    ) -> Option<Result<RefundApprovePayload>> {
        let run = async { RefundApprovePayload::of(decided(session(ctx)?, input.read(), RefundMove::Approve).await) };
        Some(run.await)
    }

    /// Refuses a refund, with a reason that the buyer is told. Not what the law gives for certain. For the seller while it has the
    /// word, and for operators.
    async fn refund_decline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which and why.")] input: RefundDeclineInput,
    ) -> Option<Result<RefundDeclinePayload>> {
        let run = async {
            let read = RefundRead { refund: input.refund_id, revision: input.revision };
            let action = RefundMove::Decline { reason: input.reason.into(), text: input.text };
            RefundDeclinePayload::of(decided(session(ctx)?, read, action).await)
        };
        Some(run.await)
    }

    /// Records that the buyer agrees to credit, a code or a bank transfer. For buyers' links and vendors.
    async fn refund_consent(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "To what.")] input: RefundConsentInput,
    ) -> Option<Result<RefundConsentPayload>> {
        let run = async {
            let read = RefundRead { refund: input.refund_id, revision: input.revision };
            RefundConsentPayload::of(decided(session(ctx)?, read, RefundMove::Consent { text: input.text }).await)
        };
        Some(run.await)
    }

    /// Records that the buyer does not agree: the money goes back the way it was paid. For buyers' links and vendors.
    async fn refund_refuse_consent(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: RefundRefuseConsentInput,
    ) -> Option<Result<RefundRefuseConsentPayload>> {
        let run = async { RefundRefuseConsentPayload::of(decided(session(ctx)?, input.read(), RefundMove::RefuseConsent).await) };
        Some(run.await)
    }

    /// Has the payment system told of a refund that was granted. For operators.
    async fn refund_submit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: RefundSubmitInput,
    ) -> Option<Result<RefundSubmitPayload>> {
        let run = async { RefundSubmitPayload::of(decided(session(ctx)?, input.read(), RefundMove::Submit).await) };
        Some(run.await)
    }

    /// Has the payment system told anew after a failure, with a new key. For operators.
    async fn refund_retry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: RefundRetryInput,
    ) -> Option<Result<RefundRetryPayload>> {
        let run = async { RefundRetryPayload::of(decided(session(ctx)?, input.read(), RefundMove::Retry).await) };
        Some(run.await)
    }

    /// Calls a refund off before any money moved. For operators.
    async fn refund_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: RefundCancelInput,
    ) -> Option<Result<RefundCancelPayload>> {
        let run = async { RefundCancelPayload::of(decided(session(ctx)?, input.read(), RefundMove::Cancel).await) };
        Some(run.await)
    }

    /// Says that the law gives a refund for certain, so that it cannot be declined any more, and starts the clock of the law; or sets
    /// that clock anew, for instance because the goods are back. For operators.
    async fn refund_establish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and since when.")] input: RefundEstablishInput,
    ) -> Option<Result<RefundEstablishPayload>> {
        let run = async {
            let session = session(ctx)?;
            let outcome = match input.read(session.cx().now()) {
                Ok((read, clock)) => decided(session, read, RefundMove::Establish { clock }).await,
                Err(error) => Err(error),
            };
            RefundEstablishPayload::of(outcome)
        };
        Some(run.await)
    }
}
