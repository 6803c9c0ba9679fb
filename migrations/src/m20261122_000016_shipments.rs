//! Parcels on their way to buyers, what buyers were told of them without having asked, and the articles that helped.

use sea_orm_migration::prelude::*;

use crate::table::Kind::{Bigint, Integer, Text, Time, Uuid};
use crate::table::{is_not_null, tenant_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tenant_table("shipments", &["id"])
            .must("id", Uuid)
            .must("order_id", Uuid)
            .must("external_id", Text) // the marketplace's own, unique in the order
            .may("carrier", Text)
            .may("tracking_number", Text)
            .may("tracking_url", Text)
            .may("promised_at", Time) // by when the buyer was promised to have it
            .may("shipped_at", Time)
            .may("delivered_at", Time)
            .must("reported_at", Time) // as of when all this was so
            .may("told_promise", Time) // the promise that the buyer knows of
            .may("due_at", Time) // when somebody must look whether the buyer is to be told
            .must("created_at", Time)
            .must("updated_at", Time)
            .unique(&["marketplace_id", "order_id", "external_id"])
            .index_where(&["due_at"], is_not_null("due_at"))
            .belongs_to("order_id", "orders")
            .create(manager)
            .await?;
        tenant_table("shipment_lines", &["shipment_id", "position"])
            .must("shipment_id", Uuid)
            .must("position", Integer)
            .must("line_external_id", Text) // the marketplace's id of the order line
            .must("quantity", Integer)
            .belongs_to("shipment_id", "shipments")
            .create(manager)
            .await?;
        tenant_table("notices", &["id"])
            .must("id", Uuid)
            .must("order_id", Uuid)
            .must("line_external_id", Text)
            .must("seller_id", Uuid) // whose order it is
            .must("shipment_id", Uuid)
            .one_of("kind", &["MOVED", "PASSED"])
            .must("day", Integer) // of the promise, as days since 1970 in the marketplace's time zone; 0 for one that passed
            .must("promised_at", Time)
            .one_of("way", &["CASE", "HELPDESK", "EMAIL", "NONE"])
            .may("withheld", Text) // why it goes no way
            .may("mail_outcome", Text) // what became of the e-mail, once that is known
            .may("case_id", Uuid)
            .may("message_id", Uuid)
            .may("mail_id", Uuid)
            .must("created_at", Time)
            // The state that the buyer is told of once, whatever several processes see at once.
            .unique(&["marketplace_id", "order_id", "line_external_id", "kind", "day"])
            .index(&["marketplace_id", "order_id", "id"])
            .index(&["marketplace_id", "seller_id", "id"])
            .index_where(&["marketplace_id", "mail_id"], is_not_null("mail_id"))
            .belongs_to("order_id", "orders")
            .create(manager)
            .await?;
        tenant_table("article_uses", &["case_id", "url", "person"])
            .must("case_id", Uuid)
            .must("url", Text)
            .must("person", Text) // a token, or an agent of a helpdesk
            .must("used_at", Time)
            .belongs_to("case_id", "cases")
            .create(manager)
            .await?;
        tenant_table("used_articles", &["url"])
            .must("url", Text)
            .must("uses", Bigint)
            .must("last_used_at", Time)
            .index(&["marketplace_id", "uses", "url"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["used_articles", "article_uses", "notices", "shipment_lines", "shipments"] {
            manager.drop_table(Table::drop().table(Alias::new(table)).to_owned()).await?;
        }
        Ok(())
    }
}
