//! Pre-written replies.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "templates")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) owner_id: Uuid,
    pub(crate) key: String,
    pub(crate) title: String,
    pub(crate) reader: String,
    pub(crate) users: String,
    pub(crate) reason: Option<String>,
    pub(crate) phase: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) variables: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) texts: Json,
    pub(crate) revision: i32,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
