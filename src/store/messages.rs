//! What is said in threads.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query, UnionType};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel, Order,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use uuid::Uuid;

use super::batch::Write;
use super::codec::{from_text, text};
use super::entity::{messages, participants, thread_cases, threads};
use super::page::{Page, PageRequest, PageSide};
use super::search::Said;
use super::{Result, Store, Tx, scope};
use crate::domain::cases::Case;
use crate::domain::ids::{CaseId, ConnectionId, MarketplaceId, MessageId, ThreadId};
use crate::domain::parties::{Audience, Party, Scope, View};
use crate::domain::threads::{Message, MessageDelivery, NewMessage, Origin, Thread};
use crate::domain::tickets::CommentNumber;

pub(super) fn message(row: messages::Model) -> Result<Message> {
    Ok(Message {
        id: MessageId::from_uuid(row.id),
        thread: ThreadId::from_uuid(row.thread_id),
        number: row.number,
        author: from_text(&row.author, "messages", "author")?,
        author_name: row.author_name,
        text: row.body,
        html: row.html,
        audience: Audience::from_bits(row.audience),
        channel: from_text(&row.channel, "messages", "channel")?,
        origin: from_text(&row.origin, "messages", "origin")?,
        copied_from: row.copied_from.map(MessageId::from_uuid),
        delivery: from_text(&row.delivery, "messages", "delivery")?,
        comment: row
            .connection_id
            .zip(row.comment_number)
            .map(|(connection, number)| (ConnectionId::from_uuid(connection), CommentNumber(number))),
        redacted_at: row.redacted_at,
        sent_at: row.sent_at,
    })
}

/// As far as unread messages are counted: beyond that nobody reads the number, and counting would take longer the more there are.
pub const MOST_UNREAD: u64 = 100;

