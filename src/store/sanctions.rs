//! What was decided against sellers: read by the operator and, its own, by each seller.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::{Deserialize, Serialize};

use super::codec::{from_json, json, text};
use super::entity::{sanctions, sellers};
use super::{Page, PageRequest, PageSide, Result, Store, Tx};
use crate::domain::ids::{MarketplaceId, SanctionId, SellerId};
use crate::domain::mails::{MailKind, Receiver};
use crate::domain::parties::{Scope, View};
use crate::domain::standing::{Sanction, SanctionNews};

/// The names of those who decided, for the operator alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SanctionPeople {
    /// Who imposed it.
    pub imposed: Option<String>,
    /// Who answered the complaint.
    pub answered: Option<String>,
    /// Who lifted it.
    pub lifted: Option<String>,
}

/// A sanction, and who decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SanctionRow {
    /// The sanction.
    pub sanction: Sanction,
    /// Who decided.
    pub people: SanctionPeople,
}

/// Which sanctions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SanctionFilter {
    /// All.
    All,
    /// Those against a seller.
    Against(SellerId),
    /// Those whose complaint waits for an answer.
    ComplaintOpen,
}

/// Where its complaint stands.
fn complaint(sanction: &Sanction) -> &'static str {
    match &sanction.complaint {
        None => "NONE",
        Some(complaint) if complaint.answer.is_none() => "OPEN",
        Some(_) => "ANSWERED",
    }
}

/// In the form of the partial index.
fn open() -> SimpleExpr {
    Expr::cust("complaint = 'OPEN'")
}

fn row(model: sanctions::Model) -> Result<SanctionRow> {
    Ok(SanctionRow { sanction: from_json(model.body, "sanctions", "body")?, people: from_json(model.people, "sanctions", "people")? })
}

/// The sanctions that a reader knows: the operator all, a seller its own, others none.
fn visible(scope: Scope) -> Option<Condition> {
    let tenant = Condition::all().add(sanctions::Column::MarketplaceId.eq(scope.marketplace.uuid()));
    match scope.view {
        View::Whole => Some(tenant),
        View::Seller(seller) => Some(tenant.add(sanctions::Column::SellerId.eq(seller.uuid()))),
        View::Storefront | View::Buyer(_) | View::Mediator { .. } => None,
    }
}

impl Store {
    /// A page of the sanctions that the reader knows, the newest first.
    pub async fn sanctions(&self, scope: Scope, filter: SanctionFilter, request: &PageRequest<SanctionId>) -> Result<Page<SanctionRow>> {
        use sanctions::Column::{Id, SellerId as Seller};
        let Some(condition) = visible(scope) else { return Ok(Page::of(request, Vec::new())) };
        let mut find = sanctions::Entity::find().filter(condition);
        match filter {
            SanctionFilter::All => {}
            SanctionFilter::Against(seller) => find = find.filter(Seller.eq(seller.uuid())),
            SanctionFilter::ComplaintOpen => find = find.filter(open()),
        }
        let backwards = request.side == PageSide::First;
        if let Some(from) = request.from {
            find = find.filter(if backwards { Id.lt(from.uuid()) } else { Id.gt(from.uuid()) });
        }
        let find = if backwards { find.order_by_desc(Id) } else { find.order_by_asc(Id) };
        let rows = find.limit(request.size + 1).all(&self.reads).await?;
        Ok(Page::of(request, rows.into_iter().map(row).collect::<Result<_>>()?))
    }

    /// A sanction that the reader knows.
    pub async fn sanction(&self, scope: Scope, id: SanctionId) -> Result<Option<SanctionRow>> {
        let Some(condition) = visible(scope) else { return Ok(None) };
        let find = sanctions::Entity::find().filter(condition).filter(sanctions::Column::Id.eq(id.uuid()));
        find.one(&self.reads).await?.map(row).transpose()
    }

    /// What is not lifted of what was decided against sellers, by seller: so their standing is known.
    pub async fn sanctions_in_force(&self, marketplace: MarketplaceId, of: &[SellerId]) -> Result<HashMap<SellerId, Vec<Sanction>>> {
        by_seller(in_force(marketplace, of).all(&self.reads).await?)
    }
}

