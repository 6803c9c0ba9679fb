//! What people do with returns: one mutation for each thing.

use async_graphql::{Context, Enum, InputObject, Object, OneofObject, SimpleObject};

use super::super::charter_enums::CostBearer;
use super::super::errors::{Result, UserError, split};
use super::super::purchases::WithdrawalExclusion;
use super::super::scalars::MoneyInput;
use super::super::session::session;
use super::super::triage::money;
use super::ReturnObject;
use super::enums::{
    ReturnBasis, ReturnDeclineReason, ReturnMethod, ReturnNonCompliance, ReturnReasonKind, ReturnResolution, ReturnVocabulary,
};
use crate::domain::ids::{CaseId, OrderId, ReturnId};
use crate::domain::refusal::Refusal;
use crate::domain::returns::{Papers, Receipt, ReturnReason};
use crate::workflow::returns::{self as workflow, Decision, Inspection, KeepAnswer, ReturnAsked, ReturnStep};
use crate::workflow::{Error, refused};

/// Why goods go back; exactly one.
#[derive(OneofObject)]
pub(in crate::graphql) enum ReturnReasonInput {
    /// As Trilogue calls it.
    Kind(ReturnReasonKind),
    /// As another system calls it: kept as it came, and read as the nearest of ours.
    Code(ReturnReasonCodeInput),
}

/// A reason in the words of another system.
#[derive(InputObject)]
pub(in crate::graphql) struct ReturnReasonCodeInput {
    /// Whose list it is from.
    vocabulary: ReturnVocabulary,
    /// The code.
    code: String,
}

/// A return to request.
#[derive(InputObject)]
pub(in crate::graphql) struct ReturnRequestInput {
    /// Of which order.
    order_id: OrderId,
    /// Which line of it, by the marketplace's own id.
    line_id: String,
    /// How many pieces: never more than were bought, with all other returns of the line.
    #[graphql(default = 1)]
    quantity: u32,
    /// Why; null when the buyer owes no reason and gives none.
    reason: Option<ReturnReasonInput>,
    /// In the buyer's words, at most 2,000 characters; null for none.
    note: Option<String>,
    /// What the buyer would like.
    #[graphql(default)]
    wanted: ReturnResolution,
    /// On which right; null for the one that serves the buyer best.
    basis: Option<ReturnBasis>,
    /// In which case; null for the newest open one about the order, or a new one.
    case_id: Option<CaseId>,
    /// A key of the client's choice, 1 to 128 characters. A repeated call with the same key gives the same return.
    idempotency_key: String,
}

/// A return to approve.
#[derive(InputObject)]
pub(in crate::graphql) struct ReturnApproveInput {
    /// Which.
    return_id: ReturnId,
    /// The revision that the decision is made on.
    revision: i32,
    /// By which way the goods come back; null for the charter's usual one. `RETURNLESS` lets the buyer keep them, refunded.
    method: Option<ReturnMethod>,
    /// Who pays that way; null for whoever the law or the charter names. It can only be made better for the buyer.
    way_back: Option<CostBearer>,
}

/// A return to decline.
#[derive(InputObject)]
pub(in crate::graphql) struct ReturnDeclineInput {
    /// Which.
    return_id: ReturnId,
    /// The revision that the decision is made on.
    revision: i32,
    /// Why.
    reason: ReturnDeclineReason,
    /// In words for the buyer, 1 to 2,000 characters: they are sent the refusal in writing.
    text: String,
    /// Of a withdrawal, for operators: which exclusion of the law takes the right away.
    exclusion: Option<WithdrawalExclusion>,
}

/// An offer to keep the item.
#[derive(InputObject)]
pub(in crate::graphql) struct ReturnProposeKeepItemInput {
    /// Of which return.
    return_id: ReturnId,
    /// The revision that the decision is made on.
    revision: i32,
    /// How much the buyer gets: at most what the pieces cost.
    amount: MoneyInput,
}

/// What the buyer says to an offer to keep the item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::workflow::returns::KeepAnswer")]
pub(in crate::graphql) enum ReturnKeepAnswer {
    /// The buyer keeps it, for the amount.
    Accept,
    /// The buyer sends it back.
    Refuse,
}

/// An answer to an offer to keep the item.
#[derive(InputObject)]
pub(in crate::graphql) struct ReturnAnswerKeepItemInput {
    /// Of which return.
    return_id: ReturnId,
    /// The revision that the decision is made on.
    revision: i32,
    /// What the buyer says.
    answer: ReturnKeepAnswer,
}

