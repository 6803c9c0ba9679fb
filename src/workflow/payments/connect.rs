//! Connections to payment systems: made, changed, and sealed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use rand::Rng;
use secrecy::{ExposeSecret, SecretString};
use url::Url;
use zeroize::Zeroizing;

use super::instruct::fitted;
use super::{ChargeModel, NO_CONNECTION, PaymentSettings, Result, Sealed, UNAUTHORIZED, unusable};
use crate::domain::ids::{ConnectionId, MarketplaceId};
use crate::domain::refusal::Refusal;
use crate::gateway::RefundOrder;
use crate::gateway::stripe::ADDRESS;
use crate::store::{PaymentConnectionRow, PaymentConnectionState, PaymentWay, Tx};
use crate::workflow::connections::accepted_url;
use crate::workflow::{Cx, Error, refused};

const URL_LIMIT: usize = 2_000;
const SECRET_LIMIT: usize = 512;
/// A new secret and the one before it: until all that was signed with that one has arrived.
const MOST_SECRETS: usize = 2;
/// At most so many tries are taken up again when a connection is made or mended. The next time takes the rest.
const BATCH: u64 = 1_000;

/// Whether credentials are of the account that is connected already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Account {
    /// They are.
    #[default]
    Same,
    /// They are of another one. What was begun on the old account is still followed there.
    New,
}

/// Whether signing keys are made anew.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Rotation {
    /// They stay.
    #[default]
    Keep,
    /// New ones are made, and those of before are good beside them.
    New,
}

/// An account at Stripe. What is none stays as it is.
#[derive(Debug, Clone, Default)]
pub struct StripeAccount {
    /// Where it is, if not at Stripe's own address.
    pub base_url: Option<Url>,
    /// The secret key.
    pub secret_key: Option<SecretString>,
    /// The signing secret of the endpoint for reports.
    pub news_secret: Option<SecretString>,
    /// On whose account buyers pay.
    pub charges: Option<ChargeModel>,
    /// Whether it is another account than before.
    pub account: Account,
}

/// The marketplace's own software.
#[derive(Debug, Clone)]
pub struct WebhookAddress {
    /// Where it listens.
    pub url: Url,
    /// Whether its keys are made anew.
    pub rotation: Rotation,
    /// Whether it keeps another book than the one before.
    pub account: Account,
}

/// A connection that was made or changed.
#[derive(Debug)]
pub struct Connected {
    /// Its id.
    pub id: ConnectionId,
    /// What our instructions are signed with, if it was made now: it is shown this once.
    pub secret: Option<SecretString>,
    /// What its reports are to be signed with, likewise.
    pub report_secret: Option<SecretString>,
}

/// Connects a marketplace to Stripe, or changes the connection. A new secret for reports stands beside the one before it.
pub async fn connect_stripe(cx: &Cx, marketplace: MarketplaceId, new: StripeAccount) -> Result<Connected> {
    let address = new.base_url.as_ref().map(accepted_url).transpose()?;
    for (field, what, secret) in
        [("secretKey", "The secret key", &new.secret_key), ("webhookSecret", "The webhook secret", &new.news_secret)]
    {
        let length = secret.as_ref().map(|secret| secret.expose_secret().trim().chars().count());
        if length.is_some_and(|length| !(1..=SECRET_LIMIT).contains(&length)) {
            return Err(refused(&[field], Refusal::Length { what, limit: SECRET_LIMIT }));
        }
    }
    let tx = cx.store.begin(marketplace).await?;
    let before = tx.lock_payment_connection().await?;
    let same = before.as_ref().filter(|row| row.way == PaymentWay::Stripe && new.account == Account::Same);
    let (secret_key, mut news_secrets) = match same.map(|row| Sealed::open(&cx.payments.vault, row)).transpose()? {
        Some(Sealed::Stripe { ref secret_key, ref news_secrets }) => (Some(secret_key.clone()), news_secrets.clone()),
        _ => (None, Vec::new()),
    };
    let secret_key = new.secret_key.map(|key| key.expose_secret().trim().to_owned()).or(secret_key);
    let missing = || refused(&["secretKey"], Refusal::Invalid { message: "Give the secret key of the account.".to_owned() });
    let secret_key = secret_key.ok_or_else(missing)?;
    if let Some(secret) = new.news_secret {
        push(&mut news_secrets, secret.expose_secret().trim().to_owned());
    }
    let charges = match (new.charges, same) {
        (Some(charges), _) => charges,
        (None, Some(row)) => PaymentSettings::of(row)?.charges,
        (None, None) => ChargeModel::default(),
    };
    let address = address.or_else(|| same.map(|row| row.address.clone())).unwrap_or_else(|| ADDRESS.to_owned());
    let id = same.map_or_else(ConnectionId::generate, |row| row.id);
    let sealed = Sealed::Stripe { secret_key, news_secrets };
    save(cx, &tx, before, PaymentWay::Stripe, (id, address, charges), &sealed).await?;
    take_up(&tx, id, Some(charges)).await?;
    tx.commit().await?;
    cx.store.live().payments_grew();
    Ok(Connected { id, secret: None, report_secret: None })
}

