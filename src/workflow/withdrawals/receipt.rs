//! How the receipt of a withdrawal reaches the consumer: at once, in writing, and without anybody's doing.

use super::super::Result;
use super::super::dealings::{self, Dealing};
use super::super::first_words::{FirstWords, has_ticket, write_first};
use super::super::threads::acknowledge_to;
use crate::domain::ids::{ConnectionId, MessageId};
use crate::domain::mails::Language;
use crate::domain::parties::{Audience, Party};
use crate::domain::withdrawals::{Acknowledgement, Withdrawal};
use crate::store::Tx;

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
    let reached = has_ticket(tx, case).await?;
    let Some(connection) = helpdesk.filter(|_| !reached) else {
        return Ok(acknowledge_to(tx, &dealing.marketplace, case, text, audience).await?.id);
    };
    let subject = match Language::best([one.locale.as_str(), dealing.marketplace.locale.as_str()]) {
        Language::French => format!("Votre rétractation, commande {}", one.contract),
        Language::English => format!("Your withdrawal, order {}", one.contract),
    };
    let words = FirstWords { subject, text, audience, name: one.name.clone(), email: one.address.clone() };
    Ok(write_first(tx, &dealing.marketplace, case, connection, words).await?.id)
}
