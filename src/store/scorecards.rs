//! What is counted of sellers: how far, what each case and order added last, and the sums by day.
//!
//! Whoever counts reads first and then, in one unit of work, takes the turn, takes out what was put in and puts in what is.
//! Of two replicas that read the same, one takes the turn.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::codec::{from_json, from_text, json, text};
use super::entity::{cases, events, marketplaces, orders, seller_cursors, seller_days, seller_facts, seller_marks};
use super::{Result, Store, Tx, timeline};
use crate::domain::ids::{CaseId, MarketplaceId, OrderId, SellerId};
use crate::domain::scorecards::{SellerFacts, SellerTally, Subject};
use crate::domain::timeline::Event;

/// How many rows one statement inserts.
const PORTION: usize = 1000;

/// How far a marketplace was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counting {
    /// The tenant.
    pub marketplace: MarketplaceId,
    /// The position of the last event that was counted.
    pub position: i64,
    /// How often somebody counted: whoever counts next names it.
    pub turn: i64,
}

/// A day of a seller.
pub type DayKey = (SellerId, NaiveDate);

/// Days of sellers.
pub type SellerDays = HashMap<SellerId, BTreeMap<NaiveDate, SellerTally>>;

fn kind(subject: Subject) -> (&'static str, Uuid) {
    match subject {
        Subject::Case(id) => ("CASE", id.uuid()),
        Subject::Order(id) => ("ORDER", id.uuid()),
    }
}

fn day(text: &str) -> Result<NaiveDate> {
    from_text(text, "seller_days", "day")
}

fn counting(row: &seller_cursors::Model) -> Counting {
    Counting { marketplace: MarketplaceId::from_uuid(row.marketplace_id), position: row.position, turn: row.turn }
}

fn tally(row: seller_days::Model) -> Result<(DayKey, SellerTally)> {
    let key = (SellerId::from_uuid(row.seller_id), day(&row.day)?);
    Ok((key, from_json(row.tally, "seller_days", "tally")?))
}

impl Store {
    /// The marketplaces in which something is to be counted.
    pub async fn sellers_uncounted(&self) -> Result<Vec<Counting>> {
        let of_cursor = |column| Expr::col(column).equals((seller_cursors::Entity, seller_cursors::Column::MarketplaceId));
        let grown = Query::select()
            .expr(Expr::val(1))
            .from(marketplaces::Entity)
            .and_where(of_cursor((marketplaces::Entity, marketplaces::Column::Id)))
            .and_where(
                Expr::col((marketplaces::Entity, marketplaces::Column::LastPosition))
                    .gt(Expr::col((seller_cursors::Entity, seller_cursors::Column::Position))),
            )
            .take();
        let marked = Query::select()
            .expr(Expr::val(1))
            .from(seller_marks::Entity)
            .and_where(
                Expr::col((seller_marks::Entity, seller_marks::Column::MarketplaceId))
                    .equals((seller_cursors::Entity, seller_cursors::Column::MarketplaceId)),
            )
            .take();
        let due = Condition::any().add(Expr::exists(grown)).add(Expr::exists(marked));
        Ok(seller_cursors::Entity::find().filter(due).all(&self.reads).await?.iter().map(counting).collect())
    }

    /// How far a marketplace was counted.
    pub async fn counting(&self, marketplace: MarketplaceId) -> Result<Option<Counting>> {
        Ok(seller_cursors::Entity::find_by_id(marketplace.uuid()).one(&self.reads).await?.as_ref().map(counting))
    }

    /// Orders that are to be counted again, with the marks that say so, the oldest first.
    pub async fn marked_orders(&self, marketplace: MarketplaceId, limit: u64) -> Result<Vec<(Uuid, OrderId)>> {
        let find = seller_marks::Entity::find()
            .filter(seller_marks::Column::MarketplaceId.eq(marketplace.uuid()))
            .order_by_asc(seller_marks::Column::Id)
            .limit(limit);
        Ok(find.all(&self.reads).await?.into_iter().map(|row| (row.id, OrderId::from_uuid(row.order_id))).collect())
    }

