//! What goes to the helpdesk: sent, and written down what came of it.

use chrono::TimeDelta;

use super::attachments::remote;
use super::connections::{Connected, MarkTags};
use super::{Cx, Error, Result, effects};
use crate::domain::cases::Case;
use crate::domain::ids::TicketId;
use crate::domain::parties::{Actor, Party, Who};
use crate::domain::threads::MessageDelivery;
use crate::domain::tickets::{CommentNumber, Priority, Ticket, TicketNumber, TicketPresence, TicketStatus};
use crate::domain::timeline::{EventKind, NewEvent};
use crate::helpdesk::{
    Attempt, DeliveryKey, HelpdeskError, NudgeKind, OutboundCommand, Receipt, Remedy, SpeakAs, TicketMarks, TicketUpdate,
};
use crate::store::{Arrival, NewDelivery, OutboxRow, Settlement, Tx, lane};

/// After so many attempts a delivery is given up.
pub(super) const MOST_ATTEMPTS: i32 = 12;

/// Sends one delivery and writes down what came of it.
pub async fn deliver(cx: &Cx, row: &OutboxRow) -> Result<Settlement> {
    if let Ok(errand) = row.command() {
        return remote::run(cx, row, errand).await;
    }
    let outcome = attempt(cx, row).await?;
    settle(cx, row, outcome).await
}

