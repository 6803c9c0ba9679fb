//! Messages that get into another thread: when cases are split or merged.

use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, Query};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
};
use uuid::Uuid;

use super::codec::text;
use super::entity::{messages, threads};
use super::messages::message;
use super::{Result, StoreError, Tx};
use crate::domain::ids::{MessageId, ThreadId};
use crate::domain::parties::{Audience, Party};
use crate::domain::threads::{Message, MessageDelivery};

/// How a message gets into another thread.
#[derive(Clone, Copy)]
enum Carried {
    Moved,
    Copied,
}

impl Tx {
    /// The copies of a message, made when its case was split.
    pub async fn copies_of(&self, id: MessageId) -> Result<Vec<Message>> {
        let find = messages::Entity::find()
            .filter(messages::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(messages::Column::CopiedFrom.eq(id.uuid()));
        find.all(self.db().await?).await?.into_iter().map(message).collect()
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
        Ok(find.into_tuple::<Uuid>().one(self.db().await?).await?.is_some())
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
                .exec(self.db().await?)
                .await?;
        }
        if !rows.is_empty() {
            messages::Entity::insert_many(rows).exec_without_returning(self.db().await?).await?;
        }
        let last = i64::try_from(all.len()).unwrap_or(i64::MAX);
        threads::Entity::update_many()
            .set(threads::ActiveModel { last_number: Set(last), ..Default::default() })
            .filter(threads::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(threads::Column::Id.eq(thread.uuid()))
            .exec(self.db().await?)
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
            .exec(self.db().await?)
            .await?;
        let room = self.advance_thread(from, 0).await?;
        let behind = self.advance_thread(to, room).await? - room;
        messages::Entity::update_many()
            .col_expr(messages::Column::ThreadId, Expr::val(to.uuid()))
            .col_expr(messages::Column::Number, Expr::col(messages::Column::Number).add(behind))
            .filter(of_thread())
            .exec(self.db().await?)
            .await?;
        self.reindex_thread(to, behind).await
    }

    /// Makes room for so many messages in a thread and gives the number of the last.
    async fn advance_thread(&self, thread: ThreadId, count: i64) -> Result<i64> {
        let mut update = Query::update();
        update
            .table(threads::Entity)
            .value(threads::Column::LastNumber, Expr::col(threads::Column::LastNumber).add(count))
            .and_where(threads::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .and_where(threads::Column::Id.eq(thread.uuid()))
            .returning_col(threads::Column::LastNumber);
        let counted = self.db().await?.query_one(&update).await?.ok_or(StoreError::Inconsistent { table: "threads", column: "id" })?;
        Ok(counted.try_get("", "last_number")?)
    }
}
