//! What else a ticket says: its order, its state and priority, and whether it is still there.

use super::{Desk, News};
use crate::domain::cases::{Case, CaseMove, CaseStatus, Outcome};
use crate::domain::ids::{OrderId, SellerId, TicketId};
use crate::domain::orders::OrderPattern;
use crate::domain::tickets::{Ticket, TicketPresence, TicketStatus};
use crate::domain::timeline::{EventKind, NewEvent};
use crate::helpdesk::{NudgeKind, OutboundCommand, TicketSnapshot};
use crate::store::{NewDelivery, lane};
use crate::workflow::{Result, cases};

impl Desk<'_> {
    pub(super) async fn new_ticket(&mut self, snapshot: &TicketSnapshot) -> Result<Ticket> {
        let ticket = Ticket {
            id: TicketId::generate(),
            connection: self.connected.id,
            number: snapshot.number.clone(),
            url: snapshot.url.clone(),
            subject: snapshot.subject.clone(),
            // As every ticket begins: what an agent made of it before we looked counts as a change.
            status: TicketStatus::New,
            priority: snapshot.priority,
            presence: TicketPresence::Active,
            pushed_status: None,
            pushed_priority: None,
            remote_updated_at: snapshot.updated_at,
            comments_read: 0,
            last_comment: None,
        };
        self.tx.insert_ticket(&ticket).await?;
        Ok(ticket)
    }

    /// Follows the ticket into another one, into the bin, or back.
    pub(super) async fn follow_presence(
        &mut self,
        ticket: &mut Ticket,
        case: &mut Option<Case>,
        snapshot: &TicketSnapshot,
        nudge: &NudgeKind,
    ) -> Result<()> {
        let now = match (&snapshot.presence, nudge) {
            (TicketPresence::Merged { into: None }, NudgeKind::TicketMerged { into }) => TicketPresence::Merged { into: into.clone() },
            (presence, _) => presence.clone(),
        };
        let same_kind = std::mem::discriminant(&now) == std::mem::discriminant(&ticket.presence);
        match (&ticket.presence, &now) {
            // Where to is told by one event of several, and not always by the first that we read.
            (TicketPresence::Merged { into: None }, TicketPresence::Merged { into: Some(_) }) => self.leave(ticket, case, now).await?,
            _ if same_kind => {}
            (_, TicketPresence::Active) => {
                ticket.presence = TicketPresence::Active;
                if let Some(case) = case {
                    self.tx.record(case.id, &self.helpdesk(), NewEvent::for_operator(EventKind::TicketRestored { ticket: ticket.id }));
                    let over = matches!(snapshot.status, TicketStatus::Solved | TicketStatus::Closed);
                    if case.status == CaseStatus::Resolved && !over {
                        self.make(case, &CaseMove::Reopen, &self.helpdesk()).await?;
                    }
                }
            }
            _ => self.leave(ticket, case, now).await?,
        }
        Ok(())
    }

    /// The ticket went away. Its case is over with a merge, as the talk goes on elsewhere; bin and spam only settle it,
    /// as both can be undone.
    pub(super) async fn leave(&mut self, ticket: &mut Ticket, case: &mut Option<Case>, presence: TicketPresence) -> Result<()> {
        let (event, step) = match &presence {
            TicketPresence::Merged { into } => {
                (EventKind::TicketMerged { ticket: ticket.id, into: into.clone() }, CaseMove::Close(Outcome::Merged))
            }
            TicketPresence::Spam => (EventKind::TicketMarkedSpam { ticket: ticket.id }, thrown_away()),
            TicketPresence::Deleted => (EventKind::TicketDeleted { ticket: ticket.id }, thrown_away()),
            TicketPresence::Active => return Ok(()),
        };
        if ticket.presence == presence {
            return Ok(());
        }
        if let TicketPresence::Merged { into: Some(target) } = &presence {
            let nudge = NewDelivery::encode(NudgeKind::TicketChanged);
            self.tx.nudge(ticket.connection, lane(ticket.connection, target), target, nudge).await?;
        }
        ticket.presence = presence;
        if let Some(case) = self.newest {
            self.tx.record(case, &self.helpdesk(), NewEvent::for_operator(event));
        }
        if let Some(case) = case
            && (matches!(step, CaseMove::Close(_)) || case.status.turn().is_some())
        {
            self.make(case, &step, &self.helpdesk()).await?;
        }
        Ok(())
    }

    /// An order that could not be found before may be named or known by now.
    pub(super) async fn follow_order(&mut self, case: &mut Case, snapshot: &TicketSnapshot) -> Result<()> {
        if case.order.is_some() {
            return Ok(());
        }
        let words = self.tx.words_of_buyer(case.id).await?;
        if let Some((order, seller)) = self.find_order(snapshot, words).await? {
            let who = self.helpdesk();
            self.terms.seller_closures = self.tx.closures(seller).await?;
            *case = cases::attach(&mut self.tx, &self.terms, &who, case, order, seller, self.now).await?;
        }
        Ok(())
    }

    /// State and priority, when somebody changed them in the helpdesk and the charter lets them count.
    pub(super) async fn follow_properties(&mut self, ticket: &mut Ticket, case: &mut Case, snapshot: &TicketSnapshot) -> Result<()> {
        let status_changed = ticket.status != snapshot.status && ticket.pushed_status != Some(snapshot.status);
        let priority_changed = ticket.priority != snapshot.priority && ticket.pushed_priority != snapshot.priority;
        if status_changed {
            ticket.pushed_status = None;
        }
        if priority_changed {
            ticket.pushed_priority = None;
        }
        if !self.terms.house.ticket_sync.reads() {
            return Ok(());
        }
        let who = self.helpdesk();
        // One state may take two moves: what is set from solved to pending is taken up again and waits for the buyer.
        while status_changed && let Some(step) = case.move_of_ticket(snapshot.status) {
            self.make(case, &step, &who).await?;
        }
        if status_changed && self.news == News::None {
            // An agent chose a state that means nothing to the case. It stands until the case moves.
            ticket.pushed_status = Some(case.status.as_ticket_status());
        }
        if let Some(priority) =
            snapshot.priority.filter(|priority| priority_changed && *priority != case.priority && case.status != CaseStatus::Closed)
        {
            self.make(case, &CaseMove::Prioritize(priority), &who).await?;
        }
        Ok(())
    }

    /// The order that a person named, or the ticket: in the configured field, or in subject or words. Words are the buyer's
    /// own, so an order that was placed with another address is not taken from them.
    pub(super) async fn find_order(&mut self, snapshot: &TicketSnapshot, words: Vec<String>) -> Result<Option<(OrderId, SellerId)>> {
        if self.named.is_some() {
            return Ok(self.named);
        }
        let field = self.connected.settings.order_field.as_ref().and_then(|field| snapshot.fields.get(field));
        if let Some(reference) = field.map(|reference| reference.trim().to_owned()) {
            let found = self.tx.order_sellers(std::slice::from_ref(&reference)).await?;
            if let Some(order) = found.get(&reference) {
                return Ok(Some(*order));
            }
        }
        let pattern = self.terms.house.order_pattern.clone().unwrap_or_else(OrderPattern::usual);
        let text = std::iter::once(snapshot.subject.clone()).chain(words).collect::<Vec<_>>().join("\n");
        let candidates = pattern.candidates(&text);
        if candidates.is_empty() {
            return Ok(None);
        }
        let found = self.tx.orders_for_buyer(&candidates, snapshot.requester.email.as_deref()).await?;
        Ok(candidates.iter().find_map(|candidate| found.get(candidate).copied()))
    }

    /// Whether a ticket that we see for the first time may be one that we are just opening: its first webhook can be
    /// faster than the answer to us.
    pub(super) async fn may_be_our_opening(&self, snapshot: &TicketSnapshot) -> Result<bool> {
        let Some(email) = &snapshot.requester.email else { return Ok(false) };
        for delivery in self.tx.openings_in_flight(self.connected.id).await? {
            if let OutboundCommand::OpenTicket(new) = delivery.command()?
                && new.requester_email.eq_ignore_ascii_case(email)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Bin and spam settle a case: it was no request.
const fn thrown_away() -> CaseMove {
    CaseMove::Resolve { outcome: Outcome::NoRequest, resolution: None }
}
