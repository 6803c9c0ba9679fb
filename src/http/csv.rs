//! Lines for spreadsheets.

/// A text of somebody else's, so that no spreadsheet takes it for a formula.
pub(super) fn text(text: Option<&str>) -> String {
    let text = text.unwrap_or_default();
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// A line of RFC 4180.
pub(super) fn row<const N: usize>(fields: [String; N]) -> String {
    let quoted = |field: String| {
        if field.contains([',', '"', '\r', '\n']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field }
    };
    format!("{}\r\n", fields.map(quoted).join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_holds_whatever_people_write() {
        let line = row(["a".to_owned(), "b, \"c\"".to_owned(), "d\ne".to_owned(), text(Some("=1+1")), "-5.00".to_owned(), text(None)]);
        assert_eq!(line, "a,\"b, \"\"c\"\"\",\"d\ne\",'=1+1,-5.00,\r\n");
    }
}
