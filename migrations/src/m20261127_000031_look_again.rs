//! What time changes is looked for in each marketplace by itself: one that cannot be counted keeps no other waiting.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

fn index(columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(format!("ix_kpi_parts_{}", columns.join("_"))).table(Alias::new("kpi_parts"));
    for column in columns {
        index.col(Alias::new(*column));
    }
    index.and_where(Expr::cust("look_at IS NOT NULL")).to_owned()
}

fn gone(name: &str) -> IndexDropStatement {
    Index::drop().name(name).table(Alias::new("kpi_parts")).to_owned()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_index(index(&["marketplace_id", "look_at"])).await?;
        manager.drop_index(gone("ix_kpi_parts_look_at")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_index(index(&["look_at"])).await?;
        manager.drop_index(gone("ix_kpi_parts_marketplace_id_look_at")).await
    }
}
