//! Cases: found, listed, locked, saved.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, Order, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use serde::{Deserialize, Serialize};

use super::batch::Write;
use super::codec::{from_json, from_text, json, text};
use super::entity::{case_tickets, cases, marketplaces, order_lines, orders, thread_cases};
use super::known::KnownCase;
use super::page::{Page, PageRequest, PageSide};
use super::search::{CaseKeys, cases_that_say};
use super::{Backend, Result, Store, StoreError, Tx, scope};
use crate::domain::cases::{Case, CasePhase, CaseStatus};
use crate::domain::charter::CharterVersion;
use crate::domain::ids::{BuyerId, CaseId, MarketplaceId, OrderId, SellerId, TeamId, ThreadId, TicketId};
use crate::domain::parties::{Party, Scope, View};
use crate::domain::search::SearchQuery;
use crate::domain::tickets::{Channel, Priority};

/// Which cases to list. Kept with saved searches as JSON: fields are only ever added.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CaseFilter {
    /// In one of these states; any when empty.
    pub status: Vec<CaseStatus>,
    /// Where it is this party's turn.
    pub awaiting: Option<Party>,
    /// Seen through by this party.
    pub owner: Option<Party>,
    /// On this side of the purchase.
    pub phase: Option<CasePhase>,
    /// Of this seller.
    pub seller: Option<SellerId>,
    /// About the order with this reference.
    pub order_reference: Option<String>,
    /// As urgent as one of these; anything when empty.
    pub priority: Vec<Priority>,
    /// Changed after this time.
    pub updated_after: Option<DateTime<Utc>>,
    /// Changed before this time.
    pub updated_before: Option<DateTime<Utc>>,
    /// Opened after this time.
    pub opened_after: Option<DateTime<Utc>>,
    /// Opened before this time.
    pub opened_before: Option<DateTime<Utc>>,
    /// With these words in its subject, its references, its seller's name; for operators, in its buyer's name and address.
    pub text: Option<String>,
}

/// In which order to list them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CaseOrder {
    /// The one that changed last first.
    #[default]
    UpdatedDesc,
    /// The newest first.
    OpenedDesc,
    /// The one whose answer is due first; only those with a due time.
    DueAsc,
}

/// The key of a row in a list of cases.
pub type CaseKey = (DateTime<Utc>, CaseId);

/// Somebody getting in touch about something bought.
#[derive(Debug, Clone, Copy)]
pub struct Contact<'a> {
    /// Who.
    pub buyer: BuyerId,
    /// About which order.
    pub order: OrderId,
    /// About which line of it, when known.
    pub order_line: Option<&'a str>,
    /// By which channel.
    pub channel: Channel,
    /// How far back a case may lie to be about the same.
    pub since: DateTime<Utc>,
}

/// A client's request to open a case, as it is told from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    /// The client's key, scoped to the client.
    pub key: String,
    /// SHA-256 of what is asked for.
    pub digest: [u8; 32],
}

/// What became of an earlier request with the same key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenedBefore {
    /// It asked for the same, and this case was opened.
    Alike(Box<Case>),
    /// It asked for something else.
    Otherwise,
}

pub(super) fn case(row: cases::Model) -> Result<Case> {
    Ok(Case {
        id: CaseId::from_uuid(row.id),
        reference: row.reference,
        subject: row.subject,
        status: from_text(&row.status, "cases", "status")?,
        mode: from_text(&row.mode, "cases", "mode")?,
        phase: from_text(&row.phase, "cases", "phase")?,
        priority: from_text(&row.priority, "cases", "priority")?,
        owner: from_text(&row.owner, "cases", "owner")?,
        buyer: BuyerId::from_uuid(row.buyer_id),
        seller: row.seller_id.map(SellerId::from_uuid),
        team: row.team_id.map(TeamId::from_uuid),
        order: row.order_id.map(OrderId::from_uuid),
        order_line: row.order_line,
        reason: row.reason.parse().map_err(|_| StoreError::Inconsistent { table: "cases", column: "reason" })?,
        channel: from_text(&row.channel, "cases", "channel")?,
        language: row.language.map(|tag| from_text(&tag, "cases", "language")).transpose()?,
        charter: CharterVersion(row.charter_version),
        parent: row.parent_id.map(CaseId::from_uuid),
        merged_into: row.merged_into.map(CaseId::from_uuid),
        waiting_since: row.waiting_since,
        previous: row.previous_status.map(|status| from_text(&status, "cases", "previous_status")).transpose()?,
        clocks: from_json(row.clocks, "cases", "clocks")?,
        acknowledge_at: row.acknowledge_at,
        silence_at: row.silence_at,
        outcome: row.outcome.map(|outcome| from_text(&outcome, "cases", "outcome")).transpose()?,
        resolution: row.resolution.map(|resolution| from_text(&resolution, "cases", "resolution")).transpose()?,
        last_event: row.last_event,
        opened_at: row.opened_at,
        updated_at: row.updated_at,
        seller_updated_at: row.seller_updated_at,
        buyer_updated_at: row.buyer_updated_at,
    })
}

