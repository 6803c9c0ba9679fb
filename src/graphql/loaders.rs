//! Every relation, batched, and scoped by the one viewer that the loaders belong to.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_graphql::dataloader::{DataLoader, Loader};

use super::errors::{Result, store};
use super::rounds::Rounds;
use crate::domain::attachments::Attachment;
use crate::domain::cases::Case;
use crate::domain::disputes::Dispute;
use crate::domain::ids::{
    AttachmentId, BuyerId, CaseId, DisputeId, EventId, IncentiveId, MessageId, OrderId, ParticipantId, PoolAnswerId, PoolQuestionId,
    ReturnId, SellerId, ThreadId, WebhookDeliveryId, WebhookEndpointId, WithdrawalId,
};
use crate::domain::mediators::Mediator;
use crate::domain::orders::{Buyer, Order, Seller};
use crate::domain::parties::Scope;
use crate::domain::pool::{Incentive, PoolAnswer, PoolQuestion};
use crate::domain::purchases::Purchase;
use crate::domain::returns::Return;
use crate::domain::shipments::Shipment;
use crate::domain::templates::{Eyes, Template, in_use};
use crate::domain::threads::{Message, Participant, Thread};
use crate::domain::tickets::Ticket;
use crate::domain::timeline::Event;
use crate::domain::withdrawals::Withdrawal;
use crate::store::{EndpointRow, Page, PageRequest, Store, StoreError, WebhookRow};

mod disputes;
mod goods;

/// The store through one viewer's eyes.
#[derive(Debug, Clone)]
pub(super) struct Reader {
    pub(super) store: Store,
    pub(super) scope: Scope,
    /// Where a subscription stands; [`ALONE`] for whoever reads for itself.
    generation: Arc<AtomicI64>,
}

/// Reads are shared with nobody.
const ALONE: i64 = i64::MIN;

/// An order in money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct PurchaseOf(OrderId);
/// The threads of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct ThreadsOf(CaseId);
/// The tickets of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct TicketsOf(CaseId);
/// The mediators of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct MediatorsOf(CaseId);
/// The cases of a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct CasesOf(ThreadId);
/// The participants of a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct ParticipantsOf(ThreadId);
/// How much of a thread is unread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct UnreadIn(ThreadId);
/// The templates that the viewer uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct TemplatesInUse;

/// The questions of a case that were offered to the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct PoolQuestionsOf(CaseId);
/// The answers to a question of the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct PoolAnswersOf(PoolQuestionId);
/// To whom a question of the pool is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct PoolInvited(PoolQuestionId);
/// The parcels of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct ShipmentsOf(OrderId);

/// The files of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct AttachmentsOf(MessageId);

/// The last message of a thread up to a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct ReadUpTo(ThreadId, i64);
/// A page of a thread.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct MessagesOf(ThreadId, PageRequest<MessageId>);

pub(super) type Found<K, V> = std::result::Result<HashMap<K, V>, Arc<StoreError>>;

macro_rules! by_id {
    ($($id:ty => $value:ty, $find:ident, $key:ident;)+) => {$(
        impl Loader<$id> for Reader {
            type Value = $value;
            type Error = Arc<StoreError>;

            async fn load(&self, keys: &[$id]) -> Found<$id, $value> {
                let found = match self.generation.load(Ordering::Relaxed) {
                    ALONE => self.store.$find(self.scope, keys).await.map_err(Arc::new)?,
                    generation => self.store.shared(self.scope, generation, keys).await?,
                };
                Ok(found.into_iter().map(|value| (value.$key, value)).collect())
            }
        }
    )+};
}

by_id! {
    CaseId => Case, cases_by_id, id;
    ThreadId => Thread, threads_by_id, id;
    MessageId => Message, messages_by_id, id;
    AttachmentId => Attachment, attachments_by_id, id;
    ParticipantId => Participant, participants_by_id, id;
    OrderId => Order, orders_by_id, id;
    SellerId => Seller, sellers_by_id, id;
    BuyerId => Buyer, buyers_by_id, id;
    EventId => Event, events_by_id, id;
    PoolQuestionId => PoolQuestion, pool_questions_by_id, id;
    PoolAnswerId => PoolAnswer, pool_answers_by_id, id;
    DisputeId => Dispute, disputes_by_id, id;
    IncentiveId => Incentive, incentives_by_id, id;
    ReturnId => Return, returns_by_id, id;
    WithdrawalId => Withdrawal, withdrawals_by_id, id;
    WebhookEndpointId => EndpointRow, endpoints_by_id, id;
    WebhookDeliveryId => WebhookRow, webhooks_by_id, id;
}

