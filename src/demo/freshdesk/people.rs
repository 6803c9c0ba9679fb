//! People acting inside Freshdesk, and the look behind the scenes.

use std::future::Future;
use std::pin::Pin;

use serde_json::{Value, json};

use super::FreshdeskSim;
use super::actions::{Birth, Change, Draft};
use super::labels::{priority_code, source_code, state_of, status_code, urgency_of};
use super::problem::Problem;
use super::state::{Conversation, ConversationKind, State, Ticket};
use crate::demo::peer::{
    Audience, CommentView, Faults, Journal, Mail, Mood, Opening, Outbox, Person, Posted, Presence, Refused, Scan, Side, SimArticle,
    SimFile, SimulatedHelpdesk, TicketState, TicketView, Urgency, html,
};

impl FreshdeskSim {
    /// An agent sets the status by its code: 6 is "Waiting on Customer", and the account's own begin at 8.
    pub fn set_status_code(&self, ticket: u64, code: u16) -> Result<(), Refused> {
        if !self.desk.state().statuses.contains_key(&code) {
            return Err(Refused(format!("there is no status {code}")));
        }
        self.change(ticket, Change { status: Some(code), ..Change::default() })
    }

    /// An agent replaces the tags.
    pub fn set_tags(&self, ticket: u64, tags: &[&str]) -> Result<(), Refused> {
        let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        self.change(ticket, Change { tags: Some(tags), ..Change::default() })
    }

    /// An agent writes a note that the requester sees, instead of a reply.
    pub fn public_note(&self, ticket: u64, author: &Person, text: &str) -> Result<Posted, Refused> {
        let html = html_of(text);
        self.converse(
            ticket,
            Draft { user: author.id, kind: ConversationKind::Note, incoming: false, private: false, html, files: Vec::new() },
        )
    }

    pub(super) fn change(&self, ticket: u64, change: Change) -> Result<(), Refused> {
        self.desk.state().change(ticket, change)?;
        self.furniture.pulse.beat();
        Ok(())
    }

    fn converse(&self, ticket: u64, draft: Draft) -> Result<Posted, Refused> {
        let conversation = self.desk.state().converse(ticket, draft)?;
        self.furniture.pulse.beat();
        Ok(Posted { ticket, comment: Some(conversation.id.unsigned_abs()) })
    }
}

impl State {
    /// Whoever of the staff is not the integration; a new agent when there is none.
    fn some_agent(&mut self) -> i64 {
        let found = self.users.values().find(|user| user.side == Side::Agent && user.id != self.integration).map(|user| user.id);
        found.unwrap_or_else(|| self.add_user("Alex Agent", Some("alex.agent@example.com".to_owned()), Side::Agent))
    }

    fn numbered(&mut self, files: Vec<SimFile>) -> Vec<SimFile> {
        files.into_iter().map(|file| SimFile { id: self.ids.long().unsigned_abs(), ..file }).collect()
    }

    fn conversation_view(&self, conversation: &Conversation) -> CommentView {
        CommentView {
            number: conversation.id.unsigned_abs(),
            author: self.person(conversation.user),
            audience: if conversation.private { Audience::Internal } else { Audience::Public },
            html: conversation.html.clone(),
            text: html::to_text(&conversation.html),
            created_at: conversation.created_at,
        }
    }

    fn first_words(&self, ticket: &Ticket) -> CommentView {
        CommentView {
            number: 0,
            // Source 10: an agent wrote first.
            author: self.person(if ticket.source == 10 { self.integration } else { ticket.requester }),
            audience: Audience::Public,
            html: ticket.description.clone(),
            text: html::to_text(&ticket.description),
            created_at: ticket.created_at,
        }
    }

    fn ticket_view(&self, ticket: &Ticket) -> TicketView {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let filled = ticket.fields.iter().filter(|(_, value)| !value.is_null());
        TicketView {
            number: ticket.id,
            subject: ticket.subject.clone(),
            state: state_of(ticket.status),
            raw_state: ticket.status.to_string(),
            urgency: Some(urgency_of(ticket.priority)),
            tags: ticket.tags.clone(),
            fields: filled.map(|(name, value)| (name.clone(), text(value))).collect(),
            external_id: None,
            requester: self.person(ticket.requester),
            presence: ticket.presence,
            created_at: ticket.created_at,
            updated_at: ticket.updated_at,
        }
    }
}

fn html_of(text: &str) -> String {
    format!("<div>{}</div>", html::escape(text).replace('\n', "<br>"))
}

impl SimulatedHelpdesk for FreshdeskSim {
    fn base_url(&self) -> &str {
        &self.base_url
    }

    fn faults(&self) -> &Faults {
        &self.furniture.faults
    }

    fn outbox(&self) -> &Outbox {
        &self.furniture.outbox
    }

    fn journal(&self) -> &Journal {
        &self.furniture.journal
    }

    fn stop(&self) {
        self.furniture.stop();
    }

