//! Tickets that begin with a mail of ours. <https://developers.freshdesk.com/api/#create_outbound_email>

use serde_json::{Value, json};

use super::super::actions::Birth;
use super::super::problem::{Fault, Problem};
use super::super::state::State;
use super::form::Reader;
use super::{Answer, body};
use crate::demo::peer::{Call, Mail, Reply, html};

/// The account's one mailbox.
const MAILBOX: i64 = 54;

/// The source of such tickets.
const OUTBOUND_EMAIL: u16 = 10;

const KEYS: [&str; 16] = [
    "name",
    "email",
    "subject",
    "description",
    "status",
    "priority",
    "type",
    "tags",
    "custom_fields",
    "group_id",
    "responder_id",
    "due_by",
    "fr_due_by",
    "email_config_id",
    "cc_emails",
    "attachments",
];

/// The mailboxes of the account. <https://developers.freshdesk.com/api/#list_all_email_configs>
pub(super) fn mailboxes() -> Value {
    json!([{
        "id": MAILBOX, "name": "Acme", "product_id": null, "to_email": "acmesupport@acme.freshdesk.com",
        "reply_email": "support@acme.freshdesk.com", "group_id": null, "primary_role": true, "active": true,
    }])
}

impl State {
    /// Mails the requester. Unless it is said otherwise, the ticket is closed.
    pub(super) fn post_outbound_email(&mut self, call: &Call) -> Answer {
        let body = body(call, &KEYS)?;
        let mut reader = Reader::default();
        reader.needed_text(&body, "subject");
        let email = reader.needed_text(&body, "email");
        let description = reader.needed_text(&body, "description");
        let mailbox = reader.integer(&body, "email_config_id");
        match mailbox {
            None => reader.faults.push(Fault::missing("email_config_id")),
            Some(MAILBOX) => {}
            Some(_) => reader.faults.push(Fault::invalid("email_config_id", "There is no email_config matching the given email_config_id")),
        }
        if !email.is_empty() && !email.contains('@') {
            reader.faults.push(Fault::invalid("email", "It should be in the 'valid email address' format"));
        }
        let name = reader.text(&body, "name");
        let cc = reader.texts(&body, "cc_emails").unwrap_or_default();
        let mut change = self.read_change(&body, &mut reader);
        change.description = None;
        change.status = change.status.or(Some(5));
        if !reader.faults.is_empty() {
            return Err(Problem::Invalid(reader.faults));
        }
        let requester = self.contact_for(email, name);
        let number = self.create(Birth { requester, source: OUTBOUND_EMAIL, description, cc, files: Vec::new(), change })?;
        let ticket = self.ticket(number)?;
        let (subject, html) = (ticket.subject.clone(), ticket.description.clone());
        let (text, at) = (html::to_text(&html), self.now());
        let json = self.whole_ticket_json(ticket);
        self.mails.push((requester, Mail { ticket: number, comment: 0, subject, html, text, at }));
        Ok(Reply::json(201, json).with("Location", format!("{}/api/v2/tickets/{number}", self.base_url)))
    }
}
