//! Helpdesk tickets as last seen.

use sea_orm::ActiveValue::NotSet;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::batch::Write;
use super::codec::{from_json, from_text, json, text};
use super::entity::{case_tickets, cases, connections, tickets};
use super::{Result, Store, Tx, scope};
use crate::domain::cases::Case;
use crate::domain::ids::{CaseId, ConnectionId, MarketplaceId, TicketId};
use crate::domain::parties::{Scope, View};
use crate::domain::tickets::{CommentNumber, HelpdeskKind, Priority, Ticket, TicketNumber, TicketStatus};

fn ticket(row: tickets::Model) -> Result<Ticket> {
    let priority = |column: Option<String>, name| column.map(|value| from_text::<Priority>(&value, "tickets", name)).transpose();
    Ok(Ticket {
        id: TicketId::from_uuid(row.id),
        connection: ConnectionId::from_uuid(row.connection_id),
        number: TicketNumber(row.number),
        url: row.url,
        subject: row.subject,
        status: from_text(&row.status, "tickets", "status")?,
        priority: priority(row.priority, "priority")?,
        presence: from_json(row.presence, "tickets", "presence")?,
        pushed_status: row.pushed_status.map(|value| from_text::<TicketStatus>(&value, "tickets", "pushed_status")).transpose()?,
        pushed_priority: priority(row.pushed_priority, "pushed_priority")?,
        remote_updated_at: row.remote_updated_at,
        comments_read: row.comments_read,
        last_comment: row.last_comment.map(CommentNumber),
    })
}

/// How people name a ticket: by its number, and by its helpdesk as far as they know it.
#[derive(Debug, Clone)]
pub struct TicketName {
    /// The product.
    pub helpdesk: HelpdeskKind,
    /// The account; none when the product has one account only, or whichever knows the number.
    pub connection: Option<ConnectionId>,
    /// The number there.
    pub number: TicketNumber,
}

/// The lane of everything that goes between us and one ticket.
pub fn lane(connection: ConnectionId, number: &TicketNumber) -> String {
    format!("{connection}/{number}")
}

impl Tx {
    fn row(&self, ticket: &Ticket) -> tickets::Model {
        tickets::Model {
            marketplace_id: self.marketplace.uuid(),
            id: ticket.id.uuid(),
            connection_id: ticket.connection.uuid(),
            number: ticket.number.0.clone(),
            url: ticket.url.clone(),
            subject: ticket.subject.clone(),
            status: text(ticket.status),
            priority: ticket.priority.map(text),
            presence: json(&ticket.presence),
            pushed_status: ticket.pushed_status.map(text),
            pushed_priority: ticket.pushed_priority.map(text),
            remote_updated_at: ticket.remote_updated_at,
            comments_read: ticket.comments_read,
            last_comment: ticket.last_comment.as_ref().map(|number| number.0.clone()),
            created_at: self.store.clock.now(),
        }
    }

