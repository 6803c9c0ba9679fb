//! Refunds: asked for, decided, paid.

mod enums;
mod grants;
mod inputs;
mod loading;
mod mutations;
mod previews;
mod quote;
mod rules;

use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::cases::CaseObject;
use super::enums::Party;
use super::errors::{Result, failure};
use super::ledger::PostingObject;
use super::orders::{OrderObject, SellerObject};
use super::scalars::MoneyObject;
use super::session::session;
use crate::domain::disputes::Dispute;
use crate::domain::hands::Available;
use crate::domain::ids::RefundId;
use crate::domain::parties::View;
use crate::domain::refunds::{Asked, Attempt, AttemptOutcome, RefundOrigin};
use crate::store::StoredRefund;
use crate::workflow::refunds;
use enums::{AttemptState, ClaimStanding, DeclineReason, FailureKind, RefundAction, RefundBasis, RefundOriginKind, RefundStatus};
use grants::{GrantObject, PersonObject, is_staff};

pub(super) use grants::{CostsObject, SharesObject};
pub(super) use inputs::{CostSharesInput, RefundCostsInput};
pub(super) use mutations::RefundMutations;
pub(super) use previews::RefundPreviewQueries;
pub(super) use quote::RefundQueries;
pub(super) use rules::{RefundRulesInput, RefundRulesObject, refund_rules};

/// A refund.
#[derive(Clone)]
pub(super) struct RefundObject(pub(super) StoredRefund);

#[Object(name = "Refund")]
/// Money that goes back to a buyer, from the first word to the last cent. Granting it and moving the money are two steps. The
/// buyer's side sees what is given and whether it was paid, and nothing of who bears it or how it was decided and sent.
impl RefundObject {
    /// The global id.
    pub(super) async fn id(&self) -> RefundId {
        self.0.refund.id
    }

    /// The order.
    async fn order(&self, ctx: &Context<'_>) -> Option<Result<OrderObject>> {
        let load = async { session(ctx)?.loaders().order(self.0.refund.order).await };
        load.await.map(|found| found.map(OrderObject)).transpose()
    }

    /// The line that it was asked for, by the marketplace's id. Other lines may get their delivery back with it.
    async fn line_id(&self) -> &str {
        self.0.refund.line.as_str()
    }

    /// The case that it belongs to; null when the viewer does not know it.
    async fn case(&self, ctx: &Context<'_>) -> Option<Result<CaseObject>> {
        let load = async { session(ctx)?.loaders().case(self.0.case).await };
        load.await.map(|found| found.map(CaseObject)).transpose()
    }

    /// Whose sale it was.
    async fn seller(&self, ctx: &Context<'_>) -> Option<Result<SellerObject>> {
        let load = async { session(ctx)?.loaders().seller(self.0.seller).await };
        load.await.map(|found| found.map(SellerObject)).transpose()
    }

    /// Where it stands.
    #[expect(clippy::unused_async, reason = "a resolver is async by contract")]
    async fn status(&self, ctx: &Context<'_>) -> Result<RefundStatus> {
        let status = self.0.refund.status;
        Ok(if Self::staff(ctx)? { status } else { status.to_buyer() }.into())
    }

    /// How often it has changed, as far as the viewer may know. Every decision names it.
    #[expect(clippy::unused_async, reason = "a resolver is async by contract")]
    async fn revision(&self, ctx: &Context<'_>) -> Result<i32> {
        let revision = if Self::staff(ctx)? { self.0.refund.revision } else { self.0.to_buyer.revision };
        Ok(revision.get())
    }

    /// What it comes from.
    async fn origin(&self) -> RefundOriginKind {
        self.0.origin.kind().into()
    }

    /// The return, the dispute or the withdrawal that it comes from; null when somebody asked for it.
    async fn origin_id(&self) -> Option<async_graphql::ID> {
        match self.0.origin {
            RefundOrigin::Request => None,
            RefundOrigin::Return(id) => Some(id.to_string().into()),
            RefundOrigin::Dispute(id) => Some(id.to_string().into()),
            RefundOrigin::Withdrawal(id) => Some(id.to_string().into()),
        }
    }

    /// On what it is based.
    async fn basis(&self) -> RefundBasis {
        self.0.refund.claim.basis.into()
    }

    /// Whether that is certain.
    async fn standing(&self) -> ClaimStanding {
        self.0.refund.claim.standing.into()
    }

