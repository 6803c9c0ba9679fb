//! Contact and payment details in free text, found and hidden, so that buyer and seller deal with each other where the operator
//! can protect both.
//!
//! What is recognised: e-mail addresses, telephone numbers (French, British, North American, international), links and
//! messenger names, IBANs and card numbers; also when they are written out ("nom arobase domaine point fr"), spread with spaces,
//! or disguised with look-alike letters and invisible characters. References of orders, parcels and invoices, prices and dates
//! are left alone: see [`Policy::protecting`]. This stops the common ways, not a determined pair of people.
//!
//! Every pattern runs in time proportional to the text. Masking a masked text again changes nothing.

mod email;
mod fold;
mod html;
mod link;
mod payment;
mod phone;
mod policy;
mod rules;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

use fold::Folded;
pub use html::{MaskedHtml, mask_html};
pub use policy::{LinkHost, NotAHost, Policy};
pub use rules::{HiddenPart, Masking, MaskingMode, Reading, readings};

use super::sentiment::Language;

/// What kind of detail it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A web address, or a name on a messenger service.
    Link,
    /// An IBAN or a card number.
    Payment,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Email, Self::Phone, Self::Link, Self::Payment];

    /// What a reader of that language sees instead.
    pub const fn placeholder(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Email, Language::Fr) => "[adresse e-mail masquée]",
            (Self::Phone, Language::Fr) => "[numéro de téléphone masqué]",
            (Self::Link, Language::Fr) => "[lien masqué]",
            (Self::Payment, Language::Fr) => "[coordonnées bancaires masquées]",
            (Self::Email, Language::En) => "[e-mail address hidden]",
            (Self::Phone, Language::En) => "[phone number hidden]",
            (Self::Link, Language::En) => "[link hidden]",
            (Self::Payment, Language::En) => "[payment details hidden]",
        }
    }
}

/// Whether somebody tried to slip a detail past us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Disguise {
    /// Written as everybody writes it.
    None,
    /// With invisible characters, look-alike letters of another script, or unusual digits; a sign of intent.
    Characters,
}

/// A detail in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub kind: Kind,
    /// Where it stands: byte offsets into the text that was given, always between characters.
    pub range: Range<usize>,
    /// Whether it was disguised.
    pub disguise: Disguise,
}

/// A text with its details hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Masked {
    /// The text, with a placeholder for each finding.
    pub text: String,
    /// What was hidden, in the order of the text; the ranges are those of the text before.
    pub findings: Vec<Finding>,
}

/// Rounds of search in one text. Hiding one detail can uncover another; two rounds are usual, and each but the last hides one.
const MOST_ROUNDS: usize = 16;

/// A place in the folded text that looks like a detail.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Candidate {
    kind: Kind,
    range: Range<usize>,
    /// Leave it as it is, and look for nothing inside it.
    keep: Keep,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keep {
    Hide,
    Leave,
}

impl Candidate {
    const fn hide(kind: Kind, range: Range<usize>) -> Self {
        Self { kind, range, keep: Keep::Hide }
    }
}

/// Finds the details that the policy wants hidden, in the order of the text; they never overlap.
pub fn find(text: &str, policy: &Policy) -> Vec<Finding> {
    let protected = policy.protected_spans(text);
    let mut folded = Folded::new(text);
    let mut findings = Vec::new();
    for _ in 0..MOST_ROUNDS {
        let mut hidden = Vec::new();
        for candidate in without_overlaps(candidates(text, &folded, policy)) {
            let range = folded.origin(&candidate.range);
            let wanted = candidate.keep == Keep::Hide && policy.hides(candidate.kind);
            // A detail inside a reference is the reference; a reference inside a longer detail protects nothing, or anybody
            // could carry an address out behind an order number.
            if wanted && !inside_any(&protected, &range) {
                findings.push(Finding { kind: candidate.kind, range, disguise: folded.disguise(&candidate.range) });
                hidden.push(candidate.range);
            }
        }
        if hidden.is_empty() {
            break;
        }
        // Blank, as a placeholder will be: so the last round has seen the masked text, and masking that finds nothing more.
        // What stays must not be blanked, since the masked text still has it.
        folded = folded.with_blanks(&hidden);
    }
    findings.sort_by_key(|finding| finding.range.start);
    findings
}

