//! What is looked for, in the language of each database. Made of words of the domain alone, which are letters and digits,
//! and of words of the house: nothing of what somebody typed is taken over as it is.

use std::fmt::Write;

use crate::domain::parties::View;
use crate::domain::search::{Clause, Ending, SearchQuery, Sense};

/// Parts the fields of an entry, so that no phrase reaches from one into the next. Not a letter, so in no query.
const PART: char = '\u{e000}';
/// The most words of an entry, as a text vector of PostgreSQL has 16,383 places.
const MOST_WORDS: usize = 8_000;
/// The most bytes of an entry, as a text vector of PostgreSQL has a megabyte, places included.
const MOST_BYTES: usize = 200_000;

/// Whether a buyer's name and address are searched too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Contact {
    Searched,
    Left,
}

impl Contact {
    pub(super) const fn seen_by(view: View) -> Self {
        match view {
            View::Whole => Self::Searched,
            View::Seller(_) | View::Buyer(_) | View::Storefront | View::Mediator { .. } => Self::Left,
        }
    }
}

/// The words of some fields.
pub(super) fn words<'a>(fields: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut all = Vec::new();
    let mut bytes = 0;
    for field in fields {
        for word in crate::domain::search::words(field) {
            bytes += word.plain.len() + 8;
            if bytes > MOST_BYTES || all.len() >= MOST_WORDS {
                return all;
            }
            all.push(word.plain);
        }
        all.push(PART.to_string());
    }
    all
}

/// A query of FTS5: <https://www.sqlite.org/fts5.html#full_text_query_syntax>.
pub(super) fn fts5(query: &SearchQuery, gates: &[String], contact: Contact) -> String {
    let columns = match contact {
        Contact::Searched => "{words contact}",
        Contact::Left => "words",
    };
    let clause = |clause: &Clause| {
        let begun = if clause.ending == Ending::Begun { " *" } else { "" };
        format!("{columns} : \"{}\"{begun}", clause.words.join(" "))
    };
    let gates = gates.iter().map(|gate| format!("gate : \"{gate}\""));
    let wanted = query.clauses().iter().filter(|clause| clause.sense == Sense::Wanted).map(clause);
    let all = gates.chain(wanted).collect::<Vec<_>>().join(" AND ");
    let unwanted = query.clauses().iter().filter(|clause| clause.sense == Sense::Unwanted);
    unwanted.fold(format!("({all})"), |asked, unwanted| format!("({asked} NOT {})", clause(unwanted)))
}

/// A text query of PostgreSQL: <https://www.postgresql.org/docs/current/datatype-textsearch.html>.
pub(super) fn tsquery(query: &SearchQuery, gates: &[String], contact: Contact) -> String {
    let weights = match contact {
        Contact::Searched => "AC",
        Contact::Left => "A",
    };
    let clause = |clause: &Clause| {
        let last = clause.words.len().saturating_sub(1);
        let words = clause.words.iter().enumerate().map(|(index, word)| {
            let begun = if index == last && clause.ending == Ending::Begun { "*" } else { "" };
            format!("'{word}':{begun}{weights}")
        });
        let unwanted = if clause.sense == Sense::Unwanted { "!" } else { "" };
        format!("{unwanted}({})", words.collect::<Vec<_>>().join(" <-> "))
    };
    let gates = gates.iter().map(|gate| format!("'{gate}':D"));
    gates.chain(query.clauses().iter().map(clause)).collect::<Vec<_>>().join(" & ")
}

/// A text vector of PostgreSQL: public words weigh A, the buyer's name and address C, words of the house D.
pub(super) fn tsvector(gates: &[String], public: &[String], contact: &[String]) -> String {
    let mut vector = String::new();
    let mut at = 1;
    for (words, weight) in [(public, "A"), (contact, "C"), (gates, "D")] {
        for word in words {
            // A place is left out between fields, and so between kinds of words.
            if word.starts_with(PART) {
                at += 1;
                continue;
            }
            // Writing into a string does not fail.
            let _ = write!(vector, "'{word}':{at}{weight} ");
            at += 1;
        }
    }
    vector
}
