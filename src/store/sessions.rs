//! Agents of helpdesks who work in a page of ours: whom they stand for, their sessions, and what is good once to sign in with.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QuerySelect};

use super::codec::{from_text, text};
use super::entity::{agents, api_tokens, sessions, sign_ins};
use super::{Result, Store, Tx};
use crate::domain::ids::{ConnectionId, MarketplaceId, SessionId, SignInId, TokenId};
use crate::domain::parties::Role;

/// A session, with whom it acts for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// The tenant.
    pub marketplace: MarketplaceId,
    /// The token that the agent acts with.
    pub token: TokenId,
    /// The agent's name.
    pub name: String,
    /// When it is over.
    pub expires_at: DateTime<Utc>,
    /// Until when it can be renewed.
    pub ends_at: DateTime<Utc>,
}

/// A session to store.
#[derive(Debug, Clone, Copy)]
pub struct NewSession {
    /// The token that the agent acts with.
    pub token: TokenId,
    /// SHA-256 of the session's own token.
    pub digest: [u8; 32],
    /// When it is over.
    pub expires_at: DateTime<Utc>,
    /// Until when it can be renewed.
    pub ends_at: DateTime<Utc>,
}

/// What is good once to sign in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SignInKind {
    /// A signed address of Zendesk's, which was used.
    SignedUrl,
    /// A code that was sent to an agent.
    Pairing,
    /// A way to an identity provider and back.
    Oidc,
    /// A code that a page exchanges for a session.
    Code,
}

/// Something that is good once to sign in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// Our id.
    pub id: SignInId,
    /// The tenant.
    pub marketplace: MarketplaceId,
    /// The helpdesk.
    pub connection: ConnectionId,
    /// What it is.
    pub kind: SignInKind,
    /// SHA-256 of what is shown to go on.
    pub digest: [u8; 32],
    /// The challenge of the page that asked.
    pub challenge: Option<String>,
    /// What nobody else may see, sealed.
    pub sealed: Option<Vec<u8>>,
    /// The agent's id in the helpdesk, once known.
    pub agent: Option<String>,
    /// How often something wrong was shown.
    pub attempts: i64,
    /// When it began.
    pub began_at: DateTime<Utc>,
    /// When it is good no more.
    pub expires_at: DateTime<Utc>,
}

fn sign_in(row: sign_ins::Model) -> Result<SignIn> {
    Ok(SignIn {
        id: SignInId::from_uuid(row.id),
        marketplace: MarketplaceId::from_uuid(row.marketplace_id),
        connection: ConnectionId::from_uuid(row.connection_id),
        kind: from_text(&row.kind, "sign_ins", "kind")?,
        digest: row.digest.try_into().map_err(|_| super::StoreError::Inconsistent { table: "sign_ins", column: "digest" })?,
        challenge: row.challenge,
        sealed: row.sealed,
        agent: row.agent,
        attempts: row.attempts,
        began_at: row.began_at,
        expires_at: row.expires_at,
    })
}

impl Store {
    /// The session whose token this digest is of; none when it is over, or the agent's token was revoked.
    pub async fn session_by_digest(&self, digest: &[u8; 32], now: DateTime<Utc>) -> Result<Option<SessionRow>> {
        let find =
            sessions::Entity::find().filter(sessions::Column::Digest.eq(digest.to_vec())).filter(sessions::Column::ExpiresAt.gt(now));
        let Some(row) = find.one(&self.reads).await? else { return Ok(None) };
        let token = api_tokens::Entity::find()
            .filter(api_tokens::Column::MarketplaceId.eq(row.marketplace_id))
            .filter(api_tokens::Column::Id.eq(row.token_id))
            .filter(api_tokens::Column::RevokedAt.is_null());
        let token = token.one(&self.reads).await?;
        Ok(token.map(|token| SessionRow {
            marketplace: MarketplaceId::from_uuid(row.marketplace_id),
            token: TokenId::from_uuid(row.token_id),
            name: token.name,
            expires_at: row.expires_at,
            ends_at: row.ends_at,
        }))
    }

    /// Something that is good to sign in with, by what is shown; none when its time is over.
    pub async fn sign_in_by_digest(&self, kind: SignInKind, digest: &[u8; 32], now: DateTime<Utc>) -> Result<Option<SignIn>> {
        let find = sign_ins::Entity::find()
            .filter(sign_ins::Column::Kind.eq(text(kind)))
            .filter(sign_ins::Column::Digest.eq(digest.to_vec()))
            .filter(sign_ins::Column::ExpiresAt.gt(now));
        find.one(&self.reads).await?.map(sign_in).transpose()
    }

    /// Forgets sessions and ways to sign in whose time was over at that moment. Says how many.
    pub async fn prune_sign_ins(&self, before: DateTime<Utc>) -> Result<u64> {
        let sessions = sessions::Entity::delete_many().filter(sessions::Column::ExpiresAt.lt(before)).exec(&self.writes).await?;
        let sign_ins = sign_ins::Entity::delete_many().filter(sign_ins::Column::ExpiresAt.lt(before)).exec(&self.writes).await?;
        Ok(sessions.rows_affected + sign_ins.rows_affected)
    }
}

/// Whether something was there to be used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Used {
    /// It was, and is gone now.
    Now,
    /// Somebody else was first.
    Before,
}

