//! Freshdesk's numbers in our words, and back.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{api, quotes};
use crate::domain::tickets::{Channel, CommentNumber, Priority, TicketNumber, TicketPresence, TicketStatus};
use crate::helpdesk::{
    Agent, AgentKey, AuthorSide, Comment, CommentAuthor, Group, Person, RemoteFile, Standing, TicketSnapshot, Trust, Visibility, inbound,
};

#[cfg(test)]
mod tests;

/// The code of *Waiting on Third Party*: delivered with every account, but an administrator may remove it.
pub(super) const WAITING_ON_THIRD_PARTY: u64 = 7;

/// The source of a ticket that an agent opened by writing to somebody.
const OUTBOUND_EMAIL: u64 = 10;

/// The number of the comment that a ticket's description is. The description is what the requester wrote first, and no
/// conversation; its number cannot be mistaken for one's, as theirs are digits.
pub(super) fn description_number(ticket: &TicketNumber) -> CommentNumber {
    CommentNumber(format!("ticket-{ticket}"))
}

/// A ticket in our words.
pub(super) fn ticket(ticket: api::Ticket, group: Option<Group>, url: String) -> TicketSnapshot {
    let presence = match (ticket.spam, ticket.deleted) {
        (_, Some(true)) => TicketPresence::Deleted,
        (Some(true), _) => TicketPresence::Spam,
        _ => TicketPresence::Active,
    };
    TicketSnapshot {
        number: TicketNumber(ticket.id.to_string()),
        url,
        status: status(ticket.status),
        priority: ticket.priority.and_then(priority),
        requester: person(ticket.requester_id, ticket.requester),
        fields: fields(ticket.custom_fields.unwrap_or_default()),
        channel: ticket.source.map_or(Channel::Other, ticket_channel),
        presence,
        group,
        survey: None,
        subject: ticket.subject.unwrap_or_default(),
        created_at: ticket.created_at,
        updated_at: ticket.updated_at,
    }
}

// The language of a contact is not among what a ticket tells of its requester.
fn person(id: Option<u64>, requester: Option<api::Requester>) -> Person {
    match requester {
        Some(requester) => {
            Person { id: requester.id.to_string(), name: requester.name.unwrap_or_default(), email: requester.email, locale: None }
        }
        None => Person { id: id.map(|id| id.to_string()).unwrap_or_default(), name: String::new(), email: None, locale: None },
    }
}

fn fields(fields: BTreeMap<String, Value>) -> BTreeMap<String, String> {
    fields.into_iter().filter_map(|(name, value)| Some((name, inbound::field_text(&value)?))).collect()
}

/// A state in our words. Codes above 7 are the account's own, and are taken for open.
/// <https://developers.freshdesk.com/api/#ticket_attributes>
pub(super) const fn status(code: u64) -> TicketStatus {
    match code {
        3 | 6 => TicketStatus::Pending,
        4 => TicketStatus::Solved,
        5 => TicketStatus::Closed,
        WAITING_ON_THIRD_PARTY => TicketStatus::OnHold,
        _ => TicketStatus::Open,
    }
}

/// A state as Freshdesk's code, where every account has it.
pub(super) const fn status_code(status: TicketStatus) -> u64 {
    match status {
        TicketStatus::New | TicketStatus::Open => 2,
        TicketStatus::Pending => 3,
        TicketStatus::Solved => 4,
        TicketStatus::Closed => 5,
        TicketStatus::OnHold => WAITING_ON_THIRD_PARTY,
    }
}

/// A priority in our words.
pub(super) const fn priority(code: u64) -> Option<Priority> {
    match code {
        1 => Some(Priority::Low),
        2 => Some(Priority::Normal),
        3 => Some(Priority::High),
        4 => Some(Priority::Urgent),
        _ => None,
    }
}

/// A priority as Freshdesk's code.
pub(super) const fn priority_code(priority: Priority) -> u64 {
    match priority {
        Priority::Low => 1,
        Priority::Normal => 2,
        Priority::High => 3,
        Priority::Urgent => 4,
    }
}

/// Whether the ticket's form knows the state *Waiting on Third Party*.
pub(super) fn knows_third_party(fields: &[api::TicketField]) -> bool {
    let code = WAITING_ON_THIRD_PARTY.to_string();
    fields.iter().filter(|field| field.name.as_deref() == Some("status")).any(|field| field.choices.get(&code).is_some())
}

const fn ticket_channel(source: u64) -> Channel {
    match source {
        1 | OUTBOUND_EMAIL => Channel::Email,
        2 | 4 | 8 | 9 => Channel::Web,
        3 => Channel::Phone,
        5 | 6 => Channel::Social,
        7 => Channel::Chat,
        _ => Channel::Other,
    }
}

