//! Cases: as they are seen, listed and moved.

use async_graphql::{Context, InputObject, Object, OneofObject, SimpleObject};
use chrono::{DateTime, Utc};

use super::charter::ContactReasonObject;
use super::charter_enums::{CaseOutcome, RequiredField, ResolutionKind};
use super::deadlines::DeadlineObject;
use super::disputes::DisputeObject;
use super::enums::{CaseAction, CasePhase, CaseStatus, Channel, ConversationMode, HelpdeskKind, Party, Priority, TicketStatus};
use super::errors::{Result, coded};
use super::masking;
use super::orders::{BuyerObject, OrderObject, SellerObject};
use super::paging::{PageOf, Paging, connection, foreign_cursor};
use super::pool::PoolQuestionObject;
use super::ratings::{SupportRatingObject, support_rating_of};
use super::refunds::RefundObject;
use super::returns::{self, ReturnObject};
use super::session::{Session, session};
use super::templates::{TemplateObject, suggested_for};
use super::threads::ThreadObject;
use super::timeline::TimelineItem;
use super::triage::Triage;
use super::withdrawals::{self, WithdrawalObject};
use crate::domain::cases::Case;
use crate::domain::charter::{CharterVersion, Terms};
use crate::domain::ids::{CaseId, ConnectionId};
use crate::domain::parties::View;
use crate::domain::templates::LanguageTag;
use crate::domain::tickets::{Ticket, TicketNumber, TicketPresence};
use crate::policy;
use crate::store::TicketName;

/// A case.
#[derive(Clone)]
pub(super) struct CaseObject(pub(super) Case);

#[Object(name = "Case")]
/// One matter between a buyer, at most one seller, and the operator. The tickets in the helpdesk tell it; buyer, seller
/// and operator talk in its threads.
impl CaseObject {
    /// The global id.
    pub(super) async fn id(&self) -> CaseId {
        self.0.id
    }

    /// The short name that people read aloud: `C-1042`. Unique in the marketplace.
    async fn reference(&self) -> &str {
        &self.0.reference
    }

    /// What it is about, in the buyer's words; a seller reads them masked.
    async fn subject(&self, ctx: &Context<'_>) -> Result<String> {
        masking::words(ctx, crate::domain::parties::Party::Buyer, &self.0.subject).await
    }

    /// Where it stands.
    async fn status(&self) -> CaseStatus {
        self.0.status.into()
    }

    /// Who talks with the buyer.
    async fn mode(&self) -> ConversationMode {
        self.0.mode.into()
    }

    /// Which side of the purchase it is on.
    async fn phase(&self) -> CasePhase {
        self.0.phase.into()
    }

    /// How urgent it is. Kept in step with the ticket where the marketplace wants that.
    async fn priority(&self) -> Priority {
        self.0.priority.into()
    }

    /// Who sees it through: the seller, or the operator once it is escalated.
    async fn owner(&self) -> Party {
        self.0.owner.into()
    }

    /// Whose turn it is; null when it is nobody's.
    async fn awaiting(&self) -> Option<Awaiting> {
        let party = self.0.status.turn()?;
        Some(Awaiting { party: party.into(), since: self.0.waiting_since.unwrap_or(self.0.opened_at), due_at: self.0.reply_due_at() })
    }

    /// Since when an answer of the seller or the operator is waited for; null when the ball is elsewhere, or the last words
    /// need no answer.
    async fn reply_needed_since(&self) -> Option<DateTime<Utc>> {
        self.0.reply_needed_since()
    }

    /// What is promised now, with its clocks: the next answer, and the resolution. The buyer's side sees until when it can
    /// expect them; a promised time is always one at which the business calendar is open or just closes.
    async fn deadlines(&self) -> Vec<DeadlineObject> {
        self.0.clocks.all().copied().map(DeadlineObject).collect()
    }

