//! Sellers, buyers and orders.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{OnConflict, Query};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::codec::{from_json, json};
use super::entity::{buyer_identities, buyers, cases, order_lines, orders, sellers};
use super::{Result, Store, StoreError, Tx, scope};
use crate::domain::ids::{BuyerId, ConnectionId, OrderId, SellerId};
use crate::domain::money::{Currency, Money};
use crate::domain::orders::{Buyer, Order, OrderLine, Seller};
use crate::domain::parties::{Scope, View};
use crate::domain::purchases::SaleFacts;

/// What a vendor says about a seller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SellerDraft {
    /// The marketplace's id of it.
    pub external_id: String,
    /// The shop's name.
    pub name: String,
    /// Where to write to.
    pub email: Option<String>,
    /// Its language.
    pub locale: Option<String>,
}

/// What a vendor says about an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderDraft {
    /// Its reference.
    pub reference: String,
    /// Who sells.
    pub seller: SellerId,
    /// The buyer's address.
    pub buyer_email: Option<String>,
    /// What was paid.
    pub total: Money,
    /// When.
    pub placed_at: DateTime<Utc>,
    /// When the marketplace's own record was made or changed.
    pub told_at: DateTime<Utc>,
    /// What holds for it as a whole.
    pub sale: SaleFacts,
    /// What was bought.
    pub lines: Vec<OrderLine>,
}

fn seller(row: sellers::Model) -> Result<Seller> {
    Ok(Seller {
        id: SellerId::from_uuid(row.id),
        external_id: row.external_id,
        name: row.name,
        email: row.email,
        locale: row.locale,
        closures: super::charter::closures(row.closures)?,
        hours: row.hours.map(|hours| from_json(hours, "sellers", "hours")).transpose()?.map(Arc::new),
        updated_at: row.updated_at,
    })
}

fn buyer(row: buyers::Model) -> Buyer {
    Buyer { id: BuyerId::from_uuid(row.id), name: row.name, email: row.email }
}

pub(super) fn line(row: order_lines::Model, currency: Currency) -> Result<OrderLine> {
    Ok(OrderLine {
        external_id: row.external_id,
        title: row.title,
        sku: row.sku,
        category: row.category,
        quantity: row.quantity.try_into().map_err(|_| StoreError::Inconsistent { table: "order_lines", column: "quantity" })?,
        unit_price: Money { minor: row.unit_price_minor, currency },
    })
}

/// The orders that a reader knows: the operator and the vendor all, a seller its own, buyers those placed with their address
/// and those of their cases, mediators those of their cases.
pub(super) fn visible_orders(scope: Scope) -> Condition {
    let tenant = Condition::all().add(orders::Column::MarketplaceId.eq(scope.marketplace.uuid()));
    match scope.view {
        View::Whole | View::Storefront => tenant,
        View::Seller(seller) => tenant.add(orders::Column::SellerId.eq(seller.uuid())),
        View::Buyer(buyer) => {
            let address = Query::select()
                .column(buyers::Column::Email)
                .from(buyers::Entity)
                .and_where(buyers::Column::MarketplaceId.eq(scope.marketplace.uuid()))
                .and_where(buyers::Column::Id.eq(buyer.uuid()))
                .take();
            let own = orders::Column::BuyerEmail.in_subquery(address);
            tenant.add(Condition::any().add(own).add(scope::known_case(scope, cases::Column::OrderId, orders::Column::Id)))
        }
        View::Mediator { .. } => tenant.add(scope::known_case(scope, cases::Column::OrderId, orders::Column::Id)),
    }
}

