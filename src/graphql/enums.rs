//! The closed sets of the domain, as the schema names and describes them.

use async_graphql::Enum;

use crate::domain::mails::MailKind;

/// The three sides of every case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::parties::Party")]
pub(super) enum Party {
    /// The person who bought, or asks before buying.
    Buyer,
    /// The third-party seller.
    Seller,
    /// The marketplace's staff.
    Operator,
}

/// What an access token stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum Role {
    /// The marketplace's staff: everything in the marketplace.
    Operator,
    /// One seller: its own cases, and in them the threads it takes part in.
    Seller,
    /// The marketplace's software: sellers and orders, and of the cases what their buyers may see.
    Vendor,
    /// Somebody from outside: one case, and in it the threads that an operator has shown them, to read for a while.
    Mediator,
    /// One buyer, for a while: what was bought with their address and their own cases.
    Buyer,
}

/// Where a case stands. A waiting state names whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::cases::CaseStatus")]
pub(super) enum CaseStatus {
    /// The seller's turn.
    WaitingSeller,
    /// The operator's turn.
    WaitingOperator,
    /// The buyer's turn.
    WaitingBuyer,
    /// The buyer's turn, to say what is meant; the clocks of the others stand still.
    AwaitingClarification,
    /// Settled; a word of the buyer opens it again.
    Resolved,
    /// Finished for good.
    Closed,
}

/// Which side of the purchase a case is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::cases::CasePhase")]
pub(super) enum CasePhase {
    /// A question before any order.
    PreSale,
    /// Between order and delivery.
    DuringOrder,
    /// After delivery, or after the order when delivery is not known.
    AfterSale,
}

/// What a viewer may do with a case. Each value names the mutation that does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::cases::CaseAction")]
pub(super) enum CaseAction {
    /// `caseEscalate`
    Escalate,
    /// `caseResolve`
    Resolve,
    /// `caseReopen`
    Reopen,
    /// `casePrioritize`
    Prioritize,
    /// `caseAttachOrder`
    AttachOrder,
    /// `threadOpen`
    OpenThread,
    /// `caseAskClarification`
    AskClarification,
    /// `caseMarkNoReplyNeeded`
    MarkNoReplyNeeded,
    /// `caseNameReason`
    NameReason,
    /// `caseClose`
    Close,
    /// `caseSplit`
    Split,
    /// `caseMerge`
    Merge,
    /// `poolOffer`
    OfferToPool,
    /// `caseSetLanguage`
    SetLanguage,
}

/// Why a case goes to the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::cases::EscalationReason")]
pub(super) enum EscalationReason {
    /// The seller did not answer in time. Trilogue gives this reason by itself.
    SellerSilent,
    /// Buyer and seller cannot agree.
    Disagreement,
    /// The seller asks for help.
    SellerAsksHelp,
    /// Danger to people.
    Safety,
    /// Suspicion of counterfeit goods.
    Counterfeit,
    /// Suspicion of fraud.
    Fraud,
    /// Abusive words or behaviour.
    Abuse,
    /// The contact reason is not for the seller. Trilogue gives this reason by itself.
    Rule,
    /// Any other; the note says which.
    Other,
}

/// Who talks with the buyer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::charter::ConversationMode")]
pub(super) enum ConversationMode {
    /// The seller; the operator reads along and joins when the case is escalated.
    SellerFirst,
    /// Seller and operator, both in one thread with the buyer.
    Tripartite,
    /// The operator; the seller sees nothing of it unless added.
    OperatorOnly,
}

/// How urgent a case is, in the helpdesks' four steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::tickets::Priority")]
pub(super) enum Priority {
    /// Can wait.
    Low,
    /// The usual.
    Normal,
    /// Before the usual.
    High,
    /// Now.
    Urgent,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "chrono::Weekday")]
pub(super) enum DayOfWeek {
    /// Monday.
    #[graphql(name = "MONDAY")]
    Mon,
    /// Tuesday.
    #[graphql(name = "TUESDAY")]
    Tue,
    /// Wednesday.
    #[graphql(name = "WEDNESDAY")]
    Wed,
    /// Thursday.
    #[graphql(name = "THURSDAY")]
    Thu,
    /// Friday.
    #[graphql(name = "FRIDAY")]
    Fri,
    /// Saturday.
    #[graphql(name = "SATURDAY")]
    Sat,
    /// Sunday.
    #[graphql(name = "SUNDAY")]
    Sun,
}

/// The helpdesk products that can be connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::tickets::HelpdeskKind")]
pub(super) enum HelpdeskKind {
    /// Zendesk Support.
    Zendesk,
    /// Freshdesk.
    Freshdesk,
}

