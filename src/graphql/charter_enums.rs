//! The closed sets of charter, playbooks and clocks, as the schema names and describes them.

use async_graphql::Enum;

/// The kinds of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::reasons::Family", name = "ContactFamily")]
pub(super) enum Family {
    /// A question about a product, an order, a delivery.
    Information,
    /// Help in choosing or using.
    Advice,
    /// The buyer's account, payment, data.
    Account,
    /// Something went wrong.
    Complaint,
}

/// Who is asked first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::reasons::Handling", name = "ContactHandling")]
pub(super) enum Handling {
    /// As the charter's routes say.
    ByRoute,
    /// The operator; the seller is left out until somebody lets it in.
    SkipSeller,
}

/// What must be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::reasons::RequiredField")]
pub(super) enum RequiredField {
    /// The order.
    Order,
    /// Which line of it.
    OrderLine,
}

/// How a case can end for the buyer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::reasons::ResolutionKind")]
pub(super) enum ResolutionKind {
    /// The question was answered.
    Information,
    /// The goods arrived after all, or what was missing was sent.
    Delivered,
    /// The money went back in full.
    Refund,
    /// Some of it went back.
    PartialRefund,
    /// The goods were or will be sent back.
    Return,
    /// Other goods were sent.
    Replacement,
    /// The goods were repaired.
    Repair,
    /// Credit for the shop.
    StoreCredit,
    /// A code for a discount.
    PromoCode,
    /// The order was cancelled.
    Cancellation,
    /// Words of regret, and nothing else.
    Apology,
    /// What was asked for was not granted.
    Declined,
    /// Any other.
    Other,
}

/// Who pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::reasons::CostBearer")]
pub(super) enum CostBearer {
    /// The seller.
    Seller,
    /// The operator.
    Operator,
    /// The carrier.
    Carrier,
    /// The buyer.
    Buyer,
}

/// Whether a contact could have been spared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::reasons::Avoidable", name = "ContactAvoidable")]
pub(super) enum Avoidable {
    /// No.
    No,
    /// By better information before.
    Yes,
}

/// What is promised to the buyer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::charter::Promise")]
pub(super) enum Promise {
    /// The party's first answer in the case.
    FirstReply,
    /// Each later answer.
    NextReply,
    /// That the case is resolved.
    Resolution,
}

/// What a version of the charter does to the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::charter::Effect", name = "CharterEffect")]
pub(super) enum CharterEffect {
    /// It changes what binds sellers and buyers: announced in time, and accepted by sellers anew.
    Binding,
    /// It changes only how Trilogue works with the helpdesk.
    Technical,
}

/// In which direction state and priority are kept in step with the ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::charter::TicketSync")]
pub(super) enum TicketSync {
    /// What changes in the ticket changes the case, and the reverse.
    BothWays,
    /// The ticket changes the case only.
    FromHelpdesk,
    /// The case changes the ticket only.
    ToHelpdesk,
    /// Neither.
    Off,
}

/// Whether private operator-seller talk is copied into the ticket, for agents to read there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::charter::PrivateMirror")]
pub(super) enum PrivateMirror {
    /// No.
    Off,
    /// As internal notes, never public.
    InternalNotes,
}

/// How a clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::cases::ClockState", name = "DeadlineState")]
pub(super) enum DeadlineState {
    /// It runs.
    Running,
    /// Another party is waited for.
    Paused,
    /// The promise was not kept.
    Missed,
}

/// What a case came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::cases::Outcome", name = "CaseOutcome")]
pub(super) enum CaseOutcome {
    /// What the buyer came for was dealt with.
    Solved,
    /// The buyer did not answer.
    BuyerSilent,
    /// The operator has no say in it; the buyer was told, and to whom to turn.
    OperatorCannotIntervene,
    /// It went on in another case.
    Merged,
    /// It was no request: spam, or thrown away.
    NoRequest,
}

/// Who is behind a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::threads::Origin", name = "MessageOrigin")]
pub(super) enum MessageOrigin {
    /// Somebody wrote it.
    Person,
    /// A rule did, in the name of the marketplace. It is no answer, and no measure counts it.
    Automatic,
}

/// Whether new cases are acknowledged to the buyer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::charter::Acknowledgement", name = "Acknowledgement")]
pub(super) enum Acknowledgement {
    /// The helpdesk does it, or nobody.
    Off,
    /// Trilogue does, within a minute. It is no answer.
    On,
}

/// Whether buyers are told without having asked that an order comes later than promised, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::charter::ProactiveNotices")]
pub(super) enum ProactiveNotices {
    /// They are not.
    Off,
    /// By a ticket that the helpdesk opens to the buyer; by e-mail where no helpdesk is connected.
    Helpdesk,
    /// By e-mail.
    Email,
}
