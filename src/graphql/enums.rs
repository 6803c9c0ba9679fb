//! The closed sets of the domain, as the schema names and describes them.

use async_graphql::Enum;

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
#[graphql(remote = "crate::domain::parties::Role")]
pub(super) enum Role {
    /// The marketplace's staff: everything in the marketplace.
    Operator,
    /// One seller: its own cases, and in them the threads it takes part in.
    Seller,
    /// The marketplace's software: sellers and orders, and of the cases what their buyers may see.
    Vendor,
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
