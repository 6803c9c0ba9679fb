//! A strict Zendesk on loopback.
//!
//! It keeps the traps of the real one: strings and capitals in events but numbers and small letters in REST, a
//! `public` that inherits, placeholders that expand, a closed state without return, retries only where the vendor
//! retries.

mod actions;
mod api;
mod people;
mod problem;
mod service;
mod state;
mod text;
mod webhooks;

#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio_util::sync::DropGuard;

pub use service::Surveys;
pub use state::Role;
pub use webhooks::WebhookMode;

use crate::clock::SharedClock;
use crate::demo::peer::{Call, Desk, Furniture, Premises, Reply, Rules, Secret, Sending, StartError};
use problem::Problem;
use state::{Field, State};
use webhooks::Connection;

/// An agent's API token, as Zendesk takes it until 30 April 2027.
#[derive(Debug, Clone)]
pub struct ApiToken {
    /// The agent's address.
    pub email: String,
    /// The token.
    pub token: String,
}

/// Calls per minute, except where said. <https://developer.zendesk.com/api-reference/introduction/rate-limits/>
#[derive(Debug, Clone, Copy)]
pub struct ZendeskLimits {
    /// All calls of the account.
    pub requests: u32,
    /// `PUT /tickets/{id}`, the account over.
    pub ticket_updates: u32,
    /// `PUT /tickets/{id}` of one ticket, in 10 minutes.
    pub updates_of_one_ticket: u32,
    /// `POST /users/create_or_update` of one user.
    pub upserts_of_one_user: u32,
    /// `POST /users/create_or_update` of all users, in one second.
    pub user_upserts_per_second: u32,
    /// All incremental exports together.
    pub exports: u32,
}

impl ZendeskLimits {
    /// Those of Suite Team: 200 calls, 100 ticket updates, one user upsert per second.
    pub fn team() -> Self {
        Self { requests: 200, ticket_updates: 100, user_upserts_per_second: 1, ..Self::default() }
    }
}

impl Default for ZendeskLimits {
    /// Generous for the account, as documented for the single record and the export.
    fn default() -> Self {
        Self {
            requests: 1_000_000,
            ticket_updates: 1_000_000,
            updates_of_one_ticket: 30,
            upserts_of_one_user: 5,
            user_upserts_per_second: 1_000_000,
            exports: 10,
        }
    }
}

/// What time stamp and signature a retried webhook carries; the vendor does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RetrySignature {
    /// Those of the first attempt.
    #[default]
    Old,
    /// Those of the hour.
    Fresh,
}

/// Whether the account uses statuses of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CustomStatuses {
    /// No: `custom_status_id` is neither shown nor taken.
    #[default]
    Off,
    /// Yes: besides the standard ones there is "Waiting for seller" in the category on-hold.
    On,
}

/// How the simulated account is set up.
#[derive(Debug, Clone)]
pub struct ZendeskOptions {
    /// Its time.
    pub clock: SharedClock,
    /// The OAuth token that it takes.
    pub oauth_token: Option<String>,
    /// The API token that it takes.
    pub api_token: Option<ApiToken>,
    /// What the owner of either may do.
    pub integration_role: Role,
    /// Its rate limits.
    pub limits: ZendeskLimits,
    /// Its own statuses.
    pub custom_statuses: CustomStatuses,
    /// Which survey it has.
    pub surveys: Surveys,
    /// Who sends its webhooks.
    pub sending: Sending,
    /// What a retried webhook is signed with.
    pub retry_signature: RetrySignature,
    /// How long it waits for an answer to a webhook. The vendor: 12 seconds.
    pub webhook_timeout: Duration,
    /// The number in each webhook.
    pub account_id: u64,
}