/// Hides the details, each behind a placeholder in the reader's language.
pub fn mask(text: &str, policy: &Policy) -> Masked {
    let findings = find(text, policy);
    let mut masked = String::with_capacity(text.len());
    let mut from = 0;
    for finding in &findings {
        masked.push_str(text.get(from..finding.range.start).unwrap_or_default());
        masked.push_str(finding.kind.placeholder(policy.language()));
        from = finding.range.end;
    }
    masked.push_str(text.get(from..).unwrap_or_default());
    Masked { text: masked, findings }
}

fn candidates(text: &str, folded: &Folded, policy: &Policy) -> Vec<Candidate> {
    let plain = folded.text();
    let mut all = Vec::new();
    payment::find(plain, &mut all);
    email::find(plain, &mut all);
    phone::find(plain, &mut all);
    link::find(plain, &mut all, |range| {
        // Only what stands in the text letter by letter can be one of our hosts: a look-alike of it is no friend.
        let written = text.get(folded.origin(range)).unwrap_or_default();
        plain.get(range.clone()).is_some_and(|link| link == written && policy.allows(link))
    });
    all
}

/// Of candidates that overlap, the one that begins first; of those, the longest.
fn without_overlaps(mut all: Vec<Candidate>) -> Vec<Candidate> {
    all.sort_by_key(|each| (each.range.start, std::cmp::Reverse(each.range.end), each.kind == Kind::Phone));
    let mut kept: Vec<Candidate> = Vec::with_capacity(all.len());
    for each in all {
        if kept.last().is_none_or(|last| last.range.end <= each.range.start) {
            kept.push(each);
        }
    }
    kept
}

/// Whether one of the spans, which are in order and apart, holds the whole range.
fn inside_any(spans: &[Range<usize>], range: &Range<usize>) -> bool {
    let next = spans.partition_point(|span| span.start <= range.start);
    next.checked_sub(1).and_then(|at| spans.get(at)).is_some_and(|span| range.end <= span.end)
}

/// Builds one of the constant patterns of this module: without case, and with ASCII classes, since it reads folded text.
fn pattern(source: &str) -> Regex {
    Regex::new(&format!("(?i-u){source}")).unwrap_or_else(|error| unreachable!("{error}"))
}

/// Endings of domain names that are no words of our languages, so that a dot before one makes an address.
const SURE_ENDINGS: &str =
    "com|net|org|fr|uk|io|dev|xyz|ru|cn|ch|nl|pl|pt|biz|tv|cc|gg|ly|tk|gouv|asso|edu|gov|tech|cloud|email|website|web|page|re|paris|bzh";

/// Words just before a number that say it is a reference and not a telephone or a card.
static REFERENCE_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:commandes?|orders?|ref|reference|suivi|tracking|colis|parcel|package|shipment|facture|invoice|dossier|case|ticket|siret|siren|ean|gtin|isbn|imei|serie|serial|sku|article|item|product|produit|client|customer|transaction|bordereau|code|lot|batch|modele|model|part|tva|vat)\b[ :.#,()\-]{0,4}(?:(?:no|nr|num|numero|number|id|n|est|is|le|the|de|du|of|sous|avec|is:|code)\b[ :.#\-]{0,4}){0,3}$",
    )
});

/// How far back a word that explains a number is looked for, in bytes of folded text.
const CONTEXT: usize = 48;

/// The end of the text before a place, for looking at what explains a number.
fn context(plain: &str, at: usize) -> &str {
    let mut from = at.saturating_sub(CONTEXT);
    while !plain.is_char_boundary(from) {
        from += 1;
    }
    plain.get(from..at).unwrap_or_default()
}

fn is_reference(plain: &str, at: usize) -> bool {
    REFERENCE_BEFORE.is_match(context(plain, at))
}

/// The byte at a place, or a blank beyond the ends.
fn byte(plain: &str, at: Option<usize>) -> u8 {
    at.and_then(|at| plain.as_bytes().get(at)).copied().unwrap_or(b' ')
}
