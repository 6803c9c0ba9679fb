//! Web addresses, and names on messenger services.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::{Candidate, Keep, Kind, SURE_ENDINGS, byte, context, pattern};

/// What may stand in an address (RFC 3986), without brackets and quotes, which more often stand around one.
const ADDRESS: &str = r"[a-z0-9\-._~:/?#@!$&*+,;=%|]";

static WITH_SCHEME: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"\b[a-z][a-z0-9+.\-]* ?: ?//{ADDRESS}+")));

static WITH_WWW: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"\bwww\d? ?\. ?[a-z0-9]{ADDRESS}+")));

/// Endings that are words too ("merci.de rien"): an address only when something else says so.
const WORD_ENDINGS: &str = "me|de|es|it|be|to|us|in|at|la|co|so|my|ca|eu|lu|info|shop|store|online|site|pro|live|link|club|top|app|ai|art|vip|gl|page|plus|world|life";

static BARE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"\b(?:[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?\.)+(?:(?P<sure>{SURE_ENDINGS})|(?P<word>{WORD_ENDINGS}))\b(?::\d{{1,5}})?(?P<path>[/?]{ADDRESS}*)?"
    ))
});

/// "monsite point com", "monsite (dot) fr", "monsite .com".
static SPELLED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:[a-z0-9][a-z0-9\-]{3,} {1,2}(?:point|dot) {1,2}(?:com|fr|org)|[a-z0-9][a-z0-9\-]+(?: {0,2}[\[({<] ?(?:point|dot|\.) ?[\])}>] {0,2}(?:com|fr|net|org|eu|shop|io|co|be|ch|de|me)| {1,2}\. {0,2}(?:com|fr|net|org)))\b",
    )
});

const MESSENGERS: &str =
    "whats ?app|telegram|signal|viber|snap(?:chat)?|insta(?:gram)?|facebook|messenger|skype|wechat|discord|tik ?tok|twitter|linkedin";

/// `telegram @name`, `insta : ma_boutique33`: the name must look like one.
static HANDLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"\b(?:{MESSENGERS})\b(?: {{0,2}}[:=\-]? {{0,2}}@[a-z0-9_.]{{2,32}}| {{0,2}}[:=] {{0,2}}[a-z]+[a-z.]*[0-9_][a-z0-9_.]*)"
    ))
});

/// "contact me on WhatsApp": the service's name is the detail, and the wish to leave is what makes it one.
static INVITATION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"\b(?:contacte?[rz]?|ecri[a-z]+|appel[a-z]+|joign[a-z]*|joindre|ajout[a-z]+|message|messages|text|write|call|reach|add|talk|parl[a-z]+|discut[a-z]+|chat|dm|mp|find|trouve[a-z]*|continu[a-z]+|repond[a-z]+|envoye[a-z]*|send|ping)\b[ a-z0-9',\-]{{0,40}}?\b(?:sur|on|via|par|by|through|with|avec|en) (?:(?:mon|my|le|the|your|votre) )?(?P<service>{MESSENGERS})\b"
    ))
});

/// Words before an address with a doubtful ending that make it one.
static POINTS_THERE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\b(?:sur|site|boutique|web|on|at|via|chez|visit|visiter|visitez|see|voir|voyez|to|from|lien|link|url|aller|allez)(?: ?:)? $")
});

/// Names that stand before doubtful endings often enough to be sure.
const KNOWN: &[&str] = &[
    "amazon",
    "ebay",
    "vinted",
    "zalando",
    "etsy",
    "aliexpress",
    "temu",
    "facebook",
    "instagram",
    "paypal",
    "google",
    "t",
    "wa",
    "m",
    "g",
    "amzn",
    "line",
    "signal",
    "youtu",
    "bit",
    "fb",
    "discord",
    "linktr",
    "lydia",
    "revolut",
    "wise",
];

/// Finds links. `allowed` says of a place whether it leads to a host that may be linked to.
pub(super) fn find(plain: &str, all: &mut Vec<Candidate>, allowed: impl Fn(&Range<usize>) -> bool) {
    let mut push = |range: Range<usize>| {
        let range = trimmed(plain, range);
        let keep = if allowed(&range) { Keep::Leave } else { Keep::Hide };
        all.push(Candidate { kind: Kind::Link, range, keep });
    };
    for found in WITH_SCHEME.find_iter(plain).chain(WITH_WWW.find_iter(plain)) {
        push(found.range());
    }
    for found in BARE.captures_iter(plain) {
        let Some(whole) = found.get(0) else { continue };
        let sure = found.name("sure").is_some() || found.name("path").is_some_and(|path| path.len() > 1);
        let ending = found.name("word").or(found.name("sure")).map_or("", |ending| ending.as_str());
        if stands_alone(plain, &whole.range()) && (sure || is_likely(plain, whole.start(), whole.as_str(), ending)) {
            push(whole.range());
        }
    }
    for found in SPELLED.find_iter(plain).chain(HANDLE.find_iter(plain)) {
        push(found.range());
    }
    for found in INVITATION.captures_iter(plain) {
        if let Some(service) = found.name("service") {
            push(service.range());
        }
    }
}

/// Without the punctuation of the sentence around it.
fn trimmed(plain: &str, range: Range<usize>) -> Range<usize> {
    let written = plain.get(range.clone()).unwrap_or_default();
    let kept = written.trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_', '~', '|', '&']);
    range.start..range.start + kept.len()
}

/// Not the second half of an e-mail address, and not a piece of a longer word.
fn stands_alone(plain: &str, range: &Range<usize>) -> bool {
    let before = byte(plain, range.start.checked_sub(1));
    let after = byte(plain, Some(range.end));
    before != b'_' && after != b'@' && after != b'_'
}

/// For doubtful endings: "merci.de rien" and "reçu.Me contacter" are sentences, "voir boutique-paris.be" is not.
fn is_likely(plain: &str, start: usize, written: &str, ending: &str) -> bool {
    let name = written.strip_suffix(ending).unwrap_or(written).trim_end_matches('.');
    let new_sentence = ending.starts_with(|first: char| first.is_ascii_uppercase()) && !name.chars().any(|each| each.is_ascii_uppercase());
    if new_sentence {
        return false;
    }
    let last = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    KNOWN.contains(&last.as_str())
        || name.contains(['.', '-'])
        || name.contains(|each: char| each.is_ascii_digit())
        || POINTS_THERE.is_match(context(plain, start))
}
