//! Products that come back too often.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::codec::{from_json, from_text, json, text};
use super::entity::{defect_outreach, defects, order_lines, orders, product_days, returns};
use super::{Page, PageRequest, PageSide, Result, Store, Tx};
use crate::domain::defects::{DefectFound, DefectState, ProductKey, ProductTally};
use crate::domain::ids::{BuyerId, CaseId, DefectId, MarketplaceId, OrderId, SellerId};
use crate::domain::parties::{Scope, View};
use crate::domain::returns::{ReasonKind, Return};

/// How many rows one statement inserts.
const PORTION: usize = 1000;
/// How many returns of a product are looked at to find one for a reason.
const LOOKED_AT: u64 = 100;

/// A day of a product.
pub type ProductDay = (NaiveDate, ProductKey);
/// Days of products, with the category that was told last.
pub type ProductDays = HashMap<ProductDay, (Option<String>, ProductTally)>;

/// An order with a defective product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affected {
    /// Which.
    pub order: OrderId,
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
}

fn product_day(row: product_days::Model) -> Result<(ProductDay, (Option<String>, ProductTally))> {
    let key = ProductKey { seller: SellerId::from_uuid(row.seller_id), product: row.product };
    let day = from_text(&row.day, "product_days", "day")?;
    Ok(((day, key), (row.category, from_json(row.tally, "product_days", "tally")?)))
}

fn defect(row: defects::Model) -> Result<DefectFound> {
    let found: DefectFound = from_json(row.body, "defects", "body")?;
    Ok(DefectFound { case: row.case_id.map(CaseId::from_uuid), ..found })
}

impl Store {
    /// What was sold of products on a day and came back, with their categories.
    pub async fn products_of_day(
        &self,
        marketplace: MarketplaceId,
        day: NaiveDate,
    ) -> Result<BTreeMap<ProductKey, (Option<String>, ProductTally)>> {
        let find = product_days::Entity::find()
            .filter(product_days::Column::MarketplaceId.eq(marketplace.uuid()))
            .filter(product_days::Column::Day.eq(text(day)));
        let rows = find.all(&self.reads).await?.into_iter().map(product_day);
        rows.map(|row| row.map(|((_, key), found)| (key, found))).collect()
    }

    /// A page of the defects that are open, the newest first: for the operator all, for a seller its own.
    pub async fn defects(&self, scope: Scope, request: &PageRequest<DefectId>) -> Result<Page<DefectFound>> {
        use defects::Column::{Id, MarketplaceId, SellerId as Seller};
        let mut find = defects::Entity::find().filter(MarketplaceId.eq(scope.marketplace.uuid()));
        find = match scope.view {
            View::Whole => find,
            View::Seller(seller) => find.filter(Seller.eq(seller.uuid())),
            View::Storefront | View::Buyer(_) | View::Mediator { .. } => return Ok(Page::of(request, Vec::new())),
        };
        // In the form of the partial index.
        find = find.filter(Expr::cust("state = 'OPEN'"));
        let backwards = request.side == PageSide::First;
        if let Some(from) = request.from {
            find = find.filter(if backwards { Id.lt(from.uuid()) } else { Id.gt(from.uuid()) });
        }
        let find = if backwards { find.order_by_desc(Id) } else { find.order_by_asc(Id) };
        let rows = find.limit(request.size + 1).all(&self.reads).await?;
        Ok(Page::of(request, rows.into_iter().map(defect).collect::<Result<_>>()?))
    }

    /// A defect, for the operator.
    pub async fn defect(&self, scope: Scope, id: DefectId) -> Result<Option<DefectFound>> {
        if scope.view != View::Whole {
            return Ok(None);
        }
        defects::Entity::find_by_id((scope.marketplace.uuid(), id.uuid())).one(&self.reads).await?.map(defect).transpose()
    }

    /// All defects that are open. For who looks at night.
    pub async fn open_defects(&self, marketplace: MarketplaceId) -> Result<Vec<DefectFound>> {
        let find = defects::Entity::find()
            .filter(defects::Column::MarketplaceId.eq(marketplace.uuid()))
            .filter(Expr::cust("state = 'OPEN'"))
            .order_by_asc(defects::Column::Id);
        find.all(&self.reads).await?.into_iter().map(defect).collect()
    }

