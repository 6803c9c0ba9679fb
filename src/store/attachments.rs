//! Files that go with messages: their rows.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, JoinType, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, RelationDef,
};

use super::codec::{from_text, text};
use super::entity::{attachments, messages};
use super::{Result, Store, StoreError, Tx, scope};
use crate::domain::attachments::{Attachment, AttachmentState, Findings};
use crate::domain::ids::{AttachmentId, ConnectionId, MarketplaceId, MessageId, TokenId};
use crate::domain::parties::Scope;

pub(super) fn attachment(row: attachments::Model) -> Result<Attachment> {
    let damaged = |column| StoreError::Inconsistent { table: "attachments", column };
    Ok(Attachment {
        id: AttachmentId::from_uuid(row.id),
        message: row.message_id.map(MessageId::from_uuid),
        position: row.position,
        state: from_text(&row.state, "attachments", "state")?,
        name: row.name,
        content_type: row.content_type,
        size: row.size.map(|size| u64::try_from(size).map_err(|_| damaged("size"))).transpose()?,
        sha256: row.sha256.map(|hash| hash.try_into().map_err(|_| damaged("sha256"))).transpose()?,
        object_key: row.object_key,
        origin: row.connection_id.map(ConnectionId::from_uuid).zip(row.remote_id),
        created_at: row.created_at,
    })
}

/// A file that we just heard of.
#[derive(Debug, Clone)]
pub struct NewAttachment {
    /// Its id.
    pub id: AttachmentId,
    /// The message it belongs to, and its place there; none for one that waits for a message.
    pub message: Option<(MessageId, i32)>,
    /// Where it stands.
    pub state: AttachmentState,
    /// Its name, cleaned.
    pub name: String,
    /// What somebody says it is.
    pub content_type: String,
    /// What somebody says how large it is, in bytes.
    pub size: Option<u64>,
    /// Where its bytes will be kept; none when they never will.
    pub object_key: Option<String>,
    /// The token of who uploads it.
    pub uploader: Option<TokenId>,
    /// The helpdesk that it comes from, and its id there.
    pub origin: Option<(ConnectionId, String)>,
}

/// A file whose bytes must go.
#[derive(Debug, Clone)]
pub struct Withdrawn {
    /// The tenant.
    pub marketplace: MarketplaceId,
    /// The file.
    pub id: AttachmentId,
    /// Where its bytes are.
    pub object_key: String,
}

fn by_message(rows: Vec<attachments::Model>) -> Result<HashMap<MessageId, Vec<Attachment>>> {
    let mut found = rows.into_iter().map(attachment).collect::<Result<Vec<_>>>()?;
    found.sort_by_key(|attachment| (attachment.position, attachment.id));
    let mut by_message: HashMap<MessageId, Vec<Attachment>> = HashMap::new();
    for attachment in found {
        if let Some(message) = attachment.message {
            by_message.entry(message).or_default().push(attachment);
        }
    }
    Ok(by_message)
}

/// What an attachment has of its message.
fn of_message() -> RelationDef {
    RelationDef::from(
        attachments::Entity::belongs_to(messages::Entity)
            .from((attachments::Column::MarketplaceId, attachments::Column::MessageId))
            .to((messages::Column::MarketplaceId, messages::Column::Id)),
    )
}

impl Store {
    /// The files of these messages, those of messages that the reader sees, in the order in which they were attached.
    pub async fn attachments_of(&self, scope: Scope, ids: &[MessageId]) -> Result<HashMap<MessageId, Vec<Attachment>>> {
        let find = attachments::Entity::find()
            .join(JoinType::InnerJoin, of_message())
            .filter(scope::messages(scope))
            .filter(attachments::Column::MarketplaceId.eq(scope.marketplace.uuid()))
            .filter(attachments::Column::MessageId.is_in(ids.iter().map(|id| id.uuid())));
        by_message(find.all(&self.reads).await?)
    }

