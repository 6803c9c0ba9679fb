//! Charters: their versions, who accepted them, and when sellers are away.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use moka::future::Cache;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::codec::{from_json, from_text, json, text};
use super::entity::{charter_acceptances, charter_versions, marketplaces, sellers};
use super::page::{Page, PageRequest, PageSide};
use super::{Result, Store, StoreError, Tx};
use crate::domain::calendar::{BusinessCalendar, Closure, ClosureForm};
use crate::domain::cases::Case;
use crate::domain::charter::{Charter, CharterVersion, Marketplace, Publication, Terms};
use crate::domain::ids::{MarketplaceId, SellerId};
use crate::domain::parties::Who;

/// Versions never change, so what was read once stays right.
#[derive(Debug, Clone)]
pub(super) struct Charters(Cache<(Uuid, i32), Arc<Charter>>);

impl Default for Charters {
    fn default() -> Self {
        Self(Cache::new(10_000))
    }
}

/// That a seller accepted a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// Which seller.
    pub seller: SellerId,
    /// Which version.
    pub version: CharterVersion,
    /// Who said so.
    pub by: Who,
    /// When.
    pub at: DateTime<Utc>,
}

fn publication(row: charter_versions::Model) -> Result<Publication> {
    Ok(Publication {
        version: CharterVersion(row.number),
        charter: Arc::new(from_json(row.charter, "charter_versions", "charter")?),
        effect: from_text(&row.effect, "charter_versions", "effect")?,
        summary: row.summary,
        by: from_json(row.published_by, "charter_versions", "published_by")?,
        announced_at: row.announced_at,
        effective_at: row.effective_at,
    })
}

fn row(marketplace: MarketplaceId, publication: &Publication) -> charter_versions::Model {
    charter_versions::Model {
        marketplace_id: marketplace.uuid(),
        number: publication.version.0,
        charter: json(&*publication.charter),
        effect: text(publication.effect),
        summary: publication.summary.clone(),
        published_by: json(&publication.by),
        announced_at: publication.announced_at,
        effective_at: publication.effective_at,
    }
}

impl Charters {
    /// A version, from memory if it was read before.
    async fn get(&self, db: &impl ConnectionTrait, marketplace: Uuid, version: CharterVersion) -> Result<Arc<Charter>> {
        if let Some(known) = self.0.get(&(marketplace, version.0)).await {
            return Ok(known);
        }
        let found = charter_versions::Entity::find_by_id((marketplace, version.0)).one(db).await?;
        let missing = StoreError::Inconsistent { table: "charter_versions", column: "number" };
        let charter = publication(found.ok_or(missing)?)?.charter;
        self.0.insert((marketplace, version.0), Arc::clone(&charter)).await;
        Ok(charter)
    }
}

/// The number of the version in force, and when the next one takes effect.
async fn in_force(db: &impl ConnectionTrait, marketplace: Uuid, now: DateTime<Utc>) -> Result<(i32, Option<DateTime<Utc>>)> {
    let versions = charter_versions::Entity::find()
        .select_only()
        .column(charter_versions::Column::Number)
        .column(charter_versions::Column::EffectiveAt)
        .filter(charter_versions::Column::MarketplaceId.eq(marketplace))
        .into_tuple::<(i32, DateTime<Utc>)>()
        .all(db)
        .await?;
    let missing = StoreError::Inconsistent { table: "charter_versions", column: "effective_at" };
    let now_in_force = versions.iter().filter(|(_, from)| *from <= now).map(|(number, from)| (*from, *number)).max();
    let next = versions.iter().map(|(_, from)| *from).filter(|from| *from > now).min();
    Ok((now_in_force.ok_or(missing)?.1, next))
}

