//! Every transition of a return, as data. What is not listed here cannot happen.

use serde::{Deserialize, Serialize};

use super::super::hands::Hand::{self, Buyer, Carrier, Operator, Seller, System};
use super::ReturnState::{
    self, Approved, Canceled, Closed, Compliant, Declined, Expired, InTransit, ItemKept, Lost, NonCompliant, OfferPending,
    PartiallyReceived, ReadyToShip, Received, Requested,
};

/// What can be done to a return: the verbs say what happened (eBay's Return API is the model of the names).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReturnAction {
    /// `returnApprove`
    Approve,
    /// `returnDecline`
    Decline,
    /// `returnProposeKeepItem`
    ProposeKeepItem,
    /// `returnAcceptOffer`
    AcceptOffer,
    /// `returnDeclineOffer`
    DeclineOffer,
    /// `returnAttachLabel`
    AttachLabel,
    /// `returnProvideRmaNumber`
    ProvideRmaNumber,
    /// `returnRecordLabelSentOffline`
    RecordLabelSentOffline,
    /// `returnRecordShipped`
    RecordShipped,
    /// `returnRecordDelivered`
    RecordDelivered,
    /// `returnRecordReceived`
    RecordReceived,
    /// `returnRecordLost`
    RecordLost,
    /// `returnMarkCompliant`
    MarkCompliant,
    /// `returnMarkNonCompliant`
    MarkNonCompliant,
    /// `returnCancel`
    Cancel,
    /// A dispute about it was opened.
    LinkDispute,
    /// That dispute ended.
    EndDispute,
    /// The money or the replacement followed.
    Settle,
    /// Time passed.
    Elapse,
}

impl ReturnAction {
    /// Every one.
    pub const ALL: [Self; 19] = [
        Self::Approve,
        Self::Decline,
        Self::ProposeKeepItem,
        Self::AcceptOffer,
        Self::DeclineOffer,
        Self::AttachLabel,
        Self::ProvideRmaNumber,
        Self::RecordLabelSentOffline,
        Self::RecordShipped,
        Self::RecordDelivered,
        Self::RecordReceived,
        Self::RecordLost,
        Self::MarkCompliant,
        Self::MarkNonCompliant,
        Self::Cancel,
        Self::LinkDispute,
        Self::EndDispute,
        Self::Settle,
        Self::Elapse,
    ];
}

/// One line of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// In this state.
    pub from: ReturnState,
    /// This may be done.
    pub action: ReturnAction,
    /// By these hands.
    pub hands: &'static [Hand],
    /// And leads to one of these.
    pub to: &'static [ReturnState],
}

const fn when(from: ReturnState, action: ReturnAction, hands: &'static [Hand], to: &'static [ReturnState]) -> Transition {
    Transition { from, action, hands, to }
}

