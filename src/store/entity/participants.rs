//! Who takes part in which thread.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "participants")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) thread_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) party: String,
    pub(crate) member_id: Uuid,
    pub(crate) rights: String,
    pub(crate) visible_from: i64,
    pub(crate) read_up_to: i64,
    pub(crate) joined_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
