//! Pre-written replies.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use super::codec::{from_json, from_text, json, text};
use super::entity::templates;
use super::{Result, Store, StoreError, Tx};
use crate::domain::ids::{SellerId, TemplateId};
use crate::domain::parties::{Scope, View};
use crate::domain::templates::{Template, TemplateBody, TemplateKey, TemplateOwner, TemplateUsers};

fn template(row: templates::Model) -> Result<Template> {
    let bad = |column| StoreError::Inconsistent { table: "templates", column };
    let owner = if row.owner_id.is_nil() { TemplateOwner::Marketplace } else { TemplateOwner::Seller(SellerId::from_uuid(row.owner_id)) };
    Ok(Template {
        id: TemplateId::from_uuid(row.id),
        key: row.key.parse().map_err(|_| bad("key"))?,
        owner,
        body: TemplateBody {
            title: row.title,
            reader: from_text(&row.reader, "templates", "reader")?,
            users: from_text(&row.users, "templates", "users")?,
            reason: row.reason.map(|reason| reason.parse().map_err(|_| bad("reason"))).transpose()?,
            phase: row.phase.map(|phase| from_text(&phase, "templates", "phase")).transpose()?,
            variables: from_json(row.variables, "templates", "variables")?,
            texts: from_json(row.texts, "templates", "texts")?,
        },
        revision: row.revision,
        updated_at: Some(row.updated_at),
    })
}

const fn owner_id(owner: TemplateOwner) -> Uuid {
    match owner {
        TemplateOwner::BuiltIn | TemplateOwner::Marketplace => Uuid::nil(),
        TemplateOwner::Seller(seller) => seller.uuid(),
    }
}

/// The templates that a reader may use or, as the operator, look at. None for storefront and buyers.
fn usable(scope: Scope) -> Condition {
    let tenant = Condition::all().add(templates::Column::MarketplaceId.eq(scope.marketplace.uuid()));
    match scope.view {
        View::Whole => tenant,
        View::Seller(seller) => tenant.add(
            Condition::any().add(templates::Column::OwnerId.eq(seller.uuid())).add(
                Condition::all()
                    .add(templates::Column::OwnerId.eq(Uuid::nil()))
                    .add(templates::Column::Users.eq(text(TemplateUsers::Everybody))),
            ),
        ),
        View::Storefront | View::Buyer(_) | View::Mediator { .. } => tenant.add(templates::Column::Id.eq(Uuid::nil())),
    }
}

impl Store {
    /// The templates of these owners that the reader may use.
    pub async fn templates(&self, scope: Scope, owners: &[TemplateOwner]) -> Result<Vec<Template>> {
        let find = templates::Entity::find()
            .filter(usable(scope))
            .filter(templates::Column::OwnerId.is_in(owners.iter().map(|owner| owner_id(*owner))));
        find.all(&self.reads).await?.into_iter().map(template).collect()
    }

    /// Templates by id that the reader may use.
    pub async fn templates_by_id(&self, scope: Scope, ids: &[TemplateId]) -> Result<Vec<Template>> {
        let find = templates::Entity::find().filter(usable(scope)).filter(templates::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
        find.all(&self.reads).await?.into_iter().map(template).collect()
    }
}

impl Tx {
    /// A template by id that the actor may use.
    pub async fn template(&self, scope: Scope, id: TemplateId) -> Result<Option<Template>> {
        let find = templates::Entity::find().filter(usable(scope)).filter(templates::Column::Id.eq(id.uuid()));
        find.one(self.db().await?).await?.map(template).transpose()
    }

    /// The templates of an owner under this key, at most one.
    pub async fn templates_of(&self, owner: TemplateOwner, key: &str) -> Result<Vec<Template>> {
        let find = templates::Entity::find()
            .filter(templates::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(templates::Column::OwnerId.eq(owner_id(owner)))
            .filter(templates::Column::Key.eq(key));
        find.all(self.db().await?).await?.into_iter().map(template).collect()
    }

    /// How many templates an owner has.
    pub async fn count_templates(&self, owner: TemplateOwner) -> Result<u64> {
        let of_owner = templates::Entity::find()
            .filter(templates::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(templates::Column::OwnerId.eq(owner_id(owner)));
        Ok(of_owner.count(self.db().await?).await?)
    }

    /// Stores a new template, at revision 1. A key that its owner uses already is a [`StoreError::Conflict`].
    pub async fn insert_template(&self, owner: TemplateOwner, key: TemplateKey, body: TemplateBody) -> Result<Template> {
        let now = self.store.clock.now();
        let row = templates::Model {
            marketplace_id: self.marketplace.uuid(),
            id: TemplateId::generate().uuid(),
            owner_id: owner_id(owner),
            key: key.into(),
            title: body.title,
            reader: text(body.reader),
            users: text(body.users),
            reason: body.reason.map(Into::into),
            phase: body.phase.map(text),
            variables: json(body.variables),
            texts: json(body.texts),
            revision: 1,
            created_at: now,
            updated_at: now,
        };
        templates::Entity::insert(row.clone().into_active_model().reset_all()).exec_without_returning(self.db().await?).await?;
        template(row)
    }

    /// Changes what a template says if it still is as it was read; gives it as it is now, or none when it is not so any more.
    pub async fn change_template(&self, read: &Template, body: TemplateBody) -> Result<Option<Template>> {
        let now = self.store.clock.now();
        let changed = Template { body, revision: read.revision + 1, updated_at: Some(now), ..read.clone() };
        let body = changed.body.clone();
        let change = templates::ActiveModel {
            title: Set(body.title),
            reader: Set(text(body.reader)),
            users: Set(text(body.users)),
            reason: Set(body.reason.map(Into::into)),
            phase: Set(body.phase.map(text)),
            variables: Set(json(body.variables)),
            texts: Set(json(body.texts)),
            revision: Set(changed.revision),
            updated_at: Set(now),
            ..Default::default()
        };
        let done = templates::Entity::update_many().set(change).filter(as_read(self, read)).exec(self.db().await?).await?;
        Ok((done.rows_affected > 0).then_some(changed))
    }

    /// Removes a template if it still is as it was read; says how many were removed.
    pub async fn remove_template(&self, read: &Template) -> Result<u64> {
        Ok(templates::Entity::delete_many().filter(as_read(self, read)).exec(self.db().await?).await?.rows_affected)
    }
}

fn as_read(tx: &Tx, read: &Template) -> Condition {
    Condition::all()
        .add(templates::Column::MarketplaceId.eq(tx.marketplace.uuid()))
        .add(templates::Column::Id.eq(read.id.uuid()))
        .add(templates::Column::Revision.eq(read.revision))
}
