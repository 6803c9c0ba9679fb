//! Which group of agents looks after a case, and when figures are sent by themselves.

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
        manager.create_index(due).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let settings = Alias::new("measure_settings");
        manager.drop_index(Index::drop().name("ix_measure_settings_report_at").table(settings.clone()).to_owned()).await?;
        manager.alter_table(Table::alter().table(settings).drop_column(Alias::new("report_at")).to_owned()).await?;
        manager.alter_table(Table::alter().table(Alias::new("cases")).drop_column(Alias::new("team_id")).to_owned()).await?;
        manager.drop_table(Table::drop().table(Alias::new("teams")).to_owned()).await
    }
}