    /// The orders of a product that were placed since, the oldest first, after one: whose buyers may have a defective piece.
    pub async fn affected(
        &self,
        marketplace: MarketplaceId,
        product: &ProductKey,
        since: DateTime<Utc>,
        after: Option<OrderId>,
        limit: u64,
    ) -> Result<Vec<Affected>> {
        let lines = Query::select()
            .column(order_lines::Column::OrderId)
            .from(order_lines::Entity)
            .and_where(Expr::col((order_lines::Entity, order_lines::Column::MarketplaceId)).eq(marketplace.uuid()))
            .and_where(Expr::col((order_lines::Entity, order_lines::Column::Sku)).eq(&product.product))
            .take();
        let mut find = orders::Entity::find()
            .select_only()
            .column(orders::Column::Id)
            .column(orders::Column::PlacedAt)
            .filter(orders::Column::MarketplaceId.eq(marketplace.uuid()))
            .filter(orders::Column::Id.in_subquery(lines))
            .filter(orders::Column::SellerId.eq(product.seller.uuid()))
            .filter(orders::Column::PlacedAt.gte(since));
        if let Some(after) = after {
            find = find.filter(orders::Column::Id.gt(after.uuid()));
        }
        let rows = find.order_by_asc(orders::Column::Id).limit(limit).into_tuple::<(Uuid, DateTime<Utc>)>().all(&self.reads).await?;
        Ok(rows.into_iter().map(|(order, placed_at)| Affected { order: OrderId::from_uuid(order), placed_at }).collect())
    }
}

