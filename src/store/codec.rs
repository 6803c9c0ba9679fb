//! Enums and values as columns keep them.

use sea_orm::JsonValue;
use serde::Serialize;
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, IntoDeserializer};

use super::{Result, StoreError};

/// The text of an enum without fields, as serde names its variant.
pub(super) fn text(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(JsonValue::String(text)) => text,
        other => unreachable!("only enums without fields are kept as text: {other:?}"),
    }
}

/// The enum that the text of a column stands for.
pub(super) fn from_text<T: DeserializeOwned>(text: &str, table: &'static str, column: &'static str) -> Result<T> {
    let text: StrDeserializer<'_, serde::de::value::Error> = text.into_deserializer();
    T::deserialize(text).map_err(|_| StoreError::Inconsistent { table, column })
}

/// A value as JSON.
pub(super) fn json(value: impl Serialize) -> JsonValue {
    serde_json::to_value(value).unwrap_or_else(|error| unreachable!("our own values always serialise: {error}"))
}

/// The value that the JSON of a column stands for.
pub(super) fn from_json<T: DeserializeOwned>(value: JsonValue, table: &'static str, column: &'static str) -> Result<T> {
    serde_json::from_value(value).map_err(|_| StoreError::Inconsistent { table, column })
}
