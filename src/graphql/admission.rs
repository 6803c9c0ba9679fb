//! What a request must satisfy before the engine sees it.
//!
//! The engine validates and drops documents by recursion, follows every fragment spread anew, and copies variables
//! wherever they are used. So a kilobyte of nested literals overflows the stack and ends the process, a kilobyte of
//! fragments that spread each other twice occupies a core for ever, and one list used three thousand times does so for
//! seconds. Its own limits look at selections only, and come too late.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{
    BaseType, DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet, VariableDefinition,
};
use async_graphql::{Name, Positioned, Request, ServerError, Value};

use super::code::ErrorCode;

/// Longest query text, in bytes.
const MAX_QUERY: usize = 64 * 1024;
/// Deepest nesting of brackets in the text, of values in the variables, and of selections with fragments written out.
const MAX_NESTING: usize = 64;
/// Most selections in a document with its fragments written out.
const MAX_SELECTIONS: usize = 10_000;
/// Heaviest variables, in bytes: text plus [`VALUE_WEIGHT`] for each value.
const MAX_VARIABLES: usize = 4 * 1024 * 1024;
/// The one character that PostgreSQL's texts cannot hold.
const NUL: char = '\0';
/// What one value costs in memory, roughly, in bytes.
const VALUE_WEIGHT: usize = 16;
/// Validation copies the variables at each of their uses: the most it may copy, in bytes.
const MAX_COPIED: usize = 16 * 1024 * 1024;

/// Checks the request's form, leaves the parsed document in it, and tells which kind of operation would run.
pub(super) fn admit(request: &mut Request) -> Result<OperationType, ServerError> {
    check_text(&request.query)?;
    check_variables(request)?;
    let name = request.operation_name.clone();
    let given: HashSet<_> = request.variables.keys().cloned().collect();
    let document = request.parsed_query().map_err(syntax_error)?;
    check_expansion(document)?;
    if let Some(document) = with_omitted_numbers(document, &given) {
        request.set_parsed_query(document);
    }
    let document = request.parsed_query().map_err(syntax_error)?;
    let operation = selected_operation(document, name.as_deref())?;
    if operation.ty == OperationType::Subscription && root_fields(document, &operation.selection_set.node) != 1 {
        return Err(invalid("A subscription must select exactly one field."));
    }
    Ok(operation.ty)
}

/// The same document, where a nullable `Int` variable that is neither given nor has a default is null by default.
///
/// What a page costs depends on its size, and to compute that the engine wants a value for every variable
/// (8.0.0-rc.5, `VisitorContext::param_value`), although clients leave out `last` when they send `first`. For a number
/// that may be null, null and nothing are the same in our schema.
fn with_omitted_numbers(document: &ExecutableDocument, given: &HashSet<Name>) -> Option<ExecutableDocument> {
    let is_omitted = |variable: &VariableDefinition| {
        let number = matches!(&variable.var_type.node.base, BaseType::Named(name) if name == "Int") && variable.var_type.node.nullable;
        number && variable.default_value.is_none() && !given.contains(&variable.name.node)
    };
    if !document
        .operations
        .iter()
        .flat_map(|(_, operation)| &operation.node.variable_definitions)
        .any(|variable| is_omitted(&variable.node))
    {
        return None;
    }
    let mut document = document.clone();
    let operations: Vec<_> = match &mut document.operations {
        DocumentOperations::Single(operation) => vec![operation],
        DocumentOperations::Multiple(operations) => operations.values_mut().collect(),
    };
    for variable in operations.into_iter().flat_map(|operation| &mut operation.node.variable_definitions) {
        if is_omitted(&variable.node) {
            variable.node.default_value = Some(Positioned::new(Value::Null, variable.pos));
        }
    }
    Some(document)
}

fn invalid(message: impl Into<String>) -> ServerError {
    ErrorCode::GraphqlValidationFailed.error(message)
}

/// The parser draws the place of the fault into its message, with the whole line; the location says the same.
fn syntax_error(mut error: ServerError) -> ServerError {
    if let Some((_, reason)) = error.message.rsplit_once("\n  = ") {
        error.message = format!("Syntax error: {reason}.");
    }
    ErrorCode::GraphqlParseFailed.mark(error)
}