impl Store {
    async fn with_lines(&self, rows: Vec<orders::Model>) -> Result<Vec<Order>> {
        let Some(first) = rows.first() else { return Ok(Vec::new()) };
        let found = order_lines::Entity::find()
            .filter(order_lines::Column::MarketplaceId.eq(first.marketplace_id))
            .filter(order_lines::Column::OrderId.is_in(rows.iter().map(|row| row.id)))
            .order_by_asc(order_lines::Column::Position)
            .all(&self.reads)
            .await?;
        let mut lines: HashMap<Uuid, Vec<order_lines::Model>> = HashMap::new();
        for line in found {
            lines.entry(line.order_id).or_default().push(line);
        }
        rows.into_iter()
            .map(|row| {
                let currency = row.currency.parse().map_err(|_| StoreError::Inconsistent { table: "orders", column: "currency" })?;
                let lines = lines.remove(&row.id).unwrap_or_default();
                Ok(Order {
                    id: OrderId::from_uuid(row.id),
                    reference: row.reference,
                    seller: SellerId::from_uuid(row.seller_id),
                    buyer_email: row.buyer_email,
                    total: Money { minor: row.total_minor, currency },
                    placed_at: row.placed_at,
                    lines: lines.into_iter().map(|row| line(row, currency)).collect::<Result<_>>()?,
                    updated_at: row.updated_at,
                })
            })
            .collect()
    }

