//! `trilogue connect …`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::{ArgGroup, Args, Subcommand};
use rand::Rng;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};
use url::Url;

use super::output::Output;
use super::payments::{self, PaymentsArguments, StripeArguments};
use super::word;
use crate::config::Settings;
use crate::domain::tickets::HelpdeskKind;
use crate::helpdesk::{Credentials, SellerIdentity, freshdesk};
use crate::workflow::connections::{self, ConnectionSettings, IdentitySettings, MarkSettings, MarkTags, NewConnection, ZendeskApp};
use crate::workflow::{Cx, sessions};

#[derive(Debug, Subcommand)]
pub(super) enum ConnectVerb {
    /// To a Zendesk account.
    #[command(group(ArgGroup::new("credentials").required(true).args(["oauth_token", "api_token"])))]
    Zendesk {
        #[command(flatten)]
        common: Common,
        /// An OAuth access token with the scopes read, tickets:write and users:write.
        #[arg(long, value_name = "TOKEN", conflicts_with = "email")]
        oauth_token: Option<String>,
        /// The agent whose API token is used.
        #[arg(long, requires = "api_token")]
        email: Option<String>,
        /// An API token. They stop working on 30 April 2027.
        #[arg(long, value_name = "TOKEN", requires = "email")]
        api_token: Option<String>,
        /// The signing secret that Zendesk shows for the webhook.
        #[arg(long, value_name = "SECRET")]
        webhook_secret: String,
        /// Our app as it is installed there: the installation's number, and the file with the app's public key, which
        /// Zendesk gives at `/api/v2/apps/APP/public_key.pem`. Once for each installation.
        #[arg(long = "app", value_name = "INSTALLATION=FILE", value_parser = app)]
        apps: Vec<ZendeskApp>,
    },
    /// To Stripe Connect, which gives buyers their money back. Done again, it changes what is given and keeps the rest.
    Stripe(StripeArguments),
    /// To the marketplace's own software, which moves its money by itself. Done again, it changes the address and keeps the keys.
    Payments(PaymentsArguments),
    /// To a Freshdesk account.
    Freshdesk {
        #[command(flatten)]
        common: Common,
        /// The API key of the agent in whose name we speak.
        #[arg(long, value_name = "KEY")]
        api_key: String,
        /// The secret that Freshdesk's rules send along; made when none is given.
        #[arg(long, value_name = "SECRET")]
        webhook_secret: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(super) struct Common {
    /// The marketplace's short name.
    #[arg(long)]
    marketplace: String,
    /// Where the account is, such as `https://acme.zendesk.com`.
    #[arg(long, value_name = "URL", value_parser = address)]
    base_url: Url,
    /// The custom ticket field that holds the order reference: its id (Zendesk) or name (Freshdesk).
    #[arg(long, value_name = "FIELD")]
    order_field: Option<String>,
    /// How old a webhook's signature may be, in seconds; any age when not given. A retry may carry its first time.
    #[arg(long, value_name = "SECONDS")]
    timestamp_window: Option<u32>,
    /// Whether the seller is a comment's author (author) or named in its first line (attribution).
    #[arg(long, value_name = "HOW", value_parser = word::<SellerIdentity>)]
    seller_identity: Option<SellerIdentity>,
    /// How long one call to the helpdesk may take, in milliseconds.
    #[arg(long, value_name = "MS")]
    timeout_ms: Option<u32>,
    /// The help centre's host where it is not the helpdesk's own, such as help.example.com.
    #[arg(long, value_name = "HOST")]
    help_centre_host: Option<String>,
    /// Whether tickets get tags that say where returns, refunds and disputes stand, such as `tl_refund_granted` (on, off).
    #[arg(long, value_name = "ON_OFF", value_parser = word::<MarkTags>)]
    mark_tags: Option<MarkTags>,
    /// The custom ticket field that holds the state of the newest return: its id (Zendesk) or name (Freshdesk).
    #[arg(long, value_name = "FIELD")]
    return_field: Option<String>,
    /// The same for the newest refund.
    #[arg(long, value_name = "FIELD")]
    refund_field: Option<String>,
    /// The same for the newest dispute.
    #[arg(long, value_name = "FIELD")]
    dispute_field: Option<String>,
    /// Another origin whose pages may show ours in a frame, beside the helpdesk's own. Once for each.
    #[arg(long = "frame-ancestor", value_name = "ORIGIN", value_parser = address)]
    frame_ancestors: Vec<Url>,
    #[command(flatten)]
    identity: IdentityArguments,
}

/// Where agents sign in whose helpdesk does not say who they are; without it, by a code that is sent to them.
#[derive(Debug, Args)]
struct IdentityArguments {
    /// The issuer of the operator's OpenID Connect provider, as its discovery document writes it.
    #[arg(long = "oidc-issuer", value_name = "URL", requires = "client_id")]
    issuer: Option<String>,
    /// Our client id there.
    #[arg(long = "oidc-client-id", value_name = "ID", requires = "issuer")]
    client_id: Option<String>,
    /// Our client secret there; none for a public client.
    #[arg(long = "oidc-client-secret", value_name = "SECRET", requires = "issuer")]
    client_secret: Option<String>,
}

impl IdentityArguments {
    fn settings(&self) -> Option<IdentitySettings> {
        let (issuer, client_id) = self.issuer.clone().zip(self.client_id.clone())?;
        Some(IdentitySettings { issuer, client_id })
    }
}

impl Common {
    fn settings(&self) -> ConnectionSettings {
        let usual = ConnectionSettings::default();
        ConnectionSettings {
            order_field: self.order_field.clone(),
            timestamp_window_seconds: self.timestamp_window,
            seller_identity: self.seller_identity.unwrap_or(usual.seller_identity),
            timeout_ms: self.timeout_ms.unwrap_or(usual.timeout_ms),
            help_centre_host: self.help_centre_host.as_ref().map(|host| host.to_lowercase()),
            frame_ancestors: self.frame_ancestors.iter().map(|url| url.origin().ascii_serialization()).collect(),
            apps: Vec::new(),
            identity: self.identity.settings(),
            marks: MarkSettings {
                tags: self.mark_tags.unwrap_or_default(),
                return_field: self.return_field.clone(),
                refund_field: self.refund_field.clone(),
                dispute_field: self.dispute_field.clone(),
            },
        }
    }
}

fn address(text: &str) -> Result<Url, &'static str> {
    text.parse().map_err(|_| "it is not an address such as https://acme.zendesk.com")
}

/// An installation and its key, the key as the vendor gives it: bare or in quotes.
fn app(text: &str) -> Result<ZendeskApp, String> {
    let (installation, file) = text.split_once('=').ok_or("it is not INSTALLATION=FILE")?;
    let installation = installation.parse().map_err(|_| "an installation is a number".to_owned())?;
    let given = std::fs::read_to_string(file).map_err(|error| format!("{file} cannot be read: {error}"))?;
    let key = serde_json::from_str::<String>(given.trim()).unwrap_or(given).trim().to_owned();
    connections::check_app_key(&key).map_err(|error| format!("{file}: {error}"))?;
    Ok(ZendeskApp { installation, key })
}

/// Runs `trilogue connect …`.
pub(super) async fn connect(cx: &Cx, settings: &Settings, verb: ConnectVerb, out: Output) -> anyhow::Result<()> {
    let (kind, common, credentials, webhook_secret, apps) = match verb {
        ConnectVerb::Stripe(arguments) => return payments::stripe(cx, settings, arguments, out).await,
        ConnectVerb::Payments(arguments) => return payments::own_software(cx, settings, arguments, out).await,
        ConnectVerb::Zendesk { common, oauth_token, email, api_token, webhook_secret, apps } => {
            let credentials = match (oauth_token, email, api_token) {
                (Some(token), _, _) => Credentials::ZendeskOauth { token: token.into() },
                (None, Some(email), Some(token)) => Credentials::ZendeskApiToken { email, token: token.into() },
                _ => anyhow::bail!("give --oauth-token, or --email with --api-token"),
            };
            (HelpdeskKind::Zendesk, common, credentials, SecretString::from(webhook_secret), apps)
        }
        ConnectVerb::Freshdesk { common, api_key, webhook_secret } => {
            let secret = webhook_secret.map_or_else(random_secret, SecretString::from);
            (HelpdeskKind::Freshdesk, common, Credentials::Freshdesk { api_key: api_key.into() }, secret, Vec::new())
        }
    };
    let owner = super::marketplace(cx, &common.marketplace).await?;
    let new = NewConnection {
        base_url: common.base_url.clone(),
        credentials,
        webhook_secret: webhook_secret.clone(),
        identity_secret: common.identity.client_secret.clone().map(SecretString::from),
        settings: ConnectionSettings { apps, ..common.settings() },
    };
    let row = connections::connect(cx, owner.id, new).await?;
    let url = format!("{}/webhooks/{}/{}", settings.public_url(), kind.slug(), row.id);
    let headers = headers(kind, &webhook_secret);
    let mut text = instructions(kind, &url, &headers);
    let back = common.identity.settings().map(|_| format!("{}{}", settings.public_url(), sessions::BACK));
    if let Some(back) = &back {
        text = format!("{text}\n\nRegister this redirect address at the identity provider:\n  {back}");
    }
    let shown = || json!({ "connectionId": row.id, "helpdesk": kind.slug(), "webhookUrl": url, "webhookHeaders": headers, "oidcRedirectUrl": back });
    out.both(shown, &text);
    Ok(())
}

fn random_secret() -> SecretString {
    let mut bytes = [0_u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    SecretString::from(URL_SAFE_NO_PAD.encode(bytes))
}

/// The headers that the helpdesk must be told to send. Zendesk signs instead and needs none.
fn headers(kind: HelpdeskKind, secret: &SecretString) -> Map<String, Value> {
    match kind {
        HelpdeskKind::Zendesk => Map::new(),
        HelpdeskKind::Freshdesk => {
            Map::from_iter([(freshdesk::webhook::SECRET_HEADER.to_owned(), Value::String(secret.expose_secret().to_owned()))])
        }
    }
}

/// The body of a Zendesk trigger: ids only, as Zendesk does not say how it escapes text.
const TRIGGER_BODY: &str = r#"{"source":"zendesk-trigger","v":1,"kind":"ticket_updated","ticket_id":"{{ticket.id}}","external_id":"{{ticket.external_id}}","updated_at":"{{ticket.updated_at_with_timestamp}}","actor_id":"{{current_user.id}}"}"#;
/// The body of a Freshdesk rule.
const RULE_BODY: &str = r#"{"freshdesk_webhook":{"ticket_id":"{{ticket.id}}","triggered_event":"{{triggered_event}}"}}"#;

fn instructions(kind: HelpdeskKind, url: &str, headers: &Map<String, Value>) -> String {
    match kind {
        HelpdeskKind::Zendesk => format!(
            "Connected.\n\nIn Zendesk's Admin Center, let the webhook whose signing secret you gave call\n  {url}\n\n\
             Either subscribe it to ticket events (at least: created, comment added, comment redacted, comment made private,\n\
             status changed, priority changed, merged, deleted, marked as spam), or let a trigger call it with this body:\n  {TRIGGER_BODY}\n\n\
             Then run `trilogue doctor`."
        ),
        HelpdeskKind::Freshdesk => format!(
            "Connected.\n\nIn Freshdesk's Automations, make one rule on ticket creation and one on ticket updates, each with the action\n\
             Trigger Webhook: POST, JSON, Advanced, to\n  {url}\nwith the custom headers\n  {headers}\nand this content:\n  {RULE_BODY}\n\n\
             Then run `trilogue doctor`.",
            headers = Value::Object(headers.clone())
        ),
    }
}