    /// Files by id, those of messages that the reader sees.
    pub async fn attachments_by_id(&self, scope: Scope, ids: &[AttachmentId]) -> Result<Vec<Attachment>> {
        let find = attachments::Entity::find()
            .join(JoinType::InnerJoin, of_message())
            .filter(scope::messages(scope))
            .filter(attachments::Column::MarketplaceId.eq(scope.marketplace.uuid()))
            .filter(attachments::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
        find.all(&self.reads).await?.into_iter().map(attachment).collect()
    }

    /// How many files of an uploader wait for a message.
    pub async fn uploads_waiting(&self, marketplace: MarketplaceId, uploader: TokenId) -> Result<u64> {
        let find = attachments::Entity::find()
            .filter(attachments::Column::MarketplaceId.eq(marketplace.uuid()))
            .filter(attachments::Column::UploaderId.eq(uploader.uuid()))
            .filter(Expr::cust("message_id IS NULL"))
            .filter(Expr::cust("dispute_id IS NULL"));
        Ok(find.count(&self.reads).await?)
    }

    /// Marks uploads that no message took since before then as removed; says how many.
    pub async fn withdraw_abandoned(&self, before: DateTime<Utc>) -> Result<u64> {
        let change = attachments::ActiveModel { state: Set(text(AttachmentState::Redacted)), ..Default::default() };
        let done = attachments::Entity::update_many()
            .set(change)
            .filter(Expr::cust("message_id IS NULL"))
            .filter(Expr::cust("dispute_id IS NULL"))
            .filter(attachments::Column::CreatedAt.lt(before))
            .filter(attachments::Column::State.ne(text(AttachmentState::Redacted)))
            .exec(&self.writes)
            .await?;
        Ok(done.rows_affected)
    }

    /// Files whose bytes must go, the oldest first.
    pub async fn withdrawn_attachments(&self, limit: u64) -> Result<Vec<Withdrawn>> {
        let find = attachments::Entity::find()
            .filter(Expr::cust("state IN ('FAILED', 'BLOCKED', 'REDACTED')"))
            .filter(Expr::cust("object_key IS NOT NULL"))
            .order_by_asc(attachments::Column::CreatedAt)
            .order_by_asc(attachments::Column::Id)
            .limit(limit);
        let rows = find.all(&self.reads).await?;
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                Some(Withdrawn {
                    marketplace: MarketplaceId::from_uuid(row.marketplace_id),
                    id: AttachmentId::from_uuid(row.id),
                    object_key: row.object_key?,
                })
            })
            .collect())
    }

    /// Remembers that the bytes of a file are gone. One that belongs to no message goes altogether.
    pub async fn forget_bytes(&self, marketplace: MarketplaceId, id: AttachmentId) -> Result<()> {
        let own = || attachments::Column::MarketplaceId.eq(marketplace.uuid()).and(attachments::Column::Id.eq(id.uuid()));
        attachments::Entity::delete_many().filter(own()).filter(Expr::cust("message_id IS NULL")).exec(&self.writes).await?;
        attachments::Entity::update_many()
            .set(attachments::ActiveModel { object_key: Set(None), ..Default::default() })
            .filter(own())
            .exec(&self.writes)
            .await?;
        Ok(())
    }
}

impl Tx {
    /// Stores what is known of new files.
    pub async fn insert_attachments(&self, new: Vec<NewAttachment>) -> Result<()> {
        if new.is_empty() {
            return Ok(());
        }
        let created_at = self.store.clock.now();
        let rows = new.into_iter().map(|new| {
            let (connection, remote) = new.origin.unzip();
            attachments::Model {
                marketplace_id: self.marketplace.uuid(),
                id: new.id.uuid(),
                message_id: new.message.map(|(message, _)| message.uuid()),
                position: new.message.map_or(0, |(_, position)| position),
                state: text(new.state),
                name: new.name,
                content_type: new.content_type,
                size: new.size.and_then(|size| i64::try_from(size).ok()),
                sha256: None,
                object_key: new.object_key,
                uploader_id: new.uploader.map(TokenId::uuid),
                connection_id: connection.map(ConnectionId::uuid),
                remote_id: remote,
                dispute_id: None,
                created_at,
            }
            .into_active_model()
            .reset_all()
        });
        attachments::Entity::insert_many(rows).exec_without_returning(self.db().await?).await?;
        Ok(())
    }

