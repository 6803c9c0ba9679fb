//! People from outside who are let into one case for a while.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use super::codec::{from_json, json};
use super::entity::{mediator_places, mediators};
use super::{Result, Store, Tx, scope};
use crate::domain::ids::{CaseId, MarketplaceId, MediatorId, ThreadId};
use crate::domain::mediators::Mediator;
use crate::domain::parties::{Scope, View};

/// Somebody who is about to be let in.
#[derive(Debug, Clone)]
pub struct NewMediator {
    /// Who.
    pub mediator: Mediator,
    /// SHA-256 of their token.
    pub digest: [u8; 32],
    /// What they are shown, each thread from which message on.
    pub places: Vec<(ThreadId, i64)>,
}

/// The most that are ever shown of a case; those let in before are long gone.
const SHOWN: u64 = 100;

fn mediator(row: mediators::Model) -> Result<Mediator> {
    Ok(Mediator {
        id: MediatorId::from_uuid(row.id),
        case: CaseId::from_uuid(row.case_id),
        name: row.name,
        email: row.email,
        statement: row.statement,
        threads: from_json(row.threads, "mediators", "threads")?,
        admitted_by: from_json(row.admitted_by, "mediators", "admitted_by")?,
        admitted_at: row.admitted_at,
        expires_at: row.expires_at,
        revoked_at: row.revoked_at,
    })
}

impl Store {
    /// Whose token this digest is of, with the tenant; none when they were sent away, or their time is over.
    pub async fn mediator_by_digest(&self, digest: &[u8; 32], now: DateTime<Utc>) -> Result<Option<(MarketplaceId, Mediator)>> {
        let find = mediators::Entity::find()
            .filter(mediators::Column::Digest.eq(digest.to_vec()))
            .filter(mediators::Column::RevokedAt.is_null())
            .filter(mediators::Column::ExpiresAt.gt(now));
        let found = find.one(&self.reads).await?;
        found.map(|row| Ok((MarketplaceId::from_uuid(row.marketplace_id), mediator(row)?))).transpose()
    }

    /// Whether the reader is a mediator who was sent away.
    pub async fn is_out(&self, scope: Scope) -> Result<bool> {
        let View::Mediator { case, .. } = scope.view else { return Ok(false) };
        Ok(self.cases_by_id(scope, &[case]).await?.is_empty())
    }

    /// Who was let into these cases, the oldest first; for the operator alone.
    pub async fn mediators_of_cases(&self, scope: Scope, cases: &[CaseId]) -> Result<Vec<Mediator>> {
        let mut find = mediators::Entity::find()
            .filter(mediators::Column::MarketplaceId.eq(scope.marketplace.uuid()))
            .filter(mediators::Column::CaseId.is_in(cases.iter().map(|id| id.uuid())));
        if scope.view != View::Whole {
            find = find.filter(scope::nothing());
        }
        let mut found = find.all(&self.reads).await?.into_iter().map(mediator).collect::<Result<Vec<_>>>()?;
        found.sort_by_key(|mediator| mediator.id);
        Ok(found)
    }
}

impl Tx {
    /// Who was let into a case, the newest first.
    pub async fn mediators_of(&self, case: CaseId) -> Result<Vec<Mediator>> {
        let find = mediators::Entity::find()
            .filter(mediators::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(mediators::Column::CaseId.eq(case.uuid()))
            .order_by_desc(mediators::Column::Id)
            .limit(SHOWN);
        find.all(self.db().await?).await?.into_iter().map(mediator).collect()
    }

    /// Somebody who was let in.
    pub async fn mediator(&self, id: MediatorId) -> Result<Option<Mediator>> {
        mediators::Entity::find_by_id((self.marketplace.uuid(), id.uuid())).one(self.db().await?).await?.map(mediator).transpose()
    }

    /// Lets somebody in.
    pub async fn insert_mediator(&self, new: &NewMediator) -> Result<()> {
        let mediator = &new.mediator;
        let row = mediators::Model {
            marketplace_id: self.marketplace.uuid(),
            id: mediator.id.uuid(),
            case_id: mediator.case.uuid(),
            name: mediator.name.clone(),
            email: mediator.email.clone(),
            statement: mediator.statement.clone(),
            threads: json(&mediator.threads),
            digest: new.digest.to_vec(),
            admitted_by: json(&mediator.admitted_by),
            admitted_at: mediator.admitted_at,
            expires_at: mediator.expires_at,
            revoked_at: mediator.revoked_at,
        };
        mediators::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(self.db().await?).await?;
        let places = new.places.iter().map(|(thread, from)| {
            let place = mediator_places::Model {
                marketplace_id: self.marketplace.uuid(),
                case_id: mediator.case.uuid(),
                mediator_id: mediator.id.uuid(),
                thread_id: thread.uuid(),
                visible_from: *from,
            };
            place.into_active_model().reset_all()
        });
        mediator_places::Entity::insert_many(places).exec_without_returning(self.db().await?).await?;
        Ok(())
    }

    /// Sends somebody away: the token is worth nothing, and nothing is shown to them, by whatever was opened before.
    pub async fn revoke_mediator(&self, mediator: &Mediator, at: DateTime<Utc>) -> Result<()> {
        mediators::Entity::update_many()
            .set(mediators::ActiveModel { revoked_at: Set(Some(at)), ..Default::default() })
            .filter(mediators::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(mediators::Column::Id.eq(mediator.id.uuid()))
            .exec(self.db().await?)
            .await?;
        mediator_places::Entity::delete_many()
            .filter(mediator_places::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(mediator_places::Column::CaseId.eq(mediator.case.uuid()))
            .filter(mediator_places::Column::MediatorId.eq(mediator.id.uuid()))
            .exec(self.db().await?)
            .await?;
        Ok(())
    }
}
