//! People from outside who are let into one case for a while.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "mediators")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) case_id: Uuid,
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    pub(crate) statement: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) threads: Json,
    pub(crate) digest: Vec<u8>,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) admitted_by: Json,
    pub(crate) admitted_at: DateTimeUtc,
    pub(crate) expires_at: DateTimeUtc,
    pub(crate) revoked_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
