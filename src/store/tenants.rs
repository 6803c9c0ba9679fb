//! Marketplaces, their connections to helpdesks, and the tokens that open the API.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use super::codec::{from_text, text};
use super::entity::{api_tokens, connections, marketplaces};
use super::{Result, Store, StoreError, Tx};
use crate::domain::charter::{Marketplace, Publication};
use crate::domain::ids::{ConnectionId, MarketplaceId, SellerId, TokenId};
use crate::domain::parties::Role;
use crate::domain::standing::next_night;
use crate::domain::tickets::HelpdeskKind;

/// A connection as it is stored: its secrets sealed, its settings untyped.
#[derive(Debug, Clone)]
pub struct ConnectionRow {
    /// Its id.
    pub id: ConnectionId,
    /// The tenant.
    pub marketplace: MarketplaceId,
    /// The product.
    pub kind: HelpdeskKind,
    /// Where the account is.
    pub base_url: String,
    /// Credentials and webhook secrets, encrypted and bound to the id.
    pub sealed: Vec<u8>,
    /// How to speak with it.
    pub settings: serde_json::Value,
    /// Where the next reconcile goes on.
    pub reconcile_cursor: Option<String>,
    /// When it was reconciled last.
    pub reconciled_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// A token that is about to be stored.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Its id.
    pub id: TokenId,
    /// The tenant.
    pub marketplace: MarketplaceId,
    /// What people call it.
    pub name: String,
    /// What it stands for.
    pub role: Role,
    /// Whose it is, for sellers.
    pub seller: Option<SellerId>,
    /// SHA-256 of the token.
    pub digest: [u8; 32],
}

/// A stored token; the token itself is nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// Its id.
    pub id: TokenId,
    /// The tenant.
    pub marketplace: MarketplaceId,
    /// What people call it.
    pub name: String,
    /// What it stands for.
    pub role: Role,
    /// Whose it is, for sellers.
    pub seller: Option<SellerId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Since when it is worth nothing.
    pub revoked_at: Option<DateTime<Utc>>,
}

fn connection(row: connections::Model) -> Result<ConnectionRow> {
    Ok(ConnectionRow {
        id: ConnectionId::from_uuid(row.id),
        marketplace: MarketplaceId::from_uuid(row.marketplace_id),
        kind: from_text(&row.kind, "connections", "kind")?,
        base_url: row.base_url,
        sealed: row.sealed,
        settings: row.settings,
        reconcile_cursor: row.reconcile_cursor,
        reconciled_at: row.reconciled_at,
        created_at: row.created_at,
    })
}

fn token(row: api_tokens::Model) -> Result<TokenRow> {
    Ok(TokenRow {
        id: TokenId::from_uuid(row.id),
        marketplace: MarketplaceId::from_uuid(row.marketplace_id),
        name: row.name,
        role: from_text(&row.role, "api_tokens", "role")?,
        seller: row.seller_id.map(SellerId::from_uuid),
        created_at: row.created_at,
        revoked_at: row.revoked_at,
    })
}

impl Store {
    async fn read_marketplace(&self, db: &impl ConnectionTrait, row: marketplaces::Model) -> Result<Marketplace> {
        let (charter_version, charter) = self.charter_now(db, &row).await?;
        let bad = |column| StoreError::Inconsistent { table: "marketplaces", column };
        Ok(Marketplace {
            id: MarketplaceId::from_uuid(row.id),
            currency: row.currency.parse().map_err(|_| bad("currency"))?,
            timezone: row.timezone.parse().map_err(|_| bad("timezone"))?,
            charter,
            charter_version,
            slug: row.slug,
            name: row.name,
            locale: row.locale,
        })
    }