fn in_force(marketplace: MarketplaceId, of: &[SellerId]) -> Select<sanctions::Entity> {
    sanctions::Entity::find()
        .filter(sanctions::Column::MarketplaceId.eq(marketplace.uuid()))
        .filter(sanctions::Column::SellerId.is_in(of.iter().map(|seller| seller.uuid())))
        .filter(sanctions::Column::LiftedAt.is_null())
}

fn by_seller(models: Vec<sanctions::Model>) -> Result<HashMap<SellerId, Vec<Sanction>>> {
    let mut found: HashMap<_, Vec<_>> = HashMap::new();
    for model in models {
        let sanction = row(model)?.sanction;
        found.entry(sanction.seller).or_default().push(sanction);
    }
    Ok(found)
}

impl Tx {
    /// Locks a seller, so that what is decided against it is decided one after the other. Says whether there is one.
    pub async fn lock_seller(&self, seller: SellerId) -> Result<bool> {
        let find = sellers::Entity::find()
            .select_only()
            .column(sellers::Column::Id)
            .filter(sellers::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(sellers::Column::Id.eq(seller.uuid()))
            .lock_exclusive();
        Ok(find.into_tuple::<uuid::Uuid>().one(self.db().await?).await?.is_some())
    }

    /// What is not lifted of what was decided against sellers, by seller.
    pub async fn sanctions_in_force(&self, of: &[SellerId]) -> Result<HashMap<SellerId, Vec<Sanction>>> {
        by_seller(in_force(self.marketplace, of).all(self.db().await?).await?)
    }

    /// All that was ever decided against a seller, the oldest first, under lock: the seller may just be complaining.
    pub async fn sanctions_against(&self, seller: SellerId) -> Result<Vec<SanctionRow>> {
        let find = sanctions::Entity::find()
            .filter(sanctions::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(sanctions::Column::SellerId.eq(seller.uuid()))
            .order_by_asc(sanctions::Column::Id)
            .lock_exclusive();
        find.all(self.db().await?).await?.into_iter().map(row).collect()
    }

    /// A sanction that the reader knows, under lock.
    pub async fn lock_sanction(&self, scope: Scope, id: SanctionId) -> Result<Option<SanctionRow>> {
        let Some(condition) = visible(scope) else { return Ok(None) };
        let find = sanctions::Entity::find().filter(condition).filter(sanctions::Column::Id.eq(id.uuid())).lock_exclusive();
        find.one(self.db().await?).await?.map(row).transpose()
    }

    /// Stores a new one.
    pub async fn insert_sanction(&self, new: &SanctionRow) -> Result<()> {
        let model = self.sanction_model(new).into_active_model().reset_all();
        sanctions::Entity::insert(model).exec_without_returning(self.db().await?).await?;
        Ok(())
    }

    /// Stores one as it is now.
    pub async fn save_sanction(&self, moved: &SanctionRow) -> Result<()> {
        sanctions::Entity::update(self.sanction_model(moved).into_active_model().reset_all()).exec(self.db().await?).await?;
        Ok(())
    }

    fn sanction_model(&self, one: &SanctionRow) -> sanctions::Model {
        let SanctionRow { sanction, people } = one;
        sanctions::Model {
            marketplace_id: self.marketplace.uuid(),
            id: sanction.id.uuid(),
            seller_id: sanction.seller.uuid(),
            step: text(sanction.step),
            complaint: complaint(sanction).to_owned(),
            body: json(sanction),
            people: json(people),
            lifted_at: sanction.lifted.as_ref().map(|lifting| lifting.at),
            revision: sanction.revision,
            created_at: sanction.decided_at,
            updated_at: self.now(),
        }
    }

    /// Writes e-mails that tell of a sanction; nobody is told the same twice.
    pub async fn mail_sanction(&self, sanction: SanctionId, news: SanctionNews, receivers: &[Receiver], at: DateTime<Utc>) -> Result<()> {
        self.mail_news(MailKind::Sanction, &news.key(sanction), receivers, at).await
    }
}
