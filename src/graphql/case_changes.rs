//! What can be done to cases: the mutations.

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::cases::CaseObject;
use super::charter_enums::{CaseOutcome, ResolutionKind};
use super::enums::{CasePhase, Channel, EscalationReason, Priority};
use super::errors::{Result, UserError, split};
use super::session::session;
use crate::domain::cases::Case;
use crate::domain::ids::{CaseId, ConnectionId, MessageId};
use crate::domain::reasons::ReasonKey;
use crate::domain::refusal::Refusal;
use crate::domain::tickets::TicketNumber;
use crate::workflow::cases::{self, CaseRequest, Settlement};
use crate::workflow::inbound::{self, TicketRequest};
use crate::workflow::merges;
use crate::workflow::splits::{self, Part};

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
    /// Which line of it, by the marketplace's own id; null when it is about the whole.
    order_line_id: Option<String>,
    /// The key of a contact reason of the charter; null when it is not known. Its playbook may ask for an order.
    reason: Option<String>,
    /// The way by which the buyer got in touch.
    #[graphql(default_with = "Channel::Api")]
    channel: Channel,
    /// The buyer's language, a BCP 47 tag; null for what the text tells, else the marketplace's.
    language: Option<String>,
    /// On which side of the purchase; null for `AFTER_SALE` with an order and `PRE_SALE` without.
    phase: Option<CasePhase>,
    /// The helpdesk in which to open the ticket; null when the marketplace has one helpdesk or none.
    connection_id: Option<ConnectionId>,
    /// A key of the client's choice, 1 to 128 characters. A repeated call with the same key gives the same case.
    idempotency_key: String,
}