    /// The first moment at which it is late by law; null where no clock of the law runs, or it may wait for the goods.
    async fn due_at(&self, ctx: &Context<'_>) -> Option<Result<DateTime<Utc>>> {
        let clock = self.0.refund.claim.clock?;
        let due = async { Ok(clock.due_at(session(ctx)?.marketplace().await?.timezone)) };
        due.await.transpose()
    }

    /// For how many units it was asked; null when it was for all that can be refunded, or for a sum.
    async fn asked_units(&self) -> Option<u32> {
        match self.0.refund.asked {
            Asked::Units { units } => Some(units.get()),
            Asked::Everything | Asked::Amount { .. } => None,
        }
    }

    /// For which sum it was asked; null when it was for all that can be refunded, or for units.
    async fn asked_amount(&self) -> Option<MoneyObject> {
        match self.0.refund.asked {
            Asked::Amount { amount } => Some(amount.into()),
            Asked::Everything | Asked::Units { .. } => None,
        }
    }

    /// Which side asked for it; null for the marketplace's software and for what another machine decided.
    async fn asked_by(&self) -> Option<Party> {
        self.0.refund.asked_by.party().map(Into::into)
    }

    /// Whose decision it is: the seller's first, the operator's after the seller's silence. The operator may always decide.
    async fn decider(&self) -> Party {
        self.0.refund.decider.into()
    }

    /// Until when the seller has the word; null when it has it no more.
    async fn decide_by(&self) -> Option<DateTime<Utc>> {
        self.0.refund.decide_by
    }

    /// A grant that waits for a second person's approval; null for the buyer's side and for mediators.
    async fn proposal(&self, ctx: &Context<'_>) -> Option<Result<GrantObject>> {
        let proposal = self.0.refund.proposal.as_deref()?;
        Self::for_staff(ctx, |view| Some(GrantObject::of(proposal, view)))
    }

    /// What was granted; null until then.
    async fn grant(&self, ctx: &Context<'_>) -> Option<Result<GrantObject>> {
        let grant = self.0.refund.grant.as_deref()?;
        Some(session(ctx).map(|session| GrantObject::of(grant, session.scope().view)))
    }

    /// Why it was declined; null when it was not.
    async fn decline(&self, ctx: &Context<'_>) -> Option<Result<DeclineObject>> {
        let decline = self.0.refund.decline.as_ref()?;
        let object = |view| DeclineObject {
            reason: decline.reason.into(),
            text: decline.text.clone(),
            declined_at: decline.at,
            declined_by: PersonObject::of(&decline.by, view),
        };
        Some(session(ctx).map(|session| object(session.scope().view)))
    }

    /// Every try to move the money, the oldest first; null for the buyer's side and for mediators.
    async fn attempts(&self, ctx: &Context<'_>) -> Option<Result<Vec<AttemptObject>>> {
        Self::for_staff(ctx, |_| Some(self.0.refund.attempts.iter().map(Into::into).collect()))
    }

    /// What it costs more by law because it is late: so far, or as it was paid. A warning, which is not booked by itself. Null while
    /// it is in time, where no law is known, for the buyer's side and for mediators.
    async fn late_increase(&self, ctx: &Context<'_>) -> Option<Result<LateIncreaseObject>> {
        let load = async {
            let session = session(ctx)?;
            let law = self.0.refund.claim.clock.is_some();
            if !law || !is_staff(session.scope().view) {
                return Ok(None);
            }
            let Some(purchase) = session.loaders().purchase(self.0.refund.order).await? else { return Ok(None) };
            let marketplace = session.marketplace().await?;
            let late = refunds::late_increase(session.cx(), &marketplace, &purchase, &self.0.refund);
            Ok(late.map_err(|error| failure(&error))?.map(|late| LateIncreaseObject {
                days: late.days,
                article: late.article.to_owned(),
                amount: late.amount.map(Into::into),
            }))
        };
        load.await.transpose()
    }