    /// A ticket by its number, under lock: everything about one ticket happens one after the other.
    pub async fn lock_ticket(&self, connection: ConnectionId, number: &TicketNumber) -> Result<Option<Ticket>> {
        let find = tickets::Entity::find()
            .filter(tickets::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(tickets::Column::ConnectionId.eq(connection.uuid()))
            .filter(tickets::Column::Number.eq(&number.0));
        find.lock_exclusive().one(self.db().await?).await?.map(ticket).transpose()
    }

    /// The tickets that tell a case, the newest first.
    pub async fn tickets_of(&self, case: CaseId) -> Result<Vec<Ticket>> {
        if let Some(known) = self.known.tickets(case) {
            return Ok(known);
        }
        let find = tickets::Entity::find()
            .join(sea_orm::JoinType::InnerJoin, link())
            .filter(case_tickets::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(case_tickets::Column::CaseId.eq(case.uuid()))
            .order_by_desc(case_tickets::Column::LinkedAt)
            .order_by_desc(tickets::Column::Id);
        let found = find.all(self.db().await?).await?.into_iter().map(ticket).collect::<Result<Vec<_>>>()?;
        self.known.learn_tickets(case, found.clone());
        Ok(found)
    }

    /// Stores a new ticket.
    pub async fn insert_ticket(&self, ticket: &Ticket) -> Result<()> {
        self.known.forget_tickets();
        tickets::Entity::insert(self.row(ticket).into_active_model().reset_all()).exec_without_returning(self.db().await?).await?;
        Ok(())
    }

    /// Stores what changed about a ticket.
    pub async fn save_ticket(&self, ticket: &Ticket) -> Result<()> {
        self.known.forget_tickets();
        let mut row = self.row(ticket).into_active_model().reset_all();
        row.marketplace_id = NotSet;
        row.id = NotSet;
        row.created_at = NotSet;
        let update = tickets::Entity::update_many()
            .set(row)
            .filter(tickets::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(tickets::Column::Id.eq(ticket.id.uuid()));
        self.later(Write::Update(("tickets", ticket.id.uuid()), update.into_query())).await
    }
}

fn link() -> sea_orm::RelationDef {
    tickets::Entity::belongs_to(case_tickets::Entity)
        .from((tickets::Column::MarketplaceId, tickets::Column::Id))
        .to((case_tickets::Column::MarketplaceId, case_tickets::Column::TicketId))
        .into()
}

fn case_link() -> sea_orm::RelationDef {
    case_tickets::Entity::belongs_to(cases::Entity)
        .from((case_tickets::Column::MarketplaceId, case_tickets::Column::CaseId))
        .to((cases::Column::MarketplaceId, cases::Column::Id))
        .into()
}

impl Store {
    /// A ticket by its number, for the workers: as it stands, without a lock.
    pub async fn ticket(&self, marketplace: MarketplaceId, connection: ConnectionId, number: &TicketNumber) -> Result<Option<Ticket>> {
        let find = tickets::Entity::find()
            .filter(tickets::Column::MarketplaceId.eq(marketplace.uuid()))
            .filter(tickets::Column::ConnectionId.eq(connection.uuid()))
            .filter(tickets::Column::Number.eq(&number.0));
        find.one(&self.reads).await?.map(ticket).transpose()
    }

    /// The tickets of these cases, for readers who may open them: the operator's. Others get none.
    pub async fn tickets_of_cases(&self, scope: Scope, of: &[CaseId]) -> Result<Vec<(CaseId, Ticket)>> {
        if scope.view != View::Whole {
            return Ok(Vec::new());
        }
        let rows = case_tickets::Entity::find()
            .select_also(tickets::Entity)
            .join(sea_orm::JoinType::InnerJoin, link().rev())
            .filter(case_tickets::Column::MarketplaceId.eq(scope.marketplace.uuid()))
            .filter(case_tickets::Column::CaseId.is_in(of.iter().map(|id| id.uuid())))
            .order_by_asc(case_tickets::Column::LinkedAt)
            .all(&self.reads)
            .await?;
        rows.into_iter().filter_map(|(link, row)| row.map(|row| Ok((CaseId::from_uuid(link.case_id), ticket(row)?)))).collect()
    }

    /// The case that a ticket of this helpdesk tells: the newest of them, when the reader knows it.
    pub async fn case_of_ticket(&self, scope: Scope, named: &TicketName) -> Result<Option<Case>> {
        let mut accounts = Query::select();
        accounts
            .column(connections::Column::Id)
            .from(connections::Entity)
            .and_where(connections::Column::MarketplaceId.eq(scope.marketplace.uuid()))
            .and_where(connections::Column::Kind.eq(text(named.helpdesk)));
        if let Some(id) = named.connection {
            accounts.and_where(connections::Column::Id.eq(id.uuid()));
        }
        // As one value and not as a join, which SQLite would begin at the wrong end.
        let mut ticket = Query::select();
        ticket
            .column(tickets::Column::Id)
            .from(tickets::Entity)
            .and_where(tickets::Column::MarketplaceId.eq(scope.marketplace.uuid()))
            .and_where(tickets::Column::ConnectionId.in_subquery(accounts))
            .and_where(tickets::Column::Number.eq(&named.number.0))
            .order_by(tickets::Column::ConnectionId, Order::Desc)
            .limit(1);
        let newest = cases::Entity::find()
            .join(sea_orm::JoinType::InnerJoin, case_link().rev())
            .filter(scope::cases(scope))
            .filter(case_tickets::Column::MarketplaceId.eq(scope.marketplace.uuid()))
            .filter(Expr::col((case_tickets::Entity, case_tickets::Column::TicketId)).eq(Expr::SubQuery(None, Box::new(ticket.into()))))
            .order_by_desc(case_tickets::Column::LinkedAt)
            .order_by_desc(cases::Column::Id);
        newest.one(&self.reads).await?.map(super::cases::case).transpose()
    }
}
