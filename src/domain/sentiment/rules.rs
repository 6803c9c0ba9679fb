//! The rules that turn words into one number. Our own code, after the published description of VADER (Hutto and Gilbert 2014).

use super::language::Language;
use super::lexicon::{LONGEST_PHRASE, Lexicon};
use super::words::{Case, Sentence, Word, sentences};
use super::{Evidence, Score};

/// What an intensifier adds to the word it stands before, in thousandths of valence (VADER: 0.293).
const INTENSIFIED: i64 = 293;
/// How much of that is left when one or two words stand between, in per cent (VADER: 95 and 90).
const BY_DISTANCE: [i64; 3] = [100, 95, 90];
/// What is left of a denied word, in thousandths, on the other side of zero (VADER: -0.74).
const DENIED: i64 = -740;
/// What capitals add (VADER: 0.733).
const SHOUTED: i64 = 733;
/// What each exclamation mark adds, and how many count (VADER: 0.292, four).
const EXCLAIMED: i64 = 292;
const MOST_EXCLAMATIONS: usize = 4;
/// What each of several question marks adds to a reproach (VADER: 0.18, up to 0.96).
const QUESTIONED: i64 = 180;
const MOST_QUESTIONS: usize = 5;
/// What is left before a "but", and what is made of the words after it, in per cent (VADER: 50 and 150).
const BEFORE_BUT: i64 = 50;
const AFTER_BUT: i64 = 150;
/// What a word that pulls down counts more than one that pulls up, in per cent. People use more friendly words than hostile ones
/// even in complaints; Taboada and others (Lexicon-Based Methods for Sentiment Analysis, 2011) weigh the rarer kind by 1.5.
const PULLING_DOWN: i64 = 150;
/// How far back a negation or an intensifier is looked for, in words.
const WINDOW: usize = 3;
/// How soon the sum of valences saturates (VADER: 15, in squared valence). Ours grows with the number of words that weighed in,
/// so that a long text with a little more bad than good is not called extreme.
const SATURATION: i64 = 15;
const SATURATION_BY_WORD: i64 = 3;

/// The words by which a language denies, strengthens, weakens and turns.
struct Grammar {
    negations: &'static [&'static str],
    /// Negations that may follow their verb: "ça marche pas".
    trailing: &'static [&'static str],
    strong: &'static [&'static str],
    weak: &'static [&'static str],
    turns: &'static [&'static str],
}

const ENGLISH: Grammar = Grammar {
    negations: &[
        "not", "no", "never", "none", "nobody", "nothing", "neither", "nor", "nowhere", "without", "cannot", "cant", "dont", "doesnt",
        "didnt", "isnt", "wasnt", "wont", "hardly", "barely", "scarcely", "rarely", "seldom", "lacks", "lack",
    ],
    trailing: &[],
    strong: &[
        "very",
        "really",
        "extremely",
        "absolutely",
        "completely",
        "totally",
        "utterly",
        "so",
        "too",
        "incredibly",
        "highly",
        "entirely",
        "truly",
        "deeply",
        "such",
        "especially",
        "particularly",
        "terribly",
        "awfully",
        "remarkably",
        "fully",
        "most",
        "more",
        "super",
        "fucking",
        "bloody",
    ],
    weak: &["slightly", "somewhat", "little", "bit", "barely", "fairly", "kinda", "partly", "less", "almost", "marginally", "occasionally"],
    turns: &["but", "however", "although", "though", "yet", "except"],
};

const FRENCH: Grammar = Grammar {
    negations: &["ne", "n", "pas", "jamais", "aucun", "aucune", "sans", "ni", "rien", "guère", "guere", "personne", "nullement"],
    trailing: &["pas", "jamais"],
    strong: &[
        "très",
        "tres",
        "trop",
        "vraiment",
        "extrêmement",
        "extremement",
        "absolument",
        "totalement",
        "complètement",
        "completement",
        "tellement",
        "tout",
        "toute",
        "entièrement",
        "particulièrement",
        "si",
        "hyper",
        "ultra",
        "super",
        "carrément",
        "franchement",
        "fort",
        "plus",
        "bien",
        "énormément",
        "parfaitement",
        "incroyablement",
        "profondément",
        "terriblement",
    ],
    weak: &["peu", "assez", "légèrement", "legerement", "presque", "moins", "plutôt", "plutot", "relativement", "moyennement"],
    turns: &["mais", "cependant", "toutefois", "pourtant", "néanmoins", "neanmoins", "sauf", "hélas", "helas"],
};

const fn grammar(language: Language) -> &'static Grammar {
    match language {
        Language::En => &ENGLISH,
        Language::Fr => &FRENCH,
    }
}

impl Grammar {
    fn denies(&self, word: &str) -> bool {
        self.negations.contains(&word) || word.ends_with("n't")
    }
}

/// The number for a text, and the words behind it in the order of the text.
pub(super) struct Weighed {
    pub(super) score: Score,
    pub(super) evidence: Vec<Evidence>,
}

/// Weighs a text in a language.
pub(super) fn weigh(text: &str, language: Language) -> Weighed {
    let mut evidence = Vec::new();
    let mut sum = 0;
    for sentence in sentences(text, language) {
        let found = hits(&sentence, language);
        let total: i64 = found.iter().map(|hit| i64::from(hit.pull)).sum();
        sum += total + emphasis(&sentence, total);
        evidence.extend(found);
    }
    Weighed { score: saturated(sum, evidence.len()), evidence }
}

