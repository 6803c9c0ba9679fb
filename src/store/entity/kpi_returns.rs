//! How many buyers came back in which months.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "kpi_returns")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) to_month: i32,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) from_month: i32,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) case_month: i32,
    pub(crate) buyers: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
