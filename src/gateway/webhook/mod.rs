//! The marketplace's own software: it gets signed instructions, by Standard Webhooks, and does with its payment system what it will.
//!
//! Its duties: to do once what comes twice with one key, to refuse a key that comes with another order, and to know its keys for
//! as long as it keeps refunds. `examples/refund-backend` is a whole one.

mod wire;

#[cfg(test)]
mod tests;

use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use url::Url;

use super::error::{identifier, place};
use super::{Answer, Attempt, Delivery, Gateway, GatewayError, News, NewsError, RefundOrder, Sought};
use crate::clock::SharedClock;
use crate::courier::{Courier, Heard, Key, Parcel, Unheard, verify};
use crate::domain::money::Money;
use crate::domain::refunds::{FailureKind, IdempotencyKey, ProviderWord};

pub use wire::VERSION;

/// How old a report may be: what Standard Webhooks proposes.
const TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// How long to wait when it does not say.
const USUAL_PAUSE: Duration = Duration::from_mins(1);

/// The longest pause that is believed.
const LONGEST_PAUSE: Duration = Duration::from_hours(24);

/// All that is needed to speak with the marketplace's software.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where it listens.
    pub url: Url,
    /// What our instructions are signed with: one key, or two during a rotation.
    pub keys: Vec<Key>,
    /// What its reports are signed with. Not the same: or our own words could be sent back to us.
    pub news_keys: Vec<Key>,
}

/// The marketplace's own software.
#[derive(Debug)]
pub struct Backend {
    settings: Settings,
    courier: Courier,
    clock: SharedClock,
}

impl Backend {
    /// A client of it. The courier says which addresses may be called.
    pub const fn new(settings: Settings, courier: Courier, clock: SharedClock) -> Self {
        Self { settings, courier, clock }
    }

    async fn tell(&self, id: &str, body: &str) -> Result<Heard, Unheard> {
        let (settings, at) = (&self.settings, self.clock.now());
        self.courier.ask(Parcel { url: &settings.url, id, at, body, keys: &settings.keys }).await
    }
}

#[async_trait]
impl Gateway for Backend {
    /// First or again is all one: the receiver knows the key.
    async fn refund(&self, order: &RefundOrder, _attempt: Attempt) -> Result<Answer, GatewayError> {
        order.check()?;
        let body = wire::instruction(order).map_err(|error| GatewayError::unsendable(place(&error)))?;
        match self.tell(&order.key.to_string(), &body).await {
            Ok(heard) => judge(&heard, Some(order.amount)),
            Err(Unheard::NotSent(reason)) => Err(GatewayError::unavailable(reason)),
            Err(Unheard::Lost(reason)) => Err(GatewayError::uncertain(reason)),
        }
    }

    async fn look(&self, sought: &Sought) -> Result<Option<Answer>, GatewayError> {
        let body = wire::question(sought, self.clock.now()).map_err(|error| GatewayError::unsendable(place(&error)))?;
        // A name of its own: what is told by its id to have come twice must not swallow the instruction.
        let heard = match self.tell(&format!("{}:look", sought.key), &body).await {
            Ok(heard) => heard,
            Err(Unheard::NotSent(reason) | Unheard::Lost(reason)) => return Err(GatewayError::Unavailable { reason }),
        };
        match judge(&heard, None) {
            Ok(answer) => Ok(Some(answer)),
            Err(GatewayError::Refused { status: 404, code, .. }) if code == "UNKNOWN_KEY" => Ok(None),
            Err(GatewayError::Uncertain { reason }) => Err(GatewayError::Unavailable { reason }),
            Err(GatewayError::Refused { status, .. }) => Err(GatewayError::unavailable(format!("answered {status}"))),
            Err(error) => Err(error),
        }
    }

    fn read_news(&self, delivery: &Delivery<'_>) -> Result<Vec<News>, NewsError> {
        let Delivery { headers, body, received_at } = *delivery;
        let event = verify(&self.settings.news_keys, headers, body, received_at, TOLERANCE).map_err(|error| {
            use crate::courier::NotSigned::{Missing, Stale, Wrong};
            NewsError::BadSignature(match error {
                Missing => "is not there",
                Wrong => "does not fit",
                Stale => "is too old, or from the future",
            })
        })?;
        wire::news(event, body)
    }
}

/// What an answer means. Only what the software itself says, with a status or a code of the protocol, is final: a proxy in front of
/// it may answer 404 to what it took before. `instructed` is how much an answer without an amount means; none when it must say.
fn judge(heard: &Heard, instructed: Option<Money>) -> Result<Answer, GatewayError> {
    let status = heard.status;
    match status {
        // It has it, and will report.
        202 | 204 => {
            let reference = wire::told(&heard.body).ok().and_then(|told| told.reference());
            Ok(Answer { reference, word: ProviderWord::Pending })
        }
        200..=299 => {
            let told = wire::told(&heard.body).map_err(|error| GatewayError::uncertain(place(&error)))?;
            let word = told.word(instructed).map_err(GatewayError::uncertain)?;
            Ok(Answer { reference: told.reference(), word })
        }
        300..=399 => Err(GatewayError::unavailable(format!("answered {status}; redirects are not followed"))),
        425 | 429 => {
            let asked = heard.pause.and_then(|pause| pause.to_std().ok());
            Err(GatewayError::RateLimited { retry_after: asked.unwrap_or(USUAL_PAUSE).min(LONGEST_PAUSE) })
        }
        401 | 403 => Err(GatewayError::Unauthorized { status }),
        400..=499 => Err(refusal(status, wire::told(&heard.body).ok().and_then(|told| told.code).as_deref())),
        _ => Err(GatewayError::uncertain(format!("answered {status}"))),
    }
}

fn refusal(status: u16, code: Option<&str>) -> GatewayError {
    match code.and_then(identifier) {
        None => GatewayError::uncertain(format!("answered {status} without a code")),
        Some("KEY_IN_USE") => GatewayError::uncertain("an earlier call with the same key is still at work"),
        Some("KEY_REUSED") => GatewayError::KeyConflict,
        Some(code) => GatewayError::Refused { kind: wire::kind(code).unwrap_or(FailureKind::Other), status, code: code.to_owned() },
    }
}

/// Whether a report names a key of ours.
fn key(text: &str) -> Option<IdempotencyKey> {
    text.parse().ok()
}
