//! Helpdesk tickets as last seen.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tickets")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) connection_id: Uuid,
    pub(crate) number: String,
    pub(crate) url: String,
    pub(crate) subject: String,
    pub(crate) status: String,
    pub(crate) priority: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) presence: Json,
    pub(crate) pushed_status: Option<String>,
    pub(crate) pushed_priority: Option<String>,
    pub(crate) remote_updated_at: DateTimeUtc,
    pub(crate) comments_read: i32,
    pub(crate) last_comment: Option<String>,
    pub(crate) created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
