//! What refunds came to for their sellers, line by line.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "refund_steps")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) refund_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) line: String,
    pub(crate) order_id: Uuid,
    pub(crate) state: String,
    pub(crate) document: Json,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
