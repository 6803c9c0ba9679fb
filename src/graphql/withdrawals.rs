//! Withdrawing from a contract: the function that shops owe, and what became of it.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};

use super::cases::CaseObject;
use super::charter_enums::CostBearer;
use super::enums::MessageDelivery;
use super::errors::{Result, UserError, failure, split};
use super::orders::OrderObject;
use super::purchases::WithdrawalExclusion;
use super::returns::ReturnObject;
use super::session::session;
use crate::domain::hands::Available;
use crate::domain::ids::{CaseId, OrderId, WithdrawalId};
use crate::domain::law::SellerMayWait;
use crate::domain::parties::View;
use crate::domain::withdrawals::{Acknowledgement, Verdict, Withdrawal, WithdrawnLine};
use crate::workflow::withdrawals::{self as workflow, Declaration, Offer};

/// Where a withdrawal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::withdrawals::WithdrawalState")]
pub(super) enum WithdrawalState {
    /// Declared, and not confirmed yet.
    Declared,
    /// Confirmed and acknowledged.
    Confirmed,
    /// Not confirmed in time. It can be declared again while the window is open.
    Lapsed,
}

/// What can be done to a withdrawal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum WithdrawalAction {
    /// `withdrawalConfirm`
    Confirm,
}

/// Something that the viewer may do with a withdrawal.
#[derive(SimpleObject)]
struct AvailableWithdrawalAction {
    /// What.
    action: WithdrawalAction,
    /// From when on; null for now.
    from: Option<DateTime<Utc>>,
    /// Until when.
    until: Option<DateTime<Utc>>,
}

/// A part of a contract from which somebody withdraws.
#[derive(SimpleObject)]
#[graphql(name = "WithdrawnLine")]
struct WithdrawnLineObject {
    /// The line of the order, by the marketplace's own id.
    order_line_id: String,
    /// How many pieces.
    quantity: u32,
}

/// A withdrawal.
#[derive(Clone)]
pub(super) struct WithdrawalObject(pub(super) Withdrawal);

#[Object(name = "Withdrawal")]
/// A consumer's withdrawal from a contract (articles L221-21 and D221-5 of the French consumer code). It needs no reason, no agent
/// and no account. Whoever knows its case knows it; who withdrew is for the buyer's side and the operator.
impl WithdrawalObject {
    /// The global id.
    pub(super) async fn id(&self) -> WithdrawalId {
        self.0.id
    }

    /// The case that it belongs to.
    async fn case(&self, ctx: &Context<'_>) -> Option<Result<CaseObject>> {
        let id = self.0.case?;
        let load = async { session(ctx)?.loaders().case(id).await };
        load.await.map(|found| found.map(CaseObject)).transpose()
    }

    /// The order.
    async fn order(&self, ctx: &Context<'_>) -> Option<Result<OrderObject>> {
        let load = async { session(ctx)?.loaders().order(self.0.order).await };
        load.await.map(|found| found.map(OrderObject)).transpose()
    }

    /// The consumer's name; null for sellers and mediators.
    async fn name(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        personal(ctx, || self.0.name.as_str())
    }

    /// Where the acknowledgement goes; null for sellers and mediators.
    async fn address(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        personal(ctx, || self.0.address.as_str())
    }

    /// From what: each line once.
    async fn lines(&self) -> Vec<WithdrawnLineObject> {
        let line = |line: &WithdrawnLine| WithdrawnLineObject { order_line_id: line.order_line.clone(), quantity: line.quantity };
        self.0.lines.iter().map(line).collect()
    }

    /// Where it stands.
    async fn state(&self) -> WithdrawalState {
        self.0.state.into()
    }

    /// How often it has moved, from 1.
    async fn revision(&self) -> i32 {
        self.0.revision
    }

    /// When it was declared: the right is judged by then.
    async fn declared_at(&self) -> DateTime<Utc> {
        self.0.declared_at
    }

    /// Until when it can be confirmed.
    async fn confirm_until(&self) -> DateTime<Utc> {
        self.0.confirm_until
    }

    /// What was sent once it was confirmed; null until then.
    async fn receipt(&self) -> Option<WithdrawalReceipt<'_>> {
        let receipt = self.0.acknowledgement.as_ref()?;
        Some(WithdrawalReceipt { one: &self.0, receipt })
    }

    /// The returns that carry it out, which opened by themselves.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn returns(&self, ctx: &Context<'_>) -> Result<Vec<ReturnObject>> {
        let loaders = session(ctx)?.loaders();
        let found = futures_util::future::try_join_all(self.0.returns.iter().map(|id| loaders.goods(*id))).await?;
        Ok(found.into_iter().flatten().map(ReturnObject).collect())
    }

    /// What the viewer may do with it now, and until when. A button asks this and nothing else.
    #[expect(clippy::unused_async, reason = "a resolver is async by contract")]
    async fn available_actions(&self, ctx: &Context<'_>) -> Result<Vec<AvailableWithdrawalAction>> {
        let session = session(ctx)?;
        let available = workflow::available(session.actor(), &self.0, session.cx().now());
        let action =
            |Available { from, until, .. }: Available<()>| AvailableWithdrawalAction { action: WithdrawalAction::Confirm, from, until };
        Ok(available.into_iter().map(action).collect())
    }
}