    /// All that happened in cases, by case, the oldest first. For who counts.
    pub async fn histories(&self, marketplace: MarketplaceId, of: &[CaseId]) -> Result<HashMap<CaseId, Vec<Event>>> {
        if of.is_empty() {
            return Ok(HashMap::new());
        }
        let find = events::Entity::find()
            .filter(events::Column::MarketplaceId.eq(marketplace.uuid()))
            .filter(events::Column::CaseId.is_in(of.iter().map(|case| case.uuid())));
        let mut found: HashMap<CaseId, Vec<Event>> = HashMap::new();
        for row in find.all(&self.reads).await? {
            let event = timeline::event(row)?;
            found.entry(event.case).or_default().push(event);
        }
        for events in found.values_mut() {
            events.sort_unstable_by_key(|event| event.number);
        }
        Ok(found)
    }

    /// The next cases or orders after one, by their ids: to count everything anew.
    pub async fn subjects_after(&self, marketplace: MarketplaceId, after: Subject, limit: u64) -> Result<Vec<Subject>> {
        let tenant = marketplace.uuid();
        Ok(match after {
            Subject::Case(after) => {
                let find = cases::Entity::find()
                    .select_only()
                    .column(cases::Column::Id)
                    .filter(cases::Column::MarketplaceId.eq(tenant))
                    .filter(cases::Column::Id.gt(after.uuid()))
                    .order_by_asc(cases::Column::Id)
                    .limit(limit);
                let found = find.into_tuple::<Uuid>().all(&self.reads).await?;
                found.into_iter().map(|id| Subject::Case(CaseId::from_uuid(id))).collect()
            }
            Subject::Order(after) => {
                let find = orders::Entity::find()
                    .select_only()
                    .column(orders::Column::Id)
                    .filter(orders::Column::MarketplaceId.eq(tenant))
                    .filter(orders::Column::Id.gt(after.uuid()))
                    .order_by_asc(orders::Column::Id)
                    .limit(limit);
                let found = find.into_tuple::<Uuid>().all(&self.reads).await?;
                found.into_iter().map(|id| Subject::Order(OrderId::from_uuid(id))).collect()
            }
        })
    }

    /// What is counted of sellers, from a day to a day.
    pub async fn seller_days(&self, marketplace: MarketplaceId, of: &[SellerId], from: NaiveDate, to: NaiveDate) -> Result<SellerDays> {
        let find = seller_days::Entity::find()
            .filter(seller_days::Column::MarketplaceId.eq(marketplace.uuid()))
            .filter(seller_days::Column::SellerId.is_in(of.iter().map(|seller| seller.uuid())))
            .filter(seller_days::Column::Day.between(text(from), text(to)));
        let mut days = SellerDays::new();
        for row in find.all(&self.reads).await? {
            let ((seller, day), tally) = tally(row)?;
            days.entry(seller).or_default().insert(day, tally);
        }
        Ok(days)
    }
}

