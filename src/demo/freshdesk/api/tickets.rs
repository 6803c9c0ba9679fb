//! Tickets one by one: reading, opening, changing, merging. <https://developers.freshdesk.com/api/#tickets>

use serde_json::{Map, Value, json};

use super::super::actions::Birth;
use super::super::problem::{Fault, Problem};
use super::super::state::State;
use super::form::Reader;
use super::lists::includes;
use super::{Answer, body};
use crate::demo::peer::{Audience, Call, Presence, Reply, Side};

/// The ways to say who asks.
const REQUESTER_KEYS: [&str; 6] = ["requester_id", "email", "phone", "unique_external_id", "twitter_id", "facebook_id"];

const PROPERTY_KEYS: [&str; 21] = [
    "subject",
    "description",
    "status",
    "priority",
    "source",
    "type",
    "tags",
    "custom_fields",
    "group_id",
    "responder_id",
    "product_id",
    "due_by",
    "fr_due_by",
    "name",
    "email_config_id",
    "company_id",
    "parent_id",
    "lookup_parameter",
    "internal_agent_id",
    "internal_group_id",
    "attachments",
];

impl State {
    pub(super) fn show_ticket(&self, call: &Call, number: u64) -> Answer {
        let ticket = self.ticket(number)?;
        let wanted = includes(call, &["conversations", "requester", "company", "stats"])?;
        let mut json = self.whole_ticket_json(ticket);
        for include in wanted {
            match include {
                "requester" => json["requester"] = self.requester_json(ticket.requester),
                // Only the ten oldest.
                "conversations" => {
                    let oldest = ticket.conversations.iter().take(10);
                    json["conversations"] = oldest.map(|conversation| self.conversation_json(number, conversation, "size")).collect();
                }
                "company" => json["company"] = json!({}),
                _ => json["stats"] = json!({"agent_responded_at": null, "requester_responded_at": null, "resolved_at": null}),
            }
        }
        Ok(Reply::json(200, json))
    }

    pub(super) fn post_ticket(&mut self, call: &Call) -> Answer {
        let known: Vec<&str> = PROPERTY_KEYS.into_iter().chain(REQUESTER_KEYS).chain(["cc_emails", "related_ticket_ids"]).collect();
        let body = body(call, &known)?;
        let mut reader = Reader::default();
        if REQUESTER_KEYS.iter().all(|key| body.get(*key).is_none_or(Value::is_null)) {
            let message = format!("One of the following should be given: {}", REQUESTER_KEYS.join(", "));
            reader.faults.push(Fault { field: "requester_id".to_owned(), message, code: "missing_field" });
        }
        reader.needed_text(&body, "subject");
        let description = reader.needed_text(&body, "description");
        let cc = reader.texts(&body, "cc_emails").unwrap_or_default();
        let mut change = self.read_change(&body, &mut reader);
        let source = change.source.take().unwrap_or(2);
        change.description = None;
        let requester = self.read_requester(&body, &mut reader);
        let Some(requester) = requester.filter(|_| reader.faults.is_empty()) else { return Err(Problem::Invalid(reader.faults)) };
        let requester = self.resolve(requester);
        let number = self.create(Birth { requester, source, description, cc, files: Vec::new(), change })?;
        let ticket = self.ticket(number)?;
        let mut json = self.whole_ticket_json(ticket);
        // Both are worked out only seconds later.
        json["due_by"] = Value::Null;
        json["fr_due_by"] = Value::Null;
        Ok(Reply::json(201, json).with("Location", format!("{}/api/v2/tickets/{number}", self.base_url)))
    }

