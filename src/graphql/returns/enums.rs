//! The closed sets of returns, as the schema names and describes them.

use async_graphql::Enum;

use crate::domain::returns;

/// Where a return stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::returns::ReturnState")]
pub(in crate::graphql) enum ReturnState {
    /// The seller decides; silence approves.
    Requested,
    /// The seller provides what the buyer sends with.
    Approved,
    /// It was declined; the buyer may dispute that.
    Declined,
    /// The buyer thinks about an offer to keep the item.
    OfferPending,
    /// The buyer keeps the item; the money follows.
    ItemKept,
    /// The buyer sends.
    ReadyToShip,
    /// The carrier has it.
    InTransit,
    /// All of it has come; the seller looks at it.
    Received,
    /// Some of it has come.
    PartiallyReceived,
    /// It was lost on the way.
    Lost,
    /// What came is good; money or replacement follows.
    Compliant,
    /// What came is not; the buyer may dispute that.
    NonCompliant,
    /// It is over.
    Closed,
    /// It was called off.
    Canceled,
    /// The buyer never sent it.
    Expired,
}

/// On what right goods are sent back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::returns::LegalBasis")]
pub(in crate::graphql) enum ReturnBasis {
    /// The consumer's withdrawal (articles L221-18 and following of the French consumer code): no reason is owed.
    Withdrawal,
    /// The guarantee of conformity (articles L217-3 and following): free of charge for the buyer.
    LegalConformity,
    /// What the marketplace's charter grants beyond the law.
    Commercial,
}

/// What the buyer would like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::returns::Resolution")]
pub(in crate::graphql) enum ReturnResolution {
    /// The money back.
    #[default]
    Refund,
    /// Other goods.
    Replacement,
    /// The goods repaired; for goods that are not what was sold.
    Repair,
    /// Some of the money back; for goods that are not what was sold.
    PriceReduction,
    /// Credit for the shop; where the law gives money the refund asks for the buyer's express consent.
    StoreCredit,
}

/// By which way goods come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::returns::ReturnMethod")]
pub(in crate::graphql) enum ReturnMethod {
    /// By post.
    ByMail,
    /// To a drop-off point.
    DropOffPoint,
    /// Collected at the buyer's home.
    HomePickup,
    /// In a shop.
    InStore,
    /// Not at all: the buyer keeps the goods and is refunded.
    Returnless,
}

/// Why goods go back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::returns::ReasonKind")]
pub(in crate::graphql) enum ReturnReasonKind {
    /// The buyer changed their mind.
    ChangedMind,
    /// The buyer does not like it.
    DislikesIt,
    /// The buyer does not want it any more.
    NoLongerWanted,
    /// The buyer had expected better quality.
    PoorQuality,
    /// The buyer ordered the wrong thing, or by mistake.
    OrderedByMistake,
    /// The buyer withdraws and owes no reason.
    NoReason,
    /// It does not fit.
    DoesNotFit,
    /// It is too large.
    TooBig,
    /// It is too small.
    TooSmall,
    /// It came late.
    ArrivedLate,
    /// It is broken.
    Broken,
    /// It does not work.
    Defective,
    /// It did not work from the start.
    DefectiveOnArrival,
    /// The packaging is damaged.
    DamagedPackaging,
    /// It is another product than the one ordered.
    WrongItem,
    /// It came in another colour than ordered.
    WrongColor,
    /// It came in another size than ordered.
    WrongSizeSent,
    /// It is not what the description says.
    NotAsDescribed,
    /// Something is missing.
    MissingItem,
    /// It is a counterfeit.
    Counterfeit,
    /// The guarantee is called on.
    Warranty,
    /// Any other; the words say which.
    Other,
}

/// Whose list of reasons a code is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::returns::Vocabulary")]
pub(in crate::graphql) enum ReturnVocabulary {
    /// Mirakl's reason codes of a connector: `RETURN_…`.
    Mirakl,
    /// Shopify's `ReturnReason`.
    Shopify,
    /// eBay's `ReturnReasonEnum`.
    Ebay,
    /// Medusa's reason of a claim item, in lower case.
    Medusa,
}

/// Why a return is declined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::returns::DeclineReason")]
pub(in crate::graphql) enum ReturnDeclineReason {
    /// These goods cannot be returned.
    NotEligible,
    /// It is too late.
    WindowClosed,
    /// They were sold as final.
    FinalSale,
    /// They need not come back: the matter is settled otherwise.
    NotNeeded,
    /// Any other; the text says which.
    Other,
}

/// What is wrong with what came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::returns::NonCompliance")]
pub(in crate::graphql) enum ReturnNonCompliance {
    /// Something is missing.
    MissingItem,
    /// It is another product.
    WrongProduct,
    /// It is damaged.
    DamagedProduct,
    /// It came too late.
    WindowClosed,
    /// Any other; the text says which.
    Other,
}

/// How a return ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::returns::Closing")]
pub(in crate::graphql) enum ReturnClosing {
    /// The money or the replacement followed.
    Settled,
    /// It did not follow in time; the operator sees to it.
    LeftToOperator,
    /// It was declined, and the buyer left it at that.
    Declined,
    /// What came was not good, and the buyer left it at that: of a withdrawal, at the refund less what was kept.
    NonCompliant,
    /// It was lost at the buyer's own risk.
    LostAtBuyersRisk,
    /// A dispute about it ended for the seller.
    DisputeLost,
}

/// What can be done to a return: each is a mutation of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum ReturnAction {
    /// `returnApprove`
    Approve,
    /// `returnDecline`
    Decline,
    /// `returnProposeKeepItem`
    ProposeKeepItem,
    /// `returnAnswerKeepItem`
    AnswerKeepItem,
    /// `returnProvideLabel`
    ProvideLabel,
    /// `returnRecordShipped`
    RecordShipped,
    /// `returnRecordDelivered`
    RecordDelivered,
    /// `returnRecordReceived`
    RecordReceived,
    /// `returnRecordLost`
    RecordLost,
    /// `returnRecordInspection`
    RecordInspection,
    /// `returnCancel`
    Cancel,
}

impl ReturnAction {
    /// What people do; nothing for what only our own machines do.
    pub(in crate::graphql) const fn of(action: returns::ReturnAction) -> Option<Self> {
        Some(match action {
            returns::ReturnAction::Approve => Self::Approve,
            returns::ReturnAction::Decline => Self::Decline,
            returns::ReturnAction::ProposeKeepItem => Self::ProposeKeepItem,
            returns::ReturnAction::AcceptOffer | returns::ReturnAction::DeclineOffer => Self::AnswerKeepItem,
            returns::ReturnAction::AttachLabel
            | returns::ReturnAction::ProvideRmaNumber
            | returns::ReturnAction::RecordLabelSentOffline => Self::ProvideLabel,
            returns::ReturnAction::RecordShipped => Self::RecordShipped,
            returns::ReturnAction::RecordDelivered => Self::RecordDelivered,
            returns::ReturnAction::RecordReceived => Self::RecordReceived,
            returns::ReturnAction::RecordLost => Self::RecordLost,
            returns::ReturnAction::MarkCompliant | returns::ReturnAction::MarkNonCompliant => Self::RecordInspection,
            returns::ReturnAction::Cancel => Self::Cancel,
            returns::ReturnAction::LinkDispute
            | returns::ReturnAction::EndDispute
            | returns::ReturnAction::Settle
            | returns::ReturnAction::Elapse => return None,
        })
    }
}
