//! What can happen to a ticket, whoever does it: changes, the audit they leave, the events they cause.

use serde_json::{Map, Value, json};

use super::problem::Problem;
use super::state::{Audit, Comment, State, Ticket, channel_word, opt, parse_status, priority_word, stamp, status_word};
use super::text::{Rendered, Words};
use super::webhooks::{Event, TriggerKind};
use crate::demo::peer::{Audience, Ids, Mail, Origin, Presence, SimFile, TicketState, Urgency};

/// <https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_comments/>
const MOST_COMMENTS: usize = 5_000;

/// A comment about to be made.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) author: i64,
    pub(super) audience: Audience,
    pub(super) words: Words,
    pub(super) files: Vec<SimFile>,
}

/// What a change says about a property that may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Setting<T> {
    #[default]
    Keep,
    To(Option<T>),
}

/// A change about to be made; what is none stays as it is.
#[derive(Debug, Clone, Default)]
pub(super) struct Update {
    pub(super) comment: Option<Draft>,
    pub(super) status: Option<TicketState>,
    pub(super) custom_status: Option<i64>,
    pub(super) priority: Setting<Urgency>,
    pub(super) kind: Setting<String>,
    pub(super) tags: Option<Vec<String>>,
    pub(super) subject: Option<String>,
    pub(super) external_id: Setting<String>,
    pub(super) assignee: Setting<i64>,
    pub(super) fields: Vec<(i64, Value)>,
    pub(super) metadata: Value,
}

/// A ticket about to be created.
#[derive(Debug, Clone)]
pub(super) struct Birth {
    pub(super) requester: i64,
    pub(super) submitter: i64,
    pub(super) origin: Origin,
    pub(super) follow_up_of: Option<u64>,
    /// Subject, properties, and the first comment, which must be there.
    pub(super) content: Update,
}

/// The audit and the events of one action, as they come together.
struct Ledger {
    audit: i64,
    entries: Vec<Value>,
    events: Vec<Event>,
}

impl Ledger {
    fn open(ids: &mut Ids) -> Self {
        Self { audit: ids.long(), entries: Vec::new(), events: Vec::new() }
    }

    fn entry(&mut self, ids: &mut Ids, field: &str, previous: &Value, current: &Value) {
        let id = ids.long();
        self.entries.push(json!({"id": id, "type": "Change", "field_name": field, "value": current, "previous_value": previous}));
    }

    /// A field whose event is `<field>_changed` with both values.
    fn change(&mut self, ids: &mut Ids, field: &str, event: &'static str, previous: &Value, current: &Value) {
        self.entry(ids, field, previous, current);
        let shout = |value: &Value| match (field, value.as_str()) {
            ("status" | "priority" | "type", Some(word)) => json!(word.to_uppercase()),
            _ if value.is_i64() => json!(value.to_string()),
            _ => value.clone(),
        };
        self.events.push(Event::new(event, json!({"current": shout(current), "previous": shout(previous)})));
    }
}

impl State {
    /// Changes a ticket. Answers the audit; its number is none when nothing changed, and then no time stamp moves.
    pub(super) fn update(&mut self, number: u64, actor: i64, origin: Origin, update: Update) -> Result<Audit, Problem> {
        let ticket = self.writable(number)?;
        if update.comment.is_some() && ticket.comments.len() >= MOST_COMMENTS {
            return Err(Problem::invalid("base", "Ticket has reached the limit of 5000 comments"));
        }
        let reopens = update.comment.is_some()
            && !self.is_staff(actor)
            && matches!(ticket.status, TicketState::Pending | TicketState::OnHold | TicketState::Solved);
        let words = update.comment.as_ref().map(|draft| self.render(ticket, &draft.words, actor, draft.author));
        let mut ticket = ticket.clone();
        let mut ledger = Ledger::open(&mut self.ids);
        if let (Some(draft), Some(words)) = (&update.comment, words) {
            self.add_comment(&mut ticket, &mut ledger, draft, words, origin);
        }
        let metadata = update.metadata.clone();
        let update = if reopens { Update { status: Some(update.status.unwrap_or(TicketState::Open)), ..update } } else { update };
        self.change_properties(&mut ticket, &mut ledger, update);
        let now = self.now();
        let audit = Audit { id: ledger.audit, author: actor, origin, events: ledger.entries, custom_metadata: metadata, created_at: now };
        if !audit.events.is_empty() {
            ticket.updated_at = now;
            ticket.generated_at = now;
            ticket.audits.push(audit.clone());
            self.tickets.insert(number, ticket);
            self.announce(number, actor, &ledger.events, TriggerKind::Updated);
        }
        Ok(audit)
    }

