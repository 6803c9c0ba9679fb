//! What measures propose against sellers.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};

use super::super::errors::{Result, UserError, split, store};
use super::super::orders::SellerObject;
use super::super::paging::{PageOf, Paging, connection};
use super::super::scorecards::MeasureObject;
use super::super::session::session;
use super::SanctionStep;
use crate::domain::ids::{SanctionId, SanctionProposalId, SellerId};
use crate::domain::standing::{self, SanctionProposal};
use crate::store::ProposalFilter;
use crate::workflow::standing::dismiss;

/// Where a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "standing::ProposalState")]
enum SanctionProposalState {
    /// Somebody is to decide.
    Open,
    /// Somebody decided because of it: `sanctionId`.
    Taken,
    /// Somebody thought otherwise.
    Dismissed,
    /// The measures propose it no longer.
    Over,
}

/// A step that measures propose.
pub(in crate::graphql) struct ProposalObject(SanctionProposal);

#[Object(name = "SanctionProposal")]
/// A step that measures propose against a seller, found at night. Nothing follows from it by itself: a person decides, by
/// `sanctionImpose`. For operators.
impl ProposalObject {
    /// An id that stays the same. Not a node.
    async fn id(&self) -> SanctionProposalId {
        self.0.id
    }

    /// Against whom; null when the seller is gone.
    async fn seller(&self, ctx: &Context<'_>) -> Option<Result<SellerObject>> {
        let load = async { session(ctx)?.loaders().seller(self.0.seller).await };
        load.await.map(|found| found.map(SellerObject)).transpose()
    }

    /// How far.
    async fn step(&self) -> SanctionStep {
        self.0.step.into()
    }

    /// At the end of which day it was found last.
    async fn on(&self) -> NaiveDate {
        self.0.on
    }

    /// The measures that propose it, as they were on that day.
    async fn measures(&self) -> Vec<MeasureObject> {
        self.0.lines.iter().copied().map(MeasureObject).collect()
    }

    /// Where it stands.
    async fn state(&self) -> SanctionProposalState {
        self.0.state.into()
    }

    /// What was decided because of it; null when nothing was.
    async fn sanction_id(&self) -> Option<SanctionId> {
        self.0.sanction
    }

    /// Why somebody thought otherwise; null when nobody did.
    async fn dismissed_for(&self) -> Option<&str> {
        self.0.dismissal.as_ref().map(|dismissal| dismissal.reasons.as_str())
    }

    /// Who thought otherwise; null when nobody did.
    async fn dismissed_by(&self) -> Option<&str> {
        self.0.dismissal.as_ref().and_then(|dismissal| dismissal.name.as_deref())
    }

    /// When it was found first.
    async fn made_at(&self) -> DateTime<Utc> {
        self.0.made_at
    }
}

/// The queries of this file.
#[derive(Default)]
pub(in crate::graphql) struct ProposalQueries;

#[Object]
impl ProposalQueries {
    /// What measures propose against sellers, the newest first. For operators; others find nothing.
    #[graphql(complexity = "super::super::page_cost(first, last) * child_complexity + 1")]
    async fn sanction_proposals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "All against this seller; null for those about which somebody is to decide.")] seller_id: Option<SellerId>,
        #[graphql(desc = "How many items, at most 100, after `after` or from the start.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(desc = "How many items, at most 100, before `before` or from the end.")] last: Option<i32>,
        #[graphql(desc = "The `startCursor` of the page after.")] before: Option<String>,
    ) -> Result<PageOf<ProposalObject>> {
        let session = session(ctx)?;
        let request = Paging { first, after, last, before }.request()?;
        let filter = seller_id.map_or(ProposalFilter::Open, ProposalFilter::Against);
        let page = session.cx().store.sanction_proposals(session.scope(), filter, &request).await.map_err(|error| store(&error))?;
        Ok(connection(page, |proposal| proposal.id, ProposalObject))
    }
}

/// A proposal that somebody does not follow.
#[derive(InputObject)]
pub(in crate::graphql) struct SanctionProposalDismissInput {
    /// Which.
    proposal_id: SanctionProposalId,
    /// Why, 1 to 2,000 characters. For the operator's eyes.
    reasons: String,
}

/// What came of it.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SanctionProposalDismissPayload {
    /// The proposal as it is now; null when nothing was done.
    proposal: Option<ProposalObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// The mutations of this file.
#[derive(Default)]
pub(in crate::graphql) struct ProposalMutations;

#[Object]
impl ProposalMutations {
    /// Says that nothing is decided because of a proposal. For people of the operator. As much is not proposed again for as many days as
    /// a warning leaves.
    async fn sanction_proposal_dismiss(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and why.")] input: SanctionProposalDismissInput,
    ) -> Option<Result<SanctionProposalDismissPayload>> {
        let run = async {
            let session = session(ctx)?;
            let done = Box::pin(dismiss(session.cx(), session.actor(), input.proposal_id, &input.reasons)).await;
            let (proposal, user_errors) = split(done)?;
            Ok(SanctionProposalDismissPayload { proposal: proposal.map(ProposalObject), user_errors })
        };
        Some(run.await)
    }
}
