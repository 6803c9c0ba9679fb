//! The history of the database, oldest first. One set for SQLite and PostgreSQL.
//!
//! A migration is history: it imports none of Trilogue's types, so that it does not change when they do.
//! Rules: expand first, contract a release later; no `DEFAULT CURRENT_TIMESTAMP` (SQLite writes another format than
//! the code does, which sorts wrongly); amounts are `bigint` minor units; every key leads with the marketplace.

use sea_orm_migration::prelude::*;

mod m20261122_000001_house;
mod m20261122_000010_alerts;
mod m20261122_000011_attachments;
mod m20261122_000012_templates;
mod m20261122_000013_search;
mod m20261122_000014_mediators;
mod m20261122_000015_pool;
mod m20261122_000016_shipments;
mod m20261122_000017_purchases;
mod m20261122_000018_refunds;
mod m20261122_000019_payments;
mod m20261122_000020_returns;
mod m20261122_000021_disputes;
mod m20261122_000022_ledger;
mod m20261123_000023_sign_ins;
mod m20261123_000024_ratings;
mod m20261123_000025_sanctions;
mod m20261123_000026_measures;
mod m20261123_000027_mentions;
mod m20261124_000028_scorecards;
mod m20261124_000029_defects;
mod m20261126_000030_teams;
mod m20261127_000031_look_again;
mod m20261128_000032_announced;
mod table;

/// Runs the history.
#[derive(Debug, Clone, Copy)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_house::Migration),
            Box::new(m20261122_000010_alerts::Migration),
            Box::new(m20261122_000011_attachments::Migration),
            Box::new(m20261122_000012_templates::Migration),
            Box::new(m20261122_000013_search::Migration),
            Box::new(m20261122_000014_mediators::Migration),
            Box::new(m20261122_000015_pool::Migration),
            Box::new(m20261122_000016_shipments::Migration),
            Box::new(m20261122_000017_purchases::Migration),
            Box::new(m20261122_000018_refunds::Migration),
            Box::new(m20261122_000019_payments::Migration),
            Box::new(m20261122_000020_returns::Migration),
            Box::new(m20261122_000021_disputes::Migration),
            Box::new(m20261122_000022_ledger::Migration),
            Box::new(m20261123_000023_sign_ins::Migration),
            Box::new(m20261123_000024_ratings::Migration),
            Box::new(m20261123_000025_sanctions::Migration),
            Box::new(m20261123_000026_measures::Migration),
            Box::new(m20261123_000027_mentions::Migration),
            Box::new(m20261124_000028_scorecards::Migration),
            Box::new(m20261124_000029_defects::Migration),
            Box::new(m20261126_000030_teams::Migration),
            Box::new(m20261127_000031_look_again::Migration),
            Box::new(m20261128_000032_announced::Migration),
        ]
    }
}
