//! People acting inside Zendesk, and the look behind the scenes.

use std::future::Future;
use std::pin::Pin;

use serde_json::{Value, json};

use super::ZendeskSim;
use super::actions::{Birth, Draft, MergeWords, Setting, Update, file_event};
use super::problem::Problem;
use super::state::{Comment, Role, State, Ticket, status_word};
use super::text::Words;
use super::webhooks::{Event, TriggerKind};
use crate::demo::peer::{
    Audience, CommentView, Faults, Journal, Mail, Mood, Opening, Origin, Outbox, Person, Posted, Presence, Refused, Scan, Side, SimArticle,
    SimFile, SimulatedHelpdesk, TicketState, TicketView, Urgency,
};

/// The author of what Zendesk itself writes.
const SYSTEM: i64 = -1;

impl ZendeskSim {
    /// The helpdesk itself writes: the author is -1.
    pub fn system_comment(&self, ticket: u64, text: &str) -> Result<Posted, Refused> {
        self.post(
            ticket,
            SYSTEM,
            Draft { author: SYSTEM, audience: Audience::Internal, words: Words::Plain(text.to_owned()), files: Vec::new() },
        )
    }

    /// The mail of this comment raised a doubt about its sender.
    pub fn flag_comment(&self, ticket: u64, comment: u64) -> Result<(), Refused> {
        let mut state = self.desk.state();
        let known = state.live_mut(ticket)?.comments.iter_mut().find(|known| known.id.unsigned_abs() == comment);
        known.ok_or(Problem::NotFound)?.flagged = true;
        Ok(())
    }

    /// An agent replaces the tags.
    pub fn set_tags(&self, ticket: u64, tags: &[&str]) -> Result<(), Refused> {
        let tags = super::actions::normal_tags(tags.iter().copied());
        self.by_agent(ticket, Update { tags: Some(tags), ..Update::default() })
    }

    /// The private data that the writer handed in with the ticket's latest change (`audit.metadata.custom`).
    pub fn latest_metadata(&self, ticket: u64) -> Option<serde_json::Value> {
        let state = self.desk.state();
        state.tickets.get(&ticket)?.audits.last().map(|audit| audit.custom_metadata.clone())
    }

    fn by_agent(&self, ticket: u64, update: Update) -> Result<(), Refused> {
        let mut state = self.desk.state();
        let agent = state.some_agent();
        state.update(ticket, agent, Origin::Web, update)?;
        drop(state);
        self.furniture.pulse.beat();
        Ok(())
    }

    fn post(&self, ticket: u64, actor: i64, draft: Draft) -> Result<Posted, Refused> {
        let mut state = self.desk.state();
        let origin = if state.is_staff(actor) { Origin::Web } else { Origin::Mail };
        let closed = state.live(ticket)?.status == TicketState::Closed;
        let posted = if closed && !state.is_staff(actor) && actor != SYSTEM {
            let subject = Some(state.live(ticket)?.subject.clone());
            let content = Update { comment: Some(draft), subject, ..Update::default() };
            let birth = Birth { requester: actor, submitter: actor, origin, follow_up_of: Some(ticket), content };
            let (number, _) = state.create(actor, birth)?;
            Posted { ticket: number, comment: state.newest_comment(number) }
        } else {
            state.update(ticket, actor, origin, Update { comment: Some(draft), ..Update::default() })?;
            Posted { ticket, comment: state.newest_comment(ticket) }
        };
        drop(state);
        self.furniture.pulse.beat();
        Ok(posted)
    }

    fn set_presence(&self, ticket: u64, presence: Presence) -> Result<(), Refused> {
        let mut state = self.desk.state();
        let agent = state.some_agent();
        state.set_presence(ticket, agent, presence)?;
        Ok(())
    }
}

impl State {
    /// Whoever of the staff is not the integration; a new agent when there is none.
    pub(super) fn some_agent(&mut self) -> i64 {
        let found = self.users.values().find(|user| user.is_staff() && user.id != self.integration).map(|user| user.id);
        found.unwrap_or_else(|| self.add_user("Alex Agent", Some("alex.agent@example.com".to_owned()), None, Role::Agent))
    }

    fn numbered(&mut self, files: Vec<SimFile>) -> Vec<SimFile> {
        files.into_iter().map(|file| SimFile { id: self.ids.long().unsigned_abs(), ..file }).collect()
    }

    /// Changes a file, and answers what an event would tell of it.
    fn with_file(&mut self, ticket: u64, comment: u64, file: u64, change: impl FnOnce(&mut SimFile)) -> Result<Value, Problem> {
        let now = self.now();
        let ticket = self.live_mut(ticket)?;
        ticket.generated_at = now;
        let comment = ticket.comments.iter_mut().find(|known| known.id.unsigned_abs() == comment).ok_or(Problem::NotFound)?;
        let file = comment.files.iter_mut().find(|known| known.id == file).ok_or(Problem::NotFound)?;
        change(file);
        Ok(file_event(comment.id, comment.audience == Audience::Public, file))
    }

    fn newest_comment(&self, ticket: u64) -> Option<u64> {
        self.tickets.get(&ticket)?.comments.last().map(|comment| comment.id.unsigned_abs())
    }

    fn comment_view(&self, comment: &Comment) -> CommentView {
        CommentView {
            number: comment.id.unsigned_abs(),
            author: self.person(comment.author),
            audience: comment.audience,
            html: comment.html.clone(),
            text: comment.text.clone(),
            created_at: comment.created_at,
        }
    }

