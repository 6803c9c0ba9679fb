//! Every transition of a dispute, as data. What is not listed here cannot happen.

use serde::{Deserialize, Serialize};

use super::super::hands::Hand::{self, Buyer, Operator, Seller, System};
use super::DisputeStage::{self, Appealed, Arbitration, Decided, DirectContact, Final, Mediation, Settled, Unresolved, Withdrawn};

/// What can be done to a dispute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DisputeAction {
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
    /// A refund covers all that it is about.
    RefundCovers,
    /// Time passed.
    Elapse,
}

impl DisputeAction {
    /// Every one.
    pub const ALL: [Self; 19] = [
        Self::Answer,
        Self::MakeOffer,
        Self::CounterOffer,
        Self::AcceptOffer,
        Self::RefuseOffer,
        Self::Withdraw,
        Self::Escalate,
        Self::StandBack,
        Self::TakeUp,
        Self::Propose,
        Self::AcceptProposal,
        Self::RefuseProposal,
        Self::RequestEvidence,
        Self::SubmitEvidence,
        Self::Decide,
        Self::Appeal,
        Self::DecideAppeal,
        Self::RefundCovers,
        Self::Elapse,
    ];
}

/// One line of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DisputeTransition {
    /// In this stage.
    pub from: DisputeStage,
    /// This may be done.
    pub action: DisputeAction,
    /// By these hands.
    pub hands: &'static [Hand],
    /// And leads to one of these.
    pub to: &'static [DisputeStage],
}

const fn when(from: DisputeStage, action: DisputeAction, hands: &'static [Hand], to: &'static [DisputeStage]) -> DisputeTransition {
    DisputeTransition { from, action, hands, to }
}

const PARTIES: &[Hand] = &[Buyer, Seller];
const ALL: &[Hand] = &[Buyer, Seller, Operator];

impl DisputeTransition {
    /// The whole machine.
    ///
    /// An opener may take a dispute back during conciliation too: nobody has to go on with one. Once the operator decides, a
    /// dispute that nobody pursues is decided as `ABANDONED`.
    pub const ALL: &'static [Self] = &[
        when(DirectContact, DisputeAction::Answer, PARTIES, &[DirectContact]),
        when(DirectContact, DisputeAction::MakeOffer, PARTIES, &[DirectContact]),
        when(DirectContact, DisputeAction::CounterOffer, PARTIES, &[DirectContact]),
        when(DirectContact, DisputeAction::AcceptOffer, PARTIES, &[Settled]),
        when(DirectContact, DisputeAction::RefuseOffer, PARTIES, &[DirectContact]),
        when(DirectContact, DisputeAction::Withdraw, PARTIES, &[Withdrawn]),
        when(DirectContact, DisputeAction::Escalate, ALL, &[Mediation]),
        when(DirectContact, DisputeAction::StandBack, &[Operator], &[Unresolved]),
        when(DirectContact, DisputeAction::SubmitEvidence, ALL, &[DirectContact]),
        when(DirectContact, DisputeAction::RefundCovers, &[System], &[Settled]),
        when(DirectContact, DisputeAction::Elapse, &[System], &[DirectContact, Mediation]),
        when(Mediation, DisputeAction::TakeUp, &[Operator], &[Mediation]),
        when(Mediation, DisputeAction::Propose, &[Operator], &[Mediation]),
        when(Mediation, DisputeAction::AcceptProposal, PARTIES, &[Mediation, Settled]),
        when(Mediation, DisputeAction::RefuseProposal, PARTIES, &[Arbitration, Unresolved]),
        when(Mediation, DisputeAction::Withdraw, PARTIES, &[Withdrawn]),
        when(Mediation, DisputeAction::StandBack, &[Operator], &[Unresolved]),
        when(Mediation, DisputeAction::RequestEvidence, &[Operator], &[Mediation]),
        when(Mediation, DisputeAction::SubmitEvidence, ALL, &[Mediation]),
        when(Mediation, DisputeAction::RefundCovers, &[System], &[Settled]),
        when(Mediation, DisputeAction::Elapse, &[System], &[Mediation, Arbitration, Unresolved]),
        when(Arbitration, DisputeAction::RequestEvidence, &[Operator], &[Arbitration]),
        when(Arbitration, DisputeAction::SubmitEvidence, ALL, &[Arbitration]),
        when(Arbitration, DisputeAction::Decide, &[Operator], &[Decided]),
        when(Arbitration, DisputeAction::RefundCovers, &[System], &[Settled]),
        when(Arbitration, DisputeAction::Elapse, &[System], &[Arbitration, Decided]),
        when(Decided, DisputeAction::Appeal, PARTIES, &[Appealed]),
        when(Decided, DisputeAction::Elapse, &[System], &[Final]),
        when(Appealed, DisputeAction::RequestEvidence, &[Operator], &[Appealed]),
        when(Appealed, DisputeAction::SubmitEvidence, ALL, &[Appealed]),
        when(Appealed, DisputeAction::DecideAppeal, &[Operator], &[Final]),
        when(Appealed, DisputeAction::Elapse, &[System], &[Appealed, Final]),
    ];

    /// The line for an action in a stage.
    pub fn find(from: DisputeStage, action: DisputeAction) -> Option<&'static Self> {
        Self::ALL.iter().find(|one| one.from == from && one.action == action)
    }
}
