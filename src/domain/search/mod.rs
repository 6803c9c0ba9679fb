//! What is looked for in words: how a text becomes words, what a query asks of them, and what is shown of a find.
//!
//! A word is a run of letters and digits in plain lower case: no stems, but the last word of a query may be begun only.
//! What is typed never reaches a database as it is: it becomes [`Clause`]s of such words first.

mod folding;
#[cfg(test)]
mod tests;

use std::ops::Range;

/// The longest query, in characters.
pub const LONGEST: usize = 200;
/// The most clauses of a query.
pub const MOST_CLAUSES: usize = 16;
/// Fewer letters of a word that was begun would stand for too many words.
const SHORTEST_BEGINNING: usize = 3;
/// Longer words are cut, in bytes.
const WORD: usize = 64;
/// How much of a text is shown, in characters.
const SHOWN: usize = 160;
/// How much of it before the first find.
const BEFORE: usize = 40;

/// A word of a text, and where it stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// In plain lower case.
    pub plain: String,
    /// Its bytes in the text.
    pub place: Range<usize>,
}

/// The words of a text, in order.
pub fn words(text: &str) -> Vec<Word> {
    let mut all = Vec::new();
    let mut word = Word { plain: String::new(), place: 0..0 };
    let mut end = |word: &mut Word| {
        if !word.plain.is_empty() {
            all.push(std::mem::replace(word, Word { plain: String::new(), place: 0..0 }));
        }
    };
    for (at, letter) in text.char_indices() {
        let after = at + letter.len_utf8();
        if folding::is_mark(letter) {
            word.place.end = after;
            continue;
        }
        if folding::stands_alone(letter) || !letter.is_alphanumeric() {
            end(&mut word);
            if !letter.is_alphanumeric() {
                continue;
            }
        }
        if word.plain.is_empty() {
            word.place.start = at;
        }
        if word.plain.len() < WORD {
            folding::fold(letter, &mut word.plain);
        }
        word.place.end = after;
        if folding::stands_alone(letter) {
            end(&mut word);
        }
    }
    end(&mut word);
    all
}

/// Why a query cannot be asked. The sentence may be shown as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsearchable {
    /// Nothing, or next to nothing.
    #[error("Search for at least two letters or digits.")]
    TooShort,
    /// More than anybody types.
    #[error("A search has at most {LONGEST} characters.")]
    TooLong,
    /// Too many words.
    #[error("A search has at most {MOST_CLAUSES} words and phrases.")]
    TooMany,
    /// Only what must not be there.
    #[error("Name at least one word that must be there.")]
    OnlyUnwanted,
}

/// Whether words must be there or must not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// They must.
    Wanted,
    /// They must not.
    Unwanted,
}

/// How the last word of a clause is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// As it stands.
    Whole,
    /// As the beginning of a word: somebody is still typing.
    Begun,
}

/// One word, or several that follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// The words in plain lower case, at least one: letters and digits, nothing else.
    pub words: Vec<String>,
    /// Whether they must be there.
    pub sense: Sense,
    /// How the last of them is meant.
    pub ending: Ending,
}

/// What is looked for: words, "phrases", and -what must not be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchQuery(Vec<Clause>);

impl SearchQuery {
    /// Reads what somebody typed. Any text has a meaning or a reason why not.
    pub fn parse(text: &str) -> Result<Self, Unsearchable> {
        if text.chars().count() > LONGEST {
            return Err(Unsearchable::TooLong);
        }
        let mut clauses = Vec::new();
        let mut letters = text.chars().peekable();
        while let Some(&letter) = letters.peek() {
            if letter.is_whitespace() {
                letters.next();
                continue;
            }
            let sense = if letters.next_if_eq(&'-').is_some() { Sense::Unwanted } else { Sense::Wanted };
            let quoted = letters.next_if(|letter| is_quote(*letter)).is_some();
            let mut body = String::new();
            while let Some(letter) = letters.next_if(|letter| !is_quote(*letter) && (quoted || !letter.is_whitespace())) {
                body.push(letter);
            }
            let open = letters.peek().is_none() && body.ends_with(char::is_alphanumeric);
            if quoted {
                letters.next();
            }
            let words: Vec<_> = words(&body).into_iter().map(|word| word.plain).collect();
            let Some(last) = words.last() else { continue };
            let begun = open && !quoted && sense == Sense::Wanted && last.chars().count() >= SHORTEST_BEGINNING;
            clauses.push(Clause { words, sense, ending: if begun { Ending::Begun } else { Ending::Whole } });
        }
        Self::of(clauses)
    }

