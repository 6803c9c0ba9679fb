//! A plain copy of a text for the patterns: look-alikes and unusual digits as ASCII, invisible characters gone, and for every
//! byte the place it came from.

use std::ops::Range;

use super::{Disguise, Kind, Language};

/// Stands for what is already hidden; no pattern matches it, so nothing is found across it.
const BLANK: char = '\u{FFFC}';

/// What was special about a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trace {
    Clean,
    /// Something invisible stood before it.
    AfterHidden,
    /// It only looked like what the copy says.
    Posed,
}

/// One byte's origin.
#[derive(Debug, Clone, Copy)]
struct Origin {
    start: usize,
    end: usize,
    trace: Trace,
}

/// The plain copy.
#[derive(Debug, Clone, Default)]
pub(super) struct Folded {
    text: String,
    /// One for each byte of `text`.
    origins: Vec<Origin>,
}

/// What becomes of a character.
enum Fate {
    Stays(char),
    /// The same to a reader: an accent less, another dash or space.
    Becomes(char),
    /// Nobody types it by chance.
    Poses(char),
    Vanishes,
}

impl Folded {
    pub(super) fn new(text: &str) -> Self {
        let mut folded = Self { text: String::with_capacity(text.len()), origins: Vec::with_capacity(text.len()) };
        let mut hidden = Trace::Clean;
        let mut at = 0;
        while let Some(letter) = text.get(at..).and_then(|rest| rest.chars().next()) {
            if letter == '['
                && let Some(length) = placeholder_length(text.get(at..).unwrap_or_default())
            {
                folded.push(BLANK, Origin { start: at, end: at + length, trace: Trace::Clean });
                at += length;
                continue;
            }
            let end = at + letter.len_utf8();
            let (plain, trace) = match fate(letter) {
                Fate::Stays(plain) | Fate::Becomes(plain) => (plain, hidden),
                Fate::Poses(plain) => (plain, Trace::Posed),
                Fate::Vanishes => {
                    hidden = Trace::AfterHidden;
                    at = end;
                    continue;
                }
            };
            hidden = Trace::Clean;
            folded.push(plain, Origin { start: at, end, trace });
            at = end;
        }
        folded
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Where a range of the copy stands in the text it was made of.
    pub(super) fn origin(&self, range: &Range<usize>) -> Range<usize> {
        let place = |at: usize| self.origins.get(at);
        match (place(range.start), range.end.checked_sub(1).and_then(place)) {
            (Some(first), Some(last)) if first.start < last.end => first.start..last.end,
            _ => 0..0,
        }
    }

    /// Whether anything in the range was disguised. What vanished before its first character lies outside of it.
    pub(super) fn disguise(&self, range: &Range<usize>) -> Disguise {
        let traces = self.origins.get(range.clone()).unwrap_or_default().iter().map(|origin| origin.trace);
        let disguised = traces.enumerate().any(|(place, trace)| match trace {
            Trace::Clean => false,
            Trace::AfterHidden => place > 0,
            Trace::Posed => true,
        });
        if disguised { Disguise::Characters } else { Disguise::None }
    }

    /// The copy with each of these ranges, which are in order and apart, turned into one blank.
    pub(super) fn with_blanks(&self, ranges: &[Range<usize>]) -> Self {
        let mut copy = Self { text: String::with_capacity(self.text.len()), origins: Vec::with_capacity(self.origins.len()) };
        let mut from = 0;
        for range in ranges {
            copy.take(self, from..range.start);
            let Range { start, end } = self.origin(range);
            copy.push(BLANK, Origin { start, end, trace: Trace::Clean });
            from = range.end;
        }
        copy.take(self, from..self.text.len());
        copy
    }

    fn take(&mut self, other: &Self, range: Range<usize>) {
        self.text.push_str(other.text.get(range.clone()).unwrap_or_default());
        self.origins.extend_from_slice(other.origins.get(range).unwrap_or_default());
    }

    fn push(&mut self, letter: char, origin: Origin) {
        self.text.push(letter);
        self.origins.extend(std::iter::repeat_n(origin, letter.len_utf8()));
    }
}

/// The length of a placeholder of ours that the text begins with, in whatever language.
fn placeholder_length(text: &str) -> Option<usize> {
    Kind::ALL
        .into_iter()
        .flat_map(|kind| Language::ALL.map(|language| kind.placeholder(language)))
        .find(|placeholder| text.starts_with(placeholder))
        .map(str::len)
}

fn fate(letter: char) -> Fate {
    if letter.is_ascii() {
        return Fate::Stays(if letter == '\t' { ' ' } else { letter });
    }
    let code = u32::from(letter);
    match letter {
        // Zero-width and direction marks, soft hyphens, variation selectors and the frame of keycap digits.
        '\u{AD}'
        | '\u{34F}'
        | '\u{61C}'
        | '\u{180E}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{2069}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{20E3}'
        | '\u{FEFF}' => Fate::Vanishes,
        '\u{85}' | '\u{2028}' | '\u{2029}' => Fate::Becomes('\n'),
        _ if letter.is_whitespace() => Fate::Becomes(' '),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE63}' => Fate::Becomes('-'),
        '’' | '‘' => Fate::Becomes('\''),
        '·' | '•' | '․' | '‧' | '∙' | '⋅' | '。' | '．' => Fate::Poses('.'),
        '\u{FE6B}' => Fate::Poses('@'),
        '⁄' | '∕' => Fate::Poses('/'),
        // Full-width forms lie 0xFEE0 above ASCII.
        '\u{FF01}'..='\u{FF5E}' => posed(code - 0xFEE0),
        // Mathematical letters and digits come in runs of 52 and of 10.
        '\u{1D400}'..='\u{1D6A3}' => match (code - 0x1D400) % 52 {
            upper @ 0..26 => posed(0x41 + upper),
            lower => posed(0x61 + lower - 26),
        },
        '\u{1D7CE}'..='\u{1D7FF}' => posed(0x30 + (code - 0x1D7CE) % 10),
        '①'..='⑨' => posed(0x31 + code - 0x2460),
        'ⓐ'..='ⓩ' => posed(0x61 + code - 0x24D0),
        '⓪' | '⁰' => Fate::Poses('0'),
        '¹' => Fate::Poses('1'),
        '²' => Fate::Poses('2'),
        '³' => Fate::Poses('3'),
        '⁴'..='⁹' => posed(0x34 + code - 0x2074),
        '\u{660}'..='\u{669}' => posed(0x30 + code - 0x660),
        '\u{6F0}'..='\u{6F9}' => posed(0x30 + code - 0x6F0),
        _ => look_alike(letter).map_or_else(|| without_accent(letter), Fate::Poses),
    }
}

