//! Webhook endpoints: made, changed, tried out, and told what their maker may see.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, Utc};
use rand::Rng;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::Url;
use zeroize::Zeroizing;

use super::{Check, Cx, Error, Result, refused};
use crate::courier::{Answer, Key, Outcome, Parcel};
use crate::domain::alerts::{
    EndpointState, EndpointView, EventType, FAILING_LIMIT, LONGEST_PAUSE, SECRET_OVERLAP, TEST_TYPE, pause_after, test_body, webhook_body,
};
use crate::domain::ids::{MarketplaceId, WebhookDeliveryId, WebhookEndpointId};
use crate::domain::parties::{Actor, Scope};
use crate::domain::refusal::Refusal;
use crate::domain::timeline::Event;
use crate::policy::{self, Permission};
use crate::store::{EndpointRow, NewWebhook, Settlement, Tx, WebhookAttempt, WebhookRow};
use crate::vault::Vault;

/// At most so many endpoints of one view in a marketplace.
pub const MOST_ENDPOINTS: usize = 20;
const URL_LIMIT: usize = 2_000;
const DESCRIPTION_LIMIT: usize = 200;
const SECRET_PREFIX: &str = "whsec_";

/// What is sealed in an endpoint's row.
#[derive(Serialize, Deserialize)]
struct Sealed {
    /// The newest first.
    secrets: Vec<Secret>,
}

#[derive(Serialize, Deserialize)]
struct Secret {
    /// 32 random bytes in base64.
    key: String,
    /// Until when it signs; none for the one that was not replaced.
    until: Option<DateTime<Utc>>,
}

impl Drop for Secret {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.key);
    }
}

impl Sealed {
    fn open(vault: &Vault, row: &EndpointRow) -> Result<Self> {
        let text = vault.open(&row.id.to_string(), &row.sealed)?;
        serde_json::from_slice(&text).map_err(|_| Error::Connection("the secrets of an endpoint cannot be read".to_owned()))
    }

    fn seal(&self, vault: &Vault, id: WebhookEndpointId) -> Result<Vec<u8>> {
        let text = Zeroizing::new(serde_json::to_vec(self).map_err(|error| Error::Connection(error.to_string()))?);
        Ok(vault.seal(&id.to_string(), &text)?)
    }

    fn signing(&self, now: DateTime<Utc>) -> Vec<Key> {
        let valid = self.secrets.iter().filter(|secret| secret.until.is_none_or(|until| until > now));
        valid.filter_map(|secret| BASE64.decode(&secret.key).ok()).map(|bytes| Key(Zeroizing::new(bytes))).collect()
    }

    /// Puts a new secret before the others, which sign for a while yet, and gives it as it is shown.
    fn rotate(&mut self, now: DateTime<Utc>) -> SecretString {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        rand::rng().fill_bytes(bytes.as_mut_slice());
        let key = BASE64.encode(bytes.as_slice());
        self.secrets.retain(|secret| secret.until.is_none_or(|until| until > now));
        for secret in &mut self.secrets {
            secret.until.get_or_insert(now + SECRET_OVERLAP);
        }
        let shown = SecretString::from(format!("{SECRET_PREFIX}{key}"));
        self.secrets.insert(0, Secret { key, until: None });
        // Every signature goes with every call; an eager hand must not make the header endless.
        self.secrets.truncate(3);
        shown
    }
}

fn no_endpoint(path: &[&str]) -> Error {
    refused(path, Refusal::NotFound { what: "Webhook endpoint" })
}

fn check_url(cx: &Cx, check: &mut Check, url: &str) {
    if url.trim().is_empty() || url.chars().count() > URL_LIMIT {
        return check.fault(&["url"], Refusal::Length { what: "The address", limit: URL_LIMIT });
    }
    let fault = match url.parse::<Url>() {
        Ok(url) => cx.alerts.courier.fault(&url),
        Err(_) => Some("This is not an address; write it in full, such as https://shop.example.com/hooks."),
    };
    if let Some(fault) = fault {
        check.fault(&["url"], Refusal::Invalid { message: fault.to_owned() });
    }
}