    /// What was booked of it, the oldest first: nothing before it is paid, and once more if it is reversed. For a seller what is on
    /// its own account; nothing for the buyer's side and for mediators.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn postings(&self, ctx: &Context<'_>) -> Result<Vec<PostingObject>> {
        let found = session(ctx)?.loaders().postings_of(self.0.refund.id).await?;
        Ok(found.into_iter().map(PostingObject).collect())
    }

    /// What the viewer may do with it now, and until when.
    async fn available_actions(&self, ctx: &Context<'_>) -> Result<Vec<RefundAvailableAction>> {
        let session = session(ctx)?;
        let refund = &self.0.refund;
        let disputes = session.loaders().disputes_of_order(refund.order).await?;
        let actions = refund.available_actions(&session.actor().who, Dispute::guard(&disputes, &refund.line), session.cx().now());
        Ok(actions.into_iter().map(Into::into).collect())
    }

    /// When it was asked for.
    async fn opened_at(&self) -> DateTime<Utc> {
        self.0.refund.opened_at
    }

    /// When it last changed, as far as the viewer may know.
    #[expect(clippy::unused_async, reason = "a resolver is async by contract")]
    async fn updated_at(&self, ctx: &Context<'_>) -> Result<DateTime<Utc>> {
        Ok(if Self::staff(ctx)? { self.0.refund.updated_at } else { self.0.to_buyer.updated_at })
    }
}

impl RefundObject {
    fn staff(ctx: &Context<'_>) -> Result<bool> {
        Ok(is_staff(session(ctx)?.scope().view))
    }

    fn for_staff<T>(ctx: &Context<'_>, value: impl FnOnce(View) -> Option<T>) -> Option<Result<T>> {
        match session(ctx) {
            Err(error) => Some(Err(error)),
            Ok(session) => value(session.scope().view).filter(|_| is_staff(session.scope().view)).map(Ok),
        }
    }
}

/// Why a refund was refused.
#[derive(SimpleObject)]
#[graphql(name = "RefundDecline")]
pub(super) struct DeclineObject {
    /// The kind of reason.
    reason: DeclineReason,
    /// In words for the buyer.
    text: String,
    /// When.
    declined_at: DateTime<Utc>,
    /// By whom.
    declined_by: PersonObject,
}

/// One try to move the money.
#[derive(SimpleObject)]
#[graphql(name = "RefundAttempt")]
pub(super) struct AttemptObject {
    /// Its number in the refund, from 1.
    number: u32,
    /// What came of it.
    state: AttemptState,
    /// Why it failed; null when it did not.
    failure: Option<FailureKind>,
    /// What the payment system knows it by; null until it said so.
    reference: Option<String>,
    /// When the payment system was first to be told.
    submitted_at: DateTime<Utc>,
    /// When its outcome was last heard of; null until then.
    heard_at: Option<DateTime<Utc>>,
}

impl From<&Attempt> for AttemptObject {
    fn from(attempt: &Attempt) -> Self {
        let (state, failure) = match attempt.outcome {
            AttemptOutcome::Unknown => (AttemptState::Unknown, None),
            AttemptOutcome::Pending => (AttemptState::Pending, None),
            AttemptOutcome::Succeeded => (AttemptState::Succeeded, None),
            AttemptOutcome::Failed { kind } => (AttemptState::Failed, Some(kind.into())),
            AttemptOutcome::Reversed => (AttemptState::Reversed, None),
            AttemptOutcome::Unclear => (AttemptState::Unclear, None),
        };
        Self {
            number: attempt.number.get(),
            state,
            failure,
            reference: attempt.reference.as_ref().map(|reference| reference.as_str().to_owned()),
            submitted_at: attempt.submitted_at,
            heard_at: attempt.heard_at,
        }
    }
}

/// What a late refund costs more, by the French consumer code.
#[derive(SimpleObject)]
#[graphql(name = "LateRefundIncrease")]
pub(super) struct LateIncreaseObject {
    /// How many days it is, or was, late.
    days: i64,
    /// The article: `L242-4`.
    article: String,
    /// How much is owed on top; null where it hangs on the legal rate of interest and the charter has none.
    amount: Option<MoneyObject>,
}

/// Something that the viewer may do with a refund.
#[derive(SimpleObject)]
pub(super) struct RefundAvailableAction {
    /// What.
    action: RefundAction,
    /// From when on; null for now.
    from: Option<DateTime<Utc>>,
    /// Until when, when time alone ends it; null without end.
    until: Option<DateTime<Utc>>,
}

impl From<Available<crate::domain::refunds::RefundAction>> for RefundAvailableAction {
    fn from(available: Available<crate::domain::refunds::RefundAction>) -> Self {
        Self { action: available.action.into(), from: available.from, until: available.until }
    }
}
