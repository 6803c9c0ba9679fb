//! The words in which a test speaks to either simulator.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::future::Future;
use std::pin::Pin;

use chrono::{DateTime, Utc};

use super::article::SimArticle;
use super::faults::Faults;
use super::file::{Scan, SimFile};
use super::journal::{Journal, RequestRecord};
use super::outbox::{Outbox, Webhook};

/// Which side of the desk a person sits on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// A customer.
    EndUser,
    /// Staff.
    Agent,
    /// The helpdesk itself.
    System,
}

/// Somebody whom the helpdesk knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The id there; negative for the helpdesk itself.
    pub id: i64,
    /// The name.
    pub name: String,
    /// The e-mail address, when there is one.
    pub email: Option<String>,
    /// The side of the desk.
    pub side: Side,
}

/// How satisfied a requester says to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Wholly.
    Happy,
    /// Neither.
    Neutral,
    /// Not at all.
    Unhappy,
}

/// Who sees a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The requester too.
    Public,
    /// Agents only.
    Internal,
}

/// The way something came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Origin {
    /// By mail.
    #[default]
    Mail,
    /// By the web form or the agent's screen.
    Web,
    /// By the API.
    Api,
    /// By chat.
    Chat,
    /// By a social network.
    Social,
    /// By phone.
    Phone,
}

/// The states of a ticket, over both products.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TicketState {
    /// Zendesk only.
    New,
    /// The agents' turn.
    Open,
    /// The requester's turn.
    Pending,
    /// A third party's turn (Freshdesk: code 7).
    OnHold,
    /// Solved, or Resolved.
    Solved,
    /// Closed; for good in Zendesk.
    Closed,
}

/// How urgent a ticket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// Low.
    Low,
    /// Normal (Freshdesk: Medium).
    Normal,
    /// High.
    High,
    /// Urgent.
    Urgent,
}

/// Whether a ticket is still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Yes.
    Live,
    /// In the bin.
    Deleted,
    /// Marked as spam.
    Spam,
}

/// A ticket about to be opened inside the helpdesk.
#[derive(Debug, Clone, Default)]
pub struct Opening {
    /// Its subject.
    pub subject: String,
    /// The requester's first words, public.
    pub text: String,
    /// How it comes.
    pub origin: Origin,
    /// Custom fields: by the field's id (Zendesk) or name (Freshdesk).
    pub fields: Vec<(String, String)>,
    /// What comes with the first words.
    pub files: Vec<SimFile>,
}

impl Opening {
    /// One that comes by mail.
    pub fn new(subject: &str, text: &str) -> Self {
        Self { subject: subject.to_owned(), text: text.to_owned(), ..Self::default() }
    }

    /// The same with a custom field.
    #[must_use]
    pub fn field(mut self, key: impl Display, value: &str) -> Self {
        self.fields.push((key.to_string(), value.to_owned()));
        self
    }

    /// The same by another way.
    #[must_use]
    pub fn via(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }
}

/// Where a comment went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posted {
    /// The ticket: another than asked for when a mail to a closed ticket opened a follow-up (Zendesk).
    pub ticket: u64,
    /// The comment, or conversation. Freshdesk gives none to a ticket's first words.
    pub comment: Option<u64>,
}

/// What the helpdesk does not let its people do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the helpdesk refuses: {0}")]
pub struct Refused(pub String);

/// A ticket as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketView {
    /// Its number.
    pub number: u64,
    /// Its subject.
    pub subject: String,
    /// Its state.
    pub state: TicketState,
    /// Its state in the helpdesk's own word or code: `hold`, `6`.
    pub raw_state: String,
    /// Its priority.
    pub urgency: Option<Urgency>,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its custom fields that hold something.
    pub fields: BTreeMap<String, String>,
    /// The foreign key that somebody stored in it (Zendesk: `external_id`, Freshdesk: none).
    pub external_id: Option<String>,
    /// Who asks.
    pub requester: Person,
    /// Whether it is still there.
    pub presence: Presence,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
}

/// A comment as readers see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentView {
    /// Its number; 0 for a Freshdesk ticket's first words, which have none.
    pub number: u64,
    /// Who wrote it.
    pub author: Person,
    /// Who sees it.
    pub audience: Audience,
    /// Its HTML, after the helpdesk expanded placeholders and cleaned it.
    pub html: String,
    /// The same as text.
    pub text: String,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

/// A mail that the helpdesk would have sent to a requester.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The ticket.
    pub ticket: u64,
    /// The comment that it carries.
    pub comment: u64,
    /// Its subject.
    pub subject: String,
    /// Its HTML.
    pub html: String,
    /// The same as text.
    pub text: String,
    /// When it was sent.
    pub at: DateTime<Utc>,
}