/// What the buyer sends the goods with; exactly one.
#[derive(OneofObject)]
pub(in crate::graphql) enum ReturnPapersInput {
    /// Where the label is: an address that begins with https://, or the reference that a drop-off point asks for; 1 to 500
    /// characters.
    Label(String),
    /// A number to write on the parcel, and where to send it.
    Rma(ReturnRmaInput),
    /// A label that was sent by other means: `true`.
    SentOffline(bool),
}

/// A number to write on the parcel, and where to send it.
#[derive(InputObject)]
pub(in crate::graphql) struct ReturnRmaInput {
    /// The seller's number of the return, 1 to 100 characters.
    number: String,
    /// Where to, and anything else the buyer must know, 1 to 500 characters.
    address: String,
}

/// What the buyer gets to send the goods with.
#[derive(InputObject)]
pub(in crate::graphql) struct ReturnProvideLabelInput {
    /// For which return.
    return_id: ReturnId,
    /// The revision that the decision is made on.
    revision: i32,
    /// What.
    papers: ReturnPapersInput,
}

/// That goods were sent back.
#[derive(InputObject)]
pub(in crate::graphql) struct ReturnRecordShippedInput {
    /// Of which return.
    return_id: ReturnId,
    /// The revision that the decision is made on.
    revision: i32,
    /// Who carries them, at most 100 characters; null when nobody says.
    carrier: Option<String>,
    /// The tracking number, 1 to 100 characters: the proof of dispatch. Null when there is none.
    tracking_number: Option<String>,
}

/// Something that is said of a return, with nothing to add.
#[derive(InputObject)]
pub(in crate::graphql) struct ReturnRecordDeliveredInput {
    /// Of which return.
    return_id: ReturnId,
    /// The revision that the decision is made on.
    revision: i32,
}

/// That pieces came.
#[derive(InputObject)]
pub(in crate::graphql) struct ReturnRecordReceivedInput {
    /// Of which return.
    return_id: ReturnId,
    /// The revision that the decision is made on.
    revision: i32,
    /// How many came now, besides those that came before; less than are missing is a return received in part.
    quantity: u32,
    /// How many of these are damaged.
    #[graphql(default)]
    damaged: u32,
}

/// That goods were lost on their way back.
#[derive(InputObject)]
pub(in crate::graphql) struct ReturnRecordLostInput {
    /// Of which return.
    return_id: ReturnId,
    /// The revision that the decision is made on.
    revision: i32,
}

/// What was found when somebody looked at the goods; exactly one.
#[derive(OneofObject)]
pub(in crate::graphql) enum ReturnInspectionInput {
    /// They are good: `true`. Money or replacement follows.
    Compliant(bool),
    /// They are not.
    NonCompliant(ReturnNonCompliantInput),
}

/// What is wrong with what came.
#[derive(InputObject)]
pub(in crate::graphql) struct ReturnNonCompliantInput {
    /// What.
    reason: ReturnNonCompliance,
    /// In words for the buyer, 1 to 2,000 characters.
    text: String,
    /// Of a withdrawal, unless something else came back: what is kept of the refund, as the goods have lost in worth.
    withheld: Option<MoneyInput>,
}

/// What was found.
#[derive(InputObject)]
pub(in crate::graphql) struct ReturnRecordInspectionInput {
    /// Of which return.
    return_id: ReturnId,
    /// The revision that the decision is made on.
    revision: i32,
    /// What was found.
    result: ReturnInspectionInput,
}

/// A return to call off.
#[derive(InputObject)]
pub(in crate::graphql) struct ReturnCancelInput {
    /// Which.
    return_id: ReturnId,
    /// The revision that the decision is made on.
    revision: i32,
}

macro_rules! payloads {
    ($($name:ident),+ $(,)?) => {$(
        /// What came of it.
        #[derive(SimpleObject)]
        pub(in crate::graphql) struct $name {
            /// The return as it is now; null when nothing was done.
            #[graphql(name = "return")]
            after: Option<ReturnObject>,
            /// What is wrong with the input; when there is anything, nothing was done.
            user_errors: Vec<UserError>,
        }

        impl $name {
            fn of((after, user_errors): (Option<ReturnObject>, Vec<UserError>)) -> Self {
                Self { after, user_errors }
            }
        }
    )+};
}