    /// A file, for whoever works on it.
    pub async fn attachment(&self, id: AttachmentId) -> Result<Option<Attachment>> {
        attachments::Entity::find_by_id((self.marketplace.uuid(), id.uuid())).one(self.db().await?).await?.map(attachment).transpose()
    }

    /// The files of a message, in order.
    pub async fn attachments_of(&self, message: MessageId) -> Result<Vec<Attachment>> {
        let find = attachments::Entity::find()
            .filter(attachments::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(attachments::Column::MessageId.eq(message.uuid()))
            .order_by_asc(attachments::Column::Position);
        find.all(self.db().await?).await?.into_iter().map(attachment).collect()
    }

    /// The files of these messages, each in order.
    pub async fn attachments_of_messages(&self, ids: &[MessageId]) -> Result<HashMap<MessageId, Vec<Attachment>>> {
        let find = attachments::Entity::find()
            .filter(attachments::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(attachments::Column::MessageId.is_in(ids.iter().map(|id| id.uuid())));
        by_message(find.all(self.db().await?).await?)
    }

    /// Gives an uploader's own file to a message. False when there is no such file that waits for one; of two messages
    /// that want it at the same time one gets it.
    pub async fn attach(&self, id: AttachmentId, uploader: TokenId, message: MessageId, position: i32) -> Result<bool> {
        let change = attachments::ActiveModel { message_id: Set(Some(message.uuid())), position: Set(position), ..Default::default() };
        let done = attachments::Entity::update_many()
            .set(change)
            .filter(attachments::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(attachments::Column::Id.eq(id.uuid()))
            .filter(attachments::Column::UploaderId.eq(uploader.uuid()))
            .filter(attachments::Column::MessageId.is_null())
            .filter(attachments::Column::DisputeId.is_null())
            .filter(attachments::Column::State.eq(text(AttachmentState::Ready)))
            .exec(self.db().await?)
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// The bytes of a file are here. False when nobody waits for them any more.
    pub async fn arrived(&self, id: AttachmentId, findings: &Findings) -> Result<bool> {
        let change = attachments::ActiveModel {
            state: Set(text(AttachmentState::Ready)),
            content_type: Set(findings.content_type.to_owned()),
            size: Set(i64::try_from(findings.size).ok()),
            sha256: Set(Some(findings.sha256.to_vec())),
            ..Default::default()
        };
        self.change(id, AttachmentState::Pending, change).await
    }

    /// Changes where a file stands, if it stands where we think.
    pub async fn set_attachment_state(&self, id: AttachmentId, from: AttachmentState, to: AttachmentState) -> Result<bool> {
        self.change(id, from, attachments::ActiveModel { state: Set(text(to)), ..Default::default() }).await
    }

    /// Bytes that could not be got are asked for again, to be kept there.
    pub async fn await_again(&self, id: AttachmentId, object_key: String) -> Result<bool> {
        let state = Set(text(AttachmentState::Pending));
        self.change(
            id,
            AttachmentState::Failed,
            attachments::ActiveModel { state, object_key: Set(Some(object_key)), ..Default::default() },
        )
        .await
    }

    async fn change(&self, id: AttachmentId, from: AttachmentState, change: attachments::ActiveModel) -> Result<bool> {
        let done = attachments::Entity::update_many()
            .set(change)
            .filter(attachments::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(attachments::Column::Id.eq(id.uuid()))
            .filter(attachments::Column::State.eq(text(from)))
            .exec(self.db().await?)
            .await?;
        Ok(done.rows_affected == 1)
    }
}
