//! What a command says: a sentence for people, or JSON for scripts.

use std::io::Write;

use serde_json::{Value, json};

/// The way out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Output {
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Text,
    Json,
}

impl Output {
    pub(super) const fn new(json: bool) -> Self {
        Self { format: if json { Format::Json } else { Format::Text } }
    }

    /// Says the one or the other.
    pub(super) fn both(self, json: impl FnOnce() -> Value, text: &str) {
        match self.format {
            Format::Text => line(&mut std::io::stdout(), text),
            Format::Json => line(&mut std::io::stdout(), &format!("{:#}", json())),
        }
    }

    /// Says rows: an array of objects, or a table with the same columns.
    pub(super) fn rows(self, name: &str, rows: &[Value], none: &str) {
        match self.format {
            Format::Json => line(&mut std::io::stdout(), &format!("{:#}", json!({ name: rows }))),
            Format::Text if rows.is_empty() => line(&mut std::io::stdout(), none),
            Format::Text => line(&mut std::io::stdout(), &table(rows)),
        }
    }

    /// Says what went wrong, with its causes.
    pub(super) fn failure(self, error: &anyhow::Error) {
        match self.format {
            Format::Text => line(&mut std::io::stderr(), &format!("error: {error:#}")),
            Format::Json => line(&mut std::io::stdout(), &format!("{:#}", json!({ "error": format!("{error:#}") }))),
        }
    }
}

/// A reader who closed the pipe has read enough.
fn line(stream: &mut dyn Write, text: &str) {
    drop(writeln!(stream, "{text}"));
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn table(rows: &[Value]) -> String {
    let columns: Vec<String> = rows.first().and_then(Value::as_object).map(|row| row.keys().cloned().collect()).unwrap_or_default();
    let mut lines = vec![columns.clone()];
    lines.extend(rows.iter().map(|row| columns.iter().map(|column| cell(&row[column.as_str()])).collect()));
    let widths: Vec<usize> =
        (0..columns.len()).map(|column| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0)).collect();
    let print = |cells: &Vec<String>| {
        let padded: Vec<_> = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        padded.join("  ").trim_end().to_owned()
    };
    lines.iter().map(print).collect::<Vec<_>>().join("\n")
}
