//! How sellers stood when the last day was over.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "seller_nights")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) seller_id: Uuid,
    pub(crate) day: String,
    pub(crate) worst: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) card: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) visibility: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) badges: Json,
    pub(crate) updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
