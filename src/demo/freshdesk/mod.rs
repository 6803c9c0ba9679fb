//! A strict Freshdesk on loopback.
//!
//! It keeps the traps of the real one: notes that are private by default and replies that are always mailed, keys
//! that nobody knows refused, tags that replace, webhooks without any id whose words are in the helpdesk's language.

mod actions;
mod api;
mod labels;
mod people;
mod problem;
mod service;
mod state;
mod webhooks;

#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio_util::sync::DropGuard;

pub use labels::Language;
pub use state::{FieldKind, Requirement};
pub use webhooks::{WebhookContent, WebhookSecret};

use crate::clock::SharedClock;
use crate::demo::peer::{Call, Desk, Furniture, Premises, Reply, Rules, Sending, StartError};
use state::{Field, State};
use webhooks::Rule;

/// Calls per minute. <https://developers.freshdesk.com/api/#ratelimit>
#[derive(Debug, Clone, Copy)]
pub struct FreshdeskLimits {
    /// All calls; each `include` of a ticket costs one more, of a ticket list two more.
    pub requests: u32,
    /// Tickets created.
    pub ticket_creates: u32,
    /// Tickets updated.
    pub ticket_updates: u32,
    /// Ticket lists.
    pub ticket_lists: u32,
}

impl FreshdeskLimits {
    /// Those of the Growth plan.
    pub fn growth() -> Self {
        Self { requests: 200, ticket_creates: 80, ticket_updates: 80, ticket_lists: 20 }
    }
}

impl Default for FreshdeskLimits {
    /// Generous.
    fn default() -> Self {
        Self { requests: 1_000_000, ticket_creates: 1_000_000, ticket_updates: 1_000_000, ticket_lists: 1_000_000 }
    }
}

/// What the owner of the API key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeyOwner {
    /// Tickets and contacts.
    #[default]
    Agent,
    /// Other agents' records too.
    Admin,
}

/// How the simulated account is set up.
#[derive(Debug, Clone)]
pub struct FreshdeskOptions {
    /// Its time.
    pub clock: SharedClock,
    /// The API key that it takes.
    pub api_key: Option<String>,
    /// Whose key it is.
    pub key_owner: KeyOwner,
    /// Its rate limits.
    pub limits: FreshdeskLimits,
    /// The language of its labels.
    pub language: Language,
    /// Who sends its webhooks.
    pub sending: Sending,
    /// How long it waits for an answer to a webhook; the vendor does not say.
    pub webhook_timeout: Duration,
}

impl FreshdeskOptions {
    /// Takes [`FreshdeskSim::API_KEY`] of a plain agent, speaks English, has generous limits, and sends nothing by itself.
    pub fn new(clock: SharedClock) -> Self {
        Self {
            clock,
            api_key: Some(FreshdeskSim::API_KEY.to_owned()),
            key_owner: KeyOwner::Agent,
            limits: FreshdeskLimits::default(),
            language: Language::English,
            sending: Sending::Manual,
            webhook_timeout: Duration::from_secs(10),
        }
    }
}

struct Freshdesk(Mutex<State>);

impl Freshdesk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk for Freshdesk {
    fn answer(&self, call: &Call) -> Reply {
        self.state().answer(call)
    }

    fn rate_limited(&self, retry_after: u32) -> Reply {
        problem::Problem::TooMany { retry_after: retry_after.into() }.reply()
    }
}

/// The simulated account. Clones are the same account; it closes when the last one is dropped.
#[derive(Clone)]
pub struct FreshdeskSim {
    desk: Arc<Freshdesk>,
    furniture: Furniture,
    base_url: String,
    _open: Arc<DropGuard>,
}

impl FreshdeskSim {
    /// The API key that is taken by default.
    pub const API_KEY: &'static str = "freshdesk-api-key-of-the-simulator";

    /// Opens the account on a free loopback port.
    pub async fn start(options: FreshdeskOptions) -> Result<Self, StartError> {
        let rules = Rules { timeout: options.webhook_timeout, retry_in: webhooks::retry_in, before_retry: |_, _| () };
        let furniture = Furniture::new(Arc::clone(&options.clock), options.sending, rules)?;
        let premises = Premises::rent().await?;
        let base_url = premises.base_url.clone();
        let state = State::new(options, base_url.clone(), premises.port(), furniture.outbox.clone());
        let desk = Arc::new(Freshdesk(Mutex::new(state)));
        let open = premises.open(Arc::clone(&desk) as Arc<dyn Desk>, &furniture);
        Ok(Self { desk, furniture, base_url, _open: Arc::new(open) })
    }

    /// An administrator writes the two rules (creation, update) that call this URL.
    pub fn connect_webhook(&self, url: &str, content: WebhookContent, secret: WebhookSecret) {
        self.desk.state().rules.push(Rule { url: url.to_owned(), content, secret });
    }

    /// An administrator takes the key away.
    pub fn revoke_credentials(&self) {
        self.desk.state().options.api_key = None;
    }

    /// An administrator adds a field to the ticket form. Answers its name, which nobody can foretell.
    pub fn add_ticket_field(&self, label: &str, kind: FieldKind, requirement: Requirement) -> String {
        let mut state = self.desk.state();
        let slug: String = label.to_lowercase().chars().map(|letter| if letter.is_alphanumeric() { letter } else { '_' }).collect();
        let name = format!("cf_{slug}_{}", state.ids.long() % 1_000_000);
        state.fields.push(Field { name: name.clone(), label: label.to_owned(), kind, requirement });
        name
    }

    /// An administrator adds a status. Answers its code.
    pub fn add_status(&self, label: &str) -> u16 {
        let mut state = self.desk.state();
        let code = state.statuses.keys().next_back().map_or(8, |last| (last + 1).max(8));
        state.statuses.insert(code, [label.to_owned(), label.to_owned()]);
        code
    }
}
