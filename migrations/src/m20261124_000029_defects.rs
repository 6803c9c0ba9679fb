//! Products that come back too often: what was sold and came back by day, what was found, and who of the buyers was written to.

use sea_orm_migration::prelude::*;

use crate::table::Kind::{Json, Text, Time, Uuid};
use crate::table::{is, tenant_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let lines = Alias::new("order_lines");
        let category = ColumnDef::new(Alias::new("category")).text().null().to_owned();
        manager.alter_table(Table::alter().table(lines.clone()).add_column(category).to_owned()).await?;
        let by_sku = Index::create()
            .name("ix_order_lines_marketplace_id_sku")
            .table(lines)
            .col(Alias::new("marketplace_id"))
            .col(Alias::new("sku"))
            .and_where(Expr::cust("sku IS NOT NULL"))
            .to_owned();
        manager.create_index(by_sku).await?;
        tenant_table("product_days", &["day", "seller_id", "product"])
            .must("day", Text)
            .must("seller_id", Uuid)
            .must("product", Text)
            .may("category", Text) // as it was told last
            .must("tally", Json)
            .create(manager)
            .await?;
        tenant_table("defects", &["id"])
            .must("id", Uuid)
            .must("seller_id", Uuid)
            .must("product", Text)
            .must("reason", Text)
            .one_of("state", &["OPEN", "OVER"])
            .must("body", Json) // the numbers
            .may("case_id", Uuid) // in which the seller was told
            .must("created_at", Time)
            .must("updated_at", Time)
            .unique(&["marketplace_id", "seller_id", "product", "reason"])
            .index_where(&["marketplace_id", "id"], is("state", "OPEN"))
            .create(manager)
            .await?;
        tenant_table("defect_outreach", &["defect_id", "buyer_id"])
            .must("defect_id", Uuid)
            .must("buyer_id", Uuid)
            .must("order_id", Uuid)
            .must("case_id", Uuid)
            .must("created_at", Time)
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["defect_outreach", "defects", "product_days"] {
            manager.drop_table(Table::drop().table(Alias::new(table)).to_owned()).await?;
        }
        let lines = Alias::new("order_lines");
        manager.drop_index(Index::drop().name("ix_order_lines_marketplace_id_sku").table(lines.clone()).to_owned()).await?;
        manager.alter_table(Table::alter().table(lines).drop_column(Alias::new("category")).to_owned()).await
    }
}
