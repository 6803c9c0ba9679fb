//! Shorthand for tables as we build them.

use sea_orm_migration::prelude::*;

/// A column type that means the same on both databases.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Uuid,
    Text,
    Bigint,
    Integer,
    Smallint,
    Json,
    Time,
    Bytes,
}

fn column(name: &'static str, kind: Kind) -> ColumnDef {
    let mut column = ColumnDef::new(Alias::new(name));
    match kind {
        Kind::Uuid => column.uuid(),
        Kind::Text => column.text(),
        Kind::Bigint => column.big_integer(),
        Kind::Integer => column.integer(),
        Kind::Smallint => column.small_integer(),
        Kind::Json => column.json_binary(),
        Kind::Time => column.timestamp_with_time_zone(),
        Kind::Bytes => column.blob(),
    };
    column
}

/// A table under construction.
pub(crate) struct TableBuilder {
    name: &'static str,
    table: TableCreateStatement,
    indexes: Vec<IndexCreateStatement>,
}

/// A table that belongs to a marketplace and leads its keys with it.
pub(crate) fn tenant_table(name: &'static str, key: &[&'static str]) -> TableBuilder {
    let mut builder = plain_table(name).must("marketplace_id", Kind::Uuid);
    let mut primary = Index::create();
    primary.col(Alias::new("marketplace_id"));
    for part in key {
        primary.col(Alias::new(*part));
    }
    builder.table.primary_key(&mut primary);
    builder
}

/// A table of its own.
pub(crate) fn plain_table(name: &'static str) -> TableBuilder {
    let mut table = Table::create();
    table.table(Alias::new(name));
    TableBuilder { name, table, indexes: Vec::new() }
}

impl TableBuilder {
    /// A column that always has a value.
    pub(crate) fn must(mut self, name: &'static str, kind: Kind) -> Self {
        self.table.col(column(name, kind).not_null());
        self
    }

    /// A column that may be null.
    pub(crate) fn may(mut self, name: &'static str, kind: Kind) -> Self {
        self.table.col(column(name, kind).null());
        self
    }

    /// The single-column primary key of a table without a tenant.
    pub(crate) fn key(mut self, name: &'static str, kind: Kind) -> Self {
        self.table.col(column(name, kind).not_null().primary_key());
        self
    }

    /// A number that is never below zero, whoever writes it.
    pub(crate) fn at_least_zero(mut self, name: &'static str) -> Self {
        let mut column = column(name, Kind::Bigint);
        column.not_null().check(Expr::col(Alias::new(name)).gte(0));
        self.table.col(column);
        self
    }

    /// A number that stays this far from zero at most, so that no sum of it is ever rounded or wraps.
    pub(crate) fn within(mut self, name: &'static str, limit: i64) -> Self {
        let mut column = column(name, Kind::Bigint);
        column.not_null().check(Expr::col(Alias::new(name)).between(-limit, limit));
        self.table.col(column);
        self
    }

    /// A text column with a closed set of values.
    pub(crate) fn one_of(mut self, name: &'static str, values: &[&'static str]) -> Self {
        let mut column = column(name, Kind::Text);
        column.not_null().check(Expr::col(Alias::new(name)).is_in(values.iter().copied()));
        self.table.col(column);
        self
    }

    /// Rows go with the row of the tenant's table that they point at.
    pub(crate) fn belongs_to(mut self, column: &'static str, table: &'static str) -> Self {
        let mut key = ForeignKey::create();
        key.name(format!("fk_{}_{column}", self.name))
            .from(Alias::new(self.name), (Alias::new("marketplace_id"), Alias::new(column)))
            .to(Alias::new(table), (Alias::new("marketplace_id"), Alias::new("id")))
            .on_delete(ForeignKeyAction::Cascade);
        self.table.foreign_key(&mut key);
        self
    }

    /// No two rows with the same values here; nulls differ from each other.
    pub(crate) fn unique(self, columns: &[&'static str]) -> Self {
        self.indexed("uq", columns, None, |index| {
            index.unique();
        })
    }

    /// No two rows with the same values here among those that satisfy the condition.
    pub(crate) fn unique_where(self, columns: &[&'static str], condition: SimpleExpr) -> Self {
        self.indexed("uq", columns, Some(condition), |index| {
            index.unique();
        })
    }

    /// Rows are looked up by these.
    pub(crate) fn index(self, columns: &[&'static str]) -> Self {
        self.indexed("ix", columns, None, |_| {})
    }

    /// Rows that satisfy the condition are looked up by these.
    pub(crate) fn index_where(self, columns: &[&'static str], condition: SimpleExpr) -> Self {
        self.indexed("ix", columns, Some(condition), |_| {})
    }

    fn indexed(
        mut self,
        prefix: &str,
        columns: &[&'static str],
        condition: Option<SimpleExpr>,
        shape: impl FnOnce(&mut IndexCreateStatement),
    ) -> Self {
        let mut index = Index::create();
        index.name(format!("{prefix}_{}_{}", self.name, columns.join("_"))).table(Alias::new(self.name));
        for column in columns {
            index.col(Alias::new(*column));
        }
        if let Some(condition) = condition {
            index.and_where(condition);
        }
        shape(&mut index);
        self.indexes.push(index);
        self
    }

    /// Creates the table and its indexes.
    pub(crate) async fn create(self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        manager.create_table(self.table).await?;
        for index in self.indexes {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

/// `column = value`, for partial indexes. A statement must say it in the same form, or SQLite does not see that it fits.
pub(crate) fn is(column: &'static str, value: &'static str) -> SimpleExpr {
    Expr::cust(format!("{column} = '{value}'"))
}

/// `column IS NOT NULL`, for partial indexes.
pub(crate) fn is_not_null(column: &'static str) -> SimpleExpr {
    Expr::cust(format!("{column} IS NOT NULL"))
}

/// `column IN (values)`, for partial indexes.
pub(crate) fn is_one_of(column: &'static str, values: &[&'static str]) -> SimpleExpr {
    // Written out and not bound: neither database takes parameters in an index definition.
    let list = values.iter().map(|value| format!("'{value}'")).collect::<Vec<_>>().join(", ");
    Expr::cust(format!("{column} IN ({list})"))
}
