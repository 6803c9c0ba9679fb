//! What happened, one type per kind of thing.

use async_graphql::{Context, Enum, Interface, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::attachments::{AttachmentObject, AttachmentState};
use super::cases::{CaseObject, known_case};
use super::enums::{CaseStatus, EscalationReason, History, Party, Priority, Right, ThreadKind};
use super::errors::Result;
use super::masking;
use super::orders::{OrderObject, SellerObject};
use super::session::session;
use super::threads::{MessageObject, ParticipantObject, ThreadObject};
use crate::domain::ids::{AttachmentId, DeliveryId, EventId, MessageId, OrderId, ParticipantId, SellerId, ThreadId};
use crate::domain::parties::{View, Who};
use crate::domain::timeline::{Event, EventKind};

/// Something that happened in a case. Clients must expect types that are added later.
#[derive(Interface)]
#[graphql(
    field(
        name = "id",
        ty = "EventId",
        desc = "The id of the event: the cursor after which a timeline or a subscription goes on, and the key to tell a repeated one by. Not a node."
    ),
    field(name = "at", ty = "DateTime<Utc>", desc = "When it happened."),
    field(name = "actor", ty = "EventActor", desc = "Who did it, as far as the viewer may know."),
    field(name = "case", ty = "Result<CaseObject>", desc = "The case in which it happened, as it is now.")
)]
pub(super) enum TimelineItem {
    /// The case began.
    CaseOpened(CaseOpenedEvent),
    /// An order was found or named.
    OrderAttached(OrderAttachedEvent),
    /// The case changed its state.
    CaseStatusChanged(CaseStatusChangedEvent),
    /// The case became more or less urgent.
    CasePriorityChanged(CasePriorityChangedEvent),
    /// The case went to the operator.
    CaseEscalated(CaseEscalatedEvent),
    /// It is known why the buyer got in touch.
    CaseReasonNamed(CaseReasonNamedEvent),
    /// It is known in which language the buyer is written to.
    CaseLanguageSet(CaseLanguageSetEvent),
    /// A promise will soon be broken.
    DeadlineNear(DeadlineNearEvent),
    /// A promise was not kept.
    DeadlineMissed(DeadlineMissedEvent),
    /// The buyer's last words need no answer.
    ReplyWaived(ReplyWaivedEvent),
    /// The case is settled.
    CaseResolved(CaseResolvedEvent),
    /// Parts of the case go on as cases of their own.
    CaseSplit(CaseSplitEvent),
    /// The case goes on in another one.
    CaseMerged(CaseMergedEvent),
    /// Another case goes on in this one.
    CaseAbsorbed(CaseAbsorbedEvent),
    /// A thread was opened.
    ThreadOpened(ThreadOpenedEvent),
    /// Somebody was let into a thread.
    ParticipantAdded(ParticipantAddedEvent),
    /// Somebody said something.
    MessagePosted(MessagePostedEvent),
    /// Parts of a message were removed.
    MessageRedacted(MessageRedactedEvent),
    /// A message stands in the helpdesk now.
    MessageDelivered(MessageDeliveredEvent),
    /// A file of a message stands elsewhere now.
    AttachmentChanged(AttachmentChangedEvent),
    /// A delivery waits for a person.
    DeliveryStopped(DeliveryStoppedEvent),
    /// Something happened to a ticket.
    TicketChanged(TicketChangedEvent),
    /// Something bad is said elsewhere of the order.
    MentionFound(MentionFoundEvent),
    SupportRated(SupportRatedEvent),
    /// Somebody from outside reads along for a while.
    MediatorAdmitted(MediatorAdmittedEvent),
    /// They do no longer.
    MediatorRevoked(MediatorRevokedEvent),
    /// Something happened to a question of the pool.
    PoolChanged(PoolChangedEvent),
    RefundChanged(RefundChangedEvent),
    ReturnChanged(ReturnChangedEvent),
    WithdrawalChanged(WithdrawalChangedEvent),
    DisputeChanged(DisputeChangedEvent),
}