fn check_description(check: &mut Check, description: Option<&str>) {
    if let Some(description) = description {
        check.text(&["description"], "The description", description, DESCRIPTION_LIMIT);
    }
}

fn check_types(check: &mut Check, types: &[EventType]) {
    let mut seen = HashSet::new();
    if let Some(twice) = types.iter().find(|one| !seen.insert(**one)) {
        check.fault(&["eventTypes"], Refusal::Twice { key: twice.name().to_owned() });
    }
}

/// An endpoint to make.
#[derive(Debug, Clone)]
pub struct EndpointRequest {
    /// Where it is.
    pub url: String,
    /// What it is for.
    pub description: Option<String>,
    /// What it asks for; empty for everything.
    pub event_types: Vec<EventType>,
}

/// Makes an endpoint that sees the timeline through its maker's eyes, and gives its secret, this once.
pub async fn create(cx: &Cx, actor: &Actor, request: EndpointRequest) -> Result<(EndpointRow, SecretString)> {
    policy::require(&actor.who, Permission::ManageWebhooks)?;
    let view = EndpointView::of(actor.scope().view).ok_or(Refusal::NotAllowed)?;
    let mut check = Check::default();
    check_url(cx, &mut check, &request.url);
    check_description(&mut check, request.description.as_deref());
    check_types(&mut check, &request.event_types);
    check.done()?;

    let id = WebhookEndpointId::generate();
    let mut sealed = Sealed { secrets: Vec::new() };
    let secret = sealed.rotate(cx.now());
    let tx = cx.store.begin(actor.marketplace).await?;
    let from_position = tx.start_alerts().await?;
    if tx.count_endpoints(view).await? >= MOST_ENDPOINTS as u64 {
        return Err(Refusal::Invalid { message: format!("There can be at most {MOST_ENDPOINTS} endpoints; delete one first.") }.into());
    }
    let row = EndpointRow {
        id,
        marketplace: actor.marketplace,
        url: request.url,
        description: request.description,
        view,
        event_types: request.event_types,
        state: EndpointState::Enabled,
        state_reason: None,
        failing_since: None,
        sealed: sealed.seal(&cx.alerts.vault, id)?,
        from_position,
        created_at: cx.now(),
        updated_at: cx.now(),
    };
    tx.insert_endpoint(&row).await?;
    tx.commit().await?;
    Ok((row, secret))
}

/// What to change about an endpoint.
#[derive(Debug, Clone)]
pub struct EndpointChange {
    /// Which.
    pub id: WebhookEndpointId,
    /// Where it is from now on.
    pub url: Option<String>,
    /// What it is for; the inner none for nothing.
    pub description: Option<Option<String>>,
    /// What it asks for.
    pub event_types: Option<Vec<EventType>>,
    /// Whether it is told anything.
    pub state: Option<EndpointState>,
}

/// Changes an endpoint. One that is switched on again is told what comes, and nothing of what was.
pub async fn update(cx: &Cx, actor: &Actor, change: EndpointChange) -> Result<EndpointRow> {
    policy::require(&actor.who, Permission::ManageWebhooks)?;
    let mut check = Check::default();
    if let Some(url) = &change.url {
        check_url(cx, &mut check, url);
    }
    check_description(&mut check, change.description.as_ref().and_then(Option::as_deref));
    check_types(&mut check, change.event_types.as_deref().unwrap_or_default());
    if matches!(change.state, Some(EndpointState::Failed | EndpointState::Gone)) {
        check.fault(&["state"], Refusal::Invalid { message: "An endpoint can be set to ENABLED or DISABLED.".into() });
    }
    check.done()?;

    let tx = cx.store.begin(actor.marketplace).await?;
    let position = tx.start_alerts().await?;
    let mut row = tx.lock_endpoint(actor.scope(), change.id).await?.ok_or_else(|| no_endpoint(&["id"]))?;
    row.url = change.url.unwrap_or(row.url);
    row.description = change.description.unwrap_or(row.description);
    row.event_types = change.event_types.unwrap_or(row.event_types);
    match change.state {
        Some(EndpointState::Enabled) if row.state != EndpointState::Enabled => {
            (row.state, row.state_reason, row.failing_since, row.from_position) = (EndpointState::Enabled, None, None, position);
        }
        Some(EndpointState::Disabled) if row.state != EndpointState::Disabled => {
            switch_off(&tx, &mut row, EndpointState::Disabled, "it was switched off").await?;
        }
        _ => {}
    }
    row.updated_at = cx.now();
    tx.save_endpoint(&row).await?;
    tx.commit().await?;
    Ok(row)
}

