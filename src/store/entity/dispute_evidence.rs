//! What was handed in in disputes. Rows are added, and never changed.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "dispute_evidence")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) dispute_id: Uuid,
    pub(crate) party: String,
    pub(crate) text: String,
    pub(crate) sha256: Vec<u8>,
    pub(crate) attachment_id: Option<Uuid>,
    pub(crate) audience: i16,
    pub(crate) submitted_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
