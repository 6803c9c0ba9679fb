//! Questions that several sellers may answer.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "pool_questions")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) case_id: Uuid,
    pub(crate) text: String,
    pub(crate) state: String,
    pub(crate) reward: Option<Json>,
    pub(crate) offered_at: DateTimeUtc,
    pub(crate) expires_at: DateTimeUtc,
    pub(crate) settled_at: Option<DateTimeUtc>,
    pub(crate) idempotency_key: String,
    pub(crate) request_digest: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
