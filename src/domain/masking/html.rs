//! The same for markup that was sanitised before.
//!
//! The text is searched as the reader sees it, across tags, so that `06 <b>12</b> 34 56 78` is found; attributes that hold a
//! detail, such as the address of a link, are dropped. This reads what a sanitiser writes (quoted attributes, closed tags,
//! escaped `<`); it is no sanitiser itself, and whatever else it is given comes out as text.

use std::ops::Range;

use super::{Kind, Policy, find};

/// Markup with its details hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaskedHtml {
    /// The markup.
    pub html: String,
    /// What was hidden: in the text first, then in attributes. Places would mean nothing here.
    pub kinds: Vec<Kind>,
}

/// A piece of markup.
enum Piece<'a> {
    Tag(&'a str),
    /// One character of text as it is written, and where it stands in the text that the reader sees.
    Letter {
        written: &'a str,
        at: Range<usize>,
    },
}

/// Elements that stand on a line of their own: a number does not go on from one into the next.
const BLOCKS: &[&str] = &[
    "p",
    "div",
    "br",
    "hr",
    "li",
    "ul",
    "ol",
    "dl",
    "dt",
    "dd",
    "table",
    "tr",
    "td",
    "th",
    "thead",
    "tbody",
    "tfoot",
    "caption",
    "blockquote",
    "pre",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "article",
    "aside",
    "header",
    "footer",
    "figure",
    "figcaption",
    "details",
    "summary",
    "center",
    "img",
];

/// Hides the details in sanitised markup. Costs time in proportion to its length.
pub fn mask_html(html: &str, policy: &Policy) -> MaskedHtml {
    let (pieces, seen) = pieces(html);
    let findings = find(&seen, policy);
    let mut kinds: Vec<Kind> = findings.iter().map(|finding| finding.kind).collect();
    let mut masked = String::with_capacity(html.len());
    let mut next = findings.iter().peekable();
    for piece in pieces {
        match piece {
            Piece::Tag(tag) => masked.push_str(&without_details(tag, policy, &mut kinds)),
            Piece::Letter { written, at } => {
                while next.next_if(|finding| finding.range.end <= at.start).is_some() {}
                match next.peek() {
                    Some(finding) if finding.range.start == at.start => masked.push_str(finding.kind.placeholder(policy.language())),
                    Some(finding) if finding.range.start < at.start => {}
                    _ => masked.push_str(written),
                }
            }
        }
    }
    MaskedHtml { html: masked, kinds }
}

/// Cuts markup into tags and letters, and joins the letters into the text that the reader sees.
fn pieces(html: &str) -> (Vec<Piece<'_>>, String) {
    let mut pieces = Vec::new();
    let mut seen = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(first) = rest.chars().next() {
        let tag = if first == '<' { tag_length(rest) } else { None };
        if let Some(length) = tag {
            let (tag, tail) = rest.split_at(length);
            if BLOCKS.contains(&tag_name(tag).as_str()) {
                seen.push('\n');
            }
            pieces.push(Piece::Tag(tag));
            rest = tail;
            continue;
        }
        let (letter, length) = if first == '&' { entity(rest) } else { (first, first.len_utf8()) };
        let (written, tail) = rest.split_at(length);
        let start = seen.len();
        seen.push(letter);
        pieces.push(Piece::Letter { written, at: start..seen.len() });
        rest = tail;
    }
    (pieces, seen)
}

/// The longest tag that is read as one, in bytes: far more than a sanitiser leaves, and a bound for what is none.
const LONGEST_TAG: usize = 8_192;

/// The length of the tag that the text begins with, up to its `>`; a `>` inside quotes does not end it.
fn tag_length(text: &str) -> Option<usize> {
    let inside = text.as_bytes().get(1..)?;
    if !inside.first().is_some_and(|first| first.is_ascii_alphabetic() || matches!(first, b'/' | b'!')) {
        return None;
    }
    let mut quote = None;
    for (at, &each) in inside.iter().enumerate().take(LONGEST_TAG) {
        match (quote, each) {
            (None, b'"' | b'\'') => quote = Some(each),
            (None, b'>') => return Some(at + 2),
            // A sanitiser escapes it; and stopping here keeps a text full of them cheap.
            (None, b'<') => return None,
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
    }
    None
}

/// The element's name in lower case.
fn tag_name(tag: &str) -> String {
    tag.trim_start_matches(['<', '/']).chars().take_while(char::is_ascii_alphanumeric).map(|each| each.to_ascii_lowercase()).collect()
}

/// The character that an entity at the start of the text stands for, and the entity's length; else the ampersand itself.
fn entity(text: &str) -> (char, usize) {
    let known = text.bytes().take(12).position(|each| each == b';').and_then(|end| {
        let name = text.get(1..end)?;
        let letter = match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            "nbsp" => '\u{A0}',
            "commat" => '@',
            "period" => '.',
            "shy" => '\u{AD}',
            _ => {
                let digits = name.strip_prefix('#')?;
                let code = match digits.strip_prefix(['x', 'X']) {
                    Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
                    None => digits.parse().ok()?,
                };
                char::from_u32(code)?
            }
        };
        Some((letter, end + 1))
    });
    known.unwrap_or(('&', 1))
}

/// The tag without the attributes whose values hold a detail.
fn without_details(tag: &str, policy: &Policy, kinds: &mut Vec<Kind>) -> String {
    let mut kept = String::with_capacity(tag.len());
    let mut rest = tag;
    while let Some((head, value, tail)) = attribute(rest) {
        let decoded = pieces(value).1;
        let found = find(&decoded, policy);
        if found.is_empty() {
            kept.push_str(rest.get(..rest.len() - tail.len()).unwrap_or_default());
        } else {
            kinds.extend(found.iter().map(|finding| finding.kind));
            // The head ends in the attribute's name and the equals sign.
            let name = head.trim_end_matches('=').trim_end();
            kept.push_str(name.trim_end_matches(|each: char| !each.is_whitespace()).trim_end());
        }
        rest = tail;
    }
    kept.push_str(rest);
    kept
}

/// The tag up to the next quoted value, that value, and what follows its closing quote.
fn attribute(tag: &str) -> Option<(&str, &str, &str)> {
    let open = tag.find(['"', '\''])?;
    let (head, quoted) = tag.split_at(open);
    let mark = quoted.chars().next()?;
    let value_and_rest = quoted.get(1..)?;
    let close = value_and_rest.find(mark)?;
    Some((head, value_and_rest.get(..close)?, value_and_rest.get(close + 1..)?))
}