fn posed(code: u32) -> Fate {
    char::from_u32(code).map_or(Fate::Stays(BLANK), Fate::Poses)
}

/// Cyrillic and Greek letters that print like Latin ones (after the confusables list of Unicode TR 39, the common ones).
const fn look_alike(letter: char) -> Option<char> {
    Some(match letter {
        'а' | 'α' => 'a',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'ҽ' => 'e',
        'һ' => 'h',
        'і' | 'ι' | 'ı' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'ӏ' => 'l',
        'м' => 'm',
        'п' => 'n',
        'о' | 'ο' => 'o',
        'р' | 'ρ' => 'p',
        'ԛ' => 'q',
        'г' => 'r',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'υ' => 'u',
        'ν' => 'v',
        'ԝ' | 'ω' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        'А' | 'Α' => 'A',
        'В' | 'Β' => 'B',
        'С' => 'C',
        'Е' | 'Ε' => 'E',
        'Н' | 'Η' => 'H',
        'І' | 'Ι' => 'I',
        'К' | 'Κ' => 'K',
        'М' | 'Μ' => 'M',
        'Ν' => 'N',
        'О' | 'Ο' => 'O',
        'Р' | 'Ρ' => 'P',
        'Т' | 'Τ' => 'T',
        'Х' | 'Χ' => 'X',
        _ => return None,
    })
}

/// Accents are no disguise, but the words that explain a number are looked for without them.
const fn without_accent(letter: char) -> Fate {
    Fate::Becomes(match letter {
        'à' | 'á' | 'â' | 'ä' | 'ã' | 'å' => 'a',
        'À' | 'Â' | 'Á' | 'Ä' => 'A',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'É' | 'È' | 'Ê' | 'Ë' => 'E',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'Î' | 'Ï' => 'I',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | '°' | 'º' => 'o',
        'Ô' | 'Ö' => 'O',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'Ù' | 'Û' | 'Ü' => 'U',
        'ç' => 'c',
        'Ç' => 'C',
        'ñ' => 'n',
        other => return Fate::Stays(other),
    })
}
