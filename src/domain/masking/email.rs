//! E-mail addresses, also written out or spread.

use std::sync::LazyLock;

use regex::Regex;

use super::{Candidate, Kind, SURE_ENDINGS, pattern};

/// The first half of an address (RFC 5321 allows more; nobody uses it).
const LOCAL: &str = r"[a-z0-9][a-z0-9._%+\-]*";
/// A first half whose dots may be written out: "jean point dupont".
const SPELLED_LOCAL: &str = r"[a-z0-9][a-z0-9._%+\-]*(?:(?: ?[\[({] ?(?:dot|point) ?[\])}] ?| (?:dot|point) )[a-z0-9][a-z0-9_%+\-]*){0,3}";
/// An "@" that nobody takes for a word: spaced, in brackets, or named.
const AT: &str = r"(?: {0,3}@ {0,3}| {0,3}[\[({<*_] {0,2}(?:at|arobase|arobas|arrobase|a|chez|@) {0,2}[\])}>*_] {0,3}| {1,3}(?:arobase|arobas|arrobase) {1,3})";
/// A dot, also in brackets or named.
const DOT: &str = r"(?: {0,3}\. {0,3}| {0,2}[\[({<*_] {0,2}(?:dot|point|\.) {0,2}[\])}>*_] {0,2}| {1,3}(?:dot|point) {1,3})";
/// A dot that was taken pains with, as the plain word "at" is not enough by itself.
const NAMED_DOT: &str = r"(?: {0,2}[\[({<] {0,2}(?:dot|point|\.) {0,2}[\])}>] {0,2}| {1,3}(?:dot|point) {1,3})";
/// Services whose name alone makes an address of what stands before it.
const PROVIDERS: &str = "gmail|googlemail|hotmail|outlook|live|msn|yahoo|ymail|icloud|aol|gmx|proton|protonmail|orange|wanadoo|free|sfr|neuf|laposte|bbox|numericable|bluewin|skynet";
/// Endings in a spelled address: there, a wider choice does no harm.
const MORE_ENDINGS: &str = "eu|de|es|it|be|lu|me|us|ca|co|info|shop|store|pro|online";

/// `name@host.tld`, without spaces.
static PLAIN: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"{LOCAL}@(?:[a-z0-9\-]+\.)+[a-z]{{2,24}}")));

static SPELLED: LazyLock<Regex> = LazyLock::new(|| {
    let label = r"[a-z0-9][a-z0-9\-]*";
    pattern(&format!(
        r"{SPELLED_LOCAL}(?:{AT}{label}(?:{DOT}{label}){{0,3}}{DOT}(?:{SURE_ENDINGS}|{MORE_ENDINGS})\b| {{1,3}}at {{1,3}}{label}(?:{NAMED_DOT}{label}){{0,3}}{NAMED_DOT}(?:{SURE_ENDINGS}|{MORE_ENDINGS})\b| {{1,3}}at {{1,3}}(?:{PROVIDERS}){DOT}(?:{SURE_ENDINGS})\b)"
    ))
});

/// `name@gmail`, with no ending.
static PROVIDER: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"{SPELLED_LOCAL}{AT}(?:{PROVIDERS})\b")));

pub(super) fn find(plain: &str, all: &mut Vec<Candidate>) {
    let first = all.len();
    all.extend(PLAIN.find_iter(plain).map(|found| Candidate::hide(Kind::Email, found.range())));
    let certain: Vec<_> = all.iter().skip(first).map(|each| each.range.clone()).collect();
    for spelled in [&*SPELLED, &*PROVIDER] {
        for found in spelled.find_iter(plain) {
            // Where a plain address stands, the wider patterns would only draw in the sentence after it.
            let next = certain.partition_point(|range| range.end <= found.start());
            if certain.get(next).is_none_or(|range| range.start >= found.end()) {
                all.push(Candidate::hide(Kind::Email, found.range()));
            }
        }
    }
}
