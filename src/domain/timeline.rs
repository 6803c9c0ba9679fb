//! What happened: the append-only log that everything visible comes from.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::attachments::AttachmentState;
use super::cases::{CaseStatus, EscalationReason, Outcome};
use super::charter::Promise;
use super::disputes::DisputeEvent;
use super::ids::{
    AttachmentId, CaseId, DeliveryId, DisputeId, EventId, MediatorId, MentionId, MessageId, OrderId, ParticipantId, PoolAnswerId,
    PoolQuestionId, RefundId, ReturnId, SellerId, ThreadId, TicketId, WithdrawalId,
};
use super::parties::{Audience, Party, Who};
use super::ratings::{Grade, SupportSource};
use super::reasons::{ReasonKey, ResolutionKind};
use super::refunds::RefundEvent;
use super::returns::ReturnEvent;
use super::templates::LanguageTag;
use super::threads::{History, Right, ThreadKind};
use super::tickets::{Priority, TicketNumber};
use super::withdrawals::WithdrawalEvent;

/// An event that is about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// What happened.
    pub kind: EventKind,
    /// Which sides may know.
    pub audience: Audience,
    /// The thread and the number of the message it is about: only those who see that message see the event.
    pub message: Option<(ThreadId, i64)>,
}

impl NewEvent {
    /// For everybody in the case.
    pub const fn for_all(kind: EventKind) -> Self {
        Self { kind, audience: Audience::ALL, message: None }
    }

    /// For the operator alone.
    pub const fn for_operator(kind: EventKind) -> Self {
        Self { kind, audience: Audience::OPERATOR, message: None }
    }

    /// For seller and operator.
    pub const fn for_staff(kind: EventKind) -> Self {
        Self { kind, audience: Audience::ALL.without(Party::Buyer), message: None }
    }

    /// For those participants of the thread who see the message of this number; a number beyond the last one
    /// for those who will see what comes.
    pub const fn in_thread(kind: EventKind, thread: ThreadId, number: i64, audience: Audience) -> Self {
        Self { kind, audience, message: Some((thread, number)) }
    }
}

/// Something that happened in a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Our id; also the cursor after which a reader goes on.
    pub id: EventId,
    /// The case.
    pub case: CaseId,
    /// Its number in the case, from 1 without gaps.
    pub number: i64,
    /// Its number in the marketplace, from 1 without gaps, in the order of commits.
    pub position: i64,
    /// What happened.
    pub kind: EventKind,
    /// Which sides may know.
    pub audience: Audience,
    /// Who did it.
    pub actor: Who,
    /// When.
    pub at: DateTime<Utc>,
}