impl Store {
    /// Messages by id, those that the reader sees.
    pub async fn messages_by_id(&self, scope: Scope, ids: &[MessageId]) -> Result<Vec<Message>> {
        let find =
            messages::Entity::find().filter(scope::messages(scope)).filter(messages::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
        find.all(&self.reads).await?.into_iter().map(message).collect()
    }

    /// One page of each of these threads, as the reader sees them, oldest first; one statement for all of them.
    pub async fn message_pages(
        &self,
        scope: Scope,
        ids: &[ThreadId],
        request: &PageRequest<MessageId>,
    ) -> Result<HashMap<ThreadId, Page<Message>>> {
        let mut pages = ids.iter().map(|id| message_page(scope, *id, request));
        let Some(mut all) = pages.next() else { return Ok(HashMap::new()) };
        for page in pages {
            all.union(UnionType::All, page);
        }
        let rows = self.reads.query_all(&all).await?;
        let mut by_thread: HashMap<ThreadId, Vec<Message>> = HashMap::new();
        for row in rows {
            let message = message(messages::Model::from_query_result(&row, "")?)?;
            by_thread.entry(message.thread).or_default().push(message);
        }
        Ok(ids.iter().map(|id| (*id, Page::of(request, by_thread.remove(id).unwrap_or_default()))).collect())
    }

    /// Of each of these threads, the last message up to this number that the reader sees; one statement for all of them.
    pub async fn last_seen_up_to(&self, scope: Scope, keys: &[(ThreadId, i64)]) -> Result<HashMap<(ThreadId, i64), Message>> {
        let keys: BTreeSet<_> = keys.iter().filter(|(_, number)| *number > 0).copied().collect();
        let mut lasts = keys.iter().map(|(thread, number)| {
            let last = messages::Entity::find()
                .filter(scope::messages(scope))
                .filter(messages::Column::ThreadId.eq(thread.uuid()))
                .filter(messages::Column::Number.lte(*number))
                .order_by_desc(messages::Column::Number)
                .limit(1)
                .into_query();
            // Wrapped, as SQLite takes neither ORDER BY nor LIMIT in a part of a UNION.
            Query::select().expr(Expr::cust("*")).expr_as(Expr::val(*number), "up_to").from_subquery(last, "page").take()
        });
        let Some(mut all) = lasts.next() else { return Ok(HashMap::new()) };
        for last in lasts {
            all.union(UnionType::All, last);
        }
        let rows = self.reads.query_all(&all).await?;
        let found = rows.into_iter().map(|row| {
            let message = message(messages::Model::from_query_result(&row, "")?)?;
            Ok(((message.thread, row.try_get("", "up_to")?), message))
        });
        found.collect()
    }

    /// How many messages of these threads the reader has not read, counted up to [`MOST_UNREAD`]. The storefront has no place
    /// of its own and reads nothing, so it gets none; and of mediators nobody remembers it.
    pub async fn unread(&self, scope: Scope, ids: &[ThreadId]) -> Result<HashMap<ThreadId, i64>> {
        let (party, member) = match scope.view {
            View::Whole => (Party::Operator, Uuid::nil()),
            View::Seller(seller) => (Party::Seller, seller.uuid()),
            View::Buyer(buyer) => (Party::Buyer, buyer.uuid()),
            View::Storefront | View::Mediator { .. } => return Ok(HashMap::new()),
        };
        let own = |column: participants::Column| Expr::col((participants::Entity, column));
        let some = Query::select()
            .expr(Expr::val(1))
            .from(messages::Entity)
            .cond_where(scope::messages(scope))
            .and_where(messages::Column::ThreadId.into_expr().eq(own(participants::Column::ThreadId)))
            .and_where(messages::Column::Number.into_expr().gt(own(participants::Column::ReadUpTo)))
            .limit(MOST_UNREAD)
            .take();
        let count = Query::select().expr(Expr::cust("COUNT(*)")).from_subquery(some, "page").take();
        let rows = participants::Entity::find()
            .select_only()
            .column(participants::Column::ThreadId)
            .column_as(Expr::SubQuery(None, Box::new(count.into())), "unread")
            .filter(participants::Column::MarketplaceId.eq(scope.marketplace.uuid()))
            .filter(participants::Column::ThreadId.is_in(ids.iter().map(|id| id.uuid())))
            .filter(participants::Column::Party.eq(text(party)))
            .filter(participants::Column::MemberId.eq(member))
            .into_tuple::<(Uuid, i64)>()
            .all(&self.reads)
            .await?;
        Ok(rows.into_iter().map(|(id, count)| (ThreadId::from_uuid(id), count)).collect())
    }

    /// The comments of a helpdesk that are known to be a case's messages, the newest 200, for the workers.
    pub async fn known_comments(&self, marketplace: MarketplaceId, connection: ConnectionId, case: CaseId) -> Result<Vec<CommentNumber>> {
        let of_case = Query::select()
            .column(thread_cases::Column::ThreadId)
            .from(thread_cases::Entity)
            .and_where(thread_cases::Column::MarketplaceId.eq(marketplace.uuid()))
            .and_where(thread_cases::Column::CaseId.eq(case.uuid()))
            .take();
        let numbers = messages::Entity::find()
            .select_only()
            .column(messages::Column::CommentNumber)
            .filter(messages::Column::MarketplaceId.eq(marketplace.uuid()))
            .filter(messages::Column::ConnectionId.eq(connection.uuid()))
            .filter(messages::Column::ThreadId.in_subquery(of_case))
            .filter(messages::Column::CommentNumber.is_not_null())
            .order_by_desc(messages::Column::Id)
            .limit(200)
            .into_tuple::<String>()
            .all(&self.reads)
            .await?;
        Ok(numbers.into_iter().map(CommentNumber).collect())
    }
}

impl Store {
    /// What the buyer of a case wrote and the reader may see: the first five messages of each thread, at most ten in all.
    pub async fn buyer_words(&self, scope: Scope, case: CaseId) -> Result<Vec<String>> {
        let of_case = Query::select()
            .column(thread_cases::Column::ThreadId)
            .from(thread_cases::Entity)
            .and_where(thread_cases::Column::MarketplaceId.eq(scope.marketplace.uuid()))
            .and_where(thread_cases::Column::CaseId.eq(case.uuid()))
            .take();
        let find = messages::Entity::find()
            .select_only()
            .column(messages::Column::Body)
            .filter(scope::messages(scope))
            .filter(messages::Column::ThreadId.in_subquery(of_case))
            .filter(messages::Column::Author.eq(text(Party::Buyer)))
            .filter(messages::Column::Number.lte(5))
            .limit(10);
        Ok(find.into_tuple::<String>().all(&self.reads).await?)
    }
}

fn message_page(scope: Scope, thread: ThreadId, request: &PageRequest<MessageId>) -> sea_orm::sea_query::SelectStatement {
    let mut condition = Condition::all().add(scope::messages(scope)).add(messages::Column::ThreadId.eq(thread.uuid()));
    let column = Expr::col((messages::Entity, messages::Column::Number));
    if let Some(from) = request.from {
        // Looked up and not carried in the cursor: a number would count messages that the reader cannot see.
        let number = Query::select()
            .column(messages::Column::Number)
            .from(messages::Entity)
            .and_where(messages::Column::MarketplaceId.eq(scope.marketplace.uuid()))
            .and_where(messages::Column::Id.eq(from.uuid()))
            .take();
        let number = Expr::SubQuery(None, Box::new(number.into()));
        condition = condition.add(match request.side {
            PageSide::First => column.gt(number),
            PageSide::Last => column.lt(number),
        });
    }
    let order = match request.side {
        PageSide::First => Order::Asc,
        PageSide::Last => Order::Desc,
    };
    let page = messages::Entity::find().filter(condition).order_by(messages::Column::Number, order).limit(request.size + 1).into_query();
    // Wrapped, as SQLite takes neither ORDER BY nor LIMIT in a part of a UNION.
    Query::select().expr(Expr::cust("*")).from_subquery(page, "page").take()
}

impl Tx {
    /// The messages of a case's threads that wait for a ticket to be brought to, the oldest first.
    pub async fn messages_on_their_way(&self, thread: ThreadId) -> Result<Vec<Message>> {
        self.messages_in_delivery(thread, MessageDelivery::Pending).await
    }

