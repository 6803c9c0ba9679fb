//! In which order reviews are shown, which readers are told (article D111-17), and which may be quoted elsewhere.

use serde::{Deserialize, Serialize};

use super::{Consent, Criteria, Review};

/// The order of a list of reviews.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FeedOrder {
    /// The last published or changed first; what is shown unless another order is asked for.
    #[default]
    Newest,
    /// The first published first.
    Oldest,
    /// The best first.
    Best,
    /// The worst first.
    Worst,
}

impl FeedOrder {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Newest, Self::Oldest, Self::Best, Self::Worst];
}

/// Which reviews a list takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Quotable {
    /// All that are published.
    #[default]
    Any,
    /// Those whose authors agreed to be quoted elsewhere.
    Only,
}

/// The published ones of these reviews in order; of equal ones the newer first.
pub fn order_feed<'a>(reviews: &'a [Review], order: FeedOrder, quotable: Quotable, criteria: &Criteria) -> Vec<&'a Review> {
    let wanted = |review: &&Review| {
        let current = review.current();
        current.is_some_and(|version| quotable == Quotable::Any || version.consent == Consent::Given)
    };
    let mut feed: Vec<_> = reviews.iter().filter(wanted).collect();
    let latest = |review: &Review| review.updated_at().or_else(|| review.published_at());
    let grade = |review: &Review| review.current().and_then(|version| version.answers.overall(criteria)).unwrap_or_default();
    feed.sort_by_key(|review| std::cmp::Reverse((latest(review), review.id)));
    match order {
        FeedOrder::Newest => {}
        FeedOrder::Oldest => feed.sort_by_key(|review| (review.published_at(), review.id)),
        FeedOrder::Best => feed.sort_by(|one, other| grade(other).total_cmp(&grade(one))),
        FeedOrder::Worst => feed.sort_by(|one, other| grade(one).total_cmp(&grade(other))),
    }
    feed
}