/// What can happen. Stored as JSON; variants and fields are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub enum EventKind {
    /// The case began.
    CaseOpened {
        /// Whose turn it was.
        status: CaseStatus,
    },
    /// An order was found or named, and with it the seller.
    OrderAttached {
        /// The order.
        order: OrderId,
        /// Its seller.
        seller: SellerId,
    },
    /// The case changed its state.
    StatusChanged {
        /// From.
        from: CaseStatus,
        /// To.
        to: CaseStatus,
    },
    /// The case became more or less urgent.
    PriorityChanged {
        /// From.
        from: Priority,
        /// To.
        to: Priority,
    },
    /// The case went to the operator.
    CaseEscalated {
        /// Why.
        reason: EscalationReason,
        /// In whose words; may be empty.
        note: String,
    },
    /// It is known why the buyer got in touch.
    ReasonNamed {
        /// What was thought before.
        from: ReasonKey,
        /// What it is.
        to: ReasonKey,
    },
    /// It is known in which language the buyer is written to.
    LanguageSet {
        /// What was thought before.
        from: Option<LanguageTag>,
        /// What it is.
        to: LanguageTag,
    },
    /// A promise will soon be broken.
    DeadlineNear {
        /// What was promised.
        promise: Promise,
        /// By whom.
        party: Party,
        /// Until when.
        due_at: DateTime<Utc>,
    },
    /// A promise was not kept.
    DeadlineMissed {
        /// What was promised.
        promise: Promise,
        /// By whom.
        party: Party,
        /// Until when.
        due_at: DateTime<Utc>,
    },
    /// The last words of the buyer need no answer; measures skip them.
    ReplyWaived {
        /// Whose answer is not needed.
        party: Party,
        /// Why, in the words of who said so.
        note: String,
    },
    /// The case is settled.
    CaseResolved {
        /// What it came to.
        outcome: Outcome,
        /// What the buyer got, where somebody said so.
        resolution: Option<ResolutionKind>,
    },
    /// Parts of the case go on as cases of their own.
    CaseSplit {
        /// Those cases.
        children: Vec<CaseId>,
    },
    /// The case goes on in another one, which has its words now.
    CaseMerged {
        /// Which.
        into: CaseId,
    },
    /// Another case goes on in this one.
    CaseAbsorbed {
        /// Which.
        from: CaseId,
    },
    /// A question was offered to sellers.
    PoolOffered {
        /// Which.
        question: PoolQuestionId,
    },
    /// One of them answered, perhaps in the place of an answer before.
    PoolAnswered {
        /// Which question.
        question: PoolQuestionId,
        /// The answer.
        answer: PoolAnswerId,
    },
    /// A seller took its answer back.
    PoolAnswerWithdrawn {
        /// Which question.
        question: PoolQuestionId,
        /// The answer.
        answer: PoolAnswerId,
    },
    /// An answer was accepted and told to the buyer.
    PoolAccepted {
        /// Which question.
        question: PoolQuestionId,
        /// The answer.
        answer: PoolAnswerId,
    },
    /// A question was taken back.
    PoolWithdrawn {
        /// Which.
        question: PoolQuestionId,
    },
    /// A question's time ran out.
    PoolExpired {
        /// Which.
        question: PoolQuestionId,
    },
    /// Something happened to a refund.
    Refund {
        /// Which.
        refund: RefundId,
        /// What.
        what: RefundEvent,
    },
    /// Something happened to a return.
    Return {
        /// Which.
        #[serde(rename = "return")]
        return_id: ReturnId,
        /// What.
        what: ReturnEvent,
    },
    /// Something happened to a withdrawal.
    Withdrawal {
        /// Which.
        withdrawal: WithdrawalId,
        /// What.
        what: WithdrawalEvent,
    },
    /// Something happened to a dispute.
    Dispute {
        /// Which.
        dispute: DisputeId,
        /// What.
        what: DisputeEvent,
    },
    /// A thread was opened on the case.
    ThreadOpened {
        /// Which.
        thread: ThreadId,
        /// Who it is between.
        kind: ThreadKind,
    },
    /// Somebody was added to a thread, or got another right in it.
    ParticipantAdded {
        /// The thread.
        thread: ThreadId,
        /// Their place in it.
        participant: ParticipantId,
        /// Their side.
        party: Party,
        /// What they may do.
        right: Right,
        /// Whether they see what was said before.
        history: History,
    },
    /// Somebody said something.
    MessagePosted {
        /// Where.
        thread: ThreadId,
        /// What.
        message: MessageId,
    },
    /// Parts of a message were removed.
    MessageRedacted {
        /// Where.
        thread: ThreadId,
        /// Which.
        message: MessageId,
    },
    /// A message stands in the helpdesk now.
    MessageDelivered {
        /// Where.
        thread: ThreadId,
        /// Which.
        message: MessageId,
    },
    /// A file of a message can be had now, or not any more.
    AttachmentChanged {
        /// Where.
        thread: ThreadId,
        /// The message.
        message: MessageId,
        /// The file.
        attachment: AttachmentId,
        /// Where it stands from now on.
        state: AttachmentState,
    },
    /// A delivery to the helpdesk did not succeed and waits for a person.
    DeliveryStopped {
        /// Which.
        delivery: DeliveryId,
        /// Why, without personal data.
        reason: String,
    },
    /// A ticket tells the case from now on.
    TicketLinked {
        /// Which.
        ticket: TicketId,
    },
    /// The ticket was merged into another one.
    TicketMerged {
        /// Which.
        ticket: TicketId,
        /// Into which, where the helpdesk says.
        into: Option<TicketNumber>,
    },
    /// The ticket went to the helpdesk's bin.
    TicketDeleted {
        /// Which.
        ticket: TicketId,
    },
    /// The ticket was marked as spam in the helpdesk.
    TicketMarkedSpam {
        /// Which.
        ticket: TicketId,
    },
    /// The ticket came back from bin or spam.
    TicketRestored {
        /// Which.
        ticket: TicketId,
    },
    /// Something bad is said elsewhere of the order that the case is about.
    MentionFound {
        /// What.
        mention: MentionId,
    },
    /// The buyer rated the support.
    SupportRated {
        /// Who asked.
        source: SupportSource,
        /// The grade of satisfaction, where one was given.
        satisfaction: Option<Grade>,
    },
    /// Somebody from outside reads along in the case for a while.
    MediatorAdmitted {
        /// Who.
        mediator: MediatorId,
        /// Their name.
        name: String,
        /// Until when.
        until: DateTime<Utc>,
    },
    /// They do no longer, before their time was over.
    MediatorRevoked {
        /// Who.
        mediator: MediatorId,
        /// Their name.
        name: String,
    },
}