/// A ticket whose case is wanted.
#[derive(InputObject)]
pub(super) struct CaseOpenFromTicketInput {
    /// The helpdesk in which the ticket is.
    connection_id: ConnectionId,
    /// The ticket's number there, digits alone.
    ticket_number: String,
    /// The reference of the order it is about; null for the one that the ticket itself names, if any.
    order_reference: Option<String>,
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

/// A case to settle.
#[derive(InputObject)]
pub(super) struct CaseResolveInput {
    /// The case.
    case_id: CaseId,
    /// What it came to: `SOLVED`, `NO_REQUEST`, or for operators `OPERATOR_CANNOT_INTERVENE`; the others are said by Trilogue.
    #[graphql(default_with = "CaseOutcome::Solved")]
    outcome: CaseOutcome,
    /// What the buyer got, one of those that the contact reason's playbook allows; null when nobody says.
    resolution: Option<ResolutionKind>,
    /// Last words to the buyer, at most 10,000 characters. Required with `OPERATOR_CANNOT_INTERVENE`, where the contact of the
    /// consumer mediator is added.
    text: Option<String>,
}

/// A question of what is meant.
#[derive(InputObject)]
pub(super) struct CaseAskClarificationInput {
    /// The case.
    case_id: CaseId,
    /// The question to the buyer, 1 to 10,000 characters.
    text: String,
}

/// Words that need no answer.
#[derive(InputObject)]
pub(super) struct CaseMarkNoReplyNeededInput {
    /// The case.
    case_id: CaseId,
    /// Why, 1 to 2,000 characters; seller and operator read it.
    reason: String,
}

/// Why the buyer got in touch.
#[derive(InputObject)]
pub(super) struct CaseNameReasonInput {
    /// The case.
    case_id: CaseId,
    /// The key of a contact reason of the charter.
    reason: String,
}

/// A case to finish.
#[derive(InputObject)]
pub(super) struct CaseCloseInput {
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

/// A case whose buyer is to be written to in a language.
#[derive(InputObject)]
pub(super) struct CaseSetLanguageInput {
    /// The case.
    case_id: CaseId,
    /// The language, a BCP 47 tag: `fr`, `pt-BR`.
    language: String,
}

/// A case to split.
#[derive(InputObject)]
pub(super) struct CaseSplitInput {
    /// The case.
    case_id: CaseId,
    /// The parts that go on by themselves, 1 to 10, with at most 200 messages in all. At least one message must stay.
    parts: Vec<CasePartInput>,
}

/// A part of a case that goes on by itself.
#[derive(InputObject)]
pub(super) struct CasePartInput {
    /// What it is about, 1 to 300 characters.
    subject: String,
    /// The key of a contact reason; null for the reason of the whole.
    reason: Option<String>,
    /// The line of the order, by the marketplace's own id; null for the whole's.
    order_line_id: Option<String>,
    /// The messages of the talk with the buyer that go to it and leave the whole. Each can move to one part only.
    #[graphql(default)]
    move_message_ids: Vec<MessageId>,
    /// The messages of which it gets a copy, with their author and time: words that speak of several things.
    #[graphql(default)]
    copy_message_ids: Vec<MessageId>,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct CaseSplitPayload {
    /// The case as it is now; null when nothing was done.
    case: Option<CaseObject>,
    /// The new cases, in the order of the parts; empty when nothing was done.
    children: Vec<CaseObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// Two cases to make one of.
#[derive(InputObject)]
pub(super) struct CaseMergeInput {
    /// The case that ends.
    case_id: CaseId,
    /// The case of the same buyer in which it goes on.
    into_case_id: CaseId,
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

case_payloads!(
    CaseOpenPayload,
    CaseOpenFromTicketPayload,
    CaseAttachOrderPayload,
    CaseEscalatePayload,
    CaseResolvePayload,
    CaseReopenPayload,
    CasePrioritizePayload,
    CaseSetLanguagePayload,
    CaseAskClarificationPayload,
    CaseMarkNoReplyNeededPayload,
    CaseNameReasonPayload,
    CaseClosePayload,
    CaseMergePayload,
);

/// A contact reason's key as it came. One that cannot be a key names no reason.
fn reason_key(text: &str) -> std::result::Result<ReasonKey, crate::workflow::Error> {
    text.parse().map_err(|_| crate::workflow::refused(&["reason"], Refusal::NotFound { what: "Contact reason" }))
}

fn part((position, input): (usize, CasePartInput)) -> std::result::Result<Part, crate::workflow::Error> {
    let refused = |_| crate::workflow::refused(&["parts", &position.to_string(), "reason"], Refusal::NotFound { what: "Contact reason" });
    Ok(Part {
        subject: input.subject,
        reason: input.reason.as_deref().map(str::parse::<ReasonKey>).transpose().map_err(refused)?,
        order_line: input.order_line_id,
        moved: input.move_message_ids,
        copied: input.copy_message_ids,
    })
}

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
        let run = async {
            let session = session(ctx)?;
            let reason = match input.reason.as_deref().map(reason_key).transpose() {
                Ok(reason) => reason,
                Err(error) => return CaseOpenPayload::of(Err(error)),
            };
            let request = CaseRequest {
                subject: input.subject,
                buyer_name: input.buyer_name,
                buyer_email: input.buyer_email,
                text: input.text,
                order_reference: input.order_reference,
                order_line: input.order_line_id,
                reason,
                channel: input.channel.into(),
                language: input.language,
                phase: input.phase.map(Into::into),
                connection: input.connection_id,
                idempotency_key: input.idempotency_key,
            };
            CaseOpenPayload::of(Box::pin(cases::open(session.cx(), session.actor(), request)).await)
        };
        Some(run.await)
    }

    /// The case of a ticket that is in the helpdesk already. Where there is none yet, because the ticket is older than the
    /// connection or was settled before it, one is opened with the ticket's requester, subject and comments; an open case of the
    /// same buyer about the same order takes the ticket in. Safe to repeat: of one ticket there is one case. For operators.
    async fn case_open_from_ticket(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The ticket.")] input: CaseOpenFromTicketInput,
    ) -> Option<Result<CaseOpenFromTicketPayload>> {
        let run = async {
            let session = session(ctx)?;
            let CaseOpenFromTicketInput { connection_id, ticket_number, order_reference } = input;
            let request = TicketRequest { connection: connection_id, number: TicketNumber(ticket_number), order_reference };
            CaseOpenFromTicketPayload::of(Box::pin(inbound::open(session.cx(), session.actor(), request)).await)
        };
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

    /// Settles a case. A word of the buyer opens it again within the time that the charter gives. For operators, and for the
    /// seller as long as it sees the case through.
    async fn case_resolve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case.")] input: CaseResolveInput,
    ) -> Option<Result<CaseResolvePayload>> {
        let run = async {
            let session = session(ctx)?;
            let CaseResolveInput { case_id, outcome, resolution, text } = input;
            let settlement = Settlement { case: case_id, outcome: outcome.into(), resolution: resolution.map(Into::into), text };
            CaseResolvePayload::of(cases::resolve(session.cx(), session.actor(), settlement).await)
        };
        Some(run.await)
    }

    /// Asks the buyer what is meant. Until the answer the clocks of the others stand still; without one the case is settled
    /// after the days that the charter names. For operators, and for the seller as long as it sees the case through.
    async fn case_ask_clarification(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case, and the question.")] input: CaseAskClarificationInput,
    ) -> Option<Result<CaseAskClarificationPayload>> {
        let run = async {
            let session = session(ctx)?;
            CaseAskClarificationPayload::of(cases::ask_clarification(session.cx(), session.actor(), input.case_id, input.text).await)
        };
        Some(run.await)
    }

    /// Says that the buyer's last words need no answer: the case goes back to where it was before them, and measures skip
    /// them. For operators, and for the seller as long as it sees the case through.
    async fn case_mark_no_reply_needed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case, and why.")] input: CaseMarkNoReplyNeededInput,
    ) -> Option<Result<CaseMarkNoReplyNeededPayload>> {
        let run = async {
            let session = session(ctx)?;
            CaseMarkNoReplyNeededPayload::of(cases::waive_reply(session.cx(), session.actor(), input.case_id, input.reason).await)
        };
        Some(run.await)
    }

