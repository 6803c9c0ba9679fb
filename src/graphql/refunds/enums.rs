//! The closed sets of refunds, as the schema names and describes them.

use async_graphql::Enum;

/// Where a refund stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::refunds::RefundStatus")]
pub(in crate::graphql) enum RefundStatus {
    /// Somebody has to decide.
    Requested,
    /// It is decided. The buyer's side sees this until the money has moved.
    Granted,
    /// It was refused, with a reason.
    Declined,
    /// The payment system was told.
    Submitted,
    /// The payment system works on it.
    Pending,
    /// The money has moved.
    Succeeded,
    /// The payment system could not; a new attempt is possible.
    Failed,
    /// The payment system took it back after it had succeeded.
    Reversed,
    /// The operator called it off.
    Canceled,
}

/// On what a refund is based.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::refunds::RefundBasis")]
pub(in crate::graphql) enum RefundBasis {
    /// The buyer withdrew within the time that the law gives.
    Withdrawal,
    /// It was not delivered, and the buyer resolved the contract.
    NonDelivery,
    /// It is not what was bought, and repair or replacement did not help.
    LegalConformity,
    /// No law: the seller or the operator is obliging.
    Commercial,
}

/// Whether the basis of a refund is certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::refunds::ClaimStanding", name = "RefundClaimStanding")]
pub(in crate::graphql) enum ClaimStanding {
    /// Somebody says so.
    Claimed,
    /// It is known. The refund cannot be declined then.
    Established,
}

/// What a refund is given as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::refunds::RefundForm")]
pub(in crate::graphql) enum RefundForm {
    /// All that is due on the line, or more.
    Full,
    /// Some of it.
    Partial,
    /// Credit for the shop.
    StoreCredit,
    /// A code for a discount.
    PromoCode,
}

/// The way that a refund takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::refunds::RefundMeans")]
pub(in crate::graphql) enum RefundMeans {
    /// Back the way it was paid. For full and partial refunds.
    OriginalPayment,
    /// Credit for the shop. For store credit.
    StoreCredit,
    /// A voucher or code. For promo codes.
    Voucher,
    /// A transfer to the buyer's bank account. For full and partial refunds.
    BankTransfer,
}

/// Why a refund was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::refunds::DeclineReason", name = "RefundDeclineReason")]
pub(in crate::graphql) enum DeclineReason {
    /// Nothing is owed.
    NotDue,
    /// It was refunded before.
    AlreadyRefunded,
    /// The line is excluded from withdrawal; it must have been sold so.
    WithdrawalExcluded,
    /// The time for it is over.
    WindowClosed,
    /// The goods have not come back.
    GoodsNotBack,
    /// Any other; the text says which.
    Other,
}

/// Why a payment system could not refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::refunds::FailureKind", name = "RefundFailure")]
pub(in crate::graphql) enum FailureKind {
    /// The card or account is lost, stolen, expired or closed.
    AccountGone,
    /// Not enough money to refund from.
    InsufficientFunds,
    /// The bank said no.
    Declined,
    /// The payment is disputed with the bank.
    PaymentDisputed,
    /// It was called off at the payment system.
    Canceled,
    /// Any other.
    Other,
}

/// What can be done to a refund; each is the mutation `refund…` of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::refunds::RefundAction")]
pub(in crate::graphql) enum RefundAction {
    /// `refundEstablish`
    Establish,
    /// `refundGrant`
    Grant,
    /// `refundApprove`
    Approve,
    /// `refundDecline`
    Decline,
    /// `refundConsent`
    Consent,
    /// `refundRefuseConsent`
    RefuseConsent,
    /// `refundSubmit`
    Submit,
    /// `refundRetry`
    Retry,
    /// `refundCancel`
    Cancel,
}

/// What a refund comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::refunds::RefundOriginKind")]
pub(in crate::graphql) enum RefundOriginKind {
    /// Somebody asked.
    Request,
    /// Goods came back.
    Return,
    /// A dispute ended so.
    Dispute,
    /// The buyer withdrew from the contract.
    Withdrawal,
}

/// Whether the buyer has to agree to the way of a refund, and has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "RefundConsentState")]
pub(in crate::graphql) enum ConsentState {
    /// Nobody has to be asked.
    NotNeeded,
    /// The buyer is asked. Silence is no consent.
    Awaited,
    /// The buyer agreed.
    Given,
    /// The buyer did not: it goes back the way it was paid.
    FellBack,
}

/// What came of an attempt to move the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "RefundAttemptState")]
pub(in crate::graphql) enum AttemptState {
    /// Nothing is known yet.
    Unknown,
    /// The payment system works on it, or waits for somebody.
    Pending,
    /// The money moved.
    Succeeded,
    /// It did not.
    Failed,
    /// It did, and came back.
    Reversed,
    /// The payment system says what does not fit. It is not booked; a person must look at it.
    Unclear,
}

/// Whether a refund may wait for the goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "RefundHold")]
pub(in crate::graphql) enum HoldState {
    /// It may not.
    Never,
    /// It may, and they are neither back nor known to be sent.
    Waiting,
    /// They are back, or known to be sent.
    Over,
}

/// Whose word a grant needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::refunds::Approval", name = "RefundApproval")]
pub(in crate::graphql) enum Approval {
    /// Whoever grants it is enough.
    NotNeeded,
    /// Another person of the operator has to approve.
    SecondPerson,
}

/// What of a shared delivery is refunded when a buyer withdraws from some of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::refunds::ShippingPolicy", name = "RefundShipping")]
pub(in crate::graphql) enum ShippingPolicy {
    /// In proportion to the value that is given back.
    ProRataValue,
    /// Nothing until the whole order is given back, and then all.
    OnlyIfAllReturned,
    /// What was paid less what delivering the kept goods alone would have cost.
    Recompute,
}

/// What the operator gives back of its commission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::purchases::CommissionReversal")]
pub(in crate::graphql) enum CommissionReversal {
    /// In proportion to what is refunded.
    Full,
    /// Nothing.
    None,
    /// In proportion, but for its fixed part.
    KeepFixedPart,
}

/// When the payment system is told of a refund that was granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::refunds::Execution", name = "RefundExecution")]
pub(in crate::graphql) enum Execution {
    /// When the operator says so.
    ByOperator,
    /// As soon as nobody has to be asked any more.
    AtOnce,
}

/// How "increased by the legal rate of interest" is read, which the law does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::refunds::InterestReading")]
pub(in crate::graphql) enum InterestReading {
    /// The rate at once: the dearer and so the cautious reading.
    AtOnce,
    /// The rate a year, for the days that it is late.
    PerYear,
}