/// What a case's place in the search depends on.
/// The cases about an order that are not closed: a handful. Sorted by the database they would be found by walking through all
/// cases.
fn open_about(marketplace: MarketplaceId, order: OrderId) -> Select<cases::Entity> {
    cases::Entity::find()
        .filter(cases::Column::MarketplaceId.eq(marketplace.uuid()))
        .filter(cases::Column::OrderId.eq(order.uuid()))
        .filter(cases::Column::Status.ne(text(CaseStatus::Closed)))
}

fn keys(case: &Case) -> CaseKeys {
    (case.subject.clone(), case.seller.map(SellerId::uuid), case.order.map(OrderId::uuid))
}

impl CaseOrder {
    const fn column(self, scope: Scope) -> cases::Column {
        match (self, scope.view) {
            // A list must not move when something happens that its reader may not know of.
            (Self::UpdatedDesc, View::Seller(_)) => cases::Column::SellerUpdatedAt,
            (Self::UpdatedDesc, View::Storefront | View::Buyer(_)) => cases::Column::BuyerUpdatedAt,
            (Self::UpdatedDesc, View::Whole) => cases::Column::UpdatedAt,
            (Self::OpenedDesc, _) | (Self::UpdatedDesc, View::Mediator { .. }) => cases::Column::OpenedAt,
            (Self::DueAsc, _) => cases::Column::ReplyDueAt,
        }
    }

    /// The key of a case in this order, as the reader sees it.
    pub fn key(self, scope: Scope, case: &Case) -> CaseKey {
        let at = match self {
            Self::UpdatedDesc => case.updated_at_for(scope.view),
            Self::OpenedDesc => case.opened_at,
            Self::DueAsc => case.reply_due_at().unwrap_or(case.opened_at),
        };
        (at, case.id)
    }
}

impl CaseFilter {
    fn condition(&self, backend: Backend, scope: Scope) -> Condition {
        let mut condition = scope::cases(scope);
        let mut status = self.status.clone();
        if let Some(party) = self.awaiting {
            let waiting = CaseStatus::ALL.into_iter().filter(|status| status.turn() == Some(party));
            status = waiting.filter(|waiting| self.status.is_empty() || self.status.contains(waiting)).collect();
        }
        if !status.is_empty() || self.awaiting.is_some() {
            condition = condition.add(cases::Column::Status.is_in(status.into_iter().map(text)));
        }
        let orders = self.order_reference.as_ref().map(|reference| {
            Query::select()
                .column(orders::Column::Id)
                .from(orders::Entity)
                .and_where(orders::Column::MarketplaceId.eq(scope.marketplace.uuid()))
                .and_where(orders::Column::Reference.eq(reference))
                .take()
        });
        if !self.priority.is_empty() {
            condition = condition.add(cases::Column::Priority.is_in(self.priority.iter().map(text)));
        }
        if let Some(words) = &self.text {
            // Whoever asks has been told of a text that cannot be looked for; nothing is said by it.
            let said = SearchQuery::parse(words).map(|query| cases::Column::Id.in_subquery(cases_that_say(backend, scope, &query)));
            condition = condition.add(said.unwrap_or_else(|_| Expr::cust("1 = 0")));
        }
        let updated = CaseOrder::UpdatedDesc.column(scope);
        condition
            .add_option(self.owner.map(|owner| cases::Column::Owner.eq(text(owner))))
            .add_option(self.phase.map(|phase| cases::Column::Phase.eq(text(phase))))
            .add_option(self.seller.map(|seller| cases::Column::SellerId.eq(seller.uuid())))
            .add_option(orders.map(|orders| cases::Column::OrderId.in_subquery(orders)))
            .add_option(self.updated_after.map(|after| updated.gt(after)))
            .add_option(self.updated_before.map(|before| updated.lt(before)))
            .add_option(self.opened_after.map(|after| cases::Column::OpenedAt.gt(after)))
            .add_option(self.opened_before.map(|before| cases::Column::OpenedAt.lt(before)))
    }
}

