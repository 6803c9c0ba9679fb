//! The word lists. Their sources and licences stand at the head of each file in `data`, and in `data/NOTICE`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::language::Language;
use super::words::{normal, without_accents};

const ENGLISH: &str = include_str!("data/en.tsv");
const ENGLISH_OWN: &str = include_str!("data/own_en.tsv");
const FRENCH_VADER: &str = include_str!("data/fr_vader.tsv");
const FRENCH_TEXTBLOB: &str = include_str!("data/fr_textblob.tsv");
const FRENCH_OWN: &str = include_str!("data/own_fr.tsv");

/// The most words that a phrase in the lists has.
pub(super) const LONGEST_PHRASE: usize = 5;

/// The valences of one language's words and phrases, in thousandths from -4000 to 4000.
pub(super) struct Lexicon {
    exact: HashMap<String, i32>,
    /// For words typed without accents. Where two words fall together, the one nearer to zero counts.
    bare: HashMap<String, i32>,
}

static EN: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::build(&[ENGLISH], ENGLISH_OWN, Language::En));
static FR: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::build(&[FRENCH_VADER, FRENCH_TEXTBLOB], FRENCH_OWN, Language::Fr));

impl Lexicon {
    /// The list of that language, built at its first use.
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::En => &EN,
            Language::Fr => &FR,
        }
    }

    /// The valence of a word, or of a phrase whose words are parted by single spaces.
    pub(super) fn valence(&self, phrase: &str) -> Option<i32> {
        self.exact.get(phrase).or_else(|| self.bare.get(phrase)).copied()
    }

    /// Whether the word is listed with a valence.
    pub(super) fn knows(&self, word: &str) -> bool {
        self.valence(word).is_some_and(|valence| valence != 0)
    }

    fn build(packages: &[&str], own: &str, language: Language) -> Self {
        let mut exact: HashMap<String, i32> = HashMap::new();
        for list in packages {
            // Within one list the first spelling wins, so that "long-term" and "long term" are not averaged with each other.
            let mut fresh = HashMap::new();
            for (phrase, valence) in entries(list) {
                fresh.entry(key(phrase, language)).or_insert(valence);
            }
            for (phrase, valence) in fresh {
                exact.entry(phrase).and_modify(|known| *known = agreed(*known, valence)).or_insert(valence);
            }
        }
        exact.extend(entries(own).map(|(phrase, valence)| (key(phrase, language), valence)));
        let mut bare: HashMap<String, i32> = HashMap::new();
        for (phrase, valence) in &exact {
            let folded = without_accents(phrase);
            bare.entry(folded).and_modify(|known| *known = nearer_to_zero(*known, *valence)).or_insert(*valence);
        }
        Self { exact, bare }
    }
}

/// The lists agree on a sign: the mean. They do not: the word says nothing.
const fn agreed(one: i32, other: i32) -> i32 {
    if one.signum() == other.signum() { i32::midpoint(one, other) } else { 0 }
}

const fn nearer_to_zero(one: i32, other: i32) -> i32 {
    if one.signum() != other.signum() {
        0
    } else if one.abs() < other.abs() {
        one
    } else {
        other
    }
}

/// The phrase as the words of a text would spell it.
fn key(phrase: &str, language: Language) -> String {
    let spaced = normal(phrase).replace('-', " ");
    match language {
        Language::En => spaced,
        Language::Fr => spaced.replace('\'', " "),
    }
    .split_whitespace()
    .collect::<Vec<_>>()
    .join(" ")
}

/// The lines `phrase, tab, valence`. Whatever else there is would be a mistake in a file, which the tests refuse.
fn entries(list: &str) -> impl Iterator<Item = (&str, i32)> {
    list.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let (phrase, valence) = line.split_once('\t')?;
        Some((phrase, valence.parse().ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_every_list_is_read() {
        for (list, language) in [
            (ENGLISH, Language::En),
            (ENGLISH_OWN, Language::En),
            (FRENCH_VADER, Language::Fr),
            (FRENCH_TEXTBLOB, Language::Fr),
            (FRENCH_OWN, Language::Fr),
        ] {
            let lines = list.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).count();
            assert_eq!(entries(list).count(), lines);
            for (phrase, valence) in entries(list) {
                assert!((-4000..=4000).contains(&valence), "{phrase}");
                let words = key(phrase, language).split(' ').count();
                assert!((1..=LONGEST_PHRASE).contains(&words), "{phrase}");
            }
        }
    }

    #[test]
    fn the_package_lists_name_their_source_and_licence() {
        for list in [ENGLISH, FRENCH_VADER, FRENCH_TEXTBLOB] {
            let head: String = list.lines().take_while(|line| line.starts_with('#')).collect();
            assert!(head.contains("Source: the PyPI package") && head.contains("Licence:"), "{head}");
        }
    }

    #[test]
    fn own_entries_win_and_accents_are_optional() {
        let french = Lexicon::of(Language::Fr);
        assert_eq!(french.valence("défectueux"), Some(-1900));
        assert_eq!(french.valence("defectueux"), Some(-1900));
        assert_eq!(french.valence("merci d avance"), Some(0));
        assert_eq!(Lexicon::of(Language::En).valence("rip off"), Some(-3300));
    }
}
