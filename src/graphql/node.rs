//! Global ids, and the one place that finds an object by its id.

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{
    ContextSelectionSet, ID, InputType, InputValueError, InputValueResult, Interface, OutputType, Positioned, ServerResult, Value,
};

use super::attachments::AttachmentObject;
use super::cases::CaseObject;
use super::disputes::DisputeObject;
use super::endpoints::{EndpointObject, WebhookObject};
use super::errors::Result;
use super::ledger::{PostingObject, PromoCodeObject, StoreCreditObject};
use super::orders::{OrderObject, SellerObject};
use super::pool::{IncentiveObject, PoolAnswerObject, PoolQuestionObject};
use super::refunds::RefundObject;
use super::returns::ReturnObject;
use super::session::Session;
use super::templates::TemplateObject;
use super::tenants::MarketplaceObject;
use super::threads::{MessageObject, ParticipantObject, ThreadObject};
use super::withdrawals::WithdrawalObject;
use crate::domain::ids::{
    AttachmentId, BuyerId, CaseId, ConnectionId, DefectId, DeliveryId, DisputeId, EventId, EvidenceId, ImprovementId, IncentiveId,
    InvitationId, MalformedId, MarketplaceId, MediatorId, MentionId, MessageId, NoticeId, OfferId, OrderId, ParticipantId, PoolAnswerId,
    PoolQuestionId, PostingId, PromoCodeId, RatingId, RefundId, ReportId, ReturnId, SanctionId, SanctionProposalId, SavedSearchId,
    SellerId, StoreCreditId, TeamId, TemplateId, ThreadId, WebhookDeliveryId, WebhookEndpointId, WithdrawalId,
};
use crate::workflow::templates::TemplateName;

/// Our ids are GraphQL's `ID`, read before a resolver runs: a malformed one never gets further.
macro_rules! graphql_ids {
    ($($id:ty),+ $(,)?) => {$(
        impl InputType for $id {
            type RawValueType = Self;

            fn type_name() -> Cow<'static, str> {
                <ID as InputType>::type_name()
            }

            fn create_type_info(registry: &mut Registry) -> String {
                <ID as InputType>::create_type_info(registry)
            }

            fn parse(value: Option<Value>) -> InputValueResult<Self> {
                match value {
                    Some(Value::String(text)) => text.parse().map_err(|error: MalformedId| InputValueError::custom(error)),
                    other => Err(InputValueError::expected_type(other.unwrap_or_default())),
                }
            }

            fn to_value(&self) -> Value {
                Value::String(self.to_string())
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }
        }

        impl OutputType for $id {
            fn type_name() -> Cow<'static, str> {
                <ID as OutputType>::type_name()
            }

            fn create_type_info(registry: &mut Registry) -> String {
                <ID as OutputType>::create_type_info(registry)
            }

            async fn resolve(&self, _: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
                Ok(Value::String(self.to_string()))
            }
        }
    )+};
}

graphql_ids!(
    AttachmentId,
    CaseId,
    ThreadId,
    MessageId,
    ParticipantId,
    OrderId,
    SellerId,
    BuyerId,
    NoticeId,
    MarketplaceId,
    ConnectionId,
    EventId,
    DeliveryId,
    MediatorId,
    MentionId,
    ImprovementId,
    PoolQuestionId,
    PoolAnswerId,
    IncentiveId,
    RefundId,
    ReturnId,
    WithdrawalId,
    DisputeId,
    OfferId,
    EvidenceId,
    PostingId,
    StoreCreditId,
    PromoCodeId,
    TemplateId,
    SanctionId,
    RatingId,
    InvitationId,
    ReportId,
    SanctionProposalId,
    DefectId,
    SavedSearchId,
    WebhookEndpointId,
    WebhookDeliveryId,
    TeamId,
);

/// An object with a global id, by which `node` finds it again.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "The global id. Opaque: compare it, keep it, do not take it apart."))]
#[expect(clippy::large_enum_variant, reason = "one at a time, and at once taken apart")]
pub(super) enum Node {
    /// A marketplace.
    Marketplace(MarketplaceObject),
    /// A case.
    Case(CaseObject),
    /// A thread.
    Thread(ThreadObject),
    /// A message.
    Message(MessageObject),
    /// A file of a message.
    Attachment(AttachmentObject),
    /// A participant.
    Participant(ParticipantObject),
    /// An order.
    Order(OrderObject),
    /// A seller.
    Seller(SellerObject),
    /// A template.
    Template(TemplateObject),
    /// A question of the pool.
    PoolQuestion(PoolQuestionObject),
    /// An answer to one.
    PoolAnswer(PoolAnswerObject),
    /// What a seller has earned.
    Incentive(IncentiveObject),
    /// A dispute.
    Dispute(DisputeObject),
    /// A refund.
    Refund(RefundObject),
    /// Something that was booked.
    LedgerPosting(PostingObject),
    /// A store credit.
    StoreCredit(StoreCreditObject),
    /// A promo code.
    PromoCode(PromoCodeObject),
    /// A quantity of an order line on its way back.
    Return(ReturnObject),
    /// A consumer's withdrawal from a contract.
    Withdrawal(WithdrawalObject),
    /// A webhook endpoint.
    WebhookEndpoint(EndpointObject),
    /// A webhook delivery.
    WebhookDelivery(WebhookObject),
}

