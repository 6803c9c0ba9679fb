//! Full text of cases and messages: found by whoever may read them, the newest first.
//!
//! The index says only where a word stands. Whether the reader sees it is asked of the row itself, by the same scope as
//! every reading. So that a reader's search does not walk through what is not theirs, each entry also carries words of
//! the house ([`gate`]): the marketplace, the case, its seller and buyer. They are a coarse sieve and no permission.

mod index;
mod language;

pub(super) use index::{CaseKeys, Said, Words};

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, JoinType, Order};
use uuid::Uuid;

use super::codec::{from_text, text};
use super::entity::{cases, messages, search_entries};
use super::page::{Page, PageRequest};
use super::{Backend, Result, Store, scope};
use crate::domain::ids::{CaseId, MessageId, SellerId};
use crate::domain::parties::{Scope, View};
use crate::domain::search::SearchQuery;

/// What kind of thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Findable {
    /// A case, by its subject, its references, its seller, for operators its buyer.
    Case,
    /// A message, by its text.
    Message,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Found {
    /// A case.
    Case(CaseId),
    /// A message.
    Message(MessageId),
}

impl Found {
    const fn uuid(self) -> Uuid {
        match self {
            Self::Case(id) => id.uuid(),
            Self::Message(id) => id.uuid(),
        }
    }
}

/// Where to look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SearchFilter {
    /// Only things of this kind.
    pub kind: Option<Findable>,
    /// Only of this seller.
    pub seller: Option<SellerId>,
    /// Only in this case.
    pub case: Option<CaseId>,
    /// Only what was opened or sent at this time or later.
    pub from: Option<DateTime<Utc>>,
    /// Only what was opened or sent before this time.
    pub before: Option<DateTime<Utc>>,
}

/// A word of the house that entries carry. Its letter keeps it apart from every id of another kind.
fn gate(letter: char, id: Uuid) -> String {
    format!("{letter}{}", id.simple())
}

const CASES: &str = "kc";
const MESSAGES: &str = "km";
/// Said where the buyer may read along, for whoever reads through buyers' eyes.
const STOREFRONT: &str = "v";

/// The words of the house that an entry must carry.
fn gates(scope: Scope, filter: &SearchFilter) -> Vec<String> {
    let mut gates = vec![gate('m', scope.marketplace.uuid())];
    match scope.view {
        View::Whole => {}
        View::Seller(seller) => gates.push(gate('s', seller.uuid())),
        View::Buyer(buyer) => gates.push(gate('b', buyer.uuid())),
        View::Storefront => gates.push(STOREFRONT.to_owned()),
        View::Mediator { case, .. } => gates.push(gate('c', case.uuid())),
    }
    gates.extend(filter.seller.map(|seller| gate('s', seller.uuid())));
    gates.extend(filter.case.map(|case| gate('c', case.uuid())));
    gates.extend(filter.kind.map(|kind| match kind {
        Findable::Case => CASES.to_owned(),
        Findable::Message => MESSAGES.to_owned(),
    }));
    gates
}

impl Backend {
    /// That the words of an entry fit.
    fn fits(self, scope: Scope, query: &SearchQuery, filter: &SearchFilter) -> SimpleExpr {
        let contact = language::Contact::seen_by(scope.view);
        match self {
            Self::Sqlite => Expr::cust_with_values("\"search_words\" MATCH ?", [language::fts5(query, &gates(scope, filter), contact)]),
            Self::Postgres => {
                let asked = language::tsquery(query, &gates(scope, filter), contact);
                Expr::cust_with_values("\"search_words\".\"words\" @@ CAST($1 AS tsquery)", [asked])
            }
        }
    }
}

/// PostgreSQL looks through so many of the newest entries one by one before it asks its index.
const NEWEST: u64 = 2_000;

/// In which way the words are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// As the database thinks best.
    Any,
    /// One by one among the newest: common words are found at once.
    Newest,
    /// All that the index of words has, put in order afterwards. Left to itself, PostgreSQL takes rare words for common ones
    /// and walks through everything from the newest on.
    Index,
}

/// The entries that fit, before anybody asks who may see them: those before the number, if one is given.
fn entries(backend: Backend, scope: Scope, query: &SearchQuery, filter: &SearchFilter, way: Way, before: Option<&Expr>) -> SelectStatement {
    let words = Alias::new("search_words");
    let rowid = || Expr::col((words.clone(), Alias::new("rowid")));
    let fits = || backend.fits(scope, query, filter);
    let mut candidates = Query::select();
    candidates.column((words.clone(), Alias::new("rowid"))).from(words.clone());
    if let Some(before) = before {
        candidates.and_where(rowid().lt(before.clone()));
    }
    let mut select = Query::select();
    match way {
        Way::Any => {
            select.from(words.clone()).and_where(fits());
            if let Some(before) = before {
                select.and_where(rowid().lt(before.clone()));
            }
        }
        Way::Newest => {
            candidates.column((words.clone(), Alias::new("words"))).order_by_expr(rowid(), Order::Desc).limit(NEWEST);
            select.from_subquery(candidates, words.clone()).and_where(fits());
        }
        Way::Index => {
            // An offset, even of nothing, keeps the planner from looking through the parentheses.
            candidates.and_where(fits()).offset(0);
            select.from_subquery(candidates, words.clone());
        }
    }
    let same = Expr::col((search_entries::Entity, search_entries::Column::Seq)).equals((words, Alias::new("rowid")));
    select
        // CROSS tells SQLite to begin with the words; to PostgreSQL it is a join like any other.
        .join(JoinType::CrossJoin, search_entries::Entity, Condition::all())
        .and_where(same)
        .and_where(search_entries::Column::MarketplaceId.eq(scope.marketplace.uuid()))
        .take()
}