/// Who withdrew is told to their own side and to the operator.
fn personal<'a, T: 'a>(ctx: &Context<'_>, value: impl FnOnce() -> T) -> Option<Result<T>> {
    match session(ctx) {
        Err(error) => Some(Err(error)),
        Ok(session) if matches!(session.scope().view, View::Seller(_) | View::Mediator { .. }) => None,
        Ok(_) => Some(Ok(value())),
    }
}

/// The acknowledgement that the law wants.
struct WithdrawalReceipt<'a> {
    one: &'a Withdrawal,
    receipt: &'a Acknowledgement,
}

#[Object]
/// The acknowledgement that the law wants, as it was sent: written once and never again.
impl WithdrawalReceipt<'_> {
    /// The whole text; null for sellers and mediators, as it names the consumer.
    async fn text(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        personal(ctx, || self.receipt.text.as_str())
    }

    /// The SHA-256 of that text in UTF-8, as hexadecimal digits.
    async fn sha256(&self) -> &str {
        &self.receipt.sha256
    }

    /// When the withdrawal was submitted, to the millisecond: the moment of its confirmation.
    async fn submitted_at(&self) -> DateTime<Utc> {
        self.receipt.submitted_at
    }

    /// The last day for sending the goods back; null when there is nothing to send back.
    async fn send_back_by(&self) -> Option<NaiveDate> {
        self.receipt.deadlines.filter(|days| days.seller_may_wait == SellerMayWait::Yes).map(|days| days.send_back_by)
    }

    /// The last day for the refund, but that the seller may wait for the goods; null when it takes effect for no line.
    async fn refund_by(&self) -> Option<NaiveDate> {
        self.receipt.deadlines.map(|days| days.refund_by)
    }

    /// Where the message with it stands on its way to the consumer; null for sellers and mediators.
    async fn delivery(&self, ctx: &Context<'_>) -> Option<Result<MessageDelivery>> {
        let message = self.one.sent_as?;
        // A message that the viewer does not see is not found.
        let load = async { session(ctx)?.loaders().message(message).await };
        load.await.map(|found| found.map(|message| message.delivery.into())).transpose()
    }
}

/// What is said of one line when somebody withdraws.
#[derive(SimpleObject)]
struct WithdrawalOfferLine {
    /// The line of the order, by the marketplace's own id.
    order_line_id: String,
    /// How many pieces were bought.
    quantity: u32,
    /// Whether a withdrawal takes effect for it.
    effective: bool,
    /// Why not, as a sentence; null when it does.
    reason: Option<String>,
    /// Who pays the way back; null when it takes no effect.
    way_back: Option<CostBearer>,
    /// An exclusion that hangs on a seal which nobody sees before the goods are back; null for none.
    exclusion_to_judge: Option<WithdrawalExclusion>,
}

/// Whether the function of withdrawal must be offered.
#[derive(SimpleObject)]
struct WithdrawalOffer {
    /// Whether it must, now: while one line can be withdrawn from. It must be easy to find, all that time.
    offered: bool,
    /// Until when; null while something is still to come, as the end is not known, and when it is not offered.
    until: Option<DateTime<Utc>>,
    /// The last day; null while it is not known.
    last_day: Option<NaiveDate>,
    /// The words of the button that opens it.
    declare_label: &'static str,
    /// The words of the button that confirms.
    confirm_label: &'static str,
    /// What would be said of each line.
    lines: Vec<WithdrawalOfferLine>,
}

impl From<Offer> for WithdrawalOffer {
    fn from(offer: Offer) -> Self {
        let offered = offer.stands();
        let line = |(line, verdict): (WithdrawnLine, Verdict)| {
            let (reason, way_back, unless) = match verdict {
                Verdict::Effective { way_back, unless } => (None, Some(way_back), unless),
                Verdict::Without(why) => (Some(why.to_string()), None, None),
            };
            WithdrawalOfferLine {
                order_line_id: line.order_line,
                quantity: line.quantity,
                effective: reason.is_none(),
                reason,
                way_back: way_back.map(Into::into),
                exclusion_to_judge: unless.map(Into::into),
            }
        };
        Self {
            offered,
            until: offer.until,
            last_day: offer.last_day,
            declare_label: offer.words.declare,
            confirm_label: offer.words.confirm,
            lines: offer.lines.into_iter().map(line).collect(),
        }
    }
}

