//! Sellers.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sellers")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) external_id: String,
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    pub(crate) locale: Option<String>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub(crate) closures: Option<Json>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub(crate) hours: Option<Json>,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
