//! Zendesk's words in ours, and back.

use std::collections::{BTreeMap, HashMap};

use super::{api, surveys};
use crate::domain::tickets::{Channel, CommentNumber, Priority, TicketNumber, TicketPresence, TicketStatus};
use crate::helpdesk::{
    Agent, AgentKey, AuthorSide, Comment, CommentAuthor, Group, Person, RemoteFile, Standing, TicketSnapshot, Trust, Visibility, inbound,
};

#[cfg(test)]
mod tests;

/// Flags that say nothing against the author: written by a program (4), a file too large (5), a name cut (16), a private
/// comment of an end user (17), too many in copy (18). Whatever else Zendesk flags, now or later, is not vouched for.
/// <https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_comments/#comment-flags>
const HARMLESS_FLAGS: [i64; 5] = [4, 5, 16, 17, 18];

/// The tag that a merge puts on the ticket that was closed by it.
const MERGED_TAG: &str = "closed_by_merge";

/// A ticket in our words.
pub(super) fn ticket(answer: api::TicketAnswer, url: String) -> TicketSnapshot {
    let api::TicketAnswer { ticket, users, groups } = answer;
    let presence = presence(&ticket.status, &ticket.tags);
    TicketSnapshot {
        number: TicketNumber(ticket.id.to_string()),
        url,
        status: status(&ticket.status),
        presence,
        priority: ticket.priority.as_deref().and_then(priority),
        requester: requester(ticket.requester_id, users),
        group: ticket.group_id.map(|id| group(id, groups)),
        survey: surveys::on_ticket(ticket.satisfaction_rating),
        fields: fields(ticket.custom_fields),
        channel: channel(&ticket.via),
        subject: ticket.subject.or(ticket.raw_subject).unwrap_or_default(),
        created_at: ticket.created_at,
        updated_at: ticket.updated_at,
    }
}

fn group(id: i64, groups: Vec<api::Group>) -> Group {
    let name = groups.into_iter().find(|group| group.id == id).and_then(|group| group.name);
    Group { number: id.to_string(), name: name.unwrap_or_else(|| id.to_string()) }
}

fn requester(id: Option<i64>, users: Vec<api::User>) -> Person {
    let user = users.into_iter().find(|user| Some(user.id) == id);
    let (name, email, locale) = user.map(|user| (user.name, user.email, user.locale)).unwrap_or_default();
    Person { id: id.map(|id| id.to_string()).unwrap_or_default(), name: name.unwrap_or_default(), email, locale }
}

fn fields(fields: Vec<api::CustomField>) -> BTreeMap<String, String> {
    fields.into_iter().filter_map(|field| Some((field.id.to_string(), inbound::field_text(&field.value)?))).collect()
}

/// A state in our words, however it is capitalised. A custom one is taken for open.
pub(super) fn status(word: &str) -> TicketStatus {
    match word.to_ascii_lowercase().as_str() {
        "new" => TicketStatus::New,
        "pending" => TicketStatus::Pending,
        "hold" | "on-hold" => TicketStatus::OnHold,
        "solved" => TicketStatus::Solved,
        "closed" | "deleted" | "archived" | "scrubbed" => TicketStatus::Closed,
        _ => TicketStatus::Open,
    }
}

/// A state in Zendesk's words.
pub(super) const fn status_word(status: TicketStatus) -> &'static str {
    match status {
        TicketStatus::New => "new",
        TicketStatus::Open => "open",
        TicketStatus::Pending => "pending",
        TicketStatus::OnHold => "hold",
        TicketStatus::Solved => "solved",
        TicketStatus::Closed => "closed",
    }
}

/// A priority in our words.
pub(super) fn priority(word: &str) -> Option<Priority> {
    match word.to_ascii_lowercase().as_str() {
        "low" => Some(Priority::Low),
        "normal" => Some(Priority::Normal),
        "high" => Some(Priority::High),
        "urgent" => Some(Priority::Urgent),
        _ => None,
    }
}

/// A priority in Zendesk's words.
pub(super) const fn priority_word(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "low",
        Priority::Normal => "normal",
        Priority::High => "high",
        Priority::Urgent => "urgent",
    }
}

fn presence(status: &str, tags: &[String]) -> TicketPresence {
    if status.eq_ignore_ascii_case("deleted") || status.eq_ignore_ascii_case("scrubbed") {
        TicketPresence::Deleted
    } else if status.eq_ignore_ascii_case("closed") && tags.iter().any(|tag| tag == MERGED_TAG) {
        TicketPresence::Merged { into: None }
    } else {
        TicketPresence::Active
    }
}

