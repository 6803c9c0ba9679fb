//! How far each marketplace's timeline has been counted.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "kpi_cursors")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    pub(crate) position: i64,
    pub(crate) version: i64,
    pub(crate) sweep_kind: Option<String>,
    pub(crate) sweep_after: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