    fn until<'a>(&'a self, holds: Box<dyn Fn() -> bool + Send + Sync + 'a>) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(self.furniture.pulse.until(holds))
    }

    fn integration_user(&self) -> Person {
        let state = self.desk.state();
        state.person(state.integration)
    }

    fn add_end_user(&self, name: &str, email: &str) -> Person {
        let mut state = self.desk.state();
        let known = state.contact_by_email(email);
        let id = known.unwrap_or_else(|| state.add_user(name, Some(email.to_owned()), Side::EndUser));
        state.person(id)
    }

    fn add_agent(&self, name: &str) -> Person {
        let email = format!("{}@example.com", name.to_lowercase().replace(' ', "."));
        let mut state = self.desk.state();
        let id = state.add_user(name, Some(email), Side::Agent);
        state.person(id)
    }

    fn open_ticket(&self, requester: &Person, opening: Opening) -> u64 {
        let mut state = self.desk.state();
        let fields = opening.fields.into_iter().map(|(name, value)| (name, json!(value))).collect();
        let change = Change { subject: Some(opening.subject), fields, ..Change::default() };
        let source = source_code(opening.origin);
        let files = state.numbered(opening.files);
        let birth = Birth { requester: requester.id, source, description: html_of(&opening.text), cc: Vec::new(), files, change };
        let number = state.create_unchecked(birth);
        drop(state);
        self.furniture.pulse.beat();
        number
    }

    fn comment(&self, ticket: u64, author: &Person, text: &str, audience: Audience) -> Result<Posted, Refused> {
        self.comment_with_files(ticket, author, text, audience, Vec::new())
    }

    fn comment_with_files(
        &self,
        ticket: u64,
        author: &Person,
        text: &str,
        audience: Audience,
        files: Vec<SimFile>,
    ) -> Result<Posted, Refused> {
        let incoming = author.side == Side::EndUser;
        let private = audience == Audience::Internal;
        if incoming && private {
            return Err(Refused("customers write no internal notes".to_owned()));
        }
        let kind = if private { ConversationKind::Note } else { ConversationKind::Reply };
        let files = self.desk.state().numbered(files);
        self.converse(ticket, Draft { user: author.id, kind, incoming, private, html: html_of(text), files })
    }

    fn remove_file(&self, ticket: u64, comment: u64, file: u64) -> Result<(), Refused> {
        let mut state = self.desk.state();
        let now = state.now();
        let ticket = state.writable(ticket)?;
        ticket.updated_at = now;
        let files = match ticket.conversations.iter_mut().find(|known| known.id.unsigned_abs() == comment) {
            Some(known) => &mut known.files,
            None => &mut ticket.files,
        };
        let before = files.len();
        files.retain(|known| known.id != file);
        if files.len() < before { Ok(()) } else { Err(Problem::NotFound.into()) }
    }

    fn set_scan(&self, _ticket: u64, _comment: u64, _file: u64, _scan: Scan) -> Result<(), Refused> {
        Err(Refused("Freshdesk tells nothing of malware".to_owned()))
    }

    fn files(&self, ticket: u64, comment: u64) -> Vec<SimFile> {
        let state = self.desk.state();
        let Some(ticket) = state.tickets.get(&ticket) else { return Vec::new() };
        let conversation = ticket.conversations.iter().find(|known| known.id.unsigned_abs() == comment);
        conversation.map_or_else(|| ticket.files.clone(), |known| known.files.clone())
    }

    fn set_state(&self, ticket: u64, state: TicketState) -> Result<(), Refused> {
        let code = status_code(state).ok_or_else(|| Refused("Freshdesk knows no new tickets".to_owned()))?;
        self.change(ticket, Change { status: Some(code), ..Change::default() })
    }

    fn set_urgency(&self, ticket: u64, urgency: Urgency) -> Result<(), Refused> {
        self.change(ticket, Change { priority: Some(priority_code(urgency)), ..Change::default() })
    }

    fn assign_group(&self, ticket: u64, name: &str) -> Result<(), Refused> {
        self.put_in_group(ticket, name)
    }

    fn rate(&self, ticket: u64, mood: Mood, words: &str) -> Result<(), Refused> {
        self.answer_survey(ticket, mood, words)
    }

    fn redact_comment(&self, ticket: u64, comment: u64, part: &str) -> Result<(), Refused> {
        let mut state = self.desk.state();
        let agent = state.some_agent();
        let black = "▇".repeat(part.chars().count());
        let known = state.writable(ticket)?.conversations.iter().find(|known| known.id.unsigned_abs() == comment);
        let known = known.ok_or(Problem::NotFound)?;
        let (id, html) = (known.id, known.html.replace(part, &black));
        state.edit(ticket, id, agent, &html)?;
        Ok(())
    }

    fn make_private(&self, _ticket: u64, _comment: u64) -> Result<(), Refused> {
        Err(Refused("in Freshdesk what was public stays public".to_owned()))
    }

    fn merge(&self, source: u64, into: u64) -> Result<(), Refused> {
        let mut state = self.desk.state();
        let agent = state.some_agent();
        state.merge(into, &[source], agent, None)?;
        Ok(())
    }

    fn delete(&self, ticket: u64) -> Result<(), Refused> {
        Ok(self.desk.state().set_presence(ticket, Presence::Deleted)?)
    }

    fn mark_spam(&self, ticket: u64) -> Result<(), Refused> {
        Ok(self.desk.state().set_presence(ticket, Presence::Spam)?)
    }

    fn restore(&self, ticket: u64) -> Result<(), Refused> {
        Ok(self.desk.state().set_presence(ticket, Presence::Live)?)
    }

    fn ticket(&self, number: u64) -> Option<TicketView> {
        let state = self.desk.state();
        state.tickets.get(&number).map(|ticket| state.ticket_view(ticket))
    }

    fn comments(&self, number: u64) -> Vec<CommentView> {
        let state = self.desk.state();
        let Some(ticket) = state.tickets.get(&number) else { return Vec::new() };
        let later = ticket.conversations.iter().map(|conversation| state.conversation_view(conversation));
        std::iter::once(state.first_words(ticket)).chain(later).collect()
    }

    fn add_article(&self, article: SimArticle) -> String {
        self.desk.state().add_article(article)
    }

    fn mails_to(&self, email: &str) -> Vec<Mail> {
        let state = self.desk.state();
        let Some(contact) = state.contact_by_email(email) else { return Vec::new() };
        state.mails.iter().filter(|(to, _)| *to == contact).map(|(_, mail)| mail.clone()).collect()
    }
}
