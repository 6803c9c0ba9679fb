//! What a reader may see, as SQL: the one place where a scope becomes a condition.

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

use super::entity::{cases, events, mediator_places, messages, participants, thread_cases};
use crate::domain::charter::ConversationMode;
use crate::domain::ids::{CaseId, MarketplaceId, MediatorId};
use crate::domain::parties::{Audience, Party, Scope, View};
use crate::store::codec::text;

/// The cases that the reader knows of.
pub(super) fn cases(scope: Scope) -> Condition {
    let tenant = Condition::all().add(cases::Column::MarketplaceId.eq(scope.marketplace.uuid()));
    match scope.view {
        View::Whole | View::Storefront => tenant,
        View::Seller(seller) => tenant.add(cases::Column::SellerId.eq(seller.uuid())).add(seller_knows(scope.marketplace)),
        View::Buyer(buyer) => tenant.add(cases::Column::BuyerId.eq(buyer.uuid())),
        View::Mediator { mediator, case, .. } => {
            tenant.add(cases::Column::Id.eq(case.uuid())).add(Expr::exists(shown_to(scope.marketplace, case, mediator)))
        }
    }
}

/// What was shown of a case to a mediator: nothing any more once they are sent away.
fn shown_to(marketplace: MarketplaceId, case: CaseId, mediator: MediatorId) -> SelectStatement {
    let column = |column: mediator_places::Column| Expr::col((mediator_places::Entity, column));
    Query::select()
        .expr(Expr::val(1))
        .from(mediator_places::Entity)
        .and_where(column(mediator_places::Column::MarketplaceId).eq(marketplace.uuid()))
        .and_where(column(mediator_places::Column::CaseId).eq(case.uuid()))
        .and_where(column(mediator_places::Column::MediatorId).eq(mediator.uuid()))
        .take()
}

/// That the reader knows a case whose `column` is the `other` of the statement's own table. Looked up for each row, as a
/// list of all that the reader knows would grow with the marketplace.
pub(super) fn known_case(scope: Scope, column: cases::Column, other: impl ColumnTrait) -> SimpleExpr {
    let known = Query::select()
        .expr(Expr::val(1))
        .from(cases::Entity)
        .cond_where(cases(scope))
        .and_where(Expr::col((cases::Entity, column)).eq(Expr::col(other.as_column_ref())))
        .take();
    Expr::exists(known)
}

/// The threads, named by `thread` (a column), that the reader takes part in.
pub(super) fn threads(scope: Scope, tenant: impl ColumnTrait, thread: impl ColumnTrait) -> Condition {
    let condition = Condition::all().add(tenant.eq(scope.marketplace.uuid()));
    match place(scope, &thread, None) {
        None => condition,
        Some(place) => condition.add(Expr::exists(place)),
    }
}

/// The messages that the reader sees: in a thread of theirs, from the message on that their place starts with,
/// and meant for their side.
pub(super) fn messages(scope: Scope) -> Condition {
    let condition = Condition::all().add(messages::Column::MarketplaceId.eq(scope.marketplace.uuid()));
    match place(scope, &messages::Column::ThreadId, Some(Expr::col((messages::Entity, messages::Column::Number)))) {
        None => condition,
        Some(place) => condition.add(Expr::exists(place)).add(meant_for(scope, messages::Column::Audience)),
    }
}

/// The events that the reader sees: of cases they know, meant for their side, and, where they are about a message,
/// only with that message.
pub(super) fn events(scope: Scope) -> Condition {
    let condition = Condition::all().add(events::Column::MarketplaceId.eq(scope.marketplace.uuid()));
    let message = Expr::col((events::Entity, events::Column::MessageNumber));
    let Some(place) = place(scope, &events::Column::ThreadId, Some(message)) else { return condition };
    condition
        .add(known_case(scope, cases::Column::Id, events::Column::CaseId))
        .add(meant_for(scope, events::Column::Audience))
        .add(Condition::any().add(events::Column::ThreadId.is_null()).add(Expr::exists(place)))
}