/// <https://developers.freshdesk.com/api/#conversation_attributes>
const fn conversation_channel(source: Option<u64>) -> Channel {
    match source {
        Some(0 | 8) => Channel::Email,
        Some(2 | 6) => Channel::Web,
        Some(5 | 7) => Channel::Social,
        Some(9) => Channel::Phone,
        _ => Channel::Other,
    }
}

/// The ticket's description as the first comment: the requester's, or an agent's where the agent wrote first.
pub(super) fn description(ticket: &api::Ticket) -> Comment {
    let side = if ticket.source == Some(OUTBOUND_EMAIL) { AuthorSide::Staff } else { AuthorSide::EndUser };
    let author = match side {
        AuthorSide::EndUser => requester_as_author(ticket),
        AuthorSide::Staff | AuthorSide::Seller(_) | AuthorSide::System => CommentAuthor { id: String::new(), name: String::new(), side },
    };
    let html = ticket.description.clone();
    Comment {
        number: description_number(&TicketNumber(ticket.id.to_string())),
        author,
        visibility: Visibility::Public,
        text: ticket.description_text.clone().or_else(|| html.as_deref().map(quotes::text)).unwrap_or_default().trim().to_owned(),
        html,
        files: files(ticket.attachments.as_deref()),
        channel: ticket.source.map_or(Channel::Other, ticket_channel),
        trust: Trust::Plain,
        created_at: ticket.created_at,
    }
}

fn files(files: Option<&[api::Attachment]>) -> Vec<RemoteFile> {
    let file = |file: &api::Attachment| RemoteFile {
        id: file.id.to_string(),
        name: file.name.clone().unwrap_or_default(),
        content_type: file.content_type.clone().unwrap_or_default(),
        size: file.size,
        // Freshdesk says nothing of malware; what was removed is not told of any more.
        standing: Standing::Fine,
    };
    files.unwrap_or_default().iter().map(file).collect()
}

fn requester_as_author(ticket: &api::Ticket) -> CommentAuthor {
    CommentAuthor {
        id: ticket.requester_id.map(|id| id.to_string()).unwrap_or_default(),
        name: ticket.requester.as_ref().and_then(|requester| requester.name.clone()).unwrap_or_default(),
        side: AuthorSide::EndUser,
    }
}

/// A conversation as a comment. Agents have no name here: only administrators may read who they are.
pub(super) fn comment(conversation: api::Conversation, ticket: &api::Ticket) -> Comment {
    Comment {
        number: CommentNumber(conversation.id.to_string()),
        author: author(&conversation, ticket),
        // What does not say that it is public must not be shown as if it were.
        visibility: if conversation.private == Some(false) { Visibility::Public } else { Visibility::Internal },
        text: text(&conversation),
        channel: conversation_channel(conversation.source),
        trust: Trust::Plain,
        created_at: conversation.created_at,
        files: files(conversation.attachments.as_deref()),
        html: conversation.body,
    }
}

fn author(conversation: &api::Conversation, ticket: &api::Ticket) -> CommentAuthor {
    match conversation.user_id {
        Some(id) if Some(id) == ticket.requester_id => requester_as_author(ticket),
        Some(id) => {
            let side = if conversation.incoming == Some(true) { AuthorSide::EndUser } else { AuthorSide::Staff };
            CommentAuthor { id: id.to_string(), name: String::new(), side }
        }
        None => CommentAuthor { id: String::new(), name: String::new(), side: AuthorSide::System },
    }
}

/// What was said, without the history that a mail from outside carries along.
fn text(conversation: &api::Conversation) -> String {
    let html = conversation.body.as_deref();
    let mailed_in = conversation.incoming == Some(true) && conversation_channel(conversation.source) == Channel::Email;
    html.filter(|_| mailed_in)
        .and_then(quotes::without_history)
        .or_else(|| conversation.body_text.as_deref().map(|text| text.trim().to_owned()))
        .or_else(|| html.map(quotes::text))
        .unwrap_or_default()
}

/// Whether an agent is the one that was looked for.
pub(super) fn is_meant(agent: &api::Me, key: AgentKey<'_>) -> bool {
    let email = agent.contact.as_ref().and_then(|contact| contact.email.as_deref());
    match key {
        AgentKey::Number(number) => agent.id.to_string() == number,
        AgentKey::Email(asked) => email.is_some_and(|known| known.eq_ignore_ascii_case(asked)),
    }
}

/// An agent in our words.
pub(super) fn agent(agent: api::Me) -> Agent {
    let (name, email, locale) = agent.contact.map(|contact| (contact.name, contact.email, contact.language)).unwrap_or_default();
    Agent { number: agent.id.to_string(), name: name.unwrap_or_default(), email, locale }
}
