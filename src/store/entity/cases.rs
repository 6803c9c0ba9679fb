//! Cases.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "cases")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) reference: String,
    pub(crate) subject: String,
    pub(crate) status: String,
    pub(crate) mode: String,
    pub(crate) phase: String,
    pub(crate) priority: String,
    pub(crate) owner: String,
    pub(crate) buyer_id: Uuid,
    pub(crate) seller_id: Option<Uuid>,
    pub(crate) team_id: Option<Uuid>,
    pub(crate) order_id: Option<Uuid>,
    pub(crate) order_line: Option<String>,
    pub(crate) reason: String,
    pub(crate) channel: String,
    pub(crate) language: Option<String>,
    pub(crate) charter_version: i32,
    pub(crate) parent_id: Option<Uuid>,
    pub(crate) merged_into: Option<Uuid>,
    pub(crate) waiting_since: Option<DateTimeUtc>,
    pub(crate) previous_status: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) clocks: Json,
    pub(crate) reply_due_at: Option<DateTimeUtc>,
    pub(crate) acknowledge_at: Option<DateTimeUtc>,
    pub(crate) silence_at: Option<DateTimeUtc>,
    pub(crate) wakes_at: Option<DateTimeUtc>,
    pub(crate) outcome: Option<String>,
    pub(crate) resolution: Option<String>,
    pub(crate) last_event: i64,
    pub(crate) opened_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
    pub(crate) seller_updated_at: DateTimeUtc,
    pub(crate) buyer_updated_at: DateTimeUtc,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) request_digest: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
