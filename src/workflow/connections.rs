//! Connections to helpdesks: made, kept sealed, and kept ready for use.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;
use url::Url;

use super::{Cx, Error, Result, refused};
use crate::clock::SharedClock;
use crate::domain::addresses::is_private_way;
use crate::domain::ids::{ConnectionId, MarketplaceId};
use crate::domain::marks::Matters;
use crate::domain::refusal::Refusal;
use crate::domain::tickets::HelpdeskKind;
use crate::helpdesk::{self, Account, Credentials, Helpdesk, HelpdeskError, SellerIdentity, Settings};
use crate::identity::{Provider, ProviderSettings};
use crate::store::{ConnectionRow, Store};
use crate::vault::Vault;

/// What can be set about a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ConnectionSettings {
    /// The custom field that holds the order reference: its id (Zendesk) or name (Freshdesk).
    pub order_field: Option<String>,
    /// How old a webhook's signature may be, in seconds; none accepts any age.
    pub timestamp_window_seconds: Option<u32>,
    /// How a seller's words are signed in the helpdesk.
    pub seller_identity: SellerIdentity,
    /// How long one call to the helpdesk may take, in milliseconds.
    pub timeout_ms: u32,
    /// The help centre's host where it is not the helpdesk's own.
    pub help_centre_host: Option<String>,
    /// Whether tickets are marked with where returns, refunds and disputes stand, and how.
    pub marks: MarkSettings,
    /// Our app as it is installed there (Zendesk).
    pub apps: Vec<ZendeskApp>,
    /// Other origins whose pages may show ours in a frame, beside the helpdesk's own.
    pub frame_ancestors: Vec<String>,
    /// The operator's identity provider, by which agents sign in where the helpdesk does not say who they are.
    pub identity: Option<IdentitySettings>,
}

/// An identity provider, as the connection names it. Our secret there is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IdentitySettings {
    /// The provider, as it writes its own address, with or without a slash at its end.
    pub issuer: String,
    /// Our name there.
    pub client_id: String,
}

/// An installation of our app in a Zendesk account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ZendeskApp {
    /// The installation's number.
    pub installation: u64,
    /// The app's public key, in PEM: Zendesk signs with the other half who opens it.
    pub key: String,
}

/// Whether tickets get tags such as `tl_refund_granted`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MarkTags {
    /// They do.
    On,
    /// They do not.
    #[default]
    Off,
}

/// How tickets are marked. A field is named by its id (Zendesk) or name (Freshdesk), and holds the state of the newest return,
/// refund or dispute in lower case: `granted`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct MarkSettings {
    /// Whether they get tags.
    pub tags: MarkTags,
    /// The field for the return.
    pub return_field: Option<String>,
    /// The field for the refund.
    pub refund_field: Option<String>,
    /// The field for the dispute.
    pub dispute_field: Option<String>,
}

impl MarkSettings {
    /// Whether anything is to be marked at all.
    pub fn any(&self) -> bool {
        *self != Self::default()
    }

    /// What the fields are to hold.
    pub(super) fn fields(&self, matters: &Matters) -> Vec<(String, Option<String>)> {
        let (back, money, quarrel) = matters.words();
        let field = |name: &Option<String>, word: Option<String>| name.clone().map(|name| (name, word));
        [field(&self.return_field, back), field(&self.refund_field, money), field(&self.dispute_field, quarrel)]
            .into_iter()
            .flatten()
            .collect()
    }
}

impl Default for ConnectionSettings {
    fn default() -> Self {
        Self {
            order_field: None,
            timestamp_window_seconds: None,
            seller_identity: SellerIdentity::default(),
            timeout_ms: 15_000,
            help_centre_host: None,
            marks: MarkSettings::default(),
            apps: Vec::new(),
            frame_ancestors: Vec::new(),
            identity: None,
        }
    }
}