/// What the exclamation and question marks add to a sentence that weighs `total`.
fn emphasis(sentence: &Sentence, total: i64) -> i64 {
    let exclaimed = EXCLAIMED * count(sentence.exclamations.min(MOST_EXCLAMATIONS));
    let questioned = if sentence.questions >= 2 && total < 0 { QUESTIONED * count(sentence.questions.min(MOST_QUESTIONS)) } else { 0 };
    total.signum() * (exclaimed + questioned)
}

/// The valenced words and phrases of a sentence, the longest phrase first, after every rule that looks at their neighbours.
fn hits(sentence: &Sentence, language: Language) -> Vec<Evidence> {
    let (lexicon, grammar) = (Lexicon::of(language), grammar(language));
    let words = &sentence.words;
    let turn = (0..words.len()).rev().find(|at| turns_at(words, *at, grammar));
    // Capitals stand out only among words that have none.
    let stands_out = words.iter().any(|word| word.case == Case::Plain && word.sign.is_none() && word.text.len() > 1);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let Some((length, phrase, valence)) = longest(words, at, lexicon, word) else {
            at += 1;
            continue;
        };
        let mut pull = i64::from(valence);
        if pull != 0 {
            if word.sign.is_none() {
                pull = strengthened(pull, words, at, grammar);
                if word.case == Case::Shouted && stands_out {
                    pull += pull.signum() * SHOUTED;
                }
                if is_denied(words, at, length, grammar, lexicon) {
                    pull = pull * DENIED / 1000;
                }
            }
            if pull < 0 {
                pull = pull * PULLING_DOWN / 100;
            }
            if let Some(turn) = turn {
                pull = pull * if at < turn { BEFORE_BUT } else { AFTER_BUT } / 100;
            }
            found.push(Evidence { words: phrase, pull: i32::try_from(pull).unwrap_or_default() });
        }
        at += length;
    }
    found
}

/// Whether the sentence turns there; "mais aussi" and "but also" only go on.
fn turns_at(words: &[Word], at: usize, grammar: &Grammar) -> bool {
    let is = |ahead: usize, known: &[&str]| words.get(at + ahead).is_some_and(|word| known.contains(&word.text.as_str()));
    is(0, grammar.turns) && !is(1, &["aussi", "also"])
}

/// The longest listed phrase that begins here: how many words, which, and its valence.
fn longest(words: &[Word], at: usize, lexicon: &Lexicon, first: &Word) -> Option<(usize, String, i32)> {
    if let Some(valence) = first.sign {
        return Some((1, first.text.clone(), valence));
    }
    let mut phrase = String::new();
    let mut best = None;
    for (length, word) in words.get(at..)?.iter().take(LONGEST_PHRASE).enumerate() {
        if word.sign.is_some() || word.clause != first.clause {
            break;
        }
        if length > 0 {
            phrase.push(' ');
        }
        phrase.push_str(&word.text);
        if let Some(valence) = lexicon.valence(&phrase) {
            best = Some((length + 1, phrase.clone(), valence));
        }
    }
    best
}

/// The words of the same clause just before, nearest first.
fn before(words: &[Word], at: usize) -> impl Iterator<Item = &str> {
    let clause = words.get(at).map(|word| word.clause);
    words.iter().take(at).rev().take(WINDOW).take_while(move |word| Some(word.clause) == clause).map(|word| word.text.as_str())
}

fn strengthened(valence: i64, words: &[Word], at: usize, grammar: &Grammar) -> i64 {
    let mut result = valence;
    for (word, share) in before(words, at).zip(BY_DISTANCE) {
        let step = valence.signum() * INTENSIFIED * share / 100;
        if grammar.strong.contains(&word) {
            result += step;
        } else if grammar.weak.contains(&word) {
            result -= step;
        }
    }
    result
}

fn is_denied(words: &[Word], at: usize, length: usize, grammar: &Grammar, lexicon: &Lexicon) -> bool {
    // A phrase such as "ne marche pas" is listed with its negation already in it.
    let phrase = || words.iter().skip(at).take(length);
    if phrase().any(|word| grammar.denies(&word.text)) {
        return false;
    }
    if before(words, at).any(|word| grammar.denies(word)) {
        return true;
    }
    let follows = |ahead: usize| words.get(at + length + ahead).map(|word| word.text.as_str());
    // "Ça marche pas", but not "bien, pas cher", where the negation belongs to the next word.
    follows(0).is_some_and(|next| grammar.trailing.contains(&next)) && !follows(1).is_some_and(|next| lexicon.knows(next))
}

/// The sum drawn into -1000 to 1000: s / sqrt(s² + a).
fn saturated(sum: i64, hits: usize) -> Score {
    // Twenty thousand characters hold fewer than 10^4 words of 10^4 thousandths each; the bound keeps the square small all the same.
    let sum = sum.clamp(-1_000_000_000, 1_000_000_000);
    let softening = (SATURATION + SATURATION_BY_WORD * count(hits)).saturating_mul(1_000_000);
    let root = (sum * sum).saturating_add(softening).isqrt().max(1);
    Score(i32::try_from((sum * 1000 / root).clamp(-1000, 1000)).unwrap_or_default())
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX / 4000)
}