payloads!(
    ReturnRequestPayload,
    ReturnApprovePayload,
    ReturnDeclinePayload,
    ReturnProposeKeepItemPayload,
    ReturnAnswerKeepItemPayload,
    ReturnProvideLabelPayload,
    ReturnRecordShippedPayload,
    ReturnRecordDeliveredPayload,
    ReturnRecordReceivedPayload,
    ReturnRecordLostPayload,
    ReturnRecordInspectionPayload,
    ReturnCancelPayload,
);

type Done = (Option<ReturnObject>, Vec<UserError>);

/// Makes a move. Boxed, as all mutations are: what every one of them needs at most is set aside for each.
async fn step(ctx: &Context<'_>, id: ReturnId, revision: i32, step: std::result::Result<ReturnStep, Error>) -> Result<Done> {
    let session = session(ctx)?;
    let run = async { workflow::step(session.cx(), session.actor(), Decision { id, revision }, step?).await };
    let (after, user_errors) = split(Box::pin(run).await)?;
    Ok((after.map(ReturnObject), user_errors))
}

/// An amount that was given in this field.
fn amount(input: &MoneyInput, path: &[&str]) -> std::result::Result<crate::domain::money::Money, Error> {
    money(input).map_err(|message| refused(path, Refusal::Invalid { message }))
}

fn reason(input: Option<ReturnReasonInput>) -> ReturnReason {
    match input {
        None => ReturnReason::of(crate::domain::returns::ReasonKind::NoReason),
        Some(ReturnReasonInput::Kind(kind)) => ReturnReason::of(kind.into()),
        Some(ReturnReasonInput::Code(raw)) => ReturnReason::read(raw.vocabulary.into(), &raw.code),
    }
}

/// The mutations of this file.
#[derive(Default)]
pub(in crate::graphql) struct ReturnMutations;

