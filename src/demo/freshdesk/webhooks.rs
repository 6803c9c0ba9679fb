//! Webhooks as an administrator's rules make them: no ids, no signature, no time, labels for codes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::actions::Trigger;
use super::labels::{priority_label, source_label};
use super::state::{Conversation, State, Ticket};
use crate::demo::peer::{Answer, Side, html, unsent};

/// What a rule's request carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookContent {
    /// Ticked fields under `freshdesk_webhook`; the ticket's number is a number.
    Simple,
    /// The administrator's own text with the same wrapper; the ticket's number is a string.
    Advanced,
    /// The administrator's own text without a wrapper.
    Flat,
}

/// How a rule's request proves where it comes from; there is no signature.
#[derive(Debug, Clone)]
pub enum WebhookSecret {
    /// A custom header.
    Header {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
    /// HTTP Basic.
    Basic {
        /// The user.
        user: String,
        /// The password.
        password: String,
    },
    /// `?key=` in the URL.
    Url {
        /// The key.
        key: String,
    },
    /// Nothing at all.
    Absent,
}

/// The pair of rules for one receiver.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) url: String,
    pub(super) content: WebhookContent,
    pub(super) secret: WebhookSecret,
}

impl State {
    /// Queues one request per receiver. Writes by the API set off rules as well: not documented, so assumed.
    pub(super) fn fire(&mut self, number: u64, trigger: &Trigger) {
        let Some(ticket) = self.tickets.get(&number) else { return };
        for rule in &self.rules {
            let body = match rule.content {
                WebhookContent::Simple => json!({"freshdesk_webhook": self.simple(ticket, trigger)}),
                WebhookContent::Advanced => json!({"freshdesk_webhook": self.template(ticket, trigger)}),
                WebhookContent::Flat => self.template(ticket, trigger),
            };
            let url = match &rule.secret {
                WebhookSecret::Url { key } => {
                    let query = form_urlencoded::Serializer::new(String::new()).append_pair("key", key).finish();
                    format!("{}{}{query}", rule.url, if rule.url.contains('?') { '&' } else { '?' })
                }
                _ => rule.url.clone(),
            };
            let mut webhook = unsent(number, trigger.0.clone(), url, body.to_string());
            match &rule.secret {
                WebhookSecret::Header { name, value } => webhook.set_header(name, value.clone()),
                WebhookSecret::Basic { user, password } => {
                    webhook.set_header("Authorization", format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))));
                }
                WebhookSecret::Url { .. } | WebhookSecret::Absent => (),
            }
            self.outbox.push(webhook);
        }
    }

    fn status_label(&self, ticket: &Ticket) -> String {
        self.statuses.get(&ticket.status).map(|labels| labels[0].clone()).unwrap_or_default()
    }

    fn simple(&self, ticket: &Ticket, trigger: &Trigger) -> Value {
        let language = self.options.language;
        let requester = self.person(ticket.requester);
        let agent = ticket.responder.map(|id| self.person(id));
        let latest = |private: bool| {
            let newest = ticket.conversations.iter().rev().find(|conversation| conversation.private == private);
            newest.map(|conversation| self.signed(conversation))
        };
        let mut first_and_last = requester.name.splitn(2, ' ');
        let mut fields = json!({
            "ticket_id": ticket.id, "ticket_subject": ticket.subject, "ticket_description": ticket.description,
            "ticket_url": format!("{}/helpdesk/tickets/{}", self.base_url, ticket.id),
            "ticket_portal_url": format!("{}/support/tickets/{}", self.base_url, ticket.id),
            "ticket_tags": ticket.tags.join(", "), "ticket_status": self.status_label(ticket),
            "ticket_priority": priority_label(language, ticket.priority), "ticket_source": source_label(language, ticket.source),
            "ticket_ticket_type": ticket.kind,
            // Local time in words, on purpose not a time stamp.
            "ticket_due_by_time": (ticket.created_at + TimeDelta::days(3)).format("%B %-d %Y at %I:%M %p EDT").to_string(),
            "ticket_latest_public_comment": latest(false), "ticket_latest_private_comment": latest(true), "ticket_group_name": null,
            "ticket_agent_name": agent.as_ref().map(|agent| agent.name.clone()),
            "ticket_agent_email": agent.and_then(|agent| agent.email),
            "ticket_contact_name": requester.name, "ticket_contact_firstname": first_and_last.next(),
            "ticket_contact_lastname": first_and_last.next(), "ticket_contact_email": requester.email, "ticket_contact_phone": null,
            "ticket_company_name": "", "helpdesk_name": "Acme", "triggered_event": trigger.0,
        });
        for (name, value) in &ticket.fields {
            fields[format!("ticket_{name}")] = value.clone();
        }
        fields
    }

    /// Quoted placeholders, so everything is a string.
    fn template(&self, ticket: &Ticket, trigger: &Trigger) -> Value {
        let pairs = [
            ("triggered_event", trigger.0.clone()),
            ("ticket_id", ticket.id.to_string()),
            ("ticket_status", self.status_label(ticket)),
            ("ticket_priority", priority_label(self.options.language, ticket.priority).to_owned()),
        ];
        Value::Object(pairs.into_iter().map(|(key, value)| (key.to_owned(), json!(value))).collect::<Map<_, _>>())
    }

    /// `Name : ` and the HTML; a customer's mail drags the earlier conversation along.
    fn signed(&self, conversation: &Conversation) -> String {
        let author = self.person(conversation.user);
        let quoted = if conversation.incoming && author.side == Side::EndUser {
            "<blockquote>---- Original message ----</blockquote>".to_owned()
        } else {
            String::new()
        };
        format!("{} : <div dir=\"ltr\">{}</div>{quoted}", html::escape(&author.name), conversation.html)
    }
}

/// Three more times, after 5, 30 and 60 minutes; then administrators get a mail.
/// <https://supportsandbox.freshdesk.com/support/solutions/articles/11000000028141-receiving-webhook-failure-emails>
pub(super) fn retry_in(attempt: u32, _answer: Answer) -> Option<TimeDelta> {
    let minutes = match attempt {
        1 => 5,
        2 => 30,
        3 => 60,
        _ => return None,
    };
    Some(TimeDelta::minutes(minutes))
}
