//! Turns what a move asks of the world into rows of the same transaction.

use super::{Result, ratings};
use crate::domain::cases::{Case, CaseStatus, Moved};
use crate::domain::charter::Terms;
use crate::domain::effects::Effect;
use crate::domain::parties::Who;
use crate::domain::threads::{Message, ThreadKind};
use crate::domain::tickets::{Ticket, TicketPresence};
use crate::domain::timeline::EventKind;
use crate::helpdesk::{OutboundCommand, SpeakAs, TicketUpdate, Visibility};
use crate::store::{NewOutbox, Tx, lane};

/// Writes a move down: the case, what happened, what is to be done.
pub(super) async fn record(tx: &mut Tx, terms: &Terms, who: &Who, moved: &Moved) -> Result<()> {
    tx.save_case(&moved.case).await?;
    announce(tx, terms, who, moved).await
}

/// The same for a case that was just stored.
pub(super) async fn announce(tx: &mut Tx, terms: &Terms, who: &Who, moved: &Moved) -> Result<()> {
    for event in &moved.events {
        tx.record(moved.case.id, who, event.clone());
        if matches!(event.kind, EventKind::StatusChanged { to: CaseStatus::Closed, .. }) {
            ratings::plan_after_closing(tx, terms, &moved.case).await?;
        }
    }
    for effect in &moved.effects {
        match effect {
            Effect::SyncTicket => sync_tickets(tx, terms, &moved.case).await?,
        }
    }
    Ok(())
}

async fn sync_tickets(tx: &mut Tx, terms: &Terms, case: &Case) -> Result<()> {
    if terms.house.ticket_sync.writes() {
        for mut ticket in tx.tickets_of(case.id).await? {
            sync_ticket(tx, terms, case, &mut ticket).await?;
        }
    }
    Ok(())
}

/// Asks the helpdesk to bring a ticket in step with its case, unless it is, or was asked to already.
pub(super) async fn sync_ticket(tx: &mut Tx, terms: &Terms, case: &Case, ticket: &mut Ticket) -> Result<()> {
    use crate::domain::tickets::TicketStatus::{Closed, Solved};
    if !terms.house.ticket_sync.writes() || ticket.presence != TicketPresence::Active || ticket.status == Closed {
        return Ok(());
    }
    let wanted = case.status.as_ticket_status();
    let status = (ticket.status != wanted && ticket.pushed_status != Some(wanted)).then_some(wanted);
    // A priority that nobody set stays unset as long as the case has the usual one.
    let usual = ticket.priority.is_none() && case.priority == crate::domain::tickets::Priority::Normal;
    let priority =
        (!usual && ticket.priority != Some(case.priority) && ticket.pushed_priority != Some(case.priority)).then_some(case.priority);
    if status.is_none() && (priority.is_none() || ticket.status == Solved) {
        return Ok(());
    }
    ticket.pushed_status = status.or(ticket.pushed_status);
    ticket.pushed_priority = priority.or(ticket.pushed_priority);
    tx.save_ticket(ticket).await?;
    let update = TicketUpdate { status, priority, unless_changed_since: None };
    let mut delivery = NewOutbox::new(
        ticket.connection,
        lane(ticket.connection, &ticket.number),
        OutboundCommand::UpdateTicket { ticket: ticket.number.clone(), update },
    );
    delivery.case = Some(case.id);
    tx.send(delivery);
    Ok(())
}

/// Whether words can be brought to a ticket at all.
pub(super) fn can_carry(ticket: &Ticket) -> bool {
    ticket.presence == TicketPresence::Active && ticket.status != crate::domain::tickets::TicketStatus::Closed
}

/// Leaves word in a ticket for whoever works there.
pub(super) fn note(tx: &mut Tx, case: &Case, ticket: &Ticket, text: String) {
    let (visibility, speak_as) = (Visibility::Internal, SpeakAs::Operator);
    let command =
        OutboundCommand::PostComment { ticket: ticket.number.clone(), visibility, speak_as, text, known: Vec::new(), files: Vec::new() };
    let mut delivery = NewOutbox::new(ticket.connection, lane(ticket.connection, &ticket.number), command);
    delivery.case = Some(case.id);
    tx.send(delivery);
}

/// Sends a message to the ticket that its audience reads it in. Private talk can only become an internal note.
pub(super) async fn carry(tx: &mut Tx, case: &Case, ticket: &Ticket, kind: ThreadKind, message: &Message, speak_as: SpeakAs) -> Result<()> {
    let visibility = if kind.reaches_buyer() { Visibility::Public } else { Visibility::Internal };
    let text = match visibility {
        Visibility::Public => super::masking::for_buyer(tx, message).await?,
        Visibility::Internal => message.text.clone(),
    };
    let command =
        OutboundCommand::PostComment { ticket: ticket.number.clone(), visibility, speak_as, text, known: Vec::new(), files: Vec::new() };
    let mut delivery = NewOutbox::new(ticket.connection, lane(ticket.connection, &ticket.number), command);
    delivery.case = Some(case.id);
    delivery.message = (visibility == Visibility::Public).then_some(message.id);
    tx.send(delivery);
    Ok(())
}