/// A boxed future, so that the trait below can be used as `dyn`.
type Waiting<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// What both simulators can do: people acting inside the helpdesk, and a look behind the scenes. An agent or buyer
/// who acts here causes the webhooks that the vendor would send.
pub trait SimulatedHelpdesk: Send + Sync {
    /// Where it listens: `http://127.0.0.1:…`, without a slash at the end.
    fn base_url(&self) -> &str;

    /// The script of faults.
    fn faults(&self) -> &Faults;

    /// The webhooks on their way out.
    fn outbox(&self) -> &Outbox;

    /// The journal of requests.
    fn journal(&self) -> &Journal;

    /// Closes the doors: connections break, the port answers no more.
    fn stop(&self);

    /// Waits until the condition holds, looking again whenever a request or delivery came through.
    fn until<'a>(&'a self, holds: Box<dyn Fn() -> bool + Send + Sync + 'a>) -> Waiting<'a>;

    /// The user whose credentials the API takes.
    fn integration_user(&self) -> Person;

    /// A customer; the same person again for an address already known.
    fn add_end_user(&self, name: &str, email: &str) -> Person;

    /// A member of staff.
    fn add_agent(&self, name: &str) -> Person;

    /// The requester opens a ticket. Answers its number.
    fn open_ticket(&self, requester: &Person, opening: Opening) -> u64;

    /// Somebody writes: a customer by mail, an agent on the screen.
    fn comment(&self, ticket: u64, author: &Person, text: &str, audience: Audience) -> Result<Posted, Refused>;

    /// Somebody writes, with files.
    fn comment_with_files(
        &self,
        ticket: u64,
        author: &Person,
        text: &str,
        audience: Audience,
        files: Vec<SimFile>,
    ) -> Result<Posted, Refused>;

    /// An agent takes a file of a comment away.
    fn remove_file(&self, ticket: u64, comment: u64, file: u64) -> Result<(), Refused>;

    /// A scan for malware ends, or is done anew (Zendesk).
    fn set_scan(&self, ticket: u64, comment: u64, file: u64, scan: Scan) -> Result<(), Refused>;

    /// The files of a comment; those of a Freshdesk ticket's first words under 0.
    fn files(&self, ticket: u64, comment: u64) -> Vec<SimFile>;

    /// An agent sets the state.
    fn set_state(&self, ticket: u64, state: TicketState) -> Result<(), Refused>;

    /// An agent sets the priority.
    fn set_urgency(&self, ticket: u64, urgency: Urgency) -> Result<(), Refused>;

    /// An agent puts it into the group of this name.
    fn assign_group(&self, ticket: u64, name: &str) -> Result<(), Refused>;

    /// The requester answers the helpdesk's own survey, the first time or again.
    fn rate(&self, ticket: u64, mood: Mood, words: &str) -> Result<(), Refused>;

    /// An agent blacks out a part of a comment.
    fn redact_comment(&self, ticket: u64, comment: u64, part: &str) -> Result<(), Refused>;

    /// An agent makes a public comment private.
    fn make_private(&self, ticket: u64, comment: u64) -> Result<(), Refused>;

    /// An agent merges one ticket into another.
    fn merge(&self, source: u64, into: u64) -> Result<(), Refused>;

    /// An agent puts it into the bin.
    fn delete(&self, ticket: u64) -> Result<(), Refused>;

    /// An agent marks it as spam.
    fn mark_spam(&self, ticket: u64) -> Result<(), Refused>;

    /// An agent takes it out of the bin or of the spam.
    fn restore(&self, ticket: u64) -> Result<(), Refused>;

    /// A ticket as it is, binned ones included.
    fn ticket(&self, number: u64) -> Option<TicketView>;

    /// Its comments, oldest first, beginning with the requester's first words.
    fn comments(&self, number: u64) -> Vec<CommentView>;

    /// What was mailed to this address, oldest first: the public words of others on tickets this person asked for.
    fn mails_to(&self, email: &str) -> Vec<Mail>;

    /// Staff writes an article for the help centre. Answers where it is read.
    fn add_article(&self, article: SimArticle) -> String;

    /// Every request so far, oldest first.
    fn requests(&self) -> Vec<RequestRecord> {
        self.journal().all()
    }

    /// The webhooks that wait, taken out of the queue.
    fn take_webhooks(&self) -> Vec<Webhook> {
        self.outbox().take()
    }
}