    /// Creates a ticket. Answers its number and the audit.
    pub(super) fn create(&mut self, actor: i64, birth: Birth) -> Result<(u64, Audit), Problem> {
        let Birth { requester, submitter, origin, follow_up_of, mut content } = birth;
        let Some(draft) = content.comment.take() else {
            return Err(Problem::invalid("base", "Description: cannot be blank"));
        };
        let now = self.now();
        let number = self.next_ticket();
        let status = content.status.take().unwrap_or(TicketState::New);
        let mut ticket = Ticket {
            id: number,
            subject: content.subject.take().unwrap_or_default(),
            description: String::new(),
            status,
            custom_status: self.default_custom_status(status),
            priority: None,
            kind: None,
            tags: Vec::new(),
            fields: std::collections::BTreeMap::new(),
            external_id: None,
            requester,
            submitter,
            assignee: None,
            origin,
            first_audience: draft.audience,
            follow_up_of,
            comments: Vec::new(),
            audits: Vec::new(),
            presence: Presence::Live,
            group: None,
            rated: None,
            created_at: now,
            updated_at: now,
            generated_at: now,
        };
        let words = self.render(&ticket, &draft.words, actor, draft.author);
        ticket.description.clone_from(&words.text);
        let mut ledger = Ledger::open(&mut self.ids);
        self.add_comment(&mut ticket, &mut ledger, &draft, words, origin);
        let metadata = content.metadata.clone();
        // The properties are part of the creation: they are in the audit, but have no events of their own.
        let mut properties = Ledger { audit: ledger.audit, entries: Vec::new(), events: Vec::new() };
        self.change_properties(&mut ticket, &mut properties, content);
        ledger.entries.extend(properties.entries.into_iter().map(|mut entry| {
            entry["type"] = json!("Create");
            entry
        }));
        let audit = Audit { id: ledger.audit, author: actor, origin, events: ledger.entries, custom_metadata: metadata, created_at: now };
        ticket.audits.push(audit.clone());
        self.tickets.insert(number, ticket);
        let mut events = vec![Event::new("created", json!({}))];
        events.extend(ledger.events);
        self.announce(number, actor, &events, TriggerKind::Created);
        Ok((number, audit))
    }

    fn add_comment(&mut self, ticket: &mut Ticket, ledger: &mut Ledger, draft: &Draft, words: Rendered, origin: Origin) {
        let id = self.ids.long();
        let Rendered { html, text } = words;
        let public = draft.audience == Audience::Public;
        ledger.entries.push(json!({
            "id": id, "type": "Comment", "author_id": draft.author, "body": text, "html_body": html, "plain_body": text,
            "public": public, "attachments": draft.files.iter().map(|file| self.file_json(file)).collect::<Vec<_>>(), "audit_id": ledger.audit,
        }));
        let author = self.person(draft.author);
        let author = json!({"id": draft.author.to_string(), "is_staff": self.is_staff(draft.author), "name": author.name});
        let comment = json!({"id": id.to_string(), "body": text, "html_body": html, "is_public": public, "author": author});
        ledger.events.push(Event::new("comment_added", json!({"comment": comment})));
        for file in &draft.files {
            ledger.events.push(Event::new("attachment_linked_to_comment", file_event(id, public, file)));
        }
        if public && draft.author != ticket.requester {
            let (html, text, subject) = (html.clone(), text.clone(), ticket.subject.clone());
            let mail = Mail { ticket: ticket.id, comment: id.unsigned_abs(), subject, html, text, at: self.now() };
            self.mails.push((ticket.requester, mail));
        }
        let (audit, audience, author, created_at) = (ledger.audit, draft.audience, draft.author, self.now());
        let files = draft.files.clone();
        ticket.comments.push(Comment { id, audit, author, audience, html, text, origin, flagged: false, files, created_at });
    }

