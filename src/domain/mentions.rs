//! Mentions: what is said of the marketplace elsewhere, on review sites and social networks. Somebody else gathers them; here
//! each is known once, read for how it sounds, and joined with the order that it names.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

use super::ids::{CaseId, MentionId, OrderId};
use super::sentiment::{self, Label};

/// A rating on a scale of the source's own, as schema.org has it (`ratingValue`, `worstRating`, `bestRating`), in hundredths.
/// <https://schema.org/Rating>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MentionRating {
    value: i32,
    worst: i32,
    best: i32,
}

/// Why numbers are no rating.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The rating must be between the worst and the best, which must differ.")]
pub struct OffTheScale;

impl MentionRating {
    /// A rating of these hundredths. Refused when it is not on the scale.
    pub const fn new(value: i32, worst: i32, best: i32) -> Result<Self, OffTheScale> {
        if worst < best && worst <= value && value <= best { Ok(Self { value, worst, best }) } else { Err(OffTheScale) }
    }

    /// What was given, in hundredths.
    pub const fn value(self) -> i32 {
        self.value
    }

    /// The worst that can be given, in hundredths.
    pub const fn worst(self) -> i32 {
        self.worst
    }

    /// The best that can be given, in hundredths.
    pub const fn best(self) -> i32 {
        self.best
    }

    /// Below the middle of the scale it is bad, from three quarters on good: of five stars one and two, and four and five.
    fn tone(self) -> MentionTone {
        let (above, span) = (i64::from(self.value) - i64::from(self.worst), i64::from(self.best) - i64::from(self.worst));
        if above * 2 < span {
            MentionTone::Negative
        } else if above * 4 < span * 3 {
            MentionTone::Neutral
        } else {
            MentionTone::Positive
        }
    }
}

/// How a mention sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MentionTone {
    /// Bad.
    Negative,
    /// Neither.
    Neutral,
    /// Good.
    Positive,
}

/// What the source says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Where: the name of a site or network.
    pub source: String,
    /// The source's own id of it.
    pub external_id: Option<String>,
    /// Where it can be read.
    pub url: Url,
    /// By whom, as they call themselves there.
    pub author: Option<String>,
    /// The words.
    pub text: String,
    /// The rating, where one was given.
    pub rating: Option<MentionRating>,
    /// The order that it names.
    pub order_reference: Option<String>,
    /// When it was published.
    pub published_at: Option<DateTime<Utc>>,
}

/// What campaigns add to addresses, which then lead to the same page.
const TRACKING: &[&str] = &["fbclid", "gclid", "mc_cid", "mc_eid", "ref", "ref_src"];

/// An address without what campaigns add to it. The fragment stays: on many sites it is what tells one review from the next.
pub fn plain_address(url: &Url) -> Url {
    let keeps = |name: &str| !name.starts_with("utm_") && !TRACKING.contains(&name);
    let mut plain = url.clone();
    let kept: Vec<_> = url.query_pairs().filter(|(name, _)| keeps(name)).collect();
    if kept.is_empty() {
        plain.set_query(None);
    } else {
        plain.query_pairs_mut().clear().extend_pairs(kept);
    }
    plain
}

impl Said {
    /// By which the same is known again: the source's own id where it has one; else the address and the words, for a page may
    /// hold many.
    pub fn digest(&self) -> [u8; 32] {
        let words = || self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let key = match &self.external_id {
            Some(id) => serde_json::json!([self.source, id]),
            None => serde_json::json!([self.source, plain_address(&self.url).as_str(), words()]),
        };
        Sha256::digest(key.to_string()).into()
    }

    /// How it sounds: by its rating, else by its words.
    pub fn tone(&self) -> MentionTone {
        self.rating.map_or_else(|| spoken(&self.text), MentionRating::tone)
    }
}

fn spoken(text: &str) -> MentionTone {
    match sentiment::assess(text, None).label {
        Label::StronglyNegative | Label::Negative => MentionTone::Negative,
        Label::Neutral => MentionTone::Neutral,
        Label::Positive => MentionTone::Positive,
    }
}

/// Something that was said, as it is known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Our id.
    pub id: MentionId,
    /// What the source says, as last told.
    pub said: Said,
    /// How it sounds.
    pub tone: MentionTone,
    /// The order, where it is known.
    pub order: Option<OrderId>,
    /// The case that it opened, or came to.
    pub case: Option<CaseId>,
    /// When it was told first.
    pub created_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
}

impl Mention {
    /// A new one.
    pub fn new(said: Said, now: DateTime<Utc>) -> Self {
        let (id, tone) = (MentionId::generate(), said.tone());
        Self { id, said, tone, order: None, case: None, created_at: now, updated_at: now }
    }