impl ZendeskOptions {
    /// Takes [`ZendeskSim::OAUTH_TOKEN`] of an administrator, has generous limits, and sends nothing by itself.
    pub fn new(clock: SharedClock) -> Self {
        Self {
            clock,
            oauth_token: Some(ZendeskSim::OAUTH_TOKEN.to_owned()),
            api_token: None,
            integration_role: Role::Admin,
            limits: ZendeskLimits::default(),
            custom_statuses: CustomStatuses::Off,
            surveys: Surveys::Legacy,
            sending: Sending::Manual,
            retry_signature: RetrySignature::Old,
            webhook_timeout: Duration::from_secs(12),
            account_id: 22_129_848,
        }
    }
}

/// A webhook as set up: what its receiver must know.
#[derive(Debug, Clone)]
pub struct ConnectedWebhook {
    /// Its id.
    pub id: String,
    /// What its requests are signed with.
    pub secret: String,
}

struct Zendesk(Mutex<State>);

impl Zendesk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk for Zendesk {
    fn answer(&self, call: &Call) -> Reply {
        self.state().answer(call)
    }

    fn rate_limited(&self, retry_after: u32) -> Reply {
        Problem::TooMany { retry_after: retry_after.into() }.reply()
    }
}

/// The simulated account. Clones are the same account; it closes when the last one is dropped.
#[derive(Clone)]
pub struct ZendeskSim {
    desk: Arc<Zendesk>,
    furniture: Furniture,
    base_url: String,
    _open: Arc<DropGuard>,
}

impl ZendeskSim {
    /// The OAuth token that is taken by default.
    pub const OAUTH_TOKEN: &'static str = "zendesk-oauth-token-of-the-simulator";

    /// Opens the account on a free loopback port.
    pub async fn start(options: ZendeskOptions) -> Result<Self, StartError> {
        let before_retry = match options.retry_signature {
            RetrySignature::Old => |_: &mut _, _| (),
            RetrySignature::Fresh => webhooks::sign,
        };
        let rules = Rules { timeout: options.webhook_timeout, retry_in: webhooks::retry_in, before_retry };
        let furniture = Furniture::new(Arc::clone(&options.clock), options.sending, rules)?;
        let premises = Premises::rent().await?;
        let base_url = premises.base_url.clone();
        let state = State::new(options, base_url.clone(), premises.port(), furniture.outbox.clone());
        let desk = Arc::new(Zendesk(Mutex::new(state)));
        let open = premises.open(Arc::clone(&desk) as Arc<dyn Desk>, &furniture);
        Ok(Self { desk, furniture, base_url, _open: Arc::new(open) })
    }

    /// An administrator sets up a webhook; its secret is the account's making.
    pub fn connect_webhook(&self, url: &str, mode: WebhookMode) -> ConnectedWebhook {
        let secret = self.desk.state().ids.secret();
        self.connect_webhook_with(url, &secret, mode)
    }

    /// The same with a secret known before, for receivers that are set up first.
    pub fn connect_webhook_with(&self, url: &str, secret: &str, mode: WebhookMode) -> ConnectedWebhook {
        let mut state = self.desk.state();
        let id = format!("01{:024}", state.ids.long());
        state.connections.push(Connection { id: id.clone(), url: url.to_owned(), secret: Secret(secret.to_owned()), mode });
        ConnectedWebhook { id, secret: secret.to_owned() }
    }

    /// An administrator makes a new secret; the old one is dead at once, also for webhooks that wait.
    pub fn rotate_secret(&self, webhook_id: &str) -> String {
        let mut state = self.desk.state();
        let secret = state.ids.secret();
        for connection in state.connections.iter_mut().filter(|connection| connection.id == webhook_id) {
            connection.secret = Secret(secret.clone());
        }
        secret
    }

    /// An administrator takes the credentials away.
    pub fn revoke_credentials(&self) {
        let mut state = self.desk.state();
        state.options.oauth_token = None;
        state.options.api_token = None;
    }

    /// An administrator defines a custom text field. Answers its id.
    pub fn add_ticket_field(&self, title: &str) -> i64 {
        let mut state = self.desk.state();
        let id = state.ids.long();
        state.fields.push(Field { id, title: title.to_owned() });
        id
    }
}
