//! What became of refunds that no payment system speaks of by itself.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};

use super::errors::{Result, UserError, split};
use super::scalars::MoneyInput;
use super::session::session;
use crate::domain::ids::RefundId;
use crate::domain::refunds::FailureKind;
use crate::workflow::payments::{self, ReportedStatus, SettlementReport};

/// Where a refund stands, by the word of who moves the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum SettlementStatus {
    /// It is worked on; another report will come.
    Pending,
    /// The money has moved.
    Succeeded,
    /// It has not, and never will under this key. Only an attempt with another key can succeed.
    Failed,
    /// It had moved, and came back.
    Reversed,
}

impl From<SettlementStatus> for ReportedStatus {
    fn from(status: SettlementStatus) -> Self {
        match status {
            SettlementStatus::Pending => Self::Pending,
            SettlementStatus::Succeeded => Self::Succeeded,
            SettlementStatus::Failed => Self::Failed,
            SettlementStatus::Reversed => Self::Reversed,
        }
    }
}

/// Why no money moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum SettlementFailure {
    /// The card or account is lost, stolen, expired or closed.
    AccountGone,
    /// There is not enough money to refund from.
    InsufficientFunds,
    /// The bank said no.
    Declined,
    /// The payment is disputed with the bank.
    PaymentDisputed,
    /// It was called off.
    Canceled,
    /// Any other reason.
    Other,
}

impl From<SettlementFailure> for FailureKind {
    fn from(failure: SettlementFailure) -> Self {
        match failure {
            SettlementFailure::AccountGone => Self::AccountGone,
            SettlementFailure::InsufficientFunds => Self::InsufficientFunds,
            SettlementFailure::Declined => Self::Declined,
            SettlementFailure::PaymentDisputed => Self::PaymentDisputed,
            SettlementFailure::Canceled => Self::Canceled,
            SettlementFailure::Other => Self::Other,
        }
    }
}

/// What became of an instruction to refund.
#[derive(InputObject)]
pub(super) struct RefundReportSettlementInput {
    /// The key that came with the instruction: `refund:rfd_0192f0…:1`.
    idempotency_key: String,
    /// What the payment system knows the refund by, 1 to 255 characters; null when it has not said.
    reference: Option<String>,
    /// Where it stands.
    status: SettlementStatus,
    /// Why it failed; only with `FAILED`. Null stands for `OTHER`.
    failure: Option<SettlementFailure>,
    /// How much has moved, in the refund's currency; required with `SUCCEEDED`. Another amount than was instructed is taken down,
    /// not booked, and shown to the operator.
    amount: Option<MoneyInput>,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct RefundReportSettlementPayload {
    /// The refund that heard of it; null when nothing was done.
    refund_id: Option<RefundId>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// The mutations of this file.
#[derive(Default)]
pub(super) struct PaymentMutations;

#[Object]
impl PaymentMutations {
    /// Says what became of a refund: of one that was instructed to the marketplace's own software, or that is paid by hand, such as
    /// by bank transfer. The same report again changes nothing, and the order of reports does not matter. For vendors and operators;
    /// what goes through Stripe is reported by Stripe.
    async fn refund_report_settlement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What became of it.")] input: RefundReportSettlementInput,
    ) -> Option<Result<RefundReportSettlementPayload>> {
        // Boxed: what a refund sets in motion is much.
        let run = Box::pin(async {
            let session = session(ctx)?;
            let report = SettlementReport {
                key: input.idempotency_key,
                reference: input.reference,
                status: input.status.into(),
                failure: input.failure.map(Into::into),
                amount: input.amount.map(Into::into),
            };
            let (refund_id, user_errors) = split(payments::report(session.cx(), session.actor(), report).await)?;
            Ok(RefundReportSettlementPayload { refund_id, user_errors })
        });
        Some(run.await)
    }
}
