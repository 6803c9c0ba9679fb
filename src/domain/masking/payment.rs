//! IBANs (ISO 13616) and card numbers (ISO/IEC 7812).

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::{Candidate, Kind, byte, context, is_reference, pattern};

/// Two letters, two digits and the rest, in groups or not. The exact length is the country's.
static IBAN: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b[a-z]{2}[ .\-]?\d{2}(?:[ .\-]{0,2}[a-z0-9]){11}"));

static NAMED_IBAN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(?:iban|rib)\b[ :.=\-]{0,4}(?:(?:est|is|de|of|le|mon|my)\b[ :]{0,3}){0,2}$"));

static CARD: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b\d(?:[ .\-]{0,2}\d){13}"));

/// The length of an IBAN in its country (SWIFT registry): Europe's, and the neighbours' that French marketplaces meet.
const IBAN_LENGTHS: &[(&str, usize)] = &[
    ("AD", 24),
    ("AT", 20),
    ("BE", 16),
    ("BG", 22),
    ("CH", 21),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DK", 18),
    ("EE", 20),
    ("ES", 24),
    ("FI", 18),
    ("FR", 27),
    ("GB", 22),
    ("GI", 23),
    ("GR", 27),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IS", 26),
    ("IT", 27),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("MA", 28),
    ("MC", 27),
    ("MT", 31),
    ("NL", 18),
    ("NO", 15),
    ("PL", 28),
    ("PT", 25),
    ("RO", 24),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("TN", 24),
    ("TR", 26),
];

pub(super) fn find(plain: &str, all: &mut Vec<Candidate>) {
    scan(plain, &IBAN, iban, all);
    scan(plain, &CARD, card, all);
}

/// Tries a check at each place where the pattern begins. Pattern and check look at a bounded stretch, so the cost stays linear.
fn scan(plain: &str, pattern: &Regex, check: fn(&str, usize) -> Option<usize>, all: &mut Vec<Candidate>) {
    let mut from = 0;
    while let Some(found) = pattern.find_at(plain, from) {
        let start = found.start();
        from = start + 1;
        if let Some(end) = check(plain, start) {
            all.push(Candidate::hide(Kind::Payment, start..end));
            from = end;
        }
    }
}

/// The first `wanted` letters and digits from there, and where they end; none when another follows at once, or a gap is wide.
fn collect(plain: &str, start: usize, wanted: usize) -> Option<(Vec<u8>, Range<usize>)> {
    let mut taken = Vec::with_capacity(wanted);
    let mut gap = 0;
    for (at, &each) in plain.as_bytes().iter().enumerate().skip(start) {
        if taken.len() == wanted {
            return (!each.is_ascii_alphanumeric()).then_some((taken, start..at));
        }
        match each {
            b' ' | b'.' | b'-' if gap < 2 => gap += 1,
            _ if each.is_ascii_alphanumeric() => {
                taken.push(each.to_ascii_uppercase());
                gap = 0;
            }
            _ => return None,
        }
    }
    (taken.len() == wanted).then_some((taken, start..plain.len()))
}

fn iban(plain: &str, start: usize) -> Option<usize> {
    let country = plain.get(start..start + 2)?.to_ascii_uppercase();
    let (_, length) = IBAN_LENGTHS.iter().find(|(code, _)| *code == country)?;
    let (letters, range) = collect(plain, start, *length)?;
    let named = || NAMED_IBAN.is_match(context(plain, start));
    (checks_out(&letters) || named()).then_some(range.end)
}

/// ISO 7064 MOD 97-10: the first four letters go to the end, letters count from 10, and the remainder is 1.
fn checks_out(iban: &[u8]) -> bool {
    let (head, tail) = iban.split_at(4.min(iban.len()));
    let remainder = tail.iter().chain(head).fold(0_u32, |remainder, &each| match each {
        b'0'..=b'9' => (remainder * 10 + u32::from(each - b'0')) % 97,
        _ => (remainder * 100 + u32::from(each.saturating_sub(b'A')) + 10) % 97,
    });
    remainder == 1
}

fn card(plain: &str, start: usize) -> Option<usize> {
    let before = byte(plain, start.checked_sub(1));
    let farther = byte(plain, start.checked_sub(2));
    if matches!(before, b'.' | b',' | b'-' | b'#' | b'_' | b'/') && farther.is_ascii_alphanumeric() || before == b'#' {
        return None;
    }
    // The longest first, or the head of a 19-digit number could pass for one of 16.
    [19, 16, 15, 14].into_iter().find_map(|length| {
        let (digits, range) = collect(plain, start, length)?;
        let written = plain.get(range.clone())?;
        let grouped = written.len() > length;
        let fits = digits.iter().all(u8::is_ascii_digit) && issuer(&digits, written) && luhn(&digits);
        // A long number without gaps after "tracking no." is a tracking number, and one in ten passes the check by chance.
        let card = fits && (grouped || !is_reference(plain, start));
        card.then_some(range.end)
    })
}

/// Whether an issuer gives out numbers of that length with that beginning. Fourteen digits must be grouped as Diners does:
/// otherwise every SIRET, which has the same check digit, would be taken for a card.
fn issuer(digits: &[u8], written: &str) -> bool {
    let head = |count: usize| digits.iter().take(count).fold(0_u32, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    match digits.len() {
        19 => head(1) == 4 || head(2) == 62 || matches!(head(4), 6011),
        16 => {
            head(1) == 4
                || matches!(head(2), 51..=55 | 62 | 65)
                || matches!(head(4), 2221..=2720 | 3528..=3589 | 6011)
                || matches!(head(3), 644..=649)
        }
        15 => matches!(head(2), 34 | 37),
        14 => {
            let groups: Vec<usize> = written.split([' ', '-', '.']).map(str::len).collect();
            matches!(head(2), 36 | 38) && groups == [4, 6, 4]
        }
        _ => false,
    }
}

/// The check digit of ISO/IEC 7812-1, annex B: every second digit from the right doubled, its digits added.
fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let value = u32::from(digit - b'0');
            if place % 2 == 0 { value } else { value * 2 / 10 + value * 2 % 10 }
        })
        .sum();
    // Sixteen zeros pass too, and are no card.
    sum > 0 && sum.is_multiple_of(10)
}