#[Object]
impl ReturnMutations {
    /// Asks to send goods back. Seller and operator are told once, however often it is asked. For buyers by their link, the
    /// vendor in the buyer's name, sellers and operators. Safe to repeat with the same key.
    async fn return_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What, and why.")] input: ReturnRequestInput,
    ) -> Option<Result<ReturnRequestPayload>> {
        let run = async {
            let session = session(ctx)?;
            let asked = ReturnAsked {
                order: input.order_id,
                line: input.line_id,
                quantity: input.quantity,
                reason: reason(input.reason),
                note: input.note.unwrap_or_default(),
                wanted: input.wanted.into(),
                basis: input.basis.map(Into::into),
                case: input.case_id,
                idempotency_key: input.idempotency_key,
            };
            let (after, user_errors) = split(Box::pin(workflow::request(session.cx(), session.actor(), asked)).await)?;
            Ok(ReturnRequestPayload::of((after.map(ReturnObject), user_errors)))
        };
        Some(run.await)
    }

    /// Approves a return. For its seller and operators; silence approves too.
    async fn return_approve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and how it comes back.")] input: ReturnApproveInput,
    ) -> Option<Result<ReturnApprovePayload>> {
        let approve = ReturnStep::Approve { method: input.method.map(Into::into), way_back: input.way_back.map(Into::into) };
        Some(step(ctx, input.return_id, input.revision, Ok(approve)).await.map(ReturnApprovePayload::of))
    }

    /// Declines a return, in writing. A withdrawal cannot be declined, but by an operator who names which exclusion of the law
    /// applies. For its seller and operators.
    async fn return_decline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and why.")] input: ReturnDeclineInput,
    ) -> Option<Result<ReturnDeclinePayload>> {
        let (reason, exclusion) = (input.reason.into(), input.exclusion.map(Into::into));
        let decline = ReturnStep::Decline { reason, text: input.text, exclusion };
        Some(step(ctx, input.return_id, input.revision, Ok(decline)).await.map(ReturnDeclinePayload::of))
    }

    /// Offers the buyer to keep the item for some of the money. For its seller and operators.
    async fn return_propose_keep_item(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and for how much.")] input: ReturnProposeKeepItemInput,
    ) -> Option<Result<ReturnProposeKeepItemPayload>> {
        let offer = amount(&input.amount, &["amount"]).map(|amount| ReturnStep::ProposeKeepItem { amount });
        Some(step(ctx, input.return_id, input.revision, offer).await.map(ReturnProposeKeepItemPayload::of))
    }

    /// Answers an offer to keep the item. For the buyer, and the vendor in the buyer's name.
    async fn return_answer_keep_item(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what the buyer says.")] input: ReturnAnswerKeepItemInput,
    ) -> Option<Result<ReturnAnswerKeepItemPayload>> {
        let answer = ReturnStep::AnswerKeepItem(KeepAnswer::from(input.answer));
        Some(step(ctx, input.return_id, input.revision, Ok(answer)).await.map(ReturnAnswerKeepItemPayload::of))
    }

    /// Gives the buyer what the goods are sent back with: a label or a number. A link or a reference; no file is kept here. For
    /// its seller and operators.
    async fn return_provide_label(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "For which, and what.")] input: ReturnProvideLabelInput,
    ) -> Option<Result<ReturnProvideLabelPayload>> {
        let papers = match input.papers {
            ReturnPapersInput::Label(link) => Papers::Label { link },
            ReturnPapersInput::Rma(rma) => Papers::Rma { number: rma.number, address: rma.address },
            ReturnPapersInput::SentOffline(_) => Papers::SentOffline,
        };
        Some(step(ctx, input.return_id, input.revision, Ok(ReturnStep::ProvideLabel(papers))).await.map(ReturnProvideLabelPayload::of))
    }

    /// Says that the goods were sent back. With a tracking number that is the proof of dispatch. For the buyer, and the vendor in
    /// the buyer's name.
    async fn return_record_shipped(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and how.")] input: ReturnRecordShippedInput,
    ) -> Option<Result<ReturnRecordShippedPayload>> {
        let shipped = ReturnStep::RecordShipped { carrier: input.carrier.unwrap_or_default(), tracking: input.tracking_number };
        Some(step(ctx, input.return_id, input.revision, Ok(shipped)).await.map(ReturnRecordShippedPayload::of))
    }

    /// Says that the carrier delivered the goods to the seller. For the vendor, who hears it of the carrier.
    async fn return_record_delivered(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: ReturnRecordDeliveredInput,
    ) -> Option<Result<ReturnRecordDeliveredPayload>> {
        let delivered = Ok(ReturnStep::RecordDelivered);
        Some(step(ctx, input.return_id, input.revision, delivered).await.map(ReturnRecordDeliveredPayload::of))
    }

    /// Says that pieces came, all or some of them. For its seller, operators, and the vendor, who hears it of the carrier.
    async fn return_record_received(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what came.")] input: ReturnRecordReceivedInput,
    ) -> Option<Result<ReturnRecordReceivedPayload>> {
        let received = ReturnStep::RecordReceived(Receipt { quantity: input.quantity, damaged: input.damaged });
        Some(step(ctx, input.return_id, input.revision, Ok(received)).await.map(ReturnRecordReceivedPayload::of))
    }

    /// Says that the goods were lost on their way back. With the seller's label or a tracking number the loss is the seller's, and
    /// the refund follows. For operators, and the vendor, who hears it of the carrier.
    async fn return_record_lost(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: ReturnRecordLostInput,
    ) -> Option<Result<ReturnRecordLostPayload>> {
        Some(step(ctx, input.return_id, input.revision, Ok(ReturnStep::RecordLost)).await.map(ReturnRecordLostPayload::of))
    }

    /// Says what was found when somebody looked at the goods; silence finds them good. For its seller and operators.
    async fn return_record_inspection(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what was found.")] input: ReturnRecordInspectionInput,
    ) -> Option<Result<ReturnRecordInspectionPayload>> {
        let inspection = match input.result {
            ReturnInspectionInput::Compliant(_) => Ok(Inspection::Compliant),
            ReturnInspectionInput::NonCompliant(found) => {
                let kept = found.withheld.as_ref().map(|kept| amount(kept, &["result", "nonCompliant", "withheld"])).transpose();
                kept.map(|withheld| Inspection::NonCompliant { reason: found.reason.into(), text: found.text, withheld })
            }
        };
        let inspection = inspection.map(ReturnStep::RecordInspection);
        Some(step(ctx, input.return_id, input.revision, inspection).await.map(ReturnRecordInspectionPayload::of))
    }

    /// Calls a return off before anything was sent. For the buyer, the vendor in the buyer's name, and operators.
    async fn return_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: ReturnCancelInput,
    ) -> Option<Result<ReturnCancelPayload>> {
        Some(step(ctx, input.return_id, input.revision, Ok(ReturnStep::Cancel)).await.map(ReturnCancelPayload::of))
    }
}
