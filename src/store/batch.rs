//! Writes that nobody waits for: collected, and sent together before the next thing that is asked, at the latest with the
//! commit. A message with all that follows from it goes to the database in one call.
//!
//! PostgreSQL takes them as the parts of one statement, SQLite one after the other. As parts of one statement do not see
//! each other's work, no two of them change the same row.

use std::sync::PoisonError;

use sea_orm::sea_query::{
    Alias, CommonTableExpression, Expr, ExprTrait, InsertStatement, Query, SimpleExpr, SubQueryStatement, UpdateStatement, WithClause,
};
use sea_orm::{
    ActiveValue, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, QueryFilter, QueryTrait, Statement,
    StatementBuilder, Values,
};
use uuid::Uuid;

use super::entity::{cases, marketplaces, search_entries};
use super::search::Words;
use super::{Backend, Result, Tx};

/// How many are collected at most; far below what the databases take at once.
const MOST: usize = 100;
const COUNTED: &str = "counted";

/// A row that a write changes.
type Row = (&'static str, Uuid);

/// A write that waits.
#[derive(Debug)]
pub(super) enum Write {
    /// New rows.
    Insert(InsertStatement),
    /// A change of one row.
    Update(Row, UpdateStatement),
    /// A change of a case, to which the counting of its events is still to be added.
    Case(Box<cases::ActiveModel>),
    /// Events, and how many: the marketplace's counter moves with them.
    Events(i64, InsertStatement),
    /// Where a new message is found.
    Entry(Box<Words>),
}

impl Write {
    fn row(&self) -> Option<Row> {
        match self {
            Self::Update(row, _) => Some(*row),
            Self::Case(case) => case.id.try_as_ref().map(|id| ("cases", *id)),
            Self::Insert(_) | Self::Events(..) | Self::Entry(_) => None,
        }
    }
}

impl Tx {
    /// The connection, after all that was collected has gone over it.
    pub(super) async fn db(&self) -> Result<&DatabaseTransaction> {
        let waiting = std::mem::take(&mut *self.writes.lock().unwrap_or_else(PoisonError::into_inner));
        if !waiting.is_empty() {
            Box::pin(self.write(waiting)).await?;
        }
        Ok(&self.inner)
    }

    /// Writes something, at a time that suits.
    pub(super) async fn later(&self, write: Write) -> Result<()> {
        let row = write.row();
        let collides = {
            let waiting = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.len() >= MOST || row.is_some() && waiting.iter().any(|other| other.row() == row)
        };
        if collides {
            self.db().await?;
        }
        self.writes.lock().unwrap_or_else(PoisonError::into_inner).push(write);
        Ok(())
    }

    /// Adds to the change of a case that waits already. Gives it back when there is none.
    pub(super) fn join_case(&self, change: cases::ActiveModel) -> Option<cases::ActiveModel> {
        let mut waiting = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = waiting.iter_mut().find_map(|write| match write {
            Write::Case(case) if case.id == change.id => Some(case),
            _ => None,
        });
        let Some(case) = waits else { return Some(change) };
        case.last_event = change.last_event;
        for (to, from) in [
            (&mut case.updated_at, change.updated_at),
            (&mut case.seller_updated_at, change.seller_updated_at),
            (&mut case.buyer_updated_at, change.buyer_updated_at),
        ] {
            if from.is_set() {
                *to = from;
            }
        }
        None
    }

    /// The position of the event that is so many before the last of those in the same [`Write::Events`].
    pub(super) fn position(&self, before_last: i64) -> SimpleExpr {
        let mut last = Query::select();
        last.column(marketplaces::Column::LastPosition);
        match self.store.backend {
            Backend::Sqlite => last.from(marketplaces::Entity).and_where(marketplaces::Column::Id.eq(self.marketplace.uuid())),
            Backend::Postgres => last.from(Alias::new(COUNTED)),
        };
        Expr::SubQuery(None, Box::new(last.into())).sub(before_last)
    }

    async fn write(&self, writes: Vec<Write>) -> Result<()> {
        let backend = self.inner.get_database_backend();
        let mut parts = Vec::new();
        for write in writes {
            self.parts_of(write, &mut parts);
        }
        let statement = match (self.store.backend, parts.as_slice()) {
            (Backend::Sqlite, _) | (Backend::Postgres, [_]) => one_after_the_other(backend, &parts),
            (Backend::Postgres, _) => as_one(backend, parts),
        };
        self.inner.execute_raw(statement).await?;
        Ok(())
    }

    fn parts_of(&self, write: Write, parts: &mut Vec<(String, Part)>) {
        let name = format!("part{}", parts.len());
        match write {
            Write::Insert(insert) => parts.push((name, Part::Insert(insert))),
            Write::Update(_, update) => parts.push((name, Part::Update(update))),
            Write::Case(case) => parts.push((name, Part::Update(self.case_update(*case)))),
            Write::Events(count, insert) => {
                parts.push((COUNTED.to_owned(), Part::Update(self.count(count))));
                parts.push((name, Part::Insert(insert)));
            }
            Write::Entry(words) => {
                let entry = format!("entry{}", parts.len());
                parts.push((entry.clone(), Part::Insert(self.new_entry(&words))));
                parts.push((name, Part::Insert(self.words_of_new_entry(&words, &entry))));
            }
        }
    }

    fn case_update(&self, mut case: cases::ActiveModel) -> UpdateStatement {
        let id = case.id.take().unwrap_or_default();
        case.marketplace_id = ActiveValue::NotSet;
        cases::Entity::update_many()
            .set(case)
            .filter(cases::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(cases::Column::Id.eq(id))
            .into_query()
    }

    fn count(&self, count: i64) -> UpdateStatement {
        let mut update = Query::update();
        update
            .table(marketplaces::Entity)
            .value(marketplaces::Column::LastPosition, Expr::col(marketplaces::Column::LastPosition).add(count))
            .and_where(marketplaces::Column::Id.eq(self.marketplace.uuid()));
        if self.store.backend == Backend::Postgres {
            update.returning_col(marketplaces::Column::LastPosition);
        }
        update
    }

    fn new_entry(&self, words: &Words) -> InsertStatement {
        let mut insert = Query::insert();
        insert
            .into_table(search_entries::Entity)
            .columns([search_entries::Column::MarketplaceId, search_entries::Column::Id, search_entries::Column::Kind])
            .values_panic([self.marketplace.uuid().into(), words.id.into(), words.kind.into()]);
        if self.store.backend == Backend::Postgres {
            insert.returning_col(search_entries::Column::Seq);
        }
        insert
    }

    fn words_of_new_entry(&self, words: &Words, entry: &str) -> InsertStatement {
        let seq = match self.store.backend {
            Backend::Sqlite => Query::select()
                .column(search_entries::Column::Seq)
                .from(search_entries::Entity)
                .and_where(search_entries::Column::MarketplaceId.eq(self.marketplace.uuid()))
                .and_where(search_entries::Column::Id.eq(words.id))
                .take(),
            Backend::Postgres => Query::select().column(search_entries::Column::Seq).from(Alias::new(entry.to_owned())).take(),
        };
        words.insert(self.store.backend, Expr::SubQuery(None, Box::new(seq.into())))
    }
}

/// A statement of a batch.
enum Part {
    Insert(InsertStatement),
    Update(UpdateStatement),
}

impl From<Part> for SubQueryStatement {
    fn from(part: Part) -> Self {
        match part {
            Part::Insert(insert) => insert.into(),
            Part::Update(update) => update.into(),
        }
    }
}

fn one_after_the_other(backend: DbBackend, parts: &[(String, Part)]) -> Statement {
    let (mut sql, mut values) = (Vec::new(), Vec::new());
    for (_, part) in parts {
        let statement = match part {
            Part::Insert(insert) => StatementBuilder::build(insert, &backend),
            Part::Update(update) => StatementBuilder::build(update, &backend),
        };
        sql.push(statement.sql);
        values.extend(statement.values.into_iter().flat_map(|values| values.0));
    }
    Statement { sql: sql.join(";\n"), values: Some(Values(values)), db_backend: backend }
}

fn as_one(backend: DbBackend, parts: Vec<(String, Part)>) -> Statement {
    let mut all = WithClause::new();
    for (name, part) in parts {
        all.cte(CommonTableExpression::new().table_name(Alias::new(name)).query(part).to_owned());
    }
    StatementBuilder::build(&all.query(Query::select().expr(Expr::cust("1")).take()), &backend)
}
