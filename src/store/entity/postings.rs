//! What was booked, and why.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "postings")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) cause_key: String,
    pub(crate) cause: Json,
    pub(crate) at: DateTimeUtc,
    pub(crate) corrects: Option<Uuid>,
    pub(crate) note: Option<String>,
    pub(crate) seller_id: Option<Uuid>,
    pub(crate) order_id: Option<Uuid>,
    pub(crate) refund_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
