//! What happened to returns, withdrawals, refunds and disputes. The objects say the rest, to whom it is for.

use async_graphql::{Context, Enum, Object};
use chrono::{DateTime, Utc};

use super::super::cases::{CaseObject, known_case};
use super::super::disputes::DisputeStage;
use super::super::errors::Result;
use super::super::scalars::MoneyObject;
use super::super::session::session;
use super::{EventActor, TimelineItem};
use crate::domain::disputes::DisputeEvent;
use crate::domain::ids::{DisputeId, EventId, RefundId, ReturnId, WithdrawalId};
use crate::domain::refunds::RefundEvent;
use crate::domain::returns::ReturnEvent;
use crate::domain::timeline::Event;
use crate::domain::withdrawals::WithdrawalEvent;

/// What can happen to a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum RefundChange {
    /// Somebody asked for it.
    Requested,
    /// The seller was silent; the operator decides.
    HandedToOperator,
    /// It is certain that the law gives it.
    ClaimEstablished,
    /// The clock of the law was set anew, for instance because the goods are back.
    LegalClockChanged,
    /// Somebody granted it, and a second person has to approve.
    GrantProposed,
    /// It was granted.
    Granted,
    /// The buyer is asked whether they agree to credit or a code.
    ConsentAsked,
    /// They agreed.
    Consented,
    /// They did not: the money goes back the way it was paid.
    FellBack,
    /// It was refused.
    Declined,
    /// The payment system was told.
    Submitted,
    /// The payment system works on it.
    Pending,
    /// The payment system has been slow.
    PendingTooLong,
    /// The money has moved.
    Succeeded,
    /// The payment system could not.
    Failed,
    /// The payment system took it back.
    Reversed,
    /// The operator called it off.
    Canceled,
    /// The payment system moved another amount than was granted. A person must look at it.
    AmountDiffers,
    /// The payment system says something that cannot be: that an attempt succeeded after a later one was made.
    Contradicted,
}

impl From<&RefundEvent> for RefundChange {
    fn from(what: &RefundEvent) -> Self {
        match what {
            RefundEvent::Requested { .. } => Self::Requested,
            RefundEvent::HandedToOperator => Self::HandedToOperator,
            RefundEvent::ClaimEstablished { .. } => Self::ClaimEstablished,
            RefundEvent::LegalClockChanged => Self::LegalClockChanged,
            RefundEvent::GrantProposed { .. } => Self::GrantProposed,
            RefundEvent::Granted { .. } => Self::Granted,
            RefundEvent::ConsentAsked { .. } => Self::ConsentAsked,
            RefundEvent::Consented => Self::Consented,
            RefundEvent::FellBack => Self::FellBack,
            RefundEvent::Declined { .. } => Self::Declined,
            RefundEvent::Submitted { .. } => Self::Submitted,
            RefundEvent::Pending { .. } => Self::Pending,
            RefundEvent::PendingTooLong { .. } => Self::PendingTooLong,
            RefundEvent::Succeeded { .. } => Self::Succeeded,
            RefundEvent::Failed { .. } => Self::Failed,
            RefundEvent::Reversed { .. } => Self::Reversed,
            RefundEvent::Canceled => Self::Canceled,
            RefundEvent::AmountDiffers { .. } => Self::AmountDiffers,
            RefundEvent::Contradicted { .. } => Self::Contradicted,
        }
    }
}

/// What can happen to a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum ReturnChange {
    /// It was requested.
    Requested,
    /// It was approved, or the seller let the time for a decision pass.
    Approved,
    /// It was declined.
    Declined,
    /// The buyer was offered to keep the item.
    KeepOffered,
    /// The buyer keeps the item.
    OfferAccepted,
    /// The buyer does not; or said nothing in time.
    OfferDeclined,
    /// The buyer can send.
    ReadyToShip,
    /// It was sent.
    Shipped,
    /// The carrier delivered it.
    DeliveredBack,
    /// Pieces came.
    Received,
    /// It was lost on its way.
    Lost,
    /// What came was looked at.
    Inspected,
    /// A dispute about it was opened.
    Disputed,
    /// It was called off.
    Canceled,
    /// The buyer did not send it in time.
    Expired,
    /// It is over.
    Closed,
    /// It changed its state.
    StateChanged,
}