impl Tx {
    /// The token with which an agent of a helpdesk acts, under their name of today: made the first time. None when it was
    /// revoked.
    pub async fn agent_token(&self, connection: ConnectionId, number: &str, name: &str, digest: [u8; 32]) -> Result<Option<TokenId>> {
        let now = self.store.clock.now();
        let known = agents::Entity::find_by_id((self.marketplace.uuid(), connection.uuid(), number.to_owned()));
        let Some(agent) = known.one(self.db().await?).await? else {
            return self.insert_agent(connection, number, name, digest).await.map(Some);
        };
        let named = api_tokens::Entity::update_many()
            .set(api_tokens::ActiveModel { name: Set(name.to_owned()), ..Default::default() })
            .filter(api_tokens::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(api_tokens::Column::Id.eq(agent.token_id))
            .filter(api_tokens::Column::RevokedAt.is_null());
        if named.exec(self.db().await?).await?.rows_affected == 0 {
            return Ok(None);
        }
        let id = TokenId::from_uuid(agent.token_id);
        let mut agent = agent.into_active_model();
        agent.signed_in_at = Set(now);
        agents::Entity::update(agent).exec(self.db().await?).await?;
        Ok(Some(id))
    }

    async fn insert_agent(&self, connection: ConnectionId, number: &str, name: &str, digest: [u8; 32]) -> Result<TokenId> {
        let (id, now) = (TokenId::generate(), self.store.clock.now());
        let token = api_tokens::Model {
            marketplace_id: self.marketplace.uuid(),
            id: id.uuid(),
            name: name.to_owned(),
            role: text(Role::Operator),
            seller_id: None,
            digest: digest.to_vec(),
            created_at: now,
            revoked_at: None,
        };
        api_tokens::Entity::insert(token.into_active_model().reset_all()).exec_without_returning(self.db().await?).await?;
        let agent = agents::Model {
            marketplace_id: self.marketplace.uuid(),
            connection_id: connection.uuid(),
            number: number.to_owned(),
            token_id: id.uuid(),
            signed_in_at: now,
        };
        agents::Entity::insert(agent.into_active_model().reset_all()).exec_without_returning(self.db().await?).await?;
        Ok(id)
    }

    /// Stores a session.
    pub async fn insert_session(&self, new: NewSession) -> Result<()> {
        let row = sessions::Model {
            marketplace_id: self.marketplace.uuid(),
            id: SessionId::generate().uuid(),
            token_id: new.token.uuid(),
            digest: new.digest.to_vec(),
            expires_at: new.expires_at,
            ends_at: new.ends_at,
        };
        sessions::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(self.db().await?).await?;
        Ok(())
    }

    /// Stores something that is good once. [`Used::Before`] when the same was stored already.
    pub async fn insert_sign_in(&self, new: &SignIn) -> Result<Used> {
        let row = sign_ins::Model {
            marketplace_id: self.marketplace.uuid(),
            id: new.id.uuid(),
            connection_id: new.connection.uuid(),
            kind: text(new.kind),
            digest: new.digest.to_vec(),
            challenge: new.challenge.clone(),
            sealed: new.sealed.clone(),
            agent: new.agent.clone(),
            attempts: new.attempts,
            began_at: new.began_at,
            expires_at: new.expires_at,
        };
        let once = OnConflict::columns([sign_ins::Column::Kind, sign_ins::Column::Digest]).do_nothing().to_owned();
        let insert = sign_ins::Entity::insert(row.into_active_model().reset_all()).on_conflict(once);
        let inserted = insert.exec_without_returning(self.db().await?).await?;
        Ok(if inserted == 0 { Used::Before } else { Used::Now })
    }

    /// Uses something up that is good once. Of many who try at the same time, one does.
    pub async fn use_up(&self, id: SignInId) -> Result<Used> {
        let gone = sign_ins::Entity::delete_many()
            .filter(sign_ins::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(sign_ins::Column::Id.eq(id.uuid()));
        Ok(if gone.exec(self.db().await?).await?.rows_affected == 0 { Used::Before } else { Used::Now })
    }

    /// Counts an attempt with something that is good once, and says how many there were with it.
    pub async fn count_attempt(&self, id: SignInId) -> Result<i64> {
        let of = |id: SignInId| sign_ins::Column::MarketplaceId.eq(self.marketplace.uuid()).and(sign_ins::Column::Id.eq(id.uuid()));
        sign_ins::Entity::update_many()
            .col_expr(sign_ins::Column::Attempts, Expr::col(sign_ins::Column::Attempts).add(1))
            .filter(of(id))
            .exec(self.db().await?)
            .await?;
        let count = sign_ins::Entity::find().select_only().column(sign_ins::Column::Attempts).filter(of(id));
        Ok(count.into_tuple::<i64>().one(self.db().await?).await?.unwrap_or(i64::MAX))
    }

    /// How many of a kind were begun for an agent since then.
    pub async fn sign_ins_since(&self, connection: ConnectionId, kind: SignInKind, agent: &str, since: DateTime<Utc>) -> Result<u64> {
        let find = sign_ins::Entity::find()
            .filter(sign_ins::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(sign_ins::Column::ConnectionId.eq(connection.uuid()))
            .filter(sign_ins::Column::Kind.eq(text(kind)))
            .filter(sign_ins::Column::Agent.eq(agent))
            .filter(sign_ins::Column::BeganAt.gt(since));
        Ok(find.count(self.db().await?).await?)
    }
}