    /// Stores a new marketplace with the first version of its charter. A known slug is a [`StoreError::Conflict`].
    pub async fn insert_marketplace(&self, new: &Marketplace, charter: &Publication) -> Result<()> {
        let tx = self.begin(new.id).await?;
        let row = marketplaces::Model {
            id: new.id.uuid(),
            slug: new.slug.clone(),
            name: new.name.clone(),
            currency: new.currency.code().to_owned(),
            locale: new.locale.clone(),
            timezone: new.timezone.name().to_owned(),
            charter_version: new.charter_version.0,
            next_charter_at: None,
            last_position: 0,
            last_case: 1000,
            created_at: self.clock.now(),
        };
        marketplaces::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx.db().await?).await?;
        tx.publish(charter).await?;
        tx.start_counting(next_night(new.timezone, self.clock.now())).await?;
        tx.commit().await
    }

    /// Every marketplace, by slug.
    pub async fn marketplaces(&self) -> Result<Vec<Marketplace>> {
        let all = marketplaces::Entity::find().order_by_asc(marketplaces::Column::Slug);
        let mut found = Vec::new();
        for row in all.all(&self.reads).await? {
            found.push(self.read_marketplace(&self.reads, row).await?);
        }
        Ok(found)
    }

    /// A marketplace by its short name.
    pub async fn marketplace_by_slug(&self, slug: &str) -> Result<Option<Marketplace>> {
        let find = marketplaces::Entity::find().filter(marketplaces::Column::Slug.eq(slug));
        self.some_marketplace(find.one(&self.reads).await?).await
    }

    async fn some_marketplace(&self, row: Option<marketplaces::Model>) -> Result<Option<Marketplace>> {
        match row {
            Some(row) => self.read_marketplace(&self.reads, row).await.map(Some),
            None => Ok(None),
        }
    }

    /// A marketplace.
    pub async fn marketplace(&self, id: MarketplaceId) -> Result<Option<Marketplace>> {
        self.some_marketplace(marketplaces::Entity::find_by_id(id.uuid()).one(&self.reads).await?).await
    }

    /// Stores a connection, or replaces secrets and settings of the one to the same account.
    pub async fn save_connection(&self, row: &ConnectionRow) -> Result<()> {
        let exists = connections::Entity::find_by_id((row.marketplace.uuid(), row.id.uuid())).one(&self.writes).await?.is_some();
        let model = connections::ActiveModel {
            marketplace_id: Set(row.marketplace.uuid()),
            id: Set(row.id.uuid()),
            kind: Set(text(row.kind)),
            base_url: Set(row.base_url.clone()),
            sealed: Set(row.sealed.clone()),
            settings: Set(row.settings.clone()),
            reconcile_cursor: Set(row.reconcile_cursor.clone()),
            reconciled_at: Set(row.reconciled_at),
            created_at: Set(row.created_at),
        };
        if exists {
            connections::Entity::update(model).exec(&self.writes).await?;
        } else {
            connections::Entity::insert(model).exec_without_returning(&self.writes).await?;
        }
        Ok(())
    }

    /// A connection by its id alone: the door that webhooks come through knows no more.
    pub async fn connection(&self, id: ConnectionId) -> Result<Option<ConnectionRow>> {
        let find = connections::Entity::find().filter(connections::Column::Id.eq(id.uuid()));
        find.one(&self.reads).await?.map(connection).transpose()
    }

    /// The connections of one marketplace, or of all.
    pub async fn connections(&self, of: Option<MarketplaceId>) -> Result<Vec<ConnectionRow>> {
        let mut find = connections::Entity::find().order_by_asc(connections::Column::Id);
        if let Some(marketplace) = of {
            find = find.filter(connections::Column::MarketplaceId.eq(marketplace.uuid()));
        }
        find.all(&self.reads).await?.into_iter().map(connection).collect()
    }

    /// Stores a token.
    pub async fn insert_token(&self, new: &NewToken) -> Result<()> {
        let row = api_tokens::Model {
            marketplace_id: new.marketplace.uuid(),
            id: new.id.uuid(),
            name: new.name.clone(),
            role: text(new.role),
            seller_id: new.seller.map(SellerId::uuid),
            digest: new.digest.to_vec(),
            created_at: self.clock.now(),
            revoked_at: None,
        };
        api_tokens::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(&self.writes).await?;
        Ok(())
    }

    /// The valid token with this digest.
    pub async fn token_by_digest(&self, digest: &[u8; 32]) -> Result<Option<TokenRow>> {
        let find = api_tokens::Entity::find()
            .filter(api_tokens::Column::Digest.eq(digest.to_vec()))
            .filter(api_tokens::Column::RevokedAt.is_null());
        find.one(&self.reads).await?.map(token).transpose()
    }

    /// The tokens of a marketplace, the oldest first.
    pub async fn tokens(&self, marketplace: MarketplaceId) -> Result<Vec<TokenRow>> {
        let find = api_tokens::Entity::find().filter(api_tokens::Column::MarketplaceId.eq(marketplace.uuid()));
        find.order_by_asc(api_tokens::Column::Id).all(&self.reads).await?.into_iter().map(token).collect()
    }

    /// Makes a token worthless. False when there is no such valid token.
    pub async fn revoke_token(&self, marketplace: MarketplaceId, id: TokenId) -> Result<bool> {
        let revoked = api_tokens::Entity::update_many()
            .set(api_tokens::ActiveModel { revoked_at: Set(Some(self.clock.now())), ..Default::default() })
            .filter(api_tokens::Column::MarketplaceId.eq(marketplace.uuid()))
            .filter(api_tokens::Column::Id.eq(id.uuid()))
            .filter(api_tokens::Column::RevokedAt.is_null())
            .exec(&self.writes)
            .await?;
        Ok(revoked.rows_affected > 0)
    }
}

impl Tx {
    /// The marketplace that the work is done in.
    pub async fn own_marketplace(&self) -> Result<Marketplace> {
        if let Some(known) = self.known.marketplace() {
            return Ok(known);
        }
        let row = marketplaces::Entity::find_by_id(self.marketplace.uuid()).one(self.db().await?).await?;
        self.learn_marketplace(row.ok_or(StoreError::Inconsistent { table: "marketplaces", column: "id" })?).await
    }

    pub(super) async fn learn_marketplace(&self, row: marketplaces::Model) -> Result<Marketplace> {
        let marketplace = self.store.read_marketplace(self.db().await?, row).await?;
        self.known.learn_marketplace(&marketplace);
        Ok(marketplace)
    }
}
