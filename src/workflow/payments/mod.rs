//! Money's way back: instructions to payment systems, written down before they are sent, and what is heard of them.

mod calls;
mod connect;
mod instruct;
mod news;
mod reports;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use super::{Cx, Error, Result};
use crate::clock::SharedClock;
use crate::courier::{Courier, Key};
use crate::domain::ids::{ConnectionId, MarketplaceId};
use crate::domain::refunds::{AttemptNumber, IdempotencyKey, ProviderNews, ProviderReference, ProviderWord};
use crate::gateway::stripe::{self, Stripe};
use crate::gateway::webhook::{self, Backend};
use crate::gateway::{Answer, Gateway};
use crate::store::{PaymentCall, PaymentConnectionRow, Standing, Store};
use crate::vault::Vault;

pub use crate::gateway::stripe::{ChargeModel, VERSION as STRIPE_VERSION};
pub use calls::{back_off, deliver, later};
pub use connect::{Account, Connected, Rotation, StripeAccount, WebhookAddress, connect_stripe, connect_webhook};
pub(super) use instruct::instruct;
pub use news::{Received, receive, work};
pub use reports::{ReportedStatus, SettlementReport, report};

/// Why a try waits for a person until there is a connection.
const NO_CONNECTION: &str = "NO_CONNECTION";
/// Why a try waits for a person until the credentials are mended.
const UNAUTHORIZED: &str = "UNAUTHORIZED";
/// Why a try is not sent at all.
const BY_HAND: &str = "BY_HAND";

/// What was set about a connection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct PaymentSettings {
    /// On whose account buyers pay. Means nothing where the marketplace's own software pays back.
    charges: ChargeModel,
}

impl PaymentSettings {
    fn of(row: &PaymentConnectionRow) -> Result<Self> {
        serde_json::from_value(row.settings.clone()).map_err(|error| unusable(&error))
    }
}

/// What is sealed in a connection's row. Of each list the newest is first.
#[derive(Serialize, Deserialize)]
#[serde(tag = "way", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
enum Sealed {
    Stripe { secret_key: String, news_secrets: Vec<String> },
    Webhook { keys: Vec<String>, news_keys: Vec<String> },
}

impl Drop for Sealed {
    fn drop(&mut self) {
        match self {
            Self::Stripe { secret_key, news_secrets } => {
                secret_key.zeroize();
                news_secrets.iter_mut().for_each(Zeroize::zeroize);
            }
            Self::Webhook { keys, news_keys } => keys.iter_mut().chain(news_keys).for_each(Zeroize::zeroize),
        }
    }
}

impl Sealed {
    fn open(vault: &Vault, row: &PaymentConnectionRow) -> Result<Self> {
        let text = vault.open(&row.id.to_string(), &row.sealed)?;
        serde_json::from_slice(&text).map_err(|_| Error::Connection("its secrets cannot be read".to_owned()))
    }

    fn seal(&self, vault: &Vault, id: ConnectionId) -> Result<Vec<u8>> {
        let text = Zeroizing::new(serde_json::to_vec(self).map_err(|error| unusable(&error))?);
        Ok(vault.seal(&id.to_string(), &text)?)
    }
}

fn unusable(error: &dyn std::fmt::Display) -> Error {
    Error::Connection(error.to_string())
}

fn keys(encoded: &[String]) -> Vec<Key> {
    encoded.iter().filter_map(|key| BASE64.decode(key).ok()).map(|bytes| Key(Zeroizing::new(bytes))).collect()
}

/// A payment system that is ready for use.
#[derive(Debug)]
pub struct PaymentSystem {
    /// The id of the connection.
    pub id: ConnectionId,
    /// The tenant.
    pub marketplace: MarketplaceId,
    gateway: Arc<dyn Gateway>,
}

/// How long a connection is used before the database is asked whether it changed.
const FRESH: TimeDelta = TimeDelta::seconds(10);

#[derive(Debug)]
struct Kept {
    looked_at: DateTime<Utc>,
    row: PaymentConnectionRow,
    system: Arc<PaymentSystem>,
}

/// Payment systems that are ready for use. A change in the database is noticed within ten seconds.
#[derive(Debug, Clone)]
pub struct Payments {
    store: Store,
    vault: Vault,
    courier: Courier,
    clock: SharedClock,
    kept: Arc<RwLock<HashMap<ConnectionId, Kept>>>,
}