enum Sent {
    /// It reached the helpdesk, or not.
    Tried(OutboundCommand, std::result::Result<Receipt, HelpdeskError>),
    /// There was nothing left to do.
    Superseded(&'static str),
}

async fn attempt(cx: &Cx, row: &OutboxRow) -> Result<Sent> {
    let connected = cx.connections.get(row.connection).await?;
    let command = match row.command::<OutboundCommand>()? {
        OutboundCommand::UpdateTicket { ticket, update } => match still_wanted(cx, row, &connected, &ticket, update).await {
            Ok(Some(update)) => OutboundCommand::UpdateTicket { ticket, update },
            Ok(None) => return Ok(Sent::Superseded("the ticket is in step, or the case has moved on")),
            Err(Error::Helpdesk(error)) => {
                let command = OutboundCommand::UpdateTicket {
                    ticket,
                    update: TicketUpdate { status: None, priority: None, unless_changed_since: None },
                };
                return Ok(Sent::Tried(command, Err(error)));
            }
            Err(error) => return Err(error),
        },
        OutboundCommand::PostComment { ticket, visibility, speak_as, text, .. } => {
            let known = match (row.began_at, row.case) {
                (Some(_), Some(case)) => cx.store.known_comments(row.marketplace, row.connection, case).await?,
                _ => Vec::new(),
            };
            let files = remote::outgoing(cx, row).await?;
            OutboundCommand::PostComment { ticket, visibility, speak_as, text, known, files }
        }
        OutboundCommand::MarkTicket { ticket, .. } => match marks_of(cx, row, &connected).await? {
            Some(marks) => OutboundCommand::MarkTicket { ticket, marks },
            None => return Ok(Sent::Superseded("the connection does not want it, or the case is gone")),
        },
        other @ OutboundCommand::OpenTicket(_) => other,
    };
    let attempt = row.began_at.map_or(Attempt::First, |begun_at| Attempt::Again { begun_at });
    let outcome = connected.helpdesk.perform(&command, &DeliveryKey(row.id), attempt).await;
    Ok(Sent::Tried(command, outcome))
}

/// What a case's returns, refunds and disputes say now, as far as the connection is set to be told.
async fn marks_of(cx: &Cx, row: &OutboxRow, connected: &Connected) -> Result<Option<TicketMarks>> {
    let Some(case) = row.case else { return Ok(None) };
    let wanted = &connected.settings.marks;
    let matters = cx.store.matters(row.marketplace, case).await?;
    let marks = TicketMarks {
        tags: if wanted.tags == MarkTags::On { matters.tags() } else { Vec::new() },
        without: if wanted.tags == MarkTags::On { matters.other_tags() } else { Vec::new() },
        fields: wanted.fields(&matters),
    };
    Ok((marks != TicketMarks::default()).then_some(marks))
}

/// A change of state is conditional: it is dropped when somebody changed the ticket since we decided on it, or when
/// the case has moved on; else it is sent with the ticket's present version as its condition.
async fn still_wanted(
    cx: &Cx,
    row: &OutboxRow,
    connected: &Connected,
    number: &TicketNumber,
    update: TicketUpdate,
) -> Result<Option<TicketUpdate>> {
    let snapshot = connected.helpdesk.ticket(number).await?;
    let seen = cx.store.ticket(row.marketplace, row.connection, number).await?;
    let case = match row.case {
        Some(case) => cx.store.cases_by_id(Actor::system(row.marketplace).scope(), &[case]).await?.pop(),
        None => None,
    };
    let (Some(seen), Some(case)) = (seen, case) else { return Ok(None) };
    if snapshot.presence != TicketPresence::Active || snapshot.status == TicketStatus::Closed {
        return Ok(None);
    }
    let status = update
        .status
        .filter(|wanted| *wanted == case.status.as_ticket_status() && snapshot.status == seen.status && snapshot.status != *wanted);
    let priority = update
        .priority
        .filter(|wanted| *wanted == case.priority && snapshot.priority == seen.priority && snapshot.priority != Some(*wanted));
    Ok((status.is_some() || priority.is_some()).then_some(TicketUpdate {
        status,
        priority,
        unless_changed_since: Some(snapshot.updated_at),
    }))
}

async fn settle(cx: &Cx, row: &OutboxRow, sent: Sent) -> Result<Settlement> {
    let mut tx = cx.store.begin(row.marketplace).await?;
    let case = match row.case {
        Some(case) => tx.lock_case(Actor::system(row.marketplace).scope(), case).await?,
        None => None,
    };
    let (settlement, arrival, receipt) = match sent {
        Sent::Superseded(reason) => {
            forget_push(&mut tx, row).await?;
            (Settlement::Ignored(reason.to_owned()), Arrival::Known, None)
        }
        Sent::Tried(command, Ok(receipt)) => {
            let stored = serde_json::to_value(&receipt).ok();
            arrived(cx, &mut tx, row, case.as_ref(), &command, receipt).await?;
            (Settlement::Done, Arrival::Known, stored)
        }
        Sent::Tried(_, Err(error)) => {
            let (settlement, arrival) = after(cx, row, &error);
            if !matches!(settlement, Settlement::Retry { .. } | Settlement::Defer { .. }) {
                forget_push(&mut tx, row).await?;
            }
            if matches!(settlement, Settlement::Ignored(_)) {
                reread(&tx, row).await?;
            }
            stopped(&mut tx, row, case.as_ref(), &settlement).await?;
            (settlement, arrival, None)
        }
    };
    tx.settle_outbox(row, &settlement, arrival, receipt).await?;
    tx.commit().await?;
    Ok(settlement)
}

/// What a failed attempt means for the delivery.
fn after(cx: &Cx, row: &OutboxRow, error: &HelpdeskError) -> (Settlement, Arrival) {
    let reason = error.to_string();
    let arrival = match error {
        HelpdeskError::Uncertain { .. } | HelpdeskError::Unreadable { .. } | HelpdeskError::Undecidable { .. } => Arrival::Unknown,
        _ => Arrival::Nothing,
    };
    let settlement = match error.remedy() {
        Remedy::Wait(time) => Settlement::Defer { at: cx.now() + TimeDelta::from_std(time).unwrap_or(TimeDelta::minutes(1)), reason },
        Remedy::Retry if row.attempts < MOST_ATTEMPTS => Settlement::Retry { at: cx.now() + back_off(row.attempts), error: reason },
        // Nobody knows whether the last attempt arrived: that is for a person, not for the bin.
        Remedy::Retry if arrival == Arrival::Unknown || row.began_at.is_some() => Settlement::Parked(reason),
        Remedy::AskPerson => Settlement::Parked(reason),
        Remedy::ReadAgain => Settlement::Ignored(reason),
        Remedy::Retry | Remedy::GiveUp => Settlement::Dead(reason),
    };
    (settlement, arrival)
}

/// 2 s, 4 s, 8 s … up to 10 minutes.
pub fn back_off(attempts: i32) -> TimeDelta {
    let seconds = 1_i64 << attempts.clamp(1, 10);
    TimeDelta::seconds(seconds.min(600))
}

async fn reread(tx: &Tx, row: &OutboxRow) -> Result<()> {
    if let OutboundCommand::UpdateTicket { ticket, .. } | OutboundCommand::MarkTicket { ticket, .. } = row.command::<OutboundCommand>()? {
        tx.nudge(row.connection, lane(row.connection, &ticket), &ticket, NewDelivery::encode(NudgeKind::TicketChanged)).await?;
    }
    Ok(())
}

/// What we asked for will not come, so its echo is not waited for.
async fn forget_push(tx: &mut Tx, row: &OutboxRow) -> Result<()> {
    if let OutboundCommand::UpdateTicket { ticket, update } = row.command::<OutboundCommand>()?
        && let Some(mut ticket) = tx.lock_ticket(row.connection, &ticket).await?
    {
        ticket.pushed_status = ticket.pushed_status.filter(|pushed| Some(*pushed) != update.status);
        ticket.pushed_priority = ticket.pushed_priority.filter(|pushed| Some(*pushed) != update.priority);
        tx.save_ticket(&ticket).await?;
    }
    Ok(())
}

/// Writes down that it is there.
async fn arrived(cx: &Cx, tx: &mut Tx, row: &OutboxRow, case: Option<&Case>, command: &OutboundCommand, receipt: Receipt) -> Result<()> {
    match receipt {
        Receipt::Comment { number } => delivered(tx, row, case, Some(&number)).await,
        Receipt::Ticket { number, comment } => {
            delivered(tx, row, case, comment.as_ref()).await?;
            match (case, command) {
                (Some(case), OutboundCommand::OpenTicket(opened)) => link(cx, tx, row, case, number, &opened.subject, comment).await,
                _ => Ok(()),
            }
        }
        Receipt::State { status, priority } => match command {
            OutboundCommand::UpdateTicket { ticket, update } => in_step(tx, row, ticket, update, (status, priority)).await,
            _ => Ok(()),
        },
        Receipt::Done => Ok(()),
    }
}

/// What the ticket says after our change is what we have seen of it, so that the echo is none to us even if we change
/// our mind before it comes.
async fn in_step(
    tx: &Tx,
    row: &OutboxRow,
    number: &TicketNumber,
    update: &TicketUpdate,
    (status, priority): (TicketStatus, Option<Priority>),
) -> Result<()> {
    if let Some(mut ticket) = tx.lock_ticket(row.connection, number).await? {
        if update.status.is_some() {
            ticket.status = status;
            // A state that the account does not have is not asked for again: that would go on for ever.
            if update.status == Some(status) {
                ticket.pushed_status = ticket.pushed_status.filter(|pushed| *pushed != status);
            }
        }
        if update.priority.is_some() {
            ticket.priority = priority;
            ticket.pushed_priority = ticket.pushed_priority.filter(|pushed| Some(*pushed) != update.priority);
        }
        tx.save_ticket(&ticket).await?;
    }
    Ok(())
}

async fn delivered(tx: &mut Tx, row: &OutboxRow, case: Option<&Case>, comment: Option<&CommentNumber>) -> Result<()> {
    let Some(message) = row.message else { return Ok(()) };
    let Some(message) = tx.message(message).await? else { return Ok(()) };
    let taken = match comment {
        // Filed as somebody else's in the meantime: better said twice to us than lost.
        Some(number) => !tx.messages_of_comments(row.connection, &[number]).await?.is_empty(),
        None => false,
    };
    let at = comment.filter(|_| !taken).map(|number| (row.connection, number));
    tx.set_delivery(message.id, MessageDelivery::Delivered, at).await?;
    if let Some(case) = case {
        let event = EventKind::MessageDelivered { thread: message.thread, message: message.id };
        tx.record(case.id, &Who::System, NewEvent::in_thread(event, message.thread, message.number, message.audience));
    }
    Ok(())
}

/// The ticket of a case that began with us: linked, and what was said meanwhile sent after it.
async fn link(
    cx: &Cx,
    tx: &mut Tx,
    row: &OutboxRow,
    case: &Case,
    number: TicketNumber,
    subject: &str,
    comment: Option<CommentNumber>,
) -> Result<()> {
    let ticket = if let Some(known) = tx.lock_ticket(row.connection, &number).await? {
        known
    } else {
        let ticket = Ticket {
            id: TicketId::generate(),
            connection: row.connection,
            number,
            url: String::new(),
            subject: subject.to_owned(),
            status: TicketStatus::New,
            priority: None,
            presence: TicketPresence::Active,
            pushed_status: None,
            pushed_priority: None,
            remote_updated_at: cx.now(),
            comments_read: i32::from(comment.is_some()),
            last_comment: comment,
        };
        tx.insert_ticket(&ticket).await?;
        ticket
    };
    tx.link_ticket(case.id, ticket.id).await?;
    tx.record(case.id, &Who::System, NewEvent::for_operator(EventKind::TicketLinked { ticket: ticket.id }));
    for thread in tx.threads_of_case(case.id).await?.into_iter().filter(|thread| thread.kind.reaches_buyer()) {
        for message in tx.messages_on_their_way(thread.id).await? {
            if Some(message.id) != row.message {
                let speak_as = speaker(tx, case, message.author).await?;
                effects::carry(tx, case, &ticket, thread.kind, &message, speak_as).await?;
            }
        }
    }
    // Its state, address and requester are read in their turn.
    tx.nudge(row.connection, lane(row.connection, &ticket.number), &ticket.number, NewDelivery::encode(NudgeKind::TicketChanged)).await?;
    Ok(())
}

async fn speaker(tx: &Tx, case: &Case, author: Party) -> Result<SpeakAs> {
    match (author, case.seller) {
        (Party::Seller, Some(id)) => Ok(SpeakAs::Seller { id, name: tx.seller_name(id).await? }),
        _ => Ok(SpeakAs::Operator),
    }
}

/// Tells the operator that a delivery will not go on by itself.
async fn stopped(tx: &mut Tx, row: &OutboxRow, case: Option<&Case>, settlement: &Settlement) -> Result<()> {
    let (reason, state) = match settlement {
        Settlement::Parked(reason) => (reason, MessageDelivery::Uncertain),
        Settlement::Dead(reason) => (reason, MessageDelivery::Failed),
        _ => return Ok(()),
    };
    if let Some(message) = row.message {
        tx.set_delivery(message, state, None).await?;
    }
    if let Some(case) = case {
        let event = EventKind::DeliveryStopped { delivery: row.id, reason: reason.clone() };
        tx.record(case.id, &Who::System, NewEvent::for_operator(event));
    }
    Ok(())
}
