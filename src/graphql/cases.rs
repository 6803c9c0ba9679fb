//! Cases: as they are seen, listed and moved.

use async_graphql::{Context, InputObject, Object, OneofObject, SimpleObject};
use chrono::{DateTime, Utc};

use super::enums::{CaseAction, CasePhase, CaseStatus, ConversationMode, EscalationReason, HelpdeskKind, Party, Priority, TicketStatus};
use super::errors::{Result, UserError, coded, split};
use super::orders::{BuyerObject, OrderObject, SellerObject};
use super::paging::{PageOf, Paging, connection, foreign_cursor};
use super::session::{Session, session};
use super::threads::ThreadObject;
use super::timeline::TimelineItem;
use crate::domain::cases::Case;
use crate::domain::ids::{CaseId, ConnectionId};
use crate::domain::parties::View;
use crate::domain::tickets::{Ticket, TicketNumber, TicketPresence};
use crate::policy;
use crate::store::TicketName;
use crate::workflow::cases::{self, CaseRequest};

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

    /// What it is about, in the buyer's words.
    async fn subject(&self) -> &str {
        &self.0.subject
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
        Some(Awaiting { party: party.into(), since: self.0.waiting_since.unwrap_or(self.0.opened_at), due_at: self.0.reply_due_at })
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
        let charter = &session.marketplace().await?.charter;
        Ok(policy::available_actions(&session.actor().who, &self.0, charter).into_iter().map(CaseAction::from).collect())
    }

    /// When it was opened.
    async fn opened_at(&self) -> DateTime<Utc> {
        self.0.opened_at
    }

    /// When anything happened last that the viewer may know of.
    fn updated_at(&self, ctx: &Context<'_>) -> Result<DateTime<Utc>> {
        Ok(self.0.updated_at_for(session(ctx)?.scope().view))
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

/// A case to open.
#[derive(InputObject)]
pub(super) struct CaseOpenInput {
    /// What it is about, 1 to 300 characters.
    subject: String,
    /// The buyer's name, 1 to 200 characters.
    buyer_name: String,
    /// The buyer's e-mail address, to which the helpdesk sends the answers.
    buyer_email: String,
    /// The buyer's first words, 1 to 10,000 characters.
    text: String,
    /// The reference of the order it is about; null for a question before any order.
    order_reference: Option<String>,
    /// The helpdesk in which to open the ticket; null when the marketplace has one helpdesk or none.
    connection_id: Option<ConnectionId>,
    /// A key of the client's choice, 1 to 128 characters. A repeated call with the same key gives the same case.
    idempotency_key: String,
}

/// An order to attach.
#[derive(InputObject)]
pub(super) struct CaseAttachOrderInput {
    /// The case.
    case_id: CaseId,
    /// The order's reference.
    order_reference: String,
}

/// A case to hand to the operator.
#[derive(InputObject)]
pub(super) struct CaseEscalateInput {
    /// The case.
    case_id: CaseId,
    /// Why.
    reason: EscalationReason,
    /// In the viewer's words, at most 2,000 characters; everybody in the case reads it. Required with the reason OTHER.
    note: Option<String>,
}

/// A case to move.
#[derive(InputObject)]
pub(super) struct CaseResolveInput {
    /// The case.
    case_id: CaseId,
}

/// A case to take up again.
#[derive(InputObject)]
pub(super) struct CaseReopenInput {
    /// The case.
    case_id: CaseId,
}

/// A case to make more or less urgent.
#[derive(InputObject)]
pub(super) struct CasePrioritizeInput {
    /// The case.
    case_id: CaseId,
    /// How urgent it is from now on.
    priority: Priority,
}

macro_rules! case_payloads {
    ($($name:ident),+ $(,)?) => {$(
        /// What came of it.
        #[derive(SimpleObject)]
        pub(super) struct $name {
            /// The case as it is now; null when nothing was done.
            case: Option<CaseObject>,
            /// What is wrong with the input; when there is anything, nothing was done.
            user_errors: Vec<UserError>,
        }

        impl $name {
            fn of(outcome: std::result::Result<Case, crate::workflow::Error>) -> Result<Self> {
                let (case, user_errors) = split(outcome)?;
                Ok(Self { case: case.map(CaseObject), user_errors })
            }
        }
    )+};
}

case_payloads!(CaseOpenPayload, CaseAttachOrderPayload, CaseEscalatePayload, CaseResolvePayload, CaseReopenPayload, CasePrioritizePayload);

/// The mutations of this file.
#[derive(Default)]
pub(super) struct CaseMutations;

#[Object]
impl CaseMutations {
    /// Opens a case for a buyer, and a ticket in the helpdesk through which the buyer is answered. For vendors and
    /// operators. Safe to repeat with the same key.
    async fn case_open(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case to open.")] input: CaseOpenInput,
    ) -> Option<Result<CaseOpenPayload>> {
        let request = CaseRequest {
            subject: input.subject,
            buyer_name: input.buyer_name,
            buyer_email: input.buyer_email,
            text: input.text,
            order_reference: input.order_reference,
            connection: input.connection_id,
            idempotency_key: input.idempotency_key,
        };
        let run = async { CaseOpenPayload::of(cases::open(session(ctx)?.cx(), session(ctx)?.actor(), request).await) };
        Some(run.await)
    }

    /// Says which order a case is about. The order's seller takes part from then on. For vendors and operators.
    async fn case_attach_order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case and its order.")] input: CaseAttachOrderInput,
    ) -> Option<Result<CaseAttachOrderPayload>> {
        let run = async {
            let session = session(ctx)?;
            CaseAttachOrderPayload::of(cases::attach_order(session.cx(), session.actor(), input.case_id, &input.order_reference).await)
        };
        Some(run.await)
    }

    /// Hands a case to the operator, who can then write to buyer and seller. For sellers and operators.
    async fn case_escalate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case, and why.")] input: CaseEscalateInput,
    ) -> Option<Result<CaseEscalatePayload>> {
        let run = async {
            let session = session(ctx)?;
            let note = input.note.unwrap_or_default();
            CaseEscalatePayload::of(cases::escalate(session.cx(), session.actor(), input.case_id, input.reason.into(), note).await)
        };
        Some(run.await)
    }

    /// Settles a case. A word of the buyer opens it again. For sellers and operators.
    async fn case_resolve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case.")] input: CaseResolveInput,
    ) -> Option<Result<CaseResolvePayload>> {
        let run = async { CaseResolvePayload::of(cases::resolve(session(ctx)?.cx(), session(ctx)?.actor(), input.case_id).await) };
        Some(run.await)
    }

    /// Takes a settled case up again. For operators.
    async fn case_reopen(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case.")] input: CaseReopenInput,
    ) -> Option<Result<CaseReopenPayload>> {
        let run = async { CaseReopenPayload::of(cases::reopen(session(ctx)?.cx(), session(ctx)?.actor(), input.case_id).await) };
        Some(run.await)
    }

    /// Makes a case more or less urgent, and its ticket with it. For operators.
    async fn case_prioritize(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case, and how urgent it is.")] input: CasePrioritizeInput,
    ) -> Option<Result<CasePrioritizePayload>> {
        let run = async {
            let session = session(ctx)?;
            CasePrioritizePayload::of(cases::prioritize(session.cx(), session.actor(), input.case_id, input.priority.into()).await)
        };
        Some(run.await)
    }
}

/// A case that must be there.
pub(super) async fn known_case(session: &Session, id: CaseId) -> Result<Case> {
    session.loaders().case(id).await?.ok_or_else(|| coded(super::code::ErrorCode::NotFound, "Not found."))
}