/// The threads of these cases that the reader takes part in.
pub(super) fn threads_of_cases(scope: Scope, cases: &[Uuid]) -> Condition {
    threads(scope, thread_cases::Column::MarketplaceId, thread_cases::Column::ThreadId)
        .add(thread_cases::Column::CaseId.is_in(cases.iter().copied()))
}

/// That the seller of a case knows of it: where the operator talks alone, only if it was let into a thread.
pub(super) fn seller_knows(marketplace: MarketplaceId) -> SimpleExpr {
    let column = |column: participants::Column| Expr::col((participants::Entity, column));
    let let_in = Query::select()
        .expr(Expr::val(1))
        .from(thread_cases::Entity)
        .inner_join(
            participants::Entity,
            Condition::all()
                .add(column(participants::Column::MarketplaceId).eq(marketplace.uuid()))
                .add(column(participants::Column::ThreadId).eq(Expr::col((thread_cases::Entity, thread_cases::Column::ThreadId))))
                .add(column(participants::Column::Party).eq(text(Party::Seller)))
                .add(column(participants::Column::MemberId).eq(Expr::col((cases::Entity, cases::Column::SellerId)))),
        )
        .and_where(Expr::col((thread_cases::Entity, thread_cases::Column::MarketplaceId)).eq(marketplace.uuid()))
        .and_where(Expr::col((thread_cases::Entity, thread_cases::Column::CaseId)).eq(Expr::col((cases::Entity, cases::Column::Id))))
        .take();
    cases::Column::Mode.ne(text(ConversationMode::OperatorOnly)).or(Expr::exists(let_in))
}

/// The reader's place in the thread named by `thread`; none when the reader needs no place.
fn place(scope: Scope, thread: &impl ColumnTrait, number: Option<SimpleExpr>) -> Option<SelectStatement> {
    let (party, member) = match scope.view {
        View::Whole => return None,
        View::Seller(seller) => (Party::Seller, Some(seller.uuid())),
        View::Buyer(buyer) => (Party::Buyer, Some(buyer.uuid())),
        View::Storefront => (Party::Buyer, None),
        View::Mediator { mediator, case, .. } => {
            let column = |column: mediator_places::Column| Expr::col((mediator_places::Entity, column));
            let mut select = shown_to(scope.marketplace, case, mediator);
            select.and_where(column(mediator_places::Column::ThreadId).eq(Expr::col(thread.as_column_ref())));
            if let Some(number) = number {
                select.and_where(column(mediator_places::Column::VisibleFrom).lte(number));
            }
            return Some(select);
        }
    };
    let p = Alias::new("place");
    let column = |column: participants::Column| Expr::col((p.clone(), column));
    let mut select = Query::select();
    select
        .expr(Expr::val(1))
        .from_as(participants::Entity, p.clone())
        .and_where(column(participants::Column::MarketplaceId).eq(scope.marketplace.uuid()))
        .and_where(column(participants::Column::ThreadId).eq(Expr::col(thread.as_column_ref())))
        .and_where(column(participants::Column::Party).eq(text(party)));
    if let Some(member) = member {
        select.and_where(column(participants::Column::MemberId).eq(member));
    }
    if let Some(number) = number {
        select.and_where(column(participants::Column::VisibleFrom).lte(number));
    }
    Some(select)
}

/// That a reader sees none of it.
pub(super) fn nothing() -> SimpleExpr {
    Expr::val(1).eq(0)
}

/// That something is meant for the reader's side.
pub(super) fn meant_for(scope: Scope, audience: impl ColumnTrait) -> Condition {
    let sides = scope.audience();
    if sides == Audience::NOBODY {
        return Condition::all();
    }
    // Bits and not a list of values: an audience is a set of sides.
    Condition::all().add(Expr::col(audience.as_column_ref()).bit_and(sides.bits()).eq(sides.bits()))
}