/// The ids of the cases of which these words are said, for a list of cases.
pub(super) fn cases_that_say(backend: Backend, scope: Scope, query: &SearchQuery) -> SelectStatement {
    let filter = SearchFilter { kind: Some(Findable::Case), ..SearchFilter::default() };
    entries(backend, scope, query, &filter, Way::Any, None).column((search_entries::Entity, search_entries::Column::Id)).take()
}

/// That the reader sees the thing of this kind behind an entry, and that it is of the right time.
fn seen(kind: Findable, scope: Scope, filter: &SearchFilter) -> Condition {
    let entry = || Expr::col((search_entries::Entity, search_entries::Column::Id));
    let mut select = Query::select();
    select.expr(Expr::val(1));
    let at = match kind {
        Findable::Case => {
            select.from(cases::Entity).cond_where(scope::cases(scope)).and_where(cases::Column::Id.into_expr().eq(entry()));
            Expr::col((cases::Entity, cases::Column::OpenedAt))
        }
        Findable::Message => {
            select.from(messages::Entity).cond_where(scope::messages(scope)).and_where(messages::Column::Id.into_expr().eq(entry()));
            Expr::col((messages::Entity, messages::Column::SentAt))
        }
    };
    if let Some(from) = filter.from {
        select.and_where(at.clone().gte(from));
    }
    if let Some(before) = filter.before {
        select.and_where(at.lt(before));
    }
    Condition::all().add(search_entries::Column::Kind.eq(text(kind))).add(Expr::exists(select))
}

impl Store {
    /// What the reader sees and the words fit, the newest first. There is no count of it, and of nothing else.
    pub async fn search(
        &self,
        scope: Scope,
        query: &SearchQuery,
        filter: &SearchFilter,
        request: &PageRequest<Found>,
    ) -> Result<Page<Found>> {
        let found = match self.backend {
            Backend::Sqlite => self.look(scope, query, filter, request, Way::Any).await?,
            Backend::Postgres => {
                let newest = self.look(scope, query, filter, request, Way::Newest).await?;
                let enough = usize::try_from(request.size).is_ok_and(|size| newest.len() > size);
                if enough { newest } else { self.look(scope, query, filter, request, Way::Index).await? }
            }
        };
        Ok(Page::of(request, found))
    }

    async fn look(
        &self,
        scope: Scope,
        query: &SearchQuery,
        filter: &SearchFilter,
        request: &PageRequest<Found>,
        way: Way,
    ) -> Result<Vec<Found>> {
        let before = request.from.map(|from| {
            let seq = Query::select()
                .column(search_entries::Column::Seq)
                .from(search_entries::Entity)
                .and_where(search_entries::Column::MarketplaceId.eq(scope.marketplace.uuid()))
                .and_where(search_entries::Column::Id.eq(from.uuid()))
                .take();
            Expr::SubQuery(None, Box::new(seq.into()))
        });
        let mut select = entries(self.backend, scope, query, filter, way, before.as_ref());
        select
            .column((search_entries::Entity, search_entries::Column::Id))
            .column((search_entries::Entity, search_entries::Column::Kind))
            .cond_where(Condition::any().add(seen(Findable::Case, scope, filter)).add(seen(Findable::Message, scope, filter)))
            .order_by_expr(Expr::col((Alias::new("search_words"), Alias::new("rowid"))), Order::Desc)
            .limit(request.size + 1);
        let rows = self.reads.query_all(&select).await?;
        let found = rows.into_iter().map(|row| {
            let id: Uuid = row.try_get("", "id")?;
            let kind: String = row.try_get("", "kind")?;
            Ok(match from_text(&kind, "search_entries", "kind")? {
                Findable::Case => Found::Case(CaseId::from_uuid(id)),
                Findable::Message => Found::Message(MessageId::from_uuid(id)),
            })
        });
        found.collect()
    }
}

impl From<Findable> for SimpleExpr {
    fn from(kind: Findable) -> Self {
        Expr::val(text(kind))
    }
}

/// A number that the database gave to an entry.
fn seq(row: &sea_orm::QueryResult) -> Result<i64, DbErr> {
    row.try_get("", "seq")
}