/// Connects a marketplace to its own software, or changes the connection. Keys are shown when they are made, and never again.
pub async fn connect_webhook(cx: &Cx, marketplace: MarketplaceId, new: WebhookAddress) -> Result<Connected> {
    if new.url.as_str().chars().count() > URL_LIMIT {
        return Err(refused(&["url"], Refusal::Length { what: "The address", limit: URL_LIMIT }));
    }
    if let Some(fault) = cx.payments.courier.fault(&new.url) {
        return Err(refused(&["url"], Refusal::Invalid { message: fault.to_owned() }));
    }
    let tx = cx.store.begin(marketplace).await?;
    let before = tx.lock_payment_connection().await?;
    let same = before.as_ref().filter(|row| row.way == PaymentWay::Webhook && new.account == Account::Same);
    let (mut keys, mut news_keys) = match same.map(|row| Sealed::open(&cx.payments.vault, row)).transpose()? {
        Some(Sealed::Webhook { ref keys, ref news_keys }) => (keys.clone(), news_keys.clone()),
        _ => (Vec::new(), Vec::new()),
    };
    let shown = (keys.is_empty() || new.rotation == Rotation::New).then(|| {
        let made = [random(), random()];
        push(&mut keys, made[0].clone());
        push(&mut news_keys, made[1].clone());
        made.map(|key| SecretString::from(format!("whsec_{key}")))
    });
    let id = same.map_or_else(ConnectionId::generate, |row| row.id);
    let sealed = Sealed::Webhook { keys, news_keys };
    save(cx, &tx, before, PaymentWay::Webhook, (id, new.url.to_string(), ChargeModel::default()), &sealed).await?;
    take_up(&tx, id, None).await?;
    tx.commit().await?;
    cx.store.live().payments_grew();
    let (secret, report_secret) = shown.map(|[secret, report]| (secret, report)).unzip();
    Ok(Connected { id, secret, report_secret })
}

fn random() -> String {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    rand::rng().fill_bytes(bytes.as_mut_slice());
    BASE64.encode(bytes.as_slice())
}

fn push(secrets: &mut Vec<String>, newest: String) {
    secrets.retain(|secret| *secret != newest);
    secrets.insert(0, newest);
    secrets.truncate(MOST_SECRETS);
}

async fn save(
    cx: &Cx,
    tx: &Tx,
    before: Option<PaymentConnectionRow>,
    way: PaymentWay,
    (id, address, charges): (ConnectionId, String, ChargeModel),
    sealed: &Sealed,
) -> Result<()> {
    let mut row = PaymentConnectionRow {
        id,
        marketplace: tx.marketplace(),
        way,
        state: PaymentConnectionState::Active,
        address,
        sealed: sealed.seal(&cx.payments.vault, id)?,
        settings: serde_json::to_value(PaymentSettings { charges }).map_err(|error| unusable(&error))?,
        created_at: cx.now(),
        updated_at: cx.now(),
    };
    match before {
        Some(known) if known.id == id => {
            row.created_at = known.created_at;
            tx.save_payment_connection(&row).await?;
        }
        Some(mut known) => {
            known.state = PaymentConnectionState::Replaced;
            known.updated_at = cx.now();
            tx.save_payment_connection(&known).await?;
            tx.insert_payment_connection(&row).await?;
        }
        None => tx.insert_payment_connection(&row).await?,
    }
    Ok(())
}

/// What waited for a connection goes through this one, and what was refused for bad credentials is tried again with its key.
async fn take_up(tx: &Tx, id: ConnectionId, charges: Option<ChargeModel>) -> Result<()> {
    for mut call in tx.lock_parked_payment_calls(NO_CONNECTION, BATCH).await? {
        let mut order: RefundOrder = call.instruction()?;
        // It was never sent, so it may still become another one.
        (order.transfer, order.fee) = fitted((order.transfer, order.fee), charges);
        tx.rewrite_payment_call(&call, serde_json::to_value(&order).map_err(|error| Error::Connection(error.to_string()))?).await?;
        (call.connection, call.error_code) = (Some(id), None);
        tx.save_payment_call(&call).await?;
        tx.resume_payment_call(&call).await?;
    }
    for call in tx.lock_parked_payment_calls(UNAUTHORIZED, BATCH).await?.iter().filter(|call| call.connection == Some(id)) {
        tx.resume_payment_call(call).await?;
    }
    Ok(())
}