impl From<&ReturnEvent> for ReturnChange {
    fn from(what: &ReturnEvent) -> Self {
        match what {
            ReturnEvent::Requested { .. } => Self::Requested,
            ReturnEvent::Approved { .. } => Self::Approved,
            ReturnEvent::Declined { .. } => Self::Declined,
            ReturnEvent::KeepOffered { .. } => Self::KeepOffered,
            ReturnEvent::OfferAccepted { .. } => Self::OfferAccepted,
            ReturnEvent::OfferDeclined { .. } => Self::OfferDeclined,
            ReturnEvent::ReadyToShip { .. } => Self::ReadyToShip,
            ReturnEvent::Shipped { .. } => Self::Shipped,
            ReturnEvent::DeliveredBack => Self::DeliveredBack,
            ReturnEvent::Received { .. } => Self::Received,
            ReturnEvent::Lost { .. } => Self::Lost,
            ReturnEvent::Inspected { .. } => Self::Inspected,
            ReturnEvent::Disputed { .. } => Self::Disputed,
            ReturnEvent::Canceled { .. } => Self::Canceled,
            ReturnEvent::Expired => Self::Expired,
            ReturnEvent::Closed { .. } => Self::Closed,
            ReturnEvent::StateChanged { .. } => Self::StateChanged,
        }
    }
}

/// What can happen to a withdrawal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum WithdrawalChange {
    /// It was declared.
    Declared,
    /// It was confirmed, and so takes effect.
    Confirmed,
    /// The acknowledgement was delivered.
    AcknowledgementDelivered,
    /// A return carries it out.
    ReturnLinked,
    /// It was not confirmed in time.
    Lapsed,
}

impl From<&WithdrawalEvent> for WithdrawalChange {
    fn from(what: &WithdrawalEvent) -> Self {
        match what {
            WithdrawalEvent::Declared => Self::Declared,
            WithdrawalEvent::Confirmed { .. } => Self::Confirmed,
            WithdrawalEvent::AcknowledgementDelivered => Self::AcknowledgementDelivered,
            WithdrawalEvent::ReturnLinked { .. } => Self::ReturnLinked,
            WithdrawalEvent::Lapsed => Self::Lapsed,
        }
    }
}

/// What can happen to a dispute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum DisputeChange {
    /// It was opened.
    Opened,
    /// The other party answered.
    Answered,
    /// An offer was made, perhaps in answer to another.
    Offered,
    /// An offer or a proposal was declined.
    Declined,
    /// Its time ran out, or the dispute went on without it.
    Lapsed,
    /// An offer or a proposal was accepted by a party.
    Accepted,
    /// The operator's help was asked for, or the time for talking was over.
    Escalated,
    /// Somebody of the operator conciliates.
    TakenUp,
    /// The mediator proposed something to both.
    Proposed,
    /// A party was asked for evidence.
    EvidenceRequested,
    /// Evidence was handed in. Only those who may see it are told.
    EvidenceSubmitted,
    /// The operator does not decide this.
    StoodBack,
    /// The operator owes a decision and is late.
    DecisionLate,
    /// It was decided, first or on appeal. Who of the staff decided is not told.
    Decided,
    /// With a decision, and not for the buyer: who pays, and whether it counts against the seller.
    CostAllotted,
    /// It was appealed.
    Appealed,
    /// The parties agree.
    Settled,
    /// It went to another stage.
    StageChanged,
}

impl From<&DisputeEvent> for DisputeChange {
    fn from(what: &DisputeEvent) -> Self {
        match what {
            DisputeEvent::Opened { .. } => Self::Opened,
            DisputeEvent::Answered { .. } => Self::Answered,
            DisputeEvent::Offered { .. } => Self::Offered,
            DisputeEvent::Declined { .. } => Self::Declined,
            DisputeEvent::Lapsed { .. } => Self::Lapsed,
            DisputeEvent::Accepted { .. } => Self::Accepted,
            DisputeEvent::Escalated { .. } => Self::Escalated,
            DisputeEvent::TakenUp => Self::TakenUp,
            DisputeEvent::Proposed { .. } => Self::Proposed,
            DisputeEvent::EvidenceRequested { .. } => Self::EvidenceRequested,
            DisputeEvent::EvidenceSubmitted { .. } => Self::EvidenceSubmitted,
            DisputeEvent::StoodBack { .. } => Self::StoodBack,
            DisputeEvent::DecisionLate => Self::DecisionLate,
            DisputeEvent::Decided { .. } => Self::Decided,
            DisputeEvent::CostAllotted { .. } => Self::CostAllotted,
            DisputeEvent::Appealed { .. } => Self::Appealed,
            DisputeEvent::Settled { .. } => Self::Settled,
            DisputeEvent::StageChanged { .. } => Self::StageChanged,
        }
    }
}