    pub(super) fn put_ticket(&mut self, call: &Call, number: u64) -> Answer {
        self.writable(number)?;
        let known: Vec<&str> = PROPERTY_KEYS.into_iter().chain(REQUESTER_KEYS).collect();
        let body = body(call, &known)?;
        let mut reader = Reader::default();
        let mut change = self.read_change(&body, &mut reader);
        for (key, value) in [("subject", &change.subject), ("description", &change.description)] {
            if value.as_ref().is_some_and(|text| text.trim().is_empty()) {
                reader.faults.push(Fault::missing(key));
            }
        }
        let requester =
            if REQUESTER_KEYS.iter().any(|key| body.contains_key(*key)) { self.read_requester(&body, &mut reader) } else { None };
        if !reader.faults.is_empty() {
            return Err(Problem::Invalid(reader.faults));
        }
        change.requester = requester.map(|requester| self.resolve(requester));
        self.change(number, change)?;
        let ticket = self.ticket(number)?;
        Ok(Reply::json(200, self.whole_ticket_json(ticket)))
    }

    pub(super) fn bin(&mut self, number: u64) -> Answer {
        self.writable(number)?;
        self.set_presence(number, Presence::Deleted)?;
        Ok(Reply::nothing(204))
    }

    pub(super) fn merge_tickets(&mut self, call: &Call) -> Answer {
        let body = body(call, &["primary_id", "ticket_ids", "convert_recepients_to_cc", "note_in_primary", "note_in_secondary"])?;
        let mut reader = Reader::default();
        let Some(primary) = reader.integer(&body, "primary_id").and_then(|id| u64::try_from(id).ok()) else {
            return Err(Fault::missing("primary_id").into());
        };
        let others: Vec<u64> = body.get("ticket_ids").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_u64).collect();
        if others.is_empty() {
            return Err(Fault::missing("ticket_ids").into());
        }
        let note = body.get("note_in_primary").map(|note| {
            let private = note["private"].as_bool().unwrap_or(true);
            (note["body"].as_str().unwrap_or_default().to_owned(), if private { Audience::Internal } else { Audience::Public })
        });
        self.merge(primary, &others, self.integration, note)?;
        Ok(Reply::nothing(204))
    }

    fn read_requester(&self, body: &Map<String, Value>, reader: &mut Reader) -> Option<Requester> {
        if let Some(id) = reader.integer(body, "requester_id") {
            if self.users.contains_key(&id) {
                return Some(Requester::Known(id));
            }
            reader.faults.push(Fault::invalid("requester_id", "There is no contact matching the given requester_id"));
            return None;
        }
        let name = reader.text(body, "name");
        let email = reader.text(body, "email");
        if let Some(email) = email {
            if !email.contains('@') {
                reader.faults.push(Fault::invalid("email", "It should be in the 'valid email address' format"));
                return None;
            }
            return Some(Requester::Email { name, email });
        }
        let key = REQUESTER_KEYS.iter().find_map(|key| reader.text(body, key).map(|text| (*key, text)));
        match (key, name) {
            (Some(("phone", _)), None) => {
                reader.faults.push(Fault::missing("name"));
                None
            }
            (Some((_, text)), name) => Some(Requester::Other { name: name.unwrap_or_else(|| text.clone()), key: text }),
            (None, _) => None,
        }
    }

    /// An unknown address creates a contact.
    pub(super) fn contact_for(&mut self, email: String, name: Option<String>) -> i64 {
        self.contact_by_email(&email).unwrap_or_else(|| {
            let name = name.unwrap_or_else(|| email.split('@').next().unwrap_or_default().to_owned());
            self.add_user(&name, Some(email), Side::EndUser)
        })
    }

    /// An unknown address or key creates a contact.
    fn resolve(&mut self, requester: Requester) -> i64 {
        match requester {
            Requester::Known(id) => id,
            Requester::Email { name, email } => self.contact_for(email, name),
            Requester::Other { name, key } => {
                let known = self.users.values().find(|user| user.external_id.as_ref() == Some(&key)).map(|user| user.id);
                known.unwrap_or_else(|| {
                    let id = self.add_user(&name, None, Side::EndUser);
                    if let Some(user) = self.users.get_mut(&id) {
                        user.external_id = Some(key);
                    }
                    id
                })
            }
        }
    }
}

/// Who asks, before a contact is looked up or made.
enum Requester {
    Known(i64),
    Email { name: Option<String>, email: String },
    Other { name: String, key: String },
}