/// Finds an object as the viewer sees it. One arm per kind of node.
pub(super) async fn find(session: &Session, id: &str) -> Result<Option<Node>> {
    let loaders = session.loaders();
    Ok(match id.split_once('_').map(|(prefix, _)| prefix) {
        Some(MarketplaceId::PREFIX) => {
            let own = session.marketplace().await?;
            (parsed::<MarketplaceId>(id)? == own.id).then(|| Node::Marketplace(MarketplaceObject(own)))
        }
        Some(CaseId::PREFIX) => loaders.case(parsed(id)?).await?.map(|case| Node::Case(CaseObject(case))),
        Some(ThreadId::PREFIX) => loaders.thread(parsed(id)?).await?.map(|thread| Node::Thread(ThreadObject(thread))),
        Some(MessageId::PREFIX) => loaders.message(parsed(id)?).await?.map(|message| Node::Message(MessageObject(message))),
        Some(AttachmentId::PREFIX) => {
            loaders.attachment(parsed(id)?).await?.map(|attachment| Node::Attachment(AttachmentObject(attachment)))
        }
        Some(ParticipantId::PREFIX) => {
            loaders.participant(parsed(id)?).await?.map(|participant| Node::Participant(ParticipantObject(participant)))
        }
        Some(OrderId::PREFIX) => loaders.order(parsed(id)?).await?.map(|order| Node::Order(OrderObject(order))),
        Some(SellerId::PREFIX) => loaders.seller(parsed(id)?).await?.map(|seller| Node::Seller(SellerObject(seller))),
        Some(TemplateId::PREFIX) => super::templates::find(session, TemplateName::Id(parsed(id)?)).await?.map(Node::Template),
        Some(PoolQuestionId::PREFIX) => {
            loaders.pool_question(parsed(id)?).await?.map(|question| Node::PoolQuestion(PoolQuestionObject(question)))
        }
        Some(PoolAnswerId::PREFIX) => loaders.pool_answer(parsed(id)?).await?.map(|answer| Node::PoolAnswer(PoolAnswerObject(answer))),
        Some(IncentiveId::PREFIX) => loaders.incentive(parsed(id)?).await?.map(|incentive| Node::Incentive(IncentiveObject(incentive))),
        Some(DisputeId::PREFIX) => loaders.dispute(parsed(id)?).await?.map(|dispute| Node::Dispute(DisputeObject(dispute))),
        Some(RefundId::PREFIX) => loaders.refund(parsed(id)?).await?.map(|refund| Node::Refund(RefundObject(refund))),
        Some(PostingId::PREFIX) => loaders.posting(parsed(id)?).await?.map(|posting| Node::LedgerPosting(PostingObject(posting))),
        Some(StoreCreditId::PREFIX) => loaders.store_credit(parsed(id)?).await?.map(|row| Node::StoreCredit(StoreCreditObject(row))),
        Some(PromoCodeId::PREFIX) => loaders.promo_code(parsed(id)?).await?.map(|row| Node::PromoCode(PromoCodeObject(row))),
        Some(ReturnId::PREFIX) => loaders.goods(parsed(id)?).await?.map(|one| Node::Return(ReturnObject(one))),
        Some(WithdrawalId::PREFIX) => loaders.withdrawal(parsed(id)?).await?.map(|one| Node::Withdrawal(WithdrawalObject(one))),
        Some(WebhookEndpointId::PREFIX) => loaders.endpoint(parsed(id)?).await?.map(|row| Node::WebhookEndpoint(EndpointObject(row))),
        Some(WebhookDeliveryId::PREFIX) => loaders.webhook(parsed(id)?).await?.map(|row| Node::WebhookDelivery(WebhookObject(row))),
        _ => return Err(super::errors::bad_input(format!("`{}` is not the id of a node.", id.chars().take(64).collect::<String>()))),
    })
}

fn parsed<T: std::str::FromStr<Err = MalformedId>>(id: &str) -> Result<T> {
    id.parse().map_err(|error: MalformedId| super::errors::bad_input(error.to_string()))
}
