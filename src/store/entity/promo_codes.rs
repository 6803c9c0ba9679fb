//! Promo codes.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "promo_codes")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) refund_id: Uuid,
    pub(crate) case_id: Uuid,
    pub(crate) buyer_id: Uuid,
    pub(crate) order_id: Uuid,
    pub(crate) seller_id: Uuid,
    pub(crate) state: String,
    pub(crate) remaining_minor: i64,
    pub(crate) currency: String,
    pub(crate) revision: i32,
    pub(crate) expires_at: Option<DateTimeUtc>,
    pub(crate) issued_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
    pub(crate) document: Json,
    pub(crate) code: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