/// The state of a ticket, over both helpdesks. A custom state shows as the nearest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::tickets::TicketStatus")]
pub(super) enum TicketStatus {
    /// Nobody has looked at it (Zendesk only).
    New,
    /// The operator's turn.
    Open,
    /// The requester's turn.
    Pending,
    /// A third party's turn: on-hold in Zendesk, Waiting on Third Party in Freshdesk.
    OnHold,
    /// Answered; can be reopened. Resolved in Freshdesk.
    Solved,
    /// Finished.
    Closed,
}

/// The way a message came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::tickets::Channel")]
pub(super) enum Channel {
    /// E-mail.
    Email,
    /// A web form or portal of the helpdesk.
    Web,
    /// A program: through the helpdesk's interface or this one.
    Api,
    /// Chat or messaging.
    Chat,
    /// A phone call.
    Phone,
    /// A social network.
    Social,
    /// Any other.
    Other,
}

/// Who a thread is between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::threads::ThreadKind")]
pub(super) enum ThreadKind {
    /// Buyer, seller and operator.
    Tripartite,
    /// Seller and buyer; the operator reads along until the case is escalated.
    SellerBuyer,
    /// Operator and buyer.
    OperatorBuyer,
    /// Operator and seller, in private. Never visible to a buyer, never public in the helpdesk. May cover several cases.
    OperatorSeller,
}

/// What a participant may do in a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::threads::Right")]
pub(super) enum Right {
    /// Read.
    Follow,
    /// Read and write.
    Reply,
}

/// Whether somebody who is let into a thread sees what was said before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::threads::History")]
pub(super) enum History {
    /// Everything, from the first message.
    Shown,
    /// Only what is said from now on.
    Hidden,
}

/// Where a message stands on its way into the helpdesk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::threads::MessageDelivery")]
pub(super) enum MessageDelivery {
    /// It has no way to go: it came from there, or stays here.
    None,
    /// On its way.
    Pending,
    /// It is there.
    Delivered,
    /// It could not be brought there and is not tried again by itself.
    Failed,
    /// Nobody can tell whether it arrived; a person must look.
    Uncertain,
}

/// The types of events that a webhook endpoint can ask for. The text in code is the `type` in the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::alerts::EventType")]
pub(super) enum WebhookEventType {
    /// `case.opened`: the case began.
    CaseOpened,
    /// `case.order_attached`: an order was found or named.
    OrderAttached,
    /// `case.status_changed`: the case changed its state.
    StatusChanged,
    /// `case.priority_changed`: the case became more or less urgent.
    PriorityChanged,
    /// `case.escalated`: the case went to the operator.
    CaseEscalated,
    /// `case.reason_named`: it is known why the buyer got in touch.
    CaseReasonNamed,
    /// `case.language_set`: it is known in which language the buyer is written to.
    LanguageSet,
    /// `case.deadline_near`: a promise will soon be broken.
    DeadlineNear,
    /// `case.deadline_missed`: a promise was not kept.
    DeadlineMissed,
    /// `case.reply_waived`: the buyer's last words need no answer.
    ReplyWaived,
    /// `case.resolved`: the case is settled.
    CaseResolved,
    /// `case.split`: parts of the case go on as cases of their own.
    CaseSplit,
    /// `case.merged`: the case goes on in another one.
    CaseMerged,
    /// `case.absorbed`: another case goes on in this one.
    CaseAbsorbed,
    /// `case.pool_offered`: a question was offered to sellers. For operators, as all of the pool.
    PoolOffered,
    /// `case.pool_answered`: a seller answered it.
    PoolAnswered,
    /// `case.pool_answer_withdrawn`: a seller took its answer back.
    PoolAnswerWithdrawn,
    /// `case.pool_accepted`: an answer was accepted.
    PoolAccepted,
    /// `case.pool_withdrawn`: a question was taken back.
    PoolWithdrawn,
    /// `case.pool_expired`: a question's time ran out.
    PoolExpired,
    /// Something happened to a refund; `change` in the data says what.
    RefundChanged,
    /// Something happened to a return; `change` in the data says what.
    ReturnChanged,
    /// Something happened to a withdrawal; `change` in the data says what.
    WithdrawalChanged,
    /// Something happened to a dispute; `change` in the data says what.
    DisputeChanged,
    /// `case.attachment_changed`: a file of a message became ready, or was taken away.
    AttachmentChanged,
    /// `case.thread_opened`: a thread was opened.
    ThreadOpened,
    /// `case.participant_added`: somebody was let into a thread.
    ParticipantAdded,
    /// `case.message_posted`: somebody said something.
    MessagePosted,
    /// `case.message_redacted`: parts of a message were removed.
    MessageRedacted,
    /// `case.message_delivered`: a message stands in the helpdesk now.
    MessageDelivered,
    /// `case.delivery_stopped`: a delivery to the helpdesk waits for a person. For operators.
    DeliveryStopped,
    /// `case.ticket_linked`: a ticket tells the case from now on. For operators.
    TicketLinked,
    /// `case.ticket_merged`: the ticket was merged into another one. For operators.
    TicketMerged,
    /// `case.ticket_deleted`: the ticket went to the helpdesk's bin. For operators.
    TicketDeleted,
    /// `case.ticket_marked_spam`: the ticket was marked as spam. For operators.
    TicketMarkedSpam,
    /// `case.ticket_restored`: the ticket came back. For operators.
    TicketRestored,
    /// `case.mention_found`: something bad is said elsewhere of the order that the case is about. For operators.
    MentionFound,
    /// `case.support_rated`: the buyer rated the support. For operators.
    SupportRated,
    /// `case.mediator_admitted`: somebody from outside reads along for a while.
    MediatorAdmitted,
    /// `case.mediator_revoked`: they do no longer.
    MediatorRevoked,
}

