//! Ratings of products and sellers that are published.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "reviews")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) marketplace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) subject: String,
    pub(crate) seller_id: Uuid,
    pub(crate) product: Option<String>,
    pub(crate) order_id: Option<Uuid>,
    pub(crate) line: Option<String>,
    pub(crate) buyer_id: Uuid,
    pub(crate) invitation_id: Option<Uuid>,
    pub(crate) state: String,
    pub(crate) attention: String,
    pub(crate) quotable: String,
    pub(crate) grade: Option<i64>,
    pub(crate) published_at: Option<DateTimeUtc>,
    pub(crate) shown_at: Option<DateTimeUtc>,
    pub(crate) reply: String,
    pub(crate) reply_due_at: Option<DateTimeUtc>,
    pub(crate) author_alias: String,
    pub(crate) body: Json,
    pub(crate) revision: i32,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
