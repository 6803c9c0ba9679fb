//! Reports as Stripe makes them. <https://docs.stripe.com/webhooks>

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;

use super::state::{Refund, State};
use crate::demo::peer::{Answer, Secret, Webhook, unsent};

/// An endpoint as set up: what its receiver must know.
#[derive(Debug, Clone)]
pub struct StripeEndpoint {
    /// Its id.
    pub id: String,
    /// What its reports are signed with.
    pub secret: String,
}

#[derive(Debug)]
pub(super) struct Connection {
    id: String,
    url: String,
    /// Newest last.
    secrets: Vec<String>,
}

impl State {
    pub(super) fn connect(&mut self, url: &str) -> StripeEndpoint {
        let (id, secret) = (self.id("we"), format!("whsec_{}", self.ids.secret()));
        self.connections.push(Connection { id: id.clone(), url: url.to_owned(), secrets: vec![secret.clone()] });
        StripeEndpoint { id, secret }
    }

    pub(super) fn roll(&mut self, endpoint: &str) -> String {
        let secret = format!("whsec_{}", self.ids.secret());
        for connection in self.connections.iter_mut().filter(|connection| connection.id == endpoint) {
            connection.secrets.push(secret.clone());
        }
        secret
    }

    pub(super) fn announce(&mut self, kind: &str, refund: &Refund) {
        let now = self.options.clock.now();
        let mut event = json!({
            "id": self.id("evt"), "object": "event", "api_version": self.options.version, "created": now.timestamp(),
            "type": kind, "livemode": false, "pending_webhooks": 1, "request": { "id": null, "idempotency_key": null },
            "data": { "object": refund.json() },
        });
        if let Some(account) = &refund.account {
            event["account"] = account.as_str().into();
        }
        let body = event.to_string();
        for connection in &self.connections {
            let mut webhook = unsent(0, kind.to_owned(), connection.url.clone(), body.clone());
            webhook.secret = Some(Secret(connection.secrets.join(" ")));
            sign(&mut webhook, now);
            self.outbox.push(webhook);
        }
    }
}

/// Signs with every secret that is valid, anew for each attempt.
pub(super) fn sign(webhook: &mut Webhook, now: DateTime<Utc>) {
    let time = now.timestamp().to_string();
    let secrets = webhook.secret.as_ref().map(|secret| secret.0.clone()).unwrap_or_default();
    let signatures = secrets.split(' ').map(|secret| format!(",v1={}", signature(secret, &time, &webhook.body)));
    // The old scheme, which only a careless receiver looks at.
    let header = format!("t={time}{},v0={}", signatures.collect::<String>(), "0".repeat(64));
    webhook.set_header("Stripe-Signature", header);
}

/// The signature of a report, by one secret.
pub fn signature(secret: &str, time: &str, body: &str) -> String {
    // HMAC takes keys of every length.
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    hex::encode(mac.chain_update(format!("{time}.{body}")).finalize().into_bytes())
}

/// Again and again for three days.
pub(super) fn retry_in(attempt: u32, _: Answer) -> Option<TimeDelta> {
    (attempt < 16).then(|| TimeDelta::hours(1) * i32::try_from(attempt).unwrap_or(1))
}
