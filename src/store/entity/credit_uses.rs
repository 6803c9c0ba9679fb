//! What store credit and promo codes were spent on.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "credit_uses")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) posting_id: Uuid,
    pub(crate) credit_id: Uuid,
    pub(crate) order_id: Uuid,
    pub(crate) minor: i64,
    pub(crate) currency: String,
    pub(crate) used_at: DateTimeUtc,
    pub(crate) idempotency_key: String,
    pub(crate) request_digest: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
