//! The protocol: what is sent, what is answered, what is reported. Version 1; a field may be added to it, none changes or goes.
//!
//! An instruction, `webhook-id` being its key:
//!
//! ```json
//! { "version": 1, "type": "refund.instruct", "timestamp": "2026-11-22T09:00:00Z", "data": {
//!   "idempotencyKey": "refund:rfd_0192f0…:1", "amount": "12.50", "currency": "EUR", "means": "ORIGINAL_PAYMENT",
//!   "orderReference": "A-1001", "paymentReference": "P-77", "sellerAccount": "S-9", "reason": "REQUESTED_BY_BUYER",
//!   "transfer": "REVERSE", "applicationFee": "GIVE_BACK", "metadata": {},
//!   "items": [{ "line": "A-1001-1", "units": 1, "item": "10.42", "itemTax": "2.08", "shipping": "0.00", "shippingTax": "0.00", "fees": "0.00" }] } }
//! ```
//!
//! A question has the type `refund.look` and the key alone; who does not know the key answers 404 with the code `UNKNOWN_KEY`.
//!
//! | Answer | Means |
//! |---|---|
//! | 200 `{"reference", "status", "amount"?, "currency"?, "code"?}` | it stands so: `PENDING`, `SUCCEEDED`, `FAILED` (with a code), `REVERSED` |
//! | 202 or 204 `{"reference"}` | taken; a report will come |
//! | 4xx `{"code"}` | a final no: `ACCOUNT_GONE`, `INSUFFICIENT_FUNDS`, `DECLINED`, `PAYMENT_DISPUTED`, `CANCELED`, or a word of its own |
//! | 4xx `{"code": "KEY_IN_USE"}` | the first call with the key is still at work |
//! | 4xx `{"code": "KEY_REUSED"}` | the key came before, with another order |
//! | 429 with `Retry-After` | not now |
//! | anything else | nobody knows; the same comes again |
//!
//! A report is signed likewise, by the other key: `{"version": 1, "type": "refund.settled", "timestamp", "data": {"idempotencyKey", …}}`
//! with the fields of an answer. An amount is left out of an answer where it is the whole; a report must name it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::key;
use crate::domain::money::{Currency, Money};
use crate::domain::purchases::Part;
use crate::domain::refunds::{FailureKind, ProviderReference, ProviderWord, RefundMeans};
use crate::gateway::{ApplicationFee, News, NewsError, RefundOrder, RefundReason, RefundedItem, Sought, TransferReversal};

/// The version of the protocol.
pub const VERSION: u8 = 1;

#[derive(Serialize)]
struct Envelope<T> {
    version: u8,
    #[serde(rename = "type")]
    kind: &'static str,
    timestamp: DateTime<Utc>,
    data: T,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Instruction<'a> {
    idempotency_key: String,
    amount: String,
    currency: Currency,
    means: RefundMeans,
    order_reference: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_reference: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seller_account: Option<&'a str>,
    reason: RefundReason,
    transfer: TransferReversal,
    application_fee: ApplicationFee,
    metadata: &'a BTreeMap<String, String>,
    items: Vec<Entry<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    line: &'a str,
    units: u32,
    item: String,
    item_tax: String,
    shipping: String,
    shipping_tax: String,
    fees: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Question {
    idempotency_key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
}

/// The instruction, the same for the same order each time.
pub(super) fn instruction(order: &RefundOrder) -> Result<String, serde_json::Error> {
    let data = Instruction {
        idempotency_key: order.key.to_string(),
        amount: order.amount.amount(),
        currency: order.amount.currency,
        means: order.means,
        order_reference: &order.order,
        payment_reference: order.payment.as_ref().map(|payment| payment.0.as_str()),
        seller_account: order.seller.as_ref().map(|seller| seller.0.as_str()),
        reason: order.reason,
        transfer: order.transfer,
        application_fee: order.fee,
        metadata: &order.metadata,
        items: order.items.iter().map(item).collect(),
    };
    serde_json::to_string(&Envelope { version: VERSION, kind: "refund.instruct", timestamp: order.ordered_at, data })
}

fn item(item: &RefundedItem) -> Entry<'_> {
    let part = |part| item.parts.get(part).amount();
    Entry {
        line: item.line.as_str(),
        units: item.units,
        item: part(Part::Item),
        item_tax: part(Part::ItemTax),
        shipping: part(Part::Shipping),
        shipping_tax: part(Part::ShippingTax),
        fees: part(Part::Fees),
    }
}

