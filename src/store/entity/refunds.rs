//! Money that goes back to buyers.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "refunds")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) case_id: Uuid,
    pub(crate) order_id: Uuid,
    pub(crate) order_line: String,
    pub(crate) seller_id: Uuid,
    pub(crate) state: String,
    pub(crate) origin: String,
    pub(crate) origin_id: Option<Uuid>,
    pub(crate) revision: i32,
    pub(crate) buyer_revision: i32,
    pub(crate) buyer_updated_at: DateTimeUtc,
    pub(crate) wakes_at: Option<DateTimeUtc>,
    pub(crate) document: Json,
    pub(crate) opened_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) request_digest: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