    /// Orders by id, as the reader knows them.
    pub async fn orders_by_id(&self, scope: Scope, ids: &[OrderId]) -> Result<Vec<Order>> {
        let find = orders::Entity::find().filter(visible_orders(scope)).filter(orders::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
        self.with_lines(find.all(&self.reads).await?).await
    }

    /// Orders by reference, as the reader knows them.
    pub async fn orders_by_reference(&self, scope: Scope, references: &[String]) -> Result<Vec<Order>> {
        let find = orders::Entity::find().filter(visible_orders(scope)).filter(orders::Column::Reference.is_in(references));
        self.with_lines(find.all(&self.reads).await?).await
    }

    /// Sellers by id. A seller knows itself alone; buyers and mediators the sellers of their cases.
    pub async fn sellers_by_id(&self, scope: Scope, ids: &[SellerId]) -> Result<Vec<Seller>> {
        let find = sellers::Entity::find().filter(visible_sellers(scope)).filter(sellers::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
        find.all(&self.reads).await?.into_iter().map(seller).collect()
    }

    /// Sellers by the marketplace's own ids.
    pub async fn sellers_by_external_id(&self, scope: Scope, external_ids: &[String]) -> Result<Vec<Seller>> {
        let find = sellers::Entity::find().filter(visible_sellers(scope)).filter(sellers::Column::ExternalId.is_in(external_ids));
        find.all(&self.reads).await?.into_iter().map(seller).collect()
    }

    /// Buyers by id, of cases that the reader knows.
    pub async fn buyers_by_id(&self, scope: Scope, ids: &[BuyerId]) -> Result<Vec<Buyer>> {
        let mut find = buyers::Entity::find()
            .filter(buyers::Column::MarketplaceId.eq(scope.marketplace.uuid()))
            .filter(buyers::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
        if scope.view != View::Whole {
            find = find.filter(scope::known_case(scope, cases::Column::BuyerId, buyers::Column::Id));
        }
        Ok(find.all(&self.reads).await?.into_iter().map(buyer).collect())
    }
}

fn visible_sellers(scope: Scope) -> Condition {
    let tenant = Condition::all().add(sellers::Column::MarketplaceId.eq(scope.marketplace.uuid()));
    match scope.view {
        View::Whole | View::Storefront => tenant,
        View::Seller(seller) => tenant.add(sellers::Column::Id.eq(seller.uuid())),
        View::Buyer(_) | View::Mediator { .. } => tenant.add(scope::known_case(scope, cases::Column::SellerId, sellers::Column::Id)),
    }
}

impl Tx {
    /// A buyer.
    pub async fn buyer(&self, id: BuyerId) -> Result<Option<Buyer>> {
        Ok(buyers::Entity::find_by_id((self.marketplace.uuid(), id.uuid())).one(self.db().await?).await?.map(buyer))
    }

    /// Who bought with an order, by its address; none where the order has none.
    pub async fn buyer_with_address(&self, order: OrderId) -> Result<Option<Buyer>> {
        Ok(Some(self.buyer_of_order(order).await?).filter(|buyer| buyer.email.is_some()))
    }

    /// Who bought with an order, by its address; a buyer without one where the order has none.
    pub async fn buyer_of_order(&self, order: OrderId) -> Result<Buyer> {
        let find = orders::Entity::find_by_id((self.marketplace.uuid(), order.uuid()))
            .select_only()
            .column(orders::Column::BuyerEmail)
            .into_tuple::<Option<String>>();
        let email = find.one(self.db().await?).await?.flatten();
        self.buyer_of(None, "", email.as_deref()).await
    }

    /// What was paid for an order in all.
    pub async fn order_total(&self, order: OrderId) -> Result<Option<Money>> {
        let find = orders::Entity::find_by_id((self.marketplace.uuid(), order.uuid()))
            .select_only()
            .column(orders::Column::TotalMinor)
            .column(orders::Column::Currency);
        let Some((minor, currency)) = find.into_tuple::<(i64, String)>().one(self.db().await?).await? else { return Ok(None) };
        let currency: Currency = currency.parse().map_err(|_| StoreError::Inconsistent { table: "orders", column: "currency" })?;
        Ok(Some(Money { minor, currency }))
    }

    /// Whether an order has a line of this name.
    pub async fn has_line(&self, order: OrderId, external_id: &str) -> Result<bool> {
        let find = order_lines::Entity::find()
            .select_only()
            .column(order_lines::Column::Position)
            .filter(order_lines::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(order_lines::Column::OrderId.eq(order.uuid()))
            .filter(order_lines::Column::ExternalId.eq(external_id));
        Ok(find.into_tuple::<i32>().one(self.db().await?).await?.is_some())
    }

    /// Stores sellers, or what changed about them, by the marketplace's own ids; gives them back in the same order.
    pub async fn upsert_sellers(&self, drafts: &[SellerDraft]) -> Result<Vec<Seller>> {
        if drafts.is_empty() {
            return Ok(Vec::new());
        }
        self.known.forget_sellers();
        let before = self.seller_names(drafts).await?;
        let now = self.store.clock.now();
        let rows = drafts.iter().map(|draft| {
            sellers::Model {
                marketplace_id: self.marketplace.uuid(),
                id: SellerId::generate().uuid(),
                external_id: draft.external_id.clone(),
                name: draft.name.clone(),
                email: draft.email.clone(),
                locale: draft.locale.clone(),
                closures: None,
                hours: None,
                created_at: now,
                updated_at: now,
            }
            .into_active_model()
            .reset_all()
        });
        let on_conflict = OnConflict::columns([sellers::Column::MarketplaceId, sellers::Column::ExternalId])
            .update_columns([sellers::Column::Name, sellers::Column::Email, sellers::Column::Locale, sellers::Column::UpdatedAt])
            .to_owned();
        sellers::Entity::insert_many(rows).on_conflict(on_conflict).exec_without_returning(self.db().await?).await?;
        let stored = sellers::Entity::find()
            .filter(sellers::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(sellers::Column::ExternalId.is_in(drafts.iter().map(|draft| &draft.external_id)))
            .all(self.db().await?)
            .await?;
        let renamed = |row: &&sellers::Model| before.get(&row.id).is_some_and(|name| *name != row.name);
        let renamed: Vec<_> = stored.iter().filter(renamed).map(|row| row.id).collect();
        if !renamed.is_empty() {
            self.reindex_sellers(&renamed).await?;
        }
        let mut by_external_id: HashMap<String, Seller> =
            stored.into_iter().map(|row| Ok((row.external_id.clone(), seller(row)?))).collect::<Result<_>>()?;
        Ok(drafts.iter().filter_map(|draft| by_external_id.remove(&draft.external_id)).collect())
    }

    /// What the sellers of these drafts are called so far.
    async fn seller_names(&self, drafts: &[SellerDraft]) -> Result<HashMap<Uuid, String>> {
        let find = sellers::Entity::find()
            .select_only()
            .columns([sellers::Column::Id, sellers::Column::Name])
            .filter(sellers::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(sellers::Column::ExternalId.is_in(drafts.iter().map(|draft| &draft.external_id)));
        Ok(find.into_tuple::<(Uuid, String)>().all(self.db().await?).await?.into_iter().collect())
    }

    /// The sellers with these ids of the marketplace's own.
    pub async fn seller_ids(&self, external_ids: &[String]) -> Result<HashMap<String, SellerId>> {
        let found = sellers::Entity::find()
            .filter(sellers::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(sellers::Column::ExternalId.is_in(external_ids))
            .all(self.db().await?)
            .await?;
        Ok(found.into_iter().map(|row| (row.external_id, SellerId::from_uuid(row.id))).collect())
    }

    /// The name of a seller's shop; empty when there is no such seller.
    pub async fn seller_name(&self, seller: SellerId) -> Result<String> {
        Ok(self.seller(seller).await?.map(|row| row.name).unwrap_or_default())
    }

    /// A seller's row, read once.
    pub(super) async fn seller(&self, seller: SellerId) -> Result<Option<sellers::Model>> {
        if let Some(known) = self.known.seller(seller) {
            return Ok(Some(known));
        }
        let found = sellers::Entity::find_by_id((self.marketplace.uuid(), seller.uuid())).one(self.db().await?).await?;
        if let Some(row) = &found {
            self.known.learn_seller(row.clone());
        }
        Ok(found)
    }

    /// Which of these orders exist, and who sells them.
    pub async fn order_sellers(&self, references: &[String]) -> Result<BTreeMap<String, (OrderId, SellerId)>> {
        let found = orders::Entity::find()
            .filter(orders::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(orders::Column::Reference.is_in(references))
            .all(self.db().await?)
            .await?;
        Ok(found.into_iter().map(|row| (row.reference, (OrderId::from_uuid(row.id), SellerId::from_uuid(row.seller_id)))).collect())
    }

    /// Which of these orders exist and are not known to be another buyer's.
    pub async fn orders_for_buyer(&self, references: &[String], email: Option<&str>) -> Result<BTreeMap<String, (OrderId, SellerId)>> {
        let mine = Condition::any()
            .add(orders::Column::BuyerEmail.is_null())
            .add_option(email.map(|email| orders::Column::BuyerEmail.eq(email.trim().to_lowercase())));
        let found = orders::Entity::find()
            .filter(orders::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(orders::Column::Reference.is_in(references))
            .filter(mine)
            .all(self.db().await?)
            .await?;
        Ok(found.into_iter().map(|row| (row.reference, (OrderId::from_uuid(row.id), SellerId::from_uuid(row.seller_id)))).collect())
    }

    /// Stores orders with their lines, or what changed about them, by reference; gives the ids in the same order.
    pub async fn upsert_orders(&self, drafts: &[OrderDraft]) -> Result<Vec<OrderId>> {
        use orders::Column::{BuyerEmail, Currency, MarketplaceId, PlacedAt, Reference, Sale, ToldAt, TotalMinor, UpdatedAt};
        if drafts.is_empty() {
            return Ok(Vec::new());
        }
        let now = self.store.clock.now();
        let rows = drafts.iter().map(|draft| {
            orders::Model {
                marketplace_id: self.marketplace.uuid(),
                id: OrderId::generate().uuid(),
                reference: draft.reference.clone(),
                seller_id: draft.seller.uuid(),
                buyer_email: draft.buyer_email.clone(),
                currency: draft.total.currency.code().to_owned(),
                total_minor: draft.total.minor,
                placed_at: draft.placed_at,
                told_at: Some(draft.told_at),
                sale: Some(json(&draft.sale)),
                created_at: now,
                updated_at: now,
            }
            .into_active_model()
            .reset_all()
        });
        let on_conflict = OnConflict::columns([MarketplaceId, Reference])
            .update_columns([BuyerEmail, Currency, TotalMinor, PlacedAt, ToldAt, Sale, UpdatedAt])
            .to_owned();
        orders::Entity::insert_many(rows).on_conflict(on_conflict).exec_without_returning(self.db().await?).await?;
        let references: Vec<_> = drafts.iter().map(|draft| draft.reference.clone()).collect();
        let ids = self.order_sellers(&references).await?;
        self.replace_lines(drafts, &ids).await?;
        self.count_orders_again(&ids.values().map(|(id, _)| *id).collect::<Vec<_>>()).await?;
        self.mark_orders(ids.values().map(|(id, _)| *id)).await?;
        Ok(drafts.iter().filter_map(|draft| ids.get(&draft.reference).map(|(id, _)| *id)).collect())
    }

    async fn replace_lines(&self, drafts: &[OrderDraft], ids: &BTreeMap<String, (OrderId, SellerId)>) -> Result<()> {
        order_lines::Entity::delete_many()
            .filter(order_lines::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(order_lines::Column::OrderId.is_in(ids.values().map(|(id, _)| id.uuid())))
            .exec(self.db().await?)
            .await?;
        let mut rows = Vec::new();
        for draft in drafts {
            let Some((order, _)) = ids.get(&draft.reference) else { continue };
            for (position, line) in (0..).zip(&draft.lines) {
                rows.push(
                    order_lines::Model {
                        marketplace_id: self.marketplace.uuid(),
                        order_id: order.uuid(),
                        position,
                        external_id: line.external_id.clone(),
                        title: line.title.clone(),
                        sku: line.sku.clone(),
                        category: line.category.clone(),
                        quantity: i32::try_from(line.quantity).unwrap_or(i32::MAX),
                        unit_price_minor: line.unit_price.minor,
                    }
                    .into_active_model()
                    .reset_all(),
                );
            }
        }
        // In portions, as both databases limit the number of parameters of one statement.
        while !rows.is_empty() {
            let portion = rows.split_off(rows.len().saturating_sub(2000));
            order_lines::Entity::insert_many(portion).exec_without_returning(self.db().await?).await?;
        }
        Ok(())
    }

    /// The buyer behind a helpdesk user: known by that user's id, or by the address, or new.
    pub async fn buyer_of(&self, identity: Option<(ConnectionId, &str)>, name: &str, email: Option<&str>) -> Result<Buyer> {
        if let Some((connection, external_id)) = identity {
            let key = (self.marketplace.uuid(), connection.uuid(), external_id.to_owned());
            if let Some(known) = buyer_identities::Entity::find_by_id(key).one(self.db().await?).await?
                && let Some(row) = buyers::Entity::find_by_id((self.marketplace.uuid(), known.buyer_id)).one(self.db().await?).await?
            {
                return Ok(buyer(row));
            }
        }
        let email = email.map(str::trim).filter(|email| !email.is_empty()).map(str::to_lowercase);
        let found = match &email {
            Some(email) => self.buyer_by_email(email).await?,
            None => None,
        };
        let found = match found {
            // Known so far by the address of an order alone.
            Some(found) if found.name.is_empty() && !name.trim().is_empty() => self.name_buyer(found, name.trim()).await?,
            Some(found) => found,
            None => self.insert_buyer(name, email).await?,
        };
        if let Some((connection, external_id)) = identity {
            let row = buyer_identities::Model {
                marketplace_id: self.marketplace.uuid(),
                connection_id: connection.uuid(),
                external_id: external_id.to_owned(),
                buyer_id: found.id.uuid(),
            };
            let insert = buyer_identities::Entity::insert(row.into_active_model().reset_all());
            insert.on_conflict(OnConflict::new().do_nothing().to_owned()).exec_without_returning(self.db().await?).await?;
        }
        Ok(found)
    }

    async fn buyer_by_email(&self, email: &str) -> Result<Option<Buyer>> {
        let find = buyers::Entity::find()
            .filter(buyers::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(buyers::Column::Email.eq(email));
        Ok(find.one(self.db().await?).await?.map(buyer))
    }

    async fn name_buyer(&self, buyer: Buyer, name: &str) -> Result<Buyer> {
        buyers::Entity::update_many()
            .set(buyers::ActiveModel { name: Set(name.to_owned()), ..Default::default() })
            .filter(buyers::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(buyers::Column::Id.eq(buyer.id.uuid()))
            .exec(self.db().await?)
            .await?;
        Ok(Buyer { name: name.to_owned(), ..buyer })
    }

    async fn insert_buyer(&self, name: &str, email: Option<String>) -> Result<Buyer> {
        let row = buyers::Model {
            marketplace_id: self.marketplace.uuid(),
            id: BuyerId::generate().uuid(),
            name: name.trim().to_owned(),
            email: email.clone(),
            created_at: self.store.clock.now(),
        };
        let insert = buyers::Entity::insert(row.clone().into_active_model().reset_all());
        let inserted = insert.on_conflict(OnConflict::new().do_nothing().to_owned()).exec_without_returning(self.db().await?).await?;
        if inserted == 0 {
            // Another worker stored the same address in the meantime.
            let email = email.ok_or(StoreError::Inconsistent { table: "buyers", column: "id" })?;
            return self.buyer_by_email(&email).await?.ok_or(StoreError::Inconsistent { table: "buyers", column: "email" });
        }
        Ok(buyer(row))
    }
}
