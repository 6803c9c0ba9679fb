//! Returns: what can be sent back, and where what is sent back stands.

use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};

use super::cases::CaseObject;
use super::charter_enums::CostBearer;
use super::enums::Party;
use super::errors::{Result, failure, store};
use super::masking;
use super::orders::OrderObject;
use super::purchases::WithdrawalExclusion;
use super::scalars::MoneyObject;
use super::session::{Session, session};
use super::withdrawals::WithdrawalObject;
use crate::domain::charter::Terms;
use crate::domain::ids::{CaseId, DisputeId, OrderId, ReturnId};
use crate::domain::law::{LegalDays, RefundDue};
use crate::domain::parties;
use crate::domain::returns::{Papers, ReasonKind, Return};
use crate::workflow::returns::{self as workflow, AnsweredRight, DeclinedBy};

pub(super) mod enums;
mod mutations;
mod policy;

use enums::{
    ReturnAction, ReturnBasis, ReturnClosing, ReturnDeclineReason, ReturnMethod, ReturnNonCompliance, ReturnReasonKind, ReturnResolution,
    ReturnState, ReturnVocabulary,
};
pub(super) use mutations::ReturnMutations;
pub(super) use policy::{ReturnPolicyInput, ReturnPolicyObject, return_policy};

/// A return.
#[derive(Clone)]
pub(super) struct ReturnObject(pub(super) Return);

#[Object(name = "Return")]
/// A quantity of one order line on its way back. Several lines in one parcel are several returns. Whoever knows its case knows
/// it.
impl ReturnObject {
    /// The global id.
    pub(super) async fn id(&self) -> ReturnId {
        self.0.id
    }

    /// The short name that people quote, and that the buyer writes on the parcel: the order's reference with a number, `A-1042-R1`.
    async fn reference(&self) -> &str {
        &self.0.reference
    }

    /// The case that it belongs to.
    async fn case(&self, ctx: &Context<'_>) -> Option<Result<CaseObject>> {
        let load = async { session(ctx)?.loaders().case(self.0.case).await };
        load.await.map(|found| found.map(CaseObject)).transpose()
    }

    /// The order.
    async fn order(&self, ctx: &Context<'_>) -> Option<Result<OrderObject>> {
        let load = async { session(ctx)?.loaders().order(self.0.order).await };
        load.await.map(|found| found.map(OrderObject)).transpose()
    }

    /// The line of the order, by the marketplace's own id.
    async fn order_line_id(&self) -> &str {
        &self.0.order_line
    }

    /// How many pieces.
    async fn quantity(&self) -> u32 {
        self.0.quantity
    }

    /// On what right.
    async fn basis(&self) -> ReturnBasis {
        self.0.basis.into()
    }

    /// Why. A withdrawal owes no reason.
    async fn reason(&self) -> ReturnReasonKind {
        self.0.reason.kind.into()
    }

    /// The code of a list that says why: the one that came from there, else the nearest.
    async fn reason_code(&self, #[graphql(desc = "Whose list.")] vocabulary: ReturnVocabulary) -> &str {
        self.0.reason.code(vocabulary.into())
    }

    /// In the buyer's words; null for none. A seller reads them masked.
    async fn note(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        if self.0.note.is_empty() {
            return None;
        }
        Some(masking::words(ctx, parties::Party::Buyer, &self.0.note).await)
    }

    /// What the buyer would like.
    async fn wanted(&self) -> ReturnResolution {
        self.0.wanted.into()
    }

    /// The withdrawal that it carries out; null for most.
    async fn withdrawal(&self, ctx: &Context<'_>) -> Option<Result<WithdrawalObject>> {
        let id = self.0.withdrawal?;
        let load = async { session(ctx)?.loaders().withdrawal(id).await };
        load.await.map(|found| found.map(WithdrawalObject)).transpose()
    }

    /// Why these goods may turn out not to be returnable: a seal that only the seller will see. Null for none.
    async fn exclusion(&self) -> Option<WithdrawalExclusion> {
        self.0.exclusion.map(Into::into)
    }

    /// Where it stands.
    async fn state(&self) -> ReturnState {
        self.0.state.into()
    }

