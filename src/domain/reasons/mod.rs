//! Why somebody gets in touch: the marketplace's own list of contact reasons.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

mod playbook;
mod usual;

pub use playbook::{Avoidable, ContactReason, CostBearer, Family, Handling, RequiredField, ResolutionKind};

/// The short name of a contact reason: `not_received`. Lower-case letters, digits and underscores, at most 40.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReasonKey(String);

/// A text that cannot be the short name of a contact reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a contact reason's key has 1 to {LIMIT} lower-case letters, digits and underscores, beginning with a letter")]
pub struct MalformedReason;

const LIMIT: usize = 40;

impl ReasonKey {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ReasonKey {
    type Err = MalformedReason;

    fn from_str(text: &str) -> Result<Self, MalformedReason> {
        let fits = text.len() <= LIMIT
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if fits { Ok(Self(text.to_owned())) } else { Err(MalformedReason) }
    }
}

impl TryFrom<String> for ReasonKey {
    type Error = MalformedReason;

    fn try_from(text: String) -> Result<Self, MalformedReason> {
        text.parse()
    }
}

impl From<ReasonKey> for String {
    fn from(key: ReasonKey) -> Self {
        key.0
    }
}

impl fmt::Display for ReasonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_reasons_can_be_published_and_cover_every_family() {
        let usual = ContactReason::usual();
        assert_eq!(crate::domain::charter::Charter::default().faults(), Vec::new());
        for family in Family::ALL {
            assert!(usual.iter().any(|reason| reason.family == *family), "{family:?}");
        }
        let skipping: Vec<_> = usual.iter().filter(|reason| reason.skips_seller()).map(|reason| reason.key.as_str()).collect();
        assert_eq!(skipping, ["account", "payment", "platform", "safety", "counterfeit", "fraud", "abuse"]);
        for reason in &usual {
            for tag in ["en", "fr"] {
                assert!(!reason.label(tag).is_empty(), "{} in {tag}", reason.key);
            }
        }
    }

    #[test]
    fn a_key_is_a_short_word() {
        for good in ["not_received", "a", "size2"] {
            assert_eq!(good.parse::<ReasonKey>().unwrap().as_str(), good);
        }
        for bad in ["", "Not", "2size", "not received", &"a".repeat(41)] {
            assert_eq!(bad.parse::<ReasonKey>(), Err(MalformedReason), "{bad}");
        }
    }
}