fn check_text(query: &str) -> Result<(), ServerError> {
    if query.len() > MAX_QUERY {
        return Err(invalid(format!("The query is longer than {MAX_QUERY} bytes.")));
    }
    if query.contains(NUL) || query.contains("\\u0000") {
        return Err(ErrorCode::BadUserInput.error("No text may hold the character U+0000."));
    }
    if nesting(query) > MAX_NESTING {
        return Err(invalid(format!("The query nests brackets deeper than {MAX_NESTING} levels.")));
    }
    Ok(())
}

/// The deepest nesting of brackets outside strings and comments. Where the text is no GraphQL, an answer for the part
/// up to the fault is enough, as the parser goes no further.
fn nesting(query: &str) -> usize {
    let bytes = query.as_bytes();
    let (mut at, mut depth, mut deepest) = (0, 0_usize, 0);
    while let Some(byte) = bytes.get(at) {
        let rest = &bytes[at..];
        at += match byte {
            b'#' => rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len()),
            b'"' => string_length(rest),
            _ => 1,
        };
        match byte {
            b'(' | b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// The length of the string or block string at the beginning of `text`, quotes included.
fn string_length(text: &[u8]) -> usize {
    let (quote, escaped_quote): (&[u8], &[u8]) = if text.starts_with(b"\"\"\"") { (b"\"\"\"", b"\\\"\"\"") } else { (b"\"", b"\\\"") };
    let mut at = quote.len();
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with(quote) {
            return at + quote.len();
        }
        at += match rest {
            _ if rest.starts_with(escaped_quote) => escaped_quote.len(),
            [b'\\', _, ..] if quote.len() == 1 => 2,
            [b'\n' | b'\r', ..] if quote.len() == 1 => return at,
            _ => 1,
        };
    }
    text.len()
}

fn check_variables(request: &Request) -> Result<(), ServerError> {
    let refuse = |message: String| Err(ErrorCode::BadUserInput.error(message));
    let mut weight = 0;
    let mut open: Vec<(&Value, usize)> = Vec::new();
    for (name, value) in request.variables.iter() {
        weight += name.len();
        open.push((value, 1));
    }
    while let Some((value, depth)) = open.pop() {
        if depth > MAX_NESTING {
            return refuse(format!("The variables are nested deeper than {MAX_NESTING} levels."));
        }
        weight += VALUE_WEIGHT;
        match value {
            Value::String(text) if text.contains(NUL) => return refuse("No text may hold the character U+0000.".to_owned()),
            Value::String(text) => weight += text.len(),
            Value::List(items) => open.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Object(fields) => {
                weight += fields.keys().map(|name| name.len()).sum::<usize>();
                open.extend(fields.values().map(|field| (field, depth + 1)));
            }
            Value::Null | Value::Number(_) | Value::Boolean(_) | Value::Enum(_) | Value::Binary(_) => {}
        }
    }
    if weight > MAX_VARIABLES {
        return refuse(format!("The variables are larger than {MAX_VARIABLES} bytes."));
    }
    let uses = request.query.bytes().filter(|byte| *byte == b'$').count();
    if uses.saturating_mul(weight) > MAX_COPIED {
        return refuse("The query uses variables of this size too many times.".to_owned());
    }
    Ok(())
}

/// How large a selection set is with its fragments written out.
#[derive(Clone, Copy, Default)]
struct Extent {
    selections: usize,
    height: usize,
}

fn check_expansion(document: &ExecutableDocument) -> Result<(), ServerError> {
    let mut expansion = Expansion { document, known: HashMap::new() };
    let mut selections = 0_usize;
    for (_, operation) in document.operations.iter() {
        selections = selections.saturating_add(expansion.measure(&operation.node.selection_set.node, 0)?.selections);
    }
    // The validator also walks fragments that no operation reaches.
    for name in document.fragments.keys() {
        expansion.fragment(name, 0)?;
    }
    if selections > MAX_SELECTIONS {
        return Err(invalid(format!("The query selects more than {MAX_SELECTIONS} fields.")));
    }
    Ok(())
}

struct Expansion<'a> {
    document: &'a ExecutableDocument,
    /// The fragments met so far; `None` while one is being measured.
    known: HashMap<&'a str, Option<Extent>>,
}