/// What is sealed in a connection's row.
#[derive(Serialize, Deserialize)]
struct Sealed {
    credentials: SealedCredentials,
    webhook_secrets: Vec<String>,
    #[serde(default)]
    identity_secret: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
enum SealedCredentials {
    ZendeskOauth { token: String },
    ZendeskApiToken { email: String, token: String },
    Freshdesk { api_key: String },
}

impl SealedCredentials {
    fn of(credentials: &Credentials) -> Self {
        let plain = |secret: &SecretString| secret.expose_secret().to_owned();
        match credentials {
            Credentials::ZendeskOauth { token } => Self::ZendeskOauth { token: plain(token) },
            Credentials::ZendeskApiToken { email, token } => Self::ZendeskApiToken { email: email.clone(), token: plain(token) },
            Credentials::Freshdesk { api_key } => Self::Freshdesk { api_key: plain(api_key) },
        }
    }

    fn open(self) -> Credentials {
        match self {
            Self::ZendeskOauth { token } => Credentials::ZendeskOauth { token: token.into() },
            Self::ZendeskApiToken { email, token } => Credentials::ZendeskApiToken { email, token: token.into() },
            Self::Freshdesk { api_key } => Credentials::Freshdesk { api_key: api_key.into() },
        }
    }
}

/// A connection that is ready for use.
#[derive(Debug)]
pub struct Connected {
    /// Its id.
    pub id: ConnectionId,
    /// The tenant.
    pub marketplace: MarketplaceId,
    /// Where the account is.
    pub base_url: String,
    /// What was set about it.
    pub settings: ConnectionSettings,
    /// Since when it is connected.
    pub since: DateTime<Utc>,
    /// The way to speak with it.
    pub helpdesk: Arc<dyn Helpdesk>,
    /// The operator's identity provider, if they have one.
    pub identity: Option<Provider>,
    account: OnceCell<Account>,
}

impl Connected {
    /// Who we are there; asked once.
    pub async fn account(&self) -> std::result::Result<&Account, HelpdeskError> {
        self.account.get_or_try_init(|| self.helpdesk.account()).await
    }
}

/// How long a connection is used before the database is asked whether it changed.
const FRESH: TimeDelta = TimeDelta::seconds(10);

#[derive(Debug)]
struct Kept {
    looked_at: DateTime<Utc>,
    sealed: Vec<u8>,
    settings: serde_json::Value,
    connected: Arc<Connected>,
}

/// Connections that are ready for use. A change in the database is noticed within ten seconds.
#[derive(Debug, Clone)]
pub struct Connections {
    store: Store,
    vault: Vault,
    http: reqwest::Client,
    clock: SharedClock,
    kept: Arc<RwLock<HashMap<ConnectionId, Kept>>>,
}

impl Connections {
    /// None kept yet.
    pub fn new(store: Store, vault: Vault, http: reqwest::Client, clock: SharedClock) -> Self {
        Self { store, vault, http, clock, kept: Arc::default() }
    }

    /// What seals secrets.
    pub(super) const fn vault(&self) -> &Vault {
        &self.vault
    }

    /// The connection with this id, ready for use.
    pub async fn get(&self, id: ConnectionId) -> Result<Arc<Connected>> {
        let now = self.clock.now();
        if let Some(connected) = self.fresh(id, now) {
            return Ok(connected);
        }
        let row = self.store.connection(id).await?.ok_or(Error::NotFound)?;
        self.keep(row, now)
    }

    fn fresh(&self, id: ConnectionId, now: DateTime<Utc>) -> Option<Arc<Connected>> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        kept.get(&id).filter(|kept| now - kept.looked_at < FRESH).map(|kept| Arc::clone(&kept.connected))
    }

    fn keep(&self, row: ConnectionRow, now: DateTime<Utc>) -> Result<Arc<Connected>> {
        let mut all = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = all.get_mut(&row.id).filter(|kept| kept.sealed == row.sealed && kept.settings == row.settings) {
            kept.looked_at = now;
            return Ok(Arc::clone(&kept.connected));
        }
        let connected = Arc::new(self.open(&row)?);
        all.insert(row.id, Kept { looked_at: now, sealed: row.sealed, settings: row.settings, connected: Arc::clone(&connected) });
        Ok(connected)
    }