/// <https://developer.zendesk.com/documentation/ticketing/reference-guides/via-object-reference/>
fn channel(via: &api::Via) -> Channel {
    match via.channel.as_str().unwrap_or_default() {
        "email" => Channel::Email,
        "web" | "web_widget" | "web_form" | "help_center" | "mobile" | "mobile_sdk" | "sample_ticket" => Channel::Web,
        "api" | "web_service" => Channel::Api,
        "chat" | "native_messaging" | "chat_transcript" | "sms" | "whatsapp" | "line" | "telegram" => Channel::Chat,
        "voice" | "phone" => Channel::Phone,
        "twitter" | "twitter_dm" | "x_corp_dm" | "facebook" | "facebook_post" | "facebook_message" | "instagram_dm" | "any_channel" => {
            Channel::Social
        }
        _ => Channel::Other,
    }
}

/// A comment in our words. `users` are those that came along.
pub(super) fn comment(comment: api::Comment, users: &HashMap<i64, api::User>) -> Comment {
    Comment {
        number: CommentNumber(comment.id.to_string()),
        author: author(comment.author_id, users.get(&comment.author_id)),
        // What does not say that it is public must not be shown as if it were.
        visibility: if comment.public == Some(true) { Visibility::Public } else { Visibility::Internal },
        text: comment.plain_body.or(comment.body).unwrap_or_default(),
        html: comment.html_body,
        files: comment.attachments.iter().map(file).collect(),
        channel: channel(&comment.via),
        trust: trust(&comment.metadata.and_then(|metadata| metadata.flags).unwrap_or_default()),
        created_at: comment.created_at,
    }
}

/// What a redacted file is replaced by.
/// <https://developer.zendesk.com/api-reference/ticketing/tickets/ticket-attachments/#redact-comment-attachment>
const REDACTED: &str = "redacted.txt";

fn file(file: &api::Attachment) -> RemoteFile {
    RemoteFile {
        id: file.id.to_string(),
        name: file.file_name.clone().unwrap_or_default(),
        content_type: file.content_type.clone().unwrap_or_default(),
        size: file.size,
        standing: standing(file),
    }
}

/// Whether a file may be had. An administrator may let people have what malware was found in; what could not be looked at is
/// no worse than what an agent may open.
pub(super) fn standing(file: &api::Attachment) -> Standing {
    let overridden = file.malware_access_override == Some(true);
    match file.malware_scan_result.as_deref() {
        _ if file.deleted == Some(true) || file.file_name.as_deref() == Some(REDACTED) => Standing::Removed,
        Some("malware_found") if !overridden => Standing::Dangerous,
        Some("not_scanned") if !overridden => Standing::Unchecked,
        _ => Standing::Fine,
    }
}

/// What the foreign key of a user that speaks for a seller begins with; the seller's id follows.
pub(super) const SELLER_KEY: &str = "trilogue:";

fn author(id: i64, user: Option<&api::User>) -> CommentAuthor {
    let seller = user.and_then(|user| user.external_id.as_deref()?.strip_prefix(SELLER_KEY)?.parse().ok());
    let side = match (user.and_then(|user| user.role.as_deref()), seller) {
        _ if id < 0 => AuthorSide::System,
        (Some("agent" | "admin"), _) => AuthorSide::Staff,
        (_, Some(seller)) => AuthorSide::Seller(seller),
        // A user that did not come along was deleted: better not to take them for staff.
        _ => AuthorSide::EndUser,
    };
    CommentAuthor { id: id.to_string(), name: user.and_then(|user| user.name.clone()).unwrap_or_default(), side }
}

fn trust(flags: &[i64]) -> Trust {
    if flags.iter().all(|flag| HARMLESS_FLAGS.contains(flag)) { Trust::Plain } else { Trust::Flagged }
}

/// Whether a user is the one that was looked for.
pub(super) fn is_meant(user: &api::Staff, key: AgentKey<'_>) -> bool {
    match key {
        AgentKey::Number(number) => user.id.to_string() == number,
        AgentKey::Email(email) => user.email.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(email)),
    }
}

/// A user who works there: an agent or administrator who is neither deleted nor suspended.
pub(super) fn agent(user: api::Staff) -> Option<Agent> {
    let works = matches!(user.role.as_deref(), Some("agent" | "admin")) && user.active != Some(false) && user.suspended != Some(true);
    works.then(|| Agent { number: user.id.to_string(), name: user.name.unwrap_or_default(), email: user.email, locale: user.locale })
}