/// Whose eyes a webhook endpoint sees the timeline with: those of the role that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::alerts::EndpointView")]
pub(super) enum WebhookView {
    /// The operator's: everything in the marketplace.
    Whole,
    /// The vendor's: every case, but only what its buyer may see.
    Storefront,
}

/// Whether a webhook endpoint is told anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::alerts::EndpointState")]
pub(super) enum WebhookEndpointState {
    /// It is.
    Enabled,
    /// Not: somebody switched it off.
    Disabled,
    /// Not: it failed for five days.
    Failed,
    /// Not: it answered 410 Gone.
    Gone,
}

/// Where a webhook delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum WebhookDeliveryState {
    /// It waits for its time, or for what the endpoint was told before it.
    Pending,
    /// On its way now.
    Sending,
    /// The endpoint has it.
    Delivered,
    /// Given up; it can be replayed.
    Failed,
}

/// The kinds of e-mails that tell what happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum AlertKind {
    /// There is a case that the reader did not know.
    NewCase,
    /// Somebody of another side said something.
    NewMessage,
    /// Time to answer runs out soon.
    DeadlineNear,
    /// Time to answer has run out.
    DeadlineMissed,
    /// The case went to the operator.
    Escalated,
    /// The case is settled.
    Resolved,
    /// A return or a withdrawal needs the reader, or went on without it.
    Return,
    /// A refund needs the reader, or went on without it.
    Refund,
    /// A dispute needs the reader, or went on without it.
    Dispute,
    /// A product comes back too often, as `defects` says.
    Defect,
    /// The figures of a week or month, as `measureSettings.report` says.
    Report,
}

impl AlertKind {
    /// The kind by our name for it; none for e-mails that staff never gets.
    pub(super) const fn of(kind: MailKind) -> Option<Self> {
        match kind {
            MailKind::NewCase => Some(Self::NewCase),
            MailKind::NewMessage => Some(Self::NewMessage),
            MailKind::DeadlineNear => Some(Self::DeadlineNear),
            MailKind::DeadlineMissed => Some(Self::DeadlineMissed),
            MailKind::Escalated => Some(Self::Escalated),
            MailKind::Resolved => Some(Self::Resolved),
            MailKind::Return => Some(Self::Return),
            MailKind::Refund => Some(Self::Refund),
            MailKind::Dispute => Some(Self::Dispute),
            MailKind::Defect => Some(Self::Defect),
            MailKind::Report => Some(Self::Report),
            MailKind::DeliveryNotice
            | MailKind::DefectNotice
            | MailKind::RatingInvitation
            | MailKind::Review
            | MailKind::ReviewDecision
            | MailKind::Sanction => None,
        }
    }
}

impl From<AlertKind> for MailKind {
    fn from(kind: AlertKind) -> Self {
        match kind {
            AlertKind::NewCase => Self::NewCase,
            AlertKind::NewMessage => Self::NewMessage,
            AlertKind::DeadlineNear => Self::DeadlineNear,
            AlertKind::DeadlineMissed => Self::DeadlineMissed,
            AlertKind::Escalated => Self::Escalated,
            AlertKind::Resolved => Self::Resolved,
            AlertKind::Return => Self::Return,
            AlertKind::Refund => Self::Refund,
            AlertKind::Dispute => Self::Dispute,
            AlertKind::Defect => Self::Defect,
            AlertKind::Report => Self::Report,
        }
    }
}
