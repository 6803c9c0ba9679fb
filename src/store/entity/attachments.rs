//! Files that go with messages.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "attachments")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) message_id: Option<Uuid>,
    pub(crate) position: i32,
    pub(crate) state: String,
    pub(crate) name: String,
    pub(crate) content_type: String,
    pub(crate) size: Option<i64>,
    pub(crate) sha256: Option<Vec<u8>>,
    pub(crate) object_key: Option<String>,
    pub(crate) uploader_id: Option<Uuid>,
    pub(crate) connection_id: Option<Uuid>,
    pub(crate) remote_id: Option<String>,
    pub(crate) dispute_id: Option<Uuid>,
    pub(crate) created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
