//! How the house begins to talk with a buyer who has not written: in a ticket that is opened in its words.

use super::threads::{buyer_thread, say};
use super::{Result, effects};
use crate::domain::cases::Case;
use crate::domain::charter::Marketplace;
use crate::domain::ids::ConnectionId;
use crate::domain::orders::Buyer;
use crate::domain::parties::{Audience, Party, Who};
use crate::domain::threads::{Message, MessageDelivery, NewMessage, Origin};
use crate::domain::tickets::Channel;
use crate::helpdesk::{NewTicket, Opener, OutboundCommand};
use crate::store::{NewOutbox, Tx, opening_lane};

/// What a buyer is written first.
pub(super) struct FirstWords {
    /// What it is about.
    pub(super) subject: String,
    /// The words.
    pub(super) text: String,
    /// Who of the parties reads them.
    pub(super) audience: Audience,
    /// How the buyer is called.
    pub(super) name: String,
    /// Where the buyer reads.
    pub(super) email: String,
}

/// Whether what is said to the buyer of a case goes into a ticket: one that can carry it, or one that is being opened.
pub(super) async fn has_ticket(tx: &Tx, case: &Case) -> Result<bool> {
    Ok(tx.tickets_of(case.id).await?.iter().any(effects::can_carry) || tx.delivery_waits(&opening_lane(case.id)).await?)
}

/// Says it in the case, and has the helpdesk open a ticket with it.
pub(super) async fn write_first(
    tx: &mut Tx,
    marketplace: &Marketplace,
    case: &Case,
    connection: ConnectionId,
    words: FirstWords,
) -> Result<Message> {
    let FirstWords { subject, text, audience, name, email } = words;
    let message = say_only(tx, marketplace, case, (text.clone(), audience), MessageDelivery::Pending).await?;
    let ticket = NewTicket {
        subject,
        requester_name: name,
        requester_email: email,
        text,
        reference: case.reference.clone(),
        opener: Opener::Operator,
    };
    let mut delivery = NewOutbox::new(connection, opening_lane(case.id), OutboundCommand::OpenTicket(ticket));
    delivery.case = Some(case.id);
    delivery.message = Some(message.id);
    tx.send(delivery);
    Ok(message)
}

/// Says it in the case alone: somebody else brings it to the buyer.
pub(super) async fn say_only(
    tx: &mut Tx,
    marketplace: &Marketplace,
    case: &Case,
    (text, audience): (String, Audience),
    delivery: MessageDelivery,
) -> Result<Message> {
    let mut thread = buyer_thread(tx, &Who::System, case).await?;
    let new = NewMessage {
        author: Party::Operator,
        author_name: marketplace.name.clone(),
        text,
        html: None,
        audience,
        channel: Channel::Api,
        origin: Origin::Automatic,
        copied_from: None,
        delivery,
        comment: None,
        idempotency_key: None,
        sent_at: tx.now(),
    };
    say(tx, &Who::System, std::slice::from_ref(case), &mut thread, new).await
}

/// What helpdesks call somebody of whom they know the address alone.
pub(super) fn called(buyer: &Buyer, email: &str) -> String {
    let local = email.split('@').next().unwrap_or_default();
    if buyer.name.trim().is_empty() { local.to_owned() } else { buyer.name.clone() }
}