impl Tx {
    /// The sums of these days of products, to change them: under the turn nobody else does.
    pub async fn product_days(&self, keys: &[ProductDay]) -> Result<ProductDays> {
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        let find = product_days::Entity::find()
            .filter(product_days::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(product_days::Column::Day.is_in(keys.iter().map(|(day, _)| text(day))))
            .filter(product_days::Column::SellerId.is_in(keys.iter().map(|(_, key)| key.seller.uuid())))
            .filter(product_days::Column::Product.is_in(keys.iter().map(|(_, key)| key.product.clone())));
        let known: ProductDays = find.all(self.db().await?).await?.into_iter().map(product_day).collect::<Result<_>>()?;
        Ok(known.into_iter().filter(|(key, _)| keys.contains(key)).collect())
    }

    /// Stores the sums of days of products.
    pub async fn save_product_days(&self, days: &ProductDays) -> Result<()> {
        use product_days::Column::{Category, Day, MarketplaceId, Product, SellerId, Tally};
        let mut rows: Vec<_> = days
            .iter()
            .map(|((day, key), (category, tally))| {
                let row = product_days::Model {
                    marketplace_id: self.marketplace.uuid(),
                    day: text(day),
                    seller_id: key.seller.uuid(),
                    product: key.product.clone(),
                    category: category.clone(),
                    tally: json(tally),
                };
                row.into_active_model().reset_all()
            })
            .collect();
        while !rows.is_empty() {
            let portion = rows.split_off(rows.len().saturating_sub(PORTION));
            let known = OnConflict::columns([MarketplaceId, Day, SellerId, Product]).update_columns([Category, Tally]).to_owned();
            product_days::Entity::insert_many(portion).on_conflict(known).exec_without_returning(self.db().await?).await?;
        }
        Ok(())
    }

    /// The finding about a product and reason that is open, under lock.
    pub async fn lock_open_defect(&self, product: &ProductKey, reason: ReasonKind) -> Result<Option<DefectFound>> {
        let find = defects::Entity::find()
            .filter(defects::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(defects::Column::SellerId.eq(product.seller.uuid()))
            .filter(defects::Column::Product.eq(&product.product))
            .filter(defects::Column::Reason.eq(text(reason)))
            .filter(Expr::cust("state = 'OPEN'"))
            .lock_exclusive();
        find.one(self.db().await?).await?.map(defect).transpose()
    }

    /// Stores a defect as it is now, or a new one. One that two find at once is a [`super::StoreError::Conflict`] for the second.
    pub async fn save_defect(&self, one: &DefectFound) -> Result<()> {
        use defects::Column::{Body, CaseId as Case, Id, MarketplaceId, State, UpdatedAt};
        let model = defects::Model {
            marketplace_id: self.marketplace.uuid(),
            id: one.id.uuid(),
            seller_id: one.defect.product.seller.uuid(),
            product: one.defect.product.product.clone(),
            reason: text(one.defect.reason),
            state: text(one.state),
            body: json(one),
            case_id: one.case.map(CaseId::uuid),
            created_at: one.found_at,
            updated_at: self.now(),
        };
        let known = OnConflict::columns([MarketplaceId, Id]).update_columns([State, Body, Case, UpdatedAt]).to_owned();
        let insert = defects::Entity::insert(model.into_active_model().reset_all()).on_conflict(known);
        insert.exec_without_returning(self.db().await?).await?;
        Ok(())
    }

    /// Says that a defect is no longer found.
    pub async fn end_defect(&self, one: &DefectFound) -> Result<()> {
        self.save_defect(&DefectFound { state: DefectState::Over, ..one.clone() }).await
    }

    /// The newest return of a product for a reason.
    pub async fn newest_return_of(&self, product: &ProductKey, reason: ReasonKind) -> Result<Option<Return>> {
        let line = Query::select()
            .expr(Expr::val(1))
            .from(order_lines::Entity)
            .and_where(Expr::col((order_lines::Entity, order_lines::Column::MarketplaceId)).eq(self.marketplace.uuid()))
            .and_where(Expr::col((order_lines::Entity, order_lines::Column::OrderId)).equals((returns::Entity, returns::Column::OrderId)))
            .and_where(
                Expr::col((order_lines::Entity, order_lines::Column::ExternalId)).equals((returns::Entity, returns::Column::OrderLine)),
            )
            .and_where(Expr::col((order_lines::Entity, order_lines::Column::Sku)).eq(&product.product))
            .take();
        let orders_with = Query::select()
            .column(order_lines::Column::OrderId)
            .from(order_lines::Entity)
            .and_where(Expr::col((order_lines::Entity, order_lines::Column::MarketplaceId)).eq(self.marketplace.uuid()))
            .and_where(Expr::col((order_lines::Entity, order_lines::Column::Sku)).eq(&product.product))
            .take();
        let find = returns::Entity::find()
            .filter(returns::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(returns::Column::OrderId.in_subquery(orders_with))
            .filter(returns::Column::SellerId.eq(product.seller.uuid()))
            .filter(Expr::exists(line))
            // By the id, the database would walk through all returns to be spared the sorting of a few.
            .order_by_desc(returns::Column::OpenedAt)
            .limit(LOOKED_AT);
        let rows = find.all(self.db().await?).await?;
        let found: Vec<_> = rows.into_iter().map(super::returns::stored).collect::<Result<_>>()?;
        Ok(found.into_iter().find(|one| one.reason.kind == reason))
    }

    /// Remembers that a buyer is written to of a defect. False when that was done before.
    pub async fn claim_outreach(&self, defect: DefectId, buyer: BuyerId, order: OrderId, case: CaseId) -> Result<bool> {
        let row = defect_outreach::Model {
            marketplace_id: self.marketplace.uuid(),
            defect_id: defect.uuid(),
            buyer_id: buyer.uuid(),
            order_id: order.uuid(),
            case_id: case.uuid(),
            created_at: self.now(),
        };
        let insert = defect_outreach::Entity::insert(row.into_active_model().reset_all());
        let written = insert.on_conflict(OnConflict::new().do_nothing().to_owned()).exec_without_returning(self.db().await?).await?;
        Ok(written > 0)
    }

    /// Whether a buyer was written to of a defect.
    pub async fn was_reached(&self, defect: DefectId, buyer: BuyerId) -> Result<bool> {
        let key = (self.marketplace.uuid(), defect.uuid(), buyer.uuid());
        Ok(defect_outreach::Entity::find_by_id(key).one(self.db().await?).await?.is_some())
    }
}
