//! What is said elsewhere.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mentions")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) digest: Vec<u8>,
    pub(crate) source: String,
    pub(crate) external_id: Option<String>,
    pub(crate) url: String,
    pub(crate) author: Option<String>,
    pub(crate) text: String,
    pub(crate) rating: Option<i32>,
    pub(crate) rating_worst: Option<i32>,
    pub(crate) rating_best: Option<i32>,
    pub(crate) tone: String,
    pub(crate) order_reference: Option<String>,
    pub(crate) order_id: Option<Uuid>,
    pub(crate) case_id: Option<Uuid>,
    pub(crate) published_at: Option<DateTimeUtc>,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
