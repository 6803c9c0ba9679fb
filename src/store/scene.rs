//! What whoever speaks in a thread stands before: read in one statement.

use std::collections::BTreeMap;

use sea_orm::sea_query::{Expr, ExprTrait, IntoIden, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, Iden, Iterable, JoinType, QueryResult};

use super::entity::{marketplaces, messages, participants, sellers, threads};
use super::{Result, Tx, scope};
use crate::domain::charter::Marketplace;
use crate::domain::ids::{SellerId, ThreadId};
use crate::domain::parties::Scope;
use crate::domain::threads::{Message, Participant, Thread};

/// A thread with all that decides about the next message in it.
#[derive(Debug)]
pub struct Scene {
    /// The marketplace.
    pub marketplace: Marketplace,
    /// The thread.
    pub thread: Thread,
    /// Who takes part in it.
    pub participants: Vec<Participant>,
    /// The message that was posted with the same key before, in whichever thread.
    pub said_before: Option<Message>,
}

impl Tx {
    /// What somebody stands before who is about to speak in a thread, if they take part in it. Asked with the thread's
    /// cases under lock, so it stays as it is. The seller of the cases is read along.
    pub async fn scene(&self, scope: Scope, thread: ThreadId, seller: Option<SellerId>, key: &str) -> Result<Option<Scene>> {
        let own = |tenant: participants::Column| Expr::col((participants::Entity, tenant));
        let mut select = Query::select();
        select
            .from(threads::Entity)
            .join(JoinType::InnerJoin, marketplaces::Entity, marketplaces::Column::Id.eq(self.marketplace.uuid()))
            .join(
                JoinType::InnerJoin,
                participants::Entity,
                Condition::all()
                    .add(own(participants::Column::MarketplaceId).eq(self.marketplace.uuid()))
                    .add(own(participants::Column::ThreadId).eq(thread.uuid())),
            )
            .join(
                JoinType::LeftJoin,
                sellers::Entity,
                Condition::all()
                    .add(sellers::Column::MarketplaceId.eq(self.marketplace.uuid()))
                    .add(sellers::Column::Id.eq(seller.map(SellerId::uuid).unwrap_or_default())),
            )
            .join(
                JoinType::LeftJoin,
                messages::Entity,
                Condition::all()
                    .add(messages::Column::MarketplaceId.eq(self.marketplace.uuid()))
                    .add(messages::Column::IdempotencyKey.eq(key)),
            )
            .cond_where(scope::threads(scope, threads::Column::MarketplaceId, threads::Column::Id))
            .and_where(threads::Column::Id.eq(thread.uuid()));
        take::<threads::Entity>(&mut select);
        take::<marketplaces::Entity>(&mut select);
        take::<participants::Entity>(&mut select);
        take::<sellers::Entity>(&mut select);
        take::<messages::Entity>(&mut select);
        let rows = self.db().await?.query_all(&select).await?;
        let Some(first) = rows.first() else { return Ok(None) };

        let marketplace = self.learn_marketplace(given::<marketplaces::Entity>(first)?).await?;
        if let Some(seller) = perhaps::<sellers::Entity>(first)? {
            self.known.learn_seller(seller);
        }
        let mut present = BTreeMap::new();
        for row in &rows {
            let participant = super::threads::participant(&given::<participants::Entity>(row)?)?;
            present.insert(participant.id, participant);
        }
        let participants: Vec<_> = present.into_values().collect();
        let places = participants.iter().map(|participant| (participant.member.party(), participant.visible_from)).collect();
        self.known.learn_places(thread, places);
        Ok(Some(Scene {
            marketplace,
            thread: super::threads::thread(given::<threads::Entity>(first)?)?,
            participants,
            said_before: perhaps::<messages::Entity>(first)?.map(super::messages::message).transpose()?,
        }))
    }
}

fn prefix<E: EntityTrait>() -> String {
    format!("{}_", E::default().table_name())
}

/// Takes all columns of a table along, under names that no other table's have.
fn take<E: EntityTrait>(select: &mut SelectStatement) {
    for column in E::Column::iter() {
        let name = format!("{}{}", prefix::<E>(), Iden::to_string(&column));
        select.expr_as(Expr::col((E::default().into_iden(), column.into_iden())), name);
    }
}

fn given<E: EntityTrait>(row: &QueryResult) -> Result<E::Model> {
    Ok(E::Model::from_query_result(row, &prefix::<E>())?)
}

fn perhaps<E: EntityTrait>(row: &QueryResult) -> Result<Option<E::Model>> {
    Ok(E::Model::from_query_result_optional(row, &prefix::<E>())?)
}
