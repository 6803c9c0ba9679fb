//! Reading what callers want of a ticket, strictly: types, choices, unknown fields.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::super::actions::Change;
use super::super::problem::Fault;
use super::super::state::{Field, FieldKind, State};

/// Reads values and collects what is wrong with them.
#[derive(Debug, Default)]
pub(super) struct Reader {
    pub(super) faults: Vec<Fault>,
}

impl Reader {
    pub(super) fn text(&mut self, body: &Map<String, Value>, key: &str) -> Option<String> {
        match body.get(key)? {
            Value::String(text) => Some(text.clone()),
            Value::Null => None,
            _ => {
                self.faults.push(Fault::mistyped(key, "String"));
                None
            }
        }
    }

    pub(super) fn needed_text(&mut self, body: &Map<String, Value>, key: &str) -> String {
        let faults = self.faults.len();
        let text = self.text(body, key).filter(|text| !text.trim().is_empty());
        if text.is_none() && self.faults.len() == faults {
            self.faults.push(Fault::missing(key));
        }
        text.unwrap_or_default()
    }

    pub(super) fn integer(&mut self, body: &Map<String, Value>, key: &str) -> Option<i64> {
        let value = body.get(key).filter(|value| !value.is_null())?;
        if value.as_i64().is_none() {
            self.faults.push(Fault::mistyped(key, "Integer"));
        }
        value.as_i64()
    }

    pub(super) fn flag(&mut self, body: &Map<String, Value>, key: &str) -> Option<bool> {
        let value = body.get(key)?;
        if value.as_bool().is_none() {
            self.faults.push(Fault::mistyped(key, "Boolean"));
        }
        value.as_bool()
    }

    pub(super) fn texts(&mut self, body: &Map<String, Value>, key: &str) -> Option<Vec<String>> {
        let texts = body.get(key)?.as_array().and_then(|list| list.iter().map(|text| text.as_str().map(str::to_owned)).collect());
        if texts.is_none() {
            self.faults.push(Fault::mistyped(key, "Array"));
        }
        texts
    }

    /// A code out of a list.
    pub(super) fn code(&mut self, body: &Map<String, Value>, key: &str, codes: &[u16]) -> Option<u16> {
        let asked = self.integer(body, key)?;
        let known = codes.iter().copied().find(|code| i64::from(*code) == asked);
        if known.is_none() {
            let choices: Vec<_> = codes.iter().map(u16::to_string).collect();
            self.faults.push(Fault::not_one_of(key, &choices));
        }
        known
    }
}

impl State {
    /// What creation and update have in common.
    pub(super) fn read_change(&self, body: &Map<String, Value>, reader: &mut Reader) -> Change {
        let statuses: Vec<u16> = self.statuses.keys().copied().collect();
        let responder = reader.integer(body, "responder_id");
        if responder.is_some_and(|id| !self.is_agent(id)) {
            reader.faults.push(Fault::invalid("responder_id", "There is no agent matching the given responder_id"));
        }
        Change {
            subject: reader.text(body, "subject"),
            description: reader.text(body, "description"),
            status: reader.code(body, "status", &statuses),
            priority: reader.code(body, "priority", &[1, 2, 3, 4]),
            source: reader.code(body, "source", &[1, 2, 3, 5, 6, 7, 9, 11]),
            kind: reader.text(body, "type"),
            tags: reader.texts(body, "tags"),
            responder,
            group: None,
            requester: None,
            fields: self.read_fields(body, reader),
        }
    }

    fn read_fields(&self, body: &Map<String, Value>, reader: &mut Reader) -> BTreeMap<String, Value> {
        let mut fields = BTreeMap::new();
        let Some(asked) = body.get("custom_fields") else { return fields };
        let Some(asked) = asked.as_object() else {
            reader.faults.push(Fault::mistyped("custom_fields", "key/value pair"));
            return fields;
        };
        for (name, value) in asked {
            match self.fields.iter().find(|field| field.name == *name) {
                None => reader.faults.push(Fault::unknown(name)),
                Some(field) => match check(field, value) {
                    Some(fault) => reader.faults.push(fault),
                    None => {
                        fields.insert(name.clone(), value.clone());
                    }
                },
            }
        }
        fields
    }
}

fn check(field: &Field, value: &Value) -> Option<Fault> {
    if value.is_null() {
        return None;
    }
    let mistyped = |right: bool, expected: &str| (!right).then(|| Fault::mistyped(&field.name, expected));
    match &field.kind {
        FieldKind::Text => mistyped(value.is_string(), "String"),
        FieldKind::Number => mistyped(value.is_i64(), "Integer"),
        FieldKind::Checkbox => mistyped(value.is_boolean(), "Boolean"),
        FieldKind::Date => mistyped(value.as_str().is_some_and(|day| day.parse::<chrono::NaiveDate>().is_ok()), "Date (YYYY-MM-DD)"),
        FieldKind::Dropdown(choices) => {
            let known = value.as_str().is_some_and(|value| choices.iter().any(|choice| choice == value));
            (!known).then(|| Fault::not_one_of(&field.name, choices))
        }
    }
}
