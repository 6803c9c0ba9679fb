//! Webhook deliveries that came in.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "inbox")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) connection_id: Uuid,
    pub(crate) lane: String,
    pub(crate) status: String,
    pub(crate) run_at: DateTimeUtc,
    pub(crate) attempts: i32,
    pub(crate) lease_until: Option<DateTimeUtc>,
    pub(crate) last_error: Option<String>,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) finished_at: Option<DateTimeUtc>,
    pub(crate) event_key: Option<String>,
    pub(crate) delivery_key: Option<String>,
    pub(crate) digest: Option<String>,
    pub(crate) ticket: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) nudge: Json,
    pub(crate) body: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