    fn open(&self, row: &ConnectionRow) -> Result<Connected> {
        let unusable = |error: &dyn std::fmt::Display| Error::Connection(error.to_string());
        let sealed: Sealed =
            serde_json::from_slice(&self.vault.open(&row.id.to_string(), &row.sealed)?).map_err(|error| unusable(&error))?;
        let settings: ConnectionSettings = serde_json::from_value(row.settings.clone()).map_err(|error| unusable(&error))?;
        let helpdesk = helpdesk::connect(
            Settings {
                base_url: row.base_url.parse().map_err(|error| unusable(&error))?,
                credentials: sealed.credentials.open(),
                webhook_secrets: sealed.webhook_secrets.into_iter().map(SecretString::from).collect(),
                timestamp_window: settings.timestamp_window_seconds.map(|seconds| TimeDelta::seconds(seconds.into())),
                seller_identity: settings.seller_identity,
                timeout: Duration::from_millis(settings.timeout_ms.into()),
            },
            self.http.clone(),
            Arc::clone(&self.clock),
        );
        let identity_secret = sealed.identity_secret.map(SecretString::from);
        let identity = settings.identity.clone().map(|IdentitySettings { issuer, client_id }| {
            let settings = ProviderSettings { issuer, client_id, client_secret: identity_secret };
            Provider::new(settings, self.http.clone(), Arc::clone(&self.clock))
        });
        Ok(Connected {
            id: row.id,
            marketplace: row.marketplace,
            base_url: row.base_url.clone(),
            settings,
            since: row.created_at,
            helpdesk,
            identity,
            account: OnceCell::new(),
        })
    }
}

/// Refuses what is no public key of an app.
pub fn check_app_key(key: &str) -> std::result::Result<(), &'static str> {
    const FAULT: &str = "it is no public RSA key in PEM";
    // The other half would be read too, and is nothing that should lie here.
    if !key.contains("PUBLIC KEY-----") || key.contains("PRIVATE KEY-----") {
        return Err(FAULT);
    }
    jsonwebtoken::DecodingKey::from_rsa_pem(key.as_bytes()).map(drop).map_err(|_| FAULT)
}

/// A connection to make, or to change: one to the same account is replaced.
#[derive(Debug, Clone)]
pub struct NewConnection {
    /// Where the account is.
    pub base_url: Url,
    /// Our credentials there.
    pub credentials: Credentials,
    /// The secret that its webhooks are signed with or carry.
    pub webhook_secret: SecretString,
    /// Our secret at the identity provider of the settings, if there is one.
    pub identity_secret: Option<SecretString>,
    /// How to speak with it.
    pub settings: ConnectionSettings,
}

