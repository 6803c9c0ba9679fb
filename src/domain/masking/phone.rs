//! Telephone numbers. The shapes come from the national numbering plans and ITU-T E.164; what makes a reference, a price or a
//! date of the same digits is decided in code, because patterns cannot look around.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::{Candidate, Kind, byte, context, is_reference, pattern};

/// France, national: ten digits from 01 to 09, with the letter O for the zero too.
static FRENCH: LazyLock<Regex> = LazyLock::new(|| pattern(r"[0o][ .\-/_]{0,3}[1-9](?:[ .\-/_()]{0,3}\d){8}"));

/// France, from abroad: +33, 0033 or (+33), with or without the "(0)".
static FRENCH_ABROAD: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:\(? ?\+ ?33 ?\)?|00 ?33)[ .\-/_]{0,3}(?:\( ?0 ?\)|0)?[ .\-/_]{0,3}[1-9](?:[ .\-/_]{0,3}\d){8}"));

/// Anywhere: "+", the country, and up to fifteen digits in all.
static INTERNATIONAL: LazyLock<Regex> = LazyLock::new(|| pattern(r"\(?\+ ?[1-9](?:[ .\-()/]{0,3}\d){7,14}"));

/// The same with 00 and the country codes that begin numbers seen in practice.
static DOUBLE_ZERO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"00[ .\-]?(?:1|7|2[07]|21[2368]|22\d|3[0-469]|35\d|4[0134-9]|42\d|6[0-6]|8[1246]|9[0-58])(?:[ .\-()/]{0,3}\d){7,11}")
});

/// North America: three, three and four digits, always parted.
static NORTH_AMERICAN: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .\-])[2-9]\d{2}[ .\-]\d{4}"));

/// Britain: eleven digits from 01, 02, 03, 07 or 08.
static BRITISH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\(?0(?:7\d{3}[ \-]?\d{3}[ \-]?\d{3}|2\d\)?[ \-]?\d{4}[ \-]?\d{4}|1\d{2,3}\)?[ \-]\d{3}[ \-]?\d{3,4}|[38]\d{2}[ \-]?\d{3}[ \-]?\d{4})",
    )
});

/// Any seven digits or more that somebody calls a telephone number.
static ANNOUNCED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:tel|telephone|phone|mobile|portable|cell|gsm|call|ring|text|sms|whatsapp|appel|appelle|appelez|rappelez|joindre|joignez|joignable|contactez|contact|fixe)\b[ .:,\-]{0,3}(?:[a-z']{1,10}[ .:]{1,2}){0,4}(?P<number>\(?\+?\d(?:[ .\-/()]{0,2}\d){6,13})",
    )
});

/// Numbers in words, from "zéro" or "zero" on: "zéro six douze trente-quatre …".
static IN_WORDS: LazyLock<Regex> = LazyLock::new(|| {
    let number = "zero|oh|un|une|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingts?|trente|quarante|cinquante|soixante|septante|huitante|nonante|cents?|et|one|two|three|four|five|seven|eight|nine|ten|double|triple|\\d{1,2}";
    pattern(&format!(r"\bzero(?:[ ,.\-]{{1,3}}(?:{number})\b){{4,24}}"))
});

/// What makes an amount or a measure of the digits before it.
static AMOUNT_AFTER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:[.,]\d{1,2})? ?(?:€|£|\$|%|(?:euros?|eur|usd|gbp|dollars?|kg|km|mm|cm|ml|mah|pixels|px)\b)"));

/// A telephone word anywhere in the words just before.
static PHONE_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\b(?:tel|telephone|phone|mobile|portable|cell|gsm|call|text|sms|whatsapp|appel\w*|rappel\w*|joindre|joign\w+|fixe)\b")
});

/// A date or a date and time: day, month, year.
static DATE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:[0-3]?\d[ .\-/_][01]?\d[ .\-/_](?:19|20)\d{2}|(?:19|20)\d{2}[ .\-/_][01]\d[ .\-/_][0-3]\d)"));