    /// How often it has moved, from 1. Every decision names the revision that it was made on.
    async fn revision(&self) -> i32 {
        self.0.revision
    }

    /// By which way the goods come back; null until it is approved.
    async fn method(&self) -> Option<ReturnMethod> {
        self.0.method.map(Into::into)
    }

    /// Who pays that way.
    async fn way_back(&self) -> CostBearer {
        self.0.way_back.into()
    }

    /// What the buyer sends the goods with; null until the seller has provided it or its time has passed.
    async fn papers(&self, ctx: &Context<'_>) -> Option<Result<ReturnPapers>> {
        let papers = self.0.papers.as_ref()?;
        Some(papers_of(ctx, papers).await)
    }

    /// The parcel; null until it is sent.
    async fn parcel(&self) -> Option<ReturnParcel> {
        let parcel = self.0.parcel.clone()?;
        Some(ReturnParcel {
            carrier: Some(parcel.carrier).filter(|carrier| !carrier.is_empty()),
            tracking_number: parcel.tracking,
            shipped_at: parcel.shipped_at,
            delivered_at: parcel.delivered_at,
        })
    }

    /// How many pieces have come.
    async fn received_quantity(&self) -> u32 {
        self.0.received.quantity
    }

    /// How many of them are damaged.
    async fn damaged_quantity(&self) -> u32 {
        self.0.received.damaged
    }

    /// When the first of them came; null until then.
    async fn received_at(&self) -> Option<DateTime<Utc>> {
        self.0.received_at
    }

    /// What was wrong with what came; null for nothing.
    async fn finding(&self, ctx: &Context<'_>) -> Option<Result<ReturnFinding>> {
        let finding = self.0.finding.as_ref()?;
        let text = masking::words(ctx, parties::Party::Seller, &finding.text).await;
        Some(text.map(|text| ReturnFinding { reason: finding.reason.into(), text }))
    }

    /// What the seller keeps of the refund of a withdrawal, as the goods are worth less; null for nothing.
    async fn withheld(&self) -> Option<MoneyObject> {
        self.0.withheld.map(Into::into)
    }

    /// Why it was declined; null when it was not.
    async fn declined(&self, ctx: &Context<'_>) -> Option<Result<ReturnDeclined>> {
        let declined = self.0.declined.as_ref()?;
        let by = declined.by.party().unwrap_or(parties::Party::Operator);
        let text = masking::words(ctx, by, &declined.text).await;
        Some(text.map(|text| ReturnDeclined { reason: declined.reason.into(), text, by: by.into() }))
    }

    /// The last offer to keep the item; null for none.
    async fn keep_offer(&self) -> Option<ReturnKeepOffer> {
        let offer = self.0.offer.as_ref()?;
        let by = offer.by.party().unwrap_or(parties::Party::Operator);
        Some(ReturnKeepOffer { amount: offer.amount.into(), by: by.into() })
    }

    /// The dispute about it; null for none.
    async fn dispute_id(&self) -> Option<DisputeId> {
        self.0.dispute
    }

    /// How it ended; null until it has.
    async fn closing(&self) -> Option<ReturnClosing> {
        self.0.closing.map(Into::into)
    }

    /// When it was requested.
    async fn requested_at(&self) -> DateTime<Utc> {
        self.0.requested_at
    }

    /// When time alone moves it on; null when it is over.
    async fn due_at(&self) -> Option<DateTime<Utc>> {
        self.0.due_at
    }

    /// When it last moved.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// When the refund of a withdrawal is due by law; null for any other return.
    async fn refund_due(&self, ctx: &Context<'_>) -> Option<Result<ReturnRefundDue>> {
        let load = async {
            let Some((_, days)) = terms_of(session(ctx)?, self.0.case).await? else { return Ok(None) };
            Ok(workflow::refund_due(&self.0, &days).map(|due| {
                let (held, period) = match due {
                    RefundDue::Held(period) => (true, period),
                    RefundDue::Due(period) => (false, period),
                };
                ReturnRefundDue { last_day: period.last_day, held_for_goods: held }
            }))
        };
        load.await.transpose()
    }

