//! The marketplace's own software on loopback: it takes signed instructions to refund, moves the money once for each key, and
//! reports by signed calls.
//!
//! It checks signatures by the letter of Standard Webhooks and takes an instruction only if nothing is wrong with it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio_util::sync::DropGuard;

use crate::clock::SharedClock;
use crate::demo::peer::{
    Answer, Call, Desk, Faults, Furniture, Journal, Outbox, Premises, Reply, Rules, Secret, Sending, StartError, Webhook, unsent,
};

#[cfg(test)]
mod tests;

/// How it takes what is new to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Manner {
    /// It refunds, and says so.
    #[default]
    AtOnce,
    /// It says 202, and reports later.
    Later,
    /// It refuses for good, with this code.
    Refuses(&'static str),
}

/// A refund that it made, or was asked to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopRefund {
    /// Its own name for it.
    pub reference: String,
    /// How much, as it was written.
    pub amount: String,
    /// Of which currency.
    pub currency: String,
    /// `PENDING`, `SUCCEEDED`, `FAILED` with a code.
    pub status: String,
    /// Why it failed.
    pub code: Option<String>,
    /// What was instructed.
    pub instruction: Value,
}

struct State {
    clock: SharedClock,
    /// The bytes of the key that instructions are signed with.
    key: Vec<u8>,
    manner: Manner,
    refunds: BTreeMap<String, ShopRefund>,
    reports: u64,
}

struct Shop(Mutex<State>);

impl Shop {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk for Shop {
    fn answer(&self, call: &Call) -> Reply {
        self.state().answer(call)
    }

    fn rate_limited(&self, retry_after: u32) -> Reply {
        Reply::nothing(429).with("Retry-After", retry_after)
    }
}

/// The simulated software. Clones are the same one; it closes when the last one is dropped.
#[derive(Clone)]
pub struct ShopSim {
    desk: Arc<Shop>,
    furniture: Furniture,
    base_url: String,
    _open: Arc<DropGuard>,
}

impl fmt::Debug for ShopSim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShopSim").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

impl ShopSim {
    /// Opens it on a free loopback port. `key` is what instructions are signed with.
    pub async fn start(clock: SharedClock, key: &[u8], sending: Sending) -> Result<Self, StartError> {
        let rules = Rules { timeout: Duration::from_secs(10), retry_in, before_retry: sign };
        let furniture = Furniture::new(Arc::clone(&clock), sending, rules)?;
        let premises = Premises::rent().await?;
        let base_url = premises.base_url.clone();
        let state = State { clock, key: key.to_vec(), manner: Manner::default(), refunds: BTreeMap::new(), reports: 0 };
        let desk = Arc::new(Shop(Mutex::new(state)));
        let open = premises.open(Arc::clone(&desk) as Arc<dyn Desk>, &furniture);
        Ok(Self { desk, furniture, base_url, _open: Arc::new(open) })
    }

    /// Where instructions go.
    pub fn url(&self) -> String {
        format!("{}/refunds", self.base_url)
    }

    /// What goes wrong on the line.
    pub fn faults(&self) -> &Faults {
        &self.furniture.faults
    }

    /// What was asked.
    pub fn journal(&self) -> &Journal {
        &self.furniture.journal
    }

    /// Its reports.
    pub fn outbox(&self) -> &Outbox {
        &self.furniture.outbox
    }

    /// Closes it.
    pub fn stop(&self) {
        self.furniture.stop();
    }

    /// How it takes what is new from now on.
    pub fn behave(&self, manner: Manner) {
        self.desk.state().manner = manner;
    }

    /// Every refund, by the order of keys.
    pub fn refunds(&self) -> Vec<ShopRefund> {
        self.desk.state().refunds.values().cloned().collect()
    }

