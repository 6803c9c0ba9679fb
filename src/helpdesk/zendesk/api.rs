//! The answers of Zendesk's REST API, as far as we read them.
//! <https://developer.zendesk.com/api-reference/ticketing/introduction/>

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// What is null is as if it were not there.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// `GET /users/me`. Bad credentials get an anonymous user, not an error.
#[derive(Debug, Deserialize)]
pub(super) struct Me {
    pub(super) user: Myself,
}

#[derive(Debug, Deserialize)]
pub(super) struct Myself {
    pub(super) id: Option<i64>,
    pub(super) name: Option<String>,
}

/// `GET /users/{id}`.
#[derive(Debug, Deserialize)]
pub(super) struct OneUser {
    pub(super) user: Staff,
}

/// `GET /users/search`.
#[derive(Debug, Deserialize)]
pub(super) struct FoundUsers {
    pub(super) users: Vec<Staff>,
}

/// A user, as far as it tells whether they work there.
#[derive(Debug, Deserialize)]
pub(super) struct Staff {
    pub(super) id: i64,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) role: Option<String>,
    pub(super) locale: Option<String>,
    pub(super) active: Option<bool>,
    pub(super) suspended: Option<bool>,
}

/// A user that came along with what was asked for.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct User {
    pub(super) id: i64,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) role: Option<String>,
    pub(super) external_id: Option<String>,
    pub(super) locale: Option<String>,
}

/// `POST /users/create_or_update`.
#[derive(Debug, Deserialize)]
pub(super) struct UserAnswer {
    pub(super) user: User,
}

/// `GET /tickets/{id}?include=users,groups`.
#[derive(Debug, Deserialize)]
pub(super) struct TicketAnswer {
    pub(super) ticket: Ticket,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) users: Vec<User>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) groups: Vec<Group>,
}

/// A group of agents that came along with what was asked for.
#[derive(Debug, Deserialize)]
pub(super) struct Group {
    pub(super) id: i64,
    pub(super) name: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Ticket {
    pub(super) id: i64,
    pub(super) subject: Option<String>,
    pub(super) raw_subject: Option<String>,
    pub(super) status: String,
    pub(super) priority: Option<String>,
    pub(super) requester_id: Option<i64>,
    pub(super) group_id: Option<i64>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) satisfaction_rating: Satisfaction,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) tags: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) custom_fields: Vec<CustomField>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) via: Via,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
}

/// What a ticket says of the legacy survey.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Satisfaction {
    pub(super) score: Option<String>,
    pub(super) comment: Option<String>,
}

/// `GET /guide/survey_responses`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct SurveyResponses {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) survey_responses: Vec<SurveyResponse>,
}

#[derive(Debug, Deserialize)]
pub(super) struct SurveyResponse {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) answers: Vec<SurveyQuestion>,
    pub(super) created_at: Option<DateTime<Utc>>,
    pub(super) updated_at: Option<DateTime<Utc>>,
}

/// The answer to one question: a place on a scale, or words.
#[derive(Debug, Deserialize)]
pub(super) struct SurveyQuestion {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) rating_category: Option<String>,
    pub(super) value: Option<String>,
    pub(super) skipped: Option<bool>,
}

/// `GET /tickets/{id}/tags`.
#[derive(Debug, Deserialize)]
pub(super) struct Tags {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) tags: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct CustomField {
    pub(super) id: i64,
    #[serde(default)]
    pub(super) value: Value,
}

/// The way something came. Some old objects have a number here.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Via {
    #[serde(default)]
    pub(super) channel: Value,
}

/// `GET /tickets/{id}/comments`.
#[derive(Debug, Deserialize)]
pub(super) struct CommentsPage {
    pub(super) comments: Vec<Comment>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) users: Vec<User>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) meta: Meta,
}

#[derive(Debug, Deserialize)]
pub(super) struct Comment {
    pub(super) id: i64,
    /// Negative for the system.
    pub(super) author_id: i64,
    pub(super) public: Option<bool>,
    pub(super) plain_body: Option<String>,
    pub(super) body: Option<String>,
    pub(super) html_body: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) via: Via,
    pub(super) metadata: Option<CommentMetadata>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) attachments: Vec<Attachment>,
    pub(super) created_at: DateTime<Utc>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct CommentMetadata {
    pub(super) flags: Option<Vec<i64>>,
}

/// <https://developer.zendesk.com/api-reference/ticketing/tickets/ticket-attachments/>
#[derive(Debug, Deserialize)]
pub(super) struct Attachment {
    pub(super) id: i64,
    pub(super) file_name: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) content_url: Option<String>,
    pub(super) size: Option<u64>,
    pub(super) deleted: Option<bool>,
    pub(super) malware_scan_result: Option<String>,
    pub(super) malware_access_override: Option<bool>,
}

/// `GET /attachments/{id}`.
#[derive(Debug, Deserialize)]
pub(super) struct AttachmentAnswer {
    pub(super) attachment: Attachment,
}

/// `POST /uploads`.
#[derive(Debug, Deserialize)]
pub(super) struct UploadAnswer {
    pub(super) upload: Upload,
}

#[derive(Debug, Deserialize)]
pub(super) struct Upload {
    pub(super) token: String,
}

/// Where a cursor-paged list goes on. `links.next` may be set on the last page, so it is not read.
/// <https://developer.zendesk.com/api-reference/introduction/pagination/>
#[derive(Debug, Default, Deserialize)]
pub(super) struct Meta {
    #[serde(default, deserialize_with = "or_default")]
    has_more: bool,
    after_cursor: Option<String>,
}

impl Meta {
    /// The cursor of the next page, if there is one.
    pub(super) fn next(self) -> Option<String> {
        self.after_cursor.filter(|_| self.has_more)
    }
}

/// `GET /tickets/{id}/audits`.
#[derive(Debug, Deserialize)]
pub(super) struct AuditsPage {
    pub(super) audits: Vec<Audit>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) meta: Meta,
}

/// The answer to a change of a ticket: what it is now, and what was changed.
#[derive(Debug, Deserialize)]
pub(super) struct ChangeAnswer {
    pub(super) ticket: ChangedTicket,
    pub(super) audit: Option<Audit>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ChangedTicket {
    pub(super) id: i64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Audit {
    pub(super) created_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(super) metadata: Value,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) events: Vec<AuditEvent>,
}

#[derive(Debug, Deserialize)]
pub(super) struct AuditEvent {
    /// Some kinds of event have a text here.
    #[serde(default)]
    id: Value,
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl Audit {
    /// The comment that the change made: its number is the event's.
    pub(super) fn comment(&self) -> Option<i64> {
        self.events.iter().find(|event| event.kind.as_deref() == Some("Comment"))?.id.as_i64()
    }
}

/// `GET /tickets?external_id=`.
#[derive(Debug, Deserialize)]
pub(super) struct TicketList {
    pub(super) tickets: Vec<ListedTicket>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ListedTicket {
    pub(super) id: i64,
    pub(super) external_id: Option<String>,
}

/// `GET /incremental/tickets/cursor`.
#[derive(Debug, Deserialize)]
pub(super) struct Export {
    pub(super) tickets: Vec<ChangedTicket>,
    pub(super) after_cursor: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) end_of_stream: bool,
}

/// `GET /help_center/articles/search`. What a hit says of who may read it decides, so it is kept as it came.
#[derive(Debug, Deserialize)]
pub(super) struct Articles {
    pub(super) results: Vec<serde_json::Value>,
}
