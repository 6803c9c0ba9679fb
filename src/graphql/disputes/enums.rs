//! The words of disputes.

use async_graphql::Enum;

/// Where a dispute stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::disputes::DisputeStage")]
pub(in crate::graphql) enum DisputeStage {
    /// Buyer and seller talk.
    DirectContact,
    /// The operator conciliates. This is no mediation by a consumer mediator.
    Mediation,
    /// The operator takes evidence and decides.
    Arbitration,
    /// They agreed, or the money was paid.
    Settled,
    /// The opener took it back.
    Withdrawn,
    /// It is decided, and can be appealed.
    Decided,
    /// Another person looks at the decision.
    Appealed,
    /// It is decided for good.
    Final,
    /// Nobody agreed and the operator does not decide.
    Unresolved,
}

/// Why somebody disputes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::disputes::DisputeReason")]
pub(in crate::graphql) enum DisputeReason {
    /// Nothing came.
    NotReceived,
    /// It is not what was sold.
    NotAsDescribed,
    /// It does not work.
    Defective,
    /// A return was declined.
    ReturnDeclined,
    /// What came back was found not good.
    ReturnNotCompliant,
    /// A refund was declined, or did not come.
    RefundRefused,
    /// The amount is wrong.
    WrongAmount,
    /// Something went wrong with a return, says the seller: nothing came back, or not what was sent.
    BuyersReturn,
    /// Danger to people. One need not talk with the other party first.
    Safety,
    /// Suspicion of counterfeit goods. One need not talk with the other party first.
    Counterfeit,
    /// Suspicion of fraud. One need not talk with the other party first.
    Fraud,
    /// Abusive words or behaviour. One need not talk with the other party first.
    Abuse,
    /// Any other; the text says which.
    Other,
}

/// What a party would like, offers, or gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::disputes::Remedy", name = "DisputeRemedy")]
pub(in crate::graphql) enum Remedy {
    /// Money back.
    Refund,
    /// Money back once the goods are back.
    RefundWithReturn,
    /// Other goods. Has no amount.
    Replacement,
    /// Other goods and money.
    RefundWithReplacement,
    /// A repair. Has no amount.
    Repair,
    /// Some money back, and the buyer keeps the goods.
    PartialRefundKeepItem,
    /// Credit for the shop.
    StoreCredit,
}

/// What can be done to a dispute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::disputes::DisputeAction")]
pub(in crate::graphql) enum DisputeAction {
    /// `disputeAnswer`
    Answer,
    /// `disputeMakeOffer`
    MakeOffer,
    /// `disputeCounterOffer`
    CounterOffer,
    /// `disputeAcceptOffer`
    AcceptOffer,
    /// `disputeRefuseOffer`
    RefuseOffer,
    /// `disputeWithdraw`
    Withdraw,
    /// `disputeEscalate`
    Escalate,
    /// `disputeStandBack`
    StandBack,
    /// `disputeTakeUp`
    TakeUp,
    /// `disputePropose`
    Propose,
    /// `disputeAcceptProposal`
    AcceptProposal,
    /// `disputeRefuseProposal`
    RefuseProposal,
    /// `disputeRequestEvidence`
    RequestEvidence,
    /// `disputeSubmitEvidence`
    SubmitEvidence,
    /// `disputeDecide`
    Decide,
    /// `disputeAppeal`
    Appeal,
    /// `disputeDecideAppeal`
    DecideAppeal,
    /// A refund covers all that it is about. Never offered.
    RefundCovers,
    /// Time passed. Never offered.
    Elapse,
}

/// Where an offer or a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::disputes::OfferState", name = "DisputeOfferState")]
pub(in crate::graphql) enum OfferState {
    /// It can be accepted.
    Open,
    /// It was.
    Accepted,
    /// It was refused.
    Declined,
    /// Another offer was made in answer.
    Countered,
    /// Its time ran out, or the dispute went on without it.
    Lapsed,
}

/// What a party says to a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::disputes::Answer", name = "DisputeProposalAnswer")]
pub(in crate::graphql) enum ProposalAnswer {
    /// Nothing yet.
    Open,
    /// Yes.
    Accepted,
    /// No.
    Refused,
}

/// Whom a decision favours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::disputes::DisputeOutcome")]
pub(in crate::graphql) enum DisputeOutcome {
    /// The buyer.
    BuyerFavour,
    /// The seller.
    SellerFavour,
    /// Each in part.
    Split,
    /// Nobody was wrong; the buyer may be given something all the same.
    NoFault,
    /// The opener no longer pursues it.
    Abandoned,
}

/// Who was at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::disputes::Fault", name = "DisputeFault")]
pub(in crate::graphql) enum Fault {
    /// The buyer.
    Buyer,
    /// The seller.
    Seller,
    /// The carrier.
    Carrier,
    /// The marketplace.
    Platform,
    /// Nobody, or nobody can tell.
    None,
}

/// Whether a decision counts in the measures of the seller. It is decided apart from who won.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::disputes::CountsAgainstSeller")]
pub(in crate::graphql) enum CountsAgainstSeller {
    /// It does.
    Counts,
    /// It does not.
    DoesNotCount,
}

/// Why it was decided so, as a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::disputes::DecisionReason", name = "DisputeDecisionReason")]
pub(in crate::graphql) enum DecisionReason {
    /// The delivery is proved.
    DeliveryProved,
    /// The delivery is not proved.
    DeliveryNotProved,
    /// The goods are not what was sold.
    NotConform,
    /// The goods are what was sold.
    Conform,
    /// The buyer damaged or changed the goods.
    DamagedByBuyer,
    /// They were damaged on the way.
    DamagedInTransit,
    /// The law gives the buyer what was asked for.
    LegalRight,
    /// The charter says so.
    CharterRule,
    /// It was asked for too late.
    TooLate,
    /// One side said nothing.
    NoAnswer,
    /// The opener no longer pursues it.
    NoLongerPursued,
    /// Nobody decided in time. Given by time alone.
    HardStop,
    /// Any other; the statement says which.
    Other,
}

/// Who decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "DisputeDecider")]
pub(in crate::graphql) enum Decider {
    /// A person of the operator.
    Person,
    /// The time that ran out. No person examined who was right.
    HardStop,
}

/// How the parties came to agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "DisputeAgreement")]
pub(in crate::graphql) enum Agreement {
    /// By an offer.
    Offer,
    /// By a proposal of the operator.
    Proposal,
    /// All that it was about was refunded.
    Refunded,
}

/// Whether a marketplace decides disputes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::disputes::Arbitration", name = "DisputeArbitration")]
pub(in crate::graphql) enum Arbitration {
    /// It does.
    Offered,
    /// It stops at conciliation.
    NotOffered,
}
