//! What the readers of webhooks and answers share: secrets compared in constant time, bodies of whatever format, ticket
//! numbers under whatever name, values of whatever type.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use reqwest::header::CONTENT_TYPE;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use super::{Delivery, ReadError};
use crate::domain::tickets::TicketNumber;

#[cfg(test)]
mod tests;

/// How deep a ticket's number is looked for.
const DEPTH: usize = 4;

/// How a body was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Json,
    Form,
}

/// Whether any secret fits, as told by `fits`. Every secret is tried, so the time taken does not say which one was close.
/// A blank secret fits nothing.
pub(super) fn any_fits(secrets: &[SecretString], fits: impl Fn(&str) -> Choice) -> bool {
    let fitting = secrets
        .iter()
        .map(ExposeSecret::expose_secret)
        .filter(|secret| !secret.trim().is_empty())
        .fold(Choice::from(0), |fitting, secret| fitting | fits(secret));
    fitting.into()
}

/// Compares two secrets in a time that depends on neither. Their digests are compared, as lengths are secret too.
pub(super) fn same_secret(one: &[u8], other: &[u8]) -> Choice {
    Sha256::digest(one).as_slice().ct_eq(Sha256::digest(other).as_slice())
}

/// Decodes standard base64.
pub(super) fn from_base64(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text.trim()).ok()
}

/// The digest of a body, for senders who give their events no id.
pub(super) fn digest(body: &[u8]) -> String {
    hex::encode(Sha256::digest(body))
}

/// Reads a body as JSON, or as a form whose `a[b]` keys become nested objects.
pub(super) fn body(delivery: &Delivery<'_>) -> Result<Value, ReadError> {
    match format(delivery) {
        Format::Form => Ok(form(delivery.body)),
        Format::Json => serde_json::from_slice(delivery.body).map_err(|error| ReadError::NotReadable {
            expected: "JSON",
            // The place alone: serde's own text quotes the content.
            reason: format!("{:?} error at line {} column {}", error.classify(), error.line(), error.column()),
        }),
    }
}

fn format(delivery: &Delivery<'_>) -> Format {
    let declared = delivery.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let looks_like_json = delivery.body.trim_ascii_start().starts_with(b"{");
    if declared.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded") && !looks_like_json {
        Format::Form
    } else {
        Format::Json
    }
}

fn form(body: &[u8]) -> Value {
    let mut root = Map::new();
    for (key, value) in url::form_urlencoded::parse(body) {
        match key.split_once('[') {
            Some((outer, inner)) => {
                let nested = root.entry(outer).or_insert_with(|| Value::Object(Map::new()));
                if let Some(nested) = nested.as_object_mut() {
                    nested.insert(inner.trim_end_matches(']').to_owned(), Value::String(value.into_owned()));
                }
            }
            None => {
                root.insert(key.into_owned(), Value::String(value.into_owned()));
            }
        }
    }
    Value::Object(root)
}

/// A text that may be written as a string or a number; blank ones are none.
pub(super) fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// The value of a custom field, as text; several values with commas between them.
pub(super) fn field_text(value: &Value) -> Option<String> {
    match value {
        Value::Bool(yes) => Some(yes.to_string()),
        Value::Array(values) => Some(values.iter().filter_map(field_text).collect::<Vec<_>>().join(", ")).filter(|text| !text.is_empty()),
        other => text(other),
    }
}

/// A ticket's number: digits, as a string or number, with or without the sign before it; zero is none.
pub(super) fn ticket_number(value: &Value) -> Option<TicketNumber> {
    let text = text(value)?;
    let digits = text.strip_prefix('#').unwrap_or(&text).trim_start_matches('0');
    ((1..=20).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| TicketNumber(digits.to_owned()))
}

/// The ticket's number in a body of an administrator's own design: `ticket_id`, `ticketID`, `ticket.id`, a `ticket`
/// that is a number or an object, as near to the surface as can be; a bare `id` only when none of these is there.
pub(super) fn ticket_in(body: &Value) -> Option<TicketNumber> {
    let mut level = vec![body];
    let mut named = false;
    for _ in 0..DEPTH {
        let objects = || level.iter().filter_map(|value| value.as_object());
        for (key, value) in objects().flatten() {
            match spelt(key).as_str() {
                "ticketid" => named = true,
                "ticket" => {}
                _ => continue,
            }
            let number = value.as_object().map_or_else(|| ticket_number(value), |ticket| ticket.get("id").and_then(ticket_number));
            if number.is_some() {
                return number;
            }
        }
        level = objects().flat_map(Map::values).collect();
    }
    // A name that is there but has no number must not make some other id a ticket's.
    if named { None } else { body.get("id").and_then(ticket_number) }
}

/// A key without its separators and capitals.
fn spelt(key: &str) -> String {
    key.chars().filter(char::is_ascii_alphanumeric).map(|character| character.to_ascii_lowercase()).collect()
}
