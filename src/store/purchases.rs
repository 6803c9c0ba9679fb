//! What was sold, in money. Every telling of a line is kept; the newest is the one that nothing supersedes.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, JsonValue, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::codec::{from_json, from_text, json, text};
use super::entity::{order_line_facts, orders};
use super::orders::visible_orders;
use super::shipments::of_orders;
use super::{Result, Store, StoreError, Tx};
use crate::domain::ids::{MarketplaceId, OrderId, SellerId};
use crate::domain::parties::Scope;
use crate::domain::purchases::{
    FactsVersion, FinalSale, FrozenFact, LineKey, Purchase, PurchasedLine, RecordedLine, SaleFacts, delivered_at,
};
use crate::domain::shipments::Shipment;

/// How many rows one statement inserts.
const PORTION: usize = 2000;

/// An order that is known already, under lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderKnown {
    /// Our id.
    pub id: OrderId,
    /// Who sells.
    pub seller: SellerId,
    /// As of when it is known, by the marketplace's own record.
    pub told_at: Option<DateTime<Utc>>,
    /// What holds for it as a whole.
    pub sale: SaleFacts,
}

/// A telling of a line that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFacts {
    /// Of which order.
    pub order: OrderId,
    /// The line as it is known from now on.
    pub record: RecordedLine,
    /// Whether it was sold as final.
    pub final_sale: FinalSale,
    /// What the telling wanted to change and could not.
    pub kept: Vec<FrozenFact>,
}

fn line(row: order_line_facts::Model, shipments: &[Shipment]) -> Result<PurchasedLine> {
    let inconsistent = |column| StoreError::Inconsistent { table: "order_line_facts", column };
    let recorded = RecordedLine {
        version: FactsVersion::from_number(row.version.try_into().map_err(|_| inconsistent("version"))?),
        told_at: row.told_at,
        sold: from_json(row.facts, "order_line_facts", "facts")?,
    };
    let delivered_at = delivered_at(recorded.sold.line(), recorded.sold.facts().quantity.get(), shipments);
    let final_sale = from_text(&row.final_sale, "order_line_facts", "final_sale")?;
    let kept = from_json(row.kept, "order_line_facts", "kept")?;
    Ok(PurchasedLine { recorded, final_sale, kept, delivered_at })
}

fn sale(kept: Option<JsonValue>) -> Result<SaleFacts> {
    Ok(kept.map(|sale| from_json(sale, "orders", "sale")).transpose()?.unwrap_or_default())
}

async fn newest<C: ConnectionTrait>(db: &C, marketplace: MarketplaceId, orders: &[Uuid]) -> Result<Vec<order_line_facts::Model>> {
    let find = order_line_facts::Entity::find()
        .filter(order_line_facts::Column::MarketplaceId.eq(marketplace.uuid()))
        .filter(order_line_facts::Column::OrderId.is_in(orders.iter().copied()))
        .filter(order_line_facts::Column::SupersededAt.is_null())
        .order_by_asc(order_line_facts::Column::Line);
    Ok(find.all(db).await?)
}

async fn with_lines<C: ConnectionTrait>(db: &C, marketplace: MarketplaceId, rows: Vec<orders::Model>) -> Result<Vec<Purchase>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut shipments: HashMap<OrderId, Vec<Shipment>> = HashMap::new();
    for shipment in of_orders(db, marketplace, &ids).await? {
        shipments.entry(shipment.known.order).or_default().push(shipment);
    }
    let mut lines: HashMap<Uuid, Vec<PurchasedLine>> = HashMap::new();
    for row in newest(db, marketplace, &ids).await? {
        let order = row.order_id;
        let sent = shipments.get(&OrderId::from_uuid(order)).map_or(&[][..], Vec::as_slice);
        lines.entry(order).or_default().push(line(row, sent)?);
    }
    rows.into_iter()
        .map(|row| {
            Ok(Purchase {
                order: OrderId::from_uuid(row.id),
                reference: row.reference,
                seller: SellerId::from_uuid(row.seller_id),
                currency: row.currency.parse().map_err(|_| StoreError::Inconsistent { table: "orders", column: "currency" })?,
                placed_at: row.placed_at,
                sale: sale(row.sale)?,
                lines: lines.remove(&row.id).unwrap_or_default(),
            })
        })
        .collect()
}

impl Store {
    /// Orders in money, of those that the reader knows.
    pub async fn purchases(&self, scope: Scope, ids: &[OrderId]) -> Result<Vec<Purchase>> {
        let find = orders::Entity::find().filter(visible_orders(scope)).filter(orders::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
        with_lines(&self.reads, scope.marketplace, find.all(&self.reads).await?).await
    }
}

impl Tx {
    /// An order in money, under lock: until this transaction ends nobody else decides anything about it.
    pub async fn lock_purchase(&self, order: OrderId) -> Result<Option<Purchase>> {
        let find = orders::Entity::find_by_id((self.marketplace.uuid(), order.uuid())).lock_exclusive();
        let rows = find.all(self.db().await?).await?;
        Ok(with_lines(self.db().await?, self.marketplace, rows).await?.pop())
    }

