//! Words that tell of danger to people, in French and English.
//!
//! Phrases and not single words wherever the word alone is innocent: "feux arrière", "burnt orange", "je suis choquée". What is
//! denied ("n'a pas pris feu", "nobody was injured") is not told of. When in doubt it is danger: a person looks, and sees.

/// What happened, or is about to. Lower case, without accents, apostrophes as spaces.
const INCIDENTS: &[&str] = &[
    // Injuries.
    "blesse",
    "blessee",
    "blesses",
    "blessees",
    "blessure",
    "blessures",
    "coupe le doigt",
    "coupe la main",
    "coupee au doigt",
    "saigne",
    "saignait",
    "aux urgences",
    "a l hopital",
    "hospitalise",
    "hospitalisee",
    "les pompiers",
    "fracture",
    "injured",
    "injury",
    "injuries",
    "bleeding",
    "to hospital",
    "in hospital",
    "to the hospital",
    "in the hospital",
    "emergency room",
    "ambulance",
    "hurt myself",
    "hurt himself",
    "hurt herself",
    "hurt my",
    "cut my finger",
    "cut my hand",
    // Fire, smoke and burns.
    "pris feu",
    "prend feu",
    "prendre feu",
    "en feu",
    "mis le feu",
    "mettre le feu",
    "depart de feu",
    "incendie",
    "brulure",
    "brulures",
    "suis brule",
    "suis brulee",
    "est brule",
    "est brulee",
    "ai brule",
    "m a brule",
    "l a brule",
    "m a brulee",
    "l a brulee",
    "odeur de brule",
    "sent le brule",
    "de la fumee",
    "se met a fumer",
    "mis a fumer",
    "caught fire",
    "catch fire",
    "catches fire",
    "catching fire",
    "on fire",
    "set fire",
    "burned my",
    "burnt my",
    "burned me",
    "burnt me",
    "burned himself",
    "burned herself",
    "burns on",
    "burning smell",
    "smell of burning",
    "smells of burning",
    "smoke coming",
    "started smoking",
    "started to smoke",
    // Electricity, explosions, gas.
    "choc electrique",
    "decharge electrique",
    "electrocute",
    "electrocutee",
    "electrocution",
    "court circuit",
    "pris le courant",
    "a explose",
    "ont explose",
    "explosion",
    "batterie gonflee",
    "batterie a gonfle",
    "fuite de gaz",
    "odeur de gaz",
    "electric shock",
    "electrical shock",
    "got a shock",
    "gave me a shock",
    "electrocuted",
    "short circuit",
    "short circuited",
    "exploded",
    "blew up",
    "swollen battery",
    "battery is swollen",
    "battery swelled",
    "gas leak",
    "smell of gas",
    "carbon monoxide",
    "monoxyde de carbone",
    // The body.
    "reaction allergique",
    "choc anaphylactique",
    "oedeme",
    "etouffe",
    "etouffee",
    "s etouffer",
    "a avale",
    "intoxication",
    "intoxique",
    "intoxiquee",
    "empoisonne",
    "empoisonnee",
    "eclats de verre",
    "morceau de verre",
    "morceaux de verre",
    "allergic reaction",
    "anaphylactic",
    "anaphylaxis",
    "choking",
    "choked",
    "swallowed",
    "food poisoning",
    "poisoned",
    "broken glass",
    "shards of glass",
    "piece of glass",
    // Somebody in distress.
    "me suicider",
    "mettre fin a mes jours",
    "kill myself",
    "end my life",
];

/// What says that a thing is dangerous; in a question it only asks.
const WARNINGS: &[&str] =
    &["danger", "dangereux", "dangereuse", "dangereuses", "dangerous", "unsafe", "hazard", "hazardous", "toxique", "toxiques", "toxic"];

/// Words that deny what follows within [`REACH`] words.
const DENIALS: &[&str] = &["pas", "aucun", "aucune", "sans", "ni", "jamais", "no", "not", "never", "without"];

/// Those that deny it from one word farther: "personne n'a été blessé".
const NOBODY: &[&str] = &["personne", "nobody", "none"];

/// Words that begin a thought of their own, which a denial before them says nothing about: "I did not expect it to catch fire".
const TURNS: &[&str] =
    &["que", "qu", "quand", "lorsque", "mais", "et", "that", "to", "when", "but", "and", "because", "until", "only", "seulement"];

const REACH: usize = 3;

/// Whether a text tells of danger to people.
pub fn names_danger(text: &str) -> bool {
    text.split_inclusive(['.', '!', '?', '\n']).any(|sentence| {
        let asks = sentence.trim_end().ends_with('?');
        sentence.split([',', ';', ':', '(', ')']).any(|clause| {
            let words = words(clause);
            told(&words, INCIDENTS) || !asks && told(&words, WARNINGS)
        })
    })
}

/// The words of a clause, as the lists spell them.
fn words(clause: &str) -> Vec<String> {
    let plain: String = clause.chars().flat_map(char::to_lowercase).map(plain).collect();
    let plain = plain.replace('œ', "oe");
    plain.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

const fn plain(letter: char) -> char {
    match letter {
        'à' | 'â' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' => 'i',
        'ô' | 'ö' => 'o',
        'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        other => other,
    }
}

/// Whether one of the phrases stands there and is not denied.
fn told(words: &[String], phrases: &[&str]) -> bool {
    (0..words.len()).any(|at| {
        let rest = words.get(at..).unwrap_or_default();
        phrases.iter().any(|phrase| begins_with(rest, phrase)) && !denied(words.get(..at).unwrap_or_default())
    })
}

fn begins_with(words: &[String], phrase: &str) -> bool {
    let mut words = words.iter();
    phrase.split(' ').all(|part| words.next().is_some_and(|word| word == part))
}

fn denied(before: &[String]) -> bool {
    for (distance, word) in before.iter().rev().take(REACH + 1).enumerate() {
        if TURNS.contains(&word.as_str()) {
            return false;
        }
        // "didn't" is two words here.
        let denies = DENIALS.contains(&word.as_str())
            || (word == "t" && before.iter().rev().nth(distance + 1).is_some_and(|head| head.ends_with('n')));
        if NOBODY.contains(&word.as_str()) || (denies && distance < REACH) {
            return true;
        }
    }
    false
}