pub(super) fn find(plain: &str, all: &mut Vec<Candidate>) {
    let alone = |range: Range<usize>| stands_alone(plain, &range).then_some(range);
    let unannounced = |range: Range<usize>| alone(range).filter(|range| no_reference(plain, range));
    scan(plain, &FRENCH_ABROAD, all, alone);
    scan(plain, &FRENCH, all, |range| unannounced(range).filter(|range| french_groups(plain, range)));
    scan(plain, &INTERNATIONAL, all, |range| alone(without_next(plain, range)));
    scan(plain, &DOUBLE_ZERO, all, |range| unannounced(without_next(plain, range)));
    scan(plain, &NORTH_AMERICAN, all, unannounced);
    scan(plain, &BRITISH, all, unannounced);
    for found in ANNOUNCED.captures_iter(plain) {
        if let Some(number) = found.name("number") {
            let number = number.range();
            if stands_alone(plain, &number) && !is_reference(plain, number.start) {
                all.push(Candidate::hide(Kind::Phone, number));
            }
        }
    }
    all.extend(IN_WORDS.find_iter(plain).map(|found| Candidate::hide(Kind::Phone, found.range())));
}

/// Tries every place where the shape fits, one character on after a refusal; `fit` gives the part that is a number. The shapes
/// are short, so the cost stays linear.
fn scan(plain: &str, shape: &Regex, all: &mut Vec<Candidate>, fit: impl Fn(Range<usize>) -> Option<Range<usize>>) {
    let mut from = 0;
    while let Some(found) = shape.find_at(plain, from) {
        from = found.start() + 1;
        if let Some(range) = fit(found.range()) {
            from = range.end;
            all.push(Candidate::hide(Kind::Phone, range));
        }
    }
}

/// A shape of no fixed length may run into the next number: then what belongs to that one is given back.
fn without_next(plain: &str, range: Range<usize>) -> Range<usize> {
    let written = plain.get(range.clone()).unwrap_or_default();
    let broken = byte(plain, Some(range.end)).is_ascii_digit();
    let (mut digits, mut kept, mut at) = (0, 0, 0);
    for group in written.split_inclusive(|each: char| !each.is_ascii_digit()) {
        let figures = group.trim_end_matches(|each: char| !each.is_ascii_digit());
        // "… 78 06 12": after ten digits, a pair from 01 to 09 begins a French number.
        let french = digits >= 10 && figures.len() == 2 && figures.starts_with('0');
        let cut_off = broken && at + group.len() == written.len();
        if french || cut_off && digits >= 8 {
            break;
        }
        if !figures.is_empty() {
            kept = at + figures.len();
        }
        digits += figures.len();
        at += group.len();
    }
    range.start..range.start + kept
}

/// No digit, letter or joined number before or after; no amount, no date.
fn stands_alone(plain: &str, range: &Range<usize>) -> bool {
    let before = byte(plain, range.start.checked_sub(1));
    let farther = byte(plain, range.start.checked_sub(2));
    let joined_before = match before {
        b'#' | b'_' | b'@' | b'+' | b'$' => true,
        b'-' | b'/' => farther.is_ascii_alphanumeric(),
        b'.' | b',' | b':' => farther.is_ascii_digit(),
        other => other.is_ascii_alphanumeric(),
    };
    let after = byte(plain, Some(range.end));
    let joined_after = match after {
        b'_' => true,
        b'-' | b'/' | b'.' | b',' | b':' => byte(plain, Some(range.end + 1)).is_ascii_digit(),
        other => other.is_ascii_alphanumeric(),
    };
    let written = plain.get(range.clone()).unwrap_or_default();
    let rest = plain.get(range.end..).unwrap_or_default();
    let price = plain.get(..range.start).is_some_and(|head| head.trim_end_matches(' ').ends_with(['€', '£']));
    !joined_before && !joined_after && !price && !DATE.is_match(written) && !AMOUNT_AFTER.is_match(head(rest))
}

/// The next few bytes, as much as the look at amounts needs.
fn head(rest: &str) -> &str {
    let mut end = rest.len().min(16);
    while !rest.is_char_boundary(end) {
        end -= 1;
    }
    rest.get(..end).unwrap_or_default()
}

/// A lone zero first is a decimal or a spelled number; a spelled number has small groups all through.
fn french_groups(plain: &str, range: &Range<usize>) -> bool {
    let written = plain.get(range.clone()).unwrap_or_default();
    let groups: Vec<usize> = written.split(|each: char| !each.is_ascii_alphanumeric()).map(str::len).filter(|length| *length > 0).collect();
    groups.first().is_none_or(|first| *first > 1) || groups.len() >= 4 && groups.iter().all(|length| *length <= 3)
}

/// Not after "order no." and the like, unless the digits are in groups or a telephone is spoken of.
fn no_reference(plain: &str, range: &Range<usize>) -> bool {
    let grouped = plain.get(range.clone()).is_some_and(|written| written.contains([' ', '.', '-']));
    grouped || !is_reference(plain, range.start) || PHONE_BEFORE.is_match(context(plain, range.start))
}
