//! Disputes between buyers and sellers.

use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::cases::CaseObject;
use super::enums::Party;
use super::errors::{Result, failure};
use super::masking;
use super::orders::OrderObject;
use super::scalars::MoneyObject;
use super::session::{Session, session};
use crate::domain::disputes::Dispute;
use crate::domain::hands::Available;
use crate::domain::ids::{DisputeId, ReturnId};
use crate::domain::parties::{self, View};
use crate::workflow::disputes;

mod bids;
mod decisions;
mod enums;
mod evidence;
mod inputs;
mod mutations;
mod policy;

use bids::{EvidenceRequestObject, OfferObject, ProposalObject};
use decisions::{AppealObject, DecisionObject, SettlementObject};
pub(super) use enums::DisputeStage;
use enums::{DisputeAction, DisputeReason, Remedy};
use evidence::EvidenceObject;
pub(super) use mutations::DisputeMutations;
pub(super) use policy::{DisputeRules, DisputeRulesInput, GivenRules, SellerComplaintsInput, SellerComplaintsObject, complaints_of};

/// A dispute.
pub(super) struct DisputeObject(pub(super) Dispute);

#[Object(name = "Dispute")]
/// A disagreement between buyer and seller about an order. They talk first; then the operator conciliates; then, where the
/// charter has it, the operator decides, and another person hears an appeal. Known to operator, buyer and the order's seller,
/// whoever talks in the case.
impl DisputeObject {
    /// The global id.
    pub(super) async fn id(&self) -> DisputeId {
        self.0.id
    }

    /// How often it has moved, from 1. Whoever does something with it names the revision that they saw.
    async fn revision(&self) -> i32 {
        self.0.revision
    }

    /// The case that it belongs to; null when the viewer does not know that case.
    async fn case(&self, ctx: &Context<'_>) -> Option<Result<CaseObject>> {
        let load = async { session(ctx)?.loaders().case(self.0.case).await };
        load.await.map(|found| found.map(CaseObject)).transpose()
    }

    /// The order.
    async fn order(&self, ctx: &Context<'_>) -> Option<Result<OrderObject>> {
        let load = async { session(ctx)?.loaders().order(self.0.order).await };
        load.await.map(|found| found.map(OrderObject)).transpose()
    }

    /// The marketplace's id of the order line; null for the whole order.
    async fn line_id(&self) -> Option<&str> {
        self.0.order_line.as_ref().map(crate::domain::purchases::LineKey::as_str)
    }

    /// The return that it is about; null for none.
    async fn return_id(&self) -> Option<ReturnId> {
        self.0.return_id
    }

    /// Who opened it: buyer or seller.
    async fn opener(&self) -> Party {
        self.0.opener.into()
    }

    /// Why.
    async fn reason(&self) -> DisputeReason {
        self.0.reason.into()
    }

    /// In the opener's words, without contact details where the marketplace masks them.
    async fn text(&self, ctx: &Context<'_>) -> Result<String> {
        masking::words(ctx, self.0.opener, &self.0.text).await
    }

    /// What the opener would like.
    async fn wanted(&self) -> Remedy {
        self.0.wanted.into()
    }

    /// How much it is about: what the buyer gets at most. Zero when it is not about money.
    async fn amount(&self) -> MoneyObject {
        self.0.amount.into()
    }

    /// Where it stands.
    async fn stage(&self) -> DisputeStage {
        self.0.stage.into()
    }

    /// What people call a stage. In French "médiation" alone is the consumer mediator's service, which no stage is.
    async fn stage_label(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In which language; null for the marketplace's.")] locale: Option<String>,
        #[graphql(desc = "Which stage; null for the present one.")] stage: Option<DisputeStage>,
    ) -> Result<&str> {
        let house = session(ctx)?.marketplace().await?;
        let stage = stage.map_or(self.0.stage, Into::into);
        Ok(stage.label(locale.as_deref().unwrap_or(&house.locale)))
    }

    /// What the other party answered, in its words; null when it has not, or by an offer alone.
    async fn answer(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        Some(masking::words(ctx, self.0.respondent(), self.0.answer.as_deref()?).await)
    }

    /// When the other party answered first; null when it has not.
    async fn answered_at(&self) -> Option<DateTime<Utc>> {
        self.0.answered_at
    }

    /// Until when the other party should answer; from then on each side may ask for the operator's help.
    async fn answer_due_at(&self) -> DateTime<Utc> {
        self.0.answer_due_at
    }