/// Who did something.
#[derive(SimpleObject)]
pub(super) struct EventActor {
    /// What kind of actor.
    kind: ActorKind,
    /// The side of the case; null for programs.
    party: Option<Party>,
    /// The name of a token or agent; null for viewers of another side, and when there is none.
    name: Option<String>,
}

/// The kinds of actors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum ActorKind {
    /// The operator, through this interface.
    Operator,
    /// A seller, through this interface.
    Seller,
    /// The marketplace's software, through this interface.
    Vendor,
    /// A buyer, through the helpdesk.
    Buyer,
    /// A person of the operator, inside the helpdesk.
    Agent,
    /// The helpdesk, when it does not tell who.
    Helpdesk,
    /// Trilogue: a deadline or a rule.
    System,
    /// Somebody from outside who was let into the case for a while.
    Mediator,
}

impl EventActor {
    fn of(who: &Who, view: View) -> Self {
        let (kind, party, name) = match who {
            Who::Operator { name, .. } => (ActorKind::Operator, Some(Party::Operator), Some(name)),
            Who::Seller { name, .. } => (ActorKind::Seller, Some(Party::Seller), Some(name)),
            Who::Vendor { name, .. } => (ActorKind::Vendor, None, Some(name)),
            Who::Buyer { .. } => (ActorKind::Buyer, Some(Party::Buyer), None),
            Who::Agent { name, .. } => (ActorKind::Agent, Some(Party::Operator), Some(name)),
            Who::Helpdesk { .. } => (ActorKind::Helpdesk, None, None),
            Who::System => (ActorKind::System, None, None),
            Who::Mediator { name, .. } => (ActorKind::Mediator, None, Some(name)),
        };
        let own_side = match (view, who) {
            (View::Seller(viewer), Who::Seller { seller, .. }) => viewer == *seller,
            (View::Whole, _) | (View::Storefront, Who::Vendor { .. }) => true,
            _ => false,
        };
        Self { kind, party, name: name.filter(|name| own_side && !name.is_empty()).cloned() }
    }
}

