//! How the receipt of a withdrawal reaches the consumer: at once, in writing, and without anybody's doing.

use super::super::dealings::{self, Dealing};
use super::super::threads::{acknowledge_to, buyer_thread, say};
use super::super::{Result, effects};
use crate::domain::ids::{ConnectionId, MessageId};
use crate::domain::mails::Language;
use crate::domain::parties::{Audience, Party, Who};
use crate::domain::threads::{MessageDelivery, NewMessage, Origin};
use crate::domain::tickets::Channel;
use crate::domain::withdrawals::{Acknowledgement, Withdrawal};
use crate::helpdesk::{NewTicket, Opener, OutboundCommand};
use crate::store::{NewOutbox, Tx, opening_lane};

/// Sends the receipt: into the ticket that the consumer reads already, else in one that is opened for it at the address that they
/// gave. It names the consumer, so the seller does not read it. Without a helpdesk it can be read here alone.
pub(super) async fn send(
    tx: &mut Tx,
    dealing: &Dealing,
    one: &Withdrawal,
    receipt: &Acknowledgement,
    helpdesk: Option<ConnectionId>,
) -> Result<MessageId> {
    let (case, audience) = (&dealing.case, Audience::ALL.without(Party::Seller));
    let words = [("receipt", receipt.text.trim_end().to_owned())];
    let filled = dealings::words_of(tx, dealing, "withdrawal_acknowledgement", &one.locale, &words).await?;
    // A template of the marketplace's own that leaves the receipt out is none.
    let text = filled.filter(|text| text.contains(words[0].1.as_str())).unwrap_or_else(|| receipt.text.clone());
    let reached = tx.tickets_of(case.id).await?.iter().any(effects::can_carry) || tx.delivery_waits(&opening_lane(case.id)).await?;
    let Some(connection) = helpdesk.filter(|_| !reached) else {
        return Ok(acknowledge_to(tx, &dealing.marketplace, case, text, audience).await?.id);
    };
    let mut thread = buyer_thread(tx, &Who::System, case).await?;
    let new = NewMessage {
        author: Party::Operator,
        author_name: dealing.marketplace.name.clone(),
        text: text.clone(),
        html: None,
        audience,
        channel: Channel::Api,
        origin: Origin::Automatic,
        copied_from: None,
        delivery: MessageDelivery::Pending,
        comment: None,
        idempotency_key: None,
        sent_at: tx.now(),
    };
    let message = say(tx, &Who::System, std::slice::from_ref(case), &mut thread, new).await?;
    let subject = match Language::best([one.locale.as_str(), dealing.marketplace.locale.as_str()]) {
        Language::French => format!("Votre rétractation, commande {}", one.contract),
        Language::English => format!("Your withdrawal, order {}", one.contract),
    };
    let ticket = NewTicket {
        subject,
        requester_name: one.name.clone(),
        requester_email: one.address.clone(),
        text,
        reference: case.reference.clone(),
        opener: Opener::Operator,
    };
    let mut delivery = NewOutbox::new(connection, opening_lane(case.id), OutboundCommand::OpenTicket(ticket));
    delivery.case = Some(case.id);
    delivery.message = Some(message.id);
    tx.send(delivery);
    Ok(message.id)
}
