//! Stripe's own words, as far as we need them. <https://docs.stripe.com/api/refunds/object>

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::KEY_FIELD;
use crate::domain::money::{Currency, PaymentProvider, ProviderAmount};
use crate::domain::refunds::{FailureKind, ProviderReference, ProviderWord};
use crate::gateway::Answer;

#[derive(Debug, Deserialize)]
pub(super) struct Refund {
    pub(super) id: String,
    #[serde(rename = "object")]
    _object: Object,
    amount: i64,
    currency: String,
    status: Option<String>,
    failure_reason: Option<String>,
    #[serde(default)]
    metadata: Option<HashMap<String, String>>,
}

/// Says that nothing but a refund is read as one.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Object {
    Refund,
}

#[derive(Debug, Deserialize)]
pub(super) struct Page {
    pub(super) data: Vec<Refund>,
    pub(super) has_more: bool,
}

/// An event's envelope. <https://docs.stripe.com/api/events/object>
#[derive(Debug, Deserialize)]
pub(super) struct Event<T> {
    pub(super) id: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(with = "chrono::serde::ts_seconds")]
    pub(super) created: DateTime<Utc>,
    /// The connected account that it happened on.
    pub(super) account: Option<String>,
    pub(super) data: T,
}

#[derive(Debug, Deserialize)]
pub(super) struct Data {
    pub(super) object: Refund,
}

/// What is looked at before it is known whether an event matters.
#[derive(Debug, Deserialize)]
pub(super) struct Unread {}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Fault {
    #[serde(default)]
    pub(super) error: FaultWords,
}

/// <https://docs.stripe.com/api/errors>
#[derive(Debug, Default, Deserialize)]
pub(super) struct FaultWords {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) code: Option<String>,
}

impl Refund {
    /// The key that we wrote on it.
    pub(super) fn key(&self) -> Option<&str> {
        self.metadata.as_ref()?.get(KEY_FIELD).map(String::as_str)
    }

    pub(super) fn reference(&self) -> ProviderReference {
        ProviderReference::new(&self.id)
    }

    /// What it says. A status that nobody knows is taken for one that is not final: nothing is booked on it, and the operator
    /// is told when it stays so.
    pub(super) fn word(&self) -> Result<ProviderWord, String> {
        Ok(match self.status.as_deref() {
            Some("succeeded") => {
                let currency: Currency = self.currency.to_uppercase().parse().map_err(|_| "it names no currency".to_owned())?;
                let told = ProviderAmount { units: self.amount, currency };
                let amount = PaymentProvider::Stripe.read(told).map_err(|_| "its amount is none of its currency".to_owned())?;
                ProviderWord::Succeeded { amount }
            }
            Some("failed") => ProviderWord::Failed { kind: FailureKind::read(self.failure_reason.as_deref().unwrap_or_default()) },
            Some("canceled") => ProviderWord::Failed { kind: FailureKind::Canceled },
            _ => ProviderWord::Pending,
        })
    }

    pub(super) fn answer(&self) -> Result<Answer, String> {
        Ok(Answer { reference: Some(self.reference()), word: self.word()? })
    }
}
