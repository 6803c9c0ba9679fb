//! Records as REST shows them: codes for enums, null for blanks.

use chrono::TimeDelta;
use serde_json::{Map, Value, json};

use super::super::state::{Conversation, ConversationKind, FieldKind, Requirement, State, Ticket, stamp};
use crate::demo::peer::{Presence, html};

impl State {
    /// As in lists: without the description.
    pub(super) fn ticket_json(&self, ticket: &Ticket) -> Value {
        let fields: Map<String, Value> =
            self.fields.iter().map(|field| (field.name.clone(), ticket.fields.get(&field.name).cloned().unwrap_or_default())).collect();
        json!({
            "id": ticket.id, "subject": ticket.subject, "status": ticket.status, "priority": ticket.priority, "source": ticket.source,
            "type": ticket.kind, "tags": ticket.tags, "custom_fields": fields, "requester_id": ticket.requester,
            "responder_id": ticket.responder, "group_id": ticket.group, "product_id": null, "company_id": null, "email_config_id": null,
            "cc_emails": ticket.cc, "fwd_emails": [], "reply_cc_emails": ticket.cc, "to_emails": null, "fr_escalated": false,
            "is_escalated": false, "spam": ticket.presence == Presence::Spam, "deleted": ticket.presence == Presence::Deleted,
            "due_by": stamp(ticket.created_at + TimeDelta::days(3)), "fr_due_by": stamp(ticket.created_at + TimeDelta::days(1)),
            "association_type": null, "created_at": stamp(ticket.created_at), "updated_at": stamp(ticket.updated_at),
        })
    }

    /// As when asked for by itself.
    pub(super) fn whole_ticket_json(&self, ticket: &Ticket) -> Value {
        let mut json = self.ticket_json(ticket);
        json["description"] = json!(ticket.description);
        json["description_text"] = json!(html::to_text(&ticket.description));
        json["attachments"] = ticket.files.iter().map(|file| self.file_json(file, "size")).collect();
        json
    }

    pub(super) fn conversation_json(&self, ticket: u64, conversation: &Conversation, size_key: &str) -> Value {
        let source = match conversation.kind {
            ConversationKind::Reply => 0,
            ConversationKind::Note => 2,
        };
        json!({
            "id": conversation.id, "ticket_id": ticket, "user_id": conversation.user, "body": conversation.html,
            "body_text": html::to_text(&conversation.html), "incoming": conversation.incoming, "private": conversation.private,
            "source": source, "support_email": null, "from_email": null, "to_emails": conversation.to, "cc_emails": [], "bcc_emails": [],
            "created_at": stamp(conversation.created_at), "updated_at": stamp(conversation.updated_at),
            "last_edited_at": conversation.edited.map(|(at, _)| stamp(at)), "last_edited_user_id": conversation.edited.map(|(_, by)| by),
            "attachments": conversation.files.iter().map(|file| self.file_json(file, size_key)).collect::<Vec<_>>(),
        })
    }

    pub(super) fn requester_json(&self, id: i64) -> Value {
        let person = self.person(id);
        json!({"id": id, "name": person.name, "email": person.email, "mobile": null, "phone": null})
    }

    pub(super) fn contact_json(&self, id: i64) -> Value {
        let Some(user) = self.users.get(&id) else { return Value::Null };
        json!({
            "id": id, "name": user.name, "email": user.email, "unique_external_id": user.external_id, "active": true, "deleted": false,
            "mobile": null, "phone": null, "twitter_id": null, "company_id": null, "language": "en", "tags": [], "other_emails": [],
            "created_at": stamp(user.created_at), "updated_at": stamp(user.created_at),
        })
    }

    pub(super) fn agent_json(&self, id: i64) -> Value {
        let Some(user) = self.users.get(&id) else { return Value::Null };
        let contact = json!({"name": user.name, "email": user.email, "active": true, "job_title": null, "language": "en"});
        json!({
            "id": id, "type": "support_agent", "ticket_scope": 1, "available": true, "occasional": false, "contact": contact,
            "group_ids": [], "role_ids": [], "created_at": stamp(user.created_at), "updated_at": stamp(user.created_at),
        })
    }

    pub(super) fn fields_json(&self) -> Value {
        let statuses: Map<String, Value> = self.statuses.iter().map(|(code, labels)| (code.to_string(), json!(labels))).collect();
        let field = |id: usize, name: &str, label: &str, kind: &str, choices: Value| {
            json!({
                "id": id, "name": name, "label": label, "type": kind, "default": !name.starts_with("cf_"), "choices": choices,
                "required_for_agents": false, "required_for_closure": false, "required_for_customers": false,
            })
        };
        let priorities = json!({"Low": 1, "Medium": 2, "High": 3, "Urgent": 4});
        let mut fields = vec![
            field(1, "subject", "Subject", "default_subject", Value::Null),
            field(2, "status", "Status", "default_status", Value::Object(statuses)),
            field(3, "priority", "Priority", "default_priority", priorities),
            field(4, "source", "Source", "default_source", json!({"Email": 1, "Portal": 2, "Phone": 3, "Chat": 7})),
        ];
        for (index, known) in self.fields.iter().enumerate() {
            let (kind, choices) = match &known.kind {
                FieldKind::Text => ("custom_text", Value::Null),
                FieldKind::Number => ("custom_number", Value::Null),
                FieldKind::Checkbox => ("custom_checkbox", Value::Null),
                FieldKind::Date => ("custom_date", Value::Null),
                FieldKind::Dropdown(choices) => ("custom_dropdown", json!(choices)),
            };
            let mut row = field(100 + index, &known.name, &known.label, kind, choices);
            row["required_for_agents"] = json!(known.requirement == Requirement::ForAgents);
            row["required_for_closure"] = json!(known.requirement == Requirement::ForClosure);
            fields.push(row);
        }
        Value::Array(fields)
    }
}
