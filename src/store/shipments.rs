//! Parcels on their way to buyers.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::entity::{order_lines, orders, shipment_lines, shipments};
use super::orders::{line, visible_orders};
use super::{Result, Store, StoreError, Tx};
use crate::domain::ids::{MarketplaceId, OrderId, SellerId, ShipmentId};
use crate::domain::orders::OrderLine;
use crate::domain::parties::Scope;
use crate::domain::shipments::{Shipment, ShipmentReport, ShippedLine};

/// How many rows one statement inserts.
const PORTION: usize = 2000;

/// A parcel of which somebody must look whether its buyer is to be told something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueShipment {
    /// The tenant.
    pub marketplace: MarketplaceId,
    /// The order.
    pub order: OrderId,
    /// The parcel.
    pub shipment: ShipmentId,
}

/// An order under lock, as far as its parcels need to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownOrder {
    /// Our id.
    pub id: OrderId,
    /// Who sells.
    pub seller: SellerId,
    /// What was bought, by the marketplace's ids of the lines, and how many.
    pub lines: BTreeMap<String, u32>,
}

fn shipment(row: shipments::Model, lines: Vec<ShippedLine>) -> Shipment {
    Shipment {
        id: ShipmentId::from_uuid(row.id),
        known: ShipmentReport {
            order: OrderId::from_uuid(row.order_id),
            external_id: row.external_id,
            carrier: row.carrier,
            tracking_number: row.tracking_number,
            tracking_url: row.tracking_url,
            lines,
            promised_at: row.promised_at,
            shipped_at: row.shipped_at,
            delivered_at: row.delivered_at,
            reported_at: row.reported_at,
        },
        told_promise: row.told_promise,
        due_at: row.due_at,
    }
}

/// The parcels of these orders with their lines, in the order in which they became known.
pub(super) async fn of_orders<C: ConnectionTrait>(db: &C, marketplace: MarketplaceId, orders: &[Uuid]) -> Result<Vec<Shipment>> {
    if orders.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows = shipments::Entity::find()
        .filter(shipments::Column::MarketplaceId.eq(marketplace.uuid()))
        .filter(shipments::Column::OrderId.is_in(orders.iter().copied()))
        .all(db)
        .await?;
    rows.sort_unstable_by_key(|row| row.id);
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let found = shipment_lines::Entity::find()
        .filter(shipment_lines::Column::MarketplaceId.eq(marketplace.uuid()))
        .filter(shipment_lines::Column::ShipmentId.is_in(rows.iter().map(|row| row.id)))
        .order_by_asc(shipment_lines::Column::Position)
        .all(db)
        .await?;
    let mut lines: HashMap<Uuid, Vec<ShippedLine>> = HashMap::new();
    for line in found {
        let quantity = line.quantity.try_into().map_err(|_| StoreError::Inconsistent { table: "shipment_lines", column: "quantity" })?;
        lines.entry(line.shipment_id).or_default().push(ShippedLine { line: line.line_external_id, quantity });
    }
    Ok(rows.into_iter().map(|row| (lines.remove(&row.id).unwrap_or_default(), row)).map(|(lines, row)| shipment(row, lines)).collect())
}

impl Store {
    /// The parcels of these orders, of those that the reader knows.
    pub async fn shipments_of(&self, scope: Scope, ids: &[OrderId]) -> Result<Vec<Shipment>> {
        let known = orders::Entity::find()
            .select_only()
            .column(orders::Column::Id)
            .filter(visible_orders(scope))
            .filter(orders::Column::Id.is_in(ids.iter().map(|id| id.uuid())))
            .into_tuple::<Uuid>();
        of_orders(&self.reads, scope.marketplace, &known.all(&self.reads).await?).await
    }

    /// The parcels at which somebody must look now, the longest due first.
    pub async fn due_shipments(&self, now: DateTime<Utc>, limit: u64) -> Result<Vec<DueShipment>> {
        use shipments::Column::{DueAt, Id, MarketplaceId as Tenant, OrderId as Order};
        let due =
            shipments::Entity::find().select_only().columns([Tenant, Order, Id]).filter(DueAt.lte(now)).order_by_asc(DueAt).limit(limit);
        let rows = due.into_tuple::<(Uuid, Uuid, Uuid)>().all(&self.reads).await?;
        let shipment = |(marketplace, order, shipment)| DueShipment {
            marketplace: MarketplaceId::from_uuid(marketplace),
            order: OrderId::from_uuid(order),
            shipment: ShipmentId::from_uuid(shipment),
        };
        Ok(rows.into_iter().map(shipment).collect())
    }
}