/// Connects a marketplace to a helpdesk. Done again for the same account, it replaces credentials and settings, keeps
/// the id, and keeps the webhook secret of before valid beside the new one, so that a secret can be changed without
/// losing a delivery.
pub async fn connect(cx: &Cx, marketplace: MarketplaceId, new: NewConnection) -> Result<ConnectionRow> {
    let base_url = accepted_url(&new.base_url)?;
    let kind = match new.credentials {
        Credentials::ZendeskOauth { .. } | Credentials::ZendeskApiToken { .. } => HelpdeskKind::Zendesk,
        Credentials::Freshdesk { .. } => HelpdeskKind::Freshdesk,
    };
    let is_safe = |issuer: &str| issuer.parse().is_ok_and(|url| is_private_way(&url));
    if new.settings.identity.as_ref().is_some_and(|identity| !is_safe(&identity.issuer)) {
        let message = "The identity provider's address must begin with https://; plain http:// is for this machine only.";
        return Err(refused(&["settings", "identity", "issuer"], Refusal::Invalid { message: message.to_owned() }));
    }
    if new.webhook_secret.expose_secret().trim().is_empty() {
        return Err(refused(&["webhookSecret"], Refusal::Length { what: "The webhook secret", limit: 512 }));
    }
    let known = cx.store.connections(Some(marketplace)).await?.into_iter().find(|row| row.kind == kind && row.base_url == base_url);

    let mut webhook_secrets = vec![new.webhook_secret.expose_secret().to_owned()];
    if let Some(row) = &known {
        let before: Sealed = serde_json::from_slice(&cx.connections.vault.open(&row.id.to_string(), &row.sealed)?)
            .map_err(|error| Error::Connection(error.to_string()))?;
        webhook_secrets.extend(before.webhook_secrets.into_iter().find(|secret| *secret != webhook_secrets[0]));
    }
    let id = known.as_ref().map_or_else(ConnectionId::generate, |row| row.id);
    let identity_secret = new.identity_secret.as_ref().map(|secret| secret.expose_secret().to_owned());
    let sealed = Sealed { credentials: SealedCredentials::of(&new.credentials), webhook_secrets, identity_secret };
    let sealed = serde_json::to_vec(&sealed).map_err(|error| Error::Connection(error.to_string()))?;

    let row = ConnectionRow {
        id,
        marketplace,
        kind,
        base_url,
        sealed: cx.connections.vault.seal(&id.to_string(), &sealed)?,
        settings: serde_json::to_value(&new.settings).map_err(|error| Error::Connection(error.to_string()))?,
        reconcile_cursor: known.as_ref().and_then(|row| row.reconcile_cursor.clone()),
        reconciled_at: known.as_ref().and_then(|row| row.reconciled_at),
        created_at: known.map_or_else(|| cx.now(), |row| row.created_at),
    };
    cx.store.save_connection(&row).await?;
    Ok(row)
}

/// `https`, or `http` to this machine; no credentials, path, query or fragment. What it leads to is the operator's own
/// helpdesk, named on the command line and never by a request.
pub(super) fn accepted_url(url: &Url) -> Result<String> {
    let refuse = |message: &str| refused(&["baseUrl"], Refusal::Invalid { message: message.to_owned() });
    if url.host().is_none() {
        return Err(refuse("The address names no host."));
    }
    if !is_private_way(url) {
        return Err(refuse("The address must begin with https://; plain http:// is for this machine only."));
    }
    if !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some()
        || !matches!(url.path(), "" | "/")
    {
        return Err(refuse("The address must be a bare origin, such as https://acme.zendesk.com."));
    }
    Ok(url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_half_of_a_key_is_taken() {
        let (public, private) =
            (include_str!("../../tests/fixtures/keys/app.public.pem"), include_str!("../../tests/fixtures/keys/app.private.pem"));
        assert_eq!(check_app_key(public), Ok(()));
        for wrong in [private, "", "-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----", &format!("{public}{private}")] {
            assert!(check_app_key(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_bare_https_origins_and_this_machine_are_accepted() {
        for (given, kept) in [
            ("https://acme.zendesk.com/", Some("https://acme.zendesk.com")),
            ("https://acme.zendesk.com:8443", Some("https://acme.zendesk.com:8443")),
            ("http://127.0.0.1:4000", Some("http://127.0.0.1:4000")),
            ("http://[::1]:4000", Some("http://[::1]:4000")),
            ("http://localhost:1", Some("http://localhost:1")),
            ("http://acme.zendesk.com", None),
            ("http://127.0.0.1.example.org", None),
            ("https://user:pass@acme.zendesk.com", None),
            ("https://acme.zendesk.com/api", None),
            ("https://acme.zendesk.com/?x", None),
            ("ftp://acme.zendesk.com", None),
            ("file:///etc/passwd", None),
        ] {
            assert_eq!(accepted_url(&given.parse().unwrap()).ok().as_deref(), kept, "{given}");
        }
    }
}