    /// What the parties offered each other, the oldest first.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn offers(&self) -> Vec<OfferObject> {
        self.0.offers.iter().cloned().map(OfferObject).collect()
    }

    /// What the operator proposed to both, the oldest first.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn proposals(&self) -> Vec<ProposalObject> {
        self.0.proposals.iter().cloned().map(ProposalObject).collect()
    }

    /// What was handed in and the viewer may see, the oldest first.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn evidence(&self) -> Vec<EvidenceObject> {
        self.0.evidence.iter().cloned().map(EvidenceObject).collect()
    }

    /// What the parties were asked for, the oldest first.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn evidence_requests(&self) -> Vec<EvidenceRequestObject> {
        self.0.evidence_requests.iter().cloned().map(EvidenceRequestObject).collect()
    }

    /// Until when evidence is taken while the operator decides; null before.
    async fn evidence_until(&self) -> Option<DateTime<Utc>> {
        self.0.evidence_until
    }

    /// What the parties agreed on; null when they did not.
    async fn settlement(&self) -> Option<SettlementObject> {
        self.0.settlement.as_ref().map(Into::into)
    }

    /// What was decided first; null when nothing was.
    async fn decision(&self) -> Option<DecisionObject> {
        self.0.decision.clone().map(DecisionObject)
    }

    /// The appeal against it; null for none.
    async fn appeal(&self) -> Option<AppealObject> {
        self.0.appeal.clone().map(AppealObject)
    }

    /// Why the operator does not decide it, in words for the buyer; null when it has not said so.
    async fn stood_back(&self) -> Option<&str> {
        self.0.stood_back.as_deref()
    }

    /// Who of the operator has conciliated, none of whom may decide. Empty for viewers other than the operator.
    #[expect(clippy::unused_async, reason = "a resolver is async by contract")]
    async fn mediators(&self, ctx: &Context<'_>) -> Result<Vec<&str>> {
        let whole = session(ctx)?.scope().view == View::Whole;
        Ok(self.0.mediators.iter().filter(|_| whole).map(crate::domain::hands::StaffId::as_str).collect())
    }

    /// When it was opened.
    async fn opened_at(&self) -> DateTime<Utc> {
        self.0.opened_at
    }

    /// When its present stage ends by itself; null when it is over, and while the operator decides.
    async fn due_at(&self) -> Option<DateTime<Utc>> {
        self.0.due_at
    }

    /// When it is decided for the buyer if nobody has decided.
    async fn hard_stop_at(&self) -> DateTime<Utc> {
        self.0.hard_stop_at
    }

    /// What the viewer may do, from when and until when. A button asks this and nothing else.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn available_actions(&self, ctx: &Context<'_>) -> Result<Vec<AvailableDisputeAction>> {
        let session = session(ctx)?;
        let marketplace = session.marketplace().await?;
        let found = disputes::available(session.actor(), &self.0, &marketplace, session.cx().now());
        Ok(found.into_iter().map(Into::into).collect())
    }
}

/// Something that the viewer may do with a dispute.
#[derive(SimpleObject)]
pub(super) struct AvailableDisputeAction {
    /// What.
    action: DisputeAction,
    /// From when on; null for now.
    from: Option<DateTime<Utc>>,
    /// Until when, when time alone ends it; null without end.
    until: Option<DateTime<Utc>>,
}

impl From<Available<crate::domain::disputes::DisputeAction>> for AvailableDisputeAction {
    fn from(found: Available<crate::domain::disputes::DisputeAction>) -> Self {
        Self { action: found.action.into(), from: found.from, until: found.until }
    }
}

fn for_operator<T>(ctx: &Context<'_>, value: T) -> Option<Result<T>> {
    match session(ctx) {
        Err(error) => Some(Err(error)),
        Ok(session) => (session.scope().view == View::Whole).then_some(Ok(value)),
    }
}

fn for_staff<T>(ctx: &Context<'_>, value: T) -> Option<Result<T>> {
    match session(ctx) {
        Err(error) => Some(Err(error)),
        Ok(session) => matches!(session.scope().view, View::Whole | View::Seller(_)).then_some(Ok(value)),
    }
}

/// On which side of a dispute a viewer stands; none for mediators from outside.
pub(super) const fn side(view: View) -> Option<parties::Party> {
    match view {
        View::Whole => Some(parties::Party::Operator),
        View::Seller(_) => Some(parties::Party::Seller),
        View::Storefront | View::Buyer(_) => Some(parties::Party::Buyer),
        View::Mediator { .. } => None,
    }
}

/// The disputes of a case.
pub(super) async fn of_case(session: &Session, case: crate::domain::ids::CaseId) -> Result<Vec<DisputeObject>> {
    Ok(session.loaders().disputes_of_case(case).await?.into_iter().map(DisputeObject).collect())
}

/// The disputes about an order.
pub(super) async fn of_order(session: &Session, order: crate::domain::ids::OrderId) -> Result<Vec<DisputeObject>> {
    Ok(session.loaders().disputes_of_order(order).await?.into_iter().map(DisputeObject).collect())
}

/// The address of a dispute's evidence.
#[derive(SimpleObject)]
pub(super) struct DisputeEvidenceLink {
    /// The address at which a browser gets it without a token, as long as the viewer still knows the dispute.
    url: String,
    /// Until when it opens.
    expires_at: DateTime<Utc>,
}

/// The queries of disputes.
#[derive(Default)]
pub(super) struct DisputeQueries;

#[Object]
impl DisputeQueries {
    /// One dispute. Null when there is none, or not for this viewer.
    async fn dispute(&self, ctx: &Context<'_>, #[graphql(desc = "Which.")] id: DisputeId) -> Option<Result<DisputeObject>> {
        let load = async { session(ctx)?.loaders().dispute(id).await };
        load.await.map(|found| found.map(DisputeObject)).transpose()
    }

    /// An address that opens for 15 minutes, at which all the evidence of a dispute that the viewer may see can be had as one
    /// file, with an index of hashes. As JSON the files are in it; the HTML page names them. Null when there is no such
    /// dispute, or not for this viewer.
    async fn dispute_evidence_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The dispute.")] dispute_id: DisputeId,
        #[graphql(desc = "How it is written.")] format: super::export::ExportFormat,
    ) -> Option<Result<DisputeEvidenceLink>> {
        let make = async {
            let session = session(ctx)?;
            let file = match format {
                super::export::ExportFormat::Json => "evidence.json",
                super::export::ExportFormat::Html => "evidence.html",
            };
            let link = disputes::bundle::link(session.cx(), session.scope(), dispute_id, file).await.map_err(|error| failure(&error))?;
            Ok(link.map(|link| DisputeEvidenceLink { url: link.url, expires_at: link.expires_at }))
        };
        make.await.transpose()
    }
}