    /// What the viewer may do with it now, and until when. A button asks this and nothing else.
    async fn available_actions(&self, ctx: &Context<'_>) -> Result<Vec<AvailableReturnAction>> {
        let session = session(ctx)?;
        let Some((terms, days)) = terms_of(session, self.0.case).await? else { return Ok(Vec::new()) };
        let mut found: Vec<AvailableReturnAction> = Vec::new();
        for available in workflow::actions(session.actor(), &self.0, &terms, &days, session.cx().now()) {
            let Some(action) = ReturnAction::of(available.action) else { continue };
            if !found.iter().any(|other| other.action == action) {
                found.push(AvailableReturnAction { action, from: available.from, until: available.until });
            }
        }
        Ok(found)
    }
}

/// What applies to a case that the viewer knows.
async fn terms_of(session: &Session, case: CaseId) -> Result<Option<(Terms, LegalDays)>> {
    let Some(case) = session.loaders().case(case).await? else { return Ok(None) };
    let marketplace = session.marketplace().await?;
    let terms = session.cx().store.terms_of(&marketplace, &case).await.map_err(|error| store(&error))?;
    let days = LegalDays::of(marketplace.timezone, &terms);
    Ok(Some((terms, days)))
}

/// Something that the viewer may do with a return.
#[derive(SimpleObject)]
struct AvailableReturnAction {
    /// What.
    action: ReturnAction,
    /// From when on; null for now.
    from: Option<DateTime<Utc>>,
    /// Until when, as time alone moves the return on then; null without end.
    until: Option<DateTime<Utc>>,
}

/// The kinds of what goods are sent back with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
enum ReturnPapersKind {
    /// A label: `label` says where it is.
    Label,
    /// A number to write on the parcel, and where to send it.
    Rma,
    /// A label that the seller sent by other means.
    SentOffline,
    /// Nothing: the seller said nothing in time, so the buyer sends by own means.
    OwnMeans,
}

/// What the buyer sends the goods with.
#[derive(SimpleObject)]
struct ReturnPapers {
    /// What it is.
    kind: ReturnPapersKind,
    /// Where the label is: an address that begins with https://, or the reference that a drop-off point asks for.
    label: Option<String>,
    /// The seller's number of the return.
    rma_number: Option<String>,
    /// Where to send the goods, and anything else the buyer must know.
    rma_address: Option<String>,
}

async fn papers_of(ctx: &Context<'_>, papers: &Papers) -> Result<ReturnPapers> {
    let bare = |kind| ReturnPapers { kind, label: None, rma_number: None, rma_address: None };
    Ok(match papers {
        Papers::Label { link } => ReturnPapers { label: Some(link.clone()), ..bare(ReturnPapersKind::Label) },
        Papers::Rma { number, address } => ReturnPapers {
            rma_number: Some(number.clone()),
            rma_address: Some(masking::words(ctx, parties::Party::Seller, address).await?),
            ..bare(ReturnPapersKind::Rma)
        },
        Papers::SentOffline => bare(ReturnPapersKind::SentOffline),
        Papers::OwnMeans => bare(ReturnPapersKind::OwnMeans),
    })
}

/// The parcel.
#[derive(SimpleObject)]
struct ReturnParcel {
    /// Who carries it; null when nobody said.
    carrier: Option<String>,
    /// Its tracking number, the proof of dispatch; null when the buyer has only said that it was sent.
    tracking_number: Option<String>,
    /// When it was sent.
    shipped_at: DateTime<Utc>,
    /// When the carrier delivered it to the seller; null until then.
    delivered_at: Option<DateTime<Utc>>,
}

/// What was wrong with what came.
#[derive(SimpleObject)]
struct ReturnFinding {
    /// What.
    reason: ReturnNonCompliance,
    /// In the words of who looked.
    text: String,
}

/// Why a return was declined.
#[derive(SimpleObject)]
struct ReturnDeclined {
    /// Why.
    reason: ReturnDeclineReason,
    /// In words.
    text: String,
    /// By which side.
    by: Party,
}

/// An offer to keep the item for some of the money.
#[derive(SimpleObject)]
struct ReturnKeepOffer {
    /// How much the buyer gets.
    amount: MoneyObject,
    /// By which side.
    by: Party,
}

