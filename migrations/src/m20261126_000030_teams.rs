//! Which group of agents looks after a case, when figures are sent by themselves, and which rating asks for an improvement.

use sea_orm_migration::prelude::*;

use crate::table::Kind::{Text, Time, Uuid};
use crate::table::tenant_table;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tenant_table("teams", &["id"])
            .must("id", Uuid)
            .must("connection_id", Uuid)
            .must("number", Text) // the helpdesk's own
            .must("name", Text)
            .must("updated_at", Time)
            .unique(&["marketplace_id", "connection_id", "number"])
            .create(manager)
            .await?;
        let team = ColumnDef::new(Alias::new("team_id")).uuid().null().to_owned();
        manager.alter_table(Table::alter().table(Alias::new("cases")).add_column(team).to_owned()).await?;
        let settings = Alias::new("measure_settings");
        let report = ColumnDef::new(Alias::new("report_at")).timestamp_with_time_zone().null().to_owned();
        manager.alter_table(Table::alter().table(settings.clone()).add_column(report).to_owned()).await?;
        let due = Index::create()
            .name("ix_measure_settings_report_at")
            .table(settings)
            .col(Alias::new("report_at"))
            .and_where(Expr::cust("report_at IS NOT NULL"))
            .to_owned();
        manager.create_index(due).await?;
        let improvements = Alias::new("improvements");
        let asked_by = ColumnDef::new(Alias::new("asked_by")).text().null().to_owned(); // a review or a case, each once
        manager.alter_table(Table::alter().table(improvements.clone()).add_column(asked_by).to_owned()).await?;
        let once = Index::create()
            .name("uq_improvements_marketplace_id_asked_by")
            .table(improvements)
            .col(Alias::new("marketplace_id"))
            .col(Alias::new("asked_by"))
            .unique()
            .to_owned();
        manager.create_index(once).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let improvements = Alias::new("improvements");
        let once = Index::drop().name("uq_improvements_marketplace_id_asked_by").table(improvements.clone()).to_owned();
        manager.drop_index(once).await?;
        manager.alter_table(Table::alter().table(improvements).drop_column(Alias::new("asked_by")).to_owned()).await?;
        let settings = Alias::new("measure_settings");
        manager.drop_index(Index::drop().name("ix_measure_settings_report_at").table(settings.clone()).to_owned()).await?;
        manager.alter_table(Table::alter().table(settings).drop_column(Alias::new("report_at")).to_owned()).await?;
        manager.alter_table(Table::alter().table(Alias::new("cases")).drop_column(Alias::new("team_id")).to_owned()).await?;
        manager.drop_table(Table::drop().table(Alias::new("teams")).to_owned()).await
    }
}
