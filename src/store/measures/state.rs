//! The state that is counted, read for many things at once.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::super::codec::{from_json, from_text, text};
use super::super::entity::{buyers, cases, disputes, events, help_visits, messages, orders, thread_cases, threads};
use super::super::{Result, Store, StoreError};
use crate::domain::disputes::Dispute;
use crate::domain::ids::{BuyerId, CaseId, DisputeId, MarketplaceId, OrderId, SellerId, TeamId};
use crate::domain::kpis::{BuyerMark, CaseCard, HelpVisit, Opinion, Turn, Word};
use crate::domain::parties::{Audience, Party};
use crate::domain::threads::{Origin, ThreadKind};
use crate::domain::timeline::EventKind;

/// A case with all that counting looks at.
#[derive(Debug, Clone)]
pub struct CaseState {
    /// The case.
    pub card: CaseCard,
    /// What people said that the buyer could read, in the order of time.
    pub words: Vec<Word>,
    /// How its state changed, in the order of time.
    pub turns: Vec<Turn>,
    /// All cases of the buyer.
    pub others: Arc<Vec<CaseCard>>,
    /// The buyer, when there is an address.
    pub buyer: Option<BuyerMark>,
    /// What the buyer said of it.
    pub opinion: Opinion,
}

/// A dispute with its seller.
#[derive(Debug, Clone)]
pub struct DisputeState {
    /// The dispute.
    pub dispute: Dispute,
    /// Whose sale it is about.
    pub seller: SellerId,
}

/// What counting looks at in an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderState {
    /// Which.
    pub id: OrderId,
    /// Who sold.
    pub seller: SellerId,
    /// Who bought, when there is an address.
    pub buyer: Option<BuyerMark>,
    /// When.
    pub placed_at: DateTime<Utc>,
}