impl Payments {
    /// None kept yet. The courier says which addresses of the marketplaces' own software may be called.
    pub fn new(store: Store, vault: Vault, courier: Courier, clock: SharedClock) -> Self {
        Self { store, vault, courier, clock, kept: Arc::default() }
    }

    /// The payment system of the connection with this id, ready for use.
    pub async fn get(&self, id: ConnectionId) -> Result<Arc<PaymentSystem>> {
        let now = self.clock.now();
        if let Some(system) = self.fresh(id, now) {
            return Ok(system);
        }
        let row = self.store.payment_connection(id).await?.ok_or(Error::NotFound)?;
        let mut all = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = all.get_mut(&id).filter(|kept| kept.row == row) {
            kept.looked_at = now;
            return Ok(Arc::clone(&kept.system));
        }
        let system = Arc::new(PaymentSystem { id, marketplace: row.marketplace, gateway: self.open(&row)? });
        all.insert(id, Kept { looked_at: now, row, system: Arc::clone(&system) });
        Ok(system)
    }

    fn fresh(&self, id: ConnectionId, now: DateTime<Utc>) -> Option<Arc<PaymentSystem>> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        kept.get(&id).filter(|kept| now - kept.looked_at < FRESH).map(|kept| Arc::clone(&kept.system))
    }

    fn open(&self, row: &PaymentConnectionRow) -> Result<Arc<dyn Gateway>> {
        let address = row.address.parse().map_err(|error| unusable(&error))?;
        let clock = Arc::clone(&self.clock);
        Ok(match &Sealed::open(&self.vault, row)? {
            Sealed::Stripe { secret_key, news_secrets } => {
                let secrets = news_secrets.iter().map(|secret| secret.clone().into()).collect();
                let settings = stripe::Settings::new(address, secret_key.clone().into(), secrets, PaymentSettings::of(row)?.charges);
                Arc::new(Stripe::new(settings, clock).map_err(|error| unusable(&error))?)
            }
            Sealed::Webhook { keys: outgoing, news_keys } => {
                let settings = webhook::Settings { url: address, keys: keys(outgoing), news_keys: keys(news_keys) };
                Arc::new(Backend::new(settings, self.courier.clone(), clock))
            }
        })
    }

    /// Whether reports of a connection can be believed: it has something to check them with. Fails when its secrets cannot be
    /// opened.
    pub fn hears(&self, row: &PaymentConnectionRow) -> Result<bool> {
        Ok(match &Sealed::open(&self.vault, row)? {
            Sealed::Stripe { news_secrets, .. } => !news_secrets.is_empty(),
            Sealed::Webhook { news_keys, .. } => !news_keys.is_empty(),
        })
    }
}

/// What goes one after the other: all refunds of one payment, or of an order whose payment nobody named.
fn lane(marketplace: MarketplaceId, payment: &str) -> String {
    format!("{marketplace}/{payment}")
}

/// Where a try stands after a word about it.
fn after(standing: Standing, word: ProviderWord) -> Standing {
    let had_moved = matches!(standing, Standing::Succeeded | Standing::Reversed);
    match word {
        ProviderWord::Pending if standing == Standing::Unknown => Standing::Pending,
        ProviderWord::Pending => standing,
        ProviderWord::Succeeded { .. } if standing == Standing::Reversed => standing,
        ProviderWord::Succeeded { .. } => Standing::Succeeded,
        ProviderWord::Failed { .. } | ProviderWord::Reversed if had_moved => Standing::Reversed,
        ProviderWord::Failed { .. } | ProviderWord::Reversed => Standing::Failed,
    }
}

/// What an answer says of an attempt.
fn told(attempt: AttemptNumber, answer: &Answer) -> ProviderNews {
    ProviderNews { attempt, reference: answer.reference.clone(), word: answer.word }
}

/// The refund hears it first, and the row learns it after: a process that dies in between has it said again, which changes nothing.
async fn hear(cx: &Cx, marketplace: MarketplaceId, key: IdempotencyKey, answer: &Answer) -> Result<()> {
    Box::pin(super::refunds::hear(cx, marketplace, key.refund(), told(key.attempt(), answer))).await
}

fn learn(call: &mut PaymentCall, reference: Option<&ProviderReference>, word: ProviderWord) {
    call.standing = after(call.standing, word);
    if call.reference.is_none() {
        call.reference = reference.cloned();
    }
}