    /// Orders in money.
    pub async fn purchases(&self, orders: &[OrderId]) -> Result<Vec<Purchase>> {
        let find = orders::Entity::find()
            .filter(orders::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(orders::Column::Id.is_in(orders.iter().map(|id| id.uuid())));
        let rows = find.all(self.db().await?).await?;
        with_lines(self.db().await?, self.marketplace, rows).await
    }

    /// Whether the reader knows an order.
    pub async fn knows_order(&self, scope: Scope, order: OrderId) -> Result<Option<SellerId>> {
        let find = orders::Entity::find()
            .select_only()
            .column(orders::Column::SellerId)
            .filter(visible_orders(scope))
            .filter(orders::Column::Id.eq(order.uuid()));
        Ok(find.into_tuple::<Uuid>().one(self.db().await?).await?.map(SellerId::from_uuid))
    }

    /// Which of these orders exist, under lock, always in the order of their references.
    pub async fn lock_known_orders(&self, references: &[String]) -> Result<BTreeMap<String, OrderKnown>> {
        let find = orders::Entity::find()
            .filter(orders::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(orders::Column::Reference.is_in(references))
            .order_by_asc(orders::Column::Reference)
            .lock_exclusive();
        let known = |row: orders::Model| {
            let (id, seller) = (OrderId::from_uuid(row.id), SellerId::from_uuid(row.seller_id));
            Ok((row.reference, OrderKnown { id, seller, told_at: row.told_at, sale: sale(row.sale)? }))
        };
        find.all(self.db().await?).await?.into_iter().map(known).collect()
    }

    /// The newest tellings of all lines of these orders.
    pub async fn recorded_lines(&self, orders: &[OrderId]) -> Result<HashMap<(OrderId, LineKey), RecordedLine>> {
        let ids: Vec<_> = orders.iter().map(|id| id.uuid()).collect();
        let rows = newest(self.db().await?, self.marketplace, &ids).await?;
        let known = |row: order_line_facts::Model| {
            let order = OrderId::from_uuid(row.order_id);
            let recorded = line(row, &[])?.recorded;
            Ok(((order, recorded.sold.line().clone()), recorded))
        };
        rows.into_iter().map(known).collect()
    }

    /// Keeps tellings of lines beside those before. One that says the same as the newest, but for what cannot be changed, is that
    /// one with a later time.
    pub async fn add_facts(&self, facts: &[NewFacts]) -> Result<()> {
        use order_line_facts::Column::{Kept, Line, MarketplaceId as Tenant, OrderId as Order, SupersededAt, ToldAt, Version};
        let now = self.store.clock.now();
        let mut by_order: BTreeMap<Uuid, Vec<&str>> = BTreeMap::new();
        for told in facts.iter().filter(|told| told.record.version != FactsVersion::FIRST) {
            by_order.entry(told.order.uuid()).or_default().push(told.record.sold.line().as_str());
        }
        for (order, lines) in by_order {
            order_line_facts::Entity::update_many()
                .col_expr(SupersededAt, Expr::value(now))
                .filter(Tenant.eq(self.marketplace.uuid()))
                .filter(Order.eq(order))
                .filter(Line.is_in(lines))
                .filter(Expr::col(SupersededAt).is_null())
                .exec(self.db().await?)
                .await?;
        }
        let mut rows = Vec::with_capacity(facts.len());
        for told in facts {
            let row = order_line_facts::Model {
                marketplace_id: self.marketplace.uuid(),
                order_id: told.order.uuid(),
                line: told.record.sold.line().as_str().to_owned(),
                version: i32::try_from(told.record.version.get()).unwrap_or(i32::MAX),
                told_at: told.record.told_at,
                facts: json(&told.record.sold),
                final_sale: text(told.final_sale),
                kept: json(&told.kept),
                superseded_at: None,
                created_at: now,
            };
            rows.push(row.into_active_model().reset_all());
        }
        // In portions, as both databases limit the number of parameters of one statement.
        while !rows.is_empty() {
            let portion = rows.split_off(rows.len().saturating_sub(PORTION));
            let again = OnConflict::columns([Tenant, Order, Line, Version]).update_columns([ToldAt, Kept, SupersededAt]).to_owned();
            order_line_facts::Entity::insert_many(portion).on_conflict(again).exec_without_returning(self.db().await?).await?;
        }
        Ok(())
    }
}