    /// Why the buyer got in touch, with the playbook of the marketplace for it; null when the charter no longer has it.
    async fn reason(&self, ctx: &Context<'_>) -> Option<Result<ContactReasonObject>> {
        let load = async {
            let session = session(ctx)?;
            let marketplace = session.marketplace().await?;
            Ok(marketplace.charter.reason(&self.0.reason).cloned().map(|reason| ContactReasonObject(reason, marketplace.locale.clone())))
        };
        load.await.transpose()
    }

    /// What the playbook wants to be known and is not yet.
    async fn missing_fields(&self, ctx: &Context<'_>) -> Result<Vec<RequiredField>> {
        let charter = &session(ctx)?.marketplace().await?.charter;
        let required = charter.reason(&self.0.reason).map(|reason| reason.required.clone()).unwrap_or_default();
        Ok(required.into_iter().filter(|field| self.0.misses(*field)).map(RequiredField::from).collect())
    }

    /// How urgent it looks from what is known of it now, and why; null for viewers other than the operator.
    async fn triage(&self, ctx: &Context<'_>) -> Option<Result<Triage>> {
        super::triage::triage(ctx, &self.0).await
    }

    /// The way by which the buyer got in touch first.
    async fn channel(&self) -> Channel {
        self.0.channel.into()
    }

    /// The language in which the buyer is written to, a BCP 47 tag: what the vendor said when it opened the case, else what the
    /// buyer's first words or the helpdesk tell, else the marketplace's. Templates go by it. Null when nobody can tell.
    async fn language(&self) -> Option<&str> {
        self.0.language.as_ref().map(LanguageTag::as_str)
    }

    /// The line of the order that it is about, by the marketplace's own id; null when it is about the whole, or not known.
    async fn order_line_id(&self) -> Option<&str> {
        self.0.order_line.as_deref()
    }

    /// The version of the charter that it is under: the one in force when it was opened.
    async fn charter_version(&self) -> i32 {
        let CharterVersion(number) = self.0.charter;
        number
    }

    /// What it came to; null until it is settled.
    async fn outcome(&self) -> Option<CaseOutcome> {
        self.0.outcome.map(Into::into)
    }

    /// What the buyer got; null until it is settled, and where nobody said so.
    async fn resolution(&self) -> Option<ResolutionKind> {
        self.0.resolution.map(Into::into)
    }

    /// The case that it was split from; null for most, and when the viewer does not know that case.
    async fn parent(&self, ctx: &Context<'_>) -> Option<Result<CaseObject>> {
        linked(ctx, self.0.parent).await
    }

    /// The case in which it went on; null for most, and when the viewer does not know that case.
    async fn merged_into(&self, ctx: &Context<'_>) -> Option<Result<CaseObject>> {
        linked(ctx, self.0.merged_into).await
    }

    /// The buyer.
    async fn buyer(&self, ctx: &Context<'_>) -> Option<Result<BuyerObject>> {
        let load = async { session(ctx)?.loaders().buyer(self.0.buyer).await };
        load.await.map(|found| found.map(BuyerObject)).transpose()
    }

    /// The seller; null until an order names one.
    async fn seller(&self, ctx: &Context<'_>) -> Option<Result<SellerObject>> {
        let seller = self.0.seller?;
        let load = async { session(ctx)?.loaders().seller(seller).await };
        load.await.map(|found| found.map(SellerObject)).transpose()
    }

    /// The order; null until one is found or attached.
    async fn order(&self, ctx: &Context<'_>) -> Option<Result<OrderObject>> {
        let order = self.0.order?;
        let load = async { session(ctx)?.loaders().order(order).await };
        load.await.map(|found| found.map(OrderObject)).transpose()
    }

    /// The helpdesk tickets that tell it, the oldest first. Empty for viewers other than the operator.
    async fn tickets(&self, ctx: &Context<'_>) -> Result<Vec<TicketObject>> {
        let tickets = session(ctx)?.loaders().tickets_of(self.0.id).await?;
        Ok(tickets.into_iter().map(TicketObject).collect())
    }

