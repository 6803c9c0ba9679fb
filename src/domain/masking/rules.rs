//! Whose words are masked for whom: a marketplace's rule, and what a text becomes under it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Disguise, Kind, Language, LinkHost, Policy, mask, mask_html};
use crate::domain::charter::Marketplace;
use crate::domain::parties::Party;

/// Whether contact details are hidden between buyer and seller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MaskingMode {
    /// They are not.
    Off,
    /// They are; what is stored and what the operator reads stays as it was written.
    #[default]
    Mask,
}

/// What a marketplace hides between buyer and seller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Masking {
    /// Whether anything is.
    pub mode: MaskingMode,
    /// Which details.
    pub kinds: BTreeSet<Kind>,
    /// Hosts whose links stay, with their subdomains: the marketplace's own, a carrier's.
    pub allowed_hosts: BTreeSet<LinkHost>,
}

impl Default for Masking {
    fn default() -> Self {
        Self { mode: MaskingMode::Mask, kinds: Kind::ALL.into_iter().collect(), allowed_hosts: BTreeSet::new() }
    }
}

impl Masking {
    /// Whether words of one side can be masked for the other at all: between buyer and seller alone. So the operator reads
    /// everything as it was written, and private talk of operator and seller is left alone.
    pub const fn concerns(author: Party, reader: Party) -> bool {
        matches!((author, reader), (Party::Buyer, Party::Seller) | (Party::Seller, Party::Buyer))
    }
}

impl Marketplace {
    /// What is hidden of an author's words from a reader; none when they read what was written. Placeholders are in the
    /// marketplace's language.
    pub fn masking_between(&self, author: Party, reader: Party) -> Option<Policy> {
        let rules = &self.charter.masking;
        if rules.mode == MaskingMode::Off || rules.kinds.is_empty() || !Masking::concerns(author, reader) {
            return None;
        }
        let policy = Policy::new(Language::of_tag(&self.locale).unwrap_or(Language::En));
        let references = self.charter.order_pattern.iter().map(|pattern| pattern.regex().clone());
        Some(policy.only(rules.kinds.iter().copied()).allowing(rules.allowed_hosts.iter().cloned()).protecting(references))
    }

    /// An author's words as a reader has them.
    pub fn words_for(&self, text: &str, author: Party, reader: Party) -> String {
        self.masking_between(author, reader).map_or_else(|| text.to_owned(), |policy| mask(text, &policy).text)
    }

    /// The same with cleaned markup.
    pub fn markup_for(&self, html: &str, author: Party, reader: Party) -> String {
        self.masking_between(author, reader).map_or_else(|| html.to_owned(), |policy| mask_html(html, &policy).html)
    }
}

/// A detail that a reader does not get to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HiddenPart {
    /// What it is.
    pub kind: Kind,
    /// Where it begins in the text as written, in UTF-16 code units: the way of counting of browsers.
    pub start: usize,
    /// Where it ends, likewise; beyond its last unit.
    pub end: usize,
    /// What stands there instead.
    pub replaced_by: &'static str,
    /// Whether it was disguised.
    pub disguise: Disguise,
}

/// A text as one side will read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Which side.
    pub reader: Party,
    /// What it reads.
    pub text: String,
    /// What was hidden, in the order of the text.
    pub hidden: Vec<HiddenPart>,
}

impl Reading {
    /// How a side reads what an author wrote.
    pub fn of(marketplace: &Marketplace, text: &str, author: Party, reader: Party) -> Self {
        let Some(policy) = marketplace.masking_between(author, reader) else {
            return Self { reader, text: text.to_owned(), hidden: Vec::new() };
        };
        let masked = mask(text, &policy);
        let (mut read, mut units) = (0, 0);
        let mut place = |at: usize| {
            units += text.get(read..at).unwrap_or_default().encode_utf16().count();
            read = at;
            units
        };
        let hidden = masked.findings.iter().map(|found| HiddenPart {
            kind: found.kind,
            start: place(found.range.start),
            end: place(found.range.end),
            replaced_by: found.kind.placeholder(policy.language()),
            disguise: found.disguise,
        });
        let hidden = hidden.collect();
        Self { reader, text: masked.text, hidden }
    }
}

/// How everybody else will read a text: the sides that are present, and the operator, who reads along everywhere.
pub fn readings(marketplace: &Marketplace, text: &str, author: Party, present: &[Party]) -> Vec<Reading> {
    let reads = |side: &Party| *side != author && (*side == Party::Operator || present.contains(side));
    Party::ALL.into_iter().filter(reads).map(|reader| Reading::of(marketplace, text, author, reader)).collect()
}