    /// The messages of a thread of which nobody knows whether they arrived, the oldest first.
    pub async fn uncertain_messages(&self, thread: ThreadId) -> Result<Vec<Message>> {
        self.messages_in_delivery(thread, MessageDelivery::Uncertain).await
    }

    async fn messages_in_delivery(&self, thread: ThreadId, delivery: MessageDelivery) -> Result<Vec<Message>> {
        let find = messages::Entity::find()
            .filter(messages::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(messages::Column::ThreadId.eq(thread.uuid()))
            .filter(messages::Column::Delivery.eq(text(delivery)))
            .order_by_asc(messages::Column::Number);
        find.all(self.db().await?).await?.into_iter().map(message).collect()
    }

    /// What the buyer of a case wrote, the oldest first, at most 200 messages.
    pub async fn words_of_buyer(&self, case: CaseId) -> Result<Vec<String>> {
        let of_case = Query::select()
            .column(thread_cases::Column::ThreadId)
            .from(thread_cases::Entity)
            .and_where(thread_cases::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .and_where(thread_cases::Column::CaseId.eq(case.uuid()))
            .take();
        let find = messages::Entity::find()
            .select_only()
            .column(messages::Column::Body)
            .filter(messages::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(messages::Column::ThreadId.in_subquery(of_case))
            .filter(messages::Column::Author.eq(text(Party::Buyer)))
            .order_by_asc(messages::Column::Number)
            .limit(200);
        Ok(find.into_tuple::<String>().all(self.db().await?).await?)
    }

    /// Whether a person of a side has said anything in these threads.
    pub async fn has_written(&self, threads: &[ThreadId], party: Party) -> Result<bool> {
        let find = messages::Entity::find()
            .select_only()
            .column(messages::Column::Id)
            .filter(messages::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(messages::Column::ThreadId.is_in(threads.iter().map(|id| id.uuid())))
            .filter(messages::Column::Author.eq(text(party)))
            .filter(messages::Column::Origin.eq(text(Origin::Person)))
            .limit(1);
        Ok(find.into_tuple::<Uuid>().one(self.db().await?).await?.is_some())
    }

    /// The message that was posted with this key.
    pub async fn message_by_key(&self, key: &str) -> Result<Option<Message>> {
        let find = messages::Entity::find()
            .filter(messages::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(messages::Column::IdempotencyKey.eq(key));
        find.one(self.db().await?).await?.map(message).transpose()
    }

    /// A message.
    pub async fn message(&self, id: MessageId) -> Result<Option<Message>> {
        messages::Entity::find_by_id((self.marketplace.uuid(), id.uuid())).one(self.db().await?).await?.map(message).transpose()
    }

    /// Which of these comments we have as messages.
    pub async fn messages_of_comments(
        &self,
        connection: ConnectionId,
        numbers: &[&CommentNumber],
    ) -> Result<HashMap<CommentNumber, Message>> {
        let find = messages::Entity::find()
            .filter(messages::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(messages::Column::ConnectionId.eq(connection.uuid()))
            .filter(messages::Column::CommentNumber.is_in(numbers.iter().map(|number| number.0.as_str())));
        let rows = find.all(self.db().await?).await?;
        rows.into_iter()
            .map(|row| {
                let number = row.comment_number.clone().unwrap_or_default();
                Ok((CommentNumber(number), message(row)?))
            })
            .collect()
    }

    /// Those of these messages that stand in a thread and that the reader sees.
    pub async fn messages_in(&self, scope: Scope, thread: ThreadId, ids: &[MessageId]) -> Result<Vec<Message>> {
        let find = messages::Entity::find()
            .filter(scope::messages(scope))
            .filter(messages::Column::ThreadId.eq(thread.uuid()))
            .filter(messages::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
        find.all(self.db().await?).await?.into_iter().map(message).collect()
    }

    /// Adds a message to a thread and gives it the next number. These cases, which the thread covers, are under lock.
    pub async fn add_message(&self, thread: &mut Thread, cases: &[Case], new: NewMessage) -> Result<Message> {
        thread.last_number += 1;
        let (connection, comment) = new.comment.unzip();
        let row = messages::Model {
            marketplace_id: self.marketplace.uuid(),
            id: MessageId::generate().uuid(),
            thread_id: thread.id.uuid(),
            number: thread.last_number,
            author: text(new.author),
            author_name: new.author_name,
            body: new.text,
            html: new.html,
            audience: new.audience.bits(),
            channel: text(new.channel),
            origin: text(new.origin),
            copied_from: new.copied_from.map(MessageId::uuid),
            delivery: text(new.delivery),
            connection_id: connection.map(ConnectionId::uuid),
            comment_number: comment.map(|number| number.0),
            idempotency_key: new.idempotency_key,
            redacted_at: None,
            sent_at: new.sent_at,
        };
        let count = threads::Entity::update_many()
            .set(threads::ActiveModel { last_number: Set(thread.last_number), ..Default::default() })
            .filter(threads::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(threads::Column::Id.eq(thread.id.uuid()));
        self.later(Write::Update(("threads", thread.id.uuid()), count.into_query())).await?;
        self.later(Write::Insert(messages::Entity::insert(row.clone().into_active_model().reset_all()).into_query())).await?;
        let kind = thread.kind;
        let said = Said { id: row.id, thread: row.thread_id, kind, author: new.author, audience: new.audience, text: &row.body };
        self.index_message(said, cases).await?;
        message(row)
    }

    /// Changes where a message stands on its way, and where it arrived.
    pub async fn set_delivery(
        &self,
        id: MessageId,
        delivery: MessageDelivery,
        comment: Option<(ConnectionId, &CommentNumber)>,
    ) -> Result<()> {
        let mut change = messages::ActiveModel { delivery: Set(text(delivery)), ..Default::default() };
        if let Some((connection, number)) = comment {
            change.connection_id = Set(Some(connection.uuid()));
            change.comment_number = Set(Some(number.0.clone()));
        }
        self.update_message(id, change).await
    }

    /// Replaces the words of a message by what a redaction left of them.
    pub async fn redact(&self, id: MessageId, text: String, html: Option<String>, audience: Audience, at: DateTime<Utc>) -> Result<()> {
        let change = messages::ActiveModel {
            body: Set(text),
            html: Set(html),
            audience: Set(audience.bits()),
            redacted_at: Set(Some(at)),
            ..Default::default()
        };
        self.update_message(id, change).await?;
        self.reindex_message(id).await
    }

    async fn update_message(&self, id: MessageId, change: messages::ActiveModel) -> Result<()> {
        messages::Entity::update_many()
            .set(change)
            .filter(messages::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(messages::Column::Id.eq(id.uuid()))
            .exec(self.db().await?)
            .await?;
        Ok(())
    }
}
