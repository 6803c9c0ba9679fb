//! Who may see an event, decided in memory. The store asks the same of its rows in SQL (`store/scope.rs`, `events`); a test
//! holds the two to the same answer.

use super::ids::{BuyerId, MediatorId, SellerId};
use super::parties::{Audience, Scope, View};
use super::threads::Member;
use super::timeline::EventKind;

/// What decides who may see an event, besides its own audience: as it was when somebody looked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surroundings {
    /// The seller who knows its case.
    pub seller: Option<SellerId>,
    /// Who buys in it.
    pub buyer: BuyerId,
    /// For an event about a message: the message's number, and who takes part in its thread, each from which message on.
    pub message: Option<(i64, Vec<(Member, i64)>)>,
    /// The mediators who are let into its case, each with the message from which on they see the thread that the event is
    /// about; none where that was not shown to them.
    pub mediators: Vec<(MediatorId, Option<i64>)>,
}

impl Surroundings {
    /// Whether a reader may see an event of this audience: in a case that they know, meant for their side, and, where it is
    /// about a message, with that message.
    pub fn show(&self, scope: Scope, audience: Audience) -> bool {
        if scope.view == View::Whole {
            return true;
        }
        let let_in = |who: MediatorId| self.mediators.iter().find(|(mediator, _)| *mediator == who);
        let known = match scope.view {
            View::Whole | View::Storefront => true,
            View::Seller(seller) => self.seller == Some(seller),
            View::Buyer(buyer) => self.buyer == buyer,
            View::Mediator { mediator, .. } => let_in(mediator).is_some(),
        };
        let own = |member: &Member| match (scope.view, member) {
            (View::Seller(seller), Member::Seller(other)) => seller == *other,
            (View::Buyer(buyer), Member::Buyer(other)) => buyer == *other,
            (View::Storefront, Member::Buyer(_)) => true,
            _ => false,
        };
        let placed = |(number, places): &(i64, Vec<(Member, i64)>)| match scope.view {
            View::Mediator { mediator, .. } => let_in(mediator).and_then(|(_, from)| *from).is_some_and(|from| from <= *number),
            _ => places.iter().any(|(member, from)| own(member) && from <= number),
        };
        known && audience.covers(scope.audience()) && self.message.as_ref().is_none_or(placed)
    }
}

/// Whether it may change who sees what was told before. What changes that without an event does not exist.
pub const fn changes_sight(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::OrderAttached { .. }
            | EventKind::ParticipantAdded { .. }
            | EventKind::ThreadOpened { .. }
            | EventKind::CaseEscalated { .. }
            | EventKind::MessageRedacted { .. }
            | EventKind::CaseSplit { .. }
            | EventKind::CaseAbsorbed { .. }
            | EventKind::MediatorAdmitted { .. }
            | EventKind::MediatorRevoked { .. }
    )
}