/// The queries of this file.
#[derive(Default)]
pub(super) struct WithdrawalQueries;

#[Object]
impl WithdrawalQueries {
    /// Whether the function of withdrawal must be offered for an order now, until when, and with which words. Null when there is
    /// no such order, or not for this viewer, and for mediators.
    async fn withdrawal_offer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The order.")] order_id: OrderId,
        #[graphql(desc = "In which language, a BCP 47 tag: French, or else English. Null for the marketplace's.")] locale: Option<String>,
    ) -> Option<Result<WithdrawalOffer>> {
        let find = async {
            let session = session(ctx)?;
            let found = Box::pin(workflow::offer(session.cx(), session.actor(), order_id, locale.as_deref())).await;
            Ok(found.map_err(|error| failure(&error))?.map(WithdrawalOffer::from))
        };
        find.await.transpose()
    }
}

/// A part of a contract from which somebody withdraws.
#[derive(InputObject)]
pub(super) struct WithdrawnLineInput {
    /// The line of the order, by the marketplace's own id.
    line_id: String,
    /// How many pieces.
    quantity: u32,
}

/// A withdrawal to declare. The law lets no more be asked for.
#[derive(InputObject)]
pub(super) struct WithdrawalDeclareInput {
    /// From the purchase of which order.
    order_id: OrderId,
    /// The consumer's name, 1 to 200 characters.
    name: String,
    /// The electronic address that the acknowledgement goes to, 1 to 200 characters.
    address: String,
    /// From which lines, at most 200; empty for the whole contract.
    #[graphql(default)]
    lines: Vec<WithdrawnLineInput>,
    /// In which language to answer, a BCP 47 tag; null for the case's.
    locale: Option<String>,
    /// A key of the client's choice for this order, 1 to 128 characters. A repeated call with the same key gives the same withdrawal.
    idempotency_key: String,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct WithdrawalDeclarePayload {
    /// The withdrawal, from this call or an earlier one with the same key; null when nothing was declared.
    withdrawal: Option<WithdrawalObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// A withdrawal to confirm.
#[derive(InputObject)]
pub(super) struct WithdrawalConfirmInput {
    /// Which.
    withdrawal_id: WithdrawalId,
    /// The revision that was seen.
    revision: i32,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct WithdrawalConfirmPayload {
    /// The withdrawal with its receipt; null when nothing was done.
    withdrawal: Option<WithdrawalObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// The mutations of this file.
#[derive(Default)]
pub(super) struct WithdrawalMutations;

#[Object]
impl WithdrawalMutations {
    /// Declares that a consumer withdraws from a contract; it takes effect once it is confirmed, within 24 hours. For buyers by
    /// their link, and the vendor in the buyer's name. Safe to repeat with the same key.
    async fn withdrawal_declare(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "From what, and who.")] input: WithdrawalDeclareInput,
    ) -> Option<Result<WithdrawalDeclarePayload>> {
        let run = async {
            let session = session(ctx)?;
            let line = |line: WithdrawnLineInput| WithdrawnLine { order_line: line.line_id, quantity: line.quantity };
            let declaration = Declaration {
                order: input.order_id,
                name: input.name,
                address: input.address,
                lines: input.lines.into_iter().map(line).collect(),
                locale: input.locale,
                idempotency_key: input.idempotency_key,
            };
            let (withdrawal, user_errors) = split(Box::pin(workflow::declare(session.cx(), session.actor(), declaration)).await)?;
            Ok(WithdrawalDeclarePayload { withdrawal: withdrawal.map(WithdrawalObject), user_errors })
        };
        Some(run.await)
    }

    /// Confirms a withdrawal: it takes effect as of its declaration. The acknowledgement, with content and exact time, goes out at
    /// once, and the returns of its lines open by themselves. Confirming again gives the same receipt. For buyers by their link,
    /// and the vendor in the buyer's name.
    async fn withdrawal_confirm(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: WithdrawalConfirmInput,
    ) -> Option<Result<WithdrawalConfirmPayload>> {
        let run = async {
            let session = session(ctx)?;
            let confirm = workflow::confirm(session.cx(), session.actor(), input.withdrawal_id, input.revision);
            let (withdrawal, user_errors) = split(Box::pin(confirm).await)?;
            Ok(WithdrawalConfirmPayload { withdrawal: withdrawal.map(WithdrawalObject), user_errors })
        };
        Some(run.await)
    }
}

/// The withdrawals in a case that the viewer knows.
pub(super) async fn of_case(ctx: &Context<'_>, case: CaseId) -> Result<Vec<WithdrawalObject>> {
    let found = session(ctx)?.loaders().withdrawals_of(case).await?;
    Ok(found.into_iter().map(WithdrawalObject).collect())
}