impl Store {
    /// Cases by id.
    pub async fn cases_by_id(&self, scope: Scope, ids: &[CaseId]) -> Result<Vec<Case>> {
        let find = cases::Entity::find().filter(scope::cases(scope)).filter(cases::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
        find.all(&self.reads).await?.into_iter().map(case).collect()
    }

    /// The newest case about an order that is not closed, of those that the reader knows.
    pub async fn newest_case_about(&self, scope: Scope, order: OrderId) -> Result<Option<Case>> {
        let found = open_about(scope.marketplace, order).filter(scope::cases(scope)).all(&self.reads).await?;
        found.into_iter().max_by_key(|row| row.id).map(case).transpose()
    }

    /// A case by the short name that people read aloud.
    pub async fn case_by_reference(&self, scope: Scope, reference: &str) -> Result<Option<Case>> {
        let find = cases::Entity::find().filter(scope::cases(scope)).filter(cases::Column::Reference.eq(reference));
        find.one(&self.reads).await?.map(case).transpose()
    }

    /// A page of the cases that the reader knows.
    pub async fn cases(&self, scope: Scope, filter: &CaseFilter, order: CaseOrder, request: &PageRequest<CaseKey>) -> Result<Page<Case>> {
        let column = order.column(scope);
        let upwards = (order == CaseOrder::DueAsc) == (request.side == PageSide::First);
        let mut condition = filter.condition(self.backend, scope);
        if order == CaseOrder::DueAsc {
            condition = condition.add(cases::Column::ReplyDueAt.is_not_null());
        }
        if let Some((at, id)) = request.from {
            let row = Expr::tuple([Expr::col((cases::Entity, column)), Expr::col((cases::Entity, cases::Column::Id))]);
            let cursor = Expr::tuple([SimpleExpr::from(Expr::val(at)), SimpleExpr::from(Expr::val(id.uuid()))]);
            condition = condition.add(if upwards { row.gt(cursor) } else { row.lt(cursor) });
        }
        let direction = if upwards { Order::Asc } else { Order::Desc };
        let find = cases::Entity::find().filter(condition).order_by(column, direction.clone()).order_by(cases::Column::Id, direction);
        let rows = find.limit(request.size + 1).all(&self.reads).await?;
        Ok(Page::of(request, rows.into_iter().map(case).collect::<Result<_>>()?))
    }

    /// The case that a client opened with this key, if there is one.
    pub async fn opened_before(&self, scope: Scope, request: &RequestKey) -> Result<Option<OpenedBefore>> {
        let find = cases::Entity::find().filter(scope::cases(scope)).filter(cases::Column::IdempotencyKey.eq(&request.key));
        let Some(row) = find.one(&self.reads).await? else { return Ok(None) };
        let same = row.request_digest.as_deref() == Some(&request.digest);
        Ok(Some(if same { OpenedBefore::Alike(Box::new(case(row)?)) } else { OpenedBefore::Otherwise }))
    }
}

impl Tx {
    /// A case, under lock, if the actor's scope has it.
    pub async fn lock_case(&self, scope: Scope, id: CaseId) -> Result<Option<Case>> {
        Ok(self.lock_cases(scope, &[id]).await?.pop())
    }

