//! Versions of charters.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "charter_versions")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) number: i32,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) charter: Json,
    pub(crate) effect: String,
    pub(crate) summary: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) published_by: Json,
    pub(crate) announced_at: DateTimeUtc,
    pub(crate) effective_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
