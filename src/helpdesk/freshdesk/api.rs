//! The answers of Freshdesk's REST API, as far as we read them. Blanks come as null.
//! <https://developers.freshdesk.com/api/>

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

/// `GET /agents/me`.
#[derive(Debug, Deserialize)]
pub(super) struct Me {
    pub(super) id: u64,
    pub(super) contact: Option<Contact>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Contact {
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) language: Option<String>,
}

/// `GET /tickets/{id}?include=requester`, and an entry of `GET /tickets`.
#[derive(Debug, Deserialize)]
pub(super) struct Ticket {
    pub(super) id: u64,
    pub(super) subject: Option<String>,
    pub(super) description: Option<String>,
    pub(super) description_text: Option<String>,
    pub(super) status: u64,
    pub(super) priority: Option<u64>,
    pub(super) source: Option<u64>,
    pub(super) requester_id: Option<u64>,
    pub(super) requester: Option<Requester>,
    pub(super) group_id: Option<u64>,
    pub(super) tags: Option<Vec<String>>,
    pub(super) custom_fields: Option<BTreeMap<String, Value>>,
    pub(super) spam: Option<bool>,
    pub(super) deleted: Option<bool>,
    pub(super) attachments: Option<Vec<Attachment>>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Requester {
    pub(super) id: u64,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
}

/// `GET /groups/{id}`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Group {
    pub(super) name: Option<String>,
}

/// An entry of `GET /tickets/{id}/satisfaction_ratings` and `GET /surveys/satisfaction_ratings`.
#[derive(Debug, Deserialize)]
pub(super) struct SatisfactionRating {
    pub(super) id: u64,
    pub(super) ticket_id: Option<u64>,
    /// By question; `default_question` is there in every survey.
    pub(super) ratings: Option<BTreeMap<String, i64>>,
    pub(super) feedback: Option<String>,
    pub(super) created_at: Option<DateTime<Utc>>,
    pub(super) updated_at: Option<DateTime<Utc>>,
}

/// `GET /tickets/{id}/conversations`, and the answer to a reply or note.
#[derive(Debug, Deserialize)]
pub(super) struct Conversation {
    pub(super) id: u64,
    pub(super) user_id: Option<u64>,
    pub(super) body: Option<String>,
    pub(super) body_text: Option<String>,
    pub(super) incoming: Option<bool>,
    pub(super) private: Option<bool>,
    pub(super) source: Option<u64>,
    pub(super) attachments: Option<Vec<Attachment>>,
    pub(super) created_at: DateTime<Utc>,
}

/// A file. Its address is good for a short time only.
#[derive(Debug, Deserialize)]
pub(super) struct Attachment {
    pub(super) id: u64,
    pub(super) name: Option<String>,
    pub(super) content_type: Option<String>,
    /// Notes say `file_size`.
    #[serde(alias = "file_size")]
    pub(super) size: Option<u64>,
    #[serde(rename = "attachment_url")]
    pub(super) address: Option<String>,
}

/// What creating something says: its number.
#[derive(Debug, Deserialize)]
pub(super) struct Created {
    pub(super) id: u64,
}

/// An entry of `GET /ticket_fields`.
#[derive(Debug, Deserialize)]
pub(super) struct TicketField {
    pub(super) name: Option<String>,
    /// For the status: code to labels. Other fields have lists or other maps here.
    #[serde(default)]
    pub(super) choices: Value,
}

/// An entry of `GET /email_configs`: a mailbox that mails are written from.
#[derive(Debug, Deserialize)]
pub(super) struct Mailbox {
    pub(super) id: u64,
    pub(super) primary_role: Option<bool>,
    pub(super) active: Option<bool>,
}