    /// As it is after it was told again; the same where that says nothing new. What is not told any more stays known.
    #[must_use]
    pub fn told(&self, said: Said, now: DateTime<Utc>) -> Self {
        let said = Said {
            author: said.author.or_else(|| self.said.author.clone()),
            order_reference: said.order_reference.or_else(|| self.said.order_reference.clone()),
            published_at: said.published_at.or(self.said.published_at),
            ..said
        };
        let updated_at = if said == self.said { self.updated_at } else { now };
        Self { tone: said.tone(), said, updated_at, ..self.clone() }
    }

    /// Whether somebody must look: it is bad, names an order, and no case knows of it yet.
    pub const fn wants_case(&self) -> bool {
        matches!(self.tone, MentionTone::Negative) && self.order.is_some() && self.case.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(url: &str, text: &str) -> Said {
        Said {
            source: "trustfire".into(),
            external_id: None,
            url: url.parse().unwrap(),
            author: None,
            text: text.into(),
            rating: None,
            order_reference: None,
            published_at: None,
        }
    }

    #[test]
    fn ratings_are_read_on_their_own_scale() {
        let tone = |value, worst, best| MentionRating::new(value, worst, best).map(MentionRating::tone);
        assert_eq!([1, 2, 3, 4, 5].map(|stars| tone(stars * 100, 100, 500).unwrap()), {
            use MentionTone::{Negative, Neutral, Positive};
            [Negative, Negative, Neutral, Positive, Positive]
        });
        assert_eq!(tone(499, 0, 1_000), Ok(MentionTone::Negative));
        assert_eq!(tone(500, 0, 1_000), Ok(MentionTone::Neutral));
        assert_eq!(tone(750, 0, 1_000), Ok(MentionTone::Positive));
        assert_eq!(tone(i32::MAX, i32::MIN, i32::MAX), Ok(MentionTone::Positive));
        for (value, worst, best) in [(501, 100, 500), (99, 100, 500), (100, 100, 100), (300, 500, 100)] {
            assert_eq!(tone(value, worst, best), Err(OffTheScale), "{value} of {worst} to {best}");
        }
    }

    #[test]
    fn the_same_is_known_again_however_its_address_was_shared() {
        let one = said("https://Example.com/shop?id=7&utm_source=x#r12", "Never  arrived.\n");
        for same in ["https://example.com/shop?id=7#r12", "https://example.com/shop?id=7&fbclid=9&utm_medium=mail#r12"] {
            assert_eq!(one.digest(), said(same, "Never arrived.").digest(), "{same}");
        }
        for other in ["https://example.com/shop?id=8#r12", "https://example.com/shop?id=7#r13", "https://example.com/shop?id=7"] {
            assert_ne!(one.digest(), said(other, "Never arrived.").digest(), "{other}");
        }
        assert_ne!(one.digest(), said("https://example.com/shop?id=7#r12", "Arrived.").digest(), "a page may hold many");
        assert_ne!(one.digest(), Said { source: "other".into(), ..one.clone() }.digest());
    }

    #[test]
    fn by_the_sources_own_id_it_stays_the_same_when_its_words_change() {
        let named = |text| Said { external_id: Some("r-12".into()), ..said("https://example.com/a", text) };
        assert_eq!(named("Bad.").digest(), Said { url: "https://example.com/b".parse().unwrap(), ..named("Good.") }.digest());
        assert_ne!(named("Bad.").digest(), said("https://example.com/a", "Bad.").digest());
    }

    #[test]
    fn a_rating_counts_more_than_words() {
        let words = said("https://example.com/a", "What a horrible, terrible shop. I hate it.");
        assert_eq!(words.tone(), MentionTone::Negative);
        let rated = Said { rating: MentionRating::new(500, 100, 500).ok(), ..words };
        assert_eq!(rated.tone(), MentionTone::Positive);
    }

    #[test]
    fn what_is_told_again_adds_and_does_not_take_away() {
        let (first, later) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH + chrono::TimeDelta::hours(1));
        let named = Said { order_reference: Some("A-1".into()), author: Some("Kim".into()), ..said("https://example.com/a", "Bad.") };
        let mention = Mention::new(named.clone(), first);
        assert_eq!(mention.told(said("https://example.com/a", "Bad."), later), mention, "nothing new");
        let changed = mention.told(Said { author: Some("Kim B.".into()), ..said("https://example.com/a", "Bad.") }, later);
        assert_eq!((changed.said.author.as_deref(), changed.said.order_reference.as_deref()), (Some("Kim B."), Some("A-1")));
        assert_eq!((changed.id, changed.created_at, changed.updated_at), (mention.id, first, later));
    }
}
