//! Finds the vendor's error code in whatever an error's body is: JSON of half a dozen shapes, HTML of a proxy, nothing.

use serde_json::Value;

#[cfg(test)]
mod tests;

/// The error's code, with the field it is about: `RecordInvalid (status)`. Empty when there is none.
///
/// Only identifiers are taken, never sentences: those may quote what was sent.
pub(super) fn code(body: &[u8]) -> String {
    let Ok(fault) = serde_json::from_slice::<Value>(body) else { return String::new() };
    let first = &fault["errors"][0];
    // Freshdesk's errors per field say more than any code above them; Zendesk's `details` are keyed by field.
    // https://developers.freshdesk.com/api/#error, https://developer.zendesk.com/api-reference/introduction/requests/
    let code = [&first["code"], &fault["code"], &fault["error"], &fault["error"]["title"], &first["title"], &fault["error_type"]]
        .into_iter()
        .find_map(identifier);
    let field = [&first["field"], &first["name"]]
        .into_iter()
        .find_map(identifier)
        .or_else(|| fault["details"].as_object()?.keys().find_map(|key| identifier(&Value::from(key.as_str()))));
    match (code, field) {
        (Some(code), Some(field)) => format!("{code} ({field})"),
        (Some(code), None) => code,
        (None, Some(field)) => format!("({field})"),
        (None, None) => String::new(),
    }
}

fn identifier(value: &Value) -> Option<String> {
    let word = value.as_str()?;
    let plain = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (plain && (1..=64).contains(&word.len()) && word.starts_with(|first: char| first.is_ascii_alphabetic())).then(|| word.to_owned())
}
