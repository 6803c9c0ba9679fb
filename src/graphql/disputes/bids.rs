//! What is offered, proposed and asked for in disputes.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};

use super::enums::{OfferState, ProposalAnswer, Remedy};
use super::for_operator;
use crate::domain::disputes::{EvidenceRequest, Offer, Proposal};
use crate::domain::ids::OfferId;
use crate::graphql::enums::Party;
use crate::graphql::errors::Result;
use crate::graphql::masking;
use crate::graphql::scalars::MoneyObject;

/// An offer.
pub(in crate::graphql) struct OfferObject(pub(super) Offer);

#[Object(name = "DisputeOffer")]
/// What one party offered the other. Not a node.
impl OfferObject {
    /// Its id, by which it is accepted or refused.
    async fn id(&self) -> OfferId {
        self.0.id
    }

    /// Who offered.
    async fn by(&self) -> Party {
        self.0.by.into()
    }

    /// What the buyer would get.
    async fn remedy(&self) -> Remedy {
        self.0.bid.remedy.into()
    }

    /// How much; null for what has no amount.
    async fn amount(&self) -> Option<MoneyObject> {
        self.0.bid.amount.map(Into::into)
    }

    /// In words, without contact details where the marketplace masks them; may be empty.
    async fn text(&self, ctx: &Context<'_>) -> Result<String> {
        masking::words(ctx, self.0.by, &self.0.bid.text).await
    }

    /// Where it stands.
    async fn state(&self) -> OfferState {
        self.0.state.into()
    }

    /// When it was made.
    async fn made_at(&self) -> DateTime<Utc> {
        self.0.made_at
    }

    /// Until when it stands.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.0.expires_at
    }
}

/// A proposal.
pub(in crate::graphql) struct ProposalObject(pub(super) Proposal);

#[Object(name = "DisputeProposal")]
/// What the operator proposed to both parties, as the one who conciliates. Not a node.
impl ProposalObject {
    /// Its id, by which it is accepted or refused.
    async fn id(&self) -> OfferId {
        self.0.id
    }

    /// Who proposed, as `Dispute.mediators` names them; null for viewers other than the operator.
    async fn by(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        for_operator(ctx, self.0.by.as_str())
    }

    /// What the buyer would get.
    async fn remedy(&self) -> Remedy {
        self.0.bid.remedy.into()
    }

    /// How much; null for what has no amount.
    async fn amount(&self) -> Option<MoneyObject> {
        self.0.bid.amount.map(Into::into)
    }

    /// In words; may be empty.
    async fn text(&self) -> &str {
        &self.0.bid.text
    }

    /// What the buyer says.
    async fn buyer(&self) -> ProposalAnswer {
        self.0.buyer.into()
    }

    /// What the seller says.
    async fn seller(&self) -> ProposalAnswer {
        self.0.seller.into()
    }

    /// Where it stands.
    async fn state(&self) -> OfferState {
        self.0.state.into()
    }

    /// When it was made.
    async fn made_at(&self) -> DateTime<Utc> {
        self.0.made_at
    }

    /// Until when both can accept it.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.0.expires_at
    }
}

/// A request for evidence.
pub(in crate::graphql) struct EvidenceRequestObject(pub(super) EvidenceRequest);

#[Object(name = "DisputeEvidenceRequest")]
/// Something that a party was asked for.
impl EvidenceRequestObject {
    /// Who is asked.
    async fn of(&self) -> Party {
        self.0.of.into()
    }

    /// By whom, as `Dispute.mediators` names people; null for viewers other than the operator.
    async fn by(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        for_operator(ctx, self.0.by.as_str())
    }

    /// For what.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// When.
    async fn requested_at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// Until when an answer is taken.
    async fn due_at(&self) -> DateTime<Utc> {
        self.0.due_at
    }
}