impl Transition {
    /// The whole machine.
    ///
    /// Three lines are not in the usual tables of others: goods may be recorded as sent before there is a label and as received
    /// before they were recorded as sent, as the proof would be lost otherwise; and whoever declined or found fault may think
    /// better of it.
    pub const ALL: &'static [Self] = &[
        when(Requested, ReturnAction::Approve, &[Seller, Operator], &[Approved, ItemKept]),
        when(Requested, ReturnAction::Decline, &[Seller, Operator], &[Declined]),
        when(Requested, ReturnAction::ProposeKeepItem, &[Seller, Operator], &[OfferPending]),
        when(Requested, ReturnAction::Cancel, &[Buyer, Operator], &[Canceled]),
        when(Requested, ReturnAction::Elapse, &[System], &[Approved, ItemKept]),
        when(Approved, ReturnAction::ProposeKeepItem, &[Seller, Operator], &[OfferPending]),
        when(Approved, ReturnAction::AttachLabel, &[Seller, Operator], &[ReadyToShip]),
        when(Approved, ReturnAction::ProvideRmaNumber, &[Seller, Operator], &[ReadyToShip]),
        when(Approved, ReturnAction::RecordLabelSentOffline, &[Seller, Operator], &[ReadyToShip]),
        when(Approved, ReturnAction::RecordShipped, &[Buyer, Carrier], &[InTransit]),
        when(Approved, ReturnAction::Cancel, &[Buyer, Operator], &[Canceled]),
        when(Approved, ReturnAction::Elapse, &[System], &[ReadyToShip]),
        when(OfferPending, ReturnAction::AcceptOffer, &[Buyer], &[ItemKept]),
        when(OfferPending, ReturnAction::DeclineOffer, &[Buyer], &[Requested, Approved]),
        when(OfferPending, ReturnAction::Elapse, &[System], &[Requested, Approved]),
        when(Declined, ReturnAction::Approve, &[Seller, Operator], &[Approved, ItemKept]),
        when(Declined, ReturnAction::Cancel, &[Buyer, Operator], &[Canceled]),
        when(Declined, ReturnAction::LinkDispute, &[System], &[Declined]),
        when(Declined, ReturnAction::EndDispute, &[System], &[Approved, Closed]),
        when(Declined, ReturnAction::Elapse, &[System], &[Closed]),
        when(ReadyToShip, ReturnAction::RecordShipped, &[Buyer, Carrier], &[InTransit]),
        when(ReadyToShip, ReturnAction::RecordReceived, &[Seller, Operator], &[Received, PartiallyReceived]),
        when(ReadyToShip, ReturnAction::Cancel, &[Buyer, Operator], &[Canceled]),
        when(ReadyToShip, ReturnAction::Elapse, &[System], &[Expired]),
        when(InTransit, ReturnAction::RecordDelivered, &[Carrier], &[InTransit]),
        when(InTransit, ReturnAction::RecordReceived, &[Seller, Operator, Carrier], &[Received, PartiallyReceived]),
        when(InTransit, ReturnAction::RecordLost, &[Carrier, Operator], &[Lost]),
        when(InTransit, ReturnAction::Elapse, &[System], &[Received, Lost]),
        when(PartiallyReceived, ReturnAction::RecordReceived, &[Seller, Operator, Carrier], &[Received, PartiallyReceived]),
        when(PartiallyReceived, ReturnAction::MarkCompliant, &[Seller, Operator], &[Compliant]),
        when(PartiallyReceived, ReturnAction::MarkNonCompliant, &[Seller, Operator], &[NonCompliant]),
        when(PartiallyReceived, ReturnAction::Elapse, &[System], &[Compliant]),
        when(Received, ReturnAction::MarkCompliant, &[Seller, Operator], &[Compliant]),
        when(Received, ReturnAction::MarkNonCompliant, &[Seller, Operator], &[NonCompliant]),
        when(Received, ReturnAction::Elapse, &[System], &[Compliant]),
        when(NonCompliant, ReturnAction::MarkCompliant, &[Seller, Operator], &[Compliant]),
        when(NonCompliant, ReturnAction::LinkDispute, &[System], &[NonCompliant]),
        when(NonCompliant, ReturnAction::EndDispute, &[System], &[Compliant, Closed]),
        when(NonCompliant, ReturnAction::Elapse, &[System], &[Closed]),
        when(Compliant, ReturnAction::Settle, &[System], &[Closed]),
        when(Compliant, ReturnAction::Elapse, &[System], &[Closed]),
        when(ItemKept, ReturnAction::Settle, &[System], &[Closed]),
        when(ItemKept, ReturnAction::Elapse, &[System], &[Closed]),
        when(Lost, ReturnAction::Settle, &[System], &[Closed]),
        when(Lost, ReturnAction::Elapse, &[System], &[Closed]),
    ];

    /// The line for an action in a state.
    pub fn find(from: ReturnState, action: ReturnAction) -> Option<&'static Self> {
        Self::ALL.iter().find(|one| one.from == from && one.action == action)
    }
}

const _: () = assert!(Expired.is_over() && Canceled.is_over() && Closed.is_over());