/// What waits for it is given up; it can be replayed when the endpoint is on again.
async fn switch_off(tx: &Tx, row: &mut EndpointRow, state: EndpointState, reason: &str) -> Result<()> {
    (row.state, row.state_reason) = (state, Some(reason.to_owned()));
    tx.give_up_webhooks(row.id, &format!("the endpoint is off: {reason}")).await?;
    Ok(())
}

/// Removes an endpoint, and with it everything that it was or would be told.
pub async fn delete(cx: &Cx, actor: &Actor, id: WebhookEndpointId) -> Result<WebhookEndpointId> {
    policy::require(&actor.who, Permission::ManageWebhooks)?;
    let tx = cx.store.begin(actor.marketplace).await?;
    let row = tx.lock_endpoint(actor.scope(), id).await?.ok_or_else(|| no_endpoint(&["id"]))?;
    tx.delete_endpoint(row.id).await?;
    tx.commit().await?;
    Ok(row.id)
}

/// Makes a new secret and gives it, this once. The one before signs beside it for a day.
pub async fn rotate_secret(cx: &Cx, actor: &Actor, id: WebhookEndpointId) -> Result<(EndpointRow, SecretString)> {
    policy::require(&actor.who, Permission::ManageWebhooks)?;
    let tx = cx.store.begin(actor.marketplace).await?;
    let mut row = tx.lock_endpoint(actor.scope(), id).await?.ok_or_else(|| no_endpoint(&["id"]))?;
    let mut sealed = Sealed::open(&cx.alerts.vault, &row)?;
    let secret = sealed.rotate(cx.now());
    row.sealed = sealed.seal(&cx.alerts.vault, id)?;
    row.updated_at = cx.now();
    tx.save_endpoint(&row).await?;
    tx.commit().await?;
    Ok((row, secret))
}

/// Sends a test, once, whatever else waits.
pub async fn send_test(cx: &Cx, actor: &Actor, id: WebhookEndpointId) -> Result<WebhookRow> {
    policy::require(&actor.who, Permission::ManageWebhooks)?;
    let tx = cx.store.begin(actor.marketplace).await?;
    let row = tx.lock_endpoint(actor.scope(), id).await?.ok_or_else(|| no_endpoint(&["id"]))?;
    let new = NewWebhook {
        id: WebhookDeliveryId::generate(),
        endpoint: row.id,
        event: None,
        position: cx.now().timestamp_micros(),
        event_type: TEST_TYPE,
        body: test_body(row.id, cx.now()),
    };
    tx.insert_webhooks(std::slice::from_ref(&new)).await?;
    tx.commit().await?;
    cx.store.live().webhooks_grew();
    cx.store.webhooks_by_id(actor.scope(), &[new.id]).await?.pop().ok_or(Error::NotFound)
}

/// Sends one finished delivery again.
pub async fn replay_one(cx: &Cx, actor: &Actor, id: WebhookDeliveryId) -> Result<WebhookRow> {
    policy::require(&actor.who, Permission::ManageWebhooks)?;
    let not_found = || refused(&["id"], Refusal::NotFound { what: "Webhook delivery" });
    let row = cx.store.webhooks_by_id(actor.scope(), &[id]).await?.pop().ok_or_else(not_found)?;
    let tx = cx.store.begin(actor.marketplace).await?;
    let endpoint = tx.lock_endpoint(actor.scope(), row.endpoint).await?.ok_or_else(not_found)?;
    if row.event.is_some() {
        require_on(&endpoint)?;
    }
    if !tx.replay_webhook(id).await? {
        return Err(refused(&["id"], Refusal::Invalid { message: "This delivery is still on its way.".into() }));
    }
    tx.commit().await?;
    cx.store.live().webhooks_grew();
    cx.store.webhooks_by_id(actor.scope(), &[id]).await?.pop().ok_or_else(not_found)
}