/// When a refund is due by law (article L221-24 of the French consumer code).
#[derive(SimpleObject)]
struct ReturnRefundDue {
    /// The last day.
    last_day: NaiveDate,
    /// Whether the seller may wait beyond it, until the goods or a proof of their dispatch have come.
    held_for_goods: bool,
}

/// Who may decline a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
enum ReturnDeclinableBy {
    /// Seller and operator.
    SellerOrOperator,
    /// The operator alone, by naming which exclusion of the law applies: a withdrawal cannot be declined in its window.
    OperatorByExclusion,
}

/// A right to send something back.
struct ReturnRight(AnsweredRight);

#[Object]
/// A right to send something back, and whether it can be used now.
impl ReturnRight {
    /// Which right.
    async fn basis(&self) -> ReturnBasis {
        self.0.basis.into()
    }

    /// Whether it can be used now.
    async fn eligible(&self) -> bool {
        self.0.why_not.is_none()
    }

    /// Why not, as a sentence; null when it can.
    async fn reason(&self) -> Option<&str> {
        self.0.why_not.as_deref()
    }

    /// The last day on which it can be used, or could; null while that is not known.
    async fn last_day(&self) -> Option<NaiveDate> {
        self.0.last_day
    }

    /// The midnight that ends that day; null while that is not known, and when it is past.
    async fn until(&self) -> Option<DateTime<Utc>> {
        self.0.until
    }

    /// Who pays the way back; null when it cannot be used.
    async fn way_back(&self) -> Option<CostBearer> {
        self.0.way_back.map(Into::into)
    }

    /// Who may decline a return on it.
    async fn declinable_by(&self) -> ReturnDeclinableBy {
        match self.0.declined_by {
            DeclinedBy::SellerOrOperator => ReturnDeclinableBy::SellerOrOperator,
            DeclinedBy::OperatorByExclusion => ReturnDeclinableBy::OperatorByExclusion,
        }
    }

    /// An exclusion that hangs on a seal which nobody sees before the goods are back; null for none.
    async fn exclusion_to_judge(&self) -> Option<WithdrawalExclusion> {
        self.0.unless.map(Into::into)
    }
}

/// What can be sent back of an order line.
#[derive(SimpleObject)]
struct ReturnEligibility {
    /// How many pieces are not on their way back yet.
    quantity_left: u32,
    /// Each right with its answer, the one that serves the buyer best first.
    rights: Vec<ReturnRight>,
}

/// The queries of this file.
#[derive(Default)]
pub(super) struct ReturnQueries;

#[Object]
impl ReturnQueries {
    /// What can be sent back of an order line now: on which right, until when, at whose cost, and who may decline it. Null when
    /// there is no such line, or not for this viewer, and for mediators.
    async fn return_eligibility(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The order.")] order_id: OrderId,
        #[graphql(desc = "The line, by the marketplace's own id.")] line_id: String,
        #[graphql(desc = "Why it would go back; null when nobody has said.")] reason: Option<ReturnReasonKind>,
    ) -> Option<Result<ReturnEligibility>> {
        let find = async {
            let session = session(ctx)?;
            let reason = reason.map_or(ReasonKind::Other, Into::into);
            let found = Box::pin(workflow::rights(session.cx(), session.actor(), order_id, &line_id, reason)).await;
            let found = found.map_err(|error| failure(&error))?;
            Ok(found.map(|found| ReturnEligibility {
                quantity_left: found.quantity_left,
                rights: found.rights.into_iter().map(ReturnRight).collect(),
            }))
        };
        find.await.transpose()
    }
}

/// The returns in a case that the viewer knows.
pub(super) async fn of_case(ctx: &Context<'_>, case: CaseId) -> Result<Vec<ReturnObject>> {
    let found = session(ctx)?.loaders().returns_of(case).await?;
    Ok(found.into_iter().map(ReturnObject).collect())
}

/// The returns of an order that the viewer knows.
pub(super) async fn of_order(ctx: &Context<'_>, order: OrderId) -> Result<Vec<ReturnObject>> {
    let found = session(ctx)?.loaders().returns_of_order(order).await?;
    Ok(found.into_iter().map(ReturnObject).collect())
}