    /// It comes to know the outcome, and reports it to that address, signed with that key.
    pub fn report(&self, key: &str, status: &str, code: Option<&str>, to: &str, signed_with: &[u8]) {
        let mut state = self.desk.state();
        state.reports += 1;
        let (id, now) = (format!("report-{}", state.reports), state.clock.now());
        let Some(refund) = state.refunds.get_mut(key) else { return };
        (refund.status, refund.code) = (status.to_owned(), code.map(str::to_owned));
        let mut data = refund.json();
        data["idempotencyKey"] = key.into();
        let body = json!({ "version": 1, "type": "refund.settled", "timestamp": now, "data": data });
        let mut webhook = unsent(0, "refund.settled".to_owned(), to.to_owned(), body.to_string());
        webhook.secret = Some(Secret(BASE64.encode(signed_with)));
        webhook.set_header("webhook-id", id);
        sign(&mut webhook, now);
        drop(state);
        self.furniture.outbox.push(webhook);
    }
}

impl ShopRefund {
    fn json(&self) -> Value {
        json!({
            "reference": self.reference, "status": self.status, "amount": self.amount, "currency": self.currency, "code": self.code,
        })
    }
}

fn refuses(status: u16, code: &str) -> Reply {
    Reply::json(status, json!({ "code": code }))
}

impl State {
    fn answer(&mut self, call: &Call) -> Reply {
        if call.method != Method::POST || call.path != "/refunds" || !call.says_json() {
            return Reply::nothing(404);
        }
        if !self.is_signed(call) {
            return Reply::nothing(401);
        }
        let told = call.json().unwrap_or_default();
        let key = told["data"]["idempotencyKey"].as_str().unwrap_or_default().to_owned();
        match (told["version"].as_u64(), told["type"].as_str(), call.header("webhook-id")) {
            (Some(1), Some("refund.instruct"), Some(id)) if id == key => self.instruct(&key, &told["data"]),
            (Some(1), Some("refund.look"), Some(id)) if id == format!("{key}:look") => {
                self.refunds.get(&key).map_or_else(|| refuses(404, "UNKNOWN_KEY"), |refund| Reply::json(200, refund.json()))
            }
            _ => refuses(400, "NOT_UNDERSTOOD"),
        }
    }

    fn is_signed(&self, call: &Call) -> bool {
        let header = |name| call.header(name).unwrap_or_default();
        let at = header("webhook-timestamp");
        let age = at.parse().map(|at: i64| (self.clock.now().timestamp() - at).abs());
        let body = String::from_utf8_lossy(&call.body);
        let expected = signature(&self.key, header("webhook-id"), at, &body);
        age.is_ok_and(|age| age <= 300) && header("webhook-signature").split(' ').any(|given| given == expected)
    }

    fn instruct(&mut self, key: &str, data: &Value) -> Reply {
        if let Some(known) = self.refunds.get(key) {
            if known.instruction != *data {
                return refuses(409, "KEY_REUSED");
            }
            return match known.status.as_str() {
                "FAILED" => refuses(422, known.code.as_deref().unwrap_or("OTHER")),
                "PENDING" => Reply::json(202, json!({ "reference": known.reference })),
                _ => Reply::json(200, known.json()),
            };
        }
        let text = |name: &str| data[name].as_str().unwrap_or_default().to_owned();
        let known_fields = ["ORIGINAL_PAYMENT", "STORE_CREDIT", "VOUCHER", "BANK_TRANSFER"].contains(&text("means").as_str());
        if !known_fields || text("amount").is_empty() || text("currency").len() != 3 || text("orderReference").is_empty() {
            return refuses(422, "NOT_UNDERSTOOD");
        }
        let (status, code) = match self.manner {
            Manner::AtOnce => ("SUCCEEDED", None),
            Manner::Later => ("PENDING", None),
            Manner::Refuses(code) => ("FAILED", Some(code.to_owned())),
        };
        let refund = ShopRefund {
            reference: format!("RF-{}", self.refunds.len() + 1),
            amount: text("amount"),
            currency: text("currency"),
            status: status.to_owned(),
            code,
            instruction: data.clone(),
        };
        self.refunds.insert(key.to_owned(), refund);
        self.instruct(key, data)
    }
}

/// `v1,` and the base64 of HMAC-SHA256 over id, time and body.
pub fn signature(key: &[u8], id: &str, at: &str, body: &str) -> String {
    // HMAC takes keys of every length.
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
    format!("v1,{}", BASE64.encode(mac.chain_update(format!("{id}.{at}.{body}")).finalize().into_bytes()))
}

fn sign(webhook: &mut Webhook, now: DateTime<Utc>) {
    let key = webhook.secret.as_ref().and_then(|secret| BASE64.decode(&secret.0).ok()).unwrap_or_default();
    let (id, at) = (webhook.header("webhook-id").unwrap_or_default().to_owned(), now.timestamp().to_string());
    let signature = signature(&key, &id, &at, &webhook.body);
    webhook.set_header("webhook-timestamp", at);
    webhook.set_header("webhook-signature", signature);
}

fn retry_in(attempt: u32, _: Answer) -> Option<TimeDelta> {
    (attempt < 8).then(|| TimeDelta::minutes(5))
}
