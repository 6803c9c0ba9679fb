//! Which ticket tells which case.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "case_tickets")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) ticket_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) case_id: Uuid,
    pub(crate) linked_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
