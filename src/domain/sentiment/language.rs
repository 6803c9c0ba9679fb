//! Which of our two languages a text is in, from its small words.

use serde::{Deserialize, Serialize};

use super::lexicon::Lexicon;
use super::words;

/// A language that we have word lists for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Language {
    /// English.
    En,
    /// French.
    Fr,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::En, Self::Fr];

    /// The language of a BCP 47 tag: French for `fr-CA`; none for a language that we have no lists for.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.tag()))
    }

    /// Its BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
        }
    }
}

/// Small words that are frequent in English and rare in its neighbours.
const ENGLISH: &[&str] = &[
    "the", "and", "of", "to", "is", "was", "are", "were", "be", "been", "have", "has", "had", "you", "your", "yours", "i", "my", "we",
    "our", "it", "its", "this", "that", "these", "those", "with", "for", "from", "not", "don't", "doesn't", "didn't", "isn't", "can't",
    "won't", "i'm", "i've", "it's", "but", "what", "when", "where", "which", "who", "why", "how", "do", "does", "did", "would", "could",
    "should", "will", "can", "there", "they", "them", "she", "he", "his", "her", "please", "thanks", "thank", "hello", "very", "still",
    "never", "again", "any", "at", "as", "by", "so", "if", "than", "about", "out", "up", "just", "after",
];

/// Small words that are frequent in French and rare in its neighbours.
const FRENCH: &[&str] = &[
    "je",
    "j",
    "vous",
    "nous",
    "il",
    "elle",
    "ils",
    "elles",
    "est",
    "sont",
    "suis",
    "êtes",
    "etes",
    "était",
    "etait",
    "ai",
    "avez",
    "avons",
    "ont",
    "les",
    "des",
    "du",
    "une",
    "et",
    "ou",
    "où",
    "dans",
    "pour",
    "avec",
    "sur",
    "sans",
    "pas",
    "ne",
    "n",
    "plus",
    "très",
    "tres",
    "mais",
    "que",
    "qui",
    "quoi",
    "ce",
    "cette",
    "ces",
    "cet",
    "c",
    "ça",
    "ca",
    "mon",
    "ma",
    "mes",
    "votre",
    "vos",
    "notre",
    "nos",
    "son",
    "sa",
    "ses",
    "au",
    "aux",
    "le",
    "la",
    "l",
    "d",
    "qu",
    "merci",
    "bonjour",
    "bonsoir",
    "svp",
    "comment",
    "quand",
    "pourquoi",
    "combien",
    "toujours",
    "jamais",
    "rien",
    "encore",
    "bien",
    "fait",
    "être",
    "avoir",
    "tout",
    "tous",
    "leur",
    "chez",
    "donc",
    "car",
    "à",
    "été",
    "deux",
    "jours",
    "colis",
    "commande",
    "vendeur",
    "livraison",
    "remboursement",
];

/// Small words of the languages that share letters with ours, so that we stay silent rather than guess: Spanish, Italian,
/// Portuguese, German and Dutch.
const OTHER: &[&str] = &[
    "el", "los", "las", "y", "en", "por", "una", "muy", "con", "está", "es", "pero", "mi", "su", "lo", "más", "gracias", "no", "che",
    "non", "è", "sono", "per", "il", "di", "del", "della", "gli", "questo", "grazie", "molto", "mio", "não", "uma", "é", "com", "muito",
    "obrigado", "meu", "do", "da", "o", "der", "die", "das", "und", "ist", "nicht", "ich", "ein", "eine", "mit", "auf", "für", "sie",
    "den", "zu", "habe", "danke", "bitte", "het", "een", "van", "ik", "niet", "dat", "voor", "maar", "zijn", "mijn", "op", "te", "bedankt",
];

/// The language of a text, or none when neither the text nor the hint says.
pub(super) fn of(text: &str, hint: Option<Language>) -> Option<Language> {
    if !mostly_latin(text) {
        return None;
    }
    let (mut english, mut french, mut other, mut all) = (0_usize, 0_usize, 0_usize, 0_usize);
    // French cuts at the apostrophe, English does not; reading both ways lets each see its own small words.
    for word in words::plain(text, Language::En) {
        english += usize::from(ENGLISH.contains(&word.as_str()));
        all += 1;
    }
    for word in words::plain(text, Language::Fr) {
        french += usize::from(FRENCH.contains(&word.as_str()));
        other += usize::from(OTHER.contains(&word.as_str()));
    }
    let (first, second, language) = if english >= french { (english, french, Language::En) } else { (french, english, Language::Fr) };
    // "le", "de" and "do" belong to several languages: another language wins only when it is well ahead.
    if other * 2 > first * 3 && other >= 2 {
        return None;
    }
    let clear = first >= 2 && first * 2 > second * 3 && first * 12 >= all;
    if clear {
        return Some(language);
    }
    hint.or_else(|| (first > second).then_some(language).filter(|_| other <= first && first * 8 >= all)).or_else(|| by_known_words(text))
}

/// For a cry of two words: the language whose list knows more of them. Nothing when they know the same number.
fn by_known_words(text: &str) -> Option<Language> {
    let known = |language| {
        let lexicon = Lexicon::of(language);
        words::plain(text, language).into_iter().take(40).filter(|word| lexicon.knows(word)).count()
    };
    let (english, french) = (known(Language::En), known(Language::Fr));
    match english.cmp(&french) {
        std::cmp::Ordering::Greater => Some(Language::En),
        std::cmp::Ordering::Less => Some(Language::Fr),
        std::cmp::Ordering::Equal => None,
    }
}

/// Whether more than half of the letters are Latin ones.
fn mostly_latin(text: &str) -> bool {
    let (mut latin, mut all) = (0_usize, 0_usize);
    for letter in text.chars().filter(|each| each.is_alphabetic()) {
        all += 1;
        latin += usize::from(letter <= '\u{24F}');
    }
    latin * 2 > all
}

#[cfg(test)]
mod tests {
    use super::{Language, of};

    #[test]
    fn each_language_is_told() {
        let cases = [
            ("Where is my parcel?", Some(Language::En)),
            ("Où est mon colis ?", Some(Language::Fr)),
            ("Je n'ai rien reçu", Some(Language::Fr)),
            ("I don't want it", Some(Language::En)),
            ("SCAMMERS!", Some(Language::En)),
            ("Arnaqueurs !", Some(Language::Fr)),
            ("¿Dónde está mi paquete? Muchas gracias por su ayuda, es muy urgente", None),
            ("Wo ist mein Paket? Ich habe es nicht bekommen und bin sehr enttäuscht", None),
            ("Dove è il mio pacco? Non è arrivato e sono molto deluso", None),
            ("Ik heb het pakket niet gekregen en dat is niet goed voor een winkel", None),
            ("Где моя посылка?", None),
            ("我的包裹在哪里", None),
            ("12345", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(of(text, None), expected, "{text}");
        }
    }

    #[test]
    fn a_hint_decides_only_where_the_text_does_not() {
        assert_eq!(of("ok 42", Some(Language::Fr)), Some(Language::Fr));
        assert_eq!(of("Where is my parcel, and why do you not answer?", Some(Language::Fr)), Some(Language::En));
        assert_eq!(of("Где моя посылка?", Some(Language::Fr)), None);
    }
}