pub(super) fn grouped<K: Eq + Hash, V>(pairs: impl IntoIterator<Item = (K, V)>) -> HashMap<K, Vec<V>> {
    let mut groups: HashMap<K, Vec<V>> = HashMap::new();
    for (key, value) in pairs {
        groups.entry(key).or_default().push(value);
    }
    groups
}

impl Loader<ThreadsOf> for Reader {
    type Value = Vec<Thread>;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[ThreadsOf]) -> Found<ThreadsOf, Vec<Thread>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = self.store.threads_of_cases(self.scope, &ids).await.map_err(Arc::new)?;
        Ok(grouped(found.into_iter().map(|(case, thread)| (ThreadsOf(case), thread))))
    }
}

impl Loader<TicketsOf> for Reader {
    type Value = Vec<Ticket>;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[TicketsOf]) -> Found<TicketsOf, Vec<Ticket>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = self.store.tickets_of_cases(self.scope, &ids).await.map_err(Arc::new)?;
        Ok(grouped(found.into_iter().map(|(case, ticket)| (TicketsOf(case), ticket))))
    }
}

impl Loader<MediatorsOf> for Reader {
    type Value = Vec<Mediator>;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[MediatorsOf]) -> Found<MediatorsOf, Vec<Mediator>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = self.store.mediators_of_cases(self.scope, &ids).await.map_err(Arc::new)?;
        Ok(grouped(found.into_iter().map(|mediator| (MediatorsOf(mediator.case), mediator))))
    }
}

impl Loader<CasesOf> for Reader {
    type Value = Vec<CaseId>;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[CasesOf]) -> Found<CasesOf, Vec<CaseId>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = self.store.cases_of_threads(self.scope, &ids).await.map_err(Arc::new)?;
        Ok(grouped(found.into_iter().map(|(thread, case)| (CasesOf(thread), case))))
    }
}

impl Loader<ParticipantsOf> for Reader {
    type Value = Vec<Participant>;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[ParticipantsOf]) -> Found<ParticipantsOf, Vec<Participant>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = self.store.participants(self.scope, &ids).await.map_err(Arc::new)?;
        Ok(grouped(found.into_iter().map(|participant| (ParticipantsOf(participant.thread), participant))))
    }
}

impl Loader<UnreadIn> for Reader {
    type Value = i64;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[UnreadIn]) -> Found<UnreadIn, i64> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = self.store.unread(self.scope, &ids).await.map_err(Arc::new)?;
        Ok(found.into_iter().map(|(thread, count)| (UnreadIn(thread), count)).collect())
    }
}

impl Loader<TemplatesInUse> for Reader {
    type Value = Vec<Template>;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[TemplatesInUse]) -> Found<TemplatesInUse, Vec<Template>> {
        let Some((eyes, owners)) = Eyes::of(self.scope.view) else { return Ok(HashMap::new()) };
        let found = in_use(self.store.templates(self.scope, &owners).await.map_err(Arc::new)?, eyes);
        Ok(keys.iter().map(|key| (*key, found.clone())).collect())
    }
}

impl Loader<PoolQuestionsOf> for Reader {
    type Value = Vec<PoolQuestion>;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[PoolQuestionsOf]) -> Found<PoolQuestionsOf, Vec<PoolQuestion>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = self.store.pool_questions_of(self.scope, &ids).await.map_err(Arc::new)?;
        Ok(grouped(found.into_iter().map(|question| (PoolQuestionsOf(question.case), question))))
    }
}

impl Loader<PoolAnswersOf> for Reader {
    type Value = Vec<PoolAnswer>;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[PoolAnswersOf]) -> Found<PoolAnswersOf, Vec<PoolAnswer>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = self.store.pool_answers_of(self.scope, &ids).await.map_err(Arc::new)?;
        Ok(grouped(found.into_iter().map(|answer| (PoolAnswersOf(answer.question), answer))))
    }
}

impl Loader<PoolInvited> for Reader {
    type Value = Vec<SellerId>;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[PoolInvited]) -> Found<PoolInvited, Vec<SellerId>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = self.store.pool_invited(self.scope, &ids).await.map_err(Arc::new)?;
        Ok(grouped(found.into_iter().map(|(question, seller)| (PoolInvited(question), seller))))
    }
}

