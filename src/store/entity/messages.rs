//! Messages.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "messages")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) thread_id: Uuid,
    pub(crate) number: i64,
    pub(crate) author: String,
    pub(crate) author_name: String,
    pub(crate) body: String,
    pub(crate) html: Option<String>,
    pub(crate) audience: i16,
    pub(crate) channel: String,
    pub(crate) origin: String,
    pub(crate) copied_from: Option<Uuid>,
    pub(crate) delivery: String,
    pub(crate) connection_id: Option<Uuid>,
    pub(crate) comment_number: Option<String>,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) redacted_at: Option<DateTimeUtc>,
    pub(crate) sent_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