    /// The threads that the viewer takes part in, the oldest first. A case has a handful.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn threads(&self, ctx: &Context<'_>) -> Result<Vec<ThreadObject>> {
        let threads = session(ctx)?.loaders().threads_of(self.0.id).await?;
        Ok(threads.into_iter().map(ThreadObject).collect())
    }

    /// Everything that happened and that the viewer may know of, the oldest first. Append-only.
    #[graphql(complexity = "super::page_cost(first, last) * child_complexity + 1")]
    async fn timeline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items, at most 100, after `after` or from the start.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before, or the `id` of an item.")] after: Option<String>,
        #[graphql(desc = "How many items, at most 100, before `before` or from the end.")] last: Option<i32>,
        #[graphql(desc = "The `startCursor` of the page after, or the `id` of an item.")] before: Option<String>,
    ) -> Result<PageOf<TimelineItem>> {
        let session = session(ctx)?;
        let request = Paging { first, after, last, before }.request()?;
        if let Some(from) = request.from {
            let item = session.loaders().event(from).await?;
            item.filter(|item| item.case == self.0.id).ok_or_else(foreign_cursor)?;
        }
        let page = session.cx().store.timeline(session.scope(), self.0.id, &request).await.map_err(|error| super::errors::store(&error))?;
        Ok(connection(page, |event| event.id, TimelineItem::from))
    }

    /// What the viewer may do now. A button asks this and nothing else.
    async fn available_actions(&self, ctx: &Context<'_>) -> Result<Vec<CaseAction>> {
        let session = session(ctx)?;
        let terms = Terms::today(&*session.marketplace().await?);
        Ok(policy::available_actions(&session.actor().who, &self.0, &terms).into_iter().map(CaseAction::from).collect())
    }

    /// The templates that the viewer uses and that fit the case, the best first. Empty for viewers who use none.
    #[graphql(complexity = "super::page_cost(Some(first), None) * child_complexity + 1")]
    async fn suggested_templates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most this many, and at most 100.", default = 5)] first: i32,
    ) -> Result<Vec<TemplateObject>> {
        suggested_for(session(ctx)?, &self.0, first).await
    }

    /// The questions of it that were offered to several sellers, the oldest first. Empty for viewers other than the operator.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn pool_questions(&self, ctx: &Context<'_>) -> Result<Vec<PoolQuestionObject>> {
        let questions = session(ctx)?.loaders().pool_questions_of(self.0.id).await?;
        Ok(questions.into_iter().map(PoolQuestionObject).collect())
    }

    /// The disputes of it, the oldest first.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn disputes(&self, ctx: &Context<'_>) -> Result<Vec<DisputeObject>> {
        super::disputes::of_case(session(ctx)?, self.0.id).await
    }

    /// Its refunds, the oldest first.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn refunds(&self, ctx: &Context<'_>) -> Result<Vec<RefundObject>> {
        let refunds = session(ctx)?.loaders().refunds_of(self.0.id).await?;
        Ok(refunds.into_iter().map(RefundObject).collect())
    }

    /// The returns in it, the oldest first.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn returns(&self, ctx: &Context<'_>) -> Result<Vec<ReturnObject>> {
        returns::of_case(ctx, self.0.id).await
    }

    /// The withdrawals in it, the oldest first.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn withdrawals(&self, ctx: &Context<'_>) -> Result<Vec<WithdrawalObject>> {
        withdrawals::of_case(ctx, self.0.id).await
    }

    /// When it was opened.
    async fn opened_at(&self) -> DateTime<Utc> {
        self.0.opened_at
    }

    /// When anything happened last that the viewer may know of.
    async fn updated_at(&self, ctx: &Context<'_>) -> Result<DateTime<Utc>> {
        let session = session(ctx)?;
        match session.scope().view {
            View::Mediator { .. } => super::mediators::updated_at(session, &self.0).await,
            view => Ok(self.0.updated_at_for(view)),
        }
    }

    /// What its buyer said of the support; null while nothing was, and for viewers other than the operator.
    async fn support_rating(&self, ctx: &Context<'_>) -> Option<Result<SupportRatingObject>> {
        support_rating_of(ctx, self.0.id).await.transpose()
    }

    /// Those from outside who were let in to read for a while, the oldest first, also when their time is over. Empty for
    /// viewers other than the operator.
    async fn mediators(&self, ctx: &Context<'_>) -> Result<Vec<super::mediators::MediatorObject>> {
        super::mediators::of_case(session(ctx)?, self.0.id).await
    }
}

