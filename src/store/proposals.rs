//! What measures propose against sellers. For the operator.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use super::codec::{from_json, json, text};
use super::entity::sanction_proposals;
use super::{Page, PageRequest, PageSide, Result, Store, Tx};
use crate::domain::ids::{SanctionProposalId, SellerId};
use crate::domain::mails::{MailKind, Receiver};
use crate::domain::parties::{Scope, View};
use crate::domain::standing::SanctionProposal;

/// Which proposals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProposalFilter {
    /// Those about which somebody is to decide.
    Open,
    /// All of a seller.
    Against(SellerId),
}

fn proposal(row: sanction_proposals::Model) -> Result<SanctionProposal> {
    from_json(row.body, "sanction_proposals", "body")
}

impl Store {
    /// A page of what measures propose, the newest first. For the operator; others find nothing.
    pub async fn sanction_proposals(
        &self,
        scope: Scope,
        filter: ProposalFilter,
        request: &PageRequest<SanctionProposalId>,
    ) -> Result<Page<SanctionProposal>> {
        use sanction_proposals::Column::{Id, MarketplaceId, SellerId as Seller};
        if scope.view != View::Whole {
            return Ok(Page::of(request, Vec::new()));
        }
        let mut find = sanction_proposals::Entity::find().filter(MarketplaceId.eq(scope.marketplace.uuid()));
        find = match filter {
            // In the form of the partial index.
            ProposalFilter::Open => find.filter(Expr::cust("state = 'OPEN'")),
            ProposalFilter::Against(seller) => find.filter(Seller.eq(seller.uuid())),
        };
        let backwards = request.side == PageSide::First;
        if let Some(from) = request.from {
            find = find.filter(if backwards { Id.lt(from.uuid()) } else { Id.gt(from.uuid()) });
        }
        let find = if backwards { find.order_by_desc(Id) } else { find.order_by_asc(Id) };
        let rows = find.limit(request.size + 1).all(&self.reads).await?;
        Ok(Page::of(request, rows.into_iter().map(proposal).collect::<Result<_>>()?))
    }

    /// What measures propose, by its id. For the operator.
    pub async fn sanction_proposal(&self, scope: Scope, id: SanctionProposalId) -> Result<Option<SanctionProposal>> {
        if scope.view != View::Whole {
            return Ok(None);
        }
        let find = sanction_proposals::Entity::find_by_id((scope.marketplace.uuid(), id.uuid()));
        find.one(&self.reads).await?.map(proposal).transpose()
    }
}

impl Tx {
    /// What was proposed last against a seller, under lock.
    pub async fn last_proposal(&self, seller: SellerId) -> Result<Option<SanctionProposal>> {
        let find = sanction_proposals::Entity::find()
            .filter(sanction_proposals::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(sanction_proposals::Column::SellerId.eq(seller.uuid()))
            .order_by_desc(sanction_proposals::Column::Id)
            .lock_exclusive();
        find.one(self.db().await?).await?.map(proposal).transpose()
    }

    /// A proposal, under lock.
    pub async fn lock_proposal(&self, id: SanctionProposalId) -> Result<Option<SanctionProposal>> {
        let find = sanction_proposals::Entity::find_by_id((self.marketplace.uuid(), id.uuid())).lock_exclusive();
        find.one(self.db().await?).await?.map(proposal).transpose()
    }

    /// Stores a proposal as it is now, or a new one.
    pub async fn save_proposal(&self, one: &SanctionProposal) -> Result<()> {
        use sanction_proposals::Column::{Body, Id, MarketplaceId, State, UpdatedAt};
        let model = sanction_proposals::Model {
            marketplace_id: self.marketplace.uuid(),
            id: one.id.uuid(),
            seller_id: one.seller.uuid(),
            step: text(one.step),
            state: text(one.state),
            body: json(one),
            created_at: one.made_at,
            updated_at: self.now(),
        };
        let known = OnConflict::columns([MarketplaceId, Id]).update_columns([State, Body, UpdatedAt]).to_owned();
        let insert = sanction_proposals::Entity::insert(model.into_active_model().reset_all()).on_conflict(known);
        insert.exec_without_returning(self.db().await?).await?;
        Ok(())
    }

    /// Writes e-mails that tell of a proposal; nobody is told the same twice.
    pub async fn mail_proposal(&self, proposal: SanctionProposalId, receivers: &[Receiver], at: DateTime<Utc>) -> Result<()> {
        self.mail_news(MailKind::Sanction, &proposal.to_string(), receivers, at).await
    }
}
