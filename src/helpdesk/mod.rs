//! Speaking with helpdesks: one trait, one vocabulary, a folder per product. Knows no database.

mod articles;
mod error;
mod faults;
mod files;
mod gate;
mod inbound;
mod outbound;
#[cfg(test)]
mod peer;
mod vocabulary;
mod wire;

pub mod freshdesk;
pub mod zendesk;

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use secrecy::SecretString;
use url::Url;

pub use articles::ArticleSearch;
pub use error::{HelpdeskError, ReadError, Remedy, VerifyError};
pub use files::{FileAnswer, FilePlace, FileSource, OutboundFile, Pieces, RemoteFile, Standing};
pub use outbound::without_speaker;
pub use vocabulary::{
    Account, Agent, AgentKey, Attempt, AuthorSide, Changes, Comment, CommentAuthor, CommentsRead, Delivery, DeliveryKey, Group, NewTicket,
    Nudge, NudgeKind, Opener, OutboundCommand, Person, Receipt, SpeakAs, SurveyAnswer, TicketMarks, TicketSnapshot, TicketUpdate, Trust,
    Visibility,
};

use crate::clock::SharedClock;
use crate::domain::articles::Article;
use crate::domain::tickets::{HelpdeskKind, TicketNumber};

/// One helpdesk account, as the rest of the house sees it.
///
/// The contract is kept by the conformance suite in the integration tests, which every product must pass.
#[async_trait]
pub trait Helpdesk: Send + Sync + Debug {
    /// Which product it is.
    fn kind(&self) -> HelpdeskKind;

    /// Checks that the delivery comes from the helpdesk, over its raw bytes, in constant time. No IO.
    fn verify(&self, delivery: &Delivery<'_>) -> Result<(), VerifyError>;

    /// Reads which ticket a verified delivery is about and what to de-duplicate it on. No IO.
    ///
    /// An event type or field that nobody knows is a [`NudgeKind::Ignored`], never an error.
    fn read(&self, delivery: &Delivery<'_>) -> Result<Nudge, ReadError>;

    /// Asks who we are there; tells good credentials from bad ones.
    async fn account(&self) -> Result<Account, HelpdeskError>;

    /// Looks for somebody of the staff who works there now; none for customers, for those who were suspended, and for nobody.
    async fn agent(&self, key: AgentKey<'_>) -> Result<Option<Agent>, HelpdeskError>;

    /// Reads a ticket as it is now. A merged, binned or spam ticket is an answer, not an error, as long as the helpdesk
    /// still shows it; one that is gone for good is [`HelpdeskError::NotFound`], as there is nothing to show.
    async fn ticket(&self, number: &TicketNumber) -> Result<TicketSnapshot, HelpdeskError>;

    /// Reads the comments that came after those already read, oldest first; everything when `read` is empty, or when
    /// the newest one read is not there any more, so that the reader knows comments by their numbers.
    ///
    /// What the requester wrote first is the first comment in every product. Freshdesk keeps it as the ticket's
    /// description; there its number is `ticket-` and the ticket's.
    async fn comments(&self, number: &TicketNumber, read: &CommentsRead) -> Result<Vec<Comment>, HelpdeskError>;

    /// Asks what the requester answered to the helpdesk's own survey last; none where nobody asked or answered, and where the account
    /// has no surveys or does not let us look.
    async fn survey_answer(&self, number: &TicketNumber) -> Result<Option<SurveyAnswer>, HelpdeskError>;

    /// Asks for one file of a comment as it is now. A file that may be had is opened, its bytes are read as the asker goes on.
    async fn file(&self, place: &FilePlace) -> Result<FileAnswer, HelpdeskError>;

    /// Looks for articles of the help centre, the best first: only those that are published and that everybody may read.
    async fn articles(&self, search: &ArticleSearch) -> Result<Vec<Article>, HelpdeskError>;

    /// Does one thing on the other side. Called again with the same key and [`Attempt::Again`], it first looks
    /// whether the earlier call arrived, and does nothing more if so.
    async fn perform(&self, command: &OutboundCommand, key: &DeliveryKey, attempt: Attempt) -> Result<Receipt, HelpdeskError>;

    /// One page of the tickets that changed, for the periodic reconcile. `cursor` is what the last page gave;
    /// `since` is used when there is none.
    async fn changes(&self, since: chrono::DateTime<chrono::Utc>, cursor: Option<&str>) -> Result<Changes, HelpdeskError>;
}

/// How we prove to the helpdesk who we are.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// Zendesk: an OAuth access token.
    ZendeskOauth {
        /// Sent as a bearer token.
        token: SecretString,
    },
    /// Zendesk: an API token of an agent. They stop working on 30 April 2027.
    ZendeskApiToken {
        /// The agent's e-mail address.
        email: String,
        /// The token.
        token: SecretString,
    },
    /// Freshdesk: an agent's API key.
    Freshdesk {
        /// The key.
        api_key: SecretString,
    },
}

/// Whether a seller's words carry the seller's name as their author in the helpdesk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SellerIdentity {
    /// A user of the seller's name is the comment's author, where the product allows it (Zendesk).
    #[default]
    Author,
    /// Our own user is the author, and a first line names the seller.
    Attribution,
}

/// All that is needed to speak with one account.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where it is: `https://acme.zendesk.com`. Plain `http` is taken for loopback hosts only.
    pub base_url: Url,
    /// Our credentials there. Their variant says which product it is.
    pub credentials: Credentials,
    /// The webhook secrets that are valid now: one, or two during a rotation.
    pub webhook_secrets: Vec<SecretString>,
    /// How old a signature may be; none accepts any age, as nobody documents that a retry is signed anew.
    pub timestamp_window: Option<TimeDelta>,
    /// How a seller's words are signed.
    pub seller_identity: SellerIdentity,
    /// How long one call may take.
    pub timeout: Duration,
}

/// Makes the connection's client. The HTTP client is shared by all connections.
pub fn connect(settings: Settings, http: reqwest::Client, clock: SharedClock) -> Arc<dyn Helpdesk> {
    match settings.credentials {
        Credentials::ZendeskOauth { .. } | Credentials::ZendeskApiToken { .. } => Arc::new(zendesk::Zendesk::new(settings, http, clock)),
        Credentials::Freshdesk { .. } => Arc::new(freshdesk::Freshdesk::new(settings, http, clock)),
    }
}

/// The HTTP client for all calls to helpdesks: no redirects (credentials must not follow one), no cookies,
/// no system proxy.
pub fn http_client() -> Result<reqwest::Client, reqwest::Error> {
    wire::http_client()
}