    fn of(clauses: Vec<Clause>) -> Result<Self, Unsearchable> {
        let wanted = || clauses.iter().filter(|clause| clause.sense == Sense::Wanted).flat_map(|clause| &clause.words);
        if clauses.is_empty() {
            return Err(Unsearchable::TooShort);
        }
        if wanted().next().is_none() {
            return Err(Unsearchable::OnlyUnwanted);
        }
        let size: usize = wanted().map(|word| word.chars().count()).sum();
        if size < 2 && !wanted().any(|word| word.chars().any(folding::stands_alone)) {
            return Err(Unsearchable::TooShort);
        }
        if clauses.len() > MOST_CLAUSES {
            return Err(Unsearchable::TooMany);
        }
        Ok(Self(clauses))
    }

    /// What it asks, all of it.
    pub fn clauses(&self) -> &[Clause] {
        &self.0
    }

    /// How many of the wanted clauses a text has.
    pub fn fits(&self, text: &str) -> usize {
        let words = words(text);
        self.wanted().filter(|clause| !clause.places(&words).is_empty()).count()
    }

    fn wanted(&self) -> impl Iterator<Item = &Clause> {
        self.0.iter().filter(|clause| clause.sense == Sense::Wanted)
    }

    /// The part of a text that has the first find, with all finds in it.
    pub fn snippet(&self, text: &str) -> Snippet {
        let words = words(text);
        let mut finds: Vec<_> = self.wanted().flat_map(|clause| clause.places(&words)).collect();
        finds.sort_unstable_by_key(|find| (find.start, find.end));
        let first = finds.first().map_or(0, |find| find.start);
        let start = window_start(text, &words, first);
        let end = text[start..].char_indices().nth(SHOWN).map_or(text.len(), |(at, _)| start + at);
        let mut shown = if start > 0 { "…".to_owned() } else { String::new() };
        let offset = utf16(&shown);
        let part = text.get(start..end).unwrap_or_default();
        shown.extend(part.chars().map(|letter| if letter.is_whitespace() || letter.is_control() { ' ' } else { letter }));
        if end < text.len() {
            shown.push('…');
        }
        let mut highlights: Vec<Range<usize>> = Vec::new();
        for find in finds.into_iter().filter(|find| find.start >= start && find.end <= end) {
            let place = offset + utf16(&text[start..find.start])..offset + utf16(&text[start..find.end]);
            match highlights.last_mut() {
                Some(last) if place.start < last.end => last.end = last.end.max(place.end),
                _ => highlights.push(place),
            }
        }
        Snippet { text: shown, highlights }
    }
}

impl Clause {
    /// Where it stands in a text of these words, in bytes.
    fn places(&self, words: &[Word]) -> Vec<Range<usize>> {
        let fits = |run: &&[Word]| {
            run.iter().zip(&self.words).enumerate().all(|(index, (word, asked))| match self.ending {
                Ending::Begun if index + 1 == self.words.len() => word.plain.starts_with(asked.as_str()),
                _ => word.plain == *asked,
            })
        };
        let runs = words.windows(self.words.len().max(1)).filter(fits);
        runs.filter_map(|run| Some(run.first()?.place.start..run.last()?.place.end)).collect()
    }
}

/// A part of a text, with what was found in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// The part, on one line; an ellipsis stands for what is left out.
    pub text: String,
    /// What was found, in UTF-16 code units, as JavaScript, Java and C# count.
    pub highlights: Vec<Range<usize>>,
}

const fn is_quote(letter: char) -> bool {
    matches!(letter, '"' | '“' | '”' | '„' | '«' | '»')
}

fn utf16(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Where to begin so that some words before `at` are shown.
fn window_start(text: &str, words: &[Word], at: usize) -> usize {
    let earliest = text[..at].char_indices().rev().nth(BEFORE - 1).map_or(0, |(at, _)| at);
    if earliest == 0 {
        return 0;
    }
    words.iter().map(|word| word.place.start).find(|start| *start >= earliest).unwrap_or(at).min(at)
}