    /// Cases, under lock, those of them that the actor's scope has. Always in the order of their ids, so that two
    /// units of work never wait for each other in a circle.
    pub async fn lock_cases(&self, scope: Scope, ids: &[CaseId]) -> Result<Vec<Case>> {
        let find = cases::Entity::find()
            .filter(scope::cases(scope))
            .filter(cases::Column::Id.is_in(ids.iter().map(|id| id.uuid())))
            .order_by_asc(cases::Column::Id);
        self.locked(find).await
    }

    async fn locked(&self, find: Select<cases::Entity>) -> Result<Vec<Case>> {
        let found = find.lock_exclusive().all(self.db().await?).await?.into_iter().map(case).collect::<Result<Vec<_>>>()?;
        for case in &found {
            self.known.learn_case(case.id, KnownCase { keys: keys(case), last_event: case.last_event });
        }
        Ok(found)
    }

    /// The newest case about an order that is not closed. It is not locked.
    pub async fn newest_case_about(&self, order: OrderId) -> Result<Option<CaseId>> {
        let find = open_about(self.marketplace, order).select_only().column(cases::Column::Id).into_tuple::<uuid::Uuid>();
        Ok(find.all(self.db().await?).await?.into_iter().max().map(CaseId::from_uuid))
    }

    /// The newest open case of a buyer about the same thing that began by another channel, under lock.
    pub async fn case_about(&self, contact: &Contact<'_>) -> Result<Option<Case>> {
        let find = cases::Entity::find()
            .filter(cases::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(cases::Column::OrderId.eq(contact.order.uuid()))
            .filter(cases::Column::BuyerId.eq(contact.buyer.uuid()))
            .filter(cases::Column::Status.ne(text(CaseStatus::Closed)))
            .filter(cases::Column::Channel.ne(text(contact.channel)))
            .filter(cases::Column::UpdatedAt.gte(contact.since))
            .order_by_desc(cases::Column::Id);
        let found = self.locked(find).await?;
        if found.is_empty() {
            return Ok(None);
        }
        // Of an order with one line there is only one thing that it can be about.
        let lines = order_lines::Entity::find()
            .select_only()
            .column(order_lines::Column::Position)
            .filter(order_lines::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(order_lines::Column::OrderId.eq(contact.order.uuid()))
            .limit(2)
            .into_tuple::<i32>();
        let single = lines.all(self.db().await?).await?.len() == 1;
        Ok(found.into_iter().find(|case| match (case.order_line.as_deref(), contact.order_line) {
            (Some(one), Some(other)) => one == other,
            _ => single,
        }))
    }

    /// The cases that a ticket tells, under lock, the newest last.
    pub async fn lock_cases_of_ticket(&self, ticket: TicketId) -> Result<Vec<Case>> {
        let told = Query::select()
            .column(case_tickets::Column::CaseId)
            .from(case_tickets::Entity)
            .and_where(case_tickets::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .and_where(case_tickets::Column::TicketId.eq(ticket.uuid()))
            .take();
        let find = cases::Entity::find()
            .filter(cases::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(cases::Column::Id.in_subquery(told))
            .order_by_asc(cases::Column::Id);
        self.locked(find).await
    }

    /// The cases that a thread covers, in the order of their ids, under lock; none for an actor who takes no part in it.
    pub async fn lock_cases_of_thread(&self, scope: Scope, thread: ThreadId) -> Result<Vec<Case>> {
        let covered = Query::select()
            .column(thread_cases::Column::CaseId)
            .from(thread_cases::Entity)
            .cond_where(scope::threads(scope, thread_cases::Column::MarketplaceId, thread_cases::Column::ThreadId))
            .and_where(thread_cases::Column::ThreadId.eq(thread.uuid()))
            .take();
        let find = cases::Entity::find()
            .filter(cases::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(cases::Column::Id.in_subquery(covered))
            .order_by_asc(cases::Column::Id);
        self.locked(find).await
    }

    /// The next short name. Numbers are not reused; one whose unit of work fails is.
    pub async fn next_reference(&self) -> Result<String> {
        let mut update = Query::update();
        update
            .table(marketplaces::Entity)
            .value(marketplaces::Column::LastCase, Expr::col(marketplaces::Column::LastCase).add(1))
            .and_where(marketplaces::Column::Id.eq(self.marketplace.uuid()))
            .returning_col(marketplaces::Column::LastCase);
        let row = self.db().await?.query_one(&update).await?.ok_or(StoreError::Inconsistent { table: "marketplaces", column: "id" })?;
        Ok(format!("C-{}", row.try_get::<i64>("", "last_case")?))
    }

    /// Stores a new case.
    pub async fn insert_case(&self, case: &Case, request: Option<&RequestKey>) -> Result<()> {
        let mut row = self.case_row(case).into_active_model().reset_all();
        row.idempotency_key = ActiveValue::Set(request.map(|request| request.key.clone()));
        row.request_digest = ActiveValue::Set(request.map(|request| request.digest.to_vec()));
        cases::Entity::insert(row).exec_without_returning(self.db().await?).await?;
        self.known.learn_case(case.id, KnownCase { keys: keys(case), last_event: case.last_event });
        self.index_case(case.id).await
    }

    /// Stores what changed about a case. Its event counter and times move with its events only.
    pub async fn save_case(&self, case: &Case) -> Result<()> {
        let mut row = self.case_row(case).into_active_model().reset_all();
        row.last_event = ActiveValue::NotSet;
        row.updated_at = ActiveValue::NotSet;
        row.seller_updated_at = ActiveValue::NotSet;
        row.buyer_updated_at = ActiveValue::NotSet;
        row.idempotency_key = ActiveValue::NotSet;
        row.request_digest = ActiveValue::NotSet;
        let known = self.known.case(case.id);
        let found_by = match &known {
            Some(known) => Some(known.keys.clone()),
            None => self.case_keys(case.id).await?,
        };
        self.later(Write::Case(Box::new(row))).await?;
        if found_by.as_ref() == Some(&keys(case)) {
            return Ok(());
        }
        if let Some(known) = known {
            self.known.learn_case(case.id, KnownCase { keys: keys(case), ..known });
        }
        self.reindex_case(case.id, found_by).await
    }

    /// Says that a ticket tells a case.
    pub async fn link_ticket(&self, case: CaseId, ticket: TicketId) -> Result<()> {
        self.known.forget_tickets();
        let row = case_tickets::Model {
            marketplace_id: self.marketplace.uuid(),
            ticket_id: ticket.uuid(),
            case_id: case.uuid(),
            linked_at: self.store.clock.now(),
        };
        let insert = case_tickets::Entity::insert(row.into_active_model().reset_all());
        let on_conflict = sea_orm::sea_query::OnConflict::new().do_nothing().to_owned();
        insert.on_conflict(on_conflict).exec_without_returning(self.db().await?).await?;
        Ok(())
    }

    fn case_row(&self, case: &Case) -> cases::Model {
        cases::Model {
            marketplace_id: self.marketplace.uuid(),
            id: case.id.uuid(),
            reference: case.reference.clone(),
            subject: case.subject.clone(),
            status: text(case.status),
            mode: text(case.mode),
            phase: text(case.phase),
            priority: text(case.priority),
            owner: text(case.owner),
            buyer_id: case.buyer.uuid(),
            seller_id: case.seller.map(SellerId::uuid),
            team_id: case.team.map(TeamId::uuid),
            order_id: case.order.map(OrderId::uuid),
            order_line: case.order_line.clone(),
            reason: case.reason.as_str().to_owned(),
            channel: text(case.channel),
            language: case.language.as_ref().map(text),
            charter_version: case.charter.0,
            parent_id: case.parent.map(CaseId::uuid),
            merged_into: case.merged_into.map(CaseId::uuid),
            waiting_since: case.waiting_since,
            previous_status: case.previous.map(text),
            clocks: json(&case.clocks),
            reply_due_at: case.reply_due_at(),
            acknowledge_at: case.acknowledge_at,
            silence_at: case.silence_at,
            wakes_at: case.wakes_at(),
            outcome: case.outcome.map(text),
            resolution: case.resolution.map(text),
            last_event: case.last_event,
            opened_at: case.opened_at,
            updated_at: case.updated_at,
            seller_updated_at: case.seller_updated_at,
            buyer_updated_at: case.buyer_updated_at,
            idempotency_key: None,
            request_digest: None,
        }
    }
}
