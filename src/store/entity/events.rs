//! The timeline.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) case_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) number: i64,
    pub(crate) position: i64,
    pub(crate) id: Uuid,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) kind: Json,
    pub(crate) audience: i16,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) actor: Json,
    pub(crate) thread_id: Option<Uuid>,
    pub(crate) message_number: Option<i64>,
    pub(crate) at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