    fn change_properties(&mut self, ticket: &mut Ticket, ledger: &mut Ledger, update: Update) {
        let chosen = update.custom_status.and_then(|id| self.custom_statuses.iter().find(|status| status.0 == id).copied());
        let status = chosen.map(|(_, _, category)| category).or(update.status);
        if let Some(status) = status.filter(|status| *status != ticket.status) {
            let (previous, current) = (json!(status_word(ticket.status)), json!(status_word(status)));
            ledger.change(&mut self.ids, "status", "status_changed", &previous, &current);
            ticket.status = status;
            ticket.custom_status = self.default_custom_status(status);
        }
        if let Some((id, _, _)) = chosen.filter(|(id, _, _)| *id != ticket.custom_status) {
            ledger.change(&mut self.ids, "custom_status_id", "custom_status_changed", &json!(ticket.custom_status), &json!(id));
            ticket.custom_status = id;
        }
        if let Setting::To(priority) = update.priority
            && priority != ticket.priority
        {
            let (previous, current) = (opt(ticket.priority.map(priority_word)), opt(priority.map(priority_word)));
            ledger.change(&mut self.ids, "priority", "priority_changed", &previous, &current);
            ticket.priority = priority;
        }
        if let Setting::To(kind) = update.kind
            && kind != ticket.kind
        {
            ledger.change(&mut self.ids, "type", "type_changed", &opt(ticket.kind.clone()), &opt(kind.clone()));
            ticket.kind = kind;
        }
        if let Some(subject) = update.subject.filter(|subject| *subject != ticket.subject) {
            ledger.change(&mut self.ids, "subject", "subject_changed", &json!(ticket.subject), &json!(subject));
            ticket.subject = subject;
        }
        if let Setting::To(id) = update.external_id
            && id != ticket.external_id
        {
            ledger.change(&mut self.ids, "external_id", "external_id_changed", &opt(ticket.external_id.clone()), &opt(id.clone()));
            ticket.external_id = id;
        }
        if let Setting::To(assignee) = update.assignee
            && assignee != ticket.assignee
        {
            ledger.change(&mut self.ids, "assignee_id", "agent_assignment_changed", &opt(ticket.assignee), &opt(assignee));
            ticket.assignee = assignee;
        }
        if let Some(tags) = update.tags.filter(|tags| *tags != ticket.tags) {
            self.change_tags(ticket, ledger, tags);
        }
        for (id, value) in update.fields {
            self.change_field(ticket, ledger, id, value);
        }
    }

    fn change_tags(&mut self, ticket: &mut Ticket, ledger: &mut Ledger, tags: Vec<String>) {
        let added: Vec<_> = tags.iter().filter(|tag| !ticket.tags.contains(tag)).cloned().collect();
        let removed: Vec<_> = ticket.tags.iter().filter(|tag| !tags.contains(tag)).cloned().collect();
        ledger.entry(&mut self.ids, "tags", &json!(ticket.tags), &json!(tags));
        ledger.events.push(Event::new("tags_changed", json!({"tags_added": added, "tags_removed": removed})));
        ticket.tags = tags;
    }

    /// A field that the account does not define is ignored without a word.
    fn change_field(&mut self, ticket: &mut Ticket, ledger: &mut Ledger, id: i64, value: Value) {
        let Some(field) = self.fields.iter().find(|field| field.id == id).cloned() else { return };
        let previous = ticket.fields.get(&id).cloned().unwrap_or_default();
        if previous == value {
            return;
        }
        ledger.entry(&mut self.ids, &id.to_string(), &previous, &value);
        let definition = json!({"id": id.to_string(), "title": field.title, "type": "text"});
        let event = json!({"current": {"value": value}, "previous": {"value": previous}, "custom_field": definition});
        ledger.events.push(Event::new("custom_field_changed", event));
        ticket.fields.insert(id, value);
    }

    /// Merges tickets into one: each source gets a comment, closes for good and says where it went.
    pub(super) fn merge(&mut self, sources: &[u64], target: u64, actor: i64, origin: Origin, words: &MergeWords) -> Result<(), Problem> {
        self.writable(target).map_err(|_| source_invalid("target"))?;
        for source in sources {
            if *source == target || self.writable(*source).is_err() {
                return Err(source_invalid("source"));
            }
        }
        for source in sources {
            let text = words.source.clone().unwrap_or_else(|| format!("This request was closed and merged into request #{target}."));
            let mut tags = self.live(*source)?.tags.clone();
            tags.push("closed_by_merge".to_owned());
            let comment = Draft { author: actor, audience: words.source_audience, words: Words::Plain(text), files: Vec::new() };
            let update = Update { comment: Some(comment), status: Some(TicketState::Closed), tags: Some(tags), ..Update::default() };
            self.update(*source, actor, origin, update)?;
            let event = Event::new("merged", json!({"target_ticket_id": target.to_string()}));
            self.announce(*source, actor, &[event], TriggerKind::None);
            let subject = self.live(*source)?.subject.clone();
            let text =
                words.target.clone().unwrap_or_else(|| format!("Request #{source} \"{subject}\" was closed and merged into this one."));
            let comment = Draft { author: actor, audience: words.target_audience, words: Words::Plain(text), files: Vec::new() };
            self.update(target, actor, origin, Update { comment: Some(comment), ..Update::default() })?;
        }
        Ok(())
    }