impl Store {
    /// The rules of a marketplace that are in force now, and which version they are.
    pub(super) async fn charter_now(&self, db: &impl ConnectionTrait, row: &marketplaces::Model) -> Result<(CharterVersion, Arc<Charter>)> {
        let version = match row.next_charter_at {
            // Announced before and in force by now; the row says so after the next publication or housekeeping.
            Some(next) if next <= self.clock.now() => in_force(db, row.id, self.clock.now()).await?.0,
            _ => row.charter_version,
        };
        let version = CharterVersion(version);
        Ok((version, self.charters.get(db, row.id, version).await?))
    }

    /// The rules of a case, for readers: without the closures of its seller.
    pub async fn terms_of(&self, marketplace: &Marketplace, case: &Case) -> Result<Terms> {
        let mut terms = Terms::today(marketplace);
        if case.charter != terms.version {
            terms.charter = self.charters.get(&self.reads, marketplace.id.uuid(), case.charter).await?;
            terms.version = case.charter;
        }
        Ok(terms)
    }

    /// The rules of a version, from memory if it was read before.
    pub async fn rules(&self, marketplace: MarketplaceId, version: CharterVersion) -> Result<Arc<Charter>> {
        self.charters.get(&self.reads, marketplace.uuid(), version).await
    }

    /// A version of a marketplace's charter.
    pub async fn charter(&self, marketplace: MarketplaceId, version: CharterVersion) -> Result<Option<Publication>> {
        let find = charter_versions::Entity::find_by_id((marketplace.uuid(), version.0));
        find.one(&self.reads).await?.map(publication).transpose()
    }

    /// A page of the versions of a marketplace's charter, the newest first.
    pub async fn charters(&self, marketplace: MarketplaceId, request: &PageRequest<CharterVersion>) -> Result<Page<Publication>> {
        let column = charter_versions::Column::Number;
        let mut find = charter_versions::Entity::find().filter(charter_versions::Column::MarketplaceId.eq(marketplace.uuid()));
        if let Some(from) = request.from {
            find = find.filter(if request.side == PageSide::First { column.lt(from.0) } else { column.gt(from.0) });
        }
        let find = if request.side == PageSide::First { find.order_by_desc(column) } else { find.order_by_asc(column) };
        let rows = find.limit(request.size + 1).all(&self.reads).await?;
        Ok(Page::of(request, rows.into_iter().map(publication).collect::<Result<_>>()?))
    }

    /// The newest version that each of these sellers accepted.
    pub async fn acceptances(&self, marketplace: MarketplaceId, sellers: &[SellerId]) -> Result<HashMap<SellerId, Acceptance>> {
        let find = charter_acceptances::Entity::find()
            .filter(charter_acceptances::Column::MarketplaceId.eq(marketplace.uuid()))
            .filter(charter_acceptances::Column::SellerId.is_in(sellers.iter().map(|id| id.uuid())))
            .order_by_asc(charter_acceptances::Column::Version);
        let acceptance = |row: charter_acceptances::Model| {
            let seller = SellerId::from_uuid(row.seller_id);
            let by = from_json(row.accepted_by, "charter_acceptances", "accepted_by")?;
            Ok((seller, Acceptance { seller, version: CharterVersion(row.version), by, at: row.accepted_at }))
        };
        find.all(&self.reads).await?.into_iter().map(acceptance).collect()
    }
}

