//! What to hide, from whom, and what to leave alone.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use regex::Regex;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Kind, Language};

/// The name of a web host whose links may stay: the marketplace's own, a carrier's. Its subdomains may stay with it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LinkHost(String);

impl LinkHost {
    /// Reads a bare host name, such as `laposte.fr`.
    pub fn parse(name: &str) -> Result<Self, NotAHost> {
        let refused = || NotAHost { given: name.chars().take(64).collect() };
        match url::Host::parse(name).map_err(|_| refused())? {
            url::Host::Domain(domain) if domain.contains('.') && !domain.ends_with('.') => Ok(Self(domain)),
            _ => Err(refused()),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether that host is this one or below it.
    fn covers(&self, host: &str) -> bool {
        host.strip_suffix(self.0.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }
}

impl FromStr for LinkHost {
    type Err = NotAHost;

    fn from_str(name: &str) -> Result<Self, NotAHost> {
        Self::parse(name)
    }
}

impl TryFrom<String> for LinkHost {
    type Error = NotAHost;

    fn try_from(name: String) -> Result<Self, NotAHost> {
        Self::parse(&name)
    }
}

impl From<LinkHost> for String {
    fn from(host: LinkHost) -> Self {
        host.0
    }
}

impl fmt::Display for LinkHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is no host name with a dot in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not a host name, such as laposte.fr")]
pub struct NotAHost {
    /// What was given, cut to 64 characters.
    pub given: String,
}

/// What to hide in a text.
#[derive(Debug, Clone)]
pub struct Policy {
    kinds: BTreeSet<Kind>,
    language: Language,
    allowed: Vec<LinkHost>,
    protected: Vec<Regex>,
}

impl Policy {
    /// Hides every kind, with placeholders in the reader's language.
    pub fn new(language: Language) -> Self {
        Self { kinds: Kind::ALL.into_iter().collect(), language, allowed: Vec::new(), protected: Vec::new() }
    }

    /// Hides only these kinds.
    #[must_use]
    pub fn only(mut self, kinds: impl IntoIterator<Item = Kind>) -> Self {
        self.kinds = kinds.into_iter().collect();
        self
    }

    /// Lets links to these hosts and their subdomains stay.
    #[must_use]
    pub fn allowing(mut self, hosts: impl IntoIterator<Item = LinkHost>) -> Self {
        self.allowed.extend(hosts);
        self
    }

    /// Leaves alone what lies inside a match of these patterns: the references of orders and parcels. Patterns, and not places in
    /// one text, so that the same policy serves a text, its markup and the masked text. A match without a letter protects nothing,
    /// or a pattern such as `\d{10}` would let every telephone number through.
    #[must_use]
    pub fn protecting(mut self, patterns: impl IntoIterator<Item = Regex>) -> Self {
        self.protected.extend(patterns);
        self
    }

    /// The reader's language.
    pub const fn language(&self) -> Language {
        self.language
    }

    pub(super) fn hides(&self, kind: Kind) -> bool {
        self.kinds.contains(&kind)
    }

    /// Whether a link, as it is written, leads to an allowed host.
    pub(super) fn allows(&self, link: &str) -> bool {
        let full = if link.contains("://") { link.to_owned() } else { format!("https://{link}") };
        let Ok(address) = Url::parse(&full) else { return false };
        // A name or password before the host is there to make a strange host look like ours.
        let plain = matches!(address.scheme(), "http" | "https") && address.username().is_empty() && address.password().is_none();
        plain && address.host_str().is_some_and(|host| self.allowed.iter().any(|allowed| allowed.covers(host)))
    }

    /// The protected places, in order, and joined where they overlap.
    pub(super) fn protected_spans(&self, text: &str) -> Vec<Range<usize>> {
        let mut spans: Vec<Range<usize>> = self
            .protected
            .iter()
            .flat_map(|pattern| pattern.find_iter(text))
            .filter(|found| found.as_str().contains(char::is_alphabetic))
            .map(|found| found.range())
            .collect();
        spans.sort_by_key(|span| (span.start, span.end));
        let mut joined: Vec<Range<usize>> = Vec::with_capacity(spans.len());
        for span in spans {
            match joined.last_mut() {
                Some(last) if span.start < last.end => last.end = last.end.max(span.end),
                _ => joined.push(span),
            }
        }
        joined
    }
}