impl Tx {
    /// Says that somebody counted up to a position. False when somebody else did so in the meantime.
    pub async fn take_turn(&self, counting: Counting, to: i64) -> Result<bool> {
        let advance = seller_cursors::Entity::update_many()
            .col_expr(seller_cursors::Column::Position, Expr::value(to))
            .col_expr(seller_cursors::Column::Turn, Expr::value(counting.turn + 1))
            .filter(seller_cursors::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(seller_cursors::Column::Turn.eq(counting.turn));
        Ok(advance.exec(self.db().await?).await?.rows_affected > 0)
    }

    /// Says that orders are to be counted again.
    pub async fn mark_orders(&self, ids: impl IntoIterator<Item = OrderId>) -> Result<()> {
        let mut rows: Vec<_> = ids
            .into_iter()
            .map(|order| {
                // Ids of this kind are never shown; that they sort by time is all that is asked of them.
                let id = OrderId::generate().uuid();
                let row = seller_marks::Model { marketplace_id: self.marketplace.uuid(), id, order_id: order.uuid() };
                row.into_active_model().reset_all()
            })
            .collect();
        while !rows.is_empty() {
            let portion = rows.split_off(rows.len().saturating_sub(PORTION));
            seller_marks::Entity::insert_many(portion).exec_without_returning(self.db().await?).await?;
        }
        Ok(())
    }

    /// Removes the marks of orders that were counted.
    pub async fn unmark_orders(&self, marks: &[Uuid]) -> Result<()> {
        if marks.is_empty() {
            return Ok(());
        }
        seller_marks::Entity::delete_many()
            .filter(seller_marks::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(seller_marks::Column::Id.is_in(marks.iter().copied()))
            .exec(self.db().await?)
            .await?;
        Ok(())
    }

    /// What cases and orders added last.
    pub async fn seller_facts(&self, of: &[Subject]) -> Result<HashMap<Subject, SellerFacts>> {
        let mut found = HashMap::new();
        for name in ["CASE", "ORDER"] {
            let ids: Vec<_> = of.iter().map(|subject| kind(*subject)).filter(|(kind, _)| *kind == name).map(|(_, id)| id).collect();
            if ids.is_empty() {
                continue;
            }
            let find = seller_facts::Entity::find()
                .filter(seller_facts::Column::MarketplaceId.eq(self.marketplace.uuid()))
                .filter(seller_facts::Column::Kind.eq(name))
                .filter(seller_facts::Column::SubjectId.is_in(ids));
            for row in find.all(self.db().await?).await? {
                let subject = match name {
                    "CASE" => Subject::Case(CaseId::from_uuid(row.subject_id)),
                    _ => Subject::Order(OrderId::from_uuid(row.subject_id)),
                };
                found.insert(subject, from_json(row.facts, "seller_facts", "facts")?);
            }
        }
        Ok(found)
    }

    /// Remembers what cases and orders add now.
    pub async fn save_seller_facts(&self, facts: &[(Subject, SellerFacts)]) -> Result<()> {
        use seller_facts::Column::{Facts, Kind, MarketplaceId, SubjectId};
        if facts.is_empty() {
            return Ok(());
        }
        let rows = facts.iter().map(|(subject, facts)| {
            let (kind, subject_id) = kind(*subject);
            let row =
                seller_facts::Model { marketplace_id: self.marketplace.uuid(), kind: kind.to_owned(), subject_id, facts: json(facts) };
            row.into_active_model().reset_all()
        });
        let known = OnConflict::columns([MarketplaceId, Kind, SubjectId]).update_column(Facts).to_owned();
        seller_facts::Entity::insert_many(rows).on_conflict(known).exec_without_returning(self.db().await?).await?;
        Ok(())
    }

    /// The sums of these days, to change them: under the turn nobody else does.
    pub async fn seller_days(&self, keys: &[DayKey]) -> Result<HashMap<DayKey, SellerTally>> {
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        let find = seller_days::Entity::find()
            .filter(seller_days::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(seller_days::Column::SellerId.is_in(keys.iter().map(|(seller, _)| seller.uuid())))
            .filter(seller_days::Column::Day.is_in(keys.iter().map(|(_, day)| text(day))));
        find.all(self.db().await?).await?.into_iter().map(tally).collect()
    }

    /// Stores the sums of days.
    pub async fn save_seller_days(&self, days: &HashMap<DayKey, SellerTally>) -> Result<()> {
        use seller_days::Column::{Day, MarketplaceId, SellerId, Tally};
        let mut rows: Vec<_> = days
            .iter()
            .map(|((seller, day), tally)| {
                let row = seller_days::Model {
                    marketplace_id: self.marketplace.uuid(),
                    seller_id: seller.uuid(),
                    day: text(day),
                    tally: json(tally),
                };
                row.into_active_model().reset_all()
            })
            .collect();
        while !rows.is_empty() {
            let portion = rows.split_off(rows.len().saturating_sub(PORTION));
            let known = OnConflict::columns([MarketplaceId, SellerId, Day]).update_column(Tally).to_owned();
            seller_days::Entity::insert_many(portion).on_conflict(known).exec_without_returning(self.db().await?).await?;
        }
        Ok(())
    }

    /// Begins to count a new marketplace.
    pub(super) async fn start_counting(&self, night_at: DateTime<Utc>) -> Result<()> {
        let row = seller_cursors::Model { marketplace_id: self.marketplace.uuid(), position: 0, turn: 0, night_at };
        seller_cursors::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(self.db().await?).await?;
        Ok(())
    }
}
