//! Templates turned into text, in a box: no loops, no assignments, no other files, little work, a bounded result.
//!
//! Only `{{ … }}`, `{% if %}` and comments are let in. What could grow a text (loops, assignments, multiplication, replacing
//! filters) is refused before the engine sees it, so a template can never cost more than its own length times a variable's.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::value::{Enumerator, Object, ObjectRepr, Value};
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, filters, tests};

use super::variables::{KNOWN, Variables};
use super::{TEXT_LIMIT, is_name};

/// How many instructions of the engine a text may cost; the longest template that makes sense needs a tenth.
const FUEL: u64 = 50_000;
/// How many tags a template may have, so that the engine's own recursion over them stays shallow.
const MOST_TAGS: usize = 500;
/// How many missing variables are told of at once.
const MOST_MISSING: usize = 32;

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// It cannot be read.
    #[error("Line {line}: {message}.")]
    Unreadable {
        /// Where, from 1.
        line: usize,
        /// What the engine says.
        message: String,
    },
    /// It uses variables that nobody will give a value.
    #[error("Unknown variables: {}. Declare those that who renders it gives a value.", names.join(", "))]
    UnknownVariables {
        /// Their names, in order.
        names: Vec<String>,
    },
}

/// Why no text came of a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unrendered {
    /// Variables have no value here.
    #[error("The variable `{}` has no value here.", names.join("`, `"))]
    Missing {
        /// Their names, in order.
        names: Vec<String>,
    },
    /// It came out too long.
    #[error("The text would have more than {TEXT_LIMIT} characters.")]
    TooLong,
    /// It costs too much work.
    #[error("The template costs too much work.")]
    TooMuchWork,
    /// The engine gave up.
    #[error("Line {line}: {message}.")]
    Failed {
        /// Where, from 1.
        line: usize,
        /// What the engine says.
        message: String,
    },
}

fn engine() -> Environment<'static> {
    let mut engine = Environment::empty();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_auto_escape_callback(|_| AutoEscape::None);
    engine.set_fuel(Some(FUEL));
    engine.set_recursion_limit(20);
    engine.add_filter("upper", filters::upper);
    engine.add_filter("lower", filters::lower);
    engine.add_filter("title", filters::title);
    engine.add_filter("capitalize", filters::capitalize);
    engine.add_filter("trim", filters::trim);
    engine.add_filter("length", filters::length);
    engine.add_filter("default", filters::default);
    engine.add_test("defined", tests::is_defined);
    engine.add_test("undefined", tests::is_undefined);
    engine
}

/// Whether a template can be read, and speaks only of what is known or declared.
pub fn check(source: &str, declared: &BTreeSet<String>) -> Result<(), Broken> {
    only_harmless_tags(source)?;
    let engine = engine();
    let template = engine.template_from_str(source).map_err(|error| unreadable(&error))?;
    let known = |name: &str| KNOWN.contains(&name) || declared.contains(name) || is_group(name);
    let names: BTreeSet<_> = template.undeclared_variables(true).into_iter().filter(|name| !known(name)).collect();
    if !names.is_empty() {
        return Err(Broken::UnknownVariables { names: names.into_iter().collect() });
    }
    // Filters and tests are looked up only when they are used: tried once with a value for everything.
    let sample = KNOWN.iter().map(|name| (*name).to_owned()).chain(declared.iter().cloned());
    let sample = Variables(sample.map(|name| (name, "x".to_owned())).collect());
    match render(source, &sample) {
        Err(Unrendered::Failed { line, message }) => Err(Broken::Unreadable { line, message }),
        _ => Ok(()),
    }
}

/// `order` of `order.total`: in a condition, whether there is anything of it.
fn is_group(name: &str) -> bool {
    KNOWN.iter().any(|known| known.split_once('.').is_some_and(|(group, _)| group == name))
}

/// Whether a name can be declared as a variable of a template's own.
pub fn can_be_declared(name: &str) -> bool {
    is_name(name) && !is_group(name) && !["true", "false", "none", "not", "and", "or", "in", "is", "if", "else"].contains(&name)
}

/// Whether a template names the buyer in full.
pub fn tells_buyer_name(source: &str) -> bool {
    engine().template_from_str(source).is_ok_and(|template| template.undeclared_variables(true).contains("buyer.name"))
}

fn unreadable(error: &minijinja::Error) -> Broken {
    Broken::Unreadable { line: error.line().unwrap_or(1), message: what(error) }
}

fn what(error: &minijinja::Error) -> String {
    error.detail().map_or_else(|| error.kind().to_string(), str::to_owned)
}

/// Refuses every tag but those of a condition, and multiplication, which makes long texts of short ones.
fn only_harmless_tags(source: &str) -> Result<(), Broken> {
    let (mut rest, mut line, mut tags) = (source, 1, 0);
    while let Some(open) = rest.find('{') {
        let (before, at) = rest.split_at(open);
        line += before.matches('\n').count();
        let refuse = |message: &str| Err(Broken::Unreadable { line, message: message.to_owned() });
        let end = if at.starts_with("{#") {
            at.find("#}").map(|end| end + 2)
        } else if at.starts_with("{{") || at.starts_with("{%") {
            tags += 1;
            let word: String = at
                .get(2..)
                .unwrap_or_default()
                .trim_start_matches(['-', '+'])
                .trim_start()
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            if at.starts_with("{%") && !["if", "elif", "else", "endif"].contains(&word.as_str()) {
                return refuse(&format!("`{word}` cannot be used in a template; only if, elif, else and endif can"));
            }
            let (length, multiplies) = tag(at);
            if multiplies {
                return refuse("nothing can be multiplied in a template");
            }
            length
        } else {
            Some(1)
        };
        if tags > MOST_TAGS {
            return refuse(&format!("a template has at most {MOST_TAGS} tags"));
        }
        let end = end.unwrap_or(at.len());
        line += at.get(..end).unwrap_or_default().matches('\n').count();
        rest = at.get(end..).unwrap_or_default();
    }
    Ok(())
}

