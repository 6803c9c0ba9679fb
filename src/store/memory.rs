//! What many followers of the same event ask for, read once for all who have the same view.
//!
//! An entry belongs to a scope and to a generation: the position up to which events had been read when it was asked for.
//! What changes what is shown is told by an event, and with it another generation begins; entries live seconds at most.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::try_join_all;
use moka::future::Cache;

use super::{EndpointRow, Result, Store, StoreError, WebhookRow};
use crate::domain::attachments::Attachment;
use crate::domain::cases::Case;
use crate::domain::disputes::Dispute;
use crate::domain::ids::{
    AttachmentId, BuyerId, CaseId, DisputeId, EventId, IncentiveId, MessageId, OrderId, ParticipantId, PoolAnswerId, PoolQuestionId,
    ReturnId, SellerId, ThreadId, WebhookDeliveryId, WebhookEndpointId, WithdrawalId,
};
use crate::domain::orders::{Buyer, Order, Seller};
use crate::domain::parties::Scope;
use crate::domain::pool::{Incentive, PoolAnswer, PoolQuestion};
use crate::domain::returns::Return;
use crate::domain::threads::{Message, Participant, Thread};
use crate::domain::timeline::Event;
use crate::domain::withdrawals::Withdrawal;

/// How long an entry is kept.
const LIFE: Duration = Duration::from_secs(2);
/// How many of each kind.
const MOST: u64 = 10_000;

/// A thing as a scope sees it at a generation; none when it does not.
type Shared<I, T> = Cache<(Scope, i64, I), Option<Arc<T>>>;

fn cache<I: std::hash::Hash + Eq + Send + Sync + 'static, T: Send + Sync + 'static>() -> Shared<I, T> {
    Cache::builder().max_capacity(MOST).time_to_live(LIFE).build()
}

macro_rules! memory {
    ($($field:ident, $find:ident, $id:ty => $value:ty;)+) => {
        /// What was read for followers.
        #[derive(Debug)]
        pub(super) struct Memory {
            $($field: Shared<$id, $value>,)+
        }

        impl Memory {
            pub(super) fn new() -> Self {
                Self { $($field: cache(),)+ }
            }
        }

        $(
            impl Remembered for $id {
                type Value = $value;

                async fn find(store: &Store, scope: Scope, ids: &[Self]) -> Result<Vec<$value>> {
                    store.$find(scope, ids).await
                }

                fn shared(store: &Store) -> &Shared<Self, $value> {
                    &store.memory.$field
                }
            }
        )+
    };
}

memory! {
    cases, cases_by_id, CaseId => Case;
    threads, threads_by_id, ThreadId => Thread;
    messages, messages_by_id, MessageId => Message;
    attachments, attachments_by_id, AttachmentId => Attachment;
    participants, participants_by_id, ParticipantId => Participant;
    orders, orders_by_id, OrderId => Order;
    sellers, sellers_by_id, SellerId => Seller;
    buyers, buyers_by_id, BuyerId => Buyer;
    events, events_by_id, EventId => Event;
    endpoints, endpoints_by_id, WebhookEndpointId => EndpointRow;
    pool_questions, pool_questions_by_id, PoolQuestionId => PoolQuestion;
    pool_answers, pool_answers_by_id, PoolAnswerId => PoolAnswer;
    incentives, incentives_by_id, IncentiveId => Incentive;
    returns, returns_by_id, ReturnId => Return;
    withdrawals, withdrawals_by_id, WithdrawalId => Withdrawal;
    disputes, disputes_by_id, DisputeId => Dispute;
    webhooks, webhooks_by_id, WebhookDeliveryId => WebhookRow;
}

/// An id by which things are found, and remembered for followers.
pub trait Remembered: Copy + Eq + std::hash::Hash + Send + Sync + 'static {
    /// What it names.
    type Value: Clone + Send + Sync + 'static;

    /// Finds what the reader sees.
    fn find(store: &Store, scope: Scope, ids: &[Self]) -> impl Future<Output = Result<Vec<Self::Value>>> + Send;

    /// Where it is remembered.
    #[doc(hidden)]
    fn shared(store: &Store) -> &Shared<Self, Self::Value>;
}

impl Store {
    /// Finds what the reader sees, as it was when events up to this position had been read or a little later.
    pub async fn shared<I: Remembered>(&self, scope: Scope, generation: i64, ids: &[I]) -> Result<Vec<I::Value>, Arc<StoreError>> {
        let reads = ids.iter().map(|id| {
            let read = async { Ok::<_, StoreError>(I::find(self, scope, &[*id]).await?.pop().map(Arc::new)) };
            I::shared(self).try_get_with((scope, generation, *id), read)
        });
        Ok(try_join_all(reads).await?.into_iter().flatten().map(|value| (*value).clone()).collect())
    }
}
