//! Withdrawals from a contract.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "withdrawals")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) case_id: Uuid,
    pub(crate) order_id: Uuid,
    pub(crate) state: String,
    pub(crate) revision: i32,
    pub(crate) wakes_at: Option<DateTimeUtc>,
    pub(crate) declared_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
    pub(crate) idempotency_key: String,
    pub(crate) document: Json,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