impl Loader<ShipmentsOf> for Reader {
    type Value = Vec<Shipment>;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[ShipmentsOf]) -> Found<ShipmentsOf, Vec<Shipment>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = self.store.shipments_of(self.scope, &ids).await.map_err(Arc::new)?;
        Ok(grouped(found.into_iter().map(|shipment| (ShipmentsOf(shipment.known.order), shipment))))
    }
}

impl Loader<PurchaseOf> for Reader {
    type Value = Arc<Purchase>;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[PurchaseOf]) -> Found<PurchaseOf, Arc<Purchase>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = self.store.purchases(self.scope, &ids).await.map_err(Arc::new)?;
        Ok(found.into_iter().map(|purchase| (PurchaseOf(purchase.order), Arc::new(purchase))).collect())
    }
}

impl Loader<AttachmentsOf> for Reader {
    type Value = Vec<Attachment>;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[AttachmentsOf]) -> Found<AttachmentsOf, Vec<Attachment>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = self.store.attachments_of(self.scope, &ids).await.map_err(Arc::new)?;
        Ok(found.into_iter().map(|(message, files)| (AttachmentsOf(message), files)).collect())
    }
}

impl Loader<MessagesOf> for Reader {
    type Value = Page<Message>;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[MessagesOf]) -> Found<MessagesOf, Page<Message>> {
        let mut pages = HashMap::new();
        // Threads that are asked for the same page, as those of one query are, share a statement.
        for (request, threads) in grouped(keys.iter().map(|MessagesOf(thread, request)| (request.clone(), *thread))) {
            let found = self.store.message_pages(self.scope, &threads, &request).await.map_err(Arc::new)?;
            pages.extend(found.into_iter().map(|(thread, page)| (MessagesOf(thread, request.clone()), page)));
        }
        Ok(pages)
    }
}

impl Loader<ReadUpTo> for Reader {
    type Value = Message;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[ReadUpTo]) -> Found<ReadUpTo, Message> {
        let ids: Vec<_> = keys.iter().map(|key| (key.0, key.1)).collect();
        let found = self.store.last_seen_up_to(self.scope, &ids).await.map_err(Arc::new)?;
        Ok(found.into_iter().map(|((thread, number), message)| (ReadUpTo(thread, number), message)).collect())
    }
}

/// Where a subscription stands.
pub(super) struct Generation(Arc<AtomicI64>);

impl Generation {
    /// It stands where these events have been read.
    pub(super) fn at(&self, position: i64) {
        self.0.store(position, Ordering::Relaxed);
    }

    /// It is behind, and reads for itself.
    pub(super) fn alone(&self) {
        self.0.store(ALONE, Ordering::Relaxed);
    }
}

/// The loaders of one viewer.
pub(super) struct Loaders(DataLoader<Reader>, Arc<AtomicI64>);

impl std::fmt::Debug for Loaders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Loaders")
    }
}

impl Loaders {
    pub(super) fn new(store: Store, scope: Scope, rounds: &Rounds) -> Self {
        let generation = Arc::new(AtomicI64::new(ALONE));
        Self(DataLoader::new(Reader { store, scope, generation: Arc::clone(&generation) }, rounds.clone(), rounds.clone()), generation)
    }

    /// What a subscription turns by: from where it stands, reads are shared with all who stand there and see the same.
    pub(super) fn generation(&self) -> Generation {
        Generation(Arc::clone(&self.1))
    }

    pub(super) async fn one<K>(&self, key: K) -> Result<Option<<Reader as Loader<K>>::Value>>
    where
        K: Send + Sync + Hash + Eq + Clone + 'static,
        Reader: Loader<K, Error = Arc<StoreError>>,
    {
        self.0.load_one(key).await.map_err(|error| store(&error))
    }

    pub(super) async fn case(&self, id: CaseId) -> Result<Option<Case>> {
        self.one(id).await
    }

    pub(super) async fn thread(&self, id: ThreadId) -> Result<Option<Thread>> {
        self.one(id).await
    }

    pub(super) async fn message(&self, id: MessageId) -> Result<Option<Message>> {
        self.one(id).await
    }

    pub(super) async fn attachment(&self, id: AttachmentId) -> Result<Option<Attachment>> {
        self.one(id).await
    }

