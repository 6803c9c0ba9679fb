//! Marketplaces, the tenants.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "marketplaces")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) currency: String,
    pub(crate) locale: String,
    pub(crate) timezone: String,
    pub(crate) charter_version: i32,
    pub(crate) next_charter_at: Option<DateTimeUtc>,
    pub(crate) last_position: i64,
    pub(crate) last_case: i64,
    pub(crate) created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
