//! What sellers can do.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "seller_capabilities")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) seller_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) capability: String,
    pub(crate) shown_by: String,
    pub(crate) day: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) noted_by: Json,
    pub(crate) updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