impl Tx {
    /// Orders by reference, under lock, so that what is told of their parcels comes one after the other. Always in the order
    /// of their references.
    pub async fn lock_orders(&self, references: &[String]) -> Result<HashMap<String, KnownOrder>> {
        let rows = orders::Entity::find()
            .filter(orders::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(orders::Column::Reference.is_in(references))
            .order_by_asc(orders::Column::Reference)
            .lock_exclusive()
            .all(self.db().await?)
            .await?;
        let found = order_lines::Entity::find()
            .select_only()
            .columns([order_lines::Column::OrderId, order_lines::Column::ExternalId, order_lines::Column::Quantity])
            .filter(order_lines::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(order_lines::Column::OrderId.is_in(rows.iter().map(|row| row.id)))
            .into_tuple::<(Uuid, String, i32)>()
            .all(self.db().await?)
            .await?;
        let mut lines: HashMap<Uuid, BTreeMap<String, u32>> = HashMap::new();
        for (order, line, quantity) in found {
            lines.entry(order).or_default().insert(line, quantity.unsigned_abs());
        }
        let mut known = |row: orders::Model| KnownOrder {
            id: OrderId::from_uuid(row.id),
            seller: SellerId::from_uuid(row.seller_id),
            lines: lines.remove(&row.id).unwrap_or_default(),
        };
        Ok(rows.into_iter().map(|row| (row.reference.clone(), known(row))).collect())
    }

    /// The parcels of these orders.
    pub async fn shipments(&self, orders: &[OrderId]) -> Result<Vec<Shipment>> {
        let orders: Vec<_> = orders.iter().map(|order| order.uuid()).collect();
        of_orders(self.db().await?, self.marketplace, &orders).await
    }

    /// What was bought with an order.
    pub async fn ordered(&self, order: OrderId) -> Result<Vec<OrderLine>> {
        let currency = self.order_total(order).await?.ok_or(StoreError::Inconsistent { table: "orders", column: "id" })?.currency;
        let find = order_lines::Entity::find()
            .filter(order_lines::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(order_lines::Column::OrderId.eq(order.uuid()));
        find.all(self.db().await?).await?.into_iter().map(|row| line(row, currency)).collect()
    }

    /// A parcel, with its order under lock.
    pub async fn lock_shipment(&self, due: DueShipment) -> Result<Option<Shipment>> {
        let locked = orders::Entity::find_by_id((self.marketplace.uuid(), due.order.uuid()))
            .select_only()
            .column(orders::Column::Id)
            .lock_exclusive()
            .into_tuple::<Uuid>();
        if locked.one(self.db().await?).await?.is_none() {
            return Ok(None);
        }
        Ok(self.shipments(&[due.order]).await?.into_iter().find(|shipment| shipment.id == due.shipment))
    }

    /// Remembers that somebody looked at a parcel.
    pub async fn save_look(&self, shipment: &Shipment) -> Result<()> {
        let change =
            shipments::ActiveModel { told_promise: Set(shipment.told_promise), due_at: Set(shipment.due_at), ..Default::default() };
        shipments::Entity::update_many()
            .set(change)
            .filter(shipments::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(shipments::Column::Id.eq(shipment.id.uuid()))
            .exec(self.db().await?)
            .await?;
        self.mark_orders([shipment.known.order]).await
    }

    /// Stores parcels as they are known now. Their orders are under lock.
    pub async fn save_shipments(&self, changed: &[Shipment]) -> Result<()> {
        use shipments::Column::{
            Carrier, DeliveredAt, DueAt, Id, MarketplaceId, PromisedAt, ReportedAt, ShippedAt, ToldPromise, TrackingNumber, TrackingUrl,
            UpdatedAt,
        };
        if changed.is_empty() {
            return Ok(());
        }
        let now = self.store.clock.now();
        let row = |shipment: &Shipment| {
            let known = shipment.known.clone();
            shipments::Model {
                marketplace_id: self.marketplace.uuid(),
                id: shipment.id.uuid(),
                order_id: known.order.uuid(),
                external_id: known.external_id,
                carrier: known.carrier,
                tracking_number: known.tracking_number,
                tracking_url: known.tracking_url,
                promised_at: known.promised_at,
                shipped_at: known.shipped_at,
                delivered_at: known.delivered_at,
                reported_at: known.reported_at,
                told_promise: shipment.told_promise,
                due_at: shipment.due_at,
                created_at: now,
                updated_at: now,
            }
            .into_active_model()
            .reset_all()
        };
        let replaced =
            [Carrier, TrackingNumber, TrackingUrl, PromisedAt, ShippedAt, DeliveredAt, ReportedAt, ToldPromise, DueAt, UpdatedAt];
        let replace = OnConflict::columns([MarketplaceId, Id]).update_columns(replaced).to_owned();
        shipments::Entity::insert_many(changed.iter().map(row)).on_conflict(replace).exec_without_returning(self.db().await?).await?;
        shipment_lines::Entity::delete_many()
            .filter(shipment_lines::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(shipment_lines::Column::ShipmentId.is_in(changed.iter().map(|shipment| shipment.id.uuid())))
            .exec(self.db().await?)
            .await?;
        let line = |(shipment, position, line): (ShipmentId, i32, &ShippedLine)| {
            shipment_lines::Model {
                marketplace_id: self.marketplace.uuid(),
                shipment_id: shipment.uuid(),
                position,
                line_external_id: line.line.clone(),
                quantity: i32::try_from(line.quantity).unwrap_or(i32::MAX),
            }
            .into_active_model()
            .reset_all()
        };
        let all = changed.iter().flat_map(|shipment| (0..).zip(&shipment.known.lines).map(|(at, line)| (shipment.id, at, line)));
        let rows: Vec<_> = all.map(line).collect();
        for portion in rows.chunks(PORTION) {
            shipment_lines::Entity::insert_many(portion.to_vec()).exec_without_returning(self.db().await?).await?;
        }
        let orders: BTreeSet<_> = changed.iter().map(|shipment| shipment.known.order).collect();
        self.mark_orders(orders).await
    }
}
