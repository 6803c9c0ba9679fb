//! Articles of a help centre: which words of a case are worth looking them up by.

use std::collections::HashSet;

use super::search;

/// At most so many are suggested.
pub const MOST: usize = 5;
/// At most so many words are looked for.
const WORDS: usize = 8;
/// Shorter words say nothing.
const SHORTEST: usize = 3;

/// Words that say nothing about what somebody wants, in plain lower case, English and French.
const HOLLOW: &[&str] = &[
    "about",
    "after",
    "all",
    "and",
    "any",
    "are",
    "been",
    "but",
    "can",
    "could",
    "dear",
    "did",
    "does",
    "for",
    "from",
    "had",
    "has",
    "have",
    "hello",
    "her",
    "his",
    "how",
    "its",
    "just",
    "kind",
    "may",
    "much",
    "not",
    "now",
    "our",
    "out",
    "please",
    "regards",
    "she",
    "should",
    "some",
    "still",
    "than",
    "thank",
    "thanks",
    "that",
    "the",
    "their",
    "them",
    "then",
    "there",
    "they",
    "this",
    "very",
    "was",
    "were",
    "what",
    "when",
    "where",
    "which",
    "who",
    "why",
    "will",
    "with",
    "would",
    "yes",
    "yet",
    "you",
    "your",
    "ainsi",
    "alors",
    "apres",
    "aussi",
    "avec",
    "avez",
    "avoir",
    "bien",
    "bonjour",
    "bonsoir",
    "car",
    "cela",
    "ces",
    "cet",
    "cette",
    "chez",
    "comme",
    "comment",
    "cordialement",
    "dans",
    "depuis",
    "des",
    "donc",
    "elle",
    "elles",
    "encore",
    "est",
    "etes",
    "etre",
    "fait",
    "ici",
    "ils",
    "les",
    "leur",
    "mais",
    "merci",
    "mes",
    "moi",
    "mon",
    "nos",
    "notre",
    "nous",
    "ont",
    "par",
    "pas",
    "peut",
    "plait",
    "plus",
    "pour",
    "pouvez",
    "puis",
    "quand",
    "que",
    "quel",
    "quelle",
    "qui",
    "quoi",
    "sans",
    "ses",
    "sont",
    "suis",
    "sur",
    "tout",
    "toujours",
    "tous",
    "toute",
    "tres",
    "une",
    "vos",
    "votre",
    "vous",
];

/// An article that everybody may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// Its title.
    pub title: String,
    /// Where it is read.
    pub url: String,
    /// Its language, as the help centre names it; none when it does not say.
    pub locale: Option<String>,
    /// How it begins, or the part that fits, as plain text.
    pub excerpt: String,
}

/// What to look for, from a case's subject and the buyer's first words: the same for the same texts. None when nothing in
/// them says what it is about. Nothing with a digit, an `@` or a link is looked for: it names an order or a person.
pub fn keywords(subject: &str, words: &str) -> Option<String> {
    let mut seen = HashSet::new();
    let mut chosen = Vec::new();
    let tokens = subject.split_whitespace().chain(words.split_whitespace());
    for token in
        tokens.filter(|token| !token.contains('@') && !token.contains("://") && !token.chars().any(|letter| letter.is_ascii_digit()))
    {
        for word in search::words(token) {
            let telling = word.plain.chars().count() >= SHORTEST && !HOLLOW.contains(&word.plain.as_str());
            if telling && seen.insert(word.plain.clone()) {
                chosen.push(token[word.place].to_lowercase());
            }
        }
        if chosen.len() >= WORDS {
            chosen.truncate(WORDS);
            break;
        }
    }
    (!chosen.is_empty()).then(|| chosen.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telling_words_are_looked_for_once_and_nobody_is_named() {
        for (subject, words, expected) in [
            ("Colis perdu, commande MK-1001", "Bonjour, où est mon colis ? marie@example.org", Some("colis perdu commande")),
            ("Théière cassée", "Ma théière est arrivée cassée.", Some("théière cassée arrivée")),
            ("", "How can I return the kettle? https://x.example/a 06 12 34 56 78", Some("return kettle")),
            ("Bonjour", "Merci", None),
            ("", "", None),
            ("un deux trois quatre cinq", "six sept huit neuf dix onze", Some("deux trois quatre cinq six sept huit neuf")),
        ] {
            assert_eq!(keywords(subject, words).as_deref(), expected, "{subject} {words}");
        }
    }
}