/// Sends again everything that an endpoint was not told and that was given up since then, and says how much that is.
pub async fn replay_failed(cx: &Cx, actor: &Actor, id: WebhookEndpointId, since: DateTime<Utc>) -> Result<u64> {
    policy::require(&actor.who, Permission::ManageWebhooks)?;
    let tx = cx.store.begin(actor.marketplace).await?;
    let endpoint = tx.lock_endpoint(actor.scope(), id).await?.ok_or_else(|| no_endpoint(&["id"]))?;
    require_on(&endpoint)?;
    let count = tx.replay_failed_webhooks(id, since).await?;
    tx.commit().await?;
    cx.store.live().webhooks_grew();
    Ok(count)
}

fn require_on(endpoint: &EndpointRow) -> Result<()> {
    if endpoint.state == EndpointState::Enabled {
        return Ok(());
    }
    Err(refused(&["id"], Refusal::Invalid { message: "The endpoint is off; enable it first.".into() }))
}

/// What the endpoints of a marketplace are to be told of some events: each what it asked for, as far as its eyes see.
pub(super) async fn tell(cx: &Cx, marketplace: MarketplaceId, events: &[Event]) -> Result<Vec<NewWebhook>> {
    let whole = Actor::system(marketplace).scope();
    let endpoints: Vec<_> =
        cx.store.endpoints(whole).await?.into_iter().filter(|endpoint| endpoint.state == EndpointState::Enabled).collect();
    if endpoints.is_empty() {
        return Ok(Vec::new());
    }
    let (ids, mut cases): (Vec<_>, Vec<_>) = events.iter().map(|event| (event.id, event.case)).unzip();
    cases.sort_unstable();
    cases.dedup();
    let references: HashMap<_, _> = cx.store.cases_by_id(whole, &cases).await?.into_iter().map(|case| (case.id, case.reference)).collect();
    let mut seen = HashMap::new();
    for endpoint in &endpoints {
        if let Entry::Vacant(unread) = seen.entry(endpoint.view) {
            let scope = Scope { marketplace, view: endpoint.view.view() };
            let visible: HashSet<_> = cx.store.events_by_id(scope, &ids).await?.into_iter().map(|event| event.id).collect();
            unread.insert(visible);
        }
    }
    let mut webhooks = Vec::new();
    for event in events {
        let Some(reference) = references.get(&event.case) else { continue };
        let kind = EventType::of(&event.kind);
        let wants = |endpoint: &&EndpointRow| {
            event.position > endpoint.from_position
                && (endpoint.event_types.is_empty() || endpoint.event_types.contains(&kind))
                && seen.get(&endpoint.view).is_some_and(|visible| visible.contains(&event.id))
        };
        webhooks.extend(endpoints.iter().filter(wants).map(|endpoint| NewWebhook {
            id: WebhookDeliveryId::generate(),
            endpoint: endpoint.id,
            event: Some(event.id),
            position: event.position,
            event_type: kind.name(),
            body: webhook_body(event, reference),
        }));
    }
    Ok(webhooks)
}