    /// Bins, marks as spam, or takes out again. Triggers do not run on any of these.
    pub(super) fn set_presence(&mut self, number: u64, actor: i64, presence: Presence) -> Result<(), Problem> {
        let now = self.now();
        let ticket = self.tickets.get_mut(&number).ok_or(Problem::NotFound)?;
        if ticket.presence == presence {
            return Err(Problem::NotFound);
        }
        let events: &[&'static str] = match presence {
            Presence::Live => &["undeleted"],
            Presence::Deleted => &["soft_deleted"],
            Presence::Spam => &["marked_as_spam", "soft_deleted"],
        };
        ticket.presence = presence;
        ticket.generated_at = now;
        let events: Vec<_> = events.iter().map(|name| Event::new(name, json!({}))).collect();
        self.announce(number, actor, &events, TriggerKind::None);
        Ok(())
    }

    /// Makes a comment private. Leaves `updated_at` alone: it moves with audited changes only.
    pub(super) fn make_private(&mut self, number: u64, comment: i64, actor: i64) -> Result<(), Problem> {
        let now = self.now();
        let ticket = self.live_mut(number)?;
        ticket.generated_at = now;
        let comment = ticket.comments.iter_mut().find(|known| known.id == comment).ok_or(Problem::NotFound)?;
        comment.audience = Audience::Internal;
        let event = json!({"comment": {"id": comment.id.to_string(), "is_public": false}});
        self.announce(number, actor, &[Event::new("comment_made_private", event)], TriggerKind::None);
        Ok(())
    }

    /// Replaces a comment's HTML by a redacted one; allowed on closed tickets too.
    pub(super) fn redact(&mut self, number: u64, comment: i64, actor: i64, html: String) -> Result<Comment, Problem> {
        let now = self.now();
        let ticket = self.live_mut(number)?;
        ticket.generated_at = now;
        let comment = ticket.comments.iter_mut().find(|known| known.id == comment).ok_or(Problem::NotFound)?;
        comment.text = crate::demo::peer::html::to_text(&html);
        comment.html = html;
        let redacted = comment.clone();
        let event = json!({"comment": {"id": redacted.id.to_string(), "is_public": redacted.audience == Audience::Public}});
        self.announce(number, actor, &[Event::new("comment_redacted", event)], TriggerKind::None);
        Ok(redacted)
    }
}

/// What an event tells of a file.
pub(super) fn file_event(comment: i64, public: bool, file: &SimFile) -> Value {
    let attachment = json!({"id": file.id.to_string(), "content_type": file.content_type, "content_url": "", "filename": file.name, "is_public": public});
    json!({"comment": {"id": comment.to_string(), "is_public": public, "attachment": attachment}})
}

/// What a merge says on both sides.
#[derive(Debug, Clone)]
pub(super) struct MergeWords {
    pub(super) target: Option<String>,
    pub(super) source: Option<String>,
    pub(super) target_audience: Audience,
    pub(super) source_audience: Audience,
}

impl Default for MergeWords {
    fn default() -> Self {
        Self { target: None, source: None, target_audience: Audience::Internal, source_audience: Audience::Internal }
    }
}

fn source_invalid(side: &str) -> Problem {
    Problem::Unprocessable { error: "SourceInvalid", description: format!("Merge failed: the {side} ticket cannot be merged") }
}

/// Tags hold no blanks and no capitals.
pub(super) fn normal_tags<'a>(tags: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut normal: Vec<String> = Vec::new();
    for tag in tags.flat_map(str::split_whitespace).map(str::to_lowercase) {
        if !normal.contains(&tag) {
            normal.push(tag);
        }
    }
    normal
}

/// REST's view of a status that a caller sent.
pub(super) fn asked_status(value: &Value) -> Result<TicketState, Problem> {
    let known = value.as_str().and_then(parse_status);
    known.ok_or_else(|| Problem::invalid("status", format!("Status: {} is not included in the list", unquoted(value))))
}

pub(super) fn unquoted(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl Audit {
    pub(super) fn json(&self, ticket: u64) -> Value {
        json!({
            "id": self.id, "ticket_id": ticket, "created_at": stamp(self.created_at), "author_id": self.author,
            "metadata": {"system": {}, "custom": custom(&self.custom_metadata)}, "events": self.events,
            "via": {"channel": channel_word(self.origin), "source": {"from": {}, "to": {}, "rel": null}},
        })
    }
}

fn custom(metadata: &Value) -> Value {
    if metadata.is_object() { metadata.clone() } else { Value::Object(Map::new()) }
}