    pub(super) async fn attachments_of(&self, message: MessageId) -> Result<Vec<Attachment>> {
        Ok(self.one(AttachmentsOf(message)).await?.unwrap_or_default())
    }

    pub(super) async fn participant(&self, id: ParticipantId) -> Result<Option<Participant>> {
        self.one(id).await
    }

    pub(super) async fn order(&self, id: OrderId) -> Result<Option<Order>> {
        self.one(id).await
    }

    pub(super) async fn shipments_of(&self, order: OrderId) -> Result<Vec<Shipment>> {
        Ok(self.one(ShipmentsOf(order)).await?.unwrap_or_default())
    }

    pub(super) async fn purchase(&self, order: OrderId) -> Result<Option<Arc<Purchase>>> {
        self.one(PurchaseOf(order)).await
    }

    pub(super) async fn seller(&self, id: SellerId) -> Result<Option<Seller>> {
        self.one(id).await
    }

    pub(super) async fn buyer(&self, id: BuyerId) -> Result<Option<Buyer>> {
        self.one(id).await
    }

    pub(super) async fn event(&self, id: EventId) -> Result<Option<Event>> {
        self.one(id).await
    }

    pub(super) async fn pool_question(&self, id: PoolQuestionId) -> Result<Option<PoolQuestion>> {
        self.one(id).await
    }

    pub(super) async fn pool_answer(&self, id: PoolAnswerId) -> Result<Option<PoolAnswer>> {
        self.one(id).await
    }

    pub(super) async fn incentive(&self, id: IncentiveId) -> Result<Option<Incentive>> {
        self.one(id).await
    }

    pub(super) async fn pool_questions_of(&self, case: CaseId) -> Result<Vec<PoolQuestion>> {
        Ok(self.one(PoolQuestionsOf(case)).await?.unwrap_or_default())
    }

    pub(super) async fn pool_answers_of(&self, question: PoolQuestionId) -> Result<Vec<PoolAnswer>> {
        Ok(self.one(PoolAnswersOf(question)).await?.unwrap_or_default())
    }

    pub(super) async fn pool_invited(&self, question: PoolQuestionId) -> Result<Vec<SellerId>> {
        Ok(self.one(PoolInvited(question)).await?.unwrap_or_default())
    }

    pub(super) async fn endpoint(&self, id: WebhookEndpointId) -> Result<Option<EndpointRow>> {
        self.one(id).await
    }

    pub(super) async fn webhook(&self, id: WebhookDeliveryId) -> Result<Option<WebhookRow>> {
        self.one(id).await
    }

    pub(super) async fn threads_of(&self, case: CaseId) -> Result<Vec<Thread>> {
        Ok(self.one(ThreadsOf(case)).await?.unwrap_or_default())
    }

    pub(super) async fn tickets_of(&self, case: CaseId) -> Result<Vec<Ticket>> {
        Ok(self.one(TicketsOf(case)).await?.unwrap_or_default())
    }

    pub(super) async fn mediators_of(&self, case: CaseId) -> Result<Vec<Mediator>> {
        Ok(self.one(MediatorsOf(case)).await?.unwrap_or_default())
    }

    pub(super) async fn cases_of(&self, thread: ThreadId) -> Result<Vec<CaseId>> {
        Ok(self.one(CasesOf(thread)).await?.unwrap_or_default())
    }

    pub(super) async fn participants_of(&self, thread: ThreadId) -> Result<Vec<Participant>> {
        Ok(self.one(ParticipantsOf(thread)).await?.unwrap_or_default())
    }

    pub(super) async fn read_up_to(&self, thread: ThreadId, number: i64) -> Result<Option<Message>> {
        if number == 0 { Ok(None) } else { self.one(ReadUpTo(thread, number)).await }
    }

    pub(super) async fn unread_in(&self, thread: ThreadId) -> Result<i64> {
        Ok(self.one(UnreadIn(thread)).await?.unwrap_or_default())
    }

    pub(super) async fn templates_in_use(&self) -> Result<Vec<Template>> {
        Ok(self.one(TemplatesInUse).await?.unwrap_or_default())
    }

    pub(super) async fn messages_of(&self, thread: ThreadId, request: PageRequest<MessageId>) -> Result<Page<Message>> {
        let empty = Page::of(&request, Vec::new());
        Ok(self.one(MessagesOf(thread, request)).await?.unwrap_or(empty))
    }
}
