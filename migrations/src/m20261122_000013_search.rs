//! Full text of cases and messages, and searches that people keep.
//!
//! The words come folded from the code, the same for both databases, so the tokenizer only parts them at spaces. Each
//! entry also has words of the house: whose it is, so that one seller's search does not walk through everybody's.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::table::Kind::{Json, Text, Time, Uuid};
use crate::table::tenant_table;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        entries(manager).await?;
        let words: &[&str] = match manager.get_database_backend() {
            DbBackend::Postgres => &[
                "CREATE TABLE search_words (rowid bigint PRIMARY KEY REFERENCES search_entries (seq) ON DELETE CASCADE, words tsvector NOT NULL)",
                "CREATE INDEX ix_search_words_words ON search_words USING gin (words)",
            ],
            // Without the text itself, which stands in its own row already.
            _ => &[
                "CREATE VIRTUAL TABLE search_words USING fts5 (gate, words, contact, content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '3')",
            ],
        };
        for sql in words {
            manager.get_connection().execute_unprepared(sql).await?;
        }
        tenant_table("saved_searches", &["id"])
            .must("id", Uuid)
            .must("owner_id", Uuid) // the token that made it
            .one_of("sharing", &["OWNER", "OPERATORS"])
            .must("name", Text)
            .must("filter", Json)
            .must("sort", Text)
            .must("created_at", Time)
            .must("updated_at", Time)
            .index(&["marketplace_id", "owner_id", "id"])
            .index_where(&["marketplace_id", "id"], crate::table::is("sharing", "OPERATORS"))
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["saved_searches", "search_words", "search_entries"] {
            manager.drop_table(Table::drop().table(Alias::new(table)).to_owned()).await?;
        }
        Ok(())
    }
}

/// What can be found, in the order in which it came. The number never leaves the house: it counts everybody's.
async fn entries(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut seq = ColumnDef::new(Alias::new("seq"));
    seq.big_integer().not_null().auto_increment().primary_key();
    let mut kind = ColumnDef::new(Alias::new("kind"));
    kind.text().not_null().check(Expr::col(Alias::new("kind")).is_in(["CASE", "MESSAGE"]));
    let mut table = Table::create();
    table
        .table(Alias::new("search_entries"))
        .col(seq)
        .col(ColumnDef::new(Alias::new("marketplace_id")).uuid().not_null())
        .col(ColumnDef::new(Alias::new("id")).uuid().not_null()) // of the case or message
        .col(kind);
    manager.create_table(table).await?;
    let mut index = Index::create();
    index.name("uq_search_entries_marketplace_id_id").table(Alias::new("search_entries")).unique();
    manager.create_index(index.col(Alias::new("marketplace_id")).col(Alias::new("id")).to_owned()).await
}
