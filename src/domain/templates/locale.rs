//! Languages of templates: their tags, which one is taken, and how dates and amounts are written in them.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc, Weekday};
use serde::{Deserialize, Serialize};

use crate::domain::cases::CaseStatus;
use crate::domain::money::Money;
use crate::domain::sentiment::Language;

/// A language, and perhaps script and region, by BCP 47: `fr`, `en-GB`, `zh-Hant-TW`. Spelled as that standard recommends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LanguageTag(String);

/// A text that is no language tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("It must be a language tag such as fr or en-GB.")]
pub struct MalformedTag;

impl LanguageTag {
    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The tag of a language that we speak ourselves.
    pub(in crate::domain) fn of(language: Language) -> Self {
        Self(language.tag().to_owned())
    }

    /// The language alone: `fr` of `fr-CA`.
    pub fn language(&self) -> &str {
        language(&self.0)
    }

    /// Whether it is of the same language as that tag.
    pub fn speaks(&self, tag: &str) -> bool {
        self.language().eq_ignore_ascii_case(language(tag))
    }
}

fn language(tag: &str) -> &str {
    tag.split('-').next().unwrap_or_default()
}

impl FromStr for LanguageTag {
    type Err = MalformedTag;

    fn from_str(text: &str) -> Result<Self, MalformedTag> {
        let mut spelled = Vec::new();
        for (place, part) in text.split('-').enumerate() {
            let letters = part.chars().all(|c| c.is_ascii_alphabetic());
            let digits = part.chars().all(|c| c.is_ascii_digit());
            spelled.push(match (place, part.len()) {
                (0, 2..=3) if letters => part.to_ascii_lowercase(),
                (1, 4) if letters => part[..1].to_ascii_uppercase() + &part[1..].to_ascii_lowercase(),
                (1..=2, 2) if letters => part.to_ascii_uppercase(),
                (1..=2, 3) if digits => part.to_owned(),
                _ => return Err(MalformedTag),
            });
        }
        Ok(Self(spelled.join("-")))
    }
}

impl TryFrom<String> for LanguageTag {
    type Error = MalformedTag;

    fn try_from(text: String) -> Result<Self, MalformedTag> {
        text.parse()
    }
}

impl From<LanguageTag> for String {
    fn from(tag: LanguageTag) -> Self {
        tag.0
    }
}

impl fmt::Display for LanguageTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text for a reader: of each wish in turn the exact tag, then its language alone, then any tag of its language; then
/// English likewise; then the first by tag. None when there is no text.
pub fn choose<'a>(texts: &'a BTreeMap<LanguageTag, String>, wishes: &[&str]) -> Option<(&'a LanguageTag, &'a str)> {
    let found = wishes.iter().copied().chain(["en"]).find_map(|wish| {
        let exact = texts.iter().find(|(tag, _)| tag.as_str().eq_ignore_ascii_case(wish));
        let alone = || texts.iter().find(|(tag, _)| tag.as_str().eq_ignore_ascii_case(language(wish)));
        let cousin = || texts.iter().find(|(tag, _)| tag.speaks(wish));
        exact.or_else(alone).or_else(cousin)
    });
    found.or_else(|| texts.iter().next()).map(|(tag, text)| (tag, text.as_str()))
}

/// A space at which no line is broken.
const FIXED: char = '\u{a0}';
/// The narrow one that parts thousands in French.
const NARROW: char = '\u{202f}';

/// An amount as it is written in that language; in languages that we do not know, the plain number and the currency's code.
pub fn amount(money: Money, tag: &LanguageTag) -> String {
    let plain = money.amount();
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain.as_str()), |digits| ("-", digits));
    let (whole, cents) = digits.split_once('.').map_or((digits, None), |(whole, cents)| (whole, Some(cents)));
    let code = money.currency.code();
    match Language::of_tag(tag.as_str()) {
        Some(Language::Fr) => {
            let cents = cents.map(|cents| format!(",{cents}")).unwrap_or_default();
            format!("{sign}{}{cents}{FIXED}{}", grouped(whole, NARROW), if code == "EUR" { "€" } else { code })
        }
        Some(Language::En) => {
            let cents = cents.map(|cents| format!(".{cents}")).unwrap_or_default();
            let whole = grouped(whole, ',');
            match code {
                "EUR" => format!("{sign}€{whole}{cents}"),
                "GBP" => format!("{sign}£{whole}{cents}"),
                "USD" => format!("{sign}${whole}{cents}"),
                _ => format!("{sign}{code}{FIXED}{whole}{cents}"),
            }
        }
        None => format!("{plain}{FIXED}{code}"),
    }
}

fn grouped(whole: &str, mark: char) -> String {
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(mark);
        }
        grouped.push(digit);
    }
    grouped
}

/// A day as people of that language write it.
pub fn day_words(day: NaiveDate, tag: &LanguageTag) -> String {
    const MOIS: [&str; 12] =
        ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"];
    match Language::of_tag(tag.as_str()) {
        Some(Language::Fr) => {
            let month = MOIS.get(day.month0() as usize).copied().unwrap_or_default();
            let number = if day.day() == 1 { "1er".to_owned() } else { day.day().to_string() };
            format!("{number}{FIXED}{month} {}", day.year())
        }
        Some(Language::En) => day.format("%-d %B %Y").to_string(),
        None => day.format("%Y-%m-%d").to_string(),
    }
}

/// A moment as people of that language write it, on the clock of that place; to the minute.
pub fn moment(at: DateTime<Utc>, zone: chrono_tz::Tz, tag: &LanguageTag) -> String {
    const JOURS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];
    let at = at.with_timezone(&zone);
    match Language::of_tag(tag.as_str()) {
        Some(Language::Fr) => {
            let day = JOURS.get(days_since_monday(at.weekday())).copied().unwrap_or_default();
            let date = day_words(at.date_naive(), tag);
            let minutes = if at.minute() == 0 { String::new() } else { format!("{FIXED}{:02}", at.minute()) };
            format!("{day} {date} à {}{FIXED}h{minutes}", at.hour())
        }
        Some(Language::En) => format!("{} {} at {}", at.format("%A"), day_words(at.date_naive(), tag), at.format("%H:%M")),
        None => format!("{} {}", day_words(at.date_naive(), tag), at.format("%H:%M")),
    }
}

const fn days_since_monday(day: Weekday) -> usize {
    day.num_days_from_monday() as usize
}

/// Where a case stands, in words for its reader.
pub(super) fn status(status: CaseStatus, tag: &LanguageTag) -> String {
    if Language::of_tag(tag.as_str()) != Some(Language::Fr) {
        return status.to_string();
    }
    let words = match status {
        CaseStatus::WaitingSeller => "en attente d’une réponse du vendeur",
        CaseStatus::WaitingOperator => "en attente d’une réponse du service client",
        CaseStatus::WaitingBuyer => "en attente d’une réponse de l’acheteur",
        CaseStatus::AwaitingClarification => "en attente d’une précision de l’acheteur",
        CaseStatus::Resolved => "résolue",
        CaseStatus::Closed => "close",
    };
    words.to_owned()
}