    fn ticket_view(&self, ticket: &Ticket) -> TicketView {
        let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let filled = ticket.fields.iter().filter(|(_, value)| !value.is_null() && **value != json!(""));
        TicketView {
            number: ticket.id,
            subject: ticket.subject.clone(),
            state: ticket.status,
            raw_state: status_word(ticket.status).to_owned(),
            urgency: ticket.priority,
            tags: ticket.tags.clone(),
            fields: filled.map(|(id, value)| (id.to_string(), text(value))).collect(),
            external_id: ticket.external_id.clone(),
            requester: self.person(ticket.requester),
            presence: ticket.presence,
            created_at: ticket.created_at,
            updated_at: ticket.updated_at,
        }
    }
}

impl SimulatedHelpdesk for ZendeskSim {
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
        let known = state.user_by_email(email);
        let id = known.unwrap_or_else(|| state.add_user(name, Some(email.to_owned()), None, Role::EndUser));
        state.person(id)
    }

    fn add_agent(&self, name: &str) -> Person {
        let email = format!("{}@example.com", name.to_lowercase().replace(' ', "."));
        let mut state = self.desk.state();
        let id = state.add_user(name, Some(email), None, Role::Agent);
        state.person(id)
    }

    fn open_ticket(&self, requester: &Person, opening: Opening) -> u64 {
        let mut state = self.desk.state();
        let files = state.numbered(opening.files);
        let draft = Draft { author: requester.id, audience: Audience::Public, words: Words::Plain(opening.text), files };
        let fields = opening.fields.into_iter().filter_map(|(id, value)| Some((id.parse().ok()?, json!(value)))).collect();
        let content = Update { comment: Some(draft), subject: Some(opening.subject), fields, ..Update::default() };
        let birth = Birth { requester: requester.id, submitter: requester.id, origin: opening.origin, follow_up_of: None, content };
        // A ticket with a first comment is never refused.
        let number = state.create(requester.id, birth).map_or(0, |(number, _)| number);
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
        if author.side == Side::EndUser && audience == Audience::Internal {
            return Err(Refused("customers write no internal notes".to_owned()));
        }
        let files = self.desk.state().numbered(files);
        self.post(ticket, author.id, Draft { author: author.id, audience, words: Words::Plain(text.to_owned()), files })
    }

    fn remove_file(&self, ticket: u64, comment: u64, file: u64) -> Result<(), Refused> {
        let mut state = self.desk.state();
        let agent = state.some_agent();
        let event = state.with_file(ticket, comment, file, |file| {
            // The vendor puts an empty text in its place.
            let blank = SimFile::new("redacted.txt", "text/plain", b" ");
            *file = SimFile { id: file.id, redacted: true, ..blank };
        })?;
        state.announce(ticket, agent, &[Event::new("attachment_redacted_from_comment", event)], TriggerKind::None);
        Ok(())
    }

    fn set_scan(&self, ticket: u64, comment: u64, file: u64, scan: Scan) -> Result<(), Refused> {
        self.desk.state().with_file(ticket, comment, file, |file| file.scan = scan)?;
        Ok(())
    }

    fn files(&self, ticket: u64, comment: u64) -> Vec<SimFile> {
        let state = self.desk.state();
        let comments = state.tickets.get(&ticket).map(|ticket| ticket.comments.as_slice()).unwrap_or_default();
        comments.iter().find(|known| known.id.unsigned_abs() == comment).map(|known| known.files.clone()).unwrap_or_default()
    }

    fn set_state(&self, ticket: u64, state: TicketState) -> Result<(), Refused> {
        self.by_agent(ticket, Update { status: Some(state), ..Update::default() })
    }

    fn set_urgency(&self, ticket: u64, urgency: Urgency) -> Result<(), Refused> {
        self.by_agent(ticket, Update { priority: Setting::To(Some(urgency)), ..Update::default() })
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
        let found = state.live(ticket)?.comments.iter().find(|known| known.id.unsigned_abs() == comment);
        let known = found.ok_or(Problem::NotFound)?;
        let (id, html) = (known.id, known.html.replace(part, &"▇".repeat(part.chars().count())));
        state.redact(ticket, id, agent, html)?;
        Ok(())
    }

    fn make_private(&self, ticket: u64, comment: u64) -> Result<(), Refused> {
        let mut state = self.desk.state();
        let agent = state.some_agent();
        state.make_private(ticket, i64::try_from(comment).unwrap_or_default(), agent)?;
        Ok(())
    }

    fn merge(&self, source: u64, into: u64) -> Result<(), Refused> {
        let mut state = self.desk.state();
        let agent = state.some_agent();
        state.merge(&[source], into, agent, Origin::Web, &MergeWords::default())?;
        Ok(())
    }

    fn delete(&self, ticket: u64) -> Result<(), Refused> {
        self.set_presence(ticket, Presence::Deleted)
    }

    fn mark_spam(&self, ticket: u64) -> Result<(), Refused> {
        self.set_presence(ticket, Presence::Spam)
    }

    fn restore(&self, ticket: u64) -> Result<(), Refused> {
        self.set_presence(ticket, Presence::Live)
    }

    fn ticket(&self, number: u64) -> Option<TicketView> {
        let state = self.desk.state();
        state.tickets.get(&number).map(|ticket| state.ticket_view(ticket))
    }

    fn comments(&self, number: u64) -> Vec<CommentView> {
        let state = self.desk.state();
        let comments = state.tickets.get(&number).map(|ticket| ticket.comments.as_slice()).unwrap_or_default();
        comments.iter().map(|comment| state.comment_view(comment)).collect()
    }

    fn add_article(&self, article: SimArticle) -> String {
        self.desk.state().add_article(article)
    }

    fn mails_to(&self, email: &str) -> Vec<Mail> {
        let state = self.desk.state();
        let Some(user) = state.user_by_email(email) else { return Vec::new() };
        state.mails.iter().filter(|(to, _)| *to == user).map(|(_, mail)| mail.clone()).collect()
    }
}
