//! Tries to move money.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "payment_calls")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) lane: String,
    pub(crate) status: String,
    pub(crate) run_at: DateTimeUtc,
    pub(crate) attempts: i32,
    pub(crate) lease_until: Option<DateTimeUtc>,
    pub(crate) last_error: Option<String>,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) finished_at: Option<DateTimeUtc>,
    pub(crate) refund_id: Uuid,
    pub(crate) attempt: i32,
    pub(crate) connection_id: Option<Uuid>,
    pub(crate) case_id: Uuid,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) instruction: Json,
    pub(crate) phase: String,
    pub(crate) looks: i32,
    pub(crate) standing: String,
    pub(crate) reference: Option<String>,
    pub(crate) begun_at: Option<DateTimeUtc>,
    pub(crate) error_code: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
