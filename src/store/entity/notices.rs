//! What buyers were told without having asked.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notices")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) order_id: Uuid,
    pub(crate) line_external_id: String,
    pub(crate) seller_id: Uuid,
    pub(crate) shipment_id: Uuid,
    pub(crate) kind: String,
    pub(crate) day: i32,
    pub(crate) promised_at: DateTimeUtc,
    pub(crate) way: String,
    pub(crate) withheld: Option<String>,
    pub(crate) mail_outcome: Option<String>,
    pub(crate) case_id: Option<Uuid>,
    pub(crate) message_id: Option<Uuid>,
    pub(crate) mail_id: Option<Uuid>,
    pub(crate) created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