/// Tells an endpoint one thing and writes down what came of it.
pub async fn deliver(cx: &Cx, row: &WebhookRow) -> Result<Settlement> {
    let whole = Actor::system(row.marketplace).scope();
    // Deleted in the meantime, and the delivery with it.
    let endpoint = cx.store.endpoints_by_id(whole, &[row.endpoint]).await?.pop().ok_or(Error::NotFound)?;
    if row.event.is_some() && endpoint.state != EndpointState::Enabled {
        let settlement = Settlement::Dead("the endpoint is off".to_owned());
        return settle(cx, row, settlement, None).await;
    }
    let at = cx.now();
    let keys = Sealed::open(&cx.alerts.vault, &endpoint)?.signing(at);
    let outcome = match endpoint.url.parse::<Url>() {
        Ok(url) => {
            let id = row.event.map_or_else(|| row.id.to_string(), |event| event.to_string());
            cx.alerts.courier.carry(Parcel { url: &url, id: &id, at, body: &row.body, keys: &keys }).await
        }
        Err(_) => Outcome {
            answer: Answer::Failed { error: "this is not an address".to_owned(), pause: None },
            status: None,
            took: std::time::Duration::ZERO,
        },
    };
    conclude(cx, row, at, outcome).await
}

async fn conclude(cx: &Cx, row: &WebhookRow, at: DateTime<Utc>, outcome: Outcome) -> Result<Settlement> {
    let error = match &outcome.answer {
        Answer::Taken => None,
        Answer::Gone => Some("answered 410".to_owned()),
        Answer::Failed { error, .. } => Some(error.clone()),
    };
    let attempt = WebhookAttempt {
        at,
        status: outcome.status,
        duration_ms: u32::try_from(outcome.took.as_millis()).unwrap_or(u32::MAX),
        error: error.clone(),
    };
    let tx = cx.store.begin(row.marketplace).await?;
    let Some(mut endpoint) = tx.lock_endpoint(Actor::system(row.marketplace).scope(), row.endpoint).await? else {
        return Err(Error::NotFound);
    };
    let settlement = match (&outcome.answer, error) {
        (Answer::Failed { pause, .. }, Some(error)) if row.event.is_some() => retry(row, at, error, *pause),
        (_, Some(error)) => Settlement::Dead(error),
        (_, None) => Settlement::Done,
    };
    tx.settle_webhook(row, &settlement, Some(attempt)).await?;
    // A test says nothing about the endpoint that its tester does not see.
    if row.event.is_some() && endpoint.state == EndpointState::Enabled {
        learn(&tx, &mut endpoint, at, &outcome.answer).await?;
    }
    tx.commit().await?;
    Ok(settlement)
}

fn retry(row: &WebhookRow, at: DateTime<Utc>, error: String, asked: Option<chrono::TimeDelta>) -> Settlement {
    let [.., seed] = *row.id.uuid().as_bytes();
    match pause_after(row.attempts, seed) {
        Some(pause) => Settlement::Retry { at: at + pause.max(asked.unwrap_or_default().min(LONGEST_PAUSE)), error },
        None => Settlement::Dead(error),
    }
}

/// What an answer says about the endpoint itself.
async fn learn(tx: &Tx, endpoint: &mut EndpointRow, at: DateTime<Utc>, answer: &Answer) -> Result<()> {
    let before = endpoint.failing_since;
    match answer {
        Answer::Taken => endpoint.failing_since = None,
        Answer::Gone => switch_off(tx, endpoint, EndpointState::Gone, "it answered 410, which means that it is gone").await?,
        Answer::Failed { error, .. } => {
            let since = *endpoint.failing_since.get_or_insert(at);
            if at - since >= FAILING_LIMIT {
                let reason = format!("it has failed for {} days; the last time: {error}", FAILING_LIMIT.num_days());
                switch_off(tx, endpoint, EndpointState::Failed, &reason).await?;
            }
        }
    }
    if endpoint.failing_since != before || endpoint.state != EndpointState::Enabled {
        endpoint.updated_at = at;
        tx.save_endpoint(endpoint).await?;
    }
    Ok(())
}

/// Writes down that a delivery could not be tried, for a reason of ours.
pub async fn settle(cx: &Cx, row: &WebhookRow, settlement: Settlement, attempt: Option<WebhookAttempt>) -> Result<Settlement> {
    let tx = cx.store.begin(row.marketplace).await?;
    tx.settle_webhook(row, &settlement, attempt).await?;
    tx.commit().await?;
    Ok(settlement)
}
