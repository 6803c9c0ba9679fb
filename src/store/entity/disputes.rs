//! Disputes between buyers and sellers.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "disputes")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) case_id: Uuid,
    pub(crate) order_id: Uuid,
    pub(crate) order_line: Option<String>,
    pub(crate) seller_id: Uuid,
    pub(crate) return_id: Option<Uuid>,
    pub(crate) stage: String,
    pub(crate) revision: i32,
    pub(crate) document: Json,
    pub(crate) wakes_at: Option<DateTimeUtc>,
    pub(crate) opened_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