event! {
    /// Something happened to a refund.
    RefundChangedEvent(refund: RefundId, what: RefundEvent) {
        /// What happened.
        async fn change(&self) -> RefundChange {
            (&self.what).into()
        }

        /// The refund.
        async fn refund_id(&self) -> RefundId {
            self.refund
        }

        /// How much it was about; null where it was not about an amount.
        async fn amount(&self) -> Option<MoneyObject> {
            match self.what {
                RefundEvent::GrantProposed { amount } | RefundEvent::Granted { amount, .. } | RefundEvent::Succeeded { amount, .. } => {
                    Some(amount.into())
                }
                RefundEvent::AmountDiffers { told, .. } => Some(told.into()),
                _ => None,
            }
        }
    }
}

event! {
    /// Something happened to a return.
    ReturnChangedEvent(return_id: ReturnId, what: ReturnEvent) {
        /// What happened.
        async fn change(&self) -> ReturnChange {
            (&self.what).into()
        }

        /// The return.
        async fn return_id(&self) -> ReturnId {
            self.return_id
        }
    }
}

event! {
    /// Something happened to a withdrawal from a contract.
    WithdrawalChangedEvent(withdrawal: WithdrawalId, what: WithdrawalEvent) {
        /// What happened.
        async fn change(&self) -> WithdrawalChange {
            (&self.what).into()
        }

        /// The withdrawal.
        async fn withdrawal_id(&self) -> WithdrawalId {
            self.withdrawal
        }
    }
}

event! {
    /// Something happened to a dispute.
    DisputeChangedEvent(dispute: DisputeId, what: DisputeEvent) {
        /// What happened.
        async fn change(&self) -> DisputeChange {
            (&self.what).into()
        }

        /// The dispute.
        async fn dispute_id(&self) -> DisputeId {
            self.dispute
        }

        /// The stage that it left; null where it stayed.
        async fn from_stage(&self) -> Option<DisputeStage> {
            self.what.stages().map(|(from, _)| from.into())
        }

        /// The stage that it went to; null where it stayed.
        async fn to_stage(&self) -> Option<DisputeStage> {
            self.what.stages().map(|(_, to)| to.into())
        }

        /// What people call the stage that it went to; null where it stayed.
        async fn to_stage_label(
            &self,
            ctx: &Context<'_>,
            #[graphql(desc = "In which language; null for the marketplace's.")] locale: Option<String>,
        ) -> Option<Result<&str>> {
            let (_, to) = self.what.stages()?;
            let label = async { Ok(to.label(locale.as_deref().unwrap_or(&session(ctx)?.marketplace().await?.locale))) };
            Some(label.await)
        }
    }
}

/// What happened to a refund, as an item.
pub(super) fn refund(event: Event, refund: RefundId, what: RefundEvent) -> TimelineItem {
    TimelineItem::RefundChanged(RefundChangedEvent { event, refund, what })
}

/// What happened to a return, as an item.
pub(super) fn goods(event: Event, return_id: ReturnId, what: ReturnEvent) -> TimelineItem {
    TimelineItem::ReturnChanged(ReturnChangedEvent { event, return_id, what })
}

/// What happened to a withdrawal, as an item.
pub(super) fn withdrawal(event: Event, withdrawal: WithdrawalId, what: WithdrawalEvent) -> TimelineItem {
    TimelineItem::WithdrawalChanged(WithdrawalChangedEvent { event, withdrawal, what })
}

/// What happened to a dispute, as an item.
pub(super) fn dispute(event: Event, dispute: DisputeId, what: DisputeEvent) -> TimelineItem {
    TimelineItem::DisputeChanged(DisputeChangedEvent { event, dispute, what })
}
