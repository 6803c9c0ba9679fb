//! What a marketplace asks of its sellers, in versions that are announced.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "standing_rule_versions")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) revision: i32,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) rules: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) set_by: Json,
    pub(crate) announced_at: DateTimeUtc,
    pub(crate) effective_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