    /// Says why the buyer got in touch. A reason that is not for the seller hands the case to the operator. For sellers and
    /// operators.
    async fn case_name_reason(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case, and the reason.")] input: CaseNameReasonInput,
    ) -> Option<Result<CaseNameReasonPayload>> {
        let run = async {
            let session = session(ctx)?;
            let named = match reason_key(&input.reason) {
                Ok(reason) => cases::name_reason(session.cx(), session.actor(), input.case_id, reason).await,
                Err(error) => Err(error),
            };
            CaseNameReasonPayload::of(named)
        };
        Some(run.await)
    }

    /// Splits a case: each part goes on as a case of its own, with its words, its clocks and its ticket. No message is lost.
    /// For operators, and for the seller as long as it sees the case through.
    async fn case_split(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case, and its parts.")] input: CaseSplitInput,
    ) -> Option<Result<CaseSplitPayload>> {
        let run = async {
            let session = session(ctx)?;
            let parts = input.parts.into_iter().enumerate().map(part).collect::<std::result::Result<Vec<_>, _>>();
            let outcome = match parts {
                Ok(parts) => Box::pin(splits::split(session.cx(), session.actor(), input.case_id, parts)).await,
                Err(error) => Err(error),
            };
            let (done, user_errors) = split(outcome)?;
            let (case, children) = done.map(|done| (done.case, done.children)).unzip();
            let children = children.unwrap_or_default().into_iter().map(CaseObject).collect();
            Ok(CaseSplitPayload { case: case.map(CaseObject), children, user_errors })
        };
        Some(run.await)
    }

    /// Lets a case go on in another one of the same buyer, which gets its words, private threads and tickets. What a seller
    /// could not read before, it cannot read after. For operators.
    async fn case_merge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The two cases.")] input: CaseMergeInput,
    ) -> Option<Result<CaseMergePayload>> {
        let run = async {
            let session = session(ctx)?;
            CaseMergePayload::of(Box::pin(merges::merge(session.cx(), session.actor(), input.case_id, input.into_case_id)).await)
        };
        Some(run.await)
    }

    /// Finishes a case for good; what the buyer says after that opens a new one. For operators.
    async fn case_close(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case.")] input: CaseCloseInput,
    ) -> Option<Result<CaseClosePayload>> {
        let run = async { CaseClosePayload::of(cases::close(session(ctx)?.cx(), session(ctx)?.actor(), input.case_id).await) };
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

    /// Says in which language the buyer of a case is written to: templates go by it. For operators.
    async fn case_set_language(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case, and the language.")] input: CaseSetLanguageInput,
    ) -> Option<Result<CaseSetLanguagePayload>> {
        let run = async {
            let session = session(ctx)?;
            CaseSetLanguagePayload::of(cases::set_language(session.cx(), session.actor(), input.case_id, &input.language).await)
        };
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