/// The question what became of an attempt.
pub(super) fn question(sought: &Sought, at: DateTime<Utc>) -> Result<String, serde_json::Error> {
    let reference = sought.reference.as_ref().map(|reference| reference.as_str().to_owned());
    let data = Question { idempotency_key: sought.key.to_string(), reference };
    serde_json::to_string(&Envelope { version: VERSION, kind: "refund.look", timestamp: at, data })
}

/// The words of an answer or a report.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Told {
    idempotency_key: Option<String>,
    reference: Option<String>,
    status: Option<Status>,
    amount: Option<String>,
    currency: Option<Currency>,
    pub(super) code: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Status {
    Pending,
    Succeeded,
    Failed,
    Reversed,
}

/// Reads an answer.
pub(super) fn told(body: &[u8]) -> Result<Told, serde_json::Error> {
    serde_json::from_slice(body)
}

impl Told {
    pub(super) fn reference(&self) -> Option<ProviderReference> {
        self.reference.as_deref().filter(|reference| !reference.is_empty()).map(ProviderReference::new)
    }

    pub(super) fn word(&self, whole: Option<Money>) -> Result<ProviderWord, &'static str> {
        match self.status.ok_or("it names no status")? {
            Status::Pending => Ok(ProviderWord::Pending),
            Status::Succeeded => Ok(ProviderWord::Succeeded { amount: self.money()?.or(whole).ok_or("it names no amount")? }),
            Status::Failed => Ok(ProviderWord::Failed { kind: self.code.as_deref().and_then(kind).unwrap_or(FailureKind::Other) }),
            Status::Reversed => Ok(ProviderWord::Reversed),
        }
    }

    fn money(&self) -> Result<Option<Money>, &'static str> {
        match (self.amount.as_deref(), self.currency) {
            (None, None) => Ok(None),
            (Some(amount), Some(currency)) => Money::parse(amount, currency).map(Some).map_err(|_| "its amount is none of its currency"),
            _ => Err("an amount and its currency go together"),
        }
    }
}

/// The kinds of failure, as they are written.
pub(super) fn kind(code: &str) -> Option<FailureKind> {
    Some(match code {
        "ACCOUNT_GONE" => FailureKind::AccountGone,
        "INSUFFICIENT_FUNDS" => FailureKind::InsufficientFunds,
        "DECLINED" => FailureKind::Declined,
        "PAYMENT_DISPUTED" => FailureKind::PaymentDisputed,
        "CANCELED" => FailureKind::Canceled,
        "OTHER" => FailureKind::Other,
        _ => return None,
    })
}

/// What is looked at before it is known whether a report matters.
#[derive(Deserialize)]
struct Head {
    version: u8,
    #[serde(rename = "type")]
    kind: String,
    timestamp: DateTime<Utc>,
}

#[derive(Deserialize)]
struct Report {
    data: Told,
}

/// Reads a report that is proved to be the software's.
pub(super) fn news(event: &str, body: &[u8]) -> Result<Vec<News>, NewsError> {
    let head: Head = serde_json::from_slice(body).map_err(|error| NewsError::of_json(&error))?;
    if head.version != VERSION {
        return Err(NewsError::Unreadable(format!("it is of version {}", head.version)));
    }
    if head.kind != "refund.settled" {
        return Ok(Vec::new());
    }
    let Report { data } = serde_json::from_slice(body).map_err(|error| NewsError::of_json(&error))?;
    let unreadable = |reason: &str| NewsError::Unreadable(reason.to_owned());
    let key = data.idempotency_key.as_deref().and_then(key);
    if key.is_none() && data.reference().is_none() {
        return Err(unreadable("it names no refund"));
    }
    let word = data.word(None).map_err(unreadable)?;
    Ok(vec![News { event: event.to_owned(), key, reference: data.reference(), account: None, word, at: head.timestamp }])
}
