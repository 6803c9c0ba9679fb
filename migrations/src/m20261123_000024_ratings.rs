//! Ratings: who is asked, what was answered, which reviews are shown, and what scores are made of.

use sea_orm_migration::prelude::*;

use crate::table::Kind::{Bigint, Integer, Json, Text, Time, Uuid};
use crate::table::{is, is_not_null, tenant_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 5] = ["score_days", "score_events", "support_ratings", "reviews", "invitations"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tenant_table("invitations", &["id"])
            .must("id", Uuid)
            .must("about", Text) // what it asks about, as a key: there is one for each
            .may("order_id", Uuid)
            .may("line", Text)
            .may("case_id", Uuid)
            .may("buyer_id", Uuid) // none until somebody is written to
            .must("state", Text)
            .one_of("reward", &["NONE", "GIVEN"])
            .may("way", Text)
            .must("send_at", Time)
            .may("sent_at", Time)
            .may("ended_at", Time)
            .may("next_at", Time) // when time will next do something
            .must("created_at", Time)
            .must("updated_at", Time)
            .unique(&["marketplace_id", "about"])
            .index_where(&["next_at"], is_not_null("next_at"))
            .create(manager)
            .await?;
        tenant_table("support_ratings", &["case_id", "source"])
            .must("case_id", Uuid)
            .one_of("source", &["INVITATION", "HELPDESK"])
            .must("id", Uuid)
            .one_of("counts", &["YES", "NO"]) // one of each case does
            .must("body", Json)
            .must("revision", Integer)
            .must("created_at", Time)
            .must("updated_at", Time)
            .belongs_to("case_id", "cases")
            .create(manager)
            .await?;
        tenant_table("score_events", &["rating_id", "revision"])
            .must("rating_id", Uuid)
            .must("revision", Integer)
            .must("about", Text) // whose score it moves, as a key
            .must("at", Time)
            .must("body", Json)
            .index(&["marketplace_id", "about", "at"])
            .create(manager)
            .await?;
        tenant_table("score_days", &["about", "day"]).must("about", Text).must("day", Text).must("body", Json).create(manager).await?;
        reviews(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            manager.drop_table(Table::drop().table(Alias::new(table)).to_owned()).await?;
        }
        Ok(())
    }
}

async fn reviews(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let shown = || is("state", "PUBLISHED");
    tenant_table("reviews", &["id"])
        .must("id", Uuid)
        .one_of("subject", &["PRODUCT", "SELLER"])
        .must("seller_id", Uuid)
        .may("product", Text)
        .may("order_id", Uuid)
        .may("line", Text)
        .must("buyer_id", Uuid)
        .may("invitation_id", Uuid)
        .must("state", Text)
        .one_of("attention", &["NONE", "CHECK", "REPORT", "COMPLAINT"]) // for what a person is waited for
        .one_of("quotable", &["YES", "NO"])
        .may("grade", Bigint) // of what is shown, in millionths
        .may("published_at", Time)
        .may("shown_at", Time) // when what is shown was published
        .one_of("reply", &["NONE", "WAITED", "IN_TIME", "LATE"]) // of the seller
        .may("reply_due_at", Time) // while it is waited for
        .must("author_alias", Text)
        .must("body", Json)
        .must("revision", Integer)
        .must("created_at", Time)
        .must("updated_at", Time)
        .index_where(&["marketplace_id", "shown_at", "id"], shown())
        .index_where(&["marketplace_id", "published_at", "id"], shown())
        .index_where(&["marketplace_id", "grade", "id"], shown())
        .index_where(&["marketplace_id", "seller_id", "shown_at", "id"], shown())
        .index_where(&["marketplace_id", "seller_id", "published_at", "id"], shown())
        .index_where(&["marketplace_id", "seller_id", "grade", "id"], shown())
        .index_where(&["marketplace_id", "product", "shown_at", "id"], shown())
        .index_where(&["marketplace_id", "product", "published_at", "id"], shown())
        .index_where(&["marketplace_id", "product", "grade", "id"], shown())
        .index(&["marketplace_id", "attention", "id"])
        .index(&["marketplace_id", "seller_id", "id"])
        .index(&["marketplace_id", "buyer_id", "id"])
        .index_where(&["marketplace_id", "order_id", "line"], is_not_null("order_id"))
        .index(&["marketplace_id", "seller_id", "reply", "reply_due_at"])
        .belongs_to("seller_id", "sellers")
        .belongs_to("buyer_id", "buyers")
        .create(manager)
        .await
}
