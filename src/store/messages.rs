//! What is said in threads.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, Query, UnionType};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel, Order,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use uuid::Uuid;

use super::codec::{from_text, text};
use super::entity::{messages, participants, thread_cases, threads};
use super::page::{Page, PageRequest, PageSide};
use super::search::Said;
use super::{Result, Store, StoreError, Tx, scope};
use crate::domain::ids::{CaseId, ConnectionId, MarketplaceId, MessageId, ThreadId};
use crate::domain::parties::{Audience, Party, Scope, View};
use crate::domain::threads::{Message, MessageDelivery, NewMessage, Origin, ThreadKind};
use crate::domain::tickets::CommentNumber;

fn message(row: messages::Model) -> Result<Message> {
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

    /// How many messages of these threads the reader has not read. The storefront has no place of its own and reads
    /// nothing, so it gets none; and of mediators nobody remembers it.
    pub async fn unread(&self, scope: Scope, ids: &[ThreadId]) -> Result<HashMap<ThreadId, i64>> {
        let (party, member) = match scope.view {
            View::Whole => (Party::Operator, Uuid::nil()),
            View::Seller(seller) => (Party::Seller, seller.uuid()),
            View::Buyer(buyer) => (Party::Buyer, buyer.uuid()),
            View::Storefront | View::Mediator { .. } => return Ok(HashMap::new()),
        };
        let rows = messages::Entity::find()
            .select_only()
            .column(messages::Column::ThreadId)
            .column_as(Expr::col((messages::Entity, messages::Column::Id)).count(), "unread")
            .join(
                sea_orm::JoinType::InnerJoin,
                sea_orm::RelationDef::from(
                    messages::Entity::belongs_to(participants::Entity)
                        .from((messages::Column::MarketplaceId, messages::Column::ThreadId))
                        .to((participants::Column::MarketplaceId, participants::Column::ThreadId)),
                ),
            )
            .filter(scope::messages(scope))
            .filter(messages::Column::ThreadId.is_in(ids.iter().map(|id| id.uuid())))
            // Said of both: PostgreSQL carries a list from one side of a join to the other no more than it must.
            .filter(participants::Column::ThreadId.is_in(ids.iter().map(|id| id.uuid())))
            .filter(participants::Column::Party.eq(text(party)))
            .filter(participants::Column::MemberId.eq(member))
            .filter(
                Expr::col((messages::Entity, messages::Column::Number))
                    .gt(Expr::col((participants::Entity, participants::Column::ReadUpTo))),
            )
            .group_by(messages::Column::ThreadId)
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

/// How a message gets into another thread.
#[derive(Clone, Copy)]
enum Carried {
    Moved,
    Copied,
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
        find.all(&self.inner).await?.into_iter().map(message).collect()
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
        Ok(find.into_tuple::<String>().all(&self.inner).await?)
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
        Ok(find.into_tuple::<Uuid>().one(&self.inner).await?.is_some())
    }

    /// The message that was posted with this key.
    pub async fn message_by_key(&self, key: &str) -> Result<Option<Message>> {
        let find = messages::Entity::find()
            .filter(messages::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(messages::Column::IdempotencyKey.eq(key));
        find.one(&self.inner).await?.map(message).transpose()
    }

    /// A message.
    pub async fn message(&self, id: MessageId) -> Result<Option<Message>> {
        messages::Entity::find_by_id((self.marketplace.uuid(), id.uuid())).one(&self.inner).await?.map(message).transpose()
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
        let rows = find.all(&self.inner).await?;
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
        find.all(&self.inner).await?.into_iter().map(message).collect()
    }

    /// The copies of a message, made when its case was split.
    pub async fn copies_of(&self, id: MessageId) -> Result<Vec<Message>> {
        let find = messages::Entity::find()
            .filter(messages::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(messages::Column::CopiedFrom.eq(id.uuid()));
        find.all(&self.inner).await?.into_iter().map(message).collect()
    }

    /// Whether a thread has any message beside these.
    pub async fn has_messages_beside(&self, thread: ThreadId, ids: &[MessageId]) -> Result<bool> {
        let find = messages::Entity::find()
            .select_only()
            .column(messages::Column::Id)
            .filter(messages::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(messages::Column::ThreadId.eq(thread.uuid()))
            .filter(messages::Column::Id.is_not_in(ids.iter().map(|id| id.uuid())))
            .limit(1);
        Ok(find.into_tuple::<Uuid>().one(&self.inner).await?.is_some())
    }

    /// Fills a new thread with messages of another: some leave it, of some a copy is made. Author, time and all else stay as
    /// they were; in the new thread they stand in the order in which they were said.
    pub async fn carry_over(&self, thread: ThreadId, moved: &[Message], copied: &[Message]) -> Result<()> {
        let mut all: Vec<_> = moved.iter().map(|message| (message, Carried::Moved)).collect();
        all.extend(copied.iter().map(|message| (message, Carried::Copied)));
        all.sort_by_key(|(message, _)| (message.sent_at, message.number));
        let mut numbers = CaseStatement::new();
        let mut rows = Vec::new();
        for (number, (message, how)) in (1_i64..).zip(&all) {
            match how {
                Carried::Moved => numbers = numbers.case(Expr::col(messages::Column::Id).eq(message.id.uuid()), number),
                Carried::Copied => rows.push(self.copy_of(message, thread, number).into_active_model().reset_all()),
            }
        }
        if !moved.is_empty() {
            messages::Entity::update_many()
                .col_expr(messages::Column::ThreadId, Expr::val(thread.uuid()))
                .col_expr(messages::Column::Number, numbers.into())
                .filter(messages::Column::MarketplaceId.eq(self.marketplace.uuid()))
                .filter(messages::Column::Id.is_in(moved.iter().map(|message| message.id.uuid())))
                .exec(&self.inner)
                .await?;
        }
        if !rows.is_empty() {
            messages::Entity::insert_many(rows).exec_without_returning(&self.inner).await?;
        }
        let last = i64::try_from(all.len()).unwrap_or(i64::MAX);
        threads::Entity::update_many()
            .set(threads::ActiveModel { last_number: Set(last), ..Default::default() })
            .filter(threads::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(threads::Column::Id.eq(thread.uuid()))
            .exec(&self.inner)
            .await?;
        self.reindex_thread(thread, 0).await
    }

    fn copy_of(&self, of: &Message, thread: ThreadId, number: i64) -> messages::Model {
        messages::Model {
            marketplace_id: self.marketplace.uuid(),
            id: MessageId::generate().uuid(),
            thread_id: thread.uuid(),
            number,
            author: text(of.author),
            author_name: of.author_name.clone(),
            body: of.text.clone(),
            html: of.html.clone(),
            audience: of.audience.bits(),
            channel: text(of.channel),
            origin: text(of.origin),
            copied_from: Some(of.id.uuid()),
            delivery: text(MessageDelivery::None),
            connection_id: None,
            comment_number: None,
            idempotency_key: None,
            redacted_at: of.redacted_at,
            sent_at: of.sent_at,
        }
    }

    /// Moves all messages of a thread behind those of another. The seller keeps reading those from the message on that it
    /// could read; without a place in the old thread, none of them.
    pub async fn move_messages(&self, from: ThreadId, to: ThreadId, seller_sees_from: Option<i64>) -> Result<()> {
        let of_thread = || {
            Condition::all()
                .add(messages::Column::MarketplaceId.eq(self.marketplace.uuid()))
                .add(messages::Column::ThreadId.eq(from.uuid()))
        };
        let without_seller = Audience::ALL.without(Party::Seller).bits();
        messages::Entity::update_many()
            .col_expr(messages::Column::Audience, Expr::col(messages::Column::Audience).bit_and(without_seller))
            .filter(of_thread())
            .filter(messages::Column::Number.lt(seller_sees_from.unwrap_or(i64::MAX)))
            .exec(&self.inner)
            .await?;
        let (room, _) = self.advance_thread(from, 0).await?;
        let behind = self.advance_thread(to, room).await?.0 - room;
        messages::Entity::update_many()
            .col_expr(messages::Column::ThreadId, Expr::val(to.uuid()))
            .col_expr(messages::Column::Number, Expr::col(messages::Column::Number).add(behind))
            .filter(of_thread())
            .exec(&self.inner)
            .await?;
        self.reindex_thread(to, behind).await
    }

    /// Makes room for so many messages in a thread and gives the number of the last, and the thread's kind.
    async fn advance_thread(&self, thread: ThreadId, count: i64) -> Result<(i64, ThreadKind)> {
        let mut update = Query::update();
        update
            .table(threads::Entity)
            .value(threads::Column::LastNumber, Expr::col(threads::Column::LastNumber).add(count))
            .and_where(threads::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .and_where(threads::Column::Id.eq(thread.uuid()))
            .returning(Query::returning().columns([threads::Column::LastNumber, threads::Column::Kind]));
        let counted = self.inner.query_one(&update).await?.ok_or(StoreError::Inconsistent { table: "threads", column: "id" })?;
        Ok((counted.try_get("", "last_number")?, from_text(&counted.try_get::<String>("", "kind")?, "threads", "kind")?))
    }

    /// Adds a message to a thread and gives it the next number.
    pub async fn insert_message(&self, thread: ThreadId, new: NewMessage) -> Result<Message> {
        let (number, kind) = self.advance_thread(thread, 1).await?;
        let (connection, comment) = new.comment.unzip();
        let row = messages::Model {
            marketplace_id: self.marketplace.uuid(),
            id: MessageId::generate().uuid(),
            thread_id: thread.uuid(),
            number,
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
        messages::Entity::insert(row.clone().into_active_model().reset_all()).exec_without_returning(&self.inner).await?;
        self.index_message(Said { id: row.id, thread: row.thread_id, kind, author: new.author, audience: new.audience, text: &row.body })
            .await?;
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
            .exec(&self.inner)
            .await?;
        Ok(())
    }
}
