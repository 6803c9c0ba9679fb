//! Addresses that the timeline is told to.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_endpoints")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) url: String,
    pub(crate) description: Option<String>,
    pub(crate) view: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) event_types: Json,
    pub(crate) state: String,
    pub(crate) state_reason: Option<String>,
    pub(crate) failing_since: Option<DateTimeUtc>,
    pub(crate) sealed: Vec<u8>,
    pub(crate) from_position: i64,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
