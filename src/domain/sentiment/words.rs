//! Cuts a text into sentences and words.

use super::language::Language;

/// Emoji and emoticons, with their valence in thousandths. Our own choice and estimate: the ones buyers really use.
const SIGNS: &[(&str, i32)] = &[
    ("😀", 1800),
    ("😃", 1800),
    ("😄", 1900),
    ("😁", 1700),
    ("😊", 2000),
    ("🙂", 1200),
    ("😉", 900),
    ("😍", 2800),
    ("🥰", 2800),
    ("😘", 2000),
    ("🤩", 2600),
    ("👍", 1900),
    ("👏", 2000),
    ("🙏", 600),
    ("❤", 2700),
    ("💕", 2400),
    ("🎉", 2200),
    ("⭐", 1200),
    ("💯", 2000),
    ("👌", 1700),
    ("😡", -2900),
    ("😠", -2600),
    ("🤬", -3500),
    ("👿", -2700),
    ("💩", -2600),
    ("🖕", -3700),
    ("😤", -1800),
    ("😢", -1600),
    ("😭", -1700),
    ("😞", -1700),
    ("😔", -1500),
    ("😒", -1600),
    ("🙄", -1500),
    ("😩", -1700),
    ("😫", -1800),
    ("🤮", -3000),
    ("🤢", -2500),
    ("👎", -2100),
    ("☹", -1500),
    ("🙁", -1400),
    ("😕", -1100),
    ("😱", -1400),
    (":'(", -1700),
    (":-)", 1400),
    (":-(", -1500),
    (":-/", -900),
    (";-)", 900),
    (":)", 1400),
    (":(", -1500),
    (";)", 900),
    (":D", 1700),
    ("<3", 2000),
    (">:(", -2200),
    ("=)", 1200),
    ("^^", 900),
];

/// How a word is written beside its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// In the usual way.
    Plain,
    /// All in capitals, two letters at least.
    Shouted,
}

/// A word, or a sign that stands for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// In lower case, with straight apostrophes.
    pub(super) text: String,
    /// How it was written.
    pub(super) case: Case,
    /// Which clause of the sentence it is in, counted by commas, colons and semicolons.
    pub(super) clause: usize,
    /// For an emoji or emoticon: its valence.
    pub(super) sign: Option<i32>,
}

/// A sentence.
#[derive(Debug, Default)]
pub(super) struct Sentence {
    /// Its words in order.
    pub(super) words: Vec<Word>,
    /// How many exclamation marks it has.
    pub(super) exclamations: usize,
    /// How many question marks it has.
    pub(super) questions: usize,
}

/// The words alone, in lower case.
pub(super) fn plain(text: &str, language: Language) -> Vec<String> {
    sentences(text, language)
        .into_iter()
        .flat_map(|sentence| sentence.words)
        .filter(|word| word.sign.is_none())
        .map(|word| word.text)
        .collect()
}

/// Cuts a text at full stops, exclamation and question marks and line ends.
pub(super) fn sentences(text: &str, language: Language) -> Vec<Sentence> {
    let mut done = Vec::new();
    let mut now = Sentence::default();
    let mut clause = 0;
    let mut ended = false;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some((sign, valence)) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
            // A face after the full stop belongs to the sentence before it.
            now.words.push(Word { text: (*sign).to_owned(), case: Case::Plain, clause, sign: Some(*valence) });
            rest = rest.get(sign.len()..).unwrap_or_default();
            continue;
        }
        if first.is_alphanumeric() {
            if std::mem::take(&mut ended) {
                done.push(std::mem::take(&mut now));
                clause = 0;
            }
            let length = word_length(rest, language);
            let (word, tail) = rest.split_at(length);
            now.words.push(Word { text: normal(word), case: case_of(word), clause, sign: None });
            rest = tail;
            continue;
        }
        match first {
            '!' | '！' => (now.exclamations, ended) = (now.exclamations + 1, true),
            '?' | '？' => (now.questions, ended) = (now.questions + 1, true),
            '.' | '…' | '\n' => ended = true,
            ',' | ';' | ':' | '(' | ')' => clause += 1,
            _ => {}
        }
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
    }
    done.push(now);
    done
}

/// The length in bytes of the word that the text begins with. English keeps `don't` whole; French cuts `l'article` in two.
fn word_length(text: &str, language: Language) -> usize {
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        if letter.is_alphanumeric() {
            continue;
        }
        let joins =
            language == Language::En && matches!(letter, '\'' | '’') && letters.peek().is_some_and(|(_, next)| next.is_alphanumeric());
        if !joins {
            return at;
        }
    }
    text.len()
}

fn case_of(word: &str) -> Case {
    let letters = || word.chars().filter(|each| each.is_alphabetic());
    if letters().count() >= 2 && letters().all(char::is_uppercase) { Case::Shouted } else { Case::Plain }
}

/// Lower case, straight apostrophes, `oe` for `œ`.
pub(super) fn normal(word: &str) -> String {
    word.to_lowercase().replace('’', "'").replace('œ', "oe")
}

/// The word without French accents, for those who type without them.
pub(super) fn without_accents(word: &str) -> String {
    word.chars()
        .map(|each| match each {
            'à' | 'â' | 'ä' => 'a',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'î' | 'ï' => 'i',
            'ô' | 'ö' => 'o',
            'ù' | 'û' | 'ü' => 'u',
            'ç' => 'c',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Case, Language, plain, sentences};

    #[test]
    fn words_are_cut_as_each_language_does() {
        assert_eq!(plain("I don’t know, re-send", Language::En), ["i", "don't", "know", "re", "send"]);
        assert_eq!(plain("L’œuvre n'est pas là", Language::Fr), ["l", "oeuvre", "n", "est", "pas", "là"]);
    }

    #[test]
    fn sentences_keep_their_marks_and_faces() {
        let found = sentences("NOT good!! :( Why? Well, ok", Language::En);
        assert_eq!(found.len(), 3);
        assert_eq!((found[0].exclamations, found[0].words.len(), found[0].words[0].case), (2, 3, Case::Shouted));
        assert_eq!((found[1].questions, found[1].words.len()), (1, 1));
        assert_eq!((found[2].words[0].clause, found[2].words[1].clause), (0, 1));
    }
}