/// One event type: the fields of the interface, and its own.
macro_rules! event {
    ($(#[doc = $doc:literal])+ $name:ident ( $($kept:ident : $type:ty),* ) { $($fields:tt)* }) => {
        pub(in crate::graphql) struct $name { pub(in crate::graphql) event: Event, $(pub(in crate::graphql) $kept: $type),* }

        #[Object]
        $(#[doc = $doc])+
        impl $name {
            /// The id of the event: the cursor after which a timeline or a subscription goes on. Not a node.
            pub(super) async fn id(&self) -> EventId {
                self.event.id
            }

            /// When it happened.
            pub(super) async fn at(&self) -> DateTime<Utc> {
                self.event.at
            }

            /// Who did it, as far as the viewer may know.
            pub(super) async fn actor(&self, ctx: &Context<'_>) -> Result<EventActor> {
                Ok(EventActor::of(&self.event.actor, session(ctx)?.scope().view))
            }

            /// The case in which it happened, as it is now.
            pub(super) async fn case(&self, ctx: &Context<'_>) -> Result<CaseObject> {
                known_case(session(ctx)?, self.event.case).await.map(CaseObject)
            }

            $($fields)*
        }
    };
}

mod dealings;
mod mediators;
mod mentions;
mod pool;
mod ratings;
mod settling;

use dealings::{DisputeChangedEvent, RefundChangedEvent, ReturnChangedEvent, WithdrawalChangedEvent};
use mediators::{MediatorAdmittedEvent, MediatorRevokedEvent};
use mentions::MentionFoundEvent;
use pool::{PoolChange, PoolChangedEvent, changed};
use ratings::SupportRatedEvent;
use settling::{
    CaseAbsorbedEvent, CaseLanguageSetEvent, CaseMergedEvent, CaseReasonNamedEvent, CaseResolvedEvent, CaseSplitEvent, DeadlineMissedEvent,
    DeadlineNearEvent, ReplyWaivedEvent,
};

event! {
    /// The case began.
    CaseOpenedEvent(status: CaseStatus) {
        /// Whose turn it was.
        async fn status(&self) -> CaseStatus {
            self.status
        }
    }
}

event! {
    /// An order was found in the ticket, or named by somebody, and with it the seller.
    OrderAttachedEvent(order: OrderId, seller: SellerId) {
        /// The order; null when the viewer may not see it.
        async fn order(&self, ctx: &Context<'_>) -> Option<Result<OrderObject>> {
            let load = async { session(ctx)?.loaders().order(self.order).await };
            load.await.map(|found| found.map(OrderObject)).transpose()
        }

        /// Its seller; null when the viewer may not see it.
        async fn seller(&self, ctx: &Context<'_>) -> Option<Result<SellerObject>> {
            let load = async { session(ctx)?.loaders().seller(self.seller).await };
            load.await.map(|found| found.map(SellerObject)).transpose()
        }
    }
}

event! {
    /// The case changed its state.
    CaseStatusChangedEvent(from: CaseStatus, to: CaseStatus) {
        /// The state before.
        async fn from(&self) -> CaseStatus {
            self.from
        }

        /// The state after.
        async fn to(&self) -> CaseStatus {
            self.to
        }
    }
}

event! {
    /// The case became more or less urgent.
    CasePriorityChangedEvent(from: Priority, to: Priority) {
        /// The priority before.
        async fn from(&self) -> Priority {
            self.from
        }

        /// The priority after.
        async fn to(&self) -> Priority {
            self.to
        }
    }
}

event! {
    /// The case went to the operator.
    CaseEscalatedEvent(reason: EscalationReason, note: String) {
        /// Why.
        async fn reason(&self) -> EscalationReason {
            self.reason
        }

        /// In the words of who escalated; null when there were none.
        async fn note(&self, ctx: &Context<'_>) -> Option<Result<String>> {
            if self.note.is_empty() {
                return None;
            }
            let author = self.event.actor.party().unwrap_or(crate::domain::parties::Party::Operator);
            Some(masking::words(ctx, author, &self.note).await)
        }
    }
}

event! {
    /// A thread was opened on the case.
    ThreadOpenedEvent(thread: ThreadId, kind: ThreadKind) {
        /// Who it was between when it was opened.
        async fn kind(&self) -> ThreadKind {
            self.kind
        }

        /// The thread.
        async fn thread(&self, ctx: &Context<'_>) -> Option<Result<ThreadObject>> {
            let load = async { session(ctx)?.loaders().thread(self.thread).await };
            load.await.map(|found| found.map(ThreadObject)).transpose()
        }
    }
}

event! {
    /// Somebody was let into a thread, or got another right in it.
    ParticipantAddedEvent(thread: ThreadId, participant: ParticipantId, party: Party, right: Right, history: History) {
        /// Their side.
        async fn party(&self) -> Party {
            self.party
        }

        /// What they may do.
        async fn right(&self) -> Right {
            self.right
        }

        /// Whether they see what was said before.
        async fn history(&self) -> History {
            self.history
        }

        /// Their place in the thread; null when it was taken away since.
        async fn participant(&self, ctx: &Context<'_>) -> Option<Result<ParticipantObject>> {
            let load = async { session(ctx)?.loaders().participant(self.participant).await };
            load.await.map(|found| found.map(ParticipantObject)).transpose()
        }

        /// The thread.
        async fn thread(&self, ctx: &Context<'_>) -> Option<Result<ThreadObject>> {
            let load = async { session(ctx)?.loaders().thread(self.thread).await };
            load.await.map(|found| found.map(ThreadObject)).transpose()
        }
    }
}

macro_rules! message_event {
    ($(#[doc = $doc:literal])+ $name:ident) => {
        event! {
            $(#[doc = $doc])+
            $name(thread: ThreadId, message: MessageId) {
                /// The message as it is now; null when the viewer may no longer see it.
                async fn message(&self, ctx: &Context<'_>) -> Option<Result<MessageObject>> {
                    let load = async { session(ctx)?.loaders().message(self.message).await };
                    load.await.map(|found| found.map(MessageObject)).transpose()
                }

                /// Where it was said.
                async fn thread(&self, ctx: &Context<'_>) -> Option<Result<ThreadObject>> {
                    let load = async { session(ctx)?.loaders().thread(self.thread).await };
                    load.await.map(|found| found.map(ThreadObject)).transpose()
                }
            }
        }
    };
}

message_event! {
    /// Somebody said something.
    MessagePostedEvent
}

message_event! {
    /// Parts of a message were removed in the helpdesk, or it was made private there.
    MessageRedactedEvent
}

message_event! {
    /// A message stands in the helpdesk now.
    MessageDeliveredEvent
}

event! {
    /// A file of a message can be had now, or not any more.
    AttachmentChangedEvent(message: MessageId, attachment: AttachmentId, state: AttachmentState) {
        /// Where the file stood from then on.
        async fn state(&self) -> AttachmentState {
            self.state
        }

        /// The file as it is now; null when the viewer may no longer see it.
        async fn attachment(&self, ctx: &Context<'_>) -> Option<Result<AttachmentObject>> {
            let load = async { session(ctx)?.loaders().attachment(self.attachment).await };
            load.await.map(|found| found.map(AttachmentObject)).transpose()
        }

        /// The message that it goes with; null when the viewer may no longer see it.
        async fn message(&self, ctx: &Context<'_>) -> Option<Result<MessageObject>> {
            let load = async { session(ctx)?.loaders().message(self.message).await };
            load.await.map(|found| found.map(MessageObject)).transpose()
        }
    }
}

event! {
    /// A delivery to the helpdesk did not succeed and waits for a person. For operators.
    DeliveryStoppedEvent(delivery: DeliveryId, reason: String) {
        /// The delivery, as `trilogue outbox` names it. Not a node.
        async fn delivery_id(&self) -> DeliveryId {
            self.delivery
        }

        /// Why, without personal data. English.
        async fn reason(&self) -> &str {
            &self.reason
        }
    }
}

event! {
    /// Something happened to a ticket that tells the case. For operators.
    TicketChangedEvent(change: TicketChange, into: Option<String>) {
        /// What happened.
        async fn change(&self) -> TicketChange {
            self.change
        }

        /// The number of the ticket that it was merged into; null otherwise, and where the helpdesk does not say.
        async fn merged_into(&self) -> Option<&str> {
            self.into.as_deref()
        }
    }
}

/// What can happen to a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum TicketChange {
    /// It tells the case from now on.
    Linked,
    /// Its conversation went on in another ticket.
    Merged,
    /// It went to the bin, or is gone.
    Deleted,
    /// It was marked as spam.
    MarkedSpam,
    /// It came back.
    Restored,
}

impl From<Event> for TimelineItem {
    fn from(event: Event) -> Self {
        match event.kind.clone() {
            EventKind::CaseOpened { status } => Self::CaseOpened(CaseOpenedEvent { event, status: status.into() }),
            EventKind::OrderAttached { order, seller } => Self::OrderAttached(OrderAttachedEvent { event, order, seller }),
            EventKind::StatusChanged { from, to } => {
                Self::CaseStatusChanged(CaseStatusChangedEvent { event, from: from.into(), to: to.into() })
            }
            EventKind::PriorityChanged { from, to } => {
                Self::CasePriorityChanged(CasePriorityChangedEvent { event, from: from.into(), to: to.into() })
            }
            EventKind::CaseEscalated { reason, note } => Self::CaseEscalated(CaseEscalatedEvent { event, reason: reason.into(), note }),
            EventKind::ReasonNamed { from, to } => Self::CaseReasonNamed(CaseReasonNamedEvent { event, from, to }),
            EventKind::LanguageSet { from, to } => Self::CaseLanguageSet(CaseLanguageSetEvent { event, from, to }),
            EventKind::DeadlineNear { promise, party, due_at } => {
                Self::DeadlineNear(DeadlineNearEvent { event, promise: promise.into(), party: party.into(), due_at })
            }
            EventKind::DeadlineMissed { promise, party, due_at } => {
                Self::DeadlineMissed(DeadlineMissedEvent { event, promise: promise.into(), party: party.into(), due_at })
            }
            EventKind::ReplyWaived { party, note } => Self::ReplyWaived(ReplyWaivedEvent { event, party: party.into(), note }),
            EventKind::CaseResolved { outcome, resolution } => {
                Self::CaseResolved(CaseResolvedEvent { event, outcome: outcome.into(), resolution: resolution.map(Into::into) })
            }
            EventKind::CaseSplit { children } => Self::CaseSplit(CaseSplitEvent { event, children }),
            EventKind::CaseMerged { into } => Self::CaseMerged(CaseMergedEvent { event, other: into }),
            EventKind::CaseAbsorbed { from } => Self::CaseAbsorbed(CaseAbsorbedEvent { event, other: from }),
            EventKind::ThreadOpened { thread, kind } => Self::ThreadOpened(ThreadOpenedEvent { event, thread, kind: kind.into() }),
            EventKind::ParticipantAdded { thread, participant, party, right, history } => Self::ParticipantAdded(ParticipantAddedEvent {
                event,
                thread,
                participant,
                party: party.into(),
                right: right.into(),
                history: history.into(),
            }),
            EventKind::MessagePosted { thread, message } => Self::MessagePosted(MessagePostedEvent { event, thread, message }),
            EventKind::MessageRedacted { thread, message } => Self::MessageRedacted(MessageRedactedEvent { event, thread, message }),
            EventKind::MessageDelivered { thread, message } => Self::MessageDelivered(MessageDeliveredEvent { event, thread, message }),
            EventKind::AttachmentChanged { message, attachment, state, .. } => {
                Self::AttachmentChanged(AttachmentChangedEvent { event, message, attachment, state: state.into() })
            }
            EventKind::DeliveryStopped { delivery, reason } => Self::DeliveryStopped(DeliveryStoppedEvent { event, delivery, reason }),
            EventKind::PoolOffered { question } => changed(event, PoolChange::Offered, question, None),
            EventKind::PoolAnswered { question, answer } => changed(event, PoolChange::Answered, question, Some(answer)),
            EventKind::PoolAnswerWithdrawn { question, answer } => changed(event, PoolChange::AnswerWithdrawn, question, Some(answer)),
            EventKind::PoolAccepted { question, answer } => changed(event, PoolChange::Accepted, question, Some(answer)),
            EventKind::PoolWithdrawn { question } => changed(event, PoolChange::Withdrawn, question, None),
            EventKind::Refund { refund, what } => dealings::refund(event, refund, what),
            EventKind::Return { return_id, what } => dealings::goods(event, return_id, what),
            EventKind::Withdrawal { withdrawal, what } => dealings::withdrawal(event, withdrawal, what),
            EventKind::Dispute { dispute, what } => dealings::dispute(event, dispute, what),
            EventKind::PoolExpired { question } => changed(event, PoolChange::Expired, question, None),
            EventKind::TicketLinked { .. } => ticket(event, TicketChange::Linked, None),
            EventKind::TicketMerged { into, .. } => ticket(event, TicketChange::Merged, into.map(|number| number.0)),
            EventKind::TicketDeleted { .. } => ticket(event, TicketChange::Deleted, None),
            EventKind::TicketMarkedSpam { .. } => ticket(event, TicketChange::MarkedSpam, None),
            EventKind::TicketRestored { .. } => ticket(event, TicketChange::Restored, None),
            EventKind::SupportRated { source, satisfaction } => Self::SupportRated(SupportRatedEvent { event, source, satisfaction }),
            EventKind::MentionFound { mention } => Self::MentionFound(MentionFoundEvent { event, mention }),
            EventKind::MediatorAdmitted { mediator, name, until } => {
                Self::MediatorAdmitted(MediatorAdmittedEvent { event, mediator, name, until })
            }
            EventKind::MediatorRevoked { mediator, name } => Self::MediatorRevoked(MediatorRevokedEvent { event, mediator, name }),
        }
    }
}

fn ticket(event: Event, change: TicketChange, into: Option<String>) -> TimelineItem {
    TimelineItem::TicketChanged(TicketChangedEvent { event, change, into })
}
