//! What a command says: a sentence for people, or JSON for scripts.

use std::io::Write;

use serde_json::{Value, json};

use crate::workflow;

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

    /// Says rows: an array of objects, or a table of these columns.
    pub(super) fn rows(self, name: &str, columns: &[&str], rows: &[Value], none: &str) {
        match self.format {
            Format::Json => line(&mut std::io::stdout(), &format!("{:#}", json!({ name: rows }))),
            Format::Text if rows.is_empty() => line(&mut std::io::stdout(), none),
            Format::Text => line(&mut std::io::stdout(), &table(columns, rows)),
        }
    }

    /// Says what went wrong, with its causes.
    pub(super) fn failure(self, error: &anyhow::Error) {
        match self.format {
            Format::Text => line(&mut std::io::stderr(), &format!("error: {}", reason(error.as_ref()))),
            Format::Json => line(&mut std::io::stdout(), &format!("{:#}", json!({ "error": reason(error.as_ref()) }))),
        }
    }
}

/// What went wrong and why: the error and its causes. Many errors repeat their cause in their own words; it is told once.
pub(super) fn reason(error: &(dyn std::error::Error + 'static)) -> String {
    let mut told = String::new();
    for cause in std::iter::successors(Some(error), |error| error.source()) {
        let said = match cause.downcast_ref() {
            // Their sentences are for people as they are.
            Some(workflow::Error::Refused { faults }) => faults.iter().map(|fault| fault.refusal.to_string()).collect::<Vec<_>>().join(" "),
            _ => cause.to_string(),
        };
        if !told.contains(&said) {
            told.push_str(if told.is_empty() { "" } else { ": " });
            told.push_str(&said);
        }
    }
    told
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

fn table(columns: &[&str], rows: &[Value]) -> String {
    let mut lines = vec![columns.iter().map(|column| (*column).to_owned()).collect::<Vec<_>>()];
    lines.extend(rows.iter().map(|row| columns.iter().map(|column| cell(&row[*column])).collect()));
    let widths: Vec<usize> =
        (0..columns.len()).map(|column| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0)).collect();
    let print = |cells: &Vec<String>| {
        let padded: Vec<_> = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        padded.join("  ").trim_end().to_owned()
    };
    lines.iter().map(print).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_the_columns_that_were_asked_for_in_their_order() {
        let rows = [json!({ "b": 1, "a": "longer", "c": "hidden" }), json!({ "b": null, "a": "é" })];
        assert_eq!(table(&["b", "a"], &rows), "b  a\n1  longer\n-  é");
    }

    #[test]
    fn a_cause_is_told_once() {
        let inner = std::io::Error::other("the disk is full");
        let error = anyhow::Error::new(inner).context("it cannot be stored: the disk is full").context("nothing was done");
        assert_eq!(reason(error.as_ref()), "nothing was done: it cannot be stored: the disk is full");
    }
}