impl Tx {
    /// The newest version of the marketplace's charter, in force or not. Nobody publishes another until this unit of work
    /// is over.
    pub async fn lock_charter(&self) -> Result<Publication> {
        let lock = marketplaces::Entity::find_by_id(self.marketplace.uuid())
            .select_only()
            .column(marketplaces::Column::Id)
            .lock_exclusive()
            .into_tuple::<Uuid>();
        lock.one(self.db().await?).await?;
        let newest = charter_versions::Entity::find()
            .filter(charter_versions::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .order_by_desc(charter_versions::Column::Number)
            .one(self.db().await?)
            .await?;
        publication(newest.ok_or(StoreError::Inconsistent { table: "charter_versions", column: "number" })?)
    }

    /// Stores a version, and says from when on it holds.
    pub async fn publish(&self, new: &Publication) -> Result<()> {
        charter_versions::Entity::insert(row(self.marketplace, new).into_active_model().reset_all())
            .exec_without_returning(self.db().await?)
            .await?;
        self.known.forget_marketplace();
        let (charter_version, next) = in_force(self.db().await?, self.marketplace.uuid(), self.store.clock.now()).await?;
        marketplaces::Entity::update_many()
            .set(marketplaces::ActiveModel { charter_version: Set(charter_version), next_charter_at: Set(next), ..Default::default() })
            .filter(marketplaces::Column::Id.eq(self.marketplace.uuid()))
            .exec(self.db().await?)
            .await?;
        Ok(())
    }

    /// Whether the marketplace has any seller.
    pub async fn has_sellers(&self) -> Result<bool> {
        let any = sellers::Entity::find().select_only().column(sellers::Column::Id);
        Ok(any
            .filter(sellers::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .limit(1)
            .into_tuple::<Uuid>()
            .one(self.db().await?)
            .await?
            .is_some())
    }

    /// Remembers that a seller accepted a version; saying it again changes nothing.
    pub async fn accept_charter(&self, new: &Acceptance) -> Result<()> {
        let row = charter_acceptances::Model {
            marketplace_id: self.marketplace.uuid(),
            seller_id: new.seller.uuid(),
            version: new.version.0,
            accepted_by: json(&new.by),
            accepted_at: new.at,
        };
        let insert = charter_acceptances::Entity::insert(row.into_active_model().reset_all());
        insert.on_conflict(OnConflict::new().do_nothing().to_owned()).exec_without_returning(self.db().await?).await?;
        Ok(())
    }

    /// The rules of a case: of the version under which it was opened, with its seller's closures.
    pub async fn terms(&self, marketplace: &Marketplace, case: &Case) -> Result<Terms> {
        let mut terms = Terms::today(marketplace);
        if case.charter != terms.version {
            terms.charter = self.store.charters.get(self.db().await?, self.marketplace.uuid(), case.charter).await?;
            terms.version = case.charter;
        }
        if let Some(seller) = case.seller {
            terms.seller_closures = self.closures(seller).await?;
        }
        Ok(terms)
    }

    /// When a seller is away.
    pub async fn closures(&self, seller: SellerId) -> Result<Vec<Closure>> {
        closures(self.seller(seller).await?.and_then(|row| row.closures))
    }

    /// Sets when a seller is away.
    pub async fn save_closures(&self, seller: SellerId, closures: &[Closure]) -> Result<()> {
        self.known.forget_sellers();
        let forms: Vec<_> = closures.iter().map(ClosureForm::from).collect();
        sellers::Entity::update_many()
            .set(sellers::ActiveModel { closures: Set(Some(json(forms))), updated_at: Set(self.store.clock.now()), ..Default::default() })
            .filter(sellers::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(sellers::Column::Id.eq(seller.uuid()))
            .exec(self.db().await?)
            .await?;
        Ok(())
    }
}

impl Tx {
    /// Replaces when somebody of a seller is there; none when it does not say.
    pub async fn save_hours(&self, seller: SellerId, hours: Option<&BusinessCalendar>) -> Result<()> {
        self.known.forget_sellers();
        sellers::Entity::update_many()
            .set(sellers::ActiveModel { hours: Set(hours.map(json)), updated_at: Set(self.store.clock.now()), ..Default::default() })
            .filter(sellers::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(sellers::Column::Id.eq(seller.uuid()))
            .exec(self.db().await?)
            .await?;
        Ok(())
    }
}

/// The closures that a column holds.
pub(super) fn closures(column: Option<sea_orm::JsonValue>) -> Result<Vec<Closure>> {
    let Some(value) = column else { return Ok(Vec::new()) };
    let forms: Vec<ClosureForm> = from_json(value, "sellers", "closures")?;
    let bad = |_| StoreError::Inconsistent { table: "sellers", column: "closures" };
    forms.into_iter().map(|form| Closure::try_from(form).map_err(bad)).collect()
}