/// Whose turn it is.
#[derive(SimpleObject)]
pub(super) struct Awaiting {
    /// This side's.
    party: Party,
    /// Since then.
    since: DateTime<Utc>,
    /// Until when an answer is due; null when nothing is promised.
    due_at: Option<DateTime<Utc>>,
}

/// A ticket.
pub(super) struct TicketObject(Ticket);

#[Object(name = "Ticket")]
/// A ticket in the helpdesk, as last seen. Not a node.
impl TicketObject {
    /// The connection that it lives in.
    async fn connection_id(&self) -> ConnectionId {
        self.0.connection
    }

    /// Its number in the helpdesk.
    async fn external_id(&self) -> &str {
        &self.0.number.0
    }

    /// Where an agent opens it; null until the helpdesk has told.
    async fn url(&self) -> Option<&str> {
        Some(self.0.url.as_str()).filter(|url| !url.is_empty())
    }

    /// Its state.
    async fn status(&self) -> TicketStatus {
        self.0.status.into()
    }

    /// Whether it is still there. Words cannot be brought to a ticket that is merged, spam or deleted.
    async fn presence(&self) -> Presence {
        match self.0.presence {
            TicketPresence::Active => Presence::Active,
            TicketPresence::Merged { .. } => Presence::Merged,
            TicketPresence::Spam => Presence::Spam,
            TicketPresence::Deleted => Presence::Deleted,
        }
    }
}

/// Whether a ticket is still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "TicketPresence")]
pub(super) enum Presence {
    /// It is.
    Active,
    /// Its conversation went on in another ticket.
    Merged,
    /// It was marked as spam.
    Spam,
    /// It is in the bin, or gone.
    Deleted,
}

/// The names of a case; exactly one.
#[derive(OneofObject)]
pub(super) enum CaseByInput {
    /// The global id.
    Id(CaseId),
    /// The short name: `C-1042`.
    Reference(String),
    /// A ticket that tells it; of several cases the newest. For operators.
    Ticket(TicketKeyInput),
}

/// A ticket's name.
#[derive(InputObject)]
pub(super) struct TicketKeyInput {
    /// The product.
    helpdesk: HelpdeskKind,
    /// Its number there.
    external_id: String,
    /// The connection, where a marketplace has several to the same product; null for any of them.
    connection_id: Option<ConnectionId>,
}

/// Finds one case by one of its names.
pub(super) async fn find(session: &Session, by: CaseByInput) -> Result<Option<CaseObject>> {
    let (store, scope) = (&session.cx().store, session.scope());
    let found = match by {
        CaseByInput::Id(id) => return Ok(session.loaders().case(id).await?.map(CaseObject)),
        CaseByInput::Reference(reference) => store.case_by_reference(scope, &reference).await,
        CaseByInput::Ticket(_) if scope.view != View::Whole => Ok(None),
        CaseByInput::Ticket(key) => {
            let number = TicketNumber(key.external_id);
            store.case_of_ticket(scope, &TicketName { helpdesk: key.helpdesk.into(), connection: key.connection_id, number }).await
        }
    };
    Ok(found.map_err(|error| super::errors::store(&error))?.map(CaseObject))
}

/// Another case, if the viewer knows it.
async fn linked(ctx: &Context<'_>, id: Option<CaseId>) -> Option<Result<CaseObject>> {
    let load = async {
        match id {
            Some(id) => Ok(session(ctx)?.loaders().case(id).await?.map(CaseObject)),
            None => Ok(None),
        }
    };
    load.await.transpose()
}

/// A case that must be there.
pub(super) async fn known_case(session: &Session, id: CaseId) -> Result<Case> {
    session.loaders().case(id).await?.ok_or_else(|| coded(super::code::ErrorCode::NotFound, "Not found."))
}