/// The length of the tag at the start, if it ends, and whether there is a `*` in it outside of strings.
fn tag(text: &str) -> (Option<usize>, bool) {
    let close = if text.starts_with("{{") { "}}" } else { "%}" };
    let (mut quote, mut escaped, mut multiplies) = (None, false, false);
    for (at, letter) in text.char_indices().skip(2) {
        match (quote, letter) {
            _ if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), letter) if letter == open => quote = None,
            (None, '"' | '\'') => quote = Some(letter),
            (None, '*') => multiplies = true,
            (None, _) if text.get(at..).is_some_and(|rest| rest.starts_with(close)) => return (Some(at + 2), multiplies),
            _ => {}
        }
    }
    (None, multiplies)
}

/// Turns a template into text. Every variable that is used and has no value is named, not only the first.
pub fn render(source: &str, variables: &Variables) -> Result<String, Unrendered> {
    only_harmless_tags(source).map_err(|broken| match broken {
        Broken::Unreadable { line, message } => Unrendered::Failed { line, message },
        Broken::UnknownVariables { names } => Unrendered::Missing { names },
    })?;
    let engine = engine();
    let template =
        engine.template_from_str(source).map_err(|error| Unrendered::Failed { line: error.line().unwrap_or(1), message: what(&error) })?;
    let mut missing = BTreeSet::new();
    loop {
        let looked_up = Asked::default();
        let root = Value::from_object(Node::root(variables, &missing, &looked_up));
        let mut paper = Paper::default();
        let outcome = template.render_captured_to(root, &mut paper);
        let text = match outcome {
            Ok(_) => paper.text(),
            Err(_) if paper.full => return Err(Unrendered::TooLong),
            Err(error) => match (error.kind(), looked_up.last_in_vain()) {
                // Taken as an empty text from now on, so that the next one without a value is found.
                (ErrorKind::UndefinedError, Some(name)) if missing.len() < MOST_MISSING && missing.insert(name.clone()) => continue,
                (ErrorKind::UndefinedError, _) if !missing.is_empty() => String::new(),
                (ErrorKind::OutOfFuel, _) => return Err(Unrendered::TooMuchWork),
                _ => return Err(Unrendered::Failed { line: error.line().unwrap_or(1), message: what(&error) }),
            },
        };
        return if missing.is_empty() {
            Ok(text.trim().to_owned())
        } else {
            Err(Unrendered::Missing { names: missing.into_iter().collect() })
        };
    }
}

/// Which variables were looked for and not found, the last one last.
#[derive(Debug, Clone, Default)]
struct Asked(Arc<Mutex<Vec<String>>>);

impl Asked {
    fn in_vain(&self, name: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(name);
    }

    fn last_in_vain(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).last().cloned()
    }
}

/// The variables as the engine sees them: a tree of two levels that remembers what was asked in vain.
struct Node {
    path: String,
    values: BTreeMap<String, Value>,
    asked: Asked,
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)
    }
}

impl Node {
    fn root(variables: &Variables, filled: &BTreeSet<String>, asked: &Asked) -> Self {
        let mut groups: BTreeMap<String, BTreeMap<String, Value>> =
            KNOWN.iter().filter_map(|name| Some((name.split_once('.')?.0.to_owned(), BTreeMap::new()))).collect();
        let mut values = BTreeMap::new();
        let filled = filled.iter().map(|name| (name.as_str(), ""));
        for (name, value) in variables.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(filled) {
            match name.split_once('.') {
                Some((group, field)) => {
                    groups.entry(group.to_owned()).or_default().insert(field.to_owned(), Value::from(value));
                }
                None => {
                    values.insert(name.to_owned(), Value::from(value));
                }
            }
        }
        for (path, values_below) in groups {
            let node = Self { path: path.clone(), values: values_below, asked: asked.clone() };
            values.insert(path, Value::from_object(node));
        }
        Self { path: String::new(), values, asked: asked.clone() }
    }
}

impl Object for Node {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let name = key.as_str()?;
        let found = self.values.get(name).cloned();
        if found.is_none() {
            self.asked.in_vain(if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) });
        }
        found
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.values.keys().map(|name| Value::from(name.as_str())).collect())
    }

    /// `{{ order }}` alone is a slip: an order is nothing that can be written.
    fn render(self: &Arc<Self>, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Err(fmt::Error)
    }
}

/// What the engine writes on: it ends after so many characters.
#[derive(Debug, Default)]
struct Paper {
    bytes: Vec<u8>,
    full: bool,
}

impl Paper {
    fn text(self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

impl io::Write for &mut Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        // Every byte but those that go on with a character begins one.
        let characters = self.bytes.iter().filter(|byte| (**byte & 0xC0) != 0x80).count();
        if characters > TEXT_LIMIT {
            self.full = true;
            return Err(io::Error::other("the text is full"));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
