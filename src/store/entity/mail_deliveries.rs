//! E-mails that go out.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "mail_deliveries")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) lane: String,
    pub(crate) position: i64,
    pub(crate) status: String,
    pub(crate) run_at: DateTimeUtc,
    pub(crate) attempts: i32,
    pub(crate) lease_until: Option<DateTimeUtc>,
    pub(crate) last_error: Option<String>,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) finished_at: Option<DateTimeUtc>,
    pub(crate) receiver: String,
    pub(crate) kind: String,
    pub(crate) once_key: String,
    pub(crate) event_id: Option<Uuid>,
    pub(crate) case_id: Option<Uuid>,
    pub(crate) happened_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
