//! Invitations to rate: one for each order line and case.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::super::codec::{from_text, text};
use super::super::entity::invitations;
use super::super::{Result, Store, StoreError, Tx};
use crate::domain::ids::{BuyerId, CaseId, InvitationId, MarketplaceId, OrderId};
use crate::domain::ratings::{Invitation, InvitationAbout, InvitationRules, InvitationState};

/// An invitation for which time has something to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueInvitation {
    /// The tenant.
    pub marketplace: MarketplaceId,
    /// The invitation.
    pub invitation: InvitationId,
}

fn invitation(row: invitations::Model) -> Result<Invitation> {
    let about = match (row.order_id, row.line, row.case_id) {
        (Some(order), Some(line), None) => InvitationAbout::OrderLine { order: OrderId::from_uuid(order), line },
        (None, None, Some(case)) => InvitationAbout::Case { case: CaseId::from_uuid(case) },
        _ => return Err(StoreError::Inconsistent { table: "invitations", column: "about" }),
    };
    Ok(Invitation {
        id: InvitationId::from_uuid(row.id),
        buyer: row.buyer_id.map(BuyerId::from_uuid),
        about,
        state: from_text(&row.state, "invitations", "state")?,
        reward: from_text(&row.reward, "invitations", "reward")?,
        way: row.way.map(|way| from_text(&way, "invitations", "way")).transpose()?,
        send_at: row.send_at,
        sent_at: row.sent_at,
        ended_at: row.ended_at,
    })
}

impl Store {
    /// An invitation, for whoever holds its link.
    pub async fn invitation(&self, marketplace: MarketplaceId, id: InvitationId) -> Result<Option<Invitation>> {
        let find = invitations::Entity::find_by_id((marketplace.uuid(), id.uuid()));
        find.one(&self.reads).await?.map(invitation).transpose()
    }

    /// The invitations for which time has something to do now, the longest due first.
    pub async fn due_invitations(&self, now: DateTime<Utc>, limit: u64) -> Result<Vec<DueInvitation>> {
        use invitations::Column::{Id, MarketplaceId as Tenant, NextAt};
        let due = invitations::Entity::find().select_only().columns([Tenant, Id]).filter(NextAt.lte(now)).order_by_asc(NextAt).limit(limit);
        let rows = due.into_tuple::<(Uuid, Uuid)>().all(&self.reads).await?;
        let due = |(marketplace, id)| DueInvitation {
            marketplace: MarketplaceId::from_uuid(marketplace),
            invitation: InvitationId::from_uuid(id),
        };
        Ok(rows.into_iter().map(due).collect())
    }
}

impl Tx {
    /// Stores what is planned; what was asked about before is not asked about again, but where nobody was asked in the end.
    pub async fn plan_invitations(&self, planned: &[Invitation], rules: &InvitationRules) -> Result<()> {
        use invitations::Column::{
            About, BuyerId as Buyer, EndedAt, MarketplaceId as Tenant, NextAt, Reward, SendAt, SentAt, State, UpdatedAt, Way,
        };
        if planned.is_empty() {
            return Ok(());
        }
        let rows = planned.iter().map(|one| self.invitation_row(one, rules).into_active_model().reset_all());
        let never_sent = Expr::col((invitations::Entity, State))
            .eq(text(InvitationState::Canceled))
            .and(Expr::col((invitations::Entity, SentAt)).is_null());
        let anew = OnConflict::columns([Tenant, About])
            .update_columns([Buyer, State, Reward, Way, SendAt, SentAt, EndedAt, NextAt, UpdatedAt])
            .action_and_where(never_sent)
            .to_owned();
        invitations::Entity::insert_many(rows).on_conflict(anew).exec_without_returning(self.db().await?).await?;
        Ok(())
    }

    /// The invitation that asks about this, under lock.
    pub async fn lock_invitation_about(&self, about: &InvitationAbout) -> Result<Option<Invitation>> {
        let find = invitations::Entity::find()
            .filter(invitations::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(invitations::Column::About.eq(about.key()))
            .lock_exclusive();
        find.one(self.db().await?).await?.map(invitation).transpose()
    }

    /// An invitation, under lock.
    pub async fn lock_invitation(&self, id: InvitationId) -> Result<Option<Invitation>> {
        let find = invitations::Entity::find_by_id((self.marketplace.uuid(), id.uuid())).lock_exclusive();
        find.one(self.db().await?).await?.map(invitation).transpose()
    }

    /// Stores one as it is now.
    pub async fn save_invitation(&self, one: &Invitation, rules: &InvitationRules) -> Result<()> {
        let mut row = self.invitation_row(one, rules).into_active_model().reset_all();
        row.created_at = sea_orm::ActiveValue::NotSet;
        invitations::Entity::update(row).exec(self.db().await?).await?;
        Ok(())
    }

    fn invitation_row(&self, one: &Invitation, rules: &InvitationRules) -> invitations::Model {
        let (order_id, line, case_id) = match &one.about {
            InvitationAbout::OrderLine { order, line } => (Some(order.uuid()), Some(line.clone()), None),
            InvitationAbout::Case { case } => (None, None, Some(case.uuid())),
        };
        invitations::Model {
            marketplace_id: self.marketplace.uuid(),
            id: one.id.uuid(),
            about: one.about.key(),
            order_id,
            line,
            case_id,
            buyer_id: one.buyer.map(BuyerId::uuid),
            state: text(one.state),
            reward: text(one.reward),
            way: one.way.map(text),
            send_at: one.send_at,
            sent_at: one.sent_at,
            ended_at: one.ended_at,
            next_at: one.next(rules).map(|(_, at)| at),
            created_at: self.now(),
            updated_at: self.now(),
        }
    }
}