/// A visit to the help pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VisitState {
    /// Which.
    pub id: Uuid,
    /// What became of it.
    pub visit: HelpVisit,
    /// When.
    pub at: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct CardRow {
    id: Uuid,
    buyer_id: Uuid,
    seller_id: Option<Uuid>,
    team_id: Option<Uuid>,
    order_id: Option<Uuid>,
    order_line: Option<String>,
    reason: String,
    channel: String,
    phase: String,
    charter_version: i32,
    merged_into: Option<Uuid>,
    outcome: Option<String>,
    opened_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

fn card(row: CardRow) -> Result<CaseCard> {
    Ok(CaseCard {
        id: CaseId::from_uuid(row.id),
        buyer: BuyerId::from_uuid(row.buyer_id),
        seller: row.seller_id.map(SellerId::from_uuid),
        team: row.team_id.map(TeamId::from_uuid),
        order: row.order_id.map(OrderId::from_uuid),
        order_line: row.order_line,
        reason: row.reason.parse().map_err(|_| StoreError::Inconsistent { table: "cases", column: "reason" })?,
        channel: from_text(&row.channel, "cases", "channel")?,
        phase: from_text(&row.phase, "cases", "phase")?,
        charter: crate::domain::charter::CharterVersion(row.charter_version),
        merged_into: row.merged_into.map(CaseId::from_uuid),
        outcome: row.outcome.map(|outcome| from_text(&outcome, "cases", "outcome")).transpose()?,
        opened_at: row.opened_at,
        updated_at: row.updated_at,
    })
}

fn uuids<T: Copy>(ids: &[T], uuid: impl Fn(T) -> Uuid) -> Vec<Uuid> {
    ids.iter().map(|id| uuid(*id)).collect()
}

impl Store {
    async fn cards_where(&self, marketplace: MarketplaceId, column: cases::Column, ids: Vec<Uuid>) -> Result<Vec<CaseCard>> {
        use cases::Column::{
            BuyerId, Channel, CharterVersion, Id, MarketplaceId, MergedInto, OpenedAt, OrderId, OrderLine, Outcome, Phase, Reason,
            SellerId, TeamId, UpdatedAt,
        };
        let find = cases::Entity::find()
            .select_only()
            .columns([Id, BuyerId, SellerId, OrderId, OrderLine, Reason])
            .columns([Channel, Phase, CharterVersion, MergedInto, Outcome, OpenedAt, UpdatedAt, TeamId])
            .filter(MarketplaceId.eq(marketplace.uuid()))
            .filter(column.is_in(ids));
        find.into_model::<CardRow>().all(&self.reads).await?.into_iter().map(card).collect()
    }

    /// These cases, as far as they are there.
    pub async fn case_cards(&self, marketplace: MarketplaceId, ids: &[CaseId]) -> Result<Vec<CaseCard>> {
        self.cards_where(marketplace, cases::Column::Id, uuids(ids, CaseId::uuid)).await
    }

    /// All cases of these buyers.
    pub async fn case_cards_of(&self, marketplace: MarketplaceId, buyers: &[BuyerId]) -> Result<Vec<CaseCard>> {
        self.cards_where(marketplace, cases::Column::BuyerId, uuids(buyers, BuyerId::uuid)).await
    }

    /// These cases with all that counting looks at; `known` are all cases of their buyers. A bounded number of statements.
    pub async fn case_states(&self, marketplace: MarketplaceId, cards: Vec<CaseCard>, known: &[CaseCard]) -> Result<Vec<CaseState>> {
        if cards.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<_> = cards.iter().map(|card| card.id).collect();
        let mut words = self.words_of(marketplace, &ids).await?;
        let mut turns = self.turns_of(marketplace, &ids).await?;
        let opinions = self.opinions_of_cases(marketplace, &ids).await?;
        let marks = self.buyer_marks(marketplace, &cards).await?;
        let mut others: HashMap<BuyerId, Vec<CaseCard>> = HashMap::new();
        for other in known {
            others.entry(other.buyer).or_default().push(other.clone());
        }
        // Shared, as a buyer with many cases stands beside each of them.
        let others: HashMap<_, _> = others.into_iter().map(|(buyer, cards)| (buyer, Arc::new(cards))).collect();
        let state = |card: CaseCard| CaseState {
            words: words.remove(&card.id).unwrap_or_default(),
            turns: turns.remove(&card.id).unwrap_or_default(),
            others: others.get(&card.buyer).cloned().unwrap_or_default(),
            buyer: marks.get(&card.buyer).copied(),
            opinion: opinions.get(&card.id).copied().unwrap_or_default(),
            card,
        };
        Ok(cards.into_iter().map(state).collect())
    }

    async fn buyer_marks(&self, marketplace: MarketplaceId, cards: &[CaseCard]) -> Result<HashMap<BuyerId, BuyerMark>> {
        let ids: BTreeSet<_> = cards.iter().map(|card| card.buyer.uuid()).collect();
        let find = buyers::Entity::find()
            .select_only()
            .columns([buyers::Column::Id, buyers::Column::Email])
            .filter(buyers::Column::MarketplaceId.eq(marketplace.uuid()))
            .filter(buyers::Column::Id.is_in(ids));
        let rows = find.into_tuple::<(Uuid, Option<String>)>().all(&self.reads).await?;
        let mark = |(id, email): (Uuid, Option<String>)| Some((BuyerId::from_uuid(id), BuyerMark::of(marketplace, &email?)));
        Ok(rows.into_iter().filter_map(mark).collect())
    }

    /// What people said in these cases that the buyer could read, or said. What rules wrote is no word.
    async fn words_of(&self, marketplace: MarketplaceId, ids: &[CaseId]) -> Result<HashMap<CaseId, Vec<Word>>> {
        let buyer = Audience::of([Party::Buyer]).bits();
        let mut find = Query::select();
        find.column((thread_cases::Entity, thread_cases::Column::CaseId))
            .column((messages::Entity, messages::Column::Author))
            .column((messages::Entity, messages::Column::SentAt))
            .column((messages::Entity, messages::Column::Number))
            .from(thread_cases::Entity)
            .inner_join(
                threads::Entity,
                Expr::col((threads::Entity, threads::Column::MarketplaceId))
                    .equals((thread_cases::Entity, thread_cases::Column::MarketplaceId))
                    .and(Expr::col((threads::Entity, threads::Column::Id)).equals((thread_cases::Entity, thread_cases::Column::ThreadId))),
            )
            .inner_join(
                messages::Entity,
                Expr::col((messages::Entity, messages::Column::MarketplaceId))
                    .equals((thread_cases::Entity, thread_cases::Column::MarketplaceId))
                    .and(
                        Expr::col((messages::Entity, messages::Column::ThreadId))
                            .equals((thread_cases::Entity, thread_cases::Column::ThreadId)),
                    ),
            )
            .and_where(thread_cases::Column::MarketplaceId.eq(marketplace.uuid()))
            .and_where(thread_cases::Column::CaseId.is_in(uuids(ids, CaseId::uuid)))
            .and_where(threads::Column::Kind.ne(text(ThreadKind::OperatorSeller)))
            .and_where(messages::Column::Origin.eq(text(Origin::Person)))
            .and_where(
                // What a helpdesk holds back of the buyer's own words was said all the same.
                Expr::col((messages::Entity, messages::Column::Audience)).bit_and(buyer).ne(0).or(Expr::col((
                    messages::Entity,
                    messages::Column::Author,
                ))
                .eq(text(Party::Buyer))),
            );
        let mut said: HashMap<CaseId, Vec<(DateTime<Utc>, i64, Word)>> = HashMap::new();
        for row in self.reads.query_all(&find).await? {
            let author: String = row.try_get("", "author")?;
            let at: DateTime<Utc> = row.try_get("", "sent_at")?;
            let word = Word { author: from_text(&author, "messages", "author")?, at };
            said.entry(CaseId::from_uuid(row.try_get("", "case_id")?)).or_default().push((at, row.try_get("", "number")?, word));
        }
        Ok(said.into_iter().map(|(case, words)| (case, in_order(words))).collect())
    }

    async fn turns_of(&self, marketplace: MarketplaceId, ids: &[CaseId]) -> Result<HashMap<CaseId, Vec<Turn>>> {
        let find = events::Entity::find()
            .select_only()
            .columns([events::Column::CaseId, events::Column::Kind, events::Column::At])
            .filter(events::Column::MarketplaceId.eq(marketplace.uuid()))
            .filter(events::Column::CaseId.is_in(uuids(ids, CaseId::uuid)))
            .filter(Expr::cust("kind ->> 'type' IN ('STATUS_CHANGED', 'REPLY_WAIVED')"))
            .order_by_asc(events::Column::CaseId)
            .order_by_asc(events::Column::Number);
        let rows = find.into_tuple::<(Uuid, sea_orm::JsonValue, DateTime<Utc>)>().all(&self.reads).await?;
        let mut turns: HashMap<CaseId, Vec<Turn>> = HashMap::new();
        let mut waived: HashSet<(CaseId, DateTime<Utc>)> = HashSet::new();
        for (case, kind, at) in rows {
            let case = CaseId::from_uuid(case);
            match from_json(kind, "events", "kind")? {
                EventKind::StatusChanged { from, to } => turns.entry(case).or_default().push(Turn { from, to, at }),
                EventKind::ReplyWaived { .. } => drop(waived.insert((case, at))),
                _ => {}
            }
        }
        for (case, turns) in &mut turns {
            *turns = Turn::without_thanks(std::mem::take(turns), |at| waived.contains(&(*case, at)));
        }
        Ok(turns)
    }

    /// The disputes of these cases.
    pub async fn dispute_states(&self, marketplace: MarketplaceId, ids: &[CaseId]) -> Result<Vec<DisputeState>> {
        let find = disputes::Entity::find()
            .filter(disputes::Column::MarketplaceId.eq(marketplace.uuid()))
            .filter(disputes::Column::CaseId.is_in(uuids(ids, CaseId::uuid)));
        let state = |row: disputes::Model| {
            let seller = SellerId::from_uuid(row.seller_id);
            let document: Dispute = from_json(row.document, "disputes", "document")?;
            let dispute = Dispute { id: DisputeId::from_uuid(row.id), case: CaseId::from_uuid(row.case_id), ..document };
            Ok(DisputeState { dispute, seller })
        };
        find.all(&self.reads).await?.into_iter().map(state).collect()
    }

    /// These orders, as far as they are there.
    pub async fn order_states(&self, marketplace: MarketplaceId, ids: &[OrderId]) -> Result<Vec<OrderState>> {
        let find = orders::Entity::find()
            .select_only()
            .columns([orders::Column::Id, orders::Column::SellerId, orders::Column::BuyerEmail, orders::Column::PlacedAt])
            .filter(orders::Column::MarketplaceId.eq(marketplace.uuid()))
            .filter(orders::Column::Id.is_in(uuids(ids, OrderId::uuid)));
        let rows = find.into_tuple::<(Uuid, Uuid, Option<String>, DateTime<Utc>)>().all(&self.reads).await?;
        let state = |(id, seller, email, placed_at): (Uuid, Uuid, Option<String>, DateTime<Utc>)| OrderState {
            id: OrderId::from_uuid(id),
            seller: SellerId::from_uuid(seller),
            buyer: email.map(|email| BuyerMark::of(marketplace, &email)),
            placed_at,
        };
        Ok(rows.into_iter().map(state).collect())
    }

    /// These visits to the help pages.
    pub async fn visit_states(&self, marketplace: MarketplaceId, ids: &[Uuid]) -> Result<Vec<VisitState>> {
        let find = help_visits::Entity::find()
            .filter(help_visits::Column::MarketplaceId.eq(marketplace.uuid()))
            .filter(help_visits::Column::Id.is_in(ids.iter().copied()));
        let state = |row: help_visits::Model| {
            Ok(VisitState { id: row.id, visit: from_text(&row.outcome, "help_visits", "outcome")?, at: row.visited_at })
        };
        find.all(&self.reads).await?.into_iter().map(state).collect()
    }
}

fn in_order(mut words: Vec<(DateTime<Utc>, i64, Word)>) -> Vec<Word> {
    words.sort_by_key(|(at, number, _)| (*at, *number));
    words.into_iter().map(|(_, _, word)| word).collect()
}