impl<'a> Expansion<'a> {
    /// Measures a selection set that has `depth` levels above it.
    fn measure(&mut self, set: &'a SelectionSet, depth: usize) -> Result<Extent, ServerError> {
        if set.items.is_empty() {
            return Ok(Extent::default());
        }
        check_depth(depth + 1)?;
        let mut whole = Extent::default();
        for selection in &set.items {
            let inner = match &selection.node {
                Selection::Field(field) => self.measure(&field.node.selection_set.node, depth + 1)?,
                Selection::InlineFragment(fragment) => self.measure(&fragment.node.selection_set.node, depth + 1)?,
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node, depth + 1)?,
            };
            whole.selections = whole.selections.saturating_add(inner.selections).saturating_add(1);
            whole.height = whole.height.max(inner.height + 1);
        }
        Ok(whole)
    }

    /// Measures each fragment once, however often it is spread.
    fn fragment(&mut self, name: &str, depth: usize) -> Result<Extent, ServerError> {
        // The validator names fragments that do not exist.
        let Some((name, definition)) = self.document.fragments.get_key_value(name) else { return Ok(Extent::default()) };
        match self.known.get(name.as_str()) {
            Some(Some(extent)) => check_depth(depth + extent.height).map(|()| *extent),
            Some(None) => Err(invalid(format!("The fragment \"{name}\" spreads itself."))),
            None => {
                self.known.insert(name, None);
                let extent = self.measure(&definition.node.selection_set.node, depth)?;
                self.known.insert(name, Some(extent));
                Ok(extent)
            }
        }
    }
}

fn check_depth(depth: usize) -> Result<(), ServerError> {
    if depth > MAX_NESTING {
        return Err(invalid(format!("The query nests selections deeper than {MAX_NESTING} levels.")));
    }
    Ok(())
}

/// The operation that the engine would choose.
fn selected_operation<'a>(document: &'a ExecutableDocument, name: Option<&str>) -> Result<&'a OperationDefinition, ServerError> {
    let unknown = |name: &str| ErrorCode::BadUserInput.error(format!("The document has no operation named \"{name}\"."));
    let operation = match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => operation,
        (DocumentOperations::Single(_), Some(name)) => return Err(unknown(name)),
        (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name).ok_or_else(|| unknown(name))?,
        (DocumentOperations::Multiple(operations), None) => match operations.values().next() {
            Some(only) if operations.len() == 1 => only,
            _ => return Err(ErrorCode::BadUserInput.error("The document has several operations: say which in `operationName`.")),
        },
    };
    Ok(&operation.node)
}

/// How many fields a selection set has, once the fragments on its first level are written out.
fn root_fields(document: &ExecutableDocument, set: &SelectionSet) -> usize {
    let count = |selection: &Selection| match selection {
        Selection::Field(_) => 1,
        Selection::InlineFragment(fragment) => root_fields(document, &fragment.node.selection_set.node),
        Selection::FragmentSpread(spread) => document
            .fragments
            .get(spread.node.fragment_name.node.as_str())
            .map_or(0, |fragment| root_fields(document, &fragment.node.selection_set.node)),
    };
    set.items.iter().map(|selection| count(&selection.node)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_count_outside_strings_and_comments() {
        for (query, deepest) in [
            ("", 0),
            ("{a}", 1),
            ("{a(b:[{c:1}])}", 4),
            ("{a}{b}{c}", 1),
            ("}}}{a}", 1),
            (r#"{a(b:"[[[")}"#, 2),
            (r#"{a(b:"\"[[[")}"#, 2),
            (r#"{a(b:"\\")[[[}"#, 4),
            (r#"{a(b:"")[[[}"#, 4),
            (r#"{a(b:"""[[["[[[""")}"#, 2),
            (r#"{a(b:"""\"""[[[""")}"#, 2),
            (r#"{a(b:"""\\""")[[[}"#, 2),
            (r#"{a(b:"""""")[[[}"#, 4),
            ("{a # [[[\n[}", 2),
            ("{a # [[[\r[}", 2),
            ("{a # \"\n[[[}", 4),
            ("{a(b:\"\n[[[", 5),
            ("{a(b:\"\r[[[", 5),
            ("{a(b:\"\\", 2),
            ("{a(b:\"\"\"[[[", 2),
            ("{é(b:\"é\")[[[", 4),
        ] {
            assert_eq!(nesting(query), deepest, "{query}");
        }
    }
}
