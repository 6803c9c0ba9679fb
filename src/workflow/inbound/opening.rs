//! A ticket that tells no case yet, because it is older than the connection or was over before we knew it: a person asks for
//! its case.

use std::time::Duration;

use super::{NudgeKind, Outcome, Reading, Wish, bring_up_to_date};
use crate::domain::cases::Case;
use crate::domain::ids::ConnectionId;
use crate::domain::parties::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::tickets::{TicketNumber, TicketPresence};
use crate::helpdesk::HelpdeskError;
use crate::policy::{self, Permission};
use crate::store::{StoreError, TicketName};
use crate::workflow::connections::Connected;
use crate::workflow::{Cx, Error, Result, cases, refused};

/// How long a person waits for the helpdesk.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often we look: somebody else may take the ticket up while we read it.
const LOOKS: usize = 3;

/// A ticket whose case somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketRequest {
    /// The helpdesk.
    pub connection: ConnectionId,
    /// The ticket there.
    pub number: TicketNumber,
    /// The reference of the order that it is about, where the person knows it.
    pub order_reference: Option<String>,
}

/// The case of a ticket that is there in the helpdesk; where there is none, one is opened with the ticket's words.
pub async fn open(cx: &Cx, actor: &Actor, request: TicketRequest) -> Result<Case> {
    policy::require(&actor.who, Permission::OpenCase)?;
    policy::require(&actor.who, Permission::SeeTickets)?;
    let TicketRequest { connection, number, order_reference } = request;
    let own = cx.store.connections(Some(actor.marketplace)).await?;
    let row = own.into_iter().find(|row| row.id == connection);
    let row = row.ok_or_else(|| refused(&["connectionId"], Refusal::NotFound { what: "Connection" }))?;
    if number.0.is_empty() || !number.0.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(unknown());
    }
    let connected = cx.connections.get(row.id).await?;
    let name = TicketName { helpdesk: row.kind, connection: Some(row.id), number };
    let order = order_reference.as_deref();
    for _ in 0..LOOKS {
        if let Some(case) = cx.store.case_of_ticket(actor.scope(), &name).await? {
            return match order {
                Some(order) => cases::attach_order(cx, actor, case.id, order).await,
                None => Ok(case),
            };
        }
        let reading = read(cx, &connected, &name.number).await?;
        match bring_up_to_date(cx, &connected, &reading, &NudgeKind::TicketChanged, Some(Wish { who: &actor.who, order })).await {
            // Somebody else was first, or something of ours is on its way there.
            Ok(Outcome::UpToDate | Outcome::NotYet) | Err(Error::Store(StoreError::Conflict { .. })) => {}
            Ok(Outcome::Ignored(_)) => break,
            Err(error) => return Err(error),
        }
    }
    Err(not_now("Something of ours about this ticket is still on its way. Try again in a moment."))
}

/// Reads a ticket for a person who waits.
async fn read(cx: &Cx, connected: &Connected, number: &TicketNumber) -> Result<Reading> {
    let known = cx.store.ticket(connected.marketplace, connected.id, number).await?;
    let look = async {
        let snapshot = match connected.helpdesk.ticket(number).await {
            Err(HelpdeskError::NotFound) => return Err(unknown()),
            other => other?,
        };
        match snapshot.presence {
            TicketPresence::Active => Ok(Reading::of(connected, known, snapshot, &NudgeKind::TicketChanged).await?),
            TicketPresence::Merged { .. } => Err(not_now("This ticket was merged into another one. Go on there.")),
            TicketPresence::Spam | TicketPresence::Deleted => Err(not_now("This ticket was deleted or marked as spam.")),
        }
    };
    // Nothing is written yet, so that it may end anywhere.
    let late = |_| HelpdeskError::Unavailable { reason: "no answer in time".to_owned() };
    tokio::time::timeout(PATIENCE, look).await.map_err(late)?
}

fn unknown() -> Error {
    refused(&["ticketNumber"], Refusal::NotFound { what: "Ticket" })
}

fn not_now(message: &str) -> Error {
    refused(&["ticketNumber"], Refusal::NotNow { message: message.to_owned() })
}
